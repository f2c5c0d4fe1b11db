"""Readers of the demonstration: invented people with real books at home, so that «мои книги» has something to tell."""

from datetime import date, timedelta
from pathlib import Path

from bot.app.accounts import account_setup, lending_house
from bot.app.store import open_database
from bot.clock import Clock, SystemClock, local_day
from bot.library.lists import Listed, ListPlan, PatronData
from bot.quick import dataclass
from bot.settings import Settings
from db.account_store import account_store
from db.branches import SqlBranches
from db.circulation import SqlCirculation
from db.connect import Database
from db.lending_desk import SqlDesk
from db.list_import import SqlListWriter
from db.messages import open_log

BY = "demo"


@dataclass(frozen=True, slots=True)
class DemoReader:
    """One reader; ``lent_days_ago`` has a number for each book at home."""

    patron: PatronData
    lent_days_ago: tuple[int, ...]


READERS = (
    DemoReader(
        PatronData(card_number="1000001", surname="Лугова", given_name="Анна", category="взрослые", branch="ЦБ"),
        (12, 12, 5, 1),
    ),
    DemoReader(
        PatronData(card_number="1000002", surname="Речной", given_name="Борис", category="взрослые", branch="ЦБ"),
        (25, 3),
    ),
    DemoReader(
        PatronData(
            card_number="1000003",
            surname="Лугов",
            given_name="Ваня",
            category="дети",
            branch="ДБ",
            birth_date=date(2017, 5, 4),
        ),
        (12, 2),
    ),
)
"""Anna's books fall due in three days and later, Boris waits for one of them and has one overdue, Vanya is a child."""


async def settle(settings: Settings, folder: Path, pin: str) -> None:
    """Enrol the readers, with one PIN for all, and lend them what stands on the shelves; who is there keeps theirs.

    Raises:
        StoreUnavailable: From the store.
    """
    clock = SystemClock()
    database = await open_database(settings, folder, make_tables=True)
    try:
        branches = SqlBranches(database, settings.library.timezone)
        writer = SqlListWriter(database, branches, clock, lending_house(settings))
        rows = [Listed(at, at, reader.patron) for at, reader in enumerate(READERS, 1)]
        plan = ListPlan(source="demo-readers", file="demo")
        summary = await writer.patrons(lambda: iter(rows), plan, lambda *_: None)
        if summary.added == len(READERS):
            await _lend(settings, database, branches, clock)
            await _give_pins(settings, folder, database, clock, pin)
    finally:
        await database.aclose()


async def _lend(settings: Settings, database: Database, branches: SqlBranches, clock: Clock) -> None:
    house = lending_house(settings)
    desk = SqlDesk(database, branches, clock, house)
    circulation = SqlCirculation(database, branches, clock, house)
    today = local_day(clock.now(), settings.library.timezone)
    wanted: list[int] = []
    for reader in READERS:
        shelf = await desk.on_the_shelf(reader.patron.branch, len(reader.lent_days_ago))
        patron_id = await desk.patron_id(reader.patron.card_number)
        for (item_id, work_id), days in zip(shelf, reader.lent_days_ago, strict=False):
            await desk.lend(patron_id, item_id, reader.patron.branch, issued_on=today - timedelta(days=days))
            wanted.append(work_id)
    if wanted:
        boris = await desk.patron_id("1000002")
        await circulation.place_hold(boris, wanted[1 % len(wanted)], "ЦБ", "demo")


async def _give_pins(settings: Settings, folder: Path, database: Database, clock: Clock, pin: str) -> None:
    log = await open_log(database, clock)
    try:
        accounts = account_store(database, clock, log, account_setup(settings, folder))
        for reader in READERS:
            await accounts.desk.set_pin(reader.patron.card_number, pin, BY)
    finally:
        await log.aclose()
