"""What the port ``Circulation`` promises of holds, on both databases."""

import asyncio
from datetime import date, timedelta

from bot.circulation import Refused, RenewalState
from bot.library.holds import HoldBlock, HoldState
from bot.library.model import ItemStatus
from bot.library.policy import LendingPolicy
from bot.library.renewal import RenewalBlock
from db.connect import Database
from db.lending_desk import Lent, NotLent
from tests.support.clock import StandingClock
from tests.support.lending import DECIDES, LendingLibrary, code, value


async def test_the_queue_is_told_as_it_is(library: LendingLibrary) -> None:
    readers = [await library.patron(str(number)) for number in range(4)]
    work, (item,) = await library.book("Идиот")
    await library.lend(readers[0], item)
    for number in (1, 2, 3):
        library.clock.turn(timedelta(minutes=1))
        hold = await library.hold(readers[number], work)
        assert (hold.state, hold.place) == (HoldState.QUEUED, number)

    (first,) = await library.holds(readers[1])
    await library.circulation.cancel_hold(readers[1], first.hold_id, "cancel")

    assert [(await library.holds(readers[n]))[0].place for n in (2, 3)] == [1, 2]
    assert await library.holds(readers[1]) == ()


async def test_the_same_message_places_one_hold(library: LendingLibrary) -> None:
    anna = await library.patron("1")
    work, _ = await library.book("Идиот")

    first = value(await library.circulation.place_hold(anna, work, "01", "key"))
    again = value(await library.circulation.place_hold(anna, work, "01", "key"))

    assert first == again
    assert code(await library.circulation.place_hold(anna, work, "01", "other")) == HoldBlock.ALREADY_HAVE


async def test_holds_are_refused_with_a_reason(library: LendingLibrary) -> None:
    anna = await library.patron("1", birth_date=date(2020, 1, 1))
    boris = await library.patron("2", blocked=True)
    mine, (item,) = await library.book("Моя")
    reference, _ = await library.book("Справочник", item={"lendable": False})
    adult, _ = await library.book("Взрослая", age_mark=18)
    plain, _ = await library.book("Простая")
    await library.lend(anna, item)

    async def refused(patron: int, work: int, pickup: str = "01") -> str:
        return code(await library.circulation.place_hold(patron, work, pickup, library.key()))

    assert await refused(anna, mine) == HoldBlock.ALREADY_HAVE
    assert await refused(anna, reference) == HoldBlock.NOT_HOLDABLE
    assert await refused(anna, adult) == HoldBlock.AGE
    assert await refused(anna, plain, "77") == HoldBlock.PICKUP_INVALID
    assert await refused(anna, plain, "02") == HoldBlock.BRANCH_RULE
    assert await refused(boris, plain) == HoldBlock.PATRON_BLOCKED
    assert await refused(anna, 999_999) == HoldBlock.NOT_HOLDABLE
    assert code(await library.circulation.cancel_hold(anna, 999_999, "k")) == "HOLD_NOT_FOUND"


async def test_the_limit_of_holds_holds_for_two_at_once(database: Database, clock: StandingClock) -> None:
    library = LendingLibrary(database, clock, LendingPolicy(max_holds=2))
    await library.opens()
    anna = await library.patron("1")
    works = [(await library.book(f"Книга {number}"))[0] for number in range(5)]

    await asyncio.gather(*(library.circulation.place_hold(anna, work, "01", library.key()) for work in works))

    assert len(await library.holds(anna)) == 2


async def test_two_readers_and_one_copy_a_hundred_times(database: Database, clock: StandingClock) -> None:
    library = LendingLibrary(database, clock, LendingPolicy(max_holds=None))
    await library.opens()
    readers = [await library.patron("1"), await library.patron("2")]
    works = await library.books(100)

    for first in range(0, 100, 5):  # as many at once as there are connections
        some = works[first : first + 5]
        placed = await asyncio.gather(*(library.hold(reader, work) for work in some for reader in readers))
        for work in some:
            states = sorted(hold.state for hold in placed if hold.work_id == work)
            assert states == [HoldState.ASSIGNED, HoldState.QUEUED]


async def test_a_copy_is_lent_to_one_of_two(library: LendingLibrary) -> None:
    anna, boris = await library.patron("1"), await library.patron("2")
    _, (item,) = await library.book("Идиот")
    for _ in range(10):
        lent = await asyncio.gather(library.desk.lend(anna, item, "01"), library.desk.lend(boris, item, "01"))
        (won,) = [one for one in lent if isinstance(one, Lent)]
        assert [one for one in lent if one is not won] == [NotLent("out")]
        await library.desk.take_back(won.loan_id)


async def test_a_title_that_somebody_wants_is_not_renewed_at_the_same_moment(library: LendingLibrary) -> None:
    anna, boris = await library.patron("1"), await library.patron("2")
    work, (item,) = await library.book("Идиот")
    for _ in range(8):
        loan = await library.lend(anna, item)
        library.days(10)
        (renewed,), hold = await asyncio.gather(library.renew(anna, loan.loan_id), library.hold(boris, work))
        assert renewed.state in (RenewalState.RENEWED, RenewalState.REFUSED)
        (after,) = await library.renew(anna, loan.loan_id)
        assert after.block is RenewalBlock.HOLD_QUEUE
        await library.circulation.cancel_hold(boris, hold.hold_id, library.key())
        await library.desk.take_back(loan.loan_id)


async def test_a_book_that_comes_back_is_kept_for_the_first(library: LendingLibrary) -> None:
    anna, boris, vera = [await library.patron(str(number)) for number in range(3)]
    work, (item,) = await library.book("Идиот")
    loan = await library.lend(anna, item)
    first = await library.hold(boris, work)
    library.clock.turn(timedelta(minutes=1))
    await library.hold(vera, work)

    back = await library.desk.take_back(loan.loan_id)
    assert back is not None
    assert back.hold_id == first.hold_id
    assert await library.desk.lend(vera, item, "01") == NotLent("out")
    assert await library.desk.take_back(loan.loan_id) is None, "it is back already"
    last = await library.desk.make_ready(first.hold_id)
    assert (await library.holds(boris))[0].keep_until == last
    library.days(1)
    assert await library.desk.make_ready(first.hold_id) is None, "it waits there already, and no longer than was told"
    assert (await library.holds(boris))[0].keep_until == last

    assert last is not None
    library.days((last - library.today).days + 1)
    assert await library.desk.pass_time() == 1
    assert await library.holds(boris) == ()
    assert (await library.holds(vera))[0].state is HoldState.ASSIGNED
    await library.lend(vera, item)
    assert await library.holds(vera) == ()


async def test_who_is_lent_another_copy_leaves_the_kept_one_to_whoever_comes(library: LendingLibrary) -> None:
    anna, boris = await library.patron("1"), await library.patron("2")
    work, (kept, other) = await library.book("Идиот", 2)
    await library.hold(anna, work)
    assert await library.statuses(kept, other) == [ItemStatus.ON_HOLD, ItemStatus.AVAILABLE]

    await library.lend(anna, other)

    assert await library.statuses(kept, other) == [ItemStatus.AVAILABLE, ItemStatus.ON_LOAN]
    await library.lend(boris, kept)


async def test_a_reader_who_borrows_one_book_goes_on_waiting_for_another(library: LendingLibrary) -> None:
    anna = await library.patron("1")
    waited_for, _ = await library.book("Идиот")
    _, (item,) = await library.book("Бесы")
    before = await library.hold(anna, waited_for)

    await library.lend(anna, item)

    assert await library.holds(anna) == (before,)


async def test_a_kept_copy_that_its_reader_needs_no_more_is_for_the_next_who_waits_there(
    library: LendingLibrary,
) -> None:
    anna, boris = await library.patron("1"), await library.patron("2")
    work, (here, there) = await library.book("Идиот", elsewhere=1)
    await library.hold(anna, work)
    assert (await library.hold(boris, work)).state is HoldState.QUEUED  # nothing travels, and he fetches it at 01

    await library.lend(anna, there, "02")

    assert (await library.holds(boris))[0].state is HoldState.ASSIGNED
    await library.lend(boris, here)


async def test_of_what_is_not_there_nothing_is_done(library: LendingLibrary) -> None:
    anna = await library.patron("1")
    _, (item,) = await library.book("Идиот")
    for patron, copy, branch in ((999_999, item, "01"), (anna, 999_999, "01"), (anna, item, "77")):
        assert await library.desk.lend(patron, copy, branch) == NotLent("unknown")
    assert await library.desk.take_back(999_999) is None
    assert await library.desk.make_ready(999_999) is None
    assert not await library.desk.fetched(999_999, "staff:anna")
    assert not await library.desk.refuse_hold(999_999, "staff:anna", "")


async def test_a_hold_that_sleeps_is_passed_over_and_keeps_its_place(library: LendingLibrary) -> None:
    anna, boris, vera = [await library.patron(str(number)) for number in range(3)]
    work, (item,) = await library.book("Идиот")
    loan = await library.lend(anna, item)
    mine = await library.hold(boris, work)
    library.clock.turn(timedelta(minutes=1))
    await library.hold(vera, work)
    until = library.today + timedelta(days=5)

    asleep = value(await library.circulation.suspend_hold(boris, mine.hold_id, until, "s"))
    assert (asleep.state, asleep.suspended_until) == (HoldState.SUSPENDED, until)
    assert (await library.holds(vera))[0].place == 1
    awake = value(await library.circulation.suspend_hold(boris, mine.hold_id, None, "w"))
    assert (awake.state, awake.place) == (HoldState.QUEUED, 1)

    await library.circulation.suspend_hold(boris, mine.hold_id, until, "s2")
    await library.desk.take_back(loan.loan_id)
    assert (await library.holds(vera))[0].state is HoldState.ASSIGNED
    library.days(5)
    await library.desk.pass_time()
    assert (await library.holds(boris))[0].state is HoldState.QUEUED


async def test_where_it_can_be_fetched_the_own_branch_comes_first(database: Database, clock: StandingClock) -> None:
    for transfers, offered in ((False, ("01",)), (True, ("02", "01"))):
        library = LendingLibrary(database, clock, DECIDES, transfers=transfers)
        await library.opens()
        anna = await library.patron(f"card {transfers}", "02")
        work, _ = await library.book("Идиот")
        assert value(await library.circulation.pickup_branches(anna, work)) == offered


async def test_returned_loans_are_forgotten_in_time(library: LendingLibrary) -> None:
    anna = await library.patron("1")
    _, (item,) = await library.book("Идиот")
    await library.desk.take_back((await library.lend(anna, item)).loan_id)
    library.days(6)
    assert await library.desk.forget() == 0
    library.days(2)

    assert await library.desk.forget() == 1
    assert await library.desk.forget() == 0


async def test_a_reader_fetches_where_they_are_served(database: Database, clock: StandingClock) -> None:
    library = LendingLibrary(database, clock, transfers=True)
    await library.opens()
    anna, boris = await library.patron("1", served_at=["02"]), await library.patron("2", not_served_at=["02"])
    work, _ = await library.book("Идиот")

    assert value(await library.circulation.pickup_branches(anna, work)) == ("02",)
    assert value(await library.circulation.pickup_branches(boris, work)) == ("01",)
    refused = await library.circulation.place_hold(boris, work, "02", library.key())
    assert isinstance(refused, Refused)
    assert refused.code == HoldBlock.PICKUP_INVALID
    assert (await library.hold(anna, work, "02")).pickup == "02"
