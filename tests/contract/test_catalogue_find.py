"""What handlers may rely on when they ask the catalogue, of the fake and of the real index alike."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.library.model import WorkCard
from bot.ports.catalogue import Catalogue, Found, Taste, Verdict, Wanted, Wish
from catalogue.finder import IndexedCatalogue
from tests.catalogue.index.shelf import Shelf, book
from tests.support.fake_library import CENTRAL, FakeCatalogue, at, edition

ISBN = "9785170878895"
BOOKS = (
    ("Каштанка", "Чехов А. П.", ISBN),
    ("Вишнёвый сад", "Чехов А. П.", ""),
    ("Война и мир. Том 1", "Толстой Л. Н.", ""),
    ("Война и мир. Том 2", "Толстой Л. Н.", ""),
    ("Мастер и Маргарита", "Булгаков М. А.", ""),
)


@pytest.fixture(params=["fake", "index"])
async def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Catalogue]:
    """The same five books, behind each catalogue in turn."""
    if request.param == "fake":
        fake = FakeCatalogue()
        for title, author, isbn in BOOKS:
            fake.holds(title, author, at(CENTRAL, 1, 1), editions=[edition(title, 2015, "АСТ", isbn)])
        yield fake
        return
    shelf = Shelf(*(book(title, author, isbn=isbn) for title, author, isbn in BOOKS))
    real = IndexedCatalogue(tmp_path / "index", shelf, shelf)
    await real.start()
    yield real
    await real.aclose()


def titles(found: Found) -> list[str]:
    return [work.title for work in found.works]


@pytest.mark.parametrize("text", ["Каштанка", "каштанку", "каштанка чехов", "чехов каштанка", "каштанкка"])
async def test_a_book_is_found_inflected_misspelt_and_with_its_author(catalogue: Catalogue, text: str) -> None:
    found = await catalogue.find(Wanted(text=text))

    assert found.verdict is Verdict.FOUND
    assert found.works[0].title == "Каштанка"


async def test_volumes_of_one_book_are_a_choice(catalogue: Catalogue) -> None:
    found = await catalogue.find(Wanted(text="война и мир"))

    assert found.verdict is Verdict.CHOICE
    assert set(titles(found)) >= {"Война и мир. Том 1", "Война и мир. Том 2"}


@pytest.mark.parametrize("text", ["гарри поттер", "синхрофазотрон", "абвгд"])
async def test_what_is_not_there_is_not_found(catalogue: Catalogue, text: str) -> None:
    found = await catalogue.find(Wanted(text=text))

    assert found.verdict is Verdict.NOTHING
    assert found.works == ()


@pytest.mark.parametrize("text", ["каштанка", "война и мир", "мастер", "чехов"])
async def test_scores_go_with_the_works_best_first_from_nought_to_one(catalogue: Catalogue, text: str) -> None:
    found = await catalogue.find(Wanted(text=text))

    assert found.works
    assert len(found.scores) == len(found.works)
    assert list(found.scores) == sorted(found.scores, reverse=True)
    assert all(0 <= score <= 1 for score in found.scores)


async def test_no_more_works_are_given_than_asked_for(catalogue: Catalogue) -> None:
    assert len((await catalogue.find(Wanted(text="чехов"), limit=1)).works) == 1


async def test_an_isbn_is_a_question_too(catalogue: Catalogue) -> None:
    found = await catalogue.find(Wanted(text=ISBN, isbn=ISBN))

    assert (found.verdict, titles(found), found.isbn_note) == (Verdict.FOUND, ["Каштанка"], "")


async def test_an_isbn_that_cannot_be_right_is_noted(catalogue: Catalogue) -> None:
    found = await catalogue.find(Wanted(text=ISBN[:-1] + "4", isbn=ISBN[:-1] + "4"))

    assert found.isbn_note == "bad_check_digit"
    assert titles(found) == ["Каштанка"]


@pytest.mark.parametrize("text", ["", "   ", "?!", "😀", "\x00"])
async def test_a_question_without_words_finds_nothing(catalogue: Catalogue, text: str) -> None:
    assert (await catalogue.find(Wanted(text=text))).verdict is Verdict.NOTHING


async def test_a_card_is_read_by_its_number(catalogue: Catalogue) -> None:
    number = (await catalogue.find(Wanted(text="каштанка"))).works[0].work_id

    card = await catalogue.card(number)

    assert isinstance(card, WorkCard)
    assert card.title == "Каштанка"


async def test_a_number_that_no_work_has_is_no_card(catalogue: Catalogue) -> None:
    assert await catalogue.card(999_999) is None


async def test_works_are_suggested_by_their_author(catalogue: Catalogue) -> None:
    suggested = await catalogue.suggest(Taste(author="Чехов"))

    assert {work.title for work in suggested.works} == {"Каштанка", "Вишнёвый сад"}
    assert suggested.met == {Wish.AUTHOR}


async def test_where_nothing_fits_nothing_is_suggested(catalogue: Catalogue) -> None:
    suggested = await catalogue.suggest(Taste(subject="вулканы"))

    assert not suggested.works
    assert not suggested.met
