"""Candidates in the order in which they are told."""

from collections import Counter
from collections.abc import Sequence

from bot.quick import replace
from catalogue.index.belief import RIVAL
from catalogue.index.common import is_surname
from catalogue.index.questions import Question, Word
from catalogue.index.ranking import Scored

_SEVERAL = 4
_SEVERAL_WORKS = 1.08
_ONE_AUTHOR = 0.03
_SURE_AUTHOR = 0.81
_BEHIND = 0.015
_UNNUMBERED = 0.05
"""The part that bears the number comes before works so much nearer that do not say which part they are."""
_MANY_PARTS = 4
"""So many works that begin alike are taken for a series."""
_INITIALS = 2
"""Letters of a name that may be none."""
_LAST = 1_000
"""Behind all parts of a series that bear a number."""


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
    # «Винни-Пух» is the tale, and no picture book whose subtitle was left out.
    fitted = {one.work.work_id: round(one.score, 2) for one in scored if one.is_whole}
    nearest = max((one.score for one in scored), default=0.0)
    scored = [replace(one, score=nearest) if one.is_whole and one.score > nearest - RIVAL else one for one in scored]
    placed = max((one.score for one in scored if one.placed), default=0.0)
    if placed > best - _UNNUMBERED:
        scored = [one if _has_number(one, question) else _behind(one, placed) for one in scored]
    return sorted(
        scored,
        key=lambda one: (
            -round(one.score * 100),
            one.work.rank,
            not one.is_whole,
            min(one.work.places or one.work.volumes, default=_LAST) if question.in_order else 0,
            -fitted.get(one.work.work_id, 0.0),  # «Дом» before «Дома»
            -one.score - 0.1 * one.work.prior,
            min(one.work.volumes or one.work.places, default=0),
            one.work.work_id,
        ),
    )


def _behind(one: Scored, best: float) -> Scored:
    """A work about the author comes behind the author's own, near enough to be chosen; so does one without a number."""
    return replace(one, score=min(one.score, best) - _BEHIND) if one.score > best - _BEHIND else one


def _has_number(one: Scored, question: Question) -> bool:
    return one.placed or not question.numbers.isdisjoint(one.work.volumes)


def is_another_part(top: Scored, question: Question) -> bool:
    """Whether a part of a series was asked for by its number, and nothing says that this work is it.

    «Ночной дозор 2» is not «Ночной дозор»; which it is no record tells.
    """
    number, work = question.trailing, top.work
    if number is None or top.placed or number in work.volumes or number in work.places:
        return False
    return not any(str(number) in token for variant in work.variants for token in variant.title)


def is_a_series(ranked: Sequence[Scored], question: Question) -> bool:
    """Whether nothing but the common beginning of several titles was said: «гарри поттер».

    None of them is called so alone; that a pop-up book has the name before its subtitle makes it no likelier meant.
    """
    if question.numbers or question.volumes or any(one.is_whole or one.placed for one in ranked):
        return False
    name = [word for word in question.words if not word.number and not word.aside]
    return _begins_with(ranked[0], name) and sum(_begins_with(one, name) for one in ranked) >= _MANY_PARTS


def series_first(ranked: Sequence[Scored], question: Question) -> list[Scored]:
    """Works whose titles begin with the name of the series, its parts first; then the rest.

    A part's title goes on behind the name; «Гарри Поттер. Трехмерная карта» only bears it. So do books by others where
    one writer wrote more than half of them.
    """
    name = [word for word in question.words if not word.number and not word.aside]
    begun = [one for one in ranked if _begins_with(one, name)]
    writers = Counter(writer for one in begun for writer in _writers(one))
    most = max(writers.values(), default=0)
    others = most if 2 * most > len(begun) else 0
    begun.sort(
        key=lambda one: (
            one.work.rank,
            others > 0 and all(writers[writer] < others for writer in _writers(one)),
            all(variant.main <= len(name) for variant in one.work.variants),
            -one.work.prior,
        )
    )
    return begun + [one for one in ranked if one not in begun]


def _writers(one: Scored) -> set[str]:
    return {token[0] for variant in one.work.variants for token in variant.author if len(token[0]) > _INITIALS}


def _begins_with(one: Scored, name: Sequence[Word]) -> bool:
    forms = [{word.text, *(key for key, _, _ in word.forms)} for word in name]
    return any(
        len(variant.title) >= len(forms)
        and all(not said.isdisjoint(token) for said, token in zip(forms, variant.title, strict=False))
        for variant in one.work.variants
    )
