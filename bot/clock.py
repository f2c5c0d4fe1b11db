"""Time, as a thing that tests can turn."""

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Where moments come from."""

    def now(self) -> datetime:
        """The present moment, timezone-aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The library's calendar day at ``moment``: due dates and opening hours are library days."""
    return moment.astimezone(zone).date()
