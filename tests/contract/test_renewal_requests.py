"""Where loans come from files a renewal is a request that the staff decide, on both databases."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from bot.circulation import Keeping, Ok, RenewalState, Unsupported
from bot.renewal_requests import DECISION_RESTS, RequestState
from db.connect import Database
from db.models import BranchRow
from db.models_circulation import CirculationTotalsRow, LoanSourceRow, RenewalRequestRow
from tests.support.clock import StandingClock
from tests.support.lending import LendingLibrary


@pytest.fixture
async def library(database: Database, clock: StandingClock) -> LendingLibrary:
    """A library whose loans come from files."""
    opened = LendingLibrary(database, clock, keeping=Keeping.SNAPSHOT)
    await opened.opens()
    return opened


async def test_where_the_staff_decide_a_renewal_is_a_request_and_stays_one(library: LendingLibrary) -> None:
    anna, loan = await library.lent_ten_days_ago()

    (first,) = await library.renew(anna, loan.loan_id)
    (second,) = await library.renew(anna, loan.loan_id)

    assert (first.state, second.state) == (RenewalState.REQUESTED, RenewalState.REQUESTED)
    assert first.open is not None
    assert first.open.requested
    (waiting,) = await library.requests.waiting()
    assert (waiting.title, waiting.card_number, waiting.due_before) == ("Идиот", "1", loan.due_on)
    assert await library.requests.waiting(["02"]) == []
    assert (await library.loans(anna))[0].loan.due_on == loan.due_on


async def test_a_confirmed_request_renews_once(library: LendingLibrary) -> None:
    anna, loan = await library.lent_ten_days_ago()
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


async def test_a_refused_request_keeps_the_reason_and_the_loan(library: LendingLibrary) -> None:
    anna, loan = await library.lent_ten_days_ago()
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
async def test_a_decision_taken_back_leaves_everything_as_it_was(library: LendingLibrary, confirmed: bool) -> None:
    anna, loan = await library.lent_ten_days_ago()
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
async def test_a_decision_stays_after_a_while_and_for_everybody_else(library: LendingLibrary, confirmed: bool) -> None:
    anna, loan = await library.lent_ten_days_ago()
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


async def test_a_decision_stays_where_the_loan_has_gone_on(library: LendingLibrary) -> None:
    anna, loan = await library.lent_ten_days_ago()
    await library.renew(anna, loan.loan_id)
    (waiting,) = await library.requests.waiting()
    decided = await library.requests.confirm(waiting.request_id, "staff:olga")
    await library.desk.take_back(loan.loan_id)

    assert await library.requests.take_back(waiting.request_id, "staff:olga") == decided


async def test_of_two_requests_the_one_that_is_meant_is_decided(library: LendingLibrary) -> None:
    anna, loan = await library.lent_ten_days_ago()
    await library.renew(anna, loan.loan_id)
    _, (item,) = await library.book("Бесы")
    boris = await library.patron("2")
    other = await library.lend(boris, item)
    library.days(10)
    await library.renew(boris, other.loan_id)
    first, second = await library.requests.waiting()

    decided = await library.requests.refuse(second.request_id, "staff:olga", "Её ждут")

    assert decided is not None
    assert (decided.request_id, decided.title) == (second.request_id, "Бесы")
    assert await library.requests.waiting() == [first]


async def test_a_request_about_a_day_that_is_another_by_now_is_dropped(library: LendingLibrary) -> None:
    anna, loan = await library.lent_ten_days_ago()
    await library.renew(anna, loan.loan_id)
    (waiting,) = await library.requests.waiting()
    later = loan.due_on + timedelta(days=40)  # the file of the next day tells so
    await library.set_loan(loan.loan_id, due_on=later)

    decided = await library.requests.confirm(waiting.request_id, "staff:olga")

    assert decided is not None
    assert decided.state is RequestState.DROPPED
    assert (await library.loans(anna))[0].loan.due_on == later


async def test_a_request_about_a_returned_book_is_dropped(library: LendingLibrary) -> None:
    anna, loan = await library.lent_ten_days_ago()
    await library.renew(anna, loan.loan_id)
    (waiting,) = await library.requests.waiting()
    boris = await library.patron("2")
    _, (item,) = await library.book("Бесы")
    kept = await library.lend(boris, item)
    library.days(10)
    await library.renew(boris, kept.loan_id)
    await library.desk.take_back(loan.loan_id)

    (still,) = await library.requests.waiting()
    assert still.title == "Бесы"
    decided = await library.requests.confirm(waiting.request_id, "staff:olga")

    assert decided is not None
    assert (decided.state, decided.decided_at) == (RequestState.DROPPED, library.clock.now())
    assert await library.requests.confirm(12345, "staff:olga") is None


async def test_a_request_that_the_rules_give_no_day_waits_until_the_staff_choose_one(library: LendingLibrary) -> None:
    anna, loan = await library.lent_ten_days_ago()
    await library.renew(anna, loan.loan_id)
    (waiting,) = await library.requests.waiting()
    await library.set_loan(loan.loan_id, recalled=True)
    async with library.database.writer.begin() as connection:
        await connection.execute(update(RenewalRequestRow).values(due_on=None))

    undecided = await library.requests.confirm(waiting.request_id, "staff:olga")
    assert undecided is not None
    assert undecided.state is RequestState.WAITING
    assert len(await library.requests.waiting()) == 1

    decided = await library.requests.confirm(waiting.request_id, "staff:olga", date(2026, 12, 1))
    assert decided is not None
    assert (decided.state, decided.due_on) == (RequestState.CONFIRMED, date(2026, 12, 1))


async def test_paper_and_files_that_never_came_claim_nothing(database: Database, clock: StandingClock) -> None:
    library = LendingLibrary(database, clock, keeping=Keeping.SNAPSHOT, keeping_of={"02": Keeping.MANUAL})
    await library.opens()
    for branch in ("01", "02"):
        patron = await library.patron(branch, branch)
        assert isinstance(await library.circulation.loans(patron), Unsupported)


async def test_who_has_nothing_is_told_since_when_that_is_known(database: Database, clock: StandingClock) -> None:
    library = LendingLibrary(database, clock, keeping=Keeping.SNAPSHOT, keeping_of={"02": Keeping.LIVE})
    await library.opens()
    read_at = clock.now() - timedelta(hours=20)
    async with database.writer.begin() as connection:
        for branch in ("01", "02"):
            of = select(BranchRow.id).where(BranchRow.code == branch).scalar_subquery()
            values = {"branch_id": of, "source": "s", "file": "loans.csv", "digest": "", "as_of": read_at}
            await connection.execute(insert(LoanSourceRow).values(values))

    assert await library.circulation.loans(await library.patron("1", "01")) == Ok((), read_at)
    assert await library.circulation.loans(await library.patron("2", "02")) == Ok(())
