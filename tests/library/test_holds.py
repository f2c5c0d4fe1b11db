"""Who may wait, in which order they are served, and how long a copy waits for them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.library.holds import (
    LIVE,
    HoldBlock,
    HoldState,
    QueuedHold,
    Standing,
    Wish,
    in_order,
    keep_until,
    may_become,
    next_for,
    place_in_queue,
    serving,
    why_not,
)
from bot.library.lending import Patron
from bot.library.policy import LendingPolicy
from tests.library.test_due_dates import NOT_ON_WEEKENDS
from tests.support.fake_library import CENTRAL, CHILDREN, VILLAGE

TODAY = date(2026, 11, 25)
NOON = datetime(2026, 11, 25, 9, tzinfo=UTC)
ANNA = Patron(patron_id=1)
WISH = Wish(work_id=7, pickup="01", lendable=frozenset({"01"}), pickup_branches=frozenset({"01", "02"}))

ROWS: list[tuple[HoldBlock, dict[str, Any]]] = [
    (HoldBlock.ALREADY_HAVE, {"standing": {"works_on_loan": {7}}}),
    (HoldBlock.CARD_EXPIRED, {"patron": {"expires_on": TODAY - timedelta(days=1)}}),
    (HoldBlock.PATRON_BLOCKED, {"patron": {"blocked": True}}),
    (HoldBlock.DEBT, {"patron": {"debt": Decimal(1)}, "policy": {"block_if_debt_over": Decimal(0)}}),
    (HoldBlock.AGE, {"standing": {"age": 15}, "wish": {"age_mark": 16}}),
    (HoldBlock.NOT_HOLDABLE, {"wish": {"lendable": frozenset()}}),
    (HoldBlock.PICKUP_INVALID, {"wish": {"pickup": "99"}}),
    (HoldBlock.BRANCH_RULE, {"wish": {"pickup": "02"}}),
    (HoldBlock.HOLD_LIMIT, {"standing": {"works_on_hold": {1, 2, 3, 4, 5}}}),
]


def asked(*changes: dict[str, Any]) -> HoldBlock | None:
    merged: dict[str, dict[str, Any]] = {"wish": {}, "patron": {}, "standing": {}, "policy": {}}
    for change in changes:
        for what, values in change.items():
            merged[what] = merged[what] | values
    return why_not(
        replace(WISH, **merged["wish"]),
        replace(ANNA, **merged["patron"]),
        Standing(**merged["standing"]),
        LendingPolicy(**merged["policy"]),
        TODAY,
    )


def hold(number: int, state: HoldState = HoldState.QUEUED, **more: Any) -> QueuedHold:
    return QueuedHold(
        hold_id=number, patron_id=number, state=state, placed_at=NOON + timedelta(minutes=number),
        **({"pickup": "01"} | more),
    )  # fmt: skip


def test_a_hold_that_nothing_stands_against_is_placed() -> None:
    assert asked() is None
    assert asked({"standing": {"works_on_hold": {1, 2, 3, 4}}}) is None
    assert asked({"standing": {"age": 16}, "wish": {"age_mark": 16}}) is None
    assert asked({"wish": {"pickup": "02", "transfers": True}}) is None
    assert asked({"patron": {"expires_on": TODAY}}) is None, "a card holds on its last day"


@pytest.mark.parametrize(("block", "change"), ROWS, ids=[row[0].value for row in ROWS])
def test_each_reason_is_told(block: HoldBlock, change: dict[str, Any]) -> None:
    assert asked(change) is block


def test_a_second_hold_on_the_same_work_is_none() -> None:
    assert asked({"standing": {"works_on_hold": {7}}}) is HoldBlock.ALREADY_HAVE


def test_the_queue_is_served_in_the_order_of_placing() -> None:
    queue = [hold(3), hold(1), hold(2)]

    assert [each.hold_id for each in in_order(queue)] == [1, 2, 3]
    assert next_for(10, "01", queue, TODAY) == hold(1)
    assert [place_in_queue(number, queue, TODAY) for number in (1, 2, 3)] == [1, 2, 3]


def test_whoever_has_a_copy_already_does_not_stand_in_the_queue() -> None:
    queue = [hold(1, HoldState.READY), hold(2, HoldState.CANCELLED), hold(3)]

    assert place_in_queue(3, queue, TODAY) == 1
    assert place_in_queue(1, queue, TODAY) is None
    assert place_in_queue(2, queue, TODAY) is None
    assert next_for(10, "01", queue, TODAY) == hold(3)


def test_a_suspended_hold_is_passed_over_and_keeps_its_place() -> None:
    away = hold(1, HoldState.SUSPENDED, suspended_until=TODAY + timedelta(days=7))
    queue = [away, hold(2)]

    assert next_for(10, "01", queue, TODAY) == hold(2)
    assert place_in_queue(2, queue, TODAY) == 1
    assert next_for(10, "01", queue, TODAY + timedelta(days=7)) == away


def test_a_hold_on_one_copy_and_another_branchs_hold_do_not_take_this_copy() -> None:
    queue = [hold(1, item_id=11), hold(2, pickup="02"), hold(3, needed_until=TODAY - timedelta(days=1)), hold(4)]

    assert next_for(10, "01", queue, TODAY) == hold(4)
    assert next_for(11, "01", queue, TODAY) == queue[0]
    assert next_for(10, "01", queue, TODAY, transfers=True) == queue[1]
    assert next_for(10, "03", queue[:1], TODAY) is None


def test_a_copy_waits_so_many_open_days_of_the_branch() -> None:
    assert keep_until(date(2026, 11, 26), LendingPolicy(hold_days=3), NOT_ON_WEEKENDS) == date(2026, 12, 1)


@given(st.lists(st.sampled_from(HoldState), max_size=8))
def test_an_ended_hold_never_comes_back(path: list[HoldState]) -> None:
    state = HoldState.QUEUED
    for later in path:
        if may_become(state, later):
            assert state in LIVE
            state = later
    assert state in LIVE or not any(may_become(state, later) for later in HoldState)


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(HoldState)), max_size=8, unique_by=lambda pair: pair[0]))
def test_the_next_one_served_is_the_first_in_the_queue(holds: list[tuple[int, HoldState]]) -> None:
    queue = [hold(number, state) for number, state in holds]
    served = next_for(10, "01", queue, TODAY)
    places = {
        each.hold_id: place_in_queue(each.hold_id, queue, TODAY) for each in queue if each.state is HoldState.QUEUED
    }

    assert sorted(place for place in places.values() if place) == list(range(1, len(places) + 1))
    assert (served is None) == (not places)
    if served is not None:
        assert places[served.hold_id] == 1


@pytest.mark.parametrize(
    ("only", "never", "codes"),
    [
        ((), (), ["01", "02", "07"]),
        (("02",), (), ["02"]),
        (("детская  БИБЛИОТЕКА",), (), ["02"]),
        (("ДБ-7", "01"), (), ["01", "07"]),
        (("ЧЗ", "АБ"), (), ["01", "02", "07"]),
        ((), ("01", "ЧЗ"), ["02", "07"]),
        (("01", "02"), ("02",), ["01"]),
        (("01",), ("01",), []),
    ],
)
def test_a_reader_is_served_at_the_points_that_are_branches_of_ours(
    only: tuple[str, ...], never: tuple[str, ...], codes: list[str]
) -> None:
    branches = [CENTRAL, CHILDREN, replace(VILLAGE, aliases=("ДБ-7",))]

    assert serving(branches, only, never) == codes
