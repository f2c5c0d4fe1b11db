"""Lists of readers and of loans loaded at the console, by the code of ``bibliobot import``; they hold people.

Nothing that stands in a row is kept, told or logged: of a row that was left out its number and why.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.errors import InputError
from bot.library.lists import Listed, ListPlan, ListSummary
from bot.library.records import Rejected
from bot.shelving import Fault, ImportJob, ImportKind, ListWriter, Outcome

if TYPE_CHECKING:
    from catalogue.lists import ListFile

SHOWN = 200
"""Rows that are told one by one."""
_WHY = (
    (re.compile(r"no card number"), "no_card"),
    (re.compile(r"no date"), "bad_date"),
    (re.compile(r"broken record"), "not_a_record"),
    (re.compile(r"neither an inventory number"), "no_book"),
    (re.compile(r"neither a day"), "no_day"),
    (re.compile(r"before it was lent"), "due_early"),
    (re.compile(r"in the list twice"), "twice"),
    (re.compile(r"no branch"), "no_branch"),
    (re.compile(r"no reader has"), "no_reader"),
    (re.compile(r"on loan to another"), "lent_to_another"),
    (re.compile(r"without its first zeros"), "zeros_lost"),
)
"""What a row is left out for, as the readers of lists say it, without what they quote of the row."""
Tick = Callable[[int, int], None]


class Lists:
    """Reads a list into the store, or only tries.

    Args:
        writer: Where rows go.
        registration_months: So long a registration holds where the list tells only when it began; 0: nobody can tell.
    """

    def __init__(self, writer: ListWriter, registration_months: int = 0) -> None:
        self._writer, self._months = writer, registration_months

    async def read(self, path: Path, job: ImportJob, tick: Tick, *, dry_run: bool, accept_disappeared: bool) -> Outcome:
        """The list from its first row to its last. Raises StoreUnavailable."""
        from catalogue.lists import recognise_list  # a console that loads no list has no use for the importers
        from catalogue.loading import MAY_DISAPPEAR

        kind = "patrons" if job.kind is ImportKind.PATRONS else "loans"
        try:
            source = await asyncio.to_thread(recognise_list, path, kind)  # type: ignore[arg-type]  # one of two words
        except InputError:  # its text quotes the first row: perhaps a person
            return Outcome(fault=Fault.UNKNOWN_KIND)
        rows = Rows(source, tick)
        plan = ListPlan(
            source=job.source,
            file=job.name,
            branch=job.branch,
            may_disappear=MAY_DISAPPEAR,
            accept_disappeared=accept_disappeared,
            dry_run=dry_run,
            registration_months=self._months,
        )
        keep: Any = self._writer.patrons if job.kind is ImportKind.PATRONS else self._writer.loans
        try:
            summary = await keep(rows, plan, rows.note)
        except InputError:
            return Outcome(fault=Fault.UNREADABLE)
        found = _outcome(source, summary, rows)
        nothing = Outcome(fault=Fault.NOTHING_READ, rejected=found.rejected, unread=rows.unread, rows=found.rows)
        return found if summary.read else nothing


class Rows:
    """The good rows of a list from its beginning, as often as they are asked for; the bad ones are noted once."""

    def __init__(self, source: "ListFile", tick: Tick) -> None:
        self._source, self._tick, self._times = source, tick, 0
        self.why: Counter[str] = Counter()
        self.shown: list[tuple[int, str]] = []
        self.unread = 0

    def __call__(self) -> Iterator[Listed[Any]]:
        self._times += 1
        first = self._times == 1
        for row in self._source.rows():
            if not isinstance(row, Rejected):
                self._tick(self._source.size, row.offset)
                yield row
            elif first:
                self.unread += 1
                self.note(row.ordinal, row.offset, row.detail)

    def note(self, ordinal: int, offset: int, why: str) -> None:
        """A row that is left out."""
        del offset
        code = next((code for said, code in _WHY if said.search(why)), "bad_row")
        self.why[code] += 1
        if len(self.shown) < SHOWN:
            self.shown.append((ordinal, code))


def _outcome(source: "ListFile", summary: ListSummary, rows: Rows) -> Outcome:
    return Outcome(
        format=source.format,
        charset=source.charset,
        read=summary.read,
        added=summary.added,
        updated=summary.updated,
        unchanged=summary.unchanged,
        rejected=dict(rows.why.most_common()),
        unread=rows.unread,
        gone=summary.gone,
        had=summary.had,
        unconfirmed=summary.unconfirmed,
        returned=summary.returned,
        stopped=tuple((branch.branch, branch.gone, branch.had) for branch in summary.stopped),
        rows=tuple(sorted(rows.shown)),
    )
