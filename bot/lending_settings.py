"""The ``circulation:`` block: the rules of lending, and how each branch keeps its loans."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from bot.circulation import Keeping
from bot.library.policy import (
    ClosedDay,
    Confirmation,
    HardDate,
    HoldsBlock,
    LendingPolicy,
    LendingRule,
    LendingRules,
    OverdueBlock,
    RenewalBase,
)
from bot.section import Section


class LendingParameters(Section):
    """The rules of lending; a rule for some branch, category or kind of copy gives only what is different there."""

    loan_days: int = Field(15, ge=1, le=3660, description="The first term, in days.")
    renewal_days: int | None = Field(None, ge=1, le=3660, description="The term of a renewal; empty: as `loan_days`.")
    renewals_allowed: int = Field(2, ge=0, description="How often in all; 0: not renewable.")
    remote_renewals_allowed: int | None = Field(
        2, ge=0, description="How often without bringing the book; empty: no limit of its own."
    )
    renewal_base: RenewalBase = Field(
        RenewalBase.TODAY, description="What the new term is counted from: `today` or `due_date`."
    )
    no_renewal_before_days: int | None = Field(
        None, ge=0, description="Renewable from so many days before the due date; empty: at any time."
    )
    max_loans: int | None = Field(5, ge=1, description="Copies in one reader's hands; empty: no limit.")
    max_total_days: int | None = Field(None, ge=1, description="The longest from issue to return; empty: no limit.")
    block_if_overdue: OverdueBlock = Field(
        OverdueBlock.ANY,
        description="Which overdue book stands in the way of a renewal: `none`, `item` (this one), `any`.",
    )
    block_if_debt_over: Decimal | None = Field(
        None, ge=0, description="More debt than this, by the list of readers, stands in the way; empty: never."
    )
    block_if_restricted: bool = Field(True, description="A restricted card stands in the way.")
    block_if_card_expired: bool = Field(True, description="A card whose registration has ended stands in the way.")
    block_on_holds: HoldsBlock = Field(
        HoldsBlock.TITLE_UNLESS_FREE_COPIES,
        description="Which waiting readers stand in the way: `none`, `item` (for this copy), `title`, "
        "`title_unless_free_copies`. A hold on this very copy always does.",
    )
    closed_day_rule: ClosedDay = Field(
        ClosedDay.NEXT_OPEN,
        description="A new due date on a closed day: `ignore`, `next_open` or `prev_open`. A day that is closed "
        "afterwards is told as the first open one after it, whatever stands here.",
    )
    hard_due_date: date | None = Field(None, description="A day that terms are fitted to: the end of a school year.")
    hard_due_rule: HardDate = Field(
        HardDate.BEFORE, description="What it is: the latest day (`before`), the earliest (`after`), or `exact`."
    )
    return_before_card_expiry: bool = Field(False, description="No term beyond the registration.")
    confirmation: Confirmation = Field(
        Confirmation.STAFF, description="Who decides what the rules allow: `auto`, or the staff (`staff_confirms`)."
    )
    max_holds: int | None = Field(5, ge=0, description="Holds of one reader at a time; empty: no limit.")
    hold_days: int = Field(3, ge=1, le=60, description="Open days that a copy waits on the hold shelf.")


class LendingRuleSettings(LendingParameters):
    """Other rules for one branch, category of readers or kind of copy; the branch weighs most."""

    branch: str = Field("", description="Code of the branch; empty: everywhere.")
    category: str = Field("", description="Category of readers, as the library calls it; empty: all.")
    item_type: str = Field(
        "", description="Kind of copy (`book`, `serial`, or the word of the list of loans); empty: all."
    )

    def value(self) -> LendingRule:
        """The rule as the core knows it: only what was written down."""
        changes = {name: getattr(self, name) for name in sorted(self.model_fields_set & _PARAMETERS)}
        return LendingRule(tuple(changes.items()), self.branch, self.category, self.item_type)


_PARAMETERS = frozenset(LendingParameters.model_fields)


class CirculationSettings(LendingParameters):
    """Loans, renewals and holds."""

    keeping: Keeping = Field(
        Keeping.SNAPSHOT,
        description="How branches keep their loans: `live` (this store is the truth), `snapshot` (imported files), "
        "`manual` (paper). Outside `live` a renewal is a request that the staff confirm.",
    )
    keeping_of: dict[str, Keeping] = Field({}, description='Branches that keep them otherwise: `{"07": manual}`.')
    transfers: bool = Field(False, description="A copy may travel to another branch to be fetched there.")
    registration_months: int = Field(
        0,
        ge=0,
        le=120,
        description="So long a registration holds where a list only tells when it began (IRBIS: fields 51 and 52); 0: "
        "it never ends by itself.",
    )
    returned_days: int = Field(7, ge=0, description="Days that a returned loan stays, for questions after it.")
    rules: tuple[LendingRuleSettings, ...] = Field((), description="What is different somewhere.")

    def values(self) -> LendingRules:
        """The rules as the core knows them."""
        base = LendingPolicy(**{name: getattr(self, name) for name in _PARAMETERS})
        return LendingRules(base, [rule.value() for rule in self.rules])
