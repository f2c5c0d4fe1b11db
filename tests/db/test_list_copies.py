"""Which copies of the catalogue a list of loans means, without a look through the whole catalogue for each batch."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from bot.library.lists import PatronData
from db.connect import Database
from tests.support.clock import StandingClock
from tests.support.office import DUE, Office, open_office, out


@pytest.fixture
async def office(database: Database, clock: StandingClock) -> Office:
    opened = await open_office(database, clock)
    await opened.patrons(*(PatronData(card_number=number) for number in ("1", "2", "3")))
    return opened


@contextmanager
def asked(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """What the store is asked meanwhile, with its values."""
    statements: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        statements.append((statement, values))

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def lent(office: Office) -> list[int | None]:
    """The copies that are out, by the cards of who has them."""
    found: list[int | None] = []
    for number in ("1", "2", "3"):
        found += [loan.loan.item_id for loan in await office.library.loans(await office.card(number))]
    return found


async def test_a_copy_is_found_by_its_number_and_by_its_barcode(office: Office) -> None:
    _, items = await office.library.book("Идиот", copies=3)
    async with office.library.database.writing() as connection:
        for barcode, item in (("460001", items[1]), ("460002", items[2])):
            await connection.execute(text("UPDATE items SET barcode = :b WHERE id = :i"), {"b": barcode, "i": item})

    rows = [out("1", "Идиот-0"), out("2", "", barcode="460002"), out("3", "", barcode="460001")]
    await office.loans(*rows[:2])
    await office.loans(*rows)

    assert await lent(office) == [items[0], items[2], items[1]]


async def test_no_loan_costs_a_look_through_the_catalogue(sqlite: Database, clock: StandingClock) -> None:
    office = await open_office(sqlite, clock)
    await office.patrons(PatronData(card_number="1"))
    await office.library.book("Идиот", copies=2)

    with asked(sqlite) as statements:
        await office.loans(out("1", "Идиот-0"), out("1", "Идиот-1", barcode="460001"))
    looks = []
    async with sqlite.engine.connect() as connection:
        for statement, values in statements:
            if "FROM items JOIN" in statement and "staged_barcodes" not in statement:
                plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
                looks.append([str(step.detail) for step in plan])

    assert looks, "the list has loans that the store had not"
    assert not [plan for plan in looks if any(step.startswith("SCAN items") for step in plan)]


async def test_loans_that_are_known_ask_nothing_of_the_catalogue(office: Office) -> None:
    await office.library.book("Идиот", copies=2)
    rows = [out("1", "Идиот-0"), out("2", "Идиот-1", barcode="460001")]
    await office.loans(*rows)

    with asked(office.library.database) as statements:
        later = [out("1", "Идиот-0", due_on=DUE + timedelta(days=30)), rows[1]]
        summary = await office.loans(*later)

    assert (summary.updated, summary.unchanged) == (1, 1)
    assert not [statement for statement, _ in statements if "FROM items JOIN records" in statement]
