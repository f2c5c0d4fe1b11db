"""Files that readers are sent, and bodies that nobody could read."""

import hashlib
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, or_, select

from bot.clock import Clock
from bot.messages import Contact, StoredFile
from db.connect import Database, store_errors
from db.holders import of as of_contact
from db.models import ContactRow, FileRow, UnreadRow
from db.rows import clean
from db.upserts import insert_of

NOBODY, SOMEBODY = 0, -1
"""Owners that are no contact: of a public file; of a person whom the store does not know (it ages like a person's)."""
UNREAD_KEPT = 200
UNREAD_LETTERS = 16_384
UNREAD_FOR = timedelta(days=14)


class SqlFiles:
    """Fills ``bot.ports.files.Files``: bytes under their SHA-256, those of a person under the contact as well."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def keep(
        self, name: str, media_type: str, data: bytes, of: Contact | None = None, *, of_talk: bool = False
    ) -> StoredFile:
        row = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "data": data}
        with store_errors():
            file_id = await (self._anybodys(row) if of is None else self._of_contact({**row, "of_talk": of_talk}, of))
        return StoredFile(file_id=file_id, name=name, media_type=media_type, size=len(data))

    async def _anybodys(self, row: dict[str, Any]) -> int:
        """Usually there already: then nothing is written."""
        wanted = select(FileRow.id).where(FileRow.owner == NOBODY, FileRow.sha256 == row["sha256"])
        async with self._database.engine.connect() as connection:
            found: int | None = await connection.scalar(wanted)
        return await self._put({**row, "owner": NOBODY}) if found is None else found

    async def _of_contact(self, row: dict[str, Any], contact: Contact) -> int:
        """Young again with every keeping: it must not grow too old while its message waits to be written."""
        async with self._database.engine.connect() as connection:
            owner: int | None = await connection.scalar(select(ContactRow.id).where(of_contact(contact)))
        return await self._put({**row, "owner": SOMEBODY if owner is None else owner})

    async def _put(self, row: dict[str, Any]) -> int:
        make = insert_of(self._database.dialect)
        now = self._clock.now()
        putting = make(FileRow).values(**row, created_at=now)
        again = {"created_at": now, "of_talk": or_(FileRow.of_talk, putting.excluded.of_talk)}
        kept = putting.on_conflict_do_update(index_elements=["owner", "sha256"], set_=again)
        async with self._database.writing() as connection:
            return (await connection.execute(kept.returning(FileRow.id))).scalar_one()

    async def read(self, file_id: int) -> bytes | None:
        with store_errors():
            async with self._database.engine.connect() as connection:
                data: bytes | None = await connection.scalar(select(FileRow.data).where(FileRow.id == file_id))
        return data


class SqlUnread:
    """Fills ``bot.ports.files.Unread``: the newest 200 bodies, two weeks long."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, channel: str, kind: str, body: bytes) -> None:
        now = self._clock.now()
        text = clean(body[: UNREAD_LETTERS * 4].decode(errors="replace"))[:UNREAD_LETTERS]
        row = {"channel": channel[:64], "kind": kind[:16], "body": text, "at": now}
        async with self._database.writing() as connection:
            kept = (await connection.execute(insert(UnreadRow).values(**row).returning(UnreadRow.id))).scalar_one()
            await connection.execute(
                delete(UnreadRow).where((UnreadRow.id <= kept - UNREAD_KEPT) | (UnreadRow.at < now - UNREAD_FOR))
            )

    async def count(self) -> int:
        with store_errors():
            async with self._database.engine.connect() as connection:
                return await connection.scalar(select(func.count()).select_from(UnreadRow)) or 0
