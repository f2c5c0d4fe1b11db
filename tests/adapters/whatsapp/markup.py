"""How WhatsApp reads light formatting: written after its help page, independently of ``render``."""

import re

_ADDRESS = re.compile(r"https?://\S+")


def shown(text: str) -> tuple[str, list[tuple[str, str]]]:
    """What the reader sees, and what of it is formatted: pairs of the sign and the words."""
    lines, marked = [], []
    for line in text.split("\n"):
        seen, found = _line(line)
        lines.append(seen)
        marked += found
    return "\n".join(lines), marked


def _line(line: str) -> tuple[str, list[tuple[str, str]]]:
    spans = [match.span() for match in _ADDRESS.finditer(line)]
    out, marked, at = "", [], 0
    while at < len(line):
        end = _closing(line, at, spans)
        if end:
            inner, deeper = _line(line[at + 1 : end])
            marked += [(line[at], inner), *deeper]
            out += inner
            at = end + 1
        else:
            out += line[at]
            at += 1
    return out, marked


def _closing(line: str, at: int, spans: list[tuple[int, int]]) -> int:
    """Where the formatting that opens here ends; 0 where none does."""
    sign = line[at]
    if sign not in "*_~`" or any(start <= at < end for start, end in spans):
        return 0
    if at and line[at - 1].isalnum():
        return 0
    if not line[at + 1 : at + 2].strip() or line[at + 1] == sign:
        return 0
    for end in range(at + 2, len(line)):
        touches = line[end - 1].strip() and not line[end + 1 : end + 2].isalnum()
        if line[end] == sign and touches and not any(start <= end < stop for start, stop in spans):
            return end
    return 0
