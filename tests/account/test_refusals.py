"""Every «нет» to a renewal as the whole dialogue, word for word: so it can be read aloud (holds: ``test_holds.py``).

A dialogue is the docstring of the function that arranges it: the reader's words (``Ч:``), the bot's (``Б:``), buttons.
"""

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from bot.accounts import Cardholder
from bot.circulation import Keeping
from bot.library.lending import Patron
from bot.library.policy import Confirmation
from bot.library.renewal import RenewalBlock
from tests.support.fake_circulation import FakeCirculation
from tests.support.reader import Reader

SOON = date(2026, 3, 5)
ANNA = 1
Arranged = Callable[[FakeCirculation], None]
DIALOGUES: dict[str, Arranged] = {}
PENDING_STAFF = "PENDING_STAFF"
"""Of the table's codes the one that is no refusal: the staff decide."""


def dialogue(code: str) -> Callable[[Arranged], Arranged]:
    """The dialogue of one code."""

    def kept(arranged: Arranged) -> Arranged:
        assert code not in DIALOGUES
        DIALOGUES[code] = arranged
        return arranged

    return kept


def oblomov(circulation: FakeCirculation, due: date = SOON, **more: object) -> None:
    circulation.lends(ANNA, "Обломов", due, "И. А. Гончаров", **more)  # type: ignore[arg-type]


# --- renewals ------------------------------------------------------------------------------------


@dialogue(RenewalBlock.LOAN_NOT_FOUND)
def _not_found(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: у вас не числится. Если книга у вас в руках, скажите библиотекарю.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation)
    circulation.refuses = RenewalBlock.LOAN_NOT_FOUND


@dialogue(RenewalBlock.NOT_YOUR_LOAN)
def _not_yours(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: у вас не числится. Если книга у вас в руках, скажите библиотекарю.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation)
    circulation.refuses = RenewalBlock.NOT_YOUR_LOAN


@dialogue(RenewalBlock.ITEM_LOST)
def _lost(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: числится потерянной. Если она нашлась, принесите её.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation, missing=True)


@dialogue(RenewalBlock.IN_LIBRARY_ONLY)
def _reading_room(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: её дают только читать в библиотеке, домой продлить нельзя.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation, reading_room=True)


@dialogue(RenewalBlock.TYPE_NOT_RENEWABLE)
def _in_demand(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: такие книги не продлевают: их ждут многие. Верните её до 5 марта.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation, high_demand=True)


@dialogue(RenewalBlock.CARD_EXPIRED)
def _expired(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: закончился срок билета. Зайдите в библиотеку, его перепишут на новый срок.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation)
    circulation.patrons[ANNA] = Patron(patron_id=ANNA, expires_on=date(2026, 3, 1))


@dialogue(RenewalBlock.PATRON_BLOCKED)
def _blocked(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: ваш билет приостановлен. Почему и что делать, скажет библиотекарь.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation)
    circulation.patrons[ANNA] = Patron(patron_id=ANNA, blocked=True)


@dialogue(RenewalBlock.DEBT)
def _owes(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: за билетом числится долг. Как его закрыть, скажет библиотекарь.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation)
    circulation.policy = replace(circulation.policy, block_if_debt_over=Decimal(0))
    circulation.patrons[ANNA] = Patron(patron_id=ANNA, debt=Decimal(50))


@dialogue(RenewalBlock.RENEW_LIMIT)
def _twice_already(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: больше продлевать нельзя. Верните её до 5 марта.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation, renewals=2)


@dialogue(RenewalBlock.REMOTE_LIMIT)
def _only_by_hand(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: через бота её больше не продлить. Принесите её в библиотеку, и срок продлят там.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation, remote_renewals=1)
    circulation.policy = replace(circulation.policy, remote_renewals_allowed=1)


@dialogue(RenewalBlock.OVERDUE)
def _overdue(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: срок уже прошёл. Принесите её или позвоните в библиотеку.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation, date(2026, 2, 27))


@dialogue(RenewalBlock.RECALLED)
def _recalled(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: библиотека просит вернуть её. Верните её до 5 марта.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation, recalled=True)


@dialogue(RenewalBlock.HOLD_QUEUE)
def _wanted(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: её ждёт другой читатель. Верните её до 5 марта.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation, wanted=True)


@dialogue(RenewalBlock.BOOKED)
def _booked(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: она уже обещана другому читателю. Верните её сегодня.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation, date(2026, 3, 2), booked=True)


@dialogue(RenewalBlock.TOO_SOON)
def _too_soon(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: продлевать рано. Напишите мне 4 марта или позже.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation)
    circulation.policy = replace(circulation.policy, no_renewal_before_days=1)


@dialogue(RenewalBlock.NO_GAIN)
def _no_gain(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: продление ничего не даст: срок и так до 5 марта. Нужно дольше? Спросите библиотекаря.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation)
    circulation.policy = replace(circulation.policy, hard_due_date=SOON)


@dialogue(RenewalBlock.PERIOD_CAP)
def _long_enough(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: дольше держать её нельзя. Верните её до 5 марта.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation)
    circulation.policy = replace(circulation.policy, max_total_days=17)


@dialogue(RenewalBlock.ILS_REFUSED)
def _system_refuses(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: программа библиотеки не разрешила. Почему, скажет библиотекарь.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation)
    circulation.refuses = RenewalBlock.ILS_REFUSED


@dialogue(RenewalBlock.ILS_DOWN)
def _system_is_down(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: «Обломов», И. А. Гончаров: программа библиотеки не отвечает. Попробуйте позже.
    [Мои книги] [Позвать библиотекаря]
    """
    oblomov(circulation)
    circulation.refuses = RenewalBlock.ILS_DOWN


@dialogue(PENDING_STAFF)
def _staff_decide(circulation: FakeCirculation) -> None:
    """
    Ч: продли обломова
    Б: Попросил библиотекаря продлить, ответ придёт сюда. Пока срок прежний:
    «Обломов», И. А. Гончаров: пока до 5 марта.
    [Мои книги] [Найти книгу]
    """
    oblomov(circulation)
    circulation.policy = replace(circulation.policy, confirmation=Confirmation.STAFF)
    circulation.keeping = Keeping.SNAPSHOT


RENEWALS = tuple(DIALOGUES)


@pytest.mark.parametrize("code", RENEWALS)
async def test_a_renewal_is_refused(reader: Reader, circulation: FakeCirculation, anna: Cardholder, code: str) -> None:
    assert anna.patron_id == ANNA
    await _plays(reader, circulation, code)


def test_no_code_of_the_table_is_without_a_dialogue() -> None:
    assert set(RENEWALS) == {block.value for block in RenewalBlock} | {PENDING_STAFF}


async def test_of_several_books_each_is_told_for_itself(
    reader: Reader, circulation: FakeCirculation, anna: Cardholder
) -> None:
    circulation.lends(anna.patron_id, "Обломов", SOON, "И. А. Гончаров")
    circulation.lends(anna.patron_id, "Бесы", SOON, wanted=True)
    circulation.lends(anna.patron_id, "Вий", SOON, renewals=2)

    await reader.says("продли всё")

    assert reader.text == (
        "Продлено:\n"
        "«Обломов», И. А. Гончаров: теперь до 17 марта.\n\n"
        "Не продлено:\n"
        "«Бесы»: её ждёт другой читатель. Верните её до 5 марта.\n"
        "«Вий»: больше продлевать нельзя. Верните её до 5 марта."
    )


async def _plays(reader: Reader, circulation: FakeCirculation, code: str) -> None:
    """Arrange, say the reader's words, hear the bot's, see its buttons."""
    arranged = DIALOGUES[code]
    arranged(circulation)
    said, _, heard = inspect.cleandoc(arranged.__doc__ or "").partition("\n")
    words, _, buttons = heard.removeprefix("Б: ").rpartition("\n")

    await reader.says(said.removeprefix("Ч: "))

    assert reader.text == words
    assert " ".join(f"[{button.label}]" for button in reader.offered()) == buttons
