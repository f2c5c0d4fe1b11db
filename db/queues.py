"""Queues of readers for works that become one: by a librarian's word, or because an import calls the book otherwise."""

from collections.abc import Mapping
from datetime import datetime

from rapidfuzz import fuzz
from sqlalchemy import and_, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.language.folding import fold
from db import catalogue_sql as sql
from db.circulation_reading import lock_works
from db.models import RecordRow, WorkRow
from db.models_circulation import HoldRow

SAME_BOOK = "merged"
"""``holds.ended_by`` of a second place in the queue for what has become one work."""
ALIKE = 80.0
"""How alike (0..100) the titles of before and of now must be: a copy's number may have gone to another book."""


async def join_queues(connection: AsyncConnection, into: int, other: int, now: datetime) -> None:
    """Who waited for ``other`` waits for ``into``; nobody waits twice."""
    await lock_works(connection, (into, other))
    live = HoldRow.ended_at.is_(None)
    there = select(HoldRow.patron_id).where(HoldRow.work_id == into, live)
    waits = await connection.execute(
        select(HoldRow.id, HoldRow.patron_id, HoldRow.placed_at, HoldRow.assigned_item_id).where(
            HoldRow.work_id == other, live, HoldRow.patron_id.in_(there)
        )
    )
    for hold in waits.all():
        twin = and_(HoldRow.work_id == into, live, HoldRow.patron_id == hold.patron_id)
        # A copy that is on its way or on the shelf for them is not taken away again.
        ended = HoldRow.id == hold.id if hold.assigned_item_id is None else twin
        await connection.execute(update(HoldRow).where(ended).values(ended_at=now, ended_by=SAME_BOOK))
        await connection.execute(
            update(HoldRow).where(twin, HoldRow.placed_at > hold.placed_at).values(placed_at=hold.placed_at)
        )
    await connection.execute(update(HoldRow).where(HoldRow.work_id == other, live).values(work_id=into))


async def follow_records(connection: AsyncConnection, went: Mapping[int, int], now: datetime) -> None:
    """Readers wait on for a book whose records have all moved to another work.

    Args:
        connection: A transaction in which they have moved.
        went: The works that records left, each with the work where one of them stands now.
        now: The moment.
    """
    if not went:
        return
    left_behind = (
        select(HoldRow.work_id, WorkRow.title)
        .join(WorkRow, WorkRow.id == HoldRow.work_id)
        .where(sql.among(HoldRow.work_id, list(went), connection.dialect.name), HoldRow.ended_at.is_(None))
        .where(~exists().where(RecordRow.work_id == HoldRow.work_id))
        .distinct()
    )
    waited_for = {row.work_id: row.title for row in await connection.execute(left_behind)}
    if not waited_for:
        return
    targets = {went[work_id] for work_id in waited_for}
    await lock_works(connection, {*waited_for, *targets})
    found = await connection.execute(select(WorkRow.id, WorkRow.title).where(WorkRow.id.in_(sorted(targets))))
    titles = {row.id: row.title for row in found}
    for work_id, title in waited_for.items():
        if fuzz.token_set_ratio(fold(title), fold(titles[went[work_id]])) >= ALIKE:
            await join_queues(connection, went[work_id], work_id, now)
