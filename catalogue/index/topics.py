"""What a work is about, of which kind and for whom, as terms of the index.

s:   stem of a word of its subjects, genres, keywords, and of what its UDC or BBK class means
n:   stem of a word of its annotation
w:   key of a word of its authors' names
a:   age mark          c:1  for children          y:  year of the newest edition          f:1  fiction
l:  code of a language of its editions
q:   how many copies there are: the power of two
r:   how likely it is asked for, in tenths: copies, editions, the school programme
"""

import re
from collections.abc import Iterable

from bot.bibliography import IndexEntry
from bot.language.folding import words
from bot.language.morphology import stem
from catalogue.index.common import FUNCTION
from catalogue.index.terms import keys

_WORDS_OF_AN_ANNOTATION = 60
_SHORTEST = 3
MOST_COPIES = 7
MOST_ASKED_FOR = 10
YOUNG = 6
"""An age mark up to this makes a children's book."""

# What the classes are about, in words that readers use; the longest prefix counts.
_UDC = {
    "004": "компьютеры программирование информатика", "087.5": "детская", "159.9": "психология", "2": "религия",
    "355": "война военное армия", "37": "педагогика воспитание школа", "39": "обычаи праздники фольклор",
    "398": "фольклор сказки", "51": "математика", "52": "астрономия космос планеты звезды", "53": "физика",
    "54": "химия", "55": "геология земля", "56": "палеонтология динозавры древние", "57": "биология",
    "58": "растения ботаника", "59": "животные зоология", "598": "птицы", "599": "животные звери",
    "61": "медицина здоровье", "629.7": "космонавтика космос авиация самолеты", "63": "сельское хозяйство",
    "635": "сад огород цветы", "636": "животные питомцы", "641.5": "кулинария рецепты",
    "746": "рукоделие вязание шитье", "75": "живопись художники", "78": "музыка", "791": "кино", "793": "игры",
    "794": "шахматы", "796": "спорт", "91": "география страны путешествия", "929": "биографии", "94": "история",
}  # fmt: skip
_UDC_FORMS = {
    "-1": "стихи поэзия", "-2": "пьесы драматургия", "-31": "роман", "-32": "рассказы", "-34": "сказки",
    "-312.4": "детектив", "-312.9": "фантастика", "-7": "юмор сатира", "-93": "детская",
}  # fmt: skip
_BBK = {
    "20.1": "экология природа", "22.1": "математика", "22.3": "физика", "22.6": "астрономия космос планеты звезды",
    "24": "химия", "26.8": "география путешествия страны", "28.1": "палеонтология динозавры древние",
    "28.5": "растения", "28.6": "животные зоология", "32.97": "компьютеры программирование",
    "36.99": "кулинария рецепты", "39.6": "космонавтика космос", "42": "сад огород", "5": "медицина здоровье",
    "63": "история", "68": "война военное армия", "74": "педагогика воспитание школа", "75": "спорт", "82": "фольклор",
    "85.1": "живопись художники", "85.3": "музыка театр кино", "86": "религия", "88": "психология",
}  # fmt: skip
_BBK_FORMS = {"-5": "стихи поэзия", "-6": "пьесы драматургия"}
_FICTION = re.compile(r"82(?:1(?:\.\d+)*)?-[1-9]")
"""Literature by its form («821.161.1-31» is a novel); what is written about it has none."""
_FOR_CHILDREN = frozenset(stem(word) for word in words("детский дети детям детей малыши дошкольный школьный младший"))


def topics(entry: IndexEntry, likely: float) -> set[str]:
    """The terms of a work; ``likely`` is its :func:`prior`, which the judging line has as well."""
    said = []
    if entry.subjects or entry.genres or entry.keywords:
        said = _stems((*entry.subjects, *entry.genres, *entry.keywords))
    if entry.udc or entry.bbk:
        said += _stems(_meanings(entry))
    terms = {f"s:{one}" for one in said}
    if entry.annotation:
        terms.update(f"n:{one}" for one in list(dict.fromkeys(_stems((entry.annotation,))))[:_WORDS_OF_AN_ANNOTATION])
    if entry.age_mark is not None:
        terms.add(f"a:{entry.age_mark}")
    if _is_for_children(entry):
        terms.add("c:1")
    if any(number.startswith("84") for number in entry.bbk) or any(map(_FICTION.match, entry.udc)):
        terms.add("f:1")
    if entry.year:
        terms.add(f"y:{entry.year}")
    terms.update(f"l:{code}" for code in entry.languages)
    terms.add(f"q:{min(entry.copies.bit_length(), MOST_COPIES)}")
    terms.add(f"r:{round(MOST_ASKED_FOR * likely)}")
    return terms


def prior(entry: IndexEntry) -> float:
    """How likely a work is asked for, 0..1: copies, editions, the school programme."""
    copies = min(entry.copies, 100) / 100
    editions = min(len(entry.variants) - 1 + len(entry.isbns), 5) / 5
    return round(0.6 * copies + 0.2 * editions + (0.2 if entry.grade else 0.0), 3)


def _stems(texts: Iterable[str]) -> list[str]:
    return [
        key
        for text in texts
        if text
        for word in words(text)
        if len(word) >= _SHORTEST and word not in FUNCTION
        for key in keys(word)
    ]


def _is_for_children(entry: IndexEntry) -> bool:
    if entry.age_mark is not None and entry.age_mark > 2 * YOUNG:
        return False
    if entry.age_mark is not None and entry.age_mark <= YOUNG:
        return True
    told = (*entry.subjects, *entry.genres, *entry.keywords, *_meanings(entry), entry.audience)
    # The words as they stand: «дело» may be a form of «деть», whose stem is that of «дети».
    return any(stem(word) in _FOR_CHILDREN for text in told if text for word in words(text))


def _meanings(entry: IndexEntry) -> list[str]:
    """What the classes of the records mean."""
    found = []
    for number in entry.udc:
        found += [_of(part.strip(), _UDC) for part in number.replace("+", ":").split(":")]
        found += [meaning for form, meaning in _UDC_FORMS.items() if number.startswith("82") and _has(number, form)]
        found += [_UDC["087.5"]] if "087.5" in number else []
    for number in entry.bbk:
        found.append(_of(number.strip(), _BBK))
        found += [meaning for form, meaning in _BBK_FORMS.items() if number.startswith("84") and number.endswith(form)]
    return [meaning for meaning in found if meaning]


def _of(number: str, meanings: dict[str, str]) -> str:
    fits = [prefix for prefix in meanings if number.startswith(prefix)]
    return meanings[max(fits, key=len)] if fits else ""


def _has(number: str, form: str) -> bool:
    at = number.find(form)
    return at >= 0 and (form.endswith(("4", "9")) or not number[at + len(form) : at + len(form) + 1].isdigit())
