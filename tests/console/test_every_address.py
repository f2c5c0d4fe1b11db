"""Every address of the console, as the console lists them: who is not signed in, has no form of ours, has not the role,
or is of another branch gets nothing there. A screen that is added later is tested here by itself, or fails here."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import cast
from urllib.parse import urlencode

import pytest
from aiohttp import ClientResponse
from sqlalchemy import func, select

import console
from bot.ports.library import Library
from bot.ports.log import Mode
from bot.staff import StaffRole
from console.app import Console
from console.places import PlacesPorts
from console.reader_ports import ReaderPorts
from db.branches import SqlBranches
from db.connect import Database
from db.messages import StoredLog
from db.models_accounts import AuditRow
from tests.browser.screens import PIECES, TRIED
from tests.console.conftest import Browser, OpenBrowser, places_of
from tests.console.test_desk_screens import calls
from tests.support.clock import StandingClock
from tests.support.desk_readers import DeskReaders, desk_readers
from tests.support.fake_library import CENTRAL
from tests.support.staff import hire

HERE = Path(__file__).parent
UNGUARDED = {("GET", "/console/static/{name}"), ("GET", "/console")}
"""Style, scripts and the way to the first page: the same for everybody."""
BEFORE_THE_DOOR = {("GET", "/console/login"), ("POST", "/console/login")}

BRANCH, EVERYBODYS, ADMINS, TESTED = "branch", "everybody's", "admins'", "tested in "
OF_WHOM = {
    "/console/c/{id}": BRANCH,
    "/console/books/{id}": EVERYBODYS,  # works belong to all branches; copies: below
    "/console/books/{id}/": TESTED + "test_books.py",
    "/console/canned/{id}": EVERYBODYS,
    "/console/answers/{id}": EVERYBODYS,
    "/console/answers/proposals/{id}": EVERYBODYS,
    "/console/words/{name}/{language}": TESTED + "test_own_words.py",
    "/console/teach/{id}": EVERYBODYS,  # wordings without the people who wrote them
    "/console/imports/{id}": EVERYBODYS,
    "/console/readers/{id}": BRANCH,
    "/console/requests/called/{id}": TESTED + "readers/test_readers.py",
    "/console/requests/sent/{id}": TESTED + "readers/test_hold_shelf.py",
    "/console/requests/aside/{id}": TESTED + "readers/test_hold_shelf.py",
    "/console/requests/back/{id}": TESTED + "readers/test_hold_shelf.py",
    "/console/requests/handed/{id}": TESTED + "readers/test_hold_shelf.py",
    "/console/requests/missing/{id}": TESTED + "readers/test_hold_shelf.py",
    "/console/requests/found/{id}": TESTED + "readers/test_hold_shelf.py",
    "/console/places/days/{id}": TESTED + "test_places.py",
    "/console/staff/{id}": ADMINS,
    "/console/{nowhere}": EVERYBODYS,  # only that there is no such page
}
"""Whose a thing in an address is, by the longest beginning that fits: a new kind of address takes its place here.

``branch``: of a branch, tried below with somebody of another one. ``tested in FILE``: so, in that file of this folder.
``everybody's``: the same for all branches. ``admins'``: only admins come so far, and they see all branches.
"""


def shape(path: str) -> str:
    """An address without the rules of its places."""
    return re.sub(r"\{(\w+)(?::[^{}]*(?:\{[^{}]*\}[^{}]*)*)?\}", r"{\1}", path)


def filled(path: str, number: int = 1) -> str:
    """An address with a number in each place, under the console's root."""
    return re.sub(r"\{\w+\}", str(number), shape(path)).removeprefix("/console/")


def kind_of(path: str) -> str:
    """Whose the thing in an address is; "" where nobody has said."""
    fitting = [known for known in OF_WHOM if shape(path).startswith(known)]
    return OF_WHOM[max(fitting, key=len)] if fitting else ""


async def sent(browser: Browser, method: str, path: str, **headers: str) -> ClientResponse:
    """A request to an address: a form with nothing but the word in it, or a page."""
    if method == "GET":
        return await browser.get(path, **headers)
    return await browser.post(path, {}, **headers)


def screens(console: Console) -> Iterator[tuple[str, str, StaffRole]]:
    """Every screen behind the door."""
    for (method, path), role in console.guards().items():
        if role is not None:
            yield method, path, role


@pytest.fixture
async def house(sqlite: Database, clock: StandingClock) -> AsyncIterator[DeskReaders]:
    """A library with readers: the console has all its screens."""
    async with desk_readers(sqlite, clock) as opened:
        yield opened


@pytest.fixture
def log(house: DeskReaders) -> StoredLog:
    """The one log of the store."""
    return cast("StoredLog", house.desk.log)


@pytest.fixture
def library(house: DeskReaders) -> Library:
    """With the catalogue of the house."""
    return house.library


@pytest.fixture
def readers(house: DeskReaders) -> ReaderPorts:
    """What the screens about readers ask."""
    return house.ports()


@pytest.fixture
def places(house: DeskReaders, clock: StandingClock) -> PlacesPorts:
    """What the screens about branches ask."""
    return places_of(house.database, SqlBranches(house.database, CENTRAL.zone), clock)


@pytest.fixture
async def chief(sqlite: Database, clock: StandingClock, open_browser: OpenBrowser) -> Browser:
    """An admin, signed in."""
    await hire(sqlite, clock, "chief", "Начальник", StaffRole.ADMIN)
    browser = await open_browser()
    await browser.signs_in("chief")
    return browser


async def noted(database: Database, action: str) -> int:
    """How many lines of the audit log tell of this."""
    wanted = select(func.count()).select_from(AuditRow).where(AuditRow.action == action)
    async with database.engine.connect() as connection:
        return await connection.scalar(wanted) or 0


def test_every_address_is_guarded_but_those_that_are_the_same_for_everybody(console: Console) -> None:
    guards = console.guards()
    listed = {(route.method, route.path) for route in console.routes()}  # type: ignore[attr-defined]

    assert listed - guards.keys() == UNGUARDED
    assert {address for address, role in guards.items() if role is None} == BEFORE_THE_DOOR
    assert {method for method, _ in listed} == {"GET", "POST"}, "a page that is looked at changes nothing"


async def test_nobody_comes_anywhere_without_signing_in(console: Console, browser: Browser) -> None:
    for method, path, _ in screens(console):
        answer = await sent(browser, method, filled(path))
        if method == "GET":
            assert answer.status == 303, path
            assert answer.headers["Location"].startswith("/console/login?next="), path
            assert (await sent(browser, method, filled(path), **{"HX-Request": "true"})).status == 401, path
        else:
            assert answer.status == 401, path


async def test_no_form_is_taken_that_is_none_of_ours(console: Console, chief: Browser) -> None:
    word = await chief.word()
    for method, path, _ in screens(console):
        if method == "POST":
            assert (await chief.post(filled(path), {}, csrf="0" * 64)).status == 403, path
            assert (await chief.post(filled(path), {}, csrf="")).status == 403, path
            other = await chief.post(filled(path), {}, csrf=word, **{"Sec-Fetch-Site": "cross-site"})
            assert other.status == 403, path
    assert await chief.word_of_a_page() == word, "nothing ended the session"


@pytest.mark.parametrize("role", [StaffRole.LIBRARIAN, StaffRole.EDITOR])
async def test_who_has_not_the_role_is_refused_and_it_is_written_down(
    console: Console, sqlite: Database, clock: StandingClock, browser: Browser, role: StaffRole
) -> None:
    await hire(sqlite, clock, role=role)
    await browser.signs_in()
    shut = [(method, path) for method, path, needed in screens(console) if not role.may(needed)]

    assert shut
    for tries, (method, path) in enumerate(shut):
        assert (await sent(browser, method, filled(path))).status == 403, path
        assert await noted(sqlite, "refused.role") == tries + 1, path


async def test_a_librarian_of_another_branch_gets_nothing_by_guessing_numbers(
    console: Console,
    clock: StandingClock,
    open_browser: OpenBrowser,
    house: DeskReaders,
    log: StoredLog,
    masha: Browser,
) -> None:
    sqlite = house.database
    one = await calls(log)
    await masha.post(f"c/{one}/hand", {"to": "branch:01"})
    await hire(sqlite, clock, "vera", "Вера", StaffRole.EDITOR, branches=("02",))
    vera = await open_browser()
    await vera.signs_in("vera")
    things = {"/console/c/": one, "/console/readers/": house.anna}
    of_branches = [(method, path) for method, path, _ in screens(console) if kind_of(path) == BRANCH]

    assert len(of_branches) >= 14
    for tries, (method, path) in enumerate(of_branches):
        number = next(number for beginning, number in things.items() if path.startswith(beginning))
        answer = await sent(vera, method, filled(path, number))
        assert answer.status == 403, path
        assert not re.search("Позовите|Анна|Петрова", await answer.text()), path
        assert await noted(sqlite, "refused.branch") == tries + 1, path
    assert await mode_of(sqlite, one) == Mode.WAITING, "and nothing has happened to it"


NONSENSE = {
    "nothing": "",
    "a script": "<script>alert(1)</script>",
    "no row": "9" * 30,
    "a row of nobody": "999999999999999999",
    "below zero": "-1",
    "other digits": "\u0663\u00b2",
    "no sign": "\x00\u202e\ufeff",
    "longer than a name": "Ы" * 100,
    "a day of no calendar": "2026-02-31",
    "a day of no year": "9999-12-31",
    "a formula": "=cmd|' /C calc'!A0",
}
FIELD = re.compile(r"""(?:(?:form|fields|query|said)(?:\.get\(|\[)|number\()f?"([\w-]+)\{?""")


def fields_of_the_console() -> set[str]:
    """What the screens read out of forms and addresses, by their source; where a number follows, number one."""
    rooms = [path.read_text("utf-8") for path in Path(console.__file__).parent.glob("*.py")]
    names = {name for room in rooms for name in FIELD.findall(room)}
    return {f"{name}1" if name.endswith("-") else name for name in names} | {"pick-1", "undo-1", "at-01", "record-1"}


@pytest.mark.parametrize("said", NONSENSE.values(), ids=NONSENSE)
async def test_nonsense_in_every_field_of_every_address_is_no_fault_of_ours(
    console: Console, chief: Browser, log: StoredLog, said: str
) -> None:
    one = await calls(log)
    nonsense = dict.fromkeys(fields_of_the_console() - {"csrf"}, said)
    assert {"text", "key", "until-1", "reason", "loan", "note", "words", "before"} <= nonsense.keys()
    query = urlencode(dict.fromkeys(nonsense, said[:200]))
    for method, path, _ in screens(console):
        if path.endswith(("/logout", "/stream")):
            continue
        for number in (one, 10**9 - 1) if "{" in path else (one,):
            if "/staff/{" in path and number == one:
                continue  # herself
            where = filled(path, number)
            if method == "GET":
                answer = await chief.get(f"{where}?{query}", **{"HX-Request": "true"})
            else:
                answer = await chief.post(f"{where}?{query}", nonsense, **{"HX-Request": "true"})
            assert answer.status < 500, (method, where, await answer.text())
            assert "<script>alert" not in await answer.text(), (method, where)
    assert (await chief.get("account")).status == 200, "she was there to the end"


def test_of_every_address_with_a_number_it_is_known_whose_it_is(console: Console) -> None:
    unknown = sorted({shape(path) for _, path, _ in screens(console) if "{" in path and not kind_of(path)})
    assert unknown == [], "say in OF_WHOM whose it is, and test it if it is a branch's"
    for method, path, role in screens(console):
        kind = kind_of(path) if "{" in path else ""
        assert kind != ADMINS or role is StaffRole.ADMIN, (method, path)
        if kind.startswith(TESTED):
            told = (HERE / kind.removeprefix(TESTED)).read_text("utf-8")
            assert "refused.branch" in told, f"{kind}: nobody of another branch tries there"


def test_every_screen_is_tried_in_a_browser(console: Console) -> None:
    gets = {shape(path).removeprefix("/console/") for method, path, _ in screens(console) if method == "GET"}
    tried = {path.partition("?")[0] for paths in TRIED.values() for path in paths}

    unseen = {one for one in gets - PIECES if not any(re.fullmatch(as_rule(one), path) for path in tried)}
    assert unseen == set(), "give them to a module in tests/browser/screens.py, or call them pieces of another screen"
    assert gets >= PIECES, "and what is gone from the console goes from there"
    for module in TRIED:
        source = (HERE.parent / "browser" / f"{module}.py").read_text("utf-8")
        assert "screens_of(__name__)" in source, module
        assert "shuts_out() == []" in source, module


def as_rule(path: str) -> str:
    """An address with something in each of its places."""
    return re.sub(r"\{\w+\}", r"[^/]+", path)


async def mode_of(database: Database, one: int) -> str:
    """Who speaks there."""
    from db.models import ConversationRow

    async with database.engine.connect() as connection:
        return await connection.scalar(select(ConversationRow.mode).where(ConversationRow.id == one)) or ""
