"""The librarians' side: who the staff are, and what they see of conversations and do in them.

Values and ports. The console asks through these, the store fills them; rules that must hold whatever the page
says (who has a conversation, what the bot may say meanwhile) are kept in the store's own transactions.
"""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.messages import Contact, Reply
from bot.ports import Author, Mode

# --- the staff -----------------------------------------------------------------------------------


class StaffRole(StrEnum):
    """What a member of the staff may do; each may do what the one before may."""

    LIBRARIAN = "librarian"
    """Answer readers."""
    EDITOR = "editor"
    """Change what the bot says."""
    ADMIN = "admin"
    """Look after the staff."""

    def may(self, needed: "StaffRole") -> bool:
        """Whether this role includes ``needed``."""
        order = tuple(StaffRole)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """Somebody who works at the console.

    Attributes:
        login: Lower case, unique.
        name: As colleagues and readers see it.
        branches: Codes of the branches whose conversations they see; empty for all.
        language: Of the console: ``ru``, ``en``, "" for the library's.
        second_factor: A one-time code is asked at the door, too.
        must_change: The password was made by somebody else: the first thing is a new one.
        signed_in_at: When they last came.
    """

    staff_id: int
    login: str
    name: str
    role: StaffRole = StaffRole.LIBRARIAN
    branches: frozenset[str] = frozenset()
    language: str = ""
    second_factor: bool = False
    must_change: bool = False
    disabled: bool = False
    signed_in_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What proves a member of the staff; never leaves the room that compares it.

    Attributes:
        password: The argon2id hash.
        totp_secret: What the second factor is made of, with the service's key; "" where there is none.
        totp_used: The last time step whose code was taken: no code works twice.
    """

    member: StaffMember
    password: str
    totp_secret: str = ""
    totp_used: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSession:
    """One browser in which somebody is signed in.

    Attributes:
        ends_at: When it ends whatever is done.
        agent: What the browser says it is.
    """

    session_id: int
    member: StaffMember
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    address: str = ""
    agent: str = ""


class StaffBook(Protocol):
    """Accounts, sessions and failed attempts. Raises StoreUnavailable."""

    async def add(self, login: str, name: str, role: StaffRole, branches: Collection[str], password: str) -> int:
        """Make an account with this password hash; it must be changed at the first sign-in.

        Raises:
            InputError: The login is taken or is none.
        """
        ...

    async def all(self) -> Sequence[StaffMember]:
        """Everybody, by name."""
        ...

    async def keys(self, login: str) -> Keys | None:
        """What proves this login, None where there is no such account."""
        ...

    async def set_password(self, staff_id: int, password: str, *, must_change: bool) -> None:
        """Another password hash; every session of the account ends."""
        ...

    async def set_totp(self, staff_id: int, secret: str) -> None:
        """Another second factor (what it is made of), "" for none."""
        ...

    async def use_totp(self, staff_id: int, step: int) -> bool:
        """Take the code of a time step; False where it, or a later one, was taken already."""
        ...

    async def change(
        self, staff_id: int, *, name: str, role: StaffRole, branches: Collection[str], disabled: bool
    ) -> None:
        """What an admin may change; disabled ends every session.

        Raises:
            InputError: Nobody would be left who is an admin.
        """
        ...

    async def speak(self, staff_id: int, language: str) -> None:
        """The language of the console."""
        ...

    async def open_session(self, staff_id: int, token_hash: str, ends_at: datetime, address: str, agent: str) -> int:
        """Somebody came in."""
        ...

    async def session(self, token_hash: str, idle_since: datetime) -> StaffSession | None:
        """Whose session it is; None where it ended, was last seen before ``idle_since``, or the account is disabled."""
        ...

    async def sessions(self, staff_id: int) -> Sequence[StaffSession]:
        """Where somebody is signed in, the latest first."""
        ...

    async def end_session(self, staff_id: int, session_id: int | None = None, but: int | None = None) -> int:
        """End one session of an account, or all (``but`` one); returns how many."""
        ...

    async def failures(self, keys: Sequence[str]) -> Mapping[str, tuple[int, datetime]]:
        """How often each of these (a login, an address) failed lately, and when last."""
        ...

    async def failed(self, keys: Sequence[str]) -> None:
        """One more failure of each."""
        ...

    async def forgive(self, keys: Sequence[str]) -> None:
        """Forget the failures of these."""
        ...


class Audit(Protocol):
    """What the staff did and looked at, for ever. Raises StoreUnavailable."""

    async def note(self, login: str, what: str, whom: str = "", more: str = "") -> None:
        """Keep one entry.

        Args:
            login: Who did it, "" where nobody is known yet.
            what: ``view.conversation``, ``sign_in.refused``, … at most 32 characters.
            whom: What it was done to: ``conversation:17``, ``patron:17``.
            more: A few words more; never a reader's.
        """
        ...


# --- what librarians see -------------------------------------------------------------------------


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
    """How many there are; ``MOST`` stands for that or more.

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
        before: What the page before ended with.
    """

    staff_id: int
    tab: Tab = Tab.WAITING
    branches: frozenset[str] = frozenset()
    sources: Mapping[str, str] = field(default_factory=dict)
    branch: str = ""
    channel: str = ""
    words: str = ""
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


# --- what librarians do --------------------------------------------------------------------------


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
