"""A day off that is called by its name: «на Рождество», «в День Победы», "on Thanksgiving"."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache

from bot.language.folding import words
from bot.library.hours import DaysOff

_AHEAD_DAYS = 365
_TELLING = 9
"""A first word of so many letters names the day alone: Thanksgiving, Рождество; «Победы» may be a street."""
_SHORT = 3
_DAY, _LONGEST = frozenset({"день", "day"}), 4
_CHRISTMAS = frozenset({"рождество", "рождества", "рождеству", "рождеством", "рождестве", "christmas", "xmas"})
_EVE = frozenset({"eve", "сочельник", "накануне"})
_WESTERN = frozenset({"католическое", "catholic", "western"})


def feast(tokens: Sequence[str], today: date, holidays: DaysOff) -> list[date]:
    """The coming official days off that a message (its folded words) names; Christmas also where it is none."""
    named, roots = _named(today, holidays.name)
    if _CHRISTMAS.isdisjoint(tokens):
        if not any(token.startswith(roots) for token in tokens):
            return []  # nearly always
        days = [day for day, name in named if _is_said(name, tokens)]
    else:
        ours = _WESTERN.isdisjoint(tokens)
        days = [day for day, name in named if ours and not _CHRISTMAS.isdisjoint(name)]
        days = days or [date(today.year + (today > date(today.year, 12, 25)), 12, 25)]
    return days if _EVE.isdisjoint(tokens) else [day - timedelta(days=1) for day in days[:1]]


def sounds_like_a_feast(tokens: Sequence[str]) -> bool:
    """«День Победы», "Labor Day" and nothing else: no preposition says that it is a day to come on."""
    return 2 <= len(tokens) <= _LONGEST and not _DAY.isdisjoint((tokens[0], tokens[-1]))


@lru_cache(maxsize=4)
def _named(today: date, name_of: Callable[[date], str]) -> tuple[list[tuple[date, list[str]]], tuple[str, ...]]:
    """The days off of a year, each with the folded words of its name; and how the names begin."""
    coming = (today + timedelta(days=ahead) for ahead in range(_AHEAD_DAYS))
    named = [(day, words(name)) for day in coming if (name := name_of(day))]
    return named, tuple({_root(name[0]) for _, name in named if name})


def _is_said(name: Sequence[str], said: Sequence[str]) -> bool:
    """Whether the words of a name stand side by side, in whatever case; a long first one is enough."""
    told = name[:1] if name and len(name[0]) >= _TELLING else name
    places = range(len(said) - len(told) + 1) if told else ()
    return any(all(map(_alike, told, said[place:])) for place in places)


def _alike(word: str, said: str) -> bool:
    return said.startswith(_root(word)) and len(said) <= len(word) + 2


def _root(word: str) -> str:
    """What stays of it in every case."""
    return word[:-1] if len(word) > _SHORT else word
