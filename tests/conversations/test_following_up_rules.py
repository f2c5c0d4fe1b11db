"""«И на сколько?», «сколько это стоит?», «а в детской тоже печатают?»: a few words on rules."""

import pytest

from tests.support.fake_library import FakeFaq
from tests.support.reader import Reader


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("и на сколько?", "На две недели."),
        ("а на какой срок", "На две недели."),
        ("сколько это стоит", "Бесплатно всё."),
    ],
)
async def test_a_few_words_behind_a_rule_ask_for_the_next_one(
    reader: Reader, faq: FakeFaq, asked: str, told: str
) -> None:
    faq.answers("rules.limit", "До пяти книг.")
    faq.answers("rules.term", "На две недели.")
    faq.answers("rules.price", "Бесплатно всё.")
    await reader.says("сколько книг можно взять?")

    await reader.says(asked)

    reader.hears(told)


async def test_a_rule_that_tells_its_price_is_told_again(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("rules.print", "Лист 5 рублей.")
    faq.answers("rules.price", "Бесплатно всё.")
    await reader.says("можно распечатать?")

    await reader.says("а сколько")
    reader.hears("Лист 5 рублей.")

    await reader.says("сколько стоит билет")
    reader.hears_nothing_of("Лист 5 рублей.")


async def test_a_rule_asked_of_another_building_is_no_question_for_its_hours(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("rules.print", "Печатаем в центральной и детской.")
    await reader.says("до скольки вы сегодня?")

    await reader.says("а в детской тоже печатают")
    reader.hears("Печатаем в центральной и детской.")


async def test_another_building_behind_hours_is_still_asked_for_its_own(reader: Reader) -> None:
    await reader.says("до скольки вы сегодня?")

    await reader.says("а в детской тоже?")
    reader.hears("Детская библиотека")


@pytest.mark.parametrize(
    "asked",
    [
        "такую же не нашёл",
        "а если такой же нет в продаже?",
        "а другую можно?",
        "а деньгами можно?",
        "а если она дорогая?",
        "можно вернуть похожую?",
    ],
)
async def test_what_may_stand_for_a_lost_book_is_asked_of_its_rule(reader: Reader, faq: FakeFaq, asked: str) -> None:
    faq.answers("rules.lost", "Книгу можно заменить такой же или равноценной.")
    faq.answers("rules.conduct", "С едой нельзя.")
    await reader.says("потеряли книгу")

    await reader.says(asked)

    reader.hears("Книгу можно заменить такой же или равноценной.")
    reader.may_press("Позвать библиотекаря")


async def test_behind_another_rule_such_words_ask_for_nothing_lost(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("rules.lost", "Книгу можно заменить такой же или равноценной.")
    faq.answers("rules.limit", "До пяти книг.")
    await reader.says("сколько книг можно взять?")

    await reader.says("а другую можно?")

    reader.hears_nothing_of("До пяти книг.", "заменить такой же")


async def test_behind_the_rule_of_lost_books_a_book_is_still_a_book(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("rules.lost", "Книгу можно заменить такой же или равноценной.")
    await reader.says("потеряли книгу")

    await reader.says("другая жизнь")

    reader.hears_nothing_of("заменить такой же")
