"""Keys pressed at random, and what is written for machines: nothing to look up."""

import re

from understanding.judging import Stretch
from understanding.tokens import Message

_ROWS = ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_WALKS = " ".join((*_ROWS, *(row[::-1] for row in _ROWS)))
_VOWELS = re.compile("[аеиоуыэюяaeiouy]")
_SAME = re.compile(r"^(.{1,2})\1{3,}$")
_AGAIN = re.compile(r"^(.{2,5})\1+$")
_SHORTEST_ROW = 4
_CODE = re.compile(
    r"(?i)['\")]\s*;|;\s*--|<\s*/?\s*(?:script|img|iframe|svg)\b|\.\./\.\./|\$\{|\{\{|\bunion\s+(?:all\s+)?select\b"
    r"|\b(?:drop|truncate|alter)\s+table\b|'\s*or\s+'?\d"
)
"""An attack that is tried out: «'; drop table messages; --»."""


def is_gibberish(message: Message, words: Stretch) -> bool:
    """Every word is a walk along the keyboard, one repeated piece, or long without a vowel; or it is code."""
    if message.text.isascii() and _CODE.search(message.text):
        return True
    if words.present or len(message.tokens) > 4:
        return False
    return all(_senseless(token.word) for token in message.tokens)


def _senseless(word: str) -> bool:
    if word.isdigit():
        return False
    if len(word) >= _SHORTEST_ROW and word in _WALKS:
        return True
    if _SAME.match(word) or ((again := _AGAIN.match(word)) and any(again[1] in row for row in _ROWS)):
        return True
    return len(word) >= 5 and word.isalpha() and not _VOWELS.search(word)
