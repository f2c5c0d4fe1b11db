"""Lists loaded at the console, by the code of ``bibliobot import``: of readers, of loans, of titles to be hidden.

Nothing that stands in a row is kept, told or logged: of a row that was left out its number and why. What is hidden is
told by the catalogue's own title.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from bot.errors import InputError
from bot.library.lists import HidingSummary, Listed, ListPlan, ListSummary, ToHide
from bot.library.records import Rejected
from bot.shelving import Fault, ImportJob, ImportKind, ListWriter, Outcome, TitleHider

if TYPE_CHECKING:
    from catalogue.lists import ListFile
    from catalogue.lists.recognising import Kind

SHOWN = 200
"""Rows that are told one by one."""
_WHY = (
    (re.compile(r"no card number"), "no_card"),
    (re.compile(r"no date"), "bad_date"),
    (re.compile(r"broken record"), "not_a_record"),
    (re.compile(r"neither an inventory number"), "no_book"),
    (re.compile(r"neither a day"), "no_day"),
    (re.compile(r"before it was lent"), "due_early"),
    (re.compile(r"same card .* in the list twice"), "card_twice"),
    (re.compile(r"in the list twice"), "twice"),
    (re.compile(r"no branch"), "no_branch"),
    (re.compile(r"no reader has"), "no_reader"),
    (re.compile(r"on loan to another"), "lent_to_another"),
    (re.compile(r"without its first zeros"), "zeros_lost"),
    (re.compile(r"not found in the catalogue"), "not_found"),
    (re.compile(r"found more than once"), "several"),
    (re.compile(r"of another author"), "other_author"),
    (re.compile(r"is another book's"), "other_book"),
    (re.compile(r"no such ISBN|ISBN are lost"), "bad_isbn"),
    (re.compile(r"neither a title"), "no_book"),
)
"""What a row is left out for, as the readers of lists say it, without what they quote of the row."""
REASONS = frozenset(code for _, code in _WHY)
Tick = Callable[[int, int], None]


class Lists:
    """Reads a list into the store, or only tries.

    Args:
        writer: Where readers and loans go.
        hider: Hides what lists of titles name.
        registration_months: So long a registration holds where the list tells only when it began; 0: nobody can tell.
        month_first: Whether «3/5/2026» is the fifth of March, where no date of a list tells.
    """

    def __init__(
        self, writer: ListWriter, hider: TitleHider, registration_months: int = 0, *, month_first: bool = False
    ) -> None:
        self._writer, self._hider, self._months = writer, hider, registration_months
        self._month_first = month_first

    async def read(self, path: Path, job: ImportJob, tick: Tick, *, dry_run: bool, accept_disappeared: bool) -> Outcome:
        """The list from its first row to its last. Raises StoreUnavailable."""
        from catalogue.importers import ForeignFile
        from catalogue.lists import recognise_list  # a console that loads no list has no use for the importers
        from catalogue.loading import MAY_DISAPPEAR

        kind = cast("Kind", job.kind.value)
        try:
            source = await asyncio.to_thread(recognise_list, path, kind, month_first=self._month_first)
        except ForeignFile as error:
            return Outcome(fault=error.fault)
        except InputError:  # its text quotes the first row: perhaps a person
            return Outcome(fault=Fault.UNKNOWN_KIND)
        rows = Rows(source, tick)
        if job.kind is ImportKind.HIDDEN:
            return await self._hide(source, job, rows, dry_run=dry_run)
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

    async def show_again(self, source: str, *, login: str) -> int:
        """Take back what the lists of titles of this name hid; how many works. Raises StoreUnavailable."""
        return await self._hider.show_again(source, login=login)

    async def _hide(self, source: "ListFile", job: ImportJob, rows: "Rows", *, dry_run: bool) -> Outcome:
        try:
            summary = await self._hider.hide(rows(), rows.note, source=job.source, login=job.login, dry_run=dry_run)
        except InputError:
            return Outcome(fault=Fault.UNREADABLE)
        found = _of_titles(source, summary, rows)
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


def _of_titles(source: "ListFile", summary: HidingSummary, rows: Rows) -> Outcome:
    new = [one for one in summary.found if not one.hidden]
    return Outcome(
        format=source.format,
        charset=source.charset,
        read=summary.read,
        added=len(new),
        unchanged=len(summary.found) - len(new),
        rejected=dict(rows.why.most_common()),
        unread=rows.unread,
        rows=tuple(sorted(rows.shown)),
        samples=tuple(map(named, new[:SHOWN])),
    )


def named(one: ToHide) -> str:
    """A book that a list hides, with its row: «4: Чехов А. П. Каштанка»."""
    return f"{one.ordinal}: {one.author} {one.title}" if one.author else f"{one.ordinal}: {one.title}"
