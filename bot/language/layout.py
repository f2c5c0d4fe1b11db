"""Text typed while the keyboard stood in the other language: djqyf b vbh is «война и мир»."""

_KEYS_EN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./"
_KEYS_RU = "ёйцукенгшщзхъфывапролджэячсмитьбю."
_SHIFTED_EN = '~QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>?@#$^&'
_SHIFTED_RU = 'ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,"№;:?'
_TO_RUSSIAN = str.maketrans(_KEYS_EN + _SHIFTED_EN, _KEYS_RU + _SHIFTED_RU)
_TO_LATIN = str.maketrans(_KEYS_RU + _SHIFTED_RU, _KEYS_EN + _SHIFTED_EN)
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
