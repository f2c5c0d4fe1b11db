"""How much of a title was asked for, and how much a word tells that a title lacks."""

from collections.abc import Sequence

from catalogue.index.common import FUNCTION, is_idle
from catalogue.index.documents import Variant
from catalogue.index.questions import Question, Word

_SUBTITLE = 0.99
_UNSAID = 0.4
"""Weight left to a word about books that the title lacks."""
_IDLE = 0.35
"""Weight left to a word that names nothing, in second thoughts."""
FITS = 0.75
"""A word of a title that was asked for so well was asked for."""
LIGHT_WEIGHT = 0.2
Spelt = dict[str, tuple[tuple[int, float], ...]]
Forms = dict[str, tuple[tuple[int, float, int], ...]]


def share_asked_for(variant: Variant, credited: Sequence[float]) -> float:
    """How much of the title was asked for: of the whole, or of what stands before the subtitle."""
    if not any(credited):
        return 0.0
    if min(credited) == 1.0:
        return 1.0
    total = hit = main = 0.0
    for place, token in enumerate(variant.title):
        text = token[0]
        weight = LIGHT_WEIGHT if is_small(text) else 1.0
        total += weight
        hit += weight * credited[place]
        if place + 1 == variant.main:
            main = hit / total * _SUBTITLE
    return max(main, hit / total if total else 0.0)


def is_whole(variant: Variant, credited: Sequence[float]) -> bool:
    """Whether every word of the title but the small ones was asked for, be it misspelt."""
    return all(credit >= FITS or is_small(token[0]) for token, credit in zip(variant.title, credited, strict=True))


def is_small(text: str) -> bool:
    """Whether a word stands in any title."""
    return len(text) <= 2 or text in FUNCTION


class Unsaid(dict[int, float]):
    """What is left of the weight of a word that a work lacks; thought about only once some work lacks it."""

    def __init__(self, words: Sequence[Word], *, closely: bool) -> None:
        self._words = words
        self._closely = closely

    def __missing__(self, place: int) -> float:
        left = self[place] = _unsaid(self._words[place], closely=self._closely)
        return left


def _unsaid(word: Word, *, closely: bool) -> float:
    if word.aside:
        return 0.0
    if word.about:
        return _UNSAID
    return _IDLE if closely and len(word.text) > 2 and is_idle(word.text) else 1.0


def maps(question: Question) -> tuple[Spelt, Forms]:
    """For every spelling and every key: the words of the question that may be meant, and how well they fit."""
    spelt: Spelt = {}
    forms: Forms = {}
    for place, word in enumerate(question.words):
        for text, fit in word.spelt:
            spelt[text] = (*spelt.get(text, ()), (place, fit))
        for key, fit, length in word.forms:
            forms[key] = (*forms.get(key, ()), (place, fit, length))
    return spelt, forms
