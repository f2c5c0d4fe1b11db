"""What readers asked in vain, gathered from the log without the readers.

The log marks a missed turn in the turn's own transaction and does no more: the hot path pays nothing. A loop
takes such marks a moment later, and counts the words and marks them as noted in ONE transaction. So a crash
between the two loses nothing and counts nothing twice.
"""

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.endings import ended
from bot.errors import StoreUnavailable
from bot.language.folding import words
from bot.language.masking import masked
from bot.ports.log import PRIVATE
from bot.quick import dataclass
from bot.teaching import Lack, Miss, alike, key_of, lack_of
from db.answers import telling
from db.connect import Database, store_errors
from db.models import ContactRow, ConversationRow, MessageRow, MissRow
from db.upserts import insert_of

BATCH = 200
REST_S = 2.0
"""How soon a miss is among the misses, and the least between two looks; nobody waits for it."""
NEWCOMERS = 10
"""The newest tenth never goes when room is made: a new question comes once before it comes often."""
SLACK = 20
"""Room is made once so many wordings too many have gathered."""


@dataclass(frozen=True, slots=True)
class _Wording:
    """What of a missed message is kept."""

    message_id: int
    text: str
    alike: str
    lack: str
    intent: str
    language: str
    kind: str
    at: datetime

    @property
    def key(self) -> str:
        """What wordings that are counted together have in common."""
        return _digest("\n".join((self.text, self.lack, self.intent, self.language, self.kind)))


class SqlMisses:
    """The misses of one store.

    Args:
        database: Where the log and the misses are.
        clock: Where moments come from.
        keep: So many wordings are kept; the rarest and oldest go first.
        kinds: Channel → kind of messenger; a channel that is not there is named as it is.
        language: Of readers whose messenger reports none.
    """

    def __init__(
        self, database: Database, clock: Clock, *, keep: int, kinds: Mapping[str, str], language: str = "ru"
    ) -> None:
        self._database, self._clock = database, clock
        self._keep, self._kinds, self._language = keep, kinds, language

    async def follow(self, changes: AsyncIterator[None]) -> None:
        """Gather a moment after something was said, until cancelled.

        Args:
            changes: Yields after something may have been said; a heartbeat among it finds what took longer.
        """
        async with ended(changes) as looks:
            async for _ in looks:
                await asyncio.sleep(REST_S)
                with suppress(StoreUnavailable):  # /readyz tells of it; the marks wait in the log
                    await self.gather()

    async def gather(self) -> int:
        """Count every missed message that is not counted yet; returns how many. Raises StoreUnavailable."""
        counted = 0
        while True:
            found = await self._missed()
            if found:
                wordings = await asyncio.to_thread(self._wordings, found)
                counted += await self._note([row.id for row in found], wordings)
            if len(found) < BATCH:
                return counted

    async def _missed(self) -> Sequence[Any]:
        columns = (
            MessageRow.id,
            MessageRow.text,
            MessageRow.intent,
            MessageRow.channel,
            MessageRow.created_at,
            ContactRow.language,
            ConversationRow.waiting_since,
        )
        wanted = (
            select(*columns)
            .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
            .join(ContactRow, ContactRow.id == ConversationRow.contact_id)
            .where(MessageRow.outcome == "missed", MessageRow.miss_noted.is_(None))
            .order_by(MessageRow.id)
            .limit(BATCH)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                return (await connection.execute(wanted)).all()

    def _wordings(self, found: Iterable[Any]) -> list[_Wording]:
        """In a thread: reducing words to their stems takes a while at first."""
        kept = []
        for row in found:
            if row.intent == PRIVATE:
                continue
            if row.waiting_since is not None and row.created_at >= row.waiting_since:
                continue  # said to the librarian who was called, not to the bot
            text = masked(row.text)
            if not words(text):
                continue  # a press, a picture
            intent = row.intent or ""
            language = (row.language or self._language)[:2].lower()
            kind = self._kinds.get(row.channel, row.channel)
            stems = _stems(text)
            kept.append(
                _Wording(row.id, text, _digest(stems), lack_of(intent).value, intent, language, kind, row.created_at)
            )
        return kept

    async def _note(self, message_ids: Sequence[int], wordings: Sequence[_Wording]) -> int:
        mark = (
            update(MessageRow)
            .where(MessageRow.id.in_(message_ids), MessageRow.miss_noted.is_(None))
            .values(miss_noted=True)
            .returning(MessageRow.id)
        )
        async with self._database.writing() as connection:
            ours = set(await connection.scalars(mark))  # another process may have been quicker with some
            rows = _counted([wording for wording in wordings if wording.message_id in ours])
            if rows:
                await connection.execute(self._upsert(), rows)
                await self._make_room(connection)
        return sum(int(row["times"]) for row in rows)

    def _upsert(self) -> Any:
        insert: Callable[..., Any] = insert_of(self._database.dialect)
        adding = insert(MissRow)
        new, old = adding.excluded, MissRow
        gone = old.gone_at.is_not(None)
        values = {
            "times": case((gone, new.times), else_=old.times + new.times),
            "first_at": case((gone, new.first_at), else_=old.first_at),
            "last_at": case((new.last_at > old.last_at, new.last_at), else_=old.last_at),
            "gone_at": None,
        }
        return adding.on_conflict_do_update(index_elements=[MissRow.key], set_=values)

    async def _make_room(self, connection: AsyncConnection) -> None:
        total = await connection.scalar(select(func.count()).select_from(MissRow)) or 0
        if total <= self._keep + self._keep // SLACK:
            return
        newest = select(MissRow.id).order_by(MissRow.last_at.desc(), MissRow.id.desc()).limit(self._keep // NEWCOMERS)
        going = (
            select(MissRow.id)
            .where(MissRow.id.not_in(newest))
            .order_by(MissRow.gone_at.is_(None), MissRow.times, MissRow.last_at, MissRow.id)
            .limit(total - self._keep)
        )
        gone = list(await connection.scalars(going))
        await connection.execute(delete(MissRow).where(MissRow.id.in_(gone)))

    # --- for the librarians ----------------------------------------------------------------------

    async def all(self, since: datetime | None = None) -> list[Miss]:
        """Everything that was asked in vain, the most frequent first; wordings alike are one.

        Args:
            since: Only what came at this moment or later (its whole count is told).

        Raises:
            StoreUnavailable: From the store.
        """
        wanted = select(MissRow).where(MissRow.gone_at.is_(None)).order_by(MissRow.times.desc(), MissRow.id)
        if since is not None:
            wanted = wanted.where(MissRow.last_at >= since)
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = (await connection.execute(wanted)).all()
        groups: dict[str, list[Any]] = defaultdict(list)
        for row in found:
            groups[row.alike].append(row)
        misses = [miss_of(rows) for rows in groups.values()]
        return sorted(misses, key=lambda miss: (-miss.count, -miss.last_at.timestamp(), miss.miss_id))

    async def forget(self, miss_id: int) -> int:
        """Drop a miss with all its wordings; returns how many, 0 where there is none. Raises StoreUnavailable."""
        same = select(MissRow.alike).where(MissRow.id == miss_id).scalar_subquery()
        async with self._database.writing() as connection:
            gone = await connection.scalars(delete(MissRow).where(MissRow.alike == same).returning(MissRow.id))
            return len(gone.all())


def _stems(text: str) -> str:
    """What wordings alike have in common; a text of small words only is compared as it stands."""
    told = telling(text)
    return alike(told - _words_of_asking() or told or key_of(text))


@cache
def _words_of_asking() -> frozenset[str]:
    return telling("книга книжка книжечка ищу искать поищите найти найдите нужна нужен нужно почитать взять дайте book")


def _counted(wordings: Iterable[_Wording]) -> list[dict[str, Any]]:
    """A row a wording, in the order of their keys: two processes never wait for each other in a circle."""
    rows: dict[str, dict[str, Any]] = {}
    for wording in wordings:
        row = rows.setdefault(
            wording.key,
            {
                "key": wording.key,
                "alike": wording.alike,
                "text": wording.text,
                "lack": wording.lack,
                "intent": wording.intent,
                "language": wording.language,
                "kind": wording.kind,
                "times": 0,
                "first_at": wording.at,
                "last_at": wording.at,
            },
        )
        row["times"] += 1
        row["first_at"], row["last_at"] = min(row["first_at"], wording.at), max(row["last_at"], wording.at)
    return [rows[key] for key in sorted(rows)]


def miss_of(rows: Sequence[Any]) -> Miss:
    """One miss out of its wordings, the commonest of which is the first."""
    channels: dict[str, int] = {}
    texts: dict[str, int] = {}
    for row in rows:
        channels[row.kind] = channels.get(row.kind, 0) + row.times
        texts[row.text] = texts.get(row.text, 0) + row.times
    text, *variants = sorted(texts, key=lambda one: -texts[one])
    return Miss(
        miss_id=min(row.id for row in rows),
        text=text,
        count=sum(row.times for row in rows),
        first_at=min(row.first_at for row in rows),
        last_at=max(row.last_at for row in rows),
        lacks=tuple(dict.fromkeys(Lack(row.lack) for row in rows)),
        intents=tuple(dict.fromkeys(row.intent for row in rows if row.intent)),
        languages=tuple(dict.fromkeys(row.language for row in rows)),
        channels=channels,
        variants=tuple(variants),
    )


def _digest(text: str) -> str:
    return hashlib.blake2s(text.encode(), digest_size=24).hexdigest()
