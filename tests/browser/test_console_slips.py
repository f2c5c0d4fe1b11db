"""What slips at a busy desk: a line that breaks, a session that ends, a press that meant something else."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Dialog, Locator, Page, expect
from sqlalchemy import update

from db.models import ContactRow
from tests.browser.conftest import Visit
from tests.browser.desk import Ahead, Enter, last_line, the_answer_leaves
from tests.browser.held import Held
from tests.browser.visitor import Visitor
from tests.console.house import ConsoleHouse
from tests.support import photographs

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def called(house: ConsoleHouse, visit: Visit, words: str = "человек") -> Visitor:
    """A reader who waits for a person."""
    reader = await visit(house.address)
    await reader.says(words)
    await reader.hears("Записал")
    return reader


async def takes(masha: Visitor, house: ConsoleHouse, conversation: int = 1) -> Locator:
    """Masha has the conversation; returns the field of her answer."""
    await masha.opens(f"{house.address}/console/c/{conversation}")
    await masha.page.get_by_role("button", name="Взять").click()
    await expect(masha.page.get_by_text("Диалог у вас, бот молчит")).to_be_visible()
    return masha.page.get_by_label("Ответ читателю")


async def covered(what: Locator) -> bool:
    """Whether something lies on the middle of it."""
    return bool(
        await what.evaluate(
            """it => {
              const box = it.getBoundingClientRect();
              return !it.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
            }"""
        )
    )


async def attached(page: Page) -> list[str]:
    """Names of the files that would go along."""
    names: list[str] = await page.locator("#file").evaluate("it => [...it.files].map(one => one.name)")
    return names


async def test_a_file_stays_with_its_answer_whatever_becomes_of_it(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    reader = await called(desk_house, visit)
    masha = await enter()
    page, field = masha.page, await takes(masha, desk_house)
    send = page.get_by_role("button", name="Отправить")
    plan = {"name": "plan.jpg", "mimeType": "image/jpeg", "buffer": photographs.file(photographs.photograph())}
    await page.route("**/console/c/1/say", lambda route: route.fulfill(status=503, body="Позже"), times=1)
    await field.fill("Вот план зала")
    await page.locator("#file").set_input_files(plan)  # type: ignore[arg-type]  # a dictionary is a file as well
    await send.click()

    await expect(page.locator("[data-attached]")).to_contain_text("plan.jpg")
    await expect(field).to_have_value("Вот план зала")
    assert not await covered(send), "what is told lies beside the button"
    await send.click()
    await page.get_by_role("button", name="Отменить").click()
    await expect(field).to_have_value("Вот план зала")
    assert await attached(page) == ["plan.jpg"]
    await expect(last_line(masha)).not_to_contain_text("уходит")
    await send.click()
    await expect(last_line(masha)).to_contain_text("уходит")
    assert await attached(page) == []
    await the_answer_leaves(desk_house)
    await expect(reader.page.locator(".librarian img")).to_have_count(1)


async def test_who_is_not_signed_in_any_more_finds_the_door_and_comes_back_to_the_words(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    await called(desk_house, visit)
    masha = await enter()
    page, field = masha.page, await takes(masha, desk_house)
    await masha.context.clear_cookies()
    await field.fill("Здравствуйте, я нашла")
    await field.press("Control+Enter")
    door = page.get_by_role("status").get_by_role("link", name="Войти")
    await expect(door).to_be_visible()
    await page.set_viewport_size({"width": 360, "height": 740})
    assert await page.evaluate("document.querySelector('#told').offsetWidth") > 270, "on a phone as wide as it may be"
    await page.set_viewport_size({"width": 1440, "height": 900})
    await door.click()
    await masha.signs_in()

    await expect(page).to_have_url(f"{desk_house.address}/console/c/1")
    await expect(field).to_have_value("Здравствуйте, я нашла")
    masha.complaints[:] = [one for one in masha.complaints if "401" not in one]  # htmx's, of the list beside it


async def test_a_form_that_comes_too_late_is_filled_in_again_behind_the_door(
    desk_house: ConsoleHouse, enter: Enter
) -> None:
    masha = await enter()
    page = masha.page
    await masha.opens(f"{desk_house.address}/console/canned")
    title, text = page.get_by_label("Название").first, page.get_by_label("Текст").first
    await masha.context.clear_cookies()
    await title.fill("Часы")
    await text.fill("Открыто до 19:00")
    await page.get_by_role("button", name="Добавить").click()
    await expect(page.get_by_text("Вход закончился.")).to_be_visible()
    await page.get_by_role("link", name="Войти").click()
    await masha.signs_in()

    await expect(title).to_have_value("Часы")
    await expect(text).to_have_value("Открыто до 19:00")
    await page.get_by_role("button", name="Добавить").click()
    await expect(page.locator("section").filter(has_text="Сохранить").get_by_label("Название")).to_have_value("Часы")
    await expect(title).to_have_value("")  # what was kept is not typed again


async def test_a_colleague_at_the_same_browser_sees_no_draft_of_hers(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    await called(desk_house, visit)
    masha = await enter()
    page, field = masha.page, await takes(masha, desk_house)
    await field.fill("Секретный черновик")
    await expect(page.get_by_text("Черновик сохранён")).to_be_visible()
    await page.goto("about:blank")  # or her list, asked for without a session, would complain
    await masha.context.clear_cookies()  # her session ended by itself
    for login, draft in (("vera", ""), ("masha", "Секретный черновик")):
        await masha.opens(f"{desk_house.address}/console/")
        await masha.signs_in(login)
        await masha.opens(f"{desk_house.address}/console/c/1")
        await expect(field).to_have_value(draft)
        await page.get_by_role("button", name="Выйти").click()
        await expect(page.get_by_label("Пароль")).to_be_visible()
    assert await page.evaluate("Object.keys(localStorage).filter(name => name !== 'theme')") == []


SWAPS = """() => {
  globalThis.swaps = new Promise((told) => {
    addEventListener("htmx:beforeSwap", ({ detail }) => told(detail.shouldSwap), { once: true });
  });
}"""
"""Whether the next answer takes the place of what stands there."""


async def test_a_row_at_which_the_mouse_takes_aim_stays_until_it_is_pressed(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    for words in ("человек один", "человек два"):
        await called(desk_house, visit, words)
    masha, vera = await enter(), await enter("vera")
    page, rows = masha.page, masha.page.locator("[data-row]")
    await page.clock.install()
    await masha.opens(f"{desk_house.address}/console/")
    await expect(rows).to_have_count(2)
    async with Held(page, "**/console/list?*") as fresh:
        await takes(vera, desk_house)
        await fresh.asked()
        await page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))  # however slow this machine is
        await rows.nth(1).hover()
        await page.evaluate(SWAPS)
        fresh.let()
        assert await page.evaluate("swaps") is False
    await expect(rows).to_have_count(2)

    await page.clock.resume()
    await page.clock.fast_forward(2_000)  # the mouse rests
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("человек два")


async def test_what_cannot_be_taken_back_asks_first(desk_house: ConsoleHouse, visit: Visit, enter: Enter) -> None:
    await desk_house.desk.put_canned("Часы", "Открыто до 19:00")
    masha = await enter()
    page, asked = masha.page, list[str]()

    async def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message)
        await dialog.dismiss()

    page.on("dialog", refuse)
    await masha.opens(f"{desk_house.address}/console/canned")
    await page.get_by_role("button", name="Удалить").click()
    await masha.opens(f"{desk_house.address}/console/staff")
    vera = page.locator("section").filter(has_text="vera")
    await vera.get_by_role("button", name="Новый пароль").click()
    await vera.get_by_role("button", name="Выйти везде").click()

    assert [words.partition("?")[0] for words in asked] == [
        "Удалить готовый ответ «Часы»",
        "Дать новый пароль",
        "Закончить все входы",
    ]
    assert [one.title for one in await desk_house.desk.canned()] == ["Часы"]
    await enter("vera")


async def test_a_note_is_kept_by_the_keys_that_send_an_answer(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    await called(desk_house, visit)
    masha = await enter()
    await takes(masha, desk_house)
    await masha.page.keyboard.press("n")
    await masha.page.locator("#note").fill("Зонт у Ольги")
    await masha.page.keyboard.press("Control+Enter")

    await expect(last_line(masha)).to_contain_text("Зонт у Ольги")
    await expect(masha.page.get_by_role("dialog")).to_have_count(0)


async def test_who_takes_and_gives_back_by_keyboard_goes_on_from_there(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    await called(desk_house, visit)
    masha = await enter()
    page = masha.page
    await masha.opens(f"{desk_house.address}/console/c/1")
    await page.get_by_role("button", name="Взять").press("Enter")
    await expect(page.get_by_label("Ответ читателю")).to_be_focused()
    await page.get_by_role("button", name="Вернуть боту").press("Enter")
    await expect(page.get_by_role("button", name="Взять")).to_be_focused()


async def test_a_narrow_list_shows_every_tab_and_a_wide_one_its_filters_beside_each_other(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    await called(desk_house, visit)
    page = (await enter(width=320)).page
    await expect(page.locator(".tabs a")).to_have_count(4)
    assert await page.locator(".inbox").evaluate("list => list.scrollWidth - list.clientWidth") == 0

    await page.set_viewport_size({"width": 768, "height": 900})
    rows = {}
    for name in ("input[type=search]", "button", "select"):
        boxes = [await one.bounding_box() for one in await page.locator(f".inbox .search {name}").all()]
        rows[name] = {box and box["y"] for box in boxes}
    assert rows["input[type=search]"] == rows["button"] != rows["select"]
    assert len(rows["select"]) == 1


async def test_a_name_that_turns_the_writing_round_turns_nothing_beyond_itself(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    await called(desk_house, visit)
    async with desk_house.database.writer.begin() as connection:
        await connection.execute(update(ContactRow).values(name="Анна \u202eавонавИ"))
    masha = await enter()
    await masha.opens(f"{desk_house.address}/console/c/1")

    name, time = masha.page.locator("#said-1 .by b"), masha.page.locator("#said-1 .by time")
    left, right = await name.bounding_box(), await time.bounding_box()
    assert left is not None
    assert right is not None
    assert right["x"] >= left["x"] + left["width"]


async def test_how_long_a_reader_waits_goes_on_by_itself(desk_house: ConsoleHouse, visit: Visit, enter: Enter) -> None:
    await called(desk_house, visit)
    masha = await enter()
    await masha.page.clock.install()
    await masha.opens(f"{desk_house.address}/console/c/1")
    await expect(masha.page.get_by_text("Ждёт библиотекаря: меньше минуты")).to_be_visible()
    assert isinstance(desk_house.clock, Ahead)
    desk_house.clock.by += timedelta(minutes=5)
    asked = list[str]()
    masha.page.on("request", lambda request: asked.append(request.url))
    await masha.page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    await masha.page.clock.fast_forward(31_000)
    await masha.page.evaluate("delete document.hidden")
    assert [address for address in asked if "/c/1/thread" in address] == [], "where nobody looks"

    await masha.page.clock.fast_forward(31_000)

    await expect(masha.page.get_by_text("Ждёт библиотекаря: 5 минут")).to_be_visible()
    await masha.page.get_by_role("button", name="Взять").click()
    await expect(masha.page.get_by_text("Диалог у вас, бот молчит")).to_be_visible()


ASKS_WHEN_LEAVING = """() => addEventListener("submit", () => queueMicrotask(() => {
  addEventListener("htmx:configRequest", ({ detail }) => { detail.path += "&leaving=1"; });
  htmx.trigger("[data-list]", "refresh");
}))"""
"""As a stream does that the house ends with its session."""


async def test_whoever_signs_out_asks_for_nothing_more(desk_house: ConsoleHouse, visit: Visit, enter: Enter) -> None:
    await called(desk_house, visit)
    masha = await enter()
    page, asked = masha.page, list[str]()
    page.on("request", lambda request: asked.append(request.url))
    await page.evaluate(ASKS_WHEN_LEAVING)

    await page.get_by_role("button", name="Выйти").click()

    await expect(page.get_by_label("Пароль")).to_be_visible()
    assert not [url for url in asked if "leaving=1" in url], "it would complain of a session that is over"


async def test_what_is_pressed_twice_before_its_answer_comes_is_sent_once(
    desk_house: ConsoleHouse, enter: Enter
) -> None:
    masha = await enter()
    page, sent = masha.page, []
    await masha.opens(f"{desk_house.address}/console/staff")
    await page.get_by_label("Имя для входа").fill("olga")
    await page.get_by_label("Как зовут").first.fill("Ольга")
    page.on("request", lambda request: sent.append(request.method))
    twice = "(button) => { button.click(); button.click(); return document.querySelector('#told').textContent; }"

    told = await page.get_by_role("button", name="Добавить").evaluate(twice)

    assert told == "Уже отправлено, ждём ответа."
    await expect(page.get_by_text("Запишите пароль: больше он не покажется")).to_be_visible()
    assert sent.count("POST") == 1


async def test_what_a_field_hints_at_is_read_on_dark_ground_too(
    desk_house: ConsoleHouse, visit: Visit, enter: Enter
) -> None:
    await called(desk_house, visit)
    masha = await enter(color_scheme="dark")
    await masha.opens(f"{desk_house.address}/console/c/1")

    hint = await masha.page.locator("#answer").evaluate("(one) => getComputedStyle(one, '::placeholder').color")

    soft = await masha.page.locator(".who-is .faint").evaluate("(one) => getComputedStyle(one).color")
    assert hint == soft, "the browser's own grey has 3.4 : 1 there"
