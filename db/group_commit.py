"""Commits shared without a window: whoever comes while one commit runs shares the next.

One writer a process. At low load each item is committed at once; under load a commit carries
hundreds. A fixed waiting window is worse at both ends (PERFORMANCE §1).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

from bot.errors import StoreUnavailable

Item = TypeVar("Item")
Flush = Callable[[Sequence[Item]], Awaitable[Sequence[object]]]


class GroupCommit(Generic[Item]):
    """A queue before the one writer.

    Args:
        flush: Keeps a batch in one transaction and returns a result an item; an exception
            means that nothing of the batch was kept.
        batch: Items in one transaction at most.
        backlog: Items that may wait in memory; more callers wait before they are taken in.
    """

    def __init__(self, flush: Flush[Item], *, batch: int = 512, backlog: int = 4096) -> None:
        self._flush = flush
        self._batch = batch
        self._backlog = backlog
        self._queue: deque[tuple[Item, asyncio.Future[object]]] = deque()
        self._room = asyncio.Event()
        self._wake = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._closed = False

    async def put(self, item: Item) -> object:
        """Keep one item; returns its result after the commit, raises what its keeping raised."""
        if self._closed:
            raise StoreUnavailable("the store is closing")
        if self._pump is None:
            self._pump = asyncio.create_task(self._run(), name="group-commit")
        while len(self._queue) >= self._backlog:
            self._room.clear()
            await self._room.wait()
            if self._closed:
                raise StoreUnavailable("the store is closing")
        future: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        self._queue.append((item, future))
        self._wake.set()
        return await future

    async def aclose(self) -> None:
        """Commit what is waiting, then stop."""
        self._closed = True
        if self._pump is not None:
            self._wake.set()
            self._room.set()
            with suppress(asyncio.CancelledError):
                await self._pump

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._queue:
                batch = [self._queue.popleft() for _ in range(min(self._batch, len(self._queue)))]
                self._room.set()
                await self._commit(batch)
            if self._closed:
                return

    async def _commit(self, batch: list[tuple[Item, asyncio.Future[object]]]) -> None:
        try:
            results = await self._flush([item for item, _ in batch])
        except Exception as error:  # noqa: BLE001 - every caller must hear of it, whatever it is
            if len(batch) > 1 and not isinstance(error, StoreUnavailable):
                # One bad item must not fail its neighbours: each gets a transaction of its own.
                for single in batch:
                    await self._commit([single])
                return
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), result in zip(batch, results, strict=True):
            if not future.done():
                future.set_result(result)
