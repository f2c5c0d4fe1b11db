"""A reply → the messages that one channel can carry. Pure, shared by all messengers.

What a messenger lacks is said in words: buttons become numbered choices, links and map points are
written out, long texts are parted at the ends of sentences. Nothing is dropped but a button that asks
for a phone number, which its text must do without.
"""

import re
from collections.abc import Iterator, Sequence
from html import escape

from bot.channels import Capabilities
from bot.messages import Attachment, Button, Document, Location, Mark, Picture, Reply, Style
from bot.quick import dataclass, replace
from bot.wording import current_language, in_language
from bot.wording import gettext as _

_ENDS = (
    re.compile(r"\n\s*\n"),
    re.compile(r"\n"),
    re.compile(r"[.!?…]+[\s»\")]*\s"),
    re.compile(r"[,;:]\s"),
    re.compile(r"\s"),
)
"""Where a text is best parted: paragraphs, lines, sentences, clauses, words."""
_LEAST = 0.3
"""A part is at least so full, or a worse place is taken."""
_HTML = {Style.BOLD: "b", Style.ITALIC: "i"}
_JOINERS = frozenset("\u200d\ufe0f\u20e3")
_Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One message as the messenger will carry it, within all its limits.

    Attributes:
        text: "" only where there is an attachment or a button.
        marks: Formatting of ``text``; empty where the messenger shows none.
        buttons: Rows that fit the messenger.
        choices: Instead of ``buttons``: what a list that opens offers, at most ``max_list``.
        attachments: Only such as the messenger carries.
    """

    text: str
    marks: tuple[Mark, ...] = ()
    buttons: _Rows = ()
    choices: tuple[Button, ...] = ()
    attachments: tuple[Attachment, ...] = ()


def shape(reply: Reply, can: Capabilities) -> tuple[Part, ...]:
    """At least one part, in the order of sending; buttons stand under the last text."""
    if reply.language and reply.language != current_language():
        with in_language(reply.language):
            return shape(reply, can)
    text, marks = _written_out(reply, can)
    buttons, choices, extra = _offered(reply.buttons, can)
    text = "\n".join([piece for piece in (text,) if piece] + list(extra)).strip("\n")
    if not text and (buttons or choices):
        text = _("Выберите:")
    carried = tuple(what for what in reply.attachments if _carries(what, can))
    beside = can.max_text_beside_buttons if (buttons or choices) and can.max_text_beside_buttons else can.max_text
    parts = [Part(piece, tuple(inside)) for piece, inside in _parted(text, marks, can.max_text, beside)] or [Part("")]
    parts[-1] = replace(parts[-1], buttons=buttons, choices=choices)
    if carried:
        parts[0] = replace(parts[0], attachments=carried)
    return tuple(parts)


def width(text: str) -> int:
    """UTF-16 units, as the messengers count."""
    return len(text) + sum(1 for letter in text if letter > "\uffff")


def cut(text: str, longest: int) -> str:
    """The text in at most ``longest`` UTF-16 units, shortened with «…» where it must be."""
    if width(text) <= longest:
        return text
    return text[: _fitting(text, longest - 1)].rstrip(" ,.;:") + "…"


def html(text: str, marks: Sequence[Mark]) -> str:
    """The text with tags; whatever else looks like one is shown as it was typed."""
    pieces, at = [], 0
    for mark in marks:
        end = mark.start + mark.length
        words = escape(text[mark.start : end], quote=False)
        tag = _HTML.get(mark.style)
        marked = f"<{tag}>{words}</{tag}>" if tag else f'<a href="{escape(mark.url)}">{words}</a>'
        pieces += [escape(text[at : mark.start], quote=False), marked]
        at = end
    return "".join([*pieces, escape(text[at:], quote=False)])


def _written_out(reply: Reply, can: Capabilities) -> tuple[str, tuple[Mark, ...]]:
    """The words with everything in them that the messenger cannot show otherwise."""
    text, marks = (reply.text, reply.marks) if can.formatting else (_with_addresses(reply), ())
    lines = [line for what in reply.attachments if not _carries(what, can) for line in in_words(what)]
    if not can.link_buttons:
        lines += [f"{button.label}: {button.url}" for row in reply.buttons for button in row if button.url]
    return "\n".join(piece for piece in (text, *lines) if piece), marks


def _with_addresses(reply: Reply) -> str:
    """Links keep their address: «Подробнее (https://…)»."""
    pieces, at = [], 0
    for mark in reply.marks:
        end = mark.start + mark.length
        words = reply.text[mark.start : end]
        pieces.append(reply.text[at:end])
        if mark.style is Style.LINK and mark.url.removeprefix("mailto:").removeprefix("tel:") != words:
            pieces.append(f" ({mark.url})")
        at = end
    return "".join([*pieces, reply.text[at:]])


def _carries(what: Attachment, can: Capabilities) -> bool:
    match what:
        case Location():
            return can.locations
        case Picture():
            return can.pictures
        case Document():
            return can.documents


def in_words(what: Attachment) -> tuple[str, ...]:
    """What is written where an attachment cannot be shown, line by line: of a map point its place, then its address."""
    match what:
        case Location():
            point = f"https://www.openstreetmap.org/?mlat={what.latitude:.5f}&mlon={what.longitude:.5f}"
            name = what.title if what.address in ("", what.title) else f"{what.title}, {what.address}"
            return name, point
        case Picture(alt=alt):
            return (_("Картинка: {alt}").format(alt=alt),)
        case Document(file=file):
            return (_("Файл: {name}").format(name=file.name),)


# --- buttons -------------------------------------------------------------------------------------


def _offered(rows: _Rows, can: Capabilities) -> tuple[_Rows, tuple[Button, ...], tuple[str, ...]]:
    """Buttons, or a list that opens, or numbered lines."""
    kept = tuple(row for row in (_possible(row, can) for row in rows) if row)
    flat = [button for row in kept for button in row]
    if not flat:
        return (), (), ()
    if len(flat) <= can.max_buttons and (fitting := _rows_that_fit(kept, can)) is not None:
        return tuple(tuple(_labelled(button, can) for button in row) for row in fitting), (), ()
    choices = [button for button in flat if button.is_choice]
    if len(choices) == len(flat) and len(choices) <= can.max_list:
        return (), tuple(choices), ()
    lines = [f"{number}. {button.label.removeprefix(f'{number}. ')}" for number, button in enumerate(choices, 1)]
    beside = [f"{button.label}: {button.url}" for button in flat if button.url]
    return (), (), (*beside, *(("", *lines, _("Ответьте номером.")) if lines else ()))


def _possible(row: Sequence[Button], can: Capabilities) -> tuple[Button, ...]:
    return tuple(
        button for button in row if (not button.url or can.link_buttons) and (not button.asks_phone or can.phone_button)
    )


def _rows_that_fit(rows: _Rows, can: Capabilities) -> _Rows | None:
    """The rows as they are; broken where one is too long; filled up where there are too many; None if even so."""
    most = can.max_row or can.max_buttons
    broken = [row[at : at + most] for row in rows for at in range(0, len(row), most)]
    if not can.max_rows or len(broken) <= can.max_rows:
        return tuple(broken)
    flat = [button for row in rows for button in row]
    filled = tuple(tuple(flat[at : at + most]) for at in range(0, len(flat), most))
    return filled if len(filled) <= can.max_rows else None


def _labelled(button: Button, can: Capabilities) -> Button:
    return button if width(button.label) <= can.max_label else replace(button, label=cut(button.label, can.max_label))


# --- long texts ----------------------------------------------------------------------------------


def _parted(text: str, marks: Sequence[Mark], longest: int, longest_last: int) -> Iterator[tuple[str, list[Mark]]]:
    """The text in pieces of at most ``longest`` units, the last of at most ``longest_last``, with their marks."""
    at = 0
    while at < len(text):
        rest = text[at:]
        if width(rest) <= longest_last:
            end = len(rest)
        else:
            end = _best_end(rest, longest if width(rest) > longest else longest_last)
        piece = rest[:end]
        shown = piece.strip() if at or end < len(rest) else piece
        begin = at + (len(piece) - len(piece.lstrip()) if shown != piece else 0)
        if shown:
            yield shown, list(_inside(marks, begin, begin + len(shown)))
        at += end


def _best_end(text: str, longest: int) -> int:
    room = _fitting(text, longest)
    for end in _ENDS:
        best = 0
        for found in end.finditer(text, 0, room + 1):
            if found.end() <= room + 1:
                best = min(found.end(), room)
        if best >= room * _LEAST:
            return best
    return room


def _fitting(text: str, longest: int) -> int:
    """Letters of the text that fit into so many units, never half of a composed sign; at least one."""
    end = used = 0
    for letter in text:
        used += 2 if letter > "\uffff" else 1
        if used > longest:
            break
        end += 1
    while 0 < end < len(text) and (text[end] in _JOINERS or text[end - 1] == "\u200d"):
        end -= 1
    return max(end, 1)


def _inside(marks: Sequence[Mark], begin: int, end: int) -> Iterator[Mark]:
    for mark in marks:
        start, stop = max(mark.start, begin), min(mark.start + mark.length, end)
        if start < stop:
            yield replace(mark, start=start - begin, length=stop - start)
