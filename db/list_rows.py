"""Rows of lists as the columns of the store; pure."""

import hashlib
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, timedelta
from typing import Any

from bot.library.due_dates import due_date
from bot.library.lists import LoanData, PatronData
from bot.library.policy import LendingPolicy
from bot.quick import dataclass
from db.circulation_house import Place


@dataclass(slots=True)
class Copy:
    """A copy of the catalogue, or several counted together, and which of them are out."""

    item_id: int
    branch_id: int | None
    copies: int
    work_id: int
    taken: set[int] = field(default_factory=set)

    def free_slot(self) -> int | None:
        """One that nobody has; None where all are out."""
        return next((slot for slot in range(self.copies) if slot not in self.taken), None)

    def take(self) -> int:
        """Give one out."""
        slot = self.free_slot()
        assert slot is not None
        self.taken.add(slot)
        return slot


AS_TOLD = ("missing", "high_demand", "recalled", "reading_room", "item_type", "title", "author")
"""The columns of a loan that are whatever its list says."""


@dataclass(frozen=True, slots=True)
class StoredLoanRow:
    """An open loan of an earlier list."""

    id: int
    due_on: date
    renewals: int
    remote_renewals: int
    missing: bool
    high_demand: bool
    recalled: bool
    reading_room: bool
    item_type: str
    title: str
    author: str

    @classmethod
    def of(cls, row: Mapping[Any, Any]) -> "StoredLoanRow":
        """Out of a row."""
        return cls(*(row[name] for name in cls.__match_args__))


def digest_of(row: LoanData, branch_id: int | None) -> str:
    """What makes a loan of one list the same as one of the next: whose, which copy, lent when and where."""
    copy = row.inventory_number or row.barcode or row.title
    said = (str(branch_id), row.card_number, copy, str(row.issued_on or row.due_on))
    return hashlib.sha256("\x1f".join(said).encode(errors="replace")).hexdigest()[:32]


def loan_changes(stored: StoredLoanRow, row: LoanData) -> dict[str, Any]:
    """The columns that the list tells otherwise."""
    told: dict[str, Any] = {name: getattr(row, name) for name in AS_TOLD}
    if row.due_on is not None:
        told["due_on"] = row.due_on
    if row.renewals is not None:
        told["renewals"] = row.renewals
        told["remote_renewals"] = min(stored.remote_renewals, row.renewals)
    elif row.due_on is not None and row.due_on > stored.due_on:
        told["renewals"] = stored.renewals + 1  # it was renewed, and the list does not count
    return {name: value for name, value in told.items() if getattr(stored, name) != value}


def due_of(row: LoanData, policy: LendingPolicy, place: Place, now: datetime) -> tuple[date, date]:
    """Days of issue and return; what the list leaves out comes from the rules."""
    if row.issued_on is None:
        assert row.due_on is not None
        return min(row.due_on - timedelta(days=policy.loan_days), place.today(now)), row.due_on
    due = row.due_on or due_date(row.issued_on, policy.loan_days, policy, place.calendar, None)
    return row.issued_on, due


def patron_values(row: PatronData, branch_id: int | None, registration_months: int = 0) -> dict[str, Any]:
    """The columns that the list tells; what it leaves empty is left out."""
    ends = row.valid_until
    if ends is None and row.registered_on is not None and registration_months:
        ends = months_later(row.registered_on, registration_months)
    told: dict[str, Any] = {
        "surname": row.surname,
        "given_name": row.given_name,
        "patronymic": row.patronymic,
        "birth_date": row.birth_date,
        "phone": row.phone,
        "email": row.email,
        "category": row.category,
        "branch_id": branch_id,
        "valid_until": ends,
        "blocked": row.blocked,
        "debt": row.debt,
        "served_at": list(row.served_at),
        "not_served_at": list(row.not_served_at),
    }
    return {name: value for name, value in told.items() if value not in (None, "")}


def months_later(day: date, months: int) -> date:
    """The same day so many months later, the last of the month where there is none: 29 February → 28 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def patron_changes(stored: Mapping[Any, Any], values: Mapping[str, Any], source: str) -> dict[str, Any]:
    """The columns that the list tells otherwise; a reader who was gone is back."""
    told = {**values, "source": source, "missing_since": None}
    return {name: value for name, value in told.items() if stored[name] != value}
