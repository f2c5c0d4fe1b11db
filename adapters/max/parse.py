"""An update of MAX → what the core understands. Pure.

Only dialogues are answered: groups and channels are set aside. MAX numbers no updates, so a message is known by
its ``mid``, a press by its ``callback_id``, anything else by kind, moment, chat and person.
Source: MAX Bot API, OpenAPI of 2026-07-01.
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime
from typing import Any

import msgspec

from adapters.signatures import same
from bot.channels import Accepted
from bot.messages import (
    ButtonPress,
    Contact,
    Content,
    Inbound,
    Photo,
    Presence,
    Removed,
    SharedPhone,
    Started,
    Text,
    Unsupported,
)
from bot.quick import dataclass

LONGEST_KEY = 200
_PLAIN = re.compile(rf"[!-~]{{1,{LONGEST_KEY}}}")
_TEL = re.compile(r"^TEL[^:\r\n]*:(?:tel:)?\s*(\+?[\d\s().-]+)", re.IGNORECASE | re.MULTILINE)
_KINDS = {"audio": "voice", "file": "document", "share": "link"}
"""What the core calls attachments that MAX calls otherwise."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press that MAX waits to hear about (``POST /answers``)."""

    callback_id: str


class _User(msgspec.Struct):
    user_id: int
    first_name: str | None = None
    last_name: str | None = None
    name: str | None = None
    is_bot: bool | None = None


class _Recipient(msgspec.Struct):
    chat_type: str | None = None


class _Attachment(msgspec.Struct):
    type: str
    payload: Any = None


class _Body(msgspec.Struct):
    mid: str
    text: str | None = None
    attachments: list[_Attachment] | None = None


class _LinkedBody(msgspec.Struct):
    text: str | None = None


class _Link(msgspec.Struct):
    type: str | None = None
    message: _LinkedBody | None = None


class _Message(msgspec.Struct):
    recipient: _Recipient
    body: _Body
    sender: _User | None = None
    link: _Link | None = None


class _Callback(msgspec.Struct):
    callback_id: str
    user: _User
    payload: str | None = None


class Update(msgspec.Struct):
    """The fields of an update that we read; the rest is passed over."""

    update_type: str
    timestamp: int
    message: _Message | None = None
    callback: _Callback | None = None
    chat_id: int | None = None
    user: _User | None = None
    payload: str | None = None
    user_locale: str | None = None
    message_id: str | None = None


_decode = msgspec.json.Decoder(Update).decode


def read(raw: bytes, channel: str, token: str) -> Accepted:
    """One update; what is not understood is set aside by its kind, what cannot be read at all is kept as it came.

    Args:
        raw: JSON as it came.
        channel: Key of the channel in ``config.yaml``.
        token: The bot's: it signs the phone numbers that readers share.
    """
    try:
        update = _decode(raw)
        at = datetime.fromtimestamp(update.timestamp / 1000, UTC)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, OverflowError, ValueError, OSError):
        return Accepted(set_aside=("unreadable",), unread=(raw,))
    if update.message is not None and update.update_type in ("message_created", "message_edited"):
        return _said(update, update.message, channel, token, at)
    if update.callback is not None and update.update_type == "message_callback":
        return _pressed(update, update.callback, channel, at)
    return _happened(update, channel, at)


def _happened(update: Update, channel: str, at: datetime) -> Accepted:
    """What is no message of a reader."""
    match update.update_type:
        case "bot_started" if update.user is not None:
            started = Started(update.payload or "")
            return Accepted(messages=(_inbound(update, update.user, started, _other_key(update), channel, at),))
        case "bot_stopped" | "dialog_removed" if update.user is not None:
            contact = Contact(channel=channel, address=str(update.user.user_id))
            return Accepted(events=(Presence(contact=contact, reachable=False, at=at),))
        case "message_removed" if update.message_id:
            return Accepted(events=(Removed(channel=channel, external_id=_key(update.message_id), at=at),))
        case kind:
            return Accepted(set_aside=(_shown(kind),))


def _said(update: Update, message: _Message, channel: str, token: str, at: datetime) -> Accepted:
    sender = message.sender
    if sender is None or message.recipient.chat_type != "dialog":
        return Accepted(set_aside=("message outside a dialogue",))
    content = _content(message, sender, token)
    if content is None:
        return Accepted(set_aside=("message without content",))
    mid = _key(message.body.mid)
    edited = update.update_type == "message_edited"
    key = _key(f"{message.body.mid}@{update.timestamp}") if edited else mid
    inbound = _inbound(update, sender, content, key, channel, at, external_id=mid, corrects=mid if edited else "")
    return Accepted(messages=(inbound,))


def _pressed(update: Update, callback: _Callback, channel: str, at: datetime) -> Accepted:
    message = update.message
    if message is not None and message.recipient.chat_type != "dialog":
        return Accepted(set_aside=("press outside a dialogue",))
    payload = callback.payload or ""
    content = ButtonPress(payload, _label(message, payload))
    key = _key(callback.callback_id)
    return Accepted(
        messages=(_inbound(update, callback.user, content, key, channel, at),),
        courtesies=(Pressed(callback.callback_id),),
    )


def _inbound(
    update: Update,
    sender: _User,
    content: Content,
    key: str,
    channel: str,
    at: datetime,
    external_id: str = "",
    corrects: str = "",
) -> Inbound:
    whole = " ".join(part for part in (sender.first_name, sender.last_name) if part)
    return Inbound(
        contact=Contact(channel=channel, address=str(sender.user_id)),
        content=content,
        idempotency_key=key,
        sent_at=at,
        name=whole or sender.name or "",
        language=update.user_locale or "",
        automated=bool(sender.is_bot),
        external_id=external_id,
        corrects=corrects,
    )


def _content(message: _Message, sender: _User, token: str) -> Content | None:
    """What was said: a picture, a shared number, words (also forwarded ones), else what it was that we cannot read."""
    text = message.body.text or ""
    attached = message.body.attachments or []
    for what in attached:
        if what.type == "image" and (url := _text(what.payload, "url")):
            return Photo(url, text)
        if what.type == "contact":
            return _contact(what.payload, sender, token)
    if text.strip():
        return Text(text)
    if attached:
        return Unsupported(_KINDS.get(attached[0].type, _shown(attached[0].type)))
    link = message.link
    if link is not None and link.message is not None and link.message.text:
        return Text(link.message.text)
    return Unsupported("forward") if link is not None else None


def _contact(payload: Any, sender: _User, token: str) -> Content:
    """A shared card: believed only if MAX signed it and it is the sender's own."""
    card = _text(payload, "vcf_info")
    found = _TEL.search(card)
    number = re.sub(r"\D", "", found[1]) if found else ""
    if len(number) == 11 and number.startswith("8"):
        number = "7" + number[1:]
    if not 7 <= len(number) <= 15:
        return Unsupported("contact")
    owner = payload.get("max_info") if isinstance(payload, dict) else None
    own = isinstance(owner, dict) and owner.get("user_id") == sender.user_id
    return SharedPhone(f"+{number}", own and is_signed(card, _text(payload, "hash"), token))


def is_signed(card: str, signature: str, token: str) -> bool:
    """Whether MAX itself handed the card over: HMAC-SHA256 of the card, keyed with the bot's token, in hex."""
    ours = hmac.new(token.encode(), card.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
    return same(signature.lower(), ours)


def _text(payload: Any, key: str) -> str:
    value = payload.get(key) if isinstance(payload, dict) else None
    return value if isinstance(value, str) else ""


def _label(message: _Message | None, payload: str) -> str:
    """What stood on the pressed button: its keyboard comes back with the press."""
    for what in (message.body.attachments if message else None) or []:
        rows = what.payload.get("buttons") if isinstance(what.payload, dict) else None
        for row in rows if isinstance(rows, list) else []:
            for button in row if isinstance(row, list) else []:
                if _text(button, "payload") == payload:
                    return _text(button, "text")
    return ""


def _other_key(update: Update) -> str:
    who = update.user.user_id if update.user else 0
    return f"{update.update_type}:{update.timestamp}:{update.chat_id}:{who}"


def _key(name: str) -> str:
    """The messenger's name of a thing, or a digest of it where it is too long or odd for a key."""
    if _PLAIN.fullmatch(name):
        return name
    return "~" + hashlib.blake2s(name.encode("utf-8", "surrogatepass")).hexdigest()


def _shown(kind: str) -> str:
    """A kind as it may stand in figures."""
    return kind if re.fullmatch(r"[a-z_]{1,40}", kind) else "other"
