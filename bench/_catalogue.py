"""Works for the measurements: synthetic ones drawn from a seed, real ones from a list of books; and a store of them.

Synthetic titles are inflected patterns over words of the Russian dictionary, drawn so that a few are frequent and
most are rare; authors are dictionary surnames. The same count and seed give the same works.
"""

import csv
import random
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice, product
from pathlib import Path
from typing import Any

from bot.bibliography import IndexEntry
from bot.language.isbn import isbn13
from bot.language.morphology import analyser
from bot.library.model import Kind, WorkCard

_LETTERS = "абвгдежзиклмнопрстуфхцчшэюя"
_INITIALS = "АБВГДЕИКЛМНОПСТЮЯ"
_PER_PREFIX = 240
_EVERY_PREFIX = 5


def works(count: int, seed: int = 1) -> Iterator[IndexEntry]:
    """``count`` synthetic works with ids from 1: title, author, one copy to a hundred."""
    chance = random.Random(seed)
    nouns, adjectives, surnames = _words()
    spread = min(1.0, 0.25 + count / 400_000)
    draw_noun, draw_adjective = _Draw(nouns, spread, chance), _Draw(adjectives, spread, chance)
    authors = [_author(surnames, chance) for _ in range(max(count // 5, 1))]
    for number in range(1, count + 1):
        title = _title(draw_noun, draw_adjective, chance)
        yield IndexEntry(
            work_id=number,
            version=1,
            gone=False,
            variants=((title, chance.choice(authors)),),
            kind=Kind.BOOK,
            isbns=(isbn13("978" + f"{number:09d}" + "0"),),
            copies=int(chance.paretovariate(1.2)) % 100,
        )


def real_works(path: Path) -> Iterator[IndexEntry]:
    """The works of a list with the columns title, author, isbn, genre, series, grade; ids from 1 in its order."""
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=1):
            series, _, place = row.get("series", "").partition(" #")
            yield IndexEntry(
                work_id=number,
                version=1,
                gone=False,
                variants=((row["title"], row.get("author") or row.get("authors", "")),),
                kind=Kind.BOOK,
                isbns=tuple(isbn for isbn in (row.get("isbn", ""), row.get("isbn13", "")) if isbn),
                series=((series, place),) if series else (),
                grade=row.get("grade", ""),
                genres=(row["genre"],) if row.get("genre") else (),
            )


class MemoryStore:
    """Fills the ports ``IndexSource`` and ``Cards`` from a list of works."""

    def __init__(self, entries: Sequence[IndexEntry], identity: str = "bench") -> None:
        self._entries = list(entries)
        self._places = {entry.work_id: place for place, entry in enumerate(self._entries)}
        self._identity = identity

    async def version(self) -> int:
        return max((entry.version for entry in self._entries[-1:]), default=0)

    async def identity(self) -> str:
        return self._identity

    async def entries(self, after: tuple[int, int], limit: int) -> list[IndexEntry]:
        first = 0 if after == (0, 0) else self._places[after[1]] + 1
        return self._entries[first : first + limit]

    async def cards(self, work_ids: Sequence[int]) -> dict[int, WorkCard]:
        return {work_id: self._card(work_id) for work_id in work_ids}

    def _card(self, work_id: int) -> WorkCard:
        entry = self._entries[self._places[work_id]]
        title, author = entry.variants[0]
        return WorkCard(
            work_id=work_id,
            title=title,
            author=author,
            kind=entry.kind,
            available=0,
            total=0,
            items_unknown=True,
            holdings=(),
            editions=(),
        )


class _Draw:
    """Draws words so that the n-th is drawn about 1/n as often as the first."""

    def __init__(self, words: Sequence[Any], spread: float, chance: random.Random) -> None:
        self._words = words
        self._spread = spread
        self._chance = chance

    def __call__(self) -> Any:
        exponent = self._chance.random() ** 0.45
        return self._words[int(len(self._words) ** exponent * self._spread) % len(self._words)]


def _title(noun: _Draw, adjective: _Draw, chance: random.Random) -> str:
    kind = chance.random()
    first = noun()
    if kind < 0.3:
        words = [_agreeing(adjective(), first), first[0], noun()[1]]
    elif kind < 0.5:
        words = [first[0], noun()[1], _genitive(adjective()), noun()[1]]
    elif kind < 0.65:
        words = [_agreeing(adjective(), first), first[0]]
    elif kind < 0.8:
        words = [first[0], "и", noun()[0], noun()[1]]
    elif kind < 0.9:
        words = [first[0], "в", noun()[2]]
    else:
        words = [str(chance.randint(2, 99)), noun()[1], "для", noun()[1]]
    return " ".join(words).capitalize()


def _author(surnames: Sequence[str], chance: random.Random) -> str:
    return f"{chance.choice(surnames).capitalize()} {chance.choice(_INITIALS)}. {chance.choice(_INITIALS)}."


def _agreeing(adjective: tuple[str, str, str], noun: tuple[str, str, str, str]) -> str:
    return adjective[{"masc": 0, "femn": 1, "neut": 2}.get(noun[3], 0)]


def _genitive(adjective: tuple[str, str, str]) -> str:
    return adjective[0][:-2] + ("его" if adjective[0].endswith("ий") and adjective[0][-3] not in "кгх" else "ого")


@cache
def _words() -> tuple[list[tuple[str, str, str, str]], list[tuple[str, str, str]], list[str]]:
    """Nouns (nominative, genitive, prepositional, gender), adjectives (three genders), surnames; shuffled."""
    nouns: dict[str, dict[str, str]] = {}
    adjectives: dict[str, dict[str, str]] = {}
    surnames: dict[str, None] = {}
    known = analyser().dictionary.iter_known_words
    prefixes = ["".join(letters) for letters in product(_LETTERS, repeat=3)][::_EVERY_PREFIX]
    for prefix in prefixes:
        for word, tag, normal, *_ in islice(known(prefix), _PER_PREFIX):
            if (
                not 4 <= len(word) <= 12
                or "ё" in word
                or "-" in word
                or {"Abbr", "Name", "Geox", "Patr"} & tag.grammemes
            ):
                continue
            if "Surn" in tag:
                if word == normal:
                    surnames[word] = None
            elif tag.number == "sing" and tag.POS == "NOUN":
                nouns.setdefault(normal, {"gender": str(tag.gender or "masc")})[str(tag.case)] = word
            elif tag.number == "sing" and tag.POS == "ADJF" and tag.case == "nomn":
                adjectives.setdefault(normal, {})[str(tag.gender)] = word
    chance = random.Random(7)
    made_nouns = [
        (forms["nomn"], forms["gent"], forms["loct"], forms["gender"])
        for forms in nouns.values()
        if {"nomn", "gent", "loct"} <= forms.keys()
    ]
    made_adjectives = [
        (forms["masc"], forms["femn"], forms["neut"])
        for forms in adjectives.values()
        if {"masc", "femn", "neut"} <= forms.keys()
    ]
    made_surnames = sorted(surnames)
    chance.shuffle(made_nouns)
    chance.shuffle(made_adjectives)
    chance.shuffle(made_surnames)
    return made_nouns, made_adjectives, made_surnames
