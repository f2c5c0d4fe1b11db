"""Which of their loans a reader means: «2 и 3», «с 1 по 3», «вторую», «войну и мир», «всё кроме первой». Pure."""

import re
from collections.abc import Mapping, Sequence

from rapidfuzz.fuzz import ratio

from bot.language.folding import words
from bot.language.morphology import stem
from bot.language.numbers import to_digits
from bot.quick import dataclass

_SMALL = frozenset(
    ["и", "в", "на", "с", "о", "у", "к", "из", "по", "за", "от", "до", "не", "the", "a", "an", "of", "and", "in"]
)
_ALL = frozenset(["все", "всё", "всех", "весь", "обе", "оба", "everything", "all", "both"])
_BUT = frozenset(["кроме", "except", "but", "исключая"])
_REST = re.compile(r"остальн\w+|rest|others")
_NOT = frozenset(["не", "нет", "сдам", "верну", "сдаю", "not", "no"])
_BESIDE = 2
"""Words behind «остальные» in which «не надо» takes them back."""
_LAST = re.compile(r"последн\w+|last")
_ONE = frozenset(["книгу", "книжку", "книга", "ее", "эту", "it", "book", "одну", "one", "this"])
_SPAN = re.compile(r"(?:с\s+)?(\d{1,2})\s*(?:-|–|по)\s*(\d{1,2})")
_NUMBER = re.compile(r"(?<![\d.])\d{1,2}(?![\d.]*\d)")
_SURE_OF_A_WORD = 80
_NAMED = 0.6
"""The share of a title's words from which on it is named."""
_NEARLY = 0.25
"""Books whose names fit so much less than the best one are not meant."""
_ALIKE_FROM = 4
"""Letters from which on a word may be misspelt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What was picked.

    Attributes:
        places: Indices into the list that the reader saw, in order.
        everything: All of them were asked for outright.
        one: They speak of one book and do not say which.
        beyond: A number that no book of the list has, 0 where there is none.
    """

    places: tuple[int, ...] = ()
    everything: bool = False
    one: bool = False
    beyond: int = 0


def loans_meant(said: str, books: Sequence[tuple[str, str]], aside: Sequence[str] = ()) -> Meant:
    """Read a wish against the books that the reader has.

    Args:
        said: The reader's words.
        books: (title, author) of what stands in the list, in its order.
        aside: Pieces of the words that are dates, periods, card numbers: their figures number nothing.
    """
    for piece in aside:
        said = said.replace(piece, " ")
    tokens = words(said)
    but = next((place for place, token in enumerate(tokens) if token in _BUT), None)
    if but is not None:
        out = set(loans_meant(" ".join(tokens[but + 1 :]), books).places)
        if out:
            return Meant(places=tuple(place for place in range(len(books)) if place not in out), everything=True)
    if (left := _the_rest(tokens, books)) is not None:
        return Meant(places=left, everything=True)
    if _ALL & set(tokens):
        return Meant(places=tuple(range(len(books))), everything=True)
    named = loans_named(tokens, books)
    if named:
        return Meant(places=named)
    numbers = _numbers(said, tokens, len(books))
    if numbers:
        places = tuple(number - 1 for number in numbers if number <= len(books))
        return Meant(places=places, beyond=max((number for number in numbers if number > len(books)), default=0))
    return Meant(one=bool(_ONE & set(tokens)))


def _the_rest(tokens: Sequence[str], books: Sequence[tuple[str, str]]) -> tuple[int, ...] | None:
    """The books that are not named where the others are meant: «Чайку сдам, остальные продлите»; None where not."""
    at = next((place for place, token in enumerate(tokens) if _REST.fullmatch(token)), None)
    if at is None or not _NOT.isdisjoint(tokens[at + 1 : at + 1 + _BESIDE]):
        return None
    out = loans_meant(" ".join([*tokens[:at], *tokens[at + 1 :]]), books)
    if not out.places or out.everything:
        return None
    return tuple(place for place in range(len(books)) if place not in out.places)


def loans_named(tokens: Sequence[str], books: Sequence[tuple[str, str]]) -> tuple[int, ...]:
    """Indices of the books whose title or author is among these words; figures and «last» number nothing here."""
    said = {stem(token): token for token in to_digits(list(tokens)) if token not in _SMALL}
    marks = [max(_share(to_digits(words(title)), said), _author(words(author), said)) for title, author in books]
    best = max(marks, default=0.0)
    return tuple(place for place, mark in enumerate(marks) if mark >= _NAMED and mark >= best - _NEARLY)


def _share(title: Sequence[str], said: Mapping[str, str]) -> float:
    """How much of a title was said; a misspelt long word counts."""
    telling = [word for word in title if word not in _SMALL] or list(title)
    found = sum(stem(word) in said or _is_alike(word, said) for word in telling)
    return found / len(telling) if telling else 0.0


def _author(author: Sequence[str], said: Mapping[str, str]) -> float:
    """A surname says which book, less surely than a title."""
    return _NAMED if any(len(word) >= _ALIKE_FROM and stem(word) in said for word in author) else 0.0


def _is_alike(word: str, said: Mapping[str, str]) -> bool:
    return len(word) >= _ALIKE_FROM and any(ratio(word, token) >= _SURE_OF_A_WORD for token in said.values())


def _numbers(said: str, tokens: Sequence[str], count: int) -> list[int]:
    """The numbers that were said, each once, in order: figures, «вторую», «с 1 по 3», «последнюю»."""
    found: list[int] = []
    rest = said
    for first, last in _SPAN.findall(said):
        found += range(int(first), int(last) + 1)
        rest = _SPAN.sub(" ", rest)
    found += [int(number) for number in _NUMBER.findall(" ".join(to_digits(words(rest))))]
    if any(_LAST.fullmatch(token) for token in tokens):
        found.append(count)
    return sorted({number for number in found if number > 0})
