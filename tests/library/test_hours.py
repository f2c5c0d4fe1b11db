"""When a branch is open: reading the hours of ``config.yaml``, and the rules of a day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.library.holidays import OfficialHolidays
from bot.library.hours import (
    Why,
    at,
    day_of,
    next_opening,
    now_at,
    parse_hours,
    parse_intervals,
    parse_sanitary_day,
    sanitary_date,
)
from bot.library.model import Hours, Interval
from tests.support.fake_library import NoHolidays

MOSCOW = ZoneInfo("Europe/Moscow")
RUSSIA = OfficialHolidays("RU")
WEEK = {"mon-fri": "9:00-13:00, 14:00-18:00", "sat": "10:00-16:00", "sun": "closed"}


def hours(**more: object) -> Hours:
    parsed = parse_hours(week=WEEK, **more)  # type: ignore[arg-type]  # each test names its own keys
    assert parsed is not None
    return parsed


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


# --- reading -------------------------------------------------------------------------------------


def test_a_stretch_of_weekdays_is_told_at_once() -> None:
    week = hours().week

    assert week[0] == week[4] == (Interval(time(9), time(13)), Interval(time(14), time(18)))
    assert week[5] == (Interval(time(10), time(16)),)
    assert week[6] == ()


def test_a_branch_without_a_week_has_no_hours() -> None:
    assert parse_hours(week=None) is None


@pytest.mark.parametrize(
    ("week", "fault"),
    [
        ({"mon-fri": "9-18"}, "sat, sun not told"),
        ({**WEEK, "mon": "9:00-18:00"}, "mon is told twice"),
        ({**WEEK, "mon-fri": "18:00-9:00"}, "an end after the start"),
        ({**WEEK, "mon-fri": "9:00-9:00"}, "an end after the start"),
        ({**WEEK, "mon-fri": "9:00"}, "expected hours such as 9:00-18:00"),
        ({**WEEK, "mon-fri": "9:00-25:00"}, "a time of day from 0:00 to 24:00"),
        ({**WEEK, "mon-fri": "9:00-13:00, 12:00-18:00"}, "intervals in order"),
        ({**WEEK, "fri-mon": "9:00-18:00"}, "the earlier weekday first"),
        ({**WEEK, "someday": "9:00-18:00"}, "expected a weekday"),
    ],
)
def test_wrong_hours_are_refused_with_what_was_expected(week: dict[str, str], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        parse_hours(week=week)


def test_a_day_is_either_closed_or_special() -> None:
    day = date(2026, 3, 20)

    with pytest.raises(ValueError, match="also under closed"):
        hours(closed={day: ""}, special={day: "10:00-12:00"})


def test_closed_days_without_a_week_are_refused() -> None:
    with pytest.raises(ValueError, match="expected the week"):
        parse_hours(week=None, closed={date(2026, 3, 20): ""})


@pytest.mark.parametrize("text", ["closed", "Выходной", " закрыто "])
def test_closed_may_be_said_in_russian(text: str) -> None:
    assert parse_intervals(text) == ()


@pytest.mark.parametrize("text", ["9-18", "9:00-18:00", "9.00 – 18.00", "09:00—18:00"])
def test_hours_may_be_spelt_as_people_spell_them(text: str) -> None:
    assert parse_intervals(text) == (Interval(time(9), time(18)),)


def test_midnight_ends_a_day() -> None:
    assert parse_intervals("18:00-24:00") == (Interval(time(18), time.max),)
    assert at(date(2026, 3, 2), time.max, MOSCOW) == datetime(2026, 3, 2, 21, tzinfo=UTC)


@pytest.mark.parametrize("text", ["last", "fifth monday", "last noday", "monday last", "last thursday please"])
def test_a_wrong_sanitary_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="sanitary_day"):
        parse_sanitary_day(text)


# --- a day ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "day"),
    [("last thursday", 26), ("first monday", 2), ("last tuesday", 31), ("second sunday", 8), ("fourth friday", 27)],
)
def test_the_sanitary_day_of_a_month(rule: str, day: int) -> None:
    parsed = parse_sanitary_day(rule)

    assert parsed is not None
    assert sanitary_date(2026, 3, parsed) == date(2026, 3, day)


def test_the_days_own_word_wins_over_holiday_sanitary_day_and_week() -> None:
    holiday, sanitary = date(2026, 3, 8), date(2026, 3, 26)
    told = hours(special={holiday: "12:00-14:00", sanitary: "9:00-10:00"}, sanitary_day="last thursday")

    assert day_of(told, holiday, RUSSIA).intervals == (Interval(time(12), time(14)),)
    assert day_of(told, sanitary, RUSSIA).why is Why.EXCEPTION


def test_a_holiday_closes_unless_the_branch_works_on_holidays() -> None:
    holiday = date(2026, 5, 1)

    assert day_of(hours(), holiday, RUSSIA).why is Why.HOLIDAY
    assert day_of(hours(), holiday, RUSSIA).note == "Праздник Весны и Труда"
    assert day_of(hours(holidays_closed=False), holiday, RUSSIA).intervals


def test_a_closed_day_keeps_the_librarys_word() -> None:
    day = day_of(hours(closed={date(2026, 3, 20): "авария"}), date(2026, 3, 20), RUSSIA)

    assert (day.intervals, day.why, day.note) == ((), Why.EXCEPTION, "авария")


# --- now -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "is_open", "until", "opens", "on_break"),
    [
        ("2026-03-02 08:59", False, None, "2026-03-02 09:00", False),
        ("2026-03-02 09:00", True, "2026-03-02 13:00", "2026-03-02 14:00", False),
        ("2026-03-02 12:59", True, "2026-03-02 13:00", "2026-03-02 14:00", False),
        ("2026-03-02 13:00", False, None, "2026-03-02 14:00", True),
        ("2026-03-02 17:59", True, "2026-03-02 18:00", "2026-03-03 09:00", False),
        ("2026-03-02 18:00", False, None, "2026-03-03 09:00", False),
        ("2026-03-07 17:00", False, None, "2026-03-10 09:00", False),
    ],
)
def test_a_moment_is_open_to_the_minute(moment: str, is_open: bool, until: str, opens: str, on_break: bool) -> None:
    now = now_at(hours(), MOSCOW, local(moment), RUSSIA)

    assert (now.open, now.on_break) == (is_open, on_break)
    assert now.until == (local(until) if until else None)
    assert now.opens == local(opens)


def test_hours_past_midnight_run_on() -> None:
    told = parse_hours(week={"mon-sun": "0:00-2:00, 20:00-24:00"}, holidays_closed=False)
    assert told is not None

    now = now_at(told, MOSCOW, local("2026-03-02 23:30"), NoHolidays())

    assert now.open
    assert now.until == local("2026-03-03 02:00")


def test_a_branch_that_is_closed_for_long_promises_no_day() -> None:
    shut = parse_hours(week={"mon-sun": "closed"})
    assert shut is not None

    assert next_opening(shut, MOSCOW, local("2026-03-02 10:00"), RUSSIA) is None


def test_while_open_the_next_opening_is_now() -> None:
    moment = local("2026-03-02 10:00")

    assert next_opening(hours(), MOSCOW, moment, RUSSIA) == moment


def test_the_clock_turned_forward_swallows_no_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    told = parse_hours(week={"mon-sun": "2:15-2:45, 9:00-18:00"})
    assert told is not None
    night = datetime(2026, 3, 29, 1, 30, tzinfo=berlin)

    now = now_at(told, berlin, night, NoHolidays())

    assert not now.open
    assert now.opens is not None
    assert now.opens - night <= timedelta(hours=7)


@pytest.mark.parametrize(
    ("day", "opens", "closes"),
    [
        (date(2026, 3, 8), "13:00", "17:00"),  # 9:00 to 13:00 by the new time, four hours behind UTC
        (date(2026, 11, 1), "14:00", "18:00"),  # five hours behind it again
        (date(2026, 3, 7), "14:00", "18:00"),
        (date(2026, 11, 2), "14:00", "18:00"),
    ],
)
def test_a_library_opens_by_its_own_clock_on_the_days_when_that_is_changed(day: date, opens: str, closes: str) -> None:
    hours = Hours(week=((Interval(time(9), time(13)),),) * 7)
    dawn = datetime(day.year, day.month, day.day, 12, 30, tzinfo=UTC)
    before = now_at(hours, ZoneInfo("America/New_York"), dawn, NoHolidays())
    assert before.opens is not None
    inside = now_at(hours, ZoneInfo("America/New_York"), before.opens, NoHolidays())

    assert (before.open, f"{before.opens:%H:%M}") == (False, opens)
    assert inside.until is not None
    assert (inside.open, f"{inside.until:%H:%M}") == (True, closes)
