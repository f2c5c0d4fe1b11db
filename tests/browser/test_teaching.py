"""Teaching in a real browser: a reader asks in vain, a librarian teaches by keyboard, the next reader is answered."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from playwright.async_api import Response, expect

from bot.clock import SystemClock
from bot.ports.library import FaqEntry
from bot.staff import StaffRole
from db.connect import connect
from db.misses import SqlMisses
from tests.browser.conftest import Visit
from tests.browser.screens import screens_of
from tests.browser.visitor import Visitor
from tests.console.house import ConsoleHouse
from tests.support.databases import Databases
from tests.support.fake_library import CENTRAL, FakeCatalogue, at
from tests.support.staff import hire

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "подвигать фигуры можно?"
ANSWER = "Шахматный кружок по средам в 15:00."
JOIN = FaqEntry(topic="join", language="ru", answer="Приходите с паспортом.", questions=("как записаться",))


class School(ConsoleHouse):
    """A console, a web chat, and the bot that is taught."""

    async def gathers(self) -> None:
        """What was asked in vain is among the misses, as a moment later in the service."""
        await SqlMisses(self.database, self.clock, keep=100, kinds={}).gather()


@pytest_asyncio.fixture(loop_scope="session")
async def house(databases: Databases) -> AsyncIterator[School]:
    """One book, one answer, an editor."""
    database, clock = await connect(await databases.url("sqlite")), SystemClock()
    await hire(database, clock, role=StaffRole.EDITOR)
    books = FakeCatalogue()
    books.holds("Гарри Поттер", "Дж. К. Роулинг", at(CENTRAL, 1, 2))
    house = School(database, clock, catalogue=books, taught=True)
    house.setting = replace(house.setting, channel_kinds={"webchat": "Чат на сайте"})
    await house.school.faq.put([JOIN])
    await house.open()
    yield house
    await house.close()
    await databases.drop(database)


async def enters(visit: Visit, house: School, **window: object) -> Visitor:
    """The editor, signed in."""
    desk = {"width": 1440, "height": 900, "staff": "masha"}
    return await visit(f"{house.address}/console/", **{**desk, **window})


async def test_what_one_reader_asked_in_vain_the_next_is_told(visit: Visit, house: School) -> None:
    reader = await visit(house.address)
    await reader.says(QUESTION)
    await reader.hears("Точного ответа")
    await house.gathers()
    editor = await enters(visit, house)
    page, keys = editor.page, editor.page.keyboard

    await keys.press("g")
    await keys.press("t")
    await editor.sees(page.get_by_role("heading", name="подвигать фигуры"))
    await keys.press("j")
    await keys.press("Enter")
    field = page.get_by_label("Что ответит бот")
    await expect(field).to_be_focused()
    await keys.type(ANSWER)
    await keys.press("Tab")
    await expect(page.locator("#effects").get_by_text("услышит этот ответ")).to_be_visible()
    await expect(page.locator(".phone .bubble")).to_contain_text(ANSWER)
    await keys.press("Control+Enter")
    await expect(page.get_by_text("Готово: следующий читатель услышит ваш ответ")).to_be_visible()
    await expect(page.get_by_role("heading", name="подвигать фигуры")).to_have_count(0)

    other = await visit(house.address)
    await other.says(QUESTION)
    await other.hears(ANSWER)


def _is_look_with_a_meaning(response: Response) -> bool:
    """The answer to the question what the chosen meaning would change."""
    asked = response.request
    return asked.url.endswith("/means/look") and "meant=" in (asked.post_data or "")


async def test_a_book_is_chosen_from_the_catalogue_not_typed(visit: Visit, house: School) -> None:
    reader = await visit(house.address)
    await reader.says("гп")
    await reader.hears("не нашлось")
    await house.gathers()
    editor = await enters(visit, house, width=360)
    page = editor.page

    await editor.opens(f"{house.address}/console/teach")
    await page.get_by_role("link", name="Это значит…").click()
    await page.get_by_label("Найдите в каталоге").fill("поттер")
    await page.keyboard.press("Enter")
    async with page.expect_response(_is_look_with_a_meaning):  # who leaves before has htmx complain
        await page.get_by_role("radio", name="Гарри Поттер").check()
    await expect(page.locator("#effects .bubble")).to_contain_text("Гарри Поттер")
    await expect(page.locator("#effects.htmx-request")).to_have_count(0)
    await page.get_by_role("button", name="Сохранить").click()
    await expect(page.get_by_text("Готово: следующего читателя бот поймёт")).to_be_visible()

    other = await visit(house.address)
    await other.says("гп")
    await other.hears("Гарри Поттер")
    await editor.opens(f"{house.address}/console/synonyms")
    await page.get_by_role("button", name="Удалить «гп»").click()
    await page.get_by_role("button", name="Вернуть").click()
    await expect(page.get_by_text("«гп»")).to_be_visible()


async def test_the_library_greets_in_its_own_words_and_takes_them_back(visit: Visit, house: School) -> None:
    editor = await enters(visit, house, width=360)
    page = editor.page
    await editor.opens(f"{house.address}/console/words")
    await page.get_by_role("link", name="Первое приветствие").click()
    await expect(page.locator(".phone .bubble")).to_contain_text("Я бот, отвечаю днём и ночью")

    await page.get_by_label("Что скажет бот").fill("Добро пожаловать в {библиотека}! Я Книжуля.")
    await page.keyboard.press("Tab")
    await expect(page.locator(".phone .bubble").first).to_contain_text("Я Книжуля")
    await expect(page.locator(".phone .key").first).to_have_text("Найти книгу")
    await expect(page.locator(".htmx-request")).to_have_count(0)
    await page.get_by_label("Что скажет бот").press("Control+Enter")
    await expect(page.get_by_text("Читатели уже слышат этот текст")).to_be_visible()
    assert await editor.barriers() == []
    reader = await visit(house.address)
    await reader.says("привет")
    await reader.hears("Я Книжуля")

    await page.get_by_role("button", name="Вернуть как было").click()
    await expect(page.get_by_text("Читатели снова слышат обычный текст")).to_be_visible()
    other = await visit(house.address)
    await other.says("привет")
    await other.hears("Я бот, отвечаю днём и ночью")


async def test_no_screen_of_teaching_shuts_anybody_out(visit: Visit, house: School) -> None:
    reader = await visit(house.address)
    await reader.says(f"{QUESTION} {'Ы' * 100}")
    await expect(reader.page.locator(".bot .words")).to_have_count(2)
    await house.gathers()
    await house.school.lessons.answers.propose(
        replace(JOIN, answer="Приходите с паспортом и улыбкой."), "masha", entry_id=1
    )
    editor = await enters(visit, house)
    root = f"{house.address}/console/"
    for path in screens_of(__name__):
        await editor.opens(root + path)
        if await editor.page.locator("#effects").count():
            await expect(editor.page.locator("#effects > *").first).to_be_visible()
        await expect(editor.page.locator(".htmx-request")).to_have_count(0)
        assert await editor.shuts_out() == [], path
    await editor.opens(root + "answers/1")
    await editor.page.get_by_label("Что ответит бот").fill("Приходите с паспортом и фотографией.")
    await editor.page.get_by_role("button", name="Что изменится").click()
    await expect(editor.page.locator(".phone")).to_contain_text("фотографией")
    assert await editor.shuts_out() == []
