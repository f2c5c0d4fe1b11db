"""ISBNs in any spelling inside a reader's text."""

import re

from bot.quick import dataclass

_HYPHENS = "\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d_.-"  # the plain one last: it stands in a class
# Bounded, so linear: digits with at most two separators between neighbours, an X only at the end.
_RUN = re.compile(rf"\d(?:[\s{_HYPHENS}]{{0,3}}\d){{8,40}}(?:[\s{_HYPHENS}]{{0,3}}[XxХх](?![\w]))?")
_MARK = re.compile(r"(?:is[bв]n|исбн|ай\s?эс\s?би\s?эн)\W{0,4}(?:-?1[03]\W{1,3})?$", re.IGNORECASE)
_GROUP = re.compile(r"\d+[XxХх]?|[XxХх]")
_PREFIXES = ("978", "979")


@dataclass(frozen=True, slots=True)
class Isbn:
    """An ISBN that a text names.

    Attributes:
        isbn13: Thirteen digits with the right check digit.
        right: False where the check digit typed was wrong: the reader should be told.
        start: Where it stands in the text, for cutting it out.
        end: Just behind it.
    """

    isbn13: str
    right: bool
    start: int
    end: int


def find(text: str) -> list[Isbn]:
    """All ISBNs of a text, in order; ISBN-10 as ISBN-13. Spaces, hyphens of all kinds and «ISBN:» are understood.

    Thirteen digits from 978 or 979 count even with a wrong check digit; ten digits count with a right
    one, or where «ISBN» stands before them (a telephone number has ten digits too).
    """
    found: list[Isbn] = []
    for run in _RUN.finditer(text):
        start = run.start()
        marked = start > 0 and _MARK.search(text[max(0, start - 24) : start]) is not None
        found += _in_run(run.group(), start, marked)
    return found


def isbn13(text: str) -> str:
    """The first ISBN of a text as thirteen digits with a right check digit, "" if it has none."""
    first = next(iter(find(text)), None)
    return first.isbn13 if first else ""


def isbn10(thirteen: str) -> str:
    """The ten-digit form of a thirteen-digit ISBN, "" where there is none (979)."""
    if len(thirteen) != 13 or not thirteen.startswith("978"):
        return ""
    return thirteen[3:12] + _check10(thirteen[3:12])


def _in_run(run: str, offset: int, marked: bool) -> list[Isbn]:
    """Windows of whole groups that make 13 or 10 digits; «2 9785170978335» is a number and an ISBN."""
    groups = [(match.start(), match.end(), match.group()) for match in _GROUP.finditer(run)]
    found: list[Isbn] = []
    at = 0
    while at < len(groups):
        hit = _window(groups, at, marked and at == 0)
        if hit is None:
            at += 1
            continue
        isbn, right, last = hit
        found.append(Isbn(isbn, right, offset + groups[at][0], offset + groups[last][1]))
        at = last + 1
    return found


def _window(groups: list[tuple[int, int, str]], at: int, marked: bool) -> tuple[str, bool, int] | None:
    joined = ""
    best: tuple[str, bool, int] | None = None
    for last in range(at, min(len(groups), at + 13)):
        joined += groups[last][2].upper().replace("Х", "X")
        if len(joined) > 13:
            break
        if len(joined) in {10, 13}:
            read = _read(joined, marked)
            if read is not None and (best is None or read[1] or not best[1]):
                best = (*read, last)
    return best


def _read(digits: str, marked: bool) -> tuple[str, bool] | None:
    if len(digits) == 13:
        if "X" in digits or not digits.startswith(_PREFIXES):
            return None
        whole = digits[:12] + _check13(digits[:12])
        return whole, whole == digits
    if "X" in digits[:9]:
        return None
    right = _check10(digits[:9]) == digits[9]
    if not right and not marked:
        return None
    body = "978" + digits[:9]
    return body + _check13(body), right


def _check13(twelve: str) -> str:
    total = sum(map(int, twelve[::2])) + 3 * sum(map(int, twelve[1::2]))
    return str(-total % 10)


def _check10(nine: str) -> str:
    rest = -sum(int(digit) * (10 - place) for place, digit in enumerate(nine)) % 11
    return "X" if rest == 10 else str(rest)
