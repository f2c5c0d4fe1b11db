"""The readers of one branch of a list into the store, in a transaction of the caller's."""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.library.lists import Listed, ListPlan, ListSummary, OnRejected, PatronData, Stopped
from db.list_common import batches, too_many
from db.list_parts import Parts
from db.list_readers import KnownReaders, ListedReaders, Meant
from db.list_rows import patron_changes, patron_values
from db.models import PatronRow
from db.staging import Part, Staged

OTHERS = "others"
"""Rows that the store has otherwise, as its part is called."""
TWICE = "the same card stands in the list twice: its last row counts"
COLUMNS = tuple(getattr(PatronRow, column.key) for column in PatronRow.__table__.columns)


async def branches_of(connection: AsyncConnection, source: str) -> Sequence[int | None]:
    """The branches whose readers a source told of before."""
    wanted = select(PatronRow.branch_id).distinct().where(PatronRow.source == source, PatronRow.missing_since.is_(None))
    return list(await connection.scalars(wanted))


class PatronList:
    """The readers of one branch of a list: looked at first, which locks nothing, then written.

    Args:
        known: Whom of the store the whole list has.
        met: Cards of readers whom no branch before has written, though it would have: a dry run's.
    """

    def __init__(
        self,
        connection: AsyncConnection,
        plan: ListPlan,
        rejected: OnRejected,
        now: datetime,
        branch_id: int | None,
        name: str,
        known: KnownReaders,
        met: set[str],
    ) -> None:
        self._connection, self._plan, self._now, self._rejected = connection, plan, now, rejected
        self._branch_id, self._name, self._known, self._met = branch_id, name, known, met
        self._readers = ListedReaders(connection, *COLUMNS)
        self._new = Staged(connection, PatronRow, "card_number")
        self._others: Parts[PatronData] = Parts()
        self._gone: Sequence[int] = ()
        self._rest: Part | None = None
        self.summary = ListSummary()

    async def prepare(self, batches_of: Callable[[], Iterator[list[Listed[PatronData]]]]) -> None:
        """See who is gone, new or changed; nothing is to be written where too many are gone."""
        had = await self._of_branch()
        gone = [number for number in had if not self._known.has(number)]
        self.summary.had, self.summary.gone = len(had), len(gone)
        if too_many(self.summary, self._plan):
            self.summary.stopped.append(Stopped(self._name, len(gone), len(had)))
            self.summary.read = sum(len(batch) for batch in batches_of())
            return
        self._gone = gone
        await self._new.open()
        for batch in batches_of():
            self.summary.read += len(batch)
            await self._sort(self._last_of_each(batch))

    def _last_of_each(self, batch: Sequence[Listed[PatronData]]) -> dict[str, Listed[PatronData]]:
        """By card the row that counts; that another one of it does not is told."""
        last = {listed.row.card_number: listed for listed in batch}
        for listed in batch:
            if last[listed.row.card_number] is not listed:
                self._rejected(listed.ordinal, listed.offset, TWICE)
        return last

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
            await self._keep({listed.row.card_number: listed for listed in batch})

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
            await self._keep({listed.row.card_number: listed for listed in batch})

    async def drop(self) -> None:
        """Nothing of it is left on the connection."""
        await self._new.drop()

    def close(self) -> None:
        """Nothing of it is left on the disk."""
        self._others.close()
        self._new.close()

    async def _sort(self, batch: dict[str, Listed[PatronData]]) -> None:
        meant = await self._meant(batch)
        new: list[tuple[Listed[PatronData], dict[str, Any]]] = []
        for card, listed in batch.items():
            stored = meant[card].stored
            if meant[card].unclear:
                self._refuse(listed, meant[card].unclear)
            elif stored is None and card not in self._met:
                self._met.add(card)
                new.append((listed, self._values(listed.row)))
            elif stored is None or patron_changes(stored._mapping, self._values(listed.row, stored), self._plan.source):
                self.summary.updated += 1
                self._others.add(OTHERS, listed)
            else:
                self.summary.unchanged += 1
        self.summary.added += len(new)
        await self._new.add(new)

    def _values(self, row: PatronData, stored: Row[Any] | None = None) -> dict[str, Any]:
        values = patron_values(row, self._branch_id, self._plan.registration_months)
        if stored is None:
            return {**values, "card_number": row.card_number, "source": self._plan.source}
        return {**values, "card_number": max(stored.card_number, row.card_number, key=len)}  # nobody adds zeros

    async def _meant(self, batch: dict[str, Listed[PatronData]]) -> dict[str, Meant]:
        found = await self._readers.find(batch)
        return {card: self._known.meant(listed.row, found.get(card, ())) for card, listed in batch.items()}

    def _refuse(self, listed: Listed[PatronData], cards: Sequence[str]) -> None:
        what = f"the card {listed.row.card_number} may be {' or '.join(cards)} without its first zeros"
        self._rejected(listed.ordinal, listed.offset, f"{what}: write it in full")

    async def _keep(self, batch: dict[str, Listed[PatronData]]) -> None:
        meant = await self._meant(batch)
        changed: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for card, listed in batch.items():
            stored = meant[card].stored
            if meant[card].unclear:
                self._refuse(listed, meant[card].unclear)
                continue
            if stored is None:
                self.summary.added += 1
                await self._connection.execute(insert(PatronRow).values(self._values(listed.row)))
                continue
            changes = patron_changes(stored._mapping, self._values(listed.row, stored), self._plan.source)
            self.summary.updated += bool(changes)
            self.summary.unchanged += not changes
            if changes:
                changed[tuple(changes)].append({f"to_{name}": value for name, value in changes.items()})
                changed[tuple(changes)][-1]["of_patron"] = stored.id
        for names, rows in changed.items():
            values_of: dict[str, Any] = {name: bindparam(f"to_{name}") for name in names}
            of_row = update(PatronRow).where(PatronRow.id == bindparam("of_patron")).values(values_of)
            await self._connection.execute(of_row, rows)

    async def _of_branch(self) -> "array[int]":
        here = PatronRow.branch_id.is_(None) if self._branch_id is None else PatronRow.branch_id == self._branch_id
        of = select(PatronRow.id).where(PatronRow.source == self._plan.source, PatronRow.missing_since.is_(None), here)
        return array("q", await self._connection.scalars(of))
