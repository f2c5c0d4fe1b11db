"""What the log holds → JSON of the API. Pure."""

from datetime import datetime
from typing import Any

import msgspec

from adapters.shaping import shape, width
from adapters.webchat.files import address, files_of
from adapters.webchat.linking import with_links
from bot.channels import Capabilities
from bot.messages import Contact, Document, Location, Mark, Picture, Reply, Style
from bot.ports.letters import Author, Logged
from bot.quick import replace

MAX_LABEL = 80
_ENDLESS = 1_000_000
_PAGE = Capabilities(
    max_text=_ENDLESS,
    max_buttons=_ENDLESS,
    max_label=MAX_LABEL,
    formatting=True,
    locations=True,
    pictures=True,
    documents=True,
)
_encode = msgspec.json.Encoder().encode


def message(logged: Logged, contact: Contact, now: datetime) -> dict[str, Any]:
    """One message of the contact's conversation, as programs and the page read it at this moment.

    ``marks``, ``locations`` and ``files`` are there where the message has some; positions count code points.
    """
    reply = logged.reply if logged.author is Author.READER else _shown(logged.reply)
    found: dict[str, Any] = {
        "id": logged.message_id,
        "author": logged.author.value,
        "text": reply.text,
        "buttons": [[{"label": button.label, "payload": button.payload} for button in row] for row in reply.buttons],
        "at": logged.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if logged.photo:
        found["photo"] = True
    if logged.in_reply_to is not None:
        found["in_reply_to"] = logged.in_reply_to
    marks = reply.marks if logged.author is Author.READER else with_links(reply.text, reply.marks)
    if marks:
        found["marks"] = [_mark(mark) for mark in marks]
    places = [place for place in reply.attachments if isinstance(place, Location)]
    if places:
        found["locations"] = [_location(place) for place in places]
    if files := files_of(reply):
        found["files"] = [
            _file(what) | {"url": address(contact, logged.message_id, number, now)} for number, what in enumerate(files)
        ]
    return found


def _shown(reply: Reply) -> Reply:
    """The reply with what the page cannot show (addresses behind buttons) written out, and labels of a fit length."""
    odd = any(not one.is_choice or width(one.label) > _PAGE.max_label for row in reply.buttons for one in row)
    if not odd:
        return reply
    part = shape(reply, _PAGE)[0]
    return replace(reply, text=part.text, marks=part.marks, buttons=part.buttons, attachments=part.attachments)


def event(logged: Logged, contact: Contact, now: datetime) -> bytes:
    """The same as a server-sent event, with the id that a reconnect resumes from."""
    return b"id: %d\ndata: %s\n\n" % (logged.message_id, _encode(message(logged, contact, now)))


def _mark(mark: Mark) -> dict[str, Any]:
    found: dict[str, Any] = {"start": mark.start, "length": mark.length, "style": mark.style.value}
    return found | {"url": mark.url} if mark.style is Style.LINK else found


def _file(what: Picture | Document) -> dict[str, Any]:
    kind = {"kind": "picture", "alt": what.alt} if isinstance(what, Picture) else {"kind": "document"}
    return {**kind, "name": what.file.name, "type": what.file.media_type, "size": what.file.size}


def _location(place: Location) -> dict[str, Any]:
    return {
        "latitude": place.latitude,
        "longitude": place.longitude,
        "title": place.title,
        "address": place.address,
    }
