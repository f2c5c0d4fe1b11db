"""«Как записаться?»"""

import pytest

from tests.support.fake_library import FakeFaq
from tests.support.reader import Reader


async def test_the_librarys_own_words_are_the_answer(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("join", "Приходите с паспортом. Запись бесплатная.", url="https://example.org/join")

    await reader.says("как записаться в библиотеку?")

    reader.hears("Приходите с паспортом. Запись бесплатная.", "Подробнее")
    assert reader.heard[0].marks[-1].url == "https://example.org/join"


async def test_a_child_has_a_rule_of_its_own(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("join", "Приходите с паспортом.")
    faq.answers("join.child", "Ребёнка записывает родитель.")

    await reader.says("как записать ребенка в библиотеку")

    reader.hears("Ребёнка записывает родитель.")
    reader.hears_nothing_of("Приходите с паспортом.")


async def test_without_a_rule_for_the_case_the_general_one_is_told(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("join", "Приходите с паспортом.")

    await reader.says("как записать ребенка в библиотеку")

    reader.hears("Приходите с паспортом.")


async def test_a_rule_that_nobody_wrote_is_not_invented(reader: Reader) -> None:
    await reader.says("как записаться в библиотеку?")

    reader.hears("библиотека мне пока не написала", "8 (86546) 3-11-22")
    reader.hears_nothing_of("паспорт")
    reader.may_press("Позвать библиотекаря")
    assert reader.last_message.outcome == "missed"


async def test_a_link_that_is_no_web_page_is_not_shown(reader: Reader, faq: FakeFaq) -> None:
    faq.answers("join", "Приходите.", url="javascript:alert(1)")

    await reader.says("как записаться")

    assert reader.heard[0].marks == ()


@pytest.mark.parametrize("asked", ["как записаться и сколько стоит?", "что нужно для записи и сколько это стоит"])
async def test_who_asks_how_and_for_how_much_hears_both(reader: Reader, faq: FakeFaq, asked: str) -> None:
    faq.answers("join", "Приходите с паспортом.")
    faq.answers("join.price", "Запись бесплатная.")

    await reader.says(asked)

    reader.hears("Приходите с паспортом.", "Запись бесплатная.")


@pytest.mark.parametrize("asked", ["сколько стоит записаться?", "запись у вас платная?"])
async def test_who_asks_for_the_price_alone_hears_it_alone(reader: Reader, faq: FakeFaq, asked: str) -> None:
    faq.answers("join", "Приходите с паспортом.")
    faq.answers("join.price", "Запись бесплатная.")

    await reader.says(asked)

    reader.hears("Запись бесплатная.")
    reader.hears_nothing_of("Приходите с паспортом.")
