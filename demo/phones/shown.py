"""What a phone shows: messages, the buttons under them, and how far they have come."""

import re
from collections.abc import Sequence
from dataclasses import asdict, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from bot.quick import dataclass

_SIGNED = re.compile(r"(?<!\w)(?P<sign>[*_])(?P<words>\S|\S.*?\S)(?P=sign)(?!\w)")


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of text that looks the same all along."""

    text: str
    bold: bool = False
    italic: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Key:
    """A button as the messenger draws it.

    Attributes:
        kind: "press", "link" or "contact".
        detail: The second line of a list's row.
        act: What the messenger tells the bot; never shown.
    """

    label: str
    kind: str = "press"
    url: str = ""
    detail: str = ""
    act: Any = None

    def told(self) -> dict[str, str]:
        """For the page."""
        return {"label": self.label, "kind": self.kind, "url": self.url, "detail": self.detail}


@dataclass(slots=True)
class Item:
    """One message on the screen.

    Attributes:
        author: "reader" or "bot".
        name: The messenger's id of it.
        opener: Not empty: the buttons are a list that this word opens.
        picture / document: Where its bytes are and what it is called, "" for none.
        place: Degrees, WGS 84.
        piece: What else it is: "sticker", "voice" or "contact".
        state: Of a message of the bot's, by the bot's own log: "sent", "delivered", "read", "failed".
    """

    number: int
    author: str
    words: Sequence[Words] = ()
    name: str = ""
    keys: Sequence[Sequence[Key]] = ()
    opener: str = ""
    picture: str = ""
    document: str = ""
    place: tuple[float, float] | None = None
    piece: str = ""
    state: str = ""
    edited: bool = False
    removed: bool = False
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def told(self) -> dict[str, Any]:
        """For the page."""
        return {
            "number": self.number,
            "author": self.author,
            "words": [asdict(words) for words in self.words],
            "keys": [[key.told() for key in row] for row in self.keys],
            "opener": self.opener,
            "picture": self.picture,
            "document": self.document,
            "place": self.place,
            "piece": self.piece,
            "state": self.state,
            "edited": self.edited,
            "removed": self.removed,
            "at": self.at.isoformat(),
        }


def plain(text: str) -> tuple[Words, ...]:
    """Text without formatting."""
    return (Words(text),) if text else ()


def by_entities(text: str, entities: Sequence[dict[str, Any]]) -> tuple[Words, ...]:
    """Telegram's way: what is marked, by its place in the text."""
    pieces: list[Words] = []
    at = 0
    for mark in sorted(entities, key=lambda one: int(one["offset"])):
        start, words = mark["offset"], mark["text"]
        pieces += plain(text[at:start])
        looks = {"bold": mark["type"] == "bold", "italic": mark["type"] == "italic", "url": mark.get("url", "")}
        pieces.append(Words(words, **looks))
        at = start + len(words)
    return (*pieces, *plain(text[at:]))


def by_signs(text: str) -> tuple[Words, ...]:
    """WhatsApp's way: ``*bold*`` and ``_italic_`` within a line."""
    pieces: list[Words] = []
    at = 0
    for found in _SIGNED.finditer(text):
        pieces += plain(text[at : found.start()])
        pieces.append(Words(found["words"], bold=found["sign"] == "*", italic=found["sign"] == "_"))
        at = found.end()
    return (*pieces, *plain(text[at:]))


def by_tags(html: str) -> tuple[Words, ...]:
    """MAX's way: its few tags."""
    reader = _Tags()
    reader.feed(html)
    reader.close()
    return tuple(reader.pieces)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[Words] = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open.append((tag, dict(attrs).get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        if self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        tags = {tag for tag, _ in self._open}
        url = next((url for _, url in reversed(self._open) if url), "")
        self.pieces.append(Words(data, bold=bool(tags & {"b", "strong"}), italic=bool(tags & {"i", "em"}), url=url))
