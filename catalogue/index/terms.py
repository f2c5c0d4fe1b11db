"""What two forms of one word have in common, and the numbers that part the volumes of a work."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from bot.language.morphology import analyser, is_cyrillic, stem
from bot.language.numbers import value_of
from catalogue.index.common import GRADE, VOLUME

VERSION = 12
"""Of the keys and of the documents: an index made by another version is built anew."""
_MAX_WORD = 40
_MAX_LEMMAS = 3
_OF_ONE = "одном"
"""«Весь цикл в одном томе» is no first volume."""


class Facts(NamedTuple):
    """What is found out about a folded word once: its keys, and whether the dictionary of Russian knows it."""

    keys: tuple[str, ...]
    sound: bool


@lru_cache(maxsize=131_072)
def facts(word: str) -> Facts:
    """The keys of a folded word and whether it stands in the dictionary: both come from one look."""
    if len(word) > _MAX_WORD:
        return Facts((word[:_MAX_WORD],), sound=False)
    found = {stem(word): None}
    forms = _dictionary_forms(word) if is_cyrillic(word) else ()
    for lemma in forms[:_MAX_LEMMAS]:
        found[stem(lemma)] = None
    value = value_of(word)
    if value is not None:
        found[str(value)] = None
    return Facts(tuple(found), bool(forms))


def keys(word: str) -> tuple[str, ...]:
    """The keys of a folded word, at least one: equal for forms of one word.

    The stem, the stems of its dictionary forms, and the number that a numeral means: «дней» → дне, ден;
    «третья» → трет, 3. Words outside the dictionary (most surnames) have their stem alone.
    """
    return facts(word).keys


def volumes_in(words: Sequence[str]) -> tuple[list[int], list[int]]:
    """Places of the words that are no «том 2», «часть третья», «5 книга», and the numbers these named."""
    return _numbers_beside(words, VOLUME, ranges=False)


def grades_in(words: Sequence[str]) -> tuple[list[int], list[int]]:
    """Places of the words that are no «9 класс», «5 6 классы» (a folded «5-6 классы»), and these classes."""
    places, grades = _numbers_beside(words, GRADE, ranges=True)
    return places, [grade for grade in grades if 1 <= grade <= 11]


def _numbers_beside(words: Sequence[str], markers: frozenset[str], *, ranges: bool) -> tuple[list[int], list[int]]:
    """Cut out markers with the numbers before them (for ``ranges`` also two: from, to), else with the one behind."""
    gone: set[int] = set()
    numbers: list[int] = []
    if markers.isdisjoint(words):
        return list(range(len(words))), numbers
    for at, word in enumerate(words):
        if word not in markers:
            continue
        after = _small(words, at + 1)
        before = _small(words, at - 1) if at - 1 not in gone else None
        if ranges and before is not None:
            first = _small(words, at - 2)
            low = first if first is not None and first < before else before
            numbers += range(low, before + 1)
            gone.update(range(at - (2 if low < before else 1), at + 1))
        elif not ranges and after is not None:
            numbers.append(after)
            gone.update((at, at + 1))
        elif not ranges and before is not None:
            numbers.append(before)
            gone.update((at - 1, at))
    return [place for place in range(len(words)) if place not in gone], numbers


def _small(words: Sequence[str], at: int) -> int | None:
    value = value_of(words[at]) if 0 <= at < len(words) and words[at] != _OF_ONE else None
    return value if value is not None and 0 < value < 1000 else None


def _dictionary_forms(word: str) -> tuple[str, ...]:
    """The dictionary forms of a folded word, folded; empty where the dictionary does not know it."""
    dictionary, replaces = _dictionary()
    forms: dict[str, None] = {}
    for known, paradigms in dictionary.words.similar_items(word, replaces):
        for paradigm, place in paradigms:
            forms[dictionary.build_normal_form(paradigm, place, known).replace("ё", "е")] = None
    return tuple(forms)


@lru_cache(maxsize=1)
def _dictionary() -> tuple[Any, Any]:
    dictionary = analyser().dictionary
    return dictionary, dictionary.words.compile_replaces({"е": "ё"})
