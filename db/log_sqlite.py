"""The message log on SQLite: one writer thread, its own connection, one commit for all who wait.

One process owns the store's turns, so what it has in hand is remembered in memory.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from bot.clock import Clock
from bot.errors import StoreUnavailable
from bot.messages import (
    Contact,
    DeliveryReceipt,
    Inbound,
    Lane,
    Moved,
    Outbound,
    Presence,
    Removed,
    StaffReply,
)
from bot.ports import Attempt, Completed, Logged, Mode, QueueFigures, Recorded, Waiting
from db import events_sqlite as events
from db import log_sqlite_sql as sql
from db import rows
from db.connect import sqlite_connection, store_errors
from db.log_common import (
    ARRIVED,
    CONTACTS_REMEMBERED,
    FORGET,
    MAX_TRIES,
    RANK,
    SILENT_OUTCOMES,
    TURNS_A_CLAIM,
    CommonLog,
    Fate,
    Ledger,
    Operation,
    PutBack,
    figures_of,
    outgoing,
    stored_key,
)

Result = TypeVar("Result")
Topics = set[object]

LOOK = 4_096
"""Waiting messages that one claim looks at."""


class SqliteLog(CommonLog):
    """The log in one SQLite file.

    Args:
        path: The file; its tables exist already.
        clock: Where moments come from.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__(clock)
        self._path = path
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="log-writer")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="log-reader")
        self._writing: sqlite3.Connection | None = None
        self._reading: sqlite3.Connection | None = None
        self._senders: set[str] = set()
        self._claiming = 0
        """Claims that read just now: what they find is as good as in hand."""
        self._closed = False

    async def open(self) -> None:
        """See that the store can be read. Raises StoreUnavailable."""
        await self.figures()

    async def aclose(self) -> None:
        """Commit what is waiting, end every iteration, close the file."""
        await self._commits.aclose()
        self._wakes.close()
        if self._closed:
            return
        self._closed = True
        for pool, connection in ((self._writer, self._writing), (self._reader, self._reading)):
            if connection is not None:
                await asyncio.get_running_loop().run_in_executor(pool, connection.close)
            pool.shutdown(wait=True)

    # --- writing: in the writer's thread ---------------------------------------------------------

    async def _flush(self, operations: Sequence[Operation]) -> Sequence[object]:
        loop = asyncio.get_running_loop()
        results, topics = await loop.run_in_executor(self._writer, self._keep_all, operations)
        if self._freed(operations, results):
            topics.add(ARRIVED)
        self._wakes.wake(topics)
        return results

    def _keep_all(self, operations: Sequence[Operation]) -> tuple[list[object], Topics]:
        """One transaction for the batch.

        Each kind goes as one statement over a JSON array: a statement a row would hand the
        interpreter's lock to and fro with the event loop's thread, several times a message.
        """
        topics: Topics = set()
        with store_errors():
            if self._writing is None:
                self._writing = sqlite_connection(self._path)
            db = self._writing
            db.execute("BEGIN IMMEDIATE")
            try:
                results = self._keep_each_kind(db, operations, topics)
                ledger = Ledger.of(results, operations)
                if ledger:
                    db.execute(sql.TOTALS, (ledger.received, ledger.handled, ledger.aside))
                db.execute("COMMIT")
                if FORGET in topics:
                    self._contacts.clear()
            except BaseException:
                self._contacts.clear()
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
        return results, topics

    def _keep_each_kind(self, db: sqlite3.Connection, operations: Sequence[Operation], topics: Topics) -> list[object]:
        now = rows.to_sqlite(self._now()) or ""
        results: list[object] = [None] * len(operations)
        arrivals = [(place, item) for place, item in enumerate(operations) if isinstance(item, Inbound)]
        if arrivals:
            kept = self._arrive(db, [item for _, item in arrivals], now, topics)
            for (place, _), recorded in zip(arrivals, kept, strict=True):
                results[place] = recorded
        turns = [(place, item) for place, item in enumerate(operations) if isinstance(item, Completed)]
        if turns:
            fates = self._complete(db, [item for _, item in turns], now, topics)
            for (place, _), fate in zip(turns, fates, strict=True):
                results[place] = fate
        sent = [item for item in operations if isinstance(item, Attempt) and not (item.reason or item.retry_at)]
        if sent:
            self._sent(db, sent, now)
        for place, item in enumerate(operations):
            match item:
                case PutBack():
                    results[place] = self._put_back(db, item, now, topics)
                case Attempt(reason=reason, retry_at=retry_at) if reason or retry_at:
                    self._not_sent(db, item, now)
                case DeliveryReceipt():
                    self._receipt(db, item, now)
                case Presence() | Removed() | StaffReply() | Moved():
                    results[place] = events.keep(db, item, now, topics)
                case _:
                    pass
        return results

    def _arrive(self, db: sqlite3.Connection, arrivals: list[Inbound], now: str, topics: Topics) -> list[Recorded]:
        """Keep arrivals; corrections come after the messages that they may correct."""
        plain = [item for item in arrivals if not item.corrects]
        if len(plain) == len(arrivals):
            return self._record(db, arrivals, now, topics)
        recorded = iter(self._record(db, plain, now, topics) if plain else ())
        kept = {place: next(recorded) for place, item in enumerate(arrivals) if not item.corrects}
        for place, item in enumerate(arrivals):
            if item.corrects:
                found = events.corrected(db, item, self._in_hand)
                kept[place] = found or self._record(db, [item], now, topics)[0]
                topics.add(item.contact)
        return [kept[place] for place in range(len(arrivals))]

    def _in_hand(self, conversation_id: int, message_id: int) -> bool:
        return bool(self._claiming) or self._held.holds(conversation_id, message_id)

    def _record(self, db: sqlite3.Connection, arrivals: list[Inbound], now: str, topics: Topics) -> list[Recorded]:
        next_id: int = db.execute(sql.NEXT_ID).fetchone()[0]
        new = [
            (
                message_id,
                self._conversation(db, item, now),
                item.contact.channel,
                rows.text_of(item.content),
                rows.extra_of(item),
                stored_key(rows.clean(item.idempotency_key)),
                rows.to_sqlite(item.sent_at),
                stored_key(rows.clean(item.external_id)) or None,
            )
            for message_id, item in enumerate(arrivals, start=next_id)
        ]
        batch = rows.batch_json(new)
        if db.execute(sql.NEW_ARRIVALS, (batch, now)).rowcount == len(new):
            fresh = {row[0] for row in new}
        else:
            fresh = set(rows.ids_of(db.execute(sql.KEPT_ARRIVALS, (batch,)).fetchone()[0]))
        recorded = []
        for row, item in zip(new, arrivals, strict=True):
            if row[0] in fresh:
                topics.add(item.contact)
                recorded.append(Recorded(message_id=row[0], conversation_id=row[1], fresh=True))
            else:
                message_id, conversation_id = db.execute(sql.FIND_ARRIVAL, (row[2], row[5])).fetchone()
                recorded.append(Recorded(message_id=message_id, conversation_id=conversation_id, fresh=False))
        if fresh:
            topics.add(ARRIVED)
        return recorded

    def _conversation(self, db: sqlite3.Connection, inbound: Inbound, now: str) -> int:
        contact, name, language = inbound.contact, rows.clean(inbound.name), rows.clean(inbound.language)
        known = self._contacts.get(contact)
        back = False
        if known is None:
            address = rows.clean(contact.address)
            row = db.execute(sql.FIND_CONTACT, (contact.channel, address)).fetchone()
            if row is None:
                contact_id = db.execute(sql.NEW_CONTACT, (contact.channel, address, name, language, now)).fetchone()[0]
                row = (contact_id, db.execute(sql.NEW_CONVERSATION, (contact_id,)).fetchone()[0], name, language, None)
            known, back = row[:4], row[4] is not None
        if back or name not in ("", known[2]) or language not in ("", known[3]):
            known = (known[0], known[1], name or known[2], language or known[3])
            db.execute(sql.RENAME_CONTACT, (known[2], known[3], known[0]))
        if len(self._contacts) >= CONTACTS_REMEMBERED:
            self._contacts.clear()
        self._contacts[contact] = known
        return known[1]

    def _complete(self, db: sqlite3.Connection, turns: list[Completed], now: str, topics: Topics) -> list[Fate]:
        ours = {turn.message_id: turn for turn in turns if self._held.has(turn.conversation_id, turn.lease)}
        asked = [(message_id, turn.outcome not in SILENT_OUTCOMES) for message_id, turn in ours.items()]
        open_ids, taken_ids = db.execute(sql.OPEN_TURNS, (rows.batch_json(asked),)).fetchone()
        open_turns, taken_over = set(rows.ids_of(open_ids)), set(rows.ids_of(taken_ids))
        kept = [turn for message_id, turn in ours.items() if message_id in open_turns]
        handled = [
            (turn.message_id, turn.outcome.value, turn.intent or None, turn.confidence, turn.error[:2000] or None)
            for turn in kept
        ]
        db.execute(sql.HANDLED, (rows.batch_json(handled), now))
        dialogues = [
            (
                turn.conversation_id,
                rows.dialogue_json(turn.dialogue),
                turn.mode.value if turn.mode else None,
                turn.handover_reason,
            )
            for turn in kept
        ]
        db.execute(sql.DIALOGUES, (rows.batch_json(dialogues), now))
        replies = [
            (turn.conversation_id, turn.contact.channel, reply.text, rows.reply_extra(reply), turn.message_id)
            for turn in kept
            for reply in turn.replies
        ]
        db.execute(sql.NEW_REPLIES, (rows.batch_json(replies), now, Lane.REPLY.value))
        for turn in kept:
            if turn.replies:
                topics.update((outgoing(turn.contact.channel), turn.contact))
        # Kept once, should the same turn be in the batch twice.
        return [
            Fate.KEPT
            if turn.message_id in open_turns and ours.get(turn.message_id) is turn
            else Fate.TAKEN_OVER
            if turn.message_id in taken_over
            else Fate.LOST
            for turn in turns
        ]

    def _put_back(self, db: sqlite3.Connection, item: PutBack, now: str, topics: Topics) -> bool:
        """Count a failure; True where it set the message aside."""
        turn, contact = item.turn, item.turn.inbound.contact
        if not self._held.has(turn.conversation_id, turn.lease):
            return False
        error = rows.clean(item.error)[:2000]
        row = db.execute(sql.PUT_BACK, (error, MAX_TRIES, now, turn.message_id)).fetchone()
        aside = bool(row) and row[0] == "aside"
        if aside and item.farewell is not None:
            reply, lane = item.farewell, Lane.REPLY.value
            extra = rows.reply_extra(reply)
            values = (contact.channel, reply.text, extra, turn.message_id, lane, now, turn.conversation_id)
            db.execute(sql.FAREWELL, values)
            topics.update((outgoing(contact.channel), contact))
        return aside

    def _sent(self, db: sqlite3.Connection, attempts: list[Attempt], now: str) -> None:
        marks = []
        for attempt in attempts:
            external = stored_key(attempt.external_ids[-1]) if attempt.external_ids else None
            early = self._early.find(attempt.channel, external) if external else None
            marks.append((attempt.message_id, early.delivery.value if early else "sent", external))
        db.execute(sql.SENT, (rows.batch_json(marks), now))

    def _not_sent(self, db: sqlite3.Connection, attempt: Attempt, now: str) -> None:
        if attempt.retry_at is not None:
            db.execute(sql.RETRY, (rows.to_sqlite(attempt.retry_at), attempt.message_id))
            return
        row = db.execute(sql.GIVEN_UP, (attempt.reason[:2000], now, attempt.message_id)).fetchone()
        if row and attempt.unreachable:
            db.execute(sql.UNREACHABLE, (now, row[0]))
            self._contacts.clear()

    def _receipt(self, db: sqlite3.Connection, receipt: DeliveryReceipt, now: str) -> None:
        row = db.execute(sql.FIND_SENT, (receipt.channel, stored_key(receipt.external_id))).fetchone()
        if row is None:
            self._early.keep(receipt, self._now())
        elif RANK[row[1]] < RANK[receipt.delivery]:
            db.execute(sql.RECEIPT, (receipt.delivery.value, rows.clean(receipt.reason)[:2000] or None, row[0]))
            if receipt.unreachable:
                db.execute(sql.UNREACHABLE, (now, row[2]))
                self._contacts.clear()

    # --- reading: in the reader's thread ---------------------------------------------------------

    async def _read(self, question: Callable[[sqlite3.Connection], Result]) -> Result:
        if self._closed:
            raise StoreUnavailable("the store is closed")
        return await asyncio.get_running_loop().run_in_executor(self._reader, self._ask, question)

    def _ask(self, question: Callable[[sqlite3.Connection], Result]) -> Result:
        with store_errors():
            if self._reading is None:
                self._reading = sqlite_connection(self._path)
            return question(self._reading)

    async def claim(self, limit: int, conversation_id: int | None = None) -> list[Waiting]:
        now = self._now()
        # What was in hand before we looked stays out: it may be completed while we look.
        held = rows.batch_json(self._held.conversations(now))
        values = (held, conversation_id, LOOK, TURNS_A_CLAIM, limit)
        self._claiming += 1
        try:
            found = await self._read(lambda db: db.execute(sql.CLAIM, values).fetchall())
        finally:
            self._claiming -= 1
        messages: dict[int, set[int]] = {}
        for row in found:
            if not self._held.has(row[1]):
                messages.setdefault(row[1], set()).add(row[0])
        leases = {key: self._held.take(key, ids, now) for key, ids in messages.items()}
        return [_waiting(row, leases[row[1]]) for row in found if row[1] in leases]

    async def claim_outbound(self, channel: str, limit: int) -> list[Outbound]:
        now = rows.to_sqlite(self._now())
        busy = set(self._sending.values())
        values = (channel, now, limit + len(busy))
        found = await self._read(lambda db: db.execute(sql.CLAIM_OUTBOUND, values).fetchall())
        claimed = [row for row in found if row[1] not in busy][:limit]
        self._sending.update({row[0]: row[1] for row in claimed})
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

    async def figures(self) -> QueueFigures:
        row, queued = await self._read(
            lambda db: (db.execute(sql.FIGURES).fetchone(), db.execute(sql.QUEUED).fetchall())
        )
        oldest = rows.from_sqlite(row[4]) if row[4] else None
        return figures_of(row[:3], row[3], oldest, dict(queued), self._now())


def _waiting(row: tuple[Any, ...], lease: int) -> Waiting:
    (message_id, conversation_id, channel, address, key, text, extra, said_at, name, language, *rest) = row
    mode, dialogue, attempts, created_at, first = rest
    return Waiting(
        message_id=message_id,
        conversation_id=conversation_id,
        inbound=rows.inbound_of(channel, address, key, text, extra, rows.from_sqlite(said_at), name, language),
        mode=Mode(mode),
        dialogue=rows.dialogue_of(dialogue),
        first=bool(first),
        tries=attempts,
        received_at=rows.from_sqlite(created_at),
        lease=lease,
    )
