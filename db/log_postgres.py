"""The message log on PostgreSQL: any number of processes share the work.

Claims lock conversations with SKIP LOCKED and leave a fencing lease, so a process that lost its
claim cannot complete a turn. Batches go in few round trips over ``unnest``; LISTEN/NOTIFY wakes
the other processes, and every sleeper looks by itself now and then as the safety net.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import msgspec
from sqlalchemy import URL

from bot.clock import Clock
from bot.errors import InputError, StoreUnavailable
from bot.messages import (
    Contact,
    Lane,
    Outbound,
)
from bot.ports.letters import Logged
from bot.ports.log import Mode, QueueFigures, Waiting
from db import log_postgres_sql as sql
from db import rows
from db.log_common import (
    ARRIVED,
    FORGET,
    HOLD,
    NOTICES,
    TURNS_A_CLAIM,
    figures_of,
)
from db.log_postgres_writing import ARRIVALS, WRITER, PostgresWriting, ids_text
from db.postgres import PASSING, Session

RECONNECT_S = 2.0
TIDY_S = 5.0
"""How often claims of processes that died are looked for, and receipts that came too early told again."""
LOCK_SPACE = 0x42494249
"""First key of our advisory locks, so that they meet nobody else's."""


class PostgresLog(PostgresWriting):
    """The log in a PostgreSQL database.

    Args:
        url: Where it is; the tables exist already.
        clock: Where moments come from.
    """

    def __init__(self, url: URL, clock: Clock) -> None:
        super().__init__(url, clock)
        self._locked: dict[str, Session] = {}
        """By channel, the session that holds the sender's lock."""
        self._helpers: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Begin to listen to the other processes. Raises StoreUnavailable."""
        await self.figures()
        self._helpers = [
            asyncio.create_task(self._listen(), name="log-listener"),
            asyncio.create_task(self._tidy(), name="log-tidying"),
        ]

    async def aclose(self) -> None:
        """Commit what is waiting, end every iteration, close the connections."""
        await self._arrivals.aclose()
        await self._commits.aclose()
        self._wakes.close()
        for helper in self._helpers:
            helper.cancel()
        await asyncio.gather(*self._helpers, return_exceptions=True)
        with suppress(StoreUnavailable):
            await self._fetch(WRITER, sql.NOTIFY, NOTICES, "")  # what we leave waiting, others may take at once
        for connection in self._connections.values():
            with suppress(*PASSING):
                await connection.close(timeout=5)

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
            except (*PASSING, asyncpg.PostgresError):
                pass  # said by /readyz; here we only try again
            await asyncio.sleep(RECONNECT_S)

    async def _tidy(self) -> None:
        """Free the claims of processes that died; tell again the receipts that came before the sender's mark."""
        while True:
            with suppress(StoreUnavailable, InputError, asyncpg.PostgresError):
                if await self._fetch("reader", sql.ORPHANS):
                    self._wakes.wake((ARRIVED,))
                for receipt in self._early.recent(self._now()):
                    await self.note(receipt)
            await asyncio.sleep(TIDY_S)

    def _heard(self, _: object, pid: int, __: str, payload: str) -> None:
        ours = (self._connections.get(purpose) for purpose in (ARRIVALS, WRITER))
        if any(one is not None and not one.is_closed() and one.get_server_pid() == pid for one in ours):
            return
        if not payload:
            self._contacts.clear()
            self._wakes.wake_all()
            return
        topics = msgspec.json.decode(payload)
        if FORGET in topics:
            self._contacts.clear()
        self._wakes.wake(
            Contact(channel=topic[1], address=topic[2])
            if isinstance(topic, list) and topic[0] == "contact"
            else tuple(topic)
            if isinstance(topic, list)
            else topic
            for topic in topics
        )

    # --- reading ---------------------------------------------------------------------------------

    async def claim(self, limit: int, conversation_id: int | None = None) -> list[Waiting]:
        now = self._now()
        in_hand = ids_text(self._held.conversations(now))
        values = (now, limit, conversation_id, now + HOLD, TURNS_A_CLAIM, in_hand)
        found = await self._fetch("claims", sql.CLAIM, *values)
        claims: dict[tuple[int, int], set[int]] = {}
        for row in found:
            claims.setdefault((row["conversation_id"], row["lease"]), set()).add(row["id"])
        for (key, lease), messages in claims.items():
            self._held.take(key, messages, now, lease)
        return [_waiting(row) for row in found]

    async def claim_outbound(self, channel: str, limit: int) -> list[Outbound]:
        values = (sql.CLAIM_OUTBOUND, channel, self._now(), ids_text(self._sending.values()), limit)
        found = await self._fetch(f"sender {channel}", *values, only=self._locked.get(channel))
        self._sending.update({row["id"]: row["conversation_id"] for row in found})
        return [
            Outbound(
                message_id=row["id"],
                contact=Contact(channel=channel, address=row["address"]),
                reply=rows.reply_of(row["text"], row["content"]),
                lane=Lane(row["lane"]),
                attempt=row["attempts"] + 1,
                heard_at=row["heard_at"],
            )
            for row in found
        ]

    @asynccontextmanager
    async def sending(self, channel: str) -> AsyncIterator[bool]:
        purpose = f"sender {channel}"
        key = int.from_bytes(hashlib.blake2s(channel.encode(), digest_size=4).digest(), "big", signed=True)
        if channel in self._locked:
            yield False
            return
        held = (await self._fetch(purpose, "SELECT pg_try_advisory_lock($1, $2)", LOCK_SPACE, key))[0][0]
        if not held:
            yield False
            return
        self._locked[channel] = connection = self._connections[purpose]
        try:
            yield True
        finally:
            del self._locked[channel]
            with suppress(StoreUnavailable):
                await self._fetch(purpose, "SELECT pg_advisory_unlock($1, $2)", LOCK_SPACE, key, only=connection)

    async def said(self, contact: Contact, after: int = 0, limit: int = 200) -> list[Logged]:
        found = await self._fetch("reader", sql.SAID, contact.channel, contact.address, after, limit)
        return [_logged(row) for row in found]

    async def one(self, channel: str, message_id: int) -> tuple[Contact, Logged] | None:
        found = await self._fetch("reader", sql.ONE, message_id, channel)
        return (Contact(channel=channel, address=found[0]["address"]), _logged(found[0])) if found else None

    async def figures(self) -> QueueFigures:
        *totals, waiting, oldest = (await self._fetch("reader", sql.FIGURES))[0]
        queued = {row["lane"]: row["count"] for row in await self._fetch("reader", sql.QUEUED)}
        return figures_of((totals[0], totals[1], totals[2]), waiting, oldest, queued, self._now())


def _logged(row: Any) -> Logged:
    return rows.logged_of(row["id"], row["author"], row["text"], row["content"], row["created_at"], row["in_reply_to"])


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
