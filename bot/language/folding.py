"""One spelling for all spellings: what is left of a text when only its words count."""

import re
import unicodedata
from functools import lru_cache

_BREVE = "\u0306"
# Latin letters that a Cyrillic word gets from a wrong keyboard or a scanner, and the other way round.
_TO_CYRILLIC = dict(zip("abcehkmoptxyi3", "авсенкмортхуіз", strict=True))
_TO_LATIN = {cyrillic: latin for latin, cyrillic in _TO_CYRILLIC.items() if latin not in "3b"} | {"в": "b"}
_MIXED = re.compile(r"(?=\w*[а-яёіѣ])(?=\w*[a-z])\w+")
_ORDINAL = re.compile(r"\d[-\u2010-\u2015]?(?:ый|ой|ий|й|ая|я|ое|е|го|му|ом|ым|х|ти|ми|ю)(?!\w)")
_BEFORE_A_LETTER, _BEHIND_A_LETTER = re.compile(r"\d(?=[а-яіѣ])"), re.compile(r"\d(?<=[а-яіѣ]\d)")
"""A digit beside a Cyrillic letter. All begin with the digit: what begins with a look behind is tried everywhere."""
_LATIN = re.compile("[a-z]")
_CYRILLIC = re.compile("[\u0430-\u0456]")
_RUSSIAN = re.compile("[а-яё ]*")
_PLAIN = re.compile(r"[\x00-\x7f\u0410-\u0451\u2010-\u201f«»]*")
_MAX_MIXED = 64
_SHORT = 100
"""Characters of a text that is folded once: several layers look at the same message, and names come again."""


class _Sieve(dict[int, str | None]):
    """Code point → itself for letters and digits, a space for what parts words, nothing for what is not seen."""

    def __missing__(self, point: int) -> str | None:
        char = chr(point)
        category = unicodedata.category(char)
        kept: str | None = " "
        if category[0] in "LN":
            kept = char
        elif category in {"Mn", "Me", "Mc", "Cf", "Cs", "Co", "Cn"} or (category == "Cc" and not char.isspace()):
            kept = None
        self[point] = kept
        return kept


_SIEVE = _Sieve({0x0451: "е", 0x0439: "й"})


def fold(text: str) -> str:
    """Lower case, е for ё, no accents (й stays), no punctuation, single spaces, one script a word.

    Fixed for ever by the tests: the works' keys and the index are made of it. Linear in the input, never raises.
    """
    return _fold_again(text) if len(text) <= _SHORT else _fold(text)


def _fold(text: str) -> str:
    if text.isascii():
        return " ".join(text.lower().translate(_SIEVE).split())
    if _RUSSIAN.fullmatch(lowered := text.lower()):
        return " ".join(lowered.replace("ё", "е").split())  # words and nothing else, as most titles are
    lowered = unicodedata.normalize("NFKC", text.replace("№", " ")).casefold()
    lowered = _ORDINAL.sub(lambda found: found[0][0], lowered)
    if not _is_plain(lowered):
        lowered = _without_marks(lowered)
    lowered = lowered.translate(_SIEVE)
    lowered = _BEFORE_A_LETTER.sub(lambda digit: f"{digit[0]} ", _one_script(lowered))
    lowered = _BEHIND_A_LETTER.sub(lambda digit: f" {digit[0]}", lowered)
    return " ".join(lowered.split())


_fold_again = lru_cache(maxsize=8_192)(_fold)


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return fold(text).split()


def _is_plain(text: str) -> bool:
    """Whether there is nothing in it but Russian, ASCII and the usual signs: the common, quick case."""
    return _PLAIN.fullmatch(text) is not None


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    kept: list[str] = []
    for char in decomposed:
        if unicodedata.combining(char):
            # й is a letter of its own; a breve anywhere else, and a second one here, is an ornament.
            if char == _BREVE and kept and kept[-1] == "и":
                kept[-1] = "й"
            continue
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


def _one_script(text: str) -> str:
    return " ".join(_word_in_one_script(word) for word in text.split()) if _has_both(text) else text


def _has_both(text: str) -> bool:
    return _LATIN.search(text) is not None and _CYRILLIC.search(text) is not None


def _word_in_one_script(word: str) -> str:
    if len(word) > _MAX_MIXED or not _MIXED.fullmatch(word):
        return word
    latin = [char for char in word if "a" <= char <= "z"]
    cyrillic = [char for char in word if "\u0430" <= char <= "\u0463"]
    if len(latin) <= len(cyrillic) and all(char in _TO_CYRILLIC for char in latin):
        return "".join(_TO_CYRILLIC.get(char, char) if char.isalpha() else char for char in word)
    if all(char in _TO_LATIN for char in cyrillic):
        return "".join(_TO_LATIN.get(char, char) for char in word)
    if all(char in _TO_CYRILLIC for char in latin):
        return "".join(_TO_CYRILLIC.get(char, char) if char.isalpha() else char for char in word)
    return word
