"""The words of messages, for the console's search: an index behind the log, filled from it and never before it.

A message is kept first and its words a moment later, by :meth:`SqlWords.follow` and by each search, so that no
message pays for it. What leaves the log (somebody is forgotten, words have had their time, a reader takes them back)
leaves the index in the same transaction: the tables' own triggers see to it, whoever wipes. Everything here can be
made anew from the messages (:meth:`SqlWords.rebuild`); a restored store does so by itself.

Words are kept by their stems (``bot.language``), so that «книгу» finds «книги», and both databases find the same.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.endings import ended
from bot.errors import StoreUnavailable
from bot.language.folding import words
from bot.language.morphology import stem
from db import rows
from db.connect import Database, store_errors

log = structlog.get_logger(__name__)

BATCH = 1_000
PAUSE_S = 0.5
"""Between two looks while messages come: their words are in after this at the latest, or at the next search."""
REST = 3
"""While more than a batch waits, it rests so many times as long as it worked: readers' messages go first."""
AGAIN_S = 5.0
"""PostgreSQL: how often the messages that are not settled are looked through for what appeared among them."""
RETRY_S = 5.0
SETTLED = timedelta(seconds=20)
"""PostgreSQL gives out numbers before the commit: of messages younger than this one may still appear below others."""
LONGEST_WORD = 40
MOST_ASKED = 8
"""Words of a search that count."""
PREFIX_FROM = 3
"""Letters from which the last word is taken for the beginning of one, as somebody types it."""
LOCK = "SELECT pg_try_advisory_xact_lock(4201, 1)"
"""One process fills at a time, and nobody wipes meanwhile: the triggers take the same lock, shared (migration 0013)."""

PENDING = {
    "sqlite": """
SELECT m.id, m.text, m.created_at FROM messages m WHERE m.id > (SELECT mark FROM message_words_mark)
ORDER BY m.id LIMIT :limit""",
    "postgresql": """
SELECT m.id, m.text, m.created_at FROM messages m WHERE m.id > (SELECT greatest(mark, :seen) FROM message_words_mark)
AND NOT EXISTS (SELECT 1 FROM message_words w WHERE w.message_id = m.id) AND m.text <> ''
ORDER BY m.id LIMIT :limit""",
}
STALE = """
SELECT s.message_id AS id, coalesce(m.text, '') AS text FROM message_words_stale s
LEFT JOIN messages m ON m.id = s.message_id ORDER BY s.message_id LIMIT :limit"""
PUT = {
    "sqlite": """
INSERT OR REPLACE INTO message_words (rowid, stems) SELECT m.id, j.value ->> 2 FROM json_each(:rows) j
JOIN messages m ON m.id = j.value ->> 0 AND m.text = j.value ->> 1""",
    "postgresql": """
INSERT INTO message_words (message_id, stems)
SELECT m.id, array_to_tsvector(string_to_array(j.value ->> 2, ' ')) FROM json_array_elements(CAST(:rows AS json)) j
JOIN messages m ON m.id = CAST(j.value ->> 0 AS bigint) AND m.text = j.value ->> 1 ON CONFLICT DO NOTHING""",
}
"""All in one statement, and only where the words still are what was read."""
ADVANCE = {
    "sqlite": "UPDATE message_words_mark SET mark = max(mark, :last)",
    "postgresql": """
UPDATE message_words_mark SET mark = greatest(mark, coalesce((
  SELECT max(id) FROM messages WHERE id > mark AND id <= :last AND created_at < :settled), 0))""",
}
DONE = "DELETE FROM message_words_stale WHERE message_id = :id"
EMPTY = ("DELETE FROM message_words", "DELETE FROM message_words_stale", "UPDATE message_words_mark SET mark = 0")


class SqlWords:
    """The index of one store.

    Args:
        database: Where messages and index are.
        clock: Tells which messages are settled.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._one = asyncio.Lock()
        self._seen, self._again_at = 0, 0.0

    async def follow(self, changes: AsyncIterator[None]) -> None:
        """Keep up with the log until cancelled.

        Args:
            changes: Yields after something may have been said; a heartbeat among it is welcome.
        """
        async with ended(changes) as looks:
            async for _ in looks:
                try:
                    while await self._step():
                        pass
                except StoreUnavailable:
                    await asyncio.sleep(RETRY_S)  # /readyz tells of it

    async def _step(self) -> bool:
        """One batch and its rest; whether to go on without waiting for a word."""
        began = time.monotonic()
        found = await self.gather()
        rest = REST * (time.monotonic() - began) if found >= BATCH else PAUSE_S
        await asyncio.sleep(rest)
        return found > 0

    async def gather(self, limit: int = BATCH) -> int:
        """Put in what is not in yet, the oldest first; returns how many messages were looked at.

        Raises:
            StoreUnavailable: From the store; nothing is lost by it.
        """
        async with self._one:
            with store_errors():
                async with self._database.engine.connect() as connection:
                    stale = (await connection.execute(text(STALE), {"limit": limit})).all()
                    fresh = await self._fresh(connection, limit)
            if not stale and not fresh:
                return 0
            known = await asyncio.to_thread(_stemmed, {row.id: row.text for row in (*stale, *fresh)})
            async with self._database.writing() as connection:
                if self._dialect == "postgresql" and not await connection.scalar(text(LOCK)):
                    return 0
                await self._keep(connection, known, [row.id for row in stale], fresh)
            self._seen = fresh[-1].id if fresh else self._seen
            return len(stale) + len(fresh)

    async def _fresh(self, connection: AsyncConnection, limit: int) -> Sequence[Any]:
        """The next messages that are not in."""
        if self._dialect == "sqlite":
            return (await connection.execute(text(PENDING["sqlite"]), {"limit": limit})).all()
        now = time.monotonic()
        if now >= self._again_at:
            self._seen, self._again_at = 0, now + AGAIN_S
        return (await connection.execute(text(PENDING["postgresql"]), {"limit": limit, "seen": self._seen})).all()

    async def _keep(self, connection: AsyncConnection, known: str, stale: Sequence[int], fresh: Sequence[Any]) -> None:
        await connection.execute(text(PUT[self._dialect]), {"rows": known})
        if stale:
            await connection.execute(text(DONE), [{"id": number} for number in stale])
        if fresh:
            values = {"last": fresh[-1].id}
            if self._dialect == "postgresql":
                values["settled"] = self._clock.now() - SETTLED
            await connection.execute(text(ADVANCE[self._dialect]), values)

    async def rebuild(self) -> int:
        """Forget the index and make it anew; returns how many messages were looked at. Raises StoreUnavailable."""
        async with self._database.writing() as connection:
            for statement in EMPTY:
                await connection.execute(text(statement))
        self._again_at = 0.0
        total = 0
        while found := await self.gather(10 * BATCH):
            total += found
        return total

    @property
    def _dialect(self) -> str:
        return self._database.dialect


def _stemmed(found: Mapping[int, str]) -> str:
    """In a thread: a thousand messages take some tens of milliseconds. Who has no words is kept, too: as looked at."""
    rows = [(number, said, stems_of(said)) for number, said in found.items()]
    return json.dumps(rows, ensure_ascii=False)


def stems_of(said: str) -> str:
    """The distinct stems of a text, parted by spaces; "" where it has no words."""
    return " ".join(dict.fromkeys(stem(word)[:LONGEST_WORD] for word in words(said)))


def match_of(said: str, dialect: str) -> str:
    """What somebody looks for in the database's own language; "" where they said no words.

    All words must stand in one message. The last one may be a beginning: who types «библиот» means «библиотека».
    """
    asked = [word[:LONGEST_WORD] for word in words(rows.clean(said))[:MOST_ASKED]]
    if not asked:
        return ""
    made = [_alternatives(word, dialect, begins=word is asked[-1]) for word in asked]
    return (" AND " if dialect == "sqlite" else " & ").join(dict.fromkeys(made))


def _alternatives(word: str, dialect: str, *, begins: bool) -> str:
    # Words are letters and digits only (``fold``), so the quotes cannot be left.
    ending = stem(word)
    if not begins or len(word) < PREFIX_FROM:
        return f'"{ending}"' if dialect == "sqlite" else f"'{ending}'"
    return f'("{ending}" OR "{word}" *)' if dialect == "sqlite" else f"('{ending}' | '{word}':*)"
