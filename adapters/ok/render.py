"""A reply → bodies of ``POST /me/messages``. Pure.

Source: apiok.ru, POST graph.chat.messages: at most five attachments, a keyboard among them; words have no formatting.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.shaping import shape
from bot.channels import Capabilities
from bot.messages import Attachment, Button, Document, Picture, Reply
from bot.quick import dataclass

MOST_PICTURES = 4
"""Of the five attachments one is left for the buttons."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One message to be sent; its files have to be uploaded first."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    files: tuple[Picture | Document, ...] = ()


def render(reply: Reply, can: Capabilities) -> tuple[Piece, ...]:
    """The messages of a reply, in the order of sending."""
    pieces: list[Piece] = []
    for part in shape(reply, can):
        pictures, others = _sorted(part.attachments)
        words = part.text or part.buttons or pictures
        worded = [Piece(part.text, part.buttons, tuple(pictures[:MOST_PICTURES]))] if words else []
        beside = [Piece("", files=(what,)) for what in (*pictures[MOST_PICTURES:], *others)]
        pieces += [*beside, *worded] if part.buttons else [*worded, *beside]  # what is to be pressed stands last
    return tuple(pieces)


def body(piece: Piece, uploaded: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The JSON of one message, without its recipient; ``uploaded`` are the attachments of its files."""
    attachments: list[Mapping[str, Any]] = list(uploaded)
    if piece.buttons:
        rows = [[_button(button) for button in row] for row in piece.buttons]
        attachments.append({"type": "INLINE_KEYBOARD", "payload": {"keyboard": {"buttons": rows}}})
    message: dict[str, Any] = {"text": piece.text} if piece.text else {}
    if attachments:
        message["attachments"] = attachments
    return message


def _sorted(attachments: Sequence[Attachment]) -> tuple[list[Picture | Document], list[Picture | Document]]:
    pictures: list[Picture | Document] = [what for what in attachments if isinstance(what, Picture)]
    return pictures, [what for what in attachments if isinstance(what, Document)]


def _button(button: Button) -> dict[str, str]:
    if button.url:
        return {"type": "LINK", "text": button.label, "intent": "DEFAULT", "url": button.url}
    return {"type": "CALLBACK", "text": button.label, "intent": "DEFAULT", "payload": button.payload}
