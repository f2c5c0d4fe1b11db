"""The rows of a list sorted by branch, in a file that has no name: read once, however many branches there are."""

import pickle
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Generic, TypeVar

from bot.library.lists import Listed

Row = TypeVar("Row")
AT_ONCE = 300
"""Rows of one branch that are written together; so many of each are in memory."""


class Parts(Generic[Row]):
    """Rows by the branch that they name, in the order of the list."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__; unlinked, since it holds people
        self._waiting: defaultdict[str, list[Listed[Row]]] = defaultdict(list)
        self._places: defaultdict[str, list[int]] = defaultdict(list)
        self._end = 0

    def __enter__(self) -> "Parts[Row]":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """The file is gone."""
        self._file.close()

    def add(self, name: str, row: Listed[Row]) -> None:
        """Another row of the branch that is called so."""
        self._waiting[name].append(row)
        if len(self._waiting[name]) >= AT_ONCE:
            self._write(name)

    def _write(self, name: str) -> None:
        self._file.seek(self._end)
        self._places[name].append(self._end)
        pickle.dump(self._waiting.pop(name), self._file, pickle.HIGHEST_PROTOCOL)
        self._end = self._file.tell()

    @property
    def names(self) -> Sequence[str]:
        """What branches are called in the list, "" where a row names none."""
        return sorted(self._places.keys() | self._waiting.keys())

    def rows(self, name: str) -> Iterator[list[Listed[Row]]]:
        """The rows of a branch, a query's worth at a time."""
        for place in self._places[name]:
            self._file.seek(place)
            yield pickle.load(self._file)  # noqa: S301 - our own bytes, in a file that nobody else can open
        if self._waiting[name]:
            yield self._waiting[name]
