"""Terms fitted to the calendar: closed days, year ends, leap days, hard dates, zones."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.library.due_dates import (
    BranchCalendar,
    Shut,
    back_by,
    capped,
    due_date,
    is_over,
    is_overdue,
    next_open,
    open_days_after,
    prev_open,
    shut_on,
)
from bot.library.hours import parse_hours
from bot.library.policy import ClosedDay, HardDate, LendingPolicy
from tests.support.fake_library import NoHolidays

CLOSED_MONDAYS = {"mon": "closed", "tue-sun": "9:00-18:00"}


class Open:
    """Open but on some days."""

    def __init__(self, closed: Callable[[date], bool] = lambda day: False) -> None:
        self._closed = closed

    def is_open(self, day: date) -> bool:
        return not self._closed(day)


EVERY_DAY = Open()
NOT_ON_WEEKENDS = Open(lambda day: day.weekday() >= 5)


def policy(**changes: object) -> LendingPolicy:
    return LendingPolicy(**changes)  # type: ignore[arg-type]  # the test's own parameters


def test_the_branch_calendar_is_the_one_that_readers_are_told() -> None:
    hours = parse_hours(week=CLOSED_MONDAYS, closed={}, special={}, sanitary_day="last thursday", holidays_closed=True)
    calendar = BranchCalendar(hours, NoHolidays())

    assert not calendar.is_open(date(2026, 11, 23))  # a Monday
    assert not calendar.is_open(date(2026, 11, 26))  # the last Thursday
    assert calendar.is_open(date(2026, 11, 25))
    assert BranchCalendar(None, NoHolidays()).is_open(date(2026, 11, 23))


@pytest.mark.parametrize(
    ("start", "days", "rule", "expected"),
    [
        (date(2026, 11, 20), 15, ClosedDay.NEXT_OPEN, date(2026, 12, 7)),  # 5 December is a Saturday
        (date(2026, 11, 20), 15, ClosedDay.PREV_OPEN, date(2026, 12, 4)),
        (date(2026, 11, 20), 15, ClosedDay.IGNORE, date(2026, 12, 5)),
        (date(2026, 12, 24), 14, ClosedDay.NEXT_OPEN, date(2027, 1, 7)),  # over the end of the year
        (date(2028, 2, 15), 14, ClosedDay.NEXT_OPEN, date(2028, 2, 29)),  # a leap day is a day
        (date(2027, 2, 15), 14, ClosedDay.NEXT_OPEN, date(2027, 3, 1)),
    ],
)
def test_a_term_ends_on_an_open_day(start: date, days: int, rule: ClosedDay, expected: date) -> None:
    assert due_date(start, days, policy(closed_day_rule=rule), NOT_ON_WEEKENDS, None) == expected


def test_a_long_closure_of_the_branch_moves_nothing() -> None:
    always_closed = Open(lambda day: True)

    assert next_open(date(2026, 11, 20), always_closed) == date(2026, 11, 20)
    assert prev_open(date.min, always_closed) == date.min


@pytest.mark.parametrize(
    ("rule", "due", "expected"),
    [
        (HardDate.BEFORE, 30, date(2027, 5, 21)),  # 23 May 2027 is a Sunday: the Friday before it
        (HardDate.BEFORE, 1, date(2027, 5, 3)),
        (HardDate.AFTER, 1, date(2027, 5, 24)),
        (HardDate.AFTER, 30, date(2027, 5, 31)),
        (HardDate.EXACT, 1, date(2027, 5, 21)),
    ],
)
def test_a_hard_due_date_is_a_ceiling_a_floor_or_the_day_itself(rule: HardDate, due: int, expected: date) -> None:
    limits = policy(hard_due_date=date(2027, 5, 23), hard_due_rule=rule)

    assert due_date(date(2027, 4, 30), due, limits, NOT_ON_WEEKENDS, None) == expected


def test_no_term_goes_beyond_the_registration_where_the_rules_say_so() -> None:
    limits = policy(return_before_card_expiry=True)

    assert due_date(date(2026, 11, 20), 15, limits, NOT_ON_WEEKENDS, date(2026, 11, 29)) == date(2026, 11, 27)
    assert due_date(date(2026, 11, 20), 15, policy(), NOT_ON_WEEKENDS, date(2026, 11, 29)) == date(2026, 12, 7)


def test_the_whole_time_in_one_pair_of_hands_is_capped() -> None:
    limits = policy(max_total_days=30)

    assert capped(date(2026, 12, 20), date(2026, 11, 2), limits, EVERY_DAY) == date(2026, 12, 2)
    assert capped(date(2026, 12, 1), date(2026, 11, 2), limits, EVERY_DAY) == date(2026, 12, 1)
    assert capped(date(2026, 12, 20), date(2026, 11, 5), limits, NOT_ON_WEEKENDS) == date(2026, 12, 4)


def test_a_book_is_late_from_the_first_open_day_on() -> None:
    friday = date(2026, 11, 20)

    assert [is_overdue(friday, friday + timedelta(days=n), NOT_ON_WEEKENDS) for n in range(5)] == [
        False, False, False, True, True,
    ]  # fmt: skip


def test_a_last_day_on_a_closed_one_is_the_first_open_one_after_it() -> None:
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)

    assert shut_on(friday, NOT_ON_WEEKENDS) is None
    assert shut_on(friday + timedelta(days=1), NOT_ON_WEEKENDS) == Shut(monday)
    assert [back_by(friday + timedelta(days=n), NOT_ON_WEEKENDS) for n in range(4)] == [friday, monday, monday, monday]


def test_what_is_due_on_a_closed_day_is_late_once_the_day_after_it_opened_is_there() -> None:
    saturday = date(2026, 11, 21)

    assert [is_overdue(saturday, saturday + timedelta(days=n), NOT_ON_WEEKENDS) for n in range(5)] == [
        False, False, False, True, True,
    ]  # fmt: skip
    assert [is_over(saturday, saturday + timedelta(days=n), NOT_ON_WEEKENDS) for n in range(2, 4)] == [False, True]


def test_before_the_calendar_ends_a_closed_door_is_no_fault() -> None:
    assert shut_on(date.max, Open(lambda day: True)) == Shut(None)
    assert back_by(date.max, Open(lambda day: True)) is None


def test_while_nobody_knows_when_it_opens_nothing_is_late_for_four_months() -> None:
    start, closed = date(2026, 11, 20), Open(lambda day: True)

    assert back_by(start, closed) is None
    assert [is_overdue(start, start + timedelta(days=n), closed) for n in (1, 120, 121)] == [False, False, True]


@given(due=st.dates(date(2024, 1, 1), date(2040, 1, 1)), closed=st.sets(st.integers(0, 6), max_size=6))
def test_whoever_comes_on_the_day_that_was_told_finds_an_open_door_and_is_in_time(due: date, closed: set[int]) -> None:
    calendar = Open(lambda day: day.weekday() in closed)
    last = back_by(due, calendar)

    assert last is not None
    assert due <= last
    assert calendar.is_open(last)
    assert not is_overdue(due, last, calendar)


def test_a_copy_waits_so_many_open_days() -> None:
    assert open_days_after(date(2026, 11, 20), 3, NOT_ON_WEEKENDS) == date(2026, 11, 25)
    assert open_days_after(date(2026, 11, 20), 0, NOT_ON_WEEKENDS) == date(2026, 11, 20)


@given(
    start=st.dates(date(2024, 1, 1), date(2040, 1, 1)),
    days=st.integers(1, 90),
    closed=st.sets(st.integers(0, 6), max_size=6),
    rule=st.sampled_from(ClosedDay),
)
def test_a_term_is_never_far_from_its_length(start: date, days: int, closed: set[int], rule: ClosedDay) -> None:
    calendar = Open(lambda day: day.weekday() in closed)
    due = due_date(start, days, policy(closed_day_rule=rule), calendar, None)

    assert abs((due - start).days - days) <= 6
    assert calendar.is_open(due) or rule is ClosedDay.IGNORE
