"""«Мои данные»: all that is kept of a person, as JSON that a person can read; pure."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from bot.accounts import Cardholder, NoticeWishes, Proof
from bot.circulation import Ok, OpenHold, OpenLoan, Result
from bot.quick import dataclass
from bot.wording import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class CardKept:
    """A linked card with what is lent and waited for."""

    holder: Cardholder
    proof: str
    linked_at: datetime
    loans: Result[tuple[OpenLoan, ...]] | None = None
    holds: Result[tuple[OpenHold, ...]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentKept:
    """A consent, given and perhaps taken back."""

    text: str
    given_at: datetime
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidKept:
    """One message; ``author`` is reader, bot or librarian."""

    author: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonKept:
    """Everything."""

    messenger: str
    name: str
    known_since: datetime
    cards: Sequence[CardKept] = ()
    consents: Sequence[ConsentKept] = ()
    wishes: NoticeWishes | None = None
    attempts: Sequence[tuple[datetime, str]] = ()
    said: Sequence[SaidKept] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronKept:
    """What the register has of a patron, with what is lent and waited for.

    Attributes:
        debt: In the library's currency.
        served_at / not_served_at: Points of issue as the register names them.
    """

    card_number: str
    name: str
    birth_date: date | None
    phone: str
    email: str
    category: str
    valid_until: date | None
    blocked: bool = False
    debt: Decimal = Decimal(0)
    served_at: Sequence[str] = ()
    not_served_at: Sequence[str] = ()
    loans: Result[tuple[OpenLoan, ...]] | None = None
    holds: Result[tuple[OpenHold, ...]] | None = None


def export(kept: PersonKept, now: datetime, zone: ZoneInfo) -> bytes:
    """The file, in the language of the turn; moments are the library's local time."""
    return _file({_("Составлено"): _moment(now, zone), **_chat(kept, zone)})


def export_of_patron(patron: PatronKept, chats: Sequence[PersonKept], now: datetime, zone: ZoneInfo) -> bytes:
    """The file that the desk hands out: the register's entry, and all of the patron's own chats."""
    told = {
        _("Составлено"): _moment(now, zone),
        _("Картотека библиотеки"): {
            _("Номер билета"): patron.card_number,
            _("Имя"): patron.name,
            _("Дата рождения"): _day(patron.birth_date),
            _("Телефон"): patron.phone,
            _("Электронная почта"): patron.email,
            _("Категория"): patron.category,
            _("Билет действует до"): _day(patron.valid_until),
            _("Пользование ограничено"): patron.blocked,
            _("Долг"): f"{patron.debt:.2f}",
            _("Обслуживается"): list(patron.served_at),
            _("Не обслуживается"): list(patron.not_served_at),
            **_books(patron.loans, patron.holds, zone),
        },
        _("Чаты"): [_chat(kept, zone) for kept in chats],
    }
    return _file(told)


def _file(told: dict[str, Any]) -> bytes:
    what = {_("Что это"): _("Всё, что бот библиотеки хранит о вас.")}
    return (json.dumps({**what, **told}, ensure_ascii=False, indent=2) + "\n").encode()


def _moment(at: datetime | None, zone: ZoneInfo) -> str | None:
    return None if at is None else f"{at.astimezone(zone):%d.%m.%Y %H:%M}"


def _day(day: date | None) -> str | None:
    return None if day is None else f"{day:%d.%m.%Y}"


def _chat(kept: PersonKept, zone: ZoneInfo) -> dict[str, Any]:
    """One chat, and what hangs on it."""

    def moment(at: datetime | None) -> str | None:
        return _moment(at, zone)

    who = {"reader": _("вы"), "bot": _("бот"), "librarian": _("библиотекарь")}
    return {
        _("Чат"): {
            _("Мессенджер"): kept.messenger,
            _("Имя в мессенджере"): kept.name,
            _("Первое сообщение"): moment(kept.known_since),
        },
        _("Билеты"): [_card(card, zone) for card in kept.cards],
        _("Согласия"): [
            {
                _("Дано"): moment(one.given_at),
                _("Отозвано"): moment(one.withdrawn_at),
                _("Текст"): one.text.splitlines(),
            }
            for one in kept.consents
        ],
        _("Напоминания"): _wishes(kept.wishes),
        _("Попытки привязать билет"): [{_("Когда"): moment(at), _("Чем кончилось"): how} for at, how in kept.attempts],
        _("Переписка"): [
            {_("Когда"): moment(one.at), _("Кто"): who.get(one.author, one.author), _("Текст"): one.text}
            for one in kept.said
        ],
    }


def _card(card: CardKept, zone: ZoneInfo) -> dict[str, Any]:
    ways = {
        Proof.CODE: _("код из библиотеки"),
        Proof.PIN: _("номер билета и ПИН"),
        Proof.BIRTH_DATE: _("номер билета и дата рождения"),
        Proof.PHONE: _("номер телефона"),
    }
    return {
        _("Номер билета"): card.holder.card_number,
        _("Имя"): card.holder.given_name,
        _("Билет ребёнка"): _("да") if card.holder.child else _("нет"),
        _("Привязан"): _moment(card.linked_at, zone),
        _("Чем подтверждён"): ways.get(Proof(card.proof), card.proof),
        **_books(card.loans, card.holds, zone),
    }


def _books(
    loans: Result[tuple[OpenLoan, ...]] | None, holds: Result[tuple[OpenHold, ...]] | None, zone: ZoneInfo
) -> dict[str, Any]:
    return {
        _("Книги на руках"): _listed(
            loans,
            lambda loan: {
                _("Книга"): _book(loan.author, loan.title),
                _("Вернуть до"): _day(loan.until),
            },
        ),
        _("Брони"): _listed(
            holds,
            lambda hold: {_("Книга"): _book(hold.author, hold.title), _("С какого дня"): _moment(hold.placed_at, zone)},
        ),
    }


def _book(author: str, title: str) -> str:
    return f"{author}. {title}" if author else title


def _listed(result: Result[Any] | None, line: Any) -> Any:
    if result is None:
        return []
    if isinstance(result, Ok):
        return [line(one) for one in result.value]
    return _("сейчас узнать нельзя, попробуйте позже")


def _wishes(wishes: NoticeWishes | None) -> dict[str, Any]:
    if wishes is None:
        return {}
    yes = {True: _("да"), False: _("нет")}
    return {
        _("За сколько дней до срока"): list(wishes.due_days),
        _("О просроченных книгах"): yes[wishes.overdue],
        _("Без названий книг"): yes[wishes.hide_titles],
        _("Выключены"): yes[wishes.muted],
        _("Сначала в этот чат"): yes[wishes.here],
    }
