"""How well a work fits a question, 0..1."""

from collections.abc import Sequence

from bot.quick import dataclass, replace
from catalogue.index.common import given_names
from catalogue.index.covering import FITS, LIGHT_WEIGHT, Unsaid, is_small, is_whole, maps, share_asked_for
from catalogue.index.documents import Judged, Variant
from catalogue.index.latin_names import INITIALS
from catalogue.index.likeness import SHORTEST, Likenesses
from catalogue.index.questions import Question
from catalogue.index.vocabulary import heard_again

_FORM = 0.97
"""Another form of the word: its stem or dictionary form is the same."""
_FAR_FORM = 0.93
_NUMERAL = 0.99
"""The same number in other words: «Один» is «Один» before it is «1» or «One»."""
_INITIAL = 0.9
_BY_EAR = 0.9
_SHORTEST_HEARD = 4
"""A given name that is spelt otherwise and sounds the same, and its least letters."""
_SHORTEST_IN_CASES = 3
"""Letters of a surname that has other forms."""
_WHOLE_SERIES, _WORDS_OF_A_SERIES = 0.96, 2
"""A series that was named from end to end, in so many words at least, is likelier meant than half a title."""
_SERIES = 0.85
_TRANSLATED = 0.974
"""A work that is known by such a title in English comes behind one that has it in its record, and is no rival of it."""
_PLACED = 0.98
_SERIES_SHARE = 0.3
_TITLE_SHARE = 0.16
"""How much a work loses whose title says much more than was asked."""
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
        alike: What was compared so far for this question: comparing is the dear part, and works share words.
    """

    def __init__(self, question: Question, *, closely: bool = False, alike: "Likenesses | None" = None) -> None:
        self._question = question
        self._closely = closely
        self._alike = alike or Likenesses()
        self._words = question.words
        self._weights = [word.weight for word in question.words]
        self._spelt, self._forms = maps(question)
        self._are_strange = self._forms.keys().isdisjoint  # most words of most candidates have nothing to do with it
        self._letters = {word.text: place for place, word in enumerate(self._words) if len(word.text) == 1}
        self._letters |= {INITIALS[letter]: place for letter, place in self._letters.items() if letter in INITIALS}
        self._names = [place for place, word in enumerate(self._words) if word.name]
        self._last = question.last
        self._cut_short = question.cut_short
        self._unsaid = Unsaid(self._words, closely=closely)

    def judge(self, work: Judged) -> Scored:
        """The best over the work's editions."""
        best = Scored(work, -1.0, by_author=False, exact=False)
        series = [0.0] * len(self._weights)
        for token in work.series:
            self._mark(token, series)
        for variant in work.variants:
            scored = self._variant(work, variant, series)
            if variant.translated:
                scored = replace(scored, score=scored.score * _TRANSLATED)
            if scored.score > best.score:
                best = scored
        if work.places and not work.places.isdisjoint(self._question.numbers) and any(series):
            placed = self._placed(work, series)
            if placed > best.score:
                best = Scored(work, placed, by_author=False, exact=False, placed=True)
        elif len(work.series) >= _WORDS_OF_A_SERIES and all(map(self._is_said, work.series)):
            whole_series = min(series) * _WHOLE_SERIES
            if whole_series > best.score:
                best = Scored(work, whole_series, by_author=False, exact=False)
        factor = self._numbers(work)
        exact = best.exact and factor >= _OTHER_PROGRAMME
        whole = exact and best.is_whole and (not work.volumes or bool(self._question.volumes))
        # Made anew, not copied: there are dozens of candidates a question, and a copy takes twice as long.
        score = max(best.score, 0.0) * factor
        return Scored(work, score, best.by_author, exact, best.spread, is_whole=whole, placed=best.placed)

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
        marks = zip(self._words, title, author, series, strict=True)
        for place, (word, of_title, of_author, of_series) in enumerate(marks):
            weight = word.weight
            hit = max(of_title, of_author, of_series * _SERIES)
            if hit:
                told += weight
                # A word of the language that stands in the title otherwise is no slip: «огонь» is not «олень».
                complete = complete and (hit >= _FAITHFUL or not word.sound)
            else:
                lost = weight * self._unsaid[place]
                told += lost
                if word.about:
                    polite += lost
                complete = complete and (weight < _SMALL or word.aside) and place != self._cut_short
            cover += weight * hit
            if not word.light:
                in_title += weight * of_title
                if of_author and not word.name:
                    in_author = True
        if told <= 0.0:
            return Scored(work, 0.0, by_author=False, exact=False)
        spread = share_asked_for(variant, credited)
        if in_title <= 0.0 and spread <= FITS:
            share = _AUTHOR_ONLY if in_author else _BY_SERIES_ONLY if any(series) else _FIRST_NAME_ONLY
            score = cover / max(told - polite, cover, _TINY) * share
            # Who names a writer or a series leaves no title unsaid; words that stand in a series by chance do.
            spread = 1.0 if in_author or not any(series) or self._is_series_said(work) else spread
            return Scored(work, score, by_author=in_author, exact=False, spread=spread)
        if self._closely and spread > _WHOLE_TITLE:
            told -= _STRANGE * self._forgiven(title, author, in_title)
        cover /= told
        score = cover * (1.0 - _TITLE_SHARE * (1.0 - spread))
        exact = complete and spread > FITS
        if exact:
            score = 1.0 - (1.0 - score) * _WHOLE
        return Scored(
            work,
            score - (0.0 if ordered else _DISORDER),
            by_author=False,
            exact=exact,
            spread=spread,
            is_whole=exact and is_whole(variant, credited),
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
        asked = list(filter(self._is_said, work.series))
        weights = [LIGHT_WEIGHT if is_small(token[0]) else 1.0 for token in work.series]
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
        spelt, strange = self._spelt, self._are_strange
        for token in variant.title:
            hits = spelt.get(token[0]) or (() if strange(token) else self._by_key(token))
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
        if not surname:
            return
        if self._cut_short >= 0 and any(
            token[0][0] == self._words[self._cut_short].text[0] for token in variant.author
        ):
            found[self._cut_short] = _INITIAL  # «толстой лн»
        for place in self._names:
            if not found[place] and self._words[place].text[0] in initials:
                found[place] = _INITIAL
        if self._closely:
            self._mark_by_ear(variant, found)

    def _mark_by_ear(self, variant: Variant, found: list[float]) -> None:
        """Beside a surname, a given name that only sounds the same: «Луис» and «Льюис», «Брем» and «Брэм»."""
        for place, word in enumerate(self._words):
            if found[place] < _BY_EAR and len(word.text) >= _SHORTEST_HEARD:
                sound = heard_again(word.text)
                if any(heard_again(token[0]) == sound for token in variant.author):
                    found[place] = _BY_EAR

    def _mark_author(self, token: tuple[str, ...], found: list[float]) -> bool:
        """A guessed word counts for a surname less than a typed one, and not at all for a first name."""
        marked = False
        # «Им» is a surname as it stands, and a form of «оно» besides.
        hits: Sequence[tuple[int, float]] = self._spelt.get(token[0]) or ()
        if not hits and len(token[0]) >= _SHORTEST_IN_CASES and not self._are_strange(token):
            hits = self._by_key(token)
        for place, fit in hits:
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

    def _is_said(self, token: tuple[str, ...]) -> bool:
        return bool(self._spelt.get(token[0]) or self._by_key(token))

    def _is_series_said(self, work: Judged) -> bool:
        """Whether all that tells anything in the name of a work's series was said."""
        return all(is_small(token[0]) or self._is_said(token) for token in work.series)

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
        # No slip is taken for a given name, or for an initial.
        surnames = [token[0] for token in variant.author if len(token[0]) >= SHORTEST]
        surnames = [name for name in surnames if name not in given_names()]
        for place, word in enumerate(self._words):
            short = len(word.text) < 3 and place != self._cut_short
            if short or word.text.isdigit():
                continue
            if title[place] >= FITS or author[place] >= FITS or series[place] >= FITS:
                continue
            best, at = 0.0, -1
            alike = self._alike.to(word, unfinished_too=place == self._last)
            for number, token in enumerate(variant.title):
                if credited[number] < FITS and (fit := alike[token[0]]) > best:
                    best, at = fit, number
            if best > title[place]:
                title[place], credited[at] = best, max(credited[at], best)
            if surnames:
                alike, share = self._alike.to(word), _GUESSED_KNOWN_AUTHOR if word.known else _GUESSED_AUTHOR
                author[place] = max(author[place], *[alike[name] * share for name in surnames])

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
