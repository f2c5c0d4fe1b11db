"""Which copies of the catalogue a list of loans means, without a look through the whole catalogue for each batch."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.library.lists import PatronData
from db.connect import Database
from tests.support.clock import StandingClock
from tests.support.lending import Statements
from tests.support.office import DUE, Office, open_office, out


@pytest.fixture
async def office(database: Database, clock: StandingClock) -> Office:
    opened = await open_office(database, clock)
    await opened.patrons(*(PatronData(card_number=number) for number in ("1", "2", "3")))
    return opened


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


async def test_a_copy_whose_zeros_excel_dropped_is_that_copy_if_the_branch_has_one_such(office: Office) -> None:
    _, items = await office.library.book("Идиот", copies=4)
    async with office.library.database.writing() as connection:
        for number, item in zip(("000123", "77", "0077", "55"), items, strict=True):
            await connection.execute(
                text("UPDATE items SET inventory_number = :n WHERE id = :i"), {"n": number, "i": item}
            )

    await office.loans(out("1", "123"), out("2", "00077"), out("3", "0055"))

    assert await lent(office) == [items[0], 0, items[3]]


async def test_no_loan_costs_a_look_through_the_catalogue(sqlite: Database, clock: StandingClock) -> None:
    office = await open_office(sqlite, clock)
    await office.patrons(PatronData(card_number="1"))
    await office.library.book("Идиот", copies=2)

    with Statements(sqlite) as statements:
        await office.loans(out("1", "Идиот-0"), out("1", "Идиот-1", barcode="460001"), out("1", "404"))

    assert [one for one in statements.asked if "FROM items JOIN records" in one], "the store had none of these loans"
    assert await statements.looked_through("items") == [], "but once, to copy the barcodes aside"


async def test_loans_that_are_known_ask_nothing_of_the_catalogue(office: Office) -> None:
    await office.library.book("Идиот", copies=2)
    rows = [out("1", "Идиот-0"), out("2", "Идиот-1", barcode="460001")]
    await office.loans(*rows)

    with Statements(office.library.database) as statements:
        later = [out("1", "Идиот-0", due_on=DUE + timedelta(days=30)), rows[1]]
        summary = await office.loans(*later)

    assert (summary.updated, summary.unchanged) == (1, 1)
    assert not [statement for statement in statements.asked if "FROM items JOIN records" in statement]
