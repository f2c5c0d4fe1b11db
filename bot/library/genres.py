"""Kinds of books: what readers call them, what catalogues call them. Pure.

Readers say «ужастик», records say «Ужасы и мистика», shelf marks say nothing in words. A kind is a set of names, any
of which may stand in a record's genre, subject or keyword: a stem, or two with a space between that stand there both.
"""

import re

from bot.language.folding import words
from bot.language.kinds import KINDS
from bot.language.morphology import stem


def _names(kind: str) -> frozenset[str]:
    return frozenset(" ".join(map(stem, words(said.replace("_", " ")))) for said in kind.split())


_OF_STEM = {name: names for names in map(_names, KINDS) for name in names}
_IN_ONE_WORD = {said.replace("_", " "): kind.split()[0] for kind in KINDS for said in kind.split() if "_" in said}
_TWO_WORDS = re.compile(rf"(?<!\w)(?:{'|'.join(_IN_ONE_WORD)})(?!\w)")
_LOVE = frozenset({stem("любовный"), stem("романтический")})
BOOK = frozenset(stem(word) for word in words("книга книжка литература произведение что-нибудь book"))


def told(text: str) -> list[str]:
    """The folded words of a text, a kind of two words in one: "science fiction" is neither science nor any fiction."""
    return _TWO_WORDS.sub(lambda found: _IN_ONE_WORD[found[0]], " ".join(words(text))).split()


def kind_of(word: str) -> frozenset[str]:
    """The names that records may have for a reader's folded word («ужастик»), empty where it names no kind."""
    return _OF_STEM.get(stem(word), frozenset())


def kinds_in(text: str) -> tuple[frozenset[str], ...]:
    """The kinds that a text names; «любовный роман» is one kind and not any novel."""
    found = list(dict.fromkeys(kind for word in told(text) if (kind := kind_of(word))))
    if len(found) > 1 and any(not kind.isdisjoint(_LOVE) for kind in found):
        found = [kind for kind in found if not kind.isdisjoint(_LOVE)]
    return tuple(found)
