"""Dates and times of day as the library's country writes them."""

from collections.abc import Iterator
from datetime import date, time

import pytest

from bot.library.customs import live_in
from bot.library.hours import parse_intervals
from bot.library.linking import phone_of
from bot.library.model import Interval
from bot.library.typed import birth_date
from bot.library.when import parse_when
from bot.wording import clock_time, day, day_and_year, in_figures, in_language

JULY = date(2026, 7, 4)
NOVEMBER = date(2026, 11, 27)


class NoHolidays:
    def name(self, day: date) -> str:
        return ""


@pytest.fixture
def at_home() -> Iterator[None]:
    yield
    live_in("")


@pytest.mark.parametrize(
    ("country", "language", "told"),
    [
        ("US", "en", ["9 am", "5:30 pm", "noon", "12:15 pm", "12:30 am", "midnight", "midnight"]),
        ("AU", "en", ["9 am", "5:30 pm", "noon", "12:15 pm", "12:30 am", "midnight", "midnight"]),
        ("GB", "en", ["9:00", "17:30", "12:00", "12:15", "0:30", "24:00", "0:00"]),
        ("RU", "en", ["9:00", "17:30", "12:00", "12:15", "0:30", "24:00", "0:00"]),
        ("US", "ru", ["9:00", "17:30", "12:00", "12:15", "0:30", "24:00", "0:00"]),
        ("RU", "ru", ["9:00", "17:30", "12:00", "12:15", "0:30", "24:00", "0:00"]),
    ],
)
@pytest.mark.usefixtures("at_home")
def test_a_time_of_day(country: str, language: str, told: list[str]) -> None:
    live_in(country)
    times = [time(9), time(17, 30), time(12), time(12, 15), time(0, 30), time.max, time(0)]
    with in_language(language):
        assert [clock_time(one) for one in times] == told


@pytest.mark.parametrize(
    ("country", "language", "told"),
    [
        ("US", "en", ["July 4", "July 4, 2026", "07/04/2026", "07/04"]),
        ("GB", "en", ["4 July", "4 July 2026", "04/07/2026", "04/07"]),
        ("US", "ru", ["4 июля", "4 июля 2026 г.", "04.07.2026", "04.07"]),
        ("RU", "ru", ["4 июля", "4 июля 2026 г.", "04.07.2026", "04.07"]),
    ],
)
@pytest.mark.usefixtures("at_home")
def test_a_date(country: str, language: str, told: list[str]) -> None:
    live_in(country)
    with in_language(language):
        assert [day(JULY), day_and_year(JULY), in_figures(JULY), in_figures(JULY, year=False)] == told


@pytest.mark.parametrize(
    ("country", "text", "meant"),
    [
        ("US", "are you open 12/3?", date(2026, 12, 3)),
        ("GB", "are you open 12/3?", date(2027, 3, 12)),
        ("US", "are you open 25/12?", date(2026, 12, 25)),
        ("GB", "are you open 12/25?", date(2026, 12, 25)),
        ("US", "открыты 03.12?", date(2026, 12, 3)),
        ("RU", "открыты 03.12?", date(2026, 12, 3)),
    ],
)
@pytest.mark.usefixtures("at_home")
def test_a_day_in_figures_is_read_as_the_country_writes_it(country: str, text: str, meant: date) -> None:
    live_in(country)
    assert parse_when(text, NOVEMBER, NoHolidays()).days == (meant,)


@pytest.mark.parametrize(
    ("country", "text", "born"),
    [
        ("US", "03/25/1980", date(1980, 3, 25)),
        ("US", "3/5/1980", date(1980, 3, 5)),
        ("US", "05.03.1980", date(1980, 3, 5)),
        ("US", "03251980", date(1980, 3, 25)),
        ("US", "25/3/1980", date(1980, 3, 25)),
        ("GB", "5/3/1980", date(1980, 3, 5)),
        ("RU", "05031980", date(1980, 3, 5)),
        ("RU", "5 3 1980", date(1980, 3, 5)),
        ("US", "March 5, 1980", date(1980, 3, 5)),
        ("US", "5th of March 1980", date(1980, 3, 5)),
        ("US", "Mar. 5th, 1980", date(1980, 3, 5)),
        ("US", "13/13/1980", None),
        ("US", "March 50, 1980", None),
        ("US", "marching on 1980", None),
    ],
)
@pytest.mark.usefixtures("at_home")
def test_a_date_of_birth_is_read_as_the_country_writes_it(country: str, text: str, born: date | None) -> None:
    live_in(country)
    assert birth_date(text) == born


@pytest.mark.parametrize(
    ("said", "start", "end"),
    [
        ("9am-8pm", time(9), time(20)),
        ("9:30 AM - 5 PM", time(9, 30), time(17)),
        ("9 a.m. – 5 p.m.", time(9), time(17)),
        ("1-5 pm", time(13), time(17)),
        ("9-5pm", time(9), time(17)),
        ("10-12 pm", time(10), time(12)),
        ("10 am-noon", time(10), time(12)),
        ("noon-midnight", time(12), time.max),
        ("9:00-20:00", time(9), time(20)),
        ("0:00-24:00", time(0), time.max),
    ],
)
def test_hours_may_be_written_with_am_and_pm(said: str, start: time, end: time) -> None:
    assert parse_intervals(said) == (Interval(start, end),)


@pytest.mark.parametrize("said", ["13 pm-5 pm", "9 xm-5 pm", "9 pm-5 am", "0 am-5 am"])
def test_hours_that_no_clock_has_are_refused(said: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_intervals(said)


@pytest.mark.parametrize(
    ("country", "written", "number"),
    [
        ("US", "(555) 010-0123", "15550100123"),
        ("US", "1-555-010-0123", "15550100123"),
        ("US", "15550100123", "15550100123"),
        ("US", "+7 912 345-67-89", "79123456789"),
        ("US", "912 345 6789", "19123456789"),
        ("US", "+91 98765 43210", "919876543210"),
        ("GB", "07700 900123", "447700900123"),
        ("GB", "447700900123", "447700900123"),
        ("GB", "0044 7700 900123", "447700900123"),
        ("DE", "030 1234567", "49301234567"),
        ("PL", "501 234 567", "48501234567"),
        ("PL", "48501234567", "48501234567"),
        ("RU", "8 (912) 345-67-89", "79123456789"),
        ("KZ", "8 (701) 345-67-89", "77013456789"),
        ("US", "ask at the desk", ""),
    ],
)
@pytest.mark.usefixtures("at_home")
def test_a_telephone_number_of_the_register_is_of_the_librarys_country(country: str, written: str, number: str) -> None:
    live_in(country)
    assert phone_of(written) == number
