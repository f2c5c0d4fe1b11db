"""Dates as tables write them."""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from bot.library.customs import MONTHS
from catalogue.importers import cleaning

ASKED_ROWS = 2000
"""Rows of a file of which dates are looked at to tell which of two figures is the month."""
_FIGURES = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?:[ ,T]+\d{1,2}:\d{2}.{0,12})?")
_SERIAL = re.compile(r"[1-7]\d{4}")
"""Days from the beginning of 1900, as Excel keeps a date that lost its format: 46371 is a day of 2026."""
_BEGIN_OF_EXCEL = date(1899, 12, 30)
_NAMED = re.compile(
    r"(?:(?P<first>\d{1,2})[ -](?P<month>[a-z]{3,9})\.?|(?P<word>[a-z]{3,9})\.? (?P<day>\d{1,2})),?[ -](?P<year>\d{4})",
    re.IGNORECASE,
)


def day(text: str, *, month_first: bool = False) -> date | None:
    """A date; two digits of a year are of the 2000s: a due date is never old.

    Args:
        text: «05.03.2026», «5/3/26», «2026-03-05», «Mar 5, 2026», «46086» (Excel); a time of day behind it is left out.
        month_first: Whether «3/5/2026» is the fifth of March; between full stops the day is always first.
    """
    text = text.strip()
    if found := _FIGURES.fullmatch(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        swapped = month_first and found[2] != "."
        return _date(year if year > 99 else 2000 + year, *((first, second) if swapped else (second, first)))
    if named := _NAMED.fullmatch(text):
        word = (named["month"] or named["word"])[:3].lower()
        month = MONTHS.index(word) + 1 if word in MONTHS else 0
        return _date(int(named["year"]), month, int(named["first"] or named["day"]))
    if _SERIAL.fullmatch(text):
        return _BEGIN_OF_EXCEL + timedelta(days=int(text))
    return cleaning.day(text)


def is_month_first(texts: Iterable[str], *, otherwise: bool) -> bool:
    """Whether a file writes the month first: dates that can be read in one way only decide, else ``otherwise``."""
    seen = 0
    for text in texts:
        if (found := _FIGURES.fullmatch(text.strip())) and found[2] != ".":
            first, second = int(found[1]), int(found[3])
            seen += (second > 12 >= first) - (first > 12 >= second)
    return seen > 0 if seen else otherwise


def _date(year: int, month: int, day_of_month: int) -> date | None:
    try:
        return date(year, month, day_of_month)
    except ValueError:
        return None
