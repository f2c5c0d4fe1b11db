"""A textbook's class, as its title tells it: the same textbook of another class is asked for in two words."""

import re

from bot.language.folding import words
from bot.language.numbers import first_value
from bot.library.model import WorkCard

MOST = 11
"""Classes of a school."""
_CLASS = re.compile(
    r"(?i)\b(\d{1,2})(?:\s*[-–—]\s*(\d{1,2}))?(?:\s*-?(?:й|го|ый|м|th|st|nd|rd))?\s*(?:класс\w{0,3}|кл\b\.?|grade)"
)
_BESIDE = re.compile(r"(?i)\s+(?:за|для|в|учебник(?:\s+для)?)\s*$")
_PARTS = re.compile(r"[.,:;()\[\]\"«»]")


def asked(text: str) -> int | None:
    """The class that a few words name («а за девятый?»), None where they name none that a school has."""
    value = first_value(words(text))
    return value if value is not None and 0 < value <= MOST else None


def is_a_textbook(work: WorkCard) -> bool:
    """Whether a title of the work names a class."""
    return any(_CLASS.search(title) for title in _titles(work))


def is_for(work: WorkCard, grade: int) -> bool:
    """Whether a title of the work says that it is for a class: «Учебник для 8-10 классов» is for the ninth."""
    told = [found for title in _titles(work) for found in _CLASS.finditer(title)]
    return any(int(found[1]) <= grade <= int(found[2] or found[1]) for found in told)


def subject(work: WorkCard) -> str:
    """What the textbook is called without its class: «Рабочая тетрадь по русскому языку»; "" where nothing is left."""
    bare = _CLASS.sub(".", work.title)
    named = next((part for part in _PARTS.split(bare) if any(map(str.isalpha, part))), "")
    return _BESIDE.sub("", " ".join(named.split()))


def _titles(work: WorkCard) -> tuple[str, ...]:
    return (work.title, *(edition.title for edition in work.editions))
