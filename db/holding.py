"""Holds in the store: the queue of a work, and which copy is kept for whom."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, and_, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.circulation import OpenHold
from bot.library.due_dates import back_by
from bot.library.holds import LIVE, HoldState, QueuedHold, Standing, Wish, next_for, place_in_queue
from bot.library.linking import years_old
from bot.library.model import ItemStatus
from bot.quick import dataclass
from db import circulation_reading as reading
from db.circulation_house import LendingHouse, Place, Places
from db.circulation_reading import Copies
from db.circulation_scene import Scene
from db.models import BranchRow, ItemRow, WorkRow
from db.models_circulation import HoldRow

WORKS_AT_ONCE = 500
ORDER = (
    HoldState.READY,
    HoldState.IN_TRANSIT,
    HoldState.ASSIGNED,
    HoldState.QUEUED,
    HoldState.SUSPENDED,
)
"""How the reader is told of holds: what can be fetched first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredHold:
    """A hold as its row is."""

    hold_id: int
    patron_id: int
    work_id: int
    title: str
    author: str
    state: HoldState
    pickup: str
    placed_at: datetime
    suspended_until: date | None
    keep_until: date | None
    item_id: int | None


async def holds_of(connection: AsyncConnection, patron_id: int) -> list[StoredHold]:
    """The patron's live holds, in the order in which they are told."""
    found = await connection.execute(
        _stored().where(HoldRow.patron_id == patron_id, HoldRow.ended_at.is_(None)).order_by(HoldRow.id)
    )
    return sorted(map(_hold, found), key=lambda hold: (ORDER.index(hold.state), hold.placed_at, hold.hold_id))


async def hold_by_id(connection: AsyncConnection, patron_id: int, hold_id: int) -> StoredHold | None:
    """One hold of the patron, live or ended; None where they have none of this number."""
    row = (await connection.execute(_stored().where(HoldRow.id == hold_id, HoldRow.patron_id == patron_id))).first()
    return None if row is None else _hold(row)


def _stored() -> Any:
    return (
        select(HoldRow, WorkRow.title, WorkRow.author, BranchRow.code.label("pickup"))
        .join(WorkRow, WorkRow.id == HoldRow.work_id)
        .join(BranchRow, BranchRow.id == HoldRow.pickup_branch_id)
    )


def _hold(row: Row[Any]) -> StoredHold:
    return StoredHold(
        hold_id=row.id,
        patron_id=row.patron_id,
        work_id=row.work_id,
        title=row.title,
        author=row.author,
        state=HoldState(row.state),
        pickup=row.pickup,
        placed_at=row.placed_at,
        suspended_until=row.suspended_until,
        keep_until=row.keep_until,
        item_id=row.assigned_item_id,
    )


def told(hold: StoredHold, queue: Sequence[QueuedHold], place: Place, now: datetime) -> OpenHold:
    """The hold as its reader is told of it; it waits for who could not come on its last day (``back_by``)."""
    last = hold.keep_until if hold.state is HoldState.READY else None
    return OpenHold(
        hold_id=hold.hold_id,
        work_id=hold.work_id,
        title=hold.title,
        author=hold.author,
        state=hold.state,
        pickup=hold.pickup,
        placed_at=hold.placed_at,
        place=place_in_queue(hold.hold_id, queue, place.today(now)),
        keep_until=None if last is None else back_by(last, place.calendar),
        suspended_until=hold.suspended_until if hold.state is HoldState.SUSPENDED else None,
    )


# --- may it be placed ----------------------------------------------------------------------------


def wish_for(
    work_id: int, pickup: str, copies: Sequence[Copies], house: LendingHouse, branches: Collection[str]
) -> Wish:
    """What is asked, with what the catalogue knows of the work."""
    ages = [item.age_mark for item in copies if item.age_mark is not None]
    return Wish(
        work_id=work_id,
        pickup=pickup,
        lendable=frozenset(item.branch_code for item in copies if item.lendable and item.branch_code),
        pickup_branches=frozenset(branches),
        transfers=house.transfers,
        age_mark=max(ages, default=None),
    )


def standing_of(scene: Scene, holds: Sequence[StoredHold]) -> Standing:
    """What the patron has already."""
    born, today = scene.patron.birth_date, scene.places.at(scene.patron.branch_code).today(scene.now)
    return Standing(
        works_on_loan=frozenset(stored.work_id for stored in scene.loans if stored.work_id is not None),
        works_on_hold=frozenset(hold.work_id for hold in holds),
        age=None if born is None or born > today else years_old(born, today),  # a birth date to come is a slip
    )


async def add(connection: AsyncConnection, patron_id: int, work_id: int, pickup_id: int, now: datetime) -> int:
    """A new place at the end of the queue."""
    values = {
        "patron_id": patron_id,
        "work_id": work_id,
        "pickup_branch_id": pickup_id,
        "state": HoldState.QUEUED.value,
        "placed_at": now,
    }
    return int((await connection.execute(insert(HoldRow).values(values).returning(HoldRow.id))).scalar_one())


async def branch_ids(connection: AsyncConnection, codes: Collection[str]) -> Mapping[str, int]:
    """Row ids of branches by code."""
    found = await connection.execute(select(BranchRow.code, BranchRow.id).where(BranchRow.code.in_(sorted(codes))))
    return {row.code: row.id for row in found}


# --- which copy for whom -------------------------------------------------------------------------


async def hand_out(
    connection: AsyncConnection, work_ids: Collection[int], house: LendingHouse, places: Places, now: datetime
) -> dict[int, int]:
    """Keep every free copy of these works for the first who waits for it; the works are locked.

    Returns:
        The item that each hold was given now.
    """
    waiting = await reading.queues(connection, work_ids)
    if not any(waiting.values()):
        return {}
    free = await reading.copies(connection, work_ids)
    given: dict[int, int] = {}
    for work_id, queue in waiting.items():
        for item in free.get(work_id, ()):
            for _ in range(min(item.free, len(queue))):
                hold = _next(item, [hold for hold in queue if hold.hold_id not in given], house, places, now)
                if hold is None:
                    break
                given[hold.hold_id] = item.item_id
                await keep_for(connection, hold.hold_id, item, now)
    return given


async def servable(
    connection: AsyncConnection, work_ids: Sequence[int], house: LendingHouse, places: Places, now: datetime
) -> list[int]:
    """Works of which a free copy is for somebody who waits; seldom any, for whatever frees a copy hands it out."""
    found: list[int] = []
    for start in range(0, len(work_ids), WORKS_AT_ONCE):
        some = work_ids[start : start + WORKS_AT_ONCE]
        waiting, copies = await reading.queues(connection, some), await reading.copies(connection, some)
        found += [
            work_id
            for work_id in some
            if any(item.free and _next(item, waiting[work_id], house, places, now) for item in copies.get(work_id, ()))
        ]
    return found


def _next(
    item: Copies, queue: Sequence[QueuedHold], house: LendingHouse, places: Places, now: datetime
) -> QueuedHold | None:
    today = places.at(item.branch_code).today(now)
    return next_for(item.item_id, item.branch_code, queue, today, transfers=house.transfers)


async def keep_for(connection: AsyncConnection, hold_id: int, item: Copies, now: datetime) -> None:
    """That copy is to be fetched for the hold."""
    slot = await reading.free_slot(connection, item.item_id)
    values = {"state": HoldState.ASSIGNED.value, "assigned_item_id": item.item_id, "assigned_slot": slot}
    await connection.execute(update(HoldRow).where(HoldRow.id == hold_id).values(**values, assigned_at=now))
    await shelve(connection, item.item_id, ItemStatus.ON_HOLD, ItemStatus.AVAILABLE)


async def shelve(connection: AsyncConnection, item_id: int, status: ItemStatus, *before: ItemStatus) -> None:
    """What readers who search are told of a single copy; of a lump its count of loans tells."""
    single = and_(ItemRow.id == item_id, ItemRow.copies == 1, ItemRow.status.in_([was.value for was in before]))
    await connection.execute(update(ItemRow).where(single).values(status=status.value, due_on=None))


async def release(connection: AsyncConnection, item_id: int | None) -> None:
    """A copy that was kept for somebody is for whoever comes."""
    if item_id is not None:
        await shelve(connection, item_id, ItemStatus.AVAILABLE, ItemStatus.ON_HOLD)


# --- how it goes on ------------------------------------------------------------------------------


async def end(
    connection: AsyncConnection, hold: StoredHold, state: HoldState, by: str, now: datetime, reason: str = ""
) -> None:
    """Close a hold; its copy, if it has one, is free unless the reader has it now."""
    assert state not in LIVE
    values = {"state": state.value, "ended_at": now, "ended_by": by, "reason": reason}
    await connection.execute(update(HoldRow).where(HoldRow.id == hold.hold_id).values(**values))
    if state is not HoldState.FULFILLED:
        await release(connection, hold.item_id)


async def move(connection: AsyncConnection, hold_id: int, state: HoldState, **values: Any) -> None:
    """Take a live hold from one state to another."""
    await connection.execute(update(HoldRow).where(HoldRow.id == hold_id).values(state=state.value, **values))


async def give_back(connection: AsyncConnection, hold: StoredHold, state: HoldState, until: date | None) -> None:
    """A hold waits again, without the copy that was found for it."""
    await move(connection, hold.hold_id, state, suspended_until=until, assigned_item_id=None, assigned_at=None)
    await release(connection, hold.item_id)
