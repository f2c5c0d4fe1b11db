"""Addresses of a conversation's pictures and documents: each opens one file of one message, for a day or two. Pure.

An address is signed with the conversation's own secret (the session's hash), so it says nothing of the session,
no other conversation's file can be guessed from it, and every process of the service can check it.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from adapters.signatures import same
from bot.messages import Contact, Document, Picture, Reply

SHOWN_AT_ONCE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What a browser may show in place: pictures that can hold no script. The rest is handed over as a file."""
DAY_S = 86_400
DAYS = 2
"""An address ends with the next day (UTC): it holds for 24 to 48 hours, and is the same for all readings of a day."""


def files_of(reply: Reply) -> tuple[Picture | Document, ...]:
    """Pictures and documents of a message, in order; the place among them is the file's number."""
    return tuple(what for what in reply.attachments if isinstance(what, Picture | Document))


def address(contact: Contact, message_id: int, number: int, now: datetime) -> str:
    """Where the file is, from the root of the service."""
    until = (int(now.timestamp()) // DAY_S + DAYS) * DAY_S
    return f"/chat/files/{message_id}/{number}?until={until}&key={_key(contact, message_id, number, until)}"


def opens(contact: Contact | None, message_id: int, number: int, until: int, key: str, now: datetime) -> bool:
    """Whether the key is this very file's and still holds; takes as long for a wrong one as for a right one."""
    right = _key(contact or Contact(channel="", address=""), message_id, number, until)
    return same(key, right) and contact is not None and now.timestamp() < until


def headers(what: Picture | Document, until: int, now: datetime) -> dict[str, str]:
    """How the file is handed over: to one browser, for its address's time, unable to do anything there."""
    file = what.file
    shown = isinstance(what, Picture) and file.media_type in SHOWN_AT_ONCE
    left = max(0, min(until - int(now.timestamp()), int(timedelta(days=1).total_seconds())))
    name = "".join(letter for letter in file.name if letter.isprintable()) or "file"
    plain = "".join(letter if letter.isascii() and letter not in '"\\' else "_" for letter in name)
    disposition = "inline" if shown else "attachment"
    return {
        "Content-Type": file.media_type if _is_type(file.media_type) else "application/octet-stream",
        "Content-Disposition": f"{disposition}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
        "Cache-Control": f"private, max-age={left}",
    }


def _is_type(media_type: str) -> bool:
    letters = media_type.replace("/", "", 1)
    return "/" in media_type and letters.isascii() and all(letter.isalnum() or letter in "+-." for letter in letters)


def _key(contact: Contact, message_id: int, number: int, until: int) -> str:
    said = f"{contact.channel}\n{message_id}\n{number}\n{until}"
    return hmac.new(contact.address.encode(), said.encode(), hashlib.sha256).hexdigest()


def parsed_until(value: str | None) -> int:
    """The end of an address's time, aware of nothing else; 0 where it is no moment of ours."""
    if not value or not value.isascii() or not value.isdigit() or len(value) > 12:
        return 0
    moment = int(value)
    return moment if moment <= int(datetime(2200, 1, 1, tzinfo=UTC).timestamp()) else 0
