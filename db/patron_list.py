"""One list of readers into the store, in a transaction of the caller's."""

from array import array
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.library.lists import Listed, PatronData
from db.branch_book import BranchBook, known_branches
from db.list_common import ListPlan, ListSummary, Seen, batches, too_many
from db.list_rows import patron_changes, patron_values
from db.models import PatronRow


class PatronList:
    """One list of readers."""

    def __init__(self, connection: AsyncConnection, plan: ListPlan, summary: ListSummary, now: datetime) -> None:
        self._connection, self._plan, self._summary, self._now = connection, plan, summary, now
        self._seen = Seen()

    async def load(self, rows: Callable[[], Iterator[Listed[PatronData]]]) -> None:
        """Read it and write it."""
        self._book = BranchBook(await known_branches(self._connection))
        self._summary.had = len(await self._of_source())
        for batch in batches(rows()):
            await self._keep({listed.row.card_number: listed.row for listed in batch})
            self._summary.read += len(batch)
        await self._mark_gone()

    async def _keep(self, batch: dict[str, PatronData]) -> None:
        branches = {row.branch or self._plan.branch: None for row in batch.values()}
        await self._book.meet(branches, self._connection)
        stored = {
            row.card_number: row
            for row in await self._connection.execute(select(PatronRow).where(PatronRow.card_number.in_(sorted(batch))))
        }
        new: list[dict[str, Any]] = []
        for card, row in batch.items():
            values = patron_values(row, self._book.find(row.branch or self._plan.branch))
            if card not in stored:
                new.append({**values, "card_number": card, "source": self._plan.source})
                continue
            changes = patron_changes(stored[card]._mapping, values, self._plan.source)
            self._seen.add([stored[card].id])
            self._summary.updated += bool(changes)
            self._summary.unchanged += not changes
            if changes:
                of_row = update(PatronRow).where(PatronRow.id == stored[card].id)
                await self._connection.execute(of_row.values(changes))
        self._summary.added += len(new)
        for values in new:
            added = await self._connection.execute(insert(PatronRow).values(values).returning(PatronRow.id))
            self._seen.add([added.scalar_one()])

    async def _mark_gone(self) -> None:
        self._seen.finish()
        gone = [number for number in await self._of_source() if not self._seen.has(number)]
        self._summary.gone = len(gone)
        if too_many(self._summary, self._plan):
            self._summary.unconfirmed = True
            return
        for some in batches(iter(gone)):
            marking = update(PatronRow).where(PatronRow.id.in_(some), PatronRow.missing_since.is_(None))
            await self._connection.execute(marking.values(missing_since=self._now))

    async def _of_source(self) -> "array[int]":
        of = select(PatronRow.id).where(PatronRow.source == self._plan.source, PatronRow.missing_since.is_(None))
        return array("q", await self._connection.scalars(of))
