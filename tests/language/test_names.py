"""Names of writers in any case, order and spelling."""

import pytest

from bot.language import names


@pytest.mark.parametrize(
    ("said", "surname", "initials"),
    [
        ("л н толстой", "толстой", "лн"),
        ("толстого л н", "толстой", "лн"),
        ("толстой л", "толстой", "л"),
        ("льва толстого", "толстой", "л"),
        ("булг", "булгаков", ""),
        ("достоевск", "достоевский", ""),
        ("донцовой", "донцова", ""),
        ("улицкую", "улицкая", ""),
        ("стругацких", "стругацкий", ""),
        ("стивену кингу", "кинг", "с"),
        ("дж к роулинг", "роулинг", "дк"),
        ("жюля верна", "верн", "ж"),
        ("эрих мария ремарк", "ремарк", "эм"),
        ("грибоедова", "грибоедов", ""),
    ],
)
def test_a_name_is_read_in_any_case_and_order(said: str, surname: str, initials: str) -> None:
    read = names.readings(said.split())[0]

    assert (read.surname, read.initials) == (surname, initials)


@pytest.mark.parametrize("said", ["война и мир", "белый клык", "красное и черное", "", "л н", "мастер"])
def test_a_title_is_no_name(said: str) -> None:
    assert names.readings(said.split()) == ()


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("война и мир толстого", "толстого"),
        ("книги рэя брэдбери", "рэя брэдбери"),
        ("л н толстой война и мир", "л н толстой"),
        ("детективы донцовой", "донцовой"),
        ("зов предков джек лондон", "джек лондон"),
        ("горе от ума грибоедов", "грибоедов"),
    ],
)
def test_a_name_is_found_beside_a_title(said: str, name: str) -> None:
    words = said.split()
    found = names.find(words)

    assert found is not None
    assert " ".join(words[found[0] : found[1]]) == name


@pytest.mark.parametrize("said", ["белый клык", "над пропастью во ржи", "красная шапочка", "горькая луна"])
def test_an_ordinary_word_is_taken_for_no_name(said: str) -> None:
    assert names.find(said.split()) is None


def test_one_writer_under_several_names() -> None:
    assert "акунин" in names.pseudonyms("чхартишвили")
    assert "толкин" in names.pseudonyms("толкиен")
    assert names.pseudonyms("пушкин") == ()


def test_the_best_known_bearer_comes_first() -> None:
    assert names.surnames("булгакова")[0] == "булгаков"
    assert names.weight("пушкин") > names.weight("кунц") > names.weight("никто") == 0


def test_given_names_are_told_from_other_words() -> None:
    assert names.given_name("льва") == "лев"
    assert names.given_name("рэй") == "рэй"
    assert names.given_name("стол") == ""
