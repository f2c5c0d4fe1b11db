"""Words and what hangs on them are taken out of the log; its figures (who counted, when, how it ended) stay."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.models import OF_A_CONTACT, ConversationRow, FileRow, MessageRow
from db.models_circulation import CirculationOutcomeRow, HoldRow, LoanRow, RenewalRequestRow
from db.models_handover import HandoverRow
from db.models_staff import StaffAnswerRow, StaffDraftRow, StaffNoteRow

OPEN = ("waiting", "queued")
"""States of messages that are still to be answered or sent: not touched."""
BATCH = 500
GONE = "erased:"
"""What stands in place of a forgotten address, before a random number."""
BARE = {"text": "", "content": None, "error": None}


async def forget_messages(connection: AsyncConnection, message_ids: Sequence[int]) -> None:
    """Wipe these messages; files of their readers have an age of their own."""
    if message_ids:
        which = MessageRow.id.in_(message_ids), MessageRow.state.not_in(OPEN)
        await connection.execute(update(MessageRow).where(*which).values(BARE))


async def forget_conversation(connection: AsyncConnection, contact_id: int) -> int:
    """Wipe whatever was said with and about a contact, with their files, except what is under way.

    Returns:
        How many messages.
    """
    talk = select(ConversationRow.id).where(ConversationRow.contact_id == contact_id).scalar_subquery()
    await connection.execute(delete(StaffNoteRow).where(StaffNoteRow.conversation_id == talk))
    await connection.execute(delete(StaffDraftRow).where(StaffDraftRow.conversation_id == talk))
    taken_back = StaffAnswerRow.conversation_id == talk, StaffAnswerRow.due_at.is_(None)
    await connection.execute(delete(StaffAnswerRow).where(*taken_back))
    await _forget_files_of(connection, contact_id)
    over = HandoverRow.conversation_id == talk, HandoverRow.ended_at.is_not(None)
    await connection.execute(update(HandoverRow).where(*over).values(conversation_id=None, words=""))
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
        file_id
        for content in contents
        if isinstance(content, dict) and content.get("personal")
        for file_id in _files_in(content)
    }


def _files_in(content: Any) -> list[int]:
    """Files that a stored reply carries."""
    attachments = content.get("attachments", ()) if isinstance(content, dict) else ()
    return [attachment["file"]["file_id"] for attachment in attachments if attachment.get("file")]


async def forget_old_files(connection: AsyncConnection, before: datetime, *, of_talk: bool = False) -> int:
    """Drop some of the files of contacts that nobody has asked for since; returns how many.

    ``of_talk`` drops those that librarians sent, and else none of these.

    Also those whose message was never written, because the turn failed after the file was kept. They stay while
    anything is still to be sent to the contact.
    """
    unsent = (
        exists()
        .where(ConversationRow.contact_id == FileRow.owner, MessageRow.conversation_id == ConversationRow.id)
        .where(MessageRow.state == "queued")
    )
    aged = OF_A_CONTACT, FileRow.of_talk == of_talk, FileRow.created_at < before
    old = select(FileRow.id).where(*aged, ~unsent).limit(BATCH)
    going = delete(FileRow).where(FileRow.id.in_(old.scalar_subquery()))
    return len((await connection.scalars(going.returning(FileRow.id))).all())


async def _forget_files_of(connection: AsyncConnection, contact_id: int) -> None:
    """Drop the files of a contact, but for those that are still to be sent."""
    talk = select(ConversationRow.id).where(ConversationRow.contact_id == contact_id).scalar_subquery()
    queued = select(MessageRow.content).where(MessageRow.conversation_id == talk, MessageRow.state == "queued")
    undoable = select(StaffAnswerRow.content).where(StaffAnswerRow.conversation_id == talk)
    unsent = [*await connection.scalars(queued), *await connection.scalars(undoable)]
    staying = {file_id for content in unsent for file_id in _files_in(content)}
    await connection.execute(delete(FileRow).where(FileRow.owner == contact_id, FileRow.id.not_in(staying)))
