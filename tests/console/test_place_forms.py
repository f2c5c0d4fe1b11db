"""The forms of days and branches, field by field: what is kept, what is refused, and how it is said."""

from datetime import date, time, timedelta

import pytest

from bot.library.model import DayKind, Interval, SpecialDays
from console import branch_form, days_form
from tests.support.fake_library import CENTRAL

TODAY = date(2026, 3, 2)
FAR = TODAY + timedelta(days=366 * 3)
TEN_TO_SIX = (Interval(time(10), time(18)),)


def fault_of(**fields: str) -> str:
    """The first fault of days to come, "" for none."""
    days, faults = days_form.planned(fields, TODAY)
    assert (days is None) is bool(faults)
    return next(iter(faults), "")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"first": "2026-03-02"}, ""),
        ({"first": "2026-03-01"}, "Эти дни уже прошли."),
        ({"first": "2026-02-20", "last": "2026-03-02"}, ""),
        ({"first": "2026-02-20", "last": "2026-03-01", "yearly": "1"}, ""),
        ({"first": "2026-03-05", "last": "2026-03-04"}, "Последний день раньше первого."),
        ({"first": FAR.isoformat()}, ""),
        ({"first": (FAR + timedelta(days=1)).isoformat()}, "Это слишком далеко: проверьте год."),
        (
            {"first": "2026-03-05", "last": (FAR + timedelta(days=1)).isoformat()},
            "Это слишком далеко: проверьте год.",
        ),
        ({"first": "2026-03-05", "last": "2027-03-04", "yearly": "1"}, ""),
        (
            {"first": "2026-03-05", "last": "2027-03-05", "yearly": "1"},
            "Каждый год могут повторяться дни короче года.",
        ),
        ({"first": "2026-03-05", "last": "скоро"}, "Укажите день, а для нескольких дней первый и последний."),
        ({"first": "", "last": "2026-03-05"}, "Укажите день, а для нескольких дней первый и последний."),
        ({"first": "2026-03-05", "kind": "hours", "hours": ""}, "Часы: напишите, когда открыто: 10:00-15:00"),
        ({"first": "2026-03-05", "kind": "hours", "hours": "18-10"}, "Часы: конец раньше начала: 18-10"),
    ],
)
def test_days_that_cannot_be_are_refused_with_their_reason(fields: dict[str, str], fault: str) -> None:
    assert fault_of(**fields) == fault


def test_days_are_kept_as_they_were_typed() -> None:
    asked = {"first": "2026-03-05", "last": "2026-03-07", "kind": "hours", "hours": "10:00-18:00", "yearly": "1"}

    days, _ = days_form.planned(asked | {"note": " короткий \n день. "}, TODAY)

    assert days == SpecialDays(
        kind=DayKind.HOURS,
        first=date(2026, 3, 5),
        last=date(2026, 3, 7),
        intervals=TEN_TO_SIX,
        note="короткий день",
        yearly=True,
    )


@pytest.mark.parametrize(
    ("fields", "last"),
    [
        ({}, TODAY),
        ({"until": "today", "last": "2026-03-09"}, TODAY),
        ({"until": "reopening"}, None),
        ({"until": "date", "last": "2026-03-02"}, TODAY),
        ({"until": "date", "last": FAR.isoformat()}, FAR),
    ],
)
def test_a_closing_begins_today_and_ends_when_it_was_said(fields: dict[str, str], last: date | None) -> None:
    days, faults = days_form.urgent(fields | {"note": "прорвало трубу."}, TODAY)

    assert days == SpecialDays(kind=DayKind.URGENT, first=TODAY, last=last, note="прорвало трубу")
    assert faults == []


@pytest.mark.parametrize("last", ["", "2026-03-01", (FAR + timedelta(days=1)).isoformat(), "9 марта"])
def test_a_closing_until_a_day_that_cannot_be_is_refused(last: str) -> None:
    assert days_form.urgent({"until": "date", "last": last}, TODAY) == (
        None,
        ["Укажите день, по который закрыто: сегодня или позже."],
    )


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"first": "2026-05-01"}, "1 мая"),
        ({"first": "2026-05-01", "last": "2026-05-03"}, "1 мая – 3 мая"),
        ({"first": "2027-01-01", "last": "2027-01-08"}, "1 января 2027 – 8 января 2027"),
        ({"first": "2026-12-31", "yearly": "1"}, "каждый год: 31 декабря"),
        ({"first": "2026-12-30", "last": "2026-12-31", "yearly": "1"}, "каждый год: 30 декабря – 31 декабря"),
    ],
)
def test_days_are_told_with_their_year_where_it_is_another(days: dict[str, str], said: str) -> None:
    kept, _ = days_form.planned(days, TODAY)
    assert kept is not None

    assert days_form.days_words(kept, TODAY) == said


def test_what_is_so_on_these_days_is_told_with_its_reason() -> None:
    def told(kind: DayKind, note: str = "", *, open_at: tuple[Interval, ...] = ()) -> str:
        return days_form.what_words(SpecialDays(kind=kind, first=TODAY, last=TODAY, intervals=open_at, note=note))

    assert told(DayKind.CLOSED) == "закрыто"
    assert told(DayKind.CLOSED, "ремонт") == "закрыто: ремонт"
    assert told(DayKind.GONE, "переехали") == "закрыто насовсем: переехали"
    assert told(DayKind.HOURS, open_at=TEN_TO_SIX) == "с 10:00 до 18:00"
    shut = SpecialDays(kind=DayKind.URGENT, first=TODAY, last=None, note="")
    assert days_form.days_words(shut, TODAY) == "с 2 марта, пока не откроете"


def read(**typed: str) -> tuple[object, list[str]]:
    """The hours of a Monday and what is wrong, for a form with but these fields changed."""
    branch, faults = branch_form.read({"name": "Клуб", **typed}, CENTRAL)
    return (branch.hours.week[0] if branch.hours else None), faults


@pytest.mark.parametrize(
    ("typed", "hours", "fault"),
    [
        ({"open-0": "10:00-18:00"}, TEN_TO_SIX, ""),
        (
            {"open-0": "10:00-18:00", "break-0": "13:00-14:00"},
            (Interval(time(10), time(13)), Interval(time(14), time(18))),
            "",
        ),
        (
            {"open-0": "10:00-18:00", "break-0": "12:00-12:30, 15:00-15:15"},
            (Interval(time(10), time(12)), Interval(time(12, 30), time(15)), Interval(time(15, 15), time(18))),
            "",
        ),
        (
            {"open-0": "10:00-18:00", "break-0": "10:00-11:00"},
            TEN_TO_SIX,
            "Понедельник: перерыв должен быть внутри часов работы.",
        ),
        (
            {"open-0": "10:00-18:00", "break-0": "17:00-18:00"},
            TEN_TO_SIX,
            "Понедельник: перерыв должен быть внутри часов работы.",
        ),
        ({"break-0": "13:00-14:00"}, None, "Перерыв указан, а часов работы нет."),
        (
            {"open-1": "10:00-18:00", "break-0": "13:00-14:00"},
            (),
            "Понедельник: перерыв указан, а часов работы нет.",
        ),
        ({"open-0": "с утра"}, (), "Понедельник: часы пишутся так: 10:00-19:00. Написано: с утра"),
        (
            {"open-0": "14:00-18:00, 10:00-13:00"},
            (),
            "Понедельник: промежутки должны идти по порядку: 14:00-18:00, 10:00-13:00",
        ),
        ({}, None, ""),
    ],
)
def test_the_hours_of_a_day_are_read_with_its_breaks(typed: dict[str, str], hours: object, fault: str) -> None:
    assert read(**typed) == (hours, [fault] if fault else [])


@pytest.mark.parametrize(
    ("point", "kept"),
    [
        ("55.0121, 50.0304", (55.0121, 50.0304)),
        ("-90 180", (-90.0, 180.0)),
        ("90.5, 50", None),
        ("55, 180.5", None),
        ("55.0121", None),
        ("где-то", None),
    ],
)
def test_a_point_on_the_map_lies_on_the_earth(point: str, kept: tuple[float, float] | None) -> None:
    branch, faults = branch_form.read({"name": "Клуб", "point": point}, CENTRAL)

    assert ((branch.latitude, branch.longitude) if branch.latitude is not None else None) == kept
    assert bool(faults) is (kept is None)


@pytest.mark.parametrize(
    ("which", "number", "kept"),
    [("last", "3", ("last", 3)), ("1", "0", ("1", 0)), ("4", "6", ("4", 6)), ("", "3", None), ("5", "3", None),
     ("1", "7", None), ("1", "", None)],
)  # fmt: skip
def test_a_sanitary_day_is_one_of_the_month(which: str, number: str, kept: tuple[str, int] | None) -> None:
    typed = {"name": "Клуб", "open-0": "10:00-18:00", "sanitary_which": which, "sanitary_weekday": number}

    branch, faults = branch_form.read(typed, CENTRAL)

    assert branch.hours is not None
    assert (branch.hours.sanitary_day, faults) == (kept, [])


@pytest.mark.parametrize(("length", "fault"), [(200, ""), (201, "Слишком длинно (больше 200 знаков): ")])
def test_a_name_has_its_longest(length: int, fault: str) -> None:
    _, faults = branch_form.read({"name": "я" * length}, CENTRAL)

    assert faults == ([fault + "я" * 30 + "…"] if fault else [])
