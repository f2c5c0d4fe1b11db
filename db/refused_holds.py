"""A hold that the library refused a moment ago waits again: whoever refused it thought better of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.library.holds import HoldState
from bot.library.notices import NoticeKind
from bot.renewal_requests import DECISION_RESTS
from db import circulation_reading as reading
from db import holding
from db.base import aliased
from db.circulation_house import Places
from db.lending_desk import SqlDesk
from db.models_circulation import HoldRow
from db.models_notices import NoticeItemRow


async def take_back(
    connection: AsyncConnection, desk: SqlDesk, places: Places, patron_id: int, hold_id: int, by: str, now: datetime
) -> bool:
    """Put the hold back where it stood in the queue, with its copy where nobody took that meanwhile.

    Whom the copy was given to by the refusal waits again as before. False, and nothing is changed, where somebody
    else refused it, or longer ago than ``DECISION_RESTS``, where its reader has been told, or queues again.
    """
    work = await connection.scalar(select(HoldRow.work_id).where(HoldRow.id == hold_id, HoldRow.patron_id == patron_id))
    if work is None:
        return False
    await reading.lock_works(connection, {work})
    row = await _young(connection, hold_id, by, now)
    if row is None:
        return False
    sleeps = row.suspended_until is not None
    state = HoldState.SUSPENDED if sleeps else HoldState.QUEUED
    nobodys = {"assigned_item_id": None, "assigned_at": None, "ended_at": None, "ended_by": "", "reason": ""}
    item = None if sleeps else row.assigned_item_id
    if item is not None:
        await _give_up_heir(connection, row)
    await holding.move(connection, hold_id, state, **nobodys)
    if item is not None:
        copies = (await reading.copies(connection, {work})).get(work, [])
        again = next((copy for copy in copies if copy.item_id == item and copy.free > 0), None)
        if again is not None:
            await holding.keep_for(connection, hold_id, again, row.assigned_at)
            if row.ready_at is not None and row.ready_at >= row.assigned_at:
                await holding.move(connection, hold_id, HoldState.READY)
            elif row.sent_at is not None and row.sent_at >= row.assigned_at:
                await holding.move(connection, hold_id, HoldState.IN_TRANSIT)
    await holding.hand_out(connection, {work}, desk.house, places, now)
    return True


async def _young(connection: AsyncConnection, hold_id: int, by: str, now: datetime) -> Any:
    """The refused hold, where this person refused it a moment ago and nothing has come of it yet."""
    again = aliased(HoldRow)
    queues = exists().where(
        again.patron_id == HoldRow.patron_id, again.work_id == HoldRow.work_id, again.ended_at.is_(None)
    )
    told = exists().where(NoticeItemRow.kind == NoticeKind.HOLD_REFUSED.value, NoticeItemRow.subject_id == hold_id)
    mine = (HoldRow.id == hold_id, HoldRow.state == HoldState.REFUSED.value, HoldRow.ended_by == by)
    young = HoldRow.ended_at > now - DECISION_RESTS
    return (await connection.execute(select(HoldRow).where(*mine, young, ~queues, ~told))).first()


async def _give_up_heir(connection: AsyncConnection, row: Any) -> None:
    """Who was given that very copy since has been told nothing, and keeps the place in the queue."""
    taken = (
        HoldRow.assigned_item_id == row.assigned_item_id,
        HoldRow.assigned_slot == row.assigned_slot,
        HoldRow.state == HoldState.ASSIGNED.value,
        HoldRow.assigned_at >= row.ended_at,
        HoldRow.ended_at.is_(None),
    )
    values = {"state": HoldState.QUEUED.value, "assigned_item_id": None, "assigned_at": None}
    freed = await connection.scalars(update(HoldRow).where(*taken).values(values).returning(HoldRow.id))
    if freed.all():
        await holding.release(connection, row.assigned_item_id)
