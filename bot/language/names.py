"""Names of writers as readers write them: «толстого л н», «Булг.», «Чхартишвили», in any case and order.

``authors.txt`` holds surnames of writers with initials and how well known they are (``tools/make_authors.py``:
Wikidata, CC0, and lists of books); ``pen_names.txt`` the names that one person wrote under. All functions are pure,
take and give folded words (``bot.language.folding``) and remember single words.
"""

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from bot.language import morphology
from bot.language.writers import bearers, pen_names, weights
from bot.quick import dataclass

WELL_KNOWN = 30
"""From this weight (``authors.txt``) on a surname is taken for the writer although it is an ordinary word, too."""
OF_A_FAMILY = frozenset(("братья", "братьев", "братьям", "сестры", "сестер", "брат", "сестра"))
"""What may stand beside a writer's name as a part of it: «братья Стругацкие»."""
_SHORTEST = 3
_BEHIND_ALL = "\U0010ffff"
_SHORTEST_CUT = 4
_VOWELS = "аеёиоуыэюя"
_LONGEST = 24
_MOST_INITIALS = 3
_MOST_WORDS = 4
_TWO_LETTERS = frozenset(("дж", "ю", "я", "х", "ф", "ст", "вс", "ал", "гр", "эд", "дм", "вл", "бр", "ан", "ив", "ник"))
"""Initials of more than one letter: «Дж. К. Роулинг»."""
_OF_A_PERSON = frozenset((morphology.GIVEN_NAME, morphology.PATRONYMIC))
_FOREIGN = frozenset(
    """жюль майн рэй рей роальд харуки умберто пауло фредрик туве джоан джейн эмили шарлотта гийом эрих габриэль айзек
    курт джером джоджо нил терри донна ю стиг юваль кадзуо орхан ханья халед джордж говард хорхе милан франц герман
    томас умберто бернар фредерик астрид отфрид ганс шарль вильгельм редьярд льюис памела элинор клайв эдгар оскар
    брэм мэри агата артур дэн гиллиан джоджо сесилия колин кассандра сара холли ли""".split()  # noqa: SIM905
)
"""Given names of writers that the dictionary does not know for names."""
_MADE_OF_NAMES = ("ов", "ев", "ин", "ын", "ский", "цкий")
_OF_BOTH = ("ов", "ев", "ин", "ын", "ова", "ева", "ина", "ына")
_FAMOUS = 40
_KNOWN_BY_THE_NAME = 20
"""A writer so little known is not meant by a word that is a given name, too: «Гарри»."""
# (what a word of a case ends in, what the nominative ends in).
_ENDINGS = (
    ("ыми", ("ый", "ой", "")),
    ("ими", ("ий", "")),
    ("ого", ("ый", "ой", "ий", "ое", "")),
    ("его", ("ий", "ь")),
    ("ому", ("ый", "ой", "ий")),
    ("ему", ("ий",)),
    ("ых", ("ый", "ой", "", "а")),
    ("их", ("ий", "")),
    ("ым", ("ый", "ой", "", "а")),
    ("им", ("ий", "", "а")),
    ("ом", ("", "ой", "ый", "о")),
    ("ем", ("й", "ь", "", "ий")),
    ("ей", ("а", "я", "ь", "ий", "ая", "и")),
    ("ой", ("а", "ая", "ой", "ый")),
    ("ою", ("а", "ая")),
    ("ую", ("ая",)),
    ("ая", ("ая", "ий", "ый", "ой")),
    ("ии", ("ия", "ий")),
    ("ца", ("ец", "ца")),
    ("ца", ("ц",)),
    ("а", ("", "о", "а")),
    ("я", ("й", "ь", "я")),
    ("у", ("", "а")),
    ("ю", ("й", "ь", "я")),
    ("ы", ("", "а")),
    ("и", ("", "ь", "й", "я", "а")),
    ("е", ("", "а", "я", "ь", "й")),
)
_LONGEST_ENDING = 3
_BY_ENDING = {ending: tuple(n for e, ns in _ENDINGS if e == ending for n in ns) for ending, _ in _ENDINGS}


@dataclass(frozen=True, slots=True)
class Named:
    """A writer as some words name them.

    Attributes:
        surname: In the nominative.
        initials: First letters of the given names in their order, "" where none is told.
        weight: How well known the surname is, 0 where it is not in ``authors.txt``.
    """

    surname: str
    initials: str = ""
    weight: int = 0


@lru_cache(maxsize=16_384)
def surnames(word: str) -> tuple[str, ...]:
    """Nominative surnames of writers that a folded word may be a form of, the best known first; empty where none is.

    «донцовой» → донцова; «толстого» → толстой; «акунина» → акунин.
    """
    if not _SHORTEST <= len(word) <= _LONGEST or not morphology.is_cyrillic(word):
        return ()
    known = weights()
    found = {made: known[made] for made in _nominatives(word) if made in known}
    return tuple(sorted(found, key=lambda made: (-found[made], made)))


@lru_cache(maxsize=4096)
def likely_surnames(word: str) -> tuple[str, ...]:
    """The same, and for surnames of no known writer what the dictionary takes for one, man's form and woman's."""
    if known := surnames(word):
        return known
    if len(word) < _SHORTEST or not morphology.is_surname(word):
        return ()
    made: dict[str, None] = {}
    for parse in morphology.parses(word):
        if morphology.SURNAME in morphology.name_of(parse.tag):
            normal = parse.normal_form.replace("ё", "е")
            made[normal + "а" if "femn" in parse.tag and normal.endswith(("ов", "ев", "ин", "ын")) else normal] = None
    return tuple(made)


def weight(surname: str) -> int:
    """How well known a writer's surname (in the nominative) is; 0 for a stranger. Wikis that know them, or works."""
    return weights().get(surname, 0)


@lru_cache(maxsize=16_384)
def is_only_a_name(word: str) -> bool:
    """Whether the folded word is a writer's surname (in any case) and no ordinary word: «донцовой», not «белого»."""
    found = surnames(word)
    if not found or (given_name(word) and weight(found[0]) < _KNOWN_BY_THE_NAME):
        return False
    # «грибоедов» is a man and, in the dictionary, many a mushroom eater.
    return (found[0].endswith(_MADE_OF_NAMES) and weight(found[0]) >= _FAMOUS) or not _is_ordinary(word)


@lru_cache(maxsize=4096)
def expanded(cut: str) -> tuple[str, ...]:
    """Well-known surnames that a cut one («булг», «достоевск») may stand for, the best known first, three at most."""
    if len(cut) < _SHORTEST_CUT or not morphology.is_cyrillic(cut):
        return ()
    if cut[-1] in _VOWELS and morphology.is_known(cut):
        return ()  # «лето» is no Летописец; «толст» is a word, too, but nobody means it
    known = _well_known()
    found = [name for name in known[bisect_left(known, cut) : bisect_left(known, cut + _BEHIND_ALL)] if name != cut]
    return tuple(sorted(found, key=lambda name: (-weights()[name], name))[:3])


@lru_cache(maxsize=1)
def _well_known() -> tuple[str, ...]:
    return tuple(sorted(name for name, known in weights().items() if known >= WELL_KNOWN))


@lru_cache(maxsize=4096)
def pseudonyms(surname: str) -> tuple[str, ...]:
    """The other surnames and spellings of the same writer: «чхартишвили» → акунин, брусникин; empty for most.

    A name that several writers bear and books do not means nobody for certain: Донцова was born Васильева, but no book
    of a Васильев is hers.
    """
    known = pen_names().get(surname, ())
    if not known or (surname != known[0] and _is_shared(surname)):
        return ()
    return tuple(one for one in known if one != surname and (one == known[0] or not _is_shared(one)))


def _is_shared(surname: str) -> bool:
    """Whether writers of several initials bear the surname, as men or women."""
    forms = {surname, surname.removesuffix("а"), f"{surname}а"} if surname.endswith(_OF_BOTH) else {surname}
    return len({initials[:1] for form in forms for initials in bearers().get(form, ()) if initials}) > 1


@lru_cache(maxsize=4096)
def _readings(words: tuple[str, ...]) -> tuple[Named, ...]:
    if not 0 < len(words) <= _MOST_WORDS:
        return ()
    made: list[Named] = []
    for place, word in enumerate(words):
        rest = words[:place] + words[place + 1 :]
        letters = _initials(rest)
        if letters is None or (0 < place < len(words) - 1):
            continue
        names = likely_surnames(word) or expanded(word)
        made += [Named(name, letters, weight(name)) for name in names if _agrees(name, letters)]
    return tuple(sorted(dict.fromkeys(made), key=lambda named: -named.weight))


def readings(words: Sequence[str]) -> tuple[Named, ...]:
    """The ways to read folded words as one writer's name and nothing else, the best known first; empty where none is.

    A surname in any case or cut short, alone or with initials or given names before or behind it: «л н толстой»,
    «толстого л», «булг», «лев толстой». Words of a title give nothing.
    """
    return _readings(tuple(words))


def find(words: Sequence[str], *, sure: bool = True) -> tuple[int, int, Named] | None:
    """The first stretch of folded words (first, just behind the last) that names a writer, the longest that does.

    Args:
        words: Words of a message, a title may be among them.
        sure: Only names that are no ordinary words, or stand beside initials or a given name.
    """
    return _find(tuple(words), sure=sure)


@lru_cache(maxsize=256)
def _find(words: tuple[str, ...], *, sure: bool) -> tuple[int, int, Named] | None:
    """Of a message the same words are asked about twice: as they were sent, and as they go to the catalogue."""
    initials = [_initial(word) is not None for word in words]
    longest = _MOST_WORDS if True in initials else 1
    for at, word in enumerate(words):
        for size in range(min(longest, len(words) - at), 1, -1):
            # All but one are initials or given names, and one at an end is written out.
            if sum(initials[at : at + size]) < size - 1 or not (_is_surname(word) or _is_surname(words[at + size - 1])):
                continue
            if found := _readings(words[at : at + size]):
                return at, at + size, found[0]
        if len(word) < _SHORTEST or (sure and not is_only_a_name(word)) or not surnames(word):
            continue
        if found := _readings((word,)):
            return at, at + 1, found[0]
    return None


def _is_surname(word: str) -> bool:
    return len(word) >= _SHORTEST and bool(likely_surnames(word))


def _initials(words: tuple[str, ...]) -> str | None:
    """First letters of words that are initials or given names; None where one is neither."""
    letters = ""
    for word in words:
        letter = _initial(word)
        if letter is None:
            return None
        letters += letter
    return letters if len(letters) <= _MOST_INITIALS else None


def _initial(word: str) -> str | None:
    """The first letter of an initial or a given name; None for another word."""
    if len(word) == 1 and word.isalpha():
        return word
    if word in _TWO_LETTERS:
        return word[0]
    if len(word) >= _SHORTEST and (given := given_name(word)):
        return given[0]
    return None


@lru_cache(maxsize=8192)
def given_name(word: str) -> str:
    """The given name or patronymic that a folded word is a form of, "" where it is none."""
    if len(word) < _SHORTEST or not morphology.is_cyrillic(word):
        return ""
    for parse in morphology.parses(word)[:3] if morphology.is_known(word) else ():
        if morphology.name_of(parse.tag) & _OF_A_PERSON:
            return str(parse.normal_form)
    return next((name for name in _nominatives(word) if name in _FOREIGN), "")


def _agrees(surname: str, letters: str) -> bool:
    """Initials of somebody who bears the surname, where any bearer is known: «А. Толстой» is one, «Ъ. Толстой» none."""
    if not letters:
        return True
    told = bearers().get(surname)
    return told is None or any(known.startswith(letters[:1]) or not known for known in told) or len(letters) > 1


@lru_cache(maxsize=8192)
def _is_ordinary(word: str) -> bool:
    """Whether the dictionary knows the word as something else than a name."""
    names = others = 0.0
    for parse in morphology.parses(word) if morphology.is_known(word) else ():
        if morphology.name_of(parse.tag):
            names += parse.score
        else:
            others += parse.score
    return others > names


@lru_cache(maxsize=256)
def _nominatives(word: str) -> dict[str, None]:
    made: dict[str, None] = {word: None}
    for size in range(min(_LONGEST_ENDING, len(word) - _SHORTEST + 1), 0, -1):
        if endings := _BY_ENDING.get(word[-size:]):
            stem = word[:-size]
            for nominative in endings:
                made[stem + nominative] = None
    return made
