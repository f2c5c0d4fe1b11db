"""The catalogue's inner ports: what an import writes, what the search index follows."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.library.model import Kind, WorkCard
from bot.library.records import RecordData
from bot.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """A record with what decides where it belongs.

    Attributes:
        work_key: Equal for editions of one work and for nothing else (a digest).
        fingerprint: Digest of folded title, author, year and part.
        title: The title to show: joined with the parent's where the own one says nothing.
        author: The author to show.
        ordinal: 1-based place in the file.
    """

    record: RecordData
    work_key: str
    fingerprint: str
    title: str
    author: str
    source_file: str
    ordinal: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of a batch of records."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0


class CatalogueWriter(Protocol):
    """Where an import puts its records. Every method is one transaction; raises StoreUnavailable."""

    async def begin(self, source: str, files: Sequence[str]) -> int:
        """Start a run; returns its number."""
        ...

    async def keep(self, run: int, source: str, batch: Sequence[Keyed]) -> Kept:
        """Add or update a batch: found again by source id, inventory number, fingerprint, in that order."""
        ...

    async def preview(self, source: str, batch: Sequence[Keyed]) -> Kept:
        """What ``keep`` would do, writing nothing."""
        ...

    async def disappeared(self, run: int, source: str) -> tuple[int, int]:
        """How many of the source's records this run has not met, and how many the source has in all."""
        ...

    async def finish(self, run: int, source: str, counts: Mapping[str, int], *, mark_missing: bool) -> None:
        """End the run; mark what was not met as missing from the source (kept, no longer offered)."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """A work as the search index needs it.

    Attributes:
        version: The catalogue's version at its last change: entries come in this order.
        gone: True where no reader may find it any more (all records hidden or missing).
        variants: (title, author) of every edition, distinct, the work's own first.
        originals: What translations of it are called in their own language.
        copies: Copies in all branches, for popularity.
        keywords / annotation / audience / udc / bbk: As the records of its editions have them, each distinct.
        year: Of the newest edition, None where no record tells it.
        languages: ISO 639-2 codes of its editions, as far as records tell them.
    """

    work_id: int
    version: int
    gone: bool
    variants: tuple[tuple[str, str], ...]
    kind: Kind
    isbns: tuple[str, ...] = ()
    series: tuple[tuple[str, str], ...] = ()
    originals: tuple[str, ...] = ()
    part: str = ""
    grade: str = ""
    age_mark: int | None = None
    subjects: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    copies: int = 0
    keywords: tuple[str, ...] = ()
    annotation: str = ""
    audience: str = ""
    udc: tuple[str, ...] = ()
    bbk: tuple[str, ...] = ()
    year: int | None = None
    languages: tuple[str, ...] = ()


class IndexSource(Protocol):
    """The store, as the index follows it."""

    async def version(self) -> int:
        """The catalogue's version now: one cheap read."""
        ...

    async def identity(self) -> str:
        """What tells this store from another one: an index stamped otherwise is built anew."""
        ...

    async def entries(self, after: tuple[int, int], limit: int) -> list[IndexEntry]:
        """Works with (version, work_id) above ``after``, in that order, at most ``limit``."""
        ...


class Cards(Protocol):
    """Works as readers are told of them."""

    async def cards(self, work_ids: Sequence[int]) -> dict[int, WorkCard]:
        """The asked works that readers may see, with holdings and editions, in one round trip.

        Calls made at the same time share one query.
        """
        ...
