"""A reply → bodies of ``POST /messages`` within MAX's limits. Pure.

Source of the limits: MAX Bot API, OpenAPI of 2026-07-01, and dev.max.ru on keyboards: a text of 4,000 characters;
210 buttons, 30 rows, 7 in a row, 3 where the row holds a link or asks for a number; a label of 128.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.shaping import Part, html, shape, width
from bot.channels import Capabilities
from bot.messages import Button, Document, Location, Picture, Reply
from bot.quick import dataclass, replace

MAX_ROW, MAX_ROW_SPECIAL, MAX_ROWS, MAX_BUTTONS, MAX_LABEL = 7, 3, 30, 210, 128
_SHARES = (1.0, 0.75, 0.5, 0.25)
"""Marked text grows by its tags: parts are made so much shorter until it fits."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One message to be sent: the body still without what has to be uploaded first.

    Attributes:
        text: As it goes out, with tags if ``html``.
        plain: The same without tags, for the day when MAX does not like them.
        pictures: At most one document, or any number of pictures.
    """

    text: str
    plain: str
    html: bool = False
    buttons: tuple[tuple[Button, ...], ...] = ()
    pictures: tuple[Picture, ...] = ()
    document: Document | None = None
    place: Location | None = None


def render(reply: Reply, can: Capabilities) -> tuple[Piece, ...]:
    """The messages of a reply, in the order of sending."""
    pieces: list[Piece] = []
    for part in _parts(reply, can):
        pictures = tuple(what for what in part.attachments if isinstance(what, Picture))
        worded = [_worded(part, pictures)] if part.text or part.buttons or pictures else []
        beside = [_alone(what) for what in part.attachments if not isinstance(what, Picture)]
        pieces += [*beside, *worded] if part.buttons else [*worded, *beside]  # what is to be pressed stands last
    return tuple(pieces)


def _alone(what: Location | Document) -> Piece:
    """A place with its name, or a document: MAX wants each in a message of its own."""
    if isinstance(what, Document):
        return Piece("", "", document=what)
    words = what.title if what.address in ("", what.title) else f"{what.title}, {what.address}"
    return Piece(words, words, place=what)


def body(piece: Piece, uploaded: Sequence[Mapping[str, Any]] = (), *, plain: bool = False) -> dict[str, Any]:
    """The JSON of one message.

    Args:
        piece: What to say.
        uploaded: Attachments of its pictures or its document, as MAX named them.
        plain: Without tags.
    """
    attachments: list[Mapping[str, Any]] = list(uploaded)
    if piece.place is not None:
        point = {"latitude": piece.place.latitude, "longitude": piece.place.longitude}
        attachments.append({"type": "location", **point})
    if piece.buttons:
        rows = [[_button(button) for button in row] for row in piece.buttons]
        attachments.append({"type": "inline_keyboard", "payload": {"buttons": rows}})
    said: dict[str, Any] = {
        "text": (piece.plain if plain else piece.text) or None,
        "attachments": attachments or None,
        "link": None,
    }
    if piece.html and not plain:
        said["format"] = "html"
    return said


def _parts(reply: Reply, can: Capabilities) -> tuple[Part, ...]:
    """Parts whose text fits with its tags; without any formatting where even short ones do not."""
    if any(not button.is_choice for row in reply.buttons for button in row):
        can = replace(can, max_row=MAX_ROW_SPECIAL)
    for share in _SHARES:
        parts = shape(reply, replace(can, max_text=int(can.max_text * share)))
        if all(width(html(part.text, part.marks)) <= can.max_text for part in parts if part.marks):
            return parts
    return shape(reply, replace(can, formatting=False))


def _worded(part: Part, pictures: tuple[Picture, ...]) -> Piece:
    text = html(part.text, part.marks) if part.marks else part.text
    return Piece(text, part.text, html=bool(part.marks), buttons=part.buttons, pictures=pictures)


def _button(button: Button) -> dict[str, str]:
    if button.url:
        return {"type": "link", "text": button.label, "url": button.url}
    if button.asks_phone:
        return {"type": "request_contact", "text": button.label}
    return {"type": "callback", "text": button.label, "payload": button.payload}
