"""Which barcode stands on a library card. Pure; the drawing is ``bot.card_picture``."""

from enum import StrEnum

EAN_DIGITS = 13


class CardBarcode(StrEnum):
    """What the scanners at the desk read."""

    AUTO = "auto"
    """As the number itself tells: :func:`likely`."""
    CODE128 = "code128"
    CODE39 = "code39"
    EAN13 = "ean13"


def likely(card_number: str) -> CardBarcode:
    """EAN-13 for thirteen digits whose last one checks the others, Code 128 for any other number."""
    if len(card_number) == EAN_DIGITS and card_number.isascii() and card_number.isdigit():
        weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(card_number))
        if weighed % 10 == 0:
            return CardBarcode.EAN13
    return CardBarcode.CODE128
