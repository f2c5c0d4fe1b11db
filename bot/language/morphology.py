"""Dictionary forms and stems: what a word has in common with its other forms."""

import threading
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any

import Stemmer

from bot.language.dictionary import guesser, mapped, quicken
from bot.language.folding import fold
from bot.quick import dataclass

_MAX_WORD = 40
"""No word of a title is longer; a longer run of letters is compared as it stands."""
_LIKELY = 0.02
"""Readings of a form rarer than this share of its uses are left out."""
_TELLING = frozenset(("impr", "1per", "2per", "past", "INFN", "PRED"))
SURNAME, GIVEN_NAME, PATRONYMIC = "Surn", "Name", "Patr"
"""Kinds of names as OpenCorpora writes them."""
_loading = threading.Lock()
_loaded: list[Any] = []
"""The analyser, once it is there."""


def lemma(word: str) -> str:
    """The likeliest dictionary form of a folded word, folded; the word itself where there is none."""
    return lemmas(word)[0]


@lru_cache(maxsize=65_536)
def lemmas(word: str) -> tuple[str, ...]:
    """All likely dictionary forms of a folded word, the likeliest first, folded, distinct; at least one.

    «булгакова» is «булгаков» (whose?) and «булгакова» (who?). English and other words: their stem.
    """
    if not is_cyrillic(word) or len(word) > _MAX_WORD:
        return (stem(word),)
    found: dict[str, None] = {}
    for parse in parses(word):
        if parse.score >= _LIKELY or not found:
            found[fold(parse.normal_form) or word] = None
    return tuple(found) or (word,)


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """The folded word without its ending (Snowball): Russian for Cyrillic letters, English for Latin ones."""
    if len(word) > _MAX_WORD:
        return word
    if is_cyrillic(word):
        return _stemmer("russian").stemWord(word) or word
    if word.isascii() and word.isalpha():
        return _stemmer("english").stemWord(word) or word
    return word


@lru_cache(maxsize=16_384)
def part_of_speech(word: str) -> str:
    """The likeliest part of speech of a folded Cyrillic word as OpenCorpora names it (NOUN, VERB, …), "" if unknown."""
    if not is_cyrillic(word) or len(word) > _MAX_WORD:
        return ""
    found = parses(word)
    return _grammar(found[0].tag)[0] if found else ""


@lru_cache(maxsize=16_384)
def marks(word: str) -> tuple[str, ...]:
    """What the likeliest reading of a folded Cyrillic word tells of who speaks and to whom; empty for most.

    ``+impr`` a command, ``+1per`` and ``+2per`` I and you, ``+past``, ``+infn``, ``+pred`` (можно, нельзя).
    """
    if not is_cyrillic(word) or len(word) > _MAX_WORD:
        return ()
    found = parses(word) if is_known(word) else ()
    return _grammar(found[0].tag)[1] if found else ("+strange",)


@lru_cache(maxsize=1_024)
def _grammar(tag: Any) -> tuple[str, tuple[str, ...]]:
    """Part of speech and marks by a tag: there are far fewer of these than words."""
    found = (tag.mood, tag.person, tag.tense if tag.tense == "past" else None, tag.POS)
    kept = tuple(f"+{mark}" for mark in found if mark in _TELLING)
    if tag.POS == "VERB" and tag.number == "plur" and tag.mood == "impr":
        kept = (*kept, "+impr-plur")
    return str(tag.POS or ""), kept


@lru_cache(maxsize=16_384)
def is_known(word: str) -> bool:
    """Whether the folded word stands in the dictionary of Russian (in any form)."""
    if not is_cyrillic(word) or len(word) > _MAX_WORD:
        return False
    return bool(_found(word)) if len(word) > 1 else bool(_analyser().word_is_known(word))


@lru_cache(maxsize=16_384)
def is_surname(word: str) -> bool:
    """Whether the folded word most likely is somebody's surname, in any form."""
    if not is_cyrillic(word) or len(word) > _MAX_WORD:
        return False
    found = parses(word)
    return bool(found) and SURNAME in name_of(found[0].tag)


@lru_cache(maxsize=1_024)
def name_of(tag: Any) -> frozenset[str]:
    """Which kinds of name a grammar tells of: :data:`SURNAME`, :data:`GIVEN_NAME`, :data:`PATRONYMIC`; mostly none."""
    return frozenset(kind for kind in (SURNAME, GIVEN_NAME, PATRONYMIC) if kind in tag)


@lru_cache(maxsize=16_384)
def is_cyrillic(word: str) -> bool:
    """Whether the word is of Cyrillic letters: judged by its first and last. Asked a dozen times of a new word."""
    return bool(word) and "\u0400" <= word[0] <= "\u052f" and "\u0400" <= word[-1] <= "\u052f"


def warm() -> None:
    """Load the dictionaries now (about 0.2 s) instead of at the first word; for a thread at the start."""
    lemmas("слово")
    stem("слово")
    stem("word")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a word: its dictionary form, its grammar as OpenCorpora writes it, how likely it is, 0..1."""

    normal_form: str
    tag: Any
    score: float


@lru_cache(maxsize=8_192)
def parses(word: str) -> tuple[Reading, ...]:
    """All readings of a word as pymorphy3 finds them: several questions are asked of each, and reading is dear."""
    found = _in_dictionary(word) if len(word) > 1 else ()
    return found or tuple([Reading(normal, tag, score) for _, tag, normal, score, _ in _guess()(word)])


@lru_cache(maxsize=8_192)
def _found(word: str) -> list[tuple[str, Any]]:
    """The word in the dictionary's spellings (ё for е), each with the paradigms and places that it has there."""
    analyser = _analyser()
    found: list[tuple[str, Any]] = analyser.dictionary.words.similar_items(word, analyser.char_substitutes)
    return found


def _in_dictionary(word: str) -> tuple[Reading, ...]:
    """What pymorphy3 tells of a word that stands in the dictionary; empty for any other."""
    if not _found(word):
        return ()
    analyser = _analyser()
    dictionary = analyser.dictionary
    found = [
        (dictionary.build_normal_form(paradigm, place, spelt), dictionary.build_tag_info(paradigm, place))
        for spelt, forms in _found(word)
        for paradigm, place in forms
    ]
    likely = [analyser.prob_estimator.p_t_given_w.prob(word, tag) for _, tag in found]
    if not any(likely):
        return tuple([Reading(form, tag, 1.0 / len(found)) for form, tag in found])
    told = [Reading(form, tag, score) for (form, tag), score in zip(found, likely, strict=True)]
    return tuple(sorted(told, key=lambda one: one.score, reverse=True))


def analyser() -> Any:
    """The one pymorphy3 analyser of the process, for what these functions do not tell."""
    return _analyser()


def _analyser() -> Any:
    return _loaded[0] if _loaded else _load_once()


def _load_once() -> Any:
    with _loading:
        if not _loaded:
            _loaded.append(_load())
        return _loaded[0]


def _load() -> Any:
    import pymorphy3

    with mapped():
        made = pymorphy3.MorphAnalyzer()
    quicken(made)
    return made


@cache
def _guess() -> Callable[[str], Sequence[Any]]:
    return guesser(_analyser())


@cache
def _stemmer(language: str) -> Any:
    return Stemmer.Stemmer(language, 0)  # its own memory costs more than it saves
