"""Addresses and telephone numbers in a text become links: a reader on a phone taps and calls."""

import re
from collections.abc import Iterator

from bot.messages import Mark, Style

_LINKS = re.compile(
    r"""
    (?P<url>https?://[^\s<>«»"]+)
    | (?P<mail>(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+)
    | (?P<phone>(?<![\w+(.-])(?:\+7|8)[\s\u00a0-]?(?:\(\d{3,5}\)|\d{3,5})(?:[\s\u00a0-]?\d{1,3}){2,4}(?![\w-]))
    """,
    re.VERBOSE,
)
_TRAILING = ".,;:!?…)]}'"
_RUSSIAN_NUMBER = 11


def with_links(text: str, marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """The marks, and one more for every bare address that no mark covers yet; in order."""
    found = [mark for mark in _links(text) if not any(_overlap(mark, other) for other in marks)]
    return tuple(sorted((*marks, *found), key=lambda mark: mark.start)) if found else marks


def _links(text: str) -> Iterator[Mark]:
    for match in _LINKS.finditer(text):
        words = match.group()
        if match.lastgroup == "url":
            words = _without_tail(words)
            yield Mark(match.start(), len(words), Style.LINK, words)
        elif match.lastgroup == "mail":
            yield Mark(match.start(), len(words), Style.LINK, f"mailto:{words}")
        else:
            digits = re.sub(r"\D", "", words)
            if len(digits) == _RUSSIAN_NUMBER:
                yield Mark(match.start(), len(words), Style.LINK, f"tel:+7{digits[1:]}")


def _without_tail(url: str) -> str:
    """An address at the end of a sentence leaves the full stop outside, and a bracket it did not open."""
    while url and url[-1] in _TRAILING and not (url[-1] == ")" and url.count("(") >= url.count(")")):
        url = url[:-1]
    return url


def _overlap(one: Mark, other: Mark) -> bool:
    return one.start < other.start + other.length and other.start < one.start + one.length
