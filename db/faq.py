"""The library's own answers, kept in the store and answered from memory."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, tuple_

from bot.clock import Clock
from bot.ports.library import FaqAnswer, FaqEntry
from db.answers import Answers
from db.connect import Database, store_errors
from db.faq_writing import COLUMNS, entry_of, says_the_same, write
from db.models import FaqRow

CONFIG = "config"
LOOK_EVERY = timedelta(seconds=5)
"""How soon an answer that another process changed is told."""
_STAMP = (func.count(), func.sum(FaqRow.version), func.max(FaqRow.updated_at))
"""Differs after every change of any answer."""


class SqlFaq:
    """Fills the port ``Faq``.

    A topic with a dot falls back to the part before it: where nothing is said of ``rules.wifi``,
    ``rules`` answers.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._answers = Answers(())
        self._stamp: tuple[int, int, datetime | None] | None = None
        self._looked_at: datetime | None = None
        self._edition = 0

    @property
    def edition(self) -> int:
        """Counts the changes that this process knows of."""
        return self._edition

    async def put(self, entries: Sequence[FaqEntry], source: str = CONFIG) -> None:
        """Keep answers from ``config``, ``import`` or ``console``.

        What the staff imported or edited is never overwritten from the configuration, and what the
        configuration no longer says goes. Raises StoreUnavailable.
        """
        now = self._clock.now()
        wanted = {(entry.topic, entry.language): entry for entry in entries}
        async with self._database.writing() as connection:
            stored = {(row.topic, row.language): row for row in await connection.execute(select(*COLUMNS))}
            gone = [key for key, was in stored.items() if source == was.source == CONFIG and key not in wanted]
            if gone:
                await connection.execute(delete(FaqRow).where(tuple_(FaqRow.topic, FaqRow.language).in_(gone)))
            for key, entry in wanted.items():
                row = stored.get(key)
                if row is not None and source == CONFIG != row.source:
                    continue
                if row is None or not says_the_same(row, entry, source, enabled=True):
                    await write(connection, entry, stored=row, source=source, now=now)
        self.look_again()

    def look_again(self) -> None:
        """Something was written: whoever asks next hears it."""
        self._stamp = self._looked_at = None
        self._edition += 1

    async def topics(self) -> list[str]:
        """Every topic that something is written on. Raises StoreUnavailable."""
        with store_errors():
            async with self._database.engine.connect() as connection:
                wanted = select(FaqRow.topic).where(FaqRow.enabled).distinct().order_by(FaqRow.topic)
                return list(await connection.scalars(wanted))

    async def about(self, topic: str, language: str) -> FaqAnswer | None:
        return (await self._current()).about(topic, language)

    async def nearest(self, text: str, language: str) -> FaqAnswer | None:
        return (await self._current()).nearest(text, language)

    async def _current(self) -> Answers:
        now = self._clock.now()
        if self._looked_at is not None and now - self._looked_at < LOOK_EVERY:
            return self._answers
        with store_errors():
            async with self._database.engine.connect() as connection:
                row = (await connection.execute(select(*_STAMP))).one()
                stamp = (row[0], row[1] or 0, row[2])
                if stamp != self._stamp:
                    found = await connection.execute(select(*COLUMNS).where(FaqRow.enabled).order_by(FaqRow.id))
                    self._answers = Answers(entry_of(row) for row in found)
                    self._edition += 1
        self._stamp, self._looked_at = stamp, now
        return self._answers
