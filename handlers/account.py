"""The door to a reader's account, shared by all dialogues behind it: who it is, and what is said where nobody is in."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.accounts import Account, Accounts, Cardholder
from bot.circulation import Circulation, Ok, OpenLoan, Result, Unavailable, Unsupported
from bot.clock import local_day
from bot.lending_words import branch_named
from bot.library.model import Branch
from bot.messages import Attachment, Button, Reply, Styled, compose
from bot.ports.library import Library
from bot.ports.log import Mode
from bot.ports.understanding import Request
from bot.quick import dataclass, replace
from bot.routing import Answer, Turn
from bot.wording import gettext as _
from handlers import Row, desk_phone, find_button, in_lines, librarian_button

MOST_SLOTS, LONGEST_SLOT = 12, 200
"""How much of a wish is remembered while a card is linked."""
_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """Somebody with a card.

    Attributes:
        today / zone: The library's day and clock.
        branches: All buildings, the main one first.
        hidden: No titles: others look at this phone.
        silent: Nothing is sent to this chat by itself.
    """

    account: Account
    accounts: Accounts
    circulation: Circulation
    branches: Sequence[Branch]
    today: date
    zone: ZoneInfo
    silent: bool = False

    @property
    def written_to(self) -> bool:
        """Whether the reader is told of things by itself, here or in another chat of theirs."""
        return not self.account.wishes.muted and (not self.silent or self.account.other_chats.linked)

    @property
    def holders(self) -> tuple[Cardholder, ...]:
        """Their own card first, then children's."""
        return self.account.holders

    @property
    def hidden(self) -> bool:
        return self.account.wishes.hide_titles

    @property
    def apart(self) -> bool:
        """Whether it must be said whose a book is: of several cards, or of a child's alone while their own is gone."""
        return len(self.holders) > 1 or self.account.own_suspended

    def place(self, code: str) -> str:
        """A branch as readers call it, "" where there is only one and nothing to tell apart."""
        return branch_named(code, self.branches) if code and len(self.branches) > 1 else ""


@dataclass(frozen=True, slots=True)
class Lent:
    """One loan of the family."""

    holder: Cardholder
    open: OpenLoan


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """All that is on loan to a contact's cards.

    Attributes:
        as_of: Of the oldest answer, None where all is so now.
        failed: What did not answer, None where all did.
    """

    loans: tuple[Lent, ...]
    as_of: datetime | None = None
    failed: Unavailable | Unsupported | None = None


async def let_in(turn: Turn, library: Library) -> Inside | None:
    """The account behind a contact, None where no card is linked (or readers have no accounts here)."""
    if library.accounts is None or library.circulation is None:
        return None
    account = await library.accounts.behind(turn.contact)
    if not account.holders:
        return None
    branches = await library.branches.all()
    zone = branches[0].zone if branches else _UTC
    return Inside(
        account=account,
        accounts=library.accounts,
        circulation=library.circulation,
        branches=branches,
        today=local_day(turn.now, zone),
        zone=zone,
        silent=turn.contact.channel in library.silent,
    )


async def kept_out(
    turn: Turn, library: Library, wish: str, said: str, about: str = "", slots: Mapping[str, str] | None = None
) -> Answer:
    """A card first, and the wish afterwards; where there are no accounts, how it is done today.

    Args:
        turn: The turn.
        library: The library.
        wish: The intent that goes on once the card is linked.
        said: What to say where readers have no accounts here.
        about: Topic of the library's own words on it.
        slots: What the wish needs beside what was understood: a button's argument.
    """
    if library.accounts is None or library.circulation is None:
        return await instead(turn, library, said, about)
    return Answer(replies=(), go_on=(link_first(turn.request, wish, slots or {}),))


def link_first(request: Request, wish: str, slots: Mapping[str, str]) -> Request:
    """«Привяжите билет», remembering what was wanted."""
    kept = {name: value for name, value in request.slots.items() if len(value) <= LONGEST_SLOT and name != "rival"}
    kept = dict(list(kept.items())[:MOST_SLOTS]) | dict(slots)
    then = {f"then.{name}": value for name, value in kept.items()}
    return Request(intent="link_card", confidence=1.0, slots={"then": wish, **then}, rest=request.rest[:LONGEST_SLOT])


def wish_before(slots: Mapping[str, str], rest: str) -> Request | None:
    """The wish that :func:`link_first` remembered, None where there was none."""
    if not slots.get("then"):
        return None
    kept = {name.removeprefix("then."): value for name, value in slots.items() if name.startswith("then.")}
    return Request(intent=slots["then"], confidence=1.0, slots=kept, rest=rest)


async def instead(turn: Turn, library: Library, said: str, topic: str, question: str = "", *rows: Row) -> Answer:
    """What cannot be done here, how it can be done today, and a person."""
    known = await library.faq.about(topic, turn.language) if topic else None
    told = known.answer if known and known.topic == topic else ""  # a wider rule is no answer to this
    phone = await desk_phone(turn, library)
    if turn.mode is Mode.WAITING:
        said = _("Это я тоже записал для библиотекаря.") + " " + said
    buttons = (*rows, (librarian_button(), find_button()))
    return Answer(replies=(Reply(text=in_lines(said, told, phone, question), buttons=buttons),))


async def shelf_of(inside: Inside) -> Shelf:
    """What the family has at home, each card's earliest due first."""
    loans: list[Lent] = []
    ages: list[datetime] = []
    failed: Unavailable | Unsupported | None = None
    for holder in inside.holders:
        result = await inside.circulation.loans(holder.patron_id)
        match result:
            case Ok(value, as_of):
                loans += [Lent(holder, loan) for loan in sorted(value, key=_soonest)]
                ages += [as_of] if as_of is not None else []
            case Unavailable() | Unsupported():
                failed = result
            case _:  # a library system that refuses to tell is one that cannot
                failed = Unsupported()
    return Shelf(loans=tuple(loans), as_of=min(ages, default=None), failed=failed)


def _soonest(loan: OpenLoan) -> tuple[bool, date, date]:
    """Overdue books first, then by the day on which they have to be back, those that need not come now last."""
    return not loan.overdue, loan.back_by or date.max, loan.loan.due_on


async def no_answer(turn: Turn, library: Library, failed: Result[object], doing: str = "") -> Answer:
    """The library's own program is silent, or cannot do that: said plainly, with a person to turn to.

    Args:
        turn: The turn.
        library: The library.
        failed: Unavailable or Unsupported.
        doing: What is not known to be done: «не знаю, записана ли бронь».
    """
    phone = await desk_phone(turn, library)
    if isinstance(failed, Unavailable):
        minutes = max(1, round(failed.retry_after_s / 60))
        said = _("Программа библиотеки сейчас не отвечает. Попробуйте ещё раз через {minutes} мин.").format(
            minutes=minutes
        )
    else:
        said = _("Этого я здесь сделать не могу. Поможет библиотекарь.")
    return saying(in_lines(said, doing, phone), buttons=((librarian_button(), find_button()),))


def personal(*parts: str | Styled, buttons: Sequence[Row] = (), at: Sequence[Attachment] = ()) -> Reply:
    """A reply that tells something of a person: it never leaves through a channel that may not carry such."""
    text, marks = compose(*parts)
    return Reply(text=text, marks=marks, buttons=tuple(buttons), attachments=tuple(at), personal=True)


def saying(*parts: str | Styled, buttons: Sequence[Row] = ()) -> Answer:
    """An answer of one personal reply."""
    return Answer(replies=(personal(*parts, buttons=buttons),))


def missing_card(inside: Inside) -> str:
    """One line of a linked card that the register has no more and what to do, "" where it has them all."""
    if inside.account.own_suspended:
        return _("Вашего билета больше нет в списках библиотеки, его книг я не вижу: подойдите с ним к библиотекарю.")
    if inside.account.suspended:
        return _("Одного из детских билетов больше нет в списках библиотеки: подойдите с ним к библиотекарю.")
    return ""


def and_missing(inside: Inside, answer: Answer) -> Answer:
    """The answer, and below it the line of a card that it does not speak of."""
    said = missing_card(inside)
    if not said or not answer.replies or answer.go_on:  # what goes on says it there
        return answer
    *before, last = answer.replies
    return replace(answer, replies=(*before, replace(last, text=f"{last.text}\n\n{said}", personal=True)))


def called(holder: Cardholder) -> str:
    """Whose card: a child by the first name only; the contact's own is «вы»."""
    if not holder.child:
        return _("Вы")
    return holder.given_name or _("Ребёнок")


def holds_button() -> Button:
    """What is waited for."""
    return Button(_("Мои брони"), "holds")
