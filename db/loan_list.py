"""The loans of one branch of a list into the store, in a transaction of the caller's."""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.library.lists import Listed, ListPlan, ListSummary, LoanData, OnRejected, Stopped
from bot.renewal_requests import RequestState
from db import circulation_reading as reading
from db import holding
from db.base import aliased
from db.circulation_house import LendingHouse, Places
from db.list_common import Seen, batches, too_many
from db.list_copies import ALIKE, ListedCopies
from db.list_parts import Parts
from db.list_readers import ListedReaders
from db.list_rows import AS_TOLD, Copy, StoredLoanRow, digest_of, due_of, loan_changes
from db.models import BranchRow, ItemRow, PatronRow, RecordRow
from db.models_circulation import HoldRow, LoanRow, LoanSourceRow, RenewalRequestRow
from db.staging import Part, Staged
from db.upserts import insert_of

CHANGED = "changed"
"""Loans that the store has otherwise, as their part is called."""
TWICE = "the same loan stands in the list twice"
TOLD = ("due_on", "renewals", "remote_renewals", *AS_TOLD)
"""The columns of a loan that a list tells."""


class LoanList:
    """The loans of one branch of a list: looked at first, which locks nothing, then written.

    Args:
        given: Slots of items that the list has given out, and no branch before has written it: a dry run's.
    """

    def __init__(
        self,
        connection: AsyncConnection,
        plan: ListPlan,
        rejected: OnRejected,
        now: datetime,
        house: LendingHouse,
        places: Places,
        branch_id: int | None,
        name: str,
        given: dict[int, set[int]],
    ) -> None:
        self._connection, self._plan, self._rejected = connection, plan, rejected
        self._now, self._house, self._places = now, house, places
        self._branch_id, self._name, self._given = branch_id, name, given
        self._seen, self._back, self._closing = Seen(), Seen(), Seen()
        self._added = Staged(connection, LoanRow, "branch_id", "source_key")
        self._copies = ListedCopies(connection)
        self._readers = ListedReaders(connection, PatronRow.card_number, PatronRow.id, PatronRow.category)
        self._changed: Parts[LoanData] = Parts()
        self._keys: set[str] = set()
        self._ending: Sequence[int] = ()
        self._rest: Part | None = None
        self._works: set[int] = set()
        self._code = ""
        self.summary = ListSummary()

    async def prepare(self, batches_of: Callable[[], Iterator[list[Listed[LoanData]]]]) -> None:
        """Read it twice: to see what is gone, and what is new. Where too much is gone nothing is to be written."""
        for batch in batches_of():
            await self._look(batch)
        if not await self._may_close():
            return
        if self._branch_id is not None:
            wanted = select(BranchRow.code).where(BranchRow.id == self._branch_id)
            self._code = await self._connection.scalar(wanted) or ""
        await self._added.open()
        for batch in batches_of():
            await self._sort(batch)

    async def parts(self) -> Sequence[Part]:
        """What may go in before the rest: on SQLite, new loans, whole readers at a time, where no loan came back.

        A copy that came back and is out again must not look free in between.
        """
        if self.summary.stopped or self._ending:
            return ()
        *first, self._rest = await self._added.parts("patron_id")
        return first

    async def write(self) -> None:
        """What was seen, in a transaction of the caller's; what changed meanwhile is looked at again."""
        if self.summary.stopped:
            return
        await self._close()
        for batch in self._changed.rows(CHANGED):
            self.summary.updated -= len(batch)
            await self._keep(batch)
        await self.add(self._rest)
        await self._note_source()
        await self._serve()

    async def add(self, part: Part | None) -> None:
        """New loans, all of them without a ``part``, in a transaction of the caller's."""
        may, still = self._may_be_added(), LoanRow.returned_at.is_(None)
        for batch in await self._added.move(*may, still=still, part=part):
            self.summary.added -= len(batch)
            await self._keep(batch)

    async def drop(self) -> None:
        """Nothing of it is left on the connection."""
        await self._added.drop()

    def close(self) -> None:
        """Nothing of it is left on the disk."""
        self._changed.close()
        self._added.close()

    # --- looking: what of it is known, new or gone ------------------------------------------------

    async def _look(self, batch: Sequence[Listed[LoanData]]) -> None:
        self.summary.read += len(batch)
        stored = await self._stored(batch)
        for listed in batch:
            found = stored.get(digest_of(listed.row, self._branch_id))
            if found is not None:
                (self._back if listed.row.returned else self._seen).add([found.id])

    async def _stored(self, batch: Sequence[Listed[LoanData]]) -> dict[str, StoredLoanRow]:
        keys = {digest_of(listed.row, self._branch_id) for listed in batch}
        here = (LoanRow.branch_id == self._branch_id, LoanRow.returned_at.is_(None))
        wanted = select(LoanRow).where(*here, LoanRow.source_key.in_(sorted(keys)))
        return {row.source_key: StoredLoanRow.of(row._mapping) for row in await self._connection.execute(wanted)}

    def _unknown(self, batch: Sequence[Listed[LoanData]], stored: Mapping[str, StoredLoanRow]) -> list[LoanData]:
        """The rows of loans that the store does not have."""
        rows = [listed.row for listed in batch if not listed.row.returned]
        return [row for row in rows if digest_of(row, self._branch_id) not in stored]

    def _of_list(self) -> tuple[ColumnElement[bool], ...]:
        return (LoanRow.branch_id == self._branch_id, LoanRow.source != "", LoanRow.returned_at.is_(None))

    async def _may_close(self) -> bool:
        """See which loans came back, by the list's word or because it has them no more; False: that is too many."""
        self._seen.finish()
        self._back.finish()
        wanted = select(LoanRow.id).where(*self._of_list()).order_by(LoanRow.id)
        ids = array("q", await self._connection.scalars(wanted))
        back = [number for number in ids if self._back.has(number)]
        gone = [number for number in ids if not (self._back.has(number) or self._seen.has(number))]
        self.summary.had, self.summary.gone, self.summary.returned = len(ids), len(gone), len(back)
        if too_many(self.summary, self._plan):
            self.summary.stopped.append(Stopped(self._name, len(gone), len(ids)))
            return False
        self._ending = [*back, *gone]
        self._closing.add(self._ending)
        self._closing.finish()
        return True

    async def _sort(self, batch: Sequence[Listed[LoanData]]) -> None:
        """What the store has as it is, what it has otherwise, and what it has not."""
        stored, patrons = await self._stored(batch), await self._patrons(batch)
        copies = await self._copies.find(self._unknown(batch, stored), self._closing, self._given)
        new: list[tuple[Listed[LoanData], dict[str, Any]]] = []
        for listed, known, values in self._told_apart(batch, stored, patrons, copies, self._keys):
            if known is not None:
                self._changed.add(CHANGED, listed)
                continue
            if values["item_id"] is not None:
                self._given.setdefault(values["item_id"], set()).add(values["slot"])
            new.append((listed, values))
        await self._added.add(new)

    def _told_apart(
        self,
        batch: Sequence[Listed[LoanData]],
        stored: Mapping[str, StoredLoanRow],
        patrons: dict[str, tuple[int, str]],
        copies: dict[str, list[Copy]],
        keys: set[str],
    ) -> Iterator[tuple[Listed[LoanData], StoredLoanRow | None, dict[str, Any]]]:
        """The loans to be written, the others being counted: each with its row and its changes, or a new one's columns.

        ``keys`` are of new loans that the list has told already; those of this batch join them.
        """
        for listed in batch:
            row = listed.row
            if row.returned:
                continue
            key = digest_of(row, self._branch_id)
            if (known := stored.get(key)) is not None:
                changes = loan_changes(known, row)
                self.summary.updated += bool(changes)
                self.summary.unchanged += not changes
                if changes:
                    yield listed, known, changes
                continue
            why, values = self._new(row, patrons, copies)
            if why or key in keys:
                self._rejected(listed.ordinal, listed.offset, why or TWICE)
                continue
            keys.add(key)
            self.summary.added += 1
            yield listed, None, {**values, "source_key": key}

    # --- writing ----------------------------------------------------------------------------------

    async def _close(self) -> None:
        """Loans that came back; one that was closed meanwhile is closed."""
        await reading.lock_loans(self._connection, *self._of_list())
        for some in batches(iter(self._ending)):
            closing = update(LoanRow).where(LoanRow.id.in_(some), LoanRow.returned_at.is_(None))
            ended = await self._connection.execute(
                closing.values(returned_at=self._now).returning(LoanRow.id, LoanRow.item_id)
            )
            found = ended.all()
            await self._note_works([row.item_id for row in found if row.item_id is not None])
            await self._decide(dict.fromkeys(row.id for row in found))

    def _may_be_added(self) -> tuple[ColumnElement[bool], ...]:
        """A new loan's reader and copy are still there, and nobody has taken the copy meanwhile."""
        rows = self._added.rows.c
        other = aliased(LoanRow)
        taken = exists().where(other.item_id == rows.item_id, other.slot == rows.slot, other.returned_at.is_(None))
        there = exists().where(ItemRow.id == rows.item_id, ItemRow.missing_since.is_(None))
        return (
            exists().where(PatronRow.id == rows.patron_id),
            or_(rows.item_id.is_(None), and_(there, ~taken)),
        )

    async def _note_works(self, items: Sequence[int]) -> None:
        of = select(RecordRow.work_id).join(ItemRow, ItemRow.record_id == RecordRow.id)
        self._works.update(await self._connection.scalars(of.where(ItemRow.id.in_(items))))

    async def _decide(self, due: dict[int, date | None]) -> None:
        """Requests about loans that are back are dropped; about those with a later day, answered."""
        waiting = RenewalRequestRow.state == RequestState.WAITING.value
        for row in (
            await self._connection.execute(
                select(RenewalRequestRow).where(waiting, RenewalRequestRow.loan_id.in_(list(due)))
            )
        ).all():
            until = due[row.loan_id]
            if until is not None and until <= row.due_before:
                continue
            state = RequestState.DROPPED if until is None else RequestState.CONFIRMED
            values = {"state": state.value, "decided_at": self._now, "decided_by": self._plan.source, "due_on": until}
            await self._connection.execute(
                update(RenewalRequestRow).where(RenewalRequestRow.id == row.id).values(values)
            )

    async def _keep(self, batch: Sequence[Listed[LoanData]]) -> None:
        stored, patrons = await self._stored(batch), await self._patrons(batch)
        copies = await self._copies.find(self._unknown(batch, stored), Seen(), {})
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        later: dict[int, date | None] = {}
        for _, known, values in self._told_apart(batch, stored, patrons, copies, set()):
            if known is None:
                new.append(values)
            else:
                changed.append({"of_loan": known.id, **_told(known, values)})
                later[known.id] = values.get("due_on", known.due_on)
        if changed:
            to: dict[str, Any] = {name: bindparam(f"to_{name}") for name in TOLD}
            of_row = update(LoanRow).where(LoanRow.id == bindparam("of_loan")).values(**to, as_of=self._now)
            await self._connection.execute(of_row, changed)
        if new:
            await self._connection.execute(insert(LoanRow), new)
        await self._decide(later)

    def _new(
        self, row: LoanData, patrons: dict[str, tuple[int, str]], copies: dict[str, list[Copy]]
    ) -> tuple[str, dict[str, Any]]:
        """The columns of a new loan, or why there can be none."""
        branch = self._branch_id
        if branch is None:
            return "no branch: name it with --branch", {}
        if row.card_number not in patrons:
            return f"no reader has the card {row.card_number}: import readers first (--kind patrons)", {}
        patron_id, category = patrons[row.card_number]
        found = [*copies.get(row.inventory_number, ()), *copies.get(row.barcode, ())] if copies else []
        at_home = [copy for copy in found if copy.branch_id == branch] or found
        if copies and not found:
            alike = [copy for copy in copies.get(ALIKE + row.inventory_number, ()) if copy.branch_id == branch]
            at_home = alike if len(alike) == 1 else []
        copy = next((copy for copy in at_home if copy.free_slot() is not None), None)
        if at_home and copy is None:
            return "this copy is on loan to another card already", {}
        slot = 0
        if copy is not None:
            slot = copy.take()
            self._works.add(copy.work_id)
        policy = self._house.policy(self._code, category, row.item_type)
        issued, due = due_of(row, policy, self._places.at(self._code), self._now)
        return "", {
            "patron_id": patron_id,
            "item_id": copy.item_id if copy else None,
            "slot": slot,
            "branch_id": branch,
            **{name: getattr(row, name) for name in AS_TOLD},
            "inventory_number": row.inventory_number,
            "issued_on": issued,
            "due_on": due,
            "renewals": row.renewals or 0,
            "remote_renewals": 0,
            "as_of": self._now,
            "source": self._plan.source,
        }

    async def _patrons(self, batch: Sequence[Listed[LoanData]]) -> dict[str, tuple[int, str]]:
        """Readers by the numbers that the list has; one who may be another has no loan."""
        found = await self._readers.find({listed.row.card_number for listed in batch})
        return {card: (rows[0].id, rows[0].category) for card, rows in found.items() if len(rows) == 1}

    # --- what follows from it ---------------------------------------------------------------------

    async def _note_source(self) -> None:
        if self._branch_id is None:
            return
        make: Any = insert_of(self._connection.dialect.name)
        values = {"source": self._plan.source, "file": self._plan.file, "as_of": self._now, "digest": ""}
        noting = make(LoanSourceRow).values(branch_id=self._branch_id, **values)
        await self._connection.execute(noting.on_conflict_do_update(index_elements=["branch_id"], set_=values))

    async def _serve(self) -> None:
        """Who has the book does not wait for it any more; what came back is kept for the next."""
        waited_for = await self._connection.scalars(
            select(HoldRow.work_id).distinct().where(HoldRow.ended_at.is_(None))
        )
        for works in batches(iter(sorted(self._works.intersection(waited_for)))):
            await reading.lock_works(self._connection, works)
            has = (
                select(HoldRow.id)
                .join(LoanRow, LoanRow.patron_id == HoldRow.patron_id)
                .join(ItemRow, ItemRow.id == LoanRow.item_id)
                .join(RecordRow, RecordRow.id == ItemRow.record_id)
                .where(
                    HoldRow.work_id.in_(works),
                    RecordRow.work_id == HoldRow.work_id,
                    HoldRow.ended_at.is_(None),
                    LoanRow.returned_at.is_(None),
                )
            )
            ended = {"state": "fulfilled", "ended_at": self._now, "ended_by": self._plan.source}
            await self._connection.execute(
                update(HoldRow).where(HoldRow.id.in_(list(await self._connection.scalars(has)))).values(ended)
            )
            await holding.hand_out(self._connection, works, self._house, self._places, self._now)


def _told(stored: StoredLoanRow, changes: Mapping[str, Any]) -> dict[str, Any]:
    """All that a list tells of a loan, changed or not: so that many loans are one statement."""
    return {f"to_{name}": changes.get(name, getattr(stored, name)) for name in TOLD}
