"""«А 9?» behind a textbook: the same of another class, or an honest none."""

import pytest

from tests.support.fake_library import CENTRAL, FakeCatalogue, at
from tests.support.reader import Reader


@pytest.fixture
async def pupil(reader: Reader, catalogue: FakeCatalogue) -> Reader:
    """Who was just shown an algebra of the eighth class."""
    catalogue.holds("Алгебра. 8 класс", "Макарычев Ю. Н.", at(CENTRAL, 1, 1))
    catalogue.holds("Алгебра. 9 класс", "Макарычев Ю. Н.", at(CENTRAL, 1, 1))
    catalogue.holds("Алгебра. 9 класс. Карты уроков", "Пелагейченко Н. Л.", at(CENTRAL, 1, 1))
    await reader.says("алгебра 8 класс макарычев")
    reader.hears("Алгебра. 8 класс, Макарычев Ю. Н.")
    return reader


@pytest.mark.parametrize("said", ["а 9?", "а за 9 класс", "а для девятого класса есть?", "а девятый?", "9 класс"])
async def test_the_same_textbook_of_another_class(pupil: Reader, said: str) -> None:
    await pupil.says(said)

    pupil.hears("Алгебра. 9 класс, Макарычев Ю. Н.")
    pupil.hears_nothing_of("Карты уроков")


async def test_by_another_author_where_the_same_wrote_none(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Окружающий мир. 2 класс", "Плешаков А.", at(CENTRAL, 1, 1))
    catalogue.holds("Окружающий мир. 1 класс", "Янычева Г.", at(CENTRAL, 1, 1))
    await reader.says("окружающий мир 2 класс")

    await reader.says("а за первый класс?")

    reader.hears("Окружающий мир. 1 класс, Янычева Г.")


async def test_a_textbook_for_several_classes_is_for_each(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Алгебра. Учебник для 8-10 классов", "Киселев А. П.", at(CENTRAL, 1, 1))
    await reader.says("алгебра киселев")

    await reader.says("а 9?")
    reader.hears("Он подходит и для 9 класса.", "Алгебра. Учебник для 8-10 классов")

    await reader.says("а 11?")
    reader.hears("«Алгебра» за 11 класс в каталоге не вижу. Класс там указан не всегда")
    reader.may_press("Позвать библиотекаря")


async def test_behind_another_book_a_class_is_no_textbook_of_it(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Каштанка", "Чехов А. П.", at(CENTRAL, 1, 1))
    await reader.says("каштанка")

    await reader.says("а за 9 класс?")

    reader.hears_nothing_of("Каштанка")


async def test_of_a_list_a_number_is_its_place(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Дом", "Андреев А.", at(CENTRAL, 1, 1))
    catalogue.holds("Дом", "Борисов Б.", at(CENTRAL, 1, 1))
    await reader.says("дом")

    await reader.says("а 2?")

    reader.hears("Дом, Борисов Б.")


async def test_of_a_book_in_volumes_it_is_the_volume(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Хождение по мукам. Том 1", "Толстой А. Н.", at(CENTRAL, 1, 1))
    catalogue.holds("Хождение по мукам. Том 2", "Толстой А. Н.", at(CENTRAL, 1, 1))
    await reader.says("хождение по мукам том 1")
    reader.hears("Том 1")

    await reader.says("а 2?")

    assert catalogue.asked[-1].volume == "2"


async def test_behind_what_is_read_in_a_class_a_number_is_another_one(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Сказка о царе Салтане", "Пушкин А. С.", at(CENTRAL, 1, 1))
    await reader.says("что читают в 5 классе")

    await reader.says("а в 6?")

    assert reader.conversation.dialogue.data["taste"]["taste"]["grade"] == 6
