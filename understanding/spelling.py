"""Request words through a wrong keyboard layout, Latin letters and slips of the finger.

Only words that the phrase files know are looked for: a title is left as it was typed, the catalogue
has means of its own. And only a word that no dictionary knows is taken for a slip.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz.distance import OSA

from bot.language import layout, morphology, translit
from understanding.lexicon import Phrases

_LATIN = re.compile("[a-z]")
_CHUNK = re.compile(r"\S+")
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_OPENS, _CLOSES, _CLOSES_INSIDE = "\"'(«", ".,;:?!\"')»", ".,;:!\"')»"
_MOST_CHUNKS = 60
_READ_AS_KEYS = 0.35
"""This share of a run's letters must make Russian words before it is taken for a wrong layout: names are no words."""
_HARDLY_RUSSIAN = 0.2
"""So few letters in Russian words may stand in an English text on the wrong layout: «еру» is a word."""
_READINGS = 16
_REMEMBERED, _REMEMBERED_SOUNDS = 20_000, 2_048
_SHORT = 3
"""So short an English word («do») may be Russian among Russian ones; a longer one («wifi») stays."""
_SHORTEST_SLIP = 4
_SHORTEST_SURER_SLIP, _SHORTEST_ROUGH_SLIP = 5, 6
_LONG = 8
_VOWELS = frozenset("аоеиэюяыу")
_LONGEST = 24
_SOUNDS = str.maketrans("оеэябвгджзщ", "аииипфктшсш", "ьъ")
_TSYA = re.compile("т[сш]|ц+")
_TWICE = re.compile(r"(.)\1+")


class Speller:
    """Finds the words that a reader meant."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases
        self._known: dict[str, bool] = {}
        whole, stems = phrases.vocabulary()
        self._words = whole
        self._whole = {word for word in whole if len(word) >= _SHORTEST_SLIP and morphology.is_cyrillic(word)}
        self._stems = {stem for stem in stems if len(stem) >= _SHORTEST_SLIP and morphology.is_cyrillic(stem)}
        self._english = {_TWICE.sub(r"\1", word): word for word in sorted(whole) if word.isascii() and word.isalpha()}
        self._entries: dict[str, list[str]] = {}
        for entry in sorted(self._whole | self._stems):
            self._entries.setdefault(_initial(entry), []).append(entry)
        self._near: dict[str, dict[str, list[str]]] = {}
        self._longest_stem = max(map(len, self._stems), default=0)

    def knows(self, word: str) -> bool:
        """Whether the word, as it is spelt, means anything in the phrase files."""
        known = self._known.get(word)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[word] = bool(self._phrases.word(word))
        return known

    # --- whole texts -----------------------------------------------------------------------------

    def keys(self, text: str) -> str:
        """A lower-case text with what was typed on the wrong layout in Russian letters; as long as before."""
        if not _LATIN.search(text):
            return layout.to_latin(text) if self._is_english_by_keys(text) else text
        chunks = [(match.start(), match.end()) for match in _CHUNK.finditer(text)]
        if len(chunks) > _MOST_CHUNKS:
            return text
        made = list(text)
        run: list[tuple[int, int]] = []
        for start, end in [*chunks, (len(text), len(text))]:
            piece = text[start:end]
            if piece and piece.isascii() and not piece.isdigit():
                run.append((start, end))
                continue
            if run:
                self._turn(text, run, made)
            run = []
        return "".join(made)

    def _turn(self, text: str, run: Sequence[tuple[int, int]], made: list[str]) -> None:
        """Put a run of Latin words in Russian letters where that makes more sense of it."""
        last = len(text.rstrip())
        russian = [self._by_keys(text[start:end], ends=end == last) for start, end in run]
        letters = meant = 0
        for word in (word for piece in russian for word in _WORDS.findall(piece)):
            letters += len(word)
            if self._is_russian(word) or layout.looks_typed_on_another(layout.to_latin(word)):
                meant += len(word)
        typed = [word for start, end in run for word in _WORDS.findall(text[start:end])]
        english = sum(len(word) for word in typed if len(word) > 1 and self.knows(word))
        if letters and meant >= _READ_AS_KEYS * letters and meant > english:
            for (start, end), piece in zip(run, russian, strict=True):
                made[start:end] = piece

    def _is_english_by_keys(self, text: str) -> bool:
        """Whether Russian letters, none of whose words is known, are an English text on the wrong layout."""
        words = _WORDS.findall(text)
        if not words or len(words) > _MOST_CHUNKS or not layout.looks_typed_on_another(text):
            return False
        known = sum(len(word) for word in words if self._is_russian(word))
        return known <= _HARDLY_RUSSIAN * sum(map(len, words))

    def _by_keys(self, piece: str, *, ends: bool) -> str:
        """One word on the Russian layout; a stop at its end may be a letter (ю) or just that.

        A question mark is one where the text ends with it: inside, the same key gives a comma.
        """
        opening = len(piece) - len(piece.lstrip(_OPENS))
        closing = len(piece.rstrip(_CLOSES if ends else _CLOSES_INSIDE))
        whole = layout.to_russian(piece)
        if not opening and closing == len(piece):
            return whole
        candidates = [piece[:opening] + layout.to_russian(piece[opening:closing]) + piece[closing:], whole]
        for known in (self._is_request, self._is_russian):
            for candidate in candidates:
                words = _WORDS.findall(candidate)
                if words and all(map(known, words)):
                    return candidate
        return candidates[0] if closing > opening else piece

    def _is_request(self, word: str) -> bool:
        """A request word in its right spelling: «сдавать» is one, «сдават» only begins as one."""
        word = word.replace("ё", "е")
        return self.knows(word) and (len(word) < _SHORTEST_SLIP or morphology.is_known(word))

    def _is_russian(self, word: str) -> bool:
        word = word.replace("ё", "е")
        return self.knows(word) or (len(word) > 2 and morphology.is_known(word))

    def transliterated(self, words: Sequence[str]) -> dict[str, str]:
        """Russian words for the Latin ones of a message, empty where it rather is English."""
        latin = [word for word in dict.fromkeys(words) if word.isascii() and word.isalnum() and _LATIN.search(word)]
        if not latin or len(latin) > _MOST_CHUNKS:
            return {}
        english = {word for word in latin if len(word) > 1 and (self.knows(word) or self.word(word))}
        russian = {word: self._in_russian(word) for word in latin if word not in english or len(word) <= _SHORT}
        meant = sum(len(word) for word, made in russian.items() if word not in english and self._is_russian(made))
        return russian if meant > sum(map(len, english)) else {}

    @lru_cache(maxsize=4096)  # noqa: B019 - one speller a process, and it lives as long
    def _in_russian(self, word: str) -> str:
        readings = [made for made, _ in translit.word_readings(word, _READINGS)]
        for known in (self._words.__contains__, self._is_request, self.knows, self._is_russian):
            for made in readings:
                if known(made):
                    return made
        return readings[0] if readings else word

    # --- single words ----------------------------------------------------------------------------

    def word(self, spelt: str) -> str:
        """The request word that a misspelt one was meant to be, "" where it may be right or is no request word."""
        if not _SHORTEST_SLIP <= len(spelt) <= _LONGEST or not spelt.isalpha():
            return ""
        if morphology.is_cyrillic(spelt):
            if morphology.is_known(spelt):
                return ""
            keys = layout.to_latin(spelt)
            if keys.isascii() and keys.isalpha() and self.knows(keys):
                return keys
            return self._slip(spelt)
        if spelt.isascii() and not self.knows(spelt):
            return self._english.get(_TWICE.sub(r"\1", spelt), "")  # «recomend»: doubled letters are what slips
        return ""

    def _slip(self, spelt: str) -> str:
        heard = sound(spelt)
        best: tuple[int, int, str] | None = None
        for candidate in self._candidates(spelt):
            unlike = OSA.distance(heard, sound(candidate), score_cutoff=1)
            apart = OSA.distance(spelt, candidate)
            if not _plausible(spelt, candidate, unlike, apart):
                continue
            if best is None or (unlike, apart, candidate) < best:
                best = (unlike, apart, candidate)
        return best[2] if best else ""

    def _candidates(self, spelt: str) -> set[str]:
        """Words of the phrase files, and dictionary words that begin as one of their stems, near the spelling."""
        found: set[str] = set()
        near = self._beginning_like(spelt)
        for key in _sounds_around(spelt):
            found.update(entry for entry in near.get(key, ()) if entry in self._whole)
        for length in range(_SHORTEST_SLIP - 1, min(len(spelt), self._longest_stem + 1) + 1):
            for key in _sounds_around(spelt[:length]):
                for stem in near.get(key, ()):
                    if stem in self._stems and abs(len(stem) - length) <= 1:
                        word = stem + spelt[length:]
                        if morphology.is_known(word):
                            found.add(word)
        return found

    def _beginning_like(self, spelt: str) -> dict[str, list[str]]:
        """Entries that a slip with this first letter may stand for, by keys around their sound.

        Worked out with the first slip of each letter: for all of them together it would take a twentieth of a start.
        """
        initial = _initial(spelt)
        near = self._near.get(initial)
        if near is None:
            near = self._near[initial] = {}
            for entry in self._entries.get(initial, ()):
                for key in _sounds_around(entry):
                    near.setdefault(key, []).append(entry)
        return near


def _plausible(spelt: str, candidate: str, unlike: int, apart: int) -> bool:
    """A word that sounds alike may differ in a few letters, another one in one: «Капри» is no slip for «копии»."""
    if _initial(spelt) != _initial(candidate):
        return False
    if unlike == 0:
        return apart <= (2 if len(spelt) < _LONG else 3)
    if unlike != 1 or apart != 1:
        return False
    # Letters that changed places, or one that was left out, are surer signs of a slip than another letter.
    surer = sorted(spelt) == sorted(candidate) or len(candidate) > len(spelt)
    return len(spelt) >= (_SHORTEST_SURER_SLIP if surer else _SHORTEST_ROUGH_SLIP)


def _initial(word: str) -> str:
    """The first letter; vowels are one, as slips confuse them."""
    return "а" if word[0] in _VOWELS else word[0]


def sound(word: str) -> str:
    """What is left of a word when letters that sound alike are one and doubled ones single."""
    return _TWICE.sub(r"\1", _TSYA.sub("ц", word.translate(_SOUNDS)))


@lru_cache(maxsize=_REMEMBERED_SOUNDS)
def _sounds_around(word: str) -> frozenset[str]:
    """How a word sounds, and all that lack one letter of it: two that share any are one slip apart, or nearly."""
    key = sound(word)
    return frozenset((key, *(key[:place] + key[place + 1 :] for place in range(len(key)))))
