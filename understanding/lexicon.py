"""The phrase files, compiled: which words mean what, and which words together make a request.

A librarian writes ``phrases/*.yaml``; the way of writing is told at the head of ``words.yaml`` and
``hours.yaml``. Compiled, every set of interchangeable words is one bit (a *term*), a pattern is a
mask of terms, and a word of a message brings the mask of all terms that it belongs to. So a message
is matched with a few ``&`` and ``|`` whatever the number of phrases.
"""

from collections.abc import Iterable, Mapping
from dataclasses import field
from functools import cache, reduce
from operator import or_
from pathlib import Path
from typing import Any

import yaml

from bot.quick import dataclass
from understanding.meaning import ROLES, Pattern, Sequence, Topic, Word

FOLDER = Path(__file__).with_name("phrases")
LEVELS = ("always", "mostly", "alone")
KINDS = ("date", "time", "number", "isbn", "author", "grade")
"""Groups whose words are found by shape as well as by spelling (understanding/tokens.py)."""
_INTENTS = (
    "hours location contacts events join rules renew my_loans hold recommend availability search review human "
    "subscribe unsubscribe greeting thanks help cancel out_of_scope"
)
_OF_NO_INTENT = "words noise chat globals topics"
ONLY_BY_PHRASES = tuple(
    sorted({file.stem for file in FOLDER.glob("*.yaml")} - {*_INTENTS.split(), *_OF_NO_INTENT.split()})
)
"""Wishes that only phrases know: orders to the bot in few and usual words, which the model has never met. A new file in
the folder is one."""
_SHORTEST_STEM = 2
SECOND = 2
"""Letters of the second word by which a row is looked for."""
_NOTHING = Word()
_Entry = tuple[int, str]
"""Terms that a word belongs to, and its role among the noise; what it brings is put together when it is heard."""
_Row = tuple[tuple[tuple[str, bool], ...], int, str]
"""The words behind the first one of a row, and the same."""


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
        self.groups = {name: _split(words) for name, words in read_file(folder / "words.yaml")["groups"].items()}
        for kind in KINDS:
            self.groups.setdefault(kind, [])
        noise = {role: _split(words) for role, words in read_file(folder / "noise.yaml").items()}
        self.globals = {
            word.replace("_", " "): intent
            for intent, words in read_file(folder / "globals.yaml").items()
            for word in _split(words)
        }
        self.chat = {
            word: usual.replace("ё", "е")
            for usual, words in read_file(folder / "chat.yaml").items()
            for word in _split(words)
        }
        self._terms = _Terms()
        self.patterns: list[Pattern] = []
        self.company: dict[str, int] = {}
        self.topics: dict[str, tuple[Topic, ...]] = {}
        self.free: set[str] = set()
        self.unless: dict[str, int] = {}
        for name in (*_INTENTS.split(), *ONLY_BY_PHRASES):
            self._intent(name, read_file(folder / f"{name}.yaml"))
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
        self._anchored: dict[int, list[Pattern]] = {}
        for pattern in self.patterns:
            rarest = min(_bits(pattern.mask), key=lambda bit: width[bit])
            self._anchored.setdefault(rarest, []).append(pattern)
        self._brought: dict[int, tuple[Pattern, ...]] = {}
        self._exact: dict[str, list[_Entry]] = {}
        self._stems: dict[str, list[_Entry]] = {}
        self._heads: dict[str, list[_Row]] = {}
        self._stem_heads: dict[str, list[_Row]] = {}
        for word, mask in masks.items():
            self._put(word, mask, "")
        for role, entries in noise.items():
            for word in entries:
                self._put(word, 0, role)
        lengths: dict[str, set[int]] = {}
        for stem in (*self._stems, *self._stem_heads):
            lengths.setdefault(stem[:_SHORTEST_STEM], set()).add(len(stem))
        self._lengths = {begins: tuple(sorted(known)) for begins, known in lengths.items()}

    def _put(self, word: str, mask: int, role: str) -> None:
        if word.startswith("<"):
            self._kinds[word.strip("<>")] = Word(mask, self._patterns(mask))
            return
        head, *rest = word.split("_")
        stem = head.rstrip("*")
        if rest:
            parts = tuple((part.rstrip("*"), part.endswith("*")) for part in rest)
            heads = self._heads if stem == head else self._stem_heads
            heads.setdefault(stem, []).append((parts, mask, role))
            return
        table = self._exact if stem == head else self._stems
        table.setdefault(stem, []).append((mask, role))

    def _patterns(self, mask: int) -> tuple[Pattern, ...]:
        """The patterns of which one of these terms is the rarest."""
        found = self._brought.get(mask)
        if found is None:
            found = tuple(pattern for bit in _bits(mask) for pattern in self._anchored.get(bit, ()))
            self._brought[mask] = found
        return found

    def word(self, word: str) -> Word:
        """Everything that a folded word brings, by its whole spelling and by its beginnings."""
        entries, rows = [*self._exact.get(word, ())], [*self._heads.get(word, ())]
        for end in self._lengths.get(word[:_SHORTEST_STEM], ()):
            stem = word[:end]
            if len(stem) < end:
                break
            entries += self._stems.get(stem, ())
            rows += self._stem_heads.get(stem, ())
        if not entries and not rows:
            return _NOTHING
        rows.sort(key=lambda row: -len(row[0]))
        begins: dict[str, tuple[Sequence, ...]] = {}
        for parts, mask, role in rows:
            letters = parts[0][0][:SECOND]
            begins[letters] = (*begins.get(letters, ()), Sequence(parts, mask, self._patterns(mask), role))
        patterns = dict.fromkeys(pattern for mask, _ in entries for pattern in self._patterns(mask))
        roles = frozenset(role for _, role in entries if role)
        noise = max(roles, key=lambda role: ROLES[role], default="")
        return Word(reduce(or_, (mask for mask, _ in entries), 0), tuple(patterns), begins, roles, noise)

    def vocabulary(self) -> tuple[frozenset[str], frozenset[str]]:
        """Whole words and beginnings of words that mean something here, for the correction of typos."""
        whole, stems = {*self._exact, *self._heads}, {*self._stems, *self._stem_heads}
        for rows in (*self._heads.values(), *self._stem_heads.values()):
            for part, starred in (part for parts, _, _ in rows for part in parts):
                (stems if starred else whole).add(part)
        return frozenset(whole), frozenset(stems)


def _bits(mask: int) -> list[int]:
    bits = []
    while mask:
        low = mask & -mask
        bits.append(low)
        mask ^= low
    return bits


def _split(words: Any) -> list[str]:
    return str(words).replace("ё", "е").split()


def read_file(path: Path) -> dict[str, Any]:
    """One phrase file, quickly. Raises ValueError where it is no mapping."""
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
