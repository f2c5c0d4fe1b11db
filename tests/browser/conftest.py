"""One Chromium for all browser tests, a house and visitors for each."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from bot.clock import SystemClock
from bot.staff import StaffRole
from db.connect import connect
from tests.adapters.house import House
from tests.browser.desk import UNDO, Ahead, Enter, has_signed_in
from tests.browser.visitor import Visitor
from tests.console.house import ConsoleHouse
from tests.support.databases import Databases
from tests.support.patience import SOON_S
from tests.support.staff import hire

NAMES = ("chromium", "chromium-browser", "google-chrome")
WITHOUT = (
    # Pages of the browser's own, two for each window, that nobody opens: they cost more than the page that is tried.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "OmniboxPopup"),
    # A process in store for the next page, of which a visitor has but one.
    "SpareRendererForSitePerProcess",
    # What Playwright goes without (``chromiumSwitches.ts``, 1.65): the browser hears the last of such lists only.
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "LensOverlay"),
    *("HttpsFirstBalancedModeAutoEnable", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning"),
    *("AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled"),
    "PreconnectToSearch",
)
"""Features of Chromium that no test looks at."""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    f"--disable-features={','.join(WITHOUT)}",
)
"""Beyond Playwright's own, which start no services and ask no other machine for anything."""

Visit = Callable[..., Awaitable[Visitor]]
OpenHouse = Callable[..., Awaitable[House]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.fail("The browser tests need Chromium: run `sh tests/need-browser.sh`.")
    expect.set_options(timeout=SOON_S * 1000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=list(FLAGS), headless=True)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_house(databases: Databases) -> AsyncIterator[OpenHouse]:
    """Opens a library's web chat on a fresh store: ``await open_house(embed_on=[…])``."""
    houses = []

    async def opened(**options: object) -> House:
        database = await connect(await databases.url("sqlite"))
        house = House(database, SystemClock(), **options)
        houses.append((house, database))
        return await house.open()

    yield opened
    for house, database in houses:
        await house.close()
        await databases.drop(database)


@pytest_asyncio.fixture(loop_scope="session")
async def house(open_house: OpenHouse) -> House:
    """A library with the options as they come."""
    return await open_house()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(chromium: Browser) -> AsyncIterator[Visit]:
    """Sends a visitor with a browser of their own: ``await visit(house.address, width=320)``.

    One of the staff has signed in before: ``await visit(f"{house.address}/console/", staff="masha")``.
    At the end no page may have complained (a script that failed, a policy that was violated) or
    asked another machine for anything.
    """
    visitors: list[Visitor] = []

    async def come(address: str, *, width: int = 390, height: int = 760, staff: str = "", **context: object) -> Visitor:
        own = await chromium.new_context(
            viewport={"width": width, "height": height},
            locale="ru-RU",
            reduced_motion="reduce",  # else what still fades in is too pale for axe
            **context,  # type: ignore[arg-type]  # Playwright's own names
        )
        own.set_default_timeout(SOON_S * 1000)
        if staff:
            await has_signed_in(own, address, staff)
        visitor = Visitor(own, await own.new_page())
        visitors.append(visitor)
        await visitor.opens(address)
        return visitor

    yield come
    for visitor in visitors:
        for page in visitor.context.pages:
            await page.unroute_all(behavior="ignoreErrors")
        await visitor.context.close()
        assert visitor.complaints == []
        assert visitor.asked_elsewhere == []


@pytest_asyncio.fixture(loop_scope="session")
async def desk_house(databases: Databases) -> AsyncIterator[ConsoleHouse]:
    """A library with a web chat, a console and two librarians."""
    database, clock = await connect(await databases.url("sqlite")), Ahead()
    await hire(database, clock, role=StaffRole.ADMIN)
    await hire(database, clock, "vera", "Вера")
    house = ConsoleHouse(database, clock, undo=UNDO)
    await house.open()
    yield house
    await house.close()
    await databases.drop(database)


@pytest_asyncio.fixture(loop_scope="session")
async def enter(visit: Visit, desk_house: ConsoleHouse) -> Enter:
    """A librarian who has signed in: ``await enter(width=360)``."""

    async def entered(login: str = "masha", **window: object) -> Visitor:
        desk = {"width": 1440, "height": 900, "staff": login}
        return await visit(f"{desk_house.address}/console/", **{**desk, **window})

    return entered
