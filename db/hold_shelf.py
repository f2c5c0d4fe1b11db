"""The work list of holds: what to fetch from the shelf, what waits at the desk, what was handed over."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, func, select

from bot.circulation import Keeping
from bot.hold_shelf import BroughtBack, NotFound, ShelfHold
from bot.library.due_dates import Calendar, back_by
from bot.library.holds import HoldState
from bot.ports.library import Branches
from db import left_holds, refused_holds
from db import missing_copies as missing
from db.base import aliased
from db.connect import Database, store_errors
from db.lending_desk import NotLent, SqlDesk
from db.models import BranchRow, ItemRow, PatronRow, WorkRow
from db.models_circulation import HoldRow

_TO_FETCH = (HoldState.ASSIGNED.value, HoldState.IN_TRANSIT.value)
_READY = HoldState.READY.value
_HOME = aliased(BranchRow)
"""The branch that has a hold's copy."""


class SqlHoldShelf:
    """Fills the port ``HoldShelf``."""

    def __init__(self, database: Database, branches: Branches, desk: SqlDesk) -> None:
        self._database, self._branches, self._house, self._desk = database, branches, desk.house, desk

    async def waiting(self, branches: Collection[str] = (), limit: int = 100) -> Sequence[ShelfHold]:
        wanted, since = _of(branches, self._live()), (HoldRow.assigned_at, HoldRow.id)
        fetched = wanted.where(HoldRow.state.in_(_TO_FETCH)).order_by(*since)
        ready = wanted.where(HoldRow.state == _READY).order_by(HoldRow.keep_until.nulls_last(), *since)
        return [*await self._read(fetched.limit(limit)), *await self._read(ready.limit(limit))]

    async def to_fetch(self, branches: Collection[str] = ()) -> int:
        return await self._count(branches, HoldRow.state.in_(_TO_FETCH), HoldRow.ended_at.is_(None))

    async def to_hand_out(self, branches: Collection[str] = ()) -> int:
        return await self._count(branches, HoldRow.state == _READY, HoldRow.ended_at.is_(None))

    async def to_put_back(self, branches: Collection[str] = ()) -> int:
        return await self._count(branches, *left_holds.left(self._desk.now()))

    async def left(self, branches: Collection[str] = (), limit: int = 100) -> Sequence[ShelfHold]:
        wanted = _of(branches, self._stored()).where(*left_holds.left(self._desk.now()))
        return await self._read(wanted.order_by(HoldRow.ended_at, HoldRow.id).limit(limit))

    async def find_left(self, hold_id: int) -> ShelfHold | None:
        wanted = self._stored().where(HoldRow.id == hold_id, *left_holds.left(self._desk.now()))
        return next(iter(await self._read(wanted)), None)

    async def put_back(self, hold_id: int) -> bool:
        async with self._database.writing() as connection:
            return await left_holds.put_back(connection, hold_id, self._desk.now())

    async def find(self, hold_id: int) -> ShelfHold | None:
        return next(iter(await self._read(self._live().where(HoldRow.id == hold_id))), None)

    async def send(self, hold_id: int) -> bool:
        hold = await self.find(hold_id)
        return hold is not None and hold.to_send and await self._desk.send(hold_id)

    async def put_aside(self, hold_id: int) -> date | None:
        hold = await self.find(hold_id)
        if hold is None or hold.state is HoldState.READY:
            return None  # pressed twice: its last day stays
        return await self._desk.make_ready(hold_id)

    async def hand_over(self, hold_id: int, by: str) -> bool:
        hold = await self.find(hold_id)
        if hold is None or hold.state is not HoldState.READY:
            return False
        if self._house.kept(hold.branch_code) is Keeping.LIVE and hold.item_id is not None:
            return not isinstance(await self._desk.lend(hold.patron_id, hold.item_id, hold.branch_code), NotLent)
        return await self._desk.fetched(hold_id, by)

    async def brought_back(self, loan_id: int) -> BroughtBack:
        taken = await self._desk.take_back(loan_id)
        if taken is None:
            return BroughtBack.NOT_OUT
        return BroughtBack.TO_ITS_PLACE if taken.hold_id is None else BroughtBack.WAITED_FOR

    async def not_found(self, hold_id: int, login: str, reason: str) -> NotFound | None:
        places, now = await self._house.places(self._branches), self._desk.now()
        async with self._database.writing() as connection:
            decision = await missing.mark(connection, self._desk, places, hold_id, login, reason, now)
        hold = None if decision is None else await self.find(hold_id)
        return None if decision is None or hold is None else NotFound(decision_id=decision, hold=hold)

    async def found_after_all(self, hold_id: int, decision_id: int, login: str) -> bool:
        places, now = await self._house.places(self._branches), self._desk.now()
        async with self._database.writing() as connection:
            return await missing.take_back(connection, self._desk, places, hold_id, decision_id, login, now)

    async def refuse(self, hold_id: int, by: str, reason: str) -> bool:
        return await self._desk.refuse_hold(hold_id, by, reason)

    async def refuse_no_more(self, patron_id: int, hold_id: int, by: str) -> bool:
        places, now = await self._house.places(self._branches), self._desk.now()
        async with self._database.writing() as connection:
            return await refused_holds.take_back(connection, self._desk, places, patron_id, hold_id, by, now)

    def _stored(self) -> Any:
        return _stored(self._desk.now())

    def _live(self) -> Any:
        return self._stored().where(HoldRow.ended_at.is_(None))

    async def _count(self, branches: Collection[str], *which: Any) -> int:
        counted = _placed(select(func.count()).select_from(HoldRow), self._desk.now())
        with store_errors():
            async with self._database.engine.connect() as connection:
                return await connection.scalar(_of(branches, counted).where(*which)) or 0

    async def _read(self, wanted: Any) -> list[ShelfHold]:
        places = await self._house.places(self._branches)
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = list(await connection.execute(wanted))
        return [_hold(row, places.at(row.branch_code).calendar) for row in found]


def _of(branches: Collection[str], wanted: Any) -> Any:
    """On whose list: ``ShelfHold.listed_at``."""
    is_there = and_(HoldRow.state == HoldState.ASSIGNED.value, _HOME.code.is_not(None))
    listed_at = case((is_there, _HOME.code), else_=BranchRow.code)
    return wanted.where(listed_at.in_(sorted(branches))) if branches else wanted


def _placed(wanted: Any, now: datetime) -> Any:
    """With the branch where it is fetched, the copy, and the branch that has this."""
    return (
        wanted.join(BranchRow, BranchRow.id == HoldRow.pickup_branch_id)
        .outerjoin(ItemRow, ItemRow.id == HoldRow.assigned_item_id)
        .outerjoin(_HOME, _HOME.id == func.coalesce(left_holds.lies_at(now), ItemRow.branch_id))
    )


def _stored(now: datetime) -> Any:
    return _placed(
        select(
            HoldRow,
            BranchRow.code.label("branch_code"),
            _HOME.code.label("home_code"),
            WorkRow.title,
            WorkRow.author,
            PatronRow.card_number,
            PatronRow.surname,
            PatronRow.given_name,
            ItemRow.inventory_number,
            ItemRow.call_number,
            ItemRow.copies,
            left_holds.lies_at(now).label("lies_at"),
        )
        .join(WorkRow, WorkRow.id == HoldRow.work_id)
        .join(PatronRow, PatronRow.id == HoldRow.patron_id),
        now,
    )


def _hold(row: Any, calendar: Calendar) -> ShelfHold:
    return ShelfHold(
        hold_id=row.id,
        patron_id=row.patron_id,
        branch_code=row.branch_code,
        title=row.title,
        author=row.author,
        name=" ".join(part for part in (row.surname, row.given_name) if part),
        card_number=row.card_number,
        copy=", ".join(part for part in (row.inventory_number, row.call_number) if part),
        state=HoldState(row.state),
        since=row.assigned_at or row.placed_at,
        keep_until=None if row.keep_until is None else back_by(row.keep_until, calendar),
        item_id=row.assigned_item_id,
        copies=row.copies or 1,
        aside=row.state in _TO_FETCH and row.lies_at is not None,
        lies_in="" if row.home_code in (None, row.branch_code) else row.home_code,
    )
