"""Which building a reader means: «филиал 3», «детская», «в Сосновке», «на Садовой»."""

import hashlib
from collections.abc import Iterable, Sequence

from bot.language.folding import words
from bot.language.morphology import stem
from bot.language.numbers import value_of
from bot.library.model import Branch

LONGEST_KEY = 40
"""Bytes of a button's payload that a branch may take."""

_KIND_WORDS = (
    "библиотека библиотеки библиотеку библиотеке библиотекой библиотек филиал филиала филиале филиалом филиалы "
    "отделение отдел отделе отделения отделении абонемент зал имени им и в во на по у из для с к от до "
    "улица улице ул дом д цбс мбук мук гор"
)
_GENERAL_WORDS = "детская центральная сельская городская районная модельная"
_KIND = frozenset(stem(word) for word in words(_KIND_WORDS))
_GENERAL = frozenset(stem(word) for word in words(_GENERAL_WORDS))
"""Words that tell one branch from another only together with others."""
_NUMBERED = frozenset({"филиал", "филиала", "филиале", "филиалом", "филиалу", "фил", "ф", "библиотека", "библиотеке",
                       "библиотеку", "библиотеки", "номер", "n", "branch"})  # fmt: skip
_CENTRAL = ("центральн", "главн", "main", "central")
_CHILDREN = ("детск", "детс", "children", "kids")


def find_branches(text: str, branches: Sequence[Branch]) -> tuple[Branch, ...]:
    """The branches that a message names, best first; empty where it names none, several where it is unclear.

    By number («филиал 3», «третий филиал»), by the words of a name, alias or address, by what it is
    («детская», «центральная»).
    """
    said = words(text)
    numbered = [branch for branch in branches if _numbers(branch) & _numbers_said(said)]
    if numbered:
        return tuple(numbered)
    stems = {stem(word) for word in said}
    fits = [(fit, branch) for branch in branches if (fit := max(_fits(branch, stems, said), default=0.0))]
    best = max((fit for fit, _ in fits), default=0.0)
    if best:
        return tuple(branch for fit, branch in fits if fit == best)
    if any(word.startswith(_CHILDREN) for word in said):
        return tuple(branch for branch in branches if branch.children)
    if any(word.startswith(_CENTRAL) for word in said):
        return tuple(branch for branch in branches if branch.main)
    return ()


def main_branch(branches: Sequence[Branch]) -> Branch | None:
    """The central library: the one marked so, else the first; None where there is none at all."""
    return next((branch for branch in branches if branch.main), branches[0] if branches else None)


def words_beside(text: str, branch: Branch) -> list[str]:
    """The folded words of a message that do not speak of the branch: «каштанка в сосновке» → «каштанка»."""
    own = {stem(word) for spelling in (branch.name, branch.address, *branch.aliases) for word in words(spelling)}
    kinds = (*(_CHILDREN if branch.children else ()), *(_CENTRAL if branch.main else ()))
    return [
        word
        for word in words(text)
        if stem(word) not in own | _KIND and not word.startswith(kinds) and value_of(word) not in _numbers(branch)
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


def branch_behind(key: str, branches: Iterable[Branch]) -> Branch | None:
    """The branch of a button, None where it is gone."""
    return next((branch for branch in branches if branch_key(branch.code) == key), None)


def _numbers_said(said: Sequence[str]) -> set[int]:
    """Numbers beside a word for a branch: «филиал 3», «3 филиал», «третья библиотека»."""
    found = set()
    for place, word in enumerate(said):
        number = value_of(word)
        beside = {*said[max(0, place - 2) : place], *said[place + 1 : place + 2]}
        if number is not None and beside & _NUMBERED:
            found.add(number)
    return found


def _numbers(branch: Branch) -> set[int]:
    """The numbers that a branch goes by: in its names, else its code."""
    named = {number for name in (branch.name, *branch.aliases) for number in _numbers_said(words(name))}
    if named:
        return named
    return {int(branch.code)} if branch.code.isascii() and branch.code.isdigit() else set()


def _fits(branch: Branch, stems: set[str], said: Sequence[str]) -> Iterable[float]:
    """How well each spelling of the branch fits: the share of its telling words that were said."""
    for weight, spelling in ((1.0, branch.name), *((1.0, alias) for alias in branch.aliases), (0.9, branch.address)):
        telling = {stem(word) for word in words(spelling)} - _KIND
        telling = {word for word in telling if len(word) > 2 and not word.isdigit()}
        shared = telling & stems
        if shared - _GENERAL:
            yield weight * (1 + len(shared) / len(telling))
    name = words(branch.name)
    if name and f" {' '.join(name)} " in f" {' '.join(said)} ":
        yield 3.0 + len(name)  # «Сосновская детская библиотека» holds the name of the «Детская библиотека» too
