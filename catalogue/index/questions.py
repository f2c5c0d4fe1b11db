"""A question taken apart: its words, and what of them are numbers, a reader's age, a series or the form of a book."""

from collections.abc import Iterable, Mapping, Sequence

from bot.language.folding import words as folded_words
from bot.language.morphology import stem
from bot.language.numbers import to_digits, value_of
from bot.ports.catalogue import Wanted
from bot.quick import dataclass, replace
from catalogue.index.common import (
    BEHIND_ELECTRONIC,
    ELECTRONIC,
    FOR,
    FORMATS,
    LANGUAGES,
    OF_FORMATS,
    OF_SERIES,
    is_a_reader,
    is_cut_short,
)
from catalogue.index.documents import whole
from catalogue.index.terms import grades_in, volumes_in

_ASIDE = 0.15
"""Weight left to a word on who will read the book."""
_CUT_SHORT = 0.5
"""Weight of a last word of which two letters were typed: a work that has no such word is hardly meant."""
_WORDS_OF_A_READER = 4
_NUMBER = "номер"
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
        begun: Its last word is read as the beginning of others, too.
    """

    words: tuple[Word, ...]
    volumes: frozenset[int] = frozenset()
    trailing: int | None = None
    grades: frozenset[int] = frozenset()
    age: int | None = None
    wholes: tuple[str, ...] = ()
    in_order: bool = False
    begun: bool = False

    @property
    def last(self) -> int:
        """The place of the word that was typed last, which may be unfinished; what is said of the reader aside."""
        for place in range(len(self.words) - 1, 0, -1):
            if not self.words[place].aside:
                return place
        return 0

    @property
    def cut_short(self) -> int:
        """The place of a last word of which too little was typed to be one («тихий дн»), -1 where none is."""
        last = self.last
        return last if last and not self.words[last].options and is_cut_short(self.words[last].text) else -1

    @property
    def numbers(self) -> frozenset[int]:
        """Numbers that a volume, or a place in a series, may have."""
        return self.volumes or frozenset(() if self.trailing is None else (self.trailing,))


def question(words: list[Word], wanted: Wanted) -> Question:
    """What is wanted, out of the words of its text and what else is known of it."""
    said = [word.best for word in words]
    wholes = [whole(said)]
    if signs := _number_signs(words):
        said = [word for place, word in enumerate(said) if place not in signs]
        wholes.append(whole(said))
        words = [_aside(word) if place in signs else word for place, word in enumerate(words)]
    volumes, grades = set(_numbers(wanted.volume)), set(_numbers(wanted.grade))
    trailing = None
    words, age = _set_aside(_without_format(words))
    if len(words) > 1:
        words = [_aside(word) if word.text in OF_SERIES else word for word in words]
    if any(word.number for word in words):
        wholes.append(whole(to_digits(said)))
        trailing = _trailing(words)
        words, own = _without(words, *volumes_in(said))
        volumes.update(own)
        words, own = _without(words, *grades_in([word.best for word in words]))
        grades.update(own)
    read = Question(
        # A word said twice is one word to look for.
        words=tuple({word.text: word for word in reversed(words)}.values())[::-1],
        volumes=frozenset(volumes),
        trailing=trailing if words and _trailing(words) == trailing else None,
        grades=frozenset(grade for grade in grades if 1 <= grade <= 11),
        age=next(iter(_numbers(wanted.age)), age),
        wholes=tuple(dict.fromkeys(wholes)),
        in_order=bool(wanted.series),
    )
    if read.cut_short < 0:
        return read
    weighed = [
        replace(word, weight=_CUT_SHORT) if place == read.cut_short else word for place, word in enumerate(read.words)
    ]
    return replace(read, words=tuple(weighed))


def _number_signs(words: Sequence[Word]) -> set[int]:
    """Where «номер» stands for «№» inside a title, which does not spell it: «палата номер шесть»."""
    return {place for place in range(1, len(words) - 1) if words[place].text == _NUMBER and words[place + 1].number}


def _without_format(words: list[Word]) -> list[Word]:
    """Mark «аудиокнига», «в твёрдом переплёте», «на английском»: no title need say it, unless nothing else is said."""
    told = [
        place for place, word in enumerate(words) if not FORMATS.isdisjoint(word.keys) or stem(word.text) in FORMATS
    ]
    for place in range(1, len(words)):
        if words[place].text in BEHIND_ELECTRONIC and words[place - 1].text.startswith(ELECTRONIC):
            told += [place - 1, place]
        if words[place].text in LANGUAGES and words[place - 1].text == "на":
            told.append(place)
    if not told:
        return words
    gone = set(told)
    for place in told:
        before = place - 1
        while before >= 0 and words[before].text in OF_FORMATS:
            gone.add(before)
            before -= 1
    if all(place in gone or word.light for place, word in enumerate(words)):
        return words
    return [_aside(word) if place in gone else word for place, word in enumerate(words)]


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
            if is_a_reader([*(key for key, _, _ in words[last].forms), stem(words[last].text)]):
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


def _numbers(text: str) -> Iterable[int]:
    if not text:
        return ()
    return [int(word) for word in to_digits(folded_words(text)) if word.isdigit() and len(word) <= 3]
