"""«Мои книги»: what is on hand, until when, where it goes back, what can be renewed; short, number by number."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from bot.circulation import Ability, OpenLoan
from bot.lending_words import due_heading, known_since, loan_line
from bot.library.shown_loans import packed
from bot.messages import Button
from bot.ports.library import Library
from bot.routing import Answer, Router, Turn, intent, pressed
from bot.wording import counted
from bot.wording import gettext as _
from handlers import Row, find_button, in_lines
from handlers.account import (
    Inside,
    Lent,
    Shelf,
    and_missing,
    called,
    holds_button,
    kept_out,
    let_in,
    no_answer,
    saying,
    shelf_of,
)

router = Router("loans", personal=True)

PAGE = 6
"""Books of one message; each has a button, and their numbers begin anew on every page."""
_IN_A_ROW = 3


@router.on(intent("my_loans"), pressed("loans"))
async def my_loans(turn: Turn, library: Library) -> Answer:
    """The family's loans, the earliest due first."""
    inside = await let_in(turn, library)
    if inside is None:
        said = _(
            "Какие книги у вас на руках и до какого числа, я пока не вижу. Это скажет библиотекарь по вашему билету."
        )
        return await kept_out(turn, library, "my_loans", said)
    shelf = await shelf_of(inside)
    if not shelf.loans and shelf.failed is not None:
        return await no_answer(turn, library, shelf.failed)
    if not shelf.loans:
        nothing = _("На детских билетах книг нет.") if inside.account.own_suspended else _("На руках у вас книг нет.")
        said = in_lines(nothing, known_since(shelf.as_of, inside.zone))
        empty = saying(said, buttons=((holds_button(), find_button()),))
        return and_missing(inside, empty)
    page, _colon, open_titles = turn.argument.partition("+")
    hidden = inside.hidden and open_titles != "open"
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 4 else 0
    return and_missing(inside, _page(inside, shelf, number, hidden=hidden))


def _page(inside: Inside, shelf: Shelf, page: int, *, hidden: bool) -> Answer:
    pages = (len(shelf.loans) + PAGE - 1) // PAGE
    page = page if page < pages else 0
    shown = shelf.loans[page * PAGE : (page + 1) * PAGE]
    return saying(
        "\n".join(_lines(inside, shelf, shown, page, hidden=hidden)),
        buttons=_buttons(inside, shelf, shown, page, pages, hidden=hidden),
    )


def _lines(inside: Inside, shelf: Shelf, shown: Sequence[Lent], page: int, *, hidden: bool) -> list[str]:
    said = [_summary(inside, shelf)]
    if len(shelf.loans) > PAGE:
        first = page * PAGE + 1
        said.append(_("Показываю с {first} по {last}.").format(first=first, last=first + len(shown) - 1))
    branches = {lent.open.loan.branch_code for lent in shelf.loans}
    number = 0
    for holder, of_one in groupby(shown, key=lambda lent: lent.holder):
        if inside.apart:
            said += ["", f"{called(holder)}:"]
        of_holder = [lent.open for lent in of_one]
        for _same, of_day in groupby(of_holder, key=_day):
            said += [] if inside.apart else [""]
            together = list(of_day)
            overdue = together[0].overdue
            said.append(_("Срок уже прошёл:") if overdue else due_heading(together[0], inside.today))
            for loan in together:
                number += 1
                where = inside.place(loan.loan.branch_code) if len(branches) > 1 else ""
                said.append(f"{number}. {loan_line(loan, hidden=hidden, where=where)}")
    said += _after(inside, shelf, branches)
    return said


def _day(loan: OpenLoan) -> tuple[date, date | None]:
    """What one heading covers: all overdue books, all that wait for the door to open, the others by day."""
    if loan.overdue:
        return date.min, None
    return (date.max if loan.back_by is None else loan.loan.due_on), loan.back_by


def _summary(inside: Inside, shelf: Shelf) -> str:
    count = counted(len(shelf.loans), "книга", "книги", "книг")
    if inside.account.own_suspended:
        return _("На детских билетах {books}.").format(books=count)
    if len(inside.holders) > 1:
        return _("На руках {books} на всех.").format(books=count)
    return _("У вас на руках {books}.").format(books=count)


def _after(inside: Inside, shelf: Shelf, branches: set[str]) -> list[str]:
    """Where everything goes back to, and how old the knowledge is."""
    place = inside.place(next(iter(branches))) if len(branches) == 1 else ""
    said = [
        _("Возвращать сюда: {branch}.").format(branch=place) if place else "",
        known_since(shelf.as_of, inside.zone),
        _("О части книг программа библиотеки сейчас не отвечает.") if shelf.failed is not None else "",
    ]
    kept = [line for line in said if line]
    return ["", *kept] if kept else []


def _buttons(
    inside: Inside, shelf: Shelf, shown: Sequence[Lent], page: int, pages: int, *, hidden: bool
) -> tuple[Row, ...]:
    """A number each, in the order of the list: «2» typed is the second book, whatever the messenger shows."""
    rows: list[Row] = []
    renewable = any(Ability.RENEW in inside.circulation.abilities(lent.open.loan.branch_code) for lent in shelf.loans)
    if renewable and len(shelf.loans) == 1:
        rows.append((Button(_("Продлить"), f"renew:{packed([shown[0].open.loan])}"),))
    elif renewable:
        single = [
            Button(_("Продлить {number}").format(number=number), f"renew:{packed([lent.open.loan])}")
            for number, lent in enumerate(shown, start=1)
        ]
        rows += [tuple(single[at : at + _IN_A_ROW]) for at in range(0, len(single), _IN_A_ROW)]
        rows.append((Button(_("Продлить всё"), f"renew:{packed([lent.open.loan for lent in shelf.loans])}"),))
    if pages > 1:
        label = _("Показать ещё") if page + 1 < pages else _("К началу списка")
        rows.append((Button(label, f"loans:{(page + 1) % pages}" + ("" if hidden == inside.hidden else "+open")),))
    if hidden:
        rows.append((Button(_("Показать названия"), f"loans:{page}+open"),))
    rows.append((holds_button(), find_button()))
    return tuple(rows)
