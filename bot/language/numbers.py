"""Numerals: «двадцать тысяч», «третья», «IV» and 20000, 3, 4 are the same to a reader."""

import re
from collections.abc import Iterable
from functools import lru_cache

_ADJECTIVE = ("ый", "ая", "ое", "ые", "ой", "ого", "ому", "ым", "ом", "ую", "ых", "ыми")
_THIRD = (
    "третий",
    "третья",
    "третье",
    "третьи",
    "третьего",
    "третьей",
    "третьему",
    "третьим",
    "третьем",
    "третью",
    "третьих",
    "третьими",
)
_UNITS = {
    0: "ноль нуль ноля нуля",
    1: "один одна одно одного одной одному одним одном одну",
    2: "два две двух двум двумя",
    3: "три трех трем тремя",
    4: "четыре четырех четырем четырьмя",
    5: "пять пяти пятью",
    6: "шесть шести шестью",
    # «семью» is a family in most titles.
    7: "семь семи",
    8: "восемь восьми восемью восьмью",
    9: "девять девяти девятью",
    10: "десять десяти десятью",
    40: "сорок сорока",
    90: "девяносто девяноста",
    100: "сто ста",
    200: "двести двухсот двумстам двумястами двухстах",
    300: "триста трехсот тремстам тремястами трехстах",
    400: "четыреста четырехсот четыремстам четырьмястами четырехстах",
    1000: "тысяча тысячи тысячу тысяче тысячей тысячам тысяч тысячами тысячах",
    1_000_000: "миллион миллиона миллиону миллионом миллионе миллионы миллионов миллионам миллионами миллионах",
}
_TEENS = "одиннадцат двенадцат тринадцат четырнадцат пятнадцат шестнадцат семнадцат восемнадцат девятнадцат"
_TENS = {20: "двадцат", 30: "тридцат"}
_COMPOUND_TENS = {50: ("пять", "пяти"), 60: ("шесть", "шести"), 70: ("семь", "семи"), 80: ("восемь", "восьми")}
_COMPOUND_HUNDREDS = {
    500: ("пять", "пяти"),
    600: ("шесть", "шести"),
    700: ("семь", "семи"),
    800: ("восемь", "восьми"),
    900: ("девять", "девяти"),
}
_ORDINAL_STEMS = {
    1: "перв", 2: "втор", 4: "четверт", 5: "пят", 6: "шест", 7: "седьм", 8: "восьм", 9: "девят", 10: "десят",
    20: "двадцат", 30: "тридцат", 40: "сороков", 50: "пятидесят", 60: "шестидесят", 70: "семидесят",
    80: "восьмидесят", 90: "девяност", 100: "сот", 200: "двухсот", 300: "трехсот", 1000: "тысячн",
}  # fmt: skip
_ENGLISH_WORDS = """
zero one two three four five six seven eight nine ten
eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty
"""
_ENGLISH = {word: value for value, word in enumerate(_ENGLISH_WORDS.split())}
_ROMAN = re.compile(r"(x{0,3})(ix|iv|v?i{0,3})")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10}
_ROMAN_LETTERS = tuple(_ROMAN_VALUES)


def _cardinals() -> dict[str, int]:
    table = {form: value for value, forms in _UNITS.items() for form in forms.split()}
    for value, base in enumerate(_TEENS.split(), start=11):
        table |= dict.fromkeys((base + "ь", base + "и", base + "ью"), value)
    for value, base in _TENS.items():
        table |= dict.fromkeys((base + "ь", base + "и", base + "ью"), value)
    for value, (whole, oblique) in _COMPOUND_TENS.items():
        table |= dict.fromkeys((whole + "десят", oblique + "десяти", whole + "юдесятью"), value)
    for value, (whole, oblique) in _COMPOUND_HUNDREDS.items():
        table |= dict.fromkeys(
            (whole + "сот", oblique + "сот", oblique + "стам", whole + "юстами", oblique + "стах"), value
        )
    return table


def _ordinals() -> dict[str, int]:
    stems = _ORDINAL_STEMS | dict(enumerate(_TEENS.split(), start=11))
    table = {stem + ending: value for value, stem in stems.items() for ending in _ADJECTIVE}
    return table | dict.fromkeys(_THIRD, 3)


_ORDINALS = _ordinals()
_NUMERALS = _ENGLISH | _ORDINALS | _cardinals()


def ordinal(word: str) -> int | None:
    """3 for «третьего», None for what is no ordinal in words; ``word`` is folded."""
    return _ORDINALS.get(word)


def to_digits(words: list[str]) -> list[str]:
    """Folded words with every numeral in digits: two words «двадцать тысяч» become the one word 20000.

    Cardinals and ordinals in any case, English up to twenty, Roman up to 39. Other words stay.
    """
    read: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        if word in _NUMERALS:
            value, used = _numeral(words, at)
            read.append(str(value))
            at += used
        else:
            roman = roman_value(word) if word.startswith(_ROMAN_LETTERS) else 0
            read.append(str(roman) if roman else word)
            at += 1
    return read


def value_of(word: str) -> int | None:
    """The number that one folded word means (digits, a numeral, a Roman number), None if it means none."""
    if word.isascii() and word.isdigit():
        return int(word) if len(word) <= 9 else None
    return _read_again(word) if len(word) <= _LONGEST_NUMERAL else _read(word)


def first_value(said: Iterable[str]) -> int | None:
    """The first number among folded words, None where none of them means one."""
    return next((value for word in said if (value := value_of(word)) is not None), None)


def _read(word: str) -> int | None:
    value = _NUMERALS.get(word)
    return value if value is not None else (roman_value(word) or None)


_LONGEST_NUMERAL = 40
"""Letters of a word that is remembered: each layer asks it of every word."""
_read_again = lru_cache(maxsize=8_192)(_read)


@lru_cache(maxsize=4096)
def roman_value(word: str) -> int:
    """The value of a Roman number in Latin letters, 1..39; 0 where the word is none."""
    match = _ROMAN.fullmatch(word) if word else None
    if match is None:
        return 0
    total = 0
    for place, letter in enumerate(word):
        value = _ROMAN_VALUES[letter]
        follows = _ROMAN_VALUES[word[place + 1]] if place + 1 < len(word) else 0
        total += -value if value < follows else value
    return total


def _numeral(words: list[str], at: int) -> tuple[int, int]:
    """The number that starts at a place, and how many words it takes (0 where none starts there)."""
    total, group, used, step = 0, 0, 0, 1_000_000_000
    for word in words[at : at + 12]:
        value = _NUMERALS.get(word)
        if value is None:
            break
        if value in {1000, 1_000_000}:
            if total and value >= 1000 and total < value:
                break
            total, group, step = total + max(group, 1) * value, 0, value
        else:
            size = 1 if value < 10 else 10 if value < 20 else 20 if value < 100 else 100
            # «сто двадцать три» goes down; «два три» are two numbers.
            if used and size >= step:
                break
            if size == 1 and step <= 10:
                break
            group, step = group + value, size
        used += 1
        if word in _ORDINALS:
            break
    return total + group, used
