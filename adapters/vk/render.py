"""Outbound → parameters of ``messages.send``, within VK's limits; pure."""

import re
from collections.abc import Mapping, Sequence

from adapters.shaping import Part, shape, width
from bot.channels import Capabilities
from bot.messages import Button, Document, Location, Picture, Reply
from bot.quick import dataclass, replace

MAX_TEXT = 4096
"""The schema says 9000 since 2024, the documentation and readers 4096: the smaller one is safe."""
MAX_PARTS = 64
MAX_FILES = 10
PAYLOAD_KEY = "b"
"""Our buttons' payload is ``{"b": "verb:argument"}``: what another bot's keyboard sends is never taken for ours."""
_INT31 = 2**31 - 2
_ZERO_WIDTH = "\u200b"
_READ_BY_VK = re.compile(
    r"(?P<address>https?://\S+)"
    r"|(?P<bracket>\[)(?=[^\[\]|\n]+\|)"  # [id1|name], [club1|name], [https://vk.com/x|name]
    r"|(?P<name>(?<!\w)@)(?=\w)"  # @all, @durov
    r"|(?P<star>(?<!\w)\*)(?=[\w.]+\s?\()"  # *id1 (name)
)
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
"""Would end a line inside a text of VKScript (``execute``), where it may not."""


def capabilities(rate_per_s: float) -> Capabilities:
    """VK's limits (dev.vk.com: "Клавиатуры для ботов", "Ограничения"): inline keyboards of 10 buttons."""
    return Capabilities(
        max_text=MAX_TEXT - 96,  # room for what keeps names from becoming mentions
        max_buttons=10,
        max_label=40,
        formatting=False,
        locations=True,
        rate_per_s=rate_per_s,
        max_rows=6,
        max_row=5,
        link_buttons=True,
        pictures=True,
        documents=True,
    )


@dataclass(frozen=True, slots=True)
class Message:
    """One call of ``messages.send``; ``files`` are uploaded first and named in ``attachment``."""

    values: Mapping[str, object]
    files: tuple[Picture | Document, ...] = ()


def messages(reply: Reply, peer_id: int, message_id: int, can: Capabilities) -> list[Message]:
    """The reply as VK carries it, one call a part, in order; at most 64, so that every ``random_id`` is its own."""
    shaped = [piece for part in shape(_with_places(reply), can) for piece in _harmless_parts(part, can)]
    parts = [piece for part in shaped for piece in _within_one_message(part)][:MAX_PARTS]
    return [_message(part, peer_id, random_id(message_id, number)) for number, part in enumerate(parts)]


def _with_places(reply: Reply) -> Reply:
    """VK's map shows a point without its name: the words say it, unless they do already."""
    places = [what for what in reply.attachments if isinstance(what, Location)]
    names = [", ".join(dict.fromkeys(filter(None, (place.title, place.address)))) for place in places]
    missing = [
        name for place, name in zip(places, names, strict=True) if (place.address or place.title) not in reply.text
    ]
    return replace(reply, text="\n".join([reply.text, *missing]).strip("\n")) if missing else reply


def _within_one_message(part: Part) -> Sequence[Part]:
    """One map point and ten files fit into a message; what is more follows in messages of its own."""
    places = [what for what in part.attachments if isinstance(what, Location)]
    files = [what for what in part.attachments if not isinstance(what, Location)]
    if len(places) <= 1 and len(files) <= MAX_FILES:
        return [part]
    first = replace(part, attachments=(*places[:1], *files[:MAX_FILES]))
    more = [Part("", attachments=tuple(files[at : at + MAX_FILES])) for at in range(MAX_FILES, len(files), MAX_FILES)]
    more += [Part("", attachments=(place,)) for place in places[1:]]
    return [first, *more]


def random_id(message_id: int, part: int) -> int:
    """VK's idempotency key, 1 to 2³¹ - 2: the same for every attempt at the same part, another for any other."""
    return 1 + (message_id * MAX_PARTS + part) % _INT31


def harmless(text: str) -> str:
    """The text with nothing that VK reads as a mention or a link; it looks the same."""
    return _READ_BY_VK.sub(_parted_by_nothing, _LINE_ENDS.sub("\n", text).replace("\x00", ""))


def _parted_by_nothing(found: re.Match[str]) -> str:
    return found.group() if found["address"] else found.group() + _ZERO_WIDTH


def _harmless_parts(part: Part, can: Capabilities) -> Sequence[Part]:
    """Nearly always one; a text full of signs that VK reads may have grown too long for that."""
    text = harmless(part.text)
    if width(text) <= MAX_TEXT:
        return [replace(part, text=text)]
    pieces = list(shape(Reply(text=text), can))
    pieces[0] = replace(pieces[0], attachments=part.attachments)
    pieces[-1] = replace(pieces[-1], buttons=part.buttons)
    return pieces


def _message(part: Part, peer_id: int, key: int) -> Message:
    values: dict[str, object] = {"peer_id": peer_id, "random_id": key, "dont_parse_links": 1, "disable_mentions": 1}
    if part.text:
        values["message"] = part.text
    if part.buttons:
        values["keyboard"] = keyboard(part.buttons)
    for place in part.attachments:
        if isinstance(place, Location):
            values |= {"lat": round(place.latitude, 6), "long": round(place.longitude, 6)}
    return Message(values, tuple(file for file in part.attachments if isinstance(file, Picture | Document)))


def keyboard(rows: Sequence[Sequence[Button]]) -> str:
    """An inline keyboard as JSON.

    Its buttons send their label as a message (VK: "text"): every client can, and a librarian who reads
    along in VK's own interface sees what was chosen. "callback" buttons need a newer client and show nothing.
    """
    from vk_api.keyboard import VkKeyboard, VkKeyboardColor

    drawn = VkKeyboard(inline=True)
    for number, row in enumerate(rows):
        if number:
            drawn.add_line()
        for button in row:
            if button.url:
                drawn.add_openlink_button(button.label, button.url, payload={})
            else:
                drawn.add_button(button.label, VkKeyboardColor.PRIMARY, payload={PAYLOAD_KEY: button.payload})
    return str(drawn.get_keyboard())
