"""What happens at a desk: a copy is lent, comes back, waits on the hold shelf, is fetched or is not."""

from collections import Counter
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.audit import DESK, ENGINE
from bot.clock import Clock
from bot.library.due_dates import due_date, is_over
from bot.library.holds import HoldState, keep_until, may_become
from bot.library.model import ItemStatus
from bot.ports.library import Branches
from bot.quick import dataclass
from bot.rounds import again_and_again
from db import circulation_keys as keys
from db import circulation_reading as reading
from db import holding, left_holds
from db.circulation_house import LendingHouse
from db.circulation_scene import Scene, read_scene
from db.connect import Database, store_errors
from db.models import BranchRow, ItemRow, PatronRow, RecordRow
from db.models_circulation import HoldRow, LoanRow, RenewalRequestRow

LOOK_EVERY_S = 300.0
LOANS_AT_ONCE = 500
OUTCOMES_DAYS = 60


@dataclass(frozen=True, slots=True)
class Lent:
    """A copy has been lent."""

    loan_id: int
    due_on: date


@dataclass(frozen=True, slots=True)
class NotLent:
    """It has not: ``reason`` is one of unknown, reference, out, kept, limit, expired, blocked."""

    reason: str


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A copy has come back; ``hold_id`` waits for it, None: it goes to the shelf."""

    hold_id: int | None


class SqlDesk:
    """Loans of branches whose master is this store; imported branches take theirs from files."""

    def __init__(self, database: Database, branches: Branches, clock: Clock, house: LendingHouse) -> None:
        self._database, self._branches, self._clock, self._house = database, branches, clock, house

    @property
    def house(self) -> LendingHouse:
        """How the library lends."""
        return self._house

    def now(self) -> datetime:
        """This moment."""
        return self._clock.now()

    async def on_the_shelf(self, branch_code: str, count: int) -> list[tuple[int, int]]:
        """Copies of different works that could be lent now, and their works; always the same while nothing changes."""
        wanted = (
            select(func.min(ItemRow.id).label("item_id"), RecordRow.work_id)
            .join(RecordRow, RecordRow.id == ItemRow.record_id)
            .join(BranchRow, BranchRow.id == ItemRow.branch_id)
            .where(
                BranchRow.code == branch_code,
                ItemRow.status == ItemStatus.AVAILABLE.value,
                ItemRow.lendable,
                ItemRow.copies == 1,
                ItemRow.missing_since.is_(None),
                ~ItemRow.suppressed,
                RecordRow.missing_since.is_(None),
                RecordRow.author != "",
            )
            .group_by(RecordRow.work_id)
            .order_by(RecordRow.work_id)
            .limit(count)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                return [(row.item_id, row.work_id) for row in await connection.execute(wanted)]

    async def patron_id(self, card_number: str) -> int:
        """Who has the card; 0 where nobody has."""
        with store_errors():
            async with self._database.engine.connect() as connection:
                wanted = select(PatronRow.id).where(PatronRow.card_number == card_number)
                return await connection.scalar(wanted) or 0

    async def lend(
        self, patron_id: int, item_id: int, branch_code: str, *, issued_on: date | None = None
    ) -> Lent | NotLent:
        """Give a copy into a patron's hands; one that is kept for another is not lent. Raises StoreUnavailable.

        ``issued_on`` is the day from which the term counts, today where it is left out.
        """
        places, now = await self._house.places(self._branches), self._clock.now()
        async with self._database.writing() as connection:
            about = await _item(connection, item_id)
            if about is None:
                return NotLent("unknown")
            scene = await read_scene(
                connection, self._house, places, now, patron_id, more_works=[about.work_id], to_write=True
            )
            branch = (await holding.branch_ids(connection, {branch_code})).get(branch_code)
            if scene is None or branch is None:
                return NotLent("unknown")
            mine = await _kept_for(connection, patron_id, about.work_id)
            refused = self._why_not(scene, about, mine, branch_code)
            if refused:
                return NotLent(refused)
            return await self._lend(connection, scene, about, mine, branch_code, branch, issued_on)

    def _why_not(self, scene: Scene, about: "_About", mine: holding.StoredHold | None, branch_code: str) -> str:
        item = next((copy for copy in scene.copies[about.work_id] if copy.item_id == about.item_id), None)
        patron = scene.patron.patron
        policy = self._house.policy(branch_code, patron.category, about.kind)
        today = scene.places.at(branch_code).today(scene.now)
        reasons = (
            ("reference", item is None or not item.lendable),
            ("expired", policy.block_if_card_expired and patron.expires_on is not None and patron.expires_on < today),
            ("blocked", policy.block_if_restricted and patron.blocked),
            ("limit", policy.max_loans is not None and len(scene.loans) >= policy.max_loans),
            ("out", item is not None and item.free <= 0 and (mine is None or mine.item_id != about.item_id)),
        )
        return next((reason for reason, stands in reasons if stands), "")

    async def _lend(
        self,
        connection: AsyncConnection,
        scene: Scene,
        about: "_About",
        mine: holding.StoredHold | None,
        branch_code: str,
        branch_id: int,
        issued_on: date | None,
    ) -> Lent:
        now, patron, place = scene.now, scene.patron.patron, scene.places.at(branch_code)
        today, policy = place.today(now), self._house.policy(branch_code, patron.category, about.kind)
        if mine is not None:  # its copy is fetched, or another one in its stead
            await holding.end(connection, mine, HoldState.FULFILLED, DESK, now)
            if mine.item_id not in (None, about.item_id):
                await holding.release(connection, mine.item_id)
        issued = issued_on or today
        due = due_date(issued, policy.loan_days, policy, place.calendar, patron.expires_on)
        slot = await reading.free_slot(connection, about.item_id)
        values = {
            "patron_id": patron.patron_id,
            "item_id": about.item_id,
            "slot": slot,
            "branch_id": branch_id,
            "issued_on": issued,
            "due_on": due,
            "as_of": now,
        }
        loan_id = (await connection.execute(insert(LoanRow).values(values).returning(LoanRow.id))).scalar_one()
        await left_holds.taken_away(connection, about.item_id, slot, now)
        single = update(ItemRow).where(ItemRow.id == about.item_id, ItemRow.copies == 1)
        await connection.execute(single.values(status=ItemStatus.ON_LOAN.value, due_on=due))
        await holding.hand_out(connection, {about.work_id}, self._house, scene.places, now)
        await keys.count(connection, Counter({(today, branch_id, "lent", ""): 1}))
        return Lent(loan_id, due)

    async def take_back(self, loan_id: int) -> TakenBack | None:
        """A copy has come back: for the first who waits, or to the shelf. None where it is not out."""
        places, now = await self._house.places(self._branches), self._clock.now()
        async with self._database.writing() as connection:
            await reading.lock_loans(connection, LoanRow.id == loan_id)
            closing = update(LoanRow).where(LoanRow.id == loan_id, LoanRow.returned_at.is_(None))
            item_id = (await connection.execute(closing.values(returned_at=now).returning(LoanRow.item_id))).first()
            if item_id is None:
                return None
            await drop_requests(connection, [loan_id], now)
            about = None if item_id[0] is None else await _item(connection, item_id[0])
            if about is None:
                return TakenBack(None)
            await reading.lock_works(connection, {about.work_id})
            await holding.shelve(connection, about.item_id, ItemStatus.AVAILABLE, ItemStatus.ON_LOAN)
            given = await holding.hand_out(connection, {about.work_id}, self._house, places, now)
            return TakenBack(next((hold for hold, item in given.items() if item == about.item_id), None))

    async def send(self, hold_id: int) -> bool:
        """The copy is on its way to the pick-up branch. False where the hold has none that still lies somewhere."""
        async with self._database.writing() as connection:
            hold = await self.locked(connection, hold_id)
            if hold is None or hold.item_id is None or not may_become(hold.state, HoldState.IN_TRANSIT):
                return False
            now = self._clock.now()
            slot = await connection.scalar(select(HoldRow.assigned_slot).where(HoldRow.id == hold_id))
            await left_holds.taken_away(connection, hold.item_id, slot or 0, now)
            await holding.move(connection, hold_id, HoldState.IN_TRANSIT, sent_at=now)
            return True

    async def make_ready(self, hold_id: int) -> date | None:
        """The copy waits on the hold shelf; returns the last day, None where the hold has no copy."""
        places, now = await self._house.places(self._branches), self._clock.now()
        async with self._database.writing() as connection:
            hold = await self.locked(connection, hold_id)
            if hold is None or hold.item_id is None or not may_become(hold.state, HoldState.READY):
                return None
            place = places.at(hold.pickup)
            last = keep_until(place.today(now), self._house.policy(hold.pickup, ""), place.calendar)
            slot = await connection.scalar(select(HoldRow.assigned_slot).where(HoldRow.id == hold_id))
            await left_holds.taken_away(connection, hold.item_id, slot or 0, now)
            await holding.move(connection, hold_id, HoldState.READY, ready_at=now, keep_until=last)
            return last

    async def fetched(self, hold_id: int, by: str) -> bool:
        """The reader has the book, lent by another program. False where the hold is not live any more."""
        return await self._close(hold_id, HoldState.FULFILLED, by)

    async def refuse_hold(self, hold_id: int, by: str, reason: str) -> bool:
        """The staff cannot serve it: the reader is told why. False where it is not live any more."""
        return await self._close(hold_id, HoldState.REFUSED, by, reason)

    async def _close(self, hold_id: int, state: HoldState, by: str, reason: str = "") -> bool:
        places, now = await self._house.places(self._branches), self._clock.now()
        async with self._database.writing() as connection:
            hold = await self.locked(connection, hold_id)
            if hold is None or not may_become(hold.state, state):
                return False
            await holding.end(connection, hold, state, by, now, reason)
            await holding.hand_out(connection, {hold.work_id}, self._house, places, now)
            return True

    async def locked(self, connection: AsyncConnection, hold_id: int) -> holding.StoredHold | None:
        """The hold with its work locked, so that nobody changes it meanwhile."""
        of = select(HoldRow.patron_id, HoldRow.work_id).where(HoldRow.id == hold_id)
        row = (await connection.execute(of)).first()
        if row is None:
            return None
        await reading.lock_works(connection, {row.work_id})
        return await holding.hold_by_id(connection, row.patron_id, hold_id)

    # --- what time does --------------------------------------------------------------------------

    async def follow(self) -> None:
        """Let time pass every few minutes, until cancelled."""
        await again_and_again(self.pass_time, LOOK_EVERY_S)

    async def pass_time(self) -> int:
        """Close holds whose time is over, wake those that slept, forget returned loans; returns how many changed.

        Safe to run at any time and in several processes: each hold is looked at again under its lock.
        """
        places, now = await self._house.places(self._branches), self._clock.now()
        changed = 0
        for hold_id, state, pickup, kept, needed, sleeps in await self._due_holds(now):
            place = places.at(pickup)
            today = place.today(now)
            if state is HoldState.READY and kept is not None and is_over(kept, today, place.calendar):
                changed += await self._close(hold_id, HoldState.NOT_PICKED_UP, ENGINE)
            elif state in (HoldState.QUEUED, HoldState.SUSPENDED) and needed is not None and needed < today:
                changed += await self._close(hold_id, HoldState.EXPIRED, ENGINE)
            elif state is HoldState.SUSPENDED and sleeps is not None and sleeps <= today:
                changed += await self._wake(hold_id)
        return changed + await self._serve() + await self.forget()

    async def _serve(self) -> int:
        """Copies that are free by nobody's act at a desk (bought, shown to readers again) are for who waits."""
        places, now, given = await self._house.places(self._branches), self._clock.now(), 0
        queued = (HoldRow.ended_at.is_(None), HoldRow.state == HoldState.QUEUED.value)
        with store_errors():
            async with self._database.engine.connect() as connection:
                waited_for = list(await connection.scalars(select(HoldRow.work_id).distinct().where(*queued)))
                works = await holding.servable(connection, sorted(waited_for), self._house, places, now)
        for work_id in works:
            async with self._database.writing() as connection:
                await reading.lock_works(connection, {work_id})
                given += len(await holding.hand_out(connection, {work_id}, self._house, places, now))
        return given

    async def _due_holds(
        self, now: datetime
    ) -> list[tuple[int, HoldState, str, date | None, date | None, date | None]]:
        latest = (now + timedelta(days=1)).date()  # no zone is further ahead than that
        wanted = (
            select(HoldRow, BranchRow.code.label("pickup"))
            .join(BranchRow, BranchRow.id == HoldRow.pickup_branch_id)
            .where(
                HoldRow.ended_at.is_(None),
                or_(
                    HoldRow.keep_until < latest,
                    HoldRow.needed_until < latest,
                    HoldRow.suspended_until <= latest,
                ),
            )
            .order_by(HoldRow.id)
            .limit(LOANS_AT_ONCE)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                return [
                    (row.id, HoldState(row.state), row.pickup, row.keep_until, row.needed_until, row.suspended_until)
                    for row in await connection.execute(wanted)
                ]

    async def _wake(self, hold_id: int) -> bool:
        places, now = await self._house.places(self._branches), self._clock.now()
        async with self._database.writing() as connection:
            hold = await self.locked(connection, hold_id)
            if hold is None or hold.state is not HoldState.SUSPENDED:
                return False
            await holding.move(connection, hold_id, HoldState.QUEUED, suspended_until=None)
            await holding.hand_out(connection, {hold.work_id}, self._house, places, now)
            return True

    async def forget(self) -> int:
        """Returned loans go, for nobody's history is kept; so do outcomes that nobody can ask for again."""
        now = self._clock.now()
        returned = now - timedelta(days=self._house.returned_days)
        old = select(LoanRow.id).where(LoanRow.returned_at < returned)
        async with self._database.writing() as connection:
            some = old.limit(LOANS_AT_ONCE).scalar_subquery()
            gone = await connection.execute(delete(LoanRow).where(LoanRow.id.in_(some)))
            await keys.forget(connection, now - timedelta(days=OUTCOMES_DAYS))
        return gone.rowcount


async def drop_requests(connection: AsyncConnection, loan_ids: list[int], now: datetime) -> None:
    """What waits for a decision about loans that have ended is decided by that."""
    await connection.execute(
        update(RenewalRequestRow)
        .where(RenewalRequestRow.loan_id.in_(loan_ids), RenewalRequestRow.state == "waiting")
        .values(state="dropped", decided_at=now, decided_by=ENGINE)
    )


@dataclass(frozen=True, slots=True)
class _About:
    item_id: int
    work_id: int
    kind: str


async def _item(connection: AsyncConnection, item_id: int) -> _About | None:
    wanted = select(RecordRow.work_id, RecordRow.kind).join(ItemRow, ItemRow.record_id == RecordRow.id)
    row = (await connection.execute(wanted.where(ItemRow.id == item_id))).first()
    return None if row is None else _About(item_id, row.work_id, row.kind)


async def _kept_for(connection: AsyncConnection, patron_id: int, work_id: int) -> holding.StoredHold | None:
    """The patron's own live hold on the work."""
    return next((hold for hold in await holding.holds_of(connection, patron_id) if hold.work_id == work_id), None)
