"""The composition root: the only module where the rooms meet."""

import importlib
import pkgutil
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from pathlib import Path

import structlog

import adapters
from adapters.screens import ChannelScreens
from bot.branch_desk import LiveMap
from bot.channels import Channel, ChannelSpec, Pushed, Served, Setting, Tended
from bot.clock import Clock, SystemClock
from bot.consent import consent_text, linked_elsewhere
from bot.engine.aftercare import Aftercare
from bot.engine.alerts import Alerts
from bot.engine.courtesies import Courtesies
from bot.engine.dispatcher import Dispatcher, routes
from bot.engine.health import Check, Health
from bot.engine.intake import Arrivals, FrontDesk, Webhooks
from bot.engine.inviting import JoinLinks
from bot.engine.metrics import Metrics
from bot.engine.notices import Notices
from bot.engine.outbox import Outbox, StillTrue
from bot.engine.pictures import PictureDesk
from bot.engine.privacy import DataClass, Privacy
from bot.engine.rehearsal import Rehearsal, Stage
from bot.engine.same_words import Remembered
from bot.engine.server import application
from bot.engine.service import Role, Service
from bot.engine.standings import Sayer
from bot.errors import ConfigError, StoreUnavailable
from bot.lessons import Lessons, Topic
from bot.library.holidays import OfficialHolidays
from bot.library.notices import Carrier
from bot.library.places import main_branch, start_parameter
from bot.messages import Outbound, Reply
from bot.ports import Deliveries, FaqEntry, Files, Library, Understanding
from bot.routing import Handler, Router, Trigger
from bot.settings import Settings, validated
from bot.taught import Synonyms, TaughtCatalogue, TaughtUnderstanding
from bot.wording import in_language
from catalogue.finder import IndexedCatalogue
from catalogue.import_desk import CatalogueImports
from console.app import Console
from console.places import PlacesPorts
from console.reader_ports import ReaderPorts
from console.room import ConsoleSetting
from db import migrate
from db.account_store import AccountSetup, AccountStore, account_store
from db.answers import Answers
from db.branch_desk import SqlBranchDesk
from db.branches import SqlBranches
from db.calls import SqlCalls
from db.cards import SqlCards
from db.catalogue import SqlCatalogueWriter
from db.channel_states import SqlChannelStates
from db.circulation import SqlCirculation
from db.circulation_house import LendingHouse
from db.connect import Database, connect
from db.deliveries import SqlDeliveries
from db.desk import SqlConsoleDesk
from db.desk_audit import SqlStaffAudit
from db.faq import SqlFaq
from db.faq_desk import SqlAnswerBook
from db.files import SqlFiles, SqlUnread
from db.import_jobs import SqlImportJobs
from db.index_source import SqlIndexSource
from db.lending_desk import SqlDesk
from db.linking import LinkRules
from db.messages import StoredLog, open_log
from db.miss_desk import SqlMissDesk
from db.misses import SqlMisses
from db.notices import SqlNotices
from db.overview import SqlOverview
from db.people import SqlPeople
from db.reader_book import SqlReaderBook
from db.renewal_requests import SqlRequests
from db.retention import KeepDays
from db.shelving import SqlCatalogueDesk
from db.staff import SqlStaffBook
from db.synonym_desk import SqlSynonymDesk
from db.synonyms import SqlSynonyms
from db.unreached import SqlUnreached

CHANNEL_KINDS = tuple(sorted(package.name for package in pkgutil.iter_modules(adapters.__path__) if package.ispkg))
"""The packages in ``adapters/``; each is imported when a channel of its kind is configured."""
log = structlog.get_logger(__name__)
TOLD_BY_TOPIC = frozenset({"join", "rules"})
"""Intents whose topics are answered in the library's own words and nothing else."""

TABLES_ADVICE = {
    migrate.Tables.EMPTY: "the tables are missing: run bibliobot db upgrade",
    migrate.Tables.BEHIND: "the tables are of an older version: make a backup, then run bibliobot db upgrade",
    migrate.Tables.NEWER: "the tables are newer than this program: start the newer version, or restore a backup",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything that answers readers, with its store open.

    Attributes:
        folder: Where relative paths of the configuration start.
    """

    settings: Settings
    folder: Path
    clock: Clock
    database: Database
    log: StoredLog
    catalogue: IndexedCatalogue
    branches: SqlBranches
    faq: SqlFaq
    synonyms: SqlSynonyms
    misses: SqlMisses
    pictures: PictureDesk
    accounts: AccountStore
    unreached: SqlUnreached
    lending: SqlDesk
    requests: SqlRequests
    library: Library


# --- channels and handlers -----------------------------------------------------------------------


def channel_spec(kind: str) -> ChannelSpec:
    """The kind of messenger, its library loaded now and not before.

    Raises:
        ConfigError: There is no such kind.
    """
    if kind not in CHANNEL_KINDS:
        raise ConfigError(f"channels: unknown kind {kind!r}; known: {', '.join(CHANNEL_KINDS)}")
    spec: ChannelSpec = importlib.import_module(f"adapters.{kind}").CHANNEL
    return spec


def spec_of(name: str, settings: Settings) -> ChannelSpec:
    """The kind of a configured channel. Raises ConfigError."""
    return channel_spec(str((settings.channels[name] or {}).get("kind", name)))


def data_class(name: str, settings: Settings) -> DataClass:
    """What a channel may carry: what its block says, else what the profile says of its kind. Raises ConfigError."""
    said = (settings.channels[name] or {}).get("data")
    if said is False:
        return DataClass.OFF  # YAML reads a bare off as no
    if said is not None:
        try:
            return DataClass(str(said))
        except ValueError:
            raise ConfigError(f"channels.{name}.data: expected {', '.join(DataClass)}, got {said!r}") from None
    careful = settings.privacy.profile == "ru" and spec_of(name, settings).foreign
    return DataClass.PUBLIC_ONLY if careful else DataClass.FULL


def privacy_of(settings: Settings) -> Privacy:
    """The data classes of all channels, and where readers may ask for what is theirs. Raises ConfigError."""
    classes = {name: data_class(name, settings) for name in settings.channels}
    kinds = {name: spec_of(name, settings) for name, said in classes.items() if said is DataClass.FULL}
    page = settings.server.public_url
    return Privacy(
        classes,
        tuple(
            f"{spec.title}: {page}" if spec.kind == "webchat" and page else spec.title
            for spec in kinds.values()
            if spec.kind != "terminal"
        ),
    )


def undecided(settings: Settings) -> list[str]:
    """Channels through which a library in Russia sends personal data abroad without having decided to."""
    if settings.library.country != "RU" or settings.privacy.profile:
        return []
    return [
        name
        for name, options in settings.channels.items()
        if (options or {}).get("data") is None
        and (options or {}).get("kind", name) in CHANNEL_KINDS
        and spec_of(name, settings).foreign
    ]


UNDECIDED_ADVICE = (
    "a foreign messenger carries readers' personal data; Russian law forbids that to state and municipal libraries: "
    "set privacy.profile: ru (nothing personal there), or say data: full if that is the library's decision"
)


def build_channel(name: str, settings: Settings, clock: Clock | None = None, files: Files | None = None) -> Channel:
    """One configured channel. Raises ConfigError with the path of a wrong key."""
    options = dict(settings.channels[name] or {})
    spec = spec_of(name, settings)
    for of_the_core in ("kind", "data", *({"staff_chat"} - spec.settings.model_fields.keys())):
        options.pop(of_the_core, None)
    main = main_branch(settings.library.values())
    setting = Setting(
        name=name,
        library_name=settings.library.name,
        language=settings.library.language,
        public_url=settings.server.public_url,
        hooks_url=settings.server.hooks_url,
        clock=clock or SystemClock(),
        files=files,
        personal=data_class(name, settings) is DataClass.FULL,
        extra={"policy_url": settings.privacy.policy_url, "phone": main.phone if main else ""},
    )
    channel = spec.build(validated(spec.settings, options, where=f"channels.{name}"), setting)
    if isinstance(channel, Pushed) and isinstance(channel, Tended) and not setting.hook:
        raise ConfigError(
            f"server.public_url: channels.{name} is called by its messenger, so it must be known how the world "
            "reaches us: https://bot.library.example; or choose a mode that polls, where it has one"
        )
    return channel


def built_channels(what: "Opened") -> dict[str, Channel]:
    """Every channel that is not off. Raises ConfigError."""
    settings, files = what.settings, SqlFiles(what.database, what.clock)
    return {
        name: build_channel(name, settings, what.clock, files)
        for name in settings.channels
        if data_class(name, settings) is not DataClass.OFF
    }


def handler_table(settings: Settings) -> Mapping[Trigger, Handler]:
    """The handlers of all modules in ``intents:``. Raises ConfigError where one is missing."""
    routers: list[Router] = []
    for name in settings.intents:
        if not name.isidentifier():
            raise ConfigError(f"intents: {name!r} is no name of a module in handlers/")
        try:
            routers.append(importlib.import_module(f"handlers.{name}").router)
        except ModuleNotFoundError as error:
            if error.name != f"handlers.{name}":
                raise
            raise ConfigError(f"intents: there is no module handlers/{name}.py") from None
    try:
        return routes(routers)
    except ValueError as error:
        raise ConfigError(f"intents: {error}") from None


def understanding(synonyms: Synonyms, intents: Collection[str]) -> Understanding:
    """A reader's words to requests.

    Args:
        synonyms: The librarians' own phrases, before all others.
        intents: Every intent that has a handler.
    """
    from understanding.topics import topics

    return TaughtUnderstanding(untaught(), synonyms, topics(), frozenset(intents))


@cache
def untaught() -> Understanding:
    """What understands readers before any librarian has taught it; one a process, pure."""
    from understanding.understander import PhraseUnderstanding

    return Remembered(PhraseUnderstanding())


def at_once(settings: Settings, table: Mapping[Trigger, Handler]) -> frozenset[str]:
    """What goes to a person without a question. Raises ConfigError where nobody ever means such a thing."""
    from understanding.topics import topics

    known = intents_of(table) | topics().keys() | {entry.topic for entry in settings.faq}
    for name in settings.handover.at_once:
        if name not in known:
            raise ConfigError(f"handover.at_once: {name!r} is no topic (docs/faq-topics.md) and no intent")
    return frozenset(settings.handover.at_once)


def intents_of(table: Mapping[Trigger, Handler]) -> frozenset[str]:
    """Every intent that has a handler."""
    return frozenset(trigger.key for trigger in table if trigger.kind == "intent")


# --- the store -----------------------------------------------------------------------------------


async def open_database(settings: Settings, folder: Path, *, make_tables: bool = False) -> Database:
    """Open the store and see that its tables are of this version.

    Args:
        settings: The configuration.
        folder: Where its relative paths start.
        make_tables: Make the tables of an SQLite file that has none yet: a first start.

    Raises:
        StoreUnavailable: It does not answer, or its tables are of another version: says what to do.
    """
    database = await connect(settings.database.url.get_secret_value(), folder)
    try:
        if make_tables and database.dialect == "sqlite" and await migrate.state(database) is migrate.Tables.EMPTY:
            await migrate.upgrade(database)
        fault = await tables_fault(database)
        if fault:
            raise StoreUnavailable(fault)
    except BaseException:
        await database.aclose()
        raise
    return database


async def tables_fault(database: Database) -> str:
    """What is wrong with the tables, and what to do; "" when they are current."""
    return TABLES_ADVICE.get(await migrate.state(database), "")


@asynccontextmanager
async def opened(settings: Settings, folder: Path, clock: Clock | None = None) -> AsyncIterator[Opened]:
    """Open the store and all that answers from it; closes it at the end.

    What ``config.yaml`` says of branches and answers is put into the store first.

    Raises:
        ConfigError: From the configuration's hours.
        StoreUnavailable: From the store.
    """
    clock = clock or SystemClock()
    known_branches = settings.library.values()
    database = await open_database(settings, folder, make_tables=True)
    try:
        branches, faq = SqlBranches(database, settings.library.timezone), SqlFaq(database, clock)
        await branches.put(known_branches)
        await faq.put([FaqEntry(**entry.model_dump()) for entry in settings.faq])
        source, cards = SqlIndexSource(database), SqlCards(database, clock)
        catalogue = IndexedCatalogue(folder / settings.search.folder, source, cards)
        synonyms, pictures = SqlSynonyms(database, clock), PictureDesk(settings.server.public_url)
        await synonyms.refresh()
        message_log = await open_log(database, clock)
        try:
            house = lending_house(settings)
            circulation = SqlCirculation(database, branches, clock, house)
            accounts = account_store(database, clock, message_log, account_setup(settings, folder), circulation)
            yield Opened(
                settings=settings,
                folder=folder,
                clock=clock,
                database=database,
                log=message_log,
                catalogue=catalogue,
                branches=branches,
                faq=faq,
                synonyms=synonyms,
                misses=misses_of(settings, database, clock),
                pictures=pictures,
                accounts=accounts,
                unreached=SqlUnreached(database, clock),
                lending=SqlDesk(database, branches, clock, house),
                requests=SqlRequests(database, branches, clock, house),
                library=Library(
                    name=settings.library.name,
                    catalogue=TaughtCatalogue(catalogue, synonyms),
                    faq=faq,
                    branches=branches,
                    holidays=OfficialHolidays(settings.library.country, settings.library.language),
                    reply_hours=settings.library.reply_branch,
                    policy_url=settings.privacy.policy_url,
                    pictures=pictures,
                    accounts=accounts.accounts,
                    circulation=circulation,
                    files=SqlFiles(database, clock),
                    card_barcode=settings.accounts.card_barcode,
                    people=SqlPeople(
                        database,
                        clock,
                        branches,
                        OfficialHolidays(settings.library.country, settings.library.language),
                        settings.library.reply_branch,
                    ),
                ),
            )
        finally:
            await message_log.aclose()
            await pictures.aclose()
            await catalogue.aclose()
            await cards.aclose()
            await source.aclose()
    finally:
        await database.aclose()


def lending_house(settings: Settings) -> LendingHouse:
    """How the library lends, as its configuration tells."""
    lending = settings.circulation
    return LendingHouse(
        rules=lending.values(),
        zone=settings.library.timezone,
        holidays=OfficialHolidays(settings.library.country, settings.library.language),
        keeping=lending.keeping,
        keeping_of=lending.keeping_of,
        transfers=lending.transfers,
        returned_days=lending.returned_days,
    )


def account_setup(settings: Settings, folder: Path) -> AccountSetup:
    """What the library has decided about accounts. Raises ConfigError."""
    main = main_branch(settings.library.values())
    phone = main.phone if main else ""
    own = settings.library.language
    languages = sorted(("ru", "en"), key=lambda name: name != own)

    @cache
    def carries(channel: str) -> bool:
        return channel not in settings.channels or data_class(channel, settings) is DataClass.FULL

    @cache
    def title(channel: str) -> str:
        return spec_of(channel, settings).title if channel in settings.channels else channel

    def told(channel: str, name: str, language: str) -> Reply:
        with in_language(language[:2].lower() if language[:2].lower() in languages else own):
            return linked_elsewhere(title(channel), name, phone)

    return AccountSetup(
        key=settings.accounts.secret(folder),
        texts={
            name: consent_text(
                name,
                library=settings.library.name,
                address=main.address if main else "",
                words=getattr(settings.privacy.consent, name),
                url=settings.privacy.policy_url,
            )
            for name in languages
        },
        rules=LinkRules(
            proofs=settings.accounts.proofs,
            codes=settings.accounts.code_rules(),
            limits=settings.accounts.limit_rules(),
            carries=carries,
            told=told,
        ),
        keep=KeepDays(**settings.privacy.retention_days.model_dump()),
        zone=settings.library.timezone,
        title=title,
    )


def deliveries(what: Opened) -> Deliveries:
    """How far our messages have come."""
    return SqlDeliveries(what.database)


def misses_of(settings: Settings, database: Database, clock: Clock) -> SqlMisses:
    """What readers asked in vain, in this store."""
    kinds = {name: str((options or {}).get("kind", name)) for name, options in settings.channels.items()}
    language = settings.library.language
    return SqlMisses(database, clock, keep=settings.misses.keep, kinds=kinds, language=language)


# --- the service ---------------------------------------------------------------------------------


def dispatcher(what: Opened, metrics: Metrics) -> Dispatcher:
    """What takes the turns."""
    table = handler_table(what.settings)
    return Dispatcher(
        what.log,
        understanding(what.synonyms, intents_of(table)),
        table,
        what.library,
        what.clock,
        metrics,
        language=what.settings.library.language,
        privacy=privacy_of(what.settings),
        at_once=at_once(what.settings, table),
    )


def service(what: Opened, role: Role) -> Service:
    """The whole of one process. Raises ConfigError."""
    settings, metrics = what.settings, Metrics()
    channels, privacy = built_channels(what), privacy_of(settings)
    for name in undecided(settings):
        log.warning("data class undecided", channel=name, advice=UNDECIDED_ADVICE)
    what.pictures.serve(channels)
    what.accounts.watched_by(metrics)
    courtesies = Courtesies(metrics)
    arrivals = Arrivals(what.log, metrics, courtesies, SqlUnread(what.database, what.clock))
    health = Health(store=what.log, metrics=metrics, checks=_checks(what, role))
    paths, closing = list(health.routes()), []
    at_hand = SqlConsoleDesk(what.database, what.log, what.clock, timedelta(minutes=settings.console.return_minutes))
    closing.append(at_hand.aclose)
    if role in (Role.ALL, Role.WEB):
        desk = FrontDesk(store=what.log, log=what.log, pictures=what.pictures)
        paths += Webhooks(channels, what.log, metrics, arrivals).routes()
        for channel in channels.values():
            if isinstance(channel, Served):
                paths += channel.routes(desk)  # type: ignore[arg-type]  # aiohttp: every route is one
        if settings.console.enabled:
            console = Console(
                console_setting(settings, channels, settings.accounts.secret(what.folder), what.branches),
                staff=SqlStaffBook(what.database, what.clock),
                audit=SqlStaffAudit(what.database, what.clock),
                clock=what.clock,
                desk=at_hand,
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
            paths += console.routes()  # type: ignore[arg-type]  # as above
            closing.append(console.aclose)
    notices = notices_of(what, channels, privacy)
    alerts, aftercare = alerts_of(what, channels), aftercare_of(what, channels)
    still_true = all_true(*(one.still_true for one in (alerts, aftercare, notices) if one is not None))
    return Service(
        role=role,
        store=what.log,
        dispatcher=dispatcher(what, metrics),
        channels=channels,
        outboxes={
            name: Outbox(name, channel, what.log, what.clock, metrics, allows=privacy.allows, still_true=still_true)
            for name, channel in channels.items()
        },
        courtesies=courtesies,
        arrivals=arrivals,
        health=health,
        app=application(paths),
        host=settings.server.host,
        port=settings.server.port,
        prepare=what.catalogue.start,
        background={
            "index": what.catalogue.follow,
            "branches": what.branches.follow,
            "synonyms": what.synonyms.follow,
            "misses": what.misses.follow,
            "retention": what.accounts.retention.follow,
            "lending": what.lending.follow,
            **({"notices": partial(notices.follow, what.log.sending)} if settings.notices.enabled else {}),
            "desk": at_hand.follow,
            **({"alerts": alerts.follow} if alerts else {}),
            **({"aftercare": aftercare.follow} if aftercare else {}),
            "words": lambda: at_hand.words.follow(what.log.desk_changes()),
        },
        everywhere={"standings": Sayer(SqlChannelStates(what.database, what.clock), health.lines).follow},
        closing=closing,
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
    """What loads catalogues at the console."""
    settings = what.settings
    branches = settings.library.branches
    return CatalogueImports(
        what.folder / settings.console.upload_folder,
        SqlImportJobs(what.database, what.clock),
        SqlCatalogueWriter(what.database, what.clock),
        largest=settings.console.upload_megabytes * 1024 * 1024,
        only_branch=branches[0].code if len(branches) == 1 else "",
        after=what.branches.refresh,
    )


def staff_chats(settings: Settings, channels: Mapping[str, Channel]) -> dict[str, str]:
    """Where the staff are told of readers who wait: their own chat by channel, as ``staff_chat`` names it."""
    named = {name: (settings.channels[name] or {}).get("staff_chat") for name in channels}
    return {name: str(chat) for name, chat in named.items() if chat not in (None, "")}


def alerts_of(what: Opened, channels: Mapping[str, Channel]) -> Alerts | None:
    """Who tells the staff of readers who wait; None where nobody is to be told."""
    settings, chats = what.settings, staff_chats(what.settings, channels)
    after, page = settings.handover.alert_after, settings.server.public_url.rstrip("/")
    if after is None or not chats:
        return None
    return Alerts(
        SqlCalls(what.database, what.clock),
        what.clock,
        what.branches,
        what.library.holidays,
        chats=chats,
        after=after,
        again=settings.handover.alert_again,
        nights=settings.notices.rules(),
        zone=settings.library.timezone,
        reply_branch=settings.library.reply_branch,
        channels={name: spec_of(name, settings).title for name in channels},
        sources={start_parameter(branch.code): branch.code for branch in settings.library.values()},
        console=f"{page}/console/" if page and settings.console.enabled else "",
        language=settings.library.language,
    )


def aftercare_of(what: Opened, channels: Mapping[str, Channel]) -> Aftercare | None:
    """Who asks readers whether a librarian has helped; None where nobody does."""
    if not what.settings.handover.ask_if_helped:
        return None
    windows = {name: channel.capabilities.window_h for name, channel in channels.items()}
    return Aftercare(SqlCalls(what.database, what.clock), what.clock, windows, what.settings.library.language)


def all_true(*asked: StillTrue) -> StillTrue:
    """A letter may leave where nobody objects; the first objection counts."""

    async def still_true(message: Outbound) -> str:
        for ask in asked:
            if why := await ask(message):
                return why
        return ""

    return still_true


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
        rehearsal=Rehearsal(stage),
        screens=ChannelScreens([(spec.kind, spec.title, channel) for spec, channel in kinds]),
        library=what.library,
        topics=[Topic(key=key, about=about()[key]) for key, intent in topics().items() if intent in TOLD_BY_TOPIC],
        intents=intents,
    )


def notices_of(what: Opened, channels: Mapping[str, Channel], privacy: Privacy) -> Notices:
    """What writes to readers by itself. Raises ConfigError."""
    settings = what.settings
    rules, sms = settings.notices.rules(), settings.notices.sms
    if sms and (sms not in channels or spec_of(sms, settings).kind != "sms"):
        raise ConfigError(f"notices.sms: expected the name of a channel of the kind sms, got {sms!r}")
    if sms and not privacy.allows_personal(sms):
        raise ConfigError(f"notices.sms: channels.{sms} carries nothing of a person (data: public_only)")
    carriers = {name: carrier_of(name, channel, settings, privacy) for name, channel in channels.items()}
    usable = [name for name, carrier in carriers.items() if carrier.personal and carrier.pushes]
    house, branches = lending_house(settings), what.branches
    circulation = what.library.circulation
    assert circulation is not None  # a library that is opened has it
    return Notices(
        SqlNotices(what.database, branches, what.clock, house, rules, usable, sms),
        circulation,
        branches,
        house.holidays,
        what.clock,
        rules,
        carriers,
        library=settings.library.name,
        language=settings.library.language,
        sms=sms,
    )


def carrier_of(name: str, channel: Channel, settings: Settings, privacy: Privacy) -> Carrier:
    """What a channel means for notices: a page of our own and a terminal have to be opened, so nobody is told there."""
    return Carrier(
        personal=privacy.allows_personal(name),
        pushes=not isinstance(channel, Served) and spec_of(name, settings).kind != "terminal",
        window_h=channel.capabilities.window_h,
        templates=frozenset((settings.channels[name] or {}).get("templates") or {}),
        confirms=channel.capabilities.confirms,
    )


def reader_ports(what: Opened, channels: Mapping[str, Channel], privacy: Privacy) -> ReaderPorts:
    """What the console asks about readers."""
    circulation = what.library.circulation
    assert circulation is not None  # a library that is opened has it
    named = {name: channel for name, channel in channels.items() if privacy.allows_personal(name)}
    return ReaderPorts(
        book=SqlReaderBook(what.database),
        cards=what.accounts.desk,
        circulation=circulation,
        requests=what.requests,
        unreached=what.unreached,
        journal=what.accounts.audit,
        library=what.library,
        finish_erasures=what.accounts.retention.finish_erasures,
        links=JoinLinks(named).links,
    )


def console_setting(
    settings: Settings, channels: Mapping[str, Channel], key: bytes, branches: SqlBranches
) -> ConsoleSetting:
    """What the console is told of the library and its channels. Raises ConfigError."""
    console = settings.console
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
        channels={name: spec_of(name, settings).title for name in settings.channels},
        channel_kinds={spec.kind: spec.title for spec in (spec_of(name, settings) for name in settings.channels)},
        sending=frozenset(channels),
        windows={name: each.capabilities.window_h for name, each in channels.items() if each.capabilities.window_h},
        long_wait=settings.handover.alert_after,
        public_only=frozenset(name for name in channels if data_class(name, settings) is not DataClass.FULL),
        largest_upload=console.upload_megabytes * 1024 * 1024,
    )


def _checks(what: Opened, role: Role) -> dict[str, Check]:
    checks: dict[str, Check] = {"database": partial(tables_fault, what.database)}
    if role in (Role.ALL, Role.WORKER):
        checks["index"] = what.catalogue.fault
    return checks
