"""A console on a fresh store, and librarians with browsers that keep cookies."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import TypedDict
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from bot.clock import Clock
from bot.engine.server import application
from bot.library.holidays import OfficialHolidays
from bot.library.policy import LendingPolicy, LendingRules
from bot.ports.library import Library
from catalogue.import_desk import CatalogueImports
from catalogue.list_desk import Lists
from console.app import Console
from console.places import PlacesPorts
from console.reader_ports import ReaderPorts
from console.room import ConsoleSetting
from db.branch_desk import SqlBranchDesk
from db.branches import SqlBranches
from db.catalogue import SqlCatalogueWriter
from db.channel_states import SqlChannelStates
from db.circulation_house import LendingHouse
from db.connect import Database
from db.desk import SqlConsoleDesk
from db.desk_audit import SqlStaffAudit
from db.files import SqlFiles
from db.hiding import SqlTitleHider
from db.import_jobs import SqlImportJobs
from db.list_import import SqlListWriter
from db.messages import StoredLog, open_log
from db.overview import SqlOverview
from db.shelving import SqlCatalogueDesk
from db.staff import SqlStaffBook
from tests.support.clock import StandingClock
from tests.support.fake_library import empty_library
from tests.support.lessons import school
from tests.support.staff import PASSWORD, hire

LARGEST_UPLOAD = 2_000_000
SETTING = ConsoleSetting(
    library="Районная библиотека",
    language="ru",
    zone=ZoneInfo("Europe/Moscow"),
    key=b"a key of the tests, which is no secret",
    undo=timedelta(seconds=5),
    branches={"01": "Центральная библиотека", "02": "Детская библиотека"},
    sources={"branch-01": "01", "branch-02": "02"},
    channels={"chat": "Чат на сайте", "vk": "ВКонтакте", "wa": "WhatsApp"},
    channel_kinds={"webchat": "Чат на сайте", "vk": "ВКонтакте"},
    sending=frozenset({"chat", "wa"}),
    windows={"wa": 24.0},
    public_only=frozenset({"wa"}),
    largest_upload=LARGEST_UPLOAD,
)


class CataloguePorts(TypedDict):
    """Arguments of ``Console``."""

    shelving: SqlCatalogueDesk
    imports: CatalogueImports


class Browser:
    """Somebody's browser: follows nothing by itself, keeps cookies, brings the form's word along."""

    def __init__(self, client: TestClient) -> None:  # type: ignore[type-arg]  # generic only for type checkers
        self.client = client
        self._words: dict[frozenset[tuple[str, str]], str] = {}

    async def get(self, path: str, **headers: str) -> ClientResponse:
        """A page."""
        asked = {"Accept": "text/html", **headers}
        return await self.client.get(f"/console/{path}", headers=asked, allow_redirects=False)

    async def post(
        self, path: str, fields: Mapping[str, str], csrf: str | None = None, **headers: str
    ) -> ClientResponse:
        """A form, with the word of the last page unless another is given."""
        data = {"csrf": await self.word() if csrf is None else csrf, **fields}
        return await self.client.post(f"/console/{path}", data=data, headers=headers, allow_redirects=False)

    async def word(self) -> str:
        """What a form must bring along now: it goes with the cookies, so for the same ones no page is asked again."""
        if self._cookies() not in self._words:
            word = await self.word_of_a_page()
            self._words[self._cookies()] = word
        return self._words[self._cookies()]

    def _cookies(self) -> frozenset[tuple[str, str]]:
        return frozenset((cookie.key, cookie.value) for cookie in self.client.session.cookie_jar)

    async def word_of_a_page(self) -> str:
        """What stands in the first page that has a form."""
        for path in ("account", "password", "login"):
            page = await self.get(path)
            found = re.search(r'name="csrf" value="(\w+)"', await page.text())
            if page.status == 200 and found:
                return found[1]
        raise AssertionError("no form anywhere")

    async def signs_in(self, login: str = "masha", password: str = PASSWORD, onward: str = "") -> ClientResponse:
        """Through the door."""
        given = {"login": login, "password": password, "next": onward}
        return await self.post("login", given, csrf=await self.word_of_a_page())  # a session may be over by time


def of_the_catalogue(database: Database, clock: Clock, folder: Path) -> "CataloguePorts":
    """What the console needs for its catalogue."""
    jobs, writer = SqlImportJobs(database, clock), SqlCatalogueWriter(database, clock)
    branches = SqlBranches(database, SETTING.zone)
    house = LendingHouse(rules=LendingRules(LendingPolicy()), zone=SETTING.zone, holidays=OfficialHolidays("RU", "ru"))
    lists = Lists(SqlListWriter(database, branches, clock, house), SqlTitleHider(database, clock))
    uploads = folder / "uploads"
    imports = CatalogueImports(
        uploads, jobs, writer, clock=clock, largest=LARGEST_UPLOAD, lists=lists, branches=branches.all
    )
    return {"shelving": SqlCatalogueDesk(database, clock), "imports": imports}


def places_of(database: Database, branches: SqlBranches, clock: Clock) -> PlacesPorts:
    """What the console needs for branches, hours and closed days."""
    holidays = OfficialHolidays("RU", "ru")
    return PlacesPorts(SqlBranchDesk(database, branches, clock), holidays, lambda: branches.known)


LIBRARY = empty_library()
"""Tests that look into the catalogue bring one of their own."""


@pytest.fixture
def library() -> Library:
    """What may be asked while answering."""
    return LIBRARY


@pytest.fixture
def readers() -> ReaderPorts | None:
    """What the screens about readers ask: tests of theirs bring it."""
    return None


@pytest.fixture
def places() -> PlacesPorts | None:
    """What the screens about branches ask: tests of theirs bring it."""
    return None


OpenBrowser = Callable[[], Awaitable[Browser]]


@pytest.fixture
async def log(sqlite: Database, clock: StandingClock) -> AsyncIterator[StoredLog]:
    """The log of the store."""
    opened = await open_log(sqlite, clock)
    yield opened
    await opened.aclose()


@pytest.fixture
def setting() -> ConsoleSetting:
    """What the library has decided."""
    return SETTING


@pytest.fixture
async def console(
    setting: ConsoleSetting,
    sqlite: Database,
    log: StoredLog,
    clock: StandingClock,
    tmp_path: Path,
    library: Library,
    readers: ReaderPorts | None,
    places: PlacesPorts | None,
) -> AsyncIterator[Console]:
    """The console of the store."""
    desk = SqlConsoleDesk(sqlite, log, clock)
    made = Console(
        setting,
        staff=SqlStaffBook(sqlite, clock),
        audit=SqlStaffAudit(sqlite, clock),
        clock=clock,
        desk=desk,
        files=SqlFiles(sqlite, clock),
        library=library,
        lessons=school(sqlite, clock).lessons,
        readers=readers,
        places=places,
        **of_the_catalogue(sqlite, clock, tmp_path),
        overview=SqlOverview(sqlite, SETTING.zone),
        standings=SqlChannelStates(sqlite, clock),
    )
    yield made
    await made.aclose()
    await desk.aclose()


@pytest.fixture
async def open_browser(console: Console) -> AsyncIterator[OpenBrowser]:
    """One more browser at the same console."""
    async with AsyncExitStack() as stack:
        server = TestServer(application(console.routes()))
        await stack.enter_async_context(server)

        async def opened() -> Browser:
            return Browser(await stack.enter_async_context(TestClient(server)))

        yield opened


@pytest.fixture
async def browser(open_browser: OpenBrowser) -> Browser:
    """A browser."""
    return await open_browser()


@pytest.fixture
async def masha(sqlite: Database, clock: StandingClock, open_browser: OpenBrowser) -> Browser:
    """A librarian of all branches, signed in."""
    await hire(sqlite, clock)
    browser = await open_browser()
    await browser.signs_in()
    return browser


@pytest.fixture
async def vera(sqlite: Database, clock: StandingClock, open_browser: OpenBrowser) -> Browser:
    """A librarian of the children's branch, signed in."""
    await hire(sqlite, clock, "vera", "Вера", branches=("02",))
    browser = await open_browser()
    await browser.signs_in("vera")
    return browser
