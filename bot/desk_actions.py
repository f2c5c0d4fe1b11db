"""What librarians do with conversations: who has one, what is said there, what may be taken back.

Rules that must hold whatever the page says (who has a conversation, what the bot may say meanwhile) are kept in
the store's own transactions.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.messages import Contact, Reply
from bot.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """It is mine from now on; ``even_from``: also where this colleague has it."""

    conversation_id: int
    staff_id: int
    even_from: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOn:
    """Somebody else should have it: a colleague, or whoever is at a branch (it waits there)."""

    conversation_id: int
    staff_id: int
    colleague: int | None = None
    branch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveBack:
    """The bot goes on."""

    conversation_id: int
    staff_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """It is done; the reader's next words open it again, with the bot."""

    conversation_id: int
    staff_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Answer; whose it was not, it is now, unless a colleague has it.

    Attributes:
        key: Made by the page: the same key again is the same answer.
        leaves_at: Until then it may be taken back.
    """

    conversation_id: int
    staff_id: int
    key: str
    reply: Reply
    leaves_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """An answer that has not left yet is not given."""

    conversation_id: int
    staff_id: int
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Answers that may not be taken back any more leave now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relieve:
    """Conversations in which no person did anything since then go back.

    To the bot, or to wait for another person where the last words are the reader's.
    """

    since: datetime


DeskAction = Take | HandOn | GiveBack | Close | Say | TakeBack | Release | Relieve


class DeskState(StrEnum):
    """What became of an action."""

    DONE = "done"
    TAKEN = "taken"
    """A colleague has it."""
    LATE = "late"
    """It has left already."""
    GONE = "gone"
    """There is no such conversation any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acted:
    """The outcome; ``holder_id`` tells who has it where it was ``TAKEN``, ``count`` how many were changed."""

    state: DeskState
    holder_id: int | None = None
    count: int = 0


class DeskLog(Protocol):
    """What the log does for librarians, in the same transactions as the bot's turns: so none slips through."""

    async def act(self, action: DeskAction) -> Acted:
        """Do it, or tell why not. Raises StoreUnavailable."""
        ...

    def desk_changes(self, contact: Contact | None = None, heartbeat_s: float = 15.0) -> AsyncIterator[None]:
        """Yields at once, then when a list, or this conversation, may have changed, here or in another process."""
        ...
