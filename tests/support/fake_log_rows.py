"""What the message log in memory keeps, and in what shape."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.messages import (
    ButtonPress,
    Contact,
    Content,
    Inbound,
    Lane,
    Photo,
    Reply,
    SharedPhone,
    Text,
    Unsupported,
)
from bot.ports.letters import Author, Logged
from bot.ports.log import Dialogue, Mode
from db.rows import clean

NOTHING = Reply(text="")


@dataclass(slots=True)
class Conversation:
    """What the table of the same name holds."""

    id: int
    contact: Contact
    name: str = ""
    language: str = ""
    mode: Mode = Mode.BOT
    dialogue: Dialogue = field(default_factory=Dialogue)
    waiting_since: datetime | None = None
    handover_reason: str = ""
    lease: int = 0
    leased_until: datetime | None = None
    in_hand: set[int] = field(default_factory=set)
    unreachable_since: datetime | None = None


@dataclass(slots=True)
class Message:
    """What the table of the same name holds."""

    id: int
    conversation: Conversation
    state: str
    created_at: datetime
    inbound: Inbound | None = None
    reply: Reply = NOTHING
    author: Author = Author.BOT
    in_reply_to: int | None = None
    lane: Lane = Lane.REPLY
    attempts: int = 0
    due_at: datetime | None = None
    external_id: str | None = None
    outcome: str | None = None
    intent: str | None = None
    error: str | None = None


def storable(message: Inbound) -> Inbound:
    """The message as a database would keep it."""
    content = message.content
    return replace(
        message,
        contact=replace(message.contact, address=clean(message.contact.address)),
        content=Text(clean(content.text)) if isinstance(content, Text) else content,
        external_id=clean(message.external_id),
        idempotency_key=clean(message.idempotency_key),
        name=clean(message.name),
        language=clean(message.language),
    )


def what_stays(content: Content) -> Content:
    """What stays once the turn is over: no number, no handle."""
    match content:
        case Photo(caption=caption):
            return Photo("", caption)
        case SharedPhone():
            return Unsupported("phone")
        case _:
            return content


def key_of(inbound: Inbound) -> tuple[str, str]:
    """By which a message that comes again is known."""
    return inbound.contact.channel, inbound.idempotency_key


def logged(message: Message) -> Logged:
    """As the log tells it."""
    if message.inbound is None:
        return Logged(
            message_id=message.id,
            author=message.author,
            reply=message.reply,
            at=message.created_at,
            in_reply_to=message.in_reply_to,
        )
    match message.inbound.content:
        case Text(text) | ButtonPress(label=text) | Photo(caption=text):
            said = text
        case _:
            said = ""
    return Logged(message_id=message.id, author=Author.READER, reply=Reply(text=said), at=message.created_at)
