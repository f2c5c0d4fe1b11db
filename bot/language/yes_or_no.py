"""Whether a few words answer a question of ours with yes or no; what is both, or neither for sure, is asked again.

«Не против» is a yes made of two words that each say no, «да нет» is neither, «нет, не надо» is a no. A consent to the
processing of data hangs on this: of a yes every word is known.
"""

import re
from collections.abc import Sequence
from enum import Enum, auto
from functools import lru_cache


class Said(Enum):
    """What was answered."""

    YES = auto()
    NO = auto()
    UNSURE = auto()
    """An answer, but nobody could tell which."""


def _of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_YES_IN_WORDS = re.compile(
    r"\bне (?:против|возража(?:ю|ем)|откажусь|вопрос)\b|\bбез проблем\b|\b(?:нет|не имею|без) возражени[йя]\b"
    r"|\bвозражени[йя] не(?:т|ту| имею)\b|\bпочему (?:бы )?(?:и )?нет\b"
    r"|\bno (?:objections?|problem)\b|\b(?:do not|don t|dont|wouldn t) (?:mind|object)\b|\bwhy not\b"
    r"|\bof course\b(?! not)"
)
_NO_IN_WORDS = re.compile(
    r"\bне (?:соглас(?:ен|на|ны)|надо|нужно|хочу|хотим|буду|будем|стоит|сейчас|разреша(?:ю|ем)|даю|дам|принимаю|"
    r"подтверждаю)\b"
    r"|\b(?:do not|don t|dont|can not|can t|cannot|not) (?:agree|want|accept|consent|now)\b|\bof course not\b"
)
_FOR_ALL = re.compile(r"\bна все\b")
"""«Все хорошо» is no yes, «на все согласен» is."""
_ARE = {
    Said.YES: "да дада ага угу конечно давай давайте ок окей ok okay yes yep yeah sure agree accept согласен согласна "
    "согласны хорошо принимаю разрешаю подтверждаю соглашаюсь разумеется безусловно",
    Said.NO: "нет неа не no nope not refuse disagree отказываюсь отказ против несогласен несогласна несогласны "
    "возражаю никогда",
    Said.UNSURE: "может наверное наверно возможно подумаю сомневаюсь знаю уверен уверена потом позже maybe perhaps "
    "unsure later",
}
_MEANING = {word: said for said, words in _ARE.items() for word in _of(words)}
_BESIDE = _of(
    "я мы ну ладно с этим полностью пожалуйста же то тоже тогда спасибо быть бы привяжите привязывайте привяжи делайте "
    "соглашаться согласиться на обработку персональных данных своих моих i we do am please thanks thank you"
)
_YES, _NO = " да ", " нет "


def tones(said: Sequence[str]) -> frozenset[Said]:
    """All that folded words say of yes and no, whatever stands between them."""
    return _read(" ".join(said))[0]


def answer(said: Sequence[str]) -> Said | None:
    """What folded words answer, None where there is any other word among them, or none of these.

    «Да, где мой билет» is None, «да нет» and «наверное, да» are UNSURE.
    """
    found, is_all = _read(" ".join(said))
    if not found or not is_all:
        return None
    return next(iter(found)) if len(found) == 1 else Said.UNSURE


@lru_cache(maxsize=4_096)
def _read(said: str) -> tuple[frozenset[Said], bool]:
    plain = _NO_IN_WORDS.sub(_NO, _YES_IN_WORDS.sub(_YES, said))
    words = _FOR_ALL.sub(" ", plain).split()
    told = [_MEANING[word] for word in words if word in _MEANING]
    return frozenset(told), all(word in _MEANING or word in _BESIDE for word in words)
