"""Kinds of books: what readers call them, what catalogues call them. Pure.

Readers say «ужастик», records say «Ужасы и мистика», shelf marks say nothing in words. A kind is a set of stems,
any of which may stand in a record's genre, subject or keyword.
"""

from bot.language.folding import words
from bot.language.morphology import stem

_KINDS = (
    "детектив детективы детективный detective mystery mysteries crime",
    "фантастика фантастический science_fiction scifi",
    "фэнтези fantasy",
    "ужасы ужастик ужастики хоррор мистика мистический horror",
    "триллер триллеры thriller",
    "сказка сказки сказочный fairy",
    "стихи стихотворения поэзия поэма поэмы лирика poetry poems",
    "юмор юмористический сатира комедия смешной humor humour comedy",
    "комикс комиксы манга графический comics manga",
    "приключения приключенческий adventure",
    "классика классический classics",
    "рассказ рассказы новеллы stories",
    "повесть повести",
    "пьеса пьесы драма драматургия драмы plays drama",
    "биография биографии биографический мемуары воспоминания biography memoir",
    "энциклопедия энциклопедии энциклопедический encyclopedia",
    "роман романы novel novels",
    "романтика любовный романтический romance",
    "вестерн western",
    "басня басни",
    "антиутопия антиутопии dystopia",
    "учебник учебники учебный пособие",
)


def _stems(kind: str) -> frozenset[str]:
    return frozenset(stem(word) for said in kind.split() for word in words(said.replace("_", " ")))


_STEMS = tuple(_stems(kind) for kind in _KINDS)
_OF_STEM = {one: stems for stems in _STEMS for one in stems}
_LOVE = frozenset({stem("любовный"), stem("романтический")})
BOOK = frozenset(stem(word) for word in words("книга книжка литература произведение что-нибудь book"))


def kind_of(word: str) -> frozenset[str]:
    """The stems that records may have for a reader's folded word («ужастик»), empty where it names no kind."""
    return _OF_STEM.get(stem(word), frozenset())


def kinds_in(text: str) -> tuple[frozenset[str], ...]:
    """The kinds that a text names; «любовный роман» is one kind and not any novel."""
    found = list(dict.fromkeys(kind for word in words(text) if (kind := kind_of(word))))
    if len(found) > 1 and any(not kind.isdisjoint(_LOVE) for kind in found):
        found = [kind for kind in found if not kind.isdisjoint(_LOVE)]
    return tuple(found)
