"""Holds: who may wait for what, in which order, and how long a copy waits for them. Pure; docs/rules.md."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from enum import StrEnum

from bot.language.folding import fold
from bot.library.due_dates import Calendar, open_days_after
from bot.library.lending import Patron
from bot.library.model import Branch
from bot.library.policy import LendingPolicy
from bot.quick import dataclass


class HoldState(StrEnum):
    """How far a hold has come."""

    QUEUED = "queued"
    """Waits for a copy."""
    SUSPENDED = "suspended"
    """Keeps its place, and is passed over until a day."""
    ASSIGNED = "assigned"
    """A copy was found: the staff fetch it from the shelf."""
    IN_TRANSIT = "in_transit"
    """The copy is on its way to the pick-up branch."""
    READY = "ready"
    """The copy waits for the reader until ``keep_until``."""
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    """Not needed any more: its own last day has passed."""
    NOT_PICKED_UP = "not_picked_up"
    REFUSED = "refused"


LIVE = frozenset({HoldState.QUEUED, HoldState.SUSPENDED, HoldState.ASSIGNED, HoldState.IN_TRANSIT, HoldState.READY})
WAITING = frozenset({HoldState.QUEUED, HoldState.SUSPENDED})
"""Without a copy yet."""
_NEXT = {
    HoldState.QUEUED: {HoldState.SUSPENDED, HoldState.ASSIGNED, HoldState.EXPIRED},
    HoldState.SUSPENDED: {HoldState.QUEUED, HoldState.EXPIRED},
    HoldState.ASSIGNED: {HoldState.QUEUED, HoldState.IN_TRANSIT, HoldState.READY},
    HoldState.IN_TRANSIT: {HoldState.QUEUED, HoldState.READY},
    HoldState.READY: {HoldState.FULFILLED, HoldState.NOT_PICKED_UP},
}
_ALWAYS = {HoldState.CANCELLED, HoldState.REFUSED}
"""Where a live hold may end at any time, by the reader's word or the staff's."""


def may_become(state: HoldState, later: HoldState) -> bool:
    """Whether a hold may go from one state to another; an ended one goes nowhere."""
    return state in LIVE and (later in _ALWAYS or later in _NEXT[state])


class HoldBlock(StrEnum):
    """Why a hold is not placed; the value is the code, the same for every library system."""

    ALREADY_HAVE = "ALREADY_HAVE"
    CARD_EXPIRED = "CARD_EXPIRED"
    PATRON_BLOCKED = "PATRON_BLOCKED"
    DEBT = "DEBT"
    AGE = "AGE"
    NOT_HOLDABLE = "NOT_HOLDABLE"
    BRANCH_RULE = "BRANCH_RULE"
    PICKUP_INVALID = "PICKUP_INVALID"
    HOLD_LIMIT = "HOLD_LIMIT"
    ILS_REFUSED = "ILS_REFUSED"
    ILS_DOWN = "ILS_DOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A hold that a patron asks for.

    Attributes:
        pickup: Code of the branch where the reader wants to fetch it.
        lendable: Branches that have copies to take home; empty: reference only, or none left.
        pickup_branches: Branches that hand out holds.
        transfers: Whether a copy may travel to another branch.
        age_mark: 0, 6, 12, 16 or 18; None where the records say nothing.
    """

    work_id: int
    pickup: str
    lendable: frozenset[str]
    pickup_branches: frozenset[str]
    transfers: bool = False
    age_mark: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the patron has already.

    Attributes:
        works_on_loan / works_on_hold: Ids of works.
        age: Whole years, None where it is not known.
    """

    works_on_loan: Collection[int] = ()
    works_on_hold: Collection[int] = ()
    age: int | None = None


def why_not(wish: Wish, patron: Patron, standing: Standing, policy: LendingPolicy, today: date) -> HoldBlock | None:
    """What stands in the way of a hold, None where nothing does; the first reason of the table is told."""
    owing = policy.block_if_debt_over is not None and patron.debt > policy.block_if_debt_over
    too_young = wish.age_mark is not None and standing.age is not None and standing.age < wish.age_mark
    reasons = (
        (HoldBlock.ALREADY_HAVE, wish.work_id in standing.works_on_loan or wish.work_id in standing.works_on_hold),
        (HoldBlock.CARD_EXPIRED, policy.block_if_card_expired and _expired(patron, today)),
        (HoldBlock.PATRON_BLOCKED, policy.block_if_restricted and patron.blocked),
        (HoldBlock.DEBT, owing),
        (HoldBlock.AGE, too_young),
        (HoldBlock.NOT_HOLDABLE, not wish.lendable),
        (HoldBlock.PICKUP_INVALID, wish.pickup not in wish.pickup_branches),
        (HoldBlock.BRANCH_RULE, not wish.transfers and wish.pickup not in wish.lendable),
        (HoldBlock.HOLD_LIMIT, policy.max_holds is not None and len(standing.works_on_hold) >= policy.max_holds),
    )
    return next((reason for reason, stands in reasons if stands), None)


def serving(branches: Sequence[Branch], only: Collection[str], never: Collection[str]) -> list[str]:
    """Codes of the branches where a patron is handed books, in their order.

    Args:
        branches: All of the library.
        only: Points of issue as a file names them; where none of them is a branch of ours they are rooms inside one,
            and say nothing here.
        never: The same for those where the patron is not served.
    """

    def named(branch: Branch, points: Collection[str]) -> bool:
        return not {fold(point) for point in points}.isdisjoint(map(fold, (branch.code, branch.name, *branch.aliases)))

    chosen = [branch for branch in branches if named(branch, only)] or branches
    return [branch.code for branch in chosen if not named(branch, never)]


def _expired(patron: Patron, today: date) -> bool:
    return patron.expires_on is not None and patron.expires_on < today


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedHold:
    """A live hold as the queue of its work sees it.

    Attributes:
        placed_at: Orders the queue; of two at the same moment the smaller id is first.
        item_id: The very copy that is waited for, None where any will do.
        pickup: Code of the pick-up branch.
        suspended_until: Passed over before this day.
        needed_until: The last day on which it is wanted, None for always.
    """

    hold_id: int
    patron_id: int
    state: HoldState
    placed_at: datetime
    pickup: str
    item_id: int | None = None
    suspended_until: date | None = None
    needed_until: date | None = None


def in_order(queue: Sequence[QueuedHold]) -> list[QueuedHold]:
    """The live holds, first come first."""
    return sorted((hold for hold in queue if hold.state in LIVE), key=lambda hold: (hold.placed_at, hold.hold_id))


def place_in_queue(hold_id: int, queue: Sequence[QueuedHold], today: date) -> int | None:
    """How many will be served before this hold, itself counted: 1 is next. None where it has a copy or has ended.

    Holds that are suspended today do not count, they will be passed over; those with a copy do not wait.
    """
    waiting = [hold for hold in in_order(queue) if wants_copy(hold, today) or hold.hold_id == hold_id]
    mine = next((place for place, hold in enumerate(waiting, 1) if hold.hold_id == hold_id), None)
    return mine if mine is not None and waiting[mine - 1].state in WAITING else None


def next_for(
    item_id: int, branch_code: str, queue: Sequence[QueuedHold], today: date, *, transfers: bool = False
) -> QueuedHold | None:
    """Whom a copy that has come back to a branch is for; None: it goes to the shelf.

    First come first served; without transfers only those who fetch it at this branch.
    """
    for hold in in_order(queue):
        fits = hold.item_id in (None, item_id) and (transfers or hold.pickup == branch_code)
        if fits and wants_copy(hold, today):
            return hold
    return None


def wants_copy(hold: QueuedHold, today: date) -> bool:
    """Whether it waits for a copy today: it has none, is not suspended, and is still needed."""
    if hold.state not in WAITING or (hold.needed_until is not None and hold.needed_until < today):
        return False
    suspended = hold.state is HoldState.SUSPENDED and (hold.suspended_until is None or hold.suspended_until > today)
    return not suspended


def keep_until(ready_on: date, policy: LendingPolicy, calendar: Calendar) -> date:
    """The last day on which a copy waits on the hold shelf: so many open days of the pick-up branch."""
    return open_days_after(ready_on, policy.hold_days, calendar)
