"""The library's own answers, kept in the store and answered from memory."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, tuple_, update

from bot.clock import Clock
from bot.ports import FaqAnswer, FaqEntry
from db.answers import Answers
from db.connect import Database, store_errors
from db.models import FaqRow

CONFIG = "config"
LOOK_EVERY = timedelta(seconds=5)
"""How soon an answer that another process changed is told."""


class SqlFaq:
    """Fills the port ``Faq``.

    A topic with a dot falls back to the part before it: where nothing is said of ``rules.wifi``,
    ``rules`` answers.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._answers = Answers(())
        self._stamp: tuple[int, datetime | None] | None = None
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
        with store_errors():
            async with self._database.writer.begin() as connection:
                found = await connection.execute(select(FaqRow.topic, FaqRow.language, FaqRow.source))
                stored = {(row.topic, row.language): row.source for row in found}
                gone = [key for key, was in stored.items() if source == was == CONFIG and key not in wanted]
                if gone:
                    await connection.execute(delete(FaqRow).where(tuple_(FaqRow.topic, FaqRow.language).in_(gone)))
                for key, entry in wanted.items():
                    if source == CONFIG and stored.get(key, CONFIG) != CONFIG:
                        continue
                    values = {
                        "questions": list(entry.questions),
                        "answer": entry.answer,
                        "url": entry.url,
                        "source": source,
                        "updated_at": now,
                    }
                    if key in stored:
                        where = (FaqRow.topic == entry.topic, FaqRow.language == entry.language)
                        await connection.execute(update(FaqRow).where(*where).values(values))
                    else:
                        row = {"topic": entry.topic, "language": entry.language, **values}
                        await connection.execute(insert(FaqRow).values(row))
        self._stamp = self._looked_at = None
        self._edition += 1

    async def topics(self) -> list[str]:
        """Every topic that something is written on. Raises StoreUnavailable."""
        with store_errors():
            async with self._database.engine.connect() as connection:
                return list(await connection.scalars(select(FaqRow.topic).distinct().order_by(FaqRow.topic)))

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
                row = (await connection.execute(select(func.count(), func.max(FaqRow.updated_at)))).one()
                stamp = (row[0], row[1])
                if stamp != self._stamp:
                    columns = (FaqRow.topic, FaqRow.language, FaqRow.questions, FaqRow.answer, FaqRow.url)
                    found = await connection.execute(select(*columns).order_by(FaqRow.id))
                    self._answers = Answers(
                        FaqEntry(topic=topic, language=spoken, answer=answer, questions=tuple(questions), url=url)
                        for topic, spoken, questions, answer, url in found
                    )
                    self._edition += 1
        self._stamp, self._looked_at = stamp, now
        return self._answers
