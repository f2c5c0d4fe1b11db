"""Official days off, with the days that the government moves each year."""

from datetime import date
from functools import cached_property
from typing import Any

from bot.library.hours import DaysOff


class OfficialHolidays:
    """Fills the port ``Holidays`` for a country, in memory and without I/O.

    Args:
        country: ISO code; one that the calendar does not know has no holidays.
        language: In which the names are, where the calendar has them in it.
    """

    def __init__(self, country: str, language: str = "ru") -> None:
        self._country = country
        self._language = language

    def name(self, day: Any) -> str:
        name = str(self._calendar.get(day) or "")
        return name.partition(" (")[0]  # «Выходной (перенесено с 04.01.2026)» means nothing to a reader

    @cached_property
    def _calendar(self) -> Any:
        import holidays  # 10 MB of calendars: loaded with the first question about a day

        supported = holidays.list_localized_countries().get(self._country, [])
        try:
            return holidays.country_holidays(
                self._country, language=self._language if self._language in supported else None
            )
        except NotImplementedError:
            return {}


class NoHolidays:
    """A calendar without days off."""

    def name(self, day: Any) -> str:
        del day
        return ""


def ahead(calendar: DaysOff, first: date, days: int) -> dict[date, str]:
    """The named days off among ``days`` days from ``first``, in order."""
    coming = (date.fromordinal(first.toordinal() + step) for step in range(days))
    return {day: name for day in coming if (name := calendar.name(day))}
