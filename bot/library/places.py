"""Which building a reader means: «филиал 3», «детская», «в Сосновке», «на Садовой»."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from bot.language.folding import words
from bot.language.morphology import stem
from bot.language.numbers import value_of
from bot.library.model import Branch
from bot.quick import dataclass

LONGEST_KEY = 40
"""Bytes of a button's payload that a branch may take."""

_LINKABLE = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_KEY}}}")
_KIND_WORDS = (
    "библиотека библиотеки библиотеку библиотеке библиотекой библиотек филиал филиала филиале филиалом филиалы "
    "отделение отдел отделе отделения отделении абонемент зал имени им и в во на по у из для с к от до "
    "улица улице ул дом д цбс мбук мук гор "
    "library libraries branch branches the of a at in street road avenue"
)
_GENERAL_WORDS = (
    "детская центральная сельская городская районная модельная main central children public city town county"
)
_KIND = frozenset(stem(word) for word in words(_KIND_WORDS))
_GENERAL = frozenset(stem(word) for word in words(_GENERAL_WORDS))
"""Words that tell one branch from another only together with others."""
_NUMBERED = frozenset({"филиал", "филиала", "филиале", "филиалом", "филиалу", "фил", "ф", "библиотека", "библиотеке",
                       "библиотеку", "библиотеки", "номер", "n", "branch"})  # fmt: skip
_CENTRAL = ("центральн", "главн", "main", "central")
_CHILDREN = ("детск", "детс", "children", "kids")
_SETTLEMENT = frozenset(words("село села селе деревня деревне поселок поселке станица станице хутор хуторе "
                              "город городе аул ауле г п пос дер ст х рп пгт"))  # fmt: skip
_STREET = frozenset(words("улица улице улицы ул проспект проспекте пр переулок переулке пер площадь площади пл "
                          "микрорайон микрорайоне мкр бульвар бульваре шоссе набережная квартал street"))  # fmt: skip
_ASKED_OF_A_BUILDING = frozenset(words("адрес телефон номер часы график режим расписание работы"))
"""«Адрес Сосновки», «часы работы Липовки»."""
_IN_A_SETTLEMENT = _SETTLEMENT | _ASKED_OF_A_BUILDING | {"в", "во", "из", "c", "с", "до", "in", "at"}
_IN_A_STREET = _STREET | {"на", "on"}
_ELSEWHERE = re.compile(
    r"(?i:\b(?:в|во|на|из|до)\s+(?:сел[еоау]|деревн[еию]|пос[её]лк[еау]|станиц[еы]|хутор[еа]?|аул[еа]?|город[еа])\s+)"
    r"([А-ЯЁа-яё-]{3,})"
    r"|(?i:\b(?:филиал\w*|библиотек\w+)\s+(?:есть\s+)?(?:в|во)\s+)([А-ЯЁ][а-яё-]{2,})"
)
"""A settlement, said to be one, or a name with a capital letter behind «библиотека в»."""
_PLACING = frozenset(
    words("в во на из in at филиал филиале филиала библиотека библиотеке библиотеку библиотеки branch")
)
"""Words from which on a message may speak of a place."""


def find_branches(text: str, branches: Sequence[Branch]) -> tuple[Branch, ...]:
    """The branches that a message names, best first; empty where it names none, several where it is unclear.

    By number («филиал 3», «третий филиал»), by the words of a name or alias, by where it stands
    («в Сосновке», «на Школьной»; not «8 марта» for улица 8 Марта), by what it is («детская»).
    """
    said = words(text)
    numbers = _numbers_said(said)
    if numbers and (numbered := [branch for branch in branches if _numbers(branch) & numbers]):
        return tuple(numbered)
    stems, spoken = [stem(word) for word in said], f" {' '.join(said)} "
    present = frozenset(stems)
    fits = [
        (fit, branch) for branch in branches if (fit := max(_fits(branch, stems, present, said, spoken), default=0.0))
    ]
    best = max((fit for fit, _ in fits), default=0.0)
    if best:
        return tuple(branch for fit, branch in fits if fit == best)
    if any(word.startswith(_CHILDREN) for word in said):
        return tuple(branch for branch in branches if branch.children)
    if any(word.startswith(_CENTRAL) for word in said):
        return tuple(branch for branch in branches if branch.main)
    return ()


def strange_place(text: str, branches: Sequence[Branch]) -> str:
    """The settlement that a message names and that is none of ours, as it was typed; "" where there is none."""
    named = _ELSEWHERE.search(text)
    return "" if named is None or find_branches(text, branches) else named[1] or named[2]


def find_placed(said: Sequence[str], branches: Sequence[Branch]) -> tuple[Branch, ...]:
    """The branches that folded words name as a place: «каштанка в библиотеке Некрасова», not «стихи Некрасова»."""
    first = next((place for place, word in enumerate(said) if word in _PLACING), None)
    return () if first is None else find_branches(" ".join(said[max(0, first - 1) :]), branches)


def main_branch(branches: Sequence[Branch]) -> Branch | None:
    """The central library: the one marked so, else the first; None where there is none at all."""
    return next((branch for branch in branches if branch.main), branches[0] if branches else None)


def words_beside(text: str, branch: Branch) -> list[str]:
    """The folded words of a message that do not speak of the branch: «каштанка в сосновке» → «каштанка»."""
    own = _KIND.union(*(_stems(spelling) for spelling in (branch.name, branch.address, *branch.aliases)))
    kinds = (*(_CHILDREN if branch.children else ()), *(_CENTRAL if branch.main else ()))
    return [
        word
        for word in words(text)
        if stem(word) not in own and not word.startswith(kinds) and value_of(word) not in _numbers(branch)
    ]


def meant(text: str, branches: Sequence[Branch]) -> tuple[Branch, ...]:
    """The branches to speak of: those that the reader named, else the main one; empty where there is none."""
    named = find_branches(text, branches)
    main = main_branch(branches)
    return named or ((main,) if main else ())


def branch_key(code: str) -> str:
    """A branch's code as a button can carry it: a digest where it is too long."""
    if len(code.encode()) <= LONGEST_KEY:
        return code
    return "~" + hashlib.blake2s(code.encode(), digest_size=12).hexdigest()


def link_key(code: str) -> str:
    """A branch's code as a link or a QR code can carry it: at most 40 of ``A-Za-z0-9_-``, else a digest."""
    if _LINKABLE.fullmatch(code):
        return code
    return "x" + hashlib.blake2s(code.encode(), digest_size=12).hexdigest()


def start_parameter(code: str) -> str:
    """What tells the bot that a reader came from this branch (``Started.parameter``): ``branch-03``."""
    return f"branch-{link_key(code)}"


def branch_behind(key: str, branches: Iterable[Branch]) -> Branch | None:
    """The branch of a button or a link, None where it is gone; a day behind it (``03@2026-03-08``) is not its own."""
    key = key.partition("@")[0]
    return next((branch for branch in branches if key in (branch_key(branch.code), link_key(branch.code))), None)


def _numbers_said(said: Sequence[str]) -> set[int]:
    """Numbers beside a word for a branch: «филиал 3», «3 филиал», «третья библиотека»."""
    found = set()
    for place, word in enumerate(said):
        number = value_of(word)
        if number is None:
            continue
        beside = {*said[max(0, place - 2) : place], *said[place + 1 : place + 2]}
        if beside & _NUMBERED:
            found.add(number)
    return found


def _numbers(branch: Branch) -> frozenset[int]:
    """The numbers that a branch goes by: in its names, else its code."""
    return _numbers_of(branch.code, branch.name, *branch.aliases)


def _fits(
    branch: Branch, stems: Sequence[str], present: frozenset[str], said: Sequence[str], spoken: str
) -> Iterable[float]:
    """How well each spelling of the branch fits: the share of its telling words that were said."""
    for spelling in (branch.name, *branch.aliases):
        telling = _telling(spelling)
        shared = telling & present
        if shared - _GENERAL:
            yield 1 + len(shared) / len(telling)
    stands = _stands(branch.address)
    shared = present & (stands.settlement | stands.street)
    if shared and any(_is_place(place, stems, said, stands) for place, known in enumerate(stems) if known in shared):
        yield 0.9 * (1 + len(shared) / len(stands.settlement | stands.street))
    name = _folded(branch.name)
    if name and f" {name} " in spoken:
        yield 3.0 + name.count(" ")  # «Сосновская детская библиотека» holds the name of the «Детская библиотека» too


def _is_place(place: int, stems: Sequence[str], said: Sequence[str], stands: "_Stands") -> bool:
    """Whether a word of the address is said as one: after «в», «на», «улица», or alone."""
    if len(said) == 1:
        return stems[place] in stands.settlement
    before = set(said[max(0, place - 1) : place])
    if stems[place] in stands.settlement and before & _IN_A_SETTLEMENT:
        return True
    return stems[place] in stands.street and bool(
        before & _IN_A_STREET or set(said[max(0, place - 2) : place]) & _STREET
    )


# --- what a spelling holds: read once -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Stands:
    """The telling words of an address, as stems."""

    settlement: frozenset[str]
    street: frozenset[str]


@lru_cache(maxsize=4_096)
def _stands(address: str) -> _Stands:
    found: dict[bool, set[str]] = {False: set(), True: set()}
    in_street = False
    for word in words(address):
        if word in _STREET or word in _SETTLEMENT:
            in_street = word in _STREET
        elif len(word) > 2 and not word.isdigit() and stem(word) not in _KIND | _GENERAL:
            found[in_street].add(stem(word))
    return _Stands(frozenset(found[False]), frozenset(found[True]))


@lru_cache(maxsize=4_096)
def _stems(spelling: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(spelling))


@lru_cache(maxsize=4_096)
def _telling(spelling: str) -> frozenset[str]:
    return frozenset(word for word in _stems(spelling) - _KIND if len(word) > 2 and not word.isdigit())


@lru_cache(maxsize=4_096)
def _folded(spelling: str) -> str:
    return " ".join(words(spelling))


@lru_cache(maxsize=4_096)
def _numbers_of(code: str, *names: str) -> frozenset[int]:
    named = frozenset(number for name in names for number in _numbers_said(words(name)))
    return named or frozenset({int(code)} if code.isascii() and code.isdigit() else ())
