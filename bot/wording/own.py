"""The few texts that a library may say in its own voice: the built-in ones, and what stands in their place; pure.

A handler asks ``library.words.say(Own.HELLO, library=name)`` and hears the library's own text in the language of the
turn, else the built-in one. Whoever keeps own texts looks at them first (:func:`canonical`): one that could not be
filled in is never told to a reader.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from string import Formatter
from typing import Protocol

from bot.wording import SOURCE_LANGUAGE, current_language, in_language
from bot.wording import gettext as _

LONGEST = 1_000
"""Characters of an own text, its places filled in: what the narrowest messenger shows with buttons in one message."""


class Own(StrEnum):
    """Which text; the value names it in the store and in addresses."""

    HELLO = "hello"
    HELLO_AGAIN = "hello_again"
    HELP = "help"
    THANKS = "thanks"
    NOT_FOUND = "not_found"
    NO_ANSWER = "no_answer"
    NOT_OURS = "not_ours"
    PERSON_CALLED = "person_called"
    QUESTION_PASSED = "question_passed"
    PEOPLE_THERE = "people_there"
    PEOPLE_AWAY = "people_away"
    TALK_OVER = "talk_over"


_BUILT_IN: Mapping[Own, Callable[[], str]] = {
    Own.HELLO: lambda: _(
        "Здравствуйте! Это {library}. Я бот, отвечаю днём и ночью.\n"
        "Напишите название книги или автора, и я скажу, где она есть. Например: Маленький принц.\n"
        "Ещё подскажу часы работы, адрес, правила и позову библиотекаря."
    ),
    Own.HELLO_AGAIN: lambda: _("Здравствуйте! Что вам подсказать?"),
    Own.HELP: lambda: _(
        "Вот что я умею:\n"
        "• найти книгу по названию, автору или ISBN, даже если написано с ошибкой;\n"
        "• сказать, в какой библиотеке она есть и сколько экземпляров свободно;\n"
        "• подсказать часы работы, адрес и телефон;\n"
        "• рассказать, как записаться и какие правила;\n"
        "• позвать библиотекаря.\n"
        "Пишите своими словами. Слово «отмена» вернёт к началу."
    ),
    Own.THANKS: lambda: _("Рад помочь! Если что-то понадобится, пишите."),
    Own.NOT_FOUND: lambda: _(
        "В каталоге не нашлось: «{query}». Попробуйте написать фамилию автора или другое слово из названия. "
        "Если это не книга, спросите другими словами."
    ),
    Own.NO_ANSWER: lambda: _("Точного ответа на это у меня нет, а придумывать не буду. Спросите библиотекаря."),
    Own.NOT_OURS: lambda: _(
        "Я библиотечный бот: знаю про книги, часы работы и правила библиотеки. С этим помогу с радостью."
    ),
    Own.PERSON_CALLED: lambda: _("Записал, что вам нужен библиотекарь. Напишите здесь, что ему передать."),
    Own.QUESTION_PASSED: lambda: _("Записал ваш вопрос для библиотекаря."),
    Own.PEOPLE_THERE: lambda: _("Библиотека сейчас работает, {today}."),
    Own.PEOPLE_AWAY: lambda: _("Сейчас библиотека закрыта. Ответят не раньше чем {moment}."),
    Own.TALK_OVER: lambda: _("Библиотекарь закончил разговор. Вам помогли?"),
}
_IN_RUSSIAN = {
    "library": "библиотека",
    "query": "книга",
    "today": "сегодня",
    "moment": "когда",
}
"""What Russian texts call the places, beside the names in the code."""
_PLACE = re.compile(r"\{\s*(\w+)\s*\}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


class Words(Protocol):
    """The texts as readers hear them now; asked by handlers, so from memory."""

    @property
    def edition(self) -> object:
        """What differs after every change that this process knows of."""
        ...

    def say(self, which: Own, **filled: str) -> str:
        """A text in the language of the turn, its places filled in by what ``filled`` says."""
        ...


class BadPlace(ValueError):
    """An own text has a place that cannot be filled in, or a brace that is none; ``what`` is that piece of it."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def built_in(which: Own, language: str | None = None) -> str:
    """The text that comes with the bot, its places still open; in the language of the turn where none is named."""
    with in_language(language or current_language()):
        return _BUILT_IN[which]()


def places(which: Own) -> tuple[str, ...]:
    """What may be filled into a text, by the names in the code, in the order of the built-in one."""
    return tuple(name for _text, name, *_rest in Formatter().parse(built_in(which, SOURCE_LANGUAGE)) if name)


def place_name(place: str, language: str) -> str:
    """What texts of this language call a place: ``библиотека`` for ``library``."""
    return _IN_RUSSIAN[place] if language == SOURCE_LANGUAGE else place


def editable(text: str, language: str) -> str:
    """A kept text as its author writes it: the places called by names of its language."""
    return _PLACE.sub(lambda found: "{" + place_name(found[1], language) + "}", text)


def canonical(which: Own, text: str) -> str:
    """A text as it is kept: the places by the names in the code, lines without blanks at their ends.

    Raises:
        BadPlace: The text has another place than the built-in one, or a brace around nothing.
    """
    known = {name: place for place in places(which) for name in (place, _IN_RUSSIAN[place])}

    def kept(found: re.Match[str]) -> str:
        if (place := known.get(found[1].lower())) is None:
            raise BadPlace(found[0])
        return "{" + place + "}"

    lines = _CONTROL.sub("", text.replace("\r\n", "\n")).strip().splitlines()
    filled = _PLACE.sub(kept, "\n".join(line.rstrip() for line in lines))
    if brace := re.search(r"[{}]", _PLACE.sub("", filled)):
        raise BadPlace(brace[0])
    return filled


class OwnWords:
    """Fills :class:`Words`: the library's own texts at one moment, the built-in ones where it has none.

    Args:
        texts: Text and language → the own text, as :func:`canonical` leaves it; one that it would refuse is left out.
        edition: What differs from all other texts that this process has known.
    """

    def __init__(self, texts: Iterable[tuple[Own, str, str]] = (), edition: object = 0) -> None:
        self._of: dict[str, dict[Own, str]] = {}
        self.edition = edition
        for which, language, text in texts:
            if text and is_fit(which, text):
                self._of.setdefault(language, {})[which] = text

    def say(self, which: Own, **filled: str) -> str:
        """The text in the language of the turn, its places filled in."""
        own = self._of.get(current_language())
        text = own.get(which) if own else None
        if text is None:
            text = _BUILT_IN[which]()
        return text.format(**filled) if filled else text


def is_fit(which: Own, text: str) -> bool:
    """Whether a kept text can be told; a newer version of the bot may know other places."""
    try:
        return canonical(which, text) == text
    except BadPlace:
        return False


BUILT_IN = OwnWords()
"""A library that has none of its own."""
