"""Light formatting as WhatsApp reads it, with the reader's own signs left harmless. Pure.

WhatsApp has no escape: ``*bold*`` is bold wherever a star opens at the edge of a word, touches what follows, and
another closes so in the same line. A hair space between a sign and its word undoes that and is hardly seen; a sign
that stands alone in its text is left as it is.
Source: WhatsApp's help on formatting; the clients were not tried.
"""

import re
from collections.abc import Sequence

from bot.messages import Mark, Reply, Style

HAIR = "\u200a"
_SIGN = {Style.BOLD: "*", Style.ITALIC: "_"}
_ADDRESS = re.compile(r"https?://\S+|\S+@\S+")
_OPENING = re.compile(r"(?<![^\W_])([*_~`])(?=\S)")


def with_addresses(reply: Reply) -> tuple[str, tuple[Mark, ...]]:
    """Links written out behind their words, the other marks kept and moved along."""
    pieces, marks, at, moved = [], [], 0, 0
    for mark in reply.marks:
        end = mark.start + mark.length
        words = reply.text[mark.start : end]
        pieces.append(reply.text[at:end])
        at = end
        if mark.style is not Style.LINK:
            marks.append(Mark(mark.start + moved, mark.length, mark.style))
        elif mark.url.removeprefix("mailto:").removeprefix("tel:") != words:
            address = f" ({mark.url})"
            pieces.append(address)
            moved += len(address)
    return "".join([*pieces, reply.text[at:]]), tuple(marks)


def formatted(text: str, marks: Sequence[Mark]) -> str:
    """The text with our signs put in and everybody else's defused."""
    ours = "".join(_SIGN.get(mark.style, "") for mark in marks)
    risky = frozenset(sign for sign in "*_~`" if text.count(sign) and text.count(sign) + ours.count(sign) > 1)
    pieces, at = [], 0
    for mark in marks:
        end = mark.start + mark.length
        pieces.append(_harmless(text[at : mark.start], risky))
        pieces.append(_signed(text, mark, risky))
        at = end
    return "".join([*pieces, _harmless(text[at:], risky)])


def _harmless(text: str, risky: frozenset[str]) -> str:
    """Signs that could open formatting are parted from their word; addresses are left alone."""
    if not risky:
        return text
    pieces, at = [], 0
    for address in _ADDRESS.finditer(text):
        pieces += [_parted(text[at : address.start()], risky), address.group()]
        at = address.end()
    return "".join([*pieces, _parted(text[at:], risky)])


def _parted(text: str, risky: frozenset[str]) -> str:
    return _OPENING.sub(lambda sign: sign.group() + HAIR if sign.group() in risky else sign.group(), text)


def _signed(text: str, mark: Mark, risky: frozenset[str]) -> str:
    """Marked words, line by line; bare where WhatsApp would show the signs themselves."""
    start, end = mark.start, mark.start + mark.length
    sign, inside = _SIGN.get(mark.style, ""), _harmless(text[start:end], risky)
    at_edges = not (start and text[start - 1].isalnum()) and not text[end : end + 1].isalnum()
    if not sign or not at_edges or sign in inside:
        return inside
    lines = []
    for line in inside.split("\n"):
        core = line.strip()
        lines.append(line.replace(core, f"{sign}{core}{sign}", 1) if core else line)
    return "\n".join(lines)
