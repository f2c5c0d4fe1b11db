"""The reader's account, as handlers ask for it: whose it is, what is lent, what is waited for.

Behind these ports may stand our own store, imported files, paper, or a library system that answers now,
late or not at all: the results say which. Writing calls carry a ``key`` (the message that asked):
the same key again changes nothing and returns the first outcome, so a turn that is repeated after a
crash, or a system that answers late, never renews twice.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar, runtime_checkable

from bot.library.holds import HoldState
from bot.library.lending import Loan
from bot.library.renewal import Renewal, RenewalBlock
from bot.messages import Contact

Value = TypeVar("Value")


# --- what a circulation system answers -----------------------------------------------------------


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
    """What a circulation system may be able to do."""

    LOANS = "loans"
    RENEW = "renew"
    HOLDS = "holds"
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
    overdue: bool = False
    renewals_left: int | None = None
    if_renewed: Renewal | None = None
    last_due_on: date | None = None
    requested: bool = False
    keeping: Keeping = Keeping.LIVE


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


class RequestCause(StrEnum):
    """Why a renewal was not done at once."""

    STAFF = "staff"
    """The staff have to confirm it: by the rules, or because the branch's loans are not kept live."""
    DOWN = "down"
    """The library system did not answer: it is asked again later."""
    UNKNOWN = "unknown"
    """The system was asked and did not answer: its loans are read again before anybody is told."""


class RequestState(StrEnum):
    """How far a request for a renewal has come."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    DROPPED = "dropped"
    """The loan has ended or was renewed otherwise: there is nothing left to decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewalRequest:
    """A renewal that waits for a decision, or has got it.

    Attributes:
        title / card_number / name: What and whose, as the staff look it up.
        due_before: The due date that is to be moved.
        due_on: While it waits: what the rules would make of it; confirmed: the new due date.
        code: Refused: a value of ``RenewalBlock``, "" where the staff only gave a reason.
        reason: Refused: the staff's own words for the reader.
        key: The message that asked.
    """

    request_id: int
    loan_id: int
    patron_id: int
    branch_code: str
    card_number: str
    title: str
    name: str = ""
    cause: RequestCause
    state: RequestState
    asked_at: datetime
    due_before: date
    due_on: date | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
    code: str = ""
    reason: str = ""
    key: str = ""


class Requests(Protocol):
    """Renewals that wait for the staff. Raises StoreUnavailable."""

    async def waiting(self, branches: Collection[str] = (), limit: int = 100) -> Sequence[RenewalRequest]:
        """What waits at these branches (empty: at all), the longest first."""
        ...

    async def find(self, request_id: int) -> RenewalRequest | None:
        """One request, decided or not; None where there is none of this number."""
        ...

    async def confirm(self, request_id: int, by: str, due_on: date | None = None) -> RenewalRequest | None:
        """Renew as asked, or until the day that the staff choose; None where nothing waits under this number.

        The same again returns the first decision. A loan that has ended makes it ``DROPPED``.
        """
        ...

    async def refuse(self, request_id: int, by: str, reason: str, code: str = "") -> RenewalRequest | None:
        """Leave the loan as it is, with a reason that the reader is told."""
        ...

    async def decided(self, after: datetime, limit: int = 100) -> Sequence[RenewalRequest]:
        """Decisions since a moment, the oldest first: what readers have to be told of."""
        ...


class Unsettled(Protocol):
    """Renewals that a library system owes an answer: it was away, or did not answer. Raises StoreUnavailable."""

    async def keep(self, loans: Sequence[OpenLoan], cause: RequestCause, key: str) -> None:
        """Remember that these were to be renewed; one that waits already is left as it is."""
        ...

    async def loans_of(self, patron_id: int) -> Collection[int]:
        """Ids of the patron's loans that wait."""
        ...

    async def due(self, limit: int = 100) -> Sequence[RenewalRequest]:
        """What waits for the system (``DOWN``, ``UNKNOWN``), the longest first."""
        ...

    async def doubt(self, request_id: int) -> None:
        """It was asked again and did not answer: from now on it is only looked up (``UNKNOWN``)."""
        ...

    async def settle(
        self, request_id: int, state: RequestState, due_on: date | None = None, code: str = "", raw: str = ""
    ) -> None:
        """Keep the final answer; readers are told of it as of a decision of the staff."""
        ...


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


@runtime_checkable
class ReadsMany(Protocol):
    """A circulation that tells of many patrons as cheaply as of one."""

    async def loans_of(self, patron_ids: Collection[int]) -> Mapping[int, Result[tuple[OpenLoan, ...]]]:
        """As ``Circulation.loans``, for each of them; a fixed number of queries for all."""
        ...


# --- whose account it is -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Cardholder:
    """A patron behind a contact.

    Attributes:
        given_name: All that is ever said of a name; "" where it is not known.
        card_number: Shown only to the contact itself.
        child: Linked by a guardian, spoken of by the given name.
    """

    patron_id: int
    card_number: str
    given_name: str = ""
    branch_code: str = ""
    valid_until: date | None = None
    child: bool = False


class Proof(StrEnum):
    """How a reader may prove that a card is theirs."""

    CODE = "code"
    """A one-time code from the desk."""
    PIN = "pin"
    """Card number and PIN."""
    BIRTH_DATE = "birth_date"
    """Card number and date of birth."""
    PHONE = "phone"
    """A number that the messenger vouches for."""


class LinkState(StrEnum):
    """What became of an attempt to link a card."""

    LINKED = "linked"
    ALREADY = "already"
    """This contact has that card."""
    WRONG = "wrong"
    """Whatever was wrong: it is never said whether a card exists."""
    LOCKED = "locked"
    """Too many attempts: later, or at the desk."""
    NO_CONSENT = "no_consent"
    OFF = "off"
    """The library does not allow this way of proof."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """The outcome of an attempt; ``until`` with ``LOCKED``."""

    state: LinkState
    holder: Cardholder | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentText:
    """What is agreed to: its version is the digest of its words."""

    purpose: str
    version: str
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWishes:
    """How a patron wants to be reminded.

    Attributes:
        due_days: So many days before the due date, each one message.
        overdue: Whether to be told of overdue books.
        hide_titles: For a phone that others look at: «1 книга», no titles.
        muted: Nothing at all, but the answers to what they ask.
        here: At this contact before all others; the latest choice of a patron counts.
    """

    due_days: tuple[int, ...] = (3, 1)
    overdue: bool = True
    hide_titles: bool = False
    muted: bool = False
    here: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherChats:
    """The other contacts of the reader's own card.

    Attributes:
        linked: There are some.
        stopped: They said stop at one of them and have not asked for notices here since: nothing comes here, either.
    """

    linked: bool = False
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a contact may see.

    Attributes:
        holders: Their own card first, then children's; empty where no card is linked.
        consent: Whether they have agreed to the text that is in force.
        suspended: A card is linked that the register no longer has: nothing of it is told until it is back there.
    """

    holders: tuple[Cardholder, ...] = ()
    consent: bool = False
    suspended: bool = False
    wishes: NoticeWishes = field(default_factory=NoticeWishes)
    other_chats: OtherChats = field(default_factory=OtherChats)


class Accounts(Protocol):
    """Contacts and the cards behind them. Every attempt and link goes into the audit log."""

    async def behind(self, contact: Contact) -> Account:
        """Who it is, in one query."""
        ...

    def proofs(self) -> Collection[Proof]:
        """The ways of proof that the library allows; the code from the desk is always one."""
        ...

    def consent_text(self, language: str) -> ConsentText:
        """What must be agreed to before anything personal is kept."""
        ...

    async def agree(self, contact: Contact, version: str, key: str) -> None:
        """Keep the consent: version, moment, channel, message."""
        ...

    async def withdraw(self, contact: Contact, key: str) -> None:
        """Take the consent back: cards are unlinked at once, the record of both words stays."""
        ...

    async def link_by_code(self, contact: Contact, code: str, key: str) -> Linking:
        """By a one-time code from the desk."""
        ...

    async def link_by_card(self, contact: Contact, card_number: str, secret: str, key: str) -> Linking:
        """By card number and PIN or birth date, where the library allows it; the secret is kept nowhere."""
        ...

    async def link_by_phone(self, contact: Contact, number: str, key: str) -> Linking:
        """By a phone number that the messenger vouches for."""
        ...

    async def unlink(self, contact: Contact, patron_id: int | None, key: str) -> int:
        """Forget one card, or all; returns how many were linked."""
        ...

    async def wish(self, contact: Contact, wishes: NoticeWishes) -> None:
        """How they want to be reminded from now on; ``here`` makes this contact the latest choice."""
        ...

    async def export(self, contact: Contact) -> bytes:
        """All that is kept of them, as JSON that a person can read."""
        ...

    async def erase(self, contact: Contact, key: str) -> None:
        """Forget the person: words, names, links; the figures stay without them."""
        ...
