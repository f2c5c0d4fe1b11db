"""The catalogue of the console in a real browser: a file is sent, looked at, loaded, and the bot finds the book."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.clock import SystemClock
from bot.library.holidays import OfficialHolidays
from bot.ports.library import Library
from bot.staff import StaffRole
from catalogue.finder import IndexedCatalogue
from db.branches import SqlBranches
from db.cards import SqlCards
from db.connect import connect
from db.faq import SqlFaq
from db.index_source import SqlIndexSource
from tests.browser.conftest import Visit
from tests.browser.screens import screens_of
from tests.console.house import ConsoleHouse
from tests.support.databases import Databases
from tests.support.fake_library import CENTRAL, CHILDREN
from tests.support.staff import hire

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CSV = "Автор;Название;Год;Инв. номер\nКупер Ф.;Зверобой;1999;3\nКупер Ф.;Зверобой, или Первая тропа войны;2005;4\n"


@pytest_asyncio.fixture(loop_scope="session")
async def books_house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ConsoleHouse]:
    """A console over an empty catalogue with its index."""
    database, clock = await connect(await databases.url("sqlite")), SystemClock()
    await hire(database, clock, role=StaffRole.EDITOR)
    branches, cards = SqlBranches(database, CENTRAL.zone), SqlCards(database, clock, CENTRAL.zone)
    source = SqlIndexSource(database)
    await branches.put([CENTRAL, CHILDREN])
    catalogue = IndexedCatalogue(tmp_path_factory.mktemp("index"), source, cards)
    await catalogue.start()
    library = Library(
        name="Районная библиотека",
        catalogue=catalogue,
        faq=SqlFaq(database, clock),
        branches=branches,
        holidays=OfficialHolidays("RU", "ru"),
    )
    house = ConsoleHouse(database, clock, library=library)
    await house.open()
    yield house
    await house.close()
    await catalogue.aclose()
    await cards.aclose()
    await source.aclose()
    await databases.drop(database)


async def test_a_file_becomes_books_and_two_records_one_book(
    books_house: ConsoleHouse, visit: Visit, tmp_path: Path
) -> None:
    file = tmp_path / "наш каталог.csv"
    file.write_text(CSV, "utf-8")
    librarian = await visit(f"{books_house.address}/console/imports", width=360)
    page, library = librarian.page, books_house.library
    assert isinstance(library.catalogue, IndexedCatalogue)
    await librarian.signs_in()

    await page.get_by_label("Какой филиал").select_option("01")
    await page.get_by_label("Файл, до").set_input_files(file)
    await page.get_by_role("button", name="Проверить файл").press("Enter")
    await expect(page.get_by_text("Купер Ф. Зверобой", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Загрузить", exact=True).press("Enter")
    await expect(page.get_by_role("heading", name="Загружено")).to_be_visible()
    assert await librarian.shuts_out() == []

    await library.catalogue.catch_up()
    await page.goto(f"{books_house.address}/console/books")
    await page.get_by_label("Название, автор или ISBN").fill("зверобой")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-row]").first).to_be_visible()
    assert await librarian.shuts_out() == []
    await page.locator("[data-row]").first.press("Enter")
    await expect(page.get_by_role("heading", name="Что услышит читатель")).to_be_visible()
    await page.get_by_label("Название, автор или ISBN").fill("зверобой")
    await page.get_by_role("button", name="Найти похожие").press("Enter")
    await page.get_by_role("button", name="Это она: соединить").first.press("Enter")
    await expect(page.get_by_text("Соединили с этой книгой", exact=True)).to_be_visible()
    assert await librarian.shuts_out() == []
    await page.get_by_role("button", name="Отменить").press("Enter")
    await expect(page.get_by_text("Отменено: Мария Петровна")).to_be_visible()
    for path in screens_of(__name__):
        await librarian.opens(f"{books_house.address}/console/{path}")
        assert await librarian.shuts_out() == [], path


async def test_an_admin_tries_and_loads_a_list_of_readers(
    books_house: ConsoleHouse, visit: Visit, tmp_path: Path
) -> None:
    await hire(books_house.database, SystemClock(), "olga", "Ольга", role=StaffRole.ADMIN)
    file = tmp_path / "читатели.csv"
    file.write_text("№ билета;ФИО\n101;Каренина Анна\n;Без Билета\n", "utf-8")
    admin = await visit(f"{books_house.address}/console/imports", width=360)
    page = admin.page
    await admin.signs_in("olga")
    assert await admin.shuts_out() == []

    await page.get_by_label("Что в файле").select_option("patrons")
    await page.get_by_label("Какой филиал").select_option("01")
    await page.get_by_label("Файл, до").set_input_files(file)
    await page.get_by_role("button", name="Проверить файл").press("Enter")
    await page.get_by_text("Какие строки не подошли").press("Enter")
    await expect(page.get_by_text("строка 3: нет номера билета")).to_be_visible()
    assert await admin.shuts_out() == []
    await page.get_by_role("button", name="Загрузить", exact=True).press("Enter")
    await expect(page.get_by_role("heading", name="Загружено")).to_be_visible()
    assert await admin.shuts_out() == []
