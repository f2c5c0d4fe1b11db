"""Files that a messenger has already: each goes up once, and is called by its name there from then on."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.clock import Clock
from bot.errors import MessageRefused
from bot.messages import StoredFile
from bot.newest import Newest
from bot.ports.files import Files

KEPT = 1_000
FOR_EVER = timedelta(days=36_500)
Name = TypeVar("Name")


class Uploads(Generic[Name]):
    """What one account's messenger calls the files that went up.

    Args:
        files: Where their bytes are.
        kept_for: So long the messenger keeps a file.
    """

    def __init__(self, files: Files | None, clock: Clock, kept_for: timedelta = FOR_EVER) -> None:
        self._files = files
        self._clock = clock
        self._kept_for = kept_for
        self._names: Newest[int, tuple[Name, datetime]] = Newest(KEPT)
        self._one_at_a_time = asyncio.Lock()

    async def name_of(self, file: StoredFile, upload: Callable[[bytes], Awaitable[Name]]) -> Name:
        """Its name there; of an announcement's many sendings one hands it over, and the others wait for that.

        Raises:
            MessageRefused: The store has the file no more.
            ChannelError: From ``upload``.
        """
        async with self._one_at_a_time:
            known = self._names.get(file.file_id)
            if known is not None and self._clock.now() - known[1] < self._kept_for:
                return known[0]
            data = await self._files.read(file.file_id) if self._files is not None else None
            if data is None:
                raise MessageRefused(f"the file {file.file_id} is gone")
            name = await upload(data)
            self._names[file.file_id] = (name, self._clock.now())
            return name

    def forget(self, file: StoredFile) -> None:
        """The messenger does not know it any more: it goes up anew next time."""
        self._names.pop(file.file_id, None)
