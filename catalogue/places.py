"""Where a file says that its copies are, and which of those places readers can be told more of than the name."""

from collections.abc import Mapping, Sequence

from bot.language.folding import fold
from bot.library.model import Branch
from bot.quick import dataclass

WORTH_A_WORD = 100
"""One copy in so many without a branch is a slip of the file's, and nothing is to be done about it here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Copies of one branch.

    Attributes:
        code: Of the branch; "" where the file's word for it names none that is known.
        word: The file's word, the first that was met where it has several for one branch.
    """

    code: str
    word: str
    copies: int


def described(branches: Sequence[Branch]) -> list[Branch]:
    """Those that the staff told something of; one that only files know has nothing but its name."""
    return [branch for branch in branches if branch.address or branch.phone or branch.aliases]


def names(branches: Sequence[Branch]) -> Mapping[str, str]:
    """What a branch is called, folded → its code."""
    return {fold(name): branch.code for branch in branches for name in (branch.code, branch.name, *branch.aliases)}


def placed(copies: Mapping[str, int], branches: Sequence[Branch]) -> list[Place]:
    """The file's words for branches with their copies, the most first; copies that name no branch are left out."""
    known = names(branches)
    found: dict[str, Place] = {}
    for word, count in copies.items():
        if not word:
            continue
        code = known.get(fold(word), "")
        before = found.get(code or word)
        found[code or word] = Place(
            code=code, word=before.word if before else word, copies=count + (before.copies if before else 0)
        )
    return sorted(found.values(), key=lambda place: -place.copies)
