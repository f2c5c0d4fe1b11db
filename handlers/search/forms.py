"""«Аудиокнига», «крупным шрифтом», «на английском»: whether a book is there in the form that was asked for.

Said is what the records tell: what kind of thing each edition is, whether it can be read online, in which letters its
title is. Binding, print and the like stand in no record that comes here, and that is said, too.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from bot.language.folding import fold
from bot.library.model import Edition, Kind, WorkCard
from bot.wording import gettext as _

_AUDIO = re.compile(r"(?i)аудио|звукозапис|mp3|audio|говорящ")
_DIGITAL = re.compile(r"(?i)электронн|онлайн|pdf|fb2|epub|e-?book")
_LARGE = re.compile(r"(?i)крупн\w+ шрифт|больши\w+ букв|large print|для слабовид")
_BRAILLE = re.compile(r"(?i)брайл|braille")
_LATIN, _CYRILLIC = re.compile(r"[A-Za-z]"), re.compile(r"[А-Яа-яЁё]")
_IN_LATIN_LETTERS = frozenset(
    (
        "английском",
        "немецком",
        "французском",
        "испанском",
        "итальянском",
        "english",
        "german",
        "french",
        "spanish",
        "italian",
    )
)
_LEAST_OF_A_LANGUAGE = 5
"""Letters that «английском» and «по-английски» share."""
_A_KIND = "комикс"
"""A kind of book rather than the form of one."""
_IN_RUSSIAN = frozenset(("русском", "russian"))


def said(work: WorkCard, slots: Mapping[str, str]) -> str:
    """A sentence on the form that was asked for, "" where none was."""
    if asked := slots.get("format", ""):
        return _of_format(work, fold(asked))
    if asked := slots.get("copies", ""):
        return _of_so_many(work, int(asked))
    return _of_language(work, fold(slots["language"])) if slots.get("language") else ""


def _of_so_many(work: WorkCard, asked: int) -> str:
    """«Нужно 30 экземпляров»: said is where there are fewer."""
    if work.items_unknown or work.total == 0 or asked <= work.available:
        return ""
    if asked <= work.total:
        return _("Столько сейчас нет: часть на руках.")
    return _("Столько экземпляров у нас нет.")


def of_several(works: Sequence[WorkCard], slots: Mapping[str, str]) -> tuple[str, tuple[WorkCard, ...]]:
    """What is told of the form once for all of several works, and those that may be there in it: all, if none is."""
    told = [said(work, slots) for work in works]
    absent = (_no_audio(), _not_digital(), _not_in_this_language())
    if len(set(told)) == 1:  # of a writer's many books only the first are looked at: nothing is claimed of the rest
        none = _("Среди этих книг такого издания не вижу: спросите библиотекаря.")
        return none if told[0] in absent else told[0], tuple(works)
    return "", tuple(work for work, sentence in zip(works, told, strict=True) if sentence not in absent)


def asked(work: WorkCard, text: str) -> str:
    """The same for a question of a few words on the book that was shown: «а на английском есть?»."""
    said = fold(text)
    names = (*sorted(_IN_LATIN_LETTERS), *sorted(_IN_RUSSIAN))
    language = next((name for name in names if name[:_LEAST_OF_A_LANGUAGE] in said), "")
    return _of_language(work, language) if language else _of_format(work, said)


def _of_format(work: WorkCard, asked: str) -> str:
    if asked.startswith(_A_KIND):
        return ""
    if _AUDIO.search(asked):
        heard = _any(work, lambda one: one.kind is Kind.AUDIO or bool(_AUDIO.search(one.title)))
        return _("В звукозаписи она есть.") if heard else _no_audio()
    if _DIGITAL.search(asked):
        read = _any(work, lambda one: one.kind is Kind.ELECTRONIC or bool(one.url))
        return _("В электронном виде она есть.") if read else _not_digital()
    form = next((form for form in (_LARGE, _BRAILLE) if form.search(asked)), None)
    if form is not None and _any(work, lambda one: bool(form.search(one.title))):
        return _("Такое издание есть.")
    return _("Есть ли она в таком издании, в каталоге не сказано: спросите библиотекаря.")


def _of_language(work: WorkCard, language: str) -> str:
    """Records tell no language: the letters of the titles do, as far as they go."""
    latin = _any(work, lambda one: bool(_LATIN.search(one.title)) and not _CYRILLIC.search(one.title))
    if language in _IN_LATIN_LETTERS and not latin:
        return _not_in_this_language()
    if language in _IN_RUSSIAN and _any(work, lambda one: bool(_CYRILLIC.search(one.title))):
        return ""
    return _("На каком языке издание, в каталоге не сказано: спросите библиотекаря.")


def _no_audio() -> str:
    return _("Аудиокниги в каталоге не вижу, есть книга.")


def _not_digital() -> str:
    return _("Электронной версии в каталоге не вижу.")


def _not_in_this_language() -> str:
    return _("Издания на этом языке в каталоге не вижу.")


def _any(work: WorkCard, fits: Callable[[Edition], bool]) -> bool:
    return any(map(fits, work.editions))
