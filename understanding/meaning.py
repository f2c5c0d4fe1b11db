"""What words of a message mean to the phrases, compiled: patterns, words in a row, single words, topics."""

from collections.abc import Mapping
from dataclasses import field

from bot.quick import dataclass

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
