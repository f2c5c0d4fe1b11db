"""Server-sent events: lines that stay open, counted, and closed with the house."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

from aiohttp import web

from bot.wording import gettext as _
from console.room import HEADERS, Stop

MOST = 400
"""Open streams: fifty librarians with a list, a conversation and a tab too many each."""
STUCK_S = 30.0
RECONNECT_MS = 2_000


class Streams:
    """All open streams of the console."""

    def __init__(self) -> None:
        self._open: set[asyncio.Task[Any]] = set()
        self._closed = False

    async def answer(self, request: web.Request, pieces: AsyncIterator[bytes]) -> web.StreamResponse:
        """Send pieces until the browser goes; it connects again by itself."""
        if self._closed or len(self._open) >= MOST:
            raise Stop(503, _("Слишком много открытых окон. Обновите страницу через минуту."))
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        response = web.StreamResponse(
            headers=HEADERS | {"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
        )
        try:
            await response.prepare(request)
            await _write(response, b"retry: %d\n\n" % RECONNECT_MS)
            async with aclosing(pieces) as told:  # type: ignore[type-var]
                async for piece in told:
                    await _write(response, piece)
        except (ConnectionResetError, TimeoutError):
            pass
        except asyncio.CancelledError:
            if not self._closed:
                raise
        finally:
            self._open.discard(task)
        return response

    async def aclose(self) -> None:
        """End every stream and open no other."""
        self._closed = True
        for task in self._open:
            task.cancel()


async def _write(response: web.StreamResponse, piece: bytes) -> None:
    async with asyncio.timeout(STUCK_S):
        await response.write(piece)
