"""What the section "what to teach" calls things."""

from collections.abc import Mapping

from bot.lessons import Origin
from bot.teaching import Lack, SynonymKind
from bot.wording import gettext as _


def lacks() -> Mapping[Lack, str]:
    """What a missed question lacked."""
    return {
        Lack.NOT_UNDERSTOOD: _("бот не понял"),
        Lack.NOT_FOUND: _("книга не нашлась"),
        Lack.NO_ANSWER: _("нет ответа"),
    }


def kinds() -> Mapping[SynonymKind, str]:
    """What readers' words may mean."""
    return {
        SynonymKind.TITLE: _("Книга"),
        SynonymKind.AUTHOR: _("Автор"),
        SynonymKind.PHRASE: _("Вопрос или просьба"),
    }


def sources() -> Mapping[str, str]:
    """Where an answer comes from."""
    return {"config": _("из файла настроек"), "import": _("загружен из файла"), "console": _("написан здесь")}


def origins() -> Mapping[Origin, str]:
    """Where a known question comes from."""
    return {
        Origin.MISSED: _("спрашивали читатели"),
        Origin.ANSWERS: _("из ответов библиотеки"),
        Origin.SAMPLE: _("из примеров"),
    }


def languages() -> Mapping[str, str]:
    """In which answers are written."""
    return {"ru": _("русский"), "en": _("английский")}


def wishes() -> Mapping[str, str]:
    """What a phrase may ask for, beside the library's own answers."""
    return {
        "hours": _("Часы работы"),
        "location": _("Адрес и как доехать"),
        "contacts": _("Телефон и почта"),
        "events": _("Что проходит в библиотеке"),
        "join": _("Как записаться"),
        "rules": _("Правила библиотеки"),
        "my_loans": _("Какие книги на руках"),
        "renew": _("Продлить книги"),
        "hold": _("Отложить книгу"),
        "recommend": _("Что почитать"),
        "human": _("Позвать библиотекаря"),
        "help": _("Что умеет бот"),
    }


def own_topics() -> Mapping[str, str]:
    """Topics that handlers look up though understanding has no wordings for them, and what each should say."""
    return {
        "contacts": _("Телефоны, почта, сайт, группы в соцсетях"),
        "events": _("Афиша: что проходит в ближайшее время"),
        "hours": _("Часы работы, если графика нет в настройках"),
    }
