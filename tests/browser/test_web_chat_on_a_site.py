"""The web chat on the site of a library: one script tag, another origin."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import expect

from tests.adapters.house import House
from tests.browser.conftest import OpenHouse, Visit
from tests.browser.visitor import GREETING

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[tuple[web.AppRunner, str, dict[str, str]]]:
    """Another site, another origin; ``page["body"]`` is what it shows."""
    page = {"body": ""}

    async def show(_: web.Request) -> web.Response:
        text = f'<!doctype html><html lang="ru"><title>Сайт</title><h1>Сайт библиотеки</h1>{page["body"]}'
        return web.Response(text=text, content_type="text/html")

    app = web.Application()
    app.add_routes([web.get("/{any:.*}", show)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield runner, f"http://127.0.0.1:{runner.addresses[0][1]}", page
    await runner.cleanup()


Site = tuple[web.AppRunner, str, dict[str, str]]


@pytest.mark.parametrize("width", [320, 1280])
async def test_one_script_tag_puts_the_chat_on_another_site(
    open_house: OpenHouse, visit: Visit, site: Site, width: int
) -> None:
    _, address, page = site
    house = await open_house(embed_on=[address])
    page["body"] = f'<script src="{house.address}/chat/widget.js" data-colour="#ffd400" defer></script>'
    reader = await visit(address, width=width)
    opener = reader.page.get_by_role("button", name="Спросить библиотеку")
    await opener.click()
    reader.chat = reader.page.frame_locator("iframe")
    await reader.hears(GREETING)
    await expect(reader.chat.locator("#text")).to_be_focused()
    await reader.page.keyboard.type("есть ли Обломов")
    await reader.page.keyboard.press("Enter")
    await reader.hears("Да, есть: 2 из 3 экземпляров.")
    assert await reader.sideways() == 0
    assert await reader.barriers() == []
    await reader.page.keyboard.press("Escape")
    await expect(opener).to_be_focused()


async def test_a_site_that_is_not_named_gets_a_link_instead_of_a_frame(house: House, visit: Visit, site: Site) -> None:
    _, address, page = site
    page["body"] = f'<script src="{house.address}/chat/widget.js"></script>'
    reader = await visit("about:blank")
    await reader.page.clock.install()
    await reader.opens(address)
    # The browser's own words come when it has refused the frame, ours when we have waited long enough.
    async with reader.page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        await reader.page.get_by_role("button", name="Спросить библиотеку").click()
    ours = f"Is {address} in channels.webchat.embed_on?"
    async with reader.page.expect_console_message(lambda said: ours in said.text):
        await reader.page.clock.fast_forward(11_000)
    await expect(reader.page.get_by_role("link", name="Открыть чат в новом окне")).to_be_visible()
    reader.complaints.clear()


async def test_a_refused_frame_covers_a_telephone_for_moments_only(house: House, visit: Visit, site: Site) -> None:
    _, address, page = site
    no_long_wait = "<script>const wait = setTimeout; setTimeout = (then, ms) => ms < 5000 ? wait(then, ms) : 0</script>"
    page["body"] = f'{no_long_wait}<script src="{house.address}/chat/widget.js"></script>'
    reader = await visit(address, width=320)
    opener = reader.page.get_by_role("button", name="Спросить библиотеку")
    await opener.click()

    await expect(reader.page.get_by_role("link", name="Открыть чат в новом окне")).to_be_focused()
    await reader.page.get_by_role("button", name="Закрыть чат").click()
    await expect(opener).to_be_focused()
    reader.complaints.clear()


async def test_the_button_keeps_its_look_on_a_site_with_habits_of_its_own(
    house: House, visit: Visit, site: Site
) -> None:
    _, address, page = site
    habits = "<style>button { box-sizing: content-box; text-transform: uppercase; letter-spacing: 4px }</style>"
    page["body"] = f'{habits}<script src="{house.address}/chat/widget.js"></script>'
    reader = await visit(address, width=320)
    opener = reader.page.get_by_role("button", name="Спросить библиотеку")

    await expect(opener).to_have_css("text-transform", "none")
    await expect(opener).to_have_css("letter-spacing", "normal")
    assert await opener.evaluate("button => button.getBoundingClientRect().left") >= 16


@pytest.mark.parametrize("width", [320, 1280])
async def test_no_rule_of_a_site_hides_or_bends_the_chat(
    open_house: OpenHouse, visit: Visit, site: Site, width: int
) -> None:
    _, address, page = site
    house = await open_house(embed_on=[address])
    rules = (
        "button, div, iframe { visibility: hidden; opacity: .2 !important; float: left; transform: rotate(9deg);"
        " max-width: 90px !important; max-height: 30px !important; padding: 40px !important; pointer-events: none;"
        " clip-path: inset(50%) !important; display: none !important }"
    )
    page["body"] = f'<style>{rules}</style><script src="{house.address}/chat/widget.js"></script>'
    reader = await visit(address, width=width)
    opener = reader.page.get_by_role("button", name="Спросить библиотеку")
    await expect(opener).to_have_css("opacity", "1")

    await opener.click()

    reader.chat = reader.page.frame_locator("iframe")
    await reader.hears(GREETING)
    shown = await reader.page.locator("iframe").bounding_box()
    assert shown is not None
    assert (shown["width"], shown["height"]) == ((320, 760) if width == 320 else (420, 700))
    assert await reader.sideways() == 0
