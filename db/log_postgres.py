"""The message log on PostgreSQL: any number of processes share the work.

Claims lock conversations with SKIP LOCKED and leave a fencing lease, so a process that lost its
claim cannot complete a turn. Batches go in few round trips over ``unnest``; LISTEN/NOTIFY wakes
the other processes, and every sleeper looks by itself now and then as the safety net.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import URL

from bot.clock import Clock
from bot.errors import StoreUnavailable
from bot.messages import Contact, DeliveryReceipt, Inbound, Lane, Outbound
from bot.ports import Attempt, Completed, Logged, Mode, QueueFigures, Recorded, Waiting
from db import rows
from db.connect import unavailable
from db.log_common import (
    ARRIVED,
    HOLD,
    MAX_TRIES,
    RANK,
    SILENT_OUTCOMES,
    CommonLog,
    Operation,
    PutBack,
    outgoing,
    stored_key,
)

NOTICES = "bibliobot_log"
NOTICE_BYTES = 7_500
TURNS_A_CLAIM = 20
"""Messages of one conversation taken at once: a flood of one reader holds up nobody else."""
RECONNECT_S = 2.0
LOCK_SPACE = 0x42494249
"""First key of our advisory locks, so that they meet nobody else's."""

NEW_CONTACTS = """
INSERT INTO contacts (channel, address, name, language, created_at)
SELECT channel, address, name, language, $5
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS new(channel, address, name, language)
ORDER BY channel, address
ON CONFLICT (channel, address) DO UPDATE SET unreachable_since = NULL,
name = CASE WHEN excluded.name <> '' THEN excluded.name ELSE contacts.name END,
language = CASE WHEN excluded.language <> '' THEN excluded.language ELSE contacts.language END
RETURNING id, channel, address, name, language"""
NEW_CONVERSATIONS = """
INSERT INTO conversations (contact_id, dialogue) SELECT unnest($1::bigint[]), '{}'
ON CONFLICT (contact_id) DO NOTHING"""
FIND_CONVERSATIONS = "SELECT id, contact_id FROM conversations WHERE contact_id = ANY($1::bigint[])"
NEW_ARRIVALS = """
INSERT INTO messages (conversation_id, channel, author, state, text, content, idempotency_key, created_at, said_at)
SELECT conversation_id, channel, 'reader', 'waiting', text, content::jsonb, key, $7, said_at
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
WITH ORDINALITY AS new(conversation_id, channel, text, content, key, said_at, place)
ORDER BY place ON CONFLICT (channel, idempotency_key) DO NOTHING RETURNING id, channel, idempotency_key"""
FIND_ARRIVALS = """
SELECT id, conversation_id, channel, idempotency_key FROM messages
WHERE (channel, idempotency_key) IN (SELECT * FROM unnest($1::text[], $2::text[]))"""
LOCK_CONVERSATIONS = """
SELECT id, mode, lease FROM conversations WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE"""
HANDLED = """
UPDATE messages m SET state = 'handled', outcome = t.outcome, intent = t.intent, confidence = t.confidence,
error = t.error, done_at = $6
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::float8[], $5::text[])
AS t(id, outcome, intent, confidence, error)
WHERE m.id = t.id AND m.state = 'waiting' RETURNING m.id"""
DIALOGUES = """
UPDATE conversations c SET dialogue = t.dialogue::jsonb, mode = coalesce(t.mode, c.mode),
handover_reason = CASE WHEN t.mode IS NULL THEN c.handover_reason ELSE t.reason END,
waiting_since = CASE WHEN t.mode IS NULL THEN c.waiting_since
  WHEN t.mode = 'waiting' THEN coalesce(c.waiting_since, $6) END,
leased_until = CASE WHEN t.release THEN NULL ELSE c.leased_until END
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bool[]) AS t(id, dialogue, mode, reason, release)
WHERE c.id = t.id"""
NEW_REPLIES = """
INSERT INTO messages (conversation_id, channel, author, state, text, content, in_reply_to, lane, created_at)
SELECT conversation_id, channel, 'bot', 'queued', text, content::jsonb, in_reply_to, $6, $7
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[])
WITH ORDINALITY AS new(conversation_id, channel, text, content, in_reply_to, place) ORDER BY place"""
PUT_BACK = """
UPDATE messages SET attempts = attempts + 1, error = $2,
state = CASE WHEN attempts + 1 >= $3 THEN 'aside' ELSE state END,
done_at = CASE WHEN attempts + 1 >= $3 THEN $4 END WHERE id = $1 AND state = 'waiting' RETURNING state"""
RELEASE = "UPDATE conversations SET leased_until = NULL WHERE id = $1 AND lease = $2"
SENT = """
UPDATE messages m SET state = t.state, external_id = t.external_id, attempts = attempts + 1, error = NULL, done_at = $4
FROM unnest($1::bigint[], $2::text[], $3::text[]) AS t(id, state, external_id)
WHERE m.id = t.id AND m.state = 'queued'"""
RETRY = "UPDATE messages SET attempts = attempts + 1, due_at = $2 WHERE id = $1 AND state = 'queued'"
GIVEN_UP = """
UPDATE messages SET state = 'failed', attempts = attempts + 1, error = $2, done_at = $3
WHERE id = $1 AND state = 'queued' RETURNING conversation_id"""
UNREACHABLE = """
UPDATE contacts SET unreachable_since = coalesce(unreachable_since, $2)
WHERE id = (SELECT contact_id FROM conversations WHERE id = $1)"""
FIND_SENT = "SELECT id, state FROM messages WHERE channel = $1 AND external_id = $2 FOR UPDATE"
RECEIPT = "UPDATE messages SET state = $2, error = $3 WHERE id = $1"
CLAIM = """
WITH due AS (
  SELECT m.conversation_id FROM messages m JOIN conversations c ON c.id = m.conversation_id
  WHERE m.state = 'waiting' AND (c.leased_until IS NULL OR c.leased_until < $1)
  AND ($3::bigint IS NULL OR m.conversation_id = $3) ORDER BY m.id LIMIT $2),
free AS (
  SELECT c.id FROM conversations c WHERE c.id IN (SELECT conversation_id FROM due)
  AND (c.leased_until IS NULL OR c.leased_until < $1) ORDER BY c.id FOR UPDATE SKIP LOCKED),
taken AS (
  UPDATE conversations c SET lease = c.lease + 1, leased_until = $4 FROM free WHERE c.id = free.id
  RETURNING c.id, c.contact_id, c.lease, c.mode, c.dialogue::text AS dialogue)
SELECT m.id, t.id AS conversation_id, m.channel, ct.address, m.idempotency_key, m.text, m.content::text AS content,
m.said_at, ct.name, ct.language, t.mode, t.dialogue, m.attempts, m.created_at, t.lease,
NOT EXISTS (SELECT 1 FROM messages p WHERE p.conversation_id = t.id AND p.id < m.id) AS first
FROM taken t JOIN contacts ct ON ct.id = t.contact_id CROSS JOIN LATERAL (
  SELECT * FROM messages w WHERE w.conversation_id = t.id AND w.state = 'waiting' ORDER BY w.id LIMIT $5) m
ORDER BY m.id"""
CLAIM_OUTBOUND = """
SELECT m.id, ct.address, m.text, m.content::text AS content, m.lane, m.attempts
FROM messages m JOIN conversations c ON c.id = m.conversation_id JOIN contacts ct ON ct.id = c.contact_id
WHERE m.state = 'queued' AND m.channel = $1 AND (m.due_at IS NULL OR m.due_at <= $2) AND m.id <> ALL($3::bigint[])
AND NOT EXISTS (SELECT 1 FROM messages e WHERE e.conversation_id = m.conversation_id AND e.state = 'queued'
  AND (e.lane < m.lane OR (e.lane = m.lane AND e.id < m.id)))
ORDER BY m.lane, m.id LIMIT $4"""
SAID = """
SELECT m.id, m.author, m.text, m.content::text AS content, m.created_at, m.in_reply_to FROM contacts ct
JOIN conversations c ON c.contact_id = ct.id JOIN messages m ON m.conversation_id = c.id
WHERE ct.channel = $1 AND ct.address = $2 AND m.id > $3 ORDER BY m.id LIMIT $4"""
WAITING = "SELECT count(*), min(created_at) FROM messages WHERE state = 'waiting'"
QUEUED = "SELECT lane, count(*) FROM messages WHERE state = 'queued' GROUP BY lane"

CONTACTS_REMEMBERED = 50_000
PASSING = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.UndefinedTableError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.DeadlockDetectedError,
    OSError,
    TimeoutError,
)
Connection = Any  # asyncpg brings no types


@contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except PASSING as error:
        raise unavailable(error) from error


class PostgresLog(CommonLog):
    """The log in a PostgreSQL database.

    Args:
        url: Where it is; the tables exist already.
        clock: Where moments come from.
    """

    def __init__(self, url: URL, clock: Clock) -> None:
        super().__init__(clock)
        self._url = url
        self._connections: dict[str, Connection] = {}
        self._opening: dict[str, asyncio.Lock] = {}
        self._contacts: dict[Contact, tuple[int, int, str, str]] = {}
        self._listening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Count what an earlier run left waiting, and begin to listen. Raises StoreUnavailable."""
        self._tally.received = (await self._fetch("reader", WAITING))[0][0]
        self._listening = asyncio.create_task(self._listen(), name="log-listener")

    async def aclose(self) -> None:
        """Commit what is waiting, end every iteration, close the connections."""
        await self._commits.aclose()
        self._wakes.close()
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
        for connection in self._connections.values():
            with suppress(*PASSING):
                await connection.close(timeout=5)

    # --- connections -----------------------------------------------------------------------------

    async def _connection(self, purpose: str) -> Connection:
        """The connection for one purpose, made anew after a loss."""
        async with self._opening.setdefault(purpose, asyncio.Lock()):
            connection = self._connections.get(purpose)
            if connection is None or connection.is_closed():
                connection = await self._connect(purpose)
                self._connections[purpose] = connection
            return connection

    async def _connect(self, purpose: str) -> Connection:
        url = self._url
        return await asyncpg.connect(
            host=url.host or url.query.get("host"),
            port=url.port or int(str(url.query.get("port", 5432))),
            user=url.username,
            password=url.password,
            database=url.database,
            timeout=10,
            command_timeout=30,
            server_settings={"application_name": f"bibliobot {purpose}", "jit": "off"},
        )

    async def _fetch(self, purpose: str, statement: str, *values: object) -> list[Any]:
        with _store_errors():
            connection = await self._connection(purpose)
            async with self._opening[purpose]:
                return list(await connection.fetch(statement, *values))

    async def _listen(self) -> None:
        """Hear the other processes; after a loss everybody looks, since notices were missed."""
        while True:
            lost = asyncio.Event()
            try:
                connection = await self._connection("listener")
                connection.add_termination_listener(lambda _, lost=lost: lost.set())
                await connection.add_listener(NOTICES, self._heard)
                self._wakes.wake_all()
                await lost.wait()
            except PASSING:
                pass  # said by /readyz; here we only try again
            await asyncio.sleep(RECONNECT_S)

    def _heard(self, _: object, pid: int, __: str, payload: str) -> None:
        writer = self._connections.get("writer")
        if writer is not None and not writer.is_closed() and writer.get_server_pid() == pid:
            return
        if not payload:
            self._wakes.wake_all()
            return
        topics = msgspec.json.decode(payload)
        self._wakes.wake(
            Contact(channel=topic[1], address=topic[2])
            if isinstance(topic, list) and topic[0] == "contact"
            else tuple(topic)
            if isinstance(topic, list)
            else topic
            for topic in topics
        )

    # --- writing ---------------------------------------------------------------------------------

    async def _flush(self, operations: Sequence[Operation]) -> Sequence[object]:
        topics: set[object] = set()
        try:
            with _store_errors():
                connection = await self._connection("writer")
                async with connection.transaction():
                    results = await self._keep_all(connection, operations, topics)
                    await self._notify(connection, topics)
        except BaseException:
            self._contacts.clear()
            raise
        freed = sum(self._let_go(operation, result) for operation, result in zip(operations, results, strict=True))
        if freed:
            topics.add(ARRIVED)
        self._wakes.wake(topics)
        return results

    async def _keep_all(
        self, connection: Connection, operations: Sequence[Operation], topics: set[object]
    ) -> list[object]:
        now = self._now()
        results: list[object] = [None] * len(operations)
        arrivals = [(place, item) for place, item in enumerate(operations) if isinstance(item, Inbound)]
        if arrivals:
            for (place, _), recorded in zip(
                arrivals, await self._record([item for _, item in arrivals], connection, now, topics), strict=True
            ):
                results[place] = recorded
        turns = [(place, item) for place, item in enumerate(operations) if isinstance(item, Completed)]
        if turns:
            kept = await self._complete([item for _, item in turns], connection, now, topics)
            for place, turn in turns:
                results[place] = turn.message_id in kept
        sent = [item for item in operations if isinstance(item, Attempt) and not (item.reason or item.retry_at)]
        if sent:
            await self._sent(sent, connection, now)
        for place, item in enumerate(operations):
            match item:
                case PutBack():
                    results[place] = await self._put_back(item, connection, now)
                    topics.add(ARRIVED)
                case Attempt(reason=reason, retry_at=retry_at) if reason or retry_at:
                    await self._not_sent(item, connection, now)
                case DeliveryReceipt():
                    await self._receipt(item, connection)
                case _:
                    pass
        return results

    async def _notify(self, connection: Connection, topics: set[object]) -> None:
        if not topics:
            return
        said = [["contact", topic.channel, topic.address] if isinstance(topic, Contact) else topic for topic in topics]
        payload = msgspec.json.encode(said).decode()
        await connection.execute("SELECT pg_notify($1, $2)", NOTICES, payload if len(payload) <= NOTICE_BYTES else "")

    async def _record(
        self, arrivals: list[Inbound], connection: Connection, now: datetime, topics: set[object]
    ) -> list[Recorded]:
        await self._meet([item for item in arrivals if self._changed_person(item)], connection, now)
        keys = [(item.contact.channel, stored_key(item.idempotency_key)) for item in arrivals]
        conversations = [self._contacts[item.contact][1] for item in arrivals]
        new = await connection.fetch(
            NEW_ARRIVALS,
            conversations,
            [channel for channel, _ in keys],
            [rows.text_of(item.content) for item in arrivals],
            [rows.extra_of(item) for item in arrivals],
            [key for _, key in keys],
            [item.sent_at for item in arrivals],
            now,
        )
        fresh = {(row["channel"], row["idempotency_key"]): row["id"] for row in new}
        known: dict[tuple[str, str], tuple[int, int]] = {}
        if len(fresh) < len(arrivals):
            repeated = [key for key in keys if key not in fresh]
            found = await connection.fetch(FIND_ARRIVALS, [key[0] for key in repeated], [key[1] for key in repeated])
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
        return (inbound.name not in ("", known[2])) or (inbound.language not in ("", known[3]))

    async def _meet(self, arrivals: list[Inbound], connection: Connection, now: datetime) -> None:
        """Make or refresh the contacts and conversations of these arrivals."""
        if not arrivals:
            return
        people = {item.contact: item for item in arrivals}
        met = await connection.fetch(
            NEW_CONTACTS,
            [contact.channel for contact in people],
            [contact.address for contact in people],
            [item.name for item in people.values()],
            [item.language for item in people.values()],
            now,
        )
        ids = [row["id"] for row in met]
        await connection.execute(NEW_CONVERSATIONS, ids)
        found = await connection.fetch(FIND_CONVERSATIONS, ids)
        conversations = {row["contact_id"]: row["id"] for row in found}
        if len(self._contacts) + len(met) > CONTACTS_REMEMBERED:
            self._contacts.clear()
        for row in met:
            contact = Contact(channel=row["channel"], address=row["address"])
            self._contacts[contact] = (row["id"], conversations[row["id"]], row["name"], row["language"])

    async def _complete(
        self, turns: list[Completed], connection: Connection, now: datetime, topics: set[object]
    ) -> set[int]:
        locked = await connection.fetch(LOCK_CONVERSATIONS, [turn.conversation_id for turn in turns])
        stands = {row["id"]: (row["mode"], row["lease"]) for row in locked}
        ours = [turn for turn in turns if _may_complete(turn, stands.get(turn.conversation_id))]
        handled = await connection.fetch(
            HANDLED,
            [turn.message_id for turn in ours],
            [turn.outcome.value for turn in ours],
            [turn.intent or None for turn in ours],
            [turn.confidence for turn in ours],
            [turn.error[:2000] or None for turn in ours],
            now,
        )
        kept = {row["id"] for row in handled}
        done = [turn for turn in ours if turn.message_id in kept]
        await connection.execute(
            DIALOGUES,
            [turn.conversation_id for turn in done],
            [rows.dialogue_json(turn.dialogue) for turn in done],
            [turn.mode.value if turn.mode else None for turn in done],
            [turn.handover_reason for turn in done],
            [self._held.is_last(turn.conversation_id, turn.message_id) for turn in done],
            now,
        )
        replies = [(turn, reply) for turn in done for reply in turn.replies]
        if replies:
            await connection.execute(
                NEW_REPLIES,
                [turn.conversation_id for turn, _ in replies],
                [turn.contact.channel for turn, _ in replies],
                [reply.text.replace("\x00", "") for _, reply in replies],
                [rows.reply_extra(reply) for _, reply in replies],
                [turn.message_id for turn, _ in replies],
                Lane.REPLY.value,
                now,
            )
        for turn, _ in replies:
            topics.update((outgoing(turn.contact.channel), turn.contact))
        return kept

    async def _put_back(self, item: PutBack, connection: Connection, now: datetime) -> bool:
        state = await connection.fetchval(PUT_BACK, item.turn.message_id, item.error[:2000], MAX_TRIES, now)
        await connection.execute(RELEASE, item.turn.conversation_id, item.turn.lease)
        return bool(state == "aside")

    async def _sent(self, attempts: list[Attempt], connection: Connection, now: datetime) -> None:
        external = [attempt.external_ids[-1] if attempt.external_ids else None for attempt in attempts]
        early = [
            self._early.take(attempt.channel, name) if name else None
            for attempt, name in zip(attempts, external, strict=True)
        ]
        states = [receipt.delivery.value if receipt else "sent" for receipt in early]
        await connection.execute(SENT, [attempt.message_id for attempt in attempts], states, external, now)

    async def _not_sent(self, attempt: Attempt, connection: Connection, now: datetime) -> None:
        if attempt.retry_at is not None:
            await connection.execute(RETRY, attempt.message_id, attempt.retry_at)
            return
        conversation_id = await connection.fetchval(GIVEN_UP, attempt.message_id, attempt.reason[:2000], now)
        if conversation_id is not None and attempt.unreachable:
            await connection.execute(UNREACHABLE, conversation_id, now)
            self._contacts.clear()

    async def _receipt(self, receipt: DeliveryReceipt, connection: Connection) -> None:
        row = await connection.fetchrow(FIND_SENT, receipt.channel, receipt.external_id)
        if row is None:
            self._early.keep(receipt)
        elif RANK[row["state"]] < RANK[receipt.delivery]:
            await connection.execute(RECEIPT, row["id"], receipt.delivery.value, receipt.reason[:2000] or None)

    # --- reading ---------------------------------------------------------------------------------

    async def claim(self, limit: int, conversation_id: int | None = None) -> list[Waiting]:
        now = self._now()
        found = await self._fetch("claims", CLAIM, now, limit, conversation_id, now + HOLD, TURNS_A_CLAIM)
        for row in found:
            self._held.take(row["conversation_id"], row["id"], now)
        return [_waiting(row) for row in found]

    async def claim_outbound(self, channel: str, limit: int) -> list[Outbound]:
        # On the connection that holds the sender's lock: who lost the one cannot use the other.
        found = await self._fetch(f"sender {channel}", CLAIM_OUTBOUND, channel, self._now(), list(self._sending), limit)
        self._sending.update(row["id"] for row in found)
        return [
            Outbound(
                message_id=row["id"],
                contact=Contact(channel=channel, address=row["address"]),
                reply=rows.reply_of(row["text"], row["content"]),
                lane=Lane(row["lane"]),
                attempt=row["attempts"] + 1,
            )
            for row in found
        ]

    @asynccontextmanager
    async def sending(self, channel: str) -> AsyncIterator[bool]:
        purpose = f"sender {channel}"
        key = int.from_bytes(hashlib.blake2s(channel.encode(), digest_size=4).digest(), "big", signed=True)
        held = (await self._fetch(purpose, "SELECT pg_try_advisory_lock($1, $2)", LOCK_SPACE, key))[0][0]
        try:
            yield bool(held)
        finally:
            if held:
                with suppress(StoreUnavailable):
                    await self._fetch(purpose, "SELECT pg_advisory_unlock($1, $2)", LOCK_SPACE, key)

    async def said(self, contact: Contact, after: int = 0, limit: int = 200) -> list[Logged]:
        found = await self._fetch("reader", SAID, contact.channel, contact.address, after, limit)
        return [
            rows.logged_of(row["id"], row["author"], row["text"], row["content"], row["created_at"], row["in_reply_to"])
            for row in found
        ]

    async def figures(self) -> QueueFigures:
        waiting, oldest = (await self._fetch("reader", WAITING))[0]
        queued = {row["lane"]: row["count"] for row in await self._fetch("reader", QUEUED)}
        return self._tally.figures(waiting, oldest, queued, self._now())


def _may_complete(turn: Completed, stands: tuple[str, int] | None) -> bool:
    if stands is None:
        return False
    mode, lease = stands
    speaks = turn.outcome not in SILENT_OUTCOMES
    return lease == turn.lease and not (speaks and mode == Mode.PERSON)


def _waiting(row: Any) -> Waiting:
    return Waiting(
        message_id=row["id"],
        conversation_id=row["conversation_id"],
        inbound=rows.inbound_of(
            row["channel"],
            row["address"],
            row["idempotency_key"],
            row["text"],
            row["content"],
            row["said_at"],
            row["name"],
            row["language"],
        ),
        mode=Mode(row["mode"]),
        dialogue=rows.dialogue_of(row["dialogue"]),
        first=row["first"],
        tries=row["attempts"],
        received_at=row["created_at"],
        lease=row["lease"],
    )
