"""The message log on SQLite, in the writer's thread: a batch of operations becomes one transaction."""

import sqlite3
from dataclasses import field
from datetime import datetime
from pathlib import Path

from bot.clock import Clock
from bot.desk_actions import Close, GiveBack, HandOn, Release, Relieve, Say, Take, TakeBack
from bot.messages import (
    Delivery,
    DeliveryReceipt,
    Inbound,
    Lane,
    Moved,
    Presence,
    Removed,
    Reply,
    StaffReply,
)
from bot.ports.log import Attempt, Completed, Recorded
from bot.proof import message_of, proof_of
from bot.quick import dataclass
from db import desk_sqlite as desk
from db import events_sqlite as events
from db import handover_acts as handovers
from db import log_sqlite_sql as sql
from db import rows
from db.batch import Batch
from db.connect import sqlite_connection, store_errors
from db.log_common import (
    ARRIVED,
    CONTACTS_REMEMBERED,
    DESK,
    FORGET,
    LONG_AGO,
    MAX_TRIES,
    RANK,
    SILENT_OUTCOMES,
    CommonLog,
    Fate,
    Operation,
    PutBack,
    brought,
    for_the_desk,
    outgoing,
    stored_key,
)

Topics = set[object]


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote a message: their conversation, and what is known of them."""

    conversation_id: int
    name: str
    language: str
    is_new: bool


@dataclass(slots=True)
class Kept:
    """What one transaction kept, beside what became of each operation.

    Attributes:
        topics: Who wants to hear of it.
        people: Senders by fresh message.
        replies: What was queued: its id, the turn that said it, the words.
        is_foreign: Whether somebody else has written to the store since our last transaction.
    """

    topics: Topics = field(default_factory=set)
    people: dict[int, Person] = field(default_factory=dict)
    replies: list[tuple[int, Completed, Reply]] = field(default_factory=list)
    at: datetime = LONG_AGO
    is_foreign: bool = False


class _NotAsBefore(Exception):
    """A message was dealt with, or its conversation taken over, since its turn began."""


class SqliteWriting(CommonLog):
    """The half of the log that writes: all of it runs in the one writer's thread.

    Args:
        path: The file; its tables exist already.
        clock: Where moments come from.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__(clock)
        self._path = path
        self._writing: sqlite3.Connection | None = None
        self._claiming = 0
        """Claims that read just now: what they find is as good as in hand."""
        self._next_id = 0
        self._version = 0

    def _keep_all(self, batch: Batch) -> Kept:
        """One transaction for the batch.

        Each kind goes as one statement over many rows: a statement a row would hand the
        interpreter's lock to and fro with the event loop's thread, several times a message.
        """
        with store_errors():
            if self._writing is None:
                self._writing = sqlite_connection(self._path)
            try:
                return self._in_a_transaction(self._writing, batch, looks=False)
            except _NotAsBefore:
                return self._in_a_transaction(self._writing, batch, looks=True)

    def _in_a_transaction(self, db: sqlite3.Connection, batch: Batch, *, looks: bool) -> Kept:
        """Keep it; ``looks`` as :meth:`_complete` does. Raises _NotAsBefore: nothing was kept."""
        kept = Kept()
        db.execute("BEGIN IMMEDIATE")
        try:
            version: int = db.execute(sql.FOREIGN).fetchone()[0]
            self._next_id = db.execute(sql.NEXT_ID).fetchone()[0]
            self._keep_each_kind(db, batch, kept, looks=looks)
            totals = batch.totals()
            if any(totals):
                db.execute(sql.TOTALS, totals)
            db.execute("COMMIT")
            if FORGET in kept.topics:
                self._contacts.clear()
        except BaseException:
            self._contacts.clear()
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        kept.is_foreign, self._version = version != self._version, version
        return kept

    def _keep_each_kind(self, db: sqlite3.Connection, batch: Batch, kept: Kept, *, looks: bool) -> None:
        kept.at = self._now()
        now = rows.to_sqlite(kept.at)
        if batch.arrivals:
            batch.arrived(self._arrive(db, batch, now, kept))
            for source, contact in brought(batch.arrivals):
                db.execute(sql.BROUGHT, (source, contact.channel, rows.clean(contact.address)))
        if batch.turns:
            batch.completed(self._complete(db, batch.turns, now, kept, looks=looks))
        if batch.sent:
            self._sent(db, batch.sent, now)
        for place, item in batch.seldom:
            batch.results[place] = self._keep_single(db, item, now, kept)

    def _keep_single(self, db: sqlite3.Connection, item: Operation, now: str, kept: Kept) -> object:
        """What comes seldom, one after another."""
        match item:
            case PutBack():
                return self._put_back(db, item, now, kept.topics)
            case Attempt():
                self._not_sent(db, item, now)
            case DeliveryReceipt():
                return self._receipt(db, item, now)
            case Presence() | Removed() | StaffReply() | Moved():
                return events.keep(db, item, now, kept.topics)
            case Take() | HandOn() | GiveBack() | Close() | Say() | TakeBack() | Release() | Relieve():
                return desk.act(db, item, kept.at, kept.topics)
            case _:
                pass
        return None

    def _arrive(self, db: sqlite3.Connection, batch: Batch, now: str, kept: Kept) -> list[Recorded]:
        """Keep arrivals; corrections come after the messages that they may correct."""
        arrivals = batch.arrivals
        if not batch.corrects:
            return self._record(db, arrivals, now, kept)
        plain = [item for item in arrivals if not item.corrects]
        recorded = iter(self._record(db, plain, now, kept) if plain else ())
        done = {place: next(recorded) for place, item in enumerate(arrivals) if not item.corrects}
        for place, item in enumerate(arrivals):
            if item.corrects:
                found = events.corrected(db, item, self._in_hand)
                done[place] = found or self._record(db, [item], now, kept)[0]
                kept.topics.add(item.contact)
        return [done[place] for place in range(len(arrivals))]

    def _in_hand(self, conversation_id: int, message_id: int) -> bool:
        return bool(self._claiming) or self._held.holds(conversation_id, message_id)

    def _ids(self, count: int) -> range:
        """The next ids of messages."""
        first, self._next_id = self._next_id, self._next_id + count
        return range(first, self._next_id)

    def _record(self, db: sqlite3.Connection, arrivals: list[Inbound], now: str, kept: Kept) -> list[Recorded]:
        people = [self._person(db, item, now) for item in arrivals]
        new = [
            (
                message_id,
                person.conversation_id,
                item.contact.channel,
                rows.text_of(item.content),
                rows.extra_of(item) or "",
                stored_key(rows.clean(item.idempotency_key)),
                rows.to_sqlite(item.sent_at),
                stored_key(rows.clean(item.external_id)) if item.external_id else "",
            )
            for message_id, item, person in zip(self._ids(len(arrivals)), arrivals, people, strict=True)
        ]
        if sql.NEW_ARRIVALS.execute(db, new, now) == len(new):
            fresh = {row[0] for row in new}
        else:
            fresh = set(rows.ids_of(db.execute(sql.KEPT_ARRIVALS, (rows.batch_json(new),)).fetchone()[0]))
        recorded = []
        for row, item, person in zip(new, arrivals, people, strict=True):
            if row[0] in fresh:
                kept.topics.add(item.contact)
                kept.people[row[0]] = person
                recorded.append(Recorded(message_id=row[0], conversation_id=row[1], fresh=True))
            else:
                message_id, conversation_id = db.execute(sql.FIND_ARRIVAL, (row[2], row[5])).fetchone()
                recorded.append(Recorded(message_id=message_id, conversation_id=conversation_id, fresh=False))
        if fresh:
            kept.topics.add(ARRIVED)
        return recorded

    def _person(self, db: sqlite3.Connection, inbound: Inbound, now: str) -> Person:
        contact = inbound.contact
        known = self._contacts.get(contact)
        if known is not None and inbound.name in ("", known[2]) and inbound.language in ("", known[3]):
            return Person(known[1], known[2], known[3], is_new=False)
        name, language = rows.clean(inbound.name), rows.clean(inbound.language)
        back = is_new = False
        if known is None:
            address = rows.clean(contact.address)
            row = db.execute(sql.FIND_CONTACT, (contact.channel, address)).fetchone()
            if row is None:
                is_new = True
                contact_id = db.execute(sql.NEW_CONTACT, (contact.channel, address, name, language, now)).fetchone()[0]
                row = (contact_id, db.execute(sql.NEW_CONVERSATION, (contact_id,)).fetchone()[0], name, language, None)
            known, back = row[:4], row[4] is not None
        if back or name not in ("", known[2]) or language not in ("", known[3]):
            known = (known[0], known[1], name or known[2], language or known[3])
            db.execute(sql.RENAME_CONTACT, (known[2], known[3], known[0]))
        if len(self._contacts) >= CONTACTS_REMEMBERED:
            self._contacts.clear()
        self._contacts[contact] = known
        return Person(known[1], known[2], known[3], is_new)

    def _complete(
        self, db: sqlite3.Connection, turns: list[Completed], now: str, kept: Kept, *, looks: bool
    ) -> list[Fate]:
        """Keep turns.

        Nearly always each of them is as free as it was when it was claimed, so only who ``looks`` asks first which are.
        Raises _NotAsBefore where one is not and nobody looked.
        """
        ours = {turn.message_id: turn for turn in turns if self._held.has(turn.conversation_id, turn.lease)}
        taken_over: set[int] = set()
        if looks:
            asked = [(message_id, _speaks(turn)) for message_id, turn in ours.items()]
            open_ids, taken_ids = db.execute(sql.OPEN_TURNS, (rows.batch_json(asked),)).fetchone()
            still_open, taken_over = set(rows.ids_of(open_ids)), set(rows.ids_of(taken_ids))
            ours = {message_id: turn for message_id, turn in ours.items() if message_id in still_open}
        done = list(ours.values())
        if for_the_desk(done):
            kept.topics.add(DESK)
        still_waited = sql.HANDLED.execute(db, [_handled(turn) for turn in done], now)
        still_free = sql.DIALOGUES.execute(db, [_left(turn) for turn in done], now)
        if still_waited < len(done) or still_free < len({turn.conversation_id for turn in done}):
            raise _NotAsBefore
        for turn in done:
            desk.keep(db, handovers.of_turn(turn, kept.at))
        self._reply(db, done, now, kept)
        # Kept once, should the same turn be in the batch twice.
        return [
            Fate.KEPT
            if ours.get(turn.message_id) is turn
            else Fate.TAKEN_OVER
            if turn.message_id in taken_over
            else Fate.LOST
            for turn in turns
        ]

    def _reply(self, db: sqlite3.Connection, turns: list[Completed], now: str, kept: Kept) -> None:
        """Queue what the turns say."""
        said = [(turn, reply) for turn in turns for reply in turn.replies]
        kept.replies = [(number, *each) for number, each in zip(self._ids(len(said)), said, strict=True)]
        replies = [
            (
                number,
                turn.conversation_id,
                turn.contact.channel,
                rows.reply_text(reply),
                rows.reply_extra(reply) or "",
                turn.message_id,
            )
            for number, turn, reply in kept.replies
        ]
        sql.NEW_REPLIES.execute(db, replies, Lane.REPLY.value, now)
        for turn, _ in said:
            kept.topics.update((outgoing(turn.contact.channel), turn.contact))

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
        names = [stored_key(rows.clean(one.external_ids[-1])) if one.external_ids else "" for one in attempts]
        marks = [(attempt.message_id, "sent", name) for attempt, name in zip(attempts, names, strict=True)]
        sql.SENT.execute(db, marks, now)
        channels = (attempt.channel for attempt in attempts)
        for receipt in self._early.of(zip(channels, names, strict=True)):
            self._receipt(db, receipt, now)

    def _not_sent(self, db: sqlite3.Connection, attempt: Attempt, now: str) -> None:
        if attempt.retry_at is not None:
            db.execute(sql.RETRY, (rows.to_sqlite(attempt.retry_at), attempt.message_id))
            return
        row = db.execute(sql.GIVEN_UP, (attempt.reason[:2000], now, attempt.message_id)).fetchone()
        if row and attempt.unreachable:
            db.execute(sql.UNREACHABLE, (now, row[0]))
            self._contacts.clear()

    def _receipt(self, db: sqlite3.Connection, receipt: DeliveryReceipt, now: str) -> bool:
        """True where a message that was to be sent is known to be sent by it."""
        row = db.execute(sql.FIND_SENT, (receipt.channel, stored_key(receipt.external_id))).fetchone()
        proven = None if row else self._proven(db, receipt, now)
        row = row or proven
        if row is None:
            self._early.keep(receipt, self._now())
            return False
        if receipt.and_before and receipt.delivery is Delivery.READ:
            db.execute(sql.READ_BEFORE, (row[2], row[0]))
        if RANK[row[1]] < RANK[receipt.delivery]:
            db.execute(sql.RECEIPT, (receipt.delivery.value, rows.clean(receipt.reason)[:2000] or None, row[0]))
            if receipt.unreachable:
                db.execute(sql.UNREACHABLE, (now, row[2]))
                self._contacts.clear()
        return proven is not None

    @staticmethod
    def _proven(db: sqlite3.Connection, receipt: DeliveryReceipt, now: str) -> tuple[int, str, int] | None:
        """The message whose sending is proven, marked as sent; None where nothing is proven."""
        number = message_of(receipt.proof)
        row = db.execute(sql.UNSENT, (number, receipt.channel)).fetchone() if number else None
        if row is None or proof_of(number, row[3], row[4]) != receipt.proof:
            return None
        sql.SENT.execute(db, [(number, "sent", stored_key(rows.clean(receipt.external_id)))], now)
        return number, "sent", row[2]


def _speaks(turn: Completed) -> bool:
    return turn.outcome not in SILENT_OUTCOMES


def _handled(turn: Completed) -> tuple[int, str, str, float, str, int]:
    """What is kept of a turn at its message."""
    error = rows.clean(turn.error)[:2000] if turn.error else ""
    return turn.message_id, turn.outcome.value, turn.intent, turn.confidence, error, int(turn.secret)


def _left(turn: Completed) -> tuple[int, str, str, str, int]:
    """Where a turn leaves its conversation."""
    mode = turn.mode.value if turn.mode else ""
    return turn.conversation_id, rows.dialogue_json(turn.dialogue), mode, turn.handover_reason, int(_speaks(turn))
