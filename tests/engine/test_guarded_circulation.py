"""A library system that fails in every way it can: what readers are told is true, and nothing is done twice."""

import asyncio
from datetime import date, timedelta

import pytest

from bot.circulation import Keeping, Ok, OpenLoan, Refused, RenewalOutcome, RenewalState, RenewalWish, Unavailable
from bot.engine.circulation import GuardedCirculation, Limits
from bot.library.renewal import RenewalBlock
from bot.renewal_requests import RequestState
from db.connect import Database
from db.renewal_requests import SqlRequests, SqlUnsettled
from tests.support.clock import StandingClock
from tests.support.lending import LendingLibrary, value
from tests.support.scripted_system import TERM, Does, ScriptedSystem

DUE = date(2026, 3, 7)
QUICK = Limits(read_s=0.02, write_s=0.02, failures=3, pause_s=30)


class Desk:
    """A guarded system, a patron with two loans, and what is kept of wishes."""

    def __init__(self, database: Database, clock: StandingClock) -> None:
        self.clock, self.system = clock, ScriptedSystem()
        self.unsettled = SqlUnsettled(database, clock)
        self.library = LendingLibrary(database, clock, keeping=Keeping.LIVE)
        self.guarded = GuardedCirculation(self.system, self.unsettled, clock, QUICK)
        self.requests: SqlRequests = self.library.requests

    async def opens(self) -> None:
        await self.library.opens()
        self.anna = await self.library.patron("1")
        self.system.lends(self.anna, 501, DUE)
        self.system.lends(self.anna, 502, DUE + timedelta(days=1), "Бесы")

    async def loans(self) -> tuple[tuple[OpenLoan, ...], object]:
        result = await self.guarded.loans(self.anna)
        assert isinstance(result, Ok), result
        return result.value, result.as_of

    async def renews(self, *wishes: RenewalWish, key: str = "message") -> tuple[RenewalOutcome, ...]:
        return value(await self.guarded.renew(self.anna, wishes, key))

    async def told_later(self) -> list[tuple[int, RequestState, date | None, str]]:
        """The final answers that readers hear."""
        decided = await self.requests.decided(self.clock.now() - timedelta(days=30))
        return [(one.loan_id, one.state, one.due_on, one.code) for one in decided]


@pytest.fixture
async def desk(sqlite: Database, clock: StandingClock) -> Desk:
    opened = Desk(sqlite, clock)
    await opened.opens()
    return opened


FIRST = RenewalWish(501, DUE)


# --- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", [Does.IS_AWAY, Does.HANGS])
async def test_while_it_is_away_its_last_answer_is_told_with_its_age(desk: Desk, trouble: Does) -> None:
    loans, as_of = await desk.loans()
    assert as_of is None
    read_at = desk.clock.now()
    desk.clock.turn(timedelta(hours=2))
    desk.system.always = trouble

    again, as_of = await desk.loans()

    assert (again, as_of) == (loans, read_at)
    assert isinstance(await desk.guarded.loans(99), Unavailable)


async def test_after_failures_in_a_row_it_is_left_alone_for_a_while(desk: Desk) -> None:
    await desk.loans()
    desk.system.always = Does.IS_AWAY
    for _ in range(5):
        await desk.loans()
    assert len(desk.system.calls) == 1 + QUICK.failures

    desk.clock.turn(timedelta(seconds=QUICK.pause_s + 1))
    await asyncio.gather(*(desk.loans() for _ in range(5)))
    assert len(desk.system.calls) == 2 + QUICK.failures, "one tries, the others wait for what it finds"

    desk.clock.turn(timedelta(seconds=QUICK.pause_s + 1))
    desk.system.always = Does.ANSWERS
    assert (await desk.loans())[1] is None
    assert (await desk.loans())[1] is None


async def test_a_system_that_never_answered_is_tried_as_often_before_it_is_left_alone(desk: Desk) -> None:
    desk.system.always = Does.IS_AWAY
    for _ in range(5):
        assert isinstance(await desk.guarded.loans(99), Unavailable)

    assert len(desk.system.calls) == QUICK.failures


# --- renewing ------------------------------------------------------------------------------------


async def test_an_answer_in_time_is_told_as_it_is(desk: Desk) -> None:
    (renewed,) = await desk.renews(FIRST)
    desk.system.then.append(Does.REFUSES)
    (refused,) = await desk.renews(RenewalWish(502))

    assert (renewed.state, refused.block) == (RenewalState.RENEWED, RenewalBlock.ILS_REFUSED)
    assert await desk.told_later() == []


async def test_what_was_done_without_an_answer_is_found_out_before_the_reader_is_told(desk: Desk) -> None:
    await desk.loans()
    desk.system.then.append(Does.DOES_AND_HANGS)

    (outcome,) = await desk.renews(FIRST)

    assert outcome.state is RenewalState.RENEWED
    assert outcome.open is not None
    assert outcome.open.loan.due_on == DUE + TERM
    assert desk.system.renewals == [501]
    assert list(await desk.unsettled.due()) == []


async def test_what_is_done_late_is_never_asked_twice_and_told_when_it_is_known(desk: Desk) -> None:
    await desk.loans()
    desk.system.then.append(Does.HANGS_AND_DOES_LATER)

    (outcome,) = await desk.renews(FIRST)
    (again,) = await desk.renews(FIRST, key="another press")

    assert (outcome.state, again.state) == (RenewalState.UNKNOWN, RenewalState.REQUESTED)
    assert [loan.requested for loan in (await desk.loans())[0]] == [True, False]
    assert await desk.guarded.settle() == 0
    desk.system.work_off()
    assert await desk.guarded.settle() == 1
    assert desk.system.renewals == [501]
    assert await desk.told_later() == [(501, RequestState.CONFIRMED, DUE + TERM, "")]
    assert [loan.requested for loan in (await desk.loans())[0]] == [False, False]


async def test_what_was_never_done_is_told_so_and_not_done_behind_the_readers_back(desk: Desk) -> None:
    await desk.loans()
    desk.system.then.append(Does.HANGS)
    await desk.renews(FIRST)

    desk.clock.turn(timedelta(seconds=QUICK.settle_s + 1))
    assert await desk.guarded.settle() == 1

    assert desk.system.renewals == []
    assert await desk.told_later() == [(501, RequestState.REFUSED, None, RenewalBlock.ILS_DOWN.value)]


async def test_while_it_is_away_a_renewal_is_a_request_and_done_once_when_it_is_back(desk: Desk) -> None:
    await desk.loans()
    desk.system.always = Does.IS_AWAY

    (outcome,) = await desk.renews(FIRST)
    assert outcome.state is RenewalState.REQUESTED
    assert await desk.guarded.settle() == 0
    desk.clock.turn(timedelta(minutes=10))
    desk.system.always = Does.ANSWERS
    assert await desk.guarded.settle() == 1
    assert await desk.guarded.settle() == 0

    assert desk.system.renewals == [501]
    assert await desk.told_later() == [(501, RequestState.CONFIRMED, DUE + TERM, "")]


async def test_a_request_that_is_refused_when_it_is_back_is_told_with_its_code(desk: Desk) -> None:
    await desk.loans()
    desk.system.always = Does.IS_AWAY
    await desk.renews(FIRST)
    desk.clock.turn(timedelta(minutes=10))
    desk.system.always = Does.REFUSES

    await desk.guarded.settle()

    assert await desk.told_later() == [(501, RequestState.REFUSED, None, RenewalBlock.ILS_REFUSED.value)]


async def test_a_request_that_hangs_when_it_is_back_is_only_looked_up_from_then_on(desk: Desk) -> None:
    await desk.loans()
    desk.system.always = Does.IS_AWAY
    await desk.renews(FIRST)
    desk.clock.turn(timedelta(minutes=10))
    desk.system.always = Does.ANSWERS
    desk.system.then.extend([Does.ANSWERS, Does.DOES_AND_HANGS])  # the loans are read, then it is asked

    assert await desk.guarded.settle() == 0
    assert await desk.guarded.settle() == 1

    assert desk.system.renewals == [501]
    assert await desk.told_later() == [(501, RequestState.CONFIRMED, DUE + TERM, "")]


async def test_a_request_for_a_book_that_came_back_is_dropped(desk: Desk) -> None:
    await desk.loans()
    desk.system.always = Does.IS_AWAY
    await desk.renews(FIRST)
    desk.clock.turn(timedelta(minutes=10))
    desk.system.always = Does.ANSWERS
    del desk.system.patrons[desk.anna][501]

    await desk.guarded.settle()

    assert [state for _, state, _, _ in await desk.told_later()] == [RequestState.DROPPED]


async def test_where_nothing_was_ever_read_nothing_is_promised(desk: Desk) -> None:
    desk.system.always = Does.IS_AWAY

    assert isinstance(await desk.guarded.renew(desk.anna, [FIRST], "message"), Unavailable)
    assert list(await desk.unsettled.due()) == []


async def test_a_book_that_is_not_theirs_is_no_request(desk: Desk) -> None:
    await desk.loans()
    desk.system.always = Does.IS_AWAY

    (outcome,) = await desk.renews(RenewalWish(777))

    assert (outcome.state, outcome.block) == (RenewalState.REFUSED, RenewalBlock.LOAN_NOT_FOUND)
    assert list(await desk.unsettled.due()) == []


async def test_one_patron_wishes_one_thing_at_a_time(desk: Desk) -> None:
    await desk.loans()
    wishes = [desk.guarded.renew(desk.anna, [RenewalWish(501)], f"press {number}") for number in range(5)]

    await asyncio.gather(*wishes)

    assert desk.system.most_together == 1


# --- holds ---------------------------------------------------------------------------------------


async def test_a_hold_without_an_answer_is_looked_up(desk: Desk) -> None:
    desk.system.then.append(Does.DOES_AND_HANGS)
    placed = value(await desk.guarded.place_hold(desk.anna, 7, "01", "k"))
    assert placed.work_id == 7
    desk.system.then.append(Does.HANGS)
    assert isinstance(await desk.guarded.place_hold(desk.anna, 8, "01", "k"), Unavailable)
    desk.system.then.append(Does.REFUSES)
    assert await desk.guarded.place_hold(desk.anna, 9, "01", "k") == Refused("HOLD_LIMIT")

    until = DUE + timedelta(days=3)
    desk.system.then.append(Does.DOES_AND_HANGS)
    assert value(await desk.guarded.suspend_hold(desk.anna, 7, until, "k")).suspended_until == until
    assert len(value(await desk.guarded.holds(desk.anna))) == 1
    desk.system.then.append(Does.DOES_AND_HANGS)
    assert value(await desk.guarded.cancel_hold(desk.anna, 7, "k")).hold_id == 7
    assert value(await desk.guarded.holds(desk.anna)) == ()
    assert value(await desk.guarded.pickup_branches(desk.anna, 7)) == ("01",)
