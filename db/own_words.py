"""The library's own words: kept with their history, said from memory, followed by every process."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.own_words import Changed, KeptWords
from bot.wording.own import Own, OwnWords
from db.connect import Database, store_errors
from db.models_teaching import OwnWordsRow
from db.versions import keep_up, raise_version, read_if_changed

NAME = "own_words"
_KNOWN = frozenset(Own)


class SqlOwnWords:
    """Fills the ports ``Words`` and ``OwnWordsBook``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._version = -1
        self._words = OwnWords()
        self.say = self._words.say

    @property
    def edition(self) -> object:
        return self._version

    # --- what readers hear -----------------------------------------------------------------------

    async def refresh(self) -> bool:
        """Read the texts where they changed; True where they did. Raises StoreUnavailable."""
        changed = await read_if_changed(self._database, NAME, self._version, _now)
        if changed is None:
            return False
        self._version, found = changed
        self._words = OwnWords((one.which, one.language, one.text) for one in found)
        self.say = self._words.say
        return True

    async def follow(self) -> None:
        """Follow the store until cancelled."""
        await keep_up(self._database, NAME, lambda: self._version, self.refresh)

    # --- what librarians change ------------------------------------------------------------------

    async def all(self) -> Mapping[tuple[Own, str], KeptWords]:
        with store_errors():
            async with self._database.engine.connect() as connection:
                return {(one.which, one.language): one for one in await _now(connection)}

    async def history(self, which: Own, language: str) -> Sequence[KeptWords]:
        with store_errors():
            async with self._database.engine.connect() as connection:
                return await _history(connection, which, language)

    async def change(self, which: Own, language: str, text: str, *, version: int, by: str) -> Changed:
        async with self._database.writing() as connection:
            await raise_version(connection, NAME)  # first: it is the lock
            latest = next(iter(await _history(connection, which, language, 1)), None)
            if version != (latest.version if latest else 0):
                return Changed(latest, done=False)
            if text == (latest.text if latest else ""):
                return Changed(latest, done=True)
            row = {"name": which.value, "language": language, "text": text, "by": by, "at": self._clock.now()}
            await connection.execute(insert(OwnWordsRow).values(row))
            latest = next(iter(await _history(connection, which, language, 1)))
        await self.refresh()
        return Changed(latest, done=True)


async def _now(connection: AsyncConnection) -> Sequence[KeptWords]:
    """Every text as it is now."""
    latest = select(func.max(OwnWordsRow.id)).group_by(OwnWordsRow.name, OwnWordsRow.language)
    return _kept(await connection.execute(select(OwnWordsRow).where(OwnWordsRow.id.in_(latest))))


async def _history(
    connection: AsyncConnection, which: Own, language: str, limit: int | None = None
) -> Sequence[KeptWords]:
    wanted = select(OwnWordsRow).where(OwnWordsRow.name == which.value, OwnWordsRow.language == language)
    return _kept(await connection.execute(wanted.order_by(OwnWordsRow.id.desc()).limit(limit)))


def _kept(rows: Any) -> Sequence[KeptWords]:
    """The texts in rows; one that this version of the bot does not say is left out."""
    return [
        KeptWords(which=Own(row.name), language=row.language, text=row.text, version=row.id, at=row.at, by=row.by)
        for row in rows
        if row.name in _KNOWN
    ]
