"""Pictures on their way: fetched from the messenger, looked at, forgotten; whatever goes wrong is an answer."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from bot.engine import barcodes
from bot.engine.pictures import AT_ONCE, MOST_WAITING, PictureDesk, handle_of, seen_in
from bot.errors import ChannelUnavailable, InputError
from bot.messages import Contact
from bot.ports.files import Seen, Unseen
from tests.support.machine import FakeChannel
from tests.support.patience import SOON_S
from tests.support.photographs import code, file, photograph

BOOK = "9785170978335"
ANNA = Contact(channel="vk", address="1")


class Album(FakeChannel):
    """A messenger with pictures."""

    def __init__(self, **pictures: bytes) -> None:
        super().__init__()
        self.pictures = pictures
        self.fault: Exception | None = None

    async def fetch(self, handle: str, limit: int) -> bytes:
        if self.fault:
            raise self.fault
        if len(self.pictures[handle]) > limit:
            raise InputError("too long")
        return self.pictures[handle]


@pytest.fixture
async def desk() -> AsyncIterator[PictureDesk]:
    made = PictureDesk()
    yield made
    await made.aclose()


async def test_a_messenger_s_picture_is_fetched_and_read(desk: PictureDesk) -> None:
    desk.serve({"vk": Album(cover=file(photograph(code(BOOK))))})

    assert await desk.look(ANNA, "cover") == Seen(isbns=(BOOK,))


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (InputError("gone"), Unseen.TOO_LARGE),
        (ChannelUnavailable("away"), Unseen.AWAY),
        (TimeoutError(), Unseen.AWAY),
    ],
)
async def test_a_messenger_that_does_not_hand_it_out_is_an_answer(
    desk: PictureDesk, fault: Exception, why: Unseen
) -> None:
    album = Album()
    album.fault = fault
    desk.serve({"vk": album})

    assert await desk.look(ANNA, "cover") == Seen(unseen=why)


async def test_what_was_seen_when_the_picture_came_is_told_later(desk: PictureDesk) -> None:
    desk.serve({"vk": FakeChannel()})
    for seen in (Seen(isbns=(BOOK, "9785389067257")), Seen(start="work_12"), Seen(unseen=Unseen.OTHER)):
        assert await desk.look(ANNA, handle_of(seen)) == seen
        assert seen_in(handle_of(seen)) == seen

    assert await desk.look(ANNA, "AgACAgIAAx") == Seen(unseen=Unseen.AWAY)


async def test_a_reader_of_a_messenger_cannot_claim_to_have_shown_a_book(desk: PictureDesk) -> None:
    desk.serve({"vk": Album(**{f"seen:{BOOK}": b"no picture"})})

    assert await desk.look(ANNA, f"seen:{BOOK}") == Seen(unseen=Unseen.NO_PICTURE)


async def test_a_fault_of_a_decoder_is_an_answer(desk: PictureDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Seen:
        raise RuntimeError("a decoder fell")

    monkeypatch.setattr(barcodes, "look", broken)

    assert await desk.read(b"...") == Seen(unseen=Unseen.NO_PICTURE)


async def test_more_pictures_than_are_waited_for_are_asked_to_come_again(
    desk: PictureDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = threading.Event()

    def slow(*_: object) -> Seen:
        gate.wait(SOON_S)
        return Seen(isbns=(BOOK,))

    monkeypatch.setattr(barcodes, "look", slow)
    waiting = [asyncio.create_task(desk.read(b"...")) for _ in range(AT_ONCE + MOST_WAITING)]
    await asyncio.sleep(0)

    assert await desk.read(b"...") == Seen(unseen=Unseen.AWAY)

    gate.set()
    assert await asyncio.gather(*waiting) == [Seen(isbns=(BOOK,))] * len(waiting)
