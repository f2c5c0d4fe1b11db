"""The library's own program: what is imported from it, and the rows that it writes."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from bot.circulation import Keeping
from bot.library.lists import Listed, ListPlan, ListSummary, LoanData, PatronData
from bot.library.policy import LendingPolicy, LendingRule
from db.connect import Database
from db.list_import import SqlListWriter
from db.models import PatronRow
from tests.support.clock import StandingClock
from tests.support.lending import DECIDES, LendingLibrary

ISSUED = date(2026, 2, 20)
DUE = date(2026, 3, 7)


class Office:
    """The library's own program, and what is imported from it."""

    def __init__(self, library: LendingLibrary) -> None:
        self.library = library
        self.writer = SqlListWriter(library.database, library.branches, library.clock, library.house)
        self.refused: list[str] = []

    async def patrons(self, *rows: PatronData, **plan: Any) -> ListSummary:
        return await self.writer.patrons(lambda: listed(rows), self._plan(plan), self._refuse)

    async def loans(self, *rows: LoanData, **plan: Any) -> ListSummary:
        self.library.clock.turn(timedelta(minutes=1))
        return await self.writer.loans(lambda: listed(rows), self._plan(plan), self._refuse)

    async def card(self, number: str) -> int:
        """The reader's id."""
        async with self.library.database.engine.connect() as connection:
            found = await connection.scalar(select(PatronRow.id).where(PatronRow.card_number == number))
        assert found is not None
        return found

    def _refuse(self, ordinal: int, offset: int, why: str) -> None:
        self.refused.append(why)

    @staticmethod
    def _plan(plan: dict[str, Any]) -> ListPlan:
        return ListPlan(**{"source": "program", "file": "list.csv", "branch": "01", **plan})


def listed(rows: Iterable[Any]) -> Iterator[Listed[Any]]:
    return (Listed(ordinal, ordinal, row) for ordinal, row in enumerate(rows, 1))


def out(card: str, number: str, **values: Any) -> LoanData:
    return LoanData(**{"card_number": card, "inventory_number": number, "issued_on": ISSUED, "due_on": DUE, **values})


async def open_office(
    database: Database, clock: StandingClock, policy: LendingPolicy = DECIDES, rules: Sequence[LendingRule] = ()
) -> Office:
    library = LendingLibrary(database, clock, policy, rules, keeping=Keeping.SNAPSHOT)
    await library.opens()
    return Office(library)
