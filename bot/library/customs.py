"""How a country writes dates, times of day (in English) and telephone numbers.

Sources: CLDR 46, the short forms of its English locales; ITU-T E.164 and the national numbering plans.

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
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""How the names of months begin in English."""
_ONE = frozenset({
    "AG", "AI", "AS", "BB", "BM", "BS", "CA", "DM", "DO", "GD", "GU", "JM", "KN", "KY", "LC", "MP", "MS", "PR", "SX",
    "TC", "TT", "US", "VC", "VG", "VI",
})  # fmt: skip
"""The North American plan: country code 1, ten digits at home."""
_BEHIND_ZERO = {
    "AM": "374", "AT": "43", "AU": "61", "BE": "32", "BG": "359", "CH": "41", "DE": "49", "FI": "358", "FR": "33",
    "GB": "44", "GE": "995", "GH": "233", "HR": "385", "IE": "353", "IL": "972", "IN": "91", "KE": "254", "KG": "996",
    "MD": "373", "MY": "60", "NG": "234", "NL": "31", "NZ": "64", "PH": "63", "PK": "92", "RO": "40", "RS": "381",
    "SE": "46", "SI": "386", "SK": "421", "TR": "90", "UA": "380", "ZA": "27",
}  # fmt: skip
"""At home numbers begin with 0, which the country code takes the place of."""
_ALWAYS_WHOLE = {
    "CY": "357", "CZ": "420", "DK": "45", "EE": "372", "ES": "34", "GR": "30", "HK": "852", "LV": "371", "MT": "356",
    "NO": "47", "PL": "48", "PT": "351", "SG": "65",
}  # fmt: skip
"""At home numbers are dialled as they are: up to nine digits, ten in Greece."""
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


def international(digits: str) -> str | None:
    """A number as the country writes it at home, with the country's code; None where the country's ways are not known.

    Args:
        digits: Without a plus before them.
    """
    country = _country.get()
    if country in _ONE:
        return f"1{digits}" if len(digits) == 10 else digits.removeprefix("011")
    if code := _BEHIND_ZERO.get(country):
        return digits[2:] if digits.startswith("00") else f"{code}{digits[1:]}" if digits.startswith("0") else digits
    if code := _ALWAYS_WHOLE.get(country):
        at_home = len(digits) <= (10 if country == "GR" else 9)
        return f"{code}{digits}" if at_home else digits.removeprefix("00")
    return None
