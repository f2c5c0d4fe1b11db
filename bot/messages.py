"""The one vocabulary of messages: closed, frozen, with no messenger's word in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum


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


Content = Text | ButtonPress | Started | Unsupported


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
    """

    contact: Contact
    content: Content
    idempotency_key: str
    sent_at: datetime
    name: str = ""
    language: str = ""
    automated: bool = False


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
    """A short answer offered to the reader.

    Attributes:
        label: What the reader sees; also understood when typed. Keep within 40 characters.
        payload: ``verb`` or ``verb:argument``, at most 64 bytes in UTF-8 (the smallest limit
            among messengers: Telegram's callback data).
    """

    label: str
    payload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A map point: degrees WGS 84."""

    latitude: float
    longitude: float
    title: str
    address: str


Attachment = Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    r"""What the reader gets: readable as plain text alone.

    Attributes:
        text: Plain text, lines parted by ``\n``.
        marks: Formatting of ``text``, in order, never overlapping.
        buttons: Rows of buttons. They are also numbered choices: an adapter that lacks buttons
            lists them, and the dispatcher reads "2" as the second one in reading order.
        attachments: Map points (pictures and documents come with the messengers).
    """

    text: str
    marks: tuple[Mark, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    attachments: tuple[Attachment, ...] = ()


def compose(*parts: str | Styled) -> tuple[str, tuple[Mark, ...]]:
    """Join plain and formatted pieces into a text and its marks."""
    text, marks = "", []
    for part in parts:
        if isinstance(part, Styled):
            marks.append(Mark(len(text), len(part.text), part.style, part.url))
            text += part.text
        else:
            text += part
    return text, tuple(marks)


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
    """

    message_id: int
    contact: Contact
    reply: Reply
    lane: Lane
    attempt: int


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
    """The messenger's later word about one message that it took."""

    channel: str
    external_id: str
    delivery: Delivery
    at: datetime
    reason: str = ""
