"""Librarians' decisions about works: put together, taken apart, hidden; an import keeps to them.

Two keys tell where an edition belongs. ``records.placed_key`` is said by the staff of this very edition, else the
rules' own key counts; ``work_aliases`` then leads from works that were put together to the one that is left.
``records.own_key`` remembers the rules' key where the edition stands elsewhere, so everything can be taken back.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, or_, select, text, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import InputError
from bot.library.model import ItemStatus
from bot.shelving import Decision, DecisionKind, HiddenWork, ShelfItem, ShelfRecord, ShelfWork
from db import catalogue_sql as sql
from db.connect import Database, store_errors
from db.models import BranchRow, ItemRow, RecordRow, WorkRow
from db.models_circulation import HoldRow
from db.models_shelving import CatalogueDecisionRow, WorkAliasRow
from db.queues import join_queues

TOLD = 5
"""Titles that a decision remembers for people."""
LATEST = 50
REASON_LENGTH = 300


class SqlCatalogueDesk:
    """Fills the port ``CatalogueDesk``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    # --- looking ---------------------------------------------------------------------------------

    async def work(self, work_id: int) -> ShelfWork | None:
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = (
                    await connection.execute(select(WorkRow.title, WorkRow.author).where(WorkRow.id == work_id))
                ).first()
                if found is None:
                    return None
                records = await _records(connection, work_id)
                live = (HoldRow.work_id == work_id, HoldRow.ended_at.is_(None))
                holds = await connection.scalar(select(func.count()).select_from(HoldRow).where(*live))
                about = select(CatalogueDecisionRow).where(CatalogueDecisionRow.work_id == work_id)
                decisions = await connection.execute(about.order_by(CatalogueDecisionRow.id.desc()).limit(LATEST))
                return ShelfWork(
                    work_id=work_id,
                    title=found.title,
                    author=found.author,
                    records=records,
                    holds=int(holds or 0),
                    decisions=tuple(map(_decision, decisions)),
                )

    async def hidden(self, limit: int = 200) -> Sequence[HiddenWork]:
        # In the very words of the indexes: they hold what is hidden and nothing else.
        records = select(RecordRow.work_id, func.count().label("records")).where(text("records.suppressed"))
        of_records = records.group_by(RecordRow.work_id).subquery()
        items = (
            select(RecordRow.work_id, func.count().label("items"))
            .join(ItemRow, ItemRow.record_id == RecordRow.id)
            .where(text("items.suppressed"))
        )
        of_items = items.group_by(RecordRow.work_id).subquery()
        wanted = (
            select(WorkRow.id, WorkRow.title, WorkRow.author, of_records.c.records, of_items.c["items"])
            .outerjoin(of_records, of_records.c.work_id == WorkRow.id)
            .outerjoin(of_items, of_items.c.work_id == WorkRow.id)
            .where(WorkRow.id.in_(union(select(of_records.c.work_id), select(of_items.c.work_id))))
            .order_by(WorkRow.title, WorkRow.id)
            .limit(limit)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                return [
                    HiddenWork(work_id=row[0], title=row[1], author=row[2], records=row[3] or 0, items=row[4] or 0)
                    for row in await connection.execute(wanted)
                ]

    # --- deciding --------------------------------------------------------------------------------

    async def merge(self, into: int, other: int, *, login: str, reason: str = "") -> int:
        if into == other:
            raise InputError("a work cannot be put together with itself")
        async with self._database.writing() as connection:
            version = 1 + await sql.lock(connection)
            keys = await _keys(connection, (into, other))
            moved = await _records_of(connection, other)
            if into not in keys or not moved or not await _records_of(connection, into):
                raise InputError("one of the works is not there any more")
            led = list(await connection.scalars(select(WorkAliasRow.key).where(WorkAliasRow.target_key == keys[other])))
            await connection.execute(
                update(WorkAliasRow).where(WorkAliasRow.key.in_(led)).values(target_key=keys[into])
            )
            await connection.execute(insert(WorkAliasRow).values(key=keys[other], target_key=keys[into]))
            of_rules = and_(RecordRow.work_id == other, RecordRow.own_key == "", RecordRow.placed_key == "")
            await connection.execute(update(RecordRow).where(of_rules).values(own_key=keys[other]))
            await connection.execute(update(RecordRow).where(RecordRow.work_id == other).values(work_id=into))
            await join_queues(connection, into, other, self._clock.now())
            details = {"other": other, "key": keys[other], "led": led, "about": _titles(moved)}
            now = self._clock.now()
            decision = await _note(connection, now, DecisionKind.MERGE, into, login, reason, details)
            await _refresh(connection, (into, other), version)
            return decision

    async def split(self, work_id: int, records: Collection[int], *, login: str, reason: str = "") -> int:
        async with self._database.writing() as connection:
            version = 1 + await sql.lock(connection)
            all_of_it = await _records_of(connection, work_id)
            taken = [row for row in all_of_it if row.id in set(records)]
            if not taken or len(taken) == len(all_of_it):
                raise InputError("some of the editions must stay and some must go")
            old_key = (await _keys(connection, (work_id,)))[work_id]
            key = secrets.token_hex(32)
            (number,) = await sql.reserve(connection, "works", 1)
            work = {"id": number, "key": key, "title": taken[0].title, "author": taken[0].author}
            work |= {"kind": taken[0].kind, "copies": 0, "version": version}
            await sql.insert_rows(connection, sql.WORKS, [work])
            ids = [row.id for row in taken]
            own = and_(RecordRow.id.in_(ids), RecordRow.own_key == "", RecordRow.placed_key == "")
            await connection.execute(update(RecordRow).where(own).values(own_key=old_key))
            await connection.execute(
                update(RecordRow).where(RecordRow.id.in_(ids)).values(work_id=number, placed_key=key)
            )
            before = {str(row.id): row.placed_key for row in taken}
            details = {"new": number, "key": key, "placed": before, "about": _titles(taken)}
            await _note(connection, self._clock.now(), DecisionKind.SPLIT, work_id, login, reason, details)
            await _refresh(connection, (work_id, number), version)
            return number

    async def hide(
        self, work_id: int, *, records: Collection[int] = (), items: Collection[int] = (), login: str, reason: str = ""
    ) -> int:
        async with self._database.writing() as connection:
            now, kind = self._clock.now(), DecisionKind.HIDE
            return await suppress(connection, now, kind, work_id, records, items, login, reason)

    async def show(
        self, work_id: int, *, records: Collection[int] = (), items: Collection[int] = (), login: str
    ) -> int:
        async with self._database.writing() as connection:
            return await suppress(connection, self._clock.now(), DecisionKind.SHOW, work_id, records, items, login, "")

    async def undo(self, decision_id: int, *, login: str) -> int:
        async with self._database.writing() as connection:
            return await take_back(connection, self._clock.now(), decision_id, login)


# --- hiding --------------------------------------------------------------------------------------


async def suppress(
    connection: AsyncConnection,
    now: datetime,
    kind: DecisionKind,
    work_id: int,
    records: Collection[int],
    items: Collection[int],
    login: str,
    reason: str,
    *,
    of_list: str = "",
) -> int:
    """Hide or show editions and copies of a work within the caller's transaction; the decision. Raises InputError.

    What a list hides is found by the list's name when all of it is taken back.
    """
    hidden = kind is DecisionKind.HIDE
    of_work = select(RecordRow.id).where(RecordRow.work_id == work_id)
    version = 1 + await sql.lock(connection)
    editions = list(
        await connection.scalars(
            update(RecordRow)
            .where(RecordRow.work_id == work_id, RecordRow.id.in_(records), RecordRow.suppressed != hidden)
            .values(suppressed=hidden)
            .returning(RecordRow.id)
        )
    )
    copies = list(
        await connection.scalars(
            update(ItemRow)
            .where(ItemRow.record_id.in_(of_work), ItemRow.id.in_(items), ItemRow.suppressed != hidden)
            .values(suppressed=hidden)
            .returning(ItemRow.id)
        )
    )
    if not editions and not copies:
        raise InputError("nothing of this work would change")
    titles = await connection.scalars(
        select(RecordRow.title)
        .outerjoin(ItemRow, ItemRow.record_id == RecordRow.id)
        .where(RecordRow.work_id == work_id, or_(RecordRow.id.in_(editions), ItemRow.id.in_(copies)))
        .distinct()
        .limit(TOLD)
    )
    details: dict[str, Any] = {"records": editions, "items": copies, "about": list(titles)}
    if of_list:
        details["list"] = of_list
    decision = await _note(connection, now, kind, work_id, login, reason, details)
    await _refresh(connection, (work_id,), version)
    return decision


async def _note(
    connection: AsyncConnection,
    now: datetime,
    kind: DecisionKind,
    work_id: int,
    login: str,
    reason: str,
    details: Mapping[str, Any],
) -> int:
    values = {
        "kind": kind.value,
        "work_id": work_id,
        "login": login,
        "at": now,
        "reason": reason[:REASON_LENGTH],
        "details": dict(details),
    }
    adding = insert(CatalogueDecisionRow).values(values).returning(CatalogueDecisionRow.id)
    return int((await connection.execute(adding)).scalar_one())


# --- taking back ---------------------------------------------------------------------------------


async def take_back(connection: AsyncConnection, now: datetime, decision_id: int, login: str) -> int:
    """Take a decision back within the caller's transaction; the work to look at. Raises InputError."""
    row = CatalogueDecisionRow
    version = 1 + await sql.lock(connection)
    taking_back = update(row).where(row.id == decision_id, row.undone_at.is_(None))
    values = {"undone_at": now, "undone_by": login}
    found = (await connection.execute(taking_back.values(values).returning(row.kind, row.work_id, row.details))).first()
    if found is None:
        raise InputError("this was taken back already")
    kind = DecisionKind(found.kind)
    if kind is DecisionKind.MERGE:
        touched = await _part(connection, found.work_id, found.details)
    elif kind is DecisionKind.SPLIT:
        touched = await _return(connection, found.work_id, found.details)
    else:
        touched = await _turn(connection, found.details, hidden=kind is DecisionKind.SHOW)
    await _refresh(connection, {found.work_id, *touched}, version)
    return int(found.work_id)


async def _part(connection: AsyncConnection, into: int, details: Mapping[str, Any]) -> set[int]:
    """Works that were put together are two again, with all that came to the second one meanwhile."""
    other, key = int(details["other"]), str(details["key"])
    await connection.execute(delete(WorkAliasRow).where(WorkAliasRow.key == key))
    led = [str(each) for each in details["led"]]
    await connection.execute(update(WorkAliasRow).where(WorkAliasRow.key.in_(led)).values(target_key=key))
    keys = [key, *led]
    theirs = or_(RecordRow.placed_key.in_(keys), and_(RecordRow.placed_key == "", RecordRow.own_key.in_(keys)))
    (target_key,) = (await _keys(connection, (into,))).values()
    # Of what went on from there meanwhile (the whole was put into a third work) it stands where that one is.
    current = await connection.scalar(select(WorkAliasRow.target_key).where(WorkAliasRow.key == target_key))
    here = select(WorkRow.id).where(WorkRow.key == (current or target_key)).scalar_subquery()
    await connection.execute(update(RecordRow).where(theirs, RecordRow.work_id == here).values(work_id=other))
    home = and_(RecordRow.work_id == other, RecordRow.own_key == key, RecordRow.placed_key == "")
    await connection.execute(update(RecordRow).where(home).values(own_key=""))
    moved_on = await connection.scalar(select(here))
    return {other, int(moved_on or into)}


async def _return(connection: AsyncConnection, work_id: int, details: Mapping[str, Any]) -> set[int]:
    """Editions that were taken out come back to where the rules, or an earlier decision, put them."""
    touched = {work_id, int(details["new"])}
    for number, placed in details["placed"].items():
        back = and_(RecordRow.id == int(number), RecordRow.placed_key == details["key"])
        changed = await connection.execute(update(RecordRow).where(back).values(placed_key=placed))
        if not changed.rowcount:
            continue  # somebody decided about it anew
        own = (await connection.execute(select(RecordRow.own_key).where(RecordRow.id == int(number)))).scalar_one()
        wanted = placed or own
        led = await connection.scalar(select(WorkAliasRow.target_key).where(WorkAliasRow.key == wanted))
        target = await connection.scalar(select(WorkRow.id).where(WorkRow.key == (led or wanted)))
        stands = int(target or work_id)
        own = "" if not placed and led is None else own
        home = update(RecordRow).where(RecordRow.id == int(number)).values(work_id=stands, own_key=own)
        await connection.execute(home)
        touched.add(stands)
    return touched


async def _turn(connection: AsyncConnection, details: Mapping[str, Any], *, hidden: bool) -> set[int]:
    """Hide or show what a decision showed or hid; the works it is in now."""
    records, items = [int(each) for each in details["records"]], [int(each) for each in details["items"]]
    await connection.execute(update(RecordRow).where(RecordRow.id.in_(records)).values(suppressed=hidden))
    await connection.execute(update(ItemRow).where(ItemRow.id.in_(items)).values(suppressed=hidden))
    of_items = select(ItemRow.record_id).where(ItemRow.id.in_(items))
    among = or_(RecordRow.id.in_(records), RecordRow.id.in_(of_items))
    return {int(each) for each in await connection.scalars(select(RecordRow.work_id).where(among).distinct())}


# --- statements ----------------------------------------------------------------------------------


async def _keys(connection: AsyncConnection, work_ids: Collection[int]) -> dict[int, str]:
    found = await connection.execute(select(WorkRow.id, WorkRow.key).where(WorkRow.id.in_(work_ids)))
    return {row.id: row.key for row in found}


async def _records_of(connection: AsyncConnection, work_id: int) -> Sequence[Row[Any]]:
    columns: Sequence[Any] = (RecordRow.id, RecordRow.title, RecordRow.author, RecordRow.kind, RecordRow.placed_key)
    return (await connection.execute(select(*columns).where(RecordRow.work_id == work_id).order_by(RecordRow.id))).all()


async def _refresh(connection: AsyncConnection, work_ids: Collection[int], version: int) -> None:
    """The works tell anew what their editions say, and the index looks at them."""
    which: ColumnElement[bool] = WorkRow.id.in_(sorted(work_ids))
    await sql.refresh_works(connection, which, version)
    await sql.raise_version(connection, version)


def _titles(rows: Sequence[Row[Any]]) -> list[str]:
    return list(dict.fromkeys(str(row.title) for row in rows))[:TOLD]


async def _records(connection: AsyncConnection, work_id: int) -> tuple[ShelfRecord, ...]:
    """All editions, newest first, each with all its copies."""
    items: dict[int, list[ShelfItem]] = {}
    copies = (
        select(ItemRow, BranchRow.name.label("branch_name"), BranchRow.code.label("branch_code"))
        .join(RecordRow, RecordRow.id == ItemRow.record_id)
        .outerjoin(BranchRow, BranchRow.id == ItemRow.branch_id)
        .where(RecordRow.work_id == work_id)
        .order_by(func.coalesce(BranchRow.position, 1 << 30), BranchRow.name, ItemRow.id)
    )
    for row in await connection.execute(copies):
        items.setdefault(row.record_id, []).append(
            ShelfItem(
                item_id=row.id,
                branch_code=row.branch_code or "",
                branch_name=row.branch_name or "",
                status=ItemStatus(row.status),
                copies=row.copies,
                issued=row.issued,
                lendable=row.lendable,
                inventory_number=row.inventory_number,
                call_number=row.call_number,
                due_on=row.due_on,
                hidden=row.suppressed,
                gone=row.missing_since is not None,
            )
        )
    editions = select(RecordRow).where(RecordRow.work_id == work_id)
    return tuple(
        ShelfRecord(
            record_id=row.id,
            title=row.title,
            author=row.author,
            year=row.year,
            publisher=row.publisher,
            isbns=tuple(row.isbns),
            source=row.source,
            source_file=row.source_file,
            items_unknown=row.items_unknown,
            hidden=row.suppressed,
            gone=row.missing_since is not None,
            placed=bool(row.placed_key or row.own_key),
            items=tuple(items.get(row.id, ())),
        )
        for row in await connection.execute(editions.order_by(func.coalesce(RecordRow.year, 0).desc(), RecordRow.id))
    )


def _decision(row: Row[Any]) -> Decision:
    about = cast("Sequence[str]", row.details.get("about", ()))
    at: datetime = row.at
    return Decision(
        decision_id=row.id,
        kind=DecisionKind(row.kind),
        work_id=row.work_id,
        login=row.login,
        at=at,
        reason=row.reason,
        about=tuple(about),
        undone_by=row.undone_by if row.undone_at is not None else "",
    )
