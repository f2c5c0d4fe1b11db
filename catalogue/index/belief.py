"""How likely the first candidate is the book that was asked for: what decides between an answer and a question.

A score says how well a work explains the question. Whether a reader means it is told better together with where in
the title the words stand, what was left over, and how far the next candidate is behind. The weights are fitted to
made-up readers' messages over a real list of books, a part of them withheld (``python -m tools.fit_belief``).
"""

import math
from collections.abc import Sequence
from dataclasses import fields
from itertools import pairwise
from operator import attrgetter

from bot.quick import dataclass
from catalogue.index.common import given_names
from catalogue.index.covering import is_small
from catalogue.index.documents import Variant
from catalogue.index.questions import Question, Word
from catalogue.index.ranking import Scored

SURE = 0.48
"""From this likelihood on a work is told as found; below it is asked about."""
RIVAL = 0.025
"""Works whose scores are no further apart than this may be meant alike."""
LEAST = 0.04
"""Below this likelihood the first work is not even worth asking about."""
_HALF = 0.5
"""A title of which so much was said is near, whatever else was said."""
_LEFT_OUT, _SHARED, _MUCH = 0.35, 1.0, 1.8
"""Of a longer title so much of the question may be missing, and so much of what tells must be in it (for certain)."""
_ALL_OF_IT, _TELLS = 0.97, 1.3
"""A title that was said from end to end, whatever was said beside it, and the weight that its words must have."""
_SHORTEST_SURNAME = 3
_TOP = 1.0015
_ALIKE = 0.9
"""A word that fits so well stands in the title as it was asked for."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What is seen of the first candidate.

    Attributes:
        score: As log-odds.
        spread: How much of its title was asked for.
        missing: Weight of the words that it has nowhere.
        gaps: 1 where the words asked for do not stand side by side in its title.
        main: Weight of the words that stand before its subtitle.
        inside: 1 where its title begins with a word that was not asked for.
        lead: How far the next candidate is behind that is no rival.
    """

    score: float
    spread: float
    missing: float
    gaps: float
    main: float
    inside: float
    lead: float


CONSTANT = -2.38
_values = attrgetter(*(field.name for field in fields(Signs)))
WEIGHTS = Signs(score=0.86, spread=2.4, missing=-2.42, gaps=-1.43, main=0.54, inside=-1.28, lead=2.03)
_WEIGHTS: tuple[float, ...] = _values(WEIGHTS)


def likelihood(question: Question, ranked: Sequence[Scored]) -> float:
    """That the first of these is what was asked for, 0..1."""
    seen = _values(signs(question, ranked))
    told = CONSTANT + sum(weight * value for weight, value in zip(_WEIGHTS, seen, strict=True))
    return 1.0 / (1.0 + math.exp(-told))


def is_near(question: Question, ranked: Sequence[Scored]) -> bool:
    """Whether the first candidate, which is not believed, is near enough to ask about.

    Half of its title must have been said, or nearly all of the question must stand in it, and that must tell something:
    one common word that a long title shares («настольные игры» and «Настольная книга кадровика») is no nearness, unless
    it is all that was said.
    """
    top = ranked[0]
    if top.by_author or top.placed:
        return True
    asked = sum(word.weight for word in question.words if not word.aside)
    missing = signs(question, ranked).missing
    nearly_all = missing <= _LEFT_OUT * asked
    if nearly_all and asked - missing >= _MUCH:
        return True
    if _is_said_whole(question, top):
        return True
    if likelihood(question, ranked) < LEAST:
        return False
    return top.spread >= _HALF or (nearly_all and (asked - missing >= _SHARED or (not missing and _tells(question))))


def _tells(question: Question) -> bool:
    """Whether several words tell something, or the one word that was said is a word of the catalogue: «рождество».

    Who is told that there is no such book, and to try one word of its title, has just done that.
    """
    telling = [word for word in question.words if not word.light]
    return len(telling) > 1 or (len(question.words) == 1 and all(word.known for word in telling))


def names_a_stranger(question: Question, ranked: Sequence[Scored]) -> bool:
    """Whether a word was said that is in no book and in no dictionary, beside a book that has a writer of its own."""
    strangers = [word.weight for word in question.words if not (word.known or word.sound or word.light or word.aside)]
    if not strangers or not any(variant.author for variant in ranked[0].work.variants):
        return False
    return signs(question, ranked).missing >= min(strangers)


def _is_said_whole(question: Question, top: Scored) -> bool:
    """Whether a title of several telling words stands in a long message: «книга, по которой сняли „Зелёную милю“»."""
    if top.spread < _ALL_OF_IT:
        return False
    _, places, main = min(_in_title(question, variant, set()) for variant in top.work.variants)
    return len(set(places)) > 1 and -main >= _TELLS


def around(question: Question, top: Scored) -> list[Word]:
    """What was said around a title of several telling words that stands whole in a message; empty where none does.

    «Внучек просил Незнайку на Луне»: nobody need name the writer, where all the rest is the reader's own.
    """
    if not _is_said_whole(question, top):
        return []
    said = {form for variant in top.work.variants for token in variant.title for form in token}
    left = [word for word in question.words if not any(key in said for key, fit, _ in word.forms if fit >= _ALIKE)]
    return [word for word in left if not (word.light or word.aside or word.about)]


def beside(question: Question, one: Scored) -> list[Word]:
    """What was said beside a whole title and the surname of who wrote it; empty where not both of them were said.

    «Мне внучка советовала Шантарам какого-то Робертса»: the book is no other, however much is said around it.
    """
    for variant in one.work.variants:
        title = [token for token in variant.title[: variant.main] if not is_small(token[0])]
        writer = [token for token in variant.author if len(token[0]) >= _SHORTEST_SURNAME]
        surname = {form for token in writer if token[0] not in given_names() for form in token}
        writer_said = {form for token in writer for form in token}
        alike = [{key for key, fit, _ in word.forms if fit >= _ALIKE} for word in question.words]
        places = [next((at for at, forms in enumerate(alike) if not forms.isdisjoint(token)), -1) for token in title]
        telling = [at for at in places if at >= 0 and not (question.words[at].light or question.words[at].about)]
        others = [at for at in range(len(alike)) if at not in places]
        if telling and -1 not in places and any(not alike[at].isdisjoint(surname) for at in others):
            left = [question.words[at] for at in others if alike[at].isdisjoint(writer_said)]
            return [word for word in left if not (word.light or word.aside or word.about)]
    return []


def signs(question: Question, ranked: Sequence[Scored]) -> Signs:
    """What tells for and against the first of the candidates."""
    top = ranked[0]
    series = {form for token in top.work.series for form in token}
    missing, places, main = min(_in_title(question, variant, series) for variant in top.work.variants)
    score = max(top.score, 1e-3)
    return Signs(
        score=math.log(score / max(_TOP - score, 1e-3)),
        spread=top.spread,
        missing=missing,
        gaps=float(any(two not in (one, one + 1) for one, two in pairwise(places))),
        main=-main,
        inside=float(bool(places) and places[0] > 0),
        lead=top.score - next((one.score for one in ranked if one.score < top.score - RIVAL), 0.0),
    )


def _in_title(question: Question, variant: Variant, series: set[str]) -> tuple[float, list[int], float]:
    """The weight of words that are nowhere, the places of those in the title, minus the main ones."""
    author = {form for token in variant.author for form in token}
    missing = main = 0.0
    places: list[int] = []
    for word in question.words:
        if word.aside:
            continue
        alike = {key for key, fit, _ in word.forms if fit >= _ALIKE}
        slips = {key for key, fit, _ in word.forms if fit < _ALIKE}
        for forms in (alike, slips):
            at = next((place for place, token in enumerate(variant.title) if not forms.isdisjoint(token)), None)
            if at is not None:
                places.append(at)
                main -= word.weight * (at < variant.main)
                break
            if not forms.isdisjoint(author) or not forms.isdisjoint(series):
                break
        else:
            missing += word.weight
    return missing, places, main
