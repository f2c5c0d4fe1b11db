"""Calls that a messenger likes to get at once: a button's spinner, a read mark. At most once, at best."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from bot.channels import Accepted, Channel, Courteous
from bot.engine.metrics import Metrics
from bot.errors import ChannelError, StoreUnavailable

log = structlog.get_logger(__name__)

AT_ONCE = 32
"""Calls of all channels under way at the same time; what comes beyond is dropped: the answer matters, not this."""
LONGEST_S = 10.0
Keep = Callable[[str, Channel, Accepted], Awaitable[None]]
"""Stores what a call brought to light, as what a webhook held."""


class Courtesies:
    """Makes them beside everything else, so that no answer waits for them.

    Args:
        metrics: Where they are counted.
    """

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._under_way: set[asyncio.Task[None]] = set()

    def begin(self, name: str, channel: Channel, courtesies: Sequence[object], keep: Keep) -> None:
        """Begin the calls of one webhook or poll; what they bring to light goes to ``keep``."""
        if not isinstance(channel, Courteous):
            return
        for what in courtesies:
            if len(self._under_way) >= AT_ONCE:
                self._metrics.courtesy(name, "dropped")
                continue
            task = asyncio.create_task(self._call(name, channel, what, keep))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def _call(self, name: str, channel: Courteous, what: object, keep: Keep) -> None:
        try:
            async with asyncio.timeout(LONGEST_S):
                found = await channel.courtesy(what)
            if found is not None:
                await keep(name, channel, found)
        except (ChannelError, StoreUnavailable, TimeoutError):
            self._metrics.courtesy(name, "failed")
        except Exception:
            self._metrics.courtesy(name, "failed")
            log.exception("courtesy failed", channel=name)
        else:
            self._metrics.courtesy(name, "done")

    async def aclose(self) -> None:
        """Drop what is under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
