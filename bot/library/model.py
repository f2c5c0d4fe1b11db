"""What a library holds and where: the frozen values that pass between the rooms."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.quick import dataclass


class ItemStatus(StrEnum):
    """Where a copy is. Source: IRBIS 910 ^a, Koha 952, SIP2's circulation status."""

    AVAILABLE = "available"
    ON_LOAN = "on_loan"
    ON_HOLD = "on_hold"
    ON_ORDER = "on_order"
    IN_TRANSIT = "in_transit"
    UNAVAILABLE = "unavailable"
    LOST = "lost"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


HIDDEN_STATUSES = frozenset({ItemStatus.LOST, ItemStatus.WITHDRAWN})
"""Copies that readers are never told of."""


class Kind(StrEnum):
    """What a record describes."""

    BOOK = "book"
    SERIAL = "serial"
    ARTICLE = "article"
    AUDIO = "audio"
    VIDEO = "video"
    MUSIC = "music"
    MAP = "map"
    ELECTRONIC = "electronic"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Interval:
    """Open from ``start`` to ``end`` on one day, local time; ``end`` after ``start``."""

    start: time
    end: time


class DayKind(StrEnum):
    """What the staff say of some days."""

    CLOSED = "closed"
    HOURS = "hours"
    """Open, at hours of their own: also on an official day off."""
    URGENT = "urgent"
    """Closed by an emergency: wins over everything else."""
    GONE = "gone"
    """Closed for good from the first day on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialDays:
    """Days that are not as the week says.

    Attributes:
        last: The last of them; None where nobody knows yet.
        intervals: When it is open; empty is closed.
        note: A word for the reader: «авария».
        yearly: The same days of each year from ``first`` on; they may reach over New Year.
    """

    kind: DayKind
    first: date
    last: date | None
    intervals: tuple[Interval, ...] = ()
    note: str = ""
    yearly: bool = False

    def covers(self, day: date) -> bool:
        """Whether they say anything of ``day``."""
        if day < self.first:
            return False
        if self.last is None or day <= self.last:
            return True
        if not self.yearly:
            return False
        start, end, here = _in_year(self.first), _in_year(self.last), _in_year(day)
        return start <= here <= end if start <= end else here >= start or here <= end


def _in_year(day: date) -> tuple[int, int]:
    return day.month, day.day


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """When a branch is open.

    Attributes:
        week: Seven entries, Monday first; several intervals a day part at lunch; empty is closed.
        exceptions: A date's own intervals, empty where closed that day; they win over everything.
        sanitary_day: The sanitary day of each month, closed: ("last", 3) is the last Thursday,
            ("1", 0) the first Monday; weekday 0 is Monday. None where there is none.
        notes: A word for the reader about a date: {date: "авария"}.
        holidays_closed: Whether official days off are closed unless in ``exceptions`` or ``days``.
        days: What the staff said at the console, the first that covers a day counts; they win over ``exceptions``.
    """

    week: tuple[tuple[Interval, ...], ...]
    exceptions: Mapping[date, tuple[Interval, ...]] = field(default_factory=dict)
    sanitary_day: tuple[str, int] | None = None
    notes: Mapping[date, str] = field(default_factory=dict)
    holidays_closed: bool = True
    days: tuple[SpecialDays, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A library building.

    Attributes:
        code: The library's own short code, e.g. "03".
        aliases: Other spellings of it in imported files and in readers' words.
        hours: None where nobody has told us yet: then nothing is claimed.
        how_to_get: Directions in words, "" if not given.
        days: The same as ``hours.days``; what is known of days also where nobody has told the week.
    """

    code: str
    name: str
    address: str = ""
    phone: str = ""
    email: str = ""
    how_to_get: str = ""
    latitude: float | None = None
    longitude: float | None = None
    aliases: tuple[str, ...] = ()
    hours: Hours | None = None
    children: bool = False
    main: bool = False
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Moscow"))
    days: tuple[SpecialDays, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """The copies of one work at one branch.

    Attributes:
        branch_code: "" where the file named no branch.
        available: Copies that a reader can take home now.
        total: Copies that are not lost or written off.
        reading_room: Copies of ``total`` that are used in the library only.
        shelf_marks: Where to look on the shelf, distinct, at most three.
        next_due: The earliest known due date of a copy on loan; None where none is known.
        as_of: When the copies were last read from the library's system.
    """

    branch_code: str
    branch_name: str
    available: int
    total: int
    reading_room: int = 0
    shelf_marks: tuple[str, ...] = ()
    next_due: date | None = None
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One publication of a work."""

    record_id: int
    title: str
    author: str
    year: int | None
    publisher: str
    isbns: tuple[str, ...]
    kind: Kind
    available: int
    total: int
    items_unknown: bool
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCard:
    """What a reader is told about a work: all its editions in one answer.

    Attributes:
        items_unknown: True where no record of the work says anything of copies: the catalogue
            knows the book, not whether it is in.
        age_mark: 0, 6, 12, 16 or 18; None where the records say nothing.
        editions: Newest first.
    """

    work_id: int
    title: str
    author: str
    kind: Kind
    available: int
    total: int
    items_unknown: bool
    holdings: tuple[Holding, ...]
    editions: tuple[Edition, ...]
    age_mark: int | None = None
    annotation: str = ""
    series: str = ""
