"""A clock that stands until a test turns it."""

from datetime import UTC, datetime, timedelta

MORNING = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
"""A Monday, 10:00 in Moscow."""


class StandingClock:
    """Fills the port ``bot.clock.Clock``."""

    def __init__(self, moment: datetime = MORNING) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def turn(self, by: timedelta) -> None:
        """Let time pass."""
        self.moment += by
