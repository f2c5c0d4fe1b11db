"""What is said around a title, and what only looks so."""

import pytest

from understanding.circumstances import without


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("граф монтекристо обе части", "граф монтекристо"),
        ("Унесённые ветром, оба тома?", "Унесённые ветром"),
        ("Гарри Поттер все его книги", "Гарри Поттер"),
        ("тихий дон все части в центральной библиотеке", "тихий дон"),
        ("мне 14 и мне нужен граф монтекристо", "граф монтекристо"),
        ("14 лет, ищу остров сокровищ", "остров сокровищ"),
        ("Здравствуйте! Моей дочке 8 лет, нужна книга Денискины рассказы", "Денискины рассказы"),
        ("сыну 10, хочу почитать Таинственный остров", "Таинственный остров"),
        ("внучке 6 годиков, есть ли у вас мойдодыр", "мойдодыр"),
    ],
)
def test_who_asks_and_that_all_parts_are_wanted_is_no_part_of_a_title(text: str, title: str) -> None:
    assert without("search", text) == title


@pytest.mark.parametrize(
    "text",
    [
        "мы все",
        "Все книги мира",
        "Обе",
        "Том Сойер",
        "12 стульев",
        "мне 10 лет",
        "Мне 40 лет, и я ничего не хочу",
        "20 000 лье под водой",
        "1984 нужен",
        "Меню на неделю",
    ],
)
def test_a_title_keeps_its_own_words(text: str) -> None:
    assert without("search", text) == text
