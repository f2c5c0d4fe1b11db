"""How a country writes dates and times of day in English. Source: CLDR 46, the short forms of its English locales.

The country is a context variable, as the language of a turn is: whoever opens the store says it once, and every turn,
page and job that is begun from there has it.
"""

from contextvars import ContextVar

MONTH_FIRST = frozenset({"AS", "BI", "GU", "MH", "MP", "PH", "PR", "UM", "US", "VI"})
"""4/7 is the seventh of April."""
TWELVE_HOURS = frozenset({
    "AE", "AG", "AS", "AU", "BB", "BM", "BS", "CA", "CY", "DM", "ER", "FJ", "FM", "GD", "GH", "GM", "GU", "GY", "HK",
    "IN", "JM", "KI", "KN", "KY", "LC", "LR", "LS", "MH", "MO", "MP", "MW", "MY", "NA", "NZ", "PG", "PH", "PK", "PR",
    "PW", "SB", "SD", "SG", "SL", "SS", "SZ", "TC", "TO", "TT", "UM", "US", "VC", "VG", "VI", "VU", "WS", "ZM",
})  # fmt: skip
"""9 am to 5 pm, not 9:00 to 17:00."""
_country: ContextVar[str] = ContextVar("country", default="")


def live_in(country: str) -> None:
    """Follow the customs of a country from here on, by its ISO code."""
    _country.set(country)


def month_first() -> bool:
    """Whether 4/7 is the seventh of April here."""
    return _country.get() in MONTH_FIRST


def twelve_hours() -> bool:
    """Whether a day has two rounds of twelve hours here, for who speaks English."""
    return _country.get() in TWELVE_HOURS
