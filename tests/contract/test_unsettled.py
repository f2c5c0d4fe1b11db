"""Promises of the port ``Unsettled``, on both databases: what a library system owes is kept once and settled once."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.circulation import OpenLoan
from bot.library.lending import Loan
from bot.renewal_requests import RequestCause, RequestState
from db.connect import Database
from db.renewal_requests import SqlUnsettled
from tests.support.clock import StandingClock
from tests.support.lending import LendingLibrary

DUE = date(2026, 3, 7)


class Desk:
    """A patron whose loans a library system keeps."""

    def __init__(self, database: Database, clock: StandingClock) -> None:
        self.clock, self.library = clock, LendingLibrary(database, clock)
        self.unsettled = SqlUnsettled(database, clock)

    async def opens(self) -> None:
        await self.library.opens()
        self.anna = await self.library.patron("1")

    def lent(self, loan_id: int, branch: str = "01", title: str = "Идиот") -> OpenLoan:
        loan = Loan(
            loan_id=loan_id,
            patron_id=self.anna,
            item_id=loan_id,
            branch_code=branch,
            issued_on=DUE - timedelta(days=15),
            due_on=DUE,
        )
        return OpenLoan(loan=loan, title=title)

    async def due(self) -> list[tuple[int, RequestCause]]:
        return [(one.loan_id, one.cause) for one in await self.unsettled.due()]


@pytest.fixture
async def desk(database: Database, clock: StandingClock) -> Desk:
    opened = Desk(database, clock)
    await opened.opens()
    return opened


async def test_what_waits_is_kept_once_the_longest_first(desk: Desk) -> None:
    await desk.unsettled.keep([desk.lent(7)], RequestCause.DOWN, "m1")
    desk.clock.turn(timedelta(minutes=1))
    await desk.unsettled.keep([desk.lent(7), desk.lent(8)], RequestCause.UNKNOWN, "m" * 500)

    assert await desk.due() == [(7, RequestCause.DOWN), (8, RequestCause.UNKNOWN)]
    assert set(await desk.unsettled.loans_of(desk.anna)) == {7, 8}
    assert not await desk.unsettled.loans_of(desk.anna + 1)
    first = (await desk.unsettled.due(1))[0]
    assert (first.title, first.key, first.due_before, first.card_number) == ("Идиот", "m1", DUE, "1")


async def test_what_the_staff_have_to_decide_is_not_asked_of_the_system(desk: Desk) -> None:
    await desk.unsettled.keep([desk.lent(7)], RequestCause.STAFF, "m1")

    assert await desk.due() == []
    assert set(await desk.unsettled.loans_of(desk.anna)) == {7}


async def test_a_doubt_is_only_looked_up_and_counts_from_now(desk: Desk) -> None:
    await desk.unsettled.keep([desk.lent(7)], RequestCause.DOWN, "m1")
    (asked,) = await desk.unsettled.due()
    desk.clock.turn(timedelta(minutes=5))

    await desk.unsettled.doubt(asked.request_id)

    (asked,) = await desk.unsettled.due()
    assert (asked.cause, asked.asked_at) == (RequestCause.UNKNOWN, desk.clock.now())


async def test_the_first_final_answer_counts_whoever_brings_another(desk: Desk) -> None:
    await desk.unsettled.keep([desk.lent(7)], RequestCause.UNKNOWN, "m1")
    (asked,) = await desk.unsettled.due()
    later = DUE + timedelta(days=15)

    await desk.unsettled.settle(asked.request_id, RequestState.CONFIRMED, later)
    await desk.unsettled.settle(asked.request_id, RequestState.REFUSED, code="ILS_REFUSED")
    await desk.unsettled.doubt(asked.request_id)

    assert await desk.due() == []
    (told,) = await desk.library.requests.decided(desk.clock.now() - timedelta(hours=1))
    assert (told.state, told.due_on, told.decided_by, told.code) == (RequestState.CONFIRMED, later, "system", "")
    await desk.unsettled.keep([desk.lent(7)], RequestCause.DOWN, "m2")
    assert await desk.due() == [(7, RequestCause.DOWN)], "another wish for the same book may wait again"


async def test_a_branch_that_only_the_system_knows_is_the_main_one_s_to_answer_for(desk: Desk) -> None:
    await desk.unsettled.keep([replace(desk.lent(7, branch="CPL"), title="")], RequestCause.DOWN, "m1")

    (asked,) = await desk.unsettled.due()
    assert asked.branch_code == "01"
