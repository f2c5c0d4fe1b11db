"""Notices in words: short, calm, one thing to do, and how to be left in peace. Pure."""

from collections.abc import Sequence
from dataclasses import field
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from bot.circulation import OpenHold, OpenLoan
from bot.clock import local_day
from bot.lending_words import why_later
from bot.library.hours import DaysOff
from bot.library.model import Branch
from bot.library.renewal import NotRenewed, RenewalBlock
from bot.library.shown_loans import packed
from bot.messages import Button, Reply, Template, one_stop
from bot.notices import Decided, EndedHold, EndingCard
from bot.quick import dataclass
from bot.wording import counted, day, in_figures, listed
from bot.wording import gettext as _
from bot.wording.books import cut
from bot.wording.opening import named_day, today_in_short

LONGEST_TITLE = 60
TITLES_SHOWN = 6
"""Of one day; the rest is a number, and one press away."""
_WANTED = frozenset({RenewalBlock.HOLD_QUEUE, RenewalBlock.RECALLED, RenewalBlock.BOOKED})
_LATER = frozenset({RenewalBlock.TOO_SOON, RenewalBlock.NO_GAIN})
"""No reason to say that a book cannot be renewed: later it can."""
_OF_CARD = frozenset({RenewalBlock.CARD_EXPIRED, RenewalBlock.PATRON_BLOCKED, RenewalBlock.DEBT})
_BY_HAND = frozenset({RenewalBlock.REMOTE_LIMIT})
_LATE = frozenset({RenewalBlock.OVERDUE})
_NEVER = frozenset(RenewalBlock) - _WANTED - _LATER - _OF_CARD - _BY_HAND - _LATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What one card is told, as it is at this moment.

    Attributes:
        name: Of a child whose card a guardian has, "" for the reader's own.
        as_of: Since when the loans are known; None where they are so now.
    """

    name: str = ""
    due: tuple[OpenLoan, ...] = ()
    overdue: tuple[OpenLoan, ...] = ()
    ready: tuple[OpenHold, ...] = ()
    expiring: tuple[OpenHold, ...] = ()
    ended: tuple[EndedHold, ...] = ()
    decided: tuple[Decided, ...] = ()
    card: EndingCard | None = None
    as_of: datetime | None = None

    def __bool__(self) -> bool:
        return bool(self.due or self.overdue or self.ready or self.expiring or self.ended or self.decided or self.card)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the words depend on beside the books.

    Attributes:
        zone: The branch's, whose day it is.
        hidden: No titles: others look at that phone.
    """

    zone: ZoneInfo
    now: datetime
    holidays: DaysOff
    branches: Sequence[Branch] = field(default_factory=tuple)
    hidden: bool = False

    @property
    def today(self) -> date:
        """The branch's day."""
        return local_day(self.now, self.zone)


def worded(cards: Sequence[Told], setting: Setting) -> Reply:
    """One message for all that is to be told at one contact."""
    paragraphs = [part for told in cards for part in _card(told, setting)]
    if any(told.due or told.overdue or told.card for told in cards):
        paragraphs.append(_("Чтобы я не напоминал, напишите: стоп."))
    return Reply(
        text=one_stop("\n\n".join(paragraphs)),
        buttons=_buttons(cards),
        personal=True,
        template=template(cards, setting),
    )


def _card(told: Told, setting: Setting) -> list[str]:
    parts = [
        *[_decided(one, setting) for one in told.decided],
        *[_ready(hold, setting) for hold in told.ready],
        *[_expiring(hold, setting) for hold in told.expiring],
        *[_ended(hold, setting) for hold in told.ended],
        *_overdue(told.overdue, setting),
        *_due(told.due, setting),
    ]
    if told.as_of is not None and (told.due or told.overdue):
        as_of = day(local_day(told.as_of, setting.zone))
        parts.append(_("По записям на {day}. Если уже вернули, ничего делать не нужно.").format(day=as_of))
    if told.card is not None:
        parts.append(_card_ends(told.card, setting))
    if told.name and parts:
        parts[0] = _("{name}. {said}").format(name=told.name, said=parts[0])
    return parts


# --- loans ---------------------------------------------------------------------------------------


def _due(loans: Sequence[OpenLoan], setting: Setting) -> list[str]:
    if not loans:
        return []
    lines = [_("Скоро срок возврата:"), *_by_day(loans, setting)]
    able = [loan for loan in loans if _may_be_renewed(loan)]
    lines += _unrenewable(loans, setting)
    if len(able) == 1 and len(loans) == 1:
        lines.append(_("Не успеваете? Книгу можно продлить: нажмите кнопку или напишите «продли»."))
    elif able:
        lines.append(_("Не успеваете? Книги можно продлить: нажмите кнопку или напишите «продли»."))
    return ["\n".join(lines)]


def _overdue(loans: Sequence[OpenLoan], setting: Setting) -> list[str]:
    if not loans:
        return []
    lines = [_("Срок возврата уже прошёл:"), *_by_day(loans, setting)]
    lines.append(
        _("Принесите, пожалуйста, когда сможете. Если не получается, напишите «человек», библиотекарь поможет.")
    )
    return ["\n".join(lines)]


def _by_day(loans: Sequence[OpenLoan], setting: Setting) -> list[str]:
    ordered = sorted(loans, key=lambda loan: (loan.until, loan.loan.due_on, loan.title))
    return [
        _("{day}: {books}").format(day=_said_day(last, why, setting.today), books=_books(list(same), setting))
        for (last, why), same in groupby(ordered, key=lambda loan: (loan.until, why_later(loan, setting.today)))
    ]


def _said_day(last: date, why: str, today: date) -> str:
    """«сегодня», «завтра, 27 ноября (сегодня закрыто)», a passed one without its weekday and without reasons."""
    if last < today:
        return day(last)
    return f"{named_day(last, today)} ({why})" if why else named_day(last, today)


def _books(loans: Sequence[OpenLoan], setting: Setting) -> str:
    if setting.hidden or not all(loan.title for loan in loans):
        return counted(len(loans), "книга", "книги", "книг")
    names = [titled(loan.title, loan.author) for loan in loans[:TITLES_SHOWN]]
    if more := len(loans) - len(names):
        names.append(_("ещё {books}").format(books=counted(more, "книга", "книги", "книг")))
    return "; ".join(names)


def titled(title: str, author: str = "") -> str:
    """«Война и мир», Л. Н. Толстой; an endless title is cut."""
    short = cut(title, LONGEST_TITLE)
    return _("«{title}», {author}").format(title=short, author=author) if author else f"«{short}»"


def _unrenewable(loans: Sequence[OpenLoan], setting: Setting) -> list[str]:
    """Which of them cannot be renewed, and why, as far as it matters to the reader."""
    lines = []
    for blocks, said in (
        (_WANTED, _("Ждут другие читатели, поэтому продлить нельзя: {books}.")),
        (_BY_HAND, _("Продлят только в библиотеке, возьмите с собой: {books}.")),
        (_LATE, _("Продлить можно, когда вернёте то, что просрочено: {books}.")),
        (_OF_CARD, _("Продлить пока нельзя, спросите в библиотеке о своём билете: {books}.")),
        (_NEVER, _("Больше не продлить: {books}.")),
    ):
        found = [loan for loan in loans if _block(loan) in blocks]
        if found:
            lines.append(said.format(books=_short_books(found, setting)))
    asked = [loan for loan in loans if loan.requested]
    if asked:
        lines.append(_("Просьба продлить уже у библиотекаря: {books}.").format(books=_short_books(asked, setting)))
    return lines


def _short_books(loans: Sequence[OpenLoan], setting: Setting) -> str:
    if setting.hidden or len(loans) > TITLES_SHOWN or not all(loan.title for loan in loans):
        return counted(len(loans), "книга", "книги", "книг")
    return listed([titled(loan.title) for loan in loans])


def _block(loan: OpenLoan) -> RenewalBlock | None:
    return loan.if_renewed.block if isinstance(loan.if_renewed, NotRenewed) else None


def _may_be_renewed(loan: OpenLoan) -> bool:
    """By the rules, or nobody knows before it is asked; nothing is offered twice."""
    return _block(loan) is None and not loan.requested


# --- holds and requests --------------------------------------------------------------------------


def _hold_name(hold: OpenHold | EndedHold, setting: Setting) -> str:
    return _("книга, которую вы ждали") if setting.hidden or not hold.title else titled(hold.title, hold.author)


def _ready(hold: OpenHold, setting: Setting) -> str:
    said = [_("Можно забирать: {book}.").format(book=_hold_name(hold, setting)), _where(hold.pickup, setting)]
    if hold.keep_until is not None:
        said.append(_("Ждём вас до {day}.").format(day=day(hold.keep_until)))
    return " ".join(part for part in said if part)


def _expiring(hold: OpenHold, setting: Setting) -> str:
    last = hold.keep_until or setting.today
    return " ".join(
        part
        for part in (
            _("Книга ждёт вас только до {day}: {book}.").format(day=day(last), book=_hold_name(hold, setting)),
            _where(hold.pickup, setting),
            _("Если она больше не нужна, отмените, пожалуйста, бронь."),
        )
        if part
    )


def _ended(hold: EndedHold, setting: Setting) -> str:
    book = _hold_name(hold, setting)
    if not hold.refused:
        said = _("Бронь закончилась: {book}. Книга ждала вас до {day}. Если она ещё нужна, забронируйте снова.")
        return said.format(book=book, day=day(hold.day))
    reason = f" {hold.reason.rstrip('. ')}." if hold.reason else ""
    said = _("Не сможем выдать по вашей брони: {book}.{reason} Замену поможет найти библиотекарь, напишите «человек».")
    return said.format(book=book, reason=reason)


def _card_ends(card: EndingCard, setting: Setting) -> str:
    branch = _branch(card.branch_code, setting)
    said = _("Читательский билет действует до {day}. Продлить его можно в библиотеке.").format(day=day(card.until))
    if branch is None:
        return said
    place = ", ".join(part for part in (branch.name, branch.address) if part)
    return " ".join([said, _("Где: {place}.").format(place=place)])


def _branch(code: str, setting: Setting) -> Branch | None:
    return next((branch for branch in setting.branches if branch.code == code), None)


def _where(code: str, setting: Setting) -> str:
    """The building, its address, and until when it is open today."""
    branch = _branch(code, setting)
    if branch is None:
        return ""
    parts = [branch.name, branch.address, today_in_short(branch, setting.now, setting.holidays)]
    return _("Где: {place}.").format(place=", ".join(part for part in parts if part))


def _decided(one: Decided, setting: Setting) -> str:
    book = _("книгу") if setting.hidden or not one.title else titled(one.title)
    if one.confirmed:
        return _("Библиотекарь продлил: {book}. Теперь до {day}.").format(book=book, day=day(one.due_on))
    reason = f" {one.reason.rstrip('. ')}." if one.reason else ""
    said = _("Продлить не получилось: {book}.{reason} Вернуть нужно до {day}.")
    return said.format(book=book, reason=reason, day=day(one.due_on))


# --- the rest ------------------------------------------------------------------------------------


def _buttons(cards: Sequence[Told]) -> tuple[tuple[Button, ...], ...]:
    able = [loan for told in cards for loan in told.due if _may_be_renewed(loan)]
    first: list[Button] = []
    if able:
        label = _("Продлить всё") if len(able) > 1 else _("Продлить")
        first.append(Button(label, "renew:" + packed([loan.loan for loan in able])))
    if any(told.due or told.overdue or told.decided for told in cards):
        first.append(Button(_("Мои книги"), "loans"))
    if any(told.ready or told.expiring for told in cards):
        first.append(Button(_("Мои брони"), "holds"))
    again = [hold for told in cards for hold in told.ended if not hold.refused]
    if len(again) == 1:
        first.append(Button(_("Забронировать снова"), f"hold:{again[0].work_id}.{again[0].patron_id}"))
    return (tuple(first),) if first else ()


def main_day(cards: Sequence[Told], zone: ZoneInfo) -> tuple[str, int, date]:
    """What matters most: the key of its template, of how many, and until when; an empty notice has none."""
    overdue = [loan.until for told in cards for loan in told.overdue]
    due = [loan.until for told in cards for loan in told.due]
    ready = [hold.keep_until or local_day(hold.placed_at, zone) for told in cards for hold in told.ready]
    expiring = [hold.keep_until or local_day(hold.placed_at, zone) for told in cards for hold in told.expiring]
    refused = [hold.day for told in cards for hold in told.ended if hold.refused]
    ended = [hold.day for told in cards for hold in told.ended if not hold.refused]
    decided = [one.due_on for told in cards for one in told.decided]
    expires = [told.card.until for told in cards if told.card is not None]
    for key, days in (
        ("hold_expiring", expiring),
        ("hold_ready", ready),
        ("hold_refused", refused),
        ("hold_expired", ended),
        ("renewal_decided", decided),
        ("overdue", overdue),
        ("due_soon", due),
        ("card_expires", expires),
    ):
        if days:
            return key, len(days), min(days)
    raise ValueError("a notice that tells nothing")


def template(cards: Sequence[Told], setting: Setting) -> Template:
    """What stands in the places of an approved message: how many, and the day; never a title or a name."""
    key, number, last = main_day(cards, setting.zone)
    if key == "card_expires":
        return Template(name=key, values=(day(last),))
    return Template(name=key, values=(counted(number, "книга", "книги", "книг"), _said_day(last, "", setting.today)))


def in_short(cards: Sequence[Told], library: str, zone: ZoneInfo) -> Reply:
    """The same for a paid message of 70 letters, on a phone that may be anybody's: no titles, no names."""
    key, number, last = main_day(cards, zone)
    books = counted(number, "книга", "книги", "книг")
    date_said = in_figures(last, year=False)
    said = {
        "hold_expiring": _("{library}: бронь ждёт до {day}."),
        "hold_ready": _("{library}: бронь можно забрать, ждёт до {day}."),
        "hold_refused": _("{library}: книги по вашей брони не будет."),
        "hold_expired": _("{library}: бронь закончилась, ждали до {day}."),
        "renewal_decided": _("{library}: ответ о продлении, срок {day}."),
        "overdue": _("{library}: срок был {day}, {books}. Ждём."),
        "due_soon": _("{library}: вернуть до {day}, {books}."),
        "card_expires": _("{library}: читательский билет действует до {day}."),
    }[key]
    return Reply(text=said.format(library=cut(library, 24), books=books, day=date_said), personal=True)
