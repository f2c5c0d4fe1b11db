"""Several writers in one message: «задали на лето Бианки, Пришвина и Паустовского». Pure."""

from collections.abc import Sequence

from bot.language import names
from bot.language.folding import words
from bot.library.genres import BOOK, kind_of, told
from bot.quick import dataclass

_SURELY_A_LIST = 3
"""So many writers side by side are a list, whatever stands before the first of them."""
_MOST_BEFORE, _MOST_BEFORE_MANY = 3, 8
"""Words before the first writer that still are no title («задали на лето»); the second before a list for certain."""
_SHORT, _LONGEST_NAME = 3, 3
_KNOWN = 12
"""A writer less known than that is rather a word of a title («Обломов»)."""
_QUESTION = frozenset(words("что есть у вас какие имеется можно взять нужны нужно пожалуйста все их"))
"""Words of a question behind the names: «Пушкин, Гоголь, что есть?»."""


@dataclass(frozen=True, slots=True)
class WritersListed:
    """Writers that a message names side by side.

    Attributes:
        names: Each in the nominative, initials behind it.
        genre: What is wanted of them («рассказы»), "" where it is not said.
    """

    names: tuple[str, ...]
    genre: str = ""


def writers_listed(pieces: Sequence[str]) -> WritersListed | None:
    """The writers that the pieces of a message name, one each; None where they name anything else, too.

    Args:
        pieces: What stands between commas and «и»; the first may have other words before the name.
    """
    said = [one for piece in map(_without_question, pieces) if piece for one in _apart(piece)]
    if len(said) < (2 if len(pieces) > 1 else _SURELY_A_LIST):
        return None
    first, before = _at_the_end(said[0])
    found = [first, *map(_named, said[1:])]
    named = [one for one in found if one is not None]
    # «Грин» and «Белый» are words, too: most of a list must be names for certain.
    sure = sum(any(map(names.is_only_a_name, piece)) for piece in said)
    if len(named) < len(found) or 2 * sure < len(said) or not _is_no_title(before, len(found)):
        return None
    genre = next((word for word in before if kind_of(word) - BOOK), "")
    return WritersListed(tuple(dict.fromkeys(map(_written, named))), genre)


def is_a_writer(text: str) -> bool:
    """Whether a text is a known writer's name and nothing else."""
    return _named(tuple(words(text))) is not None


def _without_question(piece: str) -> tuple[str, ...]:
    said = told(piece)
    while said and said[-1] in _QUESTION:
        said.pop()
    return tuple(said)


def _apart(piece: tuple[str, ...]) -> list[tuple[str, ...]]:
    """A piece that ends in several surnames without a comma, one by one: «на лето Бианки Пришвина»."""
    at = len(piece)
    while at > 1 and all(map(_is_a_surname, piece[at - 2 : at])):
        at -= 1
    return [piece[:at], *((word,) for word in piece[at:])]


def _is_a_surname(word: str) -> bool:
    return bool(names.surnames(word)) and names.weight(names.surnames(word)[0]) >= _KNOWN and names.is_only_a_name(word)


def _at_the_end(said: tuple[str, ...]) -> tuple[names.Named | None, tuple[str, ...]]:
    """The writer that the words end with, and the words before the name."""
    for at in range(max(0, len(said) - _LONGEST_NAME), len(said)):
        if (named := _named(said[at:])) is not None:
            return named, said[:at]
    return None, said


def _named(said: tuple[str, ...]) -> names.Named | None:
    """The writer that words name, and nothing else; only one who is known."""
    return next((named for named in names.readings(said) if named.weight >= _KNOWN), None)


def _is_no_title(before: tuple[str, ...], count: int) -> bool:
    if count >= _SURELY_A_LIST:
        return len(before) <= _MOST_BEFORE_MANY
    return len(before) <= _MOST_BEFORE and all(len(word) <= _SHORT or kind_of(word) or word in BOOK for word in before)


def _written(named: names.Named) -> str:
    return " ".join((named.surname.title(), *(f"{letter.upper()}." for letter in named.initials)))
