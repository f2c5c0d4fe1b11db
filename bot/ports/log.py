"""The conversations as the engine asks for them: the log that is the queue."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from bot.messages import Button, Contact, Event, Inbound, Lane, Outbound, Reply
from bot.quick import dataclass

PRIVATE = "personal"
"""The intent of a missed turn in which the reader's words tell of a person: nobody learns from these."""


class Heard(StrEnum):
    """The intents that are marked at a message while a person speaks with the reader and the bot is silent.

    The console tells the librarian of each (``console.thread.heard``).
    """

    STOP = "unsubscribe"
    OWN_DATA = "my_data"


class Mode(StrEnum):
    """Who speaks with the reader."""

    BOT = "bot"
    WAITING = "waiting"
    PERSON = "person"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An arrival in the log; ``fresh`` is False for a redelivery, which changed nothing."""

    message_id: int
    conversation_id: int
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """Where a conversation stands, as the bot remembers it between turns; JSON in the store.

    Attributes:
        expects: Key of the awaited free text, "" when nothing is awaited.
        data: What came with the expectation.
        offered: The choices last shown, in reading order: "2" and a typed label answer them.
        offered_at: When, aware UTC; None when nothing is on offer.
        misses: Failures in a row.
        repeats: How often in a row the same text came, and since when (the loop guard).
        last_text: A hash of the last text, never the text itself.
        subject: What was shown last, as its handler names it (``work:12``, ``hours:03``): what «она» and «а завтра?»
            speak of; "" for nothing.
        subject_at: When, aware UTC.
        language: "ru" or "en" where the reader's own words said in which to answer; "" goes by what is reported.
    """

    expects: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    offered: tuple[Button, ...] = ()
    offered_at: datetime | None = None
    misses: int = 0
    repeats: int = 0
    repeating_since: datetime | None = None
    last_text: str = ""
    subject: str = ""
    subject_at: datetime | None = None
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One unhandled message, claimed for a turn.

    Attributes:
        mode: Who speaks there at the moment of the claim.
        first: True where this is the first message of the contact ever.
        tries: How many turns of this message have failed already.
        lease: What proves at completion that the claim is still ours; 0 where the store needs none.
    """

    message_id: int
    conversation_id: int
    inbound: Inbound
    mode: Mode
    dialogue: Dialogue
    first: bool
    tries: int
    received_at: datetime
    lease: int = 0


class Outcome(StrEnum):
    """How a turn ended, for the log and the figures."""

    ANSWERED = "answered"
    MISSED = "missed"
    HANDED_OVER = "handed_over"
    SILENT = "silent"
    """A librarian holds the conversation, or the loop guard spoke: kept, not answered."""
    FAILED = "failed"
    """The handler raised: apologised, kept for the staff."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """Everything that one turn changes: kept in one transaction or not at all."""

    message_id: int
    conversation_id: int
    lease: int
    contact: Contact
    replies: tuple[Reply, ...]
    dialogue: Dialogue
    outcome: Outcome
    intent: str = ""
    confidence: float = 0.0
    mode: Mode | None = None
    """A new mode of the conversation, None to leave it."""
    handover_reason: str = ""
    error: str = ""
    secret: bool = False
    """The reader's words are a code or a PIN: they are forgotten with the turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What became of one sending: exactly one of ``external_ids``, ``retry_at`` and ``reason`` tells it.

    Attributes:
        reason: Not empty: given up, for this reason.
        retry_at: Try again then, aware UTC.
        unreachable: With ``reason``: the contact itself cannot be reached any more.
    """

    message_id: int
    channel: str
    external_ids: tuple[str, ...] = ()
    retry_at: datetime | None = None
    reason: str = ""
    unreachable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFigures:
    """The truth about the log at one moment.

    Attributes:
        received / handled / aside: Inbound messages since the store was made, over all processes
            and restarts, each counted in the transaction that kept it: received = handled +
            waiting + aside, or something was lost.
        waiting: Unhandled messages in the store now, counted one by one.
        oldest_waiting: Age of the oldest unhandled message, None if there is none.
        queued: Outbound messages not yet sent, by lane.
    """

    received: int
    handled: int
    waiting: int
    aside: int
    oldest_waiting: timedelta | None
    queued: Mapping[Lane, int]


class MessageLog(Protocol):
    """The conversations, seen by the engine: stored arrivals, turns to take, replies to send.

    Every method raises StoreUnavailable where nothing could be kept or read.
    """

    async def record(self, message: Inbound) -> Recorded:
        """Keep one arrival; returns after the commit, which it shares with whatever came meanwhile.

        One that corrects a message which still waits, in nobody's hand, replaces its words and returns
        that message, not fresh; so does a repeated correction whose words stand there already.

        Raises:
            InputError: The database will never take it, and takes everything else.
        """
        ...

    async def claim(self, limit: int, conversation_id: int | None = None) -> list[Waiting]:
        """Unhandled messages, oldest first, of conversations that nobody else has in hand.

        With ``conversation_id`` only that conversation's.

        All claimed messages of one conversation come in their order; the caller takes them one
        after the other, at most 20 at once. A claim ends with the last ``complete``, with
        ``put_back``, by itself after a minute in which nothing was completed, or with its process.
        """
        ...

    async def complete(self, turn: Completed) -> bool:
        """Keep a turn's replies, dialogue and handled mark in one transaction, shared as in ``record``.

        Returns False, with nothing kept, where the claim was lost, the message was dealt with
        already, or a librarian took the conversation meanwhile and the turn would have spoken; in
        the last case the claim stands and a silent turn is kept.
        """
        ...

    async def complete_many(self, turns: Sequence[Completed]) -> list[bool | Exception]:
        """The same for several turns in one transaction, at most one a conversation; an answer each.

        An exception stands for a turn that the store refuses whatever is done (a broken rule of its own).
        """
        ...

    async def put_back(self, turn: Waiting, error: str, farewell: Reply | None = None) -> None:
        """A turn failed: try again, or set the message aside after the third failure.

        With ``farewell`` the reader hears that, should the message be set aside; never while a
        librarian has the conversation. Does nothing where the claim was lost.
        """
        ...

    async def claim_outbound(self, channel: str, limit: int) -> list[Outbound]:
        """Due messages of a channel by lane and age, at most one a conversation: the earliest unsent.

        A message is claimed until ``attempted``, or as long as its process lives.
        """
        ...

    async def attempted(self, attempt: Attempt) -> None:
        """Keep what became of a sending."""
        ...

    async def attempted_many(self, attempts: Sequence[Attempt]) -> list[Exception | None]:
        """The same for several in one transaction; an exception stands for one that the store refuses."""
        ...

    async def note(self, event: Event) -> None:
        """Keep what a messenger told beside messages; a repeat changes nothing.

        A receipt: an older word never undoes a newer one. A presence: the contact is out of reach, unless
        they wrote later, or can be reached again. A removal: the reader's words are wiped, and if they
        wait, nobody answers them. A reply of the staff: logged as the librarian's, and the conversation is
        theirs in the same transaction. A move: the contact goes on at the new address; where somebody is
        there already, the old conversation's messages, card and handover go over to them.

        Raises:
            InputError: The database will never take it, and takes everything else.
        """
        ...

    def sending(self, channel: str) -> AbstractAsyncContextManager[bool]:
        """Whether this process may send on the channel, for as long as the context lasts.

        Messengers limit accounts, not processes: one process sends for an account. False means
        that another one does; ask again later.
        """
        ...

    async def figures(self) -> QueueFigures:
        """Counts for health and metrics."""
        ...

    def refused(self) -> str:
        """Why what came last was not kept; "" where it was, and where that is some time ago."""
        ...

    def changes(self) -> AsyncIterator[None]:
        """Yields at once, then when a message may wait for its turn (here or from another process)."""
        ...

    def wake(self) -> None:
        """Let everybody who waits for changes look once."""
        ...

    def outgoing_changes(self, channel: str) -> AsyncIterator[None]:
        """Yields at once, then when the channel may have something to send, at least every second."""
        ...
