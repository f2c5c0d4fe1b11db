"""Pictures that readers send: fetched, looked at in a bounded pool, forgotten."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import structlog

from bot.channels import Channel, Fetching
from bot.engine import barcodes
from bot.errors import ChannelError, InputError
from bot.messages import Contact
from bot.ports.files import Seen, Unseen

log = structlog.get_logger(__name__)

AT_ONCE = 1
"""Threads: a picture costs a processor for a tenth of a second, and readers of words come first."""
MOST_WAITING = 8
"""Pictures that wait for a thread; further readers are asked to come again."""
FETCH_S = 5.0
LOOK_S = 2.0
WAIT_S = 4.0
"""For a thread and the look together: handlers have ten seconds."""
SEEN = "seen:"
"""Begins the handle of a picture that was looked at when it came and is gone: what stood on it."""


class PictureDesk:
    """Fills ``Pictures``.

    Args:
        ours: Address of our own web chat (``server.public_url``), "" where it has none.
    """

    def __init__(self, ours: str = "") -> None:
        self._ours = ours
        self._channels: Mapping[str, Channel] = {}
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="pictures")
        self._in_hand = 0

    def serve(self, channels: Mapping[str, Channel]) -> None:
        """Fetch pictures from these channels from now on."""
        self._channels = channels

    async def aclose(self) -> None:
        """Let the thread end."""
        await asyncio.to_thread(self._pool.shutdown, wait=True, cancel_futures=True)

    async def look(self, contact: Contact, handle: str) -> Seen:
        channel = self._channels.get(contact.channel)
        if not isinstance(channel, Fetching):
            return seen_in(handle) or Seen(unseen=Unseen.AWAY)
        try:
            async with asyncio.timeout(FETCH_S):
                data = await channel.fetch(handle, barcodes.LARGEST)
        except InputError:
            return Seen(unseen=Unseen.TOO_LARGE)
        except (ChannelError, TimeoutError, OSError) as error:
            log.info("picture not fetched", channel=contact.channel, error=type(error).__name__)
            return Seen(unseen=Unseen.AWAY)
        return await self.read(data)

    async def read(self, data: bytes) -> Seen:
        """What stands on a picture; the bytes are gone afterwards."""
        if self._in_hand >= AT_ONCE + MOST_WAITING:
            return Seen(unseen=Unseen.AWAY)
        self._in_hand += 1
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(WAIT_S):
                return await loop.run_in_executor(self._pool, self._look, data)
        except TimeoutError:
            return Seen(unseen=Unseen.AWAY)
        finally:
            self._in_hand -= 1

    def _look(self, data: bytes) -> Seen:
        try:
            return barcodes.look(data, monotonic() + LOOK_S, self._ours)
        except Exception as error:  # noqa: BLE001 - a picture is what anybody sends, its decoders are not ours
            log.warning("picture not read", error=type(error).__name__)
            return Seen(unseen=Unseen.NO_PICTURE)


def handle_of(seen: Seen) -> str:
    """What stood on a picture, as the handle of a picture that is gone."""
    told = seen.unseen.value if seen.unseen else f"start={seen.start}" if seen.start else ",".join(seen.isbns)
    return SEEN + told


def seen_in(handle: str) -> Seen | None:
    """What stood on a picture that is gone, None for the handle of another."""
    if not handle.startswith(SEEN):
        return None
    told = handle.removeprefix(SEEN)
    if told.startswith("start="):
        return Seen(start=told.removeprefix("start="))
    if told in {each.value for each in Unseen}:
        return Seen(unseen=Unseen(told))
    return Seen(isbns=tuple(told.split(",")))
