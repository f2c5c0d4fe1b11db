"""How VK tells a community's bot: by calls of its own, or by a queue that is asked."""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp

RETRIES = 5
IDLE_S = 0.1
"""How long a question without an answer is kept here; VK keeps it ``wait`` seconds."""


class Callback:
    """Calls the bot with every event, again until it answers "ok".

    Attributes:
        refused: Deliveries that were not answered with "ok", as (status, body).
        twice: Every event is delivered once more after it was taken.
    """

    def __init__(self, address: str, signed: Callable[[Mapping[str, Any]], dict[str, Any]]) -> None:
        self.address = address
        self.refused: list[tuple[int, bytes]] = []
        self.twice = False
        self._signed = signed
        self._waiting: deque[Mapping[str, Any]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    def put(self, event: Mapping[str, Any]) -> None:
        """Deliver when :meth:`deliver` is called."""
        self._waiting.append(event)

    async def deliver(self, *, retries: int = RETRIES) -> int:
        """Deliver everything that waits, in order; returns how many were never taken."""
        lost = 0
        while self._waiting:
            event = self._waiting.popleft()
            for _ in range(2 if self.twice else 1):
                lost += not await self._delivered(event, retries)
        return lost

    def take(self) -> Mapping[str, Any] | None:
        """The last event that waits, for a caller who delivers it in a way of its own; None where none does."""
        return self._waiting.pop() if self._waiting else None

    async def offer(self, event: Mapping[str, Any], attempt: int = 0) -> bool:
        """One delivery; whether it was taken."""
        headers = {"X-Retry-Counter": str(attempt)} if attempt else {}
        try:
            status, said = await self.post(json.dumps(self._signed(event)).encode(), **headers)
        except (aiohttp.ClientError, TimeoutError) as error:
            status, said = 0, type(error).__name__.encode()
        if (status, said) != (200, b"ok"):
            self.refused.append((status, said))
            return False
        return True

    async def post(self, body: bytes, **headers: str) -> tuple[int, bytes]:
        """One request as VK makes it."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        sent = {"Content-Type": "application/json", **headers}
        async with self._session.post(self.address, data=body, headers=sent) as answer:
            return answer.status, await answer.read()

    async def _delivered(self, event: Mapping[str, Any], retries: int) -> bool:
        for number in range(retries + 1):
            if await self.offer(event, number):
                return True
        return False

    async def aclose(self) -> None:
        """Give the connection back."""
        if self._session is not None:
            await self._session.close()


class LongPollQueue:
    """Numbered events; a key that may expire; a history that may be cut off."""

    def __init__(self) -> None:
        self.key = secrets.token_hex(8)
        self.events: list[Mapping[str, Any]] = []
        self.first = 0
        self.idle_s = IDLE_S
        self.asked_once = asyncio.Event()
        self._more = asyncio.Event()

    def put(self, event: Mapping[str, Any]) -> None:
        """One more event at the end."""
        self.events.append(event)
        self._more.set()

    def expire(self) -> None:
        """The key is old: the next question hears ``failed: 2``."""
        self.key = secrets.token_hex(8)
        self._more.set()

    def cut(self) -> None:
        """History is thrown away: ``failed: 1``."""
        self.first = len(self.events)
        self._more.set()

    def lose(self) -> None:
        """Everything is forgotten: ``failed: 3``."""
        self.first = len(self.events) + 1_000
        self.events += [{}] * 1_000
        self.expire()

    def server(self, address: str) -> dict[str, Any]:
        """As ``groups.getLongPollServer`` says it."""
        return {"key": self.key, "server": address, "ts": str(len(self.events))}

    async def asked(self, key: str, ts: str) -> dict[str, Any]:
        """The answer to one question."""
        self.asked_once.set()
        if not ts.isdecimal() or int(ts) > len(self.events):
            return {"failed": 3}
        if key != self.key:
            return {"failed": 3} if int(ts) < self.first - 500 else {"failed": 2}
        if int(ts) < self.first:
            return {"failed": 1, "ts": self.first}
        if int(ts) == len(self.events):
            self._more.clear()
            try:
                async with asyncio.timeout(self.idle_s):
                    await self._more.wait()
            except TimeoutError:
                return {"ts": ts, "updates": []}
            if key != self.key:
                return {"failed": 2}
        return {"ts": str(len(self.events)), "updates": self.events[int(ts) :]}
