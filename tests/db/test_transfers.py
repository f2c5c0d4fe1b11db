"""A copy of another branch: who has it sends it off, who hands it out gets it; on both databases."""

from datetime import date

import pytest_asyncio

from bot.circulation import Keeping, Refused
from bot.hold_shelf import ShelfHold
from bot.library.holds import HoldState
from db.connect import Database
from db.hold_shelf import SqlHoldShelf
from tests.support.clock import StandingClock
from tests.support.lending import LendingLibrary, value

Lists = tuple[list[tuple[int, HoldState, str]], list[tuple[int, HoldState, str]]]


@pytest_asyncio.fixture
async def library(database: Database, clock: StandingClock) -> LendingLibrary:
    opened = LendingLibrary(database, clock, keeping=Keeping.SNAPSHOT, transfers=True)
    await opened.opens()
    return opened


def shelf_of(library: LendingLibrary) -> SqlHoldShelf:
    return SqlHoldShelf(library.database, library.branches, library.desk)


async def lists(library: LendingLibrary) -> Lists:
    """What is on the lists of 01 and of 02: the hold, its state, and which branch has its copy where it is another."""
    shelf = shelf_of(library)

    def told(holds: list[ShelfHold]) -> list[tuple[int, HoldState, str]]:
        return [(hold.hold_id, hold.state, hold.lies_in) for hold in holds]

    first, second = [list(await shelf.waiting([branch])) for branch in ("01", "02")]
    for found, branch in ((first, "01"), (second, "02")):
        fetched = [hold for hold in found if hold.state is not HoldState.READY]
        assert await shelf.to_fetch([branch]) == len(fetched)
        assert {hold.listed_at for hold in found} <= {branch}
    return told(first), told(second)


async def test_a_copy_is_sent_off_where_it_stands_and_put_aside_where_it_is_fetched(library: LendingLibrary) -> None:
    shelf = shelf_of(library)
    work, _ = await library.book("Идиот")
    hold = (await library.hold(await library.patron("1"), work, "02")).hold_id
    assert await lists(library) == ([(hold, HoldState.ASSIGNED, "01")], [])

    assert await shelf.send(hold)
    assert not await shelf.send(hold), "it is on its way"

    assert await lists(library) == ([], [(hold, HoldState.IN_TRANSIT, "01")])
    assert await shelf.put_aside(hold) == date(2026, 3, 5)
    assert await lists(library) == ([], [(hold, HoldState.READY, "01")])
    assert await shelf.hand_over(hold, "staff:masha")
    assert await lists(library) == ([], [])


async def test_what_is_fetched_where_it_stands_goes_nowhere(library: LendingLibrary) -> None:
    work, _ = await library.book("Идиот")
    hold = (await library.hold(await library.patron("1"), work, "01")).hold_id

    assert not await shelf_of(library).send(hold)
    assert await lists(library) == ([(hold, HoldState.ASSIGNED, "")], [])
    assert not await shelf_of(library).send(hold + 1)


async def test_what_is_given_up_on_its_way_goes_back_and_the_next_one_gets_it_where_it_is(
    library: LendingLibrary,
) -> None:
    shelf = shelf_of(library)
    anna, boris = await library.patron("1"), await library.patron("2")
    work, _ = await library.book("Идиот")
    hold = (await library.hold(anna, work, "02")).hold_id
    assert await shelf.send(hold)
    value(await library.circulation.cancel_hold(anna, hold, library.key()))

    (left,) = await shelf.left(["02"])
    assert (left.hold_id, left.lies_in, await shelf.left(["01"])) == (hold, "01", [])

    later = (await library.hold(boris, work, "01")).hold_id
    assert await lists(library) == ([], [(later, HoldState.ASSIGNED, "02")]), "it is there, not at home"
    assert await shelf.left() == []
    assert await shelf.send(later)
    assert await lists(library) == ([(later, HoldState.IN_TRANSIT, "")], []), "back where its place is"
    assert await shelf.put_aside(later) is not None


async def test_a_refusal_that_is_taken_back_leaves_the_book_on_its_way(library: LendingLibrary) -> None:
    shelf, anna = shelf_of(library), await library.patron("1")
    work, _ = await library.book("Идиот")
    hold = (await library.hold(anna, work, "02")).hold_id
    assert await shelf.send(hold)
    assert await shelf.refuse(hold, "staff:masha", "Порвана")

    assert await shelf.refuse_no_more(anna, hold, "staff:masha")

    assert await lists(library) == ([], [(hold, HoldState.IN_TRANSIT, "01")])


async def test_a_book_that_is_on_its_way_is_not_put_off(library: LendingLibrary) -> None:
    anna = await library.patron("1")
    work, _ = await library.book("Идиот")
    hold = (await library.hold(anna, work, "02")).hold_id
    assert await shelf_of(library).send(hold)

    put_off = await library.circulation.suspend_hold(anna, hold, date(2026, 4, 1), library.key())

    assert isinstance(put_off, Refused)
    assert await lists(library) == ([], [(hold, HoldState.IN_TRANSIT, "01")])


async def test_what_did_not_arrive_is_looked_for_no_more(library: LendingLibrary) -> None:
    shelf = shelf_of(library)
    work, (first, second) = await library.book("Идиот", copies=2)
    hold = (await library.hold(await library.patron("1"), work, "02")).hold_id
    assert await shelf.send(hold)

    missed = await shelf.not_found(hold, "masha", "Не доехала")

    assert missed is not None
    assert (missed.hold.item_id, missed.hold.state) == (second, HoldState.ASSIGNED)
    assert await lists(library) == ([(hold, HoldState.ASSIGNED, "01")], [])
    assert first != second
