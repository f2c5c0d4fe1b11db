"""What the model of intents looks at in a stretch of a message: stems, groups of words, grammar, length."""

from functools import lru_cache

from bot.language import morphology, names
from understanding.judging import Stretch
from understanding.lexicon import Phrases
from understanding.tokens import Message

_LENGTHS = ((1, "#1"), (2, "#2"), (4, "#4"), (7, "#7"), (12, "#12"), (25, "#25"))
_LONGEST = "#long"
_MOST_TOKENS = 120
"""Of a longer stretch the first and the last words tell what is wanted."""


class Features:
    """Names the features of a stretch."""

    def __init__(self, phrases: Phrases) -> None:
        self._groups = phrases.group_names()
        self._all = sum(self._groups)
        self._named: dict[int, tuple[str, ...]] = {}

    def of(self, message: Message, words: Stretch) -> list[str]:
        """Distinct features of a stretch; never empty."""
        found: dict[str, None] = {}
        before = "^"
        numbers = range(words.first, words.last)
        if len(numbers) > _MOST_TOKENS:
            numbers = range(words.last - _MOST_TOKENS, words.last)
        for number in numbers:
            token = message.tokens[number]
            stem, marks = _of_word(token.word)
            found[stem] = None
            found[f"{before} {stem}"] = None
            for mark in marks:
                found[mark] = None
            if groups := words.masks[number - words.first] & self._all:
                for name in self._names(groups):
                    found[name] = None
            before = stem
        found[f"{before} $"] = None
        found[_length(words.last - words.first)] = None
        if any(message.tokens[number].asks for number in range(words.first, words.last)):
            found["?"] = None
        return list(found)

    def _names(self, mask: int) -> tuple[str, ...]:
        known = self._named.get(mask)
        if known is None:
            known = self._named[mask] = tuple(name for bit, name in self._groups.items() if mask & bit)
        return known


def _length(count: int) -> str:
    return next((name for most, name in _LENGTHS if count <= most), _LONGEST)


@lru_cache(maxsize=32_768)
def _of_word(word: str) -> tuple[str, tuple[str, ...]]:
    """The stem of a word, a sign for a number or a writer's name; and its marks of grammar."""
    if word[0].isdigit():
        return ("#isbn" if len(word) > 9 else "#number"), ()
    stem = morphology.stem(word)
    if not morphology.is_cyrillic(word):
        return stem, ()
    if names.is_only_a_name(word):
        return "#writer", ()
    return stem, morphology.marks(word)
