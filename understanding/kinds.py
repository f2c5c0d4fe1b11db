"""Kinds of books that are wished for beside a title: «каштанку и ещё рассказы Чехова»."""

from bot.language.folding import words
from bot.language.morphology import stem
from bot.library.genres import BOOK, kind_of
from bot.library.writers_listed import is_a_writer

_LONGEST_NAME = 3
_TEXTBOOK = ("учеб", "пособ")
"""«Алгебра и учебник Макарычева» are one book."""
_OTHERS = frozenset(("другие", "разные", "остальные", "прочие", "other"))
_SMALL = _OTHERS | {"и", "или", "какие", "нибудь", "то", "or", "and", "some"}


def is_a_kind(text: str) -> bool:
    """Whether a text names kinds of books and nothing else: «стихи и проза», «рассказы»."""
    said = words(text)
    return any(map(_is_one, said)) and all(_is_one(word) or word in _SMALL for word in said)


def is_a_writers(text: str) -> bool:
    """Whether it names a kind of books and a writer: «рассказы Чехова», «стихи А. С. Пушкина»."""
    said = words(text)
    while said and said[0] in _SMALL:
        said = said[1:]
    if not said or not _is_one(said[0]) or not 0 < len(said) - 1 <= _LONGEST_NAME:
        return False
    return is_a_writer(" ".join(said[1:]))


def is_another(first: str, second: str) -> bool:
    """«Другие рассказы»: what stands before the kind tells nothing of it."""
    return first in _OTHERS and _is_one(second)


def _is_one(word: str) -> bool:
    return bool(kind_of(word)) and stem(word) not in BOOK and not word.startswith(_TEXTBOOK)
