"""How and when a reader reaches the people of the library."""

from datetime import datetime, timedelta

from bot.library.hours import DaysOff, now_at
from bot.library.model import Branch
from bot.wording import counted
from bot.wording import gettext as _
from bot.wording.opening import moment_words, today_in_short
from bot.wording.own import BUILT_IN, Own, Words


def phone_line(branch: Branch | None, moment: datetime, holidays: DaysOff) -> str:
    """«Телефон: 8 (86547) 2-11-33, сегодня до 19:00.»; "" where no phone is known."""
    if branch is None or not branch.phone:
        return ""
    today = today_in_short(branch, moment, holidays)
    if today:
        return _("Телефон: {phone}, {today}.").format(phone=branch.phone, today=today)
    return _("Телефон: {phone}.").format(phone=branch.phone)


def phone_beside(branch: Branch | None, main: Branch | None, moment: datetime, holidays: DaysOff) -> str:
    """The branch's own phone, else the central library's, under its name; "" where there is neither."""
    if branch is None or branch.phone or main is None or main is branch:
        return phone_line(branch or main, moment, holidays)
    if not main.phone:
        return ""
    return _("Спросить можно здесь: {library}, {phone}.").format(library=main.name, phone=main.phone)


def people_answer(branch: Branch | None, moment: datetime, holidays: DaysOff, words: Words = BUILT_IN) -> str:
    """When the librarians are there; never a promise of an hour that nobody has given."""
    if branch is None or branch.hours is None:
        return _("Библиотекари отвечают в часы работы библиотеки.")
    now = now_at(branch.hours, branch.zone, moment, holidays)
    if now.open and now.until is not None:
        return words.say(Own.PEOPLE_THERE, today=today_in_short(branch, moment, holidays))
    if now.opens is None:
        return _("Сейчас библиотека закрыта, и когда откроется, мне неизвестно.")
    if now.on_break:
        return _("Сейчас перерыв. Ответят не раньше чем {moment}.").format(
            moment=moment_words(now.opens, moment, branch.zone)
        )
    return words.say(Own.PEOPLE_AWAY, moment=moment_words(now.opens, moment, branch.zone))


def before_you(readers: int) -> list[str]:
    """«Перед вами 2 читателя.»; nothing where nobody is."""
    if not readers:
        return []
    return [_("Перед вами {readers}.").format(readers=counted(readers, "читатель", "читателя", "читателей"))]


def usual_wait(usual: timedelta | None, branch: Branch | None, moment: datetime, holidays: DaysOff) -> list[str]:
    """«Обычно отвечаем за 15 минут.» while somebody is there; what comes if that is after closing is said, too."""
    if usual is None:
        return []
    said = _("Обычно отвечаем за {time}.").format(time=_span(usual))
    if branch is None or branch.hours is None:
        return [said]
    now = now_at(branch.hours, branch.zone, moment, holidays)
    if not now.open:
        return []
    if now.until is not None and now.opens is not None and moment + usual > now.until:
        again = moment_words(now.opens, moment, branch.zone)
        said += " " + _("Если не успеем до закрытия, ответим {moment} или позже.").format(moment=again)
    return [said]


def _span(wait: timedelta) -> str:
    minutes = int(wait / timedelta(minutes=1))
    if minutes <= 60:
        return counted(minutes, "минуту", "минуты", "минут")
    return counted(minutes // 60, "час", "часа", "часов")
