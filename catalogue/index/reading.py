"""A reader's words taken apart: every word with all that it may stand for in this catalogue."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.language import layout, names, translit
from bot.language.folding import words as folded_words
from bot.language.morphology import is_cyrillic, stem
from bot.language.numbers import to_digits, value_of
from bot.ports import Wanted
from catalogue.index.common import ABOUT_BOOKS, FOR, FUNCTION, OF_SERIES, READERS, is_given_name
from catalogue.index.documents import whole
from catalogue.index.lexicon import Lexicon
from catalogue.index.terms import grades_in, in_dictionary, volumes_in

MAX_LETTERS = 300
MAX_WORDS = 20
_MAX_OPTIONS = 12
_REMEMBERED = 16_384
_LIGHT_SHARE = 0.03
_LIGHT_WORKS = 50
"""A word in more works than both is too common to demand."""
_UNKNOWN_WEIGHT = 0.9
_UNKNOWN_SHORT_WEIGHT = 0.5
_OTHER_LAYOUT = 0.97
_OTHER_LETTERS = 0.96
_PER_COST = 0.05
_DOUBTED = 0.95
_HARDLY = 0.8
"""Only the stem of the word is known, and no dictionary knows the word; the second where the stem is short."""
_JOINED = 0.94
_PEN_NAME = 0.93
_SLIP = 0.03
"""A known word is less likely a slip than an unknown one."""
_LEAST = 0.4
_FAR_BEHIND = 0.2
_BEGUN = 0.5
_SURELY_ONE = 0.86
_SHORTEST_ALONE = 3
_LETTERS_A_SLIP_COSTS = {1: 0.5, 2: 0.5, 3: 0.32, 4: 0.22, 5: 0.17, 6: 0.14, 7: 0.12}
_ASIDE = 0.15
"""Weight left to a word on who will read the book."""
_WORDS_OF_A_READER = 4
_YEARS = frozenset(["лет", "год", "года", "годика", "годиков", "years", "year"])
Options = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a question.

    Attributes:
        text: As typed, folded.
        best: Its likeliest reading.
        options: Words of the catalogue that it may stand for, with how well they fit, 0..1.
        spelt: The options as they are spelt.
        forms: Their keys.
        weight: How much the word tells, 0..1: rare words tell more.
        light: Too common to demand of a work.
        about: A word about books («роман», «книга») that need not stand in a title.
        known: Typed as the catalogue writes it (in any form).
        name: A given name.
        number: A numeral.
        keys: Of its likeliest reading.
        guesses: What may have been meant, known or not: to be compared with the words of a candidate.
        sound: A word of the language as typed (in the dictionary, or in many works): hardly a slip.
        aside: Said of who will read the book («для ребенка 8 лет») or of its kind, which no title need say.
    """

    text: str
    best: str
    options: Options
    spelt: tuple[tuple[str, float], ...]
    forms: tuple[tuple[str, float, int], ...]
    weight: float
    light: bool
    about: bool
    known: bool
    name: bool
    number: bool
    keys: tuple[str, ...]
    guesses: tuple[str, ...]
    sound: bool = False
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What a reader wants, ready to look for.

    Attributes:
        volumes: Volume numbers asked for in words.
        trailing: The number at the end, which may be a volume («Гарри Поттер 1»), None if there is none.
        grades: School classes asked for.
        age: The reader's age, None where it is not told.
        wholes: The question as a whole title, in its possible spellings.
        in_order: A whole series is asked for, first part first.
    """

    words: tuple[Word, ...]
    volumes: frozenset[int] = frozenset()
    trailing: int | None = None
    grades: frozenset[int] = frozenset()
    age: int | None = None
    wholes: tuple[str, ...] = ()
    in_order: bool = False

    @property
    def numbers(self) -> frozenset[int]:
        """Numbers that a volume, or a place in a series, may have."""
        return self.volumes or frozenset(() if self.trailing is None else (self.trailing,))


class Reader:
    """Takes questions apart over one state of the index; remembers words, never questions."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._tokens: dict[str, tuple[Word, ...]] = {}
        self._doubted: dict[str, Word] = {}

    def read(self, wanted: Wanted) -> Question:
        """Take a question apart; words that the catalogue does not know come with corrections."""
        words: list[Word] = []
        text = wanted.text or f"{wanted.author} {wanted.title}"
        for token in text[:MAX_LETTERS].split()[:MAX_WORDS]:
            known = self._tokens.get(token)
            if known is None:
                if len(self._tokens) >= _REMEMBERED:
                    self._tokens.clear()
                known = self._tokens[token] = tuple(self._token(token))
            words += known
        return _question(words[:MAX_WORDS], wanted)

    def doubt(self, question: Question) -> Question:
        """Second thoughts: known words may be slips too, two words may be one, the last one may be unfinished."""
        words = list(question.words)
        for place, word in enumerate(words):
            if word.known and not word.about and len(word.text) >= 3 and not word.text.isdigit():
                words[place] = self._slips(word)
        for place in range(len(words) - 1):
            joined = words[place].text + words[place + 1].text
            if self._lexicon.stem_frequency(joined):
                words[place] = self._also(words[place], {joined: _JOINED})
                words[place + 1] = self._also(words[place + 1], {joined: _JOINED})
        if words and len(words[-1].text) >= 3 and all(word.light for word in words[:-1]):
            # Of several words the unfinished one is completed by the works that have the others.
            begun = words[-1].text
            words[-1] = self._also(words[-1], {one: unfinished(begun, one) for one in self._lexicon.starting(begun)})
        return replace(question, words=tuple(words))

    def _also(self, word: Word, more: Options) -> Word:
        """The word with further options, where they fit better than what it has."""
        better = {option: fit for option, fit in more.items() if fit > _LEAST and fit > word.options.get(option, 0.0)}
        if not better:
            return word
        options = {**word.options, **better}
        return replace(word, options=options, spelt=tuple(options.items()), forms=self._forms(options))

    def _forms(self, options: Options) -> tuple[tuple[str, float, int], ...]:
        """Each key with the fit and the length of the option that it belongs to."""
        found: dict[str, tuple[float, int]] = {}
        for option, fit in options.items():
            for key in self._lexicon.keys(option):
                if found.get(key, (0.0, 0))[0] < fit:
                    found[key] = (fit, len(option))
        return tuple((key, fit, length) for key, (fit, length) in found.items())

    def _slips(self, word: Word) -> Word:
        known = self._doubted.get(word.text)
        if known is None or known.options.items() < word.options.items():
            if len(self._doubted) >= _REMEMBERED:
                self._doubted.clear()
            near = self._corrected(word.text)
            own = {key for key, _, _ in word.forms}
            # Other forms of the same word are found as they are.
            others = {option: fit - _SLIP for option, fit in near.items() if own.isdisjoint(self._lexicon.keys(option))}
            known = self._also(word, others)
            self._doubted[word.text] = known
        return known

    def _token(self, token: str) -> list[Word]:
        plain = folded_words(token)
        if any("a" <= char <= "z" for char in token.lower()) or (not plain and token.isascii()):
            return self._latin(token, plain)
        return [word for text in plain for word in self._plain(text)]

    def _plain(self, text: str) -> list[Word]:
        """A word in Cyrillic letters or digits."""
        lexicon = self._lexicon
        frequency = lexicon.frequency(text)
        if frequency or len(text) < 3 or text.isdigit():
            fit = 1.0 if lexicon.plausible(text) else _DOUBTED if len(lexicon.keys(text)[0]) > 3 else _HARDLY
            return [self._word(text, {text: fit, **self._pen_names(text)} if frequency else {})]
        latin = folded_words(layout.to_latin(text))
        if len(latin) == 1 and lexicon.frequency(latin[0]):
            return [self._word(text, {latin[0]: _OTHER_LAYOUT})]
        options = self._corrected(text) | self._pen_names(text)
        if all(fit < _SURELY_ONE for fit in options.values()):
            parts = self._split(text)
            if parts:
                return [self._word(part, {part: _JOINED}) for part in parts]
        return [self._word(text, options)]

    def _pen_names(self, text: str) -> dict[str, float]:
        """Under which other names of the same writer books stand here: who asks for Чхартишвили means Акунин."""
        others = [other for surname in names.surnames(text)[:1] for other in names.pseudonyms(surname)]
        return {other: _PEN_NAME for other in others if other != text and self._lexicon.frequency(other)}

    def _latin(self, token: str, plain: Sequence[str]) -> list[Word]:
        """A token with Latin letters: English, the wrong layout, or Russian in Latin letters."""
        lexicon = self._lexicon
        singles = self._other_readings(token)
        if len(plain) == 1:
            options = dict(singles)
            if lexicon.frequency(plain[0]):
                options[plain[0]] = 1.0
            return [self._word(plain[0], options or self._corrected_latin(token, plain[0]), token)]
        if singles and any(len(text) < _SHORTEST_ALONE for text in plain):
            return [self._word(next(iter(singles)), singles, token)]  # «k;b» is лжи and no pair of letters
        if plain and all(lexicon.frequency(text) for text in plain):
            return [self._word(text, {text: 1.0}) for text in plain]
        if singles:
            return [self._word(next(iter(singles)), singles, token)]
        russian = folded_words(layout.to_russian(token))
        if len(russian) > 1 and all(lexicon.frequency(text) for text in russian):
            return [self._word(text, {text: _OTHER_LAYOUT}) for text in russian]
        return [word for text in plain for word in self._latin(text, [text])]

    def _other_readings(self, token: str) -> dict[str, float]:
        """Words of the catalogue that a Latin token is on the other layout or in Russian letters."""
        found: dict[str, float] = {}
        for reading in layout.readings(token):
            russian = folded_words(reading)
            if len(russian) == 1 and is_cyrillic(russian[0]) and self._is_word(russian[0]):
                found.setdefault(russian[0], _OTHER_LAYOUT)
        for reading, cost in _in_russian(token):
            if self._is_word(reading):
                found.setdefault(reading, _OTHER_LETTERS - _PER_COST * cost)
        return found

    def _is_word(self, text: str) -> bool:
        lexicon = self._lexicon
        # The stem first: of many readings few are words, and looking up the forms of the rest takes longer.
        return bool(lexicon.stem_frequency(text) and lexicon.frequency(text)) and lexicon.plausible(text)

    def _corrected(self, text: str) -> dict[str, float]:
        found = {one.word: closeness(len(text), one.distance) for one in self._lexicon.corrections(text)}
        least = max(_LEAST, max(found.values(), default=0.0) - _FAR_BEHIND)
        return {word: fit for word, fit in found.items() if fit > least}

    def _corrected_latin(self, token: str, plain: str) -> dict[str, float]:
        found = self._corrected(plain)
        russian = [word for reading in layout.readings(token) for word in folded_words(reading) if is_cyrillic(word)]
        readings = [(word, _OTHER_LAYOUT) for word in russian[:1]]
        readings += [(word, _OTHER_LETTERS - _PER_COST * cost) for word, cost in _in_russian(token)[:3]]
        for reading, fit in readings:
            for word, close in self._corrected(reading).items():
                found[word] = max(found.get(word, 0.0), fit * close)
        return dict(sorted(found.items(), key=lambda item: -item[1])[:_MAX_OPTIONS])

    def _split(self, text: str) -> tuple[str, ...]:
        """Two words of the catalogue written as one, () where there are none."""
        for at in range(3, len(text) - 2):
            one, two = text[:at], text[at:]
            if self._is_word(one) and self._is_word(two):
                return one, two
        return ()

    def _word(self, text: str, options: Options, token: str = "") -> Word:
        lexicon = self._lexicon
        best = max(options, key=lambda option: options[option]) if options else text
        frequency = lexicon.frequency(best) if options else 0
        short = len(text) <= 2
        if frequency:
            total = lexicon.works + 10
            weight = max(0.1, math.log(total / (frequency + 1)) / math.log(total))
        else:
            weight = _UNKNOWN_SHORT_WEIGHT if short else _UNKNOWN_WEIGHT
        function = best in FUNCTION
        own = lexicon.keys(best)
        return Word(
            text=text,
            best=best,
            options=options,
            spelt=tuple(options.items()),
            forms=self._forms(options),
            weight=weight * (0.5 if short or function else 1.0),
            light=short or function or frequency > max(lexicon.works * _LIGHT_SHARE, _LIGHT_WORKS),
            about=any(key in ABOUT_BOOKS for key in own),
            known=bool(frequency) and text in options,
            name=is_given_name(best, own),
            number=value_of(best) is not None,
            keys=own,
            guesses=(text, *_russian_guesses(token)) if token else (text,),
            sound=len(text) > 3 and text in options and bool(frequency) and in_dictionary(text),
        )


def closeness(length: int, distance: float) -> float:
    """How well a word of so many letters fits one that is so many edits away, 0..1."""
    return max(0.0, 1.0 - distance * _LETTERS_A_SLIP_COSTS.get(length, 0.1))


def unfinished(text: str, full: str) -> float:
    """How well the beginning of a word stands for it, 0..1."""
    return _BEGUN + (0.95 - _BEGUN) * len(text) / len(full)


def _question(words: list[Word], wanted: Wanted) -> Question:
    said = [word.best for word in words]
    wholes = [whole(said)]
    volumes, grades = set(_numbers(wanted.volume)), set(_numbers(wanted.grade))
    trailing = None
    words, age = _set_aside(words)
    if len(words) > 1:
        words = [_aside(word) if word.text in OF_SERIES else word for word in words]
    if any(word.number for word in words):
        wholes.append(whole(to_digits(said)))
        trailing = _trailing(words)
        words, own = _without(words, *volumes_in(said))
        volumes.update(own)
        words, own = _without(words, *grades_in([word.best for word in words]))
        grades.update(own)
    return Question(
        # A word said twice is one word to look for.
        words=tuple({word.text: word for word in reversed(words)}.values())[::-1],
        volumes=frozenset(volumes),
        trailing=trailing if words and _trailing(words) == trailing else None,
        grades=frozenset(grade for grade in grades if 1 <= grade <= 11),
        age=next(iter(_numbers(wanted.age)), age),
        wholes=tuple(dict.fromkeys(wholes)),
        in_order=bool(wanted.series),
    )


def _trailing(words: Sequence[Word]) -> int | None:
    """The number at the end, before what is said of the reader: «Гарри Поттер 1», «Гарри Поттер два»."""
    own = [word for word in words if not word.aside]
    value = value_of(own[-1].best) if len(own) > 1 else None
    return value if value is not None and 0 < value < 100 else None


def _set_aside(words: list[Word]) -> tuple[list[Word], int | None]:
    """Mark «для ребенка 8 лет»: no title need say it; and the age that it names."""
    for first, word in enumerate(words):
        if word.text not in FOR:
            continue
        for last in range(first, min(first + _WORDS_OF_A_READER, len(words))):
            if words[last].text in FOR and last > first:
                break
            if any(key in READERS for key, _, _ in words[last].forms) or stem(words[last].text) in READERS:
                behind, age = _age_behind(words, last + 1)
                if behind - first == len(words):
                    return words, age
                return [*words[:first], *map(_aside, words[first:behind]), *words[behind:]], age
    return words, None


def _aside(word: Word) -> Word:
    return replace(word, weight=word.weight * _ASIDE, light=True, aside=True)


def _age_behind(words: Sequence[Word], at: int) -> tuple[int, int | None]:
    """Where the words «8 лет», «6-7 лет» end that begin here, and the age."""
    numbers = [word.best for word in words[at : at + 2] if word.best.isdigit()]
    end = at + len(numbers)
    if numbers and end < len(words) and words[end].text in _YEARS:
        return end + 1, int(numbers[0])
    return at, None


def _without(words: list[Word], places: Sequence[int], numbers: list[int]) -> tuple[list[Word], list[int]]:
    """Leave out what named a number, unless nothing else was said."""
    return ([words[place] for place in places], numbers) if places and numbers else (words, [])


def _in_russian(token: str) -> tuple[tuple[str, float], ...]:
    bare = token.lower().strip('.,;:?!"«»()-')
    return translit.word_readings(bare) if translit.is_latin(bare) else ()


def _russian_guesses(token: str) -> list[str]:
    layouts = [word for word in folded_words(layout.to_russian(token)) if is_cyrillic(word)]
    return layouts[:1] + [word for word, _ in _in_russian(token)[:2]]


def _numbers(text: str) -> Iterable[int]:
    if not text:
        return ()
    return [int(word) for word in to_digits(folded_words(text)) if word.isdigit() and len(word) <= 3]
