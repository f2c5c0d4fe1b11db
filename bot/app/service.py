"""The whole of one process, put together."""

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bot.app.answering import at_once, handler_table, intents_of, know_phrases, understanding
from bot.app.channels import UNDECIDED_ADVICE, build_channel, data_class, privacy_of, undecided
from bot.app.store import Opened, tables_fault
from bot.app.unasked import aftercare_of, alerts_of, all_true, notices_of
from bot.app.uploads import keep_uploads_tidy
from bot.channels import Channel, Served
from bot.engine.aftercare import Aftercare
from bot.engine.alerts import Alerts
from bot.engine.courtesies import Courtesies
from bot.engine.dispatcher import Dispatcher
from bot.engine.health import Check, Health
from bot.engine.intake import Arrivals, FrontDesk, Webhooks
from bot.engine.metrics import Metrics
from bot.engine.notices import Notices
from bot.engine.outbox import Outbox
from bot.engine.privacy import DataClass, Privacy
from bot.engine.server import LateRoutes, application
from bot.engine.service import Role, Service
from bot.engine.standings import Sayer
from bot.library.holidays import OfficialHolidays
from bot.library_settings import LibrarySettings
from db.channel_states import SqlChannelStates
from db.desk import SqlConsoleDesk
from db.files import SqlFiles, SqlUnread

if TYPE_CHECKING:
    from console.app import Console


CONSOLE = "/console"
"""Where the librarians' pages are (``console.room.ROOT``)."""

Loop = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)


def built_channels(what: Opened) -> dict[str, Channel]:
    """Every channel that is not off. Raises ConfigError."""
    settings, files = what.settings, SqlFiles(what.database, what.clock)
    return {
        name: build_channel(name, settings, what.clock, files)
        for name in settings.channels
        if data_class(name, settings) is not DataClass.OFF
    }


def dispatcher_of(what: Opened, metrics: Metrics) -> Dispatcher:
    """What takes the turns."""
    table = handler_table(what.settings)
    return Dispatcher(
        what.log,
        understanding(what.synonyms, intents_of(table), what.catalogue),
        table,
        what.library,
        what.clock,
        metrics,
        language=what.settings.library.language,
        privacy=privacy_of(what.settings),
        at_once=at_once(what.settings, table),
    )


def service_of(what: Opened, role: Role) -> Service:
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
    paths, late, closing = list(health.routes()), list[LateRoutes](), list[Callable[[], Awaitable[None]]]()
    at_hand = SqlConsoleDesk(what.database, what.log, what.clock, timedelta(minutes=settings.console.return_minutes))
    closing.append(at_hand.aclose)
    if role in (Role.ALL, Role.WEB):
        desk = FrontDesk(store=what.log, log=what.log, pictures=what.pictures)
        paths += Webhooks(channels, what.log, metrics, arrivals).routes()
        for channel in channels.values():
            if isinstance(channel, Served):
                paths += channel.routes(desk)  # type: ignore[arg-type]  # aiohttp: every route is one
        if settings.console.enabled:
            late.append(LateRoutes(CONSOLE, partial(_console, what, channels, privacy, at_hand, closing)))
    notices = notices_of(what, channels, privacy)
    alerts, aftercare = alerts_of(what, channels), aftercare_of(what, channels)
    still_true = all_true(*(one.still_true for one in (alerts, aftercare, notices) if one is not None))
    return Service(
        role=role,
        store=what.log,
        dispatcher=dispatcher_of(what, metrics),
        channels=channels,
        outboxes={
            name: Outbox(name, channel, what.log, what.clock, metrics, allows=privacy.allows, still_true=still_true)
            for name, channel in channels.items()
        },
        courtesies=courtesies,
        arrivals=arrivals,
        health=health,
        app=application(paths, late),
        host=settings.server.host,
        port=settings.server.port,
        prepare=partial(_prepare, what),
        background={
            "index": what.catalogue.follow,
            "branches": what.branches.follow,
            "synonyms": what.synonyms.follow,
            "own_words": what.words.follow,
        },
        later=_later(what, at_hand, notices, alerts, aftercare),
        everywhere=_everywhere(what, health),
        closing=closing,
    )


def _later(
    what: Opened, at_hand: SqlConsoleDesk, notices: Notices, alerts: Alerts | None, aftercare: Aftercare | None
) -> dict[str, Loop]:
    """Loops that no answer needs, in the order in which they begin."""
    loops: dict[str, Loop] = {
        "words": lambda: at_hand.words.follow(what.log.desk_changes()),
        "misses": lambda: what.misses.follow(what.log.desk_changes()),
        "retention": what.accounts.retention.follow,
        "lending": what.lending.follow,
    }
    if what.settings.notices.enabled:
        loops["notices"] = partial(notices.follow, what.log.sending)
    loops["desk"] = at_hand.follow
    if alerts:
        loops["alerts"] = alerts.follow
    if aftercare:
        loops["aftercare"] = aftercare.follow
    return loops


def _everywhere(what: Opened, health: Health) -> dict[str, Loop]:
    """Loops of every role."""
    loops: dict[str, Loop] = {"standings": Sayer(SqlChannelStates(what.database, what.clock), health.lines).follow}
    if what.settings.console.enabled:
        loops["uploads"] = partial(keep_uploads_tidy, what)
    return loops


async def _prepare(what: Opened) -> None:
    """Open the index, which the first turn needs; what else it may need comes in a thread while the reader types."""
    await what.catalogue.start()
    _ = asyncio.get_running_loop().run_in_executor(None, _learn, what.settings.library)


def _learn(library: LibrarySettings) -> None:
    """Whoever needs one of these before it is there waits for it."""
    know_phrases()
    OfficialHolidays(library.country, library.language).load()


async def _console(
    what: Opened,
    channels: Mapping[str, Channel],
    privacy: Privacy,
    desk: SqlConsoleDesk,
    closing: list[Callable[[], Awaitable[None]]],
) -> Sequence[web.AbstractRouteDef]:
    """The librarians' pages; readers are answered while they are loaded. Raises ConfigError."""
    room = await asyncio.to_thread(importlib.import_module, "bot.app.console")
    console: Console = room.console(what, channels, privacy, desk)
    closing.append(console.aclose)
    return console.routes()


def _checks(what: Opened, role: Role) -> dict[str, Check]:
    checks: dict[str, Check] = {"database": partial(tables_fault, what.database)}
    if role in (Role.ALL, Role.WORKER):
        checks["index"] = what.catalogue.fault
    return checks
