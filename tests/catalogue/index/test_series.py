"""The parts of a series by their numbers, and an honest list where no record tells which part it is."""

from pathlib import Path

import pytest

from bot.ports.catalogue import Verdict, Wanted
from catalogue.finder import IndexedCatalogue
from catalogue.index.terms import volumes_in
from tests.catalogue.index.shelf import book, indexed

LIBRARY = (
    book("Последнее желание", "Сапковский А.", series=("Ведьмак", "1")),
    book("Меч предназначения", "Сапковский А.", series=("Ведьмак", "2")),
    book("Кровь эльфов", "Сапковский А.", series=("Ведьмак #3", "")),
    book("Ведьмак", "Сапковский А.", copies=9),
    book("Ведьмак. Весь цикл в одном томе", "Сапковский А."),
    book("Ночной дозор", "Лукьяненко С. В."),
    book("Дневной дозор", "Лукьяненко С. В."),
    book("Таня Гроттер и магический контрабас", "Емец Д.", copies=4),
    book("Таня Гроттер и трон Древнира", "Емец Д.", copies=2),
    book("Таня Гроттер. Путеводитель", "Кто-то К."),
    book("Гарри Поттер. Трёхмерная карта", "Рейнарт М.", copies=20),
    book("Гарри Поттер. Полная коллекция", "Роулинг Дж.", copies=9),
    book("Гарри Поттер и Кубок огня", "Роулинг Дж.", copies=5),
    book("Гарри Поттер и Дары смерти", "Роулинг Дж.", copies=7),
    book("Гарри Поттер и Тайная комната", "Роулинг Дж.", copies=3),
    book("Метро 2033", "Глуховский Д."),
    book("Три товарища", "Ремарк Э. М."),
    *(book(f"Книга о погоде {number}-го года", "Петров П.") for number in range(100, 140)),
)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Ведьмак 3", "Кровь эльфов"), ("ведьмак III", "Кровь эльфов"), ("ведьмак три", "Кровь эльфов"),
        ("ведьмак часть 2", "Меч предназначения"), ("ведьмак книга вторая", "Меч предназначения"),
        ("первая книга ведьмака", "Последнее желание"), ("Ведьмак №3", "Кровь эльфов"),
        ("сапковский ведьмак 2", "Меч предназначения"),
    ],
)  # fmt: skip
async def test_a_series_and_a_number_are_that_part(library: IndexedCatalogue, text: str, title: str) -> None:
    found = await library.find(Wanted(text=text))

    assert (found.verdict, found.works[0].title) == (Verdict.FOUND, title)


async def test_a_part_that_no_record_numbers_is_asked_about(library: IndexedCatalogue) -> None:
    found = await library.find(Wanted(text="Ночной дозор 2"))

    assert (found.verdict, found.works[0].title) == (Verdict.NEAR, "Ночной дозор")


async def test_of_an_unnumbered_series_its_books_are_offered_first(library: IndexedCatalogue) -> None:
    found = await library.find(Wanted(text="Таня Гроттер 2"))

    assert found.verdict in (Verdict.CHOICE, Verdict.NEAR)
    assert [work.title for work in found.works][:2] == [
        "Таня Гроттер и магический контрабас",
        "Таня Гроттер и трон Древнира",
    ]


@pytest.mark.parametrize("title", ["Метро 2033", "Три товарища"])
async def test_a_number_of_the_title_is_no_part(library: IndexedCatalogue, title: str) -> None:
    assert (await library.find(Wanted(text=title))).verdict is Verdict.FOUND


def test_a_cycle_in_one_volume_is_no_first_volume() -> None:
    assert volumes_in(["весь", "цикл", "в", "одном", "томе"])[1] == []


async def test_of_a_series_what_there_is_most_of_comes_first_and_no_book_for_its_short_title(
    library: IndexedCatalogue,
) -> None:
    found = await library.find(Wanted(text="гарри поттер"))

    assert found.verdict is Verdict.CHOICE
    assert [work.title for work in found.works][:3] == [
        "Гарри Поттер и Дары смерти", "Гарри Поттер и Кубок огня", "Гарри Поттер и Тайная комната",
    ]  # fmt: skip


async def test_words_that_a_series_has_by_chance_name_no_book(tmp_path: Path) -> None:
    """«Им» of «Когда им было двадцать» is «оно» in another form, and most of that name was not said."""
    shelf = (
        book("Иван Земнухов", "Башков В. П.", series=("Когда им было двадцать", "")),
        book("Есть, молиться, любить", "Гилберт Э."), book("Книга джунглей", "Киплинг Р."),
        *(book(f"Книга {number}. Что есть город", f"Орлов {number}.") for number in range(1, 11)),
    )  # fmt: skip
    async with indexed(tmp_path, *shelf) as catalogue:
        found = await catalogue.find(Wanted(text="есть книга оно"))
    assert found.verdict is not Verdict.FOUND


async def test_a_surname_of_two_letters_has_no_other_forms(tmp_path: Path) -> None:
    async with indexed(tmp_path, book("Консультант", "Им Сон Сун"), book("Оно", "Кинг Стивен")) as catalogue:
        assert [work.title for work in (await catalogue.find(Wanted(text="книга оно"))).works] == ["Оно"]
        assert (await catalogue.find(Wanted(text="им сон сун"))).works[0].title == "Консультант"
