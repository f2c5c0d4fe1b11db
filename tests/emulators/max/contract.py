"""Bodies against the published contract; faults in words."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMA = json.loads((Path(__file__).parent / "schema.json").read_text("utf-8"))
SPECIAL = ("link", "request_contact", "request_geo_location", "open_app")
TAGS = frozenset({"b", "strong", "i", "em", "u", "s", "a", "code", "pre"})


def faults(name: str, body: Any) -> list[str]:
    """What is wrong with a request's body by the schema of this name, and by the limits in words around it."""
    found = _by_schema(name, body)
    if found or not isinstance(body, dict):
        return found or [f"{name}: not an object"]
    message = body.get("message") if name == "CallbackAnswer" else body if name == "NewMessageBody" else None
    return _message(message) if isinstance(message, dict) else []


def _by_schema(name: str, body: Any) -> list[str]:
    validator = Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]})
    return [f"{name}: {error.json_path}: {error.message[:100]}" for error in validator.iter_errors(body)]


def _message(body: dict[str, Any]) -> list[str]:
    found = []
    attachments = body.get("attachments") or []
    if not body.get("text") and not attachments:
        found.append("neither text nor attachment")
    if body.get("format") == "html":
        found += _html(body.get("text") or "")
    kinds = [attachment["type"] for attachment in attachments]
    if "file" in kinds and len([kind for kind in kinds if kind != "inline_keyboard"]) > 1:
        found.append("a file stands alone")
    for attachment in attachments:
        schema = SCHEMA["attachments"].get(attachment["type"])
        found += _by_schema(schema, attachment) if schema else [f"unknown attachment {attachment['type']}"]
        if attachment["type"] == "inline_keyboard":
            found += _keyboard(attachment["payload"]["buttons"])
    return found


def _keyboard(rows: list[list[dict[str, Any]]]) -> list[str]:
    found = []
    if not rows or len(rows) > 30 or sum(map(len, rows)) > 210:
        found.append(f"keyboard: {len(rows)} rows, {sum(map(len, rows))} buttons")
    for row in rows:
        most = 3 if any(button.get("type") in SPECIAL for button in row) else 7
        if not 1 <= len(row) <= most:
            found.append(f"keyboard: a row of {len(row)}")
        for button in row:
            schema = SCHEMA["buttons"].get(button.get("type"))
            found += _by_schema(schema, button) if schema else [f"unknown button {button.get('type')}"]
    return found


def _html(text: str) -> list[str]:
    reader = _Tags()
    reader.feed(text)
    reader.close()
    return reader.wrong + [f"tag {tag} left open" for tag in reader.open]


class _Tags(HTMLParser):
    """Knows MAX's tags; anything else is a fault."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.wrong.append(f"tag {tag}")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"tag {tag} closed out of turn")

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(body: dict[str, Any]) -> str:
    """The text of a message as the reader sees it."""
    text = str(body.get("text") or "")
    if body.get("format") != "html":
        return text
    reader = _Tags()
    reader.feed(text)
    reader.close()
    return reader.text
