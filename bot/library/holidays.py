"""Official days off, with the days that the government moves each year."""

import sys
from datetime import date
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from bot.library.hours import DaysOff

REMEMBERED = 2_048
"""Days whose names are kept: an answer about hours asks for those of two weeks."""


class OfficialHolidays:
    """Fills the port ``Holidays`` for a country, in memory and without I/O.

    Args:
        country: ISO code; one that the calendar does not know has no holidays.
        language: In which the names are, where the calendar has them in it.
    """

    def __init__(self, country: str, language: str = "ru") -> None:
        self._country = country
        self._language = language
        self._names: dict[date, str] = {}

    def name(self, day: date) -> str:
        known = self._names.get(day)
        if known is None:
            if len(self._names) >= REMEMBERED:
                self._names.clear()
            name = str(_calendar_of(self._country, self._language).get(day) or "")
            # «Выходной (перенесено с 04.01.2026)» means nothing to a reader
            known = self._names[day] = name.partition(" (")[0]
        return known

    def load(self) -> None:
        """Load the calendar now (a tenth of a second) instead of with the first day; for a thread at the start."""
        _calendar_of(self._country, self._language)


def ahead(calendar: DaysOff, first: date, days: int) -> dict[date, str]:
    """The named days off among ``days`` days from ``first``, in order."""
    coming = (date.fromordinal(first.toordinal() + step) for step in range(days))
    return {day: name for day in coming if (name := calendar.name(day))}


@cache
def _calendar_of(country: str, language: str) -> Any:
    """The calendar of one country; the library would load those of all two hundred with it, 10 MB of them."""
    import holidays

    if "holidays.countries" not in sys.modules:
        package = sys.modules["holidays.countries"] = ModuleType("holidays.countries")
        package.__path__ = [str(Path(folder, "countries")) for folder in holidays.__path__]
    try:
        calendar = holidays.country_holidays(country)
        if language in calendar.supported_languages:
            calendar = holidays.country_holidays(country, language=language)
    except NotImplementedError:
        return {}
    return calendar
