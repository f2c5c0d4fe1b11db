"""Files that readers are sent, and bodies that nobody could read."""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from bot.clock import Clock
from bot.messages import StoredFile
from db.connect import Database, store_errors
from db.models import FileRow, UnreadRow
from db.rows import clean

UNREAD_KEPT = 200
UNREAD_LETTERS = 16_384
UNREAD_FOR = timedelta(days=14)


class SqlFiles:
    """Fills ``bot.ports.Files``: bytes under their SHA-256."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, name: str, media_type: str, data: bytes) -> StoredFile:
        digest = hashlib.sha256(data).hexdigest()
        with store_errors():
            file_id = await self._find(digest)
            if file_id is None:
                row = {"sha256": digest, "size": len(data), "data": data, "created_at": self._clock.now()}
                try:
                    async with self._database.writer.begin() as connection:
                        kept = await connection.execute(insert(FileRow).values(**row).returning(FileRow.id))
                        file_id = kept.scalar_one()
                except IntegrityError:  # somebody kept the same bytes just now
                    file_id = await self._find(digest)
        assert file_id is not None
        return StoredFile(file_id=file_id, name=name, media_type=media_type, size=len(data))

    async def _find(self, digest: str) -> int | None:
        async with self._database.engine.connect() as connection:
            found: int | None = await connection.scalar(select(FileRow.id).where(FileRow.sha256 == digest))
        return found

    async def read(self, file_id: int) -> bytes | None:
        with store_errors():
            async with self._database.engine.connect() as connection:
                data: bytes | None = await connection.scalar(select(FileRow.data).where(FileRow.id == file_id))
        return data


class SqlUnread:
    """Fills ``bot.ports.Unread``: the newest 200 bodies, two weeks long."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, channel: str, kind: str, body: bytes) -> None:
        now = self._clock.now()
        text = clean(body[: UNREAD_LETTERS * 4].decode(errors="replace"))[:UNREAD_LETTERS]
        row = {"channel": channel[:64], "kind": kind[:16], "body": text, "at": now}
        with store_errors():
            async with self._database.writer.begin() as connection:
                kept = (await connection.execute(insert(UnreadRow).values(**row).returning(UnreadRow.id))).scalar_one()
                await connection.execute(
                    delete(UnreadRow).where((UnreadRow.id <= kept - UNREAD_KEPT) | (UnreadRow.at < now - UNREAD_FOR))
                )

    async def count(self) -> int:
        with store_errors():
            async with self._database.engine.connect() as connection:
                return await connection.scalar(select(func.count()).select_from(UnreadRow)) or 0
