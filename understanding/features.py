"""What the model of intents looks at: of every word, of every two in a row, of the stretch as a whole.

All is told word by word and pair by pair, so that what a word speaks for is added up once and remembered.
"""

from collections.abc import Iterator
from functools import lru_cache

from bot.language import morphology, names
from understanding.judging import Stretch
from understanding.lexicon import Phrases
from understanding.tokens import Message

_LENGTHS = ((1, "#1"), (2, "#2"), (4, "#4"), (7, "#7"), (12, "#12"), (25, "#25"))
_LONGEST = "#long"
_MOST_TOKENS = 120
"""Of a longer stretch the last words tell what is wanted."""
_PIECES = (3, 4)
"""Letters of a piece of a word: shared by words of one root, and by a misspelt word with the right one."""
_SHORTEST = 4
_LONGEST_WORD = 24

Word = tuple[str, int]
"""A word as it was meant, and the groups of words.yaml that it belongs to where it stands."""
_A_NUMBER = "0"
EDGE: Word = ("", 0)
"""Stands before the first word and behind the last one."""


class Features:
    """Names the features of a stretch."""

    def __init__(self, phrases: Phrases) -> None:
        self._groups = phrases.group_names()
        self._all = sum(self._groups)
        self._named: dict[int, tuple[str, ...]] = {}

    def words(self, message: Message, words: Stretch) -> list[Word]:
        """The words that are looked at, in order."""
        first = max(words.first, words.last - _MOST_TOKENS)
        tokens, masks, skipped, every = message.tokens, words.masks, words.first, self._all
        return [(tokens[number].word, masks[number - skipped] & every) for number in range(first, words.last)]

    @staticmethod
    def like(word: Word) -> Word:
        """The word that stands for all whose features are the same: one number is as good as another."""
        return (_A_NUMBER, word[1]) if word[0][:1].isdigit() and _stem(word[0]) == _stem(_A_NUMBER) else word

    def of_word(self, word: Word) -> list[str]:
        """Stem, dictionary form, pieces, grammar and groups of a word."""
        return [*_of_word(word[0]), *self._names(word[1])]

    def of_pair(self, one: Word, two: Word) -> list[str]:
        """Two neighbouring stems, and the groups that they belong to."""
        left, right = _stem(one[0]), _stem(two[0])
        found = [f"{left} {right}"]
        found += [f"{group} {right}" for group in self._names(one[1])]
        found += [f"{left} {group}" for group in self._names(two[1])]
        return found

    def of_whole(self, count: int, *, asks: bool) -> list[str]:
        """Length, and whether there is a question mark."""
        return [_length(count), "?"] if asks else [_length(count)]

    def of(self, message: Message, words: Stretch) -> list[str]:
        """All features of a stretch, each as often as it is there; never empty."""
        return list(self._all_of(message, words))

    def _all_of(self, message: Message, words: Stretch) -> Iterator[str]:
        before = EDGE
        for word in self.words(message, words):
            yield from self.of_word(word)
            yield from self.of_pair(before, word)
            before = word
        yield from self.of_pair(before, EDGE)
        yield from self.of_whole(words.last - words.first, asks=asks(message, words))

    def _names(self, mask: int) -> tuple[str, ...]:
        known = self._named.get(mask)
        if known is None:
            known = self._named[mask] = tuple(name for bit, name in self._groups.items() if mask & bit)
        return known


def asks(message: Message, words: Stretch) -> bool:
    """Whether a question mark stands in a stretch."""
    return message.asks and any(token.asks for token in message.tokens[words.first : words.last])


def _length(count: int) -> str:
    return next((name for most, name in _LENGTHS if count <= most), _LONGEST)


@lru_cache(maxsize=32_768)
def _stem(word: str) -> str:
    """The stem of a word, a sign for a number, a writer's name or the edge."""
    if not word:
        return "$"
    if word[0].isdigit():
        return "#isbn" if len(word) > 9 else "#number"
    if morphology.is_cyrillic(word) and names.is_only_a_name(word):
        return "#writer"
    return morphology.stem(word)


def _of_word(word: str) -> list[str]:
    stem = _stem(word)
    if stem.startswith("#"):
        return [stem]
    found = [stem]
    if morphology.is_cyrillic(word):
        found += [f"={morphology.lemma(word)}", *morphology.marks(word)]
        if part := morphology.part_of_speech(word):
            found.append(f"+{part}")
    if _SHORTEST <= len(word) <= _LONGEST_WORD:
        edged = f"^{stem}"
        found += [f"~{edged[at : at + size]}" for size in _PIECES for at in range(len(edged) - size + 1)]
    return found
