"""What catalogue descriptions are freed of before a reader sees them."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from bot.language import isbn
from bot.language.folding import fold
from catalogue.parts import take_apart

AGE_MARKS = (0, 6, 12, 16, 18)

# What a cataloguing program puts around an article that is not sorted («\x88The \x89lamp»), and other unseen signs.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060\ufeff]")
_SPACE_BEFORE = re.compile(r"\s+(?=[,;])")
_MATERIAL = re.compile(
    r"\s*\[\s*(?:текст|электронн\w+ ресурс|изоматериал|карт[аы]|ноты|звукозапись|видеозапись|мультимедиа|комплект"
    r"|рукопись|микроформа|предмет|шрифт брайля|кинофильм|text|sound recording|electronic resource|videorecording"
    r"|music|map|microform|graphic|computer file|large print|manuscript)\s*\]",
    re.IGNORECASE,
)
_TAIL = " /:;,="
_NO_ABBREVIATION = re.compile(r"(?:[^\W\d_]{4}|(?:^|[\s.])\d+|\d{4}|[»”\"?!)\]])\.$")
_YEAR = re.compile(r"(?<![\d])(1\d{3}|20\d{2})(?!\d)")
_AGE = re.compile(r"(?<!\d)(0|6|12|16|18)\s*\+(?!\s*\d)")
_GRADE = re.compile(
    r"(?<![\d\-–—,.])(1[01]|[1-9])\s*-?\s*(?:й|го|м|ый|ого|ом)?\s*(?:класс(?:а|е|ов)?|кл\.)(?!\w)", re.IGNORECASE
)
_ORIGINAL = re.compile(
    r"(?i)(?:пер(?:евод)?\.?\s(?:с\s)?изд(?:\.|ания)|(?:загл|назв)\w*\.?\sориг\w*\.?|ориг\w*\.?\s(?:загл|назв)\w*\.?"
    r"|original\stitle|translation\sof|originally\spublished\sas)\s?:?\s*([^/=;]{2,200})"
)
_LANGUAGE = re.compile(r"[a-z]{3}")
_DAYS = (
    (re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?!\d)"), (1, 2, 3)),
    (re.compile(r"(\d{2})\.(\d{2})\.(\d{4})(?!\d)"), (3, 2, 1)),
)
_ISBN_SIGNS = re.compile(r"[\dXxХх]{1,13}")


def tidy(text: str) -> str:
    """Composed letters, single spaces, nothing unseen."""
    if not text:
        return ""  # most fields are not there
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if not text.isprintable():
        text = _UNSEEN.sub("", text)
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def trimmed(text: str) -> str:
    """Tidy, without the signs by which a description parts its areas («Title /», «Publisher,»)."""
    text = tidy(text)
    if "[" in text:
        text = _MATERIAL.sub("", text) or text
    text = text.rstrip(_TAIL).removesuffix(" +")
    return _SPACE_BEFORE.sub("", text) if " ," in text or " ;" in text else text


@lru_cache(maxsize=4096)
def phrase(text: str) -> str:
    """Trimmed, without the last full stop, unless it may belong to an abbreviation or to initials."""
    text = trimmed(text)
    return text[:-1] if text.endswith(".") and _NO_ABBREVIATION.search(text) else text


def unbracketed(text: str) -> str:
    """«[М.]» → «М.»: what the cataloguer supplied is as good as what was printed."""
    text = phrase(text)
    return text[1:-1].strip() if text.startswith("[") and text.endswith("]") and text.count("[") == 1 else text


def distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts that say something, each once, in order."""
    return tuple(dict.fromkeys(filter(None, texts)))


def phrases(texts: list[str]) -> tuple[str, ...]:
    """Each text as a ``phrase``, each once, in order."""
    return distinct(map(phrase, texts)) if texts else ()


def year(*texts: str) -> int | None:
    """The first year between 1000 and 2099 in the first text that has one; None if unknown or senseless."""
    for text in texts:
        if found := _YEAR.search(text):
            return int(found[1])
    return None


def age_mark(*texts: str) -> int | None:
    """The mark of 436-ФЗ («12+») in the first text that has one; absent is None, never 0."""
    for text in texts:
        if "+" in text and (found := _AGE.search(text)):
            return int(found[1])
    return None


def grade(*texts: str) -> str:
    """The one school class that a textbook is for, "1" to "11"; "" where none or several are named."""
    for text in texts:
        if "кл" in text.lower() and (found := _GRADE.search(text)):
            return found[1]
    return ""


def original(title: str, told: Iterable[str], notes: Iterable[str] = ()) -> str:
    """What a translation is called in its own language; "" where that is not told, or says no more than «Works».

    Args:
        title: The record's own title.
        told: What the fields of the original say.
        notes: Remarks, of which one may tell it («Пер. изд.: The Shining / S. King»).
    """
    noted = [found[1] for note in notes if (found := _ORIGINAL.search(note))]
    for text in map(phrase, (*told, *noted)):
        if text and fold(text) not in ("", fold(title)) and not take_apart(text).is_collected:
            return text
    return ""


def languages(codes: Iterable[str]) -> tuple[str, ...]:
    """ISO 639-2 codes; «rus eng» and «ruseng» are two."""
    return distinct(found for code in codes for found in _LANGUAGE.findall(code.lower()))


def isbns(texts: Iterable[str]) -> tuple[tuple[str, ...], str]:
    """Valid ISBNs as 13 digits, and what stood there and is none."""
    valid: list[str] = []
    wrong: list[str] = []
    for text in texts:
        found = [hit.isbn13 for hit in isbn.find(text) if hit.right]
        valid += found
        if not found and _ISBN_SIGNS.search(text):
            wrong.append(tidy(text))
    return distinct(valid), "; ".join(distinct(wrong))


def day(text: str) -> date | None:
    """«2024-03-05», «20240305» or «05.03.2024» → a date; None for all else (03/05/2024 could be two days)."""
    for pattern, order in _DAYS:
        if found := pattern.match(text.strip()):
            try:
                return date(*(int(found[at]) for at in order))
            except ValueError:
                return None
    return None
