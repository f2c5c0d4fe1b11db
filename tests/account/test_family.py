"""A family in one chat, when one of its cards is no longer in the library's lists: nothing is left out in silence."""

from datetime import date

import pytest

from bot.accounts import Cardholder
from tests.support.fake_accounts import FakeAccounts
from tests.support.fake_circulation import FakeCirculation
from tests.support.fake_library import CENTRAL, CHILDREN, FakeCatalogue, at
from tests.support.reader import Reader

GONE = "Вашего билета больше нет в списках библиотеки, его книг я не вижу: подойдите с ним к библиотекарю."
ONE_OF_THEIRS = "Одного из детских билетов больше нет в списках библиотеки: подойдите с ним к библиотекарю."


@pytest.fixture
def family(accounts: FakeAccounts, circulation: FakeCirculation, anna: Cardholder, misha: Cardholder) -> None:
    """Anna has one book and is gone from the lists, her son has one and is not."""
    circulation.lends(anna.patron_id, "Обломов", date(2026, 3, 5))
    circulation.lends(misha.patron_id, "Мойдодыр", date(2026, 3, 10), branch=CHILDREN)
    accounts.gone.add(anna.patron_id)


async def test_the_child_s_books_are_told_and_that_her_own_card_is_gone(reader: Reader, family: None) -> None:
    await reader.says("мои книги")

    reader.hears("На детских билетах 1 книга.", "Миша:", "«Мойдодыр»", GONE)
    reader.hears_nothing_of("Обломов", "У вас на руках")
    reader.may_press("Продлить")


async def test_all_that_is_left_is_renewed_and_she_hears_why_not_the_rest(reader: Reader, family: None) -> None:
    await reader.says("продли всё")

    reader.hears("Мойдодыр", GONE)
    reader.hears_nothing_of("Обломов")


async def test_no_books_on_children_s_cards_is_not_no_books_at_all(
    reader: Reader, accounts: FakeAccounts, anna: Cardholder, misha: Cardholder
) -> None:
    accounts.gone.add(anna.patron_id)
    await reader.says("мои книги")
    reader.hears("На детских билетах книг нет.", GONE)
    await reader.says("продли всё")
    reader.hears("Продлевать нечего: на детских билетах книг нет.", GONE)
    await reader.says("мои брони")
    reader.hears("Броней у вас нет.", GONE)
    await reader.says("мой билет")
    reader.hears("Билет: Миша.", GONE)


async def test_a_hold_of_hers_never_goes_to_her_son_unasked(
    reader: Reader, family: None, catalogue: FakeCatalogue, circulation: FakeCirculation
) -> None:
    card = catalogue.holds("Каштанка", "А. П. Чехов", at(CENTRAL, 0, 1))
    circulation.knows(card.work_id, card.title, card.author)

    await reader.says("забронируйте Каштанку")
    await reader.presses("Да")
    reader.hears("На чей билет забронировать?", GONE)
    assert circulation.waits == {}

    await reader.presses("Миша")
    await reader.presses("Центральная библиотека")
    reader.hears("Бронь записана на билет «Миша»")


async def test_a_child_s_card_that_is_gone_is_told_too(
    reader: Reader, accounts: FakeAccounts, circulation: FakeCirculation, anna: Cardholder, misha: Cardholder
) -> None:
    circulation.lends(anna.patron_id, "Обломов", date(2026, 3, 5))
    accounts.gone.add(misha.patron_id)
    await reader.says("мои книги")
    reader.hears("У вас на руках 1 книга.", "«Обломов»", ONE_OF_THEIRS)

    accounts.gone.clear()
    await reader.says("мои книги")
    reader.hears_nothing_of("больше нет в списках")
