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
_ASKED, _STOP, _CRY, _SMILE, _BIG, _QUOTED, _NAMED, _LOUD, _PARTED = (1 << bit for bit in range(9))
_SIGNS = {
    _ASKED: "?",
    _STOP: "!.",
    _CRY: "!!",
    _SMILE: "!)",
    _BIG: "!Aa",
    _QUOTED: "!«",
    _NAMED: "!aA",
    _LOUD: "!AA",
    _PARTED: "!,",
}
"""A question mark in a stretch; behind it a full stop, an exclamation mark, a bracket as chats smile; a capital where
it begins; a quotation; a capital inside; nothing but capitals; a comma."""
_TELLING = _ASKED | _STOP | _CRY | _BIG | _NAMED | _LOUD
"""What these come to depends on the length, too."""
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
        before, behind = self._names(one[1]), self._names(two[1])
        found = [f"{left} {right}"]
        found += [f"{group} {right}" for group in before]
        found += [f"{left} {group}" for group in behind]
        found += [f"{group} {other}" for group in before for other in behind]
        return found

    @staticmethod
    def of_kinds(one: str, two: str) -> str:
        """The kinds of two neighbours: «I do», «to do something», «that unknown thing»."""
        return f"{one} {two}"

    @staticmethod
    def of_whole(count: int, signs: int) -> list[str]:
        """Length, and how it is written."""
        found = length(count)
        return [found, *(name for bit, name in _SIGNS.items() if signs & bit), f"{found} {signs & _TELLING}"]

    def of(self, message: Message, words: Stretch) -> list[str]:
        """All features of a stretch, each as often as it is there; never empty."""
        return list(self._all_of(message, words))

    def _all_of(self, message: Message, words: Stretch) -> Iterator[str]:
        before = EDGE
        for word in self.words(message, words):
            yield from self.of_word(word)
            yield from self._of_neighbours(before, word)
            before = word
        yield from self._of_neighbours(before, EDGE)
        yield from self.of_whole(words.last - words.first, signs(message, words))

    def _of_neighbours(self, one: Word, two: Word) -> list[str]:
        return [*self.of_pair(one, two), self.of_kinds(kind(one[0]), kind(two[0]))]

    def _names(self, mask: int) -> tuple[str, ...]:
        known = self._named.get(mask)
        if known is None:
            known = self._named[mask] = tuple(name for bit, name in self._groups.items() if mask & bit)
        return known


def signs(message: Message, words: Stretch) -> int:
    """How a stretch is written, a bit for each of ``_SIGNS``: a wish has a full stop, a title a capital."""
    text, tokens, first, last = message.text, message.tokens, words.first, words.last
    begin, end = tokens[first].start, tokens[last - 1].end
    behind = text[end : tokens[last].start] if last < len(tokens) else text[end:]
    found = 0
    if behind:
        found = _STOP * ("." in behind or "…" in behind) | _CRY * ("!" in behind)
        found |= _SMILE * (")" in behind or "(" in behind)
    written = text[max(0, begin - 1) : end]
    if "«" in written or '"' in written or "“" in written:
        found |= _QUOTED
    if written.isupper() and end - begin > 1:
        found |= _LOUD
    elif not written.islower():
        found |= _BIG * text[begin].isupper()
        if any(token.gap != "." and text[token.start].isupper() for token in tokens[first + 1 : last]):
            found |= _NAMED
    for token in tokens[first + 1 : last]:
        if token.gap == ",":
            found |= _PARTED
            break
    if message.asks and any(token.asks for token in tokens[first:last]):
        found |= _ASKED
    return found


def kind(word: str) -> str:
    """Part of speech and grammar of a word: what many words have in common."""
    if not word:
        return "$"
    if word[0].isdigit():
        return "#number"
    if not morphology.is_cyrillic(word):
        return "+foreign"
    return f"+{morphology.part_of_speech(word)}{''.join(morphology.marks(word))}"


def length(count: int) -> str:
    """Says whether so many words are few or many."""
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
