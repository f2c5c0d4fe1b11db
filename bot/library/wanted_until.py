"""Until when a reader would like to keep a book: «до конца месяца», «ещё на неделю», «до 20 марта». Pure."""

import re
from calendar import monthrange
from datetime import date, timedelta

from bot.language.folding import words
from bot.language.numbers import value_of
from bot.library.hours import DaysOff
from bot.library.when import parse_when

_END = re.compile(r"\bконца\s+(недели|месяца|лета|года)\b|\bend of (?:the |this )?(week|month|summer|year)\b")
_UNTIL = re.compile(r"\b(?:до|по|till|until|to)\s+(.+)")
_UNITS = (("недел", 7), ("week", 7), ("дн", 1), ("ден", 1), ("day", 1), ("месяц", 30), ("month", 30))
_SPAN_WORDS = frozenset(["на", "еще", "for", "another"])
_PAIR = {"пару": 2, "пара": 2, "couple": 2}
_PASSED = {"вчера": 1, "позавчера": 2, "yesterday": 1}
_YEAR = re.compile(r"\b(20\d\d)\b|\b\d{1,2}[./-]\d{1,2}[./-](\d\d)\b")
"""«20 марта 2027», «20.03.2027», «20.03.27»."""
_LONG_AHEAD = timedelta(days=200)
"""A day without a year that would be so far off is the one that has passed."""


def wanted_until(said: str, today: date, holidays: DaysOff) -> date | None:
    """The day that was named, None where none was; it may lie in the past."""
    folded = " ".join(words(said))
    if match := _END.search(folded):
        return _end_of(match[1] or match[2], today)
    span = _span(folded.split())
    if span:
        return today + timedelta(days=span)
    ago = next((days for word, days in _PASSED.items() if word in folded.split()), 0)
    if ago:
        return today - timedelta(days=ago)
    return _named(said, today, holidays)


def _named(said: str, today: date, holidays: DaysOff) -> date | None:
    """«До 20 марта»; without a year it is the day near today, before or after it."""
    if not (match := _UNTIL.search(" ".join(said.lower().split()))):
        return None
    days = parse_when(match[1], today, holidays).days
    if not days:
        return None
    day = days[-1]
    if year := _YEAR.search(match[1]):
        return _in_year(day, int(year[1] or f"20{year[2]}"))
    if day - today > _LONG_AHEAD:
        return day.replace(year=day.year - 1) if (day.month, day.day) != (2, 29) else day - timedelta(days=366)
    return day


def _in_year(day: date, year: int) -> date:
    """The same day in the year that was named; 29 February of a year without one is the 28th."""
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


def _end_of(what: str, today: date) -> date:
    if what in ("недели", "week"):
        return today + timedelta(days=6 - today.weekday())
    if what in ("месяца", "month"):
        return today.replace(day=monthrange(today.year, today.month)[1])
    if what in ("лета", "summer"):
        this = date(today.year, 8, 31)
        return this if this >= today else date(today.year + 1, 8, 31)
    return date(today.year, 12, 31)


def _span(tokens: list[str]) -> int:
    """Days in «на две недели», «ещё недельку», 0 where no span is named."""
    for place, token in enumerate(tokens):
        unit = next((days for begins, days in _UNITS if token.startswith(begins)), 0)
        if not unit:
            continue
        before = tokens[place - 1] if place else ""
        number = _PAIR.get(before, value_of(before) if before else None)
        if number is not None and (place < 2 or tokens[place - 2] not in ("в", "с")):
            return min(number, 400) * unit
        if before in _SPAN_WORDS:
            return unit
    return 0
