"""A message that goes out in several parts: what was taken is not sent again when the rest is retried."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from bot.messages import Sent
from bot.newest import Newest

KEPT = 1_000
"""Messages under way that are remembered; the oldest is forgotten first."""
Piece = TypeVar("Piece")


class PartsUnderWay:
    """Which parts of which message the messenger has taken.

    It is kept in memory: a process that dies in the middle of a message sends that message from its beginning.

    Args:
        rate_per_s: Messages a second that the messenger takes for one chat, 0 for no limit.
    """

    def __init__(self, rate_per_s: float = 0.0) -> None:
        self._pause_s = 1 / rate_per_s if rate_per_s > 0 else 0.0
        self._taken: Newest[int, tuple[str, ...]] = Newest(KEPT)

    async def send(self, message_id: int, pieces: Sequence[Piece], send_one: Callable[[Piece], Awaitable[str]]) -> Sent:
        """Send what is left of a message, in order.

        Args:
            message_id: ``Outbound.message_id``.
            pieces: All parts; the same ones at every attempt.
            send_one: Sends one part, returns the messenger's id of it ("" if it has none).

        Raises:
            ChannelError: From ``send_one``; the next attempt goes on behind the last part that was taken.
        """
        taken = self._taken.pop(message_id, ())
        try:
            for number, piece in enumerate(pieces[len(taken) :]):
                if number and self._pause_s:
                    await asyncio.sleep(self._pause_s)
                taken = (*taken, await send_one(piece))
        except BaseException:
            if taken:
                self._taken[message_id] = taken
            raise
        return Sent(external_ids=tuple(name for name in taken if name))
