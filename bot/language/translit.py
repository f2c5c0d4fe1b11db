"""Russian in Latin letters: voina i mir, «mertvie duwi», Tolstoĭ, i mnogo drugix.

The ways to write come from the standards (ALA-LC, GOST 7.79 A and B, GOST R 7.0.34, GOST R 52535.1, ICAO Doc
9303, MVD 310, BGN/PCGN) and from what people type in chats. They contradict each other (c is ц, с or к), so a
word has several readings; the caller keeps those that mean something to it. The other way, for short messages,
there is one.
"""

import re
import unicodedata
from functools import lru_cache
from operator import itemgetter

_VOWELS = frozenset("aeiouy")
# Grapheme → readings with their cost; 0 is the ordinary one. The longest graphemes are tried together
# with the shorter ones, because «sh» is ш and, in Asha, с and х.
_READINGS: dict[str, tuple[tuple[str, float], ...]] = {
    "shch": (("щ", 0),),
    "sch": (("щ", 0), ("сч", 0.8), ("ш", 0.9)),
    "shh": (("щ", 0),),
    "tch": (("ч", 0.6), ("тч", 0.2)),
    "zh": (("ж", 0),),
    "kh": (("х", 0), ("кх", 1.2)),
    "ts": (("ц", 0), ("тс", 0.5)),
    "tz": (("ц", 0.4),),
    "tc": (("ц", 0),),
    "cz": (("ц", 0),),
    "ch": (("ч", 0), ("х", 1.2)),
    "sh": (("ш", 0), ("щ", 0.7), ("сх", 1.4)),
    "sc": (("щ", 0.9), ("ск", 0.9), ("сц", 0.6)),
    "ya": (("я", 0), ("ыа", 1.8)),
    "ja": (("я", 0), ("жа", 0.9)),
    "ia": (("я", 0.4), ("иа", 0.5), ("ия", 0.6), ("ья", 0.8)),
    "iya": (("ия", 0),),
    "ija": (("ия", 0),),
    "iia": (("ия", 0),),
    "yu": (("ю", 0), ("йу", 1.5)),
    "ju": (("ю", 0), ("жу", 0.9)),
    "iu": (("ю", 0.3), ("иу", 0.6)),
    "iyu": (("ию", 0),),
    "yo": (("е", 0), ("йо", 0.5)),
    "jo": (("е", 0.1), ("йо", 0.5), ("жо", 0.8), ("ьо", 1.0)),
    "io": (("ио", 0.2), ("е", 0.7), ("ье", 1.2)),
    "ye": (("е", 0), ("ые", 0.4), ("ье", 0.7)),
    "je": (("е", 0.2), ("же", 0.5), ("ье", 0.7)),
    "ie": (("ие", 0.1), ("ье", 0.5), ("е", 0.6), ("ые", 0.4)),
    "iye": (("ие", 0), ("ые", 0.4)),
    "iy": (("ий", 0), ("ый", 0.4)),
    "ij": (("ий", 0), ("ый", 0.4), ("иж", 1.0)),
    "ii": (("ий", 0), ("ии", 0.2), ("ый", 0.6)),
    "yy": (("ый", 0), ("ий", 0.4)),
    "yj": (("ый", 0), ("ий", 0.4)),
    "yi": (("ый", 0.2), ("ый", 0.3), ("ыи", 0.8), ("и", 0.9)),
    "eh": (("э", 0.4), ("ех", 0.4)),
    "ph": (("ф", 0), ("пх", 1.0)),
    "th": (("т", 0.2), ("тх", 0.8)),
    "ck": (("к", 0.2), ("цк", 0.1)),
    "ks": (("кс", 0),),
    "a": (("а", 0), ("я", 1.3)),
    "b": (("б", 0),),
    "c": (("ц", 0.1), ("с", 0.5), ("к", 0.5), ("ч", 1.0)),
    "d": (("д", 0), ("дь", 1.2)),
    "e": (("е", 0), ("э", 0.9)),
    "f": (("ф", 0),),
    "g": (("г", 0), ("ж", 1.2)),
    "h": (("х", 0), ("г", 1.0)),
    "i": (("и", 0), ("ы", 0.7), ("й", 0.9), ("ь", 1.6)),
    "j": (("й", 0.2), ("ж", 0.4), ("дж", 0.9), ("ь", 1.1)),
    "k": (("к", 0),),
    "l": (("л", 0), ("ль", 0.6)),
    "m": (("м", 0),),
    "n": (("н", 0), ("нь", 0.9)),
    "o": (("о", 0), ("е", 1.6)),
    "p": (("п", 0),),
    "q": (("к", 0.3), ("я", 1.0)),
    "r": (("р", 0), ("рь", 1.2)),
    "s": (("с", 0), ("сь", 1.2), ("ш", 1.7)),
    "t": (("т", 0), ("ть", 0.9)),
    "u": (("у", 0), ("ю", 0.9)),
    "v": (("в", 0),),
    "w": (("ш", 0.3), ("в", 0.3), ("щ", 0.6)),
    "x": (("х", 0.2), ("кс", 0.3)),
    "y": (("ы", 0.2), ("й", 0.3), ("у", 1.2), ("и", 0.8)),
    "z": (("з", 0), ("ц", 1.2)),
    "4": (("ч", 0),),
    "6": (("ш", 0),),
    "'": (("ь", 0), ("ъ", 0.5), ("", 0.5)),
    "`": (("ь", 0), ("ъ", 0.5)),
}
_MARKED = str.maketrans(
    {
        "č": "ch", "ž": "zh", "š": "sh", "ŝ": "shch", "è": "eh", "ė": "eh", "é": "eh", "û": "yu", "â": "ya", "ĭ": "j",
        "ʹ": "'", "ʺ": "'", "’": "'", "”": "'", "‘": "'", "ë": "yo", "ě": "ye", "ё": "yo", "\u0361": "",
    }
)  # fmt: skip
_TOKEN = re.compile(r"[a-z'`46]*[a-z][a-z'`46]*")
_LONGEST = max(map(len, _READINGS))
_BEAM = 14
_MAX_WORD = 32
_MOST = 16
_ENDLESS = 1e9
_STEP = 0.35
"""A grapheme read as one letter is likelier than as two: each step costs a little."""
_cost = itemgetter(1)

_LATIN = dict(zip("абвгдеёзийклмнопрстуфыэ", "abvgdeeziyklmnoprstufye", strict=True)) | {
    "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ъ": "", "ь": "",
}  # fmt: skip
_IN_LATIN = str.maketrans(_LATIN)
_PLAIN = str.maketrans(
    {"«": '"', "»": '"', "„": '"', "“": '"', "”": '"', "’": "'", "—": "-", "–": "-", "−": "-", "…": "...", "№": "No.",
     "\u00a0": " ", "\u202f": " ", "\u2009": " ", "•": "-"}
)  # fmt: skip
_NUMBER = re.compile(r"№\s?")
_ADDRESS = re.compile(r"(https?://\S+)")


def to_latin(text: str) -> str:
    """Russian in plain Latin letters, as a passport writes it without its odd rules; addresses stay.

    Typographic signs become plain ones, so that a short message needs no Unicode.
    """
    pieces = _ADDRESS.split(text)
    plain = (
        piece if number % 2 else _latin(_NUMBER.sub("№ ", piece).translate(_PLAIN))
        for number, piece in enumerate(pieces)
    )
    return "".join(plain)


def in_latin(word: str) -> str:
    """One folded word in plain Latin letters."""
    return word.translate(_IN_LATIN)


def _latin(text: str) -> str:
    letters = []
    for at, letter in enumerate(text):
        made = _LATIN.get(letter.lower(), letter)
        if made and letter.isupper() and letter.lower() in _LATIN:
            shouted = text[at + 1 : at + 2].isupper() or (
                at and text[at - 1].isupper() and not text[at + 1 : at + 2].islower()
            )
            made = made.upper() if shouted else made.capitalize()
        letters.append(made)
    return "".join(letters)


def is_latin(word: str) -> bool:
    """Whether a word could be Russian in Latin letters: Latin letters, with 4, 6 and apostrophes among them."""
    return bool(_TOKEN.fullmatch(word.lower().translate(_MARKED).strip('.,;:?!"«»()')))


@lru_cache(maxsize=8192)
def word_readings(word: str, limit: int = 8) -> tuple[tuple[str, float], ...]:
    """Folded Cyrillic readings of one word in Latin letters, with the cost of each (0 is the ordinary way).

    At most ``limit``, and never more than sixteen.
    """
    best = _best(word)[:limit]
    least = best[0][1] if best else 0.0
    return tuple([(made, round(cost - least, 2)) for made, cost in best if made])


def unmarked(word: str) -> str:
    """A word in small Latin letters without accents."""
    return "".join(char for char in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(char))


@lru_cache(maxsize=128)
def _best(word: str) -> list[tuple[str, float]]:
    """The cheapest readings: of a message the same words are read for its requests and for the catalogue."""
    latin = unmarked(unicodedata.normalize("NFC", word.lower()).translate(_MARKED))[:_MAX_WORD]
    beams: list[dict[str, float]] = [{} for _ in range(len(latin) + 1)]
    beams[0][""] = 0.0
    # What costs more than a whole beam that is there already would not be kept; the last one is not cut so.
    most = [_ENDLESS] * (len(latin) + 1)
    for at in range(len(latin)):
        kept = sorted(beams[at].items(), key=_cost)[:_BEAM]
        for size in range(min(_LONGEST, len(latin) - at), 0, -1):
            grapheme = latin[at : at + size]
            if size > 1 and grapheme not in _READINGS:
                continue
            end = at + size
            target = beams[end]
            for cyrillic, cost in _ways(grapheme, latin, at):
                for made, spent in kept:
                    total = spent + cost + _STEP
                    if total > most[end]:
                        break
                    reading = made + cyrillic
                    if target.get(reading, _ENDLESS) > total:
                        target[reading] = total
                else:
                    if len(kept) == _BEAM and end < len(latin):
                        most[end] = kept[-1][1] + cost + _STEP
    return sorted(beams[-1].items(), key=_cost)[:_MOST]


def _ways(grapheme: str, word: str, at: int) -> tuple[tuple[str, float], ...]:
    ways = _READINGS.get(grapheme)
    if ways is None:
        return () if len(grapheme) > 1 else ((grapheme, 2.0),)
    before = word[at - 1] if at else ""
    after = word[at + len(grapheme) : at + len(grapheme) + 1]
    if grapheme in {"y", "i", "j"} and before in _VOWELS and before and (not after or after not in _VOWELS):
        return (("й", 0), ("и", 0.5), ("ы", 0.9), ("ж", 0.8 if grapheme == "j" else 2.0))
    if grapheme == "y" and not after:
        return (("ы", 0.1), ("ий", 0.4), ("ый", 0.4), ("и", 0.8), ("й", 0.9), ("у", 1.3))
    if grapheme == "i" and not after:
        return (("и", 0), ("ы", 0.6), ("ий", 0.8), ("ый", 1.0), ("й", 1.2))
    if grapheme == "e" and not at:
        return (("э", 0.2), ("е", 0.1))
    return ways
