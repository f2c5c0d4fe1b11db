"""What codes stand on a photograph: pixels in, ISBNs out; synchronous, for a thread."""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from time import monotonic
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot.language import isbn
from bot.ports.files import Seen, Unseen, is_picture

LARGEST = 8 * 1024 * 1024
"""Bytes of a picture."""
MOST_PIXELS = 40_000_000
"""A telephone takes 12 to 50 million; beyond that a small file may be a bomb."""
MOST_BOOKS = 5
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
_SIDE, _SMALL_SIDE, _LARGE_SIDE = 1600, 900, 3200
"""Pixels of the longer side: most codes are read at the first; a small code in a large picture needs the last."""
_ANGLES = (22, 45, 67)
"""Lines of a code may lie askew by 15 degrees, and every look is taken from the side as well: all directions."""
_ENOUGH = 4
"""Where a code was read that is no book's, so many looks for a book's beside it are enough."""
_EAN = 13
_START = re.compile(r"[A-Za-z0-9_.-]{1,64}")

Picture = Any


def look(data: bytes, until: float = float("inf"), ours: str = "") -> Seen:
    """What stands on a picture.

    Args:
        data: The file as it came.
        until: On ``time.monotonic``: no further way of looking is begun after it.
        ours: Address of our own web chat: a QR code that leads there is understood.
    """
    if len(data) > LARGEST:
        return Seen(unseen=Unseen.TOO_LARGE)
    image = _opened(data)
    if isinstance(image, Unseen):
        return Seen(unseen=image)
    other = False
    for number, view in enumerate(_views(image), start=1):
        codes = _read(view(), all_kinds=number == 1)
        found = _books(codes)
        if found:
            return Seen(isbns=found)
        if ours and (start := _start(codes, ours)):
            return Seen(start=start)
        other = other or bool(codes)
        if monotonic() >= until or (other and number >= _ENOUGH):
            break
    return Seen(unseen=Unseen.OTHER if other else Unseen.NOTHING)


def _opened(data: bytes) -> Picture | Unseen:
    """The picture in grey; why not, where it cannot be had."""
    from PIL import Image, UnidentifiedImageError

    if not is_picture(data):
        return Unseen.NO_PICTURE
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            return Unseen.TOO_LARGE
        image.draft("L", None)  # a JPEG's colours are not unpacked
        return _grey(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Unseen.TOO_LARGE
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError):
        return Unseen.NO_PICTURE


def _grey(image: Picture) -> Picture:
    """On white where it is transparent."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA", "P"):
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("L")


def _views(image: Picture) -> Iterator[Callable[[], Picture]]:
    """Ways to look at it, the cheapest and likeliest first; the whole of a very large one last."""
    from PIL import Image, ImageFilter, ImageOps

    large = _at_most(image, _LARGE_SIDE)
    middle, small = _at_most(large, _SIDE), _at_most(large, _SMALL_SIDE)
    longer = max(image.size)
    yield lambda: middle
    if longer > _SIDE:
        yield lambda: large
    if longer < _SMALL_SIDE:
        yield lambda: image.resize((image.width * 3, image.height * 3))
    yield lambda: ImageOps.autocontrast(middle).filter(ImageFilter.UnsharpMask(radius=4, percent=300, threshold=0))
    for angle in _ANGLES:
        yield lambda angle=angle: middle.rotate(angle, Image.Resampling.BILINEAR, expand=True, fillcolor=255)  # type: ignore[misc]
    yield lambda: ImageOps.autocontrast(small).filter(ImageFilter.UnsharpMask(8, 400, 0))
    if longer > _LARGE_SIDE:
        yield lambda: image


def _at_most(image: Picture, side: int) -> Picture:
    """The picture with sides of at most so many pixels."""
    if max(image.size) <= side:
        return image
    part = side / max(image.size)
    return image.resize((max(1, round(image.width * part)), max(1, round(image.height * part))), reducing_gap=2.0)


def _read(image: Picture, *, all_kinds: bool) -> list[Any]:
    """The codes, the largest first.

    Args:
        image: The picture in grey.
        all_kinds: Also those that stand in libraries and on other goods, not only EAN-13: that takes several times as
            long, and codes with few digits are seen where there are none.
    """
    import zxingcpp as zxing

    others = (zxing.UPCA, zxing.Code128, zxing.Code39, zxing.QRCode) if all_kinds else ()
    wanted = zxing.BarcodeFormats([zxing.EAN13, *others])
    found = zxing.read_barcodes(image, formats=wanted, try_invert=all_kinds)
    return sorted(found, key=_size, reverse=True)


def _size(code: Any) -> int:
    corners = code.position
    one, two = corners.top_left, corners.bottom_right
    return abs(int(two.x) - int(one.x)) + abs(int(two.y) - int(one.y))


def _books(codes: Iterable[Any]) -> tuple[str, ...]:
    """ISBNs of EAN-13 codes and those written in a QR code; ten digits alone are any number."""
    found: dict[str, None] = {}
    for code in codes:
        marked = "isbn" in code.text.casefold()
        for book in isbn.find(code.text):
            digits = sum(character.isdigit() for character in code.text[book.start : book.end])
            if book.right and (marked or digits == _EAN):
                found[book.isbn13] = None
    return tuple(found)[:MOST_BOOKS]


def _start(codes: Iterable[Any], ours: str) -> str:
    """The start parameter of a link to our own chat, "" where no code is one."""
    home = urlsplit(ours)
    for code in codes:
        try:
            link = urlsplit(code.text.strip())
        except ValueError:
            continue
        if link.hostname and (link.hostname, link.port) == (home.hostname, home.port):
            start = next(iter(parse_qs(link.query).get("start", ())), "")
            if _START.fullmatch(start):
                return start
    return ""
