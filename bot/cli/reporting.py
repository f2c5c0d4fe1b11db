"""``report``: what the service achieved in some days, for the director's own papers."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.app.store import open_database
from bot.cli import sheets
from bot.cli.days import day_of
from bot.clock import SystemClock
from bot.errors import WrongUse
from bot.library.model import Branch
from bot.library.places import start_parameter
from bot.overview import Day, Stretch, together, whole
from bot.quick import dataclass
from bot.settings import Settings, load
from db.branches import SqlBranches
from db.overview import SqlOverview

HEADER = (
    "where",
    "questions",
    "answered by the bot",
    "of 100",
    "not answered",
    "passed to a person",
    "taken by librarians",
    "helped",
    "not helped",
    "renewed",
    "held",
)
SHOWN = ("questions", "of 100", "not answered", "renewed", "held")
"""What a terminal has room for."""
KEYS = tuple(title.replace(" ", "_") for title in HEADER[1:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The figures of all places, a channel or a branch.

    Attributes:
        code: Of the channel or the branch; "" of all, and of messages that belong to no branch.
        figures: One for each of ``KEYS``; None where nothing can be said.
    """

    code: str
    name: str
    figures: tuple[int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What happened from one day to the end of another."""

    first: date
    last: date
    everywhere: Line
    channels: Sequence[Line]
    branches: Sequence[Line]


def report(
    config: Path | None, *, since: str, until: str, table_file: Path | None, as_json: bool, today: date | None = None
) -> int:
    """Print the figures of some days, or write them into a file.

    Args:
        config: The configuration.
        since: The first day; "" is the first of the month that the last day is in.
        until: The last day; "" is today.
        table_file: Where to write them, CSV or XLSX.
        as_json: Print them for programs.
        today: Another day than the library's own.

    Raises:
        WrongUse: A date is none, or the days are in the wrong order.
        InputError: The file cannot be written.
        StoreUnavailable: From the store.
    """
    settings, folder = load(config)
    zone = settings.library.timezone
    today = today or SystemClock().now().astimezone(zone).date()
    last = day_of(until, "--until") or today
    first = day_of(since, "--since") or last.replace(day=1)
    if first > last:
        raise WrongUse(f"--since {first} is later than --until {last}: nothing lies between them")
    found = asyncio.run(_made(settings, folder, zone, first, last))
    if table_file is not None:
        sheets.write(table_file, HEADER, [[line.name, *_cells(line)] for line in _lines(found)])
    if as_json:
        sys.stdout.write(json.dumps(_for_programs(found), ensure_ascii=False, indent=2) + "\n")
    elif table_file is not None:
        sys.stdout.write(f"{first} to {last}: {table_file}\n")
    else:
        _print(found)
    return 0


async def _made(settings: Settings, folder: Path, zone: ZoneInfo, first: date, last: date) -> Report:
    database = await open_database(settings, folder)
    try:
        branches = await SqlBranches(database, zone).all()
        sources = {start_parameter(branch.code): branch.code for branch in branches}
        stretch = await SqlOverview(database, zone).between(first, last, sources)
    finally:
        await database.aclose()
    return made(stretch, first, last, list(settings.channels), branches)


def made(stretch: Stretch, first: date, last: date, channels: Sequence[str], branches: Sequence[Branch]) -> Report:
    """The lines of a report: every channel and branch that is known or that something happened in."""
    by_channel, by_branch = together(stretch.days, 0), together(stretch.days, 1)
    names = {branch.code: branch.name for branch in branches}
    codes = [*names, *sorted({*by_branch, *stretch.renewed, *stretch.held} - names.keys())]
    everything = _figures(whole(stretch.days), sum(stretch.renewed.values()), sum(stretch.held.values()))
    return Report(
        first=first,
        last=last,
        everywhere=Line(code="", name="all", figures=everything),
        channels=[
            Line(code=name, name=name, figures=_figures(by_channel.get(name, Day()), None, None))
            for name in [*channels, *sorted(by_channel.keys() - set(channels))]
        ],
        branches=[
            Line(
                code=code,
                name=names.get(code, code) or "branch unknown",
                figures=_figures(
                    by_branch.get(code, Day()),
                    stretch.renewed.get(code, 0) if code else None,
                    stretch.held.get(code, 0) if code else None,
                ),
            )
            for code in codes
        ],
    )


def _figures(day: Day, renewed: int | None, held: int | None) -> tuple[int | None, ...]:
    said = (day.asked, day.answered, day.without_a_person, day.missed, day.called)
    return (*said, day.taken, day.helped, day.not_helped, renewed, held)


def _lines(found: Report) -> list[Line]:
    return [found.everywhere, *found.channels, *found.branches]


def _cells(line: Line) -> list[str | int]:
    return ["" if figure is None else figure for figure in line.figures]


def _for_programs(found: Report) -> Mapping[str, object]:
    def values(line: Line) -> dict[str, int | None]:
        return dict(zip(KEYS, line.figures, strict=True))

    return {
        "since": found.first.isoformat(),
        "until": found.last.isoformat(),
        "all": values(found.everywhere),
        "by_channel": {line.code: values(line) for line in found.channels},
        "by_branch": {line.code: {"name": line.name, **values(line)} for line in found.branches},
    }


def _print(found: Report) -> None:
    console = Console(highlight=False)
    console.print(f"{found.first} to {found.last}, of messages that are still kept\n", markup=False)
    for title, figure in zip(HEADER[1:], _cells(found.everywhere), strict=True):
        console.print(f"{title:22}{figure:>8}", markup=False)
    for kind, lines in (("channel", found.channels), ("branch", found.branches)):
        _print_lines(console, kind, lines)


def _print_lines(console: Console, kind: str, lines: Sequence[Line]) -> None:
    table = Table(kind, box=box.SIMPLE_HEAD, pad_edge=False)
    for title in SHOWN:
        table.add_column(title, justify="right")
    busy = [line for line in lines if any(line.figures)]
    for line in busy:
        cells = dict(zip(HEADER[1:], _cells(line), strict=True))
        table.add_row(escape(line.name), *(str(cells[title]) for title in SHOWN))
    if busy:
        console.print(table)
    if quiet := len(lines) - len(busy):
        console.print(f"  nothing happened: {quiet} more (all are in --json and --table)", markup=False)
