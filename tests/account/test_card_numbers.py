"""A card's number that comes before it is asked for: as a code, with the wish, ahead of the consent, alone."""

import pytest

from bot.accounts import Cardholder, Proof
from tests.support.fake_accounts import FakeAccounts
from tests.support.reader import Reader


async def test_a_card_number_in_the_place_of_a_code_is_no_dead_end(stranger: Reader, accounts: FakeAccounts) -> None:
    accounts.ways = {Proof.CODE, Proof.PIN}
    await stranger.says("привяжи билет")
    await stranger.says("да")

    await stranger.says("1000001")
    stranger.hears("Не подошло. Если это номер билета, пришлите теперь и PIN-код.")

    await stranger.says("0000")
    stranger.hears("Не подошло: билет 1000001. Проверьте номер и пришлите PIN-код ещё раз, или исправьте номер.")
    await stranger.says("по номеру билета")
    stranger.hears("Напишите номер читательского билета")


async def test_a_card_number_in_the_place_of_a_code_links_with_its_pin(
    stranger: Reader, accounts: FakeAccounts, anna: Cardholder
) -> None:
    accounts.ways |= {Proof.PIN}
    await stranger.says("мои книги")
    await stranger.says("да")
    await stranger.says("0012345")

    await stranger.says("4711")

    stranger.hears("Анна, готово: билет привязан.", "На руках у вас книг нет.")


async def test_the_right_number_after_a_wrong_one_is_no_second_wrong_pin(
    stranger: Reader, accounts: FakeAccounts, anna: Cardholder
) -> None:
    accounts.ways |= {Proof.PIN}
    for said in ("мои книги", "да", "по номеру билета", "0012354", "4711"):
        await stranger.says(said)
    stranger.hears("Не подошло: билет 0012354.", "исправьте номер")

    await stranger.says("0012345")
    stranger.hears("Не подошло. Если это исправленный номер билета, пришлите теперь и PIN-код.")
    await stranger.says("4711")

    stranger.hears("Анна, готово: билет привязан.")


async def test_a_code_that_did_not_fit_may_be_typed_again(
    stranger: Reader, accounts: FakeAccounts, anna: Cardholder
) -> None:
    accounts.ways |= {Proof.PIN}
    accounts.code(anna, "123456")
    await stranger.says("привяжи билет")
    await stranger.says("да")
    await stranger.says("123465")

    await stranger.says("123456")

    stranger.hears("Анна, готово: билет привязан.")


async def test_a_number_said_with_the_wish_is_not_asked_for_again(
    stranger: Reader, accounts: FakeAccounts, anna: Cardholder
) -> None:
    accounts.ways |= {Proof.PIN}
    await stranger.says("продлите мне книги, билет 0012345")
    await stranger.says("да")
    stranger.hears("Теперь PIN-код билета.")

    await stranger.says("4711")

    stranger.hears("Анна, готово: билет привязан.")


async def test_a_number_before_the_consent_is_kept_until_it_is_given(
    stranger: Reader, accounts: FakeAccounts, anna: Cardholder
) -> None:
    accounts.ways |= {Proof.PIN}
    await stranger.says("мои книги")
    await stranger.says("0012345")
    stranger.hears("Сначала ответьте, пожалуйста, согласны ли вы.", "Вы согласны?")
    await stranger.says("да")
    stranger.hears("Теперь PIN-код билета.")

    await stranger.says("4711")

    stranger.hears("Анна, готово: билет привязан.")


async def test_a_number_alone_is_asked_about_and_not_told_to_be_no_book(
    stranger: Reader, accounts: FakeAccounts, anna: Cardholder
) -> None:
    accounts.ways |= {Proof.PIN}
    await stranger.says("0012345")
    stranger.hears("Это номер вашего билета?")
    await stranger.says("да")
    await stranger.says("да")

    await stranger.says("4711")

    stranger.hears("Анна, готово: билет привязан.")


@pytest.mark.parametrize("said", ["мой билет 0012345", "билет № 0012345"])
async def test_a_card_named_with_its_number_is_no_code(
    stranger: Reader, accounts: FakeAccounts, anna: Cardholder, said: str
) -> None:
    accounts.ways |= {Proof.PIN}
    await stranger.says("привяжи билет")
    await stranger.says("да")
    await stranger.presses("Отмена")

    await stranger.says(said)

    stranger.hears("Теперь PIN-код билета.")
    stranger.hears_nothing_of("Не подошло")
