"""How alike two words are, letter by letter: what a misspelt word may have been meant for."""

from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein, Indel

from bot.language.morphology import stem
from catalogue.index import deletes
from catalogue.index.common import is_cut_short
from catalogue.index.documents import Variant
from catalogue.index.questions import Question, Word
from catalogue.index.reading import closeness, unfinished
from catalogue.index.vocabulary import stem_distance

SHORTEST = 3
"""Letters of a word that is compared with what was typed."""
_WORDS_OF_A_TITLE = 2
_LONGEST_CUT_SHORT = 3
"""Among so many letters of a word stand the two that were typed of it."""


class Likenesses:
    """How well words of candidates may be what was meant by misspelt ones, remembered for one question."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bool], Likeness] = {}

    def to(self, word: Word, *, unfinished_too: bool = False) -> "Likeness":
        """How well any word may be what was meant by this one."""
        asked = word.text, unfinished_too
        known = self._known.get(asked)
        if known is None:
            known = self._known[asked] = Likeness(word, unfinished_too=unfinished_too)
        return known


class Likeness(dict[str, float]):
    """Words of candidates: how well each may be what was meant by one misspelt word, 0..1; 0 below a half."""

    def __init__(self, word: Word, *, unfinished_too: bool) -> None:
        super().__init__()
        self._text, self._unfinished_too = word.text, unfinished_too
        self._is_cut_short = is_cut_short(word.text)
        self._guesses = [(guess, stem(guess), _letters(stem(guess))) for guess in word.guesses]

    def __missing__(self, text: str) -> float:
        fit = self[text] = self._measured(text)
        return fit

    def _measured(self, text: str) -> float:
        if len(text) < SHORTEST:
            return 0.0
        if self._is_cut_short:
            likely = self._unfinished_too and _has_in_order(self._text, text)
            return unfinished(self._text, text) if likely else 0.0
        best, size = 0.0, len(text)
        letters = _letters(text)
        for guess, own, of_own in self._guesses:
            if self._unfinished_too and text.startswith(guess):
                best = max(best, unfinished(guess, text))
            length = min(len(guess), size)
            most = deletes.edits(length) + (length > 9)
            if not most or abs(len(guess) - size) > most + 2:
                continue
            if (of_own & ~letters).bit_count() > most:
                continue  # so many letters are missing that there is nothing to measure
            distance: float = DamerauLevenshtein.distance(guess, text, score_cutoff=most)
            if distance > most:
                most = min(most, deletes.edits(len(own)))
                if len(own) >= 4:
                    distance = stem_distance(own, text, most)
            if distance < most + 1:
                best = max(best, closeness(length, distance))
        return best if best > 0.5 else 0.0


def whole_likeness(question: Question, variants: Sequence[Variant]) -> float:
    """How alike all that was said is to a title, letter by letter and without endings, 0..1; 0 for a single word.

    Words that are slips beyond recognition by themselves («безумной хзвзде») are recognised by what stands beside them.
    """
    return max(_whole_likeness(question, variant) for variant in variants)


def _whole_likeness(question: Question, variant: Variant) -> float:
    writer = {key for token in variant.author for key in token}
    said = [stem(word.text) for word in question.words if writer.isdisjoint((word.text, *word.keys))]
    if len(said) < _WORDS_OF_A_TITLE:
        return 0.0
    title = [stem(token[0]) for token in variant.title]
    asked = " ".join(said)
    return max(Indel.normalized_similarity(asked, " ".join(some)) for some in (title, title[: variant.main]))


def _has_in_order(cut_short: str, text: str) -> bool:
    """Whether a short word begins with the first of two letters and has the second behind it: «дн» of «дон»."""
    return text[0] == cut_short[0] and cut_short[1] in text[1:_LONGEST_CUT_SHORT]


_letters = lru_cache(maxsize=16_384)(deletes.letters)
