"""The rules of lending: parameters by branch, patron category and item type, the most specific first.

Parameters as Koha has them; defaults as Russian district libraries have them (bgcb.ru, art-lib.ru, kitap.tatar.ru).
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from bot.quick import dataclass, replace


class RenewalBase(StrEnum):
    """What the new term is counted from."""

    TODAY = "today"
    DUE_DATE = "due_date"


class OverdueBlock(StrEnum):
    """Which overdue loan stands in the way of a renewal."""

    NONE = "none"
    ITEM = "item"
    ANY = "any"


class HoldsBlock(StrEnum):
    """Which waiting readers stand in the way of a renewal; a hold on this very copy always does."""

    NONE = "none"
    ITEM = "item"
    TITLE = "title"
    TITLE_UNLESS_FREE_COPIES = "title_unless_free_copies"


class ClosedDay(StrEnum):
    """What a due date does on a day when the branch is closed."""

    IGNORE = "ignore"
    NEXT_OPEN = "next_open"
    PREV_OPEN = "prev_open"


class HardDate(StrEnum):
    """What a hard due date does: the latest day, the earliest, or the day itself."""

    BEFORE = "before"
    AFTER = "after"
    EXACT = "exact"


class Confirmation(StrEnum):
    """Who decides a renewal that the rules allow."""

    AUTO = "auto"
    STAFF = "staff_confirms"


@dataclass(frozen=True, slots=True, kw_only=True)
class LendingPolicy:
    """The parameters that hold for one loan; days are calendar days of the branch.

    Attributes:
        loan_days: The first term.
        renewal_days: The term of a renewal, None: as ``loan_days``.
        renewals_allowed: How often in all; 0: not renewable.
        remote_renewals_allowed: How often without showing the book, None: no limit of its own.
        no_renewal_before_days: Renewable from so many days before the due date, None: at any time.
        max_loans: Copies in one patron's hands, None: no limit. Never stands in the way of a renewal.
        max_total_days: The longest time from issue to return, None: no limit.
        block_if_debt_over: More debt than this stands in the way, None: never.
        hard_due_date: A day that terms begun by then are fitted to (the end of a school year), None: none.
        return_before_card_expiry: No term beyond the registration.
        max_holds: Holds of one patron at a time, None: no limit.
        hold_days: Open days that a copy waits on the hold shelf.
    """

    loan_days: int = 15
    renewal_days: int | None = None
    renewals_allowed: int = 2
    remote_renewals_allowed: int | None = 2
    renewal_base: RenewalBase = RenewalBase.TODAY
    no_renewal_before_days: int | None = None
    max_loans: int | None = 5
    max_total_days: int | None = None
    block_if_overdue: OverdueBlock = OverdueBlock.ANY
    block_if_debt_over: Decimal | None = None
    block_if_restricted: bool = True
    block_if_card_expired: bool = True
    block_on_holds: HoldsBlock = HoldsBlock.TITLE_UNLESS_FREE_COPIES
    closed_day_rule: ClosedDay = ClosedDay.NEXT_OPEN
    hard_due_date: date | None = None
    hard_due_rule: HardDate = HardDate.BEFORE
    return_before_card_expiry: bool = False
    confirmation: Confirmation = Confirmation.STAFF
    max_holds: int | None = 5
    hold_days: int = 3


PARAMETERS = frozenset(field.name for field in fields(LendingPolicy))


@dataclass(frozen=True, slots=True)
class LendingRule:
    """Parameters that hold in one place, "" meaning everywhere.

    Attributes:
        changes: Name of a parameter of :class:`LendingPolicy` → its value.
    """

    changes: tuple[tuple[str, Any], ...]
    branch_code: str = ""
    category: str = ""
    item_type: str = ""

    def holds_for(self, branch_code: str, category: str, item_type: str) -> bool:
        """Whether it speaks of such a loan."""
        return (
            self.branch_code in ("", branch_code)
            and self.category in ("", category)
            and self.item_type in ("", item_type)
        )

    @property
    def weight(self) -> int:
        """The branch weighs more than the category, both more than the type of the copy."""
        return 4 * bool(self.branch_code) + 2 * bool(self.category) + bool(self.item_type)


class LendingRules:
    """All rules of the library: each parameter comes from the most specific rule that gives it.

    Args:
        base: What holds where no rule says otherwise.
        rules: In any order; of equally specific ones the later wins.
    """

    def __init__(self, base: LendingPolicy | None = None, rules: Sequence[LendingRule] = ()) -> None:
        self._base = base or LendingPolicy()
        self._rules = sorted(rules, key=lambda rule: rule.weight)
        unknown = {name for rule in rules for name, _ in rule.changes} - PARAMETERS
        if unknown:
            raise ValueError(f"unknown parameters: {', '.join(sorted(unknown))}")

    def policy(self, branch_code: str, category: str, item_type: str) -> LendingPolicy:
        """The parameters for one loan."""
        changes: dict[str, Any] = {}
        for rule in self._rules:
            if rule.holds_for(branch_code, category, item_type):
                changes.update(rule.changes)
        return replace(self._base, **changes) if changes else self._base
