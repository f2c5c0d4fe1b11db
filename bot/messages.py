"""The one vocabulary of messages: closed, frozen, with no messenger's word in it."""

import re
from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum, StrEnum

from bot.quick import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """An address we can answer; it becomes a patron only after linking.

    Attributes:
        channel: Key of the channel in ``config.yaml``, e.g. ``"vk_main"``.
        address: The messenger's own id, always text: VK ``peer_id``, Telegram ``chat.id``,
            an E.164 number for SMS and WhatsApp, the session's hash in the web chat.
    """

    channel: str
    address: str


# --- what a reader sends -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """Words typed by the reader, as they came."""

    text: str


@dataclass(frozen=True, slots=True)
class ButtonPress:
    """A pressed button: the payload that we gave it (see ``Button``), and its label if known."""

    payload: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """The reader opened the dialogue, perhaps by a deep link with a start parameter."""

    parameter: str = ""


@dataclass(frozen=True, slots=True)
class Unsupported:
    """Something that we cannot read: ``kind`` is ``"sticker"``, ``"voice"``, ``"photo"``, … never dropped."""

    kind: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture: ``handle`` is what its channel fetches it by (``bot.channels.Fetching``), "" once the turn is over."""

    handle: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class SharedPhone:
    """A phone number handed over by the messenger: E.164, a plus and 7 to 15 digits.

    ``verified``: the messenger vouches that it is the sender's own, never somebody's card passed on.
    """

    number: str
    verified: bool = False


Content = Text | ButtonPress | Started | Photo | SharedPhone | Unsupported


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """One message from one contact.

    Attributes:
        idempotency_key: Same for every redelivery of the same message, unique within the channel
            for ever; at most 200 characters.
        sent_at: The messenger's clock, timezone-aware UTC.
        name: What the messenger calls the person, "" if unknown.
        language: IETF tag that the messenger reports, "" if unknown.
        automated: True where the messenger says that the sender is itself a bot.
        external_id: The messenger's id of the message, unique in the channel, "" where it has none:
            later words about the message (a correction, a removal) name it.
        corrects: ``external_id`` of an earlier message that this one replaces: the reader edited it.
            While that one waits its words are replaced, afterwards this is a message of its own.
    """

    contact: Contact
    content: Content
    idempotency_key: str
    sent_at: datetime
    name: str = ""
    language: str = ""
    automated: bool = False
    external_id: str = ""
    corrects: str = ""


# --- what a reader gets --------------------------------------------------------------------------


class Style(StrEnum):
    """Light formatting that every messenger can show or leave out without losing the sense."""

    BOLD = "bold"
    ITALIC = "italic"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Mark:
    """Formatting of ``text[start:start + length]`` (in code points); ``url`` only with ``LINK``."""

    start: int
    length: int
    style: Style
    url: str = ""


@dataclass(frozen=True, slots=True)
class Styled:
    """A formatted piece for :func:`compose`."""

    text: str
    style: Style
    url: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A short answer offered to the reader, or a way to somewhere else.

    Attributes:
        label: What the reader sees; also understood when typed. Keep within 40 characters.
        payload: ``verb`` or ``verb:argument``, at most 64 bytes in UTF-8 (the smallest limit
            among messengers: Telegram's callback data).
        url: Not empty: opens this https address instead of answering; written out as a line
            where the messenger has no such buttons.
        asks_phone: Hands over the reader's own number (:class:`SharedPhone`). Left out where the
            messenger cannot: the text must stand without it.
    """

    label: str
    payload: str
    url: str = ""
    asks_phone: bool = False

    @property
    def is_choice(self) -> bool:
        """Whether it is one of the numbered answers: "2" is the second of these."""
        return not self.url and not self.asks_phone


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A map point: degrees WGS 84."""

    latitude: float
    longitude: float
    title: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that the store keeps; its bytes are read by ``bot.ports.files.Files``.

    Attributes:
        name: What the reader's messenger shows: ``правила.pdf``.
        media_type: ``image/png``, ``application/pdf``, …
        size: Bytes.
    """

    file_id: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture; ``alt`` says in words what it shows, for those who do not see it."""

    file: StoredFile
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file to keep or print."""

    file: StoredFile


Attachment = Location | Picture | Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A message that the messenger has approved beforehand: what may be sent outside its window.

    Attributes:
        name: Key in ``channels.<name>.templates``, which holds the messenger's own name of it.
        values: What stands in its places, in order.
    """

    name: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    r"""What the reader gets: readable as plain text alone.

    Attributes:
        text: Plain text, lines parted by ``\n``.
        marks: Formatting of ``text``, in order, never overlapping.
        buttons: Rows of buttons. They are also numbered choices: an adapter that lacks buttons
            lists them, and the dispatcher reads "2" as the second one in reading order.
        attachments: Map points, pictures, documents, in order.
        personal: It says something of a person (loans, a card, a name): never leaves through a
            channel whose data class is ``public_only``.
        template: What is sent instead where the messenger lets us write only what it has approved.
        language: In which it is worded, where that is not the library's own: what an adapter adds («Ответьте
            номером.») is worded likewise.
    """

    text: str
    marks: tuple[Mark, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    attachments: tuple[Attachment, ...] = ()
    personal: bool = False
    template: Template | None = None
    language: str = ""


def worded_in(reply: Reply, language: str, own: str) -> Reply:
    """The reply as one that is worded in ``language``; ``own`` is the library's."""
    return reply if language == own else replace(reply, language=language)


_TWO_STOPS = re.compile(r"(?<=\w)\.\.(?!\.)")


def compose(*parts: str | Styled) -> tuple[str, tuple[Mark, ...]]:
    """Join plain and formatted pieces into a text and its marks."""
    text, marks = "", []
    for part in parts:
        if isinstance(part, Styled):
            marks.append(Mark(len(text), len(part.text), part.style, part.url))
            text += part.text
        else:
            text += one_stop(part)
    return text, tuple(marks)


def one_stop(text: str) -> str:
    """«…, Чуковский К. И.» at the end of a sentence ends it: one full stop, not two."""
    return _TWO_STOPS.sub(".", text) if ".." in text else text


def reply(*parts: str | Styled, buttons: Sequence[Sequence[Button]] = (), at: Sequence[Attachment] = ()) -> Reply:
    """A reply out of plain and formatted pieces: ``reply("Книга ", bold(title), buttons=[[…]])``."""
    text, marks = compose(*parts)
    return Reply(text=text, marks=marks, buttons=tuple(tuple(row) for row in buttons), attachments=tuple(at))


def bold(text: str) -> Styled:
    """Emphasis."""
    return Styled(text, Style.BOLD)


def link(text: str, url: str) -> Styled:
    """A link with a text of its own."""
    return Styled(text, Style.LINK, url)


class Lane(IntEnum):
    """Which goes first when a channel is busy: smaller before larger, always."""

    REPLY = 0
    NOTICE = 1
    ANNOUNCEMENT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """A reply on its way to one contact.

    Attributes:
        message_id: The row in the log; a number that never repeats, fit for a messenger's
            idempotency key (VK ``random_id``).
        attempt: 1 for the first try.
        heard_at: When the contact last wrote, aware UTC; None where that is not known.
    """

    message_id: int
    contact: Contact
    reply: Reply
    lane: Lane
    attempt: int
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The messenger took the message; ``external_ids`` are its ids of it, one a part."""

    external_ids: tuple[str, ...] = ()


class Delivery(StrEnum):
    """How far a message has come, by the messenger's later word."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReceipt:
    """The messenger's later word about one message that it took.

    Attributes:
        unreachable: With ``FAILED``: the contact itself cannot be reached any more.
        and_before: With ``READ``: so is everything that was sent in that conversation before it.
        proof: What :func:`bot.proof.proof_of` made, where the messenger brings it back with the last part of a
            message: should we never have heard its answer, the message is known to be sent all the same.
    """

    channel: str
    external_id: str
    delivery: Delivery
    at: datetime
    reason: str = ""
    unreachable: bool = False
    and_before: bool = False
    proof: str = ""


# --- what a messenger tells beside messages ------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """The reader stopped us, or may be written to again."""

    contact: Contact
    reachable: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """The reader took a message of theirs back: its words are forgotten, unanswered it stays unanswered."""

    channel: str
    external_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffReply:
    """A person of the library answered in the messenger's own interface: the conversation is theirs now.

    Attributes:
        staff: The messenger's id of that person.
        external_id: The messenger's id of the message.
    """

    contact: Contact
    text: str
    staff: str
    external_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The contact has another address from now on (a changed number, a group that became another)."""

    contact: Contact
    address: str
    at: datetime


Event = DeliveryReceipt | Presence | Removed | StaffReply | Moved
