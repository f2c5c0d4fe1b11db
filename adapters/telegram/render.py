"""A reply → calls of the Bot API within Telegram's limits. Pure.

Formatting is HTML with nothing but our own tags: whatever a title or a reader writes is shown as it is.
Source of the limits: core.telegram.org/bots/api: 4,096 characters after parsing, captions of 1,024, callback data of
64 bytes; 100 buttons and 8 in a row are what its applications show (limits.tginfo.me).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from adapters.shaping import Part, html, shape, width
from bot.channels import Capabilities
from bot.messages import Button, Document, Location, Picture, Reply
from bot.quick import dataclass, replace

MAX_PHOTO = 10 * 1024**2
"""Bytes; a larger picture goes as a file (core.telegram.org/bots/api, "Sending files")."""
MAX_TEXT, MAX_CAPTION, MAX_BUTTONS, MAX_ROW, MAX_LABEL = 4096, 1024, 100, 8, 64


@dataclass(frozen=True, slots=True)
class Piece:
    """One call.

    Attributes:
        method: ``sendMessage``, ``sendPhoto``, ``sendDocument`` or ``sendVenue``.
        text: As it goes out, with tags if ``html``: the text, or a picture's caption.
        plain: The same without tags.
        markup: The keyboard as Telegram's JSON; None leaves whatever is there.
        asks_phone: ``markup`` is a keyboard that stays until it is taken away.
    """

    method: str
    text: str = ""
    plain: str = ""
    html: bool = False
    markup: Mapping[str, Any] | None = None
    asks_phone: bool = False
    file: Picture | Document | None = None
    place: Location | None = None


def render(reply: Reply, can: Capabilities) -> tuple[Piece, ...]:
    """The calls of a reply, in the order of sending."""
    asks_phone = any(button.asks_phone for row in reply.buttons for button in row)
    if asks_phone:  # such a keyboard holds no links: they are written out
        can = replace(can, link_buttons=False)
    pieces: list[Piece] = []
    for part in shape(reply, can):
        pieces += _pieces(part, asks_phone=asks_phone)
    return tuple(pieces)


def _pieces(part: Part, *, asks_phone: bool) -> list[Piece]:
    markup = _markup(part.buttons, asks_phone=asks_phone)
    worded = Piece(
        "sendMessage",
        html(part.text, part.marks) if part.marks else part.text,
        part.text,
        html=bool(part.marks),
        markup=markup,
        asks_phone=asks_phone and markup is not None,
    )
    files = [what for what in part.attachments if not isinstance(what, Location)]
    pieces = []
    if len(files) == 1 and _is_photo(files[0]) and part.text.strip() and width(part.text) <= MAX_CAPTION:
        pieces.append(replace(worded, method="sendPhoto", file=files.pop()))
    elif part.text.strip() or markup:
        pieces.append(worded)
    pieces += [Piece("sendPhoto" if _is_photo(what) else "sendDocument", file=what) for what in files]
    pieces += [Piece("sendVenue", place=what) for what in part.attachments if isinstance(what, Location)]
    return pieces


def _is_photo(what: Picture | Document) -> bool:
    return isinstance(what, Picture) and what.file.size <= MAX_PHOTO


def _markup(rows: Sequence[Sequence[Button]], *, asks_phone: bool) -> Mapping[str, Any] | None:
    if not rows:
        return None
    if not asks_phone:
        return {"inline_keyboard": [[_inline(button) for button in row] for row in rows]}
    keys = [
        [{"text": button.label} | ({"request_contact": True} if button.asks_phone else {}) for button in row]
        for row in rows
    ]
    return {"keyboard": keys, "resize_keyboard": True, "one_time_keyboard": True}


def _inline(button: Button) -> dict[str, str]:
    return {"text": button.label} | ({"url": button.url} if button.url else {"callback_data": button.payload})
