"""A file goes up once, however many sendings want it."""

import asyncio
from datetime import timedelta

import pytest

from adapters.uploads import Uploads
from bot.errors import ChannelUnavailable, MessageRefused
from bot.messages import StoredFile
from tests.support.clock import StandingClock
from tests.support.files import MemoryFiles


class Messenger:
    """Gives names out."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.away = False

    async def upload(self, data: bytes) -> str:
        await asyncio.sleep(0)
        if self.away:
            raise ChannelUnavailable("502")
        self.taken.append(data)
        return f"file-{len(self.taken)}"


@pytest.fixture
async def stored() -> tuple[MemoryFiles, StoredFile]:
    files = MemoryFiles()
    return files, await files.keep("афиша.png", "image/png", b"picture")


async def test_of_many_sendings_one_hands_it_over(clock: StandingClock, stored: tuple[MemoryFiles, StoredFile]) -> None:
    files, file = stored
    uploads, messenger = Uploads[str](files, clock, timedelta(days=29)), Messenger()

    names = await asyncio.gather(*[uploads.name_of(file, messenger.upload) for _ in range(20)])
    assert (set(names), messenger.taken) == ({"file-1"}, [b"picture"])

    clock.turn(timedelta(days=30))
    assert await uploads.name_of(file, messenger.upload) == "file-2"
    uploads.forget(file)
    assert await uploads.name_of(file, messenger.upload) == "file-3"


async def test_a_failed_upload_is_tried_by_the_next(
    clock: StandingClock, stored: tuple[MemoryFiles, StoredFile]
) -> None:
    files, file = stored
    uploads, messenger = Uploads[str](files, clock), Messenger()
    messenger.away = True
    with pytest.raises(ChannelUnavailable):
        await uploads.name_of(file, messenger.upload)

    messenger.away = False
    assert await uploads.name_of(file, messenger.upload) == "file-1"


async def test_a_file_that_is_gone_is_said_so(clock: StandingClock) -> None:
    gone = StoredFile(file_id=404, name="нет.png", media_type="image/png", size=1)
    with pytest.raises(MessageRefused):
        await Uploads[str](MemoryFiles(), clock).name_of(gone, Messenger().upload)
