"""Calls against the published description of the Bot API; faults in words."""

import json
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

SPEC = json.loads((Path(__file__).parent / "methods.json").read_text("utf-8"))
METHODS: dict[str, dict[str, tuple[list[str], bool]]] = SPEC["methods"]
TYPES: dict[str, dict[str, Any]] = SPEC["types"]
FILE = "InputFile"
TAGS = frozenset({"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote"})


class Uploaded:
    """A file that came with the call."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.data = data


class CannotParse(Exception):
    """The text is no HTML of Telegram's."""


def faults(method: str, given: dict[str, Any]) -> list[str]:
    """What is wrong with the arguments of a call; values of a form are still text."""
    known = METHODS[method]
    found = [f"{method}: unknown argument {name}" for name in given if name not in known]
    for name, (types, required) in known.items():
        if name in given:
            found += _faults(f"{method}.{name}", given[name], types, in_form=True)
        elif required:
            found.append(f"{method}: {name} is missing")
    return found


def _faults(where: str, value: Any, types: list[str], *, in_form: bool = False) -> list[str]:
    best: list[str] | None = None
    for name in types:
        found = _as(where, value, name, in_form=in_form)
        if not found:
            return []
        best = found if best is None or len(found) < len(best) else best
    return best or [f"{where}: no type fits"]


def _as(where: str, value: Any, name: str, *, in_form: bool) -> list[str]:
    if isinstance(value, Uploaded):
        return [] if name == FILE else [f"{where}: a file, expected {name}"]
    if name in ("String", "Integer", "Float", "Boolean", FILE):
        return [] if _is(value, name, in_form=in_form) else [f"{where}: expected {name}"]
    if in_form and isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return [f"{where}: expected JSON"]
    if name.startswith("Array of ") and isinstance(value, list):
        inner = [name.removeprefix("Array of ")]
        return [fault for number, item in enumerate(value) for fault in _faults(f"{where}[{number}]", item, inner)]
    return [f"{where}: expected a list"] if name.startswith("Array of ") else _object(where, value, name)


def _object(where: str, value: Any, name: str) -> list[str]:
    fields = TYPES[name]
    if "any_of" in fields:
        return _faults(where, value, fields["any_of"])
    if not isinstance(value, dict):
        return [f"{where}: expected {name}"]
    found = [f"{where}: {name} has no {key}" for key in value if key not in fields]
    for key, (types, required) in fields.items():
        if key in value:
            found += _faults(f"{where}.{key}", value[key], types)
        elif required:
            found.append(f"{where}: {key} is missing")
    if name == "InlineKeyboardButton" and len(value.keys() - {"text", "style", "icon_custom_emoji_id"}) != 1:
        found.append(f"{where}: a button does exactly one thing")
    return found


def _is(value: Any, name: str, *, in_form: bool) -> bool:
    if in_form and isinstance(value, str) and name != "String":
        try:
            value = json.loads(value.lower() if name == "Boolean" else value)
        except ValueError:
            return False
    match name:
        case "InputFile":
            return False
        case "String":
            return isinstance(value, str)
        case "Boolean":
            return isinstance(value, bool)
        case "Integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case _:
            return isinstance(value, int | float) and not isinstance(value, bool)


def plain(html: str) -> tuple[str, list[dict[str, Any]]]:
    """The words of a text in Telegram's HTML, and what is marked in them. Raises CannotParse."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.open:
        raise CannotParse(f'Can\'t find end tag corresponding to start tag "{reader.open[-1][0]}"')
    return "".join(reader.words), reader.entities


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.words: list[str] = []
        self.open: list[tuple[str, int, str]] = []
        self.entities: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise CannotParse(f'Unsupported start tag "{tag}"')
        self.open.append((tag, len("".join(self.words)), dict(attrs).get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise CannotParse(f'Unexpected end tag "{tag}"')
        name, start, url = self.open.pop()
        kind = {"b": "bold", "strong": "bold", "i": "italic", "em": "italic", "a": "text_link"}.get(name, name)
        found = {"type": kind, "offset": start, "text": "".join(self.words)[start:]}
        self.entities.append(found | ({"url": url} if url else {}))

    def handle_data(self, data: str) -> None:
        if "<" in data:
            raise CannotParse("Unsupported start tag")
        self.words.append(data)

    def handle_entityref(self, name: str) -> None:
        self.words.append(unescape(f"&{name};") if name in {"lt", "gt", "amp", "quot"} else f"&{name}")

    def handle_charref(self, name: str) -> None:
        self.words.append(unescape(f"&#{name};"))

    def handle_comment(self, data: str) -> None:
        raise CannotParse("Unsupported start tag")
