"""Branches, hours, closed days and the emergency in a real browser, by keyboard alone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.clock import SystemClock
from bot.staff import StaffRole
from db.connect import connect
from tests.browser.conftest import Visit
from tests.browser.screens import screens_of
from tests.browser.visitor import Visitor
from tests.console.house import ConsoleHouse
from tests.support.databases import Databases
from tests.support.fake_library import CENTRAL, CHILDREN
from tests.support.staff import hire

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def house(databases: Databases) -> AsyncIterator[ConsoleHouse]:
    """Two branches, and an editor of all of them."""
    database, clock = await connect(await databases.url("sqlite")), SystemClock()
    await hire(database, clock, role=StaffRole.EDITOR)
    house = ConsoleHouse(database, clock)
    await house.open()
    await house.lending.opens()
    yield house
    await house.close()
    await databases.drop(database)


async def tabs_to(masha: Visitor, name: str) -> None:
    """The Tab key, until what has this name has the focus."""
    for _ in range(80):
        await masha.page.keyboard.press("Tab")
        if await masha.page.evaluate(NAME_OF_FOCUS) == name:
            return
    pytest.fail(f"Tab does not come to «{name}»")


NAME_OF_FOCUS = """() => {
  const at = document.activeElement;
  return (at.ariaLabel || at.labels?.[0]?.innerText || at.innerText || "").trim();
}"""


async def test_each_of_many_branches_stands_beside_its_tick_on_a_telephone(house: ConsoleHouse, visit: Visit) -> None:
    names = [f"Городская библиотека имени Н. А. Некрасова (филиал № {number})" for number in range(1, 21)]
    more = [replace(CHILDREN, code=f"{number:02}", name=name) for number, name in enumerate(names, 3)]
    await house.lending.branches.put([CENTRAL, CHILDREN, *more])
    masha = await visit(f"{house.address}/console/", width=360, height=740)
    await masha.signs_in()
    await masha.opens(f"{house.address}/console/places")

    await masha.page.get_by_text("Сегодня закрыто…").click()
    await masha.page.get_by_label("только в отмеченных:").first.check()

    ticks = masha.page.locator("#shut-all").locator("xpath=ancestor::fieldset").locator(".some .check")
    await expect(ticks).to_have_count(22)
    apart = await ticks.evaluate_all(
        "all => all.filter(({ children: [box, name] }) => name.offsetTop > box.offsetTop + box.offsetHeight).length"
    )
    assert apart == 0
    assert await masha.sideways() == 0


async def test_the_library_is_closed_and_opened_and_its_hours_changed_without_a_mouse(
    house: ConsoleHouse, visit: Visit
) -> None:
    masha = await visit(f"{house.address}/console/", width=1440, height=900, staff="masha")
    page, keys = masha.page, masha.page.keyboard
    await keys.press("g")
    await keys.press("h")
    await expect(page.get_by_role("heading", name="Филиалы и часы")).to_be_visible()

    await tabs_to(masha, "Сегодня закрыто…")
    await keys.press("Enter")
    await tabs_to(masha, "Почему (услышит читатель)")
    await keys.press("Control+A")
    await keys.type("прорвало трубу")
    await keys.press("Enter")
    await expect(page.locator(".banner")).to_contain_text("Сегодня закрыто: все филиалы (прорвало трубу)")
    said = page.get_by_text("Закрыто. Бот уже говорит об этом читателям.")
    await expect(said).to_be_focused()
    assert page.url == f"{house.address}/console/places", "it is said once"
    await page.reload()
    await expect(page.locator(".banner")).to_be_visible()
    await expect(said).to_have_count(0)
    assert await masha.shuts_out() == []
    await page.get_by_role("button", name="Снова открыто").press("Enter")
    await expect(page.locator(".banner")).to_have_count(0)
    await page.wait_for_load_state()

    await page.set_viewport_size({"width": 1440, "height": 900})
    await tabs_to(masha, "Изменить: Центральная библиотека")
    await keys.press("Enter")
    await masha.sees(page.get_by_role("heading", name="Центральная библиотека", level=1))
    await tabs_to(masha, "понедельник: открыто")
    await keys.press("Control+A")
    await keys.type("11:00-17:00")
    await tabs_to(masha, "Показать, что услышит читатель")
    await keys.press("Enter")
    await expect(page.get_by_text("с 11:00 до 17:00").first).to_be_visible()
    assert await masha.shuts_out() == []
    await page.get_by_role("button", name="Сохранить").press("Enter")
    await masha.sees(page.get_by_role("heading", name="Филиалы и часы"))

    in_two_months = house.clock.now().date() + timedelta(days=60)
    await page.get_by_label("Первый день").fill(in_two_months.isoformat())
    await tabs_to(masha, "Почему (услышит читатель)")
    await keys.type("переезд")
    await keys.press("Enter")
    await expect(page.get_by_text("закрыто: переезд")).to_be_visible()


async def test_enter_in_a_branchs_field_shows_what_is_heard_and_copies_no_hours(
    house: ConsoleHouse, visit: Visit
) -> None:
    masha = await visit(f"{house.address}/console/", width=1440, height=900, staff="masha")
    await masha.opens(f"{house.address}/console/places/branch?code=01")
    friday = masha.page.get_by_label("пятница: открыто")
    await friday.fill("12:00-15:00")
    await masha.page.get_by_label("Название").press("Enter")

    await expect(masha.page.get_by_text("Ещё не сохранено.")).to_be_visible()
    await expect(friday).to_have_value("12:00-15:00")


async def test_no_screen_of_branches_shuts_anybody_out(house: ConsoleHouse, visit: Visit) -> None:
    masha = await visit(f"{house.address}/console/", width=1440, staff="masha")
    for path in screens_of(__name__):
        await masha.opens(f"{house.address}/console/{path}")
        await masha.page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        assert await masha.shuts_out() == [], path
