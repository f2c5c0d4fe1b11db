"""Until when a reader would like to keep a book, in their words; today is Monday, 2 March 2026."""

from datetime import date

import pytest

from bot.library.wanted_until import wanted_until
from tests.support.fake_library import NoHolidays

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("продли до 20 марта", date(2026, 3, 20)),
        ("продли до конца месяца", date(2026, 3, 31)),
        ("до конца недели", date(2026, 3, 8)),
        ("до конца лета", date(2026, 8, 31)),
        ("до конца года", date(2026, 12, 31)),
        ("ещё на неделю", date(2026, 3, 9)),
        ("на две недели", date(2026, 3, 16)),
        ("на 10 дней", date(2026, 3, 12)),
        ("на пару дней", date(2026, 3, 4)),
        ("for another week", date(2026, 3, 9)),
        ("until the end of the month", date(2026, 3, 31)),
        ("до 28 февраля", date(2026, 2, 28)),
        ("до 1 января", date(2026, 1, 1)),
        ("до 1 января 2020", date(2020, 1, 1)),
        ("до 1 января 2027", date(2027, 1, 1)),
        ("до 01.02.2026", date(2026, 2, 1)),
        ("до 1.2.26", date(2026, 2, 1)),
        ("до 20.03.2027", date(2027, 3, 20)),
        ("до 29 февраля 2028", date(2028, 2, 29)),
        ("до 29 февраля 2027", date(2027, 2, 28)),
        ("до вчера", date(2026, 3, 1)),
        ("продли войну и мир", None),
        ("продли 2 и 3", None),
    ],
)
def test_the_day_that_is_meant(said: str, day: date | None) -> None:
    assert wanted_until(said, TODAY, NoHolidays()) == day
