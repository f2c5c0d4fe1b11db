"""A reader's card as a picture for the desk's scanner: barcode, QR code, number. Pure: a number in, a PNG out."""

from io import BytesIO

import font_roboto
import segno
import zxingcpp
from PIL import Image, ImageDraw, ImageFont

from bot.library.card_codes import CardBarcode, likely

WIDTH_PX = 1080
"""As wide as a phone's screen shows it, so that nothing is scaled between the code and the scanner."""
MARGIN_PX = 60
BARCODE_HEIGHT_PX = 300
QUIET = 10
"""Modules of white on both sides of a barcode, as ISO/IEC 15417 wants it."""
QR_QUIET = 4
LARGEST_QR_PX = 560
LONGEST = 40
"""Characters of a card number: a barcode of more could not be read off a phone."""
LARGEST_TYPE, SMALLEST_TYPE = 120, 28
INK, PAPER = 0, 255


_FORMATS = {
    CardBarcode.CODE128: zxingcpp.BarcodeFormat.Code128,
    CardBarcode.CODE39: zxingcpp.BarcodeFormat.Code39,
    CardBarcode.EAN13: zxingcpp.BarcodeFormat.EAN13,
}


def card_picture(card_number: str, barcode: CardBarcode = CardBarcode.AUTO) -> bytes:
    """The card as a PNG, black on white.

    A number that the configured barcode cannot hold (letters in EAN-13, small letters in Code 39, a wrong check
    digit) is drawn without one: the QR code and the number beneath serve the desk as well.

    Args:
        card_number: As the library writes it; 1 to ``LONGEST`` printable characters.
        barcode: What the library's scanners read.

    Raises:
        ValueError: The number is empty, too long, or has characters that nobody could print.
    """
    if not 0 < len(card_number) <= LONGEST or not card_number.isprintable() or card_number.isspace():
        raise ValueError(f"expected a card number of 1 to {LONGEST} printable characters, got {len(card_number)}")
    parts = [part for part in (_bars(card_number, barcode), _square(card_number), _number(card_number)) if part]
    height = sum(part.height + MARGIN_PX for part in parts) + MARGIN_PX
    sheet, top = Image.new("L", (WIDTH_PX, height), PAPER), MARGIN_PX
    for part in parts:
        sheet.paste(part, ((WIDTH_PX - part.width) // 2, top))
        top += part.height + MARGIN_PX
    out = BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()


def _bars(card_number: str, barcode: CardBarcode) -> Image.Image | None:
    """The bars, each a whole number of pixels wide; None where they cannot say this number or would not fit."""
    kind = likely(card_number) if barcode is CardBarcode.AUTO else barcode
    try:
        code = zxingcpp.create_barcode(card_number, _FORMATS[kind])
    except ValueError:
        return None
    if code.text.strip("*") != card_number:
        return None  # a barcode that says something else than the card
    drawn = memoryview(code.to_image(scale=1, add_hrt=False, add_quiet_zones=False))  # type: ignore[arg-type]
    rows, columns = drawn.shape or (1, 1)
    thin = Image.frombytes("L", (columns, rows), drawn.tobytes()).crop((0, 0, columns, 1))
    module = (WIDTH_PX - 2 * MARGIN_PX) // (thin.width + 2 * QUIET)
    if module < 2:
        return None  # finer than a camera tells apart
    bars = thin.resize((thin.width * module, BARCODE_HEIGHT_PX), Image.Resampling.NEAREST)
    framed = Image.new("L", (bars.width + 2 * QUIET * module, bars.height), PAPER)
    framed.paste(bars, (QUIET * module, 0))
    return framed


def _square(card_number: str) -> Image.Image:
    code = segno.make_qr(card_number, error="m")
    out = BytesIO()
    modules = code.symbol_size(border=QR_QUIET)[0]
    code.save(out, kind="png", scale=max(LARGEST_QR_PX // modules, 1), border=QR_QUIET)
    return Image.open(out).convert("L")


def _number(card_number: str) -> Image.Image:
    """The number as large as fits, to be read aloud where no scanner is."""
    widest, size = WIDTH_PX - 2 * MARGIN_PX, LARGEST_TYPE
    left, top, right, bottom = _box(card_number, size)
    while right - left > widest and size > SMALLEST_TYPE:
        size -= 4
        left, top, right, bottom = _box(card_number, size)
    line = Image.new("L", (max(right - left, 1), max(bottom - top, 1)), PAPER)
    ImageDraw.Draw(line).text((-left, -top), card_number, fill=INK, font=_font(size))
    return line


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(font_roboto.font_files["RobotoBold"], size)


def _box(words: str, size: int) -> tuple[int, int, int, int]:
    left, top, right, bottom = (round(edge) for edge in _font(size).getbbox(words))
    return left, top, right, bottom
