"""What the core asks of the rooms around it; ``bot.app`` fills each port."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from bot.accounts import Accounts, Circulation
from bot.handover import People
from bot.library.card_codes import CardBarcode
from bot.library.model import Branch, WorkCard
from bot.messages import Button, Contact, Event, Inbound, Lane, Outbound, Reply, StoredFile

# --- understanding -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing that the reader wants.

    Attributes:
        intent: search, availability, renew, my_loans, hold, hours, location, contacts, events, join,
            rules, review, human, subscribe, unsubscribe, greeting, thanks, out_of_scope, recommend,
            help, cancel.
        confidence: 0..1, calibrated: 0.9 means nine of ten are right.
        slots: Pieces of the message that the intent needs, in the reader's own words:
            title, author, isbn, volume, grade, age, subject, branch, date, item, …
        rest: The message without polite noise: what to look up in the catalogue.
        anywhere: True for a global word (стоп, человек, помощь, отмена): heard in every state.
        because: Why, in a few words each, for ``ask --explain`` and the tests.
    """

    intent: str
    confidence: float
    slots: Mapping[str, str] = field(default_factory=dict)
    rest: str = ""
    anywhere: bool = False
    because: tuple[str, ...] = ()


class Understanding(Protocol):
    """A reader's words → what is wanted. Pure, synchronous, never raises, well under a millisecond."""

    def understand(self, text: str) -> tuple[Request, ...]:
        """At least one request, in the order of the message; most messages hold one."""
        ...


# --- the catalogue -------------------------------------------------------------------------------


class Verdict(StrEnum):
    """How sure a search is."""

    FOUND = "found"
    """The first hit is what the reader means."""
    CHOICE = "choice"
    """Several works fit equally well: let the reader choose."""
    NEAR = "near"
    """Nothing fits; the hits are near misses, to be shown as a question only."""
    NOTHING = "nothing"
    """Nothing fits and nothing is near."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to look for: ``text`` is searched whole; slots sharpen it where they are known."""

    text: str
    title: str = ""
    author: str = ""
    isbn: str = ""
    volume: str = ""
    grade: str = ""
    age: str = ""
    series: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The outcome of a search, best first, at most the asked number of works.

    Attributes:
        scores: 0..1, one a work.
        corrected: What was searched instead of a misspelt query, "" if nothing was changed.
        isbn_note: "bad_check_digit" where the ISBN asked for cannot be right, else "".
        synonyms: The librarians' synonyms that were used, in words.
    """

    verdict: Verdict
    works: tuple[WorkCard, ...] = ()
    scores: tuple[float, ...] = ()
    corrected: str = ""
    isbn_note: str = ""
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taste:
    """What a reader would like to read, where no book is named; empty values mean that it was not said.

    Attributes:
        subject / genre / author: In the reader's words.
        age: Of who will read it, in years.
        grade: School class, 1 to 11.
        children: It is for a child, of whatever age.
        newest: What is new in the library.
    """

    subject: str = ""
    genre: str = ""
    author: str = ""
    age: int | None = None
    grade: int | None = None
    children: bool = False
    newest: bool = False


class Wish(StrEnum):
    """One of the things that a taste may name."""

    SUBJECT = "subject"
    GENRE = "genre"
    AUTHOR = "author"
    AGE = "age"
    GRADE = "grade"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """Works for a taste: what is in now first.

    Attributes:
        met: The wishes that every work of the list meets, as far as the catalogue tells.
    """

    works: tuple[WorkCard, ...] = ()
    met: frozenset[Wish] = frozenset()


class Catalogue(Protocol):
    """Books, as readers ask for them."""

    async def suggest(self, taste: Taste, limit: int = 5) -> Suggested:
        """Choose by what the records say of subject, kind, age and class. Raises StoreUnavailable."""
        ...

    async def find(self, wanted: Wanted, limit: int = 5) -> Found:
        """Search; the cards are read from the store in one query. Raises StoreUnavailable."""
        ...

    async def card(self, work_id: int) -> WorkCard | None:
        """One work as it is now, None if it is gone or hidden from readers."""
        ...


# --- the library ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class FaqAnswer:
    """What the library answers on a topic."""

    topic: str
    answer: str
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaqEntry:
    """One answer as the library keeps it.

    Attributes:
        topic: Topic key (``understanding/phrases/topics.yaml``), or one of the library's own.
        questions: How readers ask it, in their words.
    """

    topic: str
    language: str
    answer: str
    questions: tuple[str, ...] = ()
    url: str = ""


class Faq(Protocol):
    """The library's own answers."""

    @property
    def edition(self) -> object:
        """What differs after every change that this process knows of."""
        ...

    async def about(self, topic: str, language: str) -> FaqAnswer | None:
        """The entry under a topic key (``join``, ``rules.fine``, …), the language's own first."""
        ...

    async def nearest(self, text: str, language: str) -> FaqAnswer | None:
        """The entry whose recorded questions fit the reader's words, None when none fits well."""
        ...


class Branches(Protocol):
    """The buildings, with their hours."""

    @property
    def edition(self) -> object:
        """What differs after every change that this process knows of."""
        ...

    async def all(self) -> Sequence[Branch]:
        """Every branch that readers may be told of, the main one first; from memory."""
        ...


class Holidays(Protocol):
    """Official days off."""

    def name(self, day: Any) -> str:
        """The holiday's name on ``day`` (a date), "" on a working day."""
        ...


class Unseen(StrEnum):
    """Why nothing was seen on a picture."""

    NOTHING = "nothing"
    """No code on it that could be read."""
    OTHER = "other"
    """A code, and it is no book's."""
    TOO_LARGE = "too_large"
    NO_PICTURE = "no_picture"
    """Nothing that we can open as a picture."""
    AWAY = "away"
    """The messenger does not hand it out, or we have too many pictures in hand: later it may work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What stands on a picture.

    Attributes:
        isbns: Thirteen digits each with a right check digit, distinct, the largest code first.
        start: The start parameter of a link of our own (``Started``), "" where there is none.
        unseen: Why there is neither; None where there is.
    """

    isbns: tuple[str, ...] = ()
    start: str = ""
    unseen: Unseen | None = None


class Pictures(Protocol):
    """Pictures that readers send: looked at, never kept."""

    async def look(self, contact: Contact, handle: str) -> Seen:
        """What stands on the picture behind ``Photo.handle``; within a few seconds, never raises."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """All that a handler may ask.

    Attributes:
        name: The library's name as readers know it.
        reply_hours: In which hours a librarian answers: the code of the branch whose hours count.
        policy_url: Where the text on personal data is, "" if there is none.
        pictures: What readers photograph; None where nobody can look at it.
        accounts: Whose card is behind a contact; None where readers have no accounts here.
        circulation: What is lent and waited for; None where readers have no accounts here.
        files: Where a file is kept that a reader is sent.
        card_barcode: What the desk's scanners read off a card.
        people: Who waits for a person, and whether it helped; None where nobody counts.
    """

    name: str
    catalogue: Catalogue
    faq: Faq
    branches: Branches
    holidays: Holidays
    reply_hours: str = ""
    policy_url: str = ""
    pictures: Pictures | None = None
    accounts: Accounts | None = None
    circulation: Circulation | None = None
    files: "Files | None" = None
    card_barcode: CardBarcode = CardBarcode.AUTO
    people: People | None = None


class Files(Protocol):
    """Files that are sent to readers: pictures and documents. Raise StoreUnavailable."""

    async def keep(self, name: str, media_type: str, data: bytes, of: Contact | None = None) -> StoredFile:
        """Keep a file; the same bytes are kept once.

        Args:
            name: As its reader sees it.
            media_type: Of the bytes.
            data: The bytes.
            of: Whose file it is: it is forgotten with them, and after a while by itself; None for anybody's.
        """
        ...

    async def read(self, file_id: int) -> bytes | None:
        """Its bytes, None where it is gone."""
        ...


class Unread(Protocol):
    """What messengers sent and nobody could read: the newest bodies, for the operator."""

    async def keep(self, channel: str, kind: str, body: bytes) -> None:
        """Keep one, cut to what helps; the oldest ones go. Raises StoreUnavailable."""
        ...

    async def count(self) -> int:
        """How many there are. Raises StoreUnavailable."""
        ...


# --- the log that is the queue -------------------------------------------------------------------


class Mode(StrEnum):
    """Who speaks with the reader. DESIGN §8."""

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
    """

    expects: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    offered: tuple[Button, ...] = ()
    offered_at: datetime | None = None
    misses: int = 0
    repeats: int = 0
    repeating_since: datetime | None = None
    last_text: str = ""


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

    def changes(self) -> AsyncIterator[None]:
        """Yields at once, then when a message may wait for its turn (here or from another process)."""
        ...

    def wake(self) -> None:
        """Let everybody who waits for changes look once."""
        ...

    def outgoing_changes(self, channel: str) -> AsyncIterator[None]:
        """Yields at once, then when the channel may have something to send, at least every second."""
        ...


class Post(Protocol):
    """Letters to readers outside a turn: into the outbox, where lanes, pace and data classes are minded."""

    async def post(
        self, contact: Contact, reply: Reply, key: str, *, lane: Lane = Lane.NOTICE, due_at: datetime | None = None
    ) -> int | None:
        """Write one letter; the same key again, in the same channel, writes nothing. Raises StoreUnavailable.

        Args:
            contact: To whom.
            reply: ``personal`` where it says something of a person.
            key: Names the letter for ever (``linked:…``).
            lane: What it must wait for.
            due_at: Not before this moment, aware UTC.

        Returns:
            The message's id; None where it was written before, or the contact is unknown, cannot be
            reached, or asked to be forgotten.
        """
        ...


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
