"""Imported lists of readers and of loans into the store: each list one transaction, whole or not at all.

A list is read twice: first to find what the store has of it already, and so what is gone from it; then to write.
Of each row of the store eight bytes are kept meanwhile, and no more.
"""

from collections.abc import Callable, Iterator

from bot.clock import Clock
from bot.library.lists import Listed, LoanData, PatronData
from bot.ports import Branches
from db.circulation_house import LendingHouse
from db.connect import Database
from db.list_common import ListPlan, ListSummary, OnRejected
from db.loan_list import LoanList
from db.patron_list import PatronList


class _NothingWritten(Exception):
    """Ends a transaction without a trace."""


class SqlListWriter:
    """Keeps lists of readers and of loans."""

    def __init__(self, database: Database, branches: Branches, clock: Clock, house: LendingHouse) -> None:
        self._database, self._branches, self._clock, self._house = database, branches, clock, house

    async def patrons(
        self, rows: Callable[[], Iterator[Listed[PatronData]]], plan: ListPlan, rejected: OnRejected
    ) -> ListSummary:
        """Add and change readers by the number of their cards; ``rows`` begins the list anew. Raises StoreUnavailable.

        What the list does not say of a reader stays as it is. Who is gone from it is marked, never deleted.
        """
        del rejected  # a reader who could be read can be kept
        summary = ListSummary()
        try:
            async with self._database.writing() as connection:
                await PatronList(connection, plan, summary, self._clock.now()).load(rows)
                if plan.dry_run or summary.unconfirmed:
                    raise _NothingWritten
        except _NothingWritten:
            pass
        return summary

    async def loans(
        self, rows: Callable[[], Iterator[Listed[LoanData]]], plan: ListPlan, rejected: OnRejected
    ) -> ListSummary:
        """Make the open loans of the list's branches those of the list; ``rows`` begins it anew.

        Readers see the loans of before or of after, never half of it. Raises StoreUnavailable.
        """
        places, summary = await self._house.places(self._branches), ListSummary()
        try:
            async with self._database.writing() as connection:
                work = LoanList(connection, plan, summary, rejected, self._clock.now(), self._house, places)
                await work.load(rows)
                if plan.dry_run or summary.unconfirmed:
                    raise _NothingWritten
        except _NothingWritten:
            pass
        return summary
