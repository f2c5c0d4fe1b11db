"""«war and peace» in a catalogue of Russian books."""

import re
from collections import Counter
from pathlib import Path

import pytest

from bot.language.folding import words
from bot.ports.catalogue import Found, Verdict, Wanted
from catalogue.english_titles import in_english, listed
from tests.catalogue.index.shelf import book, indexed

_CYRILLIC, _LATIN = re.compile("[а-яё]", re.IGNORECASE), re.compile("[a-zé0-9 .,:!'’-]+", re.IGNORECASE)
_RUSSIAN_IN_LATIN = {"Quo vadis", "Generation P", "Sapiens", "1984"}
SHELF = (
    book("Война и мир", "Толстой Л. Н.", copies=9),
    book("Война и мир. Том 2", "Толстой Л. Н."),
    book("По страницам «Войны и мира»", "Долинина Н."),
    book("Превращение", "Иванова А."),
    book("Маленький принц"),
    book("Принц и нищий", "Твен М."),
    book("Гарри Поттер и философский камень", "Роулинг Дж."),
    book("Гордость и предубеждение", "Остин Дж."),
    book("Pride and Prejudice", "Austen J."),
)


async def _found(tmp_path: Path, said: str) -> Found:
    async with indexed(tmp_path, *SHELF) as catalogue:
        return await catalogue.find(Wanted(text=said))


@pytest.mark.parametrize(
    ("said", "title"),
    [
        ("war and peace", "Война и мир"),
        ("war and peace tolstoy", "Война и мир"),
        ("war and peece", "Война и мир"),
        ("war and peace part 2", "Война и мир. Том 2"),
        ("the little prince", "Маленький принц"),
        ("Harry Potter and the Sorcerer's Stone", "Гарри Поттер и философский камень"),
        ("voina i mir", "Война и мир"),
        ("pride and prejudice", "Pride and Prejudice"),
    ],
)
async def test_a_well_known_title_in_english_is_the_book_that_is_here(tmp_path: Path, said: str, title: str) -> None:
    found = await _found(tmp_path, said)

    assert (found.verdict, found.works[0].title) == (Verdict.FOUND, title)


@pytest.mark.parametrize("said", ["the metamorphosis", "crime and punishment", "the prince", "dead souls"])
async def test_what_is_not_here_is_not_told_in_english_either(tmp_path: Path, said: str) -> None:
    assert (await _found(tmp_path, said)).verdict is not Verdict.FOUND


async def test_russian_in_latin_letters_is_told_as_it_was_read(tmp_path: Path) -> None:
    async with indexed(tmp_path, book("Мастер и Маргарита", "Булгаков М.")) as catalogue:
        assert (await catalogue.find(Wanted(text="master i margarita"))).corrected == "мастер и маргарита"
        assert (await catalogue.find(Wanted(text="the master and margarita"))).corrected == ""


@pytest.mark.parametrize(
    ("title", "main", "author", "english"),
    [
        ("Война и мир", "Война и мир", "Толстой, Лев Николаевич", ("War and Peace",)),
        ("Война и мир: роман", "Война и мир", "Л. Толстой", ("War and Peace. роман",)),
        ("Война и мир", "Война и мир", "Долинина Н. Г.", ()),
        ("Война и мир", "Война и мир", "", ()),
        ("Белый Клык", "Белый Клык", "", ("White Fang",)),
        ("Превращение", "Превращение", "", ()),
        ("Детство", "Детство", "Толстой Л. Н.", ()),
        ("Детство", "Детство", "М. Горький", ("My Childhood",)),
        ("Дуэль", "Дуэль", "Чехов А. П.", ("The Duel",)),
    ],
)
def test_author_and_whole_title_must_agree(title: str, main: str, author: str, english: tuple[str, ...]) -> None:
    assert in_english(words(title), words(main), author) == english


def test_the_table_is_what_it_says() -> None:
    rows = list(listed())

    for names, russian, english in rows:
        assert all(map(_CYRILLIC.search, names)), names
        assert all(_CYRILLIC.search(title) or title in _RUSSIAN_IN_LATIN for title in russian), russian
        assert all(map(_LATIN.fullmatch, english)), english
    told = Counter((name, tuple(words(title))) for names, russian, _ in rows for name in names for title in russian)
    assert [one for one, times in told.items() if times > 1] == []
