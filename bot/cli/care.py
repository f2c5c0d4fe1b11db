"""Looking after a store: check, upgrade, backup, restore."""

import asyncio
import shutil
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from bot.app.answering import at_once, handler_table
from bot.app.channels import UNDECIDED_ADVICE, build_channel, data_class, privacy_of, undecided
from bot.app.store import notices_rest, open_database, tables_fault
from bot.app.unasked import paid_channel
from bot.channels import Linked
from bot.engine.privacy import DataClass
from bot.errors import BibliobotError, ChannelAuthError, ChannelError, InputError, StoreUnavailable
from bot.settings import Settings, load
from db import backup as copies
from db import migrate
from db.connect import Database, connect, parse_url
from db.import_runs import Unended, unended

RESTED = "readers are not reminded; where this is the library's own store again, run: bibliobot notices resume"
ENOUGH_MB = 200
"""Of free disk: an import and a backup of a district's library need less."""
FINE, FAULT, NOTE = "[green]ok[/]", "[red]fault[/]", "[yellow]note[/]"


async def _store(settings: Settings, folder: Path) -> Database:
    return await connect(settings.database.url.get_secret_value(), folder)


def check(config: Path | None) -> int:
    """Print a line for each part; 1 when one of them has a fault."""
    console = Console(highlight=False, soft_wrap=True)
    faults = asyncio.run(_check(config, console))
    console.print("everything works" if not faults else f"{faults} to mend")
    return 1 if faults else 0


async def _check(config: Path | None, console: Console) -> int:
    def say(part: str, fault: str, fine: str = "") -> int:
        console.print(f"{FAULT if fault else FINE}  {part}: {escape(fault or fine)}")
        return 1 if fault else 0

    settings, folder = load(config)
    branches = settings.library.values()
    faults = say("configuration", "", f"{settings.library.name}, {len(branches)} branches")
    file = ""
    try:
        file = _file(settings, folder)
        store = await open_database(settings, folder)
        try:
            resting, imports = await notices_rest(store), await unended(store)
            await migrate.try_writing(store)
        finally:
            await store.aclose()
        faults += say("database", "", f"{store.dialect}, the tables are current")
        if scarce := _scarce_room(settings, folder):
            console.print(f"{NOTE}  database: {escape(scarce)}")
        if resting:
            console.print(f"{NOTE}  notices: {RESTED}")
        for each in imports:
            console.print(f"{NOTE}  catalogue: {escape(_half(each, settings))}")
    except BibliobotError as error:
        faults += say("database", f"{error}{file}")
    try:
        table = handler_table(settings)
        faults += say("intents", "", ", ".join(settings.intents))
        at_once(settings, table)
    except BibliobotError as error:
        faults += say("intents", str(error))
    try:
        if settings.notices.sms:
            paid_channel(settings, settings.channels, privacy_of(settings))
    except BibliobotError as error:
        faults += say("notices", str(error))
    for where, code in _unknown_branches(settings):
        console.print(f"{NOTE}  {where}: library.branches has no {escape(repr(code))}, so this rule is for nobody")
    for name in settings.channels:
        fine, fault = await _channel(name, settings)
        faults += say(f"channel {name}", fault, fine)
    for name in undecided(settings):
        console.print(f"{NOTE}  channel {name}: {escape(UNDECIDED_ADVICE)}")
    return faults


def _file(settings: Settings, folder: Path) -> str:
    """The file of an SQLite store, for whoever has to mend it; an address of PostgreSQL may hold a password."""
    url = parse_url(settings.database.url.get_secret_value(), folder)
    return f" ({url.database})" if url.get_backend_name() == "sqlite" else ""


def _half(run: Unended, settings: Settings) -> str:
    """What to do about an import that has no end."""
    begun = run.started_at.astimezone(settings.library.timezone)
    return (
        f"the import of {', '.join(run.files)} (source {run.source}) that began on {begun:%Y-%m-%d at %H:%M} has not "
        "ended: if it is not at work any more, load the same again; what is there already stays as it is"
    )


def _scarce_room(settings: Settings, folder: Path) -> str:
    """What to do where the disk of an SQLite store is nearly full, "" where it is not."""
    url = parse_url(settings.database.url.get_secret_value(), folder)
    if url.get_backend_name() != "sqlite":
        return ""
    left = shutil.disk_usage(Path(url.database or "").parent).free // 2**20
    return f"{left} MB are left on its disk: free some space before nothing can be kept" if left < ENOUGH_MB else ""


def _unknown_branches(settings: Settings) -> list[tuple[str, str]]:
    """Rules for branches that are not configured; only an imported file may know them."""
    lending, known = settings.circulation, {branch.code for branch in settings.library.branches}
    named = [("circulation.keeping_of", code) for code in lending.keeping_of]
    named += [(f"circulation.rules.{at}", rule.branch) for at, rule in enumerate(lending.rules)]
    return [(where, code) for where, code in named if code and code not in known]


async def _channel(name: str, settings: Settings) -> tuple[str, str]:
    """What is told of a channel: who it is at its messenger and how to join it; or its fault."""
    try:
        carries = data_class(name, settings)
        if carries is DataClass.OFF:
            return "off", ""
        channel = build_channel(name, settings)
    except BibliobotError as error:
        return "", str(error)
    try:
        told = [await channel.ping(), f"data: {carries}"]
        if isinstance(channel, Linked):
            told.append(await _joining(channel))
    except ChannelAuthError as error:
        return "", f"the messenger refuses us ({error}): mend the token under channels.{name}"
    except BibliobotError as error:
        return "", str(error)
    else:
        return ", ".join(told), ""
    finally:
        await channel.aclose()


async def _joining(channel: Linked) -> str:
    """Where readers join; a link that cannot be made yet is no fault of the channel."""
    try:
        return f"readers join at {await channel.join_link()}"
    except ChannelError as error:
        return f"no link to join by ({error})"


def upgrade(config: Path | None) -> int:
    """Bring the tables to this version."""

    async def work() -> None:
        store = await _store(*load(config))
        try:
            await migrate.upgrade(store)
        finally:
            await store.aclose()

    asyncio.run(work())
    Console().print("the tables are current")
    return 0


def backup(config: Path | None, file: Path) -> int:
    """Copy the store into ``file``."""

    async def work() -> copies.Copied:
        store = await open_database(*load(config))
        try:
            return await copies.backup(store.engine, migrate.head(), file)
        except OSError as error:
            raise InputError(f"{file}: cannot be written: {error.strerror}") from None
        finally:
            await store.aclose()

    copied = asyncio.run(work())
    Console(highlight=False, soft_wrap=True).print(f"{copied.total} rows in {file}", markup=False)
    return 0


def restore(config: Path | None, file: Path) -> int:
    """Fill an empty store from ``file``."""

    async def work() -> copies.Copied:
        store = await _store(*load(config))
        try:
            is_new = await migrate.state(store) is migrate.Tables.EMPTY
            if not is_new and (fault := await tables_fault(store)):
                raise StoreUnavailable(fault)
            return await copies.restore(store.writer, file)
        finally:
            await store.aclose()

    copied = asyncio.run(work())
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{copied.total} rows restored; nothing in them will be sent by itself")
    console.print(RESTED)
    return 0
