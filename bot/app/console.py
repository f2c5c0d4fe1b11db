"""What the librarians' console is made of: put together, and loaded at all, when the first of them comes.

A third of a start would be spent on it, and memory, in a process that may never show a page of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from adapters.screens import ChannelScreens
from bot.app.answering import at_once, handler_table, intents_of, untaught
from bot.app.channels import data_class, spec_of
from bot.app.store import Opened
from bot.branch_desk import LiveMap
from bot.channels import Channel, Priced
from bot.engine.inviting import JoinLinks
from bot.engine.privacy import DataClass, Privacy
from bot.engine.rehearsal import Rehearsal, Stage
from bot.lessons import Lessons, Topic
from bot.library.model import Branch
from bot.library.places import start_parameter
from bot.settings import Settings
from bot.wording import LANGUAGES
from bot.wording.own import LONGEST
from catalogue.import_desk import CatalogueImports
from catalogue.list_desk import Lists
from catalogue.places import described
from console.app import Console
from console.places import PlacesPorts
from console.reader_ports import ReaderPorts
from console.room import ConsoleSetting
from console.words import messenger
from db.answers import Answers
from db.branch_desk import SqlBranchDesk
from db.branches import SqlBranches
from db.catalogue import SqlCatalogueWriter
from db.channel_states import SqlChannelStates
from db.desk import SqlConsoleDesk
from db.desk_audit import SqlStaffAudit
from db.desk_loans import SqlDeskLoans
from db.faq_desk import SqlAnswerBook
from db.files import SqlFiles
from db.hiding import SqlTitleHider
from db.hold_shelf import SqlHoldShelf
from db.import_jobs import SqlImportJobs
from db.list_import import SqlListWriter
from db.miss_desk import SqlMissDesk
from db.overview import SqlOverview
from db.reader_book import SqlReaderBook
from db.shelving import SqlCatalogueDesk
from db.staff import SqlStaffBook
from db.synonym_desk import SqlSynonymDesk

TOLD_BY_TOPIC = frozenset({"join", "rules"})
"""Intents whose topics are answered in the library's own words and nothing else."""


def console(what: Opened, channels: Mapping[str, Channel], privacy: Privacy, desk: SqlConsoleDesk) -> Console:
    """All screens. Raises ConfigError."""
    settings = what.settings
    return Console(
        console_setting(settings, channels, settings.accounts.secret(what.folder), what.branches),
        staff=SqlStaffBook(what.database, what.clock),
        audit=SqlStaffAudit(what.database, what.clock),
        clock=what.clock,
        desk=desk,
        files=SqlFiles(what.database, what.clock),
        library=what.library,
        shelving=SqlCatalogueDesk(what.database, what.clock),
        imports=imports_of(what),
        lessons=lessons_of(what, channels),
        readers=reader_ports(what, channels, privacy),
        places=places_of(what),
        overview=SqlOverview(what.database, settings.library.timezone),
        standings=SqlChannelStates(what.database, what.clock),
    )


def console_setting(
    settings: Settings, channels: Mapping[str, Channel], key: bytes, branches: SqlBranches
) -> ConsoleSetting:
    """What the console is told of the library and its channels. Raises ConfigError."""
    console, specs = settings.console, {name: spec_of(name, settings) for name in settings.channels}
    return ConsoleSetting(
        library=settings.library.name,
        language=settings.library.language,
        zone=settings.library.timezone,
        key=key,
        secure=settings.server.public_url.startswith("https:"),
        client_address_header=console.client_address_header,
        idle=timedelta(minutes=console.idle_minutes),
        longest=timedelta(hours=console.longest_hours),
        undo=timedelta(seconds=console.undo_seconds),
        branches=LiveMap(lambda: {branch.code: branch.name for branch in branches.known}),
        sources=LiveMap(lambda: {start_parameter(branch.code): branch.code for branch in branches.known}),
        channels=LiveMap(lambda: {name: messenger(spec.title) for name, spec in specs.items()}),
        channel_kinds=LiveMap(lambda: {spec.kind: messenger(spec.title) for spec in specs.values()}),
        sending=frozenset(channels),
        windows={name: each.capabilities.window_h for name, each in channels.items() if each.capabilities.window_h},
        long_wait=settings.handover.alert_after,
        public_only=frozenset(name for name in channels if data_class(name, settings) is not DataClass.FULL),
        largest_upload=console.upload_megabytes * 1024 * 1024,
    )


def lessons_of(what: Opened, channels: Mapping[str, Channel]) -> Lessons:
    """What librarians teach, and the running bot on which they try it. Raises ConfigError."""
    from understanding.topics import about, known_questions, topics

    table, settings = handler_table(what.settings), what.settings
    misses = SqlMissDesk(what.database, what.clock)
    answers, intents = SqlAnswerBook(what.database, what.clock, what.faq), intents_of(table)
    kinds = [(spec_of(name, settings), channel) for name, channel in channels.items()]
    stage = Stage(
        understanding=untaught(),
        table=table,
        library=what.library,
        catalogue=what.catalogue,
        synonyms=what.synonyms,
        entries=answers.spoken,
        speak=Answers,
        frequent=misses.frequent,
        samples=known_questions(),
        topics=topics(),
        intents=intents,
        clock=what.clock,
        at_once=at_once(settings, table),
        language=settings.library.language,
    )
    return Lessons(
        misses=misses,
        answers=answers,
        synonyms=SqlSynonymDesk(what.synonyms, answers, [*intents, *topics()]),
        words=what.words,
        rehearsal=Rehearsal(stage),
        screens=ChannelScreens([(spec.kind, spec.title, channel) for spec, channel in kinds]),
        library=what.library,
        topics=[
            Topic(key=key, about={language: about(language)[key] for language in LANGUAGES})
            for key, intent in topics().items()
            if intent in TOLD_BY_TOPIC
        ],
        intents=intents,
        longest_words=longest_words(channels.values()),
    )


def longest_words(channels: Iterable[Channel]) -> int:
    """Characters that every channel shows with buttons in one message; paid messages are counted in the preview."""
    free = [channel.capabilities for channel in channels if not isinstance(channel, Priced)]
    return min([LONGEST, *(can.max_text_beside_buttons or can.max_text for can in free)])


def reader_ports(what: Opened, channels: Mapping[str, Channel], privacy: Privacy) -> ReaderPorts:
    """What the console asks about readers."""
    circulation = what.library.circulation
    assert circulation is not None  # a library that is opened has it
    named = {name: channel for name, channel in channels.items() if privacy.allows_personal(name)}
    return ReaderPorts(
        book=SqlReaderBook(what.database),
        cards=what.accounts.desk,
        circulation=circulation,
        in_hand=SqlDeskLoans(what.database, what.branches, what.clock, what.lending.house),
        requests=what.requests,
        shelf=SqlHoldShelf(what.database, what.branches, what.lending),
        unreached=what.unreached,
        journal=what.accounts.audit,
        library=what.library,
        finish_erasures=what.accounts.retention.finish_erasures,
        links=JoinLinks(named).links,
    )


def places_of(what: Opened) -> PlacesPorts:
    """What the console needs for branches, hours and closed days."""
    branches = what.branches
    return PlacesPorts(
        desk=SqlBranchDesk(what.database, branches, what.clock),
        holidays=what.library.holidays,
        known=lambda: branches.known,
    )


def imports_of(what: Opened) -> CatalogueImports:
    """What loads catalogues and lists at the console."""
    settings = what.settings
    branches = settings.library.branches
    month_first = settings.library.month_first

    async def known() -> Sequence[Branch]:
        return [*settings.library.values(), *described(await what.branches.all())]

    return CatalogueImports(
        what.folder / settings.console.upload_folder,
        SqlImportJobs(what.database, what.clock),
        SqlCatalogueWriter(what.database, what.clock),
        clock=what.clock,
        largest=settings.console.upload_megabytes * 1024 * 1024,
        only_branch=branches[0].code if len(branches) == 1 else "",
        branches=known,
        after=what.branches.refresh,
        lists=Lists(
            SqlListWriter(what.database, what.branches, what.clock, what.lending.house),
            SqlTitleHider(what.database, what.clock),
            settings.circulation.registration_months,
            month_first=month_first,
        ),
        month_first=month_first,
    )
