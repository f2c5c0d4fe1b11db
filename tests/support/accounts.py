"""Rows of accounts for tests that need something in every table."""

from datetime import datetime, timedelta

from sqlalchemy import insert, select

from db.connect import Database
from db.models import ContactRow
from db.models_accounts import (
    AuditRow,
    ConsentRow,
    ConsentTextRow,
    ContactCardRow,
    LinkAttemptRow,
    LinkCodeRow,
    NoticeWishRow,
    PatronSecretRow,
)


async def fill_accounts(database: Database, now: datetime, patron_id: int) -> None:
    """A row in each table of accounts, for the first contact of the store."""
    async with database.writer.begin() as connection:
        contact = await connection.scalar(select(ContactRow.id).order_by(ContactRow.id).limit(1))
        of = {"contact_id": contact}
        card = {"patron_id": patron_id, "way": "code", "child": False, "linked_at": now}
        await connection.execute(insert(ContactCardRow).values(of | card))
        words = {"version": "v1", "purpose": "service", "language": "ru", "text": "Согласен", "first_shown_at": now}
        await connection.execute(insert(ConsentTextRow).values(words))
        consent = {"subject": "s", "purpose": "service", "version": "v1", "channel": "chat", "key": "1"}
        await connection.execute(insert(ConsentRow).values(of | consent | {"given_at": now}))
        code = {"digest": "d", "patron_id": patron_id, "child": False, "issued_by": "desk", "issued_at": now}
        expires = {"expires_at": now + timedelta(minutes=15), "used_at": now, "used_by": contact}
        await connection.execute(insert(LinkCodeRow).values(code | expires))
        attempt = {"key": "1", "channel": "chat", "way": "code", "card": "", "outcome": "linked", "at": now}
        await connection.execute(insert(LinkAttemptRow).values(of | attempt))
        await connection.execute(insert(PatronSecretRow).values(patron_id=patron_id, pin="$argon2id$", set_at=now))
        wish = {"due_days": [3, 1], "overdue": True, "hide_titles": False, "muted": False, "updated_at": now}
        await connection.execute(insert(NoticeWishRow).values(of | wish))
        entry = {"at": now, "actor": "reader", "action": "link", "patron_id": patron_id, "details": {"way": "code"}}
        await connection.execute(insert(AuditRow).values(entry))
