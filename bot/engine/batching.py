"""Much work in few tasks: things done in a row, and things kept together."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from time import perf_counter
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")

BREATH_S = 0.001
"""So long things are done in a row before whoever else is on the event loop has his turn."""


class Tasks:
    """Tasks that somebody waits for at the end."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin a piece of work of its own."""
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def cancel(self) -> None:
        """Cancel whatever runs, and wait until it has ended."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


class Hand:
    """One who does things in a row; says by :meth:`waits` that the present thing takes longer."""

    __slots__ = ("_let_go", "is_free")

    def __init__(self, let_go: Callable[[], None]) -> None:
        self._let_go = let_go
        self.is_free = True

    def waits(self) -> None:
        """Somebody else goes on with the rest of the row."""
        if self.is_free:
            self.is_free = False
            self._let_go()


class Row(Generic[Item]):
    """Does things one after another in one task; one that has to wait keeps that task, and a new one does the rest.

    So thousands of short things cost no task each, and a long one holds up nobody.

    Args:
        tasks: Where the tasks are kept.
        do: Does one thing; it must not raise, and must call ``Hand.waits`` before it suspends for long.
    """

    def __init__(self, tasks: Tasks, do: Callable[[Item, Hand], Awaitable[None]]) -> None:
        self._tasks = tasks
        self._do = do
        self._waiting: deque[Item] = deque()
        self._is_working = False

    def add(self, items: Iterable[Item]) -> None:
        """These are to be done."""
        self._waiting.extend(items)
        self._work()

    def _work(self) -> None:
        if self._waiting and not self._is_working:
            self._is_working = True
            self._tasks.start(self._one_by_one())

    def _let_go(self) -> None:
        self._is_working = False
        self._work()

    async def _one_by_one(self) -> None:
        hand = Hand(self._let_go)
        breath = perf_counter() + BREATH_S
        while self._waiting and hand.is_free:
            await self._do(self._waiting.popleft(), hand)
            if perf_counter() > breath:
                await asyncio.sleep(0)
                breath = perf_counter() + BREATH_S
        hand.waits()  # for whatever was added while we breathed


class Together(Generic[Item]):
    """Keeps things together: whatever came while one batch was being kept is the next batch.

    Args:
        tasks: Where the task is kept.
        keep: Keeps a batch; it must not raise.
    """

    def __init__(self, tasks: Tasks, keep: Callable[[list[Item]], Awaitable[None]]) -> None:
        self._tasks = tasks
        self._keep = keep
        self._waiting: list[Item] = []
        self._is_keeping = False

    def add(self, item: Item) -> None:
        """This is to be kept."""
        self._waiting.append(item)
        if not self._is_keeping:
            self._is_keeping = True
            self._tasks.start(self._batch_by_batch())

    async def _batch_by_batch(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                await self._keep(batch)
        finally:
            self._is_keeping = False
