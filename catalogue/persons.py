"""One person under several spellings and pen names: Остин Джейн is Остен Дж., Бахман Ричард is Кинг Стивен.

Only names that are sure to be one person's: spellings of one surname (``pen_names.txt``, where they differ by two
letters at most) with the same initial, pen names with their initial (``other_names.txt``), and a writer's surname
alone where nobody else is known by it. All else stays apart: a wrong merge is worse than a missed one.
"""

from functools import cache, lru_cache
from importlib import resources

from rapidfuzz.distance import OSA

from bot.language.writers import bearers, pen_names, weights
from catalogue.names import Name

_SPELLINGS_DIFFER = 2
_SHORTEST = 5
_WELL_KNOWN = 20
"""A surname alone means the one writer who bears it only where he is so well known (``authors.txt``)."""


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
    written_whole, pen_names_of = _other_names()
    surname = written_whole.get(surname, surname)
    surname = _spellings().get(surname, surname)
    return pen_names_of.get((surname, initial), (surname, initial))


@cache
def _other_names() -> tuple[dict[str, str], dict[tuple[str, str], tuple[str, str]]]:
    """Surnames of two words by the one they are filed under, pen names by the name that books mostly bear."""
    alone: dict[str, str] = {}
    with_initial: dict[tuple[str, str], tuple[str, str]] = {}
    for line in (resources.files("catalogue") / "other_names.txt").read_text("utf-8").splitlines():
        other, is_name, name = line.partition(" = ")
        if not is_name or line.startswith("#"):
            continue
        if " " in other:
            (surname, initial), (known, known_initial) = other.split(), name.split()
            with_initial[surname, initial] = known, known_initial
        else:
            alone[other] = name
    return alone, with_initial


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
