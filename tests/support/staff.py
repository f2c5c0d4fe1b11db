"""Members of the staff for tests, and rows of the desk where every table needs one."""

from datetime import datetime

from sqlalchemy import insert, select

from bot.clock import Clock
from bot.staff import StaffMember, StaffRole
from console import passwords
from db.connect import Database
from db.models import ConversationRow
from db.models_handover import ChannelStateRow, HandoverRow
from db.models_staff import CannedRow, StaffAnswerRow, StaffDraftRow, StaffNoteRow, StaffRow
from db.staff import SqlStaffBook

PASSWORD = "книги-пахнут-клеем"


async def hire(
    database: Database,
    clock: Clock,
    login: str = "masha",
    name: str = "Мария Петровна",
    role: StaffRole = StaffRole.LIBRARIAN,
    branches: tuple[str, ...] = (),
) -> StaffMember:
    """Somebody who may come in with :data:`PASSWORD` and need not change it."""
    book, password = SqlStaffBook(database, clock), await passwords.hashed(PASSWORD)
    staff_id = await book.add(login, name, role, branches, password)
    await book.set_password(staff_id, password, must_change=False)
    keys = await book.keys(login)
    assert keys is not None
    return keys.member


async def fill_desk(database: Database, now: datetime) -> None:
    """A row in each table of the desk but for those of who is signed in."""
    person = {"login": "masha", "name": "Мария", "role": "admin", "password": "$argon2id$", "must_change": False}
    async with database.writer.begin() as connection:
        adding = insert(StaffRow).values(person | {"branches": ["01"], "created_at": now}).returning(StaffRow.id)
        staff_id = await connection.scalar(adding)
        conversation_id = await connection.scalar(select(ConversationRow.id).order_by(ConversationRow.id).limit(1))
        of = {"staff_id": staff_id, "conversation_id": conversation_id, "text": "Нашла"}
        note = {"key": "n1", "created_at": now}
        await connection.execute(insert(StaffNoteRow).values(of | note))
        await connection.execute(insert(StaffDraftRow).values(of | {"updated_at": now}))
        await connection.execute(insert(StaffAnswerRow).values(of | {"key": "a1", "created_at": now, "due_at": now}))
        call = {"conversation_id": conversation_id, "channel": "chat", "reason": "asked", "called_at": now}
        await connection.execute(insert(HandoverRow).values(call | {"helped": True, "rated_at": now, "words": "Да"}))
        stands = {"channel": "vk", "way": "out", "state": "lost", "since": now, "seen_at": now}
        await connection.execute(insert(ChannelStateRow).values(stands))
        await connection.execute(insert(CannedRow).values(title="Привет", text="Здравствуйте!", updated_at=now))
