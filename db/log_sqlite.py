"""The message log on SQLite: one writer with a connection of its own, one commit for all who wait.

One process owns the store's turns, so what it has in hand is remembered in memory.
"""

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from bot.clock import Clock
from bot.errors import StoreUnavailable
from bot.messages import (
    Contact,
    DeliveryReceipt,
    Inbound,
    Lane,
    Outbound,
)
from bot.ports.letters import Logged
from bot.ports.log import Attempt, Completed, Mode, QueueFigures, Waiting
from db import log_sqlite_sql as sql
from db import rows
from db.backlog import MOST_LEAVING, PAGE, Arrived, Backlog, Departures, Stand
from db.batch import Batch
from db.faults import sqlite_errors
from db.log_base import CommonLog
from db.log_common import (
    ARRIVED,
    LONG_AGO,
    RETRY_LOOK_S,
    TURNS_A_CLAIM,
    Fate,
    Operation,
    PutBack,
    figures_of,
)
from db.log_sheets import Kept, Met
from db.log_sqlite_rows import heard, to_keep
from db.log_writers import Writer, WriterThread
from db.reading import end_thread
from db.sqlite_file import sqlite_connection

Result = TypeVar("Result")
Line = tuple[int, list[Arrived]]
"""Messages of one conversation, in their order."""

LOOK_AGAIN_S = 10.0
"""How often the store is looked through although nothing should wait there that we do not know of."""
LOOK_OUT_S = 0.9 * RETRY_LOOK_S
"""How often for what is to be sent: a sender that the heartbeat wakes must not find that it is too early."""
SPEAKING = (Mode.BOT, Mode.WAITING)
"""Modes that may be believed from memory: to be silent because of an old one would leave a reader unanswered."""


class SqliteLog(CommonLog):
    """The log in one SQLite file.

    Args:
        path: The file; its tables exist already.
        clock: Where moments come from.
        writer: Who writes to it; a thread unless given.
    """

    def __init__(self, path: Path, clock: Clock, writer: Writer | None = None) -> None:
        super().__init__(clock)
        self._path = path
        self._writer = writer or WriterThread(path)
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="log-reader")
        self._reading: sqlite3.Connection | None = None
        self._senders: set[str] = set()
        self._closed = False
        self._backlog = Backlog()
        self._departures: defaultdict[str, Departures] = defaultdict(Departures)
        self._looks = asyncio.Lock()
        self._looked_at = 0.0
        self._looked_out: dict[str, float] = {}

    async def open(self) -> None:
        """See that the store can be read. Raises StoreUnavailable."""
        self._writer.begin()
        await self.figures()

    async def aclose(self) -> None:
        """Commit what is waiting, end every iteration, close the file."""
        await self._commits.aclose()
        self._wakes.close()
        if self._closed:
            return
        self._closed = True
        await self._writer.aclose()
        await end_thread(self._reader, lambda: self._reading)

    # --- writing: rows go to the writer, what became of them comes back ----------------------------

    async def _flush(self, operations: Sequence[Operation]) -> Sequence[object]:
        batch = Batch(operations)
        if not batch.corrects:
            return await self._keep(batch)
        async with self._looks:  # no turn takes words that are about to be replaced
            return await self._keep(batch)

    async def _keep(self, batch: Batch) -> Sequence[object]:
        upset = _upsets(batch)
        if upset:
            self._doubt()  # before, too: what is remembered must not be taken while it is being changed
        now, ours, tried = self._now(), self._ours(batch.turns), self._tried_of(batch)
        in_hand = list(self._held.messages()) if batch.corrects else []
        try:
            kept = await self._writer.keep(to_keep(batch, ours, [item for _, item in tried], now, in_hand))
        except BaseException:
            self._doubt()
            raise
        if kept.is_foreign:
            self._doubt()
        done, topics = heard(batch, ours, tried, kept)
        if self._remember(batch, kept, done, now, upset=upset):
            topics.add(ARRIVED)
        self._wakes.wake(topics)
        return batch.results

    def _ours(self, turns: Sequence[Completed]) -> list[Completed]:
        """The turns whose claims are ours; kept once, should the same turn be in the batch twice."""
        held = self._held
        return list({turn.message_id: turn for turn in turns if held.has(turn.conversation_id, turn.lease)}.values())

    def _tried_of(self, batch: Batch) -> list[tuple[int, Operation]]:
        """What is to be tried of the operations that come seldom: turns that failed count where their claim is ours."""
        return [
            (place, item)
            for place, item in batch.seldom
            if not isinstance(item, PutBack) or self._held.has(item.conversation_id, item.lease)
        ]

    # --- remembering: on the event loop, after the commit ------------------------------------------

    def _doubt(self) -> None:
        """Forget what we know of the queues; the store is asked until it is known again."""
        self._backlog.doubt()
        for departures in self._departures.values():
            departures.doubt()

    def _remember(self, batch: Batch, kept: Kept, done: Sequence[Completed], now: datetime, *, upset: bool) -> bool:
        """What we have just written need not be read back. True where a conversation is free that was in hand."""
        freed = False
        for inbound, met in zip(batch.arrivals, kept.met, strict=True):
            if met.fresh:
                self._came(inbound, met, now)
        for turn, fate in zip(batch.turns, batch.fates, strict=True):
            freed |= self._completed(turn, fate, now)
        for attempt in batch.sent:
            self._attempted(attempt)
        for place, operation in batch.seldom:
            match operation:
                case Attempt():
                    self._attempted(operation)
                case PutBack():
                    freed |= self._held.drop(operation.conversation_id, operation.lease)
                case DeliveryReceipt():
                    upset = upset or batch.results[place] is True
                case _:
                    pass
        if upset:
            self._doubt()
        self._queued(done, kept.first_reply)
        return freed

    def _came(self, inbound: Inbound, met: Met, now: datetime) -> None:
        key, stand = met.conversation_id, None
        if met.is_new:
            stand = Stand(Mode.BOT, rows.dialogue_of(rows.EMPTY_DIALOGUE), met=False, heard_at=inbound.sent_at)
            self._backlog.stands(key, stand)
        elif (stand := self._backlog.stand(key)) is not None:
            stand.heard_at = inbound.sent_at
        if self._held.holds(key, met.message_id):  # a look was quicker: it would be taken again when let go
            return
        stored = rows.as_stored(inbound, met.name, met.language)
        self._backlog.came(Arrived(met.message_id, key, stored, now), in_hand=self._held.has(key))

    def _completed(self, turn: Completed, fate: Fate, now: datetime) -> bool:
        """True when the conversation is free again: messages may have come while it was in hand."""
        key = turn.conversation_id
        if fate is not Fate.KEPT:
            self._doubt()
            return fate is Fate.LOST and self._held.drop(key, turn.lease)
        known = self._backlog.stand(key)
        if known is not None:
            dialogue = rows.dialogue_of(rows.dialogue_json(turn.dialogue)) if turn.dialogue.data else turn.dialogue
            known.mode, known.dialogue, known.met = turn.mode or known.mode, dialogue, True
        if not self._held.done(key, turn.lease, turn.message_id, now):
            return False
        self._backlog.let_go(key)
        return True

    def _queued(self, turns: Sequence[Completed], first: int) -> None:
        """What these turns say has the numbers from ``first`` on."""
        busy = set(self._sending.values())
        for message_id, (turn, reply) in enumerate([(one, reply) for one in turns for reply in one.replies], first):
            key, departures = turn.conversation_id, self._departures[turn.contact.channel]
            stand = self._backlog.stand(key)
            if stand is None:
                departures.leave_to_the_store(key)
            elif message_id not in self._sending:  # a look may have been quicker
                outbound = Outbound(
                    message_id=message_id,
                    contact=turn.contact,
                    reply=reply,
                    lane=Lane.REPLY,
                    attempt=1,
                    heard_at=stand.heard_at,
                )
                departures.came(key, outbound, busy=key in busy)

    def _attempted(self, attempt: Attempt) -> None:
        key = self._sending.pop(attempt.message_id, None)
        if key is None:
            return
        if attempt.retry_at is not None:
            self._departures[attempt.channel].leave_to_the_store(key)
        else:
            self._departures[attempt.channel].let_go(key)

    # --- reading: in the reader's thread ---------------------------------------------------------

    async def _read(self, question: Callable[[sqlite3.Connection], Result]) -> Result:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._ask, question)

    def _ask(self, question: Callable[[sqlite3.Connection], Result]) -> Result:
        with sqlite_errors():
            if self._reading is None:
                self._reading = sqlite_connection(self._path)
            return question(self._reading)

    async def claim(self, limit: int, conversation_id: int | None = None) -> list[Waiting]:
        now = self._now()
        if self._held.ended(now):
            self._doubt()
            self._held.conversations(now)  # the claims that are over end
        if conversation_id is not None:
            known = await self._found_alone(conversation_id)
        else:
            known = self._backlog.take(limit, TURNS_A_CLAIM) or await self._found(limit)
        return await self._claim_known(known, now) if known else []

    async def _found(self, limit: int) -> list[Line]:
        """What is to be taken where nothing is remembered that may be."""
        async with self._looks:
            known = self._backlog.take(limit, TURNS_A_CLAIM)  # somebody else may have looked meanwhile
            if known or not self._is_look_due():
                return known
            self._looked_at = monotonic()
            while not (known := await self._looked(limit)) and self._backlog.leads_on:
                pass  # all of that page is of conversations in hand
            return known

    def _is_look_due(self) -> bool:
        if not self._backlog.is_whole:
            return True
        return self._backlog.is_empty and monotonic() - self._looked_at >= LOOK_AGAIN_S

    async def _looked(self, limit: int) -> list[Line]:
        """Read a page of what waits beyond the horizon, and take of it."""
        backlog, held, is_full = self._backlog, self._held.messages(), self._backlog.is_full
        doubts, ours = backlog.doubts, self._held.in_hand()
        backlog.looking()
        try:
            read = await self._page(backlog.horizon, PAGE, beside=ours if is_full else ())
            # What was in hand before we looked stays out: it may have been completed while we looked.
            page = [arrived for arrived in read if arrived.message_id not in held]
            if is_full or doubts != backlog.doubts:  # nothing to be remembered, but taken it can be
                return self._taken_past(page, limit, ours)
            to = read[-1].message_id if read else 0
            backlog.looked(page, self._held.has, to=to, everything=len(read) < PAGE)
        finally:
            backlog.look_over()
        return backlog.take(limit, TURNS_A_CLAIM)

    def _taken_past(self, page: list[Arrived], limit: int, ours: Sequence[int]) -> list[Line]:
        """The first of conversations that were not ours when we looked: a turn of those may have failed since."""
        lines: defaultdict[int, list[Arrived]] = defaultdict(list)
        busy = set(ours)
        for arrived in page:
            key = arrived.conversation_id
            if limit > 0 and len(lines[key]) < TURNS_A_CLAIM and key not in busy:
                lines[key].append(arrived)
                limit -= 1
        return [(key, line) for key, line in lines.items() if line]

    async def _found_alone(self, conversation_id: int) -> list[Line]:
        """What waits of one conversation, unless that is in hand."""
        async with self._looks:
            if self._held.has(conversation_id):
                return []
            some = await self._page(0, TURNS_A_CLAIM, alone=conversation_id)
            if not some or self._held.has(conversation_id):
                return []
            self._backlog.drop(conversation_id, {arrived.message_id for arrived in some})
            return [(conversation_id, some)]

    async def _page(
        self, after: int, limit: int, *, beside: Sequence[int] = (), alone: int | None = None
    ) -> list[Arrived]:
        """What waits with a higher number than ``after``: of other conversations than these, or of one alone."""
        values = (after, rows.batch_json(beside), limit, alone)
        return await self._read(lambda db: [_arrived(row) for row in db.execute(sql.PAGE, values)])

    async def _claim_known(self, known: list[Line], now: datetime) -> list[Waiting]:
        """It is in hand from here on; where a conversation stands is asked for if it is not known."""
        doubts = self._backlog.doubts
        leases = {key: self._held.take(key, {each.message_id for each in some}, now) for key, some in known}
        stands: dict[int, Stand] = {}
        asked: list[tuple[int, int]] = []
        for key, some in known:
            stand = self._backlog.stand(key)
            if stand is None or stand.mode not in SPEAKING:  # a librarian's word may have come since
                asked.append((key, some[0].message_id))
            else:
                stands[key] = stand
        if asked:
            values = (rows.batch_json(asked),)
            try:
                found = await self._read(lambda db: db.execute(sql.STANDS, values).fetchone()[0])
            except BaseException:
                for key, lease in leases.items():
                    self._held.drop(key, lease)
                self._doubt()
                raise
            for key, mode, dialogue, met in rows.stands_of(found):
                stands[key] = Stand(Mode(mode), rows.dialogue_of(dialogue), met=bool(met), heard_at=LONG_AGO)
                if doubts == self._backlog.doubts:
                    self._backlog.stands(key, stands[key])
        for key, some in known:
            stands[key].heard_at = max(stands[key].heard_at, some[-1].inbound.sent_at)
        claimed = [
            _known(each, stands[key], leases[key], first=number == 0 and not stands[key].met)
            for key, some in known
            for number, each in enumerate(some)
        ]
        return sorted(claimed, key=lambda waiting: waiting.message_id)

    async def claim_outbound(self, channel: str, limit: int) -> list[Outbound]:
        leaving = self._departures[channel]
        if leaving.is_sure and monotonic() - self._looked_out.get(channel, 0.0) < LOOK_OUT_S:
            known = leaving.take(limit)
            if known or leaving.is_whole:
                self._sending.update((reply.message_id, key) for key, reply in known)
                return [reply for _, reply in known]
        return await self._claim_outbound_by_looking(channel, limit, leaving)

    async def _claim_outbound_by_looking(self, channel: str, limit: int, leaving: Departures) -> list[Outbound]:
        busy, doubts = set(self._sending.values()), leaving.doubts
        values = (channel, rows.to_sqlite(self._now()), limit + len(busy))
        of_replies = (channel, Lane.REPLY.value, MOST_LEAVING)
        self._looked_out[channel] = monotonic()
        leaving.looking()
        found, (ids, others) = await self._read(
            lambda db: (
                db.execute(sql.CLAIM_OUTBOUND, values).fetchall(),
                db.execute(sql.QUEUED_REPLIES, of_replies).fetchone(),
            )
        )
        queued = rows.pairs_of(ids)
        claimed = [row for row in found if row[1] not in busy][:limit]
        for row in claimed:
            self._sending[row[0]] = row[1]
            leaving.claimed(row[1], row[0])
        everything = len(queued) < MOST_LEAVING and doubts == leaving.doubts
        leaving.looked(queued, self._sending, everything=everything, others=bool(others))
        return [
            Outbound(
                message_id=row[0],
                contact=Contact(channel=channel, address=row[2]),
                reply=rows.reply_of(row[3], row[4]),
                lane=Lane(row[5]),
                attempt=row[6] + 1,
                heard_at=rows.from_sqlite(row[7]) if row[7] else None,
            )
            for row in claimed
        ]

    @asynccontextmanager
    async def sending(self, channel: str) -> AsyncIterator[bool]:
        if channel in self._senders:
            yield False
            return
        self._senders.add(channel)
        try:
            yield True
        finally:
            self._senders.discard(channel)

    async def said(self, contact: Contact, after: int = 0, limit: int = 200) -> list[Logged]:
        values = (contact.channel, contact.address, after, limit)
        found = await self._read(lambda db: db.execute(sql.SAID, values).fetchall())
        return [rows.logged_of(row[0], row[1], row[2], row[3], rows.from_sqlite(row[4]), row[5]) for row in found]

    async def one(self, channel: str, message_id: int) -> tuple[Contact, Logged] | None:
        row = await self._read(lambda db: db.execute(sql.ONE, (message_id, channel)).fetchone())
        if row is None:
            return None
        address, number, author, text, extra, at, in_reply_to = row
        logged = rows.logged_of(number, author, text, extra, rows.from_sqlite(at), in_reply_to)
        return Contact(channel=channel, address=address), logged

    async def figures(self) -> QueueFigures:
        row, queued = await self._read(
            lambda db: (db.execute(sql.FIGURES).fetchone(), db.execute(sql.QUEUED).fetchall())
        )
        oldest = rows.from_sqlite(row[4]) if row[4] else None
        return figures_of(row[:3], row[3], oldest, dict(queued), self._now())


def _arrived(row: tuple[Any, ...]) -> Arrived:
    message_id, conversation_id, channel, address, key, text, extra, said_at, name, language, tries, created_at = row
    return Arrived(
        message_id=message_id,
        conversation_id=conversation_id,
        inbound=rows.inbound_of(channel, address, key, text, extra, rows.from_sqlite(said_at), name, language),
        received_at=rows.from_sqlite(created_at),
        tries=tries,
    )


def _upsets(batch: Batch) -> bool:
    """Whether one of them changes more of the queues than its own message."""
    return batch.corrects or any(not isinstance(item, Attempt | DeliveryReceipt) for _, item in batch.seldom)


def _known(arrived: Arrived, stand: Stand, lease: int, *, first: bool) -> Waiting:
    return Waiting(
        message_id=arrived.message_id,
        conversation_id=arrived.conversation_id,
        inbound=arrived.inbound,
        mode=stand.mode,
        dialogue=stand.dialogue,
        first=first,
        tries=arrived.tries,
        received_at=arrived.received_at,
        lease=lease,
    )
