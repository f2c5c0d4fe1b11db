"""What imports of lists share: the plan, the figures, and which rows of the store the list has."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

Row = TypeVar("Row")
BATCH = 300
"""Rows a query: SQLite takes so many parameters at the least."""
OnRejected = Callable[[int, int, str], None]
"""Told of a row that cannot be kept: ordinal, offset, why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPlan:
    """How a list is to be loaded.

    Attributes:
        branch: Whose the rows are that name no branch: a code or a name, "" for none.
        may_disappear: Share of what the store has of a branch that may be gone without asking.
        accept_disappeared: More than that may be gone.
        dry_run: Write nothing, count what would change.
        registration_months: So long a registration holds where the list tells only when it began; 0: nobody can tell.
    """

    source: str
    file: str
    branch: str = ""
    may_disappear: float = 0.2
    accept_disappeared: bool = False
    dry_run: bool = False
    registration_months: int = 0


@dataclass(frozen=True, slots=True)
class Stopped:
    """A branch of which nothing was written: too much of what the store has is not in the list.

    Attributes:
        branch: Its name, "" for rows without a branch.
    """

    branch: str
    gone: int
    had: int


@dataclass(slots=True)
class ListSummary:
    """What became of the rows.

    Attributes:
        gone: Rows of the store that the list has no more: loans are closed, readers marked.
        had: Rows that the store had of this source and these branches before.
        stopped: Branches that were left as they were, since so much is gone.
    """

    read: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    returned: int = 0
    gone: int = 0
    had: int = 0
    stopped: list[Stopped] = field(default_factory=list)

    @property
    def unconfirmed(self) -> bool:
        """A person must confirm that so much is gone."""
        return bool(self.stopped)

    def add(self, part: "ListSummary") -> None:
        """What became of the rows of another branch."""
        for name in ("read", "added", "updated", "unchanged", "returned", "gone", "had"):
            setattr(self, name, getattr(self, name) + getattr(part, name))
        self.stopped += part.stopped


@dataclass(slots=True)
class Seen:
    """Ids of rows, eight bytes each."""

    _ids: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, ids: Iterable[int]) -> None:
        """The list has these."""
        self._ids.extend(ids)

    def finish(self) -> None:
        """All are there: from now on it can be asked."""
        self._ids = array("q", sorted(self._ids))

    def has(self, number: int) -> bool:
        """Whether the list has it."""
        at = bisect_left(self._ids, number)
        return at < len(self._ids) and self._ids[at] == number


def batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """The rows, a query's worth at a time."""
    while some := list(islice(rows, BATCH)):
        yield some


def too_many(summary: ListSummary, plan: ListPlan) -> bool:
    """Whether so much is gone that a person must confirm it."""
    return not plan.accept_disappeared and summary.gone > plan.may_disappear * summary.had
