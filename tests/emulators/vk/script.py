"""As much of VKScript as a client's batches are written in: ``execute`` of several calls."""

import json
import re
from typing import Any

from tests.emulators.vk.contract import VkFault

MOST_CALLS = 25
_DECODER = json.JSONDecoder()
_VALUES = re.compile(r"\s*var\s+values\s*=\s*")
_LOOP = re.compile(
    r"\s*,\s*i\s*=\s*0\s*,\s*result\s*=\s*\[\]\s*;\s*while\s*\(\s*i\s*<\s*values\.length\s*\)\s*\{\s*"
    r"result\.push\(\s*API\.(?P<method>[\w.]+)\(\s*values\[i\]\s*\)\s*\)\s*;\s*i\s*=\s*i\s*\+\s*1\s*;\s*\}\s*"
    r"return\s+result\s*;\s*"
)
_CALL = re.compile(r"\s*API\.([\w.]+)\(")


def calls_of(code: str) -> list[tuple[str, dict[str, Any]]]:
    """Method and parameters of each call. Raises VkFault: 12 not compiled, 13 more calls than allowed."""
    if "\u2028" in code or "\u2029" in code:
        raise VkFault(12, "line end in a text")
    found = _loop(code) if _VALUES.match(code) else _listed(code)
    if len(found) > MOST_CALLS:
        raise VkFault(13, "too many api calls")
    return found


def _loop(code: str) -> list[tuple[str, dict[str, Any]]]:
    start = _VALUES.match(code)
    assert start is not None
    try:
        values, end = _DECODER.raw_decode(code, start.end())
    except ValueError:
        raise VkFault(12, "values") from None
    loop = _LOOP.fullmatch(code, end)
    if loop is None:
        raise VkFault(12, "loop")
    return [(loop["method"], one) for one in values]


def _listed(code: str) -> list[tuple[str, dict[str, Any]]]:
    body = re.fullmatch(r"\s*return\s*\[(.*)\]\s*;\s*", code, re.DOTALL)
    if body is None:
        raise VkFault(12, "code")
    text, at, found = body[1], 0, []
    while call := _CALL.match(text, at):
        try:
            values, end = _DECODER.raw_decode(text, call.end())
        except ValueError:
            raise VkFault(12, "parameters") from None
        found.append((call[1], values))
        at = text.index(")", end) + 1
        at += text[at:].startswith(",")
    if text[at:].strip():
        raise VkFault(12, "rest")
    return found
