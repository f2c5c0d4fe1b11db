"""Names of writers as readers write them: «толстого л н», «Булг.», «Чхартишвили», in any case and order.

``authors.txt`` holds surnames of writers with initials and how well known they are (``tools/make_authors.py``:
Wikidata, CC0, and lists of books); ``pen_names.txt`` the names that one person wrote under. All functions are pure,
take and give folded words (``bot.language.folding``) and remember single words.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from bot.language import morphology

WELL_KNOWN = 30
"""From this weight (``authors.txt``) on a surname is taken for the writer although it is an ordinary word, too."""
_SHORTEST = 3
_BEHIND_ALL = "\U0010ffff"
_SHORTEST_CUT = 4
_LONGEST = 24
_MOST_INITIALS = 3
_MOST_WORDS = 4
_TWO_LETTERS = frozenset(("дж", "ю", "я", "х", "ф", "ст", "вс", "ал", "гр", "эд", "дм", "вл", "бр", "ан", "ив", "ник"))
"""Initials of more than one letter: «Дж. К. Роулинг»."""
_FOREIGN = frozenset(
    """жюль майн рэй рей роальд харуки умберто пауло фредрик туве джоан джейн эмили шарлотта гийом эрих габриэль айзек
    курт джером джоджо нил терри донна ю стиг юваль кадзуо орхан ханья халед джордж говард хорхе милан франц герман
    томас умберто бернар фредерик астрид отфрид ганс шарль вильгельм редьярд льюис памела элинор клайв эдгар оскар
    брэм мэри агата артур дэн гиллиан джоджо сесилия колин кассандра сара холли ли""".split()  # noqa: SIM905
)
"""Given names of writers that the dictionary does not know for names."""
_MADE_OF_NAMES = ("ов", "ев", "ин", "ын", "ский", "цкий")
_FAMOUS = 40
_KNOWN_BY_THE_NAME = 20
"""A writer so little known is not meant by a word that is a given name, too: «Гарри»."""
# (what a word of a case ends in, what the nominative ends in); the longest endings first.
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
    known = _weights()
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
    for parse in morphology.analyser().parse(word):
        if "Surn" in parse.tag:
            normal = parse.normal_form.replace("ё", "е")
            made[normal + "а" if "femn" in parse.tag and normal.endswith(("ов", "ев", "ин", "ын")) else normal] = None
    return tuple(made)


def weight(surname: str) -> int:
    """How well known a writer's surname (in the nominative) is; 0 for a stranger. Wikis that know them, or works."""
    return _weights().get(surname, 0)


@lru_cache(maxsize=16_384)
def is_only_a_name(word: str) -> bool:
    """Whether the folded word is a writer's surname (in any case) and no ordinary word: «донцовой», not «белого»."""
    found = surnames(word)
    if not found or (given_name(word) and weight(found[0]) < _KNOWN_BY_THE_NAME):
        return False
    # «грибоедов» is a man and, in the dictionary, many a mushroom eater.
    return (found[0].endswith(_MADE_OF_NAMES) and weight(found[0]) >= _FAMOUS) or not _is_ordinary(word)


def is_given_name(word: str) -> bool:
    """Whether the dictionary takes the folded word for a given name or a patronymic, in any case."""
    return bool(given_name(word))


@lru_cache(maxsize=4096)
def expanded(cut: str) -> tuple[str, ...]:
    """Well-known surnames that a cut one («булг», «достоевск») may stand for, the best known first, three at most."""
    if len(cut) < _SHORTEST_CUT or not morphology.is_cyrillic(cut):
        return ()
    known = _well_known()
    found = [name for name in known[bisect_left(known, cut) : bisect_left(known, cut + _BEHIND_ALL)] if name != cut]
    return tuple(sorted(found, key=lambda name: (-_weights()[name], name))[:3])


@lru_cache(maxsize=1)
def _well_known() -> tuple[str, ...]:
    return tuple(sorted(name for name, known in _weights().items() if known >= WELL_KNOWN))


def pseudonyms(surname: str) -> tuple[str, ...]:
    """The other surnames and spellings of the same writer: «чхартишвили» → акунин, брусникин; empty for most."""
    return tuple(other for other in _pen_names().get(surname, ()) if other != surname)


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
    for at in range(len(words)):
        for size in range(min(_MOST_WORDS, len(words) - at), 0, -1):
            part = tuple(words[at : at + size])
            if size == 1 and (len(part[0]) < _SHORTEST or (sure and not is_only_a_name(part[0]))):
                continue
            if size > 1 and not _opens_or_closes(part):
                continue
            if size == 1 and not surnames(part[0]):
                continue
            if found := _readings(part):
                return at, at + size, found[0]
    return None


def _opens_or_closes(part: tuple[str, ...]) -> bool:
    """Initials and given names beside one surname: the surname is written out."""
    ends = (part[0], part[-1])
    return any(len(word) >= _SHORTEST and bool(likely_surnames(word)) for word in ends)


def _initials(words: tuple[str, ...]) -> str | None:
    """First letters of words that are initials or given names; None where one is neither."""
    letters = ""
    for word in words:
        if len(word) == 1 and word.isalpha():
            letters += word
        elif word in _TWO_LETTERS:
            letters += word[0]
        elif len(word) >= _SHORTEST and (given := given_name(word)):
            letters += given[0]
        else:
            return None
    return letters if len(letters) <= _MOST_INITIALS else None


@lru_cache(maxsize=8192)
def given_name(word: str) -> str:
    """The given name or patronymic that a folded word is a form of, "" where it is none."""
    if len(word) < _SHORTEST or not morphology.is_cyrillic(word):
        return ""
    for parse in morphology.analyser().parse(word)[:3]:
        if parse.is_known and ("Name" in parse.tag or "Patr" in parse.tag):
            return str(parse.normal_form)
    return next((name for name in _nominatives(word) if name in _FOREIGN), "")


def _agrees(surname: str, letters: str) -> bool:
    """Initials of somebody who bears the surname, where any bearer is known: «А. Толстой» is one, «Ъ. Толстой» none."""
    if not letters:
        return True
    bearers = _bearers().get(surname)
    return bearers is None or any(known.startswith(letters[:1]) or not known for known in bearers) or len(letters) > 1


@lru_cache(maxsize=8192)
def _is_ordinary(word: str) -> bool:
    """Whether the dictionary knows the word as something else than a name."""
    names = others = 0.0
    for parse in morphology.analyser().parse(word):
        if not parse.is_known:
            continue
        if any(mark in parse.tag for mark in ("Surn", "Name", "Patr")):
            names += parse.score
        else:
            others += parse.score
    return others > names


def _nominatives(word: str) -> dict[str, None]:
    made: dict[str, None] = {word: None}
    for ending, endings in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST - 1:
            stem = word[: -len(ending)]
            for nominative in endings:
                made[stem + nominative] = None
    return made


@cache
def _bearers() -> dict[str, tuple[str, ...]]:
    bearers: dict[str, tuple[str, ...]] = {}
    for surname, initials, _ in _rows():
        bearers[surname] = (*bearers.get(surname, ()), initials)
    return bearers


@cache
def _weights() -> dict[str, int]:
    weights: dict[str, int] = {}
    for surname, _, known in _rows():
        weights[surname] = max(weights.get(surname, 0), known)
    for names in _pen_names().values():
        best = max((weights.get(name, 0) for name in names), default=0)
        for name in names:
            weights.setdefault(name, max(best // 2, 1))
    return weights


def _rows() -> list[tuple[str, str, int]]:
    text = resources.files("bot.language").joinpath("authors.txt").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return [(surname, initials, int(known)) for surname, initials, known in rows]


@cache
def _pen_names() -> dict[str, tuple[str, ...]]:
    text = resources.files("bot.language").joinpath("pen_names.txt").read_text("utf-8")
    table: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            names = tuple(line.split())
            for name in names:
                table[name] = tuple(dict.fromkeys((*table.get(name, ()), *names)))
    return table
