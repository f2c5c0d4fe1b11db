"""Where readers have accounts the menu leads to them; where they have none, it does not speak of them."""

from dataclasses import replace

from bot.accounts import Cardholder
from bot.ports.library import Library
from tests.support.clock import StandingClock
from tests.support.reader import Reader

MOST_BUTTONS, MOST_IN_A_ROW = 10, 2
"""What the narrowest messenger shows of a menu."""


async def test_the_menu_leads_to_the_readers_books(reader: Reader, anna: Cardholder) -> None:
    await reader.starts()
    (greeting,) = reader.heard
    assert len(reader.offered()) <= MOST_BUTTONS
    assert all(len(row) <= MOST_IN_A_ROW for row in greeting.buttons)
    reader.may_press("Найти книгу", "Часы работы", "Адрес", "Телефон", "Как записаться", "Позвать библиотекаря")

    await reader.presses("Мои книги")

    reader.hears("На руках у вас книг нет.")


async def test_a_stranger_who_presses_it_is_asked_for_a_card(stranger: Reader) -> None:
    await stranger.says("отмена")
    await stranger.presses("Мои книги")

    stranger.hears("мне нужно хранить номер билета")


async def test_help_tells_what_a_card_is_good_for(stranger: Reader) -> None:
    await stranger.says("что ты умеешь?")

    stranger.hears("найти книгу", "По читательскому билету покажу ваши книги, продлю их", "нажмите «Мои книги»")
    stranger.may_press("Мои книги")


async def test_without_accounts_nothing_is_said_of_them(library: Library, clock: StandingClock) -> None:
    reader = Reader(replace(library, accounts=None), clock)

    await reader.says("что ты умеешь?")

    reader.hears_nothing_of("Мои книги", "билету")
    assert "Мои книги" not in [button.label for button in reader.offered()]
