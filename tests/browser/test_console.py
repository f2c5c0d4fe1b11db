"""The console in a real browser: the whole story, by mouse and by keyboard, in both themes, for everybody."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.desk import Enter, last_line, the_answer_leaves
from tests.browser.screens import screens_of
from tests.console.house import ConsoleHouse

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_reader_calls_and_a_librarian_answers_undoes_notes_and_gives_back(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    masha, vera = await enter(), await enter("vera")
    reader = await visit(desk_house.address)
    await reader.says("Нужен человек: где мой заказ?")
    await reader.hears("Записал, библиотекарь ответит")

    await expect(masha.page.locator("[data-row]")).to_have_count(1)  # by itself, without a reload
    await expect(masha.page).to_have_title("(1) Диалоги · Районная библиотека")
    await masha.page.locator("[data-row]").click()
    await masha.page.get_by_role("button", name="Взять").click()
    await expect(masha.page.get_by_text("Диалог у вас, бот молчит")).to_be_visible()
    await expect(vera.page.locator("[data-row]")).to_have_count(0)

    field = masha.page.get_by_label("Ответ читателю")
    await field.fill("Ой, не туда")
    await masha.page.get_by_role("button", name="Отправить").click()
    await masha.page.get_by_role("button", name="Отменить").click()
    await expect(field).to_have_value("Ой, не туда")

    await masha.page.get_by_role("button", name="Заметка").click()
    await masha.page.get_by_label("Заметка").last.fill("Секрет между нами")
    await masha.page.get_by_role("button", name="Сохранить").click()
    await expect(last_line(masha)).to_contain_text("Секрет между нами")

    await field.fill("Заказ пришёл, ждёт вас в зале")
    await field.press("Control+Enter")
    await expect(last_line(masha)).to_contain_text("уходит")
    await the_answer_leaves(desk_house)
    await expect(reader.page.locator(".librarian .words").last).to_contain_text("Заказ пришёл")
    await expect(last_line(masha)).to_contain_text("отправлено")
    await reader.says("Вы написали мне?")
    await expect(last_line(masha)).to_contain_text("Вы написали мне?")
    assert not any("Вы написали: Вы написали мне" in said for said in await reader.said()), "the bot is silent"

    await masha.page.get_by_role("button", name="Вернуть боту").click()
    await expect(masha.page.get_by_text("Отвечает бот.")).to_be_visible()
    await reader.says("А теперь?")
    await reader.hears("Вы написали: А теперь?")
    said = "\n".join(await reader.said())
    assert "Секрет" not in said
    assert "Ой, не туда" not in said


async def test_who_does_not_see_the_screen_hears_what_the_reader_says_and_nothing_twice(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    masha = await enter()
    reader = await visit(desk_house.address)
    await reader.says("человек")
    await masha.page.locator("[data-row]").click()
    heard = masha.page.locator("[data-heard]")
    await expect(last_line(masha)).to_contain_text("Записал")
    await expect(heard).to_be_empty()

    await masha.page.get_by_role("button", name="Взять").click()
    await reader.says("Когда вы закрываетесь?")

    await expect(heard).to_contain_text("Когда вы закрываетесь?")
    await expect(heard).not_to_contain_text("человек")


async def test_a_long_conversation_is_printed_whole(desk_house: ConsoleHouse, visit: Visit, enter: Enter) -> None:
    masha = await enter()
    reader = await visit(desk_house.address)
    await reader.says("человек")
    await reader.says("длинно")
    await reader.hears("40. Строка длинного ответа")
    await masha.page.locator("[data-row]").click()
    await expect(last_line(masha)).to_contain_text("40. Строка")

    await masha.page.emulate_media(media="print")

    page, lines = masha.page, masha.page.locator("#lines")
    assert await lines.evaluate(
        "(box) => box.scrollHeight <= box.clientHeight && getComputedStyle(box).overflowY === 'visible'"
    )
    assert await page.evaluate("document.documentElement.scrollHeight > innerHeight"), "nothing is cut off"
    await expect(page.locator("button:visible")).to_have_count(0)
    await expect(page.locator(".inbox")).to_be_hidden()
    await expect(page.locator(".composer")).to_be_hidden()


async def test_the_second_is_told_and_what_was_typed_stays(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    masha, vera = await enter(), await enter("vera")
    reader = await visit(desk_house.address)
    await reader.says("человек")
    for librarian in (masha, vera):
        await librarian.page.locator("[data-row]").first.click()
    await vera.page.get_by_label("Ответ читателю").fill("Пишу долгий ответ")
    await masha.page.get_by_role("button", name="Взять").click()

    await expect(vera.page.get_by_text("Диалог у коллеги: Мария Петровна")).to_be_visible()
    await expect(vera.page.get_by_role("button", name="Отправить")).to_be_disabled()
    await vera.page.reload()
    await expect(vera.page.get_by_label("Ответ читателю")).to_have_value("Пишу долгий ответ")


SHUT_AND_P = """() => {
  document.querySelector("dialog[open]").close();
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { code: "KeyP", key: "p", bubbles: true }));
}"""
"""A window is shut and a key pressed before the browser has drawn it: the field in it still has the focus."""


async def test_everything_is_done_by_keyboard_alone(desk_house: ConsoleHouse, visit: Visit, enter: Enter) -> None:
    masha = await enter()
    reader = await visit(desk_house.address)
    await reader.says("человек")
    await expect(masha.page.locator("[data-row]")).to_have_count(1)
    keys = masha.page.keyboard

    await keys.press("?")
    await expect(masha.page.get_by_role("dialog")).to_be_visible()
    await keys.press("Escape")
    await keys.press("j")
    await keys.press("Enter")
    await masha.sees(masha.page.locator("#answer"))
    await keys.press("t")
    await expect(masha.page.get_by_text("Диалог у вас, бот молчит")).to_be_visible()
    await expect(masha.page.locator("#answer")).to_be_focused()  # else «у» of what is typed next closed it at once
    await keys.type("Уже слушаю вас")
    await keys.press("Control+Enter")
    await expect(last_line(masha)).to_contain_text("уходит")
    await keys.press("Escape")
    await keys.press("u")
    await expect(masha.page.locator("#answer")).to_have_value("Уже слушаю вас")
    await expect(last_line(masha)).not_to_contain_text(
        "уходит"
    )  # else the line that is taken back is the one seen next
    await keys.press("Control+Enter")
    await expect(last_line(masha)).to_contain_text("уходит")
    await the_answer_leaves(desk_house)
    await expect(reader.page.locator(".librarian .words").last).to_contain_text("Уже слушаю вас")
    await keys.press("Escape")
    await keys.press("r")
    await expect(masha.page.locator("#answer")).to_be_focused()
    await keys.press("Escape")
    for key, window in (
        ("n", "Заметка для коллег"),
        ("c", "Готовые ответы"),
        ("s", "Книга из каталога"),
        ("p", "Передать"),
    ):
        await keys.press(key)
        await expect(masha.page.get_by_role("dialog", name=window)).to_be_visible()
        await keys.press("Escape")
        await expect(masha.page.get_by_role("dialog")).to_have_count(0)
    await keys.press("s")
    await expect(masha.page.get_by_role("dialog", name="Книга из каталога")).to_be_visible()
    await masha.page.evaluate(SHUT_AND_P)
    await expect(masha.page.get_by_role("dialog", name="Передать")).to_be_visible()
    await keys.press("Escape")
    await expect(masha.page.get_by_role("dialog")).to_have_count(0)
    await keys.press("e")
    await expect(masha.page.get_by_text("Закрыт. Новое сообщение откроет его снова.")).to_be_visible()
    await keys.press("g")
    await keys.press("i")
    await expect(masha.page.locator("#answer")).to_have_count(0)


async def test_who_mistypes_hears_why_in_the_field_where_the_page_goes_on(
    desk_house: ConsoleHouse, visit: Visit
) -> None:
    masha = await visit(f"{desk_house.address}/console/login")
    await masha.page.get_by_label("Имя для входа").fill("masha")
    await masha.page.get_by_label("Пароль").fill("не тот пароль")
    await masha.page.keyboard.press("Enter")

    why = await masha.page.get_by_role("alert").inner_text()
    field = masha.page.get_by_label("Пароль")

    await expect(field).to_be_focused()
    await expect(field).to_have_accessible_description(why)


async def test_no_screen_shuts_anybody_out(desk_house: ConsoleHouse, visit: Visit, enter: Enter) -> None:
    reader = await visit(desk_house.address)
    await reader.says("человек <b>жирный</b> " + "Ы" * 300)
    await reader.hears("Записал")
    root = f"{desk_house.address}/console/"
    masha = await visit(root + "login", width=1440)
    assert await masha.shuts_out() == []
    await masha.signs_in()
    for path in screens_of(__name__)[1:]:
        await masha.opens(root + path)
        assert await masha.shuts_out() == [], path
    await masha.opens(root + "c/1")
    for name in ("Готовые ответы", "Книга", "Заметка"):
        await masha.page.get_by_role("button", name=name).click()
        assert await masha.shuts_out() == [], name
        await masha.page.keyboard.press("Escape")
