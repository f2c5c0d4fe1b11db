"""A librarian on a slow computer: what comes late, or anew at that very moment, takes nothing from under the hands."""

import pytest
from playwright.async_api import expect
from sqlalchemy import insert

from db.models import MessageRow
from tests.browser.conftest import Visit
from tests.browser.desk import Enter, last_line
from tests.browser.held import Held
from tests.console.house import ConsoleHouse

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

LINES = "document.querySelector('.lines-of-talk')"
"""Asked in one step: what a locator finds first and asks then may be replaced between the two."""


async def talked(house: ConsoleHouse, count: int) -> None:
    """The one conversation is so many messages longer."""
    now = house.clock.now()
    of = {"conversation_id": 1, "channel": "webchat", "author": "reader", "state": "handled", "outcome": "silent"}
    rows = [of | {"text": f"строка {n}", "created_at": now} for n in range(1, count + 1)]
    async with house.database.writer.begin() as connection:
        await connection.execute(insert(MessageRow), rows)


async def test_the_list_that_comes_anew_keeps_the_row_which_the_keys_chose(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    masha = await enter()
    reader = await visit(desk_house.address)
    await reader.says("человек")
    row = masha.page.locator("[data-row]")
    await expect(row).to_contain_text("человек")
    async with Held(masha.page, "**/console/list?*") as fresh:
        await reader.says("Есть кто-нибудь?")
        await fresh.asked()
        await masha.page.keyboard.press("j")
    await expect(row).to_contain_text("Есть кто-нибудь?")

    await expect(row).to_be_focused()


async def test_who_calls_before_the_page_listens_is_seen(desk_house: ConsoleHouse, visit: Visit, enter: Enter) -> None:
    masha = await enter()
    reader = await visit(desk_house.address)
    async with Held(masha.page, "**/console/stream?*") as stream:
        await masha.opens(f"{desk_house.address}/console/")
        await stream.asked()
        await reader.says("человек")
        await reader.hears("Записал")

    await expect(masha.page.locator("[data-row]")).to_have_count(1)


async def test_words_that_come_before_the_conversation_listens_are_seen(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    masha = await enter()
    reader = await visit(desk_house.address)
    await reader.says("человек")
    await reader.hears("Записал")
    async with Held(masha.page, "**/console/c/1/stream") as stream:
        await masha.opens(f"{desk_house.address}/console/c/1")
        await stream.asked()
        await reader.says("Ау?")
        await expect(reader.page.locator(".pending")).to_have_count(0)

    await expect(masha.page.locator("article.reader").filter(has_text="Ау?")).to_be_visible()


async def test_a_list_that_was_refused_for_a_while_listens_again(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    masha = await enter()
    await masha.page.route("**/console/stream?*", lambda route: route.fulfill(status=502), times=1)
    await masha.page.clock.install()
    await masha.opens(f"{desk_house.address}/console/")
    reader = await visit(desk_house.address)
    await reader.says("человек")
    await reader.hears("Записал")

    await masha.page.clock.fast_forward(60_000)

    await expect(masha.page.locator("[data-row]")).to_have_count(1)


async def test_a_button_that_is_held_down_is_not_replaced_under_the_finger(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    masha = await enter()
    page = masha.page
    reader = await visit(desk_house.address)
    await reader.says("человек")
    await reader.hears("Записал")
    await masha.opens(f"{desk_house.address}/console/c/1")
    async with Held(page, "**/console/c/1/thread") as fresh:
        await reader.says("Ау?")
        await fresh.asked()
        await page.get_by_role("button", name="Взять").hover()
        await page.mouse.down()
        async with page.expect_response("**/console/c/1/thread"):
            fresh.let()
        await page.evaluate("new Promise(requestAnimationFrame)")
        await page.mouse.up()

    await expect(page.get_by_text("Диалог у вас, бот молчит")).to_be_visible()
    await expect(page.locator("article.reader").filter(has_text="Ау?")).to_be_visible()


async def test_who_reads_what_was_said_before_keeps_the_place(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    masha = await enter()
    page = masha.page
    reader = await visit(desk_house.address)
    await reader.says("человек")
    await reader.hears("Записал")
    await talked(desk_house, 150)
    await masha.opens(f"{desk_house.address}/console/c/1")
    lines = page.locator(".lines-of-talk")
    earlier = page.get_by_role("button", name="Показать раньше")
    await earlier.click()
    await expect(lines.get_by_text("строка 40", exact=True)).to_be_visible()
    await expect(earlier).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(lines.get_by_text("Записал, библиотекарь ответит.")).to_be_visible()
    await expect(earlier).to_have_count(0)
    await expect(lines).to_be_focused()
    assert await page.evaluate(f"{LINES}.scrollTop = 200") == 200

    await reader.says("Ау?")
    await expect(last_line(masha)).to_contain_text("Ау?")
    assert await page.evaluate(f"{LINES}.scrollTop") == 200
    await page.get_by_role("button", name="Заметка").click()
    await page.get_by_label("Заметка").last.fill("Перезвонить")
    await page.get_by_role("button", name="Сохранить").click()
    await expect(last_line(masha)).to_contain_text("Перезвонить")

    said = await page.evaluate(f"[...{LINES}.querySelectorAll('.reader .words')].map(one => one.innerText)")
    assert said == ["[открыл чат]", "человек", *(f"строка {number}" for number in range(1, 151)), "Ау?"]
    ids = await page.evaluate(f"[...{LINES}.querySelectorAll('article')].map(one => one.id)")
    assert len(set(ids)) == len(ids) == len(said) + 4


async def test_older_lines_that_come_late_take_their_place_in_the_thread_as_it_is_by_then(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    masha = await enter()
    page = masha.page
    reader = await visit(desk_house.address)
    await reader.says("человек")
    await reader.hears("Записал")
    await talked(desk_house, 70)
    await masha.opens(f"{desk_house.address}/console/c/1")
    async with Held(page, "**/console/c/1/earlier?*") as older:
        await page.get_by_role("button", name="Показать раньше").click()
        await older.asked()
        await reader.says("Ау?")
        await expect(last_line(masha)).to_contain_text("Ау?")

    await expect(page.locator(".lines-of-talk article").first).to_contain_text("открыл чат")


async def test_an_answer_waits_for_the_script_that_sends_it(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    masha = await enter()
    page = masha.page
    reader = await visit(desk_house.address)
    await reader.says("человек")
    await reader.hears("Записал")
    async with Held(page, "**/answer*.js*") as script:
        await page.goto(f"{desk_house.address}/console/c/1", wait_until="commit")
        await script.asked()
        await page.get_by_label("Ответ читателю").fill("Слушаю вас")
        await expect(page.get_by_role("button", name="Отправить")).to_be_disabled()
    await page.get_by_role("button", name="Отправить").click()

    await expect(last_line(masha)).to_contain_text("Слушаю вас")


async def test_what_is_pressed_before_the_scripts_are_there_is_done_when_they_are(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    masha = await enter()
    page = masha.page
    async with Held(page, "**/console*.js*") as script:
        await page.goto(f"{desk_house.address}/console/imports", wait_until="commit")
        await script.asked()
        await page.get_by_role("button", name="Клавиши").click()
        await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")

    async with Held(page, "**/console*.js*") as script:
        await page.goto(f"{desk_house.address}/console/", wait_until="commit")
        await script.asked()
        await expect(page.locator("[data-search]")).to_be_visible()
        await page.keyboard.press("/")
    await expect(page.locator("[data-search]")).to_be_focused()
