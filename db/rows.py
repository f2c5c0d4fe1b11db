"""How messages and dialogues are kept: JSON by msgspec, moments as each database likes them.

Older rows stay readable: unknown keys are ignored, missing ones take their defaults.
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from bot.messages import (
    Attachment,
    Button,
    ButtonPress,
    Contact,
    Content,
    Document,
    Inbound,
    Location,
    Mark,
    Photo,
    Picture,
    Reply,
    SharedPhone,
    Started,
    StoredFile,
    Template,
    Text,
    Unsupported,
)
from bot.ports.letters import Author, Logged
from bot.ports.log import Dialogue
from bot.quick import replace
from bot.sameness import of_the_same

EMPTY_DIALOGUE = "{}"


class InboundExtra(msgspec.Struct, omit_defaults=True):
    """What of an arrival is not plain text.

    Once its turn is over, a picture's handle and a phone's number are taken out: ``unsupported`` says what was there.
    """

    press: str | None = None
    label: str = ""
    start: str | None = None
    photo: str | None = None
    phone: str | None = None
    verified: bool = False
    unsupported: str | None = None
    automated: bool = False


class AttachmentExtra(msgspec.Struct, omit_defaults=True):
    """An attachment in the store: a map point, or a file with its ``alt`` where it is a picture."""

    latitude: float = 0.0
    longitude: float = 0.0
    title: str = ""
    address: str = ""
    file: StoredFile | None = None
    alt: str | None = None


class ReplyExtra(msgspec.Struct, omit_defaults=True):
    """What of a reply is not plain text."""

    marks: tuple[Mark, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    attachments: tuple[AttachmentExtra, ...] = ()
    personal: bool = False
    template: Template | None = None
    language: str = ""


_encode = msgspec.json.Encoder().encode
_decode_ids = msgspec.json.Decoder(list[int]).decode
_decode_pairs = msgspec.json.Decoder(list[tuple[int, int]]).decode
_decode_stands = msgspec.json.Decoder(list[tuple[int, str, str, int]]).decode
_decode_inbound = msgspec.json.Decoder(InboundExtra).decode
_decode_reply = msgspec.json.Decoder(ReplyExtra).decode
_decode_dialogue = msgspec.json.Decoder(Dialogue).decode
_NEW_DIALOGUE = Dialogue()


_ESCAPED_NUL = re.compile(r"((?:^|[^\\])(?:\\\\)*)\\u0000")
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """The text without NUL and lone surrogates, which no store can keep."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if not text.isascii():
        try:
            text.encode()  # five times as quick as to look for one
        except UnicodeEncodeError:
            return _SURROGATES.sub("\ufffd", text)
    return text


def _json(value: object) -> str:
    """JSON without NUL, which PostgreSQL cannot keep."""
    try:
        encoded = _encode(value).decode()
    except UnicodeEncodeError:
        encoded = json.dumps(msgspec.to_builtins(value), ensure_ascii=False).encode(errors="replace").decode()
    while "\\u0000" in encoded and (without := _ESCAPED_NUL.sub(r"\1", encoded)) != encoded:
        encoded = without
    return encoded


def batch_json(batch: Sequence[object]) -> str:
    """Values for ``json_each``."""
    return _json(batch)


def ids_of(stored: str) -> list[int]:
    """What ``json_group_array`` of ids returned."""
    return _decode_ids(stored)


def pairs_of(stored: str) -> list[tuple[int, int]]:
    """Pairs of ids that SQLite put together."""
    return _decode_pairs(stored)


def stands_of(stored: str) -> list[tuple[int, str, str, int]]:
    """Conversations as SQLite put them together: id, mode, dialogue, whether something was said before."""
    return _decode_stands(stored)


def text_of(content: Content) -> str:
    """The words of an arrival, "" where it has none; NUL cannot be kept by PostgreSQL."""
    match content:
        case Text(text) | Photo(caption=text):
            return clean(text)
        case _:
            return ""


def extra_of(inbound: Inbound) -> str | None:
    """JSON of what is not plain text, None for plain words of a person."""
    content, automated = inbound.content, inbound.automated
    match content:
        case Text():
            return _json(InboundExtra(automated=True)) if automated else None
        case ButtonPress(payload, label):
            return _json(InboundExtra(press=payload, label=label, automated=automated))
        case Started(parameter):
            return _json(InboundExtra(start=parameter, automated=automated))
        case Photo(handle):
            return _json(InboundExtra(photo=handle, unsupported="photo", automated=automated))
        case SharedPhone(number, verified):
            return _json(InboundExtra(phone=number, verified=verified, unsupported="phone", automated=automated))
        case Unsupported(kind):
            return _json(InboundExtra(unsupported=kind, automated=automated))


def content_of(text: str, extra: str | None) -> tuple[Content, bool]:
    """The arrival's content, and whether a bot sent it."""
    if extra is None:
        return Text(text), False
    value = _decode_inbound(extra)
    return _content(text, value), value.automated


def _content(text: str, value: InboundExtra) -> Content:
    content: Content = Text(text)
    if value.press is not None:
        content = ButtonPress(value.press, value.label)
    elif value.start is not None:
        content = Started(value.start)
    elif value.photo is not None:
        content = Photo(value.photo, text)
    elif value.phone is not None:
        content = SharedPhone(value.phone, value.verified)
    elif value.unsupported == "photo":
        content = Photo("", text)
    elif value.unsupported is not None:
        content = Unsupported(value.unsupported)
    return content


def _reply_extra(reply: Reply) -> str | None:
    """JSON of whatever a reply has beside its words; None for a plain one."""
    if not (reply.marks or reply.buttons or reply.attachments or reply.personal or reply.template or reply.language):
        return None
    attachments = tuple(map(_attachment_extra, reply.attachments))
    return _json(ReplyExtra(reply.marks, reply.buttons, attachments, reply.personal, reply.template, reply.language))


reply_extra = of_the_same(_reply_extra)
"""The same, remembered: what many readers hear is put together once."""


def _reply_text(reply: Reply) -> str:
    return clean(reply.text)


reply_text = of_the_same(_reply_text)
"""The words of a reply as they can be kept, remembered likewise."""


def _attachment_extra(what: Attachment) -> AttachmentExtra:
    match what:
        case Location():
            return AttachmentExtra(what.latitude, what.longitude, what.title, what.address)
        case Picture(file=file, alt=alt):
            return AttachmentExtra(file=file, alt=alt)
        case Document(file=file):
            return AttachmentExtra(file=file)


def _attachment(extra: AttachmentExtra) -> Attachment:
    if extra.file is None:
        return Location(latitude=extra.latitude, longitude=extra.longitude, title=extra.title, address=extra.address)
    return Document(file=extra.file) if extra.alt is None else Picture(file=extra.file, alt=extra.alt)


def reply_of(text: str, extra: str | None) -> Reply:
    """A reply as it was said."""
    if extra is None:
        return Reply(text=text)
    value = _decode_reply(extra)
    return Reply(
        text=text,
        marks=value.marks,
        buttons=value.buttons,
        attachments=tuple(map(_attachment, value.attachments)),
        personal=value.personal,
        template=value.template,
        language=value.language,
    )


def dialogue_json(dialogue: Dialogue) -> str:
    """A dialogue for the store."""
    if dialogue == _NEW_DIALOGUE:
        return EMPTY_DIALOGUE
    return _json(dialogue)


def dialogue_of(stored: str) -> Dialogue:
    """A dialogue from the store."""
    return _NEW_DIALOGUE if stored == EMPTY_DIALOGUE else _decode_dialogue(stored)


def logged_of(
    message_id: int, author: str, text: str, extra: str | None, at: datetime, in_reply_to: int | None
) -> Logged:
    """One message of a conversation as its reader sees it."""
    if author == Author.READER:
        content, _ = content_of(text, extra)
        said = content.label if isinstance(content, ButtonPress) else text
        photo = isinstance(content, Photo)
        return Logged(message_id=message_id, author=Author.READER, reply=Reply(text=said), at=at, photo=photo)
    return Logged(
        message_id=message_id, author=Author(author), reply=reply_of(text, extra), at=at, in_reply_to=in_reply_to
    )


def inbound_of(
    channel: str, address: str, key: str, text: str, extra: str | None, said_at: datetime, name: str, language: str
) -> Inbound:
    """An arrival from its row."""
    content, automated = content_of(text, extra)
    return Inbound(
        contact=Contact(channel=channel, address=address),
        content=content,
        idempotency_key=key,
        sent_at=said_at,
        name=name,
        language=language,
        automated=automated,
    )


def as_stored(inbound: Inbound, name: str, language: str) -> Inbound:
    """An arrival as it would be read back."""
    content, contact = inbound.content, inbound.contact
    address = clean(contact.address)
    if not isinstance(content, Text):
        content, _ = content_of(text_of(content), extra_of(inbound))
    elif (text := clean(content.text)) is not content.text:
        content = Text(text)
    is_as_it_came = content is inbound.content and address is contact.address
    if is_as_it_came and name == inbound.name and language == inbound.language:
        return inbound
    return replace(
        inbound,
        contact=contact if address is contact.address else replace(contact, address=address),
        content=content,
        idempotency_key=clean(inbound.idempotency_key),
        name=name,
        language=language,
    )


_WHOLE_MOMENT = len("2026-01-01 00:00:00.000000")


def to_sqlite(moment: datetime) -> str:
    """UTC as SQLite keeps it: sorts as text (see ``db.base.Moment``)."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    told = _encode(moment).decode()[1:-2].replace("T", " ")  # in a tenth of the time of ``isoformat``
    return told if len(told) == _WHOLE_MOMENT else f"{told}.000000"


def from_sqlite(stored: Any) -> datetime:
    """A moment from its SQLite text."""
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)
