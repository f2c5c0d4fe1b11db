"""Names of foreign writers in their own Latin letters: Shakespeare is Шекспир, Jules Verne is Жюль Верн.

Transliteration does not find them: Russian writes them as they sound. So a name is reduced to its consonants, in every
way that the languages of Europe (and Japanese in English letters) may sound them, and what is left is looked up
among the names of writers (``authors.txt``) reduced likewise. Vowels then tell the nearest. Pure; single words are
remembered.
"""

import re
from functools import cache, lru_cache
from operator import itemgetter

from rapidfuzz.distance import Levenshtein

from bot.language import translit
from bot.language.writers import weights
from catalogue.names import also_given_names, given_names

_SHORTEST, _LONGEST = 3, 20
_FAR = 0.5
"""Where so large a part of the letters differs, vowels and all, it is another name."""
_WELL_KNOWN, _FOR_FAME = 200, 0.1
"""How much nearer the best known name counts."""
_MOST, _BEAM = 10, 24
_LEAST, _LEAST_OF_ONE = 0.45, 0.6
"""How likely a name must be; one with a single consonant more than others."""
_DEARER = 0.04
_SOFT = frozenset("eiy")
_VOWELS = frozenset("aeiouy")
_MAY_BE_SILENT = frozenset("whj")
_RUSSIAN_VOWELS = frozenset("аеиоуыэюяй")

# What a grapheme may sound like, the ordinary way first; "" is silent. Longer ones are tried beside the shorter ones.
_SOUNDS: dict[str, tuple[str, ...]] = {
    "tzsch": ("цш",), "sch": ("ш", "ск"), "tch": ("ч",), "chr": ("кр", "хр"), "sh": ("ш", "с"),
    "ch": ("ч", "к", "х", "ш"), "ck": ("к",), "ph": ("ф", "в"), "th": ("т",), "gh": ("г", ""), "kh": ("х",),
    "zh": ("ж",), "ts": ("ц", "тс"), "tz": ("ц",), "cz": ("ч",), "sz": ("ш", "с"), "rz": ("ж", "рц"),
    "dg": ("ж",), "dj": ("ж",), "qu": ("к", "кв"), "lh": ("л",), "gn": ("н", "гн"), "wr": ("р",), "kn": ("н", "кн"),
    "wh": ("в", ""), "dh": ("д",), "rh": ("р",),
    "b": ("б",), "c": ("к",), "d": ("д",), "f": ("ф",), "g": ("г", "х"), "h": ("х", "г", ""), "j": ("ж", "", "х"),
    "k": ("к",), "l": ("л",), "m": ("м",), "n": ("н",), "p": ("п",), "q": ("к",), "r": ("р",), "s": ("с", "з"),
    "t": ("т",), "v": ("в", "ф"), "w": ("", "в"), "x": ("кс", "кз", "х"), "z": ("з", "ц", "с"),
}  # fmt: skip
_BEFORE_SOFT = {"c": ("с", "ц", "ч"), "g": ("ж", "г", "х"), "sc": ("с", "ш")}
_AT_THE_END = {"s": ("с", "", "з"), "t": ("т", ""), "d": ("д", ""), "x": ("кс", ""), "z": ("з", "с", "ц", "")}
_LONGEST_GRAPHEME = max(map(len, _SOUNDS))
_SILENT = str.maketrans(dict.fromkeys("аеёиоуыэюяйьъ", "") | {"щ": "ш"})
_ALIKE = (
    ("ce", "se"), ("ci", "si"), ("cy", "si"), ("dzh", "j"), ("zh", "j"), ("dg", "j"), ("ge", "je"), ("gi", "ji"),
    ("sch", "sh"), ("ck", "k"), ("que", "k"), ("qu", "k"), ("ph", "f"), ("th", "t"), ("kh", "h"), ("gh", "g"),
    ("ch", "c"), ("x", "ks"), ("yu", "u"), ("ya", "a"), ("y", "i"), ("oo", "u"), ("ee", "i"), ("ou", "u"),
)  # fmt: skip
"""Spellings of one sound, for comparing letter by letter."""
INITIALS = {
    "a": "а", "b": "б", "c": "к", "d": "д", "e": "э", "f": "ф", "g": "г", "h": "х", "i": "и", "j": "д", "k": "к",
    "l": "л", "m": "м", "n": "н", "o": "о", "p": "п", "r": "р", "s": "с", "t": "т", "u": "у", "v": "в", "w": "у",
}  # fmt: skip
"""First letters of given names as Russian writes them: «J. K. Rowling» is «Дж. К. Роулинг»."""
_ENGLISH_A = re.compile(r"a([b-df-hj-np-tvz])e$")
"""Jane and Kate are Джейн and Кейт."""
_cost = itemgetter(1)


@lru_cache(maxsize=4096)
def russian(word: str) -> tuple[tuple[str, float], ...]:
    """Russian names of writers, folded, that a name in Latin letters may be, the likeliest first, with 0..1 for each.

    A surname (Hemingway → хемингуэй) or a given name (Stephen → стивен); empty where nothing sounds like it.
    """
    latin = translit.unmarked(word)
    if not _SHORTEST <= len(latin) <= _LONGEST or not (latin.isalpha() and latin.isascii()):
        return ()
    found: dict[str, float] = {}
    known = weights()
    spelt = {_alike(latin.replace("w", other)) for other in "vu"}  # Twain is Твен, Wilde is Уайльд
    for sound, cost in _sounds(_squeezed(latin)):
        for name in _by_sound().get(sound, ()):
            if latin[0] not in _MAY_BE_SILENT and (name[0] in _RUSSIAN_VOWELS) != (latin[0] in _VOWELS):
                continue
            far = min(Levenshtein.normalized_distance(one, _in_latin(name)) for one in spelt)
            fame = _FOR_FAME * min(known.get(name, 0), _WELL_KNOWN) / _WELL_KNOWN
            likely = min(1.0, 1.0 - far - cost + fame)
            if far <= _FAR and likely > (_LEAST if len(sound) > 1 else _LEAST_OF_ONE):
                found[name] = max(found.get(name, 0.0), likely)
    best = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:_MOST]
    return tuple((name, round(fit, 3)) for name, fit in best)


def warm() -> None:
    """Read the names now, in a thread that nobody waits for."""
    _by_sound()


def _sounds(latin: str) -> list[tuple[str, float]]:
    """The consonants of a word in its likeliest sounds, each with what the less ordinary ways cost."""
    beams: list[dict[str, float]] = [{} for _ in range(len(latin) + 1)]
    beams[0][""] = 0.0
    for at in range(len(latin)):
        kept = sorted(beams[at].items(), key=_cost)[:_BEAM]
        for size in range(min(_LONGEST_GRAPHEME, len(latin) - at), 0, -1):
            target = beams[at + size]
            for place, sound in enumerate(_ways(latin, at, size)):
                for made, spent in kept:
                    if target.get(made + sound, _LONGEST) > spent + _DEARER * place:
                        target[made + sound] = spent + _DEARER * place
    return sorted(beams[-1].items(), key=_cost)


def _ways(latin: str, at: int, size: int) -> tuple[str, ...]:
    grapheme, after = latin[at : at + size], latin[at + size : at + size + 1]
    if grapheme in _VOWELS:
        return ("",)
    if after in _SOFT and grapheme in _BEFORE_SOFT:
        return _BEFORE_SOFT[grapheme]
    if not after and grapheme in _AT_THE_END:
        return _AT_THE_END[grapheme]
    return _SOUNDS.get(grapheme, ())


@cache
def _by_sound() -> dict[str, list[str]]:
    """Names of writers by their consonants."""
    table: dict[str, list[str]] = {}
    for name in dict.fromkeys((*weights(), *given_names(), *also_given_names())):
        sound = _squeezed(name).replace("дж", "ж").translate(_SILENT)
        if sound and " " not in name:
            table.setdefault(sound, []).append(name)
    return table


@lru_cache(maxsize=4096)
def _in_latin(name: str) -> str:
    return _alike(translit.to_latin(name))


def _alike(latin: str) -> str:
    latin = _ENGLISH_A.sub(r"ei\1", latin)
    for one, other in _ALIKE:
        latin = latin.replace(one, other)
    latin = _squeezed(latin)
    return latin[:-1] if latin.endswith("e") and len(latin) > _SHORTEST else latin


def _squeezed(text: str) -> str:
    """Without doubled letters."""
    return "".join([letter for place, letter in enumerate(text) if letter != text[place - 1 : place]])
