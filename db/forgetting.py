"""Words and what hangs on them are taken out of the log; its figures (who counted, when, how it ended) stay."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import ConversationRow, FileRow, MessageRow
from db.models_circulation import CirculationOutcomeRow, HoldRow, LoanRow, RenewalRequestRow
from db.models_staff import StaffAnswerRow, StaffDraftRow, StaffNoteRow

OPEN = ("waiting", "queued")
"""States of messages that are still to be answered or sent: not touched."""
BATCH = 500
BARE = {"text": "", "content": None, "error": None}


async def forget_messages(connection: AsyncConnection, message_ids: Sequence[int]) -> None:
    """Wipe these messages, with the personal files in them."""
    if not message_ids:
        return
    which = MessageRow.id.in_(message_ids)
    found = await connection.scalars(select(MessageRow.content).where(which, MessageRow.content.is_not(None)))
    files = personal_files(found.all())
    await connection.execute(update(MessageRow).where(which, MessageRow.state.not_in(OPEN)).values(BARE))
    await forget_files(connection, files)


async def forget_conversation(connection: AsyncConnection, contact_id: int) -> int:
    """Wipe whatever was said with and about a contact, except what is under way; returns how many messages."""
    talk = select(ConversationRow.id).where(ConversationRow.contact_id == contact_id).scalar_subquery()
    await connection.execute(delete(StaffNoteRow).where(StaffNoteRow.conversation_id == talk))
    await connection.execute(delete(StaffDraftRow).where(StaffDraftRow.conversation_id == talk))
    taken_back = StaffAnswerRow.conversation_id == talk, StaffAnswerRow.due_at.is_(None)
    await connection.execute(delete(StaffAnswerRow).where(*taken_back))
    last, wiped = 0, 0
    while True:
        page = (
            select(MessageRow.id)
            .where(MessageRow.conversation_id == talk, MessageRow.id > last, MessageRow.state.not_in(OPEN))
            .order_by(MessageRow.id)
            .limit(BATCH)
        )
        ids = (await connection.scalars(page)).all()
        await forget_messages(connection, ids)
        wiped += len(ids)
        if len(ids) < BATCH:
            return wiped
        last = ids[-1]


async def forget_history(connection: AsyncConnection, patron_ids: Sequence[int]) -> None:
    """What these patrons have done is forgotten; what is lent and waited for now is the library's business still."""
    if not patron_ids:
        return
    over = (
        (LoanRow, LoanRow.returned_at.is_not(None)),
        (HoldRow, HoldRow.ended_at.is_not(None)),
        (RenewalRequestRow, RenewalRequestRow.decided_at.is_not(None)),
    )
    for table, ended in over:
        await connection.execute(delete(table).where(table.patron_id.in_(patron_ids), ended))
    outcomes = delete(CirculationOutcomeRow).where(CirculationOutcomeRow.patron_id.in_(patron_ids))
    await connection.execute(outcomes)


def personal_files(contents: Iterable[Any]) -> set[int]:
    """Files in replies that say something of a person: an export, a card's picture."""
    return {
        attachment["file"]["file_id"]
        for content in contents
        if isinstance(content, dict) and content.get("personal")
        for attachment in content.get("attachments", ())
        if attachment.get("file")
    }


async def forget_files(connection: AsyncConnection, file_ids: Iterable[int]) -> None:
    """Drop files, but for those that are still to be sent."""
    going = set(file_ids)
    if not going:
        return
    unsent = select(MessageRow.content).where(MessageRow.state == "queued", MessageRow.content.is_not(None))
    going -= personal_files((await connection.scalars(unsent)).all())
    if going:
        await connection.execute(delete(FileRow).where(FileRow.id.in_(going)))
