"""How fast something may be done: so many a second, spread evenly."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

CATCH_UP_S = 0.25
"""What a busy process was late by is made up for, but no more than this."""
REMEMBERED = 16
"""How quick a turn usually is follows about so many of them."""


class Pace:
    """Turns, one behind the other, as far apart as a rate wants it.

    Who comes late (the process was busy) is followed closely until the delay is made up for; yet no second sees more
    turns than the rate allows, so that making up never looks like a burst. A turn that took long reached the other
    side late, nearer to those behind it: it counts from its end, less what a turn
    usually takes.

    Args:
        rate_per_s: Turns a second, above 0; 0 for no limit.
    """

    def __init__(self, rate_per_s: float) -> None:
        self._apart_s = 1 / rate_per_s if rate_per_s > 0 else 0.0
        self._most = max(1, int(rate_per_s))
        self._next = 0.0
        self._usual_s = 0.0
        self._turns = 0
        self._arrived: dict[int, float] = {}
        """By number of the turn: when the other side saw it; of at most a second's turns."""
        self._queue = asyncio.Lock()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until the next one may go; what is done inside is the turn. One that fails counts from its beginning."""
        if not self._apart_s:
            yield
            return
        loop = asyncio.get_running_loop()
        async with self._queue:
            while (wait_s := self._free_at() - loop.time()) > 0:  # noqa: ASYNC110 - another turn's end may put it off
                await asyncio.sleep(wait_s)
            began, number = loop.time(), self._take(loop.time())
        yield
        self._end(number, began, loop.time())

    def used(self, turns: int) -> None:
        """So many were taken besides, without asking."""
        if self._apart_s:
            for _ in range(turns):
                self._take(asyncio.get_running_loop().time())

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
            self._arrived[number] = max(began, now - self._usual_s)
        self._usual_s += (now - began - self._usual_s) / REMEMBERED
