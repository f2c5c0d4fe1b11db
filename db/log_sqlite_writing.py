"""The writer of the message log on SQLite: what a sheet says becomes one transaction.

It blocks, so it has a thread or a process of its own (``db.log_writers``); what it loads is kept small for the latter.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from bot.desk_actions import Close, GiveBack, HandOn, Release, Relieve, Say, Take, TakeBack
from bot.messages import (
    Delivery,
    DeliveryReceipt,
    Lane,
    Moved,
    Presence,
    Removed,
    StaffReply,
)
from bot.ports.log import Attempt, Mode
from bot.proof import message_of, proof_of
from db import desk_sqlite as desk
from db import events_sqlite as events
from db import handover_acts as handovers
from db import log_sqlite_sql as sql
from db import rows
from db.batch import totals
from db.faults import sqlite_errors
from db.log_common import (
    CONTACTS_REMEMBERED,
    FORGET,
    MAX_TRIES,
    RANK,
    EarlyReceipts,
    Fate,
    Operation,
    PutBack,
    outgoing,
    stored_key,
)
from db.log_sheets import Came, Kept, Met, ToKeep, operations_of, packed_results
from db.sqlite_file import sqlite_connection

Topics = set[object]
Known = tuple[int, int, str, str]
"""What is known of a person: contact id, conversation id, name, language."""


class _NotAsBefore(Exception):
    """A message was dealt with, or its conversation taken over, since its turn began."""


class SqliteWriter:
    """Keeps what it is told to, a transaction a sheet.

    Args:
        path: The file; its tables exist already.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None
        self._contacts: dict[tuple[str, str], Known] = {}
        """People who wrote lately, by channel and address."""
        self._early = EarlyReceipts()
        self._next_id = 0
        self._version = 0

    def keep(self, asked: ToKeep) -> Kept:
        """One transaction for the sheet.

        Each kind goes as one statement over many rows: a statement a row would hand the interpreter's lock to and fro
        with the event loop's thread, several times a message.

        Raises:
            StoreUnavailable: The store does not take it; nothing was kept.
        """
        with sqlite_errors():
            if self._db is None:
                self._db = sqlite_connection(self._path)
            try:
                return self._in_a_transaction(self._db, asked, looks=False)
            except _NotAsBefore:
                return self._in_a_transaction(self._db, asked, looks=True)

    def close(self) -> None:
        """Close the file."""
        if self._db is not None:
            self._db.close()

    def _in_a_transaction(self, db: sqlite3.Connection, asked: ToKeep, *, looks: bool) -> Kept:
        """Keep it; ``looks`` as :meth:`_complete` does. Raises _NotAsBefore: nothing was kept."""
        topics: Topics = set()
        db.execute("BEGIN IMMEDIATE")
        try:
            version: int = db.execute(sql.FOREIGN).fetchone()[0]
            self._next_id = db.execute(sql.NEXT_ID).fetchone()[0]
            met = self._arrive(db, asked) if asked.came else []
            for brought in asked.brought:
                db.execute(sql.BROUGHT, brought)
            fates = self._complete(db, asked, looks=looks) if asked.handled else []
            first_reply = self._reply(db, asked, fates)
            if asked.sent:
                self._sent(db, asked)
            seldom = operations_of(asked.seldom)
            results = [self._keep_single(db, item, asked.now, topics) for item in seldom]
            added = totals([one.fresh for one in met], fates, zip(seldom, results, strict=True))
            if any(added):
                db.execute(sql.TOTALS, added)
            db.execute("COMMIT")
            if FORGET in topics:
                self._contacts.clear()
        except BaseException:
            self._contacts.clear()
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
        is_foreign, self._version = version != self._version, version
        return Kept(met, [fate.value for fate in fates], first_reply, packed_results(results, topics), is_foreign)

    def _keep_single(self, db: sqlite3.Connection, item: Operation, now: str, topics: Topics) -> object:
        """What comes seldom, one after another."""
        match item:
            case PutBack():
                return self._put_back(db, item, now, topics)
            case Attempt():
                self._not_sent(db, item, now)
            case DeliveryReceipt():
                return self._receipt(db, item, now)
            case Presence() | Removed() | StaffReply() | Moved():
                return events.keep(db, item, now, topics)
            case Take() | HandOn() | GiveBack() | Close() | Say() | TakeBack() | Release() | Relieve():
                return desk.act(db, item, rows.from_sqlite(now), topics)
            case _:
                pass
        return None

    def _arrive(self, db: sqlite3.Connection, asked: ToKeep) -> list[Met]:
        """Keep arrivals; corrections come after the messages that they may correct."""
        plain = [item for item in asked.came if not item.corrects]
        recorded = self._record(db, plain, asked.now) if plain else []
        if len(plain) == len(asked.came):
            return recorded
        met, in_hand = iter(recorded), set(asked.in_hand)
        done = {place: next(met) for place, item in enumerate(asked.came) if not item.corrects}
        for place, item in enumerate(asked.came):
            if item.corrects:
                done[place] = events.corrected(db, item, in_hand) or self._record(db, [item], asked.now)[0]
        return [done[place] for place in range(len(done))]

    def _ids(self, count: int) -> range:
        """The next ids of messages."""
        first, self._next_id = self._next_id, self._next_id + count
        return range(first, self._next_id)

    def _record(self, db: sqlite3.Connection, came: Sequence[Came], now: str) -> list[Met]:
        people = [self._person(db, item, now) for item in came]
        new = [
            (
                message_id,
                known[1],
                item.channel,
                item.text,
                item.extra,
                item.key,
                item.said_at,
                item.external_id,
            )
            for message_id, item, (known, _) in zip(self._ids(len(came)), came, people, strict=True)
        ]
        if sql.NEW_ARRIVALS.execute(db, new, now) == len(new):
            fresh = {row[0] for row in new}
        else:
            fresh = set(rows.ids_of(db.execute(sql.KEPT_ARRIVALS, (rows.batch_json(new),)).fetchone()[0]))
        met = []
        for row, (known, is_new) in zip(new, people, strict=True):
            message_id, conversation_id, is_fresh = row[0], row[1], row[0] in fresh
            if not is_fresh:
                message_id, conversation_id = db.execute(sql.FIND_ARRIVAL, (row[2], row[5])).fetchone()
            met.append(Met(message_id, conversation_id, is_fresh, known[2], known[3], is_new))
        return met

    def _person(self, db: sqlite3.Connection, came: Came, now: str) -> tuple[Known, bool]:
        """Who wrote it, and whether for the first time."""
        who, name, language = (came.channel, came.address), came.name, came.language
        known = self._contacts.get(who)
        if known is not None and name in ("", known[2]) and language in ("", known[3]):
            return known, False
        back = is_new = False
        if known is None:
            row = db.execute(sql.FIND_CONTACT, who).fetchone()
            if row is None:
                is_new = True
                contact_id = db.execute(sql.NEW_CONTACT, (*who, name, language, now)).fetchone()[0]
                row = (contact_id, db.execute(sql.NEW_CONVERSATION, (contact_id,)).fetchone()[0], name, language, None)
            known, back = row[:4], row[4] is not None
        if back or name not in ("", known[2]) or language not in ("", known[3]):
            known = (known[0], known[1], name or known[2], language or known[3])
            db.execute(sql.RENAME_CONTACT, (known[2], known[3], known[0]))
        if len(self._contacts) >= CONTACTS_REMEMBERED:
            self._contacts.clear()
        self._contacts[who] = known
        return known, is_new

    def _complete(self, db: sqlite3.Connection, asked: ToKeep, *, looks: bool) -> list[Fate]:
        """Keep turns.

        Nearly always each of them is as free as it was when it was claimed, so only who ``looks`` asks first which are.
        Raises _NotAsBefore where one is not and nobody looked.
        """
        fates = self._looked(db, asked) if looks else [Fate.KEPT] * len(asked.handled)
        handled = [row for row, fate in zip(asked.handled, fates, strict=True) if fate is Fate.KEPT]
        left = [row for row, fate in zip(asked.left, fates, strict=True) if fate is Fate.KEPT]
        still_waited = sql.HANDLED.execute(db, handled, asked.now)
        still_free = sql.DIALOGUES.execute(db, left, asked.now)
        if still_waited < len(handled) or still_free < len({row[0] for row in left}):
            raise _NotAsBefore
        for conversation_id, _, mode, _, _ in left:
            if mode:
                desk.keep(db, handovers.of_turn(conversation_id, Mode(mode), rows.from_sqlite(asked.now)))
        return fates

    @staticmethod
    def _looked(db: sqlite3.Connection, asked: ToKeep) -> list[Fate]:
        """What is to become of the turns, going by what the store says of their messages."""
        about = [(turn[0], bool(left[4])) for turn, left in zip(asked.handled, asked.left, strict=True)]
        found_open, found_taken = db.execute(sql.OPEN_TURNS, (rows.batch_json(about),)).fetchone()
        still_open, taken_over = set(rows.ids_of(found_open)), set(rows.ids_of(found_taken))
        return [
            Fate.KEPT if turn[0] in still_open else Fate.TAKEN_OVER if turn[0] in taken_over else Fate.LOST
            for turn in asked.handled
        ]

    def _reply(self, db: sqlite3.Connection, asked: ToKeep, fates: Sequence[Fate]) -> int:
        """Queue what the turns say; returns the id of the first reply."""
        said = [row for row in asked.replies if fates[row[0]] is Fate.KEPT]
        ids = self._ids(len(said))
        replies = [
            (number, asked.left[place][0], channel, text, extra, asked.handled[place][0])
            for number, (place, channel, text, extra) in zip(ids, said, strict=True)
        ]
        sql.NEW_REPLIES.execute(db, replies, Lane.REPLY.value, asked.now)
        return ids.start

    def _put_back(self, db: sqlite3.Connection, item: PutBack, now: str, topics: Topics) -> bool:
        """Count a failure; True where it set the message aside."""
        turn, contact = item.turn, item.turn.inbound.contact
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

    def _sent(self, db: sqlite3.Connection, asked: ToKeep) -> None:
        sql.SENT.execute(db, [(message_id, "sent", name) for message_id, _, name in asked.sent], asked.now)
        for receipt in self._early.of((channel, name) for _, channel, name in asked.sent):
            self._receipt(db, receipt, asked.now)

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
            self._early.keep(receipt, rows.from_sqlite(now))
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
