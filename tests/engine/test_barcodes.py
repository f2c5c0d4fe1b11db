"""Which book's code is on a photograph: turned, blurred, small, among others, or none at all."""

import io
import struct
import zlib
from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.engine.barcodes import LARGEST, look
from bot.ports.files import Seen, Unseen, is_picture
from tests.support.patience import Spent
from tests.support.photographs import code, file, photograph

BOOK, OTHER_BOOK, MILK = "9785170978335", "9785389067257", "4600051000057"
FOUND = Seen(isbns=(BOOK,))


@pytest.mark.parametrize("angle", [0, 12, 30, 45, 60, 90, 150, 180, 225, 315])
def test_a_code_is_read_whichever_way_it_lies(angle: int) -> None:
    assert look(file(photograph(code(BOOK), angle=angle))) == FOUND


@pytest.mark.parametrize("blur", [1, 2, 3])
def test_a_blurred_code_is_read(blur: int) -> None:
    assert look(file(photograph(code(BOOK), blur=blur, scale=2, angle=8))) == FOUND


@pytest.mark.parametrize(
    ("size", "scale"), [((300, 240), 0.5), ((500, 400), 0.6), ((4000, 3000), 1.0), ((6000, 4000), 0.7)]
)
def test_a_small_code_is_read(size: tuple[int, int], scale: float) -> None:
    assert look(file(photograph(code(BOOK), size=size, scale=scale))) == FOUND


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "BMP"])
def test_other_kinds_of_pictures_are_opened(kind: str) -> None:
    assert look(file(photograph(code(BOOK)), kind)) == FOUND


def test_a_transparent_picture_lies_on_white() -> None:
    drawn = code(BOOK).resize((700, 340))
    clear = Image.new("RGBA", (800, 440), (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), (50, 50), drawn.point(lambda value: 255 - value))

    assert look(file(clear, "PNG")) == FOUND


def test_all_books_of_a_picture_are_found_the_largest_code_first() -> None:
    both = photograph(code(BOOK), code(OTHER_BOOK), size=(1600, 1400))

    assert set(look(file(both)).isbns) == {BOOK, OTHER_BOOK}


def test_a_book_is_found_beside_another_code() -> None:
    assert look(file(photograph(code(MILK), code(BOOK), size=(1600, 1400)))) == FOUND


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (MILK, "EAN13"),
        ("INV-00412", "Code128"),
        ("https://shop.example/1234567890", "QRCode"),
        ("5170978334", "Code128"),
    ],
)
def test_a_code_that_is_no_book_s_is_told_apart(text: str, kind: str) -> None:
    assert look(file(photograph(code(text, kind), scale=1))) == Seen(unseen=Unseen.OTHER)


@pytest.mark.parametrize("text", ["ISBN 978-5-17-097833-5", "https://books.example/isbn/9785170978335"])
def test_an_isbn_in_a_qr_code_is_found(text: str) -> None:
    assert look(file(photograph(code(text, "QRCode"), scale=1))) == FOUND


def test_a_link_to_our_own_chat_is_followed_and_no_other() -> None:
    linked = file(photograph(code("https://bot.library.example/?start=work_12", "QRCode"), scale=1))

    assert look(linked, ours="https://bot.library.example/chat") == Seen(start="work_12")
    assert look(linked, ours="https://another.example") == Seen(unseen=Unseen.OTHER)
    assert look(linked) == Seen(unseen=Unseen.OTHER)


def test_a_picture_without_a_code_takes_no_longer_than_it_may() -> None:
    noise = file(Image.effect_noise((3000, 2000), 80))

    with Spent() as spent:
        assert look(noise, until=monotonic()) == Seen(unseen=Unseen.NOTHING)

    assert spent.seconds < 2.0


def bomb(width: int, height: int) -> bytes:
    """A PNG that says to be so large, and is a few hundred bytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(10_000)))


@pytest.mark.parametrize("size", [(8_000, 5_001), (12_000, 10_000), (60_000, 60_000)])
def test_a_bomb_is_refused_by_its_head(size: tuple[int, int]) -> None:
    assert look(bomb(*size)) == Seen(unseen=Unseen.TOO_LARGE)


def test_too_many_bytes_are_not_opened() -> None:
    assert look(b"\xff\xd8\xff" + bytes(LARGEST)) == Seen(unseen=Unseen.TOO_LARGE)


def test_half_a_picture_is_none() -> None:
    whole = file(photograph(code(BOOK)), "PNG")

    assert look(whole[: len(whole) // 2]) == Seen(unseen=Unseen.NO_PICTURE)
    assert look(b"%PDF-1.7") == Seen(unseen=Unseen.NO_PICTURE)
    assert look(b"") == Seen(unseen=Unseen.NO_PICTURE)


def test_a_kind_that_may_run_programs_is_not_opened() -> None:
    kept = io.BytesIO()
    code(BOOK).save(kept, "EPS")

    assert not is_picture(kept.getvalue())
    assert look(kept.getvalue()) == Seen(unseen=Unseen.NO_PICTURE)


@given(
    st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"RIFF\x00\x00\x00\x00WEBP"]), st.binary()
)
def test_no_bytes_raise(sign: bytes, rest: bytes) -> None:
    assert look(sign + rest).isbns == ()
