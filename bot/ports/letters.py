"""What was said, read back: the chat as its reader sees it, and how far our messages have come."""

from collections.abc import AsyncIterator
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.messages import Contact, Reply
from bot.quick import dataclass


class Author(StrEnum):
    """Who said a message, as the reader sees it."""

    READER = "reader"
    BOT = "bot"
    LIBRARIAN = "librarian"


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One message as its reader may see it.

    Attributes:
        in_reply_to: The reader's message that it answers.
        photo: The reader sent a picture; ``reply`` has its caption.
    """

    message_id: int
    author: Author
    reply: Reply
    at: datetime
    in_reply_to: int | None = None
    photo: bool = False


class ChatLog(Protocol):
    """A conversation, read back to the one who has it."""

    async def said(self, contact: Contact, after: int = 0, limit: int = 200) -> list[Logged]:
        """Messages of the contact's conversation with an id above ``after``, in order."""
        ...

    async def one(self, channel: str, message_id: int) -> tuple[Contact, Logged] | None:
        """One message of the channel and whose conversation it stands in, None where there is none."""
        ...

    def changed(self, contact: Contact) -> AsyncIterator[None]:
        """Yields at once, then whenever the conversation may hold something new.

        Wakes come from this process and, on PostgreSQL, from every other one; a quiet
        conversation yields every 15 seconds, which also serves as a heartbeat.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message of ours and how far it has come, for those who watch over deliveries.

    Attributes:
        state: "queued", "sent", "delivered", "read" or "failed".
        attempts: Tries so far.
        due_at: Not tried before this moment, aware UTC; None is at once.
        reason: Why it failed.
        external_id: The messenger's id of it (of its last part), "" until the messenger took it.
    """

    message_id: int
    text: str
    state: str
    attempts: int
    due_at: datetime | None
    reason: str
    external_id: str


class Deliveries(Protocol):
    """The truth about what was sent to a contact."""

    async def to(self, contact: Contact, limit: int = 50) -> list[Outgoing]:
        """The newest messages of ours to a contact, oldest first. Raises StoreUnavailable."""
        ...
