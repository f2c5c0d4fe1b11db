"""Commits shared without a window: whoever comes while one commit runs shares the next.

One writer a process. At low load each item is committed at once; under load a commit carries
hundreds. A fixed waiting window is worse at both ends, and who writes elsewhere should never be idle while there is
something to write (measured: docs/decisions.md).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

from bot.errors import StoreUnavailable
from bot.quick import dataclass

Item = TypeVar("Item")
NOBODY = 2
"""In so many passes of the event loop nobody came: whoever hears of the last commit answers in the first, and in the
second what they answer has come."""
Flush = Callable[[Sequence[Item]], Awaitable[Sequence[object]]]


@dataclass(frozen=True, slots=True)
class Refused:
    """The result of an item that could not be kept, where it was one of several."""

    error: Exception


_Entry = tuple[Sequence[Item], "asyncio.Future[Sequence[object]]"]


class GroupCommit(Generic[Item]):
    """A queue before the one writer.

    Args:
        flush: Keeps a batch in one transaction and returns a result an item; an exception
            means that nothing of the batch was kept.
        batch: From so many items on a transaction takes no more (what was put together stays together).
        backlog: Puts that may wait in memory; more callers wait before they are taken in.
        passes: Of the event loop before a commit at most, so long as they bring somebody more: where items are ready
            on the loop and each commit is dear to it.
    """

    def __init__(self, flush: Flush[Item], *, batch: int = 512, backlog: int = 4096, passes: int = 0) -> None:
        self._flush = flush
        self._passes = passes
        self._batch = batch
        self._backlog = backlog
        self._queue: deque[_Entry[Item]] = deque()
        self._room = asyncio.Event()
        self._wake = asyncio.Event()
        self._pump: asyncio.Task[None] | None = None
        self._closed = False

    async def put(self, item: Item) -> object:
        """Keep one item; returns its result after the commit, raises what its keeping raised."""
        if self._is_busy():
            await self._admitted()
        (result,) = await self._queued((item,))
        if isinstance(result, Refused):
            raise result.error
        return result

    async def put_many(self, items: Sequence[Item]) -> Sequence[object]:
        """Keep several items in one transaction; a result each, :class:`Refused` for one that cannot be kept.

        Raises StoreUnavailable where nothing could be kept.
        """
        if self._is_busy():
            await self._admitted()
        return await self._queued(items)

    def _is_busy(self) -> bool:
        return self._closed or self._pump is None or len(self._queue) >= self._backlog

    async def _admitted(self) -> None:
        """Wait for room. Raises StoreUnavailable where there will be none."""
        if self._closed:
            raise StoreUnavailable("the store is closing")
        if self._pump is None:
            self._pump = asyncio.create_task(self._run(), name="group-commit")
        while len(self._queue) >= self._backlog:
            self._room.clear()
            await self._room.wait()
            if self._closed:
                raise StoreUnavailable("the store is closing")

    def _queued(self, items: Sequence[Item]) -> "asyncio.Future[Sequence[object]]":
        future: asyncio.Future[Sequence[object]] = asyncio.get_running_loop().create_future()
        self._queue.append((items, future))
        self._wake.set()
        return future

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
                await self._those_who_come()
                entries, count = [], 0
                while self._queue and count < self._batch:
                    entry = self._queue.popleft()
                    entries.append(entry)
                    count += len(entry[0])
                self._room.set()
                await self._commit(entries)
            if self._closed:
                return

    async def _those_who_come(self) -> None:
        for passed in range(self._passes):
            count = len(self._queue)
            await asyncio.sleep(0)
            if passed >= NOBODY - 1 and len(self._queue) == count:
                break

    async def _commit(self, entries: list[_Entry[Item]]) -> None:
        items = [item for some, _ in entries for item in some]
        try:
            results = await self._flush(items)
        except StoreUnavailable as error:
            for _, future in entries:
                if not future.done():
                    future.set_exception(error)
            return
        except Exception as error:  # noqa: BLE001 - every caller must hear of it, whatever it is
            # One bad item must not fail its neighbours: each gets a transaction of its own.
            results = [await self._alone(item) for item in items] if len(items) > 1 else [Refused(error)]
        begin = 0
        for some, future in entries:
            end = begin + len(some)
            if not future.done():
                future.set_result(results[begin:end])
            begin = end

    async def _alone(self, item: Item) -> object:
        try:
            return (await self._flush([item]))[0]
        except Exception as error:  # noqa: BLE001 - as above
            return Refused(error)
