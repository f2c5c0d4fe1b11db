"""What readers asked in vain, and what librarians teach the bot of it: values and rules; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum

from bot.language.folding import fold, words
from bot.language.morphology import lemma, stem
from bot.quick import dataclass

# --- misses --------------------------------------------------------------------------------------


class Lack(StrEnum):
    """What a message that was not answered lacked."""

    NOT_UNDERSTOOD = "not_understood"
    """No wish was recognised."""
    NOT_FOUND = "not_found"
    """A book was asked for and none fits."""
    NO_ANSWER = "no_answer"
    """The wish was recognised, and the library has written nothing about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """Messages alike that the bot failed, without those who wrote them.

    Attributes:
        miss_id: Names the group to ``misses --forget``.
        text: The commonest wording, folded, personal numbers and names masked.
        count: How often it came.
        channels: Kind of messenger → how often.
        variants: The other wordings, commonest first.
    """

    miss_id: int
    text: str
    count: int
    first_at: datetime
    last_at: datetime
    lacks: tuple[Lack, ...]
    intents: tuple[str, ...]
    languages: tuple[str, ...]
    channels: dict[str, int] = field(default_factory=dict)
    variants: tuple[str, ...] = ()


_LOOKS_FOR_BOOKS = frozenset({"search", "availability", "hold", "recommend"})
_NOTHING = frozenset({"", "fallback", "out_of_scope"})


def lack_of(intent: str) -> Lack:
    """What a missed message lacked, by what it was understood as."""
    if intent in _NOTHING:
        return Lack.NOT_UNDERSTOOD
    return Lack.NOT_FOUND if intent in _LOOKS_FOR_BOOKS else Lack.NO_ANSWER


def alike(tokens: Iterable[str]) -> str:
    """The same for wordings that differ in endings, order and small words only."""
    return " ".join(sorted(set(tokens)))


# --- synonyms ------------------------------------------------------------------------------------


class SynonymKind(StrEnum):
    """What a synonym stands for."""

    TITLE = "title"
    AUTHOR = "author"
    PHRASE = "phrase"


LONGEST_SAID, LONGEST_MEANT = 200, 300
MOST = 20_000
"""Synonyms that a library may have: they are answered from memory."""

KIND_WORDS = {
    SynonymKind.TITLE: frozenset({"title", "заглавие", "название", "книга"}),
    SynonymKind.AUTHOR: frozenset({"author", "автор", "писатель"}),
    SynonymKind.PHRASE: frozenset({"phrase", "фраза", "вопрос", "выражение"}),
}
"""How people write the kinds, in files and commands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synonym:
    """Readers say this and mean that.

    Attributes:
        said: The readers' words.
        meant: A title or an author as the catalogue has it; for a phrase an intent or a FAQ topic.
    """

    kind: SynonymKind
    said: str
    meant: str

    def __str__(self) -> str:
        return f"{self.kind}: «{self.said}» → «{self.meant}»"


Key = tuple[str, ...]
_POLITE = frozenset(
    words("здравствуйте здравствуй привет добрый день вечер утро доброе пожалуйста подскажите скажите спасибо извините")
    + words("простите hello hi please thanks thank you")
)


def key_of(text: str) -> Key:
    """What wordings of one synonym have in common: the words' stems in their order."""
    return tuple(_token(word) for word in words(text))


def _token(word: str) -> str:
    return stem(lemma(word))


def _without_politeness(text: str) -> str:
    return " ".join(word for word in words(text) if word not in _POLITE)


def kind_of(word: str) -> SynonymKind | None:
    """The kind that a person means by a word, None for any other word."""
    said = fold(word)
    return next((kind for kind, known in KIND_WORDS.items() if said in known), None)


def faults(synonyms: Sequence[Synonym], targets: Iterable[str]) -> list[str]:
    """Why these synonyms together may not be kept, a line each; empty where they may.

    Refused are loops and chains: a synonym leads to what the catalogue holds, never to another synonym.

    Args:
        synonyms: All that there would be.
        targets: Intents and topics that a phrase may mean.
    """
    known = frozenset(targets)
    names: dict[Key, Synonym] = {}
    found = [
        f"{one}: the same words are kept as {twin}"
        for one in synonyms
        if one.kind is not SynonymKind.PHRASE and (twin := names.setdefault(key_of(one.said), one)) is not one
    ]
    for one in synonyms:
        said = key_of(one.said)
        if not said or not one.meant.strip():
            found.append(f"{one}: both sides need a word")
        elif len(one.said) > LONGEST_SAID or len(one.meant) > LONGEST_MEANT:
            found.append(f"{one}: at most {LONGEST_SAID} characters said and {LONGEST_MEANT} meant")
        elif one.kind is SynonymKind.PHRASE:
            if one.meant not in known:
                found.append(f"{one}: there is no intent and no FAQ topic «{one.meant}»")
        elif said == key_of(one.meant):
            found.append(f"{one}: both sides are the same words")
        elif (other := names.get(key_of(one.meant))) is not None:
            loop = key_of(other.meant) == said
            found.append(f"{one}: {'a loop' if loop else 'a chain'} with {other}; name the title or author itself")
    if len(synonyms) > MOST:
        found.append(f"at most {MOST} synonyms, not {len(synonyms)}")
    return found


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A text with the librarians' words in place of the reader's.

    Attributes:
        text: What to look for instead.
        used: The synonyms in it.
        whole: The reader said the synonym and nothing else: what was meant is certain.
    """

    text: str
    used: tuple[Synonym, ...]
    whole: bool


class SynonymBook:
    """All synonyms at one moment, ready to be looked up; a text without any costs a few look-ups of words."""

    def __init__(self, synonyms: Iterable[Synonym] = ()) -> None:
        self.synonyms = tuple(synonyms)
        self._phrases: dict[Key, Synonym] = {}
        self._names: dict[Key, Synonym] = {}
        for one in self.synonyms:
            key = key_of(one.said)
            if one.kind is SynonymKind.PHRASE:
                self._phrases[key_of(_without_politeness(one.said)) or key] = one
            else:
                self._names[key] = one
        self._first = frozenset(key[0] for key in self._names if key)
        self._longest = max((len(key) for key in self._names), default=0)

    def phrase(self, text: str) -> Synonym | None:
        """The phrase that the whole message is, politeness and endings aside."""
        if not self._phrases or len(text) > LONGEST_SAID * 2:
            return None
        return self._phrases.get(key_of(_without_politeness(text)))

    def rewritten(self, text: str) -> Rewritten | None:
        """The text with every title and author synonym in it replaced, longest first; None where there is none."""
        if not self._names:
            return None
        typed = words(text)
        tokens = [_token(word) for word in typed]
        if self._first.isdisjoint(tokens):
            return None
        kept: list[str] = []
        used: list[Synonym] = []
        at = 0
        while at < len(tokens):
            found = self._at(tokens, at) if tokens[at] in self._first else None
            if found is None:
                kept.append(typed[at])
                at += 1
                continue
            length, one = found
            kept.append(one.meant)
            used.append(one)
            at += length
        if not used:
            return None
        return Rewritten(" ".join(kept), tuple(used), whole=len(used) == 1 and len(kept) == 1)

    def _at(self, tokens: Sequence[str], at: int) -> tuple[int, Synonym] | None:
        for length in range(min(self._longest, len(tokens) - at), 0, -1):
            one = self._names.get(tuple(tokens[at : at + length]))
            if one is not None and not _says_it_already(one, tokens):
                return length, one
        return None


def _says_it_already(one: Synonym, tokens: Sequence[str]) -> bool:
    """«Стивен Кинг» where «кинг» means «Стивен Кинг»: what is meant stands there, nothing is to be replaced."""
    meant = key_of(one.meant)
    return any(tuple(tokens[at : at + len(meant)]) == meant for at in range(len(tokens) - len(meant) + 1))
