"""Who waits for what to change, inside one process."""

import asyncio
from collections.abc import AsyncIterator, Iterable

HEARTBEAT_S = 15.0
"""A sleeper is woken this often even when nothing came: the safety net under every wake-up."""


class Wakes:
    """Wakes sleepers by topic; a wake that finds nobody is forgotten, so sleepers look first."""

    def __init__(self) -> None:
        self._sleepers: dict[object, set[asyncio.Event]] = {}
        self._closed = False

    def wake(self, topics: Iterable[object]) -> None:
        """Something under these topics changed."""
        for topic in topics:
            for event in self._sleepers.get(topic, ()):
                event.set()

    def wake_all(self) -> None:
        """Everybody look: it is not known what changed."""
        self.wake(list(self._sleepers))

    def close(self) -> None:
        """End every iteration."""
        self._closed = True
        self.wake_all()

    async def on(self, *topics: object, heartbeat_s: float = HEARTBEAT_S) -> AsyncIterator[None]:
        """Yields at once, then after every wake or heartbeat; several wakes meanwhile are one."""
        event = asyncio.Event()
        for topic in topics:
            self._sleepers.setdefault(topic, set()).add(event)
        heart = _Heart(event, heartbeat_s)
        try:
            while not self._closed:
                yield
                await event.wait()
                event.clear()
        finally:
            heart.stop()
            for topic in topics:
                sleepers = self._sleepers[topic]
                sleepers.discard(event)
                if not sleepers:
                    del self._sleepers[topic]


class _Heart:
    """Sets an event again and again by one timer, since a timeout around each wait costs more than the wait."""

    def __init__(self, event: asyncio.Event, every_s: float) -> None:
        self._event = event
        self._every_s = every_s
        self._loop = asyncio.get_running_loop()
        self._next = self._loop.call_later(every_s, self._beat)

    def _beat(self) -> None:
        self._event.set()
        self._next = self._loop.call_later(self._every_s, self._beat)

    def stop(self) -> None:
        """It beats no more."""
        self._next.cancel()
