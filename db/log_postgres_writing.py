"""The message log on PostgreSQL, what it writes: a batch of operations becomes one transaction of few round trips."""

import asyncio
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy import URL

from bot.clock import Clock
from bot.desk_actions import Close, GiveBack, HandOn, Release, Relieve, Say, Take, TakeBack
from bot.messages import (
    Contact,
    Delivery,
    DeliveryReceipt,
    Event,
    Inbound,
    Lane,
    Moved,
    Presence,
    Removed,
    StaffReply,
)
from bot.ports.log import Attempt, Completed, Mode, Recorded
from bot.proof import message_of, proof_of
from db import desk_postgres as desk
from db import events_postgres as events
from db import handover_acts as handovers
from db import log_postgres_sql as sql
from db import rows
from db.batch import Batch
from db.faults import unavailable
from db.group_commit import GroupCommit
from db.log_base import CommonLog
from db.log_common import (
    ARRIVED,
    CONTACTS_REMEMBERED,
    DESK,
    FORGET,
    HOLD,
    MAX_TRIES,
    NOTICES,
    RANK,
    SILENT_OUTCOMES,
    EarlyReceipts,
    Fate,
    Operation,
    PutBack,
    brought,
    for_the_desk,
    notice_of,
    outgoing,
    stored_key,
)
from db.postgres import Session, ended_if_confused, open_session, passing_faults

ARRIVALS, WRITER = "arrivals", "writer"
"""Sessions: a messenger is not to wait for its 200 until the turns in hand are kept."""
NO_WHOLE_TABLES = {"enable_seqscan": "off"}
"""A plan that was made while a table was new and small is kept: none of the log's may read all of it."""
TOTAL_SLOTS = 16
INTENT_LENGTH, REASON_LENGTH, LANGUAGE_LENGTH = 32, 32, 35
"""What the columns hold."""


class PostgresWriting(CommonLog):
    """The half of the log that writes: what comes in on one session, what becomes of it on another.

    Args:
        url: Where it is; the tables exist already.
        clock: Where moments come from.
    """

    def __init__(self, url: URL, clock: Clock) -> None:
        super().__init__(clock)
        self._url = url
        self._connections: dict[str, Session] = {}
        self._opening: dict[str, asyncio.Lock] = {}
        self._early = EarlyReceipts()
        self._contacts: dict[Contact, tuple[int, int, str, str]] = {}
        """What is known of people who wrote lately: contact id, conversation id, name, language."""
        self._arrivals = GroupCommit(self._tried)
        self._slots = {purpose: (os.getpid() * 2 + at) % TOTAL_SLOTS for at, purpose in enumerate((ARRIVALS, WRITER))}

    # --- connections -----------------------------------------------------------------------------

    async def _connection(self, purpose: str) -> Session:
        """The connection for one purpose, made anew after a loss."""
        async with self._opening.setdefault(purpose, asyncio.Lock()):
            connection = self._connections.get(purpose)
            if connection is None or connection.is_closed():
                connection = await open_session(self._url, purpose, **NO_WHOLE_TABLES)
                self._connections[purpose] = connection
            return connection

    async def _fetch(self, purpose: str, statement: str, *values: object, only: Session | None = None) -> list[Any]:
        """Ask on the connection of a purpose; with ``only`` on that very session, never on a new one."""
        with passing_faults():
            connection = only or await self._connection(purpose)
            async with self._opening[purpose]:
                with ended_if_confused(connection):
                    return list(await connection.fetch(statement, *values))

    # --- writing ---------------------------------------------------------------------------------

    async def _flush(self, operations: Sequence[Operation]) -> Sequence[object]:
        try:
            batch, topics = await self._committed(operations)
        except asyncpg.DeadlockDetectedError:
            # Two processes kept messages of the same people in another order: one of them goes again.
            try:
                batch, topics = await self._committed(operations)
            except asyncpg.DeadlockDetectedError as error:
                raise unavailable(error) from error
        if self._freed(batch):
            topics.add(ARRIVED)
        self._wakes.wake(topics)
        return batch.results

    async def _committed(self, operations: Sequence[Operation]) -> tuple[Batch, set[object]]:
        batch, topics = Batch(operations), set[object]()
        purpose = ARRIVALS if isinstance(operations[0], Inbound | Event) else WRITER
        try:
            with passing_faults():
                connection = await self._connection(purpose)
                with ended_if_confused(connection):
                    if self._is_of_known_people(batch):
                        batch.arrived(await self._record(batch.arrivals, connection, topics, alone=True))
                    else:
                        await self._in_a_transaction(connection, batch, topics, self._slots[purpose])
        except BaseException:
            self._contacts.clear()
            raise
        if FORGET in topics:
            self._contacts.clear()
        return batch, topics

    def _is_of_known_people(self, batch: Batch) -> bool:
        """Nothing but messages of people whom we know: one statement is enough."""
        if batch.corrects or len(batch.arrivals) < len(batch.results) or brought(batch.arrivals):
            return False
        return not any(map(self._changed_person, batch.arrivals))

    def _freed(self, batch: Batch) -> bool:
        """After the commit: drop what we had in hand; True when a conversation is free again.

        Messages may have come while it was in hand.
        """
        freed, now = False, self._now()
        for turn, fate in zip(batch.turns, batch.fates, strict=True):
            if fate is Fate.LOST:
                freed |= self._held.drop(turn.conversation_id, turn.lease)
            elif fate is Fate.KEPT:
                freed |= self._held.done(turn.conversation_id, turn.lease, turn.message_id, now)
        for attempt in batch.sent:
            self._sending.pop(attempt.message_id, None)
        for _, item in batch.seldom:
            if isinstance(item, PutBack):
                freed |= self._held.drop(item.conversation_id, item.lease)
            elif isinstance(item, Attempt):
                self._sending.pop(item.message_id, None)
        return freed

    async def _in_a_transaction(self, connection: Session, batch: Batch, topics: set[object], slot: int) -> None:
        async with connection.transaction():
            await self._keep_all(connection, batch, topics)
            totals = batch.totals()
            if topics or any(totals):
                await connection.execute(sql.LAST, NOTICES, notice_of(topics) if topics else None, slot, *totals)

    async def _keep_all(self, connection: Session, batch: Batch, topics: set[object]) -> None:
        now = self._now()
        if batch.arrivals:
            batch.arrived(await self._arrive(batch, connection, topics))
            for source, contact in brought(batch.arrivals):
                await connection.execute(sql.BROUGHT, source, contact.channel, rows.clean(contact.address))
        if batch.turns:
            batch.completed(await self._complete(batch.turns, connection, now, topics))
        if batch.sent:
            await self._sent(batch.sent, connection, now, topics)
        for place, item in batch.seldom:
            batch.results[place] = await self._keep_single(connection, item, topics)

    async def _keep_single(self, connection: Session, item: Operation, topics: set[object]) -> object:
        """What comes seldom, one after another."""
        now = self._now()
        match item:
            case PutBack():
                return await self._put_back(item, connection, now, topics)
            case Attempt():
                await self._not_sent(item, connection, now, topics)
            case DeliveryReceipt():
                await self._receipt(item, connection, now, topics)
            case Presence() | Removed() | StaffReply() | Moved():
                return await events.keep(connection, item, now, topics)
            case Take() | HandOn() | GiveBack() | Close() | Say() | TakeBack() | Release() | Relieve():
                return await desk.act(connection, item, now, topics)
            case _:
                pass
        return None

    async def _arrive(self, batch: Batch, connection: Session, topics: set[object]) -> list[Recorded]:
        """Keep arrivals; corrections come after the messages that they may correct."""
        arrivals = batch.arrivals
        if not batch.corrects:
            return await self._record(arrivals, connection, topics)
        plain = [item for item in arrivals if not item.corrects]
        recorded = iter(await self._record(plain, connection, topics) if plain else ())
        kept = {place: next(recorded) for place, item in enumerate(arrivals) if not item.corrects}
        for place, item in enumerate(arrivals):
            if item.corrects:
                found = await events.corrected(connection, item, self._now())
                kept[place] = found or (await self._record([item], connection, topics))[0]
                topics.add(item.contact)
        return [kept[place] for place in range(len(arrivals))]

    async def _record(
        self, arrivals: list[Inbound], connection: Session, topics: set[object], *, alone: bool = False
    ) -> list[Recorded]:
        """Keep messages; ``alone`` outside of a transaction, all of them of people whom we know."""
        now = self._now()
        places = {item.contact: one[1] for item in arrivals if (one := self._contacts.get(item.contact))}
        if not alone:
            places |= await self._meet([item for item in arrivals if self._changed_person(item)], connection, now)
        keys = [(item.contact.channel, stored_key(rows.clean(item.idempotency_key))) for item in arrivals]
        conversations = [places[item.contact] for item in arrivals]
        new_rows = [
            {
                "conversation_id": conversation_id,
                "channel": channel,
                "text": rows.text_of(item.content),
                "content": rows.extra_of(item),
                "key": key,
                "said_at": item.sent_at,
                "external_id": stored_key(rows.clean(item.external_id)) or None,
            }
            for item, conversation_id, (channel, key) in zip(arrivals, conversations, keys, strict=True)
        ]
        if alone:
            notice = notice_of({ARRIVED, *(item.contact for item in arrivals)})
            last = (self._slots[ARRIVALS], NOTICES, notice)
            new = await connection.fetch(sql.ARRIVALS_ALONE, rows.batch_json(new_rows), now, *last)
        else:
            new = await connection.fetch(sql.NEW_ARRIVALS, rows.batch_json(new_rows), now)
        fresh = {(row["channel"], row["idempotency_key"]): row["id"] for row in new}
        known: dict[tuple[str, str], tuple[int, int]] = {}
        if len(fresh) < len(arrivals):
            repeated = [key for key in keys if key not in fresh]
            found = await connection.fetch(
                sql.FIND_ARRIVALS, [key[0] for key in repeated], [key[1] for key in repeated]
            )
            known = {(row["channel"], row["idempotency_key"]): (row["id"], row["conversation_id"]) for row in found}
        results = []
        for item, key, conversation_id in zip(arrivals, keys, conversations, strict=True):
            first = fresh.get(key)
            if first is not None and key not in known:
                known[key] = (first, conversation_id)  # a second one in this batch is a repeat
                topics.update((ARRIVED, item.contact))
                results.append(Recorded(message_id=first, conversation_id=conversation_id, fresh=True))
            else:
                results.append(Recorded(message_id=known[key][0], conversation_id=known[key][1], fresh=False))
        return results

    def _changed_person(self, inbound: Inbound) -> bool:
        known = self._contacts.get(inbound.contact)
        if known is None:
            return True
        return rows.clean(inbound.name) not in ("", known[2]) or _language(inbound) not in ("", known[3])

    async def _meet(self, arrivals: list[Inbound], connection: Session, now: datetime) -> dict[Contact, int]:
        """Make or refresh the contacts of these arrivals; returns their conversations."""
        if not arrivals:
            return {}
        people = {(item.contact.channel, rows.clean(item.contact.address)): item for item in arrivals}
        met = await connection.fetch(
            sql.NEW_CONTACTS,
            [channel for channel, _ in people],
            [address for _, address in people],
            [rows.clean(item.name) for item in people.values()],
            [_language(item) for item in people.values()],
            now,
        )
        ids = [row["id"] for row in met]
        await connection.execute(sql.NEW_CONVERSATIONS, ids)
        found = await connection.fetch(sql.FIND_CONVERSATIONS, ids)
        conversations = {row["contact_id"]: row["id"] for row in found}
        if len(self._contacts) + len(met) > CONTACTS_REMEMBERED:
            self._contacts.clear()
        known = {(row["channel"], row["address"]): row for row in met}
        places = {}
        for item in arrivals:
            row = known[item.contact.channel, rows.clean(item.contact.address)]
            places[item.contact] = conversations[row["id"]]
            self._contacts[item.contact] = (row["id"], conversations[row["id"]], row["name"], row["language"])
        return places

    async def _complete(
        self, turns: list[Completed], connection: Session, now: datetime, topics: set[object]
    ) -> list[Fate]:
        locked = await connection.fetch(sql.LOCK_CONVERSATIONS, ids_text(turn.conversation_id for turn in turns))
        stands = {row["id"]: (row["mode"], row["lease"]) for row in locked}
        fates = [_fate(turn, stands.get(turn.conversation_id)) for turn in turns]
        ours = {turn.message_id: turn for turn, fate in zip(turns, fates, strict=True) if fate is Fate.KEPT}
        handled = await self._keep_turns(list(ours.values()), connection, now)
        done = [ours[row["id"]] for row in sorted(handled)]
        for turn in ours.values() if len(done) < len(ours) else ():
            if turn not in done:  # dealt with already: its conversation is free for whatever else waits there
                await connection.execute(sql.RELEASE, turn.conversation_id, turn.lease)
        for turn in done:
            await desk.keep(connection, handovers.of_turn(turn.conversation_id, turn.mode, now))
            topics.update((outgoing(turn.contact.channel), turn.contact) if turn.replies else ())
        if for_the_desk(done):
            topics.add(DESK)
        kept = {id(turn) for turn in done}  # once, should the same turn be in the batch twice
        return [
            Fate.LOST if fate is Fate.KEPT and id(turn) not in kept else fate
            for turn, fate in zip(turns, fates, strict=True)
        ]

    async def _keep_turns(self, turns: list[Completed], connection: Session, now: datetime) -> list[Any]:
        """Keep what these turns change; returns the ids of those whose message still waited."""
        kept = [
            {
                "id": turn.message_id,
                "conversation_id": turn.conversation_id,
                "outcome": turn.outcome.value,
                "intent": turn.intent[:INTENT_LENGTH] or None,
                "confidence": turn.confidence,
                "error": rows.clean(turn.error)[:2000] or None,
                "secret": turn.secret,
                "dialogue": rows.dialogue_json(turn.dialogue),
                "mode": turn.mode.value if turn.mode else None,
                "reason": turn.handover_reason[:REASON_LENGTH],
                "release": self._held.is_last(turn.conversation_id, turn.message_id),
            }
            for turn in turns
        ]
        said = [
            {
                "conversation_id": turn.conversation_id,
                "channel": turn.contact.channel,
                "text": rows.reply_text(reply),
                "content": rows.reply_extra(reply),
                "in_reply_to": turn.message_id,
            }
            for turn in turns
            for reply in turn.replies
        ]
        ids = ids_text(turn.message_id for turn in turns)
        values = (rows.batch_json(kept), rows.batch_json(said), now, now + HOLD, Lane.REPLY.value, ids)
        handled: list[Any] = await connection.fetch(sql.TURNS, *values)
        return handled

    async def _put_back(self, item: PutBack, connection: Session, now: datetime, topics: set[object]) -> bool:
        """Count a failure; True where it set the message aside."""
        turn, contact = item.turn, item.turn.inbound.contact
        mode = await connection.fetchval(sql.RELEASE, turn.conversation_id, turn.lease)
        if mode is None:
            return False  # the claim was lost: another process counts its own failures
        state = await connection.fetchval(sql.PUT_BACK, turn.message_id, rows.clean(item.error)[:2000], MAX_TRIES, now)
        if state == "aside" and item.farewell is not None and mode != Mode.PERSON:
            reply, lane = item.farewell, Lane.REPLY.value
            extra = rows.reply_extra(reply)
            values = (turn.conversation_id, contact.channel, reply.text, extra, turn.message_id, lane, now)
            await connection.execute(sql.FAREWELL, *values)
            topics.update((outgoing(contact.channel), contact))
        return bool(state == "aside")

    async def _sent(self, attempts: list[Attempt], connection: Session, now: datetime, topics: set[object]) -> None:
        names = [stored_key(one.external_ids[-1]) if one.external_ids else "" for one in attempts]
        ids = [attempt.message_id for attempt in attempts]
        marks = [{"id": number, "external_id": name or None} for number, name in zip(ids, names, strict=True)]
        await connection.execute(sql.SENT, rows.batch_json(marks), now, ids_text(ids))
        channels = (attempt.channel for attempt in attempts)
        for receipt in self._early.of(zip(channels, names, strict=True)):
            await self._further(receipt, connection, now, topics)

    async def _not_sent(self, attempt: Attempt, connection: Session, now: datetime, topics: set[object]) -> None:
        if attempt.retry_at is not None:
            await connection.execute(sql.RETRY, attempt.message_id, attempt.retry_at)
            return
        conversation_id = await connection.fetchval(sql.GIVEN_UP, attempt.message_id, attempt.reason[:2000], now)
        if conversation_id is not None and attempt.unreachable:
            await connection.execute(sql.UNREACHABLE, conversation_id, now)
            topics.add(FORGET)

    async def _receipt(self, receipt: DeliveryReceipt, connection: Session, now: datetime, topics: set[object]) -> None:
        if await self._further(receipt, connection, now, topics):
            self._early.drop(receipt)
        else:
            self._early.keep(receipt, self._now())

    async def _further(self, receipt: DeliveryReceipt, connection: Session, now: datetime, topics: set[object]) -> bool:
        """Take a message as far as its receipt says; False where it is not marked as sent yet."""
        row = await connection.fetchrow(sql.FIND_SENT, receipt.channel, stored_key(receipt.external_id))
        row = row or await self._proven(receipt, connection, now, topics)
        if row is None:
            return False
        if receipt.and_before and receipt.delivery is Delivery.READ:
            await connection.execute(sql.READ_BEFORE, row["conversation_id"], row["id"])
        if RANK[row["state"]] < RANK[receipt.delivery]:
            reason = rows.clean(receipt.reason)[:2000] or None
            await connection.execute(sql.RECEIPT, row["id"], receipt.delivery.value, reason)
            if receipt.unreachable:
                await connection.execute(sql.UNREACHABLE, row["conversation_id"], now)
                topics.add(FORGET)
        return True

    @staticmethod
    async def _proven(
        receipt: DeliveryReceipt, connection: Session, now: datetime, topics: set[object]
    ) -> Mapping[str, Any] | None:
        """The message whose sending is proven, marked as sent; None where nothing is proven."""
        number = message_of(receipt.proof)
        row = await connection.fetchrow(sql.UNSENT, number, receipt.channel) if number else None
        if row is None or proof_of(number, row["address"], row["text"]) != receipt.proof:
            return None
        mark = {"id": number, "external_id": stored_key(receipt.external_id)}
        await connection.execute(sql.SENT, rows.batch_json([mark]), now, ids_text([number]))
        topics.add(outgoing(receipt.channel))
        return {"id": number, "state": "sent", "conversation_id": row["conversation_id"]}


def ids_text(ids: Iterable[int]) -> str:
    """Ids as PostgreSQL reads an array."""
    return f"{{{','.join(map(str, ids))}}}"


def _language(inbound: Inbound) -> str:
    return rows.clean(inbound.language)[:LANGUAGE_LENGTH]


def _fate(turn: Completed, stands: tuple[str, int] | None) -> Fate:
    """What becomes of a turn, seen from its conversation: mode and lease."""
    if stands is None or stands[1] != turn.lease:
        return Fate.LOST
    speaks = turn.outcome not in SILENT_OUTCOMES
    return Fate.TAKEN_OVER if speaks and stands[0] == Mode.PERSON else Fate.KEPT
