"""Waiting: only where there is something to wait for, and no longer than until somebody is told to stop."""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


async def rest(seconds: float, stopping: asyncio.Event) -> None:
    """Wait so long, or until told to stop."""
    try:
        async with asyncio.timeout(seconds):
            await stopping.wait()
    except TimeoutError:
        pass


class InTime(Generic[Result]):
    """Awaits a coroutine; only once it suspends it is put under a timeout, which costs more than many a handler.

    Most handlers answer from memory and never suspend.

    It runs in the task that awaits it, from its first step on, so timeouts and task groups of its own work as ever.

    Args:
        coroutine: What is to be done.
        seconds: From the first suspension on; then TimeoutError is raised. None waits for ever.
        waits: Called once, before the first suspension.
    """

    __slots__ = ("_coroutine", "_seconds", "_waits")

    def __init__(
        self, coroutine: Coroutine[Any, Any, Result], seconds: float | None, waits: Callable[[], None]
    ) -> None:
        self._coroutine = coroutine
        self._seconds = seconds
        self._waits = waits

    def __await__(self) -> Generator[Any, Any, Result]:
        try:
            first = self._coroutine.send(None)
        except StopIteration as stop:
            result: Result = stop.value
            return result
        self._waits()
        return (yield from self._the_rest(first).__await__())

    async def _the_rest(self, first: Any) -> Result:
        async with asyncio.timeout(self._seconds):
            return await _Begun(self._coroutine, first)


class _Begun(Generic[Result]):
    """A coroutine that has already asked for something (``first``)."""

    __slots__ = ("_coroutine", "_first")

    def __init__(self, coroutine: Coroutine[Any, Any, Result], first: Any) -> None:
        self._coroutine = coroutine
        self._first = first

    def __await__(self) -> Generator[Any, Any, Result]:
        asked = self._first
        try:
            while True:
                try:
                    step = partial(self._coroutine.send, (yield asked))
                except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - the coroutine's to deal with
                    step = partial(self._coroutine.throw, error)
                try:
                    asked = step()
                except StopIteration as stop:
                    result: Result = stop.value
                    return result
        finally:
            self._coroutine.close()
