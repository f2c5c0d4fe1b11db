"""Loans and holds in memory, by the real rules of ``bot.library``: what is done once stays so, whoever asks again."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from bot.circulation import (
    Ability,
    Keeping,
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
from bot.clock import local_day
from bot.library.due_dates import BranchCalendar, is_overdue, shut_on
from bot.library.holds import (
    HoldBlock,
    HoldState,
    QueuedHold,
    Standing,
    Wish,
    in_order,
    keep_until,
    place_in_queue,
    why_not,
)
from bot.library.lending import Loan, Patron
from bot.library.model import Branch, SpecialDays
from bot.library.policy import Confirmation, LendingPolicy
from bot.library.renewal import (
    Circumstances,
    NotRenewed,
    OtherLoan,
    RenewalBlock,
    WaitingHold,
    last_due_date,
    renew,
    renewals_left,
    renewed_loan,
)
from tests.support.clock import StandingClock
from tests.support.fake_library import CENTRAL, CHILDREN, HOLIDAYS, VILLAGE

BRANCHES = {branch.code: branch for branch in (CENTRAL, CHILDREN, VILLAGE)}
EVERYTHING = frozenset(Ability)


@dataclass
class _Lent:
    loan: Loan
    title: str
    author: str
    work_id: int | None
    wanted: bool = False
    recalled: bool = False
    booked: bool = False
    requested: bool = False


@dataclass
class _Hold:
    queued: QueuedHold
    work_id: int
    keep_until: date | None = None


@dataclass
class FakeCirculation:
    """Fills ``Circulation``.

    Attributes:
        policy: The rules of every branch.
        away: Set it, and nothing is answered: the library system is down.
        as_of: Since when everything is known; None: it is so now.
        mute: Set it, and a renewal is asked for and not answered.
        days: What the staff said of days, at every branch.
        calls: Writing calls that were let through, for tests of what was asked.
    """

    clock: StandingClock
    policy: LendingPolicy = field(default_factory=lambda: LendingPolicy(confirmation=Confirmation.AUTO))
    able: frozenset[Ability] = EVERYTHING
    away: float = 0.0
    mute: bool = False
    as_of: datetime | None = None
    patrons: dict[int, Patron] = field(default_factory=dict)
    works: dict[int, tuple[str, str, frozenset[str], int | None]] = field(default_factory=dict)
    pickups: tuple[str, ...] = ("01", "02")
    transfers: bool = True
    lent: dict[int, _Lent] = field(default_factory=dict)
    waits: dict[int, _Hold] = field(default_factory=dict)
    refuses: str = ""
    keeping: Keeping = Keeping.LIVE
    days: tuple[SpecialDays, ...] = ()
    ages: dict[int, int] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    outcomes: dict[str, Any] = field(default_factory=dict)

    # --- what a test arranges --------------------------------------------------------------------

    def lends(self, patron_id: int, title: str, due: date, author: str = "", *, branch: Branch = CENTRAL,
              work_id: int | None = None, wanted: bool = False, recalled: bool = False, booked: bool = False,
              issued: date = date(2026, 2, 16), **more: object) -> int:  # fmt: skip
        """A book goes home with a patron; returns the loan's id."""
        loan_id = len(self.lent) + 101
        loan = Loan(
            loan_id=loan_id, patron_id=patron_id, item_id=loan_id, branch_code=branch.code, issued_on=issued, due_on=due
        )
        loan = replace(loan, **more)  # type: ignore[arg-type]
        self.lent[loan_id] = _Lent(loan, title, author, work_id, wanted, recalled, booked)
        return loan_id

    def takes_back(self, loan_id: int) -> None:
        """The book comes back."""
        del self.lent[loan_id]

    def knows(self, work_id: int, title: str, author: str = "", *, at: Sequence[Branch] = (CENTRAL,),
              age_mark: int | None = None) -> None:  # fmt: skip
        """A work that readers may wait for, with copies to take home at some branches."""
        self.works[work_id] = (title, author, frozenset(branch.code for branch in at), age_mark)

    def waits_for(self, patron_id: int, work_id: int, *, pickup: str = "01", state: HoldState = HoldState.QUEUED,
                  until: date | None = None) -> int:  # fmt: skip
        """A patron waits already; returns the hold's id."""
        hold_id = len(self.waits) + 501
        queued = QueuedHold(
            hold_id=hold_id, patron_id=patron_id, state=state, placed_at=self.clock.now(), pickup=pickup,
            suspended_until=until,
        )  # fmt: skip
        ready = keep_until(self._today(pickup), self.policy, self._calendar(pickup))
        self.waits[hold_id] = _Hold(queued, work_id, ready if state is HoldState.READY else None)
        return hold_id

    # --- loans -----------------------------------------------------------------------------------

    def abilities(self, branch_code: str) -> Collection[Ability]:
        assert branch_code
        return self.able

    async def loans(self, patron_id: int) -> Result[tuple[OpenLoan, ...]]:
        if self.away:
            return Unavailable(self.away)
        mine = [lent for lent in self.lent.values() if lent.loan.patron_id == patron_id]
        mine.sort(key=lambda lent: (lent.loan.due_on, lent.loan.loan_id))
        return Ok(tuple(self._open(lent) for lent in mine), self.as_of)

    async def renew(
        self, patron_id: int, wishes: Sequence[RenewalWish], key: str
    ) -> Result[tuple[RenewalOutcome, ...]]:
        if Ability.RENEW not in self.able:
            return Unsupported()
        if self.away:
            return Unavailable(self.away)
        if key not in self.outcomes:
            self.calls.append(f"renew {patron_id} {len(wishes)}")
            self.outcomes[key] = Ok(tuple(self._renewed(patron_id, wish) for wish in wishes))
        kept: Result[Any] = self.outcomes[key]
        return kept

    def _renewed(self, patron_id: int, wish: RenewalWish) -> RenewalOutcome:
        lent = self.lent.get(wish.loan_id)
        if lent is None or lent.loan.patron_id != patron_id:
            return RenewalOutcome(state=RenewalState.REFUSED, open=None, block=RenewalBlock.LOAN_NOT_FOUND)
        if wish.seen_due_on is not None and wish.seen_due_on != lent.loan.due_on:
            return RenewalOutcome(state=RenewalState.ALREADY, open=self._open(lent))
        if self.mute or self.refuses:
            state = RenewalState.UNKNOWN if self.mute else RenewalState.REFUSED
            block = RenewalBlock(self.refuses) if self.refuses else None
            return RenewalOutcome(state=state, open=self._open(lent), block=block)
        return self._by_the_rules(patron_id, lent)

    def _by_the_rules(self, patron_id: int, lent: _Lent) -> RenewalOutcome:
        outcome = renew(lent.loan, self._patron(patron_id), self.policy, self._now(lent))
        if isinstance(outcome, NotRenewed):
            return RenewalOutcome(
                state=RenewalState.REFUSED,
                open=self._open(lent),
                block=outcome.block,
                renewable_from=outcome.renewable_from,
            )
        if outcome.pending:
            lent.requested = True
            return RenewalOutcome(state=RenewalState.REQUESTED, open=self._open(lent))
        lent.loan = renewed_loan(outcome)
        return RenewalOutcome(state=RenewalState.RENEWED, open=self._open(lent), last=outcome.last)

    def _open(self, lent: _Lent) -> OpenLoan:
        now, patron = self._now(lent), self._patron(lent.loan.patron_id)
        return OpenLoan(
            loan=lent.loan,
            title=lent.title,
            author=lent.author,
            work_id=lent.work_id,
            shut=shut_on(lent.loan.due_on, now.calendar),
            overdue=is_overdue(lent.loan.due_on, now.today, now.calendar),
            renewals_left=renewals_left(lent.loan, self.policy),
            if_renewed=renew(lent.loan, patron, self.policy, now),
            last_due_on=last_due_date(lent.loan, patron, self.policy, now),
            requested=lent.requested,
            keeping=self.keeping,
        )

    def _now(self, lent: _Lent) -> Circumstances:
        others = [
            OtherLoan(other.loan.due_on, self._calendar(other.loan.branch_code), self._today(other.loan.branch_code))
            for other in self.lent.values()
            if other.loan.patron_id == lent.loan.patron_id and other is not lent
        ]
        return Circumstances(
            today=self._today(lent.loan.branch_code),
            calendar=self._calendar(lent.loan.branch_code),
            others=others,
            waiting=[WaitingHold()] if lent.wanted else [],
            recalled=lent.recalled,
            booked=lent.booked,
            live=self.keeping is Keeping.LIVE,
        )

    def _patron(self, patron_id: int) -> Patron:
        return self.patrons.get(patron_id, Patron(patron_id=patron_id))

    def _today(self, branch_code: str) -> date:
        return local_day(self.clock.now(), BRANCHES[branch_code].zone)

    def _calendar(self, branch_code: str) -> BranchCalendar:
        hours = BRANCHES[branch_code].hours
        return BranchCalendar(hours and replace(hours, days=self.days), HOLIDAYS)

    # --- holds -----------------------------------------------------------------------------------

    async def holds(self, patron_id: int) -> Result[tuple[OpenHold, ...]]:
        if self.away:
            return Unavailable(self.away)
        mine = [hold for hold in in_order([one.queued for one in self.waits.values()]) if hold.patron_id == patron_id]
        mine.sort(key=lambda hold: hold.state is not HoldState.READY)
        return Ok(tuple(self._shown(self.waits[hold.hold_id]) for hold in mine), self.as_of)

    async def pickup_branches(self, patron_id: int, work_id: int) -> Result[tuple[str, ...]]:
        if self.away:
            return Unavailable(self.away)
        lendable = self.works[work_id][2]
        if not lendable:
            return Ok(())
        reach = self.pickups if self.transfers else tuple(code for code in self.pickups if code in lendable)
        return Ok(tuple(sorted(reach, key=lambda code: code not in lendable)))

    async def place_hold(self, patron_id: int, work_id: int, pickup: str, key: str) -> Result[OpenHold]:
        if self.away:
            return Unavailable(self.away)
        if key not in self.outcomes:
            self.calls.append(f"hold {patron_id} {work_id} {pickup}")
            self.outcomes[key] = self._placed(patron_id, work_id, pickup)
        kept: Result[Any] = self.outcomes[key]
        return kept

    def _placed(self, patron_id: int, work_id: int, pickup: str) -> Result[OpenHold]:
        _title, _author, lendable, age_mark = self.works[work_id]
        wish = Wish(
            work_id=work_id, pickup=pickup, lendable=lendable, pickup_branches=frozenset(self.pickups),
            transfers=self.transfers, age_mark=age_mark,
        )  # fmt: skip
        mine = [one for one in self.waits.values() if one.queued.patron_id == patron_id]
        standing = Standing(
            works_on_loan=[
                lent.work_id for lent in self.lent.values() if lent.loan.patron_id == patron_id and lent.work_id
            ],
            works_on_hold=[one.work_id for one in mine],
            age=self.ages.get(patron_id),
        )
        block = HoldBlock(self.refuses) if self.refuses else None
        block = block or why_not(wish, self._patron(patron_id), standing, self.policy, self._today("01"))
        if block is not None:
            return Refused(block, raw="raw words of the system")
        return Ok(self._shown(self.waits[self.waits_for(patron_id, work_id, pickup=pickup)]))

    async def cancel_hold(self, patron_id: int, hold_id: int, key: str) -> Result[OpenHold]:
        if Ability.CANCEL_HOLD not in self.able:
            return Unsupported()
        if self.away:
            return Unavailable(self.away)
        if key not in self.outcomes:
            self.calls.append(f"cancel {hold_id}")
            shown = self._shown(self.waits[hold_id])
            assert self.waits.pop(hold_id).queued.patron_id == patron_id
            self.outcomes[key] = Ok(replace(shown, state=HoldState.CANCELLED))
        kept: Result[Any] = self.outcomes[key]
        return kept

    async def suspend_hold(self, patron_id: int, hold_id: int, until: date | None, key: str) -> Result[OpenHold]:
        if Ability.SUSPEND_HOLD not in self.able:
            return Unsupported()
        if self.away:
            return Unavailable(self.away)
        if key not in self.outcomes:
            hold = self.waits[hold_id]
            assert hold.queued.patron_id == patron_id
            state = HoldState.SUSPENDED if until else HoldState.QUEUED
            hold.queued = replace(hold.queued, state=state, suspended_until=until)
            self.outcomes[key] = Ok(self._shown(hold))
        kept: Result[Any] = self.outcomes[key]
        return kept

    def _shown(self, hold: _Hold) -> OpenHold:
        title, author, _lendable, _age = self.works[hold.work_id]
        queue = [one.queued for one in self.waits.values() if one.work_id == hold.work_id]
        return OpenHold(
            hold_id=hold.queued.hold_id,
            work_id=hold.work_id,
            title=title,
            author=author,
            state=hold.queued.state,
            pickup=hold.queued.pickup,
            placed_at=hold.queued.placed_at,
            place=place_in_queue(hold.queued.hold_id, queue, self._today(hold.queued.pickup)),
            keep_until=hold.keep_until,
            suspended_until=hold.queued.suspended_until,
        )
