"""A list of books in one message: a title a line, numbered or between semicolons."""

import re

from bot.quick import dataclass

_NUMBERED = re.compile(r"\s*(?:\d{1,3}\s*[.)]|[-–—•*·▪])\s*(?=\S)")
_NUMBER_INSIDE = re.compile(r"(?<![\w.,№-])(\d{1,2})[.)]\s*(?=[^\W\d]|[«\"„“])")
_ENDS_A_WORD = re.compile(r"(?<=\w):\s")
_FEW_NUMBERED, _FEW_BETWEEN, _FEW_LINES, _FEW_BETWEEN_COMMAS = 3, 4, 6, 8
"""From so many pieces on a message is a list; a line of its own says more than a comma."""
FEWEST = min(_FEW_NUMBERED, _FEW_BETWEEN, _FEW_LINES, _FEW_BETWEEN_COMMAS)
_LONGEST = 10
"""Words of one title, its author beside it."""
_SHORT = 0.8
"""This share of the pieces must be so short."""
_WORD = re.compile(r"\w+")
_OF_ONE_BOOK = re.compile(
    r"(?i)\bisbn\b|(?:97[89])[\d -]{10,}|(?:^|\n)\s*(?:автор|издательств\w+|год|author|publisher)\s*[:\n]"
)
"""What a shop's page tells of a single book, line by line."""
_ASKED_BEHIND = re.compile(r"(?:[.!;\n]\s*(?:\w+\s+){0,5}\w+\s*)?\?+[\s.!?)]*$")
"""A question behind a list is about all of it: «…, чайка. Есть у вас?»."""
_VERSE = 0.5
"""Where this share of the lines ends in a comma, they are a poem."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The titles of a list, all of them, and what stood before them («Забронируйте, пожалуйста:»)."""

    titles: tuple[str, ...]
    before: str = ""


def listed(text: str) -> Listed | None:
    """The books that a message lists; None where it is no list."""
    text = _a_line_each(text)
    if _is_short_of_signs(text):
        return None
    if _OF_ONE_BOOK.search(text):
        return None
    before, items = "", text
    if colon := _ENDS_A_WORD.search(text + " "):
        listed_there = _ASKED_BEHIND.sub("", text[colon.end() :])
        if "?" not in listed_there:
            before, items = text[: colon.start()].strip(), listed_there
    lines = [line for line in items.split("\n") if _WORD.search(line)]
    pieces, fewest = lines, _FEW_LINES
    if sum(bool(_NUMBERED.match(line)) for line in lines) >= _FEW_NUMBERED:
        fewest = _FEW_NUMBERED
        if not before and not _NUMBERED.match(lines[0]):
            before, pieces = lines[0], lines[1:]
    elif items.count(";") >= _FEW_BETWEEN - 1:
        pieces, fewest = re.split(r"[;\n]", items), _FEW_BETWEEN
    elif len(lines) < _FEW_LINES and before:
        pieces, fewest = re.split(r"[,\n]", items), _FEW_NUMBERED
    elif len(lines) == 1:
        pieces, fewest = items.split(","), _FEW_BETWEEN_COMMAS
    elif sum(line.rstrip().endswith(",") for line in lines) > _VERSE * len(lines):
        return None
    return _of(pieces, fewest, before)


def _a_line_each(text: str) -> str:
    """«1) Мышление и речь 2) Деятельность. Сознание 3) …» in one line: each number begins one of its own."""
    if "\n" in text or ("2)" not in text and "2." not in text):
        return text
    begins: list[int] = []
    for found in _NUMBER_INSIDE.finditer(text):
        if int(found[1]) == len(begins) + 1:
            begins.append(found.start())
    if len(begins) < _FEW_NUMBERED:
        return text
    return "\n".join(text[begin:end].strip() for begin, end in zip([0, *begins], [*begins, len(text)], strict=True))


def _is_short_of_signs(text: str) -> bool:
    """Nearly every message: nothing in it parts as many pieces as a list has."""
    parted = "\n" in text or ":" in text or text.count(";") >= _FEW_BETWEEN - 1
    return not parted and text.count(",") < _FEW_BETWEEN_COMMAS - 1


def _of(pieces: list[str], fewest: int, before: str) -> Listed | None:
    titles = [_unnumbered(piece).strip(' \t.,;«»"') for piece in pieces]
    titles = [title for title in titles if any(char.isalpha() for char in title)]
    said, titles = len(titles), list(dict.fromkeys(titles))  # who copies a list twice still lists
    short = sum(len(_WORD.findall(title)) <= _LONGEST for title in titles)
    if said < fewest or len(titles) < FEWEST or short < _SHORT * len(titles) or any("?" in title for title in titles):
        return None
    return Listed(tuple(titles), before)


def _unnumbered(piece: str) -> str:
    """Without the number before it; «а 1887. Исправьте» has none there."""
    numbered = _NUMBERED.match(piece)
    return piece[numbered.end() :] if numbered else piece
