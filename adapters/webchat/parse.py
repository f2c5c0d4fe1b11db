"""What a page or a program sent → ``Inbound``. Pure; every refusal says what to do."""

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from bot.messages import ButtonPress, Contact, Content, Inbound, Started, Text
from bot.quick import dataclass

LONGEST_TEXT = 4_000
"""Characters of one message; the page counts along."""
LARGEST_BODY = 64 * 1024
"""Bytes: the longest text with every character escaped fits."""
LARGEST_PICTURE = 8 * 1024 * 1024
LONGEST_ID = 100
LONGEST_PAYLOAD = 64
"""Bytes, as everywhere (``bot.messages.Button``)."""
LARGEST_MESSAGE_ID = 2**63 - 1
START = "start"
"""The payload by which a page says that a reader opened it: ``start`` or ``start:parameter``."""

_SESSION = re.compile(r"[A-Za-z0-9_-]{22,64}")
_NUMBER = re.compile(r"[0-9]{1,19}")
_decode = msgspec.json.Decoder().decode


class Refused(Exception):
    """A request that we do not take.

    Attributes:
        status: Of the HTTP answer.
        code: For programs, one word.
        field: Which field is wrong, "" where it is the whole request.
        retry_after_s: When to try again, 0 where trying again does not help.
    """

    def __init__(self, status: int, code: str, message: str, field: str = "", *, retry_after_s: int = 0) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.field = field
        self.retry_after_s = retry_after_s

    def body(self) -> dict[str, dict[str, str]]:
        """The JSON of the answer."""
        error = {"code": self.code, "message": str(self)}
        return {"error": error | ({"field": self.field} if self.field else {})}


def too_large() -> Refused:
    """More bytes than any message needs."""
    return Refused(413, "too_large", f"Send at most {LARGEST_BODY} bytes: a text has up to {LONGEST_TEXT} characters.")


def picture_too_large() -> Refused:
    """More bytes than a photograph needs."""
    most = LARGEST_PICTURE // 1024 // 1024
    return Refused(413, "too_large", f"Send at most {most} MB: a smaller photograph will do.")


def contact_of(channel: str, session: object) -> Contact:
    """The reader behind a session; only a hash of the secret is kept. Raises Refused."""
    if not isinstance(session, str) or not _SESSION.fullmatch(session):
        raise Refused(
            400,
            "bad_session",
            "session: expected 22 to 64 characters of A-Z a-z 0-9 _ -, drawn at random by the caller.",
            "session",
        )
    return Contact(channel=channel, address=hashlib.sha256(session.encode()).hexdigest())


def message_number(value: str | None, field: str) -> int:
    """The id of a message that the caller has seen already, 0 without one. Raises Refused."""
    if not value:
        return 0
    if not _NUMBER.fullmatch(value) or int(value) > LARGEST_MESSAGE_ID:
        raise Refused(400, "bad_number", f"{field}: expected the id of a message, a whole number.", field)
    return int(value)


@dataclass(frozen=True, slots=True)
class Posted:
    """The body of ``POST /chat/messages``, checked."""

    session: str
    content: Content
    own_id: str
    language: str


def posted(body: bytes) -> Posted:
    """Read a body. Raises Refused."""
    if len(body) > LARGEST_BODY:
        raise too_large()
    try:
        value = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused(400, "bad_json", "The body is no JSON in UTF-8.") from None
    if not isinstance(value, dict):
        raise Refused(400, "bad_json", 'Expected an object: {"session": "…", "text": "…"}.')
    return Posted(
        session=_string(value, "session"),
        content=_content(value),
        own_id=own_id(value.get("id")),
        language=language(value.get("language")),
    )


def inbound(message: Posted, contact: Contact, now: datetime) -> Inbound:
    """What the core is told; a message without an id of its own is always a new one."""
    number = message.own_id or uuid.uuid4().hex
    # The contact stands first: the same id of another session is another message.
    key = f"{contact.address}:{hashlib.sha256(number.encode()).hexdigest()[:40]}"
    return Inbound(
        contact=contact, content=message.content, idempotency_key=key, sent_at=now, language=message.language
    )


def _string(value: Mapping[str, Any], field: str) -> str:
    found = value.get(field)
    if not isinstance(found, str):
        raise Refused(400, f"bad_{field}", f"{field}: expected a string.", field)
    return found


def _content(value: Mapping[str, Any]) -> Content:
    payload = value.get("payload")
    if payload is None:
        return Text(_text(_string(value, "text")))
    if not isinstance(payload, str) or not payload or len(payload.encode()) > LONGEST_PAYLOAD:
        raise Refused(
            400,
            "bad_payload",
            f"payload: expected the payload of a button as it came, 1 to {LONGEST_PAYLOAD} bytes.",
            "payload",
        )
    verb, _, argument = payload.partition(":")
    if verb == START:
        return Started(argument)
    label = _text(_string(value, "text")) if value.get("text") is not None else ""
    return ButtonPress(payload, label)


def _text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise Refused(413, "too_long", f"text: at most {LONGEST_TEXT} characters, this has {len(text)}.", "text")
    return text


def own_id(value: object) -> str:
    """The caller's own id of a message, "" without one. Raises Refused."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = json.dumps(value)
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST_ID:
        raise Refused(400, "bad_id", f"id: expected your own id of the message, 1 to {LONGEST_ID} characters.", "id")
    return value


def language(value: object) -> str:
    """The language to answer in, "" where none is named. Raises Refused."""
    if value is None:
        return ""
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", value):
        raise Refused(400, "bad_language", "language: expected a tag such as ru or en.", "language")
    return value
