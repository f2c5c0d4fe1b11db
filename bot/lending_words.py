"""Loans, renewals and holds in words that a reader needs no library term for."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.circulation import OpenHold, OpenLoan, RenewalOutcome, RenewalState
from bot.library.holds import HoldBlock, HoldState
from bot.library.model import Branch
from bot.library.renewal import NotRenewed, RenewalBlock
from bot.wording import clock_time, counted, day
from bot.wording import gettext as _

LONGEST_TITLE = 70
_WANTED = frozenset({RenewalBlock.HOLD_QUEUE, RenewalBlock.RECALLED, RenewalBlock.BOOKED})
_NEVER = frozenset({RenewalBlock.RENEW_LIMIT, RenewalBlock.TYPE_NOT_RENEWABLE, RenewalBlock.PERIOD_CAP})
_LATER = frozenset({RenewalBlock.TOO_SOON, RenewalBlock.NO_GAIN})
"""Waiting is enough: what is left of renewals is left."""


# --- loans ---------------------------------------------------------------------------------------


def named_loan(loan: OpenLoan, *, hidden: bool = False) -> str:
    """«Война и мир», Л. Н. Толстой; without a title on a phone that others look at."""
    if hidden or not loan.title:
        return _("Книга, взятая {day}").format(day=day(loan.loan.issued_on))
    return titled(loan.title, loan.author)


def titled(title: str, author: str = "") -> str:
    """A title in quotation marks, cut where it is endless, and who wrote it."""
    short = title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,.;:") + "…"
    return _("«{title}», {author}").format(title=short, author=author) if author else f"«{short}»"


def loan_line(loan: OpenLoan, *, hidden: bool, where: str = "") -> str:
    """What one book is and what can be done about it; the day stands above, in the heading."""
    said = [named_loan(loan, hidden=hidden) + (f", {where}" if where else "")]
    if loan.overdue:
        said.append(_("срок был {day}").format(day=day(loan.until)))
    if more := outlook(loan):
        said.append(more)
    return ": ".join((said[0], ", ".join(said[1:]))) if len(said) > 1 else said[0]


def outlook(loan: OpenLoan) -> str:
    """Whether it may be renewed, in a few words; "" where only asking can tell."""
    if loan.requested:
        return _("просьба продлить у библиотекаря")
    block = loan.if_renewed.block if isinstance(loan.if_renewed, NotRenewed) else None
    if why := _why_not(loan, block):
        return why
    if loan.renewals_left is None or loan.overdue or (block is not None and block not in _LATER):
        return ""
    return _("продлить можно ещё {times}").format(times=counted(loan.renewals_left, "раз", "раза", "раз"))


def _why_not(loan: OpenLoan, block: RenewalBlock | None) -> str:
    if block in _WANTED:
        return _("её ждёт другой читатель")
    if block is RenewalBlock.REMOTE_LIMIT:
        return _("продлить можно только в библиотеке")
    if loan.renewals_left == 0 or block in _NEVER:
        return _("больше не продлить")
    if block is RenewalBlock.OVERDUE and not loan.overdue:
        return _("продлить можно, когда вернёте просроченную книгу")
    return ""


def stands_in_the_way(loan: OpenLoan) -> bool:
    """Whether something that waiting does not change keeps it from being renewed: a reader who waits, a limit."""
    block = loan.if_renewed.block if isinstance(loan.if_renewed, NotRenewed) else None
    return block in _WANTED or block in _NEVER or block is RenewalBlock.REMOTE_LIMIT


def due_heading(loan: OpenLoan, today: date) -> str:
    """Above books of one day: «Вернуть до 5 марта:», and why it is another day than on the reader's slip."""
    if loan.back_by is None:
        return _("В день возврата библиотека закрыта. Вернёте, когда она откроется:")
    said = _("Вернуть сегодня") if loan.back_by == today else _("Вернуть до {day}").format(day=day(loan.back_by))
    why = why_later(loan, today)
    return f"{said} ({why}):" if why else f"{said}:"


def why_later(loan: OpenLoan, today: date) -> str:
    """«26 ноября закрыто»: why there is more time than the due date says; "" where there is not."""
    closed = loan.loan.due_on
    if loan.shut is None:
        return ""
    if closed == today:
        return _("сегодня закрыто")
    said = _("{day} закрыто") if closed > today else _("{day} было закрыто")
    return said.format(day=day(closed))


def known_since(as_of: datetime | None, zone: ZoneInfo) -> str:
    """How old the knowledge is, "" where it is of now."""
    if as_of is None:
        return ""
    local = as_of.astimezone(zone)
    return _("Так было {day} в {time}: новее пока не знаю.").format(
        day=day(local.date()), time=clock_time(local.time())
    )


def branch_named(code: str, branches: Sequence[Branch]) -> str:
    """What readers call a branch; its code where we do not know it."""
    return next((branch.name for branch in branches if branch.code == code), code)


# --- renewals ------------------------------------------------------------------------------------

_WHY: Mapping[RenewalBlock, Callable[[], str]] = {
    RenewalBlock.LOAN_NOT_FOUND: lambda: _("у вас не числится. Если книга у вас в руках, скажите библиотекарю."),
    RenewalBlock.NOT_YOUR_LOAN: lambda: _("у вас не числится. Если книга у вас в руках, скажите библиотекарю."),
    RenewalBlock.ITEM_LOST: lambda: _("числится потерянной. Если она нашлась, принесите её."),
    RenewalBlock.IN_LIBRARY_ONLY: lambda: _("её дают только читать в библиотеке, домой продлить нельзя."),
    RenewalBlock.TYPE_NOT_RENEWABLE: lambda: _("такие книги не продлевают: их ждут многие. {return_by}"),
    RenewalBlock.CARD_EXPIRED: lambda: _("закончился срок билета. Зайдите в библиотеку, его перепишут на новый срок."),
    RenewalBlock.PATRON_BLOCKED: lambda: _("ваш билет приостановлен. Почему и что делать, скажет библиотекарь."),
    RenewalBlock.DEBT: lambda: _("за билетом числится долг. Как его закрыть, скажет библиотекарь."),
    RenewalBlock.RENEW_LIMIT: lambda: _("больше продлевать нельзя. {return_by}"),
    RenewalBlock.REMOTE_LIMIT: lambda: _(
        "через бота её больше не продлить. Принесите её в библиотеку, и срок продлят там."
    ),
    RenewalBlock.RECALLED: lambda: _("библиотека просит вернуть её. {return_by}"),
    RenewalBlock.HOLD_QUEUE: lambda: _("её ждёт другой читатель. {return_by}"),
    RenewalBlock.BOOKED: lambda: _("она уже обещана другому читателю. {return_by}"),
    RenewalBlock.PERIOD_CAP: lambda: _("дольше держать её нельзя. {return_by}"),
    RenewalBlock.ILS_REFUSED: lambda: _("программа библиотеки не разрешила. Почему, скажет библиотекарь."),
    RenewalBlock.ILS_DOWN: lambda: _("программа библиотеки не отвечает. Попробуйте позже."),
}


def why_not_renewed(outcome: RenewalOutcome, today: date) -> str:
    """The reason, and the one thing to do about it."""
    loan, block = outcome.open, outcome.block or RenewalBlock.ILS_REFUSED
    if block is RenewalBlock.OVERDUE:
        if loan is not None and loan.overdue:
            return _("срок уже прошёл. Принесите её или позвоните в библиотеку.")
        return _("у вас есть просроченная книга. Верните её, и остальные можно будет продлить.")
    if block in (RenewalBlock.TOO_SOON, RenewalBlock.NO_GAIN):
        if outcome.renewable_from is not None:
            return _("продлевать рано. Напишите мне {day} или позже.").format(day=day(outcome.renewable_from))
        if loan is None:
            return _("продлевать рано.")
        said = _("продление ничего не даст: срок и так до {day}. Нужно дольше? Спросите библиотекаря.")
        return said.format(day=day(loan.until))
    return _WHY[block]().format(return_by=_return_by(loan, today))


def _return_by(loan: OpenLoan | None, today: date) -> str:
    if loan is None:
        return ""
    if loan.back_by is None:
        return _("Верните её, когда библиотека откроется.")
    if loan.back_by < today:
        return _("Верните её, как только сможете.")
    if loan.back_by == today:
        return _("Верните её сегодня.")
    return _("Верните её до {day}.").format(day=day(loan.back_by))


def renewal_line(outcome: RenewalOutcome, today: date, *, hidden: bool = False) -> str:
    """«Война и мир»: теперь до 17 марта."""
    loan = outcome.open
    if loan is None:
        return _("Этой книги у вас уже нет: наверное, вы её вернули.")
    name, last = named_loan(loan, hidden=hidden), day(loan.until)
    if outcome.state is RenewalState.REFUSED:
        return _("{book}: {reason}").format(book=name, reason=why_not_renewed(outcome, today))
    said = {
        RenewalState.RENEWED: _("{book}: теперь до {day}."),
        RenewalState.ALREADY: _("{book}: уже продлена, до {day}."),
        RenewalState.REQUESTED: _("{book}: пока до {day}."),
        RenewalState.UNKNOWN: _("{book}: прежний срок {day}, новый пока не знаю."),
    }[outcome.state].format(book=name, day=last)
    return said + " " + _("Это последнее продление.") if outcome.last else said


# --- holds ---------------------------------------------------------------------------------------

_WHY_NO_HOLD: Mapping[HoldBlock, Callable[[], str]] = {
    HoldBlock.ALREADY_HAVE: lambda: _("Эта книга у вас уже на руках, или вы её уже ждёте."),
    HoldBlock.CARD_EXPIRED: lambda: _(
        "Забронировать не получится: закончился срок билета. Зайдите в библиотеку, его перепишут на новый срок."
    ),
    HoldBlock.PATRON_BLOCKED: lambda: _(
        "Забронировать не получится: ваш билет приостановлен. Почему и что делать, скажет библиотекарь."
    ),
    HoldBlock.DEBT: lambda: _(
        "Забронировать не получится: за билетом числится долг. Как его закрыть, скажет библиотекарь."
    ),
    HoldBlock.AGE: lambda: _("По возрасту эту книгу на этот билет пока не выдают. Спросите библиотекаря о похожей."),
    HoldBlock.NOT_HOLDABLE: lambda: _(
        "Эту книгу забронировать нельзя: домой её не выдают. Почитать её можно в библиотеке."
    ),
    HoldBlock.BRANCH_RULE: lambda: _("В эту библиотеку книгу не привозят. Выберите другую, где её забрать."),
    HoldBlock.PICKUP_INVALID: lambda: _("Забрать бронь в этой библиотеке не получится. Выберите другую."),
    HoldBlock.HOLD_LIMIT: lambda: _(
        "Столько книг сразу ждать нельзя. Отмените одну бронь, и можно будет взять другую."
    ),
    HoldBlock.ILS_REFUSED: lambda: _("Программа библиотеки не разрешила бронь. Почему, скажет библиотекарь."),
    HoldBlock.ILS_DOWN: lambda: _("Программа библиотеки не отвечает. Попробуйте позже."),
}


def why_no_hold(code: str) -> str:
    """Why a hold was refused, and the one thing to do about it; ``code`` is a value of ``HoldBlock``."""
    known = HoldBlock(code) if code in set(HoldBlock) else HoldBlock.ILS_REFUSED
    return _WHY_NO_HOLD[known]()


def hold_state(hold: OpenHold, branches: Sequence[Branch], today: date) -> str:
    """How far a hold has come, and where it is fetched, in whole sentences."""
    where = branch_named(hold.pickup, branches)
    match hold.state:
        case HoldState.READY if hold.keep_until is not None:
            return _("Ждёт вас до {day}. Забрать здесь: {branch}.").format(day=day(hold.keep_until), branch=where)
        case HoldState.READY:
            return _("Ждёт вас. Забрать здесь: {branch}.").format(branch=where)
        case HoldState.IN_TRANSIT:
            said = _("Книга уже едет.")
        case HoldState.ASSIGNED:
            said = _("Книга нашлась, библиотекарь её готовит.")
        case HoldState.SUSPENDED if hold.suspended_until is not None and hold.suspended_until > today:
            said = _("До {day} очередь идёт без вас, место за вами.").format(day=day(hold.suspended_until))
        case _:
            said = place_in_words(hold.place)
    return said + " " + _("Забирать здесь: {branch}.").format(branch=where)


def place_in_words(place: int | None) -> str:
    """How many are before one, honestly."""
    if place is None:
        return _("Вы в очереди.")
    if place <= 1:
        return _("Следующая очередь ваша.")
    return _("Перед вами {readers}.").format(readers=counted(place - 1, "читатель", "читателя", "читателей"))
