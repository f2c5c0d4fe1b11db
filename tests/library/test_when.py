"""Which days a reader means."""

from datetime import date, timedelta

import pytest

from bot.library.holidays import OfficialHolidays
from bot.library.when import When, parse_when
from tests.support.fake_library import NoHolidays

MONDAY = date(2026, 3, 2)
RUSSIA = OfficialHolidays("RU")


def days(text: str, today: date = MONDAY) -> list[str]:
    return [day.strftime("%d.%m") for day in parse_when(text, today, RUSSIA).days]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("до скольки вы сегодня", ["02.03"]),
        ("а завтра?", ["03.03"]),
        ("послезавтра", ["04.03"]),
        ("в суботу вы роботаете", ["07.03"]),
        ("в питницу", ["06.03"]),
        ("в воскрисенье", ["08.03"]),
        ("а завтро", ["03.03"]),
        ("в среду", ["04.03"]),
        ("в понедельник", ["02.03"]),
        ("в следующий понедельник", ["09.03"]),
        ("в следующую среду", ["11.03"]),
        ("в субботу и воскресенье", ["07.03", "08.03"]),
        ("пн и ср", ["02.03", "04.03"]),
        ("8 марта", ["08.03"]),
        ("08.03", ["08.03"]),
        ("8.3.2026", ["08.03"]),
        ("08/03/26", ["08.03"]),
        ("hours on 12/25", ["25.12"]),
        ("05/30/2026", ["30.05"]),
        ("2026-03-08", ["08.03"]),
        ("восьмого марта", ["08.03"]),
        ("1, 2 и 3 мая", ["01.05", "02.05", "03.05"]),
        ("с 1 по 4 мая", ["01.05", "02.05", "03.05", "04.05"]),
        ("March 8", ["08.03"]),
        ("on the 8th of March", ["08.03"]),
        ("8 March", ["08.03"]),
        ("в выходные", ["07.03", "08.03"]),
        ("на следующих выходных", ["14.03", "15.03"]),
        ("на следующей неделе", ["09.03", "10.03", "11.03", "12.03", "13.03", "14.03", "15.03"]),
        ("в праздники", ["08.03", "09.03"]),
        ("today", ["02.03"]),
        ("on sunday", ["08.03"]),
        ("на рождество", ["07.01"]),
        ("до скольки в День Победы", ["09.05", "11.05"]),
        ("в день россии работаете?", ["12.06"]),
        ("в католическое рождество", ["25.12"]),
        ("on Christmas", ["07.01"]),
        ("next week", ["09.03", "10.03", "11.03", "12.03", "13.03", "14.03", "15.03"]),
        ("this weekend", ["07.03", "08.03"]),
    ],
)
def test_days_are_read_as_a_person_reads_them(text: str, meant: list[str]) -> None:
    assert days(text) == meant


@pytest.mark.parametrize(
    ("text", "first", "last", "count"),
    [
        ("работаете с 30 декабря по 8 января?", "30.12", "08.01", 10),
        ("1–8 мая открыты?", "01.05", "08.05", 8),
        ("с 1-го по 8-е мая", "01.05", "08.05", 8),
        ("с первого по восьмое мая", "01.05", "08.05", 8),
        ("между 1 и 8 мая", "01.05", "08.05", 8),
        ("01.05-08.05", "01.05", "08.05", 8),
        ("2026-05-01 - 2026-05-08", "01.05", "08.05", 8),
        ("с пятницы по вторник", "06.03", "10.03", 5),
        ("пн-пт", "02.03", "06.03", 5),
        ("с завтра до воскресенья", "03.03", "08.03", 6),
        ("from May 1 to May 8", "01.05", "08.05", 8),
        ("May 1-8", "01.05", "08.05", 8),
        ("с 28 февраля по 5 марта", "02.03", "05.03", 4),
    ],
)
def test_from_one_day_to_another_all_between_are_meant(text: str, first: str, last: str, count: int) -> None:
    found = days(text)

    assert (found[0], found[-1], len(found)) == (first, last, count)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("с 10 до 18 в субботу", ["07.03"]),
        ("завтра с 9 до 5", ["03.03"]),
        ("8 марта и 9 мая", ["08.03", "09.05"]),
        ("с 15 марта до 1 сентября", ["15.03", "01.09"]),
    ],
)
def test_hours_and_days_apart_are_no_stretch(text: str, meant: list[str]) -> None:
    assert days(text) == meant


def test_of_the_may_holidays_the_days_between_are_asked_about_too() -> None:
    assert parse_when("на майских", MONDAY, RUSSIA).and_between
    assert not parse_when("в выходные", MONDAY, RUSSIA).and_between


@pytest.mark.parametrize(
    "text",
    [
        "",
        "часы работы",
        "каштанка",
        "маршрут",
        "опять закрыто, как в прошлый четверг?",
        "майор",
        "воскресение",
        "марту",
        "у вас 5 книг",
        "до 18:00",
        "12.99",
        "31.02",
        "20.13",
        "0.0",
    ],
)
def test_what_names_no_day_means_none(text: str) -> None:
    assert days(text) == []


def test_a_date_that_has_passed_is_the_one_of_next_year() -> None:
    assert parse_when("1 марта", MONDAY, RUSSIA).days == (date(2027, 3, 1),)


def test_the_twenty_ninth_of_february_waits_for_its_year() -> None:
    assert parse_when("29 февраля", MONDAY, RUSSIA).days == (date(2028, 2, 29),)


def test_new_year_holidays_run_until_the_first_working_day() -> None:
    found = parse_when("в новогодние праздники", date(2026, 12, 10), RUSSIA).days

    assert found[0] == date(2026, 12, 31)
    assert found[1:9] == tuple(date(2027, 1, 1) + timedelta(days=step) for step in range(8))


def test_in_january_the_rest_of_the_new_year_holidays_is_meant() -> None:
    found = parse_when("в новогодние каникулы", date(2026, 1, 5), RUSSIA).days

    assert found[0] == date(2026, 1, 5)
    assert date(2026, 1, 8) in found


def test_may_holidays_are_those_of_may_with_the_weekends_between() -> None:
    found = parse_when("на майские", MONDAY, RUSSIA).days

    assert date(2026, 5, 1) in found
    assert date(2026, 5, 2) in found
    assert date(2026, 5, 9) in found
    assert date(2026, 5, 6) not in found


def test_without_a_calendar_holidays_mean_nothing() -> None:
    assert parse_when("в праздники", MONDAY, NoHolidays()).days == ()


@pytest.mark.parametrize("text", ["по субботам", "каждую субботу", "on saturdays", "обычно в субботу"])
def test_a_weekday_in_general_is_no_date(text: str) -> None:
    assert parse_when(text, MONDAY, RUSSIA) == When(weekdays=(5,))


@pytest.mark.parametrize("text", ["вы открыты сейчас?", "ещё работаете?", "are you open now"])
def test_the_present_moment_may_be_asked_about(text: str) -> None:
    assert parse_when(text, MONDAY, RUSSIA).now


def test_on_sunday_the_weekend_is_what_is_left_of_it() -> None:
    assert days("в выходные", date(2026, 3, 8)) == ["08.03"]


def test_a_named_day_is_found_whatever_is_typed_around_it() -> None:
    assert days("ЗДРАВСТВУЙТЕ!!! а вы в СУББОТУ, 7-го марта, работаете???") == ["07.03"]


def test_nonsense_is_read_quickly_and_without_harm() -> None:
    assert parse_when("1 " * 2_000 + "мая", MONDAY, RUSSIA).days
    assert days("\x00\u202e" * 100) == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("are you open on Christmas?", ["25.12"]),
        ("on Christmas Eve", ["24.12"]),
        ("on xmas day", ["25.12"]),
        ("are you open on thanksgiving", ["26.11"]),
        ("Labor Day", ["07.09"]),
        ("on Independence Day", ["03.07", "04.07"]),
        ("on New Year's Day", ["31.12", "01.01", "02.01", "03.01"]),
        ("is there a day of labor in the memorial room", []),
    ],
)
def test_a_feast_is_that_of_the_library_s_own_country(text: str, meant: list[str]) -> None:
    told = parse_when(text, MONDAY, OfficialHolidays("US", "en")).days
    assert [day.strftime("%d.%m") for day in told] == meant


@pytest.mark.parametrize(
    "text", ["в день рождения", "вы на улице победы", "что открыто в россии", "на проспекте Победы"]
)
def test_words_of_a_feast_in_something_else_name_no_day(text: str) -> None:
    assert days(text) == []
