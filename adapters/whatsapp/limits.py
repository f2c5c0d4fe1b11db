"""WhatsApp's two limits: messages a second of the number, and what one reader may get.

The core paces messages; here every call is paced, because a long reply or one with a map point takes several.
Source: Meta's pages on throughput and pair rate limits, autumn 2026.
"""

import asyncio
from collections.abc import Callable
from time import monotonic

from adapters.whatsapp.errors import PAIR_S
from bot.errors import RateLimited

CATCH_UP_S = 0.015
BURST = 45
EVERY_S = 6.0
LONGEST_PAIR_S = 64.0
"""By then one in six seconds has long come round."""
KEPT = 20_000
"""Readers remembered; the one who was written to longest ago is forgotten first."""


class Pace:
    """Calls one behind the other, so far apart as the number's rate wants it.

    What a busy process is late by is made up for, but no more than ``CATCH_UP_S``: else it would come as a burst.
    """

    def __init__(self, rate_per_s: float) -> None:
        self._apart_s = 1 / rate_per_s
        self._next = 0.0
        self._queue = asyncio.Lock()

    async def turn(self) -> None:
        """Wait until this call may go."""
        async with self._queue:
            loop = asyncio.get_running_loop()
            if self._next > loop.time():
                await asyncio.sleep(self._next - loop.time())
            self._next = max(self._next, loop.time() - CATCH_UP_S) + self._apart_s


class PairLimit:
    """How many messages each reader may get now: a burst of some 45, then one in six seconds (error 131056).

    It lives as long as the process, which alone sends for the number.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._spent: dict[str, tuple[float, float]] = {}
        self._refused: dict[str, int] = {}

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

    def refused(self, address: str) -> RateLimited:
        """Meta knows better: the pause grows with each refusal in a row, 4 to the power of their number."""
        times = self._refused.pop(address, 0) + 1
        self._refused[address] = times
        while len(self._refused) > KEPT:
            del self._refused[next(iter(self._refused))]
        return RateLimited(min(PAIR_S**times, LONGEST_PAIR_S), whole_channel=False)

    def taken(self, address: str) -> None:
        """Meta took a message for this reader."""
        self._refused.pop(address, None)
