"""Works chosen by subject, kind, age, class: what the records tell and no more."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.bibliography import IndexEntry
from bot.ports.catalogue import Suggested, Taste, Wish
from catalogue.finder import IndexedCatalogue
from tests.catalogue.index.shelf import book, indexed


def told(title: str, author: str = "", *, copies: int = 1, **records: Any) -> IndexEntry:
    return replace(book(title, author, copies=copies), **records)


LIBRARY = (
    told("Ископаемые", "Петров П.", subjects=("Динозавры — Детская литература",), age_mark=6),
    told("Динозавры: энциклопедия", "Иванов И.", age_mark=12),
    told("Древние ящеры", "Сидоров С.", udc=("568.19",), age_mark=0),
    told("Эвкалипты", "Донцова Дарья", genres=("Детектив",), age_mark=16, copies=9),
    told("Привидение", "Донцова Дарья", genres=("Детектив",), age_mark=16),
    told("Лак", "Донцова Дарья", genres=("Кулинария",)),
    told("Стилист", "Маринина А.", genres=("Детективы",)),
    told("Кому на Руси жить", "Некрасов Н. А.", bbk=("84(2Рос=Рус)1-5",)),
    told("Кортик", "Рыбаков А. Н.", grade="5"),
    told("Яма", "Куприн А. И.", grade="11"),
    told("Штрек", "Мельник В. В.", genres=("Горное дело",)),
    told("Незнайка", "Носов Н. Н.", grade="3"),
    told("Дневник", "Кин Э.", annotation="Записки мальчика, который стал волшебником.", year=2019),
    told("Свежее", "Новиков Н.", year=2026),
    told("Почти свежее", "Новиков Н.", year=2025),
    told("Foundation", "Asimov I.", genres=("Science fiction",)),
    told("A Short History of Nearly Everything", "Bryson B.", subjects=("Science — History",)),
    told("Emma", "Austen J.", genres=("Domestic fiction",), languages=("eng",)),
    told("Шүрәле", "Тукай Г.", languages=("tat",), genres=("Сказки",)),
    told("Сказки", "Тукай Г.", languages=("rus", "tat"), genres=("Сказки",)),
    told("Водяная", "Тукай Г.", languages=("rus",), genres=("Сказки",)),
)


def titles(found: Suggested) -> list[str]:
    return [work.title for work in found.works]


@pytest.mark.parametrize(
    ("taste", "first"),
    [
        (Taste(subject="динозавров", age=6), ["Ископаемые", "Древние ящеры"]),
        (Taste(subject="динозавров"), ["Ископаемые", "Древние ящеры", "Динозавры: энциклопедия"]),
        (Taste(genre="детективы", author="Донцовой"), ["Эвкалипты", "Привидение"]),
        (Taste(genre="стихи", author="Некрасова"), ["Кому на Руси жить"]),
        (Taste(grade=5), ["Кортик"]),
        (Taste(subject="мальчика волшебника"), ["Дневник"]),
        (Taste(newest=True), ["Свежее", "Почти свежее"]),
        (Taste(genre="фантастика"), ["Foundation"]),
        (Taste(languages=("tat",)), ["Шүрәле", "Сказки"]),
        (Taste(genre="сказки", languages=("rus",)), ["Сказки", "Водяная"]),
        (Taste(genre="детектив", languages=("ger", "deu")), []),
        (Taste(subject="science"), ["Foundation", "A Short History of Nearly Everything"]),
    ],
)
async def test_works_are_chosen_by_what_their_records_tell(
    library: IndexedCatalogue, taste: Taste, first: list[str]
) -> None:
    found = await library.suggest(taste)

    assert sorted(titles(found)) == sorted(first)


async def test_what_fits_no_reader_so_young_is_not_offered(library: IndexedCatalogue) -> None:
    found = await library.suggest(Taste(subject="динозавры", age=6))

    assert Wish.AGE in found.met
    assert "Динозавры: энциклопедия" not in titles(found)


@pytest.mark.parametrize(
    ("age", "first"),
    [(3, ["Древние ящеры"]), (9, ["Древние ящеры", "Ископаемые", "Незнайка"])],
)
async def test_a_child_is_offered_what_is_made_for_children_or_read_in_the_own_class(
    library: IndexedCatalogue, age: int, first: list[str]
) -> None:
    found = await library.suggest(Taste(age=age, children=True))

    assert Wish.AGE in found.met
    assert sorted(titles(found)) == first, "neither what the eleventh class reads nor what is about mining"


async def test_a_wish_that_no_record_bears_out_is_given_up_and_not_counted_as_met(library: IndexedCatalogue) -> None:
    found = await library.suggest(Taste(genre="фэнтези", author="Донцовой"))

    assert found.met == {Wish.AUTHOR}
    assert set(titles(found)) == {"Эвкалипты", "Привидение", "Лак"}


async def test_a_subject_is_never_given_up(library: IndexedCatalogue) -> None:
    assert not (await library.suggest(Taste(subject="вулканы", genre="детектив"))).works


async def test_who_says_nothing_gets_what_is_asked_for_most(library: IndexedCatalogue) -> None:
    """By copies and the school programme, if nothing tells what is fiction."""
    assert titles(await library.suggest(Taste()))[:4] == ["Кортик", "Яма", "Незнайка", "Эвкалипты"]


async def test_who_says_nothing_gets_fiction(tmp_path: Path) -> None:
    novels = [told(f"Роман {number}", bbk=("84(2)6",), copies=number) for number in range(30, 80)]
    async with indexed(tmp_path, told("Трудовой кодекс", bbk=("67.405",), copies=90), *novels) as catalogue:
        found = titles(await catalogue.suggest(Taste()))

    assert found[:2] == ["Роман 79", "Роман 78"]
    assert "Трудовой кодекс" not in found
