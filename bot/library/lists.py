"""Lists of readers and of loans: what an importer makes of a row, how a list is loaded, and what became of it."""

from collections.abc import Callable
from dataclasses import field
from datetime import date
from typing import Generic, TypeVar

from bot.quick import dataclass

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronData:
    """A reader as a list tells of them; "" and None where it does not.

    Attributes:
        branch: As the file names it: a code or words.
        registered_on: When they were registered, or registered anew, last.
        blocked: None where the file says nothing of it.
        debt: What is owed, in hundredths of the currency; None where the file says nothing of it.
        served_at / not_served_at: Points of issue, as the file names them: only these, if any; never these.
    """

    card_number: str
    surname: str = ""
    given_name: str = ""
    patronymic: str = ""
    birth_date: date | None = None
    phone: str = ""
    email: str = ""
    category: str = ""
    branch: str = ""
    valid_until: date | None = None
    registered_on: date | None = None
    blocked: bool | None = None
    debt: int | None = None
    served_at: tuple[str, ...] = ()
    not_served_at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LoanData:
    """A loan as a list tells of it.

    Attributes:
        inventory_number / barcode: What finds the copy in the catalogue; "" where the list has none.
        title / author: What is told where the catalogue does not know the copy.
        due_on: None where the list only says when it was lent: then the rules tell.
        renewals: None where the list does not count them.
        returned: The list says that it came back.
        missing: Lost, or claimed returned.
        high_demand: Wanted by many: not renewable.
        recalled: The library wants it back before its day.
        reading_room: Lent for use in the library only.
        item_type: The library's own word for the kind of copy, "" where the list has none.
    """

    card_number: str
    inventory_number: str = ""
    barcode: str = ""
    title: str = ""
    author: str = ""
    branch: str = ""
    issued_on: date | None = None
    due_on: date | None = None
    renewals: int | None = None
    returned: bool = False
    missing: bool = False
    high_demand: bool = False
    recalled: bool = False
    reading_room: bool = False
    item_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleData:
    """A book that readers may not be shown, as a list tells of it; "" and () where it does not.

    Attributes:
        isbns: With 13 digits.
    """

    title: str = ""
    author: str = ""
    isbns: tuple[str, ...] = ()
    inventory_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed(Generic[Row]):
    """A row that could be read, with its place: 1-based, and how far the file is read."""

    ordinal: int
    offset: int
    row: Row


# --- loading -------------------------------------------------------------------------------------

OnRejected = Callable[[int, int, str], None]
"""Told of a row that cannot be kept: ordinal, offset, why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPlan:
    """How a list is to be loaded.

    Attributes:
        branch: Whose the rows are that name no branch: a code or a name, "" for none.
        may_disappear: Share of what the store has of a branch that may be gone without asking.
        accept_disappeared: More than that may be gone.
        dry_run: Write nothing, count what would change.
        registration_months: So long a registration holds where the list tells only when it began; 0: nobody can tell.
    """

    source: str
    file: str
    branch: str = ""
    may_disappear: float = 0.2
    accept_disappeared: bool = False
    dry_run: bool = False
    registration_months: int = 0


@dataclass(frozen=True, slots=True)
class Stopped:
    """A branch of which nothing was written: too much of what the store has is not in the list.

    Attributes:
        branch: Its name, "" for rows without a branch.
    """

    branch: str
    gone: int
    had: int


@dataclass(slots=True)
class ListSummary:
    """What became of the rows.

    Attributes:
        gone: Rows of the store that the list has no more: loans are closed, readers marked.
        had: Rows that the store had of this source and these branches before.
        stopped: Branches that were left as they were, since so much is gone.
    """

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    returned: int = 0
    gone: int = 0
    had: int = 0
    stopped: list[Stopped] = field(default_factory=list)

    @property
    def unconfirmed(self) -> bool:
        """A person must confirm that so much is gone."""
        return bool(self.stopped)

    def add(self, part: "ListSummary") -> None:
        """What became of the rows of another branch."""
        for name in ("read", "added", "updated", "unchanged", "returned", "gone", "had"):
            setattr(self, name, getattr(self, name) + getattr(part, name))
        self.stopped += part.stopped


# --- hiding --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class ToHide:
    """What a row of a list of titles hides.

    Attributes:
        ordinal: The row, 1-based.
        editions / copies: How many of the book; copies where the list names them by number alone.
        hidden: All of it was hidden before.
    """

    ordinal: int
    title: str
    author: str
    editions: int
    copies: int
    hidden: bool


@dataclass(slots=True)
class HidingSummary:
    """What became of a list of titles; rows that were left out are told one by one."""

    read: int = 0
    found: list[ToHide] = field(default_factory=list)
