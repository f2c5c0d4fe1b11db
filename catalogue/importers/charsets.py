"""Which charset a file is in: by what stands in it, not by what it says of itself.

Labels are often stale after a conversion.
"""

import codecs
import math
import re
from collections.abc import Callable, Iterable

from bot.errors import InputError
from bot.quick import dataclass
from catalogue.importers import iso5426

Decode = Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class Decoding:
    """How the fields of one record are decoded.

    Attributes:
        decode: One field's bytes → text; never raises.
        whole: The whole record's text where every byte is one character, so that places in the bytes
            are places in the text (ten times as fast as field by field); else "".
    """

    decode: Decode
    whole: str = ""
    warnings: tuple[str, ...] = ()


RecordDecoder = Callable[[bytes], Decoding]
"""Looks at the bytes of a whole record and says how they are decoded."""

CYRILLIC = ("cp1251", "cp866", "koi8-r")
UNIMARC_LABELS = {
    "50": "utf-8",
    "79": "cp866",
    "89": "cp1251",
    "99": "koi8-r",
    "02": "koi8-r",
    "04": "koi8-r",
    "03": "iso5426",
}
"""What the codes of UNIMARC 100 $a/26-29 mean: 02 and 04 (ISO-IR 37, ISO 5427) have KOI-8 letters in KOI-8 places."""

BAD_CHARACTERS = "bad_characters"
HOLE = "\ufffd"
"""Stands for bytes without a meaning."""
CHARSET_GUESS = "charset_guess"

_ALIASES = {
    "marc8": "marc8", "ansel": "marc8", "iso5426": "iso5426", "dos": "cp866", "windows": "cp1251", "win": "cp1251",
    "koi8": "koi8-r", "cp1251": "cp1251", "windows1251": "cp1251", "cp866": "cp866", "koi8r": "koi8-r",
    "utf8": "utf-8", "utf8sig": "utf-8",
}  # fmt: skip
_ESCAPE = b"\x1b"
_HIGH = re.compile(rb"[\x80-\xff]+")
_SAMPLE = 20_000
_LONGEST_RUN = 60
_TIE = 0.25
_PLAUSIBLE = 0.0

# How many of a thousand letters of Russian text are this one, rounded.
_PER_MILLE = {
    "о": 110, "е": 84, "а": 80, "и": 74, "н": 67, "т": 63, "с": 55, "р": 47, "в": 45, "л": 44, "к": 35, "м": 32,
    "д": 30, "п": 28, "у": 26, "я": 20, "ы": 19, "ь": 17, "г": 17, "з": 16, "б": 16, "ч": 14, "й": 12, "х": 10,
    "ж": 9, "ш": 7, "ю": 6, "ц": 5, "щ": 4, "э": 3, "ф": 3, "ъ": 0.4, "ё": 0.4, "і": 0.4, "ѣ": 0.2,
}  # fmt: skip
_WEIGHT = {letter: math.log(share * 33 / 1000) for letter, share in _PER_MILLE.items()}
_SIGNS = frozenset("«»—–“”„№…\u00a0°§’‘•©")
_IMPOSSIBLE = re.compile(r"\b[ъьы]|[аеиоуыэюя][ъь]|[йьъы]{2}|й[аеиоуыэюя]|[жшщч]ы|[гкх]ы|ъ[^еёюяи]")


@dataclass(frozen=True, slots=True)
class Guess:
    """A charset and why."""

    charset: str
    evidence: str


def named(encoding: str) -> str:
    """The charset that an operator names.

    Raises:
        InputError: No such charset; the text names some that there are.
    """
    plain = re.sub(r"[\s_-]", "", encoding).lower()
    if plain in _ALIASES:
        return _ALIASES[plain]
    try:
        if "Aa1".encode(encoding).decode(encoding) != "Aa1":
            raise LookupError(encoding)
        b"\xd1;\xff\xff".decode(encoding, "replace")  # some of Python's cannot pass over what is wrong
        return codecs.lookup(encoding).name
    except (LookupError, UnicodeError, ValueError) as error:
        raise InputError(
            f"unknown encoding {encoding!r}; expected utf-8, cp1251, cp866, koi8-r, marc8, iso5426 "
            "or another one that Python knows"
        ) from error


def guess(records: Iterable[bytes], *, label: str = "", latin: str = "cp1251") -> Guess:
    """The charset of a file by its first records.

    Args:
        records: Bytes of each record.
        label: What the file says of itself; breaks ties only.
        latin: The charset where the bytes are no UTF-8 and no Russian: ``marc8`` in MARC21.
    """
    high = [record for record in records if not record.isascii() or _ESCAPE in record]
    if not high:
        return Guess("utf-8", "nothing but ASCII")
    valid = sum(not record.isascii() and _as_utf8(record) is not None for record in high)
    if valid and valid * 2 >= len(high):
        return Guess("utf-8", f"{valid} of {len(high)} records with letters beyond ASCII are valid UTF-8")
    text = b" ".join(high)
    if text.count(_ESCAPE) >= len(high) / 2 and latin in {"marc8", "iso5426"}:
        return Guess("marc8", "escape sequences of MARC-8")
    if not _runs_like_cyrillic(text):
        return Guess(latin, "single letters beyond ASCII among Latin ones")
    return _best_cyrillic(text, label)


def without_mark(data: bytes) -> str:
    """UTF-16 that does not say so: half of the bytes of its spaces, figures and separators are zeros; "" for others."""
    head = data[:_SAMPLE]
    if b"\0" not in head:
        return ""
    zeros = head[1::2].count(0), head[::2].count(0)  # of little endian and of big endian
    most = max(zeros)
    if most * 10 < len(head) // 2 or min(zeros) * 20 > most:
        return ""
    return "utf-16-le" if zeros[0] == most else "utf-16-be"


def plausible_cyrillic(data: bytes) -> str:
    """The Cyrillic charset in which the bytes read as Russian, "" if in none."""
    if not _runs_like_cyrillic(data):
        return ""
    sample = _sample(data)
    score, charset = max((_score(sample.decode(name, "replace")), name) for name in CYRILLIC)
    return charset if score > _PLAUSIBLE else ""


def record_decoder(charset: str) -> RecordDecoder:
    """How the records of a file in this charset are decoded, one after another."""
    if charset == "utf-8":
        return _utf8
    if charset == "marc8":
        from catalogue.importers import marc8  # its tables are large and seldom needed

        return lambda data: _utf8_or_marc8(data, marc8.decode)
    if charset == "iso5426":
        return lambda _: Decoding(iso5426.decode)
    try:
        one_byte = len(bytes(range(256)).decode(charset, "replace")) == 256
    except ValueError:
        one_byte = False
    return _one_byte(charset) if one_byte else _many_bytes(charset)


def _one_byte(charset: str) -> RecordDecoder:
    def decode(data: bytes) -> str:
        return data.decode(charset, "replace")

    return lambda data: Decoding(decode, decode(data))


def _many_bytes(charset: str) -> RecordDecoder:
    return lambda _: Decoding(lambda field: field.decode(charset, "replace"))


def _utf8(data: bytes) -> Decoding:
    """UTF-8; a record that is none is tried as Russian in one of the old charsets, then read with holes."""
    if (text := _as_utf8(data)) is not None:
        return Decoding(bytes.decode, text if len(text) == len(data) else "")
    if rescued := plausible_cyrillic(data):
        found = _one_byte(rescued)(data)
        return Decoding(found.decode, found.whole, (CHARSET_GUESS,))
    return Decoding(_with_holes)


def _utf8_or_marc8(data: bytes, marc8: Decode) -> Decoding:
    """MARC21 of the world outside Russia: leader/09 is believed only where the bytes do not contradict."""
    if _ESCAPE not in data and (text := _as_utf8(data)) is not None:
        return Decoding(bytes.decode, text if len(text) == len(data) else "")
    return Decoding(_with_holes) if data[9:10] == b"a" else Decoding(marc8)


def _with_holes(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _as_utf8(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def _runs_like_cyrillic(data: bytes) -> bool:
    """Whether letters beyond ASCII stand in words: in Latin texts they stand alone."""
    runs = [len(run) for run in _HIGH.findall(data[: _SAMPLE * 10])]
    return sum(size for size in runs if size > 2) * 2 > sum(runs)


def _sample(data: bytes) -> bytes:
    made = bytearray()
    for run in _HIGH.findall(data):
        made += run[:_LONGEST_RUN] + b" "
        if len(made) > _SAMPLE:
            break
    return bytes(made)


def _best_cyrillic(data: bytes, label: str) -> Guess:
    sample = _sample(data)
    scores = {name: _score(sample.decode(name, "replace")) for name in CYRILLIC}
    best = max(scores, key=lambda name: scores[name])
    if label in scores and label != best and scores[best] - scores[label] < _TIE:
        return Guess(label, "letter frequencies leave it open, the file's own label says so")
    said = f", though its own label says {label}" if label and label != best else ""
    return Guess(best, f"the letters make Russian words in it{said}")


def _score(text: str) -> float:
    """How much like Russian a text is: the mean over its characters, about 0.3 for Russian, below -1 for none."""
    total, count = 0.0, 0
    before = " "
    for char in text:
        if char != " ":
            lower = char.lower()
            total += _WEIGHT.get(lower, 0.0 if char in _SIGNS else -4.0)
            if char != lower and before.islower():
                total -= 2.0
            count += 1
        before = char
    return (total - 2.0 * len(_IMPOSSIBLE.findall(text.lower()))) / count if count else -9.0
