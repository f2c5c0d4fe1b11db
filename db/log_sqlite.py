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
from bot.messages import Contact, DeliveryReceipt, Inbound, Lane, Outbound
from bot.ports import Attempt, Completed, Logged, Mode, QueueFigures, Recorded, Waiting
from db import rows
from db.connect import sqlite_connection, store_errors
from db.log_common import (
    ARRIVED,
    CONTACTS_REMEMBERED,
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

FIND_CONTACT = """
SELECT ct.id, c.id, ct.name, ct.language, ct.unreachable_since
FROM contacts ct JOIN conversations c ON c.contact_id = ct.id WHERE ct.channel = ? AND ct.address = ?"""
NEW_CONTACT = """
INSERT INTO contacts (channel, address, name, language, created_at) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (channel, address) DO UPDATE SET name = excluded.name, language = excluded.language,
unreachable_since = NULL RETURNING id"""
RENAME_CONTACT = "UPDATE contacts SET name = ?, language = ?, unreachable_since = NULL WHERE id = ?"
NEW_CONVERSATION = """
INSERT INTO conversations (contact_id, dialogue) VALUES (?, '{}')
ON CONFLICT (contact_id) DO UPDATE SET contact_id = excluded.contact_id RETURNING id"""
NEXT_ID = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'messages'), 0) + 1"
NEW_ARRIVALS = """
INSERT INTO messages (id, conversation_id, channel, author, state, text, content, idempotency_key, created_at, said_at)
SELECT value ->> 0, value ->> 1, value ->> 2, 'reader', 'waiting', value ->> 3, value ->> 4, value ->> 5,
?2, value ->> 6 FROM json_each(?1) WHERE true ON CONFLICT (channel, idempotency_key) DO NOTHING"""
KEPT_ARRIVALS = """
SELECT json_group_array(m.id) FROM json_each(?) j JOIN messages m ON m.id = j.value ->> 0
AND m.channel = j.value ->> 2 AND m.idempotency_key = j.value ->> 5"""
FIND_ARRIVAL = "SELECT id, conversation_id FROM messages WHERE channel = ? AND idempotency_key = ?"
OPEN_TURNS = """
SELECT json_group_array(id) FILTER (WHERE NOT taken_over), json_group_array(id) FILTER (WHERE taken_over) FROM (
  SELECT m.id AS id, t.value ->> 5 AND c.mode = 'person' AS taken_over FROM json_each(?) t
  JOIN messages m ON m.id = t.value ->> 0 AND m.state = 'waiting' JOIN conversations c ON c.id = m.conversation_id)"""
HANDLED = """
UPDATE messages SET state = 'handled', outcome = t.value ->> 1, intent = t.value ->> 2, confidence = t.value ->> 3,
error = t.value ->> 4, done_at = ?2
FROM json_each(?1) t WHERE messages.id = t.value ->> 0 AND messages.state = 'waiting'
AND messages.id IN (SELECT value FROM json_each(?3))"""
DIALOGUES = """
UPDATE conversations SET dialogue = t.value ->> 1, mode = coalesce(t.value ->> 2, mode),
handover_reason = CASE WHEN t.value ->> 2 IS NULL THEN handover_reason ELSE t.value ->> 3 END,
waiting_since = CASE WHEN t.value ->> 2 IS NULL THEN waiting_since
  WHEN t.value ->> 2 = 'waiting' THEN coalesce(waiting_since, ?2) END
FROM json_each(?1) t WHERE conversations.id = t.value ->> 0"""
NEW_REPLIES = """
INSERT INTO messages (conversation_id, channel, author, state, text, content, in_reply_to, lane, created_at)
SELECT value ->> 0, value ->> 1, 'bot', 'queued', value ->> 2, value ->> 3, value ->> 4, ?3, ?2 FROM json_each(?1)"""
PUT_BACK = """
UPDATE messages SET attempts = attempts + 1, error = ?,
state = CASE WHEN attempts + 1 >= ? THEN 'aside' ELSE state END,
done_at = CASE WHEN attempts + 1 >= ? THEN ? END WHERE id = ? AND state = 'waiting' RETURNING state"""
FAREWELL = """
INSERT INTO messages (conversation_id, channel, author, state, text, content, in_reply_to, lane, created_at)
SELECT id, ?, 'bot', 'queued', ?, ?, ?, ?, ? FROM conversations WHERE id = ? AND mode <> 'person'"""
TOTALS = """
INSERT INTO message_totals (slot, received, handled, aside) VALUES (0, ?, ?, ?) ON CONFLICT (slot) DO UPDATE SET
received = received + excluded.received, handled = handled + excluded.handled, aside = aside + excluded.aside"""
SENT = """
UPDATE messages SET state = t.value ->> 1, external_id = t.value ->> 2,
attempts = attempts + 1, error = NULL, done_at = ?2
FROM json_each(?1) t WHERE messages.id = t.value ->> 0 AND messages.state = 'queued'"""
RETRY = "UPDATE messages SET attempts = attempts + 1, due_at = ? WHERE id = ? AND state = 'queued'"
GIVEN_UP = """
UPDATE messages SET state = 'failed', attempts = attempts + 1, error = ?, done_at = ?
WHERE id = ? AND state = 'queued' RETURNING conversation_id"""
UNREACHABLE = """
UPDATE contacts SET unreachable_since = coalesce(unreachable_since, ?)
WHERE id = (SELECT contact_id FROM conversations WHERE id = ?)"""
FIND_SENT = "SELECT id, state FROM messages WHERE channel = ? AND external_id = ?"
RECEIPT = "UPDATE messages SET state = ?, error = ? WHERE id = ?"
CLAIM = """
WITH free AS MATERIALIZED (
  SELECT id, conversation_id FROM messages WHERE state = 'waiting'
  AND conversation_id NOT IN (SELECT value FROM json_each(?1)) AND (?2 IS NULL OR conversation_id = ?2)
  ORDER BY id LIMIT ?3),
due AS (SELECT id, row_number() OVER (PARTITION BY conversation_id ORDER BY id) AS place FROM free)
SELECT m.id, m.conversation_id, m.channel, ct.address, m.idempotency_key, m.text, m.content, m.said_at, ct.name,
ct.language, c.mode, c.dialogue, m.attempts, m.created_at,
NOT EXISTS (SELECT 1 FROM messages p WHERE p.conversation_id = m.conversation_id AND p.id < m.id)
FROM due JOIN messages m ON m.id = due.id JOIN conversations c ON c.id = m.conversation_id
JOIN contacts ct ON ct.id = c.contact_id WHERE due.place <= ?4 ORDER BY m.id LIMIT ?5"""
CLAIM_OUTBOUND = """
SELECT m.id, m.conversation_id, ct.address, m.text, m.content, m.lane, m.attempts
FROM messages m JOIN conversations c ON c.id = m.conversation_id JOIN contacts ct ON ct.id = c.contact_id
WHERE m.state = 'queued' AND m.channel = ? AND (m.due_at IS NULL OR m.due_at <= ?)
AND NOT EXISTS (SELECT 1 FROM messages e WHERE e.conversation_id = m.conversation_id AND e.state = 'queued'
  AND (e.lane < m.lane OR (e.lane = m.lane AND e.id < m.id)))
ORDER BY m.lane, m.id LIMIT ?"""
SAID = """
SELECT m.id, m.author, m.text, m.content, m.created_at, m.in_reply_to FROM contacts ct
JOIN conversations c ON c.contact_id = ct.id JOIN messages m ON m.conversation_id = c.id
WHERE ct.channel = ? AND ct.address = ? AND m.id > ? ORDER BY m.id LIMIT ?"""
FIGURES = """
SELECT coalesce(sum(received), 0), coalesce(sum(handled), 0), coalesce(sum(aside), 0),
(SELECT count(*) FROM messages WHERE state = 'waiting'), (SELECT min(created_at) FROM messages WHERE state = 'waiting')
FROM message_totals"""
QUEUED = "SELECT lane, count(*) FROM messages WHERE state = 'queued' GROUP BY lane"

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
                    db.execute(TOTALS, (ledger.received, ledger.handled, ledger.aside))
                db.execute("COMMIT")
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
            kept = self._record(db, [item for _, item in arrivals], now, topics)
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
                    self._receipt(db, item)
                case _:
                    pass
        return results

    def _record(self, db: sqlite3.Connection, arrivals: list[Inbound], now: str, topics: Topics) -> list[Recorded]:
        next_id: int = db.execute(NEXT_ID).fetchone()[0]
        new = [
            (
                message_id,
                self._conversation(db, item, now),
                item.contact.channel,
                rows.text_of(item.content),
                rows.extra_of(item),
                stored_key(rows.clean(item.idempotency_key)),
                rows.to_sqlite(item.sent_at),
            )
            for message_id, item in enumerate(arrivals, start=next_id)
        ]
        batch = rows.batch_json(new)
        if db.execute(NEW_ARRIVALS, (batch, now)).rowcount == len(new):
            fresh = {row[0] for row in new}
        else:
            fresh = set(rows.ids_of(db.execute(KEPT_ARRIVALS, (batch,)).fetchone()[0]))
        recorded = []
        for row, item in zip(new, arrivals, strict=True):
            if row[0] in fresh:
                topics.update((ARRIVED, item.contact))
                recorded.append(Recorded(message_id=row[0], conversation_id=row[1], fresh=True))
            else:
                message_id, conversation_id = db.execute(FIND_ARRIVAL, (row[2], row[5])).fetchone()
                recorded.append(Recorded(message_id=message_id, conversation_id=conversation_id, fresh=False))
        return recorded

    def _conversation(self, db: sqlite3.Connection, inbound: Inbound, now: str) -> int:
        contact, name, language = inbound.contact, rows.clean(inbound.name), rows.clean(inbound.language)
        known = self._contacts.get(contact)
        back = False
        if known is None:
            address = rows.clean(contact.address)
            row = db.execute(FIND_CONTACT, (contact.channel, address)).fetchone()
            if row is None:
                contact_id = db.execute(NEW_CONTACT, (contact.channel, address, name, language, now)).fetchone()[0]
                row = (contact_id, db.execute(NEW_CONVERSATION, (contact_id,)).fetchone()[0], name, language, None)
            known, back = row[:4], row[4] is not None
        if back or name not in ("", known[2]) or language not in ("", known[3]):
            known = (known[0], known[1], name or known[2], language or known[3])
            db.execute(RENAME_CONTACT, (known[2], known[3], known[0]))
        if len(self._contacts) >= CONTACTS_REMEMBERED:
            self._contacts.clear()
        self._contacts[contact] = known
        return known[1]

    def _complete(self, db: sqlite3.Connection, turns: list[Completed], now: str, topics: Topics) -> list[Fate]:
        ours = {turn.message_id: turn for turn in turns if self._held.has(turn.conversation_id, turn.lease)}
        wanted = rows.batch_json(
            [
                (
                    turn.message_id,
                    turn.outcome.value,
                    turn.intent or None,
                    turn.confidence,
                    turn.error[:2000] or None,
                    turn.outcome not in SILENT_OUTCOMES,
                )
                for turn in ours.values()
            ]
        )
        open_ids, taken_ids = db.execute(OPEN_TURNS, (wanted,)).fetchone()
        open_turns, taken_over = set(rows.ids_of(open_ids)), set(rows.ids_of(taken_ids))
        db.execute(HANDLED, (wanted, now, open_ids))
        kept = [turn for message_id, turn in ours.items() if message_id in open_turns]
        dialogues = [
            (
                turn.conversation_id,
                rows.dialogue_json(turn.dialogue),
                turn.mode.value if turn.mode else None,
                turn.handover_reason,
            )
            for turn in kept
        ]
        db.execute(DIALOGUES, (rows.batch_json(dialogues), now))
        replies = [
            (turn.conversation_id, turn.contact.channel, reply.text, rows.reply_extra(reply), turn.message_id)
            for turn in kept
            for reply in turn.replies
        ]
        db.execute(NEW_REPLIES, (rows.batch_json(replies), now, Lane.REPLY.value))
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
        row = db.execute(PUT_BACK, (error, MAX_TRIES, MAX_TRIES, now, turn.message_id)).fetchone()
        aside = bool(row) and row[0] == "aside"
        if aside and item.farewell is not None:
            reply, lane = item.farewell, Lane.REPLY.value
            extra = rows.reply_extra(reply)
            values = (contact.channel, reply.text, extra, turn.message_id, lane, now, turn.conversation_id)
            db.execute(FAREWELL, values)
            topics.update((outgoing(contact.channel), contact))
        return aside

    def _sent(self, db: sqlite3.Connection, attempts: list[Attempt], now: str) -> None:
        marks = []
        for attempt in attempts:
            external = stored_key(attempt.external_ids[-1]) if attempt.external_ids else None
            early = self._early.find(attempt.channel, external) if external else None
            marks.append((attempt.message_id, early.delivery.value if early else "sent", external))
        db.execute(SENT, (rows.batch_json(marks), now))

    def _not_sent(self, db: sqlite3.Connection, attempt: Attempt, now: str) -> None:
        if attempt.retry_at is not None:
            db.execute(RETRY, (rows.to_sqlite(attempt.retry_at), attempt.message_id))
            return
        row = db.execute(GIVEN_UP, (attempt.reason[:2000], now, attempt.message_id)).fetchone()
        if row and attempt.unreachable:
            db.execute(UNREACHABLE, (now, row[0]))
            self._contacts.clear()

    def _receipt(self, db: sqlite3.Connection, receipt: DeliveryReceipt) -> None:
        row = db.execute(FIND_SENT, (receipt.channel, stored_key(receipt.external_id))).fetchone()
        if row is None:
            self._early.keep(receipt, self._now())
        elif RANK[row[1]] < RANK[receipt.delivery]:
            db.execute(RECEIPT, (receipt.delivery.value, receipt.reason[:2000] or None, row[0]))

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
        found = await self._read(lambda db: db.execute(CLAIM, values).fetchall())
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
        found = await self._read(lambda db: db.execute(CLAIM_OUTBOUND, values).fetchall())
        claimed = [row for row in found if row[1] not in busy][:limit]
        self._sending.update({row[0]: row[1] for row in claimed})
        return [
            Outbound(
                message_id=row[0],
                contact=Contact(channel=channel, address=row[2]),
                reply=rows.reply_of(row[3], row[4]),
                lane=Lane(row[5]),
                attempt=row[6] + 1,
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
        found = await self._read(lambda db: db.execute(SAID, values).fetchall())
        return [rows.logged_of(row[0], row[1], row[2], row[3], rows.from_sqlite(row[4]), row[5]) for row in found]

    async def figures(self) -> QueueFigures:
        row, queued = await self._read(lambda db: (db.execute(FIGURES).fetchone(), db.execute(QUEUED).fetchall()))
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
