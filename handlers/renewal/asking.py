"""Questions before a renewal, and the answer to «когда уже нельзя будет продлить»."""

from collections.abc import Sequence

from bot.circulation import OpenLoan
from bot.lending_words import named_loan, outlook, stands_in_the_way
from bot.library.shown_loans import packed
from bot.messages import Button
from bot.routing import Answer
from bot.wording import counted, day
from bot.wording import gettext as _
from bot.wording.books import LONGEST_LABEL, cut
from handlers import Row, loans_button
from handlers.account import Inside, Lent, Shelf, saying

MOST = 8
"""Books that one question offers."""


def which(inside: Inside, shelf: Shelf) -> Answer:
    """«Какую?»: a button a book; the text stands without them."""
    rows: list[Row] = []
    for lent in shelf.loans[:MOST]:
        label = named_loan(lent.open, hidden=inside.hidden) if inside.hidden else lent.open.title or _("Без названия")
        rows.append((Button(cut(label, LONGEST_LABEL), f"renew:{packed([lent.open.loan])}"),))
    rows.append((Button(_("Продлить всё"), f"renew:{packed([lent.open.loan for lent in shelf.loans])}"),))
    rows.append((loans_button(), Button(_("Отмена"), "cancel")))
    return saying(_("Какую книгу продлить?"), buttons=rows)


def no_such_number(number: int, count: int) -> Answer:
    """A number beyond the list."""
    said = _("Книги с номером {number} нет: у вас на руках {books}. Посмотрите номера в списке.")
    books = counted(count, "книга", "книги", "книг")
    return saying(said.format(number=number, books=books), buttons=((loans_button(),),))


def until_when(inside: Inside, meant: Sequence[Lent]) -> Answer:
    """How long each book may stay, as far as the rules tell it today; the reminder will say when there is no more."""
    lines = [_line(lent.open, hidden=inside.hidden) for lent in meant]
    said = [_("Вот до какого дня можно держать книги, если продлевать вовремя:"), *lines]
    if any(not stands_in_the_way(lent.open) for lent in meant):
        said.append(_("Если книгу захочет другой читатель, продлить не получится и раньше."))
    if inside.silent and not inside.account.other_chats.linked:
        said.append(_("В этот чат я сам не пишу, поэтому загляните сюда до срока."))
    elif inside.account.wishes.due_days and not inside.account.wishes.muted:
        days = counted(max(inside.account.wishes.due_days), "день", "дня", "дней")
        said.append(_("За {days} до срока напомню и скажу, если продлить уже нельзя.").format(days=days))
    else:
        said.append(_("Напоминания выключены. Включите их, и я скажу, когда продлить будет уже нельзя."))
    return saying("\n".join(said), buttons=((loans_button(), Button(_("Напоминания"), "reminders")),))


def _line(loan: OpenLoan, *, hidden: bool) -> str:
    book, due = named_loan(loan, hidden=hidden), day(loan.until)
    if stands_in_the_way(loan) and (why := outlook(loan)):
        return _("{book}: до {day}, {why}.").format(book=book, day=due, why=why)
    if loan.renewals_left == 0 or (loan.last_due_on is not None and loan.last_due_on <= loan.until):
        return _("{book}: до {day}, больше не продлить.").format(book=book, day=due)
    if loan.last_due_on is not None:
        return _("{book}: самое позднее до {day}.").format(book=book, day=day(loan.last_due_on))
    if loan.renewals_left is not None:
        times = counted(loan.renewals_left, "раз", "раза", "раз")
        return _("{book}: сейчас до {day}, продлить можно ещё {times}.").format(book=book, day=due, times=times)
    return _("{book}: сейчас до {day}. Сколько раз ещё можно продлить, скажет библиотекарь.").format(book=book, day=due)
