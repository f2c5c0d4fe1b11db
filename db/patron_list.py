"""The readers of one branch of a list into the store, in a transaction of the caller's."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.library.lists import Listed, ListPlan, ListSummary, PatronData, Stopped
from db.list_common import Seen, batches, too_many
from db.list_parts import Parts
from db.list_rows import patron_changes, patron_values
from db.models import PatronRow
from db.staging import Part, Staged

OTHERS = "others"
"""Rows that the store has otherwise, as its part is called."""


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
    """The readers of one branch of a list: looked at first, which locks nothing, then written.

    Args:
        met: Cards of readers whom no branch before has written, though it would have: a dry run's.
    """

    def __init__(
        self,
        connection: AsyncConnection,
        plan: ListPlan,
        now: datetime,
        branch_id: int | None,
        name: str,
        met: set[str],
    ) -> None:
        self._connection, self._plan, self._now = connection, plan, now
        self._branch_id, self._name, self._met = branch_id, name, met
        self._new = Staged(connection, PatronRow, "card_number")
        self._others: Parts[PatronData] = Parts()
        self._gone: Sequence[int] = ()
        self._rest: Part | None = None
        self.summary = ListSummary()

    async def prepare(self, batches_of: Callable[[], Iterator[list[Listed[PatronData]]]], seen: Seen) -> None:
        """See who is gone, new or changed; nothing is to be written where too many are gone."""
        known = await self._of_branch()
        gone = [number for number in known if not seen.has(number)]
        self.summary.had, self.summary.gone = len(known), len(gone)
        if too_many(self.summary, self._plan):
            self.summary.stopped.append(Stopped(self._name, len(gone), len(known)))
            self.summary.read = sum(len(batch) for batch in batches_of())
            return
        self._gone = gone
        await self._new.open()
        for batch in batches_of():
            self.summary.read += len(batch)
            await self._sort({listed.row.card_number: listed for listed in batch})

    async def parts(self) -> Sequence[Part]:
        """What may go in before the rest: on SQLite, new readers."""
        if self.summary.stopped:
            return ()
        *first, self._rest = await self._new.parts("ordinal")
        return first

    async def add(self, part: Part | None) -> None:
        """New readers, all of them without a ``part``, in a transaction of the caller's."""
        for batch in await self._new.move(part=part):
            self.summary.added -= len(batch)
            await self._keep({listed.row.card_number: listed.row for listed in batch})

    async def write(self) -> None:
        """What was seen, in a transaction of the caller's; who changed meanwhile is looked at again."""
        if self.summary.stopped:
            return
        for some in batches(iter(self._gone)):
            marking = update(PatronRow).where(PatronRow.id.in_(some), PatronRow.missing_since.is_(None))
            await self._connection.execute(marking.values(missing_since=self._now))
        await self.add(self._rest)
        for batch in self._others.rows(OTHERS):
            self.summary.updated -= len(batch)
            await self._keep({listed.row.card_number: listed.row for listed in batch})

    async def drop(self) -> None:
        """Nothing of it is left on the connection."""
        await self._new.drop()

    def close(self) -> None:
        """Nothing of it is left on the disk."""
        self._others.close()
        self._new.close()

    async def _sort(self, batch: dict[str, Listed[PatronData]]) -> None:
        stored = await self._stored(batch)
        new: list[tuple[Listed[PatronData], dict[str, Any]]] = []
        for card, listed in batch.items():
            values = self._values(listed.row)
            if card not in stored and card not in self._met:
                self._met.add(card)
                new.append((listed, {**values, "card_number": card, "source": self._plan.source}))
            elif card not in stored or patron_changes(stored[card]._mapping, values, self._plan.source):
                self.summary.updated += 1
                self._others.add(OTHERS, listed)
            else:
                self.summary.unchanged += 1
        self.summary.added += len(new)
        await self._new.add(new)

    def _values(self, row: PatronData) -> dict[str, Any]:
        return patron_values(row, self._branch_id, self._plan.registration_months)

    async def _stored(self, cards: Collection[str]) -> dict[str, Row[Any]]:
        wanted = select(PatronRow).where(PatronRow.card_number.in_(sorted(cards)))
        return {row.card_number: row for row in await self._connection.execute(wanted)}

    async def _keep(self, batch: dict[str, PatronData]) -> None:
        stored = await self._stored(batch)
        changed: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for card, row in batch.items():
            values = self._values(row)
            if card not in stored:
                self.summary.added += 1
                new = {**values, "card_number": card, "source": self._plan.source}
                await self._connection.execute(insert(PatronRow).values(new))
                continue
            changes = patron_changes(stored[card]._mapping, values, self._plan.source)
            self.summary.updated += bool(changes)
            self.summary.unchanged += not changes
            if changes:
                changed[tuple(changes)].append({f"to_{name}": value for name, value in changes.items()})
                changed[tuple(changes)][-1]["of_patron"] = stored[card].id
        for names, rows in changed.items():
            values_of: dict[str, Any] = {name: bindparam(f"to_{name}") for name in names}
            of_row = update(PatronRow).where(PatronRow.id == bindparam("of_patron")).values(values_of)
            await self._connection.execute(of_row, rows)

    async def _of_branch(self) -> "array[int]":
        here = PatronRow.branch_id.is_(None) if self._branch_id is None else PatronRow.branch_id == self._branch_id
        of = select(PatronRow.id).where(PatronRow.source == self._plan.source, PatronRow.missing_since.is_(None), here)
        return array("q", await self._connection.scalars(of))
