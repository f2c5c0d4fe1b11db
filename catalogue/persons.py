"""One person under several spellings and pen names: Остин Джейн is Остен Дж., Бахман Ричард is Кинг Стивен.

Only names that are sure to be one person's: spellings of one surname (``pen_names.txt``, where they differ by two
letters at most) with the same initial, pen names together with their given name, and a writer's surname alone where
nobody else is known by it. All else stays apart: a wrong merge is worse than a missed one.
"""

from functools import cache, lru_cache

from rapidfuzz.distance import OSA

from bot.language.writers import bearers, pen_names, weights
from catalogue.names import Name

_SPELLINGS_DIFFER = 2
_SHORTEST = 5
_WELL_KNOWN = 20
"""A surname alone means the one writer who bears it only where he is so well known (``authors.txt``)."""
_WRITTEN_WHOLE = {
    "конандойл": "дойл", "конандойль": "дойл", "сентэкзюпери": "экзюпери", "салтыковщедрин": "щедрин",
    "салтыков": "щедрин", "гарсиямаркес": "маркес", "гарсиамаркес": "маркес",
}  # fmt: skip
"""Surnames of two words, of which catalogues often have one."""
_PEN_NAMES = {
    ("бахман", "р"): ("кинг", "с"), ("гэлбрейт", "р"): ("роулинг", "д"), ("гелбрейт", "р"): ("роулинг", "д"),
    ("уэстмакотт", "м"): ("кристи", "а"), ("чхартишвили", "г"): ("акунин", "б"), ("брусникин", "а"): ("акунин", "б"),
    ("клеменс", "с"): ("твен", "м"), ("доджсон", "ч"): ("кэрролл", "л"), ("пешков", "а"): ("горький", "м"),
    ("голиков", "а"): ("гайдар", "а"), ("корнейчуков", "н"): ("чуковский", "к"), ("бугаев", "б"): ("белый", "а"),
    ("ювачев", "д"): ("хармс", "д"), ("лотарев", "и"): ("северянин", "и"), ("можейко", "и"): ("булычев", "к"),
    ("хэндлер", "д"): ("сникет", "л"), ("синявский", "а"): ("терц", "а"), ("климентов", "а"): ("платонов", "а"),
    ("андерсен", "г"): ("андерсен", "х"), ("булычев", "и"): ("булычев", "к"),
}  # fmt: skip
"""Surname and initial of another name, and of the one that books mostly bear. Facts of literary history."""


def one_person(name: Name) -> Name:
    """The name that stands for all names of the person, with its own initials where only the spelling differs."""
    surname, initials = _known_as(name.surname, name.initials[:1])
    if (surname, initials) == (name.surname, name.initials[:1]):
        return name
    same_initial = initials == name.initials[:1]
    return Name(surname, name.initials if same_initial else initials, name.junior)


@lru_cache(maxsize=16_384)
def _known_as(surname: str, initial: str) -> tuple[str, str]:
    if not initial:
        initial = _only_initial(surname)
    surname = _WRITTEN_WHOLE.get(surname, surname)
    surname = _spellings().get(surname, surname)
    return _PEN_NAMES.get((surname, initial), (surname, initial))


def _only_initial(surname: str) -> str:
    """The initial of the only writer known by the surname, "" where there are several or he is little known."""
    if weights().get(surname, 0) < _WELL_KNOWN:
        return ""
    told = {initials[:1] for initials in bearers().get(surname, ())}
    return told.pop() if len(told) == 1 else ""


@cache
def _spellings() -> dict[str, str]:
    """Each spelling of a surname with the one that books mostly bear."""
    known: dict[str, str] = {}
    for names in pen_names().values():
        for name in names[1:]:
            if min(len(name), len(names[0])) >= _SHORTEST and OSA.distance(name, names[0]) <= _SPELLINGS_DIFFER:
                known.setdefault(name, names[0])
    return known
