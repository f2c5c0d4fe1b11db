"""The card in the chat is read by the desk's scanner, and by a person where no scanner is."""

from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from bot.card_picture import LONGEST, WIDTH_PX, card_picture
from bot.library.card_codes import CardBarcode, likely


def read(picture: bytes) -> dict[str, str]:
    """What a scanner sees: text by kind of code."""
    image = Image.open(BytesIO(picture))
    return {str(code.format).removeprefix("BarcodeFormat."): code.text for code in zxingcpp.read_barcodes(image)}


@pytest.mark.parametrize("number", ["1000001", "0000042", "A-17/2026", "RD 00123", "7", "4607034370016", "9" * 20])
def test_the_scanner_reads_the_card_number_from_both_codes(number: str) -> None:
    assert read(card_picture(number)) == {"Code 128": number, "QR Code": number}


def test_a_number_that_is_an_ean_is_drawn_as_one_unless_the_library_says_otherwise() -> None:
    assert read(card_picture("4607034370015")) == {"EAN-13": "4607034370015", "QR Code": "4607034370015"}
    assert read(card_picture("4607034370015", CardBarcode.CODE128))["Code 128"] == "4607034370015"


@pytest.mark.parametrize(
    "number", ["4607034370016", "460703437001", "46070343700151", "４６０７０３４３７００１５", "A607034370015"]
)
def test_what_only_looks_like_an_ean_is_none(number: str) -> None:
    assert likely(number) is CardBarcode.CODE128


def test_the_library_may_have_other_scanners() -> None:
    assert read(card_picture("4607034370015", CardBarcode.EAN13))["EAN-13"] == "4607034370015"
    assert read(card_picture("A-17 42", CardBarcode.CODE39))["Code 39"] == "A-17 42"


@pytest.mark.parametrize(
    ("number", "barcode"),
    [
        ("1000001", CardBarcode.EAN13),
        ("4607034370016", CardBarcode.EAN13),
        ("460703437001", CardBarcode.EAN13),
        ("а-17", CardBarcode.CODE39),
        ("Ч-000123", CardBarcode.CODE128),
        ("7" * 39 + "a", CardBarcode.CODE39),
    ],
)
def test_what_bars_cannot_say_is_left_to_the_square(number: str, barcode: CardBarcode) -> None:
    """A barcode that says another number than the card is worse than none."""
    assert read(card_picture(number, barcode)) == {"QR Code": number}


def test_it_is_as_wide_as_a_phone_black_on_white() -> None:
    image = Image.open(BytesIO(card_picture("1000001")))
    assert image.width == WIDTH_PX
    assert image.getextrema() == (0, 255)
    assert image.getpixel((0, 0)) == 255


def test_it_is_read_when_a_phone_shows_it_small_and_a_camera_takes_it_askew() -> None:
    image = Image.open(BytesIO(card_picture("1000001")))
    small = image.resize((image.width // 2, image.height // 2)).rotate(4, expand=True, fillcolor=255)
    assert {code.text for code in zxingcpp.read_barcodes(small)} == {"1000001"}


@pytest.mark.parametrize("number", ["", " ", "1" * (LONGEST + 1), "12\n34", "\x00"])
def test_no_card_no_picture(number: str) -> None:
    with pytest.raises(ValueError, match="card number"):
        card_picture(number)
