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
        try:
            while not self._closed:
                yield
                try:
                    async with asyncio.timeout(heartbeat_s):
                        await event.wait()
                except TimeoutError:
                    continue
                finally:
                    event.clear()
        finally:
            for topic in topics:
                sleepers = self._sleepers[topic]
                sleepers.discard(event)
                if not sleepers:
                    del self._sleepers[topic]
