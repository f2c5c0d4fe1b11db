"""A message cut into words that know what they mean and where they stood."""

import re
import unicodedata
from functools import lru_cache

from bot.language import isbn, morphology, numbers
from bot.language.folding import fold
from bot.quick import dataclass
from understanding.lexicon import Phrases
from understanding.meaning import Word
from understanding.spelling import Speller

_TOKEN = re.compile(r"[^\W_]\w*(?:[-'’.+]\w+)*\+?|[👍🙏❤😊👌💐🌹]")
_SHAPES = (
    ("isbn", re.compile(r"(?:97[89])?\d{9}[\dxх]$")),
    ("date", re.compile(r"\d{1,2}\.\d{1,2}(?:\.\d{2,4})?$")),
    ("time", re.compile(r"(?:[01]?\d|2[0-4]):[0-5]\d$")),
    ("number", re.compile(r"\d+(?:[-–]?[а-яa-z]{1,3})?$")),
)
_SHORTEST_ISBN = 10
_INITIAL = re.compile(r"(?!я$)[a-zа-я](?:[.][a-zа-я])*")
"""A letter with a dot behind it ends no sentence: «Пелевин В. О. есть?», «г. Пермь»; «это я.» does."""
_SHORTENED = frozenset(["гг", "вв", "стр", "руб", "тыс", "млн", "изд", "экз"])
_SHORTENED_BEFORE_A_NAME = frozenset(["ул", "пр", "пер", "св", "тел", "акад", "проф"])
"""Words cut short with a full stop: the first kind ends a sentence where a capital letter follows."""
_ZERO_WIDTH = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u0300\u0301]")
_LATIN = re.compile("[a-z]")
HARD = re.compile(r"[.!?…;\n]")
_LETTER_KEYS = frozenset("[]{};',.<>`~")
_NUMBER_SIGN = "\ue000"
"""Stands for № while a text is normalized, which would make «No» of it."""
_MOST_GUESSED, _LAST_GUESSED = 60, 40
"""Of a long message so many words that no phrase knows are guessed at, and the last ones in any case: time is short."""
_REMEMBERED = 40_000
"""Words kept with their meaning; a message holds few new ones."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the message.

    Attributes:
        word: Folded (lower case, е for ё), in the spelling that was meant.
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
    """The message as it is read.

    Attributes:
        text: As it was typed, cleaned of what cannot be seen.
        isbns: Where ISBNs stand, in any form.
        repaired: «typed→meant» for each word that was read otherwise than it is spelt.
        asks: Whether there is a question mark in it.
    """

    text: str
    tokens: tuple[Token, ...]
    isbns: tuple[tuple[int, int], ...] = ()
    repaired: tuple[str, ...] = ()
    asks: bool = False

    def typed(self, first: int, last: int) -> str:
        """What the reader typed from one token up to another."""
        if first >= last:
            return ""
        start, end = self.tokens[first].start, self.tokens[last - 1].end
        # On the wrong layout a letter may be a bracket or a comma: «,tksq» is «белый», «dct[» is «всех».
        while start > 0 and self.text[start - 1] in _LETTER_KEYS and self.text[start].isascii():
            start -= 1
        while end < len(self.text) and self.text[end] in _LETTER_KEYS and self.text[end - 1].isascii():
            end += 1
        return self.text[start:end]

    def meant(self, first: int, last: int) -> str:
        """The same in the spelling that was meant; where nothing was repaired it is what was typed."""
        if first >= last:
            return ""
        if self.repaired:
            return self._repaired(first, last)
        # With the signs around it: a quotation has its end behind the last word.
        start = self.tokens[first - 1].end if first else 0
        end = self.tokens[last].start if last < len(self.tokens) else len(self.text)
        return self.text[start:end].strip()

    def _repaired(self, first: int, last: int) -> str:
        """The words as they were meant between the signs as they were typed."""
        made = []
        end = self.tokens[first - 1].end if first else 0
        for token in self.tokens[first:last]:
            typed = self.text[token.start : token.end]
            same = typed.lower().replace("ё", "е") == token.word
            made += [self.text[end : token.start], typed if same else token.word]
            end = token.end
        return "".join(made).strip()


class Reader:
    """Cuts messages into tokens; remembers words."""

    def __init__(self, phrases: Phrases) -> None:
        self._phrases = phrases
        self._speller = Speller(phrases)
        self._seen: dict[str, tuple[str, Word, bool]] = {}

    def meaning(self, word: str) -> Word:
        """What a folded word brings as it is spelt, with its shape (number, date, ISBN)."""
        found = self._phrases.word(word)
        if word[0].isdigit():
            for kind, shape in _SHAPES:
                if shape.match(word):
                    extra = self._phrases.kind(kind)
                    patterns = tuple(dict.fromkeys(found.patterns + extra.patterns))
                    return Word(found.mask | extra.mask, patterns, found.rows, found.roles, found.noise)
        return found

    def read(self, text: str) -> Message:
        """Cut a message of any content; linear in its length."""
        text = clean(text)
        typed = text.lower().replace("ё", "е")
        if len(typed) != len(text):
            typed = "".join(char.lower() if len(char.lower()) == 1 else char for char in text).replace("ё", "е")
        lowered = self._speller.keys(typed)
        matches = list(_TOKEN.finditer(lowered))
        russian = self._speller.transliterated([match[0] for match in matches]) if _LATIN.search(lowered) else {}
        tokens: list[Token] = []
        repaired: list[str] = []
        end = 0
        seen = self._seen
        guessed, last = 0, len(matches) - _LAST_GUESSED
        for number, match in enumerate(matches):
            spelt = match[0]
            if russian:
                spelt = russian.get(spelt, spelt)
            known = seen.get(spelt)
            if known is None and (guessed < _MOST_GUESSED or number >= last):
                known = self._learn(spelt)
            if known is None or (known[2] and guessed >= _MOST_GUESSED and number < last):
                known = spelt, self.meaning(spelt), False  # too many to guess at, remembered or not
            word, meaning, unknown = known
            guessed += unknown
            start = match.start()
            between = lowered[end:start]
            gap = "" if between == " " else _gap(between)
            if gap == "." and tokens and between.strip() == "." and _is_shortened(tokens[-1].word, text[start]):
                gap = ""
            if gap == "." and "?" in between and tokens:
                tokens[-1] = _asking(tokens[-1])
            end = match.end()
            if typed[start:end] != word:
                repaired.append(f"{typed[start:end]}→{word}")
            tokens.append(Token(word, start, end, meaning, gap))
        if tokens and "?" in lowered[end:]:
            tokens[-1] = _asking(tokens[-1])
        isbns = tuple((found.start, found.end) for found in isbn.find(text)) if len(text) >= _SHORTEST_ISBN else ()
        return Message(text, tuple(tokens), isbns, tuple(repaired), "?" in lowered)

    def _learn(self, spelt: str) -> tuple[str, Word, bool]:
        """A word met for the first time, as it is spelt where that means something, else as it was meant: a guess."""
        word = self._phrases.chat.get(spelt, spelt)
        meaning = self.meaning(word)
        guess = not meaning
        for repair in (_in_one_script, self._speller.word):
            if meaning:
                break
            if (meant := repair(word)) and meant != word:
                word, meaning = meant, self.meaning(meant)
        if not meaning and numbers.value_of(word) is not None:
            meaning = self._phrases.kind("number")
        elif not meaning and morphology.is_surname(word):
            meaning = self._phrases.kind("author")
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        self._seen[spelt] = known = (word, meaning, guess)
        return known


def _is_shortened(word: str, next_letter: str) -> bool:
    """Whether the full stop behind a word only shortens it: «А. Блок», «за 1943–1945 гг. своим аппаратом»."""
    if word in _SHORTENED:
        return not next_letter.isupper()
    return word in _SHORTENED_BEFORE_A_NAME or _INITIAL.fullmatch(word) is not None


def _asking(token: Token) -> Token:
    return Token(token.word, token.start, token.end, token.meaning, token.gap, asks=True)


def _in_one_script(word: str) -> str:
    """Cyrillic with Latin look-alikes, or the other way round, in the letters of one."""
    folded = fold(word)
    return folded if " " not in folded else ""


def clean(text: str) -> str:
    """NFKC, no control or invisible characters, spaces and line ends as they were."""
    if not text.isascii():
        if not unicodedata.is_normalized("NFKC", text):
            text = unicodedata.normalize("NFKC", text.replace("№", _NUMBER_SIGN)).replace(_NUMBER_SIGN, "№")
        text = _ZERO_WIDTH.sub("", text)
    if not text.isprintable():
        text = "".join(char if char.isprintable() or char == "\n" else " " for char in text)
    return text.strip()


@lru_cache(maxsize=1_024)
def _gap(between: str) -> str:
    if HARD.search(between):
        return "."
    return "," if between.strip(" \t«»\"'“”„()") else ""
