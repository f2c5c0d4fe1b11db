"""Russian in Latin letters, written by the standards and by habit: the questions of a measurement, never its answers.

Facts from the standards themselves, as the package iuliia (MIT) prints them; the habits are compiled by hand.
"""

import random

_USUAL = dict(
    pair.split("=")
    for pair in [
        "а=a",
        "б=b",
        "в=v",
        "г=g",
        "д=d",
        "е=e",
        "ё=yo",
        "ж=zh",
        "з=z",
        "и=i",
        "й=y",
        "к=k",
        "л=l",
        "м=m",
        "н=n",
        "о=o",
        "п=p",
        "р=r",
        "с=s",
        "т=t",
        "у=u",
        "ф=f",
        "х=kh",
        "ц=ts",
        "ч=ch",
        "ш=sh",
        "щ=shch",
        "ъ=",
        "ы=y",
        "ь=",
        "э=e",
        "ю=yu",
        "я=ya",
    ]
)
_OWN = {
    "ALA-LC": "ё=ë й=ĭ ц=t͡s ъ=ʺ ь=ʹ э=ė ю=i͡u я=i͡a",
    "GOST 7.79 A": "ё=ë ж=ž й=j х=h ц=c ч=č ш=š щ=ŝ ъ=ʺ ь=ʹ э=è ю=û я=â",
    "GOST 7.79 B": "й=j х=x ц=cz щ=shh ъ=`` ы=y` ь=` э=e`",
    "GOST R 7.0.34": "й=j х=x ц=c щ=shh ъ='' ь='",
    "GOST R 52535.1": "ё=e й=i ц=tc ю=iu я=ia",
    "ICAO 9303": "ё=e й=i ъ=ie ю=iu я=ia",
    "MVD 310": "ё=e ь='",
    "BGN/PCGN": "е=ye ъ=” ь=’",
    "scientific": "ё=ë ж=ž й=j х=x ц=c ч=č ш=š щ=šč ъ=ʺ ь=ʹ э=è ю=ju я=ja",
    "Telegram": "ё=e ж=j й=i х=h ц=c щ=sc ю=iu я=ia",
    "Yandex.Maps": "е=ye щ=sch",
    "Wikipedia": "е=ye",
}
_HABITS = {
    "в": "v v v w", "ж": "zh zh j g",
    "й": "y y j i", "к": "k k k c", "ц": "c ts tc", "х": "h h kh x", "ч": "ch ch ch 4",
    "ш": "sh sh w 6", "щ": "sch shch sh w", "ы": "y y i",
    "ь": "- - '", "э": "e e eh", "ю": "yu yu ju u", "я": "ya ya ja ia",
}  # fmt: skip
_VOWELS = "аеёиоуыэюяъь"
SCHEMES = (*_OWN, "habit")


def in_latin(text: str, scheme: str, chance: random.Random) -> str:
    """Lower-case Russian in Latin letters; ``chance`` draws what a habit leaves open, once a message."""
    table = dict(_USUAL)
    if scheme == "habit":
        table |= {letter: chance.choice(ways.split()) for letter, ways in _HABITS.items()} | {"ё": "e"}
    else:
        table |= dict(pair.split("=") for pair in _OWN[scheme].split())
    written = ""
    for place, letter in enumerate(text):
        said = table.get(letter, letter).replace("-", "" if letter in "ъь" else "-")
        if said == "ye" and place and text[place - 1].isalpha() and text[place - 1] not in _VOWELS:
            said = "e"  # after a consonant these schemes write no y
        written += said
    return written
