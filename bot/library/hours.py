"""When a branch is open: reading the hours of ``config.yaml``, and the rules that answer readers.

Order of the rules for one day: what the staff said at the console (an emergency first, then the newest),
then the day's own exception, then an official day off, then the sanitary day, then the week. Times are local
to the branch; moments are timezone-aware.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.library.model import Branch, DayKind, Hours, Interval
from bot.quick import dataclass

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4", "last": "last"}
LOOK_AHEAD_DAYS = 60
"""How far ahead an opening is looked for: a branch in repair says nothing rather than next year."""

_TIME = re.compile(r"(?:(\d{1,2})(?:[:.](\d{2}))?\s*(?:([ap])\.?m\.?)?|(noon)|(midnight))", re.IGNORECASE)
_PARTS = re.compile(r"\s*[-–—]\s*")


class DaysOff(Protocol):
    """Official days off; the port ``bot.ports.library.Holidays`` fits."""

    def name(self, day: date) -> str:
        """The holiday's name on ``day``, "" on a working day."""
        ...


class Why(StrEnum):
    """Why a day has the hours it has."""

    WEEK = "week"
    EXCEPTION = "exception"
    SANITARY = "sanitary"
    HOLIDAY = "holiday"
    GONE = "gone"
    """Closed for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of a branch.

    Attributes:
        intervals: When it is open, in order; empty is closed.
        note: The holiday's name, or the library's own word about this day, "" if there is none.
        open_ended: Closed, and nobody knows until when.
    """

    date: date
    intervals: tuple[Interval, ...]
    why: Why
    note: str = ""
    open_ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """How a branch stands at one moment.

    Attributes:
        today: The local day.
        open: Whether readers are let in.
        until: When it closes next (a lunch break counts); None while closed.
        opens: When it opens next after ``until`` or after now; None where nothing is known for
            ``LOOK_AHEAD_DAYS``.
        on_break: Closed now, was open earlier today, and opens again today.
    """

    today: Day
    open: bool
    until: datetime | None
    opens: datetime | None
    on_break: bool = False


def day_of(hours: Hours, day: date, holidays: DaysOff) -> Day:
    """What holds on one day, and why."""
    for special in hours.days:
        if special.covers(day):
            return Day(
                date=day,
                intervals=special.intervals,
                why=Why.GONE if special.kind is DayKind.GONE else Why.EXCEPTION,
                note=special.note or holidays.name(day),
                open_ended=special.last is None,
            )
    if day in hours.exceptions:
        return Day(
            date=day, intervals=hours.exceptions[day], why=Why.EXCEPTION, note=hours.notes.get(day, holidays.name(day))
        )
    week = hours.week[day.weekday()]
    holiday = holidays.name(day) if hours.holidays_closed else ""
    if holiday:
        return Day(date=day, intervals=(), why=Why.HOLIDAY, note=holiday)
    if hours.sanitary_day is not None and day == sanitary_date(day.year, day.month, hours.sanitary_day):
        return Day(date=day, intervals=(), why=Why.SANITARY, note=hours.notes.get(day, ""))
    return Day(date=day, intervals=week, why=Why.WEEK, note=hours.notes.get(day, ""))


def sanitary_date(year: int, month: int, rule: tuple[str, int]) -> date:
    """The sanitary day of a month: ("last", 3) is its last Thursday, ("1", 0) its first Monday."""
    which, weekday = rule
    if which == "last":
        last = date(year, month, monthrange(year, month)[1])
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (int(which) - 1))


def now_at(hours: Hours, zone: ZoneInfo, moment: datetime, holidays: DaysOff) -> Now:
    """Whether the branch is open at ``moment`` (aware), until when, and when it opens next."""
    today = day_of(hours, moment.astimezone(zone).date(), holidays)
    until, opens = None, None
    for start, end in _openings(hours, zone, moment, holidays):
        if start <= moment or start == until:
            until = end
        else:
            opens = start
            break
    was_open = any(at(today.date, interval.end, zone) <= moment for interval in today.intervals)
    again_today = opens is not None and opens.astimezone(zone).date() == today.date
    return Now(
        today=today,
        open=until is not None,
        until=until,
        opens=opens,
        on_break=until is None and was_open and again_today,
    )


def next_opening(hours: Hours, zone: ZoneInfo, moment: datetime, holidays: DaysOff) -> datetime | None:
    """The moment itself while open, else the next opening; None if none is known."""
    now = now_at(hours, zone, moment, holidays)
    return moment if now.open else now.opens


def counted(branch: Branch) -> Hours | None:
    """The branch's hours; where nobody has told the week, all of every day but what is known of some.

    None where nothing is known at all.
    """
    if branch.hours is not None or not branch.days:
        return branch.hours
    return Hours(week=((Interval(time.min, time.max),),) * 7, holidays_closed=False, days=branch.days)


@lru_cache(maxsize=1_024)
def at(day: date, local: time, zone: ZoneInfo) -> datetime:
    """A local time of a day as a moment in UTC; the end of a day (``time.max``) is midnight."""
    if local == time.max:
        day, local = day + timedelta(days=1), time.min
    return datetime.combine(day, local, zone).astimezone(UTC)


def _openings(hours: Hours, zone: ZoneInfo, moment: datetime, holidays: DaysOff) -> Iterator[tuple[datetime, datetime]]:
    """Stretches of opening that end after ``moment``, in order."""
    first = moment.astimezone(zone).date()
    for ahead in range(-1, LOOK_AHEAD_DAYS + 1):
        day = day_of(hours, first + timedelta(days=ahead), holidays)
        for interval in day.intervals:
            start, end = at(day.date, interval.start, zone), at(day.date, interval.end, zone)
            if end > moment and end > start:  # a clock turned forward may swallow an interval
                yield start, end


# --- reading config.yaml -------------------------------------------------------------------------


def parse_hours(
    *,
    week: Mapping[str, str] | None,
    closed: Mapping[date, str] | None = None,
    special: Mapping[date, str] | None = None,
    sanitary_day: str = "",
    holidays_closed: bool = True,
) -> Hours | None:
    """The hours of a branch as ``config.yaml`` writes them; None where no week is given.

    Args:
        week: ``mon`` … ``sun``, also ``mon-fri`` or ``sat, sun``; all seven days must be told.
            A value is ``9:00-13:00, 14:00-18:00`` or ``closed``.
        closed: Closed days with a word for the reader, or an empty one.
        special: Days with hours of their own.
        sanitary_day: ``last thursday``, ``first monday``, "" where there is none.
        holidays_closed: Whether official days off are closed days.

    Raises:
        ValueError: Says which key is wrong and what was expected.
    """
    closed, special = closed or {}, special or {}
    if week is None:
        if closed or special or sanitary_day:
            raise ValueError("hours: expected the week (mon … sun) before closed, special or sanitary_day")
        return None
    both = sorted(closed.keys() & special.keys())
    if both:
        raise ValueError(f"special.{both[0]}: this day is also under closed; expected one of them")
    exceptions: dict[date, tuple[Interval, ...]] = dict.fromkeys(closed, ())
    exceptions |= {day: parse_intervals(text, f"special.{day}") for day, text in special.items()}
    return Hours(
        week=_parse_week(week),
        exceptions=exceptions,
        sanitary_day=parse_sanitary_day(sanitary_day),
        notes={day: note.strip() for day, note in closed.items() if note.strip()},
        holidays_closed=holidays_closed,
    )


def parse_intervals(text: str, where: str = "hours") -> tuple[Interval, ...]:
    """``9:00-13:00, 14:00-18:00`` or ``closed`` → intervals. Raises ValueError."""
    if text.strip().lower() in ("closed", "выходной", "закрыто"):
        return ()
    intervals = tuple(_parse_interval(piece, where) for piece in re.split(r"[,;]", text))
    for before, after in pairwise(intervals):
        if after.start <= before.end:
            raise ValueError(f"{where}: expected intervals in order that do not meet, got {text!r}")
    return intervals


def parse_sanitary_day(text: str) -> tuple[str, int] | None:
    """``last thursday`` → ("last", 3); "" → None. Raises ValueError."""
    words = text.lower().split()
    if not words:
        return None
    if len(words) == 2 and words[0] in ORDINALS and (weekday := _weekday(words[1])) is not None:
        return ORDINALS[words[0]], weekday
    raise ValueError(f"sanitary_day: expected first … fourth or last with a weekday (last thursday), got {text!r}")


def _parse_week(week: Mapping[str, str]) -> tuple[tuple[Interval, ...], ...]:
    days: dict[int, tuple[Interval, ...]] = {}
    for key, text in week.items():
        intervals = parse_intervals(text, f"hours.{key}")
        for number in _weekdays(key):
            if number in days:
                raise ValueError(f"hours.{key}: {WEEKDAYS[number]} is told twice")
            days[number] = intervals
    missing = [name for number, name in enumerate(WEEKDAYS) if number not in days]
    if missing:
        raise ValueError(f"hours: {', '.join(missing)} not told; expected hours or closed for every day")
    return tuple(days[number] for number in range(7))


def _weekdays(key: str) -> list[int]:
    """``mon``, ``mon-fri``, ``sat, sun`` → numbers of weekdays."""
    numbers: list[int] = []
    for part in key.split(","):
        ends = [_weekday(name.strip()) for name in _PARTS.split(part.strip())]
        if len(ends) > 2 or None in ends:
            raise ValueError(f"hours.{key}: expected a weekday ({', '.join(WEEKDAYS)}) or a stretch of them (mon-fri)")
        first, last = ends[0] or 0, ends[-1] or 0
        if last < first:
            raise ValueError(f"hours.{key}: expected the earlier weekday first")
        numbers += range(first, last + 1)
    return numbers


def _weekday(name: str) -> int | None:
    short = name.lower()[:3]
    full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    if short in WEEKDAYS and full[WEEKDAYS.index(short)].startswith(name.lower()):
        return WEEKDAYS.index(short)
    return None


def _parse_interval(text: str, where: str) -> Interval:
    ends = [_TIME.fullmatch(piece) for piece in _PARTS.split(text.strip())]
    first, last = ends if len(ends) == 2 else (None, None)
    if first is None or last is None:
        raise ValueError(f"{where}: expected hours such as 9:00-18:00 or 9 am - 6 pm, or closed, got {text.strip()!r}")
    end = _clock(last, where, last[3])
    start = _clock(first, where, first[3] or last[3])
    if not first[3] and last[3] and start >= end:
        start = _clock(first, where, "a")  # 9-5 pm
    if end == time.min:
        end = time.max  # until midnight, 12 am
    if end <= start:
        raise ValueError(f"{where}: expected an end after the start, got {text.strip()!r}")
    return Interval(start, end)


def _clock(match: re.Match[str], where: str, half: str | None) -> time:
    """A time of day; ``half`` is the "a" of am or the "p" of pm, None for the 24-hour clock."""
    if match[4] or match[5]:
        return time(12) if match[4] else time.min
    hour, minute = int(match[1]), int(match[2] or 0)
    if half:
        if not 1 <= hour <= 12 or minute > 59:
            raise ValueError(f"{where}: expected a time from 1 to 12 with am or pm, got {match[0]!r}")
        return time(hour % 12 + (12 if half.lower() == "p" else 0), minute)
    if (hour, minute) == (24, 0):
        return time.max
    if hour > 23 or minute > 59:
        raise ValueError(f"{where}: expected a time of day from 0:00 to 24:00, got {match[0]!r}")
    return time(hour, minute)
