"""A whole title and who wrote it were said: the book is no other, however much is said around them."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.ports.catalogue import Verdict, Wanted
from catalogue.finder import IndexedCatalogue
from tests.catalogue.index.shelf import book, indexed

SHELF = (
    book("Шантарам", "Робертс Грегори Дэвид"), book("Текст", "Глуховский Д."), book("Бедная Лиза", "Карамзин Н. М."),
    book("Театр", "Моэм У. С."), book("Жизнь", "Мопассан Г."),
    book("Мара и Морок", "Арден Л."), book("Мара и Морок. 500 лет назад", "Лия Арден"),
    book("Sapiens. Краткая история человечества", "Харари Ю. Н."), book("Дневник Кото-сапиенса", "Крюкова Т."),
    book("Твёрдый совет", "Ложкин А."), book("Смерть овала", "Семёнов И."), book("Вперед, Дживс", "Пэлем Грэнвилл"),
    book("Внучка", "Орлова О."), book("Незнайка на Луне", "Носов Н. Н."),
    book("Незнайка-путешественник", "Носов Н. Н."),
)  # fmt: skip


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def catalogue(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[IndexedCatalogue]:
    async with indexed(tmp_path_factory.mktemp("index"), *SHELF) as opened:
        yield opened


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("мне внучка советовала шантарам какого-то робертса", "Шантарам"),
        ("короче мне нужен этот глуховский текст", "Текст"),
        ("бедная лиза карамзина для девятиклассников", "Бедная Лиза"),
        ("внучек просил незнайку на луне", "Незнайка на Луне"),
    ],
)
async def test_words_that_are_the_readers_own_say_nothing_against_it(
    catalogue: IndexedCatalogue, said: str, title: str
) -> None:
    found = await catalogue.find(Wanted(text=said))
    assert (found.verdict, found.works[0].title) == (Verdict.FOUND, title)


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("моэм театр если не на руках в субботу утром", "Театр"),
        ("китоб алхимия текст глуховского крокодил", "Текст"),
    ],
)
async def test_what_else_is_said_makes_it_a_question_and_never_a_no(
    catalogue: IndexedCatalogue, said: str, title: str
) -> None:
    found = await catalogue.find(Wanted(text=said))
    assert (found.verdict, found.works[0].title) == (Verdict.NEAR, title)


async def test_a_title_alone_is_not_believed_so(catalogue: IndexedCatalogue) -> None:
    """«Жизнь» is in many messages: only the surname beside it tells that the book is meant."""
    assert (await catalogue.find(Wanted(text="мне нужен этот текст"))).verdict is not Verdict.FOUND
    assert (await catalogue.find(Wanted(text="какая короткая и трудная жизнь"))).verdict is not Verdict.FOUND


async def test_a_given_name_is_no_reason_to_pass_over_records_with_the_initial(catalogue: IndexedCatalogue) -> None:
    found = await catalogue.find(Wanted(text="мара и морок лия арден"))
    assert [work.title for work in found.works[:2]] == ["Мара и Морок", "Мара и Морок. 500 лет назад"]


async def test_a_latin_title_is_found_in_russian_letters(catalogue: IndexedCatalogue) -> None:
    found = await catalogue.find(Wanted(text="сапиенс харари"))
    assert (found.verdict, found.works[0].author) == (Verdict.FOUND, "Харари Ю. Н.")


async def test_a_verb_is_not_two_words(catalogue: IndexedCatalogue) -> None:
    """«Советовала» is no «совет овала»."""
    question, _ = catalogue.ranked(Wanted(text="советовала"))
    assert [word.text for word in question.words] == ["советовала"]


async def test_a_record_with_the_given_names_alone_is_found_by_the_surname(catalogue: IndexedCatalogue) -> None:
    assert (await catalogue.find(Wanted(text="вудхаус дживс"))).works[0].title == "Вперед, Дживс"
