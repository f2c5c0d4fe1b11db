"""Message logs for tests, and what else touches them: the staff's hand, and short words for turns."""

import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from socket import socket
from typing import Protocol

from sqlalchemy import insert, select, update

from bot.clock import Clock
from bot.messages import Contact, Content, Inbound, Lane, Reply, Text
from bot.ports.log import Completed, Dialogue, MessageLog, Mode, Outcome, Waiting
from db.connect import Database
from db.log_sqlite import SqliteLog
from db.log_sqlite_writing import SqliteWriter
from db.log_writers import Writer, WriterProcess
from db.messages import Log, open_log
from db.models import ContactRow, ConversationRow, MessageRow
from db.rows import content_of
from db.writer_process import serve
from tests.support.fake_log import FakeLog

ANNA = Contact(channel="chat", address="anna")
BORIS = Contact(channel="chat", address="boris")
SAID_AT = datetime(2026, 3, 2, 6, 59, tzinfo=UTC)


class WriterAtALine(WriterProcess):
    """A writer's process that is a thread of ours: all of the way there and back, without the start of a process."""

    def _started(self, its: socket) -> None:
        line = its.dup()
        threading.Thread(target=self._serves, args=(line,), name="writer-at-a-line").start()

    def _serves(self, line: socket) -> None:
        writer = SqliteWriter(self._path)
        with line:
            serve(line, writer)
        writer.close()


class Staff(Protocol):
    """What librarians and notices do in the store, which the engine only sees the effect of."""

    async def sets_mode(self, contact: Contact, mode: Mode) -> None:
        """A librarian takes the conversation, or gives it back."""
        ...

    async def mode_of(self, contact: Contact) -> tuple[Mode, str]:
        """Who speaks there, and why a person was called."""
        ...

    async def queues(self, contact: Contact, text: str, lane: Lane) -> int:
        """Something for the reader that no turn made; returns its id."""
        ...

    async def state_of(self, message_id: int) -> tuple[str, str | None]:
        """State and error of one message."""
        ...

    async def is_unreachable(self, contact: Contact) -> bool:
        """Whether the contact was found to be out of reach."""
        ...

    async def content_of(self, message_id: int) -> Content:
        """What is kept of a reader's message."""
        ...


class FakeStaff:
    """The staff of a log in memory."""

    def __init__(self, log: FakeLog) -> None:
        self._log = log

    async def sets_mode(self, contact: Contact, mode: Mode) -> None:
        self._log.conversation_of(contact).mode = mode

    async def mode_of(self, contact: Contact) -> tuple[Mode, str]:
        conversation = self._log.conversation_of(contact)
        return conversation.mode, conversation.handover_reason

    async def queues(self, contact: Contact, text: str, lane: Lane) -> int:
        return self._log.queue(self._log.conversation_of(contact).id, Reply(text=text), lane=lane)

    async def state_of(self, message_id: int) -> tuple[str, str | None]:
        message = self._log.messages[message_id]
        return message.state, message.error

    async def is_unreachable(self, contact: Contact) -> bool:
        return self._log.conversation_of(contact).unreachable_since is not None

    async def content_of(self, message_id: int) -> Content:
        inbound = self._log.messages[message_id].inbound
        assert inbound is not None
        return inbound.content


class SqlStaff:
    """The staff of a log in a database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def _conversation(self, contact: Contact) -> int:
        async with self._database.engine.connect() as connection:
            found = await connection.scalar(
                select(ConversationRow.id)
                .join(ContactRow, ContactRow.id == ConversationRow.contact_id)
                .where(ContactRow.channel == contact.channel, ContactRow.address == contact.address)
            )
        assert found is not None
        return found

    async def sets_mode(self, contact: Contact, mode: Mode) -> None:
        conversation = await self._conversation(contact)
        async with self._database.writer.begin() as connection:
            await connection.execute(
                update(ConversationRow).where(ConversationRow.id == conversation).values(mode=mode.value)
            )

    async def mode_of(self, contact: Contact) -> tuple[Mode, str]:
        conversation = await self._conversation(contact)
        columns = select(ConversationRow.mode, ConversationRow.handover_reason)
        async with self._database.engine.connect() as connection:
            row = (await connection.execute(columns.where(ConversationRow.id == conversation))).one()
        return Mode(row.mode), row.handover_reason

    async def queues(self, contact: Contact, text: str, lane: Lane) -> int:
        conversation = await self._conversation(contact)
        row = {
            "conversation_id": conversation,
            "channel": contact.channel,
            "author": "bot",
            "state": "queued",
            "text": text,
            "lane": lane.value,
            "created_at": self._clock.now(),
        }
        async with self._database.writer.begin() as connection:
            return (await connection.execute(insert(MessageRow).values(**row).returning(MessageRow.id))).scalar_one()

    async def state_of(self, message_id: int) -> tuple[str, str | None]:
        columns = select(MessageRow.state, MessageRow.error)
        async with self._database.engine.connect() as connection:
            row = (await connection.execute(columns.where(MessageRow.id == message_id))).one()
        return row.state, row.error

    async def is_unreachable(self, contact: Contact) -> bool:
        columns = select(ContactRow.unreachable_since)
        found = columns.where(ContactRow.channel == contact.channel, ContactRow.address == contact.address)
        async with self._database.engine.connect() as connection:
            return await connection.scalar(found) is not None

    async def content_of(self, message_id: int) -> Content:
        columns = select(MessageRow.text, MessageRow.content)
        async with self._database.engine.connect() as connection:
            row = (await connection.execute(columns.where(MessageRow.id == message_id))).one()
        content, _ = content_of(row.text, None if row.content is None else json.dumps(row.content))
        return content


@asynccontextmanager
async def opened_log(database: Database, clock: Clock, writer: Writer | None = None) -> AsyncIterator[Log]:
    """A log on a database, closed at the end: each one is a process of its own to the others."""
    log: Log = await open_log(database, clock) if writer is None else SqliteLog(database.path, clock, writer)
    try:
        yield log
    finally:
        await log.aclose()


def arrival(
    content: str | Content, *, key: str, contact: Contact = ANNA, name: str = "", language: str = ""
) -> Inbound:
    """One message of a reader."""
    return Inbound(
        contact=contact,
        content=Text(content) if isinstance(content, str) else content,
        idempotency_key=key,
        sent_at=SAID_AT,
        name=name,
        language=language,
    )


async def says(log: MessageLog, *texts: str, contact: Contact = ANNA) -> list[int]:
    """A reader's messages, one after another; the text is the key. Returns their ids."""
    return [
        (await log.record(arrival(text, key=f"{contact.address}:{text}", contact=contact))).message_id for text in texts
    ]


def turn(
    waiting: Waiting,
    *replies: str | Reply,
    dialogue: Dialogue | None = None,
    outcome: Outcome = Outcome.ANSWERED,
    mode: Mode | None = None,
    handover_reason: str = "",
    secret: bool = False,
) -> Completed:
    """A turn that answers the message with these replies."""
    return Completed(
        message_id=waiting.message_id,
        conversation_id=waiting.conversation_id,
        lease=waiting.lease,
        contact=waiting.inbound.contact,
        replies=tuple(Reply(text=said) if isinstance(said, str) else said for said in replies),
        dialogue=dialogue or waiting.dialogue,
        outcome=outcome,
        intent="hours",
        confidence=0.9,
        mode=mode,
        handover_reason=handover_reason,
        secret=secret,
    )


def silent(waiting: Waiting) -> Completed:
    """A turn that keeps the message and says nothing."""
    return turn(waiting, outcome=Outcome.SILENT)


def words(claimed: list[Waiting]) -> list[str]:
    """What the claimed messages say."""
    return [waiting.inbound.content.text for waiting in claimed if isinstance(waiting.inbound.content, Text)]
