"""When a reader is written to, and through which contact: what the rules say, day by day and zone by zone."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.library.due_dates import BranchCalendar
from bot.library.model import Hours, Interval
from bot.library.notices import (
    Carrier,
    NoticeRules,
    Way,
    allowed_from,
    cascade,
    due_stage,
    is_expiring,
    is_quiet,
    next_way,
    overdue_stage,
)
from tests.support.fake_library import NoHolidays

RULES = NoticeRules()
EVERY_DAY = BranchCalendar(None, NoHolidays())
DAY = Interval(time(9), time(18))
WEEKDAYS = BranchCalendar(Hours(week=((DAY,),) * 5 + ((), ()), holidays_closed=False), NoHolidays())
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "chosen", "stage"),
    [
        (4, (3, 1), None),
        (3, (3, 1), 3),
        (2, (3, 1), 3),  # the service stood still yesterday
        (1, (3, 1), 1),
        (0, (3, 1), 1),
        (-1, (3, 1), None),  # overdue is another notice
        (5, (5,), 5),
        (6, (5,), None),
        (0, (5,), 5),
        (7, (7, 3, 1), 7),
        (1, (), None),
    ],
)
def test_the_reminder_that_is_due(left: int, chosen: tuple[int, ...], stage: int | None) -> None:
    today = date(2026, 12, 30)  # the due date may lie in the next year
    assert due_stage(today + timedelta(days=left), today, chosen) == stage


def test_each_reminder_of_a_loan_is_due_once_if_every_day_is_planned() -> None:
    due, told = date(2028, 3, 1), set()  # a leap day lies between
    for left in range(10, -1, -1):
        stage = due_stage(due, due - timedelta(days=left), (3, 1))
        told |= {stage} - {None}
    assert told == {3, 1}


@pytest.mark.parametrize(
    ("today", "stage"),
    [(1, None), (2, 1), (9, 1), (10, 7), (18, 7), (19, 14), (30, 14), (31, None)],
)
def test_overdue_books_are_spoken_of_after_open_days_only(today: int, stage: int | None) -> None:
    """Due on Friday 27 February: on Saturday and Sunday nobody could have brought it, Monday is the first day."""
    assert overdue_stage(date(2026, 2, 27), date(2026, 3, today), (1, 7, 14), WEEKDAYS) == stage


def test_overdue_is_told_three_times_and_then_the_staff_take_over() -> None:
    due = date(2026, 1, 10)
    stages = [overdue_stage(due, due + timedelta(days=late), (1, 7, 14), EVERY_DAY) for late in range(60)]
    assert stages[0] is None
    assert stages[1:7] == [1] * 6
    assert stages[7:14] == [7] * 7
    assert stages[14:22] == [14] * 8
    assert stages[22:] == [None] * 38


def test_a_branch_that_is_closed_for_good_brings_nobody_a_notice() -> None:
    closed = BranchCalendar(Hours(week=((),) * 7, holidays_closed=False), NoHolidays())
    assert overdue_stage(date(2026, 1, 1), date(2026, 2, 1), (1, 7, 14), closed) is None


def test_the_hold_shelf_is_warned_of_on_the_last_open_day_before() -> None:
    monday = date(2026, 3, 2)
    assert [is_expiring(monday, day, WEEKDAYS) for day in (date(2026, 2, 26), date(2026, 2, 27), monday)] == [
        False,
        True,
        True,
    ]
    assert not is_expiring(monday, date(2026, 3, 3), WEEKDAYS)


# --- quiet hours ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Asia/Yekaterinburg", "Asia/Omsk",
             "Asia/Novosibirsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan", "Asia/Kamchatka"],
)  # fmt: skip
@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2026, 3, 29), date(2028, 2, 28)])
def test_nobody_is_written_to_at_night_from_utc_2_to_utc_12(name: str, day: date) -> None:
    zone = ZoneInfo(name)
    for minutes in range(0, 24 * 60, 15):
        moment = datetime.combine(day, time.min, UTC) + timedelta(minutes=minutes)
        allowed = allowed_from(moment, zone, RULES)
        local = allowed.astimezone(zone)
        assert time(9) <= local.time() < time(21)
        assert timedelta() <= allowed - moment <= timedelta(hours=12)
        assert (allowed == moment) == (not is_quiet(moment.astimezone(zone).time(), RULES))


def test_the_night_begins_and_ends_with_its_minutes() -> None:
    by_day = replace(RULES, quiet_from=time(13), quiet_until=time(14))
    for rules in (RULES, by_day):
        assert (is_quiet(rules.quiet_from, rules), is_quiet(rules.quiet_until, rules)) == (True, False)


def test_the_night_of_new_year_ends_in_the_new_year() -> None:
    zone = ZoneInfo("Asia/Kamchatka")
    late = datetime(2026, 12, 31, 22, tzinfo=zone)
    assert allowed_from(late, zone, RULES) == datetime(2027, 1, 1, 9, tzinfo=zone)
    assert allowed_from(late + timedelta(hours=3), zone, RULES) == datetime(2027, 1, 1, 9, tzinfo=zone)


def test_clocks_that_are_turned_leave_no_hole() -> None:
    zone = ZoneInfo("Europe/Berlin")
    for night in (datetime(2026, 3, 28, 22, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)):
        allowed = allowed_from(night, zone, RULES)
        assert allowed.astimezone(zone).time() == time(9)
        assert allowed_from(allowed, zone, RULES) == allowed


def test_quiet_hours_may_lie_within_a_day_or_be_none() -> None:
    nap, none = NoticeRules(quiet_from=time(13), quiet_until=time(15)), NoticeRules(quiet_from=time(9))
    zone = ZoneInfo("Europe/Moscow")
    assert allowed_from(datetime(2026, 3, 2, 14, tzinfo=zone), zone, nap) == datetime(2026, 3, 2, 15, tzinfo=zone)
    midnight = datetime(2026, 3, 2, 0, tzinfo=zone)
    assert allowed_from(midnight, zone, nap) == midnight
    assert allowed_from(midnight, zone, none) == midnight


# --- to whom -------------------------------------------------------------------------------------


def ago(hours: int) -> datetime:
    return NOW - timedelta(hours=hours)


def order(*ways: Way) -> list[int]:
    return [way.contact_id for way in cascade(ways)]


def test_the_chosen_contact_comes_first_then_the_one_last_used() -> None:
    old, fresh = Way(contact_id=1, channel="vk", heard_at=ago(90)), Way(contact_id=2, channel="max", heard_at=ago(1))
    chosen = Way(contact_id=3, channel="ok", heard_at=ago(900), chosen_at=ago(500))
    assert order(old, fresh, chosen) == [3, 2, 1]
    assert order(Way(contact_id=5, channel="vk"), old) == [1, 5]


def test_stop_at_one_contact_is_no_reason_to_write_to_the_next() -> None:
    stopped = Way(contact_id=1, channel="vk", heard_at=ago(2), muted_at=ago(2))
    other = Way(contact_id=2, channel="max", heard_at=ago(1))
    assert order(stopped, other) == []
    before = Way(contact_id=2, channel="max", heard_at=ago(1), chosen_at=ago(3))
    assert order(stopped, before) == []
    since = Way(contact_id=2, channel="max", heard_at=ago(1), chosen_at=ago(1))
    assert order(stopped, since) == [2]


def test_one_guardian_who_said_stop_does_not_speak_for_the_other() -> None:
    mother = Way(contact_id=1, channel="vk", child=True, muted_at=ago(2))
    father = Way(contact_id=2, channel="max", child=True, heard_at=ago(50))
    assert order(mother, father) == [2]


def test_the_cascade_goes_on_past_what_cannot_be_reached() -> None:
    ways = [
        Way(contact_id=1, channel="vk", reachable=False),
        Way(contact_id=2, channel="wa"),
        Way(contact_id=3, channel="max"),
    ]
    assert next_way(ways, set(), lambda way: way.channel != "wa") == ways[2]
    assert next_way(ways, {3}, lambda way: way.channel != "wa") is None
    assert next_way(ways, set(), lambda way: True) == ways[1]


@pytest.mark.parametrize(
    ("carrier", "heard", "takes"),
    [
        (Carrier(), None, True),
        (Carrier(personal=False), ago(0), False),
        (Carrier(pushes=False), ago(0), False),
        (Carrier(window_h=24), ago(23), True),
        (Carrier(window_h=24), ago(25), False),
        (Carrier(window_h=24), None, False),
        (Carrier(window_h=24, templates=frozenset({"due_soon"})), ago(25), True),
        (Carrier(window_h=24, templates=frozenset({"overdue"})), ago(25), False),
        (Carrier(window_h=24, templates=frozenset({"due_soon"}), personal=False), ago(25), False),
    ],
)
def test_what_a_channel_may_carry_to_whom(carrier: Carrier, heard: datetime | None, *, takes: bool) -> None:
    assert carrier.takes("due_soon", heard, NOW) is takes
