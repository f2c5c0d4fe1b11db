"""``bibliobot import --kind hidden`` and ``bibliobot hidden``: lists of titles that readers may not be shown."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from bot.app.store import open_database
from bot.cli.lists import reading
from bot.cli.loading import Asked
from bot.clock import SystemClock
from bot.errors import InputError
from bot.library.lists import HidingSummary
from bot.settings import Settings
from bot.settings import load as load_settings
from catalogue.list_desk import named
from catalogue.lists import ListFile, recognise_list
from catalogue.loading import source_name
from db.hiding import SqlTitleHider

LOGIN = "command line"
"""Who decided, as the catalogue tells it."""


def load(settings: Settings, folder: Path, files: Sequence[Path], asked: Asked, console: Console) -> int:
    """Hide what the lists name; prints each book and each row that was left out. Returns the exit code."""
    sources = [recognise_list(file, "hidden", asked.encoding) for file in files]
    return asyncio.run(_load(settings, folder, sources, asked, console))


async def _load(settings: Settings, folder: Path, sources: Sequence[ListFile], asked: Asked, console: Console) -> int:
    code = 0
    async with reading(settings, folder, sources, asked, console) as (database, report, rows_of):
        hider = SqlTitleHider(database, SystemClock())
        for source in sources:
            rows = rows_of(source)
            name = asked.source or source_name(source.path)
            summary = await hider.hide(rows(), rows.note, source=name, login=LOGIN, dry_run=asked.dry_run)
            _tell(console, source, name, summary, rows.rejected, dry_run=asked.dry_run)
            code = code or int(rows.rejected > 0 and not summary.found)
    for line in report.shown:
        console.print(escape(f"left out: {line}"))
    if report.written:
        console.print(escape(f"rows that were left out are listed in {report.path}"))
    return code


def _tell(
    console: Console, source: ListFile, name: str, summary: HidingSummary, left_out: int, *, dry_run: bool
) -> None:
    console.print(escape(f"{source.path.name}: {source.format}, {source.charset} ({source.evidence})"))
    for one in summary.found:
        of = f"editions {one.editions}" if one.editions else f"copies {one.copies}"
        console.print(escape(f"  {named(one)}: {of}{', hidden before' if one.hidden else ''}"))
    new = sum(not one.hidden for one in summary.found)
    done = f"{'to hide' if dry_run else 'hidden'} {new:,}, hidden before {len(summary.found) - new:,}"
    console.print(escape(f"read {summary.read:,}, {done}, left out {left_out:,}"))
    if dry_run:
        console.print("nothing was written: this was a dry run")
    elif new:
        console.print(escape(f"to take it back: bibliobot hidden undo {name!r}"))


def listing(config: Path | None) -> int:
    """Print the lists that hide something, and how much. Raises ConfigError, StoreUnavailable."""

    async def told(hider: SqlTitleHider) -> None:
        lists = await hider.lists()
        for name, works in lists.items():
            sys.stdout.write(f"{name}: {works}\n")
        if not lists:
            sys.stdout.write("no list hides anything: bibliobot import FILE --kind hidden\n")

    return _asked(config, told)


def undo(config: Path | None, name: str) -> int:
    """Take back what a list hid. Raises ConfigError, StoreUnavailable, InputError where no list of the name did."""

    async def taken_back(hider: SqlTitleHider) -> None:
        works = await hider.show_again(name, login=LOGIN)
        if not works:
            raise InputError(f"{name}: no list of this name hides anything; bibliobot hidden list names them")
        sys.stdout.write(f"{name}: {works} shown again; what another list names too is hidden by loading that again\n")

    return _asked(config, taken_back)


def _asked(config: Path | None, act: Callable[[SqlTitleHider], Awaitable[None]]) -> int:
    async def run() -> None:
        settings, folder = load_settings(config)
        database = await open_database(settings, folder)
        try:
            await act(SqlTitleHider(database, SystemClock()))
        finally:
            await database.aclose()

    asyncio.run(run())
    return 0
