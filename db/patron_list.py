"""The readers of one branch of a list into the store, in a transaction of the caller's."""

from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.library.lists import Listed, PatronData
from db.list_common import ListPlan, ListSummary, Seen, Stopped, batches, too_many
from db.list_parts import Parts
from db.list_rows import patron_changes, patron_values
from db.models import PatronRow


async def branches_of(connection: AsyncConnection, source: str) -> Sequence[int | None]:
    """The branches whose readers a source told of before."""
    wanted = select(PatronRow.branch_id).distinct().where(PatronRow.source == source, PatronRow.missing_since.is_(None))
    return list(await connection.scalars(wanted))


async def ids_of_cards(connection: AsyncConnection, parts: Parts[PatronData]) -> Seen:
    """Readers of the store whom the list has, at whatever branch: who has moved is not gone."""
    seen = Seen()
    for name in parts.names:
        for batch in parts.rows(name):
            cards = sorted({listed.row.card_number for listed in batch})
            seen.add(await connection.scalars(select(PatronRow.id).where(PatronRow.card_number.in_(cards))))
    seen.finish()
    return seen


class PatronList:
    """The readers of one branch of a list."""

    def __init__(
        self, connection: AsyncConnection, plan: ListPlan, now: datetime, branch_id: int | None, name: str
    ) -> None:
        self._connection, self._plan, self._now = connection, plan, now
        self._branch_id, self._name = branch_id, name
        self.summary = ListSummary()

    async def load(self, batches_of: Callable[[], Iterator[list[Listed[PatronData]]]], seen: Seen) -> None:
        """Mark who is gone and write the others; nothing is written where too many are gone."""
        known = await self._of_branch()
        gone = [number for number in known if not seen.has(number)]
        self.summary.had, self.summary.gone = len(known), len(gone)
        if too_many(self.summary, self._plan):
            self.summary.stopped.append(Stopped(self._name, len(gone), len(known)))
            self.summary.read = sum(len(batch) for batch in batches_of())
            return
        for some in batches(iter(gone)):
            marking = update(PatronRow).where(PatronRow.id.in_(some), PatronRow.missing_since.is_(None))
            await self._connection.execute(marking.values(missing_since=self._now))
        for batch in batches_of():
            self.summary.read += len(batch)
            await self._keep({listed.row.card_number: listed.row for listed in batch})

    async def _keep(self, batch: dict[str, PatronData]) -> None:
        wanted = select(PatronRow).where(PatronRow.card_number.in_(sorted(batch)))
        stored = {row.card_number: row for row in await self._connection.execute(wanted)}
        new: list[dict[str, Any]] = []
        for card, row in batch.items():
            values = patron_values(row, self._branch_id, self._plan.registration_months)
            if card not in stored:
                new.append({**values, "card_number": card, "source": self._plan.source})
                continue
            changes = patron_changes(stored[card]._mapping, values, self._plan.source)
            self.summary.updated += bool(changes)
            self.summary.unchanged += not changes
            if changes:
                of_row = update(PatronRow).where(PatronRow.id == stored[card].id)
                await self._connection.execute(of_row.values(changes))
        self.summary.added += len(new)
        for values in new:
            await self._connection.execute(insert(PatronRow).values(values))

    async def _of_branch(self) -> "array[int]":
        here = PatronRow.branch_id.is_(None) if self._branch_id is None else PatronRow.branch_id == self._branch_id
        of = select(PatronRow.id).where(PatronRow.source == self._plan.source, PatronRow.missing_since.is_(None), here)
        return array("q", await self._connection.scalars(of))
