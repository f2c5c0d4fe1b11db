"""What the port ``Circulation`` promises of loans, on both databases."""

import asyncio
from datetime import timedelta

from sqlalchemy import select

from bot.circulation import Ok, RenewalState
from bot.library.holds import HoldState
from bot.library.policy import LendingPolicy, LendingRule
from bot.library.renewal import RenewalBlock
from db.connect import Database
from db.models_circulation import CirculationTotalsRow
from tests.support.clock import StandingClock
from tests.support.lending import LendingLibrary, Statements

# --- loans ---------------------------------------------------------------------------------------


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


async def test_three_queries_tell_of_any_number_of_loans(database: Database, clock: StandingClock) -> None:
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
    anna, loan = await library.lent_ten_days_ago()

    (first,) = await library.renew(anna, loan.loan_id, key="press", seen=loan.due_on)
    await library.desk.pass_time()  # what came of it is remembered for weeks
    (again,) = await library.renew(anna, loan.loan_id, key="press", seen=loan.due_on)

    assert first == again
    assert first.state is RenewalState.RENEWED
    assert first.open is not None
    assert first.open.loan.due_on > loan.due_on
    assert (await library.loans(anna))[0].loan.renewals == 1


async def test_a_branch_and_a_kind_of_readers_have_the_rules_that_are_theirs(
    database: Database, clock: StandingClock
) -> None:
    longer = LendingRule((("loan_days", 60),), branch_code="02")
    never = LendingRule((("renewals_allowed", 0),), category="child")
    library = LendingLibrary(database, clock, rules=[longer, never])
    await library.opens()
    anna, tanya = await library.patron("1"), await library.patron("2", category="child")
    here = await library.lend(anna, (await library.book("Идиот"))[1][0])
    there = await library.lend(anna, (await library.book("Бесы", branch="02"))[1][0], "02")
    hers = await library.lend(tanya, (await library.book("Мойдодыр"))[1][0])
    assert here.due_on == hers.due_on < library.today + timedelta(days=30) < there.due_on
    library.days(10)

    (renewed,), (refused,) = await library.renew(anna, here.loan_id), await library.renew(tanya, hers.loan_id)

    assert renewed.state is RenewalState.RENEWED
    assert refused.block is RenewalBlock.TYPE_NOT_RENEWABLE


async def test_the_figures_of_a_day_tell_how_often_each_thing_was_done(library: LendingLibrary) -> None:
    readers = [await library.patron(card) for card in "12"]
    loans = [await library.lend(reader, (await library.book(f"Книга {reader}"))[1][0]) for reader in readers]
    library.days(10)
    for reader, loan in zip(readers, loans, strict=True):
        await library.renew(reader, loan.loan_id)
        await library.renew(reader, loan.loan_id)  # of no use so soon
        await library.hold(reader, (await library.book(f"Том {reader}"))[0])

    totals = CirculationTotalsRow
    async with library.database.engine.connect() as connection:
        found = await connection.execute(select(totals.day, totals.what, totals.code, totals.times))
    assert {tuple(row) for row in found} == {
        (library.today - timedelta(days=10), "lent", "", 2),
        (library.today, "renewed", "", 2),
        (library.today, "renewal_refused", RenewalBlock.NO_GAIN.value, 2),
        (library.today, "hold_placed", "", 2),
    }


async def test_a_book_that_is_back_is_told_no_more_and_stands_in_nobodys_way(library: LendingLibrary) -> None:
    anna = await library.patron("1")
    loans = [await library.lend(anna, (await library.book(title))[1][0]) for title in ("Идиот", "Бесы")]
    await library.set_loan(loans[0].loan_id, due_on=library.today - timedelta(days=3))
    await library.desk.take_back(loans[0].loan_id)
    library.days(10)

    assert [loan.title for loan in await library.loans(anna)] == ["Бесы"]
    (renewed,) = await library.renew(anna, loans[1].loan_id)
    assert renewed.state is RenewalState.RENEWED


async def test_another_press_of_an_old_button_renews_nothing_more(library: LendingLibrary) -> None:
    anna, loan = await library.lent_ten_days_ago()
    await library.renew(anna, loan.loan_id, seen=loan.due_on)
    library.days(3)

    (outcome,) = await library.renew(anna, loan.loan_id, seen=loan.due_on)

    assert outcome.state is RenewalState.ALREADY
    assert (await library.loans(anna))[0].loan.renewals == 1


async def test_two_presses_at_once_renew_once(library: LendingLibrary) -> None:
    anna, loan = await library.lent_ten_days_ago()

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
    anna, loan = await library.lent_ten_days_ago()
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
