"""Renewals that were not done at once: what waits for the staff, and what a library system owes an answer."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.circulation import OpenLoan
from bot.quick import dataclass


class RequestCause(StrEnum):
    """Why a renewal was not done at once."""

    STAFF = "staff"
    """The staff have to confirm it: by the rules, or because the branch's loans are not kept live."""
    DESK = "desk"
    """The same, asked for at the desk with the book in hand: the branch's loans are kept by files or on paper."""
    DOWN = "down"
    """The library system did not answer: it is asked again later."""
    UNKNOWN = "unknown"
    """The system was asked and did not answer: its loans are read again before anybody is told."""


FOR_THE_STAFF = frozenset({RequestCause.STAFF, RequestCause.DESK})
"""What waits for a person, and for no system."""


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


DECISION_RESTS = timedelta(seconds=30)
"""So long whoever decided about a request may take it back; its reader is told of it only after that."""


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

        The same again returns the first decision. A loan that has ended makes it ``DROPPED``. It goes on waiting where
        no day is chosen and the rules give none that is later.
        """
        ...

    async def refuse(self, request_id: int, by: str, reason: str, code: str = "") -> RenewalRequest | None:
        """Leave the loan as it is, with a reason that the reader is told."""
        ...

    async def take_back(self, request_id: int, by: str) -> RenewalRequest | None:
        """Let a request wait again as if nothing had been decided; None where there is none of this number.

        Only whoever decided may, for :data:`DECISION_RESTS`, and while loan and reader know of nothing else; where
        that is not so, the request comes back as it is, decided.
        """
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

    async def settle(self, request_id: int, state: RequestState, due_on: date | None = None, code: str = "") -> None:
        """Keep the final answer; readers are told of it as of a decision of the staff."""
        ...
