"""A library system in memory that does what a test tells it: answers, refuses, hangs, goes away, answers late."""

import asyncio
from collections import deque
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from bot.circulation import (
    Ability,
    Ok,
    OpenHold,
    OpenLoan,
    Refused,
    RenewalOutcome,
    RenewalState,
    RenewalWish,
    Result,
    Unavailable,
)
from bot.library.holds import HoldState
from bot.library.lending import Loan
from bot.library.renewal import RenewalBlock

Answer = TypeVar("Answer")
TERM = timedelta(days=15)


class Does(StrEnum):
    """What becomes of one call."""

    ANSWERS = "answers"
    IS_AWAY = "is_away"
    """Says at once that it cannot: nothing is done."""
    HANGS = "hangs"
    """Never answers, and does nothing."""
    DOES_AND_HANGS = "does_and_hangs"
    """Does it, and the answer is lost."""
    HANGS_AND_DOES_LATER = "hangs_and_does_later"
    """The answer is lost, and it is done when ``work_off`` is called."""
    REFUSES = "refuses"


class ScriptedSystem:
    """Fills ``Circulation`` for one patron or more; keeps no keys: a wish that comes twice is done twice.

    Attributes:
        then: What becomes of the next calls, in their order; after them ``always``.
        renewals: Every renewal that was really done: loan by loan.
        calls: The names of all calls that reached it.
    """

    def __init__(self) -> None:
        self.always = Does.ANSWERS
        self.then: deque[Does] = deque()
        self.renewals: list[int] = []
        self.calls: list[str] = []
        self.patrons: dict[int, dict[int, OpenLoan]] = {}
        self.waiting: dict[int, dict[int, OpenHold]] = {}
        self.together = 0
        self.most_together = 0
        self._later: list[tuple[int, RenewalWish]] = []

    def lends(self, patron_id: int, loan_id: int, due_on: date, title: str = "Идиот") -> None:
        """A book goes out."""
        loan = Loan(
            loan_id=loan_id,
            patron_id=patron_id,
            item_id=loan_id,
            branch_code="01",
            issued_on=due_on - TERM,
            due_on=due_on,
        )
        self.patrons.setdefault(patron_id, {})[loan_id] = OpenLoan(loan=loan, title=title)

    def work_off(self) -> None:
        """Do what was left lying."""
        for patron_id, wish in self._later:
            self._renew(patron_id, wish)
        self._later.clear()

    def abilities(self, branch_code: str) -> Collection[Ability]:
        return frozenset(Ability)

    async def loans(self, patron_id: int) -> Result[tuple[OpenLoan, ...]]:
        does = await self._begin("loans")
        if does is Does.IS_AWAY:
            return Unavailable()
        return Ok(tuple(self.patrons.get(patron_id, {}).values()))

    async def renew(
        self, patron_id: int, wishes: Sequence[RenewalWish], key: str
    ) -> Result[tuple[RenewalOutcome, ...]]:
        does = await self._begin("renew", patron_id, wishes)
        if does is Does.IS_AWAY:
            return Unavailable()
        if does is Does.REFUSES:
            return Ok(tuple(self._refused(patron_id, wish) for wish in wishes))
        return Ok(tuple(self._renew(patron_id, wish) for wish in wishes))

    async def holds(self, patron_id: int) -> Result[tuple[OpenHold, ...]]:
        if await self._begin("holds") is Does.IS_AWAY:
            return Unavailable()
        return Ok(tuple(self.waiting.get(patron_id, {}).values()))

    async def pickup_branches(self, patron_id: int, work_id: int) -> Result[tuple[str, ...]]:
        return Unavailable() if await self._begin("pickup") is Does.IS_AWAY else Ok(("01",))

    async def place_hold(self, patron_id: int, work_id: int, pickup: str, key: str) -> Result[OpenHold]:
        hold = OpenHold(
            hold_id=work_id,
            work_id=work_id,
            title="Бесы",
            state=HoldState.QUEUED,
            pickup=pickup,
            placed_at=datetime(2026, 3, 2, tzinfo=UTC),
        )
        return await self._change("place", patron_id, work_id, hold)

    async def cancel_hold(self, patron_id: int, hold_id: int, key: str) -> Result[OpenHold]:
        return await self._change("cancel", patron_id, hold_id, None)

    async def suspend_hold(self, patron_id: int, hold_id: int, until: date | None, key: str) -> Result[OpenHold]:
        hold = self.waiting[patron_id][hold_id]
        return await self._change("suspend", patron_id, hold_id, replace(hold, suspended_until=until))

    # --- the script ------------------------------------------------------------------------------

    async def _begin(self, call: str, patron_id: int = 0, wishes: Sequence[RenewalWish] = ()) -> Does:
        self.calls.append(call)
        does = self.then.popleft() if self.then else self.always
        if does is Does.DOES_AND_HANGS:
            for wish in wishes:
                self._renew(patron_id, wish)
        if does is Does.HANGS_AND_DOES_LATER:
            self._later += [(patron_id, wish) for wish in wishes]
        self.together += 1
        self.most_together = max(self.most_together, self.together)
        try:
            if does in (Does.HANGS, Does.DOES_AND_HANGS, Does.HANGS_AND_DOES_LATER):
                await asyncio.Event().wait()
            await asyncio.sleep(0)
        finally:
            self.together -= 1
        return does

    async def _change(self, call: str, patron_id: int, hold_id: int, hold: OpenHold | None) -> Result[OpenHold]:
        mine = self.waiting.setdefault(patron_id, {})
        next_does = self.then[0] if self.then else self.always
        before = mine.get(hold_id)
        if next_does in (Does.ANSWERS, Does.DOES_AND_HANGS):
            mine.pop(hold_id, None)
            if hold is not None:
                mine[hold_id] = hold
        does = await self._begin(call)
        if does is Does.IS_AWAY:
            return Unavailable()
        if does is Does.REFUSES:
            return Refused("HOLD_LIMIT")
        told = hold or before
        assert told is not None
        return Ok(told)

    def _renew(self, patron_id: int, wish: RenewalWish) -> RenewalOutcome:
        loan = self.patrons[patron_id].get(wish.loan_id)
        if loan is None:
            return RenewalOutcome(state=RenewalState.REFUSED, open=None, block=RenewalBlock.LOAN_NOT_FOUND)
        later = replace(loan.loan, due_on=loan.loan.due_on + TERM, renewals=loan.loan.renewals + 1)
        self.patrons[patron_id][wish.loan_id] = replace(loan, loan=later)
        self.renewals.append(wish.loan_id)
        return RenewalOutcome(state=RenewalState.RENEWED, open=self.patrons[patron_id][wish.loan_id])

    def _refused(self, patron_id: int, wish: RenewalWish) -> RenewalOutcome:
        loan = self.patrons[patron_id].get(wish.loan_id)
        return RenewalOutcome(state=RenewalState.REFUSED, open=loan, block=RenewalBlock.ILS_REFUSED, raw="item on hold")
