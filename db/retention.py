"""What may be kept no longer goes: old words, attempts, lines of the audit log, and who asked to be forgotten."""

import asyncio
import secrets
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Delete, delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.audit import ENGINE, Act, Entry
from bot.clock import Clock
from bot.errors import StoreUnavailable
from bot.handover import ASKED_AGAIN
from bot.messages import Contact, Moved
from bot.ports.log import MessageLog
from bot.quick import dataclass
from db import audit
from db.connect import Database, store_errors
from db.forgetting import BATCH, GONE, OPEN, forget_conversation, forget_messages, forget_old_files, personal_files
from db.models import ContactRow, ConversationRow, MessageRow, UnreadRow, VersionRow
from db.models_accounts import AuditRow, ConsentRow, ContactCardRow, LinkAttemptRow, LinkCodeRow
from db.models_handover import HandoverRow
from db.models_staff import StaffAnswerRow, StaffDraftRow, StaffNoteRow
from db.upserts import insert_of

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 60.0
TIDY_EVERY = timedelta(hours=1)
PAUSE_S = 0.05
"""Between two batches: readers go first."""
QUIET = timedelta(minutes=10)
"""So long nothing more has come from somebody who asked to be forgotten: the address may go."""
LONGEST = timedelta(days=1)
"""After that it goes, whatever still could not be sent."""
WORDS, FILES = "forgotten_words", "forgotten_files"
"""Names of the marks up to which messages are done with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepDays:
    """How many days things are kept; 0 is for ever.

    Attributes:
        messages: What was said, what librarians noted about it, and what nobody could read.
        files: Personal files that were sent: an export, a card's picture.
        attempts: Attempts to link a card, and codes.
        audit: The audit log, and consents that were taken back.
        contacts: Names and addresses of who has no card, wants no notices and has been silent since.
    """

    messages: int = 90
    files: int = 7
    attempts: int = 30
    audit: int = 1095
    contacts: int = 365


class SqlRetention:
    """Keeps no longer than may be kept; several processes may do it at once."""

    def __init__(self, database: Database, clock: Clock, message_log: MessageLog, keep: KeepDays) -> None:
        self._database, self._clock = database, clock
        self._log, self._keep = message_log, keep
        self._tidied_at: datetime | None = None

    async def follow(self) -> None:
        """Look every minute until cancelled."""
        while True:
            try:
                await self.finish_erasures()
                if self._tidied_at is None or self._clock.now() - self._tidied_at >= TIDY_EVERY:
                    await self.tidy()
                    self._tidied_at = self._clock.now()
            except StoreUnavailable:
                pass  # /readyz tells of it
            await asyncio.sleep(LOOK_EVERY_S)

    # --- who asked to be forgotten ---------------------------------------------------------------

    async def finish_erasures(self) -> int:
        """Forget the addresses of those who asked for it, once their last answer has left; returns how many."""
        wanted = (
            select(ContactRow.id, ContactRow.channel, ContactRow.address, ContactRow.erased_at)
            .where(ContactRow.erased_at.is_not(None))
            .order_by(ContactRow.id)
            .limit(BATCH)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = (await connection.execute(wanted)).all()
        return sum([await self._finish(row) for row in found])

    async def _finish(self, row: Any) -> int:
        now = self._clock.now()
        contact = Contact(channel=row.channel, address=row.address)
        if not row.address.startswith(GONE):
            if not await self._is_quiet(row, now):
                return 0
            # As an event of the log: what the log remembers of the contact is corrected with it, and somebody who
            # writes at this very moment is not moved.
            await self._log.note(Moved(contact=contact, address=GONE + secrets.token_hex(16), at=now))
        async with self._database.writing() as connection:
            left = (
                update(ContactRow)
                .where(ContactRow.id == row.id, ContactRow.address.startswith(GONE))
                .values(erased_at=None, name="", language="", source="", unreachable_since=now)
                .returning(ContactRow.id)
            )
            if await connection.scalar(left) is None:
                return 0
            talk = select(ConversationRow.id).where(ConversationRow.contact_id == row.id).scalar_subquery()
            await connection.execute(
                update(MessageRow)
                .where(MessageRow.conversation_id == talk, MessageRow.state == "queued")
                .values(state="failed", error="erased", done_at=now)
            )
            over = HandoverRow.conversation_id == talk, HandoverRow.ended_at.is_(None)
            await connection.execute(update(HandoverRow).where(*over).values(ended_at=now, ended="erased"))
            await forget_conversation(connection, row.id)
            # Some messengers' ids of messages begin with the address. A redelivery so late would be a stranger's.
            await connection.execute(
                update(MessageRow)
                .where(MessageRow.conversation_id == talk)
                .values(idempotency_key=None, external_id=None)
            )
            await connection.execute(
                update(ConversationRow)
                .where(ConversationRow.contact_id == row.id)
                .values(dialogue={}, mode="bot", waiting_since=None, handover_reason="")
            )
            await audit.note(connection, now, Entry(action=Act.FORGOTTEN, actor=ENGINE, channel=row.channel))
        return 1

    async def _is_quiet(self, row: Any, now: datetime) -> bool:
        """Whether nothing is under way with them, and nothing new has come for a while."""
        talk = select(ConversationRow.id).where(ConversationRow.contact_id == row.id).scalar_subquery()
        told = select(
            func.count().filter(MessageRow.state.in_(OPEN)).label("open"), func.max(MessageRow.created_at).label("last")
        ).where(MessageRow.conversation_id == talk)
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = (await connection.execute(told)).one()
        if now - row.erased_at >= LONGEST:
            return True
        return not found.open and (found.last is None or now - max(found.last, row.erased_at) >= QUIET)

    # --- what has had its time -------------------------------------------------------------------

    async def tidy(self) -> None:
        """Drop what is past its time, in batches with pauses between. Raises StoreUnavailable."""
        now, keep = self._clock.now(), self._keep
        if keep.files:
            await self._walk(FILES, now - timedelta(days=keep.files), _without_files)
        if oldest := min((days for days in (keep.files, keep.messages) if days), default=0):
            await self._drop_files(now - timedelta(days=oldest))
        if keep.messages:
            before = now - timedelta(days=keep.messages)
            words = await self._walk(WORDS, before, forget_messages)
            await self._drop_files(before, of_talk=True)
            if words:
                log.info("old words forgotten", messages=words)
            await self._drop(delete(UnreadRow).where(UnreadRow.at < before))
            await self._drop(delete(StaffNoteRow).where(StaffNoteRow.created_at < before))
            await self._drop(delete(StaffDraftRow).where(StaffDraftRow.updated_at < before))
            taken_back = StaffAnswerRow.due_at.is_(None), StaffAnswerRow.created_at < before
            await self._drop(delete(StaffAnswerRow).where(*taken_back))
            await self._part_handovers(before, now - ASKED_AGAIN)
        if keep.attempts:
            before = now - timedelta(days=keep.attempts)
            await self._drop(delete(LinkAttemptRow).where(LinkAttemptRow.at < before))
            await self._drop(delete(LinkCodeRow).where(LinkCodeRow.expires_at < before))
        if keep.audit:
            before = now - timedelta(days=keep.audit)
            await self._drop(delete(AuditRow).where(AuditRow.at < before))
            await self._drop(delete(ConsentRow).where(ConsentRow.withdrawn_at < before))
        if keep.contacts:
            await self._let_go(now, now - timedelta(days=keep.contacts))

    async def _part_handovers(self, before: datetime, asked_before: datetime) -> None:
        """The reader's words about a librarian's help go; a while later nobody knows whose conversation it was."""
        old = HandoverRow.ended_at < before
        async with self._database.writing() as connection:
            await connection.execute(update(HandoverRow).where(old, HandoverRow.words != "").values(words=""))
            known = HandoverRow.conversation_id.is_not(None), HandoverRow.ended_at < asked_before
            await connection.execute(update(HandoverRow).where(old, *known).values(conversation_id=None))

    async def _drop(self, going: Delete) -> None:
        async with self._database.writing() as connection:
            await connection.execute(going)

    async def _drop_files(self, before: datetime, *, of_talk: bool = False) -> None:
        while True:
            async with self._database.writing() as connection:
                dropped = await forget_old_files(connection, before, of_talk=of_talk)
            if dropped < BATCH:
                return
            await asyncio.sleep(PAUSE_S)

    async def _walk(self, name: str, before: datetime, step: Any) -> int:
        """Take a step over all messages older than ``before`` that it has not been taken over; returns how many.

        A mark in the store tells how far it has come: ids and moments grow together.
        """
        done = 0
        while True:
            async with self._database.writing() as connection:
                mark = await connection.scalar(select(VersionRow.version).where(VersionRow.name == name)) or 0
                page = (
                    select(MessageRow.id, MessageRow.created_at)
                    .where(MessageRow.id > mark)
                    .order_by(MessageRow.id)
                    .limit(BATCH)
                )
                found = [row.id for row in await connection.execute(page) if row.created_at < before]
                if not found:
                    return done
                await step(connection, found)
                await self._set_mark(connection, name, found[-1])
            done += len(found)
            if len(found) < BATCH:
                return done
            await asyncio.sleep(PAUSE_S)

    async def _set_mark(self, connection: AsyncConnection, name: str, mark: int) -> None:
        make = insert_of(self._database.dialect)
        keeping = make(VersionRow).values(name=name, version=mark)
        await connection.execute(
            keeping.on_conflict_do_update(index_elements=[VersionRow.name], set_={"version": mark})
        )

    async def _let_go(self, now: datetime, before: datetime) -> None:
        """Mark who has no card, no consent in force and has been silent since: they are forgotten like who asks.

        All contacts are looked at, so that is done beside the transaction, which then sees that it is still so.
        """
        last = (
            select(MessageRow.created_at)
            .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
            .where(ConversationRow.contact_id == ContactRow.id)
            .order_by(MessageRow.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        strange = (
            ContactRow.created_at < before,
            ContactRow.erased_at.is_(None),
            ContactRow.address.not_like(GONE + "%"),
            ~exists().where(ContactCardRow.contact_id == ContactRow.id),
            ~exists().where(ConsentRow.contact_id == ContactRow.id, ConsentRow.withdrawn_at.is_(None)),
            func.coalesce(last, ContactRow.created_at) < before,
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                ids = (await connection.scalars(select(ContactRow.id).where(*strange).limit(BATCH))).all()
        if ids:
            going = update(ContactRow).where(ContactRow.id.in_(ids), *strange)
            async with self._database.writing() as connection:
                await connection.execute(going.values(erased_at=now))


async def _without_files(connection: AsyncConnection, message_ids: list[int]) -> None:
    """Personal files leave these messages; their words stay. The bytes go by their own age."""
    found = await connection.execute(
        select(MessageRow.id, MessageRow.content).where(
            MessageRow.id.in_(message_ids), MessageRow.content.is_not(None), MessageRow.state.not_in(OPEN)
        )
    )
    for row in found.all():
        if personal_files([row.content]):
            content = {key: value for key, value in row.content.items() if key != "attachments"}
            await connection.execute(update(MessageRow).where(MessageRow.id == row.id).values(content=content))
