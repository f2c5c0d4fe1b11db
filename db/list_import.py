"""Imported lists of readers and of loans into the store: each branch of a list one transaction, whole or not at all.

A list is read once and sorted by branch beside the store (``db.list_parts``). A reader of one branch never waits for
another one, and a branch of which too much is gone is left as it was while the others are written.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.library.lists import Listed, LoanData, PatronData
from bot.ports import Branches
from db.branch_book import BranchBook, known_branches
from db.circulation_house import LendingHouse
from db.connect import Database
from db.list_common import ListPlan, ListSummary, OnRejected
from db.list_parts import Parts
from db.loan_list import LoanList
from db.patron_list import PatronList, branches_of, ids_of_cards

Row = TypeVar("Row", PatronData, LoanData)


class _NothingWritten(Exception):
    """Ends a transaction without a trace."""


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
        del rejected  # a reader who could be read can be kept
        summary = ListSummary()
        with _sorted(rows, plan) as parts:
            async with self._together(plan) as whole:
                async with self._one(whole) as connection:
                    work = await self._parts(connection, parts, await branches_of(connection, plan.source))
                    seen = await ids_of_cards(connection, parts)
                for part in work:
                    async with self._one(whole) as connection:
                        loading = PatronList(connection, plan, self._clock.now(), part.branch_id, part.name)
                        await loading.load(partial(_batches, parts, part), seen)
                        summary.add(loading.summary)
        return summary

    async def loans(
        self, rows: Callable[[], Iterator[Listed[LoanData]]], plan: ListPlan, rejected: OnRejected
    ) -> ListSummary:
        """Make the open loans of the list's branches those of the list; ``rows`` begins it.

        Readers of a branch see its loans of before or of after, never half of them. Raises StoreUnavailable.
        """
        places, summary = await self._house.places(self._branches), ListSummary()
        with _sorted(rows, plan) as parts:
            async with self._together(plan) as whole:
                async with self._one(whole) as connection:
                    work = await self._parts(connection, parts, [], plan.branch)
                for part in work:
                    async with self._one(whole) as connection:
                        loading = LoanList(
                            connection,
                            plan,
                            rejected,
                            self._clock.now(),
                            self._house,
                            places,
                            part.branch_id,
                            part.name,
                        )
                        await loading.load(partial(_batches, parts, part))
                        summary.add(loading.summary)
        return summary

    # --- transactions ----------------------------------------------------------------------------

    @asynccontextmanager
    async def _together(self, plan: ListPlan) -> AsyncIterator[AsyncConnection | None]:
        """A dry run sees its own new branches and readers, and leaves nothing: one transaction, thrown away."""
        if not plan.dry_run:
            yield None
            return
        try:
            async with self._database.writing() as connection:
                yield connection
                raise _NothingWritten
        except _NothingWritten:
            pass

    @asynccontextmanager
    async def _one(self, whole: AsyncConnection | None) -> AsyncIterator[AsyncConnection]:
        """The transaction of one branch."""
        if whole is not None:
            yield whole
            return
        async with self._database.writing() as connection:
            yield connection

    async def _parts(
        self, connection: AsyncConnection, parts: Parts[Row], more: Sequence[int | None], asked: str = ""
    ) -> list[Part]:
        """The branches that the list names, new ones met, and some more; those without a branch last."""
        book = BranchBook(await known_branches(connection))
        await book.meet(dict.fromkeys(parts.names), connection)
        names: dict[int | None, list[str]] = {book.find(asked): []} if asked else {}
        names |= {branch: [] for branch in more if branch not in names}
        for name in parts.names:
            names.setdefault(book.find(name), []).append(name)
        called = {branch.id: branch.name for branch in await known_branches(connection)}
        found = [Part(branch, tuple(said), called.get(branch or 0, "")) for branch, said in names.items()]
        return sorted(found, key=lambda part: (part.branch_id is None, part.branch_id or 0))


def _sorted(rows: Callable[[], Iterator[Listed[Row]]], plan: ListPlan) -> Parts[Row]:
    parts: Parts[Row] = Parts()
    for listed in rows():
        parts.add(listed.row.branch or plan.branch, listed)
    return parts


def _batches(parts: Parts[Row], part: Part) -> Iterator[list[Listed[Row]]]:
    for name in part.names:
        yield from parts.rows(name)
