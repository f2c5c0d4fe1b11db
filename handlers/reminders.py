"""«Напоминания»: how many days before, overdue or not, titles or not, or nothing at all."""

import re
from collections.abc import Callable, Mapping, Sequence

from bot.accounts import NoticeWishes, OtherChats
from bot.language.folding import words
from bot.language.numbers import to_digits
from bot.messages import Button
from bot.ports.library import Library
from bot.quick import replace
from bot.routing import Answer, Router, Turn, intent, pressed
from bot.wording import counted, listed
from bot.wording import gettext as _
from handlers import Row, in_lines, loans_button
from handlers.account import kept_out, let_in, saying

router = Router("reminders", personal=True)

MOST_DAYS = 14
MOST_TIMES = 3
"""Messages before one due date."""
_DAYS = re.compile(r"\b(\d{1,2})(?=\s*(?:,|и|and)?\s*(?:\d|дн|ден|сут|day))")
_ONE_DAY = re.compile(r"\b(?:за|a|one) (?:день|сутки|day)\b|\bнакануне\b")
_WEEK = re.compile(r"\b(?:за|a|one) (?:неделю|week)\b")
_NO = frozenset(
    [
        "не",
        "нет",
        "без",
        "отключи",
        "отключите",
        "выключи",
        "убери",
        "уберите",
        "скрой",
        "скройте",
        "хватит",
        "no",
        "not",
        "off",
        "stop",
        "hide",
    ]
)
_CHANGES: Mapping[str, Callable[[NoticeWishes], NoticeWishes]] = {
    "overdue=off": lambda wishes: replace(wishes, overdue=False),
    "overdue=on": lambda wishes: replace(wishes, overdue=True),
    "titles=off": lambda wishes: replace(wishes, hide_titles=True),
    "titles=on": lambda wishes: replace(wishes, hide_titles=False),
    "all=off": lambda wishes: replace(wishes, muted=True, here=False),
    "all=on": lambda wishes: replace(wishes, muted=False),
    "here=on": lambda wishes: replace(wishes, muted=False, here=True),
    "here=off": lambda wishes: replace(wishes, here=False),
}
_HERE = frozenset(["сюда", "здесь", "тут", "here"])
_IN_THIS_CHAT = re.compile(
    r"\b(?:в этот|в этом|этот|to this|in this|this) (?:чат|чате|мессенджер|мессенджере|chat|messenger)\b"
)


@router.on(intent("reminders"), pressed("reminders"))
async def reminders(turn: Turn, library: Library) -> Answer:
    """What is set, changed first where the words or the button say so."""
    inside = await let_in(turn, library)
    if inside is None:
        said = _("Напоминаний я пока не присылаю. О сроках скажет библиотекарь.")
        return await kept_out(turn, library, "reminders", said)
    before, others = inside.account.wishes, inside.account.other_chats
    wishes = _pressed(turn.argument, before) if turn.argument else _said(turn, before, others)
    if wishes != before:
        await inside.accounts.wish(turn.contact, wishes)
        others = replace(others, stopped=others.stopped and not wishes.here)
    return _shown(wishes, others, changed=wishes != before, silent=inside.silent)


def _pressed(argument: str, wishes: NoticeWishes) -> NoticeWishes:
    if argument.startswith("days="):
        days = [int(part) for part in argument[5:].split(",")[:MOST_TIMES] if part.isascii() and part.isdigit()]
        return _on_days(wishes, days)
    change = _CHANGES.get(argument)
    return change(wishes) if change else wishes


def _on_days(wishes: NoticeWishes, days: list[int]) -> NoticeWishes:
    kept = sorted({day for day in days if 1 <= day <= MOST_DAYS}, reverse=True)[:MOST_TIMES]
    return replace(wishes, due_days=tuple(kept), muted=False) if kept else wishes


def _said(turn: Turn, wishes: NoticeWishes, others: OtherChats) -> NoticeWishes:
    """«Напоминай за 2 дня», «не пиши о просрочке», «скрой названия», «пишите мне сюда»."""
    said = words(turn.text)
    no = bool(_NO & set(said))
    if _HERE & set(said) or _IN_THIS_CHAT.search(" ".join(said)):
        return _CHANGES["all=off" if no else "here=on"](wishes)
    if any(word.startswith(("названи", "title")) for word in said):
        return replace(wishes, hide_titles=no)
    if any(word.startswith(("просроч", "overdue", "late")) for word in said):
        return replace(wishes, overdue=not no, muted=wishes.muted if no else False)
    days = _days(" ".join(to_digits(said)))
    if days:
        return _on_days(wishes, days)
    if no:
        return replace(wishes, muted=True)
    return _on_again(turn, said, wishes, others)


def _on_again(turn: Turn, said: Sequence[str], wishes: NoticeWishes, others: OtherChats) -> NoticeWishes:
    """«Напоминай»; who said stop in another chat means this one."""
    if turn.request.slots.get("on") or any(word.startswith(("напоминай", "remind me")) for word in said):
        return replace(wishes, muted=False, here=wishes.here or others.stopped)
    return wishes


def _days(said: str) -> list[int]:
    found = [int(number) for number in _DAYS.findall(said)]
    if _ONE_DAY.search(said):
        found.append(1)
    if _WEEK.search(said):
        found.append(7)
    return found


# --- words ---------------------------------------------------------------------------------------


def _shown(wishes: NoticeWishes, others: OtherChats, *, changed: bool, silent: bool) -> Answer:
    kept = changed and (not silent or others.linked)
    said = [_("Готово.") if kept else "", *_state(wishes, others, silent=silent)]
    return saying(in_lines(*said), buttons=_buttons(wishes, others, silent=silent))


def _state(wishes: NoticeWishes, others: OtherChats, *, silent: bool) -> list[str]:
    if silent and not others.linked:
        return [_("В этот чат я сам не пишу. Привяжите билет в мессенджере библиотеки, и напоминания придут туда.")]
    if wishes.muted:
        return [_("Сам я ничего не присылаю, только отвечаю на вопросы.")]
    if others.stopped:
        return [_("Вы сказали «стоп» в другом чате, поэтому сам я ничего не присылаю и сюда.")]
    days = [_("за {days}").format(days=counted(day, "день", "дня", "дней")) for day in wishes.due_days]
    return [
        _("О сроке напоминаю {when}.").format(when=listed(days)) if days else _("О сроке заранее не напоминаю."),
        _("О просрочке пишу.") if wishes.overdue else _("О просрочке не пишу."),
        _("Названий книг не пишу.") if wishes.hide_titles else _("Названия книг пишу."),
        _("Пишу в другой ваш чат, сюда я сам не пишу.") if silent else _where(wishes, others),
    ]


def _where(wishes: NoticeWishes, others: OtherChats) -> str:
    """Which of several chats is written to; "" where there is only this one."""
    if not others.linked:
        return ""
    if wishes.here:
        return _("Пишу сюда, а если не дойдёт, в другой ваш чат.")
    return _("Пишу в тот чат, где вы были последним. Чтобы писать сюда, нажмите кнопку.")


def _buttons(wishes: NoticeWishes, others: OtherChats, *, silent: bool) -> tuple[Row, ...]:
    if silent and not others.linked:
        return ((loans_button(),),)
    if wishes.muted or others.stopped:
        again = "reminders:here=on" if others.stopped else "reminders:all=on"
        return ((Button(_("Напоминать"), again),), (loans_button(),))
    choices = (((3, 1), _("За 3 дня и за день")), ((5,), _("За 5 дней")), ((1,), _("За день")))
    days = tuple(
        Button(label, "reminders:days=" + ",".join(map(str, chosen)))
        for chosen, label in choices
        if chosen != wishes.due_days
    )
    overdue = Button(_("Не писать о просрочке"), "reminders:overdue=off")
    if not wishes.overdue:
        overdue = Button(_("Писать о просрочке"), "reminders:overdue=on")
    titles = Button(_("Скрыть названия"), "reminders:titles=off")
    if wishes.hide_titles:
        titles = Button(_("Показывать названия"), "reminders:titles=on")
    rows: list[Row] = [days, (overdue, titles)]
    if others.linked and not silent:
        here = Button(_("Писать где угодно"), "reminders:here=off")
        rows.append((here if wishes.here else Button(_("Писать сюда"), "reminders:here=on"),))
    return (*rows, (Button(_("Ничего не присылать"), "reminders:all=off"), loans_button()))
