"""VK's events → our messages and events; pure.

Nothing here raises but for a body that is no event at all: what we do not know is set aside by its kind, what we
should have understood and could not is handed on unread.
Layouts: VKCOM/vk-api-schema, callback/objects.json (MIT); ``message_new`` wraps its message since version
5.103, ``message_edit`` and ``message_reply`` never do.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.vk.render import PAYLOAD_KEY
from bot.channels import Accepted
from bot.errors import BadSignature
from bot.messages import (
    ButtonPress,
    Contact,
    Content,
    Delivery,
    DeliveryReceipt,
    Inbound,
    Photo,
    Presence,
    StaffReply,
    Started,
    Text,
    Unsupported,
)
from bot.quick import dataclass

CHATS_FROM = 2_000_000_000
"""``peer_id`` of a conversation of many: not ours to answer."""
SWITCHED_OFF = (5, 103)
"""Versions below are no longer served; their events mean a wrong setting of the community."""
LANGUAGES = {0: "ru", 1: "uk", 2: "be", 3: "en", 4: "es", 5: "fi", 6: "de", 7: "it", 97: "kk", 114: "be"}
"""VK's numbers of languages."""
KINDS = {
    "audio_message": "voice",
    "sticker": "sticker",
    "doc": "document",
    "video": "video",
    "audio": "audio",
    "wall": "post",
    "wall_reply": "post",
    "link": "link",
    "graffiti": "photo",
    "gift": "gift",
    "poll": "poll",
    "market": "market",
    "story": "story",
}
"""Attachments that we cannot read, in our words."""
_INT64 = 2**63
_LONGEST_ID = 100
_KIND = re.compile(r"[a-z0-9_]{1,48}")


@dataclass(frozen=True, slots=True)
class PressAnswer:
    """A pressed callback button waits for this: its spinner turns until then."""

    event_id: str
    user_id: int
    peer_id: int


def event_of(body: bytes) -> dict[str, Any]:
    """The body as an object. Raises BadSignature: what cannot be read cannot hold our secret."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError):
        raise BadSignature("the body is no JSON") from None
    if not isinstance(event, dict):
        raise BadSignature("the body is no object")
    return event


def read(event: object, channel: str, now: datetime) -> Accepted:
    """What one event of the Callback API or of Bots Long Poll holds; a known kind that is bent is kept unread.

    Args:
        event: The decoded event, its secret already checked.
        channel: Our channel's name.
        now: The moment of events that tell none.
    """
    whole = _object(event)
    kind, what = _words(whole.get("type")), _object(whole.get("object"))
    reader = _READERS.get(kind)
    if reader is None:
        return Accepted(set_aside=(kind if _KIND.fullmatch(kind) else "unknown",))
    if "warning" in what and len(what) == 1:
        return Accepted(set_aside=("warning",))
    accepted = reader(_Event(whole=whole, what=what, channel=channel, now=now))
    return Accepted(unread=(json.dumps(whole).encode(),)) if accepted is None else accepted


# --- what is inside ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Event:
    whole: Mapping[str, Any]
    what: Mapping[str, Any]
    channel: str
    now: datetime

    def contact(self, peer_id: int) -> Contact:
        return Contact(channel=self.channel, address=str(peer_id))

    def moment(self, value: object) -> datetime:
        try:
            return datetime.fromtimestamp(_number(value), UTC) if _number(value) > 0 else self.now
        except (ValueError, OverflowError, OSError):
            return self.now


def _message_new(event: _Event) -> Accepted | None:
    message = _object(event.what.get("message"))
    if not message and not _is_switched_off(event.whole.get("v")):
        message = event.what  # the older layout
    peer_id = _number(message.get("peer_id")) or _number(message.get("from_id"))
    if _is_of_many(peer_id) or message.get("out") == 1:
        return Accepted()
    if peer_id < 0:
        return Accepted(set_aside=("community",))
    if peer_id == 0:
        return None
    own_id = _own_id(message, peer_id)
    inbound = Inbound(
        contact=event.contact(peer_id),
        content=_content(message),
        idempotency_key=_key(message, peer_id, event),
        sent_at=event.moment(message.get("date")),
        language=_language(event.what),
        external_id=own_id,
    )
    return Accepted(messages=(inbound,))


def _message_event(event: _Event) -> Accepted | None:
    peer_id, user_id = _number(event.what.get("peer_id")), _number(event.what.get("user_id"))
    event_id = _words(event.what.get("event_id"))
    if not event_id or user_id <= 0 or peer_id <= 0:
        return None
    answer = (PressAnswer(event_id, user_id, peer_id),)
    if _is_of_many(peer_id):
        return Accepted(courtesies=answer)
    inbound = Inbound(
        contact=event.contact(peer_id),
        content=ButtonPress(_pressed(event.what.get("payload")) or _foreign(event.what.get("payload"))),
        idempotency_key=f"press:{peer_id}:{_short(event_id)}",
        sent_at=event.now,
    )
    return Accepted(messages=(inbound,), courtesies=answer)


def _message_edit(event: _Event) -> Accepted | None:
    """The reader's own correction of words; VK also tells of what it added itself (a link's preview)."""
    message = event.what
    peer_id = _number(message.get("peer_id"))
    if _is_of_many(peer_id) or message.get("out") == 1:
        return Accepted()
    text, changed_at = _words(message.get("text")), _number(message.get("update_time"))
    if peer_id <= 0:
        return None
    if _number(message.get("from_id")) != peer_id or not text.strip() or not changed_at:
        return Accepted(set_aside=("message_edit",))
    own_id = _own_id(message, peer_id)
    corrected = Inbound(
        contact=event.contact(peer_id),
        content=Text(text),
        idempotency_key=f"edit:{own_id}:{changed_at}:{_number(message.get('version'))}",
        sent_at=event.moment(changed_at),
        corrects=own_id,
    )
    return Accepted(messages=(corrected,))


def _message_reply(event: _Event) -> Accepted | None:
    """Words of the community: a person's where VK names the author, else the echo of our own."""
    peer_id, staff = _number(event.what.get("peer_id")), _number(event.what.get("admin_author_id"))
    if staff <= 0 or _is_of_many(peer_id):
        return Accepted()
    if peer_id <= 0:
        return None
    said = StaffReply(
        contact=event.contact(peer_id),
        text=_words(event.what.get("text")),
        staff=str(staff),
        external_id=_own_id(event.what, peer_id),
        at=event.moment(event.what.get("date")),
    )
    return Accepted(events=(said,))


def _presence(reachable: bool) -> Callable[[_Event], Accepted | None]:
    def read_presence(event: _Event) -> Accepted | None:
        user_id = _number(event.what.get("user_id"))
        if user_id <= 0:
            return None
        return Accepted(events=(Presence(contact=event.contact(user_id), reachable=reachable, at=event.now),))

    return read_presence


def _message_read(event: _Event) -> Accepted | None:
    peer_id, read_id = _number(event.what.get("from_id")), _number(event.what.get("read_message_id"))
    if _is_of_many(_number(event.what.get("peer_id"))) or peer_id <= 0:
        return Accepted()
    if read_id <= 0:
        return None
    receipt = DeliveryReceipt(
        channel=event.channel, external_id=str(read_id), delivery=Delivery.READ, at=event.now, and_before=True
    )
    return Accepted(events=(receipt,))


_READERS: Mapping[str, Callable[[_Event], Accepted | None]] = {
    "message_new": _message_new,
    "message_event": _message_event,
    "message_edit": _message_edit,
    "message_reply": _message_reply,
    "message_allow": _presence(reachable=True),
    "message_deny": _presence(reachable=False),
    "message_read": _message_read,
    "message_typing_state": lambda _: Accepted(),
}


# --- one message ---------------------------------------------------------------------------------


def _content(message: Mapping[str, Any]) -> Content:
    text, payload = _words(message.get("text")), _decoded(message.get("payload"))
    if _object(payload).get("command") == "start":
        return Started(_words(message.get("ref")))
    if pressed := _pressed(payload):
        return ButtonPress(pressed, label=text)
    attachments = [_object(one) for one in _list(message.get("attachments"))]
    for attachment in attachments:
        if attachment.get("type") == "photo" and (url := _largest(_object(attachment.get("photo")))):
            return Photo(url, caption=text)
    if text.strip():
        return Text(text)
    return Unsupported(_kind(message, attachments))


def _kind(message: Mapping[str, Any], attachments: list[Mapping[str, Any]]) -> str:
    if attachments:
        kind = attachments[0].get("type")
        return KINDS.get(kind, "attachment") if isinstance(kind, str) else "attachment"
    if message.get("geo"):
        return "location"
    if message.get("fwd_messages"):
        return "forward"
    return "attachment" if message.get("template") else "empty"


def _largest(photo: Mapping[str, Any]) -> str:
    sizes = [_object(one) for one in _list(photo.get("sizes"))] + [_object(photo.get("orig_photo"))]
    known = [size for size in sizes if _words(size.get("url")).startswith(("https://", "http://"))]
    best = max(known, key=lambda size: _number(size.get("width")) * _number(size.get("height")), default={})
    return _words(best.get("url"))


def _decoded(payload: object) -> object:
    """``payload`` is JSON in a text; anything else is as good as none."""
    if not isinstance(payload, str):
        return payload
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return None


def _pressed(payload: object) -> str:
    """Our own button's payload; "" where it is none of ours."""
    return _words(_object(_decoded(payload)).get(PAYLOAD_KEY))


def _foreign(payload: object) -> str:
    """A callback button of some other bot: no verb that a handler knows."""
    return "foreign:" + _short(json.dumps(payload, ensure_ascii=True, sort_keys=True, default=str))[:40]


def _own_id(message: Mapping[str, Any], peer_id: int) -> str:
    own = _number(message.get("id"))
    return str(own) if own > 0 else f"{peer_id}_{_number(message.get('conversation_message_id'))}"


def _key(message: Mapping[str, Any], peer_id: int, event: _Event) -> str:
    """The same whichever way the message came: a callback, a poll, the history."""
    number = _number(message.get("conversation_message_id"))
    if number > 0:
        return f"{peer_id}:{number}"
    own = _number(message.get("id"))
    return f"id:{own}" if own > 0 else f"event:{_short(_words(event.whole.get('event_id')))}"


def _language(what: Mapping[str, Any]) -> str:
    number = _object(what.get("client_info")).get("lang_id")
    return LANGUAGES.get(number, "") if isinstance(number, int) else ""


def _is_of_many(peer_id: int) -> bool:
    return peer_id >= CHATS_FROM


def _is_switched_off(version: object) -> bool:
    parts = _words(version).split(".")
    return len(parts) == 2 and all(part.isdecimal() for part in parts) and tuple(map(int, parts)) < SWITCHED_OFF


def _short(text: str) -> str:
    if len(text) <= _LONGEST_ID:
        return text
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


# --- values of any shape -------------------------------------------------------------------------


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _words(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int:
    """A whole number that fits into 64 bits, else 0."""
    return value if isinstance(value, int) and not isinstance(value, bool) and -_INT64 < value < _INT64 else 0
