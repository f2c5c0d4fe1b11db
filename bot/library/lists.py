"""What an importer makes of one row of a list of readers or of loans, whatever the file it came in."""

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronData:
    """A reader as a list tells of them; "" and None where it does not.

    Attributes:
        branch: As the file names it: a code or words.
        registered_on: When they were registered, or registered anew, last.
        blocked: None where the file says nothing of it.
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


@dataclass(frozen=True, slots=True)
class Listed(Generic[Row]):
    """A row that could be read, with its place: 1-based, and how far the file is read."""

    ordinal: int
    offset: int
    row: Row
