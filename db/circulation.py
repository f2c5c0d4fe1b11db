"""The port ``Circulation`` on our own store: SQLite or PostgreSQL."""

from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.audit import READER
from bot.circulation import Ability, Ok, OpenHold, OpenLoan, Refused, RenewalOutcome, RenewalWish, Result, Unsupported
from bot.clock import Clock
from bot.library.holds import LIVE, WAITING, HoldBlock, HoldState, serving, why_not
from bot.library.renewal import RenewalBlock
from bot.ports.library import Branches
from db import circulation_keys as keys
from db import circulation_reading as reading
from db import holding, renewing
from db.circulation_house import LendingHouse
from db.circulation_scene import Scene, read_scene, read_scenes
from db.connect import Database, store_errors

NOT_FOUND = "HOLD_NOT_FOUND"
"""Refused: the patron has no hold of that number; of all codes of holds the only one that is no ``HoldBlock``."""


class SqlCirculation:
    """Fills the port ``Circulation``.

    Every call is one transaction of a fixed number of queries. Writing calls of one patron wait for one
    another, and so do all that touch the queue of one work: on SQLite because there is one writer, on PostgreSQL
    by advisory locks. So a copy is never given twice, and a title that somebody waits for is not renewed.

    Args:
        database: The store.
        branches: The buildings, with their calendars.
        clock: The time.
        house: Rules, and how each branch keeps its loans.
    """

    def __init__(self, database: Database, branches: Branches, clock: Clock, house: LendingHouse) -> None:
        self._database, self._branches, self._clock, self._house = database, branches, clock, house

    def abilities(self, branch_code: str) -> Collection[Ability]:
        return self._house.abilities(branch_code)

    # --- reading ---------------------------------------------------------------------------------

    async def loans(self, patron_id: int) -> Result[tuple[OpenLoan, ...]]:
        places = await self._house.places(self._branches)
        with store_errors():
            async with self._database.engine.connect() as connection:
                scene = await read_scene(connection, self._house, places, self._clock.now(), patron_id)
        return lent(scene)

    async def loans_of(self, patron_ids: Collection[int]) -> Mapping[int, Result[tuple[OpenLoan, ...]]]:
        """The port ``ReadsMany``."""
        places = await self._house.places(self._branches)
        with store_errors():
            async with self._database.engine.connect() as connection:
                scenes = await read_scenes(connection, self._house, places, self._clock.now(), patron_ids)
        return {patron_id: lent(scenes.get(patron_id)) for patron_id in patron_ids}

    async def holds(self, patron_id: int) -> Result[tuple[OpenHold, ...]]:
        places = await self._house.places(self._branches)
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = await holding.holds_of(connection, patron_id)
                queues = await reading.queues(connection, {hold.work_id for hold in found})
        now = self._clock.now()
        return Ok(
            tuple(holding.told(hold, queues.get(hold.work_id, ()), places.at(hold.pickup), now) for hold in found)
        )

    async def pickup_branches(self, patron_id: int, work_id: int) -> Result[tuple[str, ...]]:
        branches = await self._branches.all()
        with store_errors():
            async with self._database.engine.connect() as connection:
                copies = (await reading.copies(connection, {work_id})).get(work_id, [])
                home, only, never = await reading.where_served(connection, patron_id)
        known = serving(branches, only, never)
        lendable = {item.branch_code for item in copies if item.lendable}
        free = {item.branch_code for item in copies if item.free}
        offered = [code for code in known if lendable and (self._house.transfers or code in lendable)]
        return Ok(tuple(sorted(offered, key=lambda code: (code != home, code not in free, known.index(code)))))

    # --- renewing --------------------------------------------------------------------------------

    async def renew(
        self, patron_id: int, wishes: Sequence[RenewalWish], key: str
    ) -> Result[tuple[RenewalOutcome, ...]]:
        async with self._writing(patron_id) as (connection, scene, now):
            if scene is None:
                return Refused(RenewalBlock.LOAN_NOT_FOUND.value)
            return Ok(await renewing.renew_all(connection, scene, wishes, key, now), scene.as_of)

    # --- holds -----------------------------------------------------------------------------------

    async def place_hold(self, patron_id: int, work_id: int, pickup: str, key: str) -> Result[OpenHold]:
        async with self._writing(patron_id, work_id=work_id) as (connection, scene, now):
            before = await keys.outcome(connection, patron_id, "place", key)
            if before is not None:
                return await self._again(connection, scene, patron_id, before)
            if scene is None:
                return Refused(HoldBlock.PATRON_BLOCKED.value)
            came = await self._place(connection, scene, work_id, pickup)
            await keys.keep(connection, patron_id, "place", key, came, now)
            return await self._again(connection, scene, patron_id, came)

    async def _place(self, connection: AsyncConnection, scene: Scene, work_id: int, pickup: str) -> dict[str, Any]:
        now, patron, places = scene.now, scene.patron.patron, scene.places
        copies = scene.copies.get(work_id, [])
        standing = holding.standing_of(scene, await holding.holds_of(connection, patron.patron_id))
        served = serving(await self._branches.all(), scene.patron.served_at, scene.patron.not_served_at)
        wish = holding.wish_for(work_id, pickup, copies, self._house, served)
        ids = await holding.branch_ids(connection, {pickup, scene.patron.branch_code})
        today = places.at(pickup).today(now)
        block = why_not(wish, patron, standing, self._house.policy(pickup, patron.category), today)
        where = ids.get(pickup) or ids.get(scene.patron.branch_code)
        if block is not None:
            if where is not None:
                await keys.count(connection, Counter({(today, where, "hold_refused", block.value): 1}))
            return {"code": block.value}
        hold_id = await holding.add(connection, patron.patron_id, work_id, ids[pickup], now)
        await holding.hand_out(connection, {work_id}, self._house, places, now)
        await keys.count(connection, Counter({(today, ids[pickup], "hold_placed", ""): 1}))
        return {"hold_id": hold_id}

    async def cancel_hold(self, patron_id: int, hold_id: int, key: str) -> Result[OpenHold]:
        async with self._writing(patron_id, hold_id) as (connection, scene, now):
            hold = await holding.hold_by_id(connection, patron_id, hold_id)
            if hold is not None and hold.state in LIVE:
                await holding.end(connection, hold, HoldState.CANCELLED, READER, now)
                places = await self._house.places(self._branches)
                await holding.hand_out(connection, {hold.work_id}, self._house, places, now)
            # Repeating it changes nothing more: what is cancelled stays so, and needs no memory of its key.
            return await self._again(connection, scene, patron_id, {"hold_id": hold_id})

    async def suspend_hold(self, patron_id: int, hold_id: int, until: date | None, key: str) -> Result[OpenHold]:
        async with self._writing(patron_id, hold_id) as (connection, scene, now):
            before = await keys.outcome(connection, patron_id, "suspend", key)
            if before is not None:
                return await self._again(connection, scene, patron_id, before)
            hold = await holding.hold_by_id(connection, patron_id, hold_id)
            came: dict[str, Any] = {"hold_id": hold_id}
            for_the_reader = (HoldState.IN_TRANSIT, HoldState.READY)
            if hold is not None and hold.state in for_the_reader and until is not None:
                came = {"code": HoldBlock.ILS_REFUSED.value, "raw": "the copy is on the hold shelf or on its way there"}
            elif hold is not None and hold.state in LIVE.difference(for_the_reader):
                await self._suspend(connection, hold, until, now)
            await keys.keep(connection, patron_id, "suspend", key, came, now)
            return await self._again(connection, scene, patron_id, came)

    async def _suspend(
        self, connection: AsyncConnection, hold: holding.StoredHold, until: date | None, now: datetime
    ) -> None:
        places = await self._house.places(self._branches)
        if until is not None and until > places.at(hold.pickup).today(now):
            await holding.give_back(connection, hold, HoldState.SUSPENDED, until)
        elif hold.state in WAITING:
            await holding.move(connection, hold.hold_id, HoldState.QUEUED, suspended_until=None)
        await holding.hand_out(connection, {hold.work_id}, self._house, places, now)

    # --- what all writing calls share ------------------------------------------------------------

    @asynccontextmanager
    async def _writing(
        self, patron_id: int, hold_id: int | None = None, work_id: int | None = None
    ) -> AsyncIterator[tuple[AsyncConnection, Scene | None, datetime]]:
        """One transaction that holds the patron's locks, and the hold's work's; all or nothing."""
        places = await self._house.places(self._branches)
        now = self._clock.now()
        async with self._database.writing() as connection:
            more = () if work_id is None else (work_id,)
            scene = await read_scene(
                connection, self._house, places, now, patron_id, more_works=more, of_hold=hold_id, to_write=True
            )
            yield connection, scene, now

    async def _again(
        self, connection: AsyncConnection, scene: Scene | None, patron_id: int, came: dict[str, Any]
    ) -> Result[OpenHold]:
        """The hold as it is now, or why there is none."""
        if "code" in came:
            return Refused(came["code"], came.get("raw", ""))
        hold = await holding.hold_by_id(connection, patron_id, came["hold_id"])
        if hold is None or scene is None:
            return Refused(NOT_FOUND)
        queue = (await reading.queues(connection, {hold.work_id})).get(hold.work_id, [])
        return Ok(holding.told(hold, queue, scene.places.at(hold.pickup), scene.now))


def lent(scene: Scene | None) -> Result[tuple[OpenLoan, ...]]:
    """What is told of a patron's loans."""
    if scene is None:
        return Ok(())
    if not scene.known:
        return Unsupported()
    return Ok(tuple(scene.open_loan(stored) for stored in scene.loans), scene.as_of)
