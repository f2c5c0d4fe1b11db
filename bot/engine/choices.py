"""Which of the offered choices a few typed words mean: its number, its place in the list, its label or a part of it."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from bot.language import yes_or_no
from bot.language.folding import fold, words
from bot.language.morphology import stem
from bot.language.yes_or_no import Said
from bot.messages import Button
from bot.ports.log import Dialogue
from bot.quick import dataclass
from bot.sameness import of_the_same

OFFER_LASTS = timedelta(hours=24)
LIST_LASTS = timedelta(hours=2)
"""So long «вторая» and a word of a label mean the list; its number does as long as the offer lasts."""
ORDINALS = {
    word: number
    for number, forms in enumerate(
        (
            "первый первая первое первую one first",
            "второй вторая второе вторую two second",
            "третий третья третье третью three third",
            "четвертый четвертая четвертое четвертую four fourth",
            "пятый пятая пятое пятую five fifth",
            "шестой шестая шестое шестую",
            "седьмой седьмая седьмое седьмую",
            "восьмой восьмая восьмое восьмую",
            "девятый девятая девятое девятую",
            "десятый десятая десятое десятую",
        ),
        start=1,
    )
    for word in forms.split()
}
_LAST = frozenset(("последний", "последняя", "последнее", "последнюю", "last"))
_AROUND = frozenset(
    words("а и ну да нет ок хорошо лучше давай давайте тогда можно покажи покажите хочу мне нам вот ту та тот эту эта "
          "этот же пожалуйста книгу книга книжку из них списка в во на у есть взять возьму беру бы подходит интересует "
          "нужна нужен вариант где какая какой the one please show me")
)  # fmt: skip
"""Words beside a choice that do not change it: «ну давай вторую», «а первая?», «в детской»."""
YES = ("да", "yes", "ага", "угу", "конечно", "давай", "давайте", "ок", "ok", "yep", "sure")
NO = ("нет", "no", "неа", "не")
LONGEST_LABEL = 60
"""Characters of a message that may be a typed label (labels have 40 at most)."""
LONGEST_YES = 3
"""Words of an answer that begins with yes or no; more is a wish of its own."""
_TELLING = 4
"""Letters of a word that is enough to tell one label from the others."""
_CHOICE = re.compile(r"(?:(?:номер|пункт|вариант|№|#)\s*)?(\d{1,2})\s*[.)!]*", re.IGNORECASE)
_COUNTED = re.compile(r" \d+$")
_CANCEL = frozenset(words("отмени отмените отменить отменяй отменяйте cancel"))
_NONE = ("ни одна", "ни один", "none of")
_FEWEST = 2
_ENDS_WITH_ALL = frozenset(("renew",))
"""Lists whose last button is «всё»: nothing there is the last one."""


def chosen(text: str, dialogue: Dialogue, now: datetime) -> Button | None:
    """The offered choice that a typed number, ordinal, label or word of a label means, None for anything else."""
    if not dialogue.offered or dialogue.offered_at is None or now - dialogue.offered_at > OFFER_LASTS:
        return None
    if len(text) > LONGEST_LABEL:
        number = _number(text)
        return _numbered(number, dialogue.offered) if number is not None else None
    typed = _typed(text)
    if typed.number is not None:
        return _numbered(typed.number, dialogue.offered)
    return _labelled(typed, dialogue.offered) or _of_the_list(typed, dialogue, now)


def is_neither(text: str, dialogue: Dialogue, now: datetime) -> bool:
    """«Да нет», «не знаю» where a yes and a no are on offer: nobody could press either for the reader."""
    if not dialogue.offered or len(text) > LONGEST_LABEL or not _typed(text).is_unsure:
        return False
    if dialogue.offered_at is None or now - dialogue.offered_at > OFFER_LASTS:
        return False
    labels = _labels(dialogue.offered)
    return all(any(word in labels for word in spelt) for spelt in (YES, NO))


def _numbered(number: int, offered: tuple[Button, ...]) -> Button | None:
    return offered[number - 1] if 0 < number <= len(offered) else None


def _number(text: str) -> int | None:
    """The number of a choice, in digits; None for anything else."""
    match = _CHOICE.fullmatch(text.casefold().strip())
    return int(match.group(1)) if match else None


@dataclass(frozen=True, slots=True)
class _Typed:
    """What a short text may choose, whatever is offered.

    Attributes:
        folded: As labels are compared.
        number: Of a choice.
        agrees: Yes or no, where it says one of them.
        is_unsure: An answer that is neither.
        left: Its words without those that stand beside a choice.
        is_bare: There are no others.
        is_telling: They are enough to tell one label from the others.
    """

    folded: str
    number: int | None
    agrees: Said | None
    is_unsure: bool
    left: tuple[str, ...]
    is_bare: bool
    is_telling: bool


@lru_cache(maxsize=8_192)
def _typed(text: str) -> _Typed:
    """Seen once: what is typed is short here, and often the same."""
    folded = fold(text)
    told = folded.split()
    left = tuple([word for word in told if word not in _AROUND])
    answer = yes_or_no.answer(told)
    return _Typed(
        folded=folded,
        number=_number(text),
        agrees=_agrees(told, answer),
        is_unsure=answer is Said.UNSURE,
        left=left,
        is_bare=len(left) == len(told),
        is_telling=max(map(len, left), default=0) >= _TELLING and not any(word.isdigit() for word in left),
    )


def _agrees(told: list[str], answer: Said | None) -> Said | None:
    """Yes or no: by all the words, or by how few of them begin."""
    for spelt, meant in ((YES, Said.YES), (NO, Said.NO)):
        begins = 0 < len(told) <= LONGEST_YES and told[0] in spelt and yes_or_no.tones(told) == {meant}
        if begins or answer is meant:
            return meant
    return None


def _labelled(typed: _Typed, offered: tuple[Button, ...]) -> Button | None:
    """The button whose label was typed, whatever the punctuation; «ага» and «да, позовите» press «Да»."""
    labels = _labels(offered)
    if typed.folded in labels:
        return labels[typed.folded]
    if len(typed.left) == 1 and typed.left[0] in _CANCEL:
        return _undoing(labels)
    if typed.agrees is None:
        return None
    spelt = YES if typed.agrees is Said.YES else NO
    named = next((labels[word] for word in spelt if word in labels), None)
    return named if named or typed.agrees is Said.YES else _none_of_them(labels)


def _undoing(labels: Mapping[str, Button]) -> Button | None:
    """«Отмени» under a hold is its «Отменить бронь», which asks back; under several nobody knows which."""
    fits = [button for label, button in labels.items() if label.partition(" ")[0] in _CANCEL]
    return fits[0] if len(fits) == 1 else None


def _none_of_them(labels: Mapping[str, Button]) -> Button | None:
    """«Нет» under a list is its «Ни одна из них»."""
    return next((button for label, button in labels.items() if label.startswith(_NONE)), None)


def _labels_of(offered: tuple[Button, ...]) -> dict[str, Button]:
    """Each by its label, and «Все библиотеки (6)» without its number as well."""
    bare = {_COUNTED.sub("", fold(button.label)): button for button in reversed(offered) if "(" in button.label}
    return bare | {fold(button.label): button for button in reversed(offered)}


_labels = of_the_same(_labels_of)


# --- one of a list -------------------------------------------------------------------------------


def _of_the_list(typed: _Typed, dialogue: Dialogue, now: datetime) -> Button | None:
    """«А вторая?», «последняя», «преступление» where «Преступление и наказание» stands in the list alone."""
    left = typed.left
    if not left or dialogue.offered_at is None or now - dialogue.offered_at > LIST_LASTS:
        return None
    listed = _listed(dialogue.offered)
    is_list = len(listed) >= _FEWEST
    if len(left) == 1 and (number := ORDINALS.get(left[0])) is not None:
        bare = _answers(dialogue.offered) if typed.is_bare else ()
        return _numbered(number, listed if is_list else _shown_together(dialogue) or bare)
    if not is_list:
        return None
    if len(left) == 1 and left[0] in _LAST and _verb(listed[0]) not in _ENDS_WITH_ALL:
        return listed[-1]
    if not typed.is_telling:
        return None
    stems = {stem(word) for word in left}
    fits = [button for button in listed if stems <= {stem(word) for word in fold(button.label).split()}]
    return fits[0] if len(fits) == 1 else None


def _answers(offered: tuple[Button, ...]) -> tuple[Button, ...]:
    """What answers a question of yes or no; none of what else may be done: «первая» calls nobody."""
    return offered[:2] if fold(offered[0].label) in (*YES, *NO) else ()


def _shown_together(dialogue: Dialogue) -> tuple[Button, ...]:
    """The books of an answer that told of several, none of which has a button."""
    kind, _colon, numbers = dialogue.subject.partition(":")
    if kind != "works" or dialogue.subject_at != dialogue.offered_at:
        return ()
    return tuple(Button(number, f"work:{number}") for number in numbers.split(","))


def _listed_of(offered: tuple[Button, ...]) -> tuple[Button, ...]:
    """The buttons that name things of one kind, in their order: books, branches; not what else may be done."""
    verbs = [_verb(button) for button in offered if ":" in button.payload]
    most = max(verbs, key=verbs.count, default="")
    return tuple(button for button in offered if ":" in button.payload and _verb(button) == most)


_listed = of_the_same(_listed_of)


def _verb(button: Button) -> str:
    return button.payload.partition(":")[0]
