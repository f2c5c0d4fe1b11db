"""What the port ``Circulation`` promises, on both databases."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from bot.circulation import Keeping, Ok, Refused, RenewalState, Unsupported
from bot.library.holds import HoldBlock, HoldState
from bot.library.policy import LendingPolicy
from bot.library.renewal import RenewalBlock
from bot.renewal_requests import DECISION_RESTS, RequestState
from db.connect import Database
from db.lending_desk import Lent, NotLent
from db.models_circulation import CirculationTotalsRow
from tests.support.clock import StandingClock
from tests.support.lending import DECIDES, LendingLibrary, Statements, code, value


@pytest.fixture
async def library(database: Database, clock: StandingClock) -> LendingLibrary:
    """A library that keeps its loans live."""
    opened = LendingLibrary(database, clock)
    await opened.opens()
    return opened


# --- loans ---------------------------------------------------------------------------------------


async def lent_ten_days_ago(library: LendingLibrary) -> tuple[int, Lent]:
    """A reader, and the one book they have at home."""
    anna = await library.patron("1")
    _, (item,) = await library.book("Идиот")
    loan = await library.lend(anna, item)
    library.days(10)
    return anna, loan


async def test_loans_are_told_the_earliest_due_first(library: LendingLibrary) -> None:
    anna = await library.patron("1")
    work, (item,) = await library.book("Идиот")
    _, (other,) = await library.book("Бесы")
    first, second = await library.lend(anna, item), await library.lend(anna, other)
    await library.set_loan(second.loan_id, due_on=library.today + timedelta(days=1))

    result = await library.circulation.loans(anna)

    assert isinstance(result, Ok)
    assert result.as_of is None
    assert [(loan.title, loan.loan.due_on) for loan in result.value] == [
        ("Бесы", library.today + timedelta(days=1)),
        ("Идиот", first.due_on),
    ]
    assert result.value[1].work_id == work
    assert result.value[1].renewals_left == 2


async def test_nobody_sees_the_loans_of_another(library: LendingLibrary) -> None:
    anna, boris = await library.patron("1"), await library.patron("2")
    _, (item,) = await library.book("Идиот")
    loan = (await library.lend(anna, item)).loan_id

    assert await library.loans(boris) == ()
    (outcome,) = await library.renew(boris, loan)
    assert (outcome.state, outcome.open, outcome.block) == (
        RenewalState.REFUSED,
        None,
        RenewalBlock.LOAN_NOT_FOUND,
    )


async def test_five_queries_tell_of_any_number_of_loans(database: Database, clock: StandingClock) -> None:
    library = LendingLibrary(database, clock, LendingPolicy(max_loans=None))
    await library.opens()
    anna = await library.patron("1")
    for number in range(12):
        _, (item,) = await library.book(f"Книга {number}")
        await library.lend(anna, item)
        with Statements(database) as counted:
            assert len(await library.loans(anna)) == number + 1
        assert len([statement for statement in counted.asked if "SELECT" in statement]) <= 3


# --- renewing ------------------------------------------------------------------------------------


async def test_a_renewal_moves_the_due_date_once_a_key(library: LendingLibrary) -> None:
    anna, loan = await lent_ten_days_ago(library)

    (first,) = await library.renew(anna, loan.loan_id, key="press", seen=loan.due_on)
    (again,) = await library.renew(anna, loan.loan_id, key="press", seen=loan.due_on)

    assert first == again
    assert first.state is RenewalState.RENEWED
    assert first.open is not None
    assert first.open.loan.due_on > loan.due_on
    assert (await library.loans(anna))[0].loan.renewals == 1


async def test_another_press_of_an_old_button_renews_nothing_more(library: LendingLibrary) -> None:
    anna, loan = await lent_ten_days_ago(library)
    await library.renew(anna, loan.loan_id, seen=loan.due_on)
    library.days(3)

    (outcome,) = await library.renew(anna, loan.loan_id, seen=loan.due_on)

    assert outcome.state is RenewalState.ALREADY
    assert (await library.loans(anna))[0].loan.renewals == 1


async def test_two_presses_at_once_renew_once(library: LendingLibrary) -> None:
    anna, loan = await lent_ten_days_ago(library)

    presses = [library.renew(anna, loan.loan_id, key=f"press {n}", seen=loan.due_on) for n in range(8)]
    states = sorted(outcome.state.value for (outcome,) in await asyncio.gather(*presses))

    assert states == ["already"] * 7 + ["renewed"]
    assert (await library.loans(anna))[0].loan.renewals == 1


async def test_each_loan_is_decided_for_itself(library: LendingLibrary) -> None:
    anna, boris = await library.patron("1"), await library.patron("2")
    _, (item,) = await library.book("Идиот")
    wanted, (other,) = await library.book("Бесы")
    loans = [(await library.lend(anna, number)).loan_id for number in (item, other)]
    await library.hold(boris, wanted)
    library.days(10)

    outcomes = await library.renew(anna, *loans, 999_999)

    assert [outcome.state for outcome in outcomes] == [
        RenewalState.RENEWED,
        RenewalState.REFUSED,
        RenewalState.REFUSED,
    ]
    assert [outcome.block for outcome in outcomes[1:]] == [RenewalBlock.HOLD_QUEUE, RenewalBlock.LOAN_NOT_FOUND]


async def test_a_free_copy_serves_who_waits_and_the_loan_goes_on(library: LendingLibrary) -> None:
    anna, boris = await library.patron("1"), await library.patron("2")
    work, items = await library.book("Идиот", copies=2)
    loan = await library.lend(anna, items[0])
    hold = await library.hold(boris, work)
    library.days(10)

    (outcome,) = await library.renew(anna, loan.loan_id)

    assert hold.state is HoldState.ASSIGNED
    assert outcome.state is RenewalState.RENEWED


async def test_the_card_the_debt_and_overdue_books_stand_in_the_way(library: LendingLibrary) -> None:
    anna, loan = await lent_ten_days_ago(library)
    for values, block in (
        ({"blocked": True, "valid_until": None}, RenewalBlock.PATRON_BLOCKED),
        ({"blocked": False, "valid_until": library.today - timedelta(days=1)}, RenewalBlock.CARD_EXPIRED),
    ):
        await library.set_patron(anna, **values)
        (outcome,) = await library.renew(anna, loan.loan_id)
        assert outcome.block is block
    await library.set_patron(anna, valid_until=None)
    library.days(20)
    (outcome,) = await library.renew(anna, loan.loan_id)
    assert outcome.block is RenewalBlock.OVERDUE
    assert outcome.open is not None
    assert outcome.open.overdue


# --- requests ------------------------------------------------------------------------------------


@pytest.fixture
async def on_files(database: Database, clock: StandingClock) -> LendingLibrary:
    """A library whose loans come from files."""
    opened = LendingLibrary(database, clock, keeping=Keeping.SNAPSHOT)
    await opened.opens()
    return opened


async def test_where_the_staff_decide_a_renewal_is_a_request_and_stays_one(on_files: LendingLibrary) -> None:
    library = on_files
    anna, loan = await lent_ten_days_ago(library)

    (first,) = await library.renew(anna, loan.loan_id)
    (second,) = await library.renew(anna, loan.loan_id)

    assert (first.state, second.state) == (RenewalState.REQUESTED, RenewalState.REQUESTED)
    assert first.open is not None
    assert first.open.requested
    (waiting,) = await library.requests.waiting()
    assert (waiting.title, waiting.card_number, waiting.due_before) == ("Идиот", "1", loan.due_on)
    assert await library.requests.waiting(["02"]) == []
    assert (await library.loans(anna))[0].loan.due_on == loan.due_on


async def test_a_confirmed_request_renews_once(on_files: LendingLibrary) -> None:
    library = on_files
    anna, loan = await lent_ten_days_ago(library)
    await library.renew(anna, loan.loan_id)
    (waiting,) = await library.requests.waiting()

    decided = await asyncio.gather(*(library.requests.confirm(waiting.request_id, f"staff:{n}") for n in range(4)))

    assert len({(one.state, one.decided_by, one.due_on) for one in decided if one}) == 1
    assert decided[0] is not None
    assert decided[0].state is RequestState.CONFIRMED
    assert (await library.loans(anna))[0].loan.due_on == decided[0].due_on
    assert (await library.loans(anna))[0].loan.renewals == 1
    assert [one.request_id for one in await library.requests.decided(library.clock.now() - timedelta(days=1))] == [
        waiting.request_id
    ]


async def test_a_refused_request_keeps_the_reason_and_the_loan(on_files: LendingLibrary) -> None:
    library = on_files
    anna, loan = await lent_ten_days_ago(library)
    await library.renew(anna, loan.loan_id)
    (waiting,) = await library.requests.waiting()

    refused = await library.requests.refuse(waiting.request_id, "staff:olga", "нужна для выставки")
    later = await library.requests.confirm(waiting.request_id, "staff:ivan")

    assert refused is not None
    assert (refused.state, refused.reason) == (RequestState.REFUSED, "нужна для выставки")
    assert later == refused
    assert (await library.loans(anna))[0].loan.due_on == loan.due_on
    assert not (await library.loans(anna))[0].requested


@pytest.mark.parametrize("confirmed", [True, False])
async def test_a_decision_taken_back_leaves_everything_as_it_was(on_files: LendingLibrary, confirmed: bool) -> None:
    library = on_files
    anna, loan = await lent_ten_days_ago(library)
    await library.renew(anna, loan.loan_id)
    (waiting,) = await library.requests.waiting()
    (before,) = await library.loans(anna)
    if confirmed:
        await library.requests.confirm(waiting.request_id, "staff:olga")
    else:
        await library.requests.refuse(waiting.request_id, "staff:olga", "нужна для выставки")
    library.clock.turn(timedelta(seconds=29))

    taken = await library.requests.take_back(waiting.request_id, "staff:olga")

    assert taken == waiting
    assert await library.requests.waiting() == [waiting]
    (after,) = await library.loans(anna)
    assert after.loan == before.loan
    assert after.requested
    assert await renewed_today(library) == 0
    again = await library.requests.confirm(waiting.request_id, "staff:olga")
    assert again is not None
    assert again.state is RequestState.CONFIRMED
    assert (await library.loans(anna))[0].loan.renewals == 1
    assert await renewed_today(library) == 1


async def renewed_today(library: LendingLibrary) -> int:
    """The figure of the day."""
    wanted = select(func.sum(CirculationTotalsRow.times)).where(CirculationTotalsRow.what == "renewed")
    async with library.database.engine.connect() as connection:
        return await connection.scalar(wanted) or 0


@pytest.mark.parametrize("confirmed", [True, False])
async def test_a_decision_stays_after_a_while_and_for_everybody_else(on_files: LendingLibrary, confirmed: bool) -> None:
    library = on_files
    anna, loan = await lent_ten_days_ago(library)
    await library.renew(anna, loan.loan_id)
    (waiting,) = await library.requests.waiting()
    assert await library.requests.take_back(12345, "staff:olga") is None
    assert await library.requests.take_back(waiting.request_id, "staff:olga") == waiting, "nothing is decided yet"
    if confirmed:
        decided = await library.requests.confirm(waiting.request_id, "staff:olga")
    else:
        decided = await library.requests.refuse(waiting.request_id, "staff:olga", "нужна для выставки")
    (before,) = await library.loans(anna)

    assert await library.requests.take_back(waiting.request_id, "staff:ivan") == decided
    library.clock.turn(DECISION_RESTS)
    assert await library.requests.take_back(waiting.request_id, "staff:olga") == decided

    assert (await library.loans(anna))[0].loan == before.loan


async def test_a_decision_stays_where_the_loan_has_gone_on(on_files: LendingLibrary) -> None:
    library = on_files
    anna, loan = await lent_ten_days_ago(library)
    await library.renew(anna, loan.loan_id)
    (waiting,) = await library.requests.waiting()
    decided = await library.requests.confirm(waiting.request_id, "staff:olga")
    await library.desk.take_back(loan.loan_id)

    assert await library.requests.take_back(waiting.request_id, "staff:olga") == decided


async def test_a_request_about_a_returned_book_is_dropped(on_files: LendingLibrary) -> None:
    library = on_files
    anna, loan = await lent_ten_days_ago(library)
    await library.renew(anna, loan.loan_id)
    (waiting,) = await library.requests.waiting()
    await library.desk.take_back(loan.loan_id)

    decided = await library.requests.confirm(waiting.request_id, "staff:olga")

    assert decided is not None
    assert decided.state is RequestState.DROPPED
    assert await library.requests.confirm(12345, "staff:olga") is None


async def test_paper_and_files_that_never_came_claim_nothing(database: Database, clock: StandingClock) -> None:
    library = LendingLibrary(database, clock, keeping=Keeping.SNAPSHOT, keeping_of={"02": Keeping.MANUAL})
    await library.opens()
    for branch in ("01", "02"):
        patron = await library.patron(branch, branch)
        assert isinstance(await library.circulation.loans(patron), Unsupported)


# --- holds ---------------------------------------------------------------------------------------


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
    last = await library.desk.make_ready(first.hold_id)
    assert (await library.holds(boris))[0].keep_until == last

    assert last is not None
    library.days((last - library.today).days + 1)
    assert await library.desk.pass_time() == 1
    assert await library.holds(boris) == ()
    assert (await library.holds(vera))[0].state is HoldState.ASSIGNED
    await library.lend(vera, item)
    assert await library.holds(vera) == ()


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


async def test_returned_loans_are_forgotten_unless_asked_for(library: LendingLibrary) -> None:
    anna, boris = await library.patron("1"), await library.patron("2", keep_history=True)
    for who, title in ((anna, "Идиот"), (boris, "Бесы")):
        _, (item,) = await library.book(title)
        await library.desk.take_back((await library.lend(who, item)).loan_id)
    library.days(8)

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
