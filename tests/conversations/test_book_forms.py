"""«Есть ли это аудиокнигой?»: the form of a book that is asked for."""

from dataclasses import replace

import pytest

from bot.library.model import Kind
from tests.support.fake_library import (
    CENTRAL,
    FakeCatalogue,
    at,
    edition,
)
from tests.support.reader import Reader


# --- the form of a book ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "heard"),
    [
        ("аудиокнига Щегол", "Аудиокниги в каталоге не вижу, есть книга."),
        ("Щегол в электронном виде", "Электронной версии в каталоге не вижу."),
        ("Щегол крупным шрифтом", "Есть ли она в таком издании, в каталоге не сказано: спросите библиотекаря."),
        ("Щегол в твёрдом переплёте", "Есть ли она в таком издании, в каталоге не сказано: спросите библиотекаря."),
        ("Щегол на английском", "Издания на этом языке в каталоге не вижу."),
    ],
)
async def test_a_form_that_no_record_tells_of_is_told_to_be_unknown(
    reader: Reader, catalogue: FakeCatalogue, asked: str, heard: str
) -> None:
    catalogue.holds("Щегол", "Донна Тартт", at(CENTRAL, 1, 1), editions=(edition("Щегол", 2019),))

    await reader.says(asked)

    reader.hears(heard)
    reader.hears("Щегол")


@pytest.mark.parametrize(
    ("asked", "had", "heard"),
    [
        ("аудиокнига Щегол", {"kind": Kind.AUDIO}, "В звукозаписи она есть."),
        ("Щегол в электронном виде", {"url": "https://example.org/1"}, "В электронном виде она есть."),
        ("Щегол крупным шрифтом", {"title": "Щегол (крупный шрифт, для слабовидящих)"}, "Такое издание есть."),
    ],
)
async def test_a_form_that_an_edition_has_is_told(
    reader: Reader, catalogue: FakeCatalogue, asked: str, had: dict[str, object], heard: str
) -> None:
    one = replace(edition("Щегол", 2019), **had)  # type: ignore[arg-type]
    catalogue.holds("Щегол", "Донна Тартт", at(CENTRAL, 1, 1), editions=(one,))

    await reader.says(asked)

    reader.hears(heard)


async def test_who_asks_for_no_form_hears_of_none(reader: Reader, catalogue: FakeCatalogue) -> None:
    catalogue.holds("Щегол", "Донна Тартт", at(CENTRAL, 1, 1), editions=(edition("Щегол", 2019),))

    await reader.says("Щегол")

    reader.hears_nothing_of("каталоге не")


async def test_of_several_books_those_in_the_language_are_told(reader: Reader, catalogue: FakeCatalogue) -> None:
    for title in ("Идиот", "Бесы"):
        catalogue.holds(title, "Фёдор Достоевский", at(CENTRAL, 1, 1), editions=(edition(title, 2019),))
    await reader.says("Достоевский на английском есть?")
    reader.hears("Среди этих книг такого издания не вижу: спросите библиотекаря. Нашлось несколько книг.")
    reader.may_press("Идиот, Фёдор Достоевский", "Бесы, Фёдор Достоевский")

    for title, english in (("Игрок", "The Gambler"), ("Двойник", "The Double")):
        catalogue.holds(title, "Фёдор Достоевский", at(CENTRAL, 1, 1), editions=(edition(english, 2019),))
    await reader.says("Достоевский на английском есть?")
    reader.hears("Нашлось несколько книг.")
    reader.hears_nothing_of("издания не вижу")
    assert [one.label for one in reader.offered()][:2] == ["Игрок, Фёдор Достоевский", "Двойник, Фёдор Достоевский"]
