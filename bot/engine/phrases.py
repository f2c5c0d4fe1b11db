"""The few sentences that the machine itself says, when no handler can."""

from collections.abc import Sequence

from bot.messages import Button, Reply, reply
from bot.quick import replace
from bot.wording import gettext as _


def _way_out() -> tuple[tuple[Button, ...], ...]:
    return ((Button(_("Что ты умеешь?"), "help"), Button(_("Позвать библиотекаря"), "human")),)


def apology() -> Reply:
    """A handler failed."""
    return reply(
        _("Простите, у меня что-то сломалось. Я сохранил ваш вопрос для библиотекаря."),
        buttons=_way_out(),
    )


def stale_button() -> Reply:
    """A button that nobody knows any more."""
    return reply(_("Эта кнопка уже не действует. Напишите, что вам нужно, своими словами."), buttons=_way_out())


def text_please(kind: str) -> Reply:
    """A voice message, a sticker, a picture: we read only text."""
    said = {
        "voice": _("Пока не умею слушать голосовые сообщения. Напишите, пожалуйста, словами."),
        "sticker": _("Стикер красивый, но я понимаю только слова. Напишите, что вам нужно."),
        "photo": _("Пока не умею смотреть картинки. Напишите название книги или вопрос словами."),
    }
    return reply(said.get(kind, _("Я понимаю только текст. Напишите, пожалуйста, словами.")), buttons=_way_out())


def phone_not_needed() -> Reply:
    """A phone number came that nobody asked for."""
    return reply(_("Спасибо, номер телефона мне не нужен. Напишите, что вас интересует."), buttons=_way_out())


def ask_elsewhere(places: Sequence[str]) -> Reply:
    """Something personal was asked for in a channel that may not carry it."""
    where = _("Спросите там, где можно: {places}.").format(places="; ".join(places)) if places else ""
    told = _("О билете, книгах на руках и брони здесь не говорю: в этом мессенджере нельзя передавать личное.")
    return reply("\n".join((told, where or _("Спросите в библиотеке."))), buttons=_way_out())


def number_not_kept(elsewhere: Reply) -> Reply:
    """A number of a person was written where nothing of a person may be."""
    return replace(elsewhere, text=f"{elsewhere.text}\n{_('Номер, который вы написали, я не сохранил.')}")


def nothing_said() -> Reply:
    """Spaces, signs or emoji alone."""
    return reply(_("Напишите название книги, автора или вопрос: я отвечу."), buttons=_way_out())


def same_again() -> Reply:
    """The loop guard speaks once, then it is silent."""
    return reply(_("Вы прислали одно и то же много раз. Я подожду другого вопроса."))


def speaks() -> Reply:
    """The reader chose the language that this is worded in."""
    return reply(_("Хорошо, отвечаю по-русски. Что вам подсказать?"), buttons=_way_out())


def yes_or_no() -> Reply:
    """An answer to a question of ours that could be either."""
    return reply(_("Не понял, да или нет. Ответьте, пожалуйста, одним словом."))
