"""MARC-8, the charset of MARC21 before Unicode: code sets called up by escape sequences.

The tables are pymarc's; its converter is not used, since it writes to stderr and turns what it does not
know into spaces. Source: MARC 21 specifications, character sets, https://www.loc.gov/marc/specifications/speccharmarc8.html
"""

import re
import unicodedata

from pymarc.marc8_mapping import CODESETS, ODD_MAP

_ESCAPE = 0x1B
_SUBFIELD = b"\x1f"
_ASCII, _ANSEL, _EAST_ASIAN = 0x42, 0x45, 0x31
_ONE_LETTER = {0x67: 0x67, 0x62: 0x62, 0x70: 0x70, 0x73: _ASCII}  # Greek symbols, subscript, superscript, back
_TO_G0, _TO_G1 = b"(,", b")-"
_PLAIN = re.compile(rb"[ -~]+")
_HOLE = "\ufffd"


def decode(data: bytes) -> str:
    """Text of one field; every subfield begins anew in Latin, as the standard demands. Never raises.

    What has no meaning becomes U+FFFD.
    """
    if data.isascii() and _ESCAPE not in data:
        return data.decode("ascii")
    return "\x1f".join(map(_subfield, data.split(_SUBFIELD)))


def _subfield(data: bytes) -> str:
    if data.isascii() and _ESCAPE not in data:
        return data.decode("ascii")
    low, high = _ASCII, _ANSEL
    text: list[str] = []
    waiting: list[str] = []  # diacritics stand before their letter
    at = 0
    while at < len(data):
        if data[at] == _ESCAPE:
            low, high, at = _called_up(data, at + 1, low, high)
            continue
        if low == _ASCII and (run := _PLAIN.match(data, at)):
            letters = run[0].decode("ascii")
            text += [letters[0], *waiting, letters[1:]]
            waiting.clear()
            at = run.end()
            continue
        size = 3 if low == _EAST_ASIAN and 0x20 < data[at] < 0x80 else 1
        letter, combining = _letter(data[at : at + size], low, high)
        at += size
        if combining:
            waiting.append(letter)
        elif letter:
            text += [letter, *waiting]
            waiting.clear()
    return unicodedata.normalize("NFC", "".join(text + waiting))


def _called_up(data: bytes, at: int, low: int, high: int) -> tuple[int, int, int]:
    """Code sets after an escape sequence, and where the text goes on."""
    head = data[at : at + 1]
    if head and head[0] in _ONE_LETTER:
        return _ONE_LETTER[head[0]], high, at + 1
    if head == b"$":  # several bytes a character
        at += 1
        head = data[at : at + 1] if data[at : at + 1] in {b"(", b",", b")", b"-"} else b""
    elif head not in {b"(", b",", b")", b"-"}:
        return low, high, at  # no sequence: the escape alone is dropped
    at += len(head)
    at += data[at : at + 1] == b"!"
    named = data[at : at + 1]
    if not named or named[0] not in CODESETS:
        return low, high, at
    return (low, named[0], at + 1) if head and head in _TO_G1 else (named[0], high, at + 1)


def _letter(signs: bytes, low: int, high: int) -> tuple[str, bool]:
    """The letter, and whether it stands above or below the next one; "" for what is not to be seen."""
    code = int.from_bytes(signs, "big")
    if code <= 0x20:
        return (" " if code == 0x20 else ""), False
    table = CODESETS[high] if len(signs) == 1 and code >= 0x80 else CODESETS[low]
    # Some code sets are tabled for the low half only, some for the high half only.
    found = table.get(code) or (table.get(code ^ 0x80) if len(signs) == 1 else None)
    if found:
        return chr(found[0]), bool(found[1])
    return (chr(ODD_MAP[code]) if code in ODD_MAP else "" if 0x80 <= code < 0xA0 else _HOLE), False
