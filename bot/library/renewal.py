"""May a loan be renewed, until when, and if not, why: a decision table, in its order. Pure; docs/rules.md."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from bot.library.due_dates import Calendar, back_by, capped, due_date, is_overdue
from bot.library.lending import Loan, Patron
from bot.library.policy import Confirmation, HoldsBlock, LendingPolicy, OverdueBlock, RenewalBase
from bot.quick import dataclass, replace

MOST_RENEWALS_FORESEEN = 100
"""Where the rules set no end, looking ahead sets one."""


class RenewalBlock(StrEnum):
    """Why a loan is not renewed; the value is the code of the table.

    The last two never come from the rules: a library system says so, or says nothing.
    """

    LOAN_NOT_FOUND = "LOAN_NOT_FOUND"
    NOT_YOUR_LOAN = "NOT_YOUR_LOAN"
    ITEM_LOST = "ITEM_LOST"
    IN_LIBRARY_ONLY = "IN_LIBRARY_ONLY"
    TYPE_NOT_RENEWABLE = "TYPE_NOT_RENEWABLE"
    CARD_EXPIRED = "CARD_EXPIRED"
    PATRON_BLOCKED = "PATRON_BLOCKED"
    DEBT = "DEBT"
    RENEW_LIMIT = "RENEW_LIMIT"
    REMOTE_LIMIT = "REMOTE_LIMIT"
    OVERDUE = "OVERDUE"
    RECALLED = "RECALLED"
    HOLD_QUEUE = "HOLD_QUEUE"
    BOOKED = "BOOKED"
    TOO_SOON = "TOO_SOON"
    NO_GAIN = "NO_GAIN"
    PERIOD_CAP = "PERIOD_CAP"
    ILS_REFUSED = "ILS_REFUSED"
    ILS_DOWN = "ILS_DOWN"


@dataclass(frozen=True, slots=True)
class WaitingHold:
    """A live hold of another patron on the title.

    Attributes:
        item_id: The very copy that is waited for, None where any will do.
        free_items: Copies on the shelf, ours not among them, that could fill it.
    """

    item_id: int | None = None
    free_items: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class OtherLoan:
    """Another open loan of the patron.

    Attributes:
        calendar / today: Of its own branch: districts may lie in different time zones.
    """

    due_on: date
    calendar: Calendar
    today: date

    @property
    def overdue(self) -> bool:
        """By its own branch's calendar and clock."""
        return is_overdue(self.due_on, self.today, self.calendar)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Everything else that a decision depends on, as it is at one moment.

    Attributes:
        today: The day where the branch of issue stands.
        others: The patron's other open loans.
        waiting: Live holds of others on the title.
        recalled: The copy or the title was called back.
        booked: The copy is promised to others within the new term.
        live: Whether the data are what the library's own system says now; if not, the staff confirm.
        remote: Without the book in hand; False at a desk.
    """

    today: date
    calendar: Calendar
    others: Sequence[OtherLoan] = ()
    waiting: Sequence[WaitingHold] = ()
    recalled: bool = False
    booked: bool = False
    live: bool = True
    remote: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Renewed:
    """The loan goes on.

    Attributes:
        due_on: The new due date.
        pending: True: only once the staff have confirmed it (``PENDING_STAFF``).
        last: The rules allow no further renewal after this one.
    """

    loan: Loan
    due_on: date
    pending: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotRenewed:
    """The loan stays as it is.

    Attributes:
        loan: None for ``LOAN_NOT_FOUND``.
        renewable_from: From which day on this stands in the way no more: with ``TOO_SOON``, and with ``NO_GAIN``
            where waiting helps.
    """

    loan: Loan | None
    block: RenewalBlock
    renewable_from: date | None = None


Renewal = Renewed | NotRenewed


def renew(loan: Loan | None, patron: Patron, policy: LendingPolicy, now: Circumstances) -> Renewal:
    """Decide on one loan; the first rule of the table that stands in the way is the answer."""
    if loan is None:
        return NotRenewed(loan=None, block=RenewalBlock.LOAN_NOT_FOUND)
    block = _by_loan(loan, patron, policy) or _by_patron(patron, policy, now.today) or _by_use(loan, policy, now)
    if block is not None:
        return NotRenewed(loan=loan, block=block)
    first_day = _first_day(loan, policy)
    if first_day is not None and now.today < first_day:
        return NotRenewed(loan=loan, block=RenewalBlock.TOO_SOON, renewable_from=first_day)
    due, until = _new_due_date(loan, patron, policy, now.calendar, now.today), _until(loan, now.calendar)
    if due <= until:
        gains_from = _first_gain(loan, patron, policy, now)
        return NotRenewed(loan=loan, block=RenewalBlock.NO_GAIN, renewable_from=gains_from)
    due = capped(due, loan.issued_on, policy, now.calendar)
    if due <= until:
        return NotRenewed(loan=loan, block=RenewalBlock.PERIOD_CAP)
    asks_staff = policy.confirmation is Confirmation.STAFF and now.remote  # at a desk it is they who renew
    last = renewals_left(loan, policy, remote=now.remote) <= 1
    return Renewed(loan=loan, due_on=due, pending=asks_staff or not now.live, last=last)


def renewals_left(loan: Loan, policy: LendingPolicy, *, remote: bool = True) -> int:
    """How often the loan may still be renewed, from afar or shown every time, as far as counting goes."""
    left = policy.renewals_allowed - loan.renewals
    if remote and policy.remote_renewals_allowed is not None:
        left = min(left, policy.remote_renewals_allowed - loan.remote_renewals)
    return max(left, 0)


def renewed_loan(outcome: Renewed, *, remote: bool = True) -> Loan:
    """The loan after its renewal; at a desk the remote ones begin anew."""
    loan = outcome.loan
    return replace(
        loan,
        due_on=outcome.due_on,
        renewals=loan.renewals + 1,
        remote_renewals=loan.remote_renewals + 1 if remote else 0,
    )


def last_due_date(loan: Loan, patron: Patron, policy: LendingPolicy, now: Circumstances) -> date:
    """How long the book may stay at most, renewed on every due date as their others are, if nobody else wants it."""
    late = [other for other in now.others if other.overdue]
    alone = replace(now, waiting=(), recalled=False, booked=False, others=late)
    for _ in range(MOST_RENEWALS_FORESEEN):
        then = replace(alone, today=max(loan.due_on, now.today))
        outcome = renew(loan, patron, policy, then)
        if isinstance(outcome, NotRenewed):
            break
        loan = renewed_loan(outcome, remote=now.remote)
    return _until(loan, now.calendar)


# --- the table, in its order ---------------------------------------------------------------------


def _by_loan(loan: Loan, patron: Patron, policy: LendingPolicy) -> RenewalBlock | None:
    if loan.patron_id != patron.patron_id:
        return RenewalBlock.NOT_YOUR_LOAN
    if loan.missing:
        return RenewalBlock.ITEM_LOST
    if loan.reading_room:
        return RenewalBlock.IN_LIBRARY_ONLY
    if loan.high_demand or policy.renewals_allowed <= 0:
        return RenewalBlock.TYPE_NOT_RENEWABLE
    return None


def _by_patron(patron: Patron, policy: LendingPolicy, today: date) -> RenewalBlock | None:
    if policy.block_if_card_expired and patron.expires_on is not None and patron.expires_on < today:
        return RenewalBlock.CARD_EXPIRED
    if policy.block_if_restricted and patron.blocked:
        return RenewalBlock.PATRON_BLOCKED
    if policy.block_if_debt_over is not None and patron.debt > policy.block_if_debt_over:
        return RenewalBlock.DEBT
    return None


def _by_use(loan: Loan, policy: LendingPolicy, now: Circumstances) -> RenewalBlock | None:
    blocks = (
        (RenewalBlock.RENEW_LIMIT, loan.renewals >= policy.renewals_allowed),
        (RenewalBlock.REMOTE_LIMIT, now.remote and _remote_limit(loan, policy)),
        (RenewalBlock.OVERDUE, _late(loan, policy, now)),
        (RenewalBlock.RECALLED, now.recalled),
        (RenewalBlock.HOLD_QUEUE, _wanted(loan, policy, now.waiting)),
        (RenewalBlock.BOOKED, now.booked),
    )
    return next((block for block, stands in blocks if stands), None)


def _remote_limit(loan: Loan, policy: LendingPolicy) -> bool:
    return policy.remote_renewals_allowed is not None and loan.remote_renewals >= policy.remote_renewals_allowed


def _late(loan: Loan, policy: LendingPolicy, now: Circumstances) -> bool:
    if policy.block_if_overdue is OverdueBlock.NONE:
        return False
    if is_overdue(loan.due_on, now.today, now.calendar):
        return True
    return policy.block_if_overdue is OverdueBlock.ANY and any(other.overdue for other in now.others)


def _until(loan: Loan, calendar: Calendar) -> date:
    """Until when it may stay as it is, closed days counted in; the due date where nobody knows when it opens."""
    return back_by(loan.due_on, calendar) or loan.due_on


def _first_day(loan: Loan, policy: LendingPolicy) -> date | None:
    if policy.no_renewal_before_days is None:
        return None
    return loan.due_on - timedelta(days=policy.no_renewal_before_days)


def _new_due_date(loan: Loan, patron: Patron, policy: LendingPolicy, calendar: Calendar, today: date) -> date:
    """What a renewal on that day would come to, without the cap on the total time."""
    start = today if policy.renewal_base is RenewalBase.TODAY else loan.due_on
    days = policy.loan_days if policy.renewal_days is None else policy.renewal_days
    return due_date(start, days, policy, calendar, patron.expires_on)


def _first_gain(loan: Loan, patron: Patron, policy: LendingPolicy, now: Circumstances) -> date | None:
    """From which day on a renewal would gain something; None where no waiting helps: the date is as late as may be."""
    if policy.renewal_base is not RenewalBase.TODAY:
        return None
    days = policy.loan_days if policy.renewal_days is None else policy.renewal_days
    until = _until(loan, now.calendar)
    day = max(now.today, loan.due_on - timedelta(days=days)) + timedelta(days=1)
    while day <= until:
        if _new_due_date(loan, patron, policy, now.calendar, day) > until:
            return day
        day += timedelta(days=1)
    return None


def _wanted(loan: Loan, policy: LendingPolicy, waiting: Sequence[WaitingHold]) -> bool:
    """Whether somebody waits who can be served by this copy only; ``item_id`` holds on it always count."""
    if any(hold.item_id == loan.item_id for hold in waiting):
        return True
    match policy.block_on_holds:
        case HoldsBlock.NONE | HoldsBlock.ITEM:
            return False
        case HoldsBlock.TITLE:
            return any(hold.item_id is None for hold in waiting)
        case HoldsBlock.TITLE_UNLESS_FREE_COPIES:
            return not all_filled(_wishes(waiting))


def _wishes(waiting: Sequence[WaitingHold]) -> list[frozenset[int]]:
    """The copies on the shelf that may serve those who take any: not the ones that others wait for by number."""
    promised: set[int] = set()
    for hold in waiting:
        if hold.item_id is not None:
            promised.update(sorted(hold.free_items - promised)[:1])
    return [hold.free_items - promised for hold in waiting if hold.item_id is None]


def all_filled(wishes: Sequence[frozenset[int]]) -> bool:
    """Whether every wish can have a copy of its own: a one-to-one matching, not a count."""
    taken_by: dict[int, int] = {}

    def place(wish: int, seen: set[int]) -> bool:
        for item in wishes[wish]:
            if item in seen:
                continue
            seen.add(item)
            if item not in taken_by or place(taken_by[item], seen):
                taken_by[item] = wish
                return True
        return False

    return all(place(wish, set()) for wish in range(len(wishes)))
