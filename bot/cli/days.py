"""Days as people write them in options."""

from datetime import date, datetime

from bot.errors import WrongUse

FIRST_YEAR, LAST_YEAR = 1900, 2999
"""Moments around other days are beyond what a clock can tell."""


def day_of(text: str, option: str) -> date | None:
    """2026-03-01 or 01.03.2026; None where nothing is said. Raises WrongUse."""
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            day = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return day
    raise WrongUse(f"{option} {text}: expected a date such as 2026-03-01 or 01.03.2026")
