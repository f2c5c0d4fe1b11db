"""Closed days and days with other hours as a form, and in words."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from bot.library.model import DayKind, Interval, SpecialDays
from bot.wording import day
from bot.wording import gettext as _
from bot.wording.opening import spans
from console.branch_form import intervals_of
from console.room import one_line

LONGEST_NOTE = 200
FARTHEST = timedelta(days=366 * 3)
"""A date so far ahead is a slip of the finger."""
A_YEAR = timedelta(days=365)


def planned(fields: Mapping[str, str], today: date) -> tuple[SpecialDays | None, list[str]]:
    """Days told of beforehand; None with what is wrong."""
    faults: list[str] = []
    first = date_of(fields.get("first", ""))
    last = date_of(fields.get("last", "")) if fields.get("last") else first
    yearly, note = bool(fields.get("yearly")), note_of(fields)
    if first is None or last is None:
        return None, [_("Укажите день, а для нескольких дней первый и последний.")]
    if last < first:
        faults.append(_("Последний день раньше первого."))
    if last < today and not yearly:
        faults.append(_("Эти дни уже прошли."))
    if first > today + FARTHEST or last > today + FARTHEST:
        faults.append(_("Это слишком далеко: проверьте год."))
    if yearly and last - first >= A_YEAR:
        faults.append(_("Каждый год могут повторяться дни короче года."))
    kind = DayKind.HOURS if fields.get("kind") == DayKind.HOURS else DayKind.CLOSED
    intervals: tuple[Interval, ...] = ()
    hours = fields.get("hours", "").strip()
    if kind is DayKind.HOURS and not hours:
        faults.append(_("Часы: напишите, когда открыто: 10:00-15:00"))
    elif kind is DayKind.HOURS:
        intervals = intervals_of(hours, _("Часы"), faults)
    if faults:
        return None, faults
    return SpecialDays(kind=kind, first=first, last=last, intervals=intervals, note=note, yearly=yearly), []


def urgent(fields: Mapping[str, str], today: date) -> tuple[SpecialDays | None, list[str]]:
    """A closing from today on."""
    until = fields.get("until", "today")
    last: date | None = today
    if until == "reopening":
        last = None
    elif until == "date":
        last = date_of(fields.get("last", ""))
        if last is None or last < today or last > today + FARTHEST:
            return None, [_("Укажите день, по который закрыто: сегодня или позже.")]
    return SpecialDays(kind=DayKind.URGENT, first=today, last=last, note=note_of(fields)), []


def note_of(fields: Mapping[str, str]) -> str:
    """The reason, on one line."""
    return one_line(fields.get("note", ""), LONGEST_NOTE).rstrip(" .")


def date_of(said: str) -> date | None:
    """A date as browsers send it."""
    try:
        return date.fromisoformat(said) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", said) else None
    except ValueError:
        return None


def days_words(days: SpecialDays, today: date) -> str:
    """Which days: «с 3 по 10 марта», «каждый год 31 декабря»."""
    first = _dated(days.first, today)
    if days.last is None:
        return _("с {first}, пока не откроете").format(first=first)
    said = (
        first if days.first == days.last else _("{first} – {last}").format(first=first, last=_dated(days.last, today))
    )
    if days.yearly:
        ends = day(days.first), day(days.last)
        said = ends[0] if ends[0] == ends[1] else _("{first} – {last}").format(first=ends[0], last=ends[1])
        return _("каждый год: {days}").format(days=said)
    return said


def what_words(days: SpecialDays) -> str:
    """What is so on these days: «закрыто: ремонт»."""
    if days.kind is DayKind.GONE:
        said = _("закрыто насовсем")
    elif days.intervals:
        said = spans(days.intervals)
    else:
        said = _("закрыто")
    return f"{said}: {days.note}" if days.note else said


def _dated(value: date, today: date) -> str:
    return day(value) if value.year == today.year else f"{day(value)} {value.year}"
