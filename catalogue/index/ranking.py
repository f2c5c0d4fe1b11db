"""How well a work fits a question, 0..1."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalogue.index.documents import Judged, Variant
from catalogue.index.reading import Question
from catalogue.index.terms import keys

_FORM = 0.97
"""Another form of the word: its stem or dictionary form is the same."""
_INITIAL = 0.9
_SERIES = 0.85
_TITLE_SHARE = 0.16
"""How much a work loses whose title says much more than was asked."""
_SUBTITLE = 0.99
_OTHER_VOLUME = 0.6
_OTHER_GRADE = 0.6
_OTHER_PROGRAMME = 0.96
_AUTHOR_ONLY = 0.92
_UNSAID = 0.1
_LIGHT = frozenset(
    [
        "и",
        "в",
        "на",
        "с",
        "к",
        "о",
        "от",
        "до",
        "за",
        "из",
        "по",
        "у",
        "не",
        "ни",
        "а",
        "но",
        "как",
        "что",
        "или",
        "же",
        "бы",
        "во",
        "со",
        "об",
        "для",
        "при",
        "под",
        "над",
        "без",
        "про",
        "the",
        "a",
        "an",
        "of",
        "and",
        "in",
        "to",
    ]
)
_Hits = dict[str, tuple[tuple[int, float], ...]]


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its score.

    Attributes:
        by_title: Words of its title were asked for; False where only its author or series was.
        exact: Its whole title was asked for, and nothing else but its author.
    """

    work: Judged
    score: float
    by_title: bool
    exact: bool


class Scale:
    """Judges candidates for one question."""

    def __init__(self, question: Question) -> None:
        self._question = question
        self._weights = [word.weight for word in question.words]
        self._spelt, self._forms = _maps(question)
        self._letters = {word.text: place for place, word in enumerate(question.words) if len(word.text) == 1}
        self._names = [place for place, word in enumerate(question.words) if word.name]

    def judge(self, work: Judged) -> Scored:
        """The best over the work's editions."""
        best = Scored(work, -1.0, by_title=False, exact=False)
        series = [0.0] * len(self._weights)
        for token in work.series:
            self._mark(token, series)
        for variant in work.variants:
            scored = self._variant(work, variant, series)
            if scored.score > best.score:
                best = scored
        factor = self._numbers(work)
        return Scored(work, max(best.score, 0.0) * factor, best.by_title, best.exact and factor >= _OTHER_PROGRAMME)

    def _variant(self, work: Judged, variant: Variant, series: list[float]) -> Scored:
        size = len(self._weights)
        title, author = [0.0] * size, [0.0] * size
        main_fit, fit = self._title(variant, title)
        self._author(variant, author)
        question = self._question
        if question.trailing is not None and not title[-1] and question.trailing in work.volumes:
            title[-1] = 1.0
        cover = told = in_title = 0.0
        for place, weight in enumerate(self._weights):
            hit = max(title[place], author[place], series[place] * _SERIES)
            word = question.words[place]
            if not hit and word.about:
                weight *= _UNSAID
            cover += weight * hit
            told += weight
            if not word.light:
                in_title += weight * title[place]
        if told <= 0.0:
            return Scored(work, 0.0, by_title=False, exact=False)
        cover /= told
        spread = max(fit, main_fit * _SUBTITLE)
        by_title = in_title > 0.0 or spread > 0.9
        if not by_title:
            return Scored(work, cover * _AUTHOR_ONLY, by_title=False, exact=False)
        return Scored(
            work, cover * (1.0 - _TITLE_SHARE * (1.0 - spread)), by_title=True, exact=spread > 0.85 and cover > 0.85
        )

    def _title(self, variant: Variant, found: list[float]) -> tuple[float, float]:
        """Marks the question's words in the title; returns how much of the main and of the whole title was asked for."""
        total = hit = 0.0
        main = main_hit = 0.0
        for place, token in enumerate(variant.title):
            text = token[0]
            weight = 0.2 if len(text) <= 2 or text in _LIGHT else 1.0
            total += weight
            hit += weight * self._mark(token, found)
            if place + 1 == variant.main:
                main, main_hit = total, hit
        return (main_hit / main if main else 0.0), (hit / total if total else 0.0)

    def _author(self, variant: Variant, found: list[float]) -> None:
        initials = ""
        surname = False
        for token in variant.author:
            if len(token[0]) == 1:
                initials += token[0]
            elif self._mark(token, found):
                surname = True
            place = self._letters.get(token[0][0])
            if place is not None and found[place] < _INITIAL:
                found[place] = _INITIAL
        if initials and surname:
            for place in self._names:
                if not found[place] and self._question.words[place].text[0] in initials:
                    found[place] = _INITIAL

    def _mark(self, token: tuple[str, ...], found: list[float]) -> float:
        hits = self._spelt.get(token[0])
        factor = 1.0
        if hits is None:
            factor = _FORM
            for key in token:
                hits = self._forms.get(key)
                if hits is not None:
                    break
            else:
                return 0.0
        best = 0.0
        for place, fit in hits or ():
            fit *= factor
            found[place] = max(found[place], fit)
            best = max(best, fit)
        return best

    def _numbers(self, work: Judged) -> float:
        question = self._question
        factor = 1.0
        if question.volumes:
            if work.volumes:
                factor *= 1.0 if question.volumes & work.volumes else _OTHER_VOLUME
            else:
                factor *= 0.97
        if question.grades:
            if work.grades:
                factor *= 1.0 if question.grades & work.grades else _OTHER_GRADE
            elif work.programme and not question.grades & work.programme:
                factor *= _OTHER_PROGRAMME
        if question.age is not None and work.age_mark is not None and work.age_mark > question.age:
            factor *= 0.95
        return factor


def order(scored: Sequence[Scored]) -> list[Scored]:
    """Best first; where scores are as good as equal: books before articles, what is asked for more, first volumes."""
    return sorted(
        scored,
        key=lambda one: (
            -round(one.score * 50),
            one.work.rank,
            -one.score - 0.1 * one.work.prior,
            min(one.work.volumes, default=0),
            one.work.work_id,
        ),
    )


def _maps(question: Question) -> tuple[_Hits, _Hits]:
    spelt: dict[str, dict[int, float]] = {}
    forms: dict[str, dict[int, float]] = {}
    for place, word in enumerate(question.words):
        for option, fit in word.options.items():
            _keep(spelt, option, place, fit)
            for key in keys(option):
                _keep(forms, key, place, fit)
    return (
        {text: tuple(hits.items()) for text, hits in spelt.items()},
        {text: tuple(hits.items()) for text, hits in forms.items()},
    )


def _keep(hits: dict[str, dict[int, float]], text: str, place: int, fit: float) -> None:
    places = hits.setdefault(text, {})
    if places.get(place, 0.0) < fit:
        places[place] = fit
