"""A library system behind a guard: it may be slow, refuse, hang, go away, answer late, and readers are told the truth.

Reading has a time limit, and behind it the last answer with its age. A renewal that cannot be asked now is taken as a
request, with a final answer later. One that was asked and not answered is never asked again: the system's own loans
tell what became of it. After several failures in a row the system is left alone for a while.

No library system is connected yet: this waits for the first one (docs/decisions.md).
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from bot.circulation import (
    Ability,
    Circulation,
    Ok,
    OpenHold,
    OpenLoan,
    Refused,
    RenewalOutcome,
    RenewalState,
    RenewalWish,
    Result,
    Unavailable,
    Unsupported,
)
from bot.clock import Clock
from bot.library.renewal import RenewalBlock
from bot.newest import Newest
from bot.one_by_one import OneByOne
from bot.quick import dataclass, replace
from bot.renewal_requests import RenewalRequest, RequestCause, RequestState, Unsettled

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How patient the guard is.

    Attributes:
        read_s / write_s: Seconds until a question, or a wish, counts as not answered.
        failures: So many in a row, and the system is left alone for ``pause_s``.
        settle_s: So long after an unanswered wish unchanged loans mean that it was not done.
        remember: Patrons whose last answer is kept.
    """

    read_s: float = 4.0
    write_s: float = 8.0
    failures: int = 5
    pause_s: float = 30.0
    settle_s: float = 120.0
    remember: int = 5_000


class Breaker:
    """Closed while the system answers; open for a pause after failures in a row; then one may try."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self._clock, self._limits = clock, limits
        self._failures = 0
        self._open_until: datetime | None = None

    def retry_after_s(self) -> float:
        """Seconds until the system may be asked; 0 where it may be now. Whoever gets 0 after a pause is the one."""
        if self._open_until is None:
            return 0.0
        left = (self._open_until - self._clock.now()).total_seconds()
        if left > 0:
            return left
        self._open_until = self._clock.now() + timedelta(seconds=self._limits.pause_s)
        return 0.0

    def note(self, *, answered: bool) -> None:
        """What became of a call."""
        if answered:
            self._failures, self._open_until = 0, None
            return
        self._failures += 1
        if self._failures >= self._limits.failures:
            self._open_until = self._clock.now() + timedelta(seconds=self._limits.pause_s)


class LastAnswers(Generic[Answer]):
    """What was answered last to each patron, and when."""

    def __init__(self, most: int) -> None:
        self._kept: Newest[int, tuple[Answer, datetime]] = Newest(most)

    def keep(self, patron_id: int, answer: Answer, at: datetime) -> None:
        """Put it in the place of the one before; the longest unasked patron goes."""
        self._kept[patron_id] = answer, at

    def get(self, patron_id: int) -> tuple[Answer, datetime] | None:
        """The answer and its moment."""
        return self._kept.get(patron_id)


class GuardedCirculation:
    """Fills the port ``Circulation`` in front of a system that may fail."""

    def __init__(self, system: Circulation, unsettled: Unsettled, clock: Clock, limits: Limits | None = None) -> None:
        self._system, self._unsettled, self._clock = system, unsettled, clock
        self._limits = limits or Limits()
        self._breaker = Breaker(clock, self._limits)
        self._loans: LastAnswers[tuple[OpenLoan, ...]] = LastAnswers(self._limits.remember)
        self._holds: LastAnswers[tuple[OpenHold, ...]] = LastAnswers(self._limits.remember)
        self._one_by_one: OneByOne[int] = OneByOne()

    def abilities(self, branch_code: str) -> Collection[Ability]:
        return self._system.abilities(branch_code)

    # --- reading ---------------------------------------------------------------------------------

    async def loans(self, patron_id: int) -> Result[tuple[OpenLoan, ...]]:
        answer = await self._read(patron_id, self._loans, lambda: self._system.loans(patron_id))
        if not isinstance(answer, Ok):
            return answer
        owed = await self._unsettled.loans_of(patron_id)
        told = (replace(loan, requested=True) if loan.loan.loan_id in owed else loan for loan in answer.value)
        return Ok(tuple(told), answer.as_of)

    async def holds(self, patron_id: int) -> Result[tuple[OpenHold, ...]]:
        return await self._read(patron_id, self._holds, lambda: self._system.holds(patron_id))

    async def pickup_branches(self, patron_id: int, work_id: int) -> Result[tuple[str, ...]]:
        return await self._ask(lambda: self._system.pickup_branches(patron_id, work_id), self._limits.read_s)

    async def _read(
        self, patron_id: int, kept: LastAnswers[Answer], ask: Callable[[], Awaitable[Result[Answer]]]
    ) -> Result[Answer]:
        """The system's answer, or its last one with its age."""
        answer = await self._ask(ask, self._limits.read_s)
        if isinstance(answer, Ok):
            kept.keep(patron_id, answer.value, answer.as_of or self._clock.now())
            return answer
        before = kept.get(patron_id) if isinstance(answer, Unavailable) else None
        return Ok(*before) if before is not None else answer

    async def _ask(self, ask: Callable[[], Awaitable[Result[Answer]]], seconds: float) -> Result[Answer]:
        """One question within its time; ``Unavailable`` where there is no answer, and nobody is asked in a pause."""
        wait = self._breaker.retry_after_s()
        if wait > 0:
            return Unavailable(wait)
        try:
            async with asyncio.timeout(seconds):
                answer = await ask()
        except TimeoutError:
            answer = Unavailable()
        self._breaker.note(answered=not isinstance(answer, Unavailable))
        return answer

    # --- renewing --------------------------------------------------------------------------------

    async def renew(
        self, patron_id: int, wishes: Sequence[RenewalWish], key: str
    ) -> Result[tuple[RenewalOutcome, ...]]:
        async with self._one_by_one.turn(patron_id):
            if self._loans.get(patron_id) is None:
                read = await self.loans(patron_id)
                if not isinstance(read, Ok):
                    return read
            before = {loan.loan.loan_id: loan for loan in (self._loans.get(patron_id) or ((), None))[0]}
            owed = await self._unsettled.loans_of(patron_id)
            free = [wish for wish in wishes if wish.loan_id not in owed]
            answer: Result[tuple[RenewalOutcome, ...]] | None = Ok(())
            asked = bool(free)
            if free:
                wait = self._breaker.retry_after_s()
                asked = wait <= 0
                answer = Unavailable(wait) if wait > 0 else await self._wish(patron_id, free, key)
            if isinstance(answer, Refused | Unsupported):
                return answer
            told = await self._outcomes(patron_id, free, key, answer, before, asked=asked)
            return Ok(tuple(told[wish.loan_id] if wish in free else _owed(wish, before) for wish in wishes))

    async def _wish(
        self, patron_id: int, wishes: Sequence[RenewalWish], key: str
    ) -> Result[tuple[RenewalOutcome, ...]] | None:
        """The system's answer to a wish; None where it gave none in time."""
        try:
            async with asyncio.timeout(self._limits.write_s):
                answer = await self._system.renew(patron_id, wishes, key)
        except TimeoutError:
            self._breaker.note(answered=False)
            return None
        self._breaker.note(answered=not isinstance(answer, Unavailable))
        return answer

    async def _outcomes(
        self,
        patron_id: int,
        wishes: Sequence[RenewalWish],
        key: str,
        answer: Ok[tuple[RenewalOutcome, ...]] | Unavailable | None,
        before: Mapping[int, OpenLoan],
        *,
        asked: bool,
    ) -> dict[int, RenewalOutcome]:
        """By loan: what is told, and what is kept for later."""
        if isinstance(answer, Ok):
            outcomes = {wish.loan_id: outcome for wish, outcome in zip(wishes, answer.value, strict=True)}
            self._learn(patron_id, [outcome.open for outcome in outcomes.values() if outcome.open is not None])
            return outcomes
        now = await self._read_again(patron_id) if asked else None
        cause = RequestCause.UNKNOWN if answer is None else RequestCause.DOWN
        outcomes = {wish.loan_id: _judged(wish, before, now, cause) for wish in wishes}
        waits = [
            outcome.open
            for outcome in outcomes.values()
            if outcome.open is not None and outcome.state in (RenewalState.UNKNOWN, RenewalState.REQUESTED)
        ]
        if waits:
            await self._unsettled.keep(waits, cause, key)
        return outcomes

    async def _read_again(self, patron_id: int) -> Mapping[int, OpenLoan] | None:
        """The system's loans after an unanswered wish; None where it does not tell."""
        answer = await self._ask(lambda: self._system.loans(patron_id), self._limits.read_s)
        if not isinstance(answer, Ok):
            return None
        self._loans.keep(patron_id, answer.value, answer.as_of or self._clock.now())
        return {loan.loan.loan_id: loan for loan in answer.value}

    def _learn(self, patron_id: int, changed: Sequence[OpenLoan]) -> None:
        """The loans as a renewal has left them, for the time when nobody answers."""
        before = self._loans.get(patron_id)
        if before is not None and changed:
            by_id = {loan.loan.loan_id: loan for loan in changed}
            loans = tuple(by_id.get(loan.loan.loan_id, loan) for loan in before[0])
            self._loans.keep(patron_id, loans, before[1])

    # --- later -----------------------------------------------------------------------------------

    async def settle(self) -> int:
        """Ask what became of unanswered wishes, and for what was taken as a request; returns how many are settled."""
        settled = 0
        for request in await self._unsettled.due():
            async with self._one_by_one.turn(request.patron_id):
                now = await self._read_again(request.patron_id)
                if now is None:
                    break  # the system is still away: the rest waits with this one
                settled += await self._settle(request, now.get(request.loan_id))
        return settled

    async def _settle(self, request: RenewalRequest, loan: OpenLoan | None) -> bool:
        if loan is None:
            await self._unsettled.settle(request.request_id, RequestState.DROPPED)
            return True
        if loan.loan.due_on > request.due_before:
            await self._unsettled.settle(request.request_id, RequestState.CONFIRMED, loan.loan.due_on)
            return True
        if request.cause is RequestCause.UNKNOWN:
            age = (self._clock.now() - request.asked_at).total_seconds()
            if age < self._limits.settle_s:
                return False  # it may still be under way
            await self._unsettled.settle(request.request_id, RequestState.REFUSED, code=RenewalBlock.ILS_DOWN.value)
            return True
        return await self._try_again(request)

    async def _try_again(self, request: RenewalRequest) -> bool:
        """A request that the system has never heard of, or refused to hear: now it is asked."""
        wish = RenewalWish(request.loan_id, request.due_before)
        answer = await self._wish(request.patron_id, [wish], request.key)
        if answer is None:
            await self._unsettled.doubt(request.request_id)
            return False
        if isinstance(answer, Unavailable):
            return False
        outcome = answer.value[0] if isinstance(answer, Ok) else None
        state, due_on, code = _final(answer, outcome)
        await self._unsettled.settle(request.request_id, state, due_on, code)
        return True

    # --- holds -----------------------------------------------------------------------------------

    async def place_hold(self, patron_id: int, work_id: int, pickup: str, key: str) -> Result[OpenHold]:
        return await self._change(
            patron_id,
            lambda: self._system.place_hold(patron_id, work_id, pickup, key),
            lambda holds: next((hold for hold in holds if hold.work_id == work_id), None),
        )

    async def cancel_hold(self, patron_id: int, hold_id: int, key: str) -> Result[OpenHold]:
        before = self._holds.get(patron_id)
        mine = next((hold for hold in before[0] if hold.hold_id == hold_id), None) if before else None
        return await self._change(
            patron_id,
            lambda: self._system.cancel_hold(patron_id, hold_id, key),
            lambda holds: None if any(hold.hold_id == hold_id for hold in holds) else mine,
        )

    async def suspend_hold(self, patron_id: int, hold_id: int, until: date | None, key: str) -> Result[OpenHold]:
        return await self._change(
            patron_id,
            lambda: self._system.suspend_hold(patron_id, hold_id, until, key),
            lambda holds: next(
                (hold for hold in holds if hold.hold_id == hold_id and hold.suspended_until == until), None
            ),
        )

    async def _change(
        self,
        patron_id: int,
        ask: Callable[[], Awaitable[Result[OpenHold]]],
        done: Callable[[Sequence[OpenHold]], OpenHold | None],
    ) -> Result[OpenHold]:
        """One change of holds; where it is not answered, the holds tell whether it was done."""
        async with self._one_by_one.turn(patron_id):
            wait = self._breaker.retry_after_s()
            if wait > 0:
                return Unavailable(wait)
            answer = await self._ask(ask, self._limits.write_s)
            if not isinstance(answer, Unavailable):
                return answer
            holds = await self._ask(lambda: self._system.holds(patron_id), self._limits.read_s)
            found = done(holds.value) if isinstance(holds, Ok) else None
            return Ok(found) if found is not None else answer


# --- what is told --------------------------------------------------------------------------------


def _judged(
    wish: RenewalWish, before: Mapping[int, OpenLoan], now: Mapping[int, OpenLoan] | None, cause: RequestCause
) -> RenewalOutcome:
    """What became of a wish that was not answered: by the loans before, and now where they are known."""
    was = before.get(wish.loan_id)
    if was is None or (now is not None and wish.loan_id not in now):
        return RenewalOutcome(state=RenewalState.REFUSED, open=None, block=RenewalBlock.LOAN_NOT_FOUND)
    seen = wish.seen_due_on or was.loan.due_on
    loan = now[wish.loan_id] if now is not None else was
    if loan.loan.due_on > seen:
        done = was.loan.due_on == seen and now is not None
        return RenewalOutcome(state=RenewalState.RENEWED if done else RenewalState.ALREADY, open=loan)
    state = RenewalState.UNKNOWN if cause is RequestCause.UNKNOWN else RenewalState.REQUESTED
    return RenewalOutcome(state=state, open=replace(loan, requested=True))


def _owed(wish: RenewalWish, before: Mapping[int, OpenLoan]) -> RenewalOutcome:
    """A wish for a loan whose renewal the system owes an answer already."""
    loan = before.get(wish.loan_id)
    if loan is None:
        return RenewalOutcome(state=RenewalState.REFUSED, open=None, block=RenewalBlock.LOAN_NOT_FOUND)
    return RenewalOutcome(state=RenewalState.REQUESTED, open=replace(loan, requested=True))


def _final(
    answer: Ok[tuple[RenewalOutcome, ...]] | Refused | Unsupported, outcome: RenewalOutcome | None
) -> tuple[RequestState, date | None, str]:
    if isinstance(answer, Refused):
        return RequestState.REFUSED, None, answer.code
    if outcome is None:
        return RequestState.REFUSED, None, RenewalBlock.ILS_REFUSED.value
    if outcome.state in (RenewalState.RENEWED, RenewalState.ALREADY) and outcome.open is not None:
        return RequestState.CONFIRMED, outcome.open.loan.due_on, ""
    if outcome.state is RenewalState.REFUSED:
        return RequestState.REFUSED, None, (outcome.block or RenewalBlock.ILS_REFUSED).value
    return RequestState.DROPPED, None, ""  # the system keeps a request of its own
