"""Dictionary forms and stems: what a word has in common with its other forms."""

import threading
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import Stemmer

from bot.language.dictionary import quicken
from bot.language.folding import fold

_MAX_WORD = 40
"""No word of a title is longer; a longer run of letters is compared as it stands."""
_LIKELY = 0.02
"""Readings of a form rarer than this share of its uses are left out."""
_TELLING = frozenset(("impr", "1per", "2per", "past", "INFN", "PRED"))
_loading = threading.Lock()


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
    for parse in _parses(word):
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
    parses = _parses(word)
    return str(parses[0].tag.POS or "") if parses else ""


@lru_cache(maxsize=16_384)
def marks(word: str) -> tuple[str, ...]:
    """What the likeliest reading of a folded Cyrillic word tells of who speaks and to whom; empty for most.

    ``+impr`` a command, ``+1per`` and ``+2per`` I and you, ``+past``, ``+infn``, ``+pred`` (можно, нельзя).
    """
    if not is_cyrillic(word) or len(word) > _MAX_WORD:
        return ()
    parses = _parses(word)
    if not parses or not parses[0].is_known:
        return ("+strange",)
    tag = parses[0].tag
    found = (tag.mood, tag.person, tag.tense if tag.tense == "past" else None, tag.POS)
    kept = tuple(f"+{mark}" for mark in found if mark in _TELLING)
    if tag.POS == "VERB" and tag.number == "plur" and tag.mood == "impr":
        return (*kept, "+impr-plur")
    return kept


@lru_cache(maxsize=16_384)
def is_known(word: str) -> bool:
    """Whether the folded word stands in the dictionary of Russian (in any form)."""
    return bool(is_cyrillic(word) and len(word) <= _MAX_WORD and _analyser().word_is_known(word))


@lru_cache(maxsize=16_384)
def is_surname(word: str) -> bool:
    """Whether the folded word most likely is somebody's surname, in any form."""
    if not is_cyrillic(word) or len(word) > _MAX_WORD:
        return False
    parses = _parses(word)
    return bool(parses) and "Surn" in parses[0].tag


def is_cyrillic(word: str) -> bool:
    """Whether the word is of Cyrillic letters: judged by its first and last."""
    return bool(word) and "\u0400" <= word[0] <= "\u052f" and "\u0400" <= word[-1] <= "\u052f"


def warm() -> None:
    """Load the dictionaries now (about 0.2 s) instead of at the first word; for a thread at the start."""
    lemmas("слово")
    stem("слово")
    stem("word")


@lru_cache(maxsize=8_192)
def _parses(word: str) -> Sequence[Any]:
    """All readings of a word: several questions are asked of each, and reading it is the dear part."""
    return tuple(_analyser().parse(word))


def analyser() -> Any:
    """The one pymorphy3 analyser of the process, for what these functions do not tell."""
    return _analyser()


def _analyser() -> Any:
    with _loading:
        return _load()


@cache
def _load() -> Any:
    import pymorphy3

    made = pymorphy3.MorphAnalyzer()
    quicken(made)
    return made


@cache
def _stemmer(language: str) -> Any:
    return Stemmer.Stemmer(language)
