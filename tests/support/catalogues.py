"""A catalogue of each kind, opened for one test: in memory, on SQLite, on PostgreSQL."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import update

from bot.bibliography import Cards, CatalogueWriter, IndexEntry, IndexSource, Kept, Keyed
from bot.clock import Clock
from bot.library.model import Branch, WorkCard
from db.branches import SqlBranches
from db.cards import SqlCards
from db.catalogue import SqlCatalogueWriter
from db.catalogue_sql import lock, raise_version
from db.connect import Database, connect
from db.index_source import SqlIndexSource
from db.models import RecordRow, WorkRow
from tests.support.databases import Databases
from tests.support.fake_catalogue import FakeCatalogueStore
from tests.support.fake_library import CENTRAL, CHILDREN

BRANCHES = (CHILDREN, CENTRAL)
"""Configured in this order; the central one is told of first all the same."""


@dataclass
class CatalogueStore:
    """One store, seen through its three ports.

    Attributes:
        database: Where it is; None for the one in memory.
        added: Keyed records of the last ``imports``, for tests that look twice.
    """

    writer: CatalogueWriter
    cards: Cards
    source: IndexSource
    database: Database | None = None
    fake: FakeCatalogueStore | None = None
    runs: list[int] = field(default_factory=list)

    async def imports(
        self, *batch: Keyed, source: str = "catalogue", mark_missing: bool = True, batch_size: int = 500
    ) -> Kept:
        """A whole run over these records."""
        run = await self.writer.begin(source, ["books.mrc"])
        self.runs.append(run)
        added = updated = unchanged = 0
        for start in range(0, len(batch), batch_size):
            kept = await self.writer.keep(run, source, batch[start : start + batch_size])
            added, updated, unchanged = added + kept.added, updated + kept.updated, unchanged + kept.unchanged
        await self.writer.finish(run, source, {"read": len(batch)}, mark_missing=mark_missing)
        return Kept(added=added, updated=updated, unchanged=unchanged)

    async def entries(self, after: tuple[int, int] = (0, 0)) -> list[IndexEntry]:
        """All that the index would read after a point, in pages of three."""
        found: list[IndexEntry] = []
        while page := await self.source.entries(after, 3):
            found += page
            after = (page[-1].version, page[-1].work_id)
        return found

    async def works(self) -> list[WorkCard]:
        """The cards of all works that readers may see, by title."""
        numbers = [entry.work_id for entry in await self.entries()]
        cards = await self.cards.cards(numbers)
        return sorted(cards.values(), key=lambda card: card.title)

    async def work(self, title: str) -> WorkCard:
        """The card of the one work of this title."""
        found = [card for card in await self.works() if card.title == title]
        assert len(found) == 1, f"{len(found)} works are called {title}"
        return found[0]

    async def hides(self, source_id: str) -> None:
        """A librarian hides a record from readers."""
        if self.fake is not None:
            self.fake.hide(source_id)
            return
        assert self.database is not None
        async with self.database.writer.begin() as connection:
            version = await lock(connection) + 1
            hidden = update(RecordRow).where(RecordRow.source_id == source_id).values(suppressed=True)
            works = list(await connection.scalars(hidden.returning(RecordRow.work_id)))
            await connection.execute(update(WorkRow).where(WorkRow.id.in_(works)).values(version=version))
            await raise_version(connection, version)


@asynccontextmanager
async def opened_catalogue(
    kind: str, databases: Databases, clock: Clock, branches: Sequence[Branch] = BRANCHES
) -> AsyncIterator[CatalogueStore]:
    """A fresh catalogue: ``fake``, ``sqlite`` or ``postgresql``."""
    if kind == "fake":
        fake = FakeCatalogueStore(clock, branches)
        yield CatalogueStore(fake, fake, fake, fake=fake)
        return
    database = await connect(await databases.url(kind))
    await SqlBranches(database, CENTRAL.zone).put(branches)
    cards, source = SqlCards(database, clock, CENTRAL.zone), SqlIndexSource(database)
    yield CatalogueStore(SqlCatalogueWriter(database, clock), cards, source, database)
    await cards.aclose()
    await source.aclose()
    await databases.drop(database)
