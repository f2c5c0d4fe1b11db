"""A webhook of the Cloud API → messages and events. Pure, tolerant: one bad item never loses its neighbours.

Source: the recorded webhooks and their index (``tests/adapters/whatsapp/recorded``), Meta's OpenAPI v23.0.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from adapters.whatsapp.addresses import phone_of, user_id_of
from bot.channels import Accepted
from bot.errors import BadWebhook
from bot.messages import (
    ButtonPress,
    Contact,
    Content,
    Delivery,
    DeliveryReceipt,
    Event,
    Inbound,
    Moved,
    Photo,
    Removed,
    SharedPhone,
    StaffReply,
    Started,
    Text,
    Unsupported,
)
from bot.quick import dataclass

LONGEST_KEY = 200
MOST_UNREAD, LONGEST_UNREAD = 5, 16_384
"""Broken items of one body that are kept for the operator, and bytes of each."""
PERMANENT_FAILURES = frozenset({130497, 131026, 131030, 131062})
"""Codes after which the reader cannot be reached at all (131050 stops only marketing)."""
_START = re.compile(r"[^\n#]{0,80}#start-([A-Za-z0-9_-]{1,64})\s*")
_MEDIA_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_DELIVERIES = {
    "sent": Delivery.SENT,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.READ,
    "played": Delivery.READ,
    "failed": Delivery.FAILED,
}
_FIELDS = frozenset(
    {
        "account_alerts", "account_review_update", "account_update", "business_capability_update", "calls",
        "group_lifecycle_update", "group_participants_update", "group_settings_update", "group_status_update",
        "history", "message_template_components_update", "message_template_quality_update",
        "message_template_status_update", "messages", "phone_number_name_update", "phone_number_quality_update",
        "security", "smb_app_state_sync", "smb_message_echoes", "template_category_update", "user_preferences",
    }
)  # fmt: skip
"""Fields of ``changes`` by name: what is set aside is counted under one of these, never under a word of the body."""
_ALOUD = frozenset(
    {"account_alerts", "account_update", "message_template_status_update", "phone_number_quality_update"}
)


@dataclass(frozen=True, slots=True)
class ReadMark:
    """A courtesy: show the reader that we have read the message and are typing."""

    message_id: str


def begin_text(greeting: str, parameter: str) -> str:
    """What a join link types for the reader; :func:`read` makes ``Started`` of it again."""
    return f"{greeting} #start-{parameter}" if parameter else greeting


def read(body: bytes, *, channel: str, phone_number_id: str, now: datetime) -> Accepted:
    """Everything of one verified body; ``now`` stands in where an item tells no time.

    Raises:
        BadWebhook: It is no JSON at all.
    """
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise BadWebhook("no JSON") from None
    reader = _Reader(channel, phone_number_id, now)
    if _text(_dict(payload).get("object")) != "whatsapp_business_account":
        return Accepted(set_aside=("other_object",))
    for entry in _dicts(_dict(payload).get("entry")):
        for change in _dicts(entry.get("changes")):
            reader.change(change)
    return reader.accepted()


def warnings(body: bytes) -> tuple[str, ...]:
    """What the operator should hear of: restrictions of the account, refused templates, errors out of band."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    found: list[str] = []
    for entry in _dicts(_dict(payload).get("entry")):
        for change in _dicts(entry.get("changes")):
            field, value = _text(change.get("field")), _dict(change.get("value"))
            if field in _ALOUD:
                found.append(f"{field}: {_text(value.get('event'))[:60] or 'see WhatsApp Manager'}")
            found += [f"error {_reason(error)}" for error in _dicts(value.get("errors"))]
    return tuple(found)


class _Reader:
    """Gathers what one body holds."""

    def __init__(self, channel: str, phone_number_id: str, now: datetime) -> None:
        self._channel = channel
        self._phone_number_id = phone_number_id
        self._now = now
        self._messages: list[Inbound] = []
        self._events: list[Event] = []
        self._read: dict[Contact, ReadMark] = {}
        self._aside: list[str] = []
        self._unread: list[bytes] = []

    def accepted(self) -> Accepted:
        """All of it."""
        return Accepted(
            messages=tuple(self._messages),
            events=tuple(self._events),
            courtesies=tuple(self._read.values()),
            set_aside=tuple(self._aside),
            unread=tuple(self._unread),
        )

    def change(self, change: Mapping[str, Any]) -> None:
        """One change of one entry."""
        field, value = _text(change.get("field")), _dict(change.get("value"))
        if field not in ("messages", "smb_message_echoes"):
            self._aside.append(field if field in _FIELDS else "unknown_field")
            return
        if _text(_dict(value.get("metadata")).get("phone_number_id")) != self._phone_number_id:
            self._aside.append("another_number")
            return
        if field == "smb_message_echoes":
            self._each(value.get("message_echoes"), self._echo, "echo")
            return
        names = _names(value)
        self._each(value.get("messages"), lambda message: self._message(message, names), "message")
        self._each(value.get("statuses"), self._status, "status")
        if value.get("errors"):
            self._aside.append("errors")

    def _each(self, items: Any, take: Callable[[Mapping[str, Any]], None], kind: str) -> None:
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict):
                take(item)
            else:
                self._broken(kind, item)

    def _broken(self, kind: str, item: Any) -> None:
        """Keep for the operator what should have been understood."""
        self._aside.append(f"broken_{kind}")
        if len(self._unread) < MOST_UNREAD:
            self._unread.append(json.dumps(item).encode()[:LONGEST_UNREAD])

    # --- messages --------------------------------------------------------------------------------

    def _message(self, message: Mapping[str, Any], names: Mapping[str, str]) -> None:
        kind, external_id = _text(message.get("type")), _text(message.get("id"))
        if message.get("group_id"):
            self._aside.append("group")
            return
        if not external_id:
            self._broken("message", message)
            return
        at = self._moment(message.get("timestamp"))
        if kind == "revoke":
            original = _text(_dict(message.get("revoke")).get("original_message_id"))
            if original:
                self._events.append(Removed(channel=self._channel, external_id=_id(original), at=at))
            return
        address = phone_of(message.get("from")) or user_id_of(message.get("from_user_id"))
        if not address:
            self._broken("message", message)
            return
        contact = Contact(channel=self._channel, address=address)
        if kind == "system":
            self._system(_dict(message.get("system")), contact, at)
            return
        corrects, said = "", message
        if kind == "edit":
            corrects = _id(_text(_dict(message.get("edit")).get("original_message_id")))
            said = _dict(_dict(message.get("edit")).get("message"))
        content = _content(said, address)
        if content is None:
            if kind != "reaction":  # a thumb up asks for nothing
                self._aside.append(kind if kind in ("interactive", "order") else "unknown_message")
            return
        self._messages.append(
            Inbound(
                contact=contact,
                content=content,
                idempotency_key=_id(external_id),
                sent_at=at,
                name=names.get(address, ""),
                external_id=_id(external_id),
                corrects=corrects,
            )
        )
        self._read[contact] = ReadMark(external_id)  # a read mark covers everything before it

    def _system(self, system: Mapping[str, Any], contact: Contact, at: datetime) -> None:
        new = phone_of(system.get("wa_id")) or phone_of(system.get("new_wa_id"))
        if _text(system.get("type")) == "user_changed_number" and new and new != contact.address:
            self._events.append(Moved(contact=contact, address=new, at=at))

    # --- what we sent ----------------------------------------------------------------------------

    def _status(self, status: Mapping[str, Any]) -> None:
        external_id = _text(status.get("id"))
        delivery = _DELIVERIES.get(_text(status.get("status")))
        if status.get("group_id") or status.get("recipient_type") == "group":
            self._aside.append("group")
            return
        if not external_id or delivery is None:
            self._aside.append("unknown_status")
            return
        at = self._moment(status.get("timestamp"))
        errors = list(_dicts(status.get("errors"))) if delivery is Delivery.FAILED else []
        reason = "; ".join(map(_reason, errors)) or "failed" if delivery is Delivery.FAILED else ""
        self._events.append(
            DeliveryReceipt(
                channel=self._channel,
                external_id=_id(external_id),
                delivery=delivery,
                at=at,
                reason=reason[:300],
                proof=_text(status.get("biz_opaque_callback_data")),
                unreachable=any(error.get("code") in PERMANENT_FAILURES for error in errors if _is_code(error)),
            )
        )

    def _echo(self, echo: Mapping[str, Any]) -> None:
        """A person of the library answered in the WhatsApp Business app (coexistence)."""
        address = phone_of(echo.get("to")) or user_id_of(echo.get("to_user_id"))
        external_id, kind = _text(echo.get("id")), _text(echo.get("type"))
        if not address or not external_id or kind in ("", "revoke", "edit", "reaction"):
            self._aside.append("echo")
            return
        media = _dict(echo.get(kind))
        self._events.append(
            StaffReply(
                contact=Contact(channel=self._channel, address=address),
                text=_text(media.get("body")) or _text(media.get("caption")) or f"[{kind[:20]}]",
                staff=phone_of(echo.get("from")),
                external_id=_id(external_id),
                at=self._moment(echo.get("timestamp")),
            )
        )

    def _moment(self, value: Any) -> datetime:
        try:
            at = datetime.fromtimestamp(int(value), UTC)
        except (TypeError, ValueError, OverflowError, OSError):
            return self._now
        return at if 2009 <= at.year <= 9000 else self._now


def _content(message: Mapping[str, Any], address: str) -> Content | None:  # noqa: PLR0911 - a table of kinds
    """What was said; None where there is nothing to answer."""
    kind = _text(message.get("type"))
    inner = _dict(message.get(kind))
    match kind:
        case "text":
            return _words(_text(inner.get("body")))
        case "interactive":
            return _pressed(inner)
        case "button":  # a quick reply of a template
            payload = _text(inner.get("payload")) or _text(inner.get("text"))
            return ButtonPress(payload, _text(inner.get("text"))) if payload else None
        case "image":
            return _picture(inner, "photo")
        case "document":
            return _picture(inner, "document") if _is_picture(inner) else Unsupported("document")
        case "audio":
            return Unsupported("voice" if inner.get("voice") is True else "audio")
        case "contacts":
            return _card(message.get("contacts"), address)
        case "video" | "sticker" | "location":
            return Unsupported(kind)
        case "unsupported":
            return Unsupported("unknown")
        case _:
            return None


def _words(text: str) -> Content | None:
    started = _START.fullmatch(text)
    if started:
        return Started(started.group(1))
    return Text(text) if text else None


def _pressed(interactive: Mapping[str, Any]) -> ButtonPress | None:
    for kind in ("button_reply", "list_reply"):
        chosen = _dict(interactive.get(kind))
        if _text(chosen.get("id")):
            return ButtonPress(_text(chosen.get("id")), _text(chosen.get("title")))
    return None


def _picture(media: Mapping[str, Any], kind: str) -> Content:
    handle = _text(media.get("id"))
    return Photo(handle, _text(media.get("caption"))) if _MEDIA_ID.fullmatch(handle) else Unsupported(kind)


def _is_picture(document: Mapping[str, Any]) -> bool:
    """A photo sent as a file keeps its sharpness: readers do so with barcodes."""
    return _text(document.get("mime_type")).partition(";")[0].strip() in ("image/jpeg", "image/png", "image/webp")


def _card(cards: Any, address: str) -> Content:
    """The reader's own card is their number, and the messenger vouches for it: it is the number they write from."""
    phones = [phone_of(phone.get("wa_id")) for card in _dicts(cards) for phone in _dicts(card.get("phones"))]
    if len(phones) == 1 and phones[0] and phones[0] == address:
        return SharedPhone(address, verified=True)
    return Unsupported("contact")


# --- small readers of JSON -----------------------------------------------------------------------


def _names(value: Mapping[str, Any]) -> dict[str, str]:
    names: dict[str, str] = {}
    for contact in _dicts(value.get("contacts")):
        name = _text(_dict(contact.get("profile")).get("name"))[:200]
        for address in (phone_of(contact.get("wa_id")), user_id_of(contact.get("user_id"))):
            if address:
                names[address] = name
    return names


def _reason(error: Mapping[str, Any]) -> str:
    code = error.get("code") if _is_code(error) else "?"
    details = _text(_dict(error.get("error_data")).get("details"))
    title = _text(error.get("title")) or _text(error.get("message"))
    return f"{code} {details or title}".strip()[:200]


def _is_code(error: Mapping[str, Any]) -> bool:
    return isinstance(error.get("code"), int)


def _id(value: str) -> str:
    """The messenger's id within the log's limit."""
    return value if len(value) <= LONGEST_KEY else hashlib.sha256(value.encode("utf-8", "replace")).hexdigest()


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> Iterator[Mapping[str, Any]]:
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else iter(())


def _text(value: Any) -> str:
    """A text that can be stored: what is none is "", half a surrogate pair is replaced."""
    if not isinstance(value, str):
        return ""
    return value if value.isprintable() else value.encode("utf-8", "replace").decode("utf-8")
