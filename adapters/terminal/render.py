"""A reply → plain text for a terminal: numbered choices, written-out links, lines of its width. Pure."""

import re
import unicodedata
from collections.abc import Iterator

from bot.messages import Attachment, Document, Location, Mark, Picture, Reply, Style
from bot.wording import gettext as _

WIDTH = 80
NARROWEST = 20
BOLD, ITALIC, PLAIN = "\x1b[1m", "\x1b[3m", "\x1b[0m"
_CODES = {Style.BOLD: BOLD, Style.ITALIC: ITALIC}
_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
_BULLET = re.compile(r"\s*(?:[-–—•*]|\d{1,3}[.)])\s+|\s*")
_KEPT = {"\n", "\t", "\u200d"}
"""Of the control characters: the last one joins several signs to one emoji."""


def render(reply: Reply, *, width: int = WIDTH, tty: bool = False) -> str:
    """The whole reply as lines, without a last line break.

    Args:
        reply: What the core said.
        width: Characters in a line, at least 20.
        tty: Whether a person looks: then bold is shown by escape codes.
    """
    width = max(width, NARROWEST)
    parts = ["\n".join(_wrapped(line, width) for line in _worded(reply, tty=tty).split("\n"))]
    parts += [_attached(what, width) for what in reply.attachments]
    links = [button for row in reply.buttons for button in row if button.url]
    parts += [_wrapped(_clean(f"{button.label}: {button.url}"), width) for button in links]
    buttons = [button for row in reply.buttons for button in row if button.is_choice]
    if buttons:
        room = len(str(len(buttons)))
        parts.append("\n".join(_wrapped(_choice(n, button.label, room), width) for n, button in enumerate(buttons, 1)))
    return "\n\n".join(part for part in parts if part)


def _choice(number: int, label: str, room: int) -> str:
    """A numbered choice; a label that begins with its number has it once."""
    words = _clean(label).removeprefix(f"{number}. ")
    return f"{number:>{room}}. {words}"


def _worded(reply: Reply, *, tty: bool) -> str:
    """The text with its marks: bold by codes, links with their address behind them."""
    pieces, at = [], 0
    for mark in reply.marks:
        end = mark.start + mark.length
        pieces += [_clean(reply.text[at : mark.start]), _marked(_clean(reply.text[mark.start : end]), mark, tty=tty)]
        at = end
    return "".join([*pieces, _clean(reply.text[at:])])


def _marked(words: str, mark: Mark, *, tty: bool) -> str:
    if mark.style is Style.LINK:
        address = _clean(mark.url)
        return words if address.removeprefix("mailto:").removeprefix("tel:") == words else f"{words} ({address})"
    return f"{_CODES[mark.style]}{words}{PLAIN}" if tty else words


def _clean(text: str) -> str:
    """Without control characters: a title must not move the cursor or set the window's name."""
    return "".join(letter for letter in text if letter in _KEPT or unicodedata.category(letter) not in {"Cc", "Cf"})


def _attached(what: Attachment, width: int) -> str:
    match what:
        case Location():
            return _place(what, width)
        case Picture(alt=alt):
            return _wrapped(_clean(_("Картинка: {alt}").format(alt=alt)), width)
        case Document(file=file):
            return _wrapped(_clean(_("Файл: {name}").format(name=file.name)), width)


def _place(place: Location, width: int) -> str:
    name = place.title if not place.address or place.address == place.title else f"{place.title}, {place.address}"
    point = f"{place.latitude:.5f}, {place.longitude:.5f}"
    words = _("На карте: {name} ({point})").format(name=_clean(name), point=point)
    address = f"https://www.openstreetmap.org/?mlat={place.latitude:.5f}&mlon={place.longitude:.5f}"
    return f"{_wrapped(words, width)}\n{address}"


def _wrapped(line: str, width: int) -> str:
    """One line in several of at most ``width`` columns; what follows a bullet or number stays indented."""
    if _columns(line) <= width:
        return line.rstrip()
    match = _BULLET.match(line)
    indent = " " * min(len(match.group()) if match else 0, width // 2)
    lines, current = [], ""
    for word in _words(line, width - len(indent)):
        longer = f"{current} {word}" if current.strip() else current + word
        if _columns(longer) > width and current.strip():
            lines.append(current.rstrip())
            current = indent + word
        else:
            current = longer
    return "\n".join([*lines, current.rstrip()])


def _words(line: str, room: int) -> Iterator[str]:
    """The line's words, its indentation kept with the first; an address stays whole, to be copied."""
    start = line[: len(line) - len(line.lstrip())]
    for number, word in enumerate(line.split()):
        first = start if number == 0 else ""
        if "://" in word or "\x1b" in word or _columns(word) <= room:
            yield first + word
        else:
            yield from _pieces(first + word, room)


def _pieces(word: str, room: int) -> Iterator[str]:
    """A word that is wider than the line, in pieces that are not."""
    piece = ""
    for letter in word:
        if _columns(piece + letter) > room:
            yield piece
            piece = ""
        piece += letter
    yield piece


def _columns(text: str) -> int:
    """Columns that a text takes: an emoji and a Chinese character take two, an accent none."""
    shown = _ESCAPE.sub("", text)
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in shown
    )
