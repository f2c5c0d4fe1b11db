"""What librarians see of conversations; values and ports. The console asks through these, the store fills them."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.desk_actions import DeskLog
from bot.messages import Contact, Reply
from bot.ports.letters import Author
from bot.ports.log import Mode
from bot.quick import dataclass


class Tab(StrEnum):
    """A list of conversations."""

    WAITING = "waiting"
    """A reader waits for a person, longest first."""
    MINE = "mine"
    """This librarian has them."""
    ALL = "all"
    """Whoever speaks there, the latest words first."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxEntry:
    """One conversation in a list.

    Attributes:
        name: What the messenger calls the reader, "" if unknown.
        holder: Name of the librarian who has it, or closed it.
        branch: Code of the branch it belongs to, "" where nobody knows.
        since: Waiting: since when; closed: when; else the moment of the last words.
        kind: What a message without words was: ``photo``, ``sticker``, …
        unanswered: The last words are the reader's.
    """

    conversation_id: int
    contact: Contact
    name: str
    mode: Mode
    holder_id: int | None
    holder: str
    branch: str
    reason: str
    since: datetime
    said: str
    kind: str
    author: Author | None
    unanswered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many there are; :data:`MOST_COUNTED` stands for that or more.

    Attributes:
        oldest: Since when the first of those who wait has waited.
    """

    waiting: int = 0
    mine: int = 0
    all: int = 0
    closed: int = 0
    oldest: datetime | None = None

    def of(self, tab: Tab) -> int:
        """The count of one list."""
        return {Tab.WAITING: self.waiting, Tab.MINE: self.mine, Tab.ALL: self.all, Tab.CLOSED: self.closed}[tab]


MOST_COUNTED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which conversations somebody wants to see.

    Attributes:
        staff_id: Who asks.
        branches: Only of these branches and of none; empty for all.
        sources: Start parameters of links by branch code: what a conversation's branch is known by.
        channel: Only of this one.
        words: Name or words in it.
        named: Conversations that belong to the words for another reason: the linked card bears the name.
        before: What the page before ended with.
    """

    staff_id: int
    tab: Tab = Tab.WAITING
    branches: frozenset[str] = frozenset()
    sources: Mapping[str, str] = field(default_factory=dict)
    branch: str = ""
    channel: str = ""
    words: str = ""
    named: tuple[int, ...] = ()
    before: int = 0
    limit: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """A page of a list; ``older`` is ``Asked.before`` of the next one, 0 at the end."""

    entries: tuple[InboxEntry, ...]
    counts: Counts
    older: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of a conversation, with what became of it.

    Attributes:
        message_id: 0 for an answer that may still be taken back.
        staff: Name of the librarian who wrote it at the console.
        kind: What a message without words was: ``photo``, ``sticker``, …
        state: waiting, handled, aside; queued, sent, delivered, read, failed; held.
        reason: Why it failed.
        outcome: How the turn of a reader's message ended (``bot.ports.log.Outcome``), "" before.
        intent: What the bot took it for, "" where it did not look.
        key: With ``held``: names it to ``TakeBack``.
        until: With ``held``: when it leaves.
    """

    message_id: int
    author: Author
    reply: Reply
    at: datetime
    staff: str = ""
    kind: str = ""
    state: str = ""
    reason: str = ""
    outcome: str = ""
    intent: str = ""
    key: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What librarians tell each other; there is no way from here to a reader."""

    note_id: int
    staff: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """One conversation, as a librarian sees it.

    Attributes:
        heard_at: When the reader last wrote.
        erased: They asked to be forgotten and have said nothing since: there is nobody to answer.
        earlier: There are older messages than these.
        draft: What this librarian was writing.
        mark: Differs after every change.
    """

    conversation_id: int
    contact: Contact
    name: str
    language: str
    mode: Mode
    holder_id: int | None
    holder: str
    branch: str
    reason: str
    waiting_since: datetime | None
    heard_at: datetime | None
    unreachable: bool
    erased: bool
    said: tuple[Said, ...]
    notes: tuple[Note, ...]
    earlier: bool
    draft: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Canned:
    """An answer given again and again; ``{имя}`` and the like are filled in when it is taken."""

    canned_id: int
    title: str
    text: str


class Desk(DeskLog, Protocol):
    """Everything at a librarian's hand. Raises StoreUnavailable."""

    async def inbox(self, asked: Asked) -> Inbox:
        """A page of a list; a fixed number of queries."""
        ...

    async def counts(self, asked: Asked) -> Counts:
        """How many there are in each list."""
        ...

    async def talk(self, conversation_id: int, asked: Asked, before: int = 0) -> Talk | None:
        """One conversation with its latest messages (those before an id); a fixed number of queries."""
        ...

    async def mark(self, conversation_id: int) -> str:
        """``Talk.mark`` as it is now, "" where there is no such conversation."""
        ...

    async def file(self, conversation_id: int, message_id: int, number: int) -> tuple[Reply, int] | None:
        """A message that carries files, and which of them is meant."""
        ...

    async def keep_draft(self, conversation_id: int, staff_id: int, text: str) -> None:
        """What is being written; "" forgets it."""
        ...

    async def add_note(self, conversation_id: int, staff_id: int, key: str, text: str) -> None:
        """A word among librarians; the same key again is the same note."""
        ...

    async def canned(self) -> Sequence[Canned]:
        """All of them, by title."""
        ...

    async def put_canned(self, title: str, text: str, canned_id: int | None = None) -> None:
        """Keep one. Raises InputError where another has this title."""
        ...

    async def drop_canned(self, canned_id: int) -> None:
        """Forget one."""
        ...
