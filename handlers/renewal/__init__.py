"""«Продлите»: one book, several, all; the new day, or the reason and what to do; never twice for one wish."""

from collections.abc import Sequence
from datetime import date

from bot.language.folding import words
from bot.library.loans_meant import Meant, loans_meant, loans_named
from bot.library.shown_loans import ShownLoans, digest_of, packed, unpacked
from bot.library.wanted_until import wanted_until
from bot.ports.catalogue import Verdict, Wanted
from bot.ports.library import Library
from bot.ports.understanding import Request
from bot.routing import Answer, Router, Turn, intent, pressed
from bot.wording import day, quoted
from bot.wording import gettext as _
from handlers import Row, find_button, librarian_button, loans_button, words_of, yes_or_no
from handlers.account import (
    Inside,
    Lent,
    Shelf,
    and_missing,
    holds_button,
    kept_out,
    let_in,
    no_answer,
    saying,
    shelf_of,
)
from handlers.renewal import asking, doing
from handlers.renewal.doing import Pick

router = Router("renewal", personal=True)
_NO_TITLE = frozenset(words("до на по за мне пожалуйста книги книг ещё срок их мои свои числа the my books until for"))
"""What is left of «до конца месяца» is no title."""


@router.on(intent("renew"), pressed("renew"))
async def renew(turn: Turn, library: Library) -> Answer:
    """Renew what is meant; ask where that is not clear."""
    inside = await let_in(turn, library)
    argument = turn.argument or turn.request.slots.get("shown", "")
    if inside is None:
        said = _("Продлевать книги сам я пока не умею. С этим поможет библиотекарь.")
        more = {"shown": argument} if argument else {}
        return await kept_out(turn, library, "renew", said, "rules.renew", more)
    shelf = await shelf_of(inside)
    if not shelf.loans and shelf.failed is not None:
        return await no_answer(turn, library, shelf.failed)
    return and_missing(inside, await _wished(turn, library, inside, shelf, argument))


async def _wished(turn: Turn, library: Library, inside: Inside, shelf: Shelf, argument: str) -> Answer:
    if argument:
        return await _pressed(turn, library, inside, shelf, unpacked(argument))
    if not shelf.loans:
        said = _("Продлевать нечего: на руках у вас книг нет.")
        if inside.account.own_suspended:
            said = _("Продлевать нечего: на детских билетах книг нет.")
        return saying(said, buttons=((holds_button(), find_button()),))
    if turn.request.slots.get("topic") == "renew.until":
        named = loans_named(words(words_of(turn)), _names(shelf.loans))
        return asking.until_when(inside, [shelf.loans[place] for place in named] or shelf.loans)
    return await _in_words(turn, library, inside, shelf)


# --- by a button ---------------------------------------------------------------------------------


async def _pressed(turn: Turn, library: Library, inside: Inside, shelf: Shelf, shown: ShownLoans | None) -> Answer:
    """A button remembers what the reader saw: what changed since is told, and never done twice."""
    if shown is None:
        return Answer(replies=(), go_on=(Request(intent="my_loans", confidence=1.0),))
    if shown.loans:
        picks = [_seen(shelf, loan_id, seen) for loan_id, seen in shown.loans]
    elif digest_of([lent.open.loan for lent in shelf.loans]) == shown.digest:
        picks = [Pick.of(lent) for lent in shelf.loans]
    else:
        said = saying(_("С тех пор список изменился. Вот он сейчас:"))
        return Answer(replies=said.replies, go_on=(Request(intent="my_loans", confidence=1.0),))
    return await doing.renewed(turn, library, inside, picks)


def _seen(shelf: Shelf, loan_id: int, seen: date) -> Pick:
    lent = next((lent for lent in shelf.loans if lent.open.loan.loan_id == loan_id), None)
    return Pick(loan_id, seen, lent.holder.patron_id if lent else None)


# --- by words ------------------------------------------------------------------------------------


async def _in_words(turn: Turn, library: Library, inside: Inside, shelf: Shelf) -> Answer:
    listed = _listed(turn, shelf)
    aside = [turn.request.slots[name] for name in ("period", "date", "card") if turn.request.slots.get(name)]
    meant = loans_meant(words_of(turn), _names(listed), aside)
    if meant.beyond:
        return asking.no_such_number(meant.beyond, len(listed))
    chosen = [listed[place] for place in meant.places]
    if not chosen:
        if named := _named_in_vain(turn, meant):
            if await _is_a_book(library, named):
                return _not_on_hand(named, shelf)
            return asking.which(inside, shelf)
        if meant.one and len(shelf.loans) > 1:
            return asking.which(inside, shelf)
        chosen = list(shelf.loans)
    until = wanted_until(words_of(turn), inside.today, library.holidays)
    if until is not None and until < inside.today:
        return _passed(until, chosen)
    return await doing.renewed(turn, library, inside, [Pick.of(lent) for lent in chosen], until)


def _names(listed: Sequence[Lent]) -> list[tuple[str, str]]:
    return [(lent.open.title, lent.open.author) for lent in listed]


def _listed(turn: Turn, shelf: Shelf) -> Sequence[Lent]:
    """The list that numbers count in: the one on the screen where there is one, else all in order."""
    by_id = {lent.open.loan.loan_id: lent for lent in shelf.loans}
    seen: list[Lent] = []
    for button in turn.offered:
        verb, _colon, argument = button.payload.partition(":")
        shown = unpacked(argument) if verb == "renew" else None
        if shown is not None and len(shown.loans) == 1 and shown.loans[0][0] in by_id:
            seen.append(by_id[shown.loans[0][0]])
    distinct = list({lent.open.loan.loan_id: lent for lent in seen}.values())
    if len(distinct) < 2:
        return shelf.loans
    rest = [lent for lent in shelf.loans if lent not in distinct]
    return [*distinct, *rest]


def _named_in_vain(turn: Turn, meant: Meant) -> str:
    """A book that was named and that they do not have; "" where none was named."""
    if meant.everything or meant.one:
        return ""
    slots = turn.request.slots
    named = slots.get("title", "") or slots.get("author", "")
    for piece in ("period", "date", "card"):
        named = named.replace(slots.get(piece) or " ", " ")
    return "" if _NO_TITLE.issuperset(words(named)) else named.strip()


async def _is_a_book(library: Library, named: str) -> bool:
    """Whether the words are some book's: «не успею сдать вовремя» is none."""
    return (await library.catalogue.find(Wanted(text=named), 1)).verdict in (Verdict.FOUND, Verdict.CHOICE)


def _not_on_hand(named: str, shelf: Shelf) -> Answer:
    said = _("Книги «{book}» у вас на руках нет.").format(book=quoted(named))
    if len(shelf.loans) == 1:
        said += " " + _("Продлить ту, что есть?")
        return saying(said, buttons=(_yes(shelf.loans), (loans_button(), librarian_button())))
    buttons: tuple[Row, ...] = ((loans_button(), librarian_button()),)
    return saying(said + " " + _("Посмотрите, что у вас есть, и выберите."), buttons=buttons)


def _passed(until: date, chosen: Sequence[Lent]) -> Answer:
    said = _("{day} уже прошло. Продлить на обычный срок?").format(day=day(until))
    return saying(said, buttons=(_yes(chosen), (librarian_button(),)))


def _yes(lent: Sequence[Lent]) -> Row:
    return yes_or_no(f"renew:{packed([one.open.loan for one in lent])}")


@router.on(pressed("renew_which"))
async def which(turn: Turn, library: Library) -> Answer:
    """A button a book."""
    inside = await let_in(turn, library)
    if inside is None:
        return await kept_out(turn, library, "renew", _("Продлевать книги сам я пока не умею."))
    return and_missing(inside, asking.which(inside, await shelf_of(inside)))
