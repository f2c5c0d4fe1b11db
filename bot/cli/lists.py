"""``bibliobot import --kind patrons`` and ``--kind loans``: readers and their loans from files into the store."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal, cast

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.app.accounts import lending_house
from bot.app.store import open_database
from bot.cli.loading import REPORT, Asked, check_branch, only_branch, progress, put_branches
from bot.clock import SystemClock
from bot.library.lists import Listed, ListPlan, ListSummary
from bot.library.records import Rejected, Rejection
from bot.settings import Settings
from catalogue.lists import ListFile, recognise_list
from catalogue.loading import MAY_DISAPPEAR, source_name
from catalogue.rejects import OnDisk, Report
from db.branches import SqlBranches
from db.connect import Database
from db.list_import import SqlListWriter

Tick = Callable[[OnDisk, int], None]


def load(settings: Settings, folder: Path, files: Sequence[Path], asked: Asked, console: Console) -> int:
    """Import lists; prints what became of them. Returns the exit code of ``bibliobot import``."""
    kind = cast("Literal['patrons', 'loans']", asked.kind)
    sources = [recognise_list(file, kind, asked.encoding, month_first=settings.library.month_first) for file in files]
    check_branch(asked.branch, settings.library.values())
    return asyncio.run(_load(settings, folder, sources, asked, console))


async def _load(settings: Settings, folder: Path, sources: Sequence[ListFile], asked: Asked, console: Console) -> int:
    code = 0
    async with reading(settings, folder, sources, asked, console) as (database, report, rows_of):
        if not asked.dry_run:
            await put_branches(settings, database)
        branches = SqlBranches(database, settings.library.timezone)
        writer = SqlListWriter(database, branches, SystemClock(), lending_house(settings))
        for source in sources:
            rows = rows_of(source)
            keep: Any = writer.patrons if source.kind == "patrons" else writer.loans
            summary = await keep(rows, _plan(settings, source, asked), rows.note)
            _tell(console, source, summary, rows.rejected, report, dry_run=asked.dry_run)
            code = code or int(summary.unconfirmed or (rows.rejected > 0 and not summary.read))
    return code


@asynccontextmanager
async def reading(
    settings: Settings, folder: Path, sources: Sequence[ListFile], asked: Asked, console: Console
) -> AsyncIterator[tuple[Database, Report, Callable[[ListFile], "Rows"]]]:
    """The store, the report of what is left out, and how a file's rows are read beside a progress bar."""
    report = Report(asked.report if asked.report or asked.dry_run else Path(REPORT), asked=asked.report is not None)
    database = await open_database(settings, folder, make_tables=True)
    with ExitStack() as closing:
        closing.callback(report.close)
        try:
            tick = closing.enter_context(progress(sources, console))
            yield database, report, lambda source: Rows(source, report, tick)
        finally:
            await database.aclose()


def _plan(settings: Settings, source: ListFile, asked: Asked) -> ListPlan:
    return ListPlan(
        source=asked.source or source_name(source.path),
        file=source.path.name,
        branch=asked.branch or only_branch(settings),
        may_disappear=MAY_DISAPPEAR,
        accept_disappeared=asked.accept_disappeared,
        dry_run=asked.dry_run,
        registration_months=settings.circulation.registration_months,
    )


class Rows:
    """The good rows of a file from its beginning, as often as they are asked for; the bad ones are noted once."""

    def __init__(self, source: ListFile, report: Report, tick: Tick) -> None:
        self._source, self._report, self._tick = source, report, tick
        self._times = 0
        self.rejected = 0

    def __call__(self) -> Iterator[Listed[Any]]:
        self._times += 1
        first = self._times == 1
        for row in self._source.rows():
            if isinstance(row, Rejected):
                if first:
                    self._note(row)
                continue
            self._tick(self._source, row.offset)
            yield row

    def note(self, ordinal: int, offset: int, why: str) -> None:
        """A row that the store cannot keep."""
        self._note(Rejected(ordinal=ordinal, offset=offset, reason=Rejection.BAD_ROW, detail=why))

    def _note(self, rejected: Rejected) -> None:
        self.rejected += 1
        self._report.note(self._source, rejected)


def _tell(
    console: Console, source: ListFile, summary: ListSummary, rejected: int, report: Report, *, dry_run: bool
) -> None:
    console.print(escape(f"{source.path.name}: {source.format}, {source.charset} ({source.evidence})"))
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(justify="right")
    names = {"gone": "gone from the list", "had": "", "stopped": ""}
    names |= {"added": "to add", "updated": "to update"} if dry_run else {}
    counts = {names.get(part.name, part.name): getattr(summary, part.name) for part in fields(summary)}
    for name, count in {**counts, "left out": rejected}.items():
        if name:
            table.add_row(escape(name), f"{count:,}")
    console.print(table)
    for line in report.shown:
        console.print(escape(f"rejected: {line}"))
    if report.written:
        console.print(escape(f"rejected rows are listed in {report.path}"))
    for branch in summary.stopped:
        name = escape(branch.branch or "no branch")
        console.print(
            f"{name}: {branch.gone:,} of {branch.had:,} are in this list no longer, more than {MAY_DISAPPEAR:.0%}. "
            "Nothing was written of this branch."
        )
    if summary.stopped:
        console.print(
            "If they are really gone, run the import again with --accept-disappeared; if the file is only a part, name "
            "its branch with --branch or another system with --source."
        )
    elif dry_run:
        console.print("nothing was written: this was a dry run")
