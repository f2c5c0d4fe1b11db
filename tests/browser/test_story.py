"""The whole story: readers ask in vain, a librarian helps, teaches and goes, and the bot answers the next ones."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.staff import StaffRole
from tests.browser.conftest import Visit
from tests.browser.phones import Served, hears, phone, says, served
from tests.support import photographs
from tests.support.staff import hire

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

QUESTION = "подвигать фигуры можно?"
ANSWER = "Шахматный кружок по средам в 15:00."


@pytest_asyncio.fixture(loop_scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """The service as it is, every messenger's emulator, and an editor."""
    async with served(tmp_path_factory.mktemp("story")) as running:
        await hire(running.what.database, running.what.clock, role=StaffRole.EDITOR)
        yield running


async def test_the_bot_fails_a_librarian_helps_and_teaches_and_the_next_reader_hears_the_bot(
    running: Served, visit: Visit
) -> None:
    reader = await visit(running.address)
    owner = await visit(running.stand.page.url, width=1440, height=1300)
    await reader.says(QUESTION)
    await reader.hears("Точного ответа")
    await says(owner, "telegram", QUESTION)
    await hears(owner, "telegram", "Точного ответа")
    await says(owner, "telegram", "позовите библиотекаря")
    await hears(owner, "telegram", "вам нужен библиотекарь")

    masha = await visit(f"{running.address}/console/", width=1440, height=900)
    await masha.signs_in()
    page = masha.page
    await page.locator("[data-row]").click()
    await page.get_by_role("button", name="Взять").click()
    await expect(page.get_by_text("Диалог у вас, бот молчит")).to_be_visible()
    await page.get_by_label("Ответ читателю").fill("Да, вот где мы играем")
    plan = {"name": "plan.jpg", "mimeType": "image/jpeg", "buffer": photographs.file(photographs.photograph())}
    await page.locator("#file").set_input_files(plan)  # type: ignore[arg-type]  # a dictionary is a file as well
    await page.get_by_role("button", name="Отправить").click()
    await hears(owner, "telegram", "Да, вот где мы играем")
    await expect(phone(owner, "telegram").locator(".bot img.picture")).to_be_visible()

    await says(owner, "telegram", "где вы находитесь?")
    await expect(page.locator("article.message").last).to_contain_text("где вы находитесь?")
    await running.what.misses.gather()
    await page.goto(f"{running.address}/console/teach")
    await page.get_by_role("link", name="Написать ответ").first.click()
    await page.get_by_label("Что ответит бот").fill(ANSWER)
    await page.get_by_role("button", name="Сохранить", exact=True).click()
    await expect(page.get_by_text("Готово: следующий читатель услышит ваш ответ")).to_be_visible()
    await page.goto(f"{running.address}/console/?tab=mine")
    await page.locator("[data-row]").click()
    await page.get_by_role("button", name="Вернуть боту").click()
    await expect(page.get_by_text("Отвечает бот.")).to_be_visible()

    assert await phone(owner, "telegram").locator(".bot").filter(has_text="улица Садовая").count() == 0, (
        "the bot was silent"
    )
    await says(owner, "telegram", QUESTION)
    await hears(owner, "telegram", ANSWER)
    another = await visit(running.address)
    await another.says(QUESTION)
    await another.hears(ANSWER)
