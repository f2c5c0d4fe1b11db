"""A message cut into words that know what they mean and where they stood."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from understanding.lexicon import Phrases, Word

_TOKEN = re.compile(r"[^\W_](?:[\w]|[-'’.+](?=\w))*\+?|[👍🙏❤😊👌💐🌹]")
_SHAPES = (
    ("isbn", re.compile(r"(?:97[89])?\d{9}[\dxх]$")),
    ("date", re.compile(r"\d{1,2}\.\d{1,2}(?:\.\d{2,4})?$")),
    ("time", re.compile(r"(?:[01]?\d|2[0-4]):[0-5]\d$")),
    ("number", re.compile(r"\d+(?:[-–]?[а-яa-z]{1,3})?$")),
)
_ISBN_SPACED = re.compile(r"(?<!\d)(?:97[89][\s–—-]?)?(?:\d[\s–—-]?){9}[\dXxХх](?!\d)")
_ZERO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u0300\u0301]")
HARD = re.compile(r"[.!?…;\n]")
_REMEMBERED = 40_000
"""Words kept with their meaning; a message holds few new ones."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the message.

    Attributes:
        word: Folded (lower case, е for ё), repaired where its spelling was.
        start: Where it begins in ``Message.text``; ``end`` where it ends.
        gap: What parts it from the word before: "" nothing, "," a comma or dash, "." the end of a sentence.
        asks: True where a question mark closes its sentence right behind it.
    """

    word: str
    start: int
    end: int
    meaning: Word
    gap: str = ""
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """The message as it is read: ``text`` is cleaned of what cannot be seen, else as it was typed."""

    text: str
    tokens: tuple[Token, ...]
    isbns: tuple[tuple[int, int], ...] = ()
    repaired: tuple[str, ...] = ()


class Reader:
    """Cuts messages into tokens; remembers words."""

    def __init__(self, phrases: Phrases, repair: Callable[[str, "Reader"], str] | None = None) -> None:
        self._phrases = phrases
        self._repair = repair
        self._seen: dict[str, tuple[str, Word]] = {}

    def meaning(self, word: str) -> Word:
        """What a folded word brings as it is spelt, with its shape (number, date, ISBN)."""
        found = self._phrases.word(word)
        if word[0].isdigit():
            for kind, shape in _SHAPES:
                if shape.match(word):
                    extra = self._phrases.kind(kind)
                    patterns = tuple(dict.fromkeys(found.patterns + extra.patterns))
                    return Word(found.mask | extra.mask, patterns, found.sequences, found.roles)
        return found

    def knows(self, word: str) -> bool:
        """Whether the word means anything in the phrase files."""
        found = self._seen.get(word)
        meaning = found[1] if found else self.meaning(word)
        return bool(meaning.mask or meaning.roles or meaning.sequences)

    def read(self, text: str) -> Message:
        """Cut a message of any content; linear in its length."""
        text = clean(text)
        tokens: list[Token] = []
        repaired: list[str] = []
        end = 0
        lowered = text.lower().replace("ё", "е")
        if len(lowered) != len(text):
            lowered = "".join(char.lower() if len(char.lower()) == 1 else char for char in text).replace("ё", "е")
        seen = self._seen
        for match in _TOKEN.finditer(lowered):
            spelt = match[0]
            known = seen.get(spelt)
            if known is None:
                known = self._learn(spelt)
            word, meaning = known
            start = match.start()
            between = lowered[end:start]
            gap = "" if between == " " else _gap(between)
            if gap == "." and "?" in between and tokens:
                last = tokens[-1]
                tokens[-1] = Token(last.word, last.start, last.end, last.meaning, last.gap, asks=True)
            if word != spelt:
                repaired.append(f"{spelt}→{word}")
            end = match.end()
            tokens.append(Token(word, start, end, meaning, gap))
        if tokens and "?" in lowered[end:]:
            last = tokens[-1]
            tokens[-1] = Token(last.word, last.start, last.end, last.meaning, last.gap, asks=True)
        isbns = tuple(match.span() for match in _ISBN_SPACED.finditer(text)) if len(text) > 9 else ()
        return Message(text, tuple(tokens), isbns, tuple(repaired))

    def _learn(self, spelt: str) -> tuple[str, Word]:
        word, meaning = spelt, self.meaning(spelt)
        if self._repair is not None and not (meaning.mask or meaning.roles or meaning.sequences):
            better = self._repair(spelt, self)
            if better and better != spelt:
                word, meaning = better, self.meaning(better)
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        self._seen[spelt] = (word, meaning)
        return word, meaning


def clean(text: str) -> str:
    """NFKC, no control or invisible characters, spaces and line ends as they were."""
    if not text.isascii():
        if not unicodedata.is_normalized("NFKC", text):
            text = unicodedata.normalize("NFKC", text)
        text = _ZERO_WIDTH.sub("", text)
    if not text.isprintable():
        text = "".join(char if char.isprintable() or char == "\n" else " " for char in text)
    return text.strip()


def _gap(between: str) -> str:
    if HARD.search(between):
        return "."
    return "," if between.strip(" \t«»\"'“”„()") else ""
