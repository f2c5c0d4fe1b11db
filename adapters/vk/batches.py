"""Messages that wait together go together."""

import asyncio
from collections import deque
from collections.abc import Mapping
from typing import Any

from adapters.vk.client import MAX_BATCH, VkClient
from adapters.vk.errors import BatchNotUnderstood
from bot.errors import ChannelError, ChannelUnavailable

AT_ONCE = 2
"""Calls under way: a slow one does not hold up the rest."""
_Waiting = tuple[Mapping[str, object], "asyncio.Future[Any]"]


class Batches:
    """``messages.send`` for many callers: alone while VK keeps up, by up to 25 in one ``execute`` when it does not."""

    def __init__(self, client: VkClient) -> None:
        self._client = client
        self._waiting: deque[_Waiting] = deque()
        self._under_way: set[asyncio.Task[None]] = set()

    async def send(self, values: Mapping[str, object]) -> Any:
        """VK's answer to this one message. Raises ChannelError."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((values, future))
        self._begin()
        return await future

    async def aclose(self) -> None:
        """Drop what waits, then what is under way: else its end would begin what waits."""
        for _, future in self._waiting:
            future.cancel()
        self._waiting.clear()
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _begin(self) -> None:
        while self._waiting and len(self._under_way) < AT_ONCE:
            batch = [self._waiting.popleft() for _ in range(min(MAX_BATCH, len(self._waiting)))]
            task = asyncio.create_task(self._go([one for one in batch if not one[1].done()]))
            self._under_way.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._begin()

    async def _go(self, batch: list[_Waiting]) -> None:
        try:
            outcomes = await self._outcomes([values for values, _ in batch])
            for (_, future), outcome in zip(batch, outcomes, strict=True):
                if future.done():
                    continue  # its caller went away
                if isinstance(outcome, Exception):
                    future.set_exception(outcome)
                else:
                    future.set_result(outcome)
        finally:
            for _, future in batch:
                if not future.done():
                    future.set_exception(ChannelUnavailable("the call was broken off"))

    async def _outcomes(self, batch: list[Mapping[str, object]]) -> list[Any]:
        """An answer or a ChannelError for each."""
        if len(batch) > 1:
            try:
                return await self._client.batch(batch)
            except BatchNotUnderstood:
                pass  # one of them may be at fault: each goes alone
            except ChannelError as error:
                return [error] * len(batch)
        return [await self._one(values) for values in batch]

    async def _one(self, values: Mapping[str, object]) -> Any:
        try:
            return await self._client.call("messages.send", **values)
        except ChannelError as error:
            return error
