"""What the engine does about readers who called a person: tells the staff that they wait, asks afterwards."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.messages import Contact, Reply
from bot.ports.log import Dialogue
from bot.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LongWait:
    """A reader who waits for a person.

    Attributes:
        since: Since when.
        source: The start parameter of the link that brought the reader: tells the branch where nothing else does.
    """

    handover_id: int
    conversation_id: int
    channel: str
    branch: str
    source: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A conversation that a librarian has answered in and closed.

    Attributes:
        heard_at: When the reader last wrote.
    """

    handover_id: int
    channel: str
    language: str
    heard_at: datetime | None


class CallStore(Protocol):
    """Calls for a person, as the engine looks after them. Raises StoreUnavailable."""

    async def long_waits(self, before: datetime, told_before: datetime) -> Sequence[LongWait]:
        """Who has waited since ``before`` and of whom the staff have not been told since ``told_before``."""
        ...

    async def waiting(self) -> int:
        """How many readers wait for a person now."""
        ...

    async def tell_staff(
        self, handovers: Collection[int], told_before: datetime, chats: Mapping[Contact, Reply], key: str
    ) -> bool:
        """Put a letter for each chat into the outbox and remember that it was told of these waits.

        In one transaction; False where another process has told of all of them meanwhile.
        """
        ...

    async def closed(self, since: datetime, until: datetime) -> Sequence[Closed]:
        """What was closed between the two, may be asked about, and was not yet: at most some at a time.

        Not who cannot be reached, asked to be forgotten, or was asked within ``bot.handover.ASKED_AGAIN``.
        """
        ...

    async def ask(self, handover_id: int, question: Reply, dialogue: Dialogue, key: str) -> bool:
        """Put the question into the outbox; False where the conversation has gone on."""
        ...

    async def is_over(self, handover_id: int) -> bool:
        """Whether the conversation is still closed."""
        ...
