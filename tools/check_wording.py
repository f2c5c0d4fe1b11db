"""Every sentence that a person sees has its translation, and says the same things there.

``python -m tools.check_wording`` prints what is missing; the tests call :func:`faults`.
"""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("bot", "handlers", "adapters", "catalogue", "console", "db", "demo")
TRANSLATED = ("en",)
_PLACE = re.compile(r"\{(\w*)")
_GETTEXT = frozenset({"_", "gettext"})


@cache
def messages() -> dict[str, str]:
    """Message → the file that says it first. Raises ValueError where a message is not a plain constant."""
    found: dict[str, str] = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            place = str(path.relative_to(ROOT))
            for message in _said(ast.parse(path.read_text("utf-8")), place):
                found.setdefault(message, place)
        for path in sorted((ROOT / room).rglob("templates/*.html")):
            place = str(path.relative_to(ROOT))
            for message in _shown(path, place):
                found.setdefault(message, place)
    return found


def _shown(path: Path, place: str) -> Iterator[str]:
    """What a template says."""
    with path.open("rb") as source:
        for line, _, message, _ in babel_extract(source, ("_",), (), {"silent": "false"}):
            if not isinstance(message, str):
                raise ValueError(f"{place}:{line}: a message must be one constant text")
            yield message


def _said(tree: ast.Module, place: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id in _GETTEXT and place != "bot/wording/__init__.py":
            yield _constant(node.args[0], place)
        elif node.func.id in _GETTEXT and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)
        elif node.func.id == "counted" and len(node.args) == 4:
            one, few, many = (_constant(form, place) for form in node.args[1:])
            yield from (one, few if many == one else many)


def _constant(node: ast.expr, place: str) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise ValueError(f"{place}:{node.lineno}: a message must be one constant text; use .format after the call")


def translation(language: str) -> Catalog:
    """The catalogue of a language."""
    path = ROOT / "locales" / language / "LC_MESSAGES" / "bibliobot.po"
    with path.open("rb") as source:
        return read_po(source, locale=language)


def faults(language: str) -> list[str]:
    """What is wrong with a translation, a line each; empty when all is well."""
    said, known = messages(), translation(language)
    lines = []
    for message, place in said.items():
        entry = known.get(message)
        told = str(entry.string) if entry is not None and not entry.fuzzy else ""
        if not told:
            lines.append(f"{place}: no {language} translation of {message!r}")
        elif set(_PLACE.findall(told)) != set(_PLACE.findall(message)):
            lines.append(f"{place}: the {language} translation of {message!r} fills in other things: {told!r}")
    lines += [
        f"locales/{language}: nobody says {entry.id!r} any more" for entry in known if entry.id and entry.id not in said
    ]
    return lines


def main() -> int:
    """Print the faults; 1 where there are any."""
    found = [line for language in TRANSLATED for line in faults(language)]
    print("\n".join(found) or "every message is translated")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
