"""How many parts a text takes, and what it costs. Pure.

A part carries 140 bytes: 160 letters of the GSM alphabet or 70 units of UCS-2 (any Russian letter makes the
whole text UCS-2). Of a longer text each part gives seven bytes to its numbering: 153 or 67 remain. A sign of the
GSM extension takes two places and a letter beyond the BMP two units; neither is ever parted between two parts.
Source: 3GPP TS 23.038 (alphabets) and 23.040 (concatenated messages).
"""

from bisect import bisect_right
from collections.abc import Callable
from decimal import Decimal

from bot.quick import dataclass

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_JOINER = "\u200d"
_JOINERS = frozenset((_JOINER, "\ufe0f", "\u20e3"))
_EXTENDED = frozenset("\f^{}\\[~]|€")
GSM_ALONE, GSM_PART = 160, 153
UCS2_ALONE, UCS2_PART = 70, 67


@dataclass(frozen=True, slots=True)
class Parts:
    """A text as the carrier counts it; ``pieces`` are at least one."""

    is_unicode: bool
    pieces: tuple[str, ...]


def parts(text: str) -> Parts:
    """The text as it will be parted."""
    is_unicode = any(letter not in _GSM and letter not in _EXTENDED for letter in text)
    if is_unicode:
        return Parts(True, _pieces(text, _ucs2_units, UCS2_ALONE, UCS2_PART))
    return Parts(False, _pieces(text, _gsm_places, GSM_ALONE, GSM_PART))


def price(text: str, per_part: Decimal) -> Decimal:
    """What the text costs one reader."""
    return len(parts(text).pieces) * per_part


def fitted(text: str, most: int, tail: str = "", least: int = 0) -> str:
    """The text and the tail in at most ``most`` parts; the text is cut with «…» at the end of a word where it must be.

    Returns "" where fewer than ``least`` letters of a text that is longer would be left.
    """
    counted = parts(text + tail)
    if len(counted.pieces) <= most:
        return text + tail
    ending = "…" if counted.is_unicode else "..."
    longer = bisect_right(range(len(text)), most, key=lambda end: len(parts(text[:end] + ending + tail).pieces))
    kept = text[: max(longer - 1, 0)]
    while kept and (text[len(kept)] in _JOINERS or kept[-1] == _JOINER):
        kept = kept[:-1]
    whole_words = kept.rpartition(" ")[0]
    kept = whole_words if len(whole_words) > len(kept) * 0.7 else kept
    kept = kept.rstrip(" ,.;:\n")
    return kept + ending + tail if longer and len(kept) >= least else ""


def _pieces(text: str, places: Callable[[str], int], alone: int, part: int) -> tuple[str, ...]:
    if sum(map(places, text)) <= alone:
        return (text,)
    pieces, at, used = [], 0, 0
    for number, letter in enumerate(text):
        if used + places(letter) > part:
            pieces.append(text[at:number])
            at, used = number, 0
        used += places(letter)
    return (*pieces, text[at:])


def _gsm_places(letter: str) -> int:
    return 2 if letter in _EXTENDED else 1


def _ucs2_units(letter: str) -> int:
    return 2 if letter > "\uffff" else 1
