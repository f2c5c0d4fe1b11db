"""How fast something may be done: so many a second, spread evenly."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic

CATCH_UP_S = 0.25
"""What a busy process was late by is made up for, but no more than this."""
REMEMBERED, KNOWN = 256, 16
"""The quickest of so many turns, and of no fewer, tells how long the way there and back is."""


class Pace:
    """Turns, one behind the other, as far apart as a rate wants it.

    Who comes late (the process was busy) is followed closely until the delay is made up for; yet no second sees more
    turns than the rate allows, so that making up never looks like a burst. A turn that took long reached the other
    side late, nearer to those behind it: it counts from its end, less what the quickest of the last turns took.

    Args:
        rate_per_s: Turns a second, above 0; 0 for no limit.
    """

    def __init__(self, rate_per_s: float) -> None:
        self._apart_s = 1 / rate_per_s if rate_per_s > 0 else 0.0
        self._most = max(1, int(rate_per_s))
        self._next = 0.0
        self._took_s: deque[float] = deque(maxlen=REMEMBERED)
        self._turns = 0
        self._arrived: dict[int, float] = {}
        """By number of the turn: when the other side saw it; of at most a second's turns."""
        self._queue = asyncio.Lock()

    @property
    def is_limited(self) -> bool:
        """Whether turns have to be waited for at all."""
        return bool(self._apart_s)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until the next one may go; what is done inside is the turn."""
        if not self._apart_s:
            yield
            return
        queued = self._queue.locked()
        async with self._queue:
            if not queued and monotonic() > self._next + CATCH_UP_S:
                self._next = monotonic()  # nobody was late, there was nothing to do: no burst
            while (wait_s := self._free_at() - monotonic()) > 0:  # noqa: ASYNC110 - another turn's end may put it off
                await asyncio.sleep(wait_s)
            began = monotonic()
            number = self._take(began)
        try:
            yield
            self._took_s.append(monotonic() - began)
        finally:
            self._end(number, began, monotonic())

    def used(self, turns: int) -> None:
        """So many were taken besides, without asking."""
        if self._apart_s:
            for _ in range(turns):
                self._take(monotonic())

    def _free_at(self) -> float:
        if len(self._arrived) < self._most:
            return self._next
        return max(self._next, min(self._arrived.values()) + 1)

    def _take(self, now: float) -> int:
        self._next = max(self._next, now - CATCH_UP_S) + self._apart_s
        if len(self._arrived) >= self._most:
            del self._arrived[min(self._arrived, key=self._arrived.__getitem__)]
        self._turns += 1
        self._arrived[self._turns] = now
        return self._turns

    def _end(self, number: int, began: float, now: float) -> None:
        if number in self._arrived:
            self._arrived[number] = max(began, now - self._way_s())

    def _way_s(self) -> float:
        """There and back; the first turns, which are slow (connections are made), tell nothing yet."""
        return min(self._took_s) if len(self._took_s) >= KNOWN else 0.0
