"""What imports of lists share in the store: batches, and which rows of the store the list has."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import field
from itertools import islice
from typing import TypeVar

from bot.library.lists import ListPlan, ListSummary
from bot.quick import dataclass

Row = TypeVar("Row")
BATCH = 300
"""Rows a query: SQLite takes so many parameters at the least."""


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

    def within(self, first: int, end: int) -> set[int]:
        """Those from one number on, and before another."""
        return set(self._ids[bisect_left(self._ids, first) : bisect_left(self._ids, end)])


def batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """The rows, a query's worth at a time."""
    while some := list(islice(rows, BATCH)):
        yield some


def other_zeros(number: str, lengths: Iterable[int]) -> set[str]:
    """The number in figures with other zeros before it, in so many signs: Excel drops them."""
    bare = number.lstrip("0") or "0"
    return {bare.zfill(length) for length in lengths if length >= len(bare)} - {number}


def too_many(summary: ListSummary, plan: ListPlan) -> bool:
    """Whether so much is gone that a person must confirm it."""
    return not plan.accept_disappeared and summary.gone > plan.may_disappear * summary.had
