"""WhatsApp's limit for one reader: a burst of some 45 messages, then one in six seconds. Error 131056 otherwise.

Source: Meta's page on pair rate limits, autumn 2026.
"""

from collections.abc import Callable
from time import monotonic

from bot.errors import RateLimited

BURST = 45
EVERY_S = 6.0
KEPT = 20_000
"""Readers remembered; the one who was written to longest ago is forgotten first."""


class PairLimit:
    """How many messages each reader may get now. It lives as long as the process, which alone sends for the number."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._spent: dict[str, tuple[float, float]] = {}

    def take(self, address: str) -> None:
        """Use one message of this reader's allowance.

        Raises:
            RateLimited: It is used up: for this reader alone, until the next one is due.
        """
        now = self._clock()
        spent, at = self._spent.pop(address, (0.0, now))
        spent = max(0.0, spent - (now - at) / EVERY_S)
        full = spent + 1 > BURST
        self._spent[address] = (spent if full else spent + 1, now)
        while len(self._spent) > KEPT:
            del self._spent[next(iter(self._spent))]
        if full:
            raise RateLimited((spent + 1 - BURST) * EVERY_S, whole_channel=False)
