"""Readers' messages while a list of loans is loaded on SQLite: how long each waits to be acknowledged.

``python -m bench.lists [LOANS]``: a list that is loaded for the first time, then the same again, each beside somebody
who writes every 20 ms. CPU seconds of the load (its threads together), how long the store's one writer was held (that
is what a message may have to wait), and the waits that were met.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from unittest.mock import patch
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import SystemClock
from bot.errors import StoreUnavailable
from bot.library.lists import Listed, ListPlan, ListSummary, LoanData, PatronData
from bot.library.policy import LendingPolicy, LendingRules
from db.branches import SqlBranches
from db.circulation_house import LendingHouse
from db.connect import Database, connect
from db.list_import import SqlListWriter
from db.messages import StoredLog, open_log
from db.migrate import upgrade
from db.models import BranchRow
from tests.support.fake_library import NoHolidays
from tests.support.logs import arrival

LOANS, A_READER = 50_000, 4
EVERY_S = 0.02
BRANCH = "01"


def loans(most: int) -> Iterator[Listed[LoanData]]:
    """So many, four a reader."""
    today = date.today()  # noqa: DTZ011 - any day will do
    for number in range(most):
        row = LoanData(
            card_number=f"{number // A_READER:07}",
            inventory_number=f"И{number}",
            title=f"Книга № {number}",
            author="Автор А. А.",
            branch=BRANCH,
            issued_on=today - timedelta(days=number % 14),
            due_on=today + timedelta(days=15 - number % 14),
        )
        yield Listed(number + 1, number, row)


def readers(most: int) -> Iterator[Listed[PatronData]]:
    """Those who have them."""
    for number in range(most // A_READER + 1):
        row = PatronData(card_number=f"{number:07}", surname="Читатель", given_name=f"Номер {number}", branch=BRANCH)
        yield Listed(number + 1, number, row)


async def main(most: int) -> None:
    """Load both lists twice."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder, 'store.sqlite3')}"
        database = await connect(url)
        await upgrade(database)
        async with database.writing() as connection:
            await connection.execute(insert(BranchRow).values(code=BRANCH, name="Центральная"))
        clock, zone = SystemClock(), ZoneInfo("Europe/Moscow")
        house = LendingHouse(rules=LendingRules(LendingPolicy()), zone=zone, holidays=NoHolidays())
        writer = SqlListWriter(database, SqlBranches(database, zone), clock, house)
        log = await open_log(database, clock)
        plan = ListPlan(source="list", file="list.csv")

        async def put_readers() -> ListSummary:
            return await writer.patrons(lambda: readers(most), plan, print)

        async def put_loans() -> ListSummary:
            return await writer.loans(lambda: loans(most), plan, print)

        for name, load in {
            "readers": put_readers,
            "readers again": put_readers,
            "loans": put_loans,
            "loans again": put_loans,
        }.items():
            sys.stdout.write(f"{name}: {await beside(log, name, load)}\n")
        await log.aclose()
        await database.aclose()


async def beside(log: StoredLog, name: str, load: Callable[[], Awaitable[ListSummary]]) -> str:
    """What a load costs, and what it costs who writes meanwhile."""
    held: list[float] = []
    waits, refused = [0.0], 0

    async def writes() -> None:
        nonlocal refused
        for number in count():
            begin = time.perf_counter()
            try:
                await log.record(arrival("привет", key=f"{name}{number}"))
            except StoreUnavailable:
                refused += 1
            waits.append(time.perf_counter() - begin)
            await asyncio.sleep(EVERY_S)

    writer = asyncio.create_task(writes())
    with patch.object(Database, "writing_on", _timed(held)):
        cpu, begin = time.process_time(), time.perf_counter()
        summary = await load()
        cpu, took = time.process_time() - cpu, time.perf_counter() - begin
    writer.cancel()
    await asyncio.gather(writer, return_exceptions=True)
    return (
        f"{summary.added} new, {summary.unchanged} as they were; {took:.1f} s, {cpu:.1f} s CPU; the writer was held "
        f"for {max(held):.2f} s; {len(waits)} messages, half within {1000 * statistics.median(waits):.0f} ms, the "
        f"last within {max(waits):.2f} s, {refused} refused"
    )


def _timed(held: list[float]) -> Callable[[Database, AsyncConnection], AbstractAsyncContextManager[None]]:
    real = Database.writing_on

    @asynccontextmanager
    async def writing_on(self: Database, connection: AsyncConnection) -> AsyncIterator[None]:
        async with real(self, connection):
            begin = time.perf_counter()
            yield
            held.append(time.perf_counter() - begin)

    return writing_on


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else LOANS))
