"""Copies that lie on the hold shelf though nobody waits for them any more: their readers did not come, or gave up."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.library.holds import HoldState
from db.base import aliased
from db.models_circulation import HoldRow, LoanRow

REMEMBERED = timedelta(days=14)
"""By then somebody has found it and said nothing."""
_LEFT = (HoldState.NOT_PICKED_UP.value, HoldState.CANCELLED.value, HoldState.REFUSED.value)


def lies_at(now: datetime) -> Any:
    """The branch where the copy that a live hold is to have was put aside for somebody before; NULL for none."""
    before = aliased(HoldRow)
    same = (before.assigned_item_id == HoldRow.assigned_item_id, before.assigned_slot == HoldRow.assigned_slot)
    wanted = select(before.pickup_branch_id).where(HoldRow.ended_at.is_(None), *same, *_lately(before, now))
    return wanted.order_by(before.ended_at.desc(), before.id.desc()).limit(1).scalar_subquery()


def left(now: datetime) -> tuple[Any, ...]:
    """What is true of an ended hold whose copy still has to go back to its place."""
    next_one = aliased(HoldRow)
    waits_for_another = exists().where(
        next_one.assigned_item_id == HoldRow.assigned_item_id,
        next_one.assigned_slot == HoldRow.assigned_slot,
        next_one.ended_at.is_(None),
    )
    is_lent = exists().where(  # by another program: its list says so
        LoanRow.item_id == HoldRow.assigned_item_id,
        LoanRow.slot == HoldRow.assigned_slot,
        LoanRow.returned_at.is_(None),
    )
    return (*_lately(HoldRow, now), ~waits_for_another, ~is_lent)


async def put_back(connection: AsyncConnection, hold_id: int, now: datetime) -> bool:
    """Somebody has put the copy back. False where somebody had already."""
    return await _forget(connection, HoldRow.id == hold_id, *left(now))


async def taken_away(connection: AsyncConnection, item_id: int, slot: int, now: datetime) -> None:
    """The copy has been lent, or put aside for the next one: nobody is to put it back for those before."""
    of_copy = (HoldRow.assigned_item_id == item_id, HoldRow.assigned_slot == slot)
    await _forget(connection, *of_copy, *_lately(HoldRow, now))


def _lately(hold: type[HoldRow], now: datetime) -> Collection[Any]:
    """It ended lately while its copy, which it still names, was on the hold shelf or on its way there."""
    return (
        hold.ended_at > now - REMEMBERED,
        hold.state.in_(_LEFT),
        or_(hold.ready_at >= hold.assigned_at, hold.sent_at >= hold.assigned_at),
        hold.assigned_item_id.is_not(None),
    )


async def _forget(connection: AsyncConnection, *which: Any) -> bool:
    changed = await connection.execute(update(HoldRow).where(*which).values(assigned_item_id=None))
    return changed.rowcount > 0
