"""A reader's words taken apart: every word with all that it may stand for in this catalogue."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files

from bot.language import layout, translit
from bot.language.folding import words as folded_words
from bot.language.morphology import is_cyrillic, stem
from bot.language.numbers import to_digits
from bot.ports import Wanted
from catalogue.index.lexicon import Lexicon
from catalogue.index.terms import grades_in, keys, volumes_in

MAX_LETTERS = 300
MAX_WORDS = 20
_LIGHT_SHARE = 0.03
"""A word in more works than this share is too common to demand."""
_ABOUT_BOOKS = frozenset(
    [
        "книг",
        "роман",
        "повест",
        "рассказ",
        "автор",
        "писател",
        "произведен",
        "сборник",
        "издан",
        "книжк",
        "book",
        "novel",
        "author",
    ]
)
_FUNCTION = frozenset(
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
_OTHER_LAYOUT = 0.97
_OTHER_LETTERS = 0.96
_PER_COST = 0.05
_PREFIX = 0.82
_JOINED = 0.94


@dataclass(slots=True)
class Word:
    """One word of a question.

    Attributes:
        text: As typed, folded.
        options: Words of the catalogue that it may stand for, with how well they fit, 0..1.
        weight: How much the word tells, 0..1: rare words tell more.
        light: Too common to demand of a work.
        about: A word about books («роман», «книга») that need not stand in a title.
        known: Typed as the catalogue writes it (in any form).
    """

    text: str
    options: dict[str, float]
    weight: float
    light: bool = False
    about: bool = False
    known: bool = True
    name: bool = False


@dataclass(slots=True)
class Question:
    """What a reader wants, ready to look for.

    Attributes:
        volumes: Volume numbers asked for in words.
        trailing: The number at the end, which may be a volume («Гарри Поттер 1»), None if there is none.
        grades: School classes asked for.
    """

    words: list[Word]
    volumes: frozenset[int] = frozenset()
    trailing: int | None = None
    grades: frozenset[int] = frozenset()
    age: int | None = None
    wholes: tuple[str, ...] = ()
    corrected: bool = field(default=False)


def read(wanted: Wanted, lexicon: Lexicon) -> Question:
    """Take a question apart; words that the catalogue does not know come with corrections."""
    words: list[Word] = []
    for token in wanted.text[:MAX_LETTERS].split()[:MAX_WORDS]:
        words += _token(token, lexicon)
    words = words[:MAX_WORDS]
    said = [best(word) for word in words]
    volumes, grades = set(_numbers(wanted.volume)), set(_numbers(wanted.grade))
    places, own = volumes_in(said)
    if places:
        volumes.update(own)
        words, bare = [words[place] for place in places], [said[place] for place in places]
        places, classes = grades_in(bare)
        if places:
            grades.update(classes)
            words = [words[place] for place in places]
    last = said[-1] if said else ""
    return Question(
        words=words,
        volumes=frozenset(volumes),
        trailing=int(last) if last.isdigit() and len(last) <= 2 and len(words) > 1 else None,
        grades=frozenset(grade for grade in grades if 1 <= grade <= 11),
        age=next(iter(_numbers(wanted.age)), None),
        wholes=_wholes(said, [word.text for word in words]),
    )


def best(word: Word) -> str:
    """The likeliest reading of a word."""
    return max(word.options, key=lambda option: word.options[option]) if word.options else word.text


def closeness(length: int, distance: float) -> float:
    """How well a word of so many letters fits one that is so many edits away, 0..1."""
    return max(0.0, 1.0 - distance * {1: 0.5, 2: 0.5, 3: 0.32, 4: 0.22, 5: 0.17, 6: 0.14, 7: 0.12}.get(length, 0.1))


def widen(question: Question, lexicon: Lexicon) -> bool:
    """Second thoughts: known words may be slips too, two words may be one, the last one may be unfinished.

    Returns whether anything was added.
    """
    added = False
    for word in question.words:
        if word.known and len(word.text) >= 3 and not word.text.isdigit():
            for option in lexicon.corrections(word.text):
                fit = closeness(len(word.text), option.distance) - 0.03
                added |= _offer(word, option.word, fit)
    for one, two in zip(question.words, question.words[1:], strict=False):
        joined = one.text + two.text
        if lexicon.stem_frequency(joined):
            added |= _offer(one, joined, _JOINED) | _offer(two, joined, _JOINED)
    if question.words and len(question.words[-1].text) >= 2:
        last = question.words[-1]
        for whole in lexicon.starting(last.text):
            added |= _offer(last, whole, _PREFIX)
    return added


def _offer(word: Word, option: str, fit: float) -> bool:
    if word.options.get(option, 0.0) >= fit or fit <= 0.4:
        return False
    word.options[option] = fit
    return True


def _token(token: str, lexicon: Lexicon) -> list[Word]:
    plain = folded_words(token)
    if any("a" <= char <= "z" for char in token.lower()) or (not plain and token.isascii()):
        return _latin(token, plain, lexicon)
    return [word for text in plain for word in _plain(text, lexicon)]


def _plain(text: str, lexicon: Lexicon) -> list[Word]:
    """A word in Cyrillic letters or digits."""
    frequency = lexicon.frequency(text)
    if frequency or len(text) < 3 or text.isdigit():
        return [_word(text, {text: 1.0} if frequency else {}, lexicon)]
    latin = folded_words(layout.to_latin(text))
    if len(latin) == 1 and lexicon.frequency(latin[0]):
        return [_word(text, {latin[0]: _OTHER_LAYOUT}, lexicon)]
    parts = _split(text, lexicon)
    options = _corrected(text, lexicon)
    if parts and not any(fit >= 0.86 for fit in options.values()):
        return [_word(part, {part: _JOINED}, lexicon) for part in parts]
    return [_word(text, options, lexicon)]


def _latin(token: str, plain: list[str], lexicon: Lexicon) -> list[Word]:
    """A token with Latin letters: English, the wrong layout, or Russian in Latin letters."""
    singles = _other_readings(token, lexicon)
    if len(plain) == 1:
        options = dict(singles)
        if lexicon.frequency(plain[0]):
            options[plain[0]] = 1.0
        if not options:
            options = _corrected_latin(token, plain[0], lexicon)
        return [_word(plain[0], options, lexicon)]
    if plain and all(lexicon.frequency(text) for text in plain):
        return [_word(text, {text: 1.0}, lexicon) for text in plain]
    if singles:
        return [_word(next(iter(singles)), singles, lexicon)]
    russian = folded_words(layout.to_russian(token))
    if len(russian) > 1 and all(lexicon.frequency(text) for text in russian):
        return [_word(text, {text: _OTHER_LAYOUT}, lexicon) for text in russian]
    if not plain:
        return []
    return [word for text in plain for word in _latin(text, [text], lexicon)]


def _other_readings(token: str, lexicon: Lexicon) -> dict[str, float]:
    """Words of the catalogue that a Latin token is on the other layout or in Russian letters."""
    found: dict[str, float] = {}
    for reading in layout.readings(token):
        russian = folded_words(reading)
        if len(russian) == 1 and is_cyrillic(russian[0]) and lexicon.frequency(russian[0]):
            found.setdefault(russian[0], _OTHER_LAYOUT)
    for reading, cost in _in_russian(token):
        if lexicon.frequency(reading):
            found.setdefault(reading, _OTHER_LETTERS - _PER_COST * cost)
    return found


def _in_russian(token: str) -> tuple[tuple[str, float], ...]:
    bare = token.lower().strip('.,;:?!"«»()-')
    return translit.word_readings(bare) if translit.is_latin(bare) else ()


def _corrected(text: str, lexicon: Lexicon) -> dict[str, float]:
    found = {one.word: closeness(len(text), one.distance) for one in lexicon.corrections(text)}
    return {word: fit for word, fit in found.items() if fit > 0.4}


def _corrected_latin(token: str, plain: str, lexicon: Lexicon) -> dict[str, float]:
    found = _corrected(plain, lexicon)
    russian = [word for reading in layout.readings(token) for word in folded_words(reading) if is_cyrillic(word)]
    readings = [(word, _OTHER_LAYOUT) for word in russian[:1]]
    readings += [(word, _OTHER_LETTERS - _PER_COST * cost) for word, cost in _in_russian(token)[:3]]
    for reading, fit in readings:
        for word, close in _corrected(reading, lexicon).items():
            found[word] = max(found.get(word, 0.0), fit * close)
    return dict(sorted(found.items(), key=lambda item: -item[1])[:6])


def _split(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """Two words of the catalogue written as one, () where there are none."""
    for at in range(3, len(text) - 2):
        one, two = text[:at], text[at:]
        if lexicon.stem_frequency(one) and lexicon.stem_frequency(two) and lexicon.exact(one) and lexicon.exact(two):
            return one, two
    return ()


def _word(text: str, options: Mapping[str, float], lexicon: Lexicon) -> Word:
    frequency = max((lexicon.frequency(option) for option in options), default=0)
    total = lexicon.works + 10
    weight = math.log(total / (frequency + 1)) / math.log(total) if frequency else 0.9
    short = len(text) <= 2
    spelt = next(iter(options), text)
    function = spelt in _FUNCTION
    own = keys(spelt)
    return Word(
        text=text,
        options=dict(options),
        weight=max(weight, 0.1) * (0.5 if short or function else 1.0),
        light=short or function or frequency > lexicon.works * _LIGHT_SHARE,
        about=any(key in _ABOUT_BOOKS for key in own),
        known=bool(frequency) and text in options,
        name=any(key in _given_names() for key in own),
    )


def _wholes(said: list[str], typed: list[str]) -> tuple[str, ...]:
    made = dict.fromkeys("=" + "_".join(words) for words in (said, to_digits(said), typed) if words)
    return tuple(made)


def _numbers(text: str) -> Iterable[int]:
    return [int(word) for word in to_digits(folded_words(text)) if word.isdigit() and len(word) <= 3]


@lru_cache(maxsize=1)
def _given_names() -> frozenset[str]:
    listed = (files("catalogue") / "given_names.txt").read_text("utf-8").split()
    return frozenset(stem(name) for name in listed)
