"""Official days off."""

from datetime import date

from bot.library.holidays import OfficialHolidays, ahead
from tests.support.fake_library import NoHolidays


def test_a_holiday_has_the_name_that_readers_know() -> None:
    assert OfficialHolidays("RU").name(date(2026, 5, 9)) == "День Победы"


def test_a_working_day_has_none() -> None:
    assert OfficialHolidays("RU").name(date(2026, 3, 3)) == ""


def test_a_day_off_that_was_moved_is_a_day_off_without_its_brackets() -> None:
    name = OfficialHolidays("RU").name(date(2026, 1, 9))

    assert name
    assert "(" not in name


def test_another_country_has_its_own() -> None:
    assert OfficialHolidays("KZ").name(date(2026, 3, 22))
    assert not OfficialHolidays("RU").name(date(2026, 3, 22))


def test_a_country_that_the_calendar_does_not_know_has_no_holidays() -> None:
    assert OfficialHolidays("ZZ").name(date(2026, 1, 1)) == ""


def test_the_coming_days_off_are_in_order() -> None:
    coming = ahead(OfficialHolidays("RU"), date(2026, 5, 1), 11)

    assert list(coming) == sorted(coming)
    assert coming[date(2026, 5, 9)] == "День Победы"
    assert ahead(NoHolidays(), date(2026, 5, 1), 11) == {}
