"""One search over one state of the index: read, fetch, judge, decide."""

import re
from collections.abc import Sequence, Set
from itertools import chain

import tantivy

from bot.language import isbn as isbns
from bot.language.folding import words
from bot.language.morphology import is_cyrillic, is_known
from bot.newest import Newest
from bot.ports.catalogue import Verdict, Wanted
from bot.quick import dataclass
from catalogue.index.belief import RIVAL, around, beside, is_near, likelihood, names_a_stranger
from catalogue.index.belief import SURE as BELIEVED
from catalogue.index.common import is_said_of_the_reader, is_surname
from catalogue.index.covering import is_small
from catalogue.index.documents import Judged, Variant, whole
from catalogue.index.lexicon import Lexicon
from catalogue.index.likeness import Likenesses, whole_likeness
from catalogue.index.ordering import is_a_series, is_another_part, order, series_first
from catalogue.index.questions import Question, Word
from catalogue.index.ranking import Scale, Scored
from catalogue.index.reading import MAX_LETTERS, Reader
from catalogue.index.retrieval import Candidates
from catalogue.index.vocabulary import Vocabulary

GOOD = 0.88
"""A first candidate this good ends the search."""
SURE = 0.75
"""From here on an author's work counts as found."""
LIKELY = 0.62
"""Below this score nothing is found, whatever speaks for it."""
BELIEVED_OF_SOMEBODY = 0.75
"""The same as ``BELIEVED`` where a name was said that nobody here knows: it may be another book's writer."""
PLAIN = 0.97
"""A whole title that fits so well needs no further thought."""
NEAR = 0.45
"""From here on a work is worth asking about."""
ALIKE = 0.82
"""So alike to the whole of what was said is a title worth asking about, whatever its words are worth one by one."""
_FOLLOWS = 0.3
_OTHER_ENDING = 0.06
"""Works whose scores are no further apart than this may be meant alike by a word that is not typed to its end."""
_SCRAP = 0.3
_FEW_WORDS = 2
_SHORTEST_SLIP = 3
_COMMON = 0.7
_AS_TYPED = 0.95
_MAX_HITS = 20
_SHORT, _REMEMBERED = 100, 4_096
"""Characters of a question that may come again, and how many are remembered for as long as this state of the index."""
_DIGITS = re.compile(r"\d\D{0,3}\d\D{0,3}\d\D{0,3}\d")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search came to: work ids with scores, best first."""

    verdict: Verdict
    hits: tuple[tuple[int, float], ...] = ()
    corrected: str = ""
    isbn_note: str = ""


class Search:
    """Answers questions over one state of the index; synchronous, about a third of a millisecond."""

    def __init__(self, searcher: tantivy.Searcher, vocabulary: Vocabulary) -> None:
        self._searcher = searcher
        self._reader = Reader(Lexicon(searcher, vocabulary))
        self._found: Newest[Wanted, Answer] = Newest(_REMEMBERED)
        self._titles: Newest[str, bool] = Newest(_REMEMBERED)

    def find(self, wanted: Wanted) -> Answer:
        """Search; never ranks more than a few dozen works. What was asked before is remembered."""
        answer = self._found.get(wanted)
        if answer is None:
            answer = self._find(wanted)
            if len(wanted.text) <= _SHORT:
                self._found[wanted] = answer
        return answer

    def _find(self, wanted: Wanted) -> Answer:
        note = ""
        named = isbns.find(wanted.isbn[:MAX_LETTERS])
        if not named and _DIGITS.search(wanted.text, 0, MAX_LETTERS):
            named = isbns.find(wanted.text[:MAX_LETTERS])
        if named:
            found = [hit for one in named for hit in Candidates(self._searcher).isbn(one.isbn13, _MAX_HITS)]
            note = "" if all(one.right for one in named) else "bad_check_digit"
            if found or not _other_words(wanted):
                hits = tuple((work.work_id, 1.0) for work in found)
                verdict = (Verdict.FOUND if len(hits) == 1 else Verdict.CHOICE) if hits else Verdict.NOTHING
                return Answer(verdict, hits, isbn_note=note)
        question = self._reader.read(wanted)
        if not question.words:
            return Answer(Verdict.NOTHING, isbn_note=note)
        return self._answer(question, note)

    def is_title(self, text: str) -> bool:
        """Whether a work is called exactly so, with or without its subtitle."""
        known = self._titles.get(text)
        if known is None:
            known = self._searcher.doc_freq("x", whole(words(text))) > 0
            if len(text) <= _SHORT:
                self._titles[text] = known
        return known

    def is_misspelt_title(self, text: str) -> bool:
        """Whether a work is called so but for slips; one of the words at least must be none of the language.

        «Мои книги» is no slip of «Моя книга», whoever says it speaks of other things.
        """
        said = [word for word in words(text) if len(word) > _SHORTEST_SLIP and not word.isdigit()]
        if len(said) < _FEW_WORDS or all(map(is_known, said)):
            return False
        question, ranked = self.ranked(Wanted(text=text))
        return bool(ranked) and ranked[0].is_whole and len(question.words) >= _FEW_WORDS

    def ranked(self, wanted: Wanted) -> tuple[Question, list[Scored]]:
        """The question as it was read, and its candidates, best first: for who measures or explains a search."""
        question = self._reader.read(wanted)
        return self._ranked(question) if question.words else (question, [])

    def _answer(self, question: Question, note: str) -> Answer:
        question, ranked = self._ranked(question)
        if ranked and ranked[0].score < PLAIN and all(len(word.text) == 1 for word in question.words):
            return Answer(Verdict.NOTHING, isbn_note=note)  # letters alone are half the initials of every writer
        if ranked and ranked[0].score < LIKELY and (alike := _alike(question, ranked)):
            return Answer(Verdict.NEAR, tuple((one.work.work_id, round(one.score, 4)) for one in alike), isbn_note=note)
        if not ranked or ranked[0].score < NEAR:
            return Answer(Verdict.NOTHING, isbn_note=note)
        top = ranked[0]
        kept = [one for one in ranked if one.score >= max(NEAR, top.score - _FOLLOWS)][:_MAX_HITS]
        verdict = _verdict(kept, question)
        if verdict is Verdict.NEAR and not (is_near(question, ranked) or _is_a_hero(question) or beside(question, top)):
            return Answer(Verdict.NOTHING, isbn_note=note)
        scores = [one.score for one in kept]  # of a series all are as likely: they keep their order, not whose it was
        if is_another_part(top, question):
            kept = series_first(kept, question)
            scores = [one.score for one in kept]
        elif verdict is Verdict.CHOICE and is_a_series(kept, question):
            kept = series_first(kept, question)
        hits = tuple((one.work.work_id, round(score, 4)) for one, score in zip(kept, scores, strict=True))
        return Answer(verdict, hits, _said(question, top), note)

    def _ranked(self, question: Question) -> tuple[Question, list[Scored]]:
        """The question as it was read in the end, and its candidates, best first."""
        candidates = Candidates(self._searcher)
        scale = Scale(question)
        scored = [scale.judge(work) for work in candidates.all_words(question)]
        if _best(scored) >= GOOD:
            if not any(one.is_whole for one in scored):
                scored += [scale.judge(work) for work in candidates.without_names(question)]
            return self._ended_otherwise(question, candidates, order(scored, question))
        read, scored = self._closer_look(question, candidates, scored)
        return read, order(scored, question)

    def _ended_otherwise(
        self, question: Question, candidates: Candidates, ranked: list[Scored]
    ) -> tuple[Question, list[Scored]]:
        """The same, and works that go on otherwise where the first one's last word was not typed to its end.

        «Поющие в терн» has the stem of «Поющие в терниях», and is as much a beginning of «Поющие в терновнике».
        """
        ended = _ended(ranked[0], question)
        if not ended or ended[0] == question.words[question.last].text:
            return question, ranked
        completed = self._completed(_Look(question, candidates, [one.work for one in ranked]))
        if completed is None:
            return question, ranked
        read, again = completed[0], order(completed[1], completed[0])
        return (read, again) if _may_end_otherwise(again, read) else (question, ranked)

    def _closer_look(
        self, question: Question, candidates: Candidates, scored: list[Scored]
    ) -> tuple[Question, list[Scored]]:
        """Second thoughts, dearer by and by: the last word read as a beginning, one left out, then all doubted."""
        look = _Look(question, candidates, [one.work for one in scored])
        last = question.words[question.last]
        if not last.known and (completed := self._completed(look)):
            return completed
        scored = look.with_fewer_words()
        if _is_enough(question, _best(scored)):
            return question, scored
        borne_out = _borne_out(scored)
        has_an_end = _best(scored) >= SURE and not borne_out.isdisjoint(last.keys)
        if last.known and not has_an_end and (completed := self._completed(look)):
            return completed
        doubted = self._reader.doubt(question, borne_out)
        if doubted.words == question.words:
            return question, scored + look.judged(question, candidates.rare_words(question))
        look.seen += candidates.all_words(doubted)
        if len(doubted.words) == _FEW_WORDS:  # one may be wrong beyond recognition, and the other a slip: «Луис Кэрол»
            look.seen += chain.from_iterable(candidates.fewer_words(doubted))
        look.seen += candidates.rare_words(question)
        return doubted, look.judged(doubted, look.seen)

    def _completed(self, look: "_Look") -> tuple[Question, list[Scored]] | None:
        """The question with its last word read as a beginning, where a work that has the others goes on so."""
        completed = self._reader.complete(look.question)
        if completed is look.question:
            return None
        look.seen += look.candidates.all_words(completed)
        scored = look.judged(completed, look.seen)
        best = max(scored, key=lambda one: one.score, default=None)
        return (completed, scored) if best and best.score >= SURE and _ended(best, completed) else None


class _Look:
    """A closer look at one question: what was fetched for it so far, and which words were compared."""

    def __init__(self, question: Question, candidates: Candidates, seen: list[Judged]) -> None:
        self.question = question
        self.candidates = candidates
        self.seen = seen
        self._alike = Likenesses()

    def judged(self, question: Question, works: Sequence[Judged]) -> list[Scored]:
        """How well works fit the question as it is read now."""
        scale = Scale(question, closely=True, alike=self._alike)
        return [scale.judge(work) for work in works]

    def with_fewer_words(self) -> list[Scored]:
        """All that is seen, and works that lack one of the words, until one fits well."""
        scale = Scale(self.question, closely=True, alike=self._alike)
        scored = [scale.judge(work) for work in self.seen]
        for works in self.candidates.fewer_words(self.question):
            if _best(scored) >= GOOD:
                break
            self.seen += works
            scored += [scale.judge(work) for work in works]
        return scored


def _alike(question: Question, ranked: list[Scored]) -> list[Scored]:
    """Works whose whole title is like all that was said, though its words do not fit one by one; the likest first."""
    likely = [(whole_likeness(question, one.work.variants), one) for one in ranked]
    kept = sorted((one for one in likely if one[0] >= ALIKE), key=lambda one: -one[0])
    return [one for _, one in kept]


def _is_enough(question: Question, best: float) -> bool:
    """Whether the best work fits so well that there are no slips to look for."""
    if best >= SURE and all(word.sound or word.light for word in question.words):
        return True  # words of the language, found as they stand
    return best >= GOOD or (best >= LIKELY and _is_one_word_of_a_book(question))


def _is_one_word_of_a_book(question: Question) -> bool:
    """Whether one word tells all, and books here have it as it was typed: «фандорин» is no slip of «Пандоры»."""
    telling = [word for word in question.words if not (word.light or word.about or word.number)]
    return len(telling) == 1 and telling[0].known and telling[0].options[telling[0].text] >= _AS_TYPED


def _ended(one: Scored, question: Question) -> tuple[str, ...]:
    """The word of a title that the last of several words is the beginning of, with its keys; empty where none is."""
    if len(question.words) < _FEW_WORDS:
        return ()
    begun = question.words[question.last].text
    titles = (variant.title for variant in one.work.variants)
    return next((token for title in titles for token in title if token[0].startswith(begun)), ())


def _is_said_to_its_end(one: Scored, question: Question) -> bool:
    """Whether every word of a title was said, the last one as far as it was typed."""
    said = {key for word in question.words[: question.last] for key, _, _ in word.forms}
    begun = question.words[question.last].text
    titles = [variant.title[: variant.main] for variant in one.work.variants if variant.main]
    return any(
        title[-1][0].startswith(begun) and all(is_small(token[0]) or not said.isdisjoint(token) for token in title[:-1])
        for title in titles
    )


def _may_end_otherwise(ranked: list[Scored], question: Question) -> bool:
    """Whether several works go on where the last word was not typed to its end, each with another word."""
    top, *others = ranked
    ended = _ended(top, question) if question.begun else ()
    if not ended:
        return False
    # How much of its last word a title still lacks says nothing, where all before it was said.
    rivals = [one for one in others if one.score >= top.score - _OTHER_ENDING or _is_said_to_its_end(one, question)]
    return any(other and not set(ended) & set(other) for other in (_ended(one, question) for one in rivals))


def _borne_out(scored: list[Scored]) -> set[str]:
    """The words of the best work so far, with their keys."""
    best = max(scored, key=lambda one: one.score, default=None)
    if best is None:
        return set()
    return _words_of(best.work.variants)


def _words_of(variants: Sequence[Variant]) -> set[str]:
    return {form for variant in variants for token in (*variant.title, *variant.author) for form in token}


def _best(scored: list[Scored]) -> float:
    return max((one.score for one in scored), default=0.0)


def _verdict(ranked: list[Scored], question: Question) -> Verdict:
    """Found where the first is what was asked for and no other is as much so; near where it is doubtful."""
    top = ranked[0]
    if not _is_believed(ranked, question) or _is_a_scrap(top, question):
        return Verdict.NEAR
    if is_another_part(top, question):
        return Verdict.CHOICE if len(ranked) > 1 else Verdict.NEAR
    if _may_end_otherwise(ranked, question):
        return Verdict.CHOICE if question.words[question.last].known else Verdict.NEAR
    rivals = [one for one in ranked[1:] if one.score >= top.score - RIVAL and one.work.rank <= top.work.rank]
    if top.placed:
        rivals = [one for one in rivals if one.placed]  # the others only do not say which part they are
    if top.is_whole:
        # «Война и мир» is the novel and neither its second volume nor a study of it.
        rivals = [one for one in rivals if one.is_whole]
    return Verdict.CHOICE if rivals else Verdict.FOUND


def _is_believed(ranked: list[Scored], question: Question) -> bool:
    top = ranked[0]
    if top.is_whole and top.score >= PLAIN:
        return True
    if top.by_author or top.placed or _is_a_hero(question):
        return top.score >= SURE
    own = beside(question, top) or around(question, top)
    if own and all(is_said_of_the_reader(word.text) for word in own):
        return True
    least = BELIEVED_OF_SOMEBODY if names_a_stranger(question, ranked) else BELIEVED
    return top.score >= LIKELY and likelihood(question, ranked) >= least


def _is_a_hero(question: Question) -> bool:
    """Whether one rare name is all that was said: «Карлсон», «Пеппи»."""
    telling = [word for word in question.words if not word.light]
    return len(telling) == 1 and telling[0].weight >= _COMMON and is_surname(telling[0].best)


def _is_a_scrap(top: Scored, question: Question) -> bool:
    """Whether two common words are all that a long title shares with the question; «Карлсон» is not common."""
    telling = [word.weight for word in question.words if not word.light]
    few = len(telling) <= _FEW_WORDS and max(telling, default=0.0) < _COMMON
    return few and top.spread < _SCRAP and not top.by_author


def _said(question: Question, top: Scored) -> str:
    """How a misspelt question was read, as far as the first work bears it out; "" where nothing was changed.

    Words in Latin letters may be read in Russian although titles here have them so, too: «master i margarita».
    """
    if all(
        word.known and (len(word.options) == 1 or is_cyrillic(word.text)) for word in question.words if word.options
    ):
        return ""
    typed = {word.text for word in question.words}
    if any(typed <= _spelt([variant]) for variant in top.work.variants):
        return ""
    own = [variant for variant in top.work.variants if not variant.translated]
    return _read_as(question, own) or _read_as(question, top.work.variants)


def _read_as(question: Question, variants: Sequence[Variant]) -> str:
    of_work = _words_of(variants)
    spelt = _spelt(variants)
    meant = [_meant(word, spelt) for word in question.words]
    said = list(zip(question.words, meant, strict=True))
    if any(not word.light and of_work.isdisjoint((read, *word.keys)) for word, read in said):
        return ""
    return " ".join(meant) if any(not word.known or word.text != read for word, read in said) else ""


def _spelt(variants: Sequence[Variant]) -> set[str]:
    return {token[0] for variant in variants for token in (*variant.title, *variant.author)}


def _meant(word: Word, spelt: Set[str]) -> str:
    """The reading of a word that the work bears out: «i» of «voina i mir» is «и», though books are called «I», too."""
    if word.best in spelt:
        return word.best
    return next((option for option in word.options if option in spelt), word.best)


def _other_words(wanted: Wanted) -> bool:
    text = wanted.text[:MAX_LETTERS]
    for one in reversed(isbns.find(text)):
        text = text[: one.start] + text[one.end :]
    return any(len(word) > 3 and word.isalpha() for word in text.split())
