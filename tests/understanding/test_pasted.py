"""What of a shop's page or of a catalogue's card names the book."""

import pytest

from understanding import pasted
from understanding.understander import PhraseUnderstanding


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        (
            "Мастер и Маргарита | Булгаков Михаил Афанасьевич | Эксмо, 2023, твёрдый переплёт, 480 стр. 399 ₽",
            "Мастер и Маргарита Булгаков Михаил Афанасьевич",
        ),
        (
            "Толстой Лев Николаевич. Воскресение : роман / Л. Н. Толстой. - Москва : АСТ, 2019. - 512 с. — есть такая?",
            "Толстой Лев Николаевич. Воскресение — есть такая?",
        ),
        (
            "Гузель Яхина: Зулейха открывает глаза, АСТ, 2022, 512 стр, цена 680 р.",
            "Гузель Яхина: Зулейха открывает глаза",
        ),
        ("1984 (новый перевод), Джордж Оруэлл, АСТ, твердый переплёт, 352 с.", "1984, Джордж Оруэлл"),
    ],
)
def test_publisher_pages_and_price_go(said: str, plain: str) -> None:
    assert pasted.plain(said) == plain


@pytest.mark.parametrize(
    "said",
    [
        "можно заказать доставку за 100 рублей?",
        "сколько стоит ксерокопия, 5 рублей за страницу?",
        "потеряла «Дюну», на ней цена 500 рублей, твёрдый переплёт, сколько платить?",
        "есть «Дюна» в твёрдом переплёте?",
        "",
    ],
)
def test_a_message_that_holds_no_page_stays_as_it_is(said: str) -> None:
    assert pasted.plain(said) == said


def test_delivery_on_a_page_of_a_shop_is_no_question_about_delivery() -> None:
    said = 'Книга "Убить пересмешника" Харпер Ли - купить в интернет-магазине, цена 550 рублей, доставка. Есть у вас?'

    request = PhraseUnderstanding().understand(said)[0]

    assert (request.intent, request.rest, request.slots["title"]) == (
        "search",
        "Убить пересмешника",
        "Убить пересмешника",
    )


def test_when_a_shop_delivers_is_no_question_about_hours() -> None:
    said = "Ozon: Убить пересмешника. Харпер Ли. Мягкая обложка. 250 ₽. Доставка завтра. А в библиотеке есть?"

    assert pasted.plain(said) == "Убить пересмешника. Харпер Ли. А в библиотеке есть?"
    assert [request.intent for request in PhraseUnderstanding().understand(said)] == ["search"]


def test_the_signs_of_a_shop_are_put_together_with_the_first_text_that_may_be_pasted() -> None:
    pasted.signs.cache_clear()

    pasted.plain("Мастер и Маргарита есть?")
    before = pasted.signs.cache_info().currsize
    pasted.plain("Мастер и Маргарита, 399 ₽, твёрдый переплёт")

    assert (before, pasted.signs.cache_info().currsize) == (0, 1)
