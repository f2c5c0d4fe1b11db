"""A pattern that is looked for only where a piece that each of its matches holds stands in the text.

A regular expression of many alternatives tries them all at every letter, and most messages have none of the words that
it could begin with. Which patterns have a piece in a word is found out once a word, for all patterns together.
"""

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from operator import add

_WORDS, _TEXTS = 8_192, 64
"""Words, and texts, of which it is remembered whose pieces they hold."""
_LONGEST = 40
"""Letters of a word that is remembered."""
_BEGINNING = 2
"""Letters by which a piece is found; the few shorter ones are tried one by one."""


class _Pieces:
    """All pieces of all patterns, each of which is a bit."""

    def __init__(self) -> None:
        self._patterns = 0
        self._by_beginning: dict[str, list[tuple[str, int]]] = {}
        self._short: list[tuple[str, int]] = []
        self._among: list[tuple[re.Pattern[str], int]] = []
        self.in_text = lru_cache(maxsize=_TEXTS)(self._in_text)
        self._remembered = lru_cache(maxsize=_WORDS)(self._in_word)

    def add(self, pieces: Sequence[str], among: str) -> int:
        """The bit of one pattern more."""
        bit, self._patterns = 1 << self._patterns, self._patterns + 1
        for piece in pieces:
            if len(piece) < _BEGINNING:
                self._short.append((piece, bit))
            else:
                self._by_beginning.setdefault(piece[:_BEGINNING], []).append((piece, bit))
        if among:
            self._among.append((re.compile(among), bit))
        self.in_text.cache_clear()
        self._remembered.cache_clear()
        return bit

    def _in_text(self, text: str) -> int:
        """The patterns of which a piece stands in a text: no piece holds a space, so in one of its words."""
        found = 0
        for word in text.lower().split():
            found |= self._remembered(word) if len(word) <= _LONGEST else self._in_word(word)
        return found

    def _in_word(self, word: str) -> int:
        found = 0
        for beginning in self._by_beginning.keys() & set(map(add, word, word[1:])):
            for piece, bit in self._by_beginning[beginning]:
                if piece in word:
                    found |= bit
        for piece, bit in self._short:
            if piece in word:
                found |= bit
        for among, bit in self._among:
            if among.search(word):
                found |= bit
        return found


_pieces = _Pieces()


class Sought:
    r"""A pattern, compiled when it is first looked for, with the pieces without which nothing matches.

    Args:
        pattern: The regular expression.
        pieces: In lower case, separated by spaces: every match holds at least one of them, in whatever case.
        among: A class of characters (``\d``) of which a match may hold one instead.
    """

    def __init__(self, pattern: str, pieces: str, among: str = "") -> None:
        self._written = pattern
        self.bit = _pieces.add(pieces.split(), among)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The regular expression."""
        return re.compile(self._written)

    def search(self, text: str) -> re.Match[str] | None:
        """As ``re.Pattern.search``."""
        return self.pattern.search(text) if _pieces.in_text(text) & self.bit else None

    def without(self, text: str) -> str:
        """The text with a space for each match."""
        return self.pattern.sub(" ", text) if _pieces.in_text(text) & self.bit else text


class AnyOf:
    """Several patterns, of which in most texts not one is worth trying."""

    def __init__(self, *patterns: Sought) -> None:
        self._bits = sum(pattern.bit for pattern in patterns)

    def may_match(self, text: str) -> bool:
        """Whether a piece of any of them stands in the text."""
        return _pieces.in_text(text) & self._bits != 0
