"""An event of Odnoklassniki → what the core understands. Pure.

The bodies are not published in full, so everything may be missing and a press is looked for in the places where public
clients found it. What the messenger says of itself (JSON with a key ``ty`` in the place of words) is never shown.
Source: apiok.ru, POST graph.user.subscribe, and answers recorded by public clients.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from bot.channels import Accepted
from bot.messages import ButtonPress, Contact, Content, Inbound, Photo, SharedPhone, Text, Unsupported
from bot.quick import dataclass

_USER = re.compile(r"(?:user:)?([0-9]{1,20})")
_CHAT = re.compile(r"chat:[A-Za-z0-9]{1,64}")
_PLAIN = re.compile(r"[!-~]{1,200}")
_KINDS = {
    "AUDIO": "voice",
    "CONTACT": "contact",
    "FILE": "document",
    "LOCATION": "location",
    "SHARE": "link",
    "STICKER": "sticker",
    "VIDEO": "video",
}
_Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press that Odnoklassniki wants answered with a message (``POST /chat:ID/answer``)."""

    reader: str
    callback_id: str
    chat: str


def read(raw: bytes, channel: str, now: datetime) -> Accepted:
    """One event; what is not understood is set aside by its kind, what cannot be read at all is kept as it came.

    Args:
        raw: JSON as it came.
        channel: Key of the channel in ``config.yaml``.
        now: The present moment, for events that name none.
    """
    try:
        event = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Accepted(set_aside=("unreadable",), unread=(raw,))
    if not isinstance(event, dict):
        return Accepted(set_aside=("unreadable",), unread=(raw,))
    sender = _USER.fullmatch(_text(_inner(event, "sender"), "user_id"))
    if sender is None:
        return Accepted(set_aside=("not from a reader",))
    contact = Contact(channel=channel, address=f"user:{sender[1]}")
    match event.get("webhookType"):
        case "MESSAGE_CALLBACK":
            return _pressed(event, contact, now)
        case "MESSAGE_CREATED" | "MESSAGE_EDITED" | None:
            return _said(event, contact, now)
        case _:
            return Accepted(set_aside=("system",))


def _said(event: _Json, contact: Contact, now: datetime) -> Accepted:
    message = _inner(event, "message")
    mid, text = _text(message, "mid"), _text(message, "text")
    if not mid:
        return Accepted(set_aside=("message without an id",))
    if _is_system(text):
        return Accepted(set_aside=("system",))
    edited = event.get("edited") is True or event.get("webhookType") == "MESSAGE_EDITED"
    # The moment of an edited message may be that of the first writing: its words tell one edit from another.
    key = _key(f"{mid}~{_digest(text)}") if edited else _key(mid)
    inbound = Inbound(
        contact=contact,
        content=_content(message, text),
        idempotency_key=key,
        sent_at=_moment(event, now),
        name=_text(_inner(event, "sender"), "name"),
        external_id=_key(mid),
        corrects=_key(mid) if edited else "",
    )
    return Accepted(messages=(inbound,))


def _pressed(event: _Json, contact: Contact, now: datetime) -> Accepted:
    places = (event, _inner(event, "callback"), _inner(event, "message"))
    payload = _first(places, "payload", "callbackData")
    name = _first(places, "callbackId", "callback_id")
    if not payload:
        return Accepted(set_aside=("press without payload",))
    chat = _CHAT.fullmatch(_text(_inner(event, "recipient"), "chat_id"))
    key = name or f"press:{_first(places, 'mid')}:{event.get('timestamp')}:{payload}"
    inbound = Inbound(
        contact=contact,
        content=ButtonPress(payload, _first(places, "buttonText")),
        idempotency_key=_key(key),
        sent_at=_moment(event, now),
        name=_text(_inner(event, "sender"), "name"),
    )
    return Accepted(messages=(inbound,), courtesies=(Pressed(contact.address, name, chat[0]),) if name and chat else ())


def _content(message: _Json, text: str) -> Content:
    attached = message.get("attachments")
    found = [*(attached if isinstance(attached, list) else []), message.get("attachment")]
    kinds = [what for what in found if isinstance(what, dict)]
    for what in kinds:
        payload = _inner(what, "payload")
        if what.get("type") == "IMAGE" and _text(payload, "url"):
            return Photo(_text(payload, "url"), text)
        if what.get("type") == "CONTACT" and (number := _number(payload)):
            return SharedPhone(number)  # nothing vouches for it
    if text.strip():
        return Text(text)
    if kinds:
        return Unsupported(_KINDS.get(str(kinds[0].get("type")), "other"))
    return Unsupported("forward")  # a forwarded message comes with neither words nor attachments


def _number(payload: _Json) -> str:
    number = re.sub(r"\D", "", _first((payload,), "phone", "phoneNumber", "tel"))
    if len(number) == 11 and number.startswith("8"):
        number = "7" + number[1:]
    return f"+{number}" if 7 <= len(number) <= 15 else ""


def _is_system(text: str) -> bool:
    if not text.lstrip().startswith("{") or '"ty"' not in text:
        return False
    try:
        said = msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False
    return isinstance(said, dict) and "ty" in said


def _moment(event: _Json, now: datetime) -> datetime:
    at = event.get("timestamp")
    if isinstance(at, int | float) and not isinstance(at, bool) and at > 0:
        try:
            return datetime.fromtimestamp(at / 1000, UTC)
        except (OverflowError, ValueError, OSError):
            return now
    return now


def _inner(event: _Json, key: str) -> _Json:
    value = event.get(key)
    return value if isinstance(value, dict) else {}


def _text(event: _Json, key: str) -> str:
    value = event.get(key)
    return value if isinstance(value, str) else ""


def _first(places: Iterable[_Json], *keys: str) -> str:
    return next((value for place in places for key in keys if (value := _text(place, key))), "")


def _digest(text: str) -> str:
    return hashlib.blake2s(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _key(name: str) -> str:
    """The messenger's name of a thing, or a digest of it where it is too long or odd for a key."""
    return name if _PLAIN.fullmatch(name) else "~" + _digest(name)
