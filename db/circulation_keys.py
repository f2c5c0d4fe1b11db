"""Writing calls by their key, and how often what was done: both in the transaction of the call."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models_circulation import CirculationOutcomeRow, CirculationTotalsRow
from db.upserts import insert_of

KEY_LENGTH = 200
Counts = Counter[tuple[date, int, str, str]]
"""Day, branch, what, code → how often."""


async def outcome(connection: AsyncConnection, patron_id: int, call: str, key: str) -> dict[str, Any] | None:
    """What came of this call before; None where it is new."""
    row = CirculationOutcomeRow
    wanted = select(row.outcome).where(row.patron_id == patron_id, row.call == call, row.key == key[:KEY_LENGTH])
    return cast("dict[str, Any] | None", await connection.scalar(wanted))


async def keep(
    connection: AsyncConnection, patron_id: int, call: str, key: str, came: Mapping[str, Any], now: datetime
) -> None:
    """Remember what came of a call; the patron is locked, so nobody keeps the same at the same time."""
    values = {"patron_id": patron_id, "call": call, "key": key[:KEY_LENGTH], "outcome": dict(came), "at": now}
    adding = _insert(connection, CirculationOutcomeRow).values(values)
    await connection.execute(
        adding.on_conflict_do_update(index_elements=["patron_id", "call", "key"], set_={"outcome": values["outcome"]})
    )


async def count(connection: AsyncConnection, counts: Counts) -> None:
    """Add to the day's figures, in one statement."""
    if not counts:
        return
    rows = [
        {"day": day, "branch_id": branch, "what": what, "code": code, "times": times}
        for (day, branch, what, code), times in sorted(counts.items())  # always in one order: nobody waits in a ring
    ]
    adding = _insert(connection, CirculationTotalsRow).values(rows)
    times = CirculationTotalsRow.times + adding.excluded.times
    await connection.execute(
        adding.on_conflict_do_update(index_elements=["day", "branch_id", "what", "code"], set_={"times": times})
    )


async def forget(connection: AsyncConnection, before: datetime) -> int:
    """Outcomes older than a moment go: no messenger delivers a message again after that."""
    gone = await connection.execute(delete(CirculationOutcomeRow).where(CirculationOutcomeRow.at < before))
    return gone.rowcount


def _insert(connection: AsyncConnection, table: Any) -> Any:
    make: Any = insert_of(connection.dialect.name)
    return make(table)
