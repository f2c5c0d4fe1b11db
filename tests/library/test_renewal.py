"""Every row of the decision table, in its order, and what no renewal may ever do."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.library.lending import Loan, Patron
from bot.library.policy import (
    Confirmation,
    HoldsBlock,
    LendingPolicy,
    LendingRule,
    LendingRules,
    OverdueBlock,
    RenewalBase,
)
from bot.library.renewal import (
    Circumstances,
    NotRenewed,
    OtherLoan,
    RenewalBlock,
    Renewed,
    WaitingHold,
    all_filled,
    last_due_date,
    renew,
    renewals_left,
    renewed_loan,
)
from tests.library.test_due_dates import EVERY_DAY, NOT_ON_WEEKENDS

TODAY = date(2026, 11, 25)
ANNA = Patron(patron_id=1)
LOAN = Loan(
    loan_id=1, patron_id=1, item_id=10, branch_code="01", issued_on=date(2026, 11, 12), due_on=date(2026, 11, 27)
)
RULES = LendingPolicy(confirmation=Confirmation.AUTO)
NOW = Circumstances(today=TODAY, calendar=EVERY_DAY)
SOMEBODY = WaitingHold()
YESTERDAY = TODAY - timedelta(days=1)
LATE = OtherLoan(YESTERDAY, EVERY_DAY, TODAY)

ROWS: list[tuple[RenewalBlock, dict[str, Any]]] = [
    (RenewalBlock.LOAN_NOT_FOUND, {"loan": None}),
    (RenewalBlock.NOT_YOUR_LOAN, {"loan": {"patron_id": 2}}),
    (RenewalBlock.ITEM_LOST, {"loan": {"missing": True}}),
    (RenewalBlock.IN_LIBRARY_ONLY, {"loan": {"reading_room": True}}),
    (RenewalBlock.TYPE_NOT_RENEWABLE, {"loan": {"high_demand": True}}),
    (RenewalBlock.CARD_EXPIRED, {"patron": {"expires_on": YESTERDAY}}),
    (RenewalBlock.PATRON_BLOCKED, {"patron": {"blocked": True}}),
    (RenewalBlock.DEBT, {"patron": {"debt": Decimal("100.01")}, "policy": {"block_if_debt_over": Decimal(100)}}),
    (RenewalBlock.RENEW_LIMIT, {"loan": {"renewals": 2}}),
    (RenewalBlock.REMOTE_LIMIT, {"loan": {"remote_renewals": 1}, "policy": {"remote_renewals_allowed": 1}}),
    (RenewalBlock.OVERDUE, {"now": {"others": (LATE,)}}),
    (RenewalBlock.RECALLED, {"now": {"recalled": True}}),
    (RenewalBlock.HOLD_QUEUE, {"now": {"waiting": (SOMEBODY,)}}),
    (RenewalBlock.BOOKED, {"now": {"booked": True}}),
    (RenewalBlock.TOO_SOON, {"policy": {"no_renewal_before_days": 1}}),
    (RenewalBlock.NO_GAIN, {"policy": {"renewal_days": 2}}),
    (RenewalBlock.PERIOD_CAP, {"policy": {"max_total_days": 15}}),
]


def decided(*changes: dict[str, Any]) -> Renewed | NotRenewed:
    merged: dict[str, dict[str, Any]] = {"loan": {}, "patron": {}, "policy": {}, "now": {}}
    gone = False
    for change in changes:
        for what, values in change.items():
            if values is None:
                gone = True
            else:
                merged[what] = merged[what] | values
    loan = None if gone else replace(LOAN, **merged["loan"])
    return renew(
        loan, replace(ANNA, **merged["patron"]), replace(RULES, **merged["policy"]), replace(NOW, **merged["now"])
    )


def block_of(outcome: Renewed | NotRenewed) -> RenewalBlock:
    assert isinstance(outcome, NotRenewed)
    return outcome.block


def test_a_loan_that_nothing_stands_against_goes_on() -> None:
    assert decided() == Renewed(loan=LOAN, due_on=date(2026, 12, 10))


@pytest.mark.parametrize(("block", "change"), ROWS, ids=[row[0].value for row in ROWS])
def test_each_row_of_the_table_is_an_answer(block: RenewalBlock, change: dict[str, Any]) -> None:
    assert block_of(decided(change)) is block


@pytest.mark.parametrize("at", range(len(ROWS) - 1), ids=[row[0].value for row in ROWS[:-1]])
def test_of_two_reasons_the_earlier_row_is_told(at: int) -> None:
    for later in ROWS[at + 1 :]:
        assert block_of(decided(later[1], ROWS[at][1])) is ROWS[at][0]


def test_on_the_last_day_and_at_the_limit_it_is_still_allowed() -> None:
    on_the_day = decided({"loan": {"due_on": TODAY}})
    last = decided({"loan": {"renewals": 1}})
    valid_today = decided({"patron": {"expires_on": TODAY}})
    owing = decided({"patron": {"debt": Decimal(100)}, "policy": {"block_if_debt_over": Decimal(100)}})

    assert all(isinstance(outcome, Renewed) for outcome in (on_the_day, last, valid_today, owing))
    assert isinstance(last, Renewed)
    assert last.last


def test_zero_renewals_means_not_renewable() -> None:
    assert block_of(decided({"policy": {"renewals_allowed": 0}})) is RenewalBlock.TYPE_NOT_RENEWABLE


def test_an_overdue_loan_blocks_itself_or_all_or_nothing() -> None:
    late = {"loan": {"due_on": YESTERDAY}}
    other = {"now": {"others": (LATE,)}}

    assert block_of(decided(late, {"policy": {"block_if_overdue": OverdueBlock.ITEM}})) is RenewalBlock.OVERDUE
    assert isinstance(decided(other, {"policy": {"block_if_overdue": OverdueBlock.ITEM}}), Renewed)
    assert isinstance(decided(late, other, {"policy": {"block_if_overdue": OverdueBlock.NONE}}), Renewed)


def test_nobody_is_late_before_the_branch_opens_again() -> None:
    monday = date(2026, 11, 23)
    friday = {"loan": {"due_on": date(2026, 11, 20)}}

    assert isinstance(decided(friday, {"now": {"today": date(2026, 11, 22), "calendar": NOT_ON_WEEKENDS}}), Renewed)
    assert block_of(decided(friday, {"now": {"today": monday, "calendar": NOT_ON_WEEKENDS}})) is RenewalBlock.OVERDUE


def test_too_soon_says_from_when_on() -> None:
    outcome = decided({"policy": {"no_renewal_before_days": 1}})

    assert outcome == NotRenewed(loan=LOAN, block=RenewalBlock.TOO_SOON, renewable_from=date(2026, 11, 26))
    assert isinstance(decided({"policy": {"no_renewal_before_days": 2}}), Renewed)


@pytest.mark.parametrize(
    ("rule", "hold", "wanted"),
    [
        (HoldsBlock.NONE, WaitingHold(), False),
        (HoldsBlock.NONE, WaitingHold(item_id=10), True),
        (HoldsBlock.ITEM, WaitingHold(), False),
        (HoldsBlock.ITEM, WaitingHold(item_id=10), True),
        (HoldsBlock.ITEM, WaitingHold(item_id=11), False),
        (HoldsBlock.TITLE, WaitingHold(free_items=frozenset({11})), True),
        (HoldsBlock.TITLE, WaitingHold(item_id=11), False),
        (HoldsBlock.TITLE_UNLESS_FREE_COPIES, WaitingHold(free_items=frozenset({11})), False),
        (HoldsBlock.TITLE_UNLESS_FREE_COPIES, WaitingHold(), True),
    ],
)
def test_waiting_readers_count_as_the_rules_say(rule: HoldsBlock, hold: WaitingHold, wanted: bool) -> None:
    outcome = decided({"policy": {"block_on_holds": rule}, "now": {"waiting": (hold,)}})

    assert isinstance(outcome, NotRenewed) is wanted


def test_one_free_copy_does_not_serve_two_readers() -> None:
    shelf = frozenset({11})

    assert not all_filled([shelf, shelf])
    assert all_filled([frozenset({11, 12}), shelf])
    assert all_filled([shelf, frozenset({11, 12})])
    assert all_filled([])


def test_where_the_staff_confirm_or_the_data_are_old_it_is_a_request() -> None:
    asked = decided({"policy": {"confirmation": Confirmation.STAFF}})
    old = decided({"now": {"live": False}})

    assert isinstance(asked, Renewed)
    assert isinstance(old, Renewed)
    assert (asked.pending, old.pending) == (True, True)


def test_a_book_shown_at_the_desk_may_be_renewed_from_afar_again() -> None:
    limits = {"policy": {"remote_renewals_allowed": 1, "renewals_allowed": 5}}
    tired = {"loan": {"remote_renewals": 1, "renewals": 1}}

    assert block_of(decided(limits, tired)) is RenewalBlock.REMOTE_LIMIT
    at_desk = decided(limits, tired, {"now": {"remote": False}})
    assert isinstance(at_desk, Renewed)
    shown = renewed_loan(at_desk, remote=False)
    assert (shown.renewals, shown.remote_renewals) == (2, 0)
    assert not at_desk.last, "shown again, it may be renewed three times more"


def test_at_the_desk_nobody_else_is_asked_and_old_knowledge_stays_old() -> None:
    asks = {"policy": {"confirmation": Confirmation.STAFF}, "now": {"remote": False}}

    here, by_a_file = decided(asks), decided(asks, {"now": {"live": False}})

    assert isinstance(here, Renewed)
    assert isinstance(by_a_file, Renewed)
    assert (here.pending, by_a_file.pending) == (False, True)


def test_the_base_is_today_or_the_old_due_date() -> None:
    assert decided({"policy": {"renewal_base": RenewalBase.DUE_DATE}}) == Renewed(loan=LOAN, due_on=date(2026, 12, 12))


def test_how_long_a_book_may_stay_is_foreseen() -> None:
    assert last_due_date(LOAN, ANNA, RULES, NOW) == date(2026, 12, 27)
    assert renewals_left(LOAN, RULES) == 2
    tired, twice = replace(LOAN, remote_renewals=1), replace(RULES, renewals_allowed=9, remote_renewals_allowed=2)
    assert (renewals_left(tired, twice), renewals_left(tired, twice, remote=False)) == (1, 9)
    capped = replace(RULES, max_total_days=40, renewals_allowed=99, remote_renewals_allowed=None)
    assert last_due_date(LOAN, ANNA, capped, NOW) == date(2026, 12, 22)
    once = replace(RULES, renewals_allowed=2, remote_renewals_allowed=1)
    assert last_due_date(LOAN, ANNA, once, NOW) < last_due_date(LOAN, ANNA, once, replace(NOW, remote=False))
    wanted = replace(NOW, waiting=(SOMEBODY,))
    assert last_due_date(LOAN, ANNA, RULES, wanted) == date(2026, 12, 27)


@pytest.mark.parametrize("step", [1, -1], ids=["the general ones first", "the general ones last"])
def test_the_most_specific_rule_gives_each_parameter(step: int) -> None:
    given = [
        LendingRule((("loan_days", 7),), item_type="magazine"),
        LendingRule((("loan_days", 10), ("renewals_allowed", 1)), category="child"),
        LendingRule((("loan_days", 30),), branch_code="03"),
        LendingRule((("loan_days", 3),), branch_code="03", item_type="magazine"),
    ]
    rules = LendingRules(LendingPolicy(loan_days=15), given[::step])

    assert rules.policy("01", "", "").loan_days == 15
    assert rules.policy("01", "", "magazine").loan_days == 7
    assert rules.policy("01", "child", "magazine").loan_days == 10
    assert rules.policy("03", "child", "book").loan_days == 30
    assert rules.policy("03", "child", "book").renewals_allowed == 1
    assert rules.policy("03", "child", "magazine").loan_days == 3
    with pytest.raises(ValueError, match="lone_days"):
        LendingRules(rules=[LendingRule((("lone_days", 7),))])


@given(
    issued=st.integers(0, 60),
    left=st.integers(-5, 30),
    allowed=st.integers(0, 6),
    remote=st.none() | st.integers(0, 6),
    total=st.none() | st.integers(10, 90),
    expires=st.none() | st.integers(-3, 60),
    base=st.sampled_from(RenewalBase),
    overdue=st.sampled_from(OverdueBlock),
    days=st.integers(1, 40),
)
def test_no_renewal_passes_a_limit_or_moves_a_date_back(
    issued: int,
    left: int,
    allowed: int,
    remote: int | None,
    total: int | None,
    expires: int | None,
    base: RenewalBase,
    overdue: OverdueBlock,
    days: int,
) -> None:
    rules = LendingPolicy(
        renewal_days=days, renewals_allowed=allowed, remote_renewals_allowed=remote, renewal_base=base,
        max_total_days=total, block_if_overdue=overdue, return_before_card_expiry=True, confirmation=Confirmation.AUTO,
    )  # fmt: skip
    patron = replace(ANNA, expires_on=None if expires is None else TODAY + timedelta(days=expires))
    loan = replace(LOAN, issued_on=TODAY - timedelta(days=issued), due_on=TODAY + timedelta(days=left))
    now = replace(NOW, calendar=NOT_ON_WEEKENDS)
    while isinstance(outcome := renew(loan, patron, rules, now), Renewed):
        assert outcome.due_on > loan.due_on
        assert total is None or (outcome.due_on - loan.issued_on).days <= total
        assert patron.expires_on is None or outcome.due_on <= patron.expires_on
        assert not outcome.last or renewals_left(renewed_loan(outcome), rules) == 0
        loan = renewed_loan(outcome)
        now = replace(now, today=max(loan.due_on, now.today))
    assert loan.renewals <= allowed
    assert remote is None or loan.remote_renewals <= remote
