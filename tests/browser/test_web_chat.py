"""The web chat in a real browser: on a small phone, a phone and a desk."""

import io

import pytest
from PIL import Image
from playwright.async_api import Route, expect

from tests.adapters.house import House
from tests.browser.conftest import OpenHouse, Visit
from tests.browser.held import Held
from tests.browser.visitor import GREETING
from tests.support.photographs import code, file, photograph

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize("width", [320, 390, 1280])
async def test_a_newcomer_is_greeted_asks_and_presses_a_button_by_keyboard(
    house: House, visit: Visit, width: int
) -> None:
    reader = await visit(house.address, width=width)
    await reader.hears(GREETING)

    await reader.says("Есть ли у вас Обломов?")
    await reader.hears("Да, есть: 2 из 3 экземпляров.")
    await reader.page.keyboard.press("Shift+Tab")  # from the field back to the last button
    await expect(reader.page.locator(":focus")).to_have_text("Похожие книги")
    await reader.page.keyboard.press("Shift+Tab")
    await reader.page.keyboard.press("Enter")

    await reader.hears("Нажато: 1.")
    assert (await reader.said())[-2:] == ["reader: Другие издания", "bot: Нажато: 1."]
    assert await reader.sideways() == 0
    assert await reader.barriers() == []


async def test_who_speaks_before_the_conversation_has_come_is_greeted_first(house: House, visit: Visit) -> None:
    reader = await visit("about:blank")
    async with Held(reader.page, "**/chat/messages?*") as conversation:
        await reader.opens(house.address)
        await conversation.asked()
        await reader.says("где вы")
    await reader.hears("Мы здесь:")
    await reader.hears(GREETING)
    said = [line.partition("\n")[0] for line in await reader.said()]
    said.remove("reader: где вы")  # kept before the greeting was said or after: as quick as the machine is
    assert [line[: len(f"bot: {GREETING}")] for line in said] == [f"bot: {GREETING}", "bot: Мы здесь:"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_state_is_readable_for_everybody(house: House, visit: Visit, scheme: str) -> None:
    reader = await visit(house.address, width=320, color_scheme=scheme)
    await reader.hears(GREETING)
    await reader.says("где вы")
    await reader.hears("Мы здесь:")
    await reader.page.locator("#menu-button").click()
    assert await reader.barriers() == []

    await reader.page.get_by_role("button", name="Крупнее текст").click()
    await reader.context.set_offline(offline=True)
    await reader.says("А связь есть?")
    await expect(reader.page.get_by_role("button", name="Повторить")).to_be_visible()
    await expect(reader.page.locator("#notice")).to_contain_text("Нет связи")

    assert await reader.barriers() == []
    assert await reader.sideways() == 0


async def test_text_twice_as_large_on_a_small_phone_keeps_its_room(house: House, visit: Visit) -> None:
    """A browser whose text is set to 200 % shows 320 pixels as it shows 160 of its usual ones."""
    reader = await visit(house.address, width=160, height=320)
    await reader.hears(GREETING)
    await reader.says("\n".join(f"строка {number}" for number in range(40)))
    await reader.hears("Вы написали: строка 0")

    wide = "element => element.getBoundingClientRect().width"
    assert await reader.page.locator(".message.bot .bubble").last.evaluate(wide) >= 144
    newer = reader.page.locator("#newer")
    await expect(newer).to_be_visible()
    assert await newer.evaluate("button => button.scrollWidth - button.clientWidth") == 0
    assert await reader.sideways() == 0
    assert await reader.barriers() == []


async def test_a_long_answer_is_read_from_its_first_word(house: House, visit: Visit) -> None:
    reader = await visit(house.address, width=360)
    await reader.hears(GREETING)

    await reader.says("\n".join(f"строка {number}" for number in range(80)))
    await reader.hears("Вы написали: строка 0")

    await expect(reader.page.locator("#newer")).to_be_visible()
    top = "element => element.getBoundingClientRect().top"
    answer, seen = reader.page.locator(".message.bot").last, reader.page.locator("#scroll")
    assert await answer.evaluate(top) - await seen.evaluate(top) == pytest.approx(12, abs=1)

    onward = reader.page.get_by_role("button", name="Читать дальше")
    height = await seen.evaluate("element => element.clientHeight")
    await onward.click()  # a screen further; two lines of the one before stay in sight
    assert await seen.evaluate(top) - await answer.evaluate(top) == pytest.approx(height - 60 - 12, abs=2)


async def test_what_a_reader_types_is_shown_as_text(house: House, visit: Visit) -> None:
    reader = await visit(house.address)
    await reader.says("<b>жирно</b> <img src=x onerror=alert(1)> <script>alert(1)</script>")
    await reader.hears("Вы написали: <b>жирно</b> <img src=x onerror=alert(1)> <script>alert(1)</script>")
    assert await reader.page.locator("#log b, #log img, #log script").count() == 0


async def test_formatting_links_and_telephones_are_shown(house: House, visit: Visit) -> None:
    reader = await visit(house.address)
    await reader.says("есть ли Обломов")
    await reader.hears("Обломов")
    await expect(reader.page.locator(".bot strong")).to_have_text("Обломов")
    entry = reader.page.get_by_role("link", name="запись в каталоге")
    await expect(entry).to_have_attribute("href", "https://library.example/works/1")
    await expect(entry).to_have_attribute("rel", "noopener noreferrer")
    await expect(reader.page.get_by_role("link", name="8 (86547) 2-15-33")).to_have_attribute(
        "href", "tel:+78654721533"
    )


@pytest.mark.parametrize("width", [320, 1280])
async def test_a_photograph_of_a_barcode_is_sent_by_keyboard(house: House, visit: Visit, width: int) -> None:
    reader = await visit(house.address, width=width)
    await reader.hears(GREETING)
    await reader.page.locator("#text").focus()
    await reader.page.keyboard.press("Tab")
    await expect(reader.page.locator(":focus")).to_have_accessible_name("Сфотографировать штрих-код книги")

    # The browser's own window to choose a file is not opened: a headless one has none.
    asked = "addEventListener('click', event => { event.preventDefault(); event.target.dataset.asked = 'yes' })"
    await reader.page.locator("#photo").evaluate(f"input => input.{asked}")
    await reader.page.keyboard.press("Enter")
    await expect(reader.page.locator("#photo")).to_have_attribute("data-asked", "yes")
    cover = {"name": "cover.jpg", "mimeType": "image/jpeg", "buffer": file(photograph(code("9785170978335")))}
    await reader.page.locator("#photo").set_input_files(cover)  # type: ignore[arg-type]  # Playwright's own dictionary

    await reader.hears("На снимке seen:9785170978335.")
    await expect(reader.page.locator(".pending")).to_have_count(0)
    assert (await reader.said())[1:] == ["reader: Фотография", "bot: На снимке seen:9785170978335."]
    assert await reader.sideways() == 0
    assert await reader.barriers() == []
    await reader.page.reload()
    await reader.hears("На снимке")
    assert (await reader.said())[1] == "reader: Фотография"


async def test_a_large_photograph_is_made_smaller_before_it_goes(house: House, visit: Visit) -> None:
    reader = await visit(house.address)
    await reader.hears(GREETING)
    page = photograph(code("9785170978335"), size=(3600, 2700), scale=3)
    grainy = Image.blend(page, Image.effect_noise(page.size, 60), 0.25)
    large = {"name": "cover.jpg", "mimeType": "image/jpeg", "buffer": file(grainy)}
    assert len(large["buffer"]) > 1024 * 1024

    async with reader.page.expect_request("**/chat/pictures*") as sending:
        await reader.page.locator("#photo").set_input_files(large)  # type: ignore[arg-type]

    await reader.hears("На снимке seen:9785170978335.")
    sent = int((await (await sending.value).all_headers())["content-length"])
    assert 0 < sent < len(large["buffer"]) / 2


async def test_a_photograph_that_did_not_go_is_sent_again_by_hand(house: House, visit: Visit) -> None:
    reader = await visit(house.address)
    await reader.hears(GREETING)
    cover = {"name": "cover.jpg", "mimeType": "image/jpeg", "buffer": file(photograph(code("9785170978335")))}
    await reader.page.route("**/chat/pictures*", lambda route: route.abort())
    await reader.page.locator("#photo").set_input_files(cover)  # type: ignore[arg-type]  # Playwright's own dictionary
    again = reader.page.get_by_role("button", name="Повторить")
    await expect(again).to_be_visible()
    await reader.has_a_line_again()
    await again.click()
    await reader.hears("На снимке seen:9785170978335.")
    assert len(await reader.said()) == 3

    text = {"name": "cover.jpg", "mimeType": "image/jpeg", "buffer": b"no picture at all"}
    await reader.page.locator("#photo").set_input_files(text)  # type: ignore[arg-type]
    await expect(reader.page.get_by_text("Это не фотография")).to_be_visible()


async def test_a_map_point_is_links_and_loads_no_map(house: House, visit: Visit) -> None:
    reader = await visit(house.address)
    await reader.says("где вы")
    await expect(reader.page.locator(".place strong")).to_have_text("Центральная библиотека")
    await expect(reader.page.locator(".place")).not_to_contain_text("Ленина")  # that stands in the words above
    assert "филиал №\N{NO-BREAK SPACE}1." in (await reader.said())[-1]
    await expect(reader.page.get_by_role("link", name="Яндекс Карты")).to_have_attribute(
        "href", "https://yandex.ru/maps/?z=17&pt=41.9692,45.0448"
    )


async def test_a_library_that_was_restarted_has_every_message_once(house: House, visit: Visit) -> None:
    reader = await visit(house.address)
    await reader.hears(GREETING)
    await reader.says("до перерыва")
    await reader.hears("Вы написали: до перерыва")

    await house.close()
    await reader.says("во время")
    await reader.says("сразу следом")
    await expect(reader.page.get_by_text("Не отправлено: отправим, когда связь вернётся.")).to_have_count(2)
    await house.open()

    await reader.hears("Вы написали: сразу следом")
    texts = ["до перерыва", "во время", "сразу следом"]
    said = (await reader.said())[1:]
    assert [line for line in said if line.startswith("reader")] == [f"reader: {text}" for text in texts]
    assert [line for line in said if line.startswith("bot")] == [f"bot: Вы написали: {text}" for text in texts]
    await expect(reader.page.locator(".fate")).to_have_count(0)


async def test_what_is_said_while_the_chat_is_off_goes_by_itself_when_it_is_back(house: House, visit: Visit) -> None:
    """Something else answers at its address meanwhile: the web server in front, that it knows no such page."""
    reader = await visit(house.address)
    await reader.hears(GREETING)
    await reader.page.route("**/chat/messages", lambda route: route.fulfill(status=404, body="no such page"))
    await reader.says("вы здесь?")
    await reader.says("ау")
    await expect(reader.page.get_by_text("Не отправлено: отправим, когда связь вернётся.")).to_have_count(2)
    await reader.has_a_line_again()

    await reader.hears("Вы написали: ау")
    assert [line for line in await reader.said() if line.startswith("reader")] == ["reader: вы здесь?", "reader: ау"]
    await expect(reader.page.locator(".fate")).to_have_count(0)


async def test_an_answer_given_after_the_restart_arrives_by_itself(house: House, visit: Visit) -> None:
    reader = await visit(house.address)
    await reader.hears(GREETING)
    await house.close()
    house.answering.clear()
    await house.open()
    await reader.says("долгий вопрос")
    await expect(reader.page.locator("#typing")).to_be_visible()
    await house.close()
    house.answering.set()
    await house.open()
    await reader.hears("Вы написали: долгий вопрос")
    await expect(reader.page.locator("#typing")).to_be_hidden()
    assert len(await reader.said()) == 3


async def test_two_tabs_show_one_conversation(house: House, visit: Visit) -> None:
    reader = await visit(house.address)
    await reader.hears(GREETING)
    other = await reader.second_tab(house.address)
    await other.hears(GREETING)
    await other.says("из второй вкладки")
    for tab in (reader, other):
        await tab.hears("Вы написали: из второй вкладки")
    assert await reader.said() == await other.said()
    assert len(await reader.said()) == 3


async def test_a_draft_and_an_unsent_message_survive_a_reload(house: House, visit: Visit) -> None:
    reader = await visit(house.address)
    await reader.hears(GREETING)
    await reader.page.route("**/chat/messages", lambda route: route.abort())
    await reader.says("не ушло")
    await expect(reader.page.get_by_role("button", name="Повторить")).to_be_visible()
    await reader.page.locator("#text").fill("недописано")
    await reader.has_a_line_again()
    await reader.page.reload()
    await reader.hears("Вы написали: не ушло")
    await expect(reader.page.locator("#text")).to_have_value("недописано")
    assert len(await reader.said()) == 3


async def test_a_message_whose_answer_was_lost_on_the_way_is_not_doubled(house: House, visit: Visit) -> None:
    reader = await visit(house.address)
    await reader.hears(GREETING)

    async def taken_but_not_told(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await reader.page.route("**/chat/messages", taken_but_not_told)
    await reader.says("дошло ли?")
    await reader.hears("Вы написали: дошло ли?")
    await reader.has_a_line_again()
    await reader.says("а теперь?")
    await reader.hears("Вы написали: а теперь?")
    assert (await reader.said())[1:] == [
        "reader: дошло ли?",
        "bot: Вы написали: дошло ли?",
        "reader: а теперь?",
        "bot: Вы написали: а теперь?",
    ]


async def test_trying_again_says_nothing_twice(house: House, visit: Visit) -> None:
    reader = await visit("about:blank")
    await reader.page.add_init_script("delete window.EventSource")
    await reader.opens(house.address)
    await reader.hears(GREETING)

    async def only_in(route: Route) -> None:
        if route.request.method == "POST":
            await route.fetch()
        await route.abort()

    await reader.page.route("**/chat/messages*", only_in)
    await reader.says("слышно?")
    again = reader.page.get_by_role("button", name="Повторить")
    async with reader.page.expect_request("**/chat/messages"):
        await again.click()  # while nothing comes back: else the page, which tries again as well, may be the first
    await reader.has_a_line_again()
    await reader.page.evaluate("dispatchEvent(new Event('online'))")
    await reader.hears("Вы написали: слышно?")
    await reader.page.reload()
    await reader.hears("Вы написали: слышно?")
    assert len(await reader.said()) == 3


async def test_a_stream_that_is_faster_than_the_receipt_doubles_nothing(house: House, visit: Visit) -> None:
    reader = await visit(house.address)
    await reader.hears(GREETING)

    async def slow(route: Route) -> None:
        receipt = await route.fetch()
        await reader.hears("Вы написали: аб")
        await route.fulfill(response=receipt)

    await reader.page.route("**/chat/messages", slow)
    await reader.says("а\x00б")  # the store keeps no NUL, so it comes back as another text
    await expect(reader.page.locator(".pending")).to_have_count(0)
    assert await reader.said() == [(await reader.said())[0], "reader: аб", "bot: Вы написали: аб"]


async def test_a_text_that_is_too_long_is_counted_and_not_sent(house: House, visit: Visit) -> None:
    reader = await visit(house.address)
    await reader.hears(GREETING)
    await reader.says("ы" * 4005)
    await expect(reader.page.locator("#count")).to_have_text("Слишком длинно. Лишних знаков: 5")
    assert len(await reader.said()) == 1


async def test_starting_again_is_asked_for_twice_and_leaves_nothing(house: House, visit: Visit) -> None:
    reader = await visit(house.address)
    await reader.hears(GREETING)
    await reader.says("прежний вопрос")
    await reader.hears("Вы написали: прежний вопрос")
    await reader.page.locator("#menu-button").click()
    await reader.page.get_by_role("button", name="Начать заново").click()
    await reader.page.get_by_role("button", name="Да, начать").click()
    await reader.hears(GREETING)
    assert len(await reader.said()) == 1


async def test_without_a_stream_the_page_asks(house: House, visit: Visit) -> None:
    reader = await visit("about:blank")
    await reader.page.add_init_script("delete window.EventSource")
    await reader.opens(house.address)
    await reader.hears(GREETING)
    await reader.says("без потока")
    await reader.hears("Вы написали: без потока")


async def test_where_streams_are_refused_or_held_back_the_page_asks(house: House, visit: Visit) -> None:
    reader = await visit("about:blank")
    await reader.page.route("**/chat/stream*", lambda route: route.fulfill(status=503))
    await reader.opens(house.address)
    await reader.hears(GREETING)
    await reader.says("поток не пускают")
    await reader.hears("Вы написали: поток не пускают")
    assert len(await reader.said()) == 3


async def test_an_old_button_still_answers(house: House, visit: Visit) -> None:
    reader = await visit(house.address)
    await reader.says("есть ли Обломов")
    await reader.hears("Обломов")
    await reader.page.get_by_role("button", name="Часы работы").click()
    await reader.hears("Нажато: часы.")


async def test_without_scripts_the_page_says_whom_to_call(open_house: OpenHouse, visit: Visit) -> None:
    house = await open_house(phone="8 (86547) 2-15-33")
    reader = await visit(house.address, java_script_enabled=False)
    await expect(reader.page.get_by_text("позвоните нам: 8 (86547) 2-15-33")).to_be_visible()
    await expect(reader.page.locator("#composer")).to_be_hidden()


async def test_the_page_speaks_english_when_asked(house: House, visit: Visit) -> None:
    reader = await visit(f"{house.address}/?lang=en")
    await expect(reader.page.locator("html")).to_have_attribute("lang", "en")
    await expect(reader.page.get_by_role("textbox", name="Message")).to_have_attribute(
        "placeholder", "Book or question"
    )


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
async def test_pictures_and_documents_are_seen_opened_and_told_in_words(
    house: House, visit: Visit, width: int, scheme: str
) -> None:
    drawing = io.BytesIO()
    Image.new("RGB", (1600, 900), "teal").save(drawing, "PNG")
    long_name = "правила-пользования-библиотекой-" * 3 + ".pdf"
    await house.shows(
        ("план.png", "image/png", drawing.getvalue(), "План читального зала"),
        (long_name, "application/pdf", b"%PDF-1.7" + bytes(300_000), None),
        ("битая.png", "image/png", b"\x89PNG", "Схема проезда"),
    )
    reader = await visit(house.address, width=width, color_scheme=scheme)
    await reader.says("Покажи план")
    await reader.hears("Вот:")

    image = reader.page.get_by_role("img", name="План читального зала")
    await expect(image).to_be_visible()
    await reader.page.wait_for_function("document.querySelector('.picture img').naturalWidth === 1600")
    box = await image.bounding_box()
    assert box is not None
    assert box["width"] <= width
    assert box["height"] <= 420
    await expect(reader.page.get_by_role("link", name="Схема проезда")).to_be_visible()  # what cannot be seen is said
    document = reader.page.locator("a.file")
    await expect(document).to_contain_text("293 КБ")
    assert await reader.sideways() == 0
    assert await reader.barriers() == []

    await document.focus()
    async with reader.page.expect_download() as waited:
        await reader.page.keyboard.press("Enter")
    assert (await waited.value).suggested_filename == long_name
    async with reader.context.expect_page() as opened:
        await image.click()
    await (await opened.value).wait_for_load_state()
    assert await (await opened.value).evaluate("document.images.length") == 1
