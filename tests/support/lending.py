"""A library that lends, on a real database: books, patrons, and what happens between them, in a line each."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import event, insert, select, update

from bot.circulation import Keeping, Ok, OpenHold, OpenLoan, Refused, RenewalOutcome, RenewalWish, Result
from bot.library.policy import Confirmation, LendingPolicy, LendingRule, LendingRules
from db.branches import SqlBranches
from db.catalogue import SqlCatalogueWriter
from db.circulation import SqlCirculation
from db.circulation_house import LendingHouse
from db.connect import Database
from db.desk_loans import SqlDeskLoans
from db.lending_desk import Lent, SqlDesk
from db.models import BranchRow, ItemRow, PatronRow, RecordRow
from db.models_circulation import HoldRow, LoanRow
from db.renewal_requests import SqlRequests
from tests.support.books import book, copy
from tests.support.clock import StandingClock
from tests.support.fake_library import CENTRAL, CHILDREN, NoHolidays

Answer = TypeVar("Answer")
ZONE = CENTRAL.zone
DECIDES = LendingPolicy(confirmation=Confirmation.AUTO)
"""The usual rules, and what they allow is done at once."""


class LendingLibrary:
    """Two branches (01, 02) that keep their loans live, unless told otherwise."""

    def __init__(
        self,
        database: Database,
        clock: StandingClock,
        policy: LendingPolicy = DECIDES,
        rules: Sequence[LendingRule] = (),
        keeping: Keeping = Keeping.LIVE,
        keeping_of: Mapping[str, Keeping] | None = None,
        *,
        transfers: bool = False,
    ) -> None:
        self.database, self.clock = database, clock
        self.branches = SqlBranches(database, ZONE)
        self.house = LendingHouse(
            rules=LendingRules(policy, rules),
            zone=ZONE,
            holidays=NoHolidays(),
            keeping=keeping,
            keeping_of=keeping_of or {},
            transfers=transfers,
        )
        self.circulation = SqlCirculation(database, self.branches, clock, self.house)
        self.in_hand = SqlDeskLoans(database, self.branches, clock, self.house)
        self.desk = SqlDesk(database, self.branches, clock, self.house)
        self.requests = SqlRequests(database, self.branches, clock, self.house)
        self._keys = 0

    async def opens(self) -> None:
        """The branches are there."""
        await self.branches.put([CENTRAL, CHILDREN])

    async def book(
        self, title: str, copies: int = 1, branch: str = "01", *, elsewhere: int = 0, **fields: Any
    ) -> tuple[int, list[int]]:
        """Buy a book, some copies ``elsewhere`` (at 02); returns the work and its copies, the lowest number first."""
        writer = SqlCatalogueWriter(self.database, self.clock)
        run = await writer.begin("s", ["books.mrc"])
        numbers = [copy(branch, f"{title}-{number}", **fields.pop("item", {})) for number in range(copies)]
        numbers += [copy("02", f"{title}-there-{number}") for number in range(elsewhere)]
        await writer.keep(run, "s", [book(title, "Автор", *numbers, **fields)])
        async with self.database.engine.connect() as connection:
            found = select(RecordRow.work_id, ItemRow.id).join(ItemRow, ItemRow.record_id == RecordRow.id)
            rows = (await connection.execute(found.where(RecordRow.title == title).order_by(ItemRow.id))).all()
        return rows[0].work_id, [row.id for row in rows]

    async def books(self, count: int) -> list[int]:
        """Buy so many books, a copy each at 01; returns their works."""
        writer = SqlCatalogueWriter(self.database, self.clock)
        run = await writer.begin("s", ["books.mrc"])
        await writer.keep(
            run, "s", [book(f"Том {number}", "Автор", copy("01", f"{number}")) for number in range(count)]
        )
        async with self.database.engine.connect() as connection:
            return list(await connection.scalars(select(RecordRow.work_id).where(RecordRow.title.like("Том %"))))

    async def patron(self, card: str, branch: str = "01", **values: Any) -> int:
        """Enrol somebody."""
        async with self.database.writer.begin() as connection:
            home = await connection.scalar(select(BranchRow.id).where(BranchRow.code == branch))
            row = insert(PatronRow).values(card_number=card, branch_id=home, **values).returning(PatronRow.id)
            return int((await connection.execute(row)).scalar_one())

    async def lend(self, patron_id: int, item_id: int, branch: str = "01") -> Lent:
        """Lend a copy that can be lent."""
        lent = await self.desk.lend(patron_id, item_id, branch)
        assert isinstance(lent, Lent), lent
        return lent

    async def lent_ten_days_ago(self) -> tuple[int, Lent]:
        """A reader, and the one book they have at home."""
        anna = await self.patron("1")
        _, (item,) = await self.book("Идиот")
        loan = await self.lend(anna, item)
        self.days(10)
        return anna, loan

    async def set_loan(self, loan_id: int, **values: Any) -> None:
        """Make a loan what a test needs."""
        async with self.database.writer.begin() as connection:
            await connection.execute(update(LoanRow).where(LoanRow.id == loan_id).values(**values))

    async def set_hold(self, hold_id: int, **values: Any) -> None:
        """Make a hold what a test needs."""
        async with self.database.writer.begin() as connection:
            await connection.execute(update(HoldRow).where(HoldRow.id == hold_id).values(**values))

    async def set_patron(self, patron_id: int, **values: Any) -> None:
        """Make a patron what a test needs."""
        async with self.database.writer.begin() as connection:
            await connection.execute(update(PatronRow).where(PatronRow.id == patron_id).values(**values))

    async def loans(self, patron_id: int) -> tuple[OpenLoan, ...]:
        """What is at home."""
        return value(await self.circulation.loans(patron_id))

    async def renew(
        self, patron_id: int, *loans: int, key: str = "", seen: date | None = None
    ) -> tuple[RenewalOutcome, ...]:
        """Ask to renew, with a key of its own unless one is given."""
        wishes = [RenewalWish(loan_id, seen) for loan_id in loans]
        return value(await self.circulation.renew(patron_id, wishes, key or self.key()))

    async def hold(self, patron_id: int, work_id: int, pickup: str = "01") -> OpenHold:
        """Queue for a work."""
        return value(await self.circulation.place_hold(patron_id, work_id, pickup, self.key()))

    async def holds(self, patron_id: int) -> tuple[OpenHold, ...]:
        """What is waited for."""
        return value(await self.circulation.holds(patron_id))

    async def statuses(self, *items: int) -> list[str]:
        """What readers who search are told of copies."""
        async with self.database.engine.connect() as connection:
            found = await connection.execute(select(ItemRow.id, ItemRow.status).where(ItemRow.id.in_(items)))
            known = {row.id: row.status for row in found}
        return [known[item] for item in items]

    def key(self) -> str:
        """A message that has not asked before."""
        self._keys += 1
        return f"message-{self._keys}"

    def days(self, count: int) -> None:
        """Let days pass."""
        self.clock.turn(timedelta(days=count))

    @property
    def today(self) -> date:
        """The day where the library stands."""
        return self.clock.now().astimezone(ZONE).date()


def value(result: Result[Answer]) -> Answer:
    """What was answered."""
    assert isinstance(result, Ok), result
    return result.value


def code(result: Result[Any]) -> str:
    """Why it was refused."""
    assert isinstance(result, Refused), result
    return result.code


class Statements:
    """Counts what a database is asked, while it is open."""

    def __init__(self, database: Database) -> None:
        self._database, self._engine = database, database.engine.sync_engine
        self.asked: list[str] = []
        self._values: list[Any] = []

    def __enter__(self) -> "Statements":
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *exception: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _note(self, _: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        self.asked.append(statement)
        self._values.append(values)

    async def looked_through(self, table: str, *, but: str = "staged_") -> list[str]:
        """Questions for which SQLite goes through a whole table, by no index; not those about tables ``but``."""
        steps = await self.plan(table, but=but)
        return [statement for statement, step in steps if step == f"SCAN {table}"]

    async def plan(self, table: str, *, but: str = "staged_") -> list[tuple[str, str]]:
        """How SQLite answers what was asked of a table: each question with each step of its plan."""
        found = []
        asked = [one for one in zip(self.asked, self._values, strict=True) if table in one[0] and but not in one[0]]
        async with self._database.engine.connect() as connection:
            for statement, values in asked:
                if statement.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
                    plan = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)).all()
                    found += [(statement, step.detail) for step in plan]
        return found
