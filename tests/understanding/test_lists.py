"""Where a message is a list of books, and where it only looks like one."""

import pytest

from understanding.listing import listed
from understanding.understander import PhraseUnderstanding


@pytest.fixture(scope="module")
def reader() -> PhraseUnderstanding:
    return PhraseUnderstanding()


@pytest.mark.parametrize(
    ("said", "count"),
    [
        ("Война и мир; Анна Каренина; Идиот; Бесы", 4),
        ("1. Обломов\n2) Мцыри\n3. Гроза", 3),
        ("Забронируйте, пожалуйста: Обломов, Мцыри, Гроза", 3),
        ("- Обломов\n- Мцыри\n- Обломов\n- Ася", 3),
        ("Обломов\nМцыри\nГроза\nАся\nВий\nМуму", 6),
        ("Обломов, Мцыри, Гроза, " * 30, 3),
        ("; ".join(f"Повесть о числе {number}" for number in range(100)), 100),
    ],
)
def test_a_list_is_one_request_that_knows_how_many(reader: PhraseUnderstanding, said: str, count: int) -> None:
    (request,) = reader.understand(said)

    assert (request.intent, request.slots["of"]) == ("search", str(count))
    assert len(request.slots["listed"].split("\n")) == min(count, 10)


@pytest.mark.parametrize(
    "said",
    [
        "Здравствуйте, у меня вопрос: хочу записаться, взять с собой паспорт, и фотографию",
        "Буря мглою небо кроет,\nВихри снежные крутя;\nТо, как зверь, она завоет,\nТо заплачет, как дитя,\n"
        "То по кровле обветшалой\nВдруг соломой зашумит,",
        "Дюна\nФрэнк Герберт\nАСТ\n2019\n600 руб",
        "Название: Дюна\nАвтор: Герберт\nИздательство: АСТ\nISBN: 978-5-17-087885-8\nГод: 2019\nСтраниц: 704",
        "Где вы? Когда открыты? Как записаться? Какие мероприятия?",
        "война и мир, анна каренина",
        "Обломов\n" * 20,
    ],
)
def test_what_only_looks_like_a_list_is_none(reader: PhraseUnderstanding, said: str) -> None:
    assert all("listed" not in request.slots for request in reader.understand(said))


def test_a_word_of_politeness_is_none_of_the_listed_books(reader: PhraseUnderstanding) -> None:
    (request,) = reader.understand("Забронируйте список: Муму, Вий, Нос, пожалуйста")

    assert request.slots["listed"] == "Муму\nВий\nНос"


def test_a_remark_with_commas_behind_a_colon_is_no_list(reader: PhraseUnderstanding) -> None:
    said = "В карточке у книги неверно указан год: не 1987, а 1887. Исправьте, пожалуйста."

    assert all("listed" not in request.slots for request in reader.understand(said))


def test_only_a_number_before_a_title_is_cut_off() -> None:
    listed_there = listed("Ищу книги: Брестский мир 1918. Итоги, Нос, Вий")

    assert listed_there is not None
    assert listed_there.titles == ("Брестский мир 1918. Итоги", "Нос", "Вий")


@pytest.mark.parametrize(
    ("said", "titles"),
    [
        (
            "нужны 1) Недоросль 2) Горе от ума 3) Кому на Руси жить хорошо",
            ["Недоросль", "Горе от ума", "Кому на Руси жить хорошо"],
        ),
        (
            "Для курсовой: 1. Бахтин. Эстетика. Слово 2. Лотман Структура 3. «Поэтика»",
            ["Бахтин. Эстетика. Слово", "Лотман Структура", "Поэтика"],
        ),
    ],
)
def test_numbers_inside_a_line_begin_its_titles(said: str, titles: list[str]) -> None:
    found = listed(said)

    assert found is not None
    assert list(found.titles) == titles


@pytest.mark.parametrize(
    "said", ["мастер и маргарита 2. том", "в 1. классе мы учим 2. язык", "Палата № 6. Дама 2) с собачкой"]
)
def test_other_numbers_begin_none(said: str) -> None:
    assert listed(said) is None
