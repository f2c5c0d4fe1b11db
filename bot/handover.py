"""From the bot to a person and back: how long people wait, and whether it helped."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from typing import Protocol

from bot.messages import Contact
from bot.quick import dataclass

ASKED_AGAIN = timedelta(days=30)
"""A reader is not asked twice within this time whether a librarian has helped."""
ENOUGH_WAITS = 10
"""From so few waits nothing is promised."""
LONGEST_WORDS = 1_000
"""Characters that are kept of what a reader says about a librarian's help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What somebody who waits for a person may honestly be told.

    Attributes:
        before: How many readers have waited longer.
        usual: What half of the latest waits in opening hours did not exceed; None where too few are known.
    """

    before: int = 0
    usual: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """From a reader's call to the first answer of a person."""

    called_at: datetime
    answered_at: datetime


def usual(waits: Sequence[timedelta]) -> timedelta | None:
    """The median of waits, None of fewer than :data:`ENOUGH_WAITS`."""
    if len(waits) < ENOUGH_WAITS:
        return None
    return timedelta(seconds=median(wait.total_seconds() for wait in waits))


def rounded(wait: timedelta) -> timedelta:
    """A wait as it is promised: never less than it was; by minutes to five, then by fives, from an hour by hours."""
    minutes = max(1, ceil(wait / timedelta(minutes=1)))
    if minutes <= 5:
        return timedelta(minutes=minutes)
    if minutes <= 60:
        return timedelta(minutes=ceil(minutes / 5) * 5)
    return timedelta(hours=ceil(minutes / 60))


class People(Protocol):
    """The people behind the bot, as a handler may ask after them. Raises StoreUnavailable."""

    async def line(self, contact: Contact) -> Line:
        """Who waits before this reader: those who have waited longer, or all where the reader does not wait yet."""
        ...

    async def rate(self, contact: Contact, handover_id: int, *, helped: bool) -> bool:
        """Keep what a reader thinks of a librarian's help; False where nobody asked this reader."""
        ...

    async def add_words(self, contact: Contact, handover_id: int, words: str) -> bool:
        """Keep what the reader adds to it; False as above."""
        ...
