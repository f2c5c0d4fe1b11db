"""An outbox with its log and its messenger, in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.engine import outbox as engine
from bot.engine.metrics import Metrics
from bot.engine.outbox import Outbox, RetryPolicy
from bot.messages import Contact, Lane, Outbound, Reply
from tests.support.clock import StandingClock
from tests.support.fake_log import FakeLog
from tests.support.logs import ANNA, arrival
from tests.support.machine import FakeChannel
from tests.support.patience import SOON_S


class Post:
    """An outbox with its log and its messenger."""

    def __init__(
        self,
        clock: StandingClock,
        *,
        rate_per_s: float = 0,
        rate_per_chat_per_s: float = 0,
        window_h: float = 0,
        allows: Callable[[Outbound], bool] = engine.always,
        still_true: engine.StillTrue | None = None,
    ) -> None:
        self.clock = clock
        self.log = FakeLog(clock)
        self.channel = FakeChannel(rate_per_s=rate_per_s)
        self.channel.capabilities = replace(
            self.channel.capabilities, rate_per_chat_per_s=rate_per_chat_per_s, window_h=window_h
        )
        self.metrics = Metrics()
        policy = RetryPolicy(first_pause_s=10, longest_pause_s=60, attempts=3, jitter=0)
        self.outbox = Outbox(
            "chat", self.channel, self.log, clock, self.metrics, policy, allows=allows, still_true=still_true
        )

    async def queues(self, *texts: str, contact: Contact = ANNA, lane: Lane = Lane.REPLY) -> list[int]:
        """Something for a reader; returns the messages' ids."""
        known = [conversation.contact for conversation in self.log.conversations.values()]
        if contact not in known:
            recorded = await self.log.record(arrival("привет", key=contact.address, contact=contact))
            self.log.messages[recorded.message_id].state = "handled"
        conversation = self.log.conversation_of(contact)
        return [self.log.queue(conversation.id, Reply(text=text), lane=lane) for text in texts]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The outbox runs, and is told to stop at the end."""
        task = asyncio.create_task(self.outbox.run())
        try:
            yield
        finally:
            self.outbox.stop()
            async with asyncio.timeout(SOON_S):
                await task

    async def until_tried(self, times: int) -> None:
        async with asyncio.timeout(SOON_S):
            while len(self.channel.tried) < times:  # noqa: ASYNC110 - any step may be the one
                await asyncio.sleep(0)

    async def until_settled(self) -> None:
        """Let it run until nothing is due."""
        async with asyncio.timeout(SOON_S):
            while any(self._is_due(message_id) for message_id in self.log.messages):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0)

    def _is_due(self, message_id: int) -> bool:
        message = self.log.messages[message_id]
        queued = [other for other in self.log.messages.values() if other.state == "queued"]
        if message not in queued or any(
            other.conversation is message.conversation and other.id < message_id for other in queued
        ):
            return False  # sent, or behind another one
        return message.due_at is None or message.due_at <= self.clock.now()

    def states(self, ids: list[int]) -> list[str]:
        return [self.log.messages[message_id].state for message_id in ids]
