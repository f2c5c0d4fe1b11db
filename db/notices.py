"""Notices in SQL: planned, put into the outbox, followed until they arrive or nothing is left to try."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.library.notices import NoticeRules, Subject, Way
from bot.messages import Delivery, Lane
from bot.notices import DueNotice, Leaving, NoticeLetter, OnItsWay
from bot.ports.library import Branches
from db import card_notices, post
from db import notice_planning as planning
from db.circulation_house import LendingHouse
from db.connect import Database, store_errors
from db.models import ContactRow, ConversationRow, MessageRow
from db.models_notices import NoticeItemRow, NoticeLetterRow, NoticeRow
from db.notice_facts import facts_of
from db.notice_planning import Planner
from db.notice_reading import due_notices, items_of
from db.notice_rest import is_resting
from db.notice_ways import ways_of
from db.post import Letter
from db.upserts import insert_of

LOCK = 7_303_014
"""Key of the advisory lock that keeps two planners apart on PostgreSQL."""
LOOK_AGAIN = timedelta(minutes=1)
ARRIVED = (Delivery.DELIVERED.value, Delivery.READ.value)


class SqlNotices:
    """Fills the port ``NoticeStore``.

    Args:
        database: The store.
        branches: The buildings, with their zones and calendars.
        clock: The time.
        house: How branches lend.
        rules: When readers are written to.
        channels: Those that notices can be sent through.
        sms: The one whose messages the library pays for when all else failed, "" for none.
        pages: Channels that readers look into by themselves: nothing is sent there, what waits is shown.
    """

    def __init__(
        self,
        database: Database,
        branches: Branches,
        clock: Clock,
        house: LendingHouse,
        rules: NoticeRules,
        channels: Collection[str],
        sms: str = "",
        pages: Collection[str] = (),
    ) -> None:
        self._database, self._branches, self._clock, self._house = database, branches, clock, house
        self._rules, self._channels, self._sms = rules, frozenset(channels), sms
        self._pages = frozenset(pages)

    async def _planner(self) -> Planner:
        places = await self._house.places(self._branches)
        return Planner(self._rules, places, self._channels, self._pages, self._clock.now())

    async def is_resting(self) -> bool:
        return await is_resting(self._database)

    # --- planning --------------------------------------------------------------------------------

    async def plan_loans(self, after: int, limit: int) -> int | None:
        planner = await self._planner()
        with store_errors():
            async with self._database.engine.connect() as connection:
                patrons = await planning.patrons_with_loans(connection, planner, after, limit)
        if not patrons:
            return None
        async with self._database.writing() as connection:
            await _lock(connection)
            await planning.plan_loans(connection, planner, patrons)
        return patrons[-1]

    async def plan_cards(self, after: int, limit: int) -> int | None:
        planner = await self._planner()
        with store_errors():
            async with self._database.engine.connect() as connection:
                found, last = await card_notices.next_cards(connection, planner, after, limit)
        if found:
            async with self._database.writing() as connection:
                await _lock(connection)
                await planning.keep(connection, planner, found)
        return last

    async def plan_events(self) -> int:
        planner = await self._planner()
        with store_errors():
            async with self._database.engine.connect() as connection:
                happened = await planning.events(connection, planner)
        if not happened:  # nearly always: nobody waits while it is looked for
            return 0
        async with self._database.writing() as connection:
            await _lock(connection)
            return await planning.keep(connection, planner, happened)

    # --- sending ---------------------------------------------------------------------------------

    async def due(self, limit: int) -> list[DueNotice]:
        places = await self._house.places(self._branches)
        with store_errors():
            async with self._database.engine.connect() as connection:
                return await due_notices(connection, self._clock.now(), self._channels, self._pages, places, limit)

    async def post(self, letters: Sequence[NoticeLetter]) -> int:
        now = self._clock.now()
        async with self._database.writing() as connection:
            planned = await self._taken(connection, [one for letter in letters for one in letter.notices])
            ours = {at: [one for one in letter.notices if one in planned] for at, letter in enumerate(letters)}
            tries = await _tries(connection, planned)
            if stale := [_is(subject) for at, letter in enumerate(letters) if ours[at] for subject in letter.stale]:
                await connection.execute(delete(NoticeItemRow).where(or_(*(and_(*one) for one in stale))))
            keys = {
                at: f"notice:{min(ours[at])}:{letter.contact_id}:{sum(tries.get(one, 0) for one in ours[at])}"
                for at, letter in enumerate(letters)
                if ours[at]
            }
            sent = [
                Letter(contact_id=letters[at].contact_id, reply=letters[at].reply, key=key) for at, key in keys.items()
            ]
            messages = await post.put(connection, sent, now) if sent else {}
            going, back, written = [], [], []
            for at, key in keys.items():
                if key not in messages:  # the contact went out of reach since we looked: we look again
                    back += ours[at]
                    continue
                letter, message_id = letters[at], messages[key]
                told = {"to_channel": letter.channel, "to_deliver_by": letter.deliver_by, "to_message": message_id}
                going += [{"of_notice": one, **told} for one in ours[at]]
                written += [_letter(letter, one, message_id, now) for one in ours[at]]
            await _follow(connection, going, written)
            if back:
                again = {"state": "planned", "channel": "", "deliver_by": None, "send_at": now + LOOK_AGAIN}
                await connection.execute(update(NoticeRow).where(NoticeRow.id.in_(back)).values(again))
        return len(messages)

    async def _taken(self, connection: AsyncConnection, notices: Collection[int]) -> set[int]:
        """Those that still wait to be sent; from now on they are on their way."""
        taken = update(NoticeRow).where(NoticeRow.id.in_(notices), NoticeRow.state == "planned")
        return set(await connection.scalars(taken.values(state="sent", message_id=None).returning(NoticeRow.id)))

    async def postpone(self, notices: Collection[int], until: datetime) -> None:
        await self._set(notices, "planned", send_at=until)

    async def drop(self, notices: Collection[int], why: str) -> None:
        await self._set(notices, "planned", state="dropped", ended_at=self._clock.now(), why=why)

    async def give_up(self, notices: Collection[int], why: str) -> None:
        await self._set(notices, "planned", state="unreached", ended_at=self._clock.now(), why=why)

    async def show(self, letter: NoticeLetter, why: str) -> None:
        now = self._clock.now()
        async with self._database.writing() as connection:
            waits = update(NoticeRow).where(NoticeRow.id.in_(letter.notices), NoticeRow.state == "planned")
            values = {"state": "unreached", "ended_at": now, "why": why}
            taken = list(await connection.scalars(waits.values(**values).returning(NoticeRow.id)))
            if not taken:
                return
            shown = Letter(contact_id=letter.contact_id, reply=letter.reply, key=f"notice:{min(taken)}:page")
            for message_id in (await post.put(connection, [shown], now)).values():
                told = [{**_letter(letter, one, message_id, now), "why": why} for one in taken]
                known = update(NoticeRow).where(NoticeRow.id.in_(taken))
                await connection.execute(known.values(message_id=message_id))
                await connection.execute(insert(NoticeLetterRow), told)

    async def waiting_letters(self) -> Mapping[str, int]:
        wanted = (
            select(MessageRow.channel, func.count().label("letters"))
            .where(MessageRow.state == "queued", MessageRow.lane == Lane.NOTICE.value)
            .group_by(MessageRow.channel)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = await connection.execute(wanted)
        return {row.channel: row.letters for row in found}

    async def reached(self, notices: Collection[int]) -> None:
        await self._set(notices, "sent", state="reached", ended_at=self._clock.now(), why="")

    async def _set(self, notices: Collection[int], before: str, **values: Any) -> None:
        if not notices:
            return
        async with self._database.writing() as connection:
            changing = update(NoticeRow).where(NoticeRow.id.in_(notices), NoticeRow.state == before)
            await connection.execute(changing.values(**values))

    # --- following -------------------------------------------------------------------------------

    async def on_their_way(self, confirming: Collection[str], limit: int) -> list[OnItsWay]:
        now, state = self._clock.now(), MessageRow.state
        settled = or_(
            state.is_(None),
            state.in_([Delivery.FAILED.value, *ARRIVED]),
            and_(state == Delivery.SENT.value, NoticeRow.channel.not_in(list(confirming))),
            NoticeRow.deliver_by <= now,
        )
        wanted = (
            select(NoticeRow.id, NoticeRow.zone, NoticeRow.channel, NoticeRow.deliver_by, state, MessageRow.error)
            .outerjoin(MessageRow, MessageRow.id == NoticeRow.message_id)
            .where(NoticeRow.state == "sent", settled)
            .order_by(NoticeRow.id)
            .limit(limit)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = (await connection.execute(wanted)).all()
        return [
            OnItsWay(
                notice_id=row.id,
                zone=ZoneInfo(row.zone),
                channel=row.channel,
                state=row.state or "",
                why=row.error or "",
                late=row.deliver_by is not None and row.deliver_by <= now,
            )
            for row in found
        ]

    async def go_on(self, notice_id: int, why: str, at: datetime) -> None:
        async with self._database.writing() as connection:
            going = select(NoticeRow.message_id).where(NoticeRow.id == notice_id, NoticeRow.state == "sent")
            message_id = await connection.scalar(going)
            if message_id is None:
                return
            waits = update(MessageRow).where(MessageRow.id == message_id, MessageRow.state == "queued")
            await connection.execute(waits.values(state=Delivery.FAILED.value, error=why, done_at=self._clock.now()))
            await self._replanned(connection, message_id, NoticeRow.id == notice_id, at)
            of_it = NoticeLetterRow.notice_id == notice_id
            told = update(NoticeLetterRow).where(NoticeLetterRow.message_id == message_id, of_it)
            await connection.execute(told.values(why=why))

    async def leaving(self, channel: str, first: int, limit: int) -> Mapping[int, Leaving]:
        places = await self._house.places(self._branches)
        queued = (
            select(MessageRow.id)
            .where(MessageRow.channel == channel, MessageRow.lane == Lane.NOTICE.value, MessageRow.state == "queued")
            .where(MessageRow.id > first)
            .order_by(MessageRow.id)
            .limit(limit)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                messages = [first, *await connection.scalars(queued)]
                wanted = (
                    select(
                        NoticeLetterRow.message_id.label("letter"),
                        NoticeLetterRow.contact_id,
                        NoticeLetterRow.channel,
                        NoticeRow.id,
                        NoticeRow.patron_id,
                        NoticeRow.zone,
                        NoticeRow.message_id,
                    )
                    .join(NoticeRow, NoticeRow.id == NoticeLetterRow.notice_id)
                    .where(NoticeLetterRow.message_id.in_(messages))
                    .order_by(NoticeLetterRow.message_id, NoticeRow.id)
                )
                found = (await connection.execute(wanted)).all()
                if not found:
                    return {}
                items = await items_of(connection, {row.id for row in found})
                facts = await facts_of(connection, items, places)
                ways = await ways_of(connection, {row.patron_id for row in found})
        letters: defaultdict[int, list[Any]] = defaultdict(list)
        for row in found:
            letters[row.letter].append(row)
        return {
            message_id: Leaving(
                current=all(row.message_id == message_id for row in of_one),
                stopped=_stopped(of_one, ways, self._sms),
                zone=ZoneInfo(of_one[0].zone),
                notices=tuple((row.id, row.patron_id, items.get(row.id, ())) for row in of_one),
                facts=facts,
            )
            for message_id, of_one in letters.items()
        }

    async def take_back(self, message_id: int, why: str, at: datetime) -> None:
        async with self._database.writing() as connection:
            await self._replanned(connection, message_id, NoticeRow.message_id == message_id, at)
            of_it = update(NoticeLetterRow).where(NoticeLetterRow.message_id == message_id)
            await connection.execute(of_it.values(tried=False, why=why))

    async def _replanned(self, connection: AsyncConnection, message_id: int, which: Any, at: datetime) -> None:
        again = {"state": "planned", "send_at": at, "message_id": None, "channel": "", "deliver_by": None}
        current = and_(NoticeRow.state == "sent", NoticeRow.message_id == message_id)
        await connection.execute(update(NoticeRow).where(which, current).values(again))

    # --- the rest --------------------------------------------------------------------------------

    async def sms_contact(self, channel: str, phone: str) -> int | None:
        make, now = self._insert(), self._clock.now()
        who = {"channel": channel, "address": "+" + phone, "name": "", "language": "", "created_at": now}
        known = select(ContactRow.id, ContactRow.unreachable_since, ContactRow.erased_at).where(
            ContactRow.channel == channel, ContactRow.address == who["address"]
        )
        async with self._database.writing() as connection:
            await connection.execute(make(ContactRow).values(who).on_conflict_do_nothing())
            row = (await connection.execute(known)).one()
            talk = make(ConversationRow).values(contact_id=row.id, dialogue={})
            await connection.execute(talk.on_conflict_do_nothing())
        return row.id if row.unreachable_since is None and row.erased_at is None else None

    async def forget(self, before: datetime) -> int:
        going = delete(NoticeRow).where(NoticeRow.ended_at < before).returning(NoticeRow.id)
        async with self._database.writing() as connection:
            return len((await connection.scalars(going)).all())

    def _insert(self) -> Any:
        return insert_of(self._database.dialect)


def _stopped(letters: Sequence[Any], ways: Mapping[int, Sequence[Way]], sms: str) -> bool:
    """Whether the reader of a letter has said stop, or is not linked to one of its patrons any more."""
    contact_id, patrons = letters[0].contact_id, {row.patron_id for row in letters}
    for patron_id in patrons:
        known = ways.get(patron_id, ())
        way = next((way for way in known if way.contact_id == contact_id), None)
        if way is not None and way.muted_at is None:
            continue
        stop_heard = not known or any(way.muted_at is not None for way in known)
        if way is not None or letters[0].channel != sms or stop_heard:
            return True
    return False


async def _tries(connection: AsyncConnection, notices: Collection[int]) -> dict[int, int]:
    """How many letters each notice has had."""
    letter = NoticeLetterRow
    counted = select(letter.notice_id, func.count().label("letters")).where(letter.notice_id.in_(notices))
    return {row.notice_id: row.letters for row in await connection.execute(counted.group_by(letter.notice_id))}


async def _follow(
    connection: AsyncConnection, going: Sequence[dict[str, Any]], written: Sequence[dict[str, Any]]
) -> None:
    """Each notice knows its letter from now on."""
    if not going:
        return
    values: dict[str, Any] = {"channel": bindparam("to_channel"), "deliver_by": bindparam("to_deliver_by")}
    knows = update(NoticeRow).where(NoticeRow.id == bindparam("of_notice"))
    await connection.execute(knows.values(**values, message_id=bindparam("to_message")), going)
    await connection.execute(insert(NoticeLetterRow), written)


async def _lock(connection: AsyncConnection) -> None:
    if connection.dialect.name != "sqlite":
        await connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


def _is(subject: Subject) -> tuple[Any, ...]:
    item = NoticeItemRow
    return (
        item.kind == subject.kind.value,
        item.subject_id == subject.subject_id,
        item.day == subject.day,
        item.stage == subject.stage,
    )


def _letter(letter: NoticeLetter, notice_id: int, message_id: int, now: datetime) -> dict[str, Any]:
    return {
        "message_id": message_id,
        "notice_id": notice_id,
        "contact_id": letter.contact_id,
        "channel": letter.channel,
        "at": now,
        "tried": True,
        "why": "",
    }
