"""VK's published contract: which methods there are, what may be said to them, how errors sound.

``schema.json`` is derived from VKCOM/vk-api-schema (MIT): the parameters of the methods that a community's
bot needs, and the texts of all errors.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_SCHEMA = json.loads(Path(__file__).with_name("schema.json").read_text("utf-8"))
METHODS: Mapping[str, Any] = _SCHEMA["methods"]
ERRORS: Mapping[str, str] = _SCHEMA["errors"]
COMMON = frozenset({"access_token", "v", "lang", "test_mode"})

MAX_TEXT = 4096
MAX_PAYLOAD = 255
MAX_LABEL = 40
INLINE_ROWS, ROWS, IN_A_ROW = 6, 10, 5
INLINE_BUTTONS, BUTTONS = 10, 40
MAX_ATTACHMENTS = 10
COLORS = ("primary", "secondary", "negative", "positive", "default")
"""The schema says "default", the documentation "secondary"."""


class VkFault(Exception):
    """What VK answers instead: an error code, with what is wrong."""

    def __init__(self, code: int, what: str = "") -> None:
        text = ERRORS[str(code)]
        super().__init__(f"{text}: {what}" if what else text)
        self.code = code


def checked(method: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters in their types. Raises VkFault (100, 3) where the contract is broken."""
    known = METHODS.get(method)
    if known is None or not known["group_token"]:
        raise VkFault(3, method)
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name in COMMON:
            continue
        rule = known["parameters"].get(name)
        if rule is None:
            raise VkFault(100, f"{name} is unknown")
        values[name] = _typed(name, value, rule)
    missing = [name for name, rule in known["parameters"].items() if rule.get("required") and name not in values]
    if missing:
        raise VkFault(100, f"{missing[0]} is undefined")
    return values


def _typed(name: str, value: Any, rule: Mapping[str, Any]) -> Any:
    kinds = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
    text = value if isinstance(value, str) else json.dumps(value)
    if "integer" in kinds and _is_whole(text):
        number = int(text)
        if not rule.get("minimum", number) <= number <= rule.get("maximum", number) or abs(number) >= 2**63:
            raise VkFault(100, f"{name} is out of range")
        if name == "random_id" and not -(2**31) <= number < 2**31:
            raise VkFault(100, "random_id is no int32")
        return number
    if "number" in kinds:
        return float(text)
    if "boolean" in kinds and text in ("0", "1", "true", "false"):
        return text in ("1", "true")
    if "array" in kinds:
        items = text.split(",") if text else []
        if len(items) > rule.get("maxItems", len(items)):
            raise VkFault(100, f"{name} has too many items")
        return [int(item) if rule["items"].get("type") == "integer" else item for item in items]
    if "string" in kinds and isinstance(value, str):
        if len(value) > rule.get("maxLength", len(value)) or value not in rule.get("enum", [value]):
            raise VkFault(100, f"{name} is invalid")
        return value
    raise VkFault(100, f"{name} is invalid")


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal()


def check_keyboard(text: str) -> None:
    """Raises VkFault (911) where VK would not draw it. Source: dev.vk.com, "Клавиатуры для ботов"."""
    try:
        keyboard = json.loads(text)
        rows, inline = keyboard["buttons"], bool(keyboard.get("inline"))
        flat = [button for row in rows for button in row]
    except (ValueError, KeyError, TypeError):
        raise VkFault(911, "no keyboard") from None
    if inline and keyboard.get("one_time"):
        raise VkFault(911, "one_time with inline")
    if len(rows) > (INLINE_ROWS if inline else ROWS) or any(not 0 < len(row) <= IN_A_ROW for row in rows):
        raise VkFault(911, "rows")
    if len(flat) > (INLINE_BUTTONS if inline else BUTTONS):
        raise VkFault(911, "too many buttons")
    for button in flat:
        _check_button(button)


def _check_button(button: Mapping[str, Any]) -> None:
    action = button.get("action") or {}
    kind, payload = action.get("type"), action.get("payload") or "{}"
    if not isinstance(payload, str):  # vkbottle sends it as an object: VK takes both
        payload = json.dumps(payload, ensure_ascii=False)
    if not set(button) <= {"action", "color"} or button.get("color", "primary") not in COLORS:
        raise VkFault(911, "button")
    if kind not in ("text", "callback", "open_link"):
        raise VkFault(911, f"button of type {kind}")
    if kind == "open_link" and (
        "color" in button or not str(action.get("link", "")).startswith(("https://", "http://"))
    ):
        raise VkFault(911, "link button")
    if not 0 < len(action.get("label", "")) <= MAX_LABEL or len(payload) > MAX_PAYLOAD:
        raise VkFault(911, "label or payload")
    try:
        json.loads(payload)
    except ValueError:
        raise VkFault(911, "payload is no JSON") from None
