"""Imported lists of readers and of loans into the store: each branch of a list one transaction, whole or not at all.

A list is read once and sorted by branch beside the store (``db.list_parts``). Each branch is looked at first, which
locks nothing, and what is new in it is laid aside (``db.staging``); its transaction is short, so that readers' messages
are kept and answered meanwhile. Many thousands of new rows, which only a first list has, go in by parts before it, no
reader's loans divided: what a crash leaves out the same list brings. A reader of one branch never waits for another
one, and a branch of which too much is gone is left as it was while the others are written.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.library.lists import Listed, ListPlan, ListSummary, LoanData, OnRejected, PatronData
from bot.ports.library import Branches
from bot.quick import dataclass
from db.branch_book import BranchBook, known_branches
from db.circulation_house import LendingHouse
from db.connect import Database, store_errors
from db.list_parts import Parts
from db.list_readers import known_readers
from db.loan_list import LoanList
from db.models import PatronRow
from db.models_circulation import LoanRow
from db.patron_list import PatronList, branches_of

Row = TypeVar("Row", PatronData, LoanData)


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one branch of a list.

    Attributes:
        branch_id: None for rows that name no branch.
        names: What the list calls it.
        name: What the operator is told.
    """

    branch_id: int | None
    names: tuple[str, ...]
    name: str = ""


class SqlListWriter:
    """Keeps lists of readers and of loans."""

    def __init__(self, database: Database, branches: Branches, clock: Clock, house: LendingHouse) -> None:
        self._database, self._branches, self._clock, self._house = database, branches, clock, house

    async def patrons(
        self, rows: Callable[[], Iterator[Listed[PatronData]]], plan: ListPlan, rejected: OnRejected
    ) -> ListSummary:
        """Add and change readers by the number of their cards; ``rows`` begins the list. Raises StoreUnavailable.

        What the list does not say of a reader stays as it is. Who is gone from it is marked, never deleted.
        """
        summary, dry = ListSummary(), plan.dry_run
        parts: Parts[PatronData] = Parts()
        with parts, store_errors():
            await asyncio.to_thread(_sort, parts, rows, plan)
            async with self._database.engine.connect() as connection:
                more = await branches_of(connection, plan.source)
            work = await self._parts(parts, more, dry_run=dry)
            async with self._database.engine.connect() as connection:
                known = await known_readers(connection, parts)
            met: set[str] = set()
            for part in work:
                async with self._database.engine.connect() as connection:
                    now, cards = self._clock.now(), met if dry else set()
                    loading = PatronList(connection, plan, rejected, now, part.branch_id, part.name, known, cards)
                    preparing = loading.prepare(partial(_batches, parts, part))
                    summary.add(await self._load(loading, connection, preparing, dry_run=dry))
        if not dry:
            await self._database.count_anew(PatronRow)
        return summary

    async def loans(
        self, rows: Callable[[], Iterator[Listed[LoanData]]], plan: ListPlan, rejected: OnRejected
    ) -> ListSummary:
        """Make the open loans of the list's branches those of the list; ``rows`` begins it.

        Readers of a branch see its loans of before or of after, never half of them. Raises StoreUnavailable.
        """
        places, summary, dry = await self._house.places(self._branches), ListSummary(), plan.dry_run
        parts: Parts[LoanData] = Parts()
        with parts, store_errors():
            await asyncio.to_thread(_sort, parts, rows, plan)
            work = await self._parts(parts, [], plan.branch, dry_run=dry)
            given: dict[int, set[int]] = {}
            for part in work:
                async with self._database.engine.connect() as connection:
                    loading = LoanList(
                        connection,
                        plan,
                        rejected,
                        self._clock.now(),
                        self._house,
                        places,
                        part.branch_id,
                        part.name,
                        given if dry else {},
                    )
                    preparing = loading.prepare(partial(_batches, parts, part))
                    summary.add(await self._load(loading, connection, preparing, dry_run=dry))
        if not dry:
            await self._database.count_anew(LoanRow)
        return summary

    async def _load(
        self, loading: PatronList | LoanList, connection: AsyncConnection, preparing: Awaitable[None], *, dry_run: bool
    ) -> ListSummary:
        """The one transaction of a branch, after all looking, but for very many new rows; a dry run has none."""
        try:
            await preparing
            parts = () if dry_run else await loading.parts()
            if dry_run:
                await loading.drop()
            await connection.commit()
            for part in parts:
                async with self._database.writing_on(connection):
                    await loading.add(part)
            if not dry_run:
                async with self._database.writing_on(connection):
                    await loading.write()
                    await loading.drop()
        except BaseException:
            await connection.invalidate()  # what was laid aside goes with it
            raise
        finally:
            loading.close()
        return loading.summary

    async def _parts(
        self, parts: Parts[Row], more: Sequence[int | None], asked: str = "", *, dry_run: bool
    ) -> list[Part]:
        """The branches that the list names, new ones met, and some more; those without a branch last."""
        if dry_run:  # a new branch is met in the book alone
            async with self._database.engine.connect() as connection:
                return await _work(connection, None, parts, more, asked)
        async with self._database.writing() as connection:
            return await _work(connection, connection, parts, more, asked)


async def _work(
    connection: AsyncConnection,
    meets: AsyncConnection | None,
    parts: Parts[Row],
    more: Sequence[int | None],
    asked: str,
) -> list[Part]:
    book = BranchBook(await known_branches(connection))
    await book.meet(dict.fromkeys(parts.names), meets)
    names: dict[int | None, list[str]] = {book.find(asked): []} if asked else {}
    names |= {branch: [] for branch in more if branch not in names}
    for name in parts.names:
        names.setdefault(book.find(name), []).append(name)
    called = {branch.id: branch.name for branch in await known_branches(connection)}
    found = [Part(branch, tuple(said), called.get(branch or 0, "")) for branch, said in names.items()]
    return sorted(found, key=lambda part: (part.branch_id is None, part.branch_id or 0))


def _sort(parts: Parts[Row], rows: Callable[[], Iterator[Listed[Row]]], plan: ListPlan) -> None:
    for listed in rows():
        parts.add(listed.row.branch or plan.branch, listed)


def _batches(parts: Parts[Row], part: Part) -> Iterator[list[Listed[Row]]]:
    for name in part.names:
        yield from parts.rows(name)
