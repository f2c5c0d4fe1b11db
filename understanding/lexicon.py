"""The phrase files, compiled: which words mean what, and which words together make a request.

A librarian writes ``phrases/*.yaml``; the way of writing is told at the head of ``words.yaml`` and
``hours.yaml``. Compiled, every set of interchangeable words is one bit (a *term*), a pattern is a
mask of terms, and a word of a message brings the mask of all terms that it belongs to. So a message
is matched with a few ``&`` and ``|`` whatever the number of phrases.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).with_name("phrases")
LEVELS = ("always", "mostly", "alone")
KINDS = ("date", "time", "number", "isbn", "author", "grade")
"""Groups whose words are found by shape as well as by spelling (understanding/tokens.py)."""
_INTENTS = (
    "hours location contacts events join rules renew my_loans hold recommend availability search review human "
    "subscribe unsubscribe greeting thanks help cancel out_of_scope"
)
OF_ACCOUNTS = "link_card unlink_card my_card reminders my_data erase_me withdraw away"
"""Wishes that only phrases know: orders to the bot in few and usual words, which the model has never met."""
_SHORTEST_STEM = 2
SECOND = 2
"""Letters of the second word by which a row is looked for."""
BRIDGE, WEAK, STRONG = 1, 2, 3
ROLES = {"function": BRIDGE, "weak": WEAK, "noun": STRONG, "strong": STRONG, "polite": STRONG + 1}
"""How strong each kind of noise is; small words only bridge: they go with a strong one behind them."""
QUIET = frozenset({"polite", "function"})
"""Roles of words that count for nothing in an opinion."""


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """Words that make a request when they stand together in a clause, in any order.

    Attributes:
        level: Index into ``LEVELS``: how much company the words bear.
        mask: Terms that must all be there.
        unwanted: Terms of which none may be there.
        size: How many terms.
        source: As the librarian wrote it, for explanations.
    """

    intent: str
    level: int
    mask: int
    unwanted: int
    size: int
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """Words in a row that mean one thing: ``parts`` after the first, each ending in ``*`` or whole."""

    parts: tuple[tuple[str, bool], ...]
    mask: int
    patterns: tuple[Pattern, ...]
    role: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """What one word of a message brings.

    Attributes:
        mask: The terms it belongs to.
        patterns: Those for which it is the rarest term.
        rows: Rows of words that may begin here, the longest first, by the first two letters of their second word.
        roles: Of polite, strong, weak, noun, function (noise.yaml).
        noise: The strongest of its roles, "" where it has none.
    """

    mask: int = 0
    patterns: tuple[Pattern, ...] = ()
    rows: Mapping[str, tuple[Sequence, ...]] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    noise: str = ""

    def __bool__(self) -> bool:
        """Whether it means anything here."""
        return bool(self.mask or self.roles or self.rows)

    @property
    def quiet(self) -> bool:
        """Whether it counts for nothing in an opinion."""
        return not self.roles.isdisjoint(QUIET)


@dataclass(frozen=True, slots=True)
class Topic:
    """One FAQ topic of an intent: any of ``masks`` wholly present points to it."""

    key: str
    masks: tuple[int, ...]


@dataclass(slots=True)
class _Terms:
    """Numbers the terms while the files are read."""

    numbers: dict[frozenset[str], int] = field(default_factory=dict)

    def bit(self, words: Iterable[str]) -> int:
        return 1 << self.numbers.setdefault(frozenset(words), len(self.numbers))


class Phrases:
    """All phrase files, compiled; immutable once made.

    Raises:
        ValueError: A file names an unknown group or level; says which file and phrase.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self.groups = {name: _split(words) for name, words in _read(folder / "words.yaml")["groups"].items()}
        for kind in KINDS:
            self.groups.setdefault(kind, [])
        noise = {role: _split(words) for role, words in _read(folder / "noise.yaml").items()}
        self.globals = {
            word.replace("_", " "): intent
            for intent, words in _read(folder / "globals.yaml").items()
            for word in _split(words)
        }
        self.chat = {
            word: usual.replace("ё", "е")
            for usual, words in _read(folder / "chat.yaml").items()
            for word in _split(words)
        }
        self._terms = _Terms()
        self.patterns: list[Pattern] = []
        self.company: dict[str, int] = {}
        self.topics: dict[str, tuple[Topic, ...]] = {}
        self.free: set[str] = set()
        self.unless: dict[str, int] = {}
        for name in (*_INTENTS.split(), *OF_ACCOUNTS.split()):
            self._intent(name, _read(folder / f"{name}.yaml"))
        self._group_bits = {name: self._term(f"<{name}>", "words.yaml") for name in self.groups}
        self._kinds: dict[str, Word] = {kind: Word() for kind in KINDS}
        self._compile(noise)

    def bit(self, group: str) -> int:
        """The bit of a group of words.yaml, to ask whether a word belongs to it."""
        return self._group_bits[group]

    def group_names(self) -> dict[int, str]:
        """The bits of all groups of words.yaml with their names, ``<library>``."""
        return {bit: f"<{name}>" for name, bit in self._group_bits.items()}

    def kind(self, kind: str) -> Word:
        """What a word brings by its shape alone: all terms that name the kind."""
        return self._kinds[kind]

    # --- reading -----------------------------------------------------------------------------------

    def _intent(self, name: str, file: Mapping[str, Any]) -> None:
        if file.get("free"):
            self.free.add(name)
        unless = self._term(str(file["unless"]), name) if "unless" in file else 0
        self.unless[name] = unless
        for level, key in enumerate(LEVELS):
            for source in file.get(key, ()):
                self.patterns.append(self._pattern(name, level, str(source), unless))
        self.company[name] = sum({self._term(term, name) for term in str(file.get("with", "")).split()})
        self.topics[name] = tuple(
            Topic(
                key.rstrip("."),
                tuple(sum({self._term(t, name) for t in any_of.split("&")}) for any_of in self._topic(words)),
            )
            for key, words in file.get("topics", {}).items()
        )

    @staticmethod
    def _topic(words: str) -> list[str]:
        """``a|b&c`` is a, or b with c; alternatives without ``&`` are one term."""
        parts = str(words).split("|")
        single = [part for part in parts if "&" not in part]
        return ["|".join(single)] * bool(single) + [part for part in parts if "&" in part]

    def _pattern(self, intent: str, level: int, source: str, unless: int) -> Pattern:
        wanted = [self._term(term, source) for term in source.split() if not term.startswith("-")]
        unwanted = {self._term(term[1:], source) for term in source.split() if term.startswith("-")}
        return Pattern(intent, level, sum(set(wanted)), sum(unwanted | {unless}), len(set(wanted)), source)

    def _term(self, term: str, where: str) -> int:
        return self._terms.bit(self._alternatives(term, where))

    def _alternatives(self, term: str, where: str) -> list[str]:
        found: list[str] = []
        for part in term.split("|"):
            if part.startswith("<"):
                name = part.strip("<>")
                if name not in self.groups:
                    raise ValueError(f"phrases: no group <{name}> in words.yaml, asked for in {where!r}")
                found += self.groups[name]
                if name in KINDS:
                    found.append(f"<{name}>")
            else:
                found.append(part.replace("ё", "е"))
        return found

    # --- compiling ---------------------------------------------------------------------------------

    def _compile(self, noise: Mapping[str, list[str]]) -> None:
        masks: dict[str, int] = {}
        for words, number in self._terms.numbers.items():
            for word in words:
                masks[word] = masks.get(word, 0) | 1 << number
        width = {1 << number: len(words) for words, number in self._terms.numbers.items()}
        anchored: dict[int, list[Pattern]] = {}
        for pattern in self.patterns:
            rarest = min(_bits(pattern.mask), key=lambda bit: width[bit])
            anchored.setdefault(rarest, []).append(pattern)
        self._exact: dict[str, Word] = {}
        self._stems: dict[str, Word] = {}
        self._heads: dict[str, list[Sequence]] = {}
        self._stem_heads: dict[str, list[Sequence]] = {}
        for word, mask in masks.items():
            patterns = tuple(p for bit in _bits(mask) for p in anchored.get(bit, ()))
            self._put(word, mask, patterns, "")
        for role, entries in noise.items():
            for word in entries:
                self._put(word, 0, (), role)
        self._longest_stem = max(map(len, [*self._stems, *self._stem_heads]))

    def _put(self, word: str, mask: int, patterns: tuple[Pattern, ...], role: str) -> None:
        if word.startswith("<"):
            self._kinds[word.strip("<>")] = Word(mask, patterns)
            return
        parts = tuple((part.rstrip("*"), part.endswith("*")) for part in word.split("_"))
        (head, starred), rest = parts[0], parts[1:]
        if rest:
            heads = self._stem_heads if starred else self._heads
            heads.setdefault(head, []).append(Sequence(rest, mask, patterns, role))
            return
        table = self._stems if starred else self._exact
        roles = frozenset({role}) if role else frozenset()
        table[head] = _joined(table.get(head, Word()), Word(mask, patterns, {}, roles))

    def word(self, word: str) -> Word:
        """Everything that a folded word brings, by its whole spelling and by its beginnings."""
        found = self._exact.get(word, Word())
        sequences = list(self._heads.get(word, ()))
        for end in range(_SHORTEST_STEM, min(len(word), self._longest_stem) + 1):
            stem = word[:end]
            if stem in self._stems:
                found = _joined(found, self._stems[stem])
            sequences += self._stem_heads.get(stem, ())
        sequences.sort(key=lambda sequence: -len(sequence.parts))
        rows: dict[str, tuple[Sequence, ...]] = {}
        for sequence in sequences:
            begins = sequence.parts[0][0][:SECOND]
            rows[begins] = (*rows.get(begins, ()), sequence)
        noise = max(found.roles, key=lambda role: ROLES[role], default="")
        return Word(found.mask, found.patterns, rows, found.roles, noise)

    def vocabulary(self) -> tuple[frozenset[str], frozenset[str]]:
        """Whole words and beginnings of words that mean something here, for the correction of typos."""
        whole, stems = {*self._exact, *self._heads}, {*self._stems, *self._stem_heads}
        for rows in (*self._heads.values(), *self._stem_heads.values()):
            for part, starred in (part for row in rows for part in row.parts):
                (stems if starred else whole).add(part)
        return frozenset(whole), frozenset(stems)


def _joined(one: Word, two: Word) -> Word:
    patterns = tuple(dict.fromkeys(one.patterns + two.patterns))
    return Word(one.mask | two.mask, patterns, {}, one.roles | two.roles)


def _bits(mask: int) -> list[int]:
    bits = []
    while mask:
        low = mask & -mask
        bits.append(low)
        mask ^= low
    return bits


def _split(words: Any) -> list[str]:
    return str(words).replace("ё", "е").split()


def _read(path: Path) -> dict[str, Any]:
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with path.open(encoding="utf-8") as source:
        loaded = yaml.load(source, Loader=loader)  # noqa: S506 - a safe loader either way
    if not isinstance(loaded, dict):
        raise ValueError(f"{path.name}: a mapping was expected")
    return loaded


@cache
def phrases() -> Phrases:
    """The phrase files that come with the program, read once."""
    return Phrases()
