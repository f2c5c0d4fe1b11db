"""Which days a reader means: «завтра», «в субботу», «12.06», «1 января», «на праздники»."""

import re
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import groupby

from bot.language.folding import words as folded
from bot.language.numbers import value_of
from bot.library import customs
from bot.library.feasts import feast
from bot.library.hours import DaysOff
from bot.quick import dataclass

AHEAD_DAYS = 92
"""How far ahead «на праздники» looks for the next days off, and the most that «с … по …» covers."""
_LONGEST = timedelta(days=AHEAD_DAYS)

_NUMERIC = re.compile(r"(?<![\d.,:])(\d{1,2})([./])(\d{1,2})(?:[./](\d{4}|\d{2}))?(?![\d:])")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_ENGLISH_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
_MONTHS = (
    ("январ", "january"), ("феврал", "february"), ("март", "march"), ("апрел", "april"), ("мая", "may"),
    ("июн", "june"), ("июл", "july"), ("август", "august"), ("сентябр", "september"), ("октябр", "october"),
    ("ноябр", "november"), ("декабр", "december"),
)  # fmt: skip
_SIMPLE = {
    "сейчас": 0, "щас": 0, "now": 0,
    "сегодня": 0, "севодня": 0, "сиводня": 0, "сегодняшний": 0, "today": 0, "tonight": 0,
    "завтра": 1, "завтро": 1, "зафтра": 1, "завтрашний": 1, "tomorrow": 1,
    "послезавтра": 2,
}  # fmt: skip
_NOW = frozenset({"сейчас", "щас", "now", "еще", "still", "уже"})
# As they are often misspelt, too: «субота», «питница».
_WEEKDAYS = (
    r"пон[еи]дельник\w*|пн|mon|mondays?",
    r"вторн[ие]к\w*|вт|tue|tuesdays?",
    r"сред[аеуы]|средой|средам|ср|wed|wednesdays?",
    r"четверг\w*|чт|thu|thursdays?",
    r"п[яи]тниц\w*|пт|fri|fridays?",
    r"суб+от\w*|сб|sat|saturdays?",
    r"воскр[еи]сень\w*|вс|воскр|sun|sundays?",
)
_WEEKDAY = [re.compile(pattern) for pattern in _WEEKDAYS]
_EACH = re.compile(r"кажд\w+|всегда|обычно|every|usually")
_PLURAL = re.compile(r"\w+(?:ам|ям)|\w+days")
_STRETCHES = {
    "new year": re.compile(r"новогодн\w+"),
    "may": re.compile(r"майски\w+"),
    "feast": re.compile(r"праздник\w*|праздничн\w+|holidays?"),
    "weekend": re.compile(r"выходн\w+|weekends?|уикенд\w*"),
    "week": re.compile(r"недел\w+|week"),
}
"""Several days under one name; a word belongs to one of them at most."""
_WITH_GAPS = frozenset(("may",))
"""Stretches with working days in them: who asks about them asks about these, too."""
_LAST = re.compile(r"прошл\w+|прошедш\w+|last")
"""«Как в прошлый четверг» tells of no day to come."""
_NEXT = re.compile(r"следующ\w+|next|будущ\w+")
_POINT = (
    r"(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}(?:[./](?:\d{4}|\d{2}))?"
    rf"|(?:\w+(?:-\w+)? )?(?:{'|'.join(name for names in _MONTHS for name in names)})\w*"
    r"(?: \d{1,2}(?![\d:]))?(?: \d{4}(?: года?)?)?"
    rf"|(?:{'|'.join(_WEEKDAYS)}|{'|'.join(_SIMPLE)})(?!\w)|\d{{1,2}}(?:-?[а-я]{{1,2}}|st|nd|rd|th)?(?!\w))"
)
_FROM_TO = (
    rf"(?<![\w./-])(?:(?:с|со|от|from) (?P<word>\w+)(?= (?:по|до|to))|(?P<first>{_POINT}))"
    rf"(?: (?:по|до|to|till|until|through) | ?[-–—] ?)(?P<last>{_POINT})(?![./]?\w)"
    rf"|(?:между|between) (?P<one>{_POINT}|\w+) (?:и|and) (?P<other>{_POINT})"
)
"""«С 30 декабря по 8 января», «1–8 января», «с пятницы до вторника», «между 1 и 8 мая»."""


_BESIDE_DAYS = frozenset(
    folded(
        "а и в во на по с со до к ну же ли этот эта эту эти это той числа число утром днем вечером год года пожалуйста "
        "работаете открыты on in at the of and what about this"
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """What a reader said of time.

    Attributes:
        days: The days meant, in order, distinct; empty where none is named.
        weekdays: Weekdays meant in general («по субботам»), Monday is 0.
        now: Whether the present moment is asked about («ещё открыты?»).
        and_between: Whether the working days between ``days`` are asked about, too («на майских»).
    """

    days: tuple[date, ...] = ()
    weekdays: tuple[int, ...] = ()
    now: bool = False
    and_between: bool = False


def parse_when(text: str, today: date, holidays: DaysOff) -> When:
    """The days that a message names, seen from ``today``; a date without a year is the coming one."""
    tokens = folded(_ENGLISH_ORDINAL.sub(r"\1", text))
    days = _dates(text, tokens, today)
    weekdays, each = _weekdays(tokens)
    if not each:
        days += [_coming(number, tokens, today) for number in weekdays]
        days = _from_to(text, today) or days
    named = frozenset[str]()
    if not days and not weekdays:
        named = frozenset(map(_stretch_of, tokens))
        days = _stretch(tokens, named, today, holidays) or feast(tokens, today, holidays)
    return When(
        days=tuple(sorted(set(days))),
        weekdays=tuple(weekdays) if each else (),
        now=not days and not weekdays and any(token in _NOW for token in tokens),
        and_between=not _WITH_GAPS.isdisjoint(named),
    )


def names_days_only(text: str) -> bool:
    """Whether a message speaks of days and of nothing else: «а завтра?», «в субботу», «1 января»."""
    tokens = folded(text)
    told = [token for token in tokens if token not in _BESIDE_DAYS]
    return any(map(_names_day, told)) and all(_names_day(token) or _goes_with_days(token) for token in told)


def _names_day(token: str) -> bool:
    return bool(token in _SIMPLE or _weekdays_of(token) or _stretch_of(token) or _month(token))


def _goes_with_days(token: str) -> bool:
    return bool(_NEXT.fullmatch(token) or _EACH.fullmatch(token)) or value_of(token) is not None


def _dates(text: str, tokens: Sequence[str], today: date) -> list[date]:
    """Days that are named one by one."""
    found = [
        _in_year(*_day_and_month(int(one), int(two), slashed=between == "/"), year, today)
        for one, between, two, year in _NUMERIC.findall(text)
    ]
    found += [_in_year(int(day), int(month), year, today) for year, month, day in _ISO.findall(text)]
    found += [today + timedelta(days=_SIMPLE[token]) for token in tokens if token in _SIMPLE and token not in _NOW]
    for place, token in enumerate(tokens):
        month = _month(token)
        if month and (token not in ("март", "мая") or place):
            found += _days_of_month(tokens, place, month, today)
    return [day for day in found if day is not None]


@lru_cache(maxsize=4_096)
def _month(token: str) -> int:
    """The month that a folded word names, 0 for none."""
    return next((number for number, names in enumerate(_MONTHS, start=1) if token.startswith(names)), 0)


def _day_and_month(first: int, second: int, *, slashed: bool) -> tuple[int, int]:
    """Figures are read day first, unless the country writes 7/4 for July 4, or no month is so late: 12/25, 25/12."""
    month_first = first <= 12 if slashed and customs.month_first() else second > 12 >= first
    return (second, first) if month_first else (first, second)


def _days_of_month(tokens: Sequence[str], place: int, month: int, today: date) -> list[date | None]:
    """«1 января», «1, 2 и 3 мая», «January 1»."""
    numbers: list[str] = []
    at = place - 1
    while at >= 0 and (tokens[at] in ("и", "по", "до", "of") or (value_of(tokens[at]) or 99) <= 31):
        numbers.insert(0, tokens[at])
        at -= 1
    if not numbers and place + 1 < len(tokens) and (value_of(tokens[place + 1]) or 99) <= 31:
        numbers = [tokens[place + 1]]
    values = [value for word in numbers if (value := value_of(word)) is not None]
    return [_in_year(value, month, "", today) for value in values]


def _from_to(text: str, today: date) -> list[date]:
    """Every day from one to another; the month or the like that only one of the two has is that of both."""
    for found in _stretches_said().finditer(text.casefold().replace("ё", "е")):
        first, last = found["first"] or found["word"] or found["one"], found["last"] or found["other"]
        begins = _one_day(first, today) or _one_day(f"{first} {_month_in(last)}", today)
        if begins is None:
            continue
        last = last if _one_day(last, begins) else f"{last} {_month_in(first)}"
        ends, ends_first = _one_day(last, begins), _one_day(last, today)
        began = _day(begins.year - 1, begins.month, begins.day)
        if began and ends_first and ends_first < begins and ends_first - began <= _LONGEST:
            begins, ends = today, ends_first  # it has begun already: «с 30 декабря по 8 января» in January
        if ends is not None and begins < ends <= begins + _LONGEST:
            return _run(begins, (ends - begins).days + 1)
    return []


@cache
def _stretches_said() -> re.Pattern[str]:
    """Compiled with the first question of days: a start need not wait for it."""
    return re.compile(_FROM_TO)


def _one_day(text: str, today: date) -> date | None:
    tokens = folded(_ENGLISH_ORDINAL.sub(r"\1", text))
    named = [*_dates(text, tokens, today), *(_coming(number, tokens, today) for number in _weekdays(tokens)[0])]
    return named[0] if named else None


def _month_in(text: str) -> str:
    return next((token for token in folded(text) if _month(token)), "")


def _in_year(day: int, month: int, year: str, today: date) -> date | None:
    """The day in its year, or the coming one; None where there is no such day."""
    if year:
        return _day(int(year) + (2000 if len(year) == 2 else 0), month, day)
    for ahead in range(9):  # a 29 February may be eight years away
        named = _day(today.year + ahead, month, day)
        if named is not None and named >= today:
            return named
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _weekdays(tokens: Sequence[str]) -> tuple[list[int], bool]:
    """Weekdays named, and whether every such day is meant."""
    named = [
        number
        for place, token in enumerate(tokens)
        if not (place and _LAST.fullmatch(tokens[place - 1]))
        for number in _weekdays_of(token)
    ]
    each = bool(named) and (
        any(_EACH.fullmatch(token) for token in tokens)
        or any(_weekdays_of(token) and _PLURAL.fullmatch(token) for token in tokens)
    )
    return list(dict.fromkeys(named)), each


@lru_cache(maxsize=4_096)
def _weekdays_of(token: str) -> tuple[int, ...]:
    """The weekdays that a folded word names: one at most."""
    return tuple(number for number, pattern in enumerate(_WEEKDAY) if pattern.fullmatch(token))


def _coming(weekday: int, tokens: Sequence[str], today: date) -> date:
    """The coming such weekday, today included; «в следующую» is the one of next week."""
    if _is_next(tokens):
        return today + timedelta(days=7 - today.weekday() + weekday)
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def _is_next(tokens: Sequence[str]) -> bool:
    return any(_NEXT.fullmatch(token) for token in tokens)


@lru_cache(maxsize=4_096)
def _stretch_of(token: str) -> str:
    """The key of ``_STRETCHES`` that a folded word belongs to, "" for none."""
    return next((name for name, pattern in _STRETCHES.items() if pattern.fullmatch(token)), "")


def _stretch(tokens: Sequence[str], named: Collection[str], today: date, holidays: DaysOff) -> list[date]:
    """Several days under one name: the weekend, the holidays, a week."""
    said = " ".join(tokens)
    if "new year" in named or "новый год" in said or "new year" in said:
        return _new_year(today, holidays)
    if "may" in named:
        year = today.year if today <= date(today.year, 5, 11) else today.year + 1
        return [day for day in _days_off(_run(date(year, 5, 1), 11), holidays) if day >= today]
    if "feast" in named:
        return _next_holidays(today, holidays)
    if "weekend" in named:
        saturday = today + timedelta(days=(5 - today.weekday()) % 7 if today.weekday() < 6 else -1)
        return [day for day in _run(saturday + timedelta(days=7 * _is_next(tokens)), 2) if day >= today]
    if "week" in named:
        monday = today - timedelta(days=today.weekday())
        return [day for day in _run(monday + timedelta(days=7 * _is_next(tokens)), 7) if day >= today]
    return []


def _new_year(today: date, holidays: DaysOff) -> list[date]:
    """31 December and the days off that follow; in January what is left of them."""
    year = today.year if today.month == 1 and holidays.name(today) else today.year + 1
    january = _run(date(year, 1, 1), 15)
    days = [date(year - 1, 12, 31)]
    for day in january:
        if not holidays.name(day) and day.weekday() < 5:
            break
        days.append(day)
    return [day for day in days if day >= today]


def _next_holidays(today: date, holidays: DaysOff) -> list[date]:
    """The next official days off that follow one another, weekends between them included."""
    days: list[date] = []
    for day in _run(today, AHEAD_DAYS):
        if holidays.name(day) or (days and day.weekday() >= 5):
            days.append(day)
        elif days:
            break
    return days


def _days_off(days: Sequence[date], holidays: DaysOff) -> list[date]:
    """The holidays among some days, with the weekends that touch them."""
    free = [day for day in days if holidays.name(day) or day.weekday() >= 5]
    found: list[date] = []
    for _, run in groupby(free, key=lambda day: day.toordinal() - free.index(day)):
        together = list(run)
        if any(holidays.name(day) for day in together):
            found += together
    return found


def _run(first: date, count: int) -> list[date]:
    return [first + timedelta(days=step) for step in range(count)]
