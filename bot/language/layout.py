"""Text typed while the keyboard stood in the other language: djqyf b vbh is «война и мир»."""

import re

_KEYS_EN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./"
_KEYS_RU = "ёйцукенгшщзхъфывапролджэячсмитьбю."
_SHIFTED_EN = '~QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?@#$^&'
_SHIFTED_RU = 'ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,"№;:?'
_TO_RUSSIAN = str.maketrans(_KEYS_EN + _SHIFTED_EN, _KEYS_RU + _SHIFTED_RU)
_TO_LATIN = str.maketrans(_KEYS_RU + _SHIFTED_RU, _KEYS_EN + _SHIFTED_EN)
_VOWELS = frozenset("aeiouаеёиоуыэюя")
_UNSPEAKABLE = re.compile("[bcdfghj-np-tvwxzбвгджзйк-нп-тф-ъь]{5}")
"""So many consonants in a row."""
_HARDLY_A_VOWEL, _ENOUGH_VOWELS = 0.28, 0.25
"""Shares of the letters."""
_ENDS_A_WORD = ".,;:?!\"'"


def to_russian(text: str) -> str:
    """What the same keys give on the Russian layout."""
    return text.translate(_TO_RUSSIAN)


def to_latin(text: str) -> str:
    """What the same keys give on the QWERTY layout."""
    return text.translate(_TO_LATIN)


def other_layout(text: str) -> str:
    """The text as the other layout gives it: into Russian where Latin letters prevail, else into Latin."""
    return to_russian(text) if _latin_prevails(text) else to_latin(text)


def looks_typed_on_another(text: str) -> bool:
    """Whether letters of one script have hardly a vowel among them and the same keys of the other layout have enough.

    For words that no dictionary knows: «ckjdfhm jpluftdf» is no English, «рфккн зщееук» no Russian.
    """
    if not _UNSPEAKABLE.search(text.lower().replace("tch", "t")):
        return False
    letters = [char for char in text.lower() if char.isalpha()]
    meant = [char for char in other_layout(text.lower()) if char.isalpha()]
    few = sum(char in _VOWELS for char in letters)
    enough = sum(char in _VOWELS or char == "y" for char in meant)
    return few <= _HARDLY_A_VOWEL * len(letters) and enough >= max(_ENOUGH_VOWELS * len(meant), few + 1)


def readings(word: str) -> tuple[str, ...]:
    """A word without spaces on the other layout, the likeliest first.

    A comma or a full stop at the end may be a letter (б, ю) or just that: both are given.
    """
    whole = other_layout(word)
    bare = word.rstrip(_ENDS_A_WORD)
    if not bare or bare == word or not _latin_prevails(word):
        return (whole,)
    return (other_layout(bare), whole)


def _latin_prevails(text: str) -> bool:
    latin = sum(1 for char in text if "a" <= char <= "z" or "A" <= char <= "Z")
    cyrillic = sum(1 for char in text if "\u0400" <= char <= "\u04ff")
    return latin > cyrillic or (latin == cyrillic == 0 and not text.isalnum())
