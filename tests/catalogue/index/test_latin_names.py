"""Foreign writers by their names in Latin letters, which Russian writes as they sound."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.ports.catalogue import Verdict, Wanted
from catalogue.index.latin_names import russian
from tests.catalogue.index.conftest import Find
from tests.catalogue.index.shelf import book, indexed


@pytest.mark.parametrize(
    ("latin", "name"),
    [
        ("Shakespeare", "шекспир"), ("Hemingway", "хемингуэй"), ("Christie", "кристи"), ("Verne", "верн"),
        ("Dumas", "дюма"), ("Remarque", "ремарк"), ("Salinger", "сэлинджер"), ("Camus", "камю"), ("Hesse", "гессе"),
        ("Wilde", "уайльд"), ("Twain", "твен"), ("Coelho", "коэльо"), ("Ishiguro", "исигуро"), ("Jansson", "янссон"),
        ("Stephen", "стивен"), ("Jules", "жюль"), ("Jane", "джейн"), ("Ray", "рэй"), ("Molière", "мольер"),
    ],
)  # fmt: skip
def test_a_name_is_known_by_its_sound(latin: str, name: str) -> None:
    assert name in [known for known, _ in russian(latin)]


@pytest.mark.parametrize("text", ["", "a", "rings", "programming", "1984", "война", "x" * 50, "peace"])
def test_what_sounds_like_nobody_is_nobody(text: str) -> None:
    assert russian(text) == ()


def test_every_likelihood_is_a_share() -> None:
    assert all(0.0 < fit <= 1.0 for word in ("King", "Mark", "Levy", "Dan") for _, fit in russian(word))


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("Jack London", "Зов предков"), ("Shakespeare", "Ромео и Джульетта"), ("Astrid Lindgren", "Пеппи Длинныйчулок"),
        ("Murakami", "Норвежский лес"), ("mark twain", "Приключения Тома Сойера"),
        ("Jules Verne", "Двадцать тысяч льё под водой"),
    ],
)  # fmt: skip
async def test_a_writer_is_found_by_the_latin_name(find: Find, asked: str, title: str) -> None:
    found = await find(asked)

    assert title in [work.title for work in found.works]


async def test_initials_in_latin_letters_are_the_writers_own(find: Find) -> None:
    found = await find("J. K. Rowling")

    assert {"Harry Potter and the Sorcerer's Stone", "Гарри Поттер и узник Азкабана"} <= {
        work.title for work in found.works
    }


async def test_a_book_in_english_stays_the_first(find: Find) -> None:
    assert (await find("Suzanne Collins hunger games")).works[0].title == "The Hunger Games (The Hunger Games, #1)"


@pytest.mark.parametrize("asked", ["The Shining", "the shining stephen king", "Stephen King Shining", "Сияние"])
async def test_a_translation_is_found_by_its_title_in_the_original(tmp_path: Path, asked: str) -> None:
    translated = replace(book("Сияние", "Кинг Стивен"), originals=("The Shining",))
    others = [book(f"Рассказы о погоде {number}-го года", "Петров П. П.") for number in range(60)]

    async with indexed(tmp_path, translated, book("Мизери", "Стивен Кинг"), *others) as catalogue:
        found = await catalogue.find(Wanted(text=asked))

    assert (found.verdict, found.works[0].title) == (Verdict.FOUND, "Сияние")


@pytest.mark.parametrize("said", ["we", "she", "yes"])
async def test_a_short_english_word_is_no_russian_one_on_the_other_layout(tmp_path: Path, said: str) -> None:
    """«We» gives «ше» on the same keys, which stands in records as initials and as what is left of a word."""
    shelf = (book("Компьютерные миры. Ше", "Ше В. В."), book("Про овец", "Ве Ш."), book("Лес", "Нуб С."))
    async with indexed(tmp_path, *shelf) as catalogue:
        assert (await catalogue.find(Wanted(text=said))).verdict is Verdict.NOTHING


@pytest.mark.parametrize(("said", "title"), [("vbh", "Мир"), ("zl", "Яд"), ("kit", "Кит")])
async def test_a_short_russian_word_in_latin_letters_is_read(tmp_path: Path, said: str, title: str) -> None:
    async with indexed(tmp_path, book("Мир", "А. А."), book("Яд", "Б. Б."), book("Кит", "В. В.")) as catalogue:
        assert (await catalogue.find(Wanted(text=said))).works[0].title == title
