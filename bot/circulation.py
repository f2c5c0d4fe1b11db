"""Loans and holds, as handlers ask for them: what is lent, what is waited for.

Behind this port may stand our own store, imported files, paper, or a library system that answers now,
late or not at all: the results say which. Writing calls carry a ``key`` (the message that asked):
the same key again changes nothing and returns the first outcome, so a turn that is repeated after a
crash, or a system that answers late, never renews twice.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar, runtime_checkable

from bot.library.due_dates import Shut
from bot.library.holds import HoldState
from bot.library.lending import Loan
from bot.library.renewal import Renewal, RenewalBlock
from bot.quick import dataclass

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Ok(Generic[Value]):
    """It answered; ``as_of`` tells since when it is known, None where it is so now."""

    value: Value
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """It said no.

    Attributes:
        code: A value of ``RenewalBlock`` or ``HoldBlock``.
        raw: The system's own words, for the staff.
    """

    code: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """It does not answer now. Of a writing call: nothing was done, or nobody can tell yet."""

    retry_after_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Unsupported:
    """It cannot do that at all: the reader is told where it can be done."""


Result = Ok[Value] | Refused | Unavailable | Unsupported


class Ability(StrEnum):
    """What a circulation system may be able to do: no button offers what it cannot.

    What it cannot tell of (loans on paper) needs no word here: asked for that it answers ``Unsupported``.
    """

    RENEW = "renew"
    PLACE_HOLD = "place_hold"
    CANCEL_HOLD = "cancel_hold"
    SUSPEND_HOLD = "suspend_hold"


class Keeping(StrEnum):
    """How a branch keeps its loans: how far an answer about them can be trusted."""

    LIVE = "live"
    """What is said is so now, and what is done is done."""
    SNAPSHOT = "snapshot"
    """Imported files: true as of the import; a renewal is a request that the staff confirm."""
    MANUAL = "manual"
    """Paper: only requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLoan:
    """A loan as its reader is told of it.

    Attributes:
        work_id: None where the copy is of no work that the catalogue knows.
        shut: The branch is closed on the due date; None where it is open (``bot.library.due_dates.shut_on``).
        overdue: By the calendar of the branch of issue.
        renewals_left: As far as counting goes; None where the rules are not ours to know.
        if_renewed: What a renewal now would come to; None where only asking can tell.
        last_due_on: Until when it may stay at most, renewed every time, if nobody else wants it
            (``bot.library.renewal.last_due_date``); None where only asking can tell.
        requested: A renewal of it waits for the staff.
        keeping: How its branch keeps its loans.
    """

    loan: Loan
    title: str
    author: str = ""
    work_id: int | None = None
    shut: Shut | None = None
    overdue: bool = False
    renewals_left: int | None = None
    if_renewed: Renewal | None = None
    last_due_on: date | None = None
    requested: bool = False
    keeping: Keeping = Keeping.LIVE

    @property
    def back_by(self) -> date | None:
        """The day that readers are told: until then it is in time. None while the branch is closed, who knows how long.

        ``loan.due_on`` is what is kept: buttons, requests and the staff's lists go by that.
        """
        return self.loan.due_on if self.shut is None else self.shut.opens_on

    @property
    def until(self) -> date:
        """The same where some day has to be named: the due date while nobody knows a later one."""
        return self.back_by or self.loan.due_on


@dataclass(frozen=True, slots=True)
class RenewalWish:
    """One loan to renew; ``seen_due_on`` is the date that the reader saw, None where they saw none.

    A loan that has another date by now was renewed already: it is left alone.
    """

    loan_id: int
    seen_due_on: date | None = None


class RenewalState(StrEnum):
    """What became of a wish."""

    RENEWED = "renewed"
    ALREADY = "already"
    """It was renewed since the reader saw it."""
    REQUESTED = "requested"
    """The staff will confirm or refuse it, and the reader hears then."""
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The system was asked and did not answer: it will be looked up, and the reader hears then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalOutcome:
    """What became of one wish.

    Attributes:
        open: The loan as it is now; None where there is no such loan of this patron.
        block: With ``REFUSED``.
        renewable_from: With ``TOO_SOON`` and ``NO_GAIN``: from when on it will be possible, None where never.
        last: With ``RENEWED``: it cannot be renewed again.
    """

    state: RenewalState
    open: OpenLoan | None
    block: RenewalBlock | None = None
    renewable_from: date | None = None
    last: bool = False
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHold:
    """A live hold as its reader is told of it.

    Attributes:
        place: How many will be served before it, itself counted; None where it has a copy or nobody can tell.
        pickup: Code of the branch where it is fetched.
        keep_until: With ``READY``: the last day.
    """

    hold_id: int
    work_id: int
    title: str
    author: str = ""
    state: HoldState
    pickup: str
    placed_at: datetime
    place: int | None = None
    keep_until: date | None = None
    suspended_until: date | None = None


class Circulation(Protocol):
    """Loans and holds of patrons, whatever keeps them. Raises StoreUnavailable where our own store is away."""

    def abilities(self, branch_code: str) -> Collection[Ability]:
        """What can be done for loans and holds of a branch."""
        ...

    async def loans(self, patron_id: int) -> Result[tuple[OpenLoan, ...]]:
        """What the patron has at home, the earliest due first; a fixed number of queries."""
        ...

    async def renew(
        self, patron_id: int, wishes: Sequence[RenewalWish], key: str
    ) -> Result[tuple[RenewalOutcome, ...]]:
        """Renew several loans, each decided for itself; one outcome a wish, in their order."""
        ...

    async def holds(self, patron_id: int) -> Result[tuple[OpenHold, ...]]:
        """The patron's live holds, those that wait on the shelf first."""
        ...

    async def pickup_branches(self, patron_id: int, work_id: int) -> Result[tuple[str, ...]]:
        """Codes of the branches where this work could be fetched, the likeliest first."""
        ...

    async def place_hold(self, patron_id: int, work_id: int, pickup: str, key: str) -> Result[OpenHold]:
        """Wait for any copy of a work. Refused with a ``HoldBlock``."""
        ...

    async def cancel_hold(self, patron_id: int, hold_id: int, key: str) -> Result[OpenHold]:
        """Do not wait any more."""
        ...

    async def suspend_hold(self, patron_id: int, hold_id: int, until: date | None, key: str) -> Result[OpenHold]:
        """Let others pass until a day; None goes on waiting at once."""
        ...


class DeskLoans(Protocol):
    """Loans at a desk, the books in hand: the rules there are others. Raises StoreUnavailable."""

    async def loans(self, patron_id: int) -> Result[tuple[OpenLoan, ...]]:
        """As :meth:`Circulation.loans`; what a renewal would come to is told for a book that is shown."""
        ...

    async def renew(
        self, patron_id: int, wishes: Sequence[RenewalWish], key: str, by: str
    ) -> Result[tuple[RenewalOutcome, ...]]:
        """As :meth:`Circulation.renew`, by one of the staff: renewals from afar are counted anew from then on."""
        ...


@runtime_checkable
class ReadsMany(Protocol):
    """A circulation that tells of many patrons as cheaply as of one."""

    async def loans_of(self, patron_ids: Collection[int]) -> Mapping[int, Result[tuple[OpenLoan, ...]]]:
        """As ``Circulation.loans``, for each of them; a fixed number of queries for all."""
        ...
