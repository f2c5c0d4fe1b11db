"""What is lent to whom: the frozen values of circulation."""

from datetime import date
from decimal import Decimal

from bot.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Patron:
    """A person with a library card, as the rules see them.

    Attributes:
        category: The library's own word for the kind of patron ("adult", "child"), "" where there is none.
        expires_on: The last day the registration holds, None where it never ends.
        blocked: Restricted by the staff, or the card is lost.
        debt: What is owed, in the library's currency.
    """

    patron_id: int
    category: str = ""
    expires_on: date | None = None
    blocked: bool = False
    debt: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A copy in a patron's hands until ``due_on``.

    Attributes:
        branch_code: The branch of issue: its calendar and rules hold.
        item_type: The library's own word for the kind of copy ("book", "magazine"), "" where there is none.
        issued_on / due_on: Days of the branch.
        renewals: How often it was renewed at all.
        remote_renewals: How often since the book was last shown at a desk.
        reading_room: Lent for use in the library only.
        missing: Lost, or claimed returned.
        high_demand: The copy or its title is wanted by many: not renewable.
    """

    loan_id: int
    patron_id: int
    item_id: int
    branch_code: str
    item_type: str = ""
    issued_on: date
    due_on: date
    renewals: int = 0
    remote_renewals: int = 0
    reading_room: bool = False
    missing: bool = False
    high_demand: bool = False
