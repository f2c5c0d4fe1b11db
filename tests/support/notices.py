"""Rows of notices for tests that need something in every table."""

from datetime import datetime

from sqlalchemy import insert

from db.connect import Database
from db.models_notices import NoticeItemRow, NoticeLetterRow, NoticeRow


async def fill_notices(database: Database, now: datetime, patron_id: int) -> None:
    """A row in each table of notices."""
    async with database.writer.begin() as connection:
        notice = {"patron_id": patron_id, "state": "sent", "zone": "UTC", "planned_at": now, "send_at": now}
        number = await connection.scalar(insert(NoticeRow).values(notice | {"message_id": 1}).returning(NoticeRow.id))
        item = {"kind": "due", "subject_id": 1, "day": now.date(), "stage": 3, "notice_id": number}
        await connection.execute(insert(NoticeItemRow).values(item))
        letter = {"message_id": 1, "notice_id": number, "contact_id": 1, "channel": "chat", "at": now, "tried": True}
        await connection.execute(insert(NoticeLetterRow).values(letter))
