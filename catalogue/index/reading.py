"""A reader's words taken apart: every word with all that it may stand for in this catalogue."""

import math
import re
from collections.abc import Sequence, Set

from bot.language import layout, names, translit
from bot.language.folding import words as folded_words
from bot.language.morphology import is_cyrillic, is_known, stem
from bot.language.numbers import value_of
from bot.ports.catalogue import Wanted
from bot.quick import replace
from catalogue.index import latin_names
from catalogue.index.common import ABOUT_BOOKS, FORMATS, FUNCTION, is_given_name, is_idle
from catalogue.index.lexicon import Lexicon
from catalogue.index.questions import Options, Question, Word, question

MAX_LETTERS = 300
MAX_WORDS = 20
_MAX_OPTIONS = 12
_REMEMBERED = 16_384
_LIGHT_SHARE = 0.03
_LIGHT_WORKS = 50
"""A word in more works than both is too common to demand."""
_UNKNOWN_WEIGHT = 0.9
_OF_LITTLE = 0.5
"""What is left of the weight of a word that tells little."""
_UNKNOWN_SHORT_WEIGHT = 0.5
_OTHER_LAYOUT = 0.97
_OTHER_LETTERS = 0.96
_PER_COST = 0.05
_SHORTEST_IN_LATIN = 4
_LEAST_BY_SOUND, _BY_SOUND = 0.945, 0.015
"""How well a writer's name in its own letters fits, and how much the likelihood of the sound adds."""
_SURELY_SOUNDS, _A_KNOWN_WRITER = 0.8, 12
"""How likely the sound and how well known the writer, where the word is another one as well."""
_DOUBTED = 0.95
_HARDLY = 0.8
"""Only the stem of the word is known, and no dictionary knows the word; the second where the stem is short."""
_JOINED = 0.94
_PEN_NAME = 0.93
_OF_A_REAL_WORD = 1
"""Edits: a word of the dictionary that no book has is hardly a slip, and no more than one («раскраски»)."""
_SLIP = 0.03
"""A known word is less likely a slip than an unknown one."""
_LEAST = 0.4
_FAR_BEHIND = 0.2
_HEARD, _BEHIND_WHAT_IS_HEARD = 0.93, 0.15
"""From here on a word differs by its sound or its ending alone, and words so much farther are not what was meant."""
_BEGUN = 0.5
_SHORTEST_BEGUN, _ENDINGS, _ENDINGS_ALONE = 3, 64, 6
"""Letters of a word that may be unfinished; how many words may be its end: fewer where no other word tells anything."""
_ONE_SLIP, _SURELY_ONE, _LIKELY_ONE = 0.9, 0.86, 0.8
_SHORTEST_ALONE, _SHORTEST_OF_A_WORD, _LONG = 3, 5, 8
_SMALL = frozenset("ивскоу")
"""What may stand between two words that are written as one: «войнаимир»."""
_SURELY_KEYS = 4
"""So long a word on the other layout is no chance: it is not read as Russian in Latin letters as well."""
_FEW_DOUBTS = 4
_MOST_DOUBTS = 6
"""Of so many known words at most a slip is thought of."""
_LETTERS_A_SLIP_COSTS = {1: 0.5, 2: 0.5, 3: 0.32, 4: 0.22, 5: 0.17, 6: 0.14, 7: 0.12}
_LATIN = re.compile("[A-Za-z]")


class Reader:
    """Takes questions apart over one state of the index; remembers words, never questions."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._tokens: dict[str, tuple[Word, ...]] = {}
        self._doubted: dict[str, tuple[Word, Word]] = {}

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
        return question(words[:MAX_WORDS], wanted)

    def doubt(self, question: Question, borne_out: Set[str] = frozenset()) -> Question:
        """Second thoughts: known words may be slips too, two words may be one, a word alone may be unfinished.

        Args:
            question: As it was read first.
            borne_out: Keys of the words of the best work so far: in a long question these are left alone.
        """
        words = list(question.words)
        doubtful = [place for place, word in enumerate(words) if _may_be_a_slip(word)]
        if len(doubtful) > _FEW_DOUBTS:
            doubtful = [place for place in doubtful if borne_out.isdisjoint(words[place].keys)]
            doubtful = sorted(doubtful, key=lambda place: -words[place].weight)[:_MOST_DOUBTS]
        for place in doubtful:
            words[place] = self._slips(words[place])
        for place in range(len(words) - 1):
            if joined := self._joined(words[place], words[place + 1], borne_out):
                words[place] = self._also(words[place], joined)
                words[place + 1] = self._also(words[place + 1], joined)
        if words and all(word.light for word in words[:-1]):
            words[-1] = self._completed(words[-1], _ENDINGS_ALONE)
        return replace(question, words=tuple(words))

    def complete(self, question: Question) -> Question:
        """The question with all that the last of its words may be the beginning of: «черная тиш» of «Чёрная тишина».

        What names nothing («читать») has its end; a word beside which no other tells anything is only doubted.
        """
        *others, word = question.words[: question.last + 1]
        if all(other.light for other in others) or (word.sound and is_idle(word.text)):
            return question
        completed = self._completed(word, _ENDINGS)
        if completed is word:
            return question
        words = (*others, completed, *question.words[question.last + 1 :])
        return replace(question, words=words, begun=True)

    def _completed(self, word: Word, most: int) -> Word:
        """A word with those that begin so, the most frequent ones, where it has letters enough."""
        if len(word.text) < _SHORTEST_BEGUN or word.number:
            return word
        return self._also(word, {one: unfinished(word.text, one) for one in self._lexicon.starting(word.text, most)})

    def _joined(self, one: Word, two: Word, borne_out: Set[str]) -> Options:
        """What two words are that should be one («пепи длиный чулок»), misspelt only where nothing bears them out."""
        joined = one.text + two.text
        if self._lexicon.stem_frequency(joined):
            return {joined: _JOINED}
        if len(joined) < _LONG or not borne_out.isdisjoint((*one.keys, *two.keys)):
            return {}
        found = self._lexicon.corrections(joined)
        return {near.word: _JOINED * closeness(len(joined), near.distance) for near in found if near.distance <= 1}

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
        """The word with what it may be a slip of; remembered for this very word, which elsewhere may weigh less."""
        read, known = self._doubted.get(word.text, (None, word))
        if read is not word:
            if len(self._doubted) >= _REMEMBERED:
                self._doubted.clear()
            near = self._corrected(word.text) | self._in_latin_letters(word.text)
            own = {key for key, _, _ in word.forms}
            # Other forms of the same word are found as they are.
            others = {option: fit - _SLIP for option, fit in near.items() if own.isdisjoint(self._lexicon.keys(option))}
            known = self._also(word, others)
            self._doubted[word.text] = word, known
        return known

    def _token(self, token: str) -> list[Word]:
        plain = folded_words(token)
        if _LATIN.search(token) or (not plain and token.isascii()):
            return self._latin(token, plain)
        return [word for text in plain for word in self._plain(text)]

    def _plain(self, text: str) -> list[Word]:
        """A word in Cyrillic letters or digits."""
        lexicon = self._lexicon
        entry = lexicon.entry(text)
        if entry.frequency or len(text) < 3 or text.isdigit():
            fit = 1.0 if entry.plausible else _DOUBTED if len(entry.keys[0]) > 3 else _HARDLY
            return [self._word(text, {text: fit, **self._pen_names(text)} if entry.frequency else {})]
        latin = folded_words(layout.to_latin(text))
        if len(latin) == 1 and lexicon.frequency(latin[0]):
            return [self._word(text, {latin[0]: _OTHER_LAYOUT})]
        options = self._corrected(text) | self._pen_names(text) | self._in_latin_letters(text)
        best = max(options.values(), default=0.0)
        if (
            stem(text) not in FORMATS
            and not (entry.sound and is_idle(text))
            and (parts := self._split(text, best, sound=entry.sound))
        ):
            return [self._word(part, {part: _JOINED}) for part in parts]
        return [self._word(text, options)]

    def _in_latin_letters(self, text: str) -> dict[str, float]:
        """The same word in Latin letters, where titles here have it: who types «сапиенс» means «Sapiens»."""
        latin = translit.in_latin(text) if len(text) >= _SHORTEST_IN_LATIN and is_cyrillic(text) else ""
        return {latin: _OTHER_LETTERS} if latin and self._is_word(latin) else {}

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
            options = options or self._corrected_latin(token, plain[0])
            for name, fit in self._writers(plain[0]).items():
                options[name] = max(fit, options.get(name, 0.0))
            return [self._word(plain[0], options, token)]
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
                if len(russian[0]) >= _SURELY_KEYS:
                    return found
        for reading, cost in _in_russian(token):
            if self._is_word(reading):
                found.setdefault(reading, _OTHER_LETTERS - _PER_COST * cost)
        return found

    def _writers(self, text: str) -> dict[str, float]:
        """Writers of the catalogue whose name a word in Latin letters is: Shakespeare, Verne.

        A word that titles here have exactly so («Play», «Java») is a surname only where it surely sounds like one.
        """
        sure = bool(self._lexicon.frequency(text))
        found = {
            name: _LEAST_BY_SOUND + _BY_SOUND * likely
            for name, likely in latin_names.russian(text)
            if not sure or (likely >= _SURELY_SOUNDS and names.weight(name) >= _A_KNOWN_WRITER)
        }
        return {name: fit for name, fit in found.items() if self._is_word(name)}

    def _is_word(self, text: str) -> bool:
        lexicon = self._lexicon
        if len(text) < _SHORTEST_ALONE and not is_known(text):
            return False  # so few letters stand somewhere as initials or as what is left of a word: «ше» for «we»
        # The stem first: of many readings few are words, and looking up the forms of the rest takes longer.
        return bool(lexicon.stem_frequency(text) and lexicon.frequency(text)) and lexicon.entry(text).plausible

    def _corrected(self, text: str) -> dict[str, float]:
        most = _OF_A_REAL_WORD if self._lexicon.entry(text).sound else math.inf
        found = {
            one.word: closeness(len(text), one.distance)
            for one in self._lexicon.corrections(text)
            if one.distance <= most
        }
        best = max(found.values(), default=0.0)
        least = max(_LEAST, best - (_FAR_BEHIND if best < _HEARD else _BEHIND_WHAT_IS_HEARD))
        return {word: fit for word, fit in found.items() if fit > least}

    def _corrected_latin(self, token: str, plain: str) -> dict[str, float]:
        if len(plain) < _SHORTEST_IN_LATIN:
            return {}  # «she», «yes» are words, and so few letters are a slip of anything
        found = self._corrected(plain)
        russian = [word for reading in layout.readings(token) for word in folded_words(reading) if is_cyrillic(word)]
        readings = [(word, _OTHER_LAYOUT) for word in russian[:1]]
        readings += [(word, _OTHER_LETTERS - _PER_COST * cost) for word, cost in _in_russian(token)[:3]]
        for reading, fit in readings:
            for word, close in self._corrected(reading).items():
                found[word] = max(found.get(word, 0.0), fit * close)
        return dict(sorted(found.items(), key=lambda item: -item[1])[:_MAX_OPTIONS])

    def _split(self, text: str, best: float, *, sound: bool) -> tuple[str, ...]:
        """Two words of the catalogue written as one, maybe with a small one between; () where there are none.

        Two of one work («мертвыедуши») are likelier meant than a word two slips away. What is a word itself, or may
        well be a slip of one, is else split into long words only: «монтекристо», but not «рас краски», «тери торию».
        """
        if best >= (_SURELY_ONE if sound else _ONE_SLIP):
            return ()
        shortest = _SHORTEST_OF_A_WORD if sound or best >= _LIKELY_ONE else _SHORTEST_ALONE
        likely: tuple[str, ...] = ()
        for at in range(_SHORTEST_ALONE, len(text) - _SHORTEST_ALONE + 1):
            one, two = text[:at], text[at:]
            if not self._is_word(one):
                continue
            if two[0] in _SMALL and len(text) >= _LONG and not sound and self._are_of_one_work(one, two[1:]):
                return one, two[0], two[1:]
            if not self._is_word(two):
                continue
            if not sound and self._lexicon.together(one, two):
                return one, two
            if best < _SURELY_ONE and min(at, len(two)) >= shortest:
                likely = likely or (one, two)
        return likely

    def _are_of_one_work(self, one: str, two: str) -> bool:
        return len(two) >= _SHORTEST_ALONE and self._is_word(two) and self._lexicon.together(one, two)

    def _word(self, text: str, options: Options, token: str = "") -> Word:
        lexicon = self._lexicon
        best = max(options, key=options.__getitem__) if options else text
        entry = lexicon.entry(best)
        frequency = entry.frequency if options else 0
        short = len(text) <= 2
        if frequency:
            total = lexicon.works + 10
            weight = max(0.1, math.log(total / (frequency + 1)) / math.log(total))
        else:
            weight = _UNKNOWN_SHORT_WEIGHT if short else _UNKNOWN_WEIGHT
        function = best in FUNCTION
        if function and options.get(best, 1.0) < _ONE_SLIP and not token:
            weight = _UNKNOWN_WEIGHT / _OF_LITTLE  # it need not be a slip of a word that tells nothing: «кольцо прин»
        own = entry.keys
        return Word(
            text=text,
            best=best,
            options=options,
            spelt=tuple(options.items()),
            forms=self._forms(options),
            weight=weight * (_OF_LITTLE if short or function else 1.0),
            light=short or function or frequency > max(lexicon.works * _LIGHT_SHARE, _LIGHT_WORKS),
            about=not ABOUT_BOOKS.isdisjoint(own),
            known=bool(frequency) and text in options,
            name=is_given_name(best, own),
            number=value_of(best) is not None,
            keys=own,
            guesses=(text, *_russian_guesses(token, best)) if token else (text,),
            sound=len(text) > 3 and text in options and bool(frequency) and lexicon.entry(text).sound,
        )


def closeness(length: int, distance: float) -> float:
    """How well a word of so many letters fits one that is so many edits away, 0..1."""
    return max(0.0, 1.0 - distance * _LETTERS_A_SLIP_COSTS.get(length, 0.1))


def unfinished(text: str, full: str) -> float:
    """How well the beginning of a word stands for it, 0..1."""
    return _BEGUN + (0.95 - _BEGUN) * len(text) / len(full)


def _may_be_a_slip(word: Word) -> bool:
    return word.known and not word.about and len(word.text) >= 3 and not word.text.isdigit()


def _in_russian(token: str) -> tuple[tuple[str, float], ...]:
    bare = token.lower().strip('.,;:?!"«»()-')
    return translit.word_readings(bare) if translit.is_latin(bare) else ()


def _russian_guesses(token: str, best: str) -> list[str]:
    layouts = [word for word in folded_words(layout.to_russian(token)) if is_cyrillic(word)][:1]
    if layouts == [best] and len(best) >= _SURELY_KEYS:
        return layouts
    return layouts + [word for word, _ in _in_russian(token)[:2]]
