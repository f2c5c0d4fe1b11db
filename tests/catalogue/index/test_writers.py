"""A writer's name alone: what the writer wrote, what is asked for most first, also where the name is misspelt."""

from dataclasses import replace

import pytest

from bot.asking import look_up
from bot.ports.catalogue import Found, Taste
from catalogue.finder import IndexedCatalogue
from tests.catalogue.index.shelf import book
from understanding.understander import PhraseUnderstanding

LIBRARY = (
    book("Булгаков. Мистический мастер", "Соколов Борис"),
    book("Булгаков. Критика и анализ", "Трунин Константин"),
    book("Воспоминание о Булгаковых", "Вяземский Пётр"),
    book("Багровый остров", "Булгаков Михаил"),
    book("Мастер и Маргарита", "Булгаков Михаил", grade="11", copies=12),
    book("Собачье сердце", "Булгаков Михаил", grade="9"),
    replace(book("Обществознание. 10 класс", "Булгаков С. А.", grade="10"), copies=30),
    book("Шолох. Теневые блики", "Крейн Антонина"),
    book("Шолох. Призрачные рощи", "Крейн Антонина"),
    book("Шолох. Академия Буря", "Крейн Антонина"),
    book("Тихий Дон", "Шолохов М. А.", grade="11", copies=4),
    book("Нахалёнок", "Шолохов М. А."),
    book("Бедные люди", "Достоевский Ф. М."),
    book("Преступление и наказание", "Достоевский Ф. М.", grade="10", copies=9),
    *(book(f"К портрету {number}", "Пушкин А. С.") for number in range(50)),
    book("Пушкин", "Мережковский Дмитрий", copies=3),
    book("Капитанская дочка", "Пушкин А. С.", grade="8"),
    book("Белый клык", "Лондон Джек"),
    book("Симфония", "Белый Андрей"),
)


async def _answer(library: IndexedCatalogue, asked: str) -> Found:
    return (await look_up(library, PhraseUnderstanding().understand(asked)[0]))[0]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("булгакв", "Мастер и Маргарита"),
        ("есть ли булгакв", "Мастер и Маргарита"),
        ("булгаков", "Мастер и Маргарита"),
        ("шолахов", "Тихий Дон"),
        ("дастаевский", "Преступление и наказание"),
        ("федор дастаевский", "Преступление и наказание"),
        ("что есть у Пушкина", "Капитанская дочка"),
        ("а пушкин есть?", "Капитанская дочка"),
        ("Пушкин", "Капитанская дочка"),
        ("пушкен", "Капитанская дочка"),
        ("белый клик", "Белый клык"),
    ],
)
async def test_a_writer_named_alone_is_answered_with_the_best_known_work(
    library: IndexedCatalogue, asked: str, first: str
) -> None:
    found = await _answer(library, asked)

    assert found.works[0].title == first


@pytest.mark.asyncio(loop_scope="module")
async def test_a_namesakes_textbooks_come_behind_a_writers_books(library: IndexedCatalogue) -> None:
    found = await library.suggest(Taste(author="Булгаков"), 4)

    assert [work.title for work in found.works] == [
        "Мастер и Маргарита",
        "Собачье сердце",
        "Багровый остров",
        "Обществознание. 10 класс",
    ]
