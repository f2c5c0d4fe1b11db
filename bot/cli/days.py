"""Days as people write them in options."""

from datetime import date, datetime

from bot.errors import InputError


def day_of(text: str, option: str) -> date | None:
    """2026-03-01 or 01.03.2026; None where nothing is said. Raises InputError."""
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    raise InputError(f"{option} {text}: expected a date such as 2026-03-01 or 01.03.2026")
