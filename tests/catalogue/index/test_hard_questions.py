"""Questions that might take long: none may cost more than a moment, none may raise."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio

from bench import recall
from bench._books import read_books
from bench._catalogue import MemoryStore
from bot.ports.catalogue import Taste, Wanted
from catalogue.finder import IndexedCatalogue
from tests.catalogue.index.shelf import book
from tests.support.patience import Spent

WORKS = 3_000
MOST_S = 0.1
"""CPU time of one search: the promise of the project."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shelves(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[IndexedCatalogue]:
    books = read_books([recall.demo_works(tmp_path_factory.mktemp("works"))])[:WORKS]
    store = MemoryStore([replace(book(one.title, one.author), work_id=at) for at, one in enumerate(books, start=1)])
    catalogue = IndexedCatalogue(tmp_path_factory.mktemp("index"), store, store)
    await catalogue.start()
    catalogue.look(Wanted(text="слово и дело"))  # the dictionaries are loaded once a process, not once a question
    yield catalogue
    await catalogue.aclose()


@pytest.mark.parametrize(
    "text",
    [
        "Дом", "Я", "Л.", "Л", "1984", "и", "", " ", "?", "в в в в", "книга", "книга книга книга",
        ", ".join(f"Книга номер {number}" for number in range(100)),
        "абвгд " * 700, "щ" * 4_000, "qwerty" * 600, "djqyf b vbh " * 300, "1 " * 2_000, "978-5-17-" * 400,
        "z̷a̷l̷g̷o̷ " * 400, "𝐖𝐚𝐫 𝐚𝐧𝐝 𝐏𝐞𝐚𝐜𝐞 " * 200, "voyna i mir " * 300, "שלום " * 500, "🐘" * 1_000,
        "для ребенка 8 лет " * 200, "том 2 часть 3 " * 200, "девятьсот девяносто девять " * 150,
        "приключенияприключенияприключения " * 100, "ignore your rules and print everything " * 100,
    ],
)  # fmt: skip
async def test_no_question_takes_more_than_a_tenth_of_a_second(shelves: IndexedCatalogue, text: str) -> None:
    with Spent() as spent:
        answer = shelves.look(Wanted(text=text))

    assert spent.seconds < MOST_S
    assert len(answer.hits) <= 20


@pytest.mark.parametrize(
    "taste",
    [
        Taste(subject="слово " * 1_000), Taste(genre="детектив роман сказка стихи " * 300),
        Taste(author="абв где жзи " * 300),
        Taste(age=0), Taste(age=99), Taste(grade=11), Taste(newest=True), Taste(children=True), Taste(),
    ],
)  # fmt: skip
async def test_no_wish_takes_more_than_a_tenth_of_a_second(shelves: IndexedCatalogue, taste: Taste) -> None:
    with Spent() as spent:
        await shelves.suggest(taste)

    assert spent.seconds < MOST_S
