"""What nobody comes for lies on the hold shelf until somebody puts it back; on both databases."""

from datetime import timedelta

import pytest_asyncio
from sqlalchemy import insert, select

from db.connect import Database
from db.hold_shelf import SqlHoldShelf
from db.left_holds import REMEMBERED
from db.models import BranchRow
from db.models_circulation import LoanRow
from tests.support.clock import StandingClock
from tests.support.lending import LendingLibrary, value


@pytest_asyncio.fixture
async def library(database: Database, clock: StandingClock) -> LendingLibrary:
    opened = LendingLibrary(database, clock)
    await opened.opens()
    return opened


def shelf_of(library: LendingLibrary) -> SqlHoldShelf:
    return SqlHoldShelf(library.database, library.branches, library.desk)


async def put_aside(library: LendingLibrary, title: str, card: str) -> tuple[int, int, int, int]:
    """A book waits for its reader: patron, work, copy and hold."""
    who = await library.patron(card)
    work, (item,) = await library.book(title)
    hold = (await library.hold(who, work)).hold_id
    assert await shelf_of(library).put_aside(hold) is not None
    return who, work, item, hold


async def passes(library: LendingLibrary, days: int) -> None:
    library.days(days)
    await library.desk.pass_time()


async def left(library: LendingLibrary, *branches: str) -> list[int]:
    return [hold.hold_id for hold in await shelf_of(library).left(branches)]


async def test_what_was_not_fetched_and_what_was_given_up_lie_there_until_put_back(library: LendingLibrary) -> None:
    shelf = shelf_of(library)
    *_, forgotten = await put_aside(library, "Идиот", "1")
    anna, _, _, given_up = await put_aside(library, "Бесы", "2")
    *_, refused = await put_aside(library, "Игрок", "3")
    *_, fetched = await put_aside(library, "Подросток", "4")
    waits, (_,) = await library.book("Кроткая")
    never_fetched = await library.hold(anna, waits)
    assert await left(library) == []

    value(await library.circulation.cancel_hold(anna, given_up, library.key()))
    value(await library.circulation.cancel_hold(anna, never_fetched.hold_id, library.key()))
    assert await shelf.refuse(refused, "staff:masha", "Порвана")
    assert await shelf.hand_over(fetched, "staff:masha")
    await passes(library, 30)
    assert await left(library) == [forgotten], "the others were found long ago"
    await library.set_hold(given_up, ended_at=library.clock.now())
    await library.set_hold(refused, ended_at=library.clock.now())

    assert sorted(await left(library)) == [forgotten, given_up, refused]
    assert (await left(library, "02"), len(await left(library, "01"))) == ([], 3)
    assert await shelf.find_left(fetched) is None
    assert await shelf.put_back(forgotten)
    assert not await shelf.put_back(forgotten)
    assert await shelf.find_left(forgotten) is None
    assert sorted(await left(library)) == [given_up, refused]


async def test_a_copy_that_the_next_reader_gets_goes_back_nowhere(library: LendingLibrary) -> None:
    _, work, _, hold = await put_aside(library, "Идиот", "1")
    boris = await library.patron("2")
    next_one = await library.hold(boris, work)

    await passes(library, 10)

    another = await library.hold(boris, (await library.book("Бесы"))[0])

    waiting = {hold.hold_id: hold.aside for hold in await shelf_of(library).waiting()}
    assert waiting == {next_one.hold_id: True, another.hold_id: False}, "nobody looks for it among the other books"
    assert await left(library) == []
    assert not await shelf_of(library).put_back(hold)
    await shelf_of(library).put_aside(next_one.hold_id)
    assert not any(hold.aside for hold in await shelf_of(library).waiting())
    value(await library.circulation.cancel_hold(boris, next_one.hold_id, library.key()))
    assert await left(library) == [next_one.hold_id], "a copy is put back once"


async def test_a_copy_that_somebody_borrowed_off_that_shelf_comes_back_as_any_other(
    library: LendingLibrary,
) -> None:
    _, _, item, hold = await put_aside(library, "Идиот", "1")
    await passes(library, 10)
    assert await left(library) == [hold]

    loan = await library.lend(await library.patron("2"), item)
    assert await left(library) == []
    await library.desk.take_back(loan.loan_id)

    assert await left(library) == []


async def test_a_copy_that_a_list_tells_is_lent_lies_there_no_more(library: LendingLibrary) -> None:
    _, _, item, hold = await put_aside(library, "Идиот", "1")
    await passes(library, 10)
    lent = {"patron_id": await library.patron("2"), "item_id": item, "source": "irbis", "as_of": library.clock.now()}
    days = {"issued_on": library.today, "due_on": library.today + timedelta(days=14)}
    async with library.database.writer.begin() as connection:
        branch = select(BranchRow.id).where(BranchRow.code == "01").scalar_subquery()
        await connection.execute(insert(LoanRow).values(lent | days | {"branch_id": branch}))

    assert await left(library) == []
    assert not await shelf_of(library).put_back(hold)


async def test_after_two_weeks_nobody_is_asked_any_more(library: LendingLibrary) -> None:
    *_, hold = await put_aside(library, "Идиот", "1")
    await passes(library, 10)
    library.clock.turn(REMEMBERED - timedelta(minutes=1))
    assert await left(library) == [hold]

    library.clock.turn(timedelta(minutes=2))

    assert await left(library) == []
    assert not await shelf_of(library).put_back(hold)
