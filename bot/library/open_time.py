"""How much opening time lies between two moments."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.library.hours import DaysOff, at, day_of
from bot.library.model import Hours

LONGEST_LOOK = timedelta(days=60)


def open_time(hours: Hours, zone: ZoneInfo, start: datetime, end: datetime, holidays: DaysOff) -> timedelta:
    """The time between two aware moments in which a branch with these hours is open; lunch breaks do not count.

    No further back than :data:`LONGEST_LOOK` before ``end`` is looked.
    """
    start = max(start, end - LONGEST_LOOK)
    day, last, found = start.astimezone(zone).date(), end.astimezone(zone).date(), timedelta()
    while day <= last:
        found += _on(hours, zone, day, start, end, holidays)
        day += timedelta(days=1)
    return found


def _on(hours: Hours, zone: ZoneInfo, day: date, start: datetime, end: datetime, holidays: DaysOff) -> timedelta:
    spans = (
        min(at(day, interval.end, zone), end) - max(at(day, interval.start, zone), start)
        for interval in day_of(hours, day, holidays).intervals
    )
    return sum((span for span in spans if span > timedelta()), timedelta())
