"""«Где вы находитесь?»"""

import pytest

from tests.support.clock import StandingClock
from tests.support.fake_library import FakeBranches, FakeCatalogue, FakeFaq, sample_library
from tests.support.reader import Reader


async def test_the_address_comes_with_the_way_the_hours_and_a_map_point(reader: Reader) -> None:
    await reader.says("где вы находитесь?")

    reader.hears(
        "Центральная библиотека",
        "с. Донское, ул. Ленина, 5",
        "напротив почты",
        "Сейчас открыто. Перерыв с 13:00 до 14:00, потом работаем до 19:00.",
    )
    point = reader.sees_on_map()
    assert (point.latitude, point.longitude, point.title) == (45.46, 41.98, "Центральная библиотека")


async def test_a_branch_that_is_named_is_the_one_that_is_told(reader: Reader) -> None:
    await reader.says("как доехать до детской библиотеки")

    reader.hears("Детская библиотека", "с. Донское, ул. Школьная, 1")


async def test_the_nearest_in_a_village_is_that_villages(reader: Reader) -> None:
    await reader.says("где ближайшая библиотека в Сосновке")

    reader.hears("Сосновская сельская библиотека", "с. Сосновка, ул. Садовая, 12")
    reader.hears_nothing_of("Детская библиотека")


async def test_the_nearest_library_is_for_the_reader_to_pick(reader: Reader) -> None:
    await reader.says("где ближайшая библиотека")

    reader.hears("Центральная библиотека: с. Донское", "Сосновская сельская библиотека: с. Сосновка, ул. Садовая, 12")


async def test_all_addresses_are_one_press_away(reader: Reader) -> None:
    await reader.says("ваш адрес")
    await reader.presses("Все адреса")

    reader.hears("Наши адреса:", "Детская библиотека: с. Донское, ул. Школьная, 1")


@pytest.mark.parametrize("said", ["филиалы", "все адреса", "какие у вас филиалы?", "branches"])
async def test_who_asks_for_all_addresses_hears_them(reader: Reader, said: str) -> None:
    await reader.says(said)

    reader.hears("Центральная библиотека: с. Донское", "Детская библиотека: с. Донское, ул. Школьная, 1")


async def test_a_branch_is_found_by_its_number_in_words(reader: Reader) -> None:
    await reader.says("адрес седьмого филиала")

    reader.hears("Сосновская сельская библиотека")


async def test_the_hours_of_the_place_are_one_press_away(reader: Reader) -> None:
    await reader.says("где детская библиотека")
    await reader.presses("Часы работы")

    reader.hears("Детская библиотека", "Пн–Пт: с 10:00 до 18:00")


async def test_an_address_that_nobody_has_told_is_not_invented(
    clock: StandingClock, catalogue: FakeCatalogue, faq: FakeFaq
) -> None:
    reader = Reader(sample_library(catalogue, faq, FakeBranches()), clock)

    await reader.says("где вы находитесь?")

    reader.hears("Адреса пока не знаю: Труновская районная библиотека.")
    reader.may_press("Позвать библиотекаря")


async def test_a_village_where_we_are_not_is_not_answered_with_the_main_address(reader: Reader) -> None:
    for asked in (
        "есть ли филиал в селе Малиновка?",
        "где ваша библиотека в Малиновке",
        "до скольки филиал в селе Малиновка?",
    ):
        await reader.says(asked)

        reader.hears("Нашей библиотеки там не вижу: «Малинов")
        reader.hears_nothing_of("Центральная библиотека")


async def test_our_own_village_is_known_in_any_case(reader: Reader) -> None:
    await reader.says("где библиотека в селе Сосновка?")

    reader.hears("Сосновская сельская библиотека")
