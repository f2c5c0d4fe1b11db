"""The overview in a real browser, and the signals of a reader who calls."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.overview import Standing, Way
from bot.staff import StaffRole
from db.channel_states import SqlChannelStates
from db.connect import connect
from tests.browser.conftest import Visit
from tests.browser.desk import Ahead, has_signed_in
from tests.browser.screens import screens_of
from tests.browser.visitor import Visitor
from tests.console.house import ConsoleHouse
from tests.support.databases import Databases
from tests.support.staff import hire

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

EARS = """
window.rung = 0; window.noticed = [];
localStorage.setItem("sound", "on"); localStorage.setItem("notices", "on");
window.AudioContext = class {
  state = "running"; currentTime = 0; destination = {};
  createOscillator() {
    return { frequency: {}, connect: (to) => to, start: () => { window.rung += 1; }, stop: () => {} };
  }
  createGain() {
    return { gain: { setValueAtTime: () => {}, exponentialRampToValueAtTime: () => {} }, connect: (to) => to };
  }
};
window.Notification = class { static permission = "granted"; constructor(words) { window.noticed.push(words); } };
Object.defineProperty(document, "hidden", { get: () => window.away === true });
"""
"""A browser that writes down what it would have let be heard and seen."""

Enter = Callable[..., Awaitable[Visitor]]


@pytest_asyncio.fixture(loop_scope="session")
async def house(databases: Databases) -> AsyncIterator[ConsoleHouse]:
    """A library with a web chat and a console."""
    database, clock = await connect(await databases.url("sqlite")), Ahead()
    await hire(database, clock, role=StaffRole.ADMIN)
    house = ConsoleHouse(database, clock)
    await house.open()
    await SqlChannelStates(database, clock).keep({("webchat", Way.OUT): Standing.UP, ("wa", Way.OUT): Standing.REFUSED})
    yield house
    await house.close()
    await databases.drop(database)


@pytest_asyncio.fixture(loop_scope="session")
async def enter(visit: Visit, house: ConsoleHouse) -> Enter:
    """A librarian who has signed in."""

    async def entered(path: str = "", **window: object) -> Visitor:
        librarian = await visit("about:blank", **{"width": 1440, "height": 900, **window})
        await has_signed_in(librarian.context, house.address, "masha")
        await librarian.context.add_init_script(EARS)
        await librarian.opens(f"{house.address}/console/{path}")
        return librarian

    return entered


async def test_the_overview_shuts_nobody_out(house: ConsoleHouse, visit: Visit, enter: Enter) -> None:
    reader = await visit(house.address)
    await reader.says("Часы работы?")
    await reader.says("Позовите человека")
    await reader.hears("Записал")
    masha = await enter()
    for path in screens_of(__name__):
        await masha.opens(f"{house.address}/console/{path}")
        assert await masha.shuts_out() == [], path


async def test_it_is_reached_by_keys_and_keeps_itself_fresh(house: ConsoleHouse, visit: Visit, enter: Enter) -> None:
    masha = await enter()
    await masha.page.keyboard.press("g")
    await masha.page.keyboard.press("o")
    await expect(masha.page.get_by_role("heading", name="Обзор")).to_be_visible()
    await expect(masha.page.get_by_text("никто не ждёт")).to_be_visible()
    reader = await visit(house.address)
    await reader.says("Позовите человека")
    await reader.hears("Записал")

    await masha.page.evaluate("htmx.ajax('GET', '/console/overview/now', {target: '[hx-get]', swap: 'innerHTML'})")

    await expect(masha.page.get_by_text("дольше всех: меньше минуты")).to_be_visible()


@pytest.mark.parametrize("path", ["", "overview"])
async def test_a_call_is_heard_and_seen_on_every_page_that_listens(
    house: ConsoleHouse, visit: Visit, enter: Enter, path: str
) -> None:
    masha = await enter(path or "?tab=waiting")
    await masha.page.evaluate("window.away = true")
    reader = await visit(house.address)
    await reader.says("Позовите человека")
    await reader.hears("Записал")

    await expect(masha.page).to_have_title(re.compile(r"^\(1\) "))
    heard = await masha.page.evaluate("({ rung: window.rung, noticed: window.noticed })")
    assert heard == {"rung": 1, "noticed": ["Читатель ждёт библиотекаря"]}
