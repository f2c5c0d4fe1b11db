"""How well a work fits a question, 0..1."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import DamerauLevenshtein

from bot.language.morphology import stem
from catalogue.index import deletes
from catalogue.index.common import FUNCTION, given_names, is_idle, is_surname
from catalogue.index.documents import Judged, Variant
from catalogue.index.reading import Question, Word, closeness, unfinished

_FORM = 0.97
"""Another form of the word: its stem or dictionary form is the same."""
_FAR_FORM = 0.93
_NUMERAL = 0.99
"""The same number in other words: «Один» is «Один» before it is «1» or «One»."""
_INITIAL = 0.9
_SERIES = 0.85
_PLACED = 0.98
_SERIES_SHARE = 0.3
_TITLE_SHARE = 0.16
"""How much a work loses whose title says much more than was asked."""
_SUBTITLE = 0.99
_DISORDER = 0.01
_WHOLE = 0.4
"""What is left of the doubt where every word of the question and of the title has its other."""
_SMALL = 0.3
_WHOLE_TITLE = 0.95
_TELLING = 0.9
_STRANGE = 0.6
_FAITHFUL = 0.85
_TINY = 1e-9
_OTHER_VOLUME = 0.6
_NO_VOLUME = 0.97
_OTHER_GRADE = 0.6
_OTHER_PROGRAMME = 0.96
_TOO_OLD = 0.95
_AUTHOR_ONLY = 0.86
_FIRST_NAME_ONLY = 0.7
_BY_SERIES_ONLY = 0.95
_TYPED = 0.92
_GUESSED_AUTHOR = 0.93
_GUESSED_KNOWN_AUTHOR = 0.75
_UNSAID = 0.4
"""Weight left to a word about books that the title lacks."""
_IDLE = 0.35
"""Weight left to a word that names nothing, in second thoughts."""
_FITS = 0.75
_SEVERAL = 4
_SEVERAL_WORKS = 1.08
_ONE_AUTHOR = 0.03
_SURE_AUTHOR = 0.81
_BEHIND = 0.015
_LAST = 1_000
"""Behind all parts of a series that bear a number."""
_LIGHT_WEIGHT = 0.2
_Spelt = dict[str, tuple[tuple[int, float], ...]]
_Forms = dict[str, tuple[tuple[int, float, int], ...]]


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its score.

    Attributes:
        by_author: Nothing but its author was asked for.
        exact: Its whole title was asked for, and nothing else but its author.
        spread: How much of its title was asked for, 0..1.
        is_whole: Its title, with no subtitle left out, is what was asked for: the novel, and no study of it.
        placed: It has the number in the series that was asked for.
    """

    work: Judged
    score: float
    by_author: bool
    exact: bool
    spread: float = 1.0
    is_whole: bool = False
    placed: bool = False


class Scale:
    """Judges candidates for one question.

    Args:
        closely: Second thoughts: words that a candidate lacks are compared with its own words letter by letter.
    """

    def __init__(self, question: Question, *, closely: bool = False) -> None:
        self._question = question
        self._closely = closely
        self._words = question.words
        self._weights = [word.weight for word in question.words]
        self._spelt, self._forms = _maps(question)
        self._letters = {word.text: place for place, word in enumerate(self._words) if len(word.text) == 1}
        self._names = [place for place, word in enumerate(self._words) if word.name]
        self._last = max((place for place, word in enumerate(self._words) if not word.aside), default=0)
        self._unsaid = _Unsaid(self._words, closely=closely)

    def judge(self, work: Judged) -> Scored:
        """The best over the work's editions."""
        best = Scored(work, -1.0, by_author=False, exact=False)
        series = [0.0] * len(self._weights)
        for token in work.series:
            self._mark(token, series)
        for variant in work.variants:
            scored = self._variant(work, variant, series)
            if scored.score > best.score:
                best = scored
        if work.places and not work.places.isdisjoint(self._question.numbers) and any(series):
            placed = self._placed(work, series)
            if placed > best.score:
                best = Scored(work, placed, by_author=False, exact=False, placed=True)
        factor = self._numbers(work)
        exact = best.exact and factor >= _OTHER_PROGRAMME
        whole = exact and best.is_whole and (not work.volumes or bool(self._question.volumes))
        return replace(best, score=max(best.score, 0.0) * factor, exact=exact, is_whole=whole)

    def _variant(self, work: Judged, variant: Variant, series: list[float]) -> Scored:
        size = len(self._weights)
        title, author = [0.0] * size, [0.0] * size
        credited, ordered = self._title(variant, title)
        self._author(variant, author)
        trailing = self._question.trailing
        if trailing is not None and not title[self._last] and trailing in work.volumes:
            title[self._last] = 1.0
        if self._closely:
            self._compare(variant, title, author, series, credited)
        cover = told = in_title = polite = 0.0
        in_author = False
        complete = True
        for place, weight in enumerate(self._weights):
            hit = max(title[place], author[place], series[place] * _SERIES)
            if hit:
                told += weight
                # A word of the language that stands in the title otherwise is no slip: «огонь» is not «олень».
                complete = complete and (hit >= _FAITHFUL or not self._words[place].sound)
            else:
                lost = weight * self._unsaid[place]
                told += lost
                if self._words[place].about:
                    polite += lost
                complete = complete and (weight < _SMALL or self._words[place].aside)
            cover += weight * hit
            if not self._words[place].light:
                in_title += weight * title[place]
                if author[place] and not self._words[place].name:
                    in_author = True
        if told <= 0.0:
            return Scored(work, 0.0, by_author=False, exact=False)
        spread = _spread(variant, credited)
        if in_title <= 0.0 and spread <= _FITS:
            share = _AUTHOR_ONLY if in_author else _BY_SERIES_ONLY if any(series) else _FIRST_NAME_ONLY
            return Scored(work, cover / max(told - polite, cover, _TINY) * share, by_author=in_author, exact=False)
        if self._closely and spread > _WHOLE_TITLE:
            told -= _STRANGE * self._forgiven(title, author, in_title)
        cover /= told
        score = cover * (1.0 - _TITLE_SHARE * (1.0 - spread))
        exact = complete and spread > _FITS
        if exact:
            score = 1.0 - (1.0 - score) * _WHOLE
        return Scored(
            work,
            score - (0.0 if ordered else _DISORDER),
            by_author=False,
            exact=exact,
            spread=spread,
            is_whole=exact and _is_whole(variant, credited),
        )

    def _placed(self, work: Judged, series: Sequence[float]) -> float:
        """How well «Гарри Поттер 3» fits the work that has this number in that series, whatever its own title."""
        author = [0.0] * len(series)
        self._author(work.variants[0], author)
        trailing = self._last if self._question.trailing is not None else -1
        cover = told = 0.0
        for place, weight in enumerate(self._weights):
            if place == trailing:
                continue
            hit = max(series[place], author[place])
            cover += weight * hit
            told += weight if hit else weight * self._unsaid[place]
        asked = [token for token in work.series if self._spelt.get(token[0]) or self._by_key(token)]
        weights = [_LIGHT_WEIGHT if _is_small(token[0]) else 1.0 for token in work.series]
        spread = sum(weight for token, weight in zip(work.series, weights, strict=True) if token in asked) / max(
            sum(weights), _TINY
        )
        return cover / max(told, _TINY) * (1.0 - _SERIES_SHARE * (1.0 - spread)) * _PLACED

    def _forgiven(self, title: Sequence[float], author: Sequence[float], in_title: float) -> float:
        """The weight of words that a work lacks whose title is whole in the question.

        Where its author is named too, they are the reader's own; where the title tells enough, so are words that
        no work has (an author's name misheard, a word of politeness misspelt).
        """
        attributed = any(
            author[place] > _TYPED and not title[place] and not word.name for place, word in enumerate(self._words)
        )
        return sum(
            weight
            for place, weight in enumerate(self._weights)
            if not title[place]
            and not author[place]
            and (attributed or (in_title > _TELLING and not self._words[place].known))
        )

    def _title(self, variant: Variant, found: list[float]) -> tuple[list[float], bool]:
        """Marks the question's words in the title; each accounts for one word of it.

        Returns:
            How well each word of the title was asked for, and whether in the title's order.
        """
        credited: list[float] = []
        last, ordered = -1, True
        spelt = self._spelt
        for token in variant.title:
            hits = spelt.get(token[0]) or self._by_key(token)
            credit = 0.0
            for place, fit in hits:
                if found[place] < fit:
                    credit = max(credit, fit - found[place])
                    found[place] = fit
                if place < last:
                    ordered = False
            if hits:
                last = hits[0][0]
            credited.append(credit)
        return credited, ordered

    def _author(self, variant: Variant, found: list[float]) -> None:
        initials = ""
        surname = False
        for token in variant.author:
            text = token[0]
            if len(text) == 1:
                initials += text
            else:
                surname = self._mark_author(token, found) or surname
            place = self._letters.get(text[0])
            if place is not None and found[place] < _INITIAL:
                found[place] = _INITIAL
        if initials and surname:
            for place in self._names:
                if not found[place] and self._words[place].text[0] in initials:
                    found[place] = _INITIAL

    def _mark_author(self, token: tuple[str, ...], found: list[float]) -> bool:
        """A guessed word counts for a surname less than a typed one, and not at all for a first name."""
        marked = False
        for place, fit in self._spelt.get(token[0]) or self._by_key(token):
            word = self._words[place]
            if fit < _TYPED and not word.name:
                if token[0] in given_names():
                    continue
                likely = fit * (_GUESSED_KNOWN_AUTHOR if word.known else _GUESSED_AUTHOR)
            else:
                likely = fit
            marked = True
            found[place] = max(found[place], likely)
        return marked

    def _mark(self, token: tuple[str, ...], found: list[float]) -> bool:
        hits = self._spelt.get(token[0]) or self._by_key(token)
        for place, fit in hits:
            found[place] = max(found[place], fit)
        return bool(hits)

    def _by_key(self, token: tuple[str, ...]) -> Sequence[tuple[int, float]]:
        """Words of the question that are another form of a word: less so where the lengths differ much."""
        for key in token:
            hits = self._forms.get(key)
            if hits is not None:
                if key.isdigit():
                    return [(place, fit * _NUMERAL) for place, fit, _ in hits]
                size = len(token[0])
                return [(place, fit * (_FORM if -2 < length - size < 2 else _FAR_FORM)) for place, fit, length in hits]
        return ()

    def _compare(
        self, variant: Variant, title: list[float], author: list[float], series: list[float], credited: list[float]
    ) -> None:
        """Second thoughts on words that the candidate lacks: slips, and a last word not typed to its end."""
        last = self._last
        for place, word in enumerate(self._words):
            if len(word.text) < 3 or word.text.isdigit() or max(title[place], author[place], series[place]) >= _FITS:
                continue
            best, at = 0.0, -1
            for number, token in enumerate(variant.title):
                if credited[number] < _FITS:
                    fit = _likeness(word, token, unfinished_too=place == last)
                    if fit > best:
                        best, at = fit, number
            if best > title[place]:
                title[place], credited[at] = best, max(credited[at], best)
            share = _GUESSED_KNOWN_AUTHOR if word.known else _GUESSED_AUTHOR
            for token in variant.author:
                if token[0] not in given_names():
                    author[place] = max(author[place], _likeness(word, token, unfinished_too=False) * share)

    def _numbers(self, work: Judged) -> float:
        question = self._question
        factor = 1.0
        if question.volumes:
            if not work.volumes and not work.places:
                factor *= _NO_VOLUME
            elif question.volumes.isdisjoint(work.volumes) and question.volumes.isdisjoint(work.places):
                factor *= _OTHER_VOLUME
        if question.grades:
            if work.grades:
                factor *= 1.0 if question.grades & work.grades else _OTHER_GRADE
            elif work.programme and not question.grades & work.programme:
                factor *= _OTHER_PROGRAMME
        if question.age is not None and work.age_mark is not None and work.age_mark > question.age:
            factor *= _TOO_OLD
        return factor


def order(scored: Sequence[Scored], question: Question) -> list[Scored]:
    """Best first.

    Where scores are as good as equal: books before articles, the book itself before what is written about it,
    what is asked for more, first volumes. Who names an author of several works means these, not the one work
    about that author.
    """
    best = max((one.score for one in scored), default=0.0)
    own = max((one.score for one in scored if one.by_author), default=0.0)
    group = [one for one in scored if one.by_author and one.score > own - _ONE_AUTHOR]
    if len(group) >= _SEVERAL and own > _SURE_AUTHOR:
        rivals = [one for one in scored if one.exact and not one.by_author]
        over = not rivals or all(word.light or is_surname(word.text) for word in question.words)
        lift = max(best if over else own, own * _SEVERAL_WORKS) / own
        lifted = {one.work.work_id: replace(one, score=one.score * lift) for one in group}
        scored = [lifted.get(one.work.work_id) or (_behind(one, best) if over else one) for one in scored]
    return sorted(
        scored,
        key=lambda one: (
            -round(one.score * 100),
            one.work.rank,
            not one.is_whole,
            min(one.work.places or one.work.volumes, default=_LAST) if question.in_order else 0,
            -one.score - 0.1 * one.work.prior,
            min(one.work.volumes or one.work.places, default=0),
            one.work.work_id,
        ),
    )


def _behind(one: Scored, best: float) -> Scored:
    """A work about the author comes behind the author's own, near enough to be chosen."""
    return replace(one, score=one.score - _BEHIND) if one.score > best - _BEHIND else one


def _spread(variant: Variant, credited: Sequence[float]) -> float:
    """How much of the title was asked for: of the whole, or of what stands before the subtitle."""
    total = hit = main = 0.0
    for place, token in enumerate(variant.title):
        text = token[0]
        weight = _LIGHT_WEIGHT if _is_small(text) else 1.0
        total += weight
        hit += weight * credited[place]
        if place + 1 == variant.main:
            main = hit / total * _SUBTITLE
    return max(main, hit / total if total else 0.0)


def _is_whole(variant: Variant, credited: Sequence[float]) -> bool:
    """Whether every word of the title but the small ones was asked for, be it misspelt."""
    return all(credit >= _FITS or _is_small(token[0]) for token, credit in zip(variant.title, credited, strict=True))


def _is_small(text: str) -> bool:
    return len(text) <= 2 or text in FUNCTION


def _likeness(word: Word, token: tuple[str, ...], *, unfinished_too: bool) -> float:
    """How well a word of a candidate may be what was meant by a misspelt one, 0..1; 0 below a half."""
    text = token[0]
    if len(text) < 3:
        return 0.0
    best = 0.0
    for guess in word.guesses:
        if unfinished_too and text.startswith(guess):
            best = max(best, unfinished(guess, text))
        length = min(len(guess), len(text))
        most = deletes.edits(length) + (length > 9)
        if abs(len(guess) - len(text)) <= most + 2 and most:
            distance: float = DamerauLevenshtein.distance(guess, text, score_cutoff=most)
            if distance > most:
                own = stem(guess)
                most = min(most, deletes.edits(len(own)))
                if len(own) >= 4 and len(text) - len(own) <= 4:
                    distance = DamerauLevenshtein.distance(own, text[: len(own)], score_cutoff=most) + 0.25
            if distance < most + 1:
                best = max(best, closeness(length, distance))
    return best if best > 0.5 else 0.0


class _Unsaid(dict[int, float]):
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


def _maps(question: Question) -> tuple[_Spelt, _Forms]:
    """For every spelling and every key: the words of the question that may be meant, and how well they fit."""
    spelt: _Spelt = {}
    forms: _Forms = {}
    for place, word in enumerate(question.words):
        for text, fit in word.spelt:
            spelt[text] = (*spelt.get(text, ()), (place, fit))
        for key, fit, length in word.forms:
            forms[key] = (*forms.get(key, ()), (place, fit, length))
    return spelt, forms
