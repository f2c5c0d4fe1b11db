"""A store of a few works in memory, for the index to follow."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot.bibliography import IndexEntry
from bot.library.model import Kind, WorkCard
from catalogue.finder import IndexedCatalogue


def book(
    title: str,
    author: str = "",
    *,
    kind: Kind = Kind.BOOK,
    isbn: str = "",
    series: tuple[str, str] | None = None,
    part: str = "",
    grade: str = "",
    age_mark: int | None = None,
    copies: int = 1,
) -> IndexEntry:
    """A work; the shelf numbers it."""
    return IndexEntry(
        work_id=0,
        version=0,
        gone=False,
        variants=((title, author),),
        kind=kind,
        isbns=(isbn,) if isbn else (),
        series=(series,) if series else (),
        part=part,
        grade=grade,
        age_mark=age_mark,
        copies=copies,
    )


class Shelf:
    """Fills the ports ``IndexSource`` and ``Cards``; every change is a version of its own.

    Attributes:
        read: How many entries the index has read so far.
    """

    def __init__(self, *works: IndexEntry, identity: str = "shelf") -> None:
        self._entries: dict[int, IndexEntry] = {}
        self._version = 0
        self._identity = identity
        self._hidden: set[int] = set()
        self.read = 0
        for work in works:
            self.put(work)

    def put(self, work: IndexEntry) -> int:
        """Add a work, or change the one with its number; returns the number."""
        self._version += 1
        work_id = work.work_id or len(self._entries) + 1
        self._entries[work_id] = replace(work, work_id=work_id, version=self._version)
        return work_id

    def remove(self, work_id: int) -> None:
        """No reader may find it any more."""
        self.put(replace(self._entries[work_id], gone=True))

    def hide_card(self, work_id: int) -> None:
        """Gone from the store, while the index has not heard of it yet."""
        self._hidden.add(work_id)

    def forget(self, version: int) -> None:
        """An older state of the store was restored."""
        self._version = version
        self._entries = {number: one for number, one in self._entries.items() if one.version <= version}

    async def version(self) -> int:
        return self._version

    async def identity(self) -> str:
        return self._identity

    async def entries(self, after: tuple[int, int], limit: int) -> list[IndexEntry]:
        later = sorted(
            (one for one in self._entries.values() if (one.version, one.work_id) > after),
            key=lambda one: (one.version, one.work_id),
        )
        self.read += len(later[:limit])
        return later[:limit]

    async def cards(self, work_ids: Sequence[int]) -> dict[int, WorkCard]:
        return {
            number: _card(self._entries[number])
            for number in work_ids
            if number in self._entries and number not in self._hidden
        }


def _card(entry: IndexEntry) -> WorkCard:
    title, author = entry.variants[0]
    return WorkCard(
        work_id=entry.work_id,
        title=title,
        author=author,
        kind=entry.kind,
        available=entry.copies,
        total=entry.copies,
        items_unknown=False,
        holdings=(),
        editions=(),
    )


@asynccontextmanager
async def indexed(folder: Path, *works: IndexEntry) -> AsyncIterator[IndexedCatalogue]:
    """A library of these works, ready to be asked."""
    shelf = Shelf(*works)
    catalogue = IndexedCatalogue(folder, shelf, shelf)
    await catalogue.start()
    yield catalogue
    await catalogue.aclose()
