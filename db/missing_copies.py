"""A copy that was to be fetched for a hold and is not where it should be; and the way back for a moment."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import InputError
from bot.library.holds import HoldState
from bot.renewal_requests import DECISION_RESTS
from bot.shelving import DecisionKind
from db import catalogue_sql, holding, shelving
from db import circulation_reading as reading
from db.circulation_house import Places
from db.lending_desk import SqlDesk
from db.models_shelving import CatalogueDecisionRow

TO_FETCH = (HoldState.ASSIGNED, HoldState.IN_TRANSIT)


async def mark(
    connection: AsyncConnection, desk: SqlDesk, places: Places, hold_id: int, login: str, reason: str, now: datetime
) -> int | None:
    """Hide the copy of a hold and give the hold the next one, or its place in the queue back.

    Returns:
        The decision, 0 where somebody had hidden the copy already; None where there is no copy to be fetched.
    """
    await catalogue_sql.lock(connection)  # before the work, as everywhere
    hold = await desk.locked(connection, hold_id)
    if hold is None or hold.item_id is None or hold.state not in TO_FETCH:
        return None
    try:
        decision = await shelving.suppress(
            connection, now, DecisionKind.HIDE, hold.work_id, (), [hold.item_id], login, reason
        )
    except InputError:
        decision = 0
    await holding.give_back(connection, hold, HoldState.QUEUED, None)
    await holding.hand_out(connection, {hold.work_id}, desk.house, places, now)
    return decision


async def take_back(
    connection: AsyncConnection,
    desk: SqlDesk,
    places: Places,
    hold_id: int,
    decision_id: int,
    login: str,
    now: datetime,
) -> bool:
    """The copy was there after all; whoever waits for it gets it back, and nobody gets less than before."""
    await catalogue_sql.lock(connection)
    hold = await desk.locked(connection, hold_id)
    decision = await _young(connection, decision_id, login, now)
    if hold is None or decision is None or decision.work_id != hold.work_id:
        return False
    await shelving.take_back(connection, now, decision_id, login)
    items = {int(number) for number in decision.details["items"]}
    if hold.state in (*TO_FETCH, HoldState.QUEUED) and hold.item_id not in items:
        copies = (await reading.copies(connection, {hold.work_id})).get(hold.work_id, [])
        again = next((copy for copy in copies if copy.item_id in items and copy.free > 0), None)
        if again is not None:
            await holding.give_back(connection, hold, HoldState.QUEUED, None)
            await holding.keep_for(connection, hold_id, again, now)
    await holding.hand_out(connection, {hold.work_id}, desk.house, places, now)
    return True


async def _young(connection: AsyncConnection, decision_id: int, login: str, now: datetime) -> Any:
    """The decision, where this person made it a moment ago and it stands."""
    row = CatalogueDecisionRow
    mine = (row.id == decision_id, row.login == login, row.kind == DecisionKind.HIDE.value, row.undone_at.is_(None))
    found = await connection.execute(select(row.work_id, row.details).where(*mine, row.at > now - DECISION_RESTS))
    return found.first()
