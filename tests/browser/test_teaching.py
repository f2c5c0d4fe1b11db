"""Teaching in a real browser: a reader asks in vain, a librarian teaches by keyboard, the next reader is answered."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from playwright.async_api import Response, expect

from bot.clock import SystemClock
from bot.desk import StaffRole
from bot.ports import FaqEntry
from db.connect import connect
from db.misses import SqlMisses
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.console.house import ConsoleHouse
from tests.support.databases import Databases
from tests.support.fake_library import CENTRAL, FakeCatalogue, at
from tests.support.staff import PASSWORD, hire

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PATIENCE_MS = 20_000
QUESTION = "подвигать фигуры можно?"
ANSWER = "Шахматный кружок по средам в 15:00."
JOIN = FaqEntry(topic="join", language="ru", answer="Приходите с паспортом.", questions=("как записаться",))

SCREENS = ("teach", "answers", "answers/new?miss=1", "answers/1", "means?miss=1", "means?kind=phrase", "synonyms")


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
    expect.set_options(timeout=PATIENCE_MS)
    yield house
    expect.set_options(timeout=5_000)
    await house.close()
    await databases.drop(database)


async def enters(visit: Visit, house: School, **window: object) -> Visitor:
    """The editor, signed in."""
    editor = await visit(f"{house.address}/console/", **{"width": 1440, "height": 900, **window})
    await editor.page.get_by_label("Имя для входа").fill("masha")
    await editor.page.get_by_label("Пароль").fill(PASSWORD)
    await editor.page.keyboard.press("Enter")
    await expect(editor.page.locator(".inbox")).to_be_visible()
    return editor


async def test_what_one_reader_asked_in_vain_the_next_is_told(visit: Visit, house: School) -> None:
    reader = await visit(house.address)
    await reader.says(QUESTION)
    await reader.hears("Точного ответа")
    await house.gathers()
    editor = await enters(visit, house)
    page, keys = editor.page, editor.page.keyboard

    await keys.press("g")
    await keys.press("t")
    await expect(page.get_by_role("heading", name="подвигать фигуры")).to_be_visible()
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


@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 360)])
async def test_no_screen_of_teaching_shuts_anybody_out(visit: Visit, house: School, scheme: str, width: int) -> None:
    reader = await visit(house.address)
    await reader.says(f"{QUESTION} {'Ы' * 100}")
    await expect(reader.page.locator(".bot .words")).to_have_count(2)
    await house.gathers()
    editor = await enters(visit, house, width=width, height=740, color_scheme=scheme)
    root = f"{house.address}/console/"
    for path in (
        "teach",
        "answers",
        "answers/new?miss=1",
        "answers/1",
        "means?miss=1",
        "means?kind=phrase",
        "synonyms",
    ):
        await editor.opens(root + path)
        if await editor.page.locator("#effects").count():
            await expect(editor.page.locator("#effects > *").first).to_be_visible()
        await expect(editor.page.locator(".htmx-request")).to_have_count(0)
        assert await editor.barriers() == [], path
        assert await editor.sideways() <= 0, path
    await editor.opens(root + "answers/1")
    await editor.page.get_by_label("Что ответит бот").fill("Приходите с паспортом и фотографией.")
    await editor.page.get_by_role("button", name="Что изменится").click()
    await expect(editor.page.locator(".phone")).to_contain_text("фотографией")
    assert await editor.barriers() == []
