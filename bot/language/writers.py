"""The writers that ``authors.txt`` and ``pen_names.txt`` tell of, read once."""

from functools import cache
from importlib import resources


@cache
def bearers() -> dict[str, tuple[str, ...]]:
    """Initials of all who bear a surname."""
    found: dict[str, tuple[str, ...]] = {}
    for surname, initials, _ in _rows():
        found[surname] = (*found.get(surname, ()), initials)
    return found


@cache
def weights() -> dict[str, int]:
    """How well known each surname is."""
    found: dict[str, int] = {}
    for surname, _, known in _rows():
        found[surname] = max(found.get(surname, 0), known)
    for names in pen_names().values():
        best = max((found.get(name, 0) for name in names), default=0)
        for name in names:
            found.setdefault(name, max(best // 2, 1))
    return found


def _rows() -> list[tuple[str, str, int]]:
    text = resources.files("bot.language").joinpath("authors.txt").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return [(surname, initials, int(known)) for surname, initials, known in rows]


@cache
def pen_names() -> dict[str, tuple[str, ...]]:
    """All names of the person who has written under a name."""
    text = resources.files("bot.language").joinpath("pen_names.txt").read_text("utf-8")
    table: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            names = tuple(line.split())
            for name in names:
                table[name] = tuple(dict.fromkeys((*table.get(name, ()), *names)))
    return table
