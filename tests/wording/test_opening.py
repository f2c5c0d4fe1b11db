"""Opening hours as a person says them."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.library.holidays import OfficialHolidays
from bot.library.hours import day_of, parse_hours, parse_intervals
from bot.library.model import Branch, Hours
from bot.wording import in_language
from bot.wording.opening import (
    day_hours,
    moment_words,
    named_day,
    right_now,
    sanitary_rule,
    spans,
    today_in_short,
    unusual_days,
    week,
)

MOSCOW = ZoneInfo("Europe/Moscow")
RUSSIA = OfficialHolidays("RU")


def open_on(text: str, **more: str) -> Branch:
    return Branch(code="1", name="Библиотека", hours=parse_hours(week={"mon-sun": text} | more, holidays_closed=False))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ("9:00-18:00", "с 9:00 до 18:00"),
        ("9-13, 14-18", "с 9:00 до 18:00, перерыв с 13:00 до 14:00"),
        ("9-11, 11:15-13, 14-18", "с 9:00 до 18:00, перерыв с 11:00 до 11:15 и с 13:00 до 14:00"),
        ("8-10, 16-20", "с 8:00 до 10:00 и с 16:00 до 20:00"),
        ("18-24", "с 18:00 до 24:00"),
        ("closed", ""),
    ],
)
def test_a_short_pause_is_a_break_and_a_long_one_parts_the_day(hours: str, said: str) -> None:
    assert spans(parse_intervals(hours)) == said


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2026-03-02 08:00", "откроется в 9:00"),
        ("2026-03-02 10:00", "сегодня до 18:00"),
        ("2026-03-02 13:30", "перерыв до 14:00"),
        ("2026-03-02 19:00", "завтра с 9:00"),
    ],
)
def test_today_beside_a_name(moment: str, said: str) -> None:
    assert today_in_short(open_on("9-13, 14-18"), local(moment), RUSSIA) == said


def test_a_closed_day_beside_a_name() -> None:
    branch = Branch(code="1", name="Б", hours=parse_hours(week={"mon": "closed", "tue-sun": "9-18"}))

    assert today_in_short(branch, local("2026-03-02 10:00"), RUSSIA) == "сегодня закрыто"


def test_unknown_hours_say_nothing() -> None:
    branch = Branch(code="1", name="Б")

    assert today_in_short(branch, local("2026-03-02 10:00"), RUSSIA) == ""
    assert right_now(branch, local("2026-03-02 10:00"), RUSSIA) == ""
    assert unusual_days(branch, date(2026, 3, 2), 14, RUSSIA) == []


def test_a_night_past_midnight_is_told_to_its_end() -> None:
    night = open_on("0:00-2:00, 20:00-24:00")

    assert today_in_short(night, local("2026-03-02 22:00"), RUSSIA) == "сегодня до 2:00"


def test_a_closed_day_is_a_sentence_in_english() -> None:
    with in_language("en"):
        assert right_now(open_on("closed"), local("2026-03-02 10:00"), RUSSIA) == "Today we are closed."


def test_a_branch_closed_for_good_promises_no_day() -> None:
    assert right_now(open_on("closed"), local("2026-03-02 10:00"), RUSSIA) == "Сегодня закрыто, выходной."


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 3, 2), "сегодня"),
        (date(2026, 3, 3), "завтра, 3 марта"),
        (date(2026, 3, 4), "в среду, 4 марта"),
        (date(2026, 3, 10), "во вторник, 10 марта"),
        (date(2026, 12, 31), "в четверг, 31 декабря"),
        (date(2027, 3, 1), "в понедельник, 1 марта 2027 г."),
    ],
)
def test_days_are_named_from_where_the_reader_stands(day: date, said: str) -> None:
    assert named_day(day, date(2026, 3, 2)) == said


def test_moments_are_named_in_the_time_of_the_branch() -> None:
    now = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)  # 23:30 in Moscow

    assert moment_words(datetime(2026, 3, 3, 6, 0, tzinfo=UTC), now, MOSCOW) == "завтра в 9:00"
    assert moment_words(datetime(2026, 3, 2, 20, 45, tzinfo=UTC), now, MOSCOW) == "сегодня в 23:45"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (("last", 3), "Санитарный день: последний четверг месяца."),
        (("1", 2), "Санитарный день: первая среда месяца."),
        (("4", 6), "Санитарный день: четвёртое воскресенье месяца."),
    ],
)
def test_the_sanitary_day_agrees_with_its_weekday(rule: tuple[str, int], said: str) -> None:
    assert sanitary_rule(rule) == said


def test_equal_days_share_a_line() -> None:
    hours = parse_hours(week={"mon-thu": "9-18", "fri": "9-17", "sat-sun": "closed"})
    assert hours is not None

    assert week(hours) == ["Пн–Чт: с 9:00 до 18:00", "Пт: с 9:00 до 17:00", "Сб–Вс: выходной"]


def test_seven_equal_days_are_every_day() -> None:
    hours = parse_hours(week={"mon-sun": "9-18"})
    assert hours is not None

    assert week(hours) == ["Каждый день: с 9:00 до 18:00"]
    with in_language("en"):
        assert week(hours) == ["Every day: 9:00 to 18:00"]


def test_english_moments_are_english() -> None:
    now = local("2026-03-02 10:00")

    with in_language("en"):
        assert moment_words(local("2026-03-10 09:00"), now, MOSCOW) == "on Tuesday, 10 March, at 9:00"
        assert sanitary_rule(("last", 3)) == "Closed for maintenance on the last Thursday of the month."


def test_the_end_of_the_day_is_twenty_four() -> None:
    assert time.max != time.min
    assert today_in_short(open_on("9:00-24:00"), local("2026-03-02 10:00"), RUSSIA) == "сегодня до 24:00"


def test_what_is_said_of_a_branch_in_short_holds_for_the_minute_the_language_the_branch_and_the_days_off() -> None:
    branch, shut, none = open_on("9:00-18:00"), open_on("9:00-17:00"), OfficialHolidays("")
    closing, holiday = local("2026-03-02 17:59"), Branch(code="2", name="Библиотека", hours=_with_days_off())
    with in_language("en"):
        english = today_in_short(branch, closing, RUSSIA)

    assert today_in_short(branch, closing, RUSSIA) == "сегодня до 18:00" != english
    assert today_in_short(branch, closing + timedelta(seconds=59), RUSSIA) == "сегодня до 18:00"
    assert today_in_short(shut, closing, RUSSIA) == "завтра с 9:00"
    assert today_in_short(branch, closing + timedelta(seconds=60), RUSSIA) == "завтра с 9:00"
    assert today_in_short(holiday, local("2026-01-01 12:00"), RUSSIA) == "сегодня закрыто"
    assert today_in_short(holiday, local("2026-01-01 12:00"), none) == "сегодня до 18:00"


def _with_days_off() -> Hours | None:
    return parse_hours(week={"mon-sun": "9:00-18:00"})


def test_new_year_is_near_in_december() -> None:
    assert named_day(date(2027, 1, 2), date(2026, 12, 20)) == "в субботу, 2 января"


@pytest.mark.parametrize(
    ("day", "said", "in_english"),
    [
        (date(2026, 12, 31), "закрыто, официальный выходной", "closed, an official day off"),
        (date(2026, 5, 1), "закрыто, праздничный день: Праздник Весны и Труда", "closed"),
    ],
)
def test_a_day_off_that_was_moved_has_no_name_to_be_told(day: date, said: str, in_english: str) -> None:
    hours = _with_days_off()
    assert hours is not None

    assert day_hours(day_of(hours, day, RUSSIA)) == said
    with in_language("en"):
        assert day_hours(day_of(hours, day, OfficialHolidays("RU", "en"))).startswith(in_english)
