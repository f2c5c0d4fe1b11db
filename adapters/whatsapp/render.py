"""An outgoing reply → bodies for ``POST /<number>/messages``, within WhatsApp's limits. Pure.

Limits: Meta's OpenAPI v23.0 for the Cloud API; what it leaves out, from its reference, autumn 2026.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from adapters.shaping import Part, cut, shape, width
from adapters.whatsapp.settings import WhatsAppTemplate
from adapters.whatsapp.words import formatted, with_addresses
from bot.channels import Capabilities
from bot.messages import Button, Document, Location, Picture, Reply, StoredFile, Template
from bot.quick import dataclass, replace
from bot.wording import gettext as _

SPARE = 0.975
"""Of the allowed rate: calls that set out evenly arrive unevenly, and Meta counts arrivals."""
MAX_TEXT = 4096
MAX_BODY = 1024
MAX_CAPTION = 1024
MAX_TITLE = 20
MAX_ROW_TITLE = 24
MAX_ROW_DESCRIPTION = 72
MAX_ID = 200
MAX_PICTURE = 5 * 1024**2
MAX_TEMPLATE_VALUE = 1024
PICTURES = ("image/jpeg", "image/png")
_ROOM = 128
"""Left for the signs of formatting, which are put in after a text has been parted."""


def capabilities(rate_per_s: float) -> Capabilities:
    """What WhatsApp carries. One reader's own limit is kept by :mod:`adapters.whatsapp.limits`: it allows bursts."""
    return Capabilities(
        max_text=MAX_TEXT,
        max_buttons=3,
        max_label=MAX_TITLE,
        formatting=True,
        locations=True,
        rate_per_s=rate_per_s * SPARE,
        paces=True,
        max_text_beside_buttons=MAX_BODY,
        max_list=10,
        pictures=True,
        documents=True,
        window_h=24,
        confirms=True,
        max_webhook=3 * 1024**2,
    )


_SHAPED = replace(
    capabilities(0), max_text=MAX_TEXT - _ROOM, max_text_beside_buttons=MAX_BODY - _ROOM, max_label=MAX_TEXT
)
_BARE = replace(_SHAPED, max_buttons=0, max_list=0)


@dataclass(frozen=True, slots=True)
class Piece:
    """One call.

    Attributes:
        body: Everything but the recipient.
        file: To be uploaded first; its id goes where ``body`` holds :data:`MEDIA`.
    """

    body: Mapping[str, Any]
    file: StoredFile | None = None

    def filled(self, media_id: str) -> dict[str, Any]:
        """The body with the uploaded file's id in it."""
        return dict(_filled(self.body, media_id)) if self.file else dict(self.body)


MEDIA = "\x00media id"


def pieces(reply: Reply) -> list[Piece]:
    """The calls for one reply, in order; none where there is nothing to say."""
    text, marks = with_addresses(reply)
    plain = replace(reply, text=text, marks=marks) if text.strip() else replace(reply, text="", marks=())
    parts = shape(plain, _SHAPED if _fit_for_pressing(plain) else _BARE)
    return [piece for part in parts for piece in _part(part)]


def template(wanted: Template, approved: WhatsAppTemplate) -> dict[str, Any]:
    """The call that sends an approved template."""
    what: dict[str, Any] = {
        "name": approved.name,
        "language": {"policy": "deterministic", "code": approved.language},
    }
    if wanted.values:
        values = [{"type": "text", "text": _one_line(value)} for value in wanted.values]
        what["components"] = [{"type": "body", "parameters": values}]
    return {"type": "template", "template": what}


def _one_line(value: str) -> str:
    """Meta refuses line breaks, tabs, runs of blanks and empty values in a template's places."""
    return cut(" ".join(value.split()), MAX_TEMPLATE_VALUE) or "-"


def _fit_for_pressing(reply: Reply) -> bool:
    """Whether the choices can be told apart by what WhatsApp sends back; else they are numbered."""
    choices = [button for row in reply.buttons for button in row if button.is_choice]
    payloads = [button.payload for button in choices]
    return len(set(payloads)) == len(payloads) and all(
        button.label.strip() and button.payload.strip() == button.payload and 0 < width(button.payload) <= MAX_ID
        for button in choices
    )


def _part(part: Part) -> Iterator[Piece]:
    text = _signed(part)
    choices = part.choices or tuple(button for row in part.buttons for button in row)
    files = [what for what in part.attachments if not isinstance(what, Location)]
    places = [what for what in part.attachments if isinstance(what, Location)]
    if choices:  # what is to be pressed stands last, where the reader looks
        yield from (_place(place) for place in places)
        header = files[0] if len(files) == 1 and _as_buttons(choices) else None
        yield from (_file(what) for what in files if what is not header)
        yield _interactive(text, choices, header)
        return
    if len(files) == 1 and text and width(text) <= MAX_CAPTION:
        yield _file(files[0], text)
    else:
        if text.strip():
            yield Piece({"type": "text", "text": {"body": text, "preview_url": False}})
        yield from (_file(what) for what in files)
    yield from (_place(place) for place in places)


def _signed(part: Part) -> str:
    """Formatted, unless the signs make the text too long for its message."""
    longest = MAX_BODY if part.buttons or part.choices else MAX_TEXT
    text = formatted(part.text, part.marks)
    return text if width(text) <= longest else part.text


# --- buttons and lists ---------------------------------------------------------------------------


def _as_buttons(choices: tuple[Button, ...]) -> bool:
    """At most three, and nothing of a label would be lost."""
    labels = {button.label for button in choices}
    return len(choices) <= 3 and len(labels) == len(choices) and all(width(label) <= MAX_TITLE for label in labels)


def _interactive(text: str, choices: tuple[Button, ...], header: Picture | Document | None) -> Piece:
    inner: dict[str, Any] = {"body": {"text": text}}
    if _as_buttons(choices):
        buttons = [{"type": "reply", "reply": {"id": button.payload, "title": button.label}} for button in choices]
        inner |= {"type": "button", "action": {"buttons": buttons}}
    else:
        rows = [_row(number, button, choices) for number, button in enumerate(choices, 1)]
        inner |= {"type": "list", "action": {"button": cut(_("Выбрать"), MAX_TITLE), "sections": [{"rows": rows}]}}
    if header is None:
        return Piece({"type": "interactive", "interactive": inner})
    kind, media = _media(header)
    return Piece({"type": "interactive", "interactive": inner | {"header": {"type": kind, kind: media}}}, header.file)


def _row(number: int, button: Button, choices: tuple[Button, ...]) -> dict[str, str]:
    """A row; a label that is too long for its title stands in its description whole."""
    title = cut(button.label, MAX_ROW_TITLE)
    if [cut(other.label, MAX_ROW_TITLE) for other in choices].count(title) > 1:
        title = cut(f"{number}. {button.label}", MAX_ROW_TITLE)
    row = {"id": button.payload, "title": title}
    return row if title == button.label else row | {"description": cut(button.label, MAX_ROW_DESCRIPTION)}


# --- places and files ----------------------------------------------------------------------------


def _place(place: Location) -> Piece:
    what = {"latitude": f"{place.latitude:.6f}", "longitude": f"{place.longitude:.6f}"}
    what |= {key: value for key, value in (("name", place.title), ("address", place.address)) if value}
    return Piece({"type": "location", "location": what})


def _file(what: Picture | Document, caption: str = "") -> Piece:
    kind, media = _media(what)
    caption = caption or (what.alt if isinstance(what, Picture) else "")
    if caption:
        media["caption"] = cut(caption, MAX_CAPTION)
    return Piece({"type": kind, kind: media}, what.file)


def _media(what: Picture | Document) -> tuple[str, dict[str, str]]:
    """WhatsApp shows JPEG and PNG up to 5 MB; any other picture goes as a file."""
    if isinstance(what, Picture) and what.file.media_type in PICTURES and what.file.size <= MAX_PICTURE:
        return "image", {"id": MEDIA}
    return "document", {"id": MEDIA, "filename": cut(what.file.name, 240)}


def _filled(value: Any, media_id: str) -> Any:
    if isinstance(value, Mapping):
        return {key: _filled(inner, media_id) for key, inner in value.items()}
    return media_id if value == MEDIA else value
