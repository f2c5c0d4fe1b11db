"""Keeps what an import brings: records found again or added, their works, their copies.

A batch is one transaction of a handful of statements. Every transaction locks the catalogue's state
first, so two imports wait for one another and never cross.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.bibliography import Kept, Keyed
from bot.clock import Clock
from bot.library.model import HIDDEN_STATUSES
from db import catalogue_sql as sql
from db.branch_book import BranchBook, known_branches
from db.catalogue_items import StoredItem, compare
from db.catalogue_match import Incoming, Matching, Slot
from db.catalogue_rows import SOURCE_LENGTH, ItemValues, item_values, record_values
from db.connect import Database, store_errors
from db.lasting_merges import keep_together
from db.models import ImportRunRow, ItemRow, RecordRow, WorkRow
from db.models_shelving import WorkAliasRow
from db.queues import follow_records

BEFORE = "before"
"""Key of a run's counts: records that the source had when the run began."""


class SqlCatalogueWriter:
    """Fills the port ``CatalogueWriter``.

    A record is found again within its source only. What the staff hid stays hidden, what disappears
    is marked and never deleted, and a file read twice changes nothing, not even the version.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._dialect = database.dialect

    async def begin(self, source: str, files: Sequence[str]) -> int:
        async with self._database.writing() as connection:
            run = {
                "source": source[:SOURCE_LENGTH],
                "files": list(files),
                "started_at": self._clock.now(),
                "counts": {BEFORE: await _size(connection, source)},
            }
            return int(
                (await connection.execute(insert(ImportRunRow).values(run).returning(ImportRunRow.id))).scalar_one()
            )

    async def keep(self, run: int, source: str, batch: Sequence[Keyed]) -> Kept:
        incoming = [Incoming.of(keyed) for keyed in batch]
        async with self._database.writing() as connection:
            version = 1 + await sql.lock(connection)
            await self._place_items(incoming, connection, connection)
            matching = await self._match(connection, run, source, incoming)
            touched = await self._write(connection, matching, run, source, version)
            if touched:
                await sql.refresh_works(connection, self._among(WorkRow.id, sorted(touched)), version)
            if touched or matching.new:
                await sql.raise_version(connection, version)
        return matching.kept

    async def preview(self, source: str, batch: Sequence[Keyed]) -> Kept:
        incoming = [Incoming.of(keyed) for keyed in batch]
        with store_errors():
            async with self._database.engine.connect() as connection:
                await self._place_items(incoming, connection, None)
                matching = await self._match(connection, 0, source, incoming)
        return matching.kept

    async def disappeared(self, run: int, source: str) -> tuple[int, int]:
        """As the port says; "in all" counts what the source had before the run.

        So a wrong file, however large, cannot hide that everything else disappeared.
        """
        with store_errors():
            async with self._database.engine.connect() as connection:
                lost = await connection.scalar(
                    select(func.count()).select_from(RecordRow).where(*_present(source), RecordRow.seen_in_run < run)
                )
                counts = await connection.scalar(select(ImportRunRow.counts).where(ImportRunRow.id == run))
                had = (counts or {}).get(BEFORE)
                return int(lost or 0), await _size(connection, source) if had is None else int(had)

    async def finish(self, run: int, source: str, counts: Mapping[str, int], *, mark_missing: bool) -> None:
        now = self._clock.now()
        async with self._database.writing() as connection:
            version = 1 + await sql.lock(connection)
            if mark_missing:
                unmet = (*_present(source), RecordRow.seen_in_run < run)
                await connection.execute(
                    update(WorkRow)
                    .where(WorkRow.id.in_(select(RecordRow.work_id).where(*unmet)))
                    .values(version=version)
                )
                marked = await connection.execute(update(RecordRow).where(*unmet).values(missing_since=now))
                if marked.rowcount:
                    await sql.refresh_works(connection, WorkRow.version == version, version)
                    await sql.raise_version(connection, version)
            kept = await connection.scalar(select(ImportRunRow.counts).where(ImportRunRow.id == run))
            await connection.execute(
                update(ImportRunRow)
                .where(ImportRunRow.id == run)
                .values(finished_at=now, counts={**(kept or {}), **counts})
            )
        await self._database.count_anew(WorkRow, RecordRow, ItemRow)

    # --- who is who ------------------------------------------------------------------------------

    async def _place_items(
        self, incoming: Sequence[Incoming], connection: AsyncConnection, may_add: AsyncConnection | None
    ) -> None:
        book = BranchBook(await known_branches(connection))
        await book.meet({copy.branch: None for item in incoming for copy in item.keyed.record.items}, may_add)
        for item in incoming:
            item.items = tuple(item_values(copy, book.find(copy.branch)) for copy in item.keyed.record.items)

    async def _match(
        self, connection: AsyncConnection, run: int, source: str, incoming: Sequence[Incoming]
    ) -> Matching:
        await sql.trust_indexes(connection)
        matching = Matching(incoming, run)
        of_source = RecordRow.source == source[:SOURCE_LENGTH]
        # No index on this one: SQLite would walk through the whole source rather than look 500 numbers up.
        anyway_of_source = RecordRow.source.concat("") == source[:SOURCE_LENGTH]
        if ids := [item.source_id for item in incoming if item.source_id]:
            same = select(*sql.MATCHED).where(of_source, self._among(RecordRow.source_id, ids)).order_by(RecordRow.id)
            for row in await connection.execute(same):
                matching.meet(row)
            matching.by_source_id()
        if numbers := [
            copy.inventory_number for item in matching.nobodys for copy in item.items if copy.inventory_number
        ]:
            matching.by_inventory(await self._holders(connection, matching, anyway_of_source, numbers))
        if prints := [item.keyed.fingerprint for item in matching.nobodys]:
            alike = select(*sql.MATCHED).where(self._among(RecordRow.fingerprint, prints), anyway_of_source)
            found = await connection.execute(alike.order_by(RecordRow.id))
            matching.by_fingerprint([matching.meet(row) for row in found])
        matching.rest_are_new()
        return matching

    async def _holders(
        self, connection: AsyncConnection, matching: Matching, of_source: ColumnElement[bool], numbers: Sequence[str]
    ) -> list[tuple[int | None, str, Slot]]:
        """The copies that bear one of the numbers: (branch, number, the copy's record)."""
        copies = (
            await connection.execute(
                select(ItemRow.branch_id, ItemRow.inventory_number, ItemRow.record_id)
                .where(self._among(ItemRow.inventory_number, numbers), sql.NUMBERED)
                .order_by(ItemRow.record_id)
            )
        ).all()
        if not copies:
            return []
        owners = select(*sql.MATCHED).where(
            self._among(RecordRow.id, sorted({copy.record_id for copy in copies})), of_source
        )
        slots = {row.id: matching.meet(row) for row in await connection.execute(owners)}
        return [(copy[0], copy[1], slots[copy[2]]) for copy in copies if copy[2] in slots]

    # --- writing ---------------------------------------------------------------------------------

    async def _write(
        self, connection: AsyncConnection, matching: Matching, run: int, source: str, version: int
    ) -> set[int]:
        """Write the batch; returns the works that must be made to tell again what their records say."""
        if seen := matching.seen:
            await connection.execute(
                update(RecordRow)
                .where(self._among(RecordRow.id, seen), RecordRow.seen_in_run < run)
                .values(seen_in_run=run)
            )
        changed, new = matching.changed, matching.new
        if not changed and not new:
            return set()
        await self._settle(connection, [*changed, *new])
        works, made = await self._works(connection, [*changed, *new], version)
        common = {"imported_at": self._clock.now(), "seen_in_run": run, "missing_since": None}
        if changed:
            rows = [{"row_id": slot.id, **_row(slot, works), **common} for slot in changed]
            await connection.execute(sql.UPDATE_RECORDS, rows)
            await self._update_items(connection, changed)
        if new:
            await self._insert(
                connection,
                new,
                works,
                {"source": source[:SOURCE_LENGTH], "suppressed": False, "placed_key": "", **common},
            )
        left = {slot.former_work_id for slot in changed if slot.former_work_id}
        went = {slot.former_work_id: works[slot.work_key] for slot in changed if slot.former_work_id}
        await follow_records(connection, {old: new for old, new in went.items() if old != new}, self._clock.now())
        return left | {works[slot.work_key] for slot in (*changed, *new)} - made

    async def _settle(self, connection: AsyncConnection, slots: Sequence[Slot]) -> None:
        """To which work each record belongs: what the staff decided comes before the rules."""
        known = [slot for slot in slots if slot.id and not slot.placed_key]
        told = {slot.id: _content(slot).keyed for slot in known}
        await keep_together(connection, {number: (told[number].work_key, told[number].title) for number in told})
        for slot in slots:
            slot.work_key = slot.placed_key or _content(slot).keyed.work_key
        keys = sorted({slot.work_key for slot in slots})
        led = await connection.execute(
            select(WorkAliasRow.key, WorkAliasRow.target_key).where(self._among(WorkAliasRow.key, keys))
        )
        targets: dict[str, str] = {row.key: row.target_key for row in led}
        for slot in slots:
            slot.work_key = targets.get(slot.work_key, slot.work_key)

    async def _works(
        self, connection: AsyncConnection, slots: Sequence[Slot], version: int
    ) -> tuple[dict[str, int], set[int]]:
        """The ids of the records' works by key, and those that were made here for one single record."""
        by_key: defaultdict[str, list[Slot]] = defaultdict(list)
        for slot in slots:
            by_key[slot.work_key].append(slot)
        found = await connection.execute(select(WorkRow.key, WorkRow.id).where(self._among(WorkRow.key, list(by_key))))
        ids = {row.key: row.id for row in found}
        unknown = [key for key in by_key if key not in ids]
        made = dict(zip(unknown, await sql.reserve(connection, "works", len(unknown)), strict=True))
        rows = [_work(number, by_key[key][0], version) for key, number in made.items()]
        await sql.insert_rows(connection, sql.WORKS, rows)
        return ids | made, {number for key, number in made.items() if len(by_key[key]) == 1}

    async def _insert(
        self, connection: AsyncConnection, new: Sequence[Slot], works: Mapping[str, int], common: Mapping[str, Any]
    ) -> None:
        ids = await sql.reserve(connection, "records", len(new))
        rows = [{"id": number, **_row(slot, works), **common} for number, slot in zip(ids, new, strict=True)]
        await sql.insert_rows(connection, sql.RECORDS, rows)
        items = [(number, item) for number, slot in zip(ids, new, strict=True) for item in _content(slot).items]
        await self._insert_items(connection, items)

    async def _insert_items(self, connection: AsyncConnection, items: Sequence[tuple[int, ItemValues]]) -> None:
        columns = ("record_id", "missing_since", "suppressed", *ItemValues._fields)
        rows = [(record_id, None, False, *item) for record_id, item in items]
        await sql.insert_values(connection, sql.ITEMS, columns, rows)

    async def _update_items(self, connection: AsyncConnection, changed: Sequence[Slot]) -> None:
        """Make the stored copies those of the file: what is gone is marked, what is back is unmarked."""
        stored: defaultdict[int, list[StoredItem]] = defaultdict(list)
        columns = [getattr(ItemRow, name) for name in ItemValues._fields]
        for row in await connection.execute(
            select(ItemRow.record_id, ItemRow.id, ItemRow.missing_since, *columns).where(
                self._among(ItemRow.record_id, [slot.id for slot in changed])
            )
        ):
            stored[row[0]].append(StoredItem(id=row[1], values=ItemValues(*row[3:]), missing=row[2] is not None))
        updates, inserts, lost = [], [], []
        for slot in changed:
            changes = compare(stored[slot.id], _content(slot).items)
            updates += [
                {"row_id": item_id, "missing_since": None, **item._asdict()} for item_id, item in changes.update
            ]
            inserts += [(slot.id, item) for item in changes.insert]
            lost += changes.lost
        if updates:
            await connection.execute(sql.UPDATE_ITEMS, updates)
        if lost:
            await connection.execute(
                update(ItemRow).where(self._among(ItemRow.id, lost)).values(missing_since=self._clock.now())
            )
        await self._insert_items(connection, inserts)

    def _among(self, column: Any, values: Sequence[object]) -> ColumnElement[bool]:
        return sql.among(column, values, self._dialect)


def _present(source: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The source's records that are not missing."""
    return RecordRow.source == source[:SOURCE_LENGTH], RecordRow.missing_since.is_(None)


async def _size(connection: AsyncConnection, source: str) -> int:
    counted = await connection.scalar(select(func.count()).select_from(RecordRow).where(*_present(source)))
    return int(counted or 0)


def _content(slot: Slot) -> Incoming:
    assert slot.content is not None
    return slot.content


def _row(slot: Slot, works: Mapping[str, int]) -> dict[str, Any]:
    content = _content(slot)
    own = content.keyed.work_key
    return {
        "work_id": works[slot.work_key],
        "own_key": own if own != slot.work_key else "",
        **record_values(content.keyed, content.digest),
    }


def _work(number: int, slot: Slot, version: int) -> dict[str, Any]:
    content = _content(slot)
    return {
        "id": number,
        "key": slot.work_key,
        "title": content.keyed.title,
        "author": content.keyed.author,
        "kind": content.keyed.record.kind.value,
        "copies": sum(item.copies for item in content.items if item.status not in HIDDEN_STATUSES),
        "version": version,
    }
