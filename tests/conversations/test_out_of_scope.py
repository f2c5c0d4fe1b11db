"""Not the library's business."""

import pytest

from bot.ports.catalogue import Found, Verdict
from handlers import surely
from tests.support.fake_library import CENTRAL, FakeCatalogue, FakeFaq, at
from tests.support.reader import Reader


async def test_small_talk_is_led_back_to_books(reader: Reader) -> None:
    await reader.says("какая завтра погода?")

    reader.hears("Я библиотечный бот: знаю про книги, часы работы и правила библиотеки.")
    reader.may_press("Найти книгу", "Позвать библиотекаря")


@pytest.mark.parametrize("said", ["где мой заказ с вайлдберриз", "посылка с озона пришла?", "это пункт выдачи вб?"])
async def test_the_order_of_a_shop_is_no_hold(reader: Reader, said: str) -> None:
    await reader.says(said)

    reader.hears("Я библиотечный бот")
    reader.hears_nothing_of("билет")


async def test_what_the_library_has_answered_once_is_answered_again(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("own.weather", "Прогноз висит на доске у входа.", "погода завтра")

    await reader.says("какая завтра погода?")

    reader.hears("Прогноз висит на доске у входа.")


async def test_small_talk_may_be_a_title(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Как дела", "Борис Акунин", at(CENTRAL, 1, 1))

    await reader.says("как дела")
    reader.hears("Но есть книга «Как дела», Борис Акунин. Показать?")
    await reader.says("да")

    reader.hears("Как дела, Борис Акунин. Есть: 1 из 1.")


async def test_a_word_of_small_talk_is_no_title(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Маме", "Марина Цветаева", at(CENTRAL, 1, 1))

    await reader.says("мам купи хлеба")

    reader.hears_nothing_of("Цветаева")


async def test_a_book_that_only_resembles_small_talk_is_not_offered(catalogue: FakeCatalogue) -> None:
    work = catalogue.holds("Те, кого нам суждено найти", "Джоан Хэ", at(CENTRAL, 1, 1))

    assert surely(Found(verdict=Verdict.FOUND, works=(work,), scores=(0.7,))) is None
    assert surely(Found(verdict=Verdict.CHOICE, works=(work,), scores=(1.0,))) is None
    assert surely(Found(verdict=Verdict.FOUND, works=(work,), scores=(1.0,))) == work


async def test_rude_words_are_answered_calmly_and_not_repeated(reader: Reader) -> None:
    await reader.says("ты дурак")

    reader.hears("Я библиотечный бот")
    reader.hears_nothing_of("дурак")


async def test_keys_hit_at_random_twice_offer_a_person(reader: Reader) -> None:
    await reader.says("фывапролд")
    await reader.says("йцукенгшщ")

    reader.hears("Позвать библиотекаря?")


async def test_abuse_is_no_title(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Без тормозов", "Диана Арбенина", at(CENTRAL, 1, 1))

    await reader.says("ну ты и тормоз")

    reader.hears("Я библиотечный бот")
    reader.hears_nothing_of("Арбенина")


async def test_who_is_unhappy_is_answered_kindly_and_led_to_a_person(reader: Reader) -> None:
    await reader.says("мне сегодня так плохо")

    reader.hears("Сочувствую вам.", "звоните 112")
    reader.may_press("Да", "Нет")
    assert reader.last_message.outcome == "missed"


async def test_what_the_library_says_to_the_unhappy_wins(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("sorrow", "Приходите к нам на чай.")

    await reader.says("я осталась совсем одна")

    reader.hears("Приходите к нам на чай.")
