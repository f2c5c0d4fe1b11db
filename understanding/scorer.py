"""What a model's features speak for in a stretch of words, added up word by word and pair by pair, and remembered."""

from collections.abc import MutableMapping, Sequence
from dataclasses import field
from typing import Any

from bot.quick import dataclass
from understanding.features import EDGE, Features, Word, kind, length
from understanding.judging import Stretch
from understanding.model import Model, Row
from understanding.tokens import Message

_TOLD = 3
"""So many words are named in an explanation."""


@dataclass(slots=True, eq=False)
class Known:
    """A word that was heard.

    Attributes:
        row: What it speaks for.
        kind: Its part of speech and grammar.
        behind: The same with what it speaks for behind another word, by that word.
        beside: The same behind a word of which only the kind counts, by that and by how many features of the pair speak
            for nothing.
    """

    word: Word
    row: Row
    kind: str
    behind: dict["Known", Row] = field(default_factory=dict)
    beside: dict[tuple[int, str], Row] = field(default_factory=dict)


class Scorer:
    """Tells what a stretch speaks for.

    Args:
        features: Names what is looked at.
        model: What each of it speaks for.
        remembered: Words and pairs whose rows are kept: 350 bytes each.
        by_words: What the caller keeps by :class:`Known` words; emptied when they are forgotten.
    """

    def __init__(
        self,
        features: Features,
        model: Model,
        remembered: int,
        by_words: MutableMapping[Any, Any],
    ) -> None:
        self.model, self._features = model, features
        self._most, self._by_words = remembered, by_words
        self._words: dict[Word, Known] = {}
        self._edge = Known(EDGE, model.row(()), kind(EDGE[0]))
        self._remembered = 0
        self._wholes: dict[tuple[str, int], Row] = {}
        self._kinds: dict[tuple[str, str], Row] = {}

    def known(self, message: Message, words: Stretch) -> list[Known]:
        """The words that are looked at, in order, each always the same object until all are forgotten."""
        if self._remembered >= self._most:
            self._forget()
        known = self._words
        return [known.get(word) or self._known(word) for word in self._features.words(message, words)]

    def row(self, heard: Sequence[Known], count: int, written: int) -> Row:
        """What words speak for in a row, in a stretch of so many that is written so (``features.signs``)."""
        row, before = self._whole(count, written).copy(), self._edge
        for known in heard:
            behind = known.behind.get(before)
            row += self._behind(before, known) if behind is None else behind
            before = known
        row += self._behind(before, self._edge)
        return row

    def telling(self, message: Message, words: Stretch, meaning: str) -> str:
        """The words of a stretch that speak most for one of the model's meanings, the strongest first."""
        number = self.model.intents.index(meaning)
        spoken = {word[0]: self._known(word).row.item(number) for word in self._features.words(message, words)}
        told = sorted(spoken, key=spoken.__getitem__, reverse=True)[:_TOLD]
        return ", ".join(f"«{word}»" for word in told if spoken[word] > 0)

    def _known(self, word: Word) -> Known:
        known = self._words.get(word)
        if known is None:
            like = self._features.like(word)
            if like != word:
                known = self._known(like)
            else:
                known = Known(word, self.model.row(self._features.of_word(word)), kind(word[0]))
            self._words[word] = known
            self._remembered += 1
        return known

    def _behind(self, before: Known, known: Known) -> Row:
        """What a word speaks for, and the two of them as neighbours."""
        row = known.behind.get(before)
        if row is None:
            features = self._features.of_pair(before.word, known.word)
            if self.model.knows(features):
                row = known.row + self.model.row(features) + self._of_kinds(before, known)
                self._remembered += 1
            else:  # most pairs: nothing but their number and their kinds count
                row = self._beside(before, known, len(features))
            known.behind[before] = row
        return row

    def _beside(self, before: Known, known: Known, features: int) -> Row:
        """What a word speaks for behind one of a kind, where so many features of the pair speak for nothing."""
        row = known.beside.get((features, before.kind))
        if row is None:
            row = known.beside[features, before.kind] = known.row + self._of_kinds(before, known)
            row[-1] += features
            self._remembered += 1
        return row

    def _of_kinds(self, before: Known, known: Known) -> Row:
        row = self._kinds.get((before.kind, known.kind))
        if row is None:
            row = self.model.row((self._features.of_kinds(before.kind, known.kind),))
            self._kinds[before.kind, known.kind] = row
        return row

    def _whole(self, count: int, written: int) -> Row:
        long = length(count)
        known = self._wholes.get((long, written))
        if known is None:
            known = self._wholes[long, written] = self.model.row(self._features.of_whole(count, written))
        return known

    def _forget(self) -> None:
        self._words.clear()
        self._by_words.clear()
        self._edge = Known(EDGE, self.model.row(()), self._edge.kind)
        self._remembered = 0
