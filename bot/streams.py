"""Server-sent events: streams that stay open, counted, and ended with the service."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

from aiohttp import web

from bot.endings import ended
from bot.errors import StoreUnavailable

RECONNECT_MS = 2_000
STUCK_S = 30.0
"""A browser's connection that takes nothing for so long is given up; the page connects anew."""


class Full(Exception):
    """No further stream may be opened now."""


class Streams:
    """All open streams of one kind of page.

    Args:
        most: At a time.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: set[asyncio.Task[Any]] = set()
        self._closed = False

    @contextmanager
    def seat(self) -> Iterator[None]:
        """A place among the open streams for this task. Raises Full."""
        if self._closed or len(self._open) >= self._most:
            raise Full
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            yield
        finally:
            self._open.discard(task)

    async def tell(self, request: web.Request, response: web.StreamResponse, pieces: AsyncIterator[bytes]) -> None:
        """Send pieces until the browser goes, or the service; a page connects again and resumes where it was."""
        try:
            await response.prepare(request)
            await _write(response, b"retry: %d\n\n" % RECONNECT_MS)
            async with ended(pieces) as told:
                async for piece in told:
                    await _write(response, piece)
        except (ConnectionResetError, TimeoutError, StoreUnavailable):
            pass
        except asyncio.CancelledError:
            if not self._closed:
                raise

    async def aclose(self) -> None:
        """End every stream and open no other."""
        self._closed = True
        for task in self._open:
            task.cancel()


async def _write(response: web.StreamResponse, piece: bytes) -> None:
    async with asyncio.timeout(STUCK_S):
        await response.write(piece)
