"""«Мои данные»: all that is kept of a person, as JSON that a person can read; pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.accounts import Cardholder, NoticeWishes, Ok, OpenHold, OpenLoan, Proof, Result
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


def export(kept: PersonKept, now: datetime, zone: ZoneInfo) -> bytes:
    """The file, in the language of the turn; moments are the library's local time."""

    def moment(at: datetime | None) -> str | None:
        return None if at is None else f"{at.astimezone(zone):%d.%m.%Y %H:%M}"

    who = {"reader": _("вы"), "bot": _("бот"), "librarian": _("библиотекарь")}
    told: dict[str, Any] = {
        _("Что это"): _("Всё, что бот библиотеки хранит о вас."),
        _("Составлено"): moment(now),
        _("Чат"): {
            _("Мессенджер"): kept.messenger,
            _("Имя в мессенджере"): kept.name,
            _("Первое сообщение"): moment(kept.known_since),
        },
        _("Билеты"): [_card(card, moment) for card in kept.cards],
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
    return (json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode()


def _card(card: CardKept, moment: Any) -> dict[str, Any]:
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
        _("Привязан"): moment(card.linked_at),
        _("Чем подтверждён"): ways.get(Proof(card.proof), card.proof),
        _("Книги на руках"): _listed(
            card.loans,
            lambda loan: {
                _("Книга"): _book(loan.author, loan.title),
                _("Вернуть до"): f"{loan.loan.due_on:%d.%m.%Y}",
            },
        ),
        _("Брони"): _listed(
            card.holds,
            lambda hold: {_("Книга"): _book(hold.author, hold.title), _("С какого дня"): moment(hold.placed_at)},
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
