"""A page that stays open hears nothing more once its session is over, wherever that was done."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from aiohttp import ClientResponse

from bot.staff import StaffRole
from console import conversation
from db.connect import Database
from db.messages import StoredLog
from db.staff import SqlStaffBook
from tests.console.conftest import SETTING, Browser, OpenBrowser
from tests.console.test_desk_screens import calls
from tests.support.clock import StandingClock
from tests.support.patience import SOON_S
from tests.support.staff import PASSWORD, hire

End = Callable[[SqlStaffBook, StandingClock, int], Awaitable[object]]


async def _lets_go(staff: SqlStaffBook, clock: StandingClock, who: int) -> None:
    await staff.change(who, name="Вера", role=StaffRole.LIBRARIAN, branches=[], disabled=True)


async def _moves(staff: SqlStaffBook, clock: StandingClock, who: int) -> None:
    await staff.change(who, name="Вера", role=StaffRole.LIBRARIAN, branches=["02"], disabled=False)


async def _goes_home(staff: SqlStaffBook, clock: StandingClock, who: int) -> None:
    clock.turn(SETTING.idle + timedelta(minutes=1))


ENDS: dict[str, End] = {
    "she leaves in another browser": lambda staff, clock, who: staff.end_session(who),
    "an admin closes the door to her": _lets_go,
    "another password": lambda staff, clock, who: staff.set_password(who, PASSWORD, must_change=True),
    "another branch is hers": _moves,
    "nothing is done for hours": _goes_home,
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
async def test_a_stream_ends_with_its_session_and_tells_nothing_more(
    sqlite: Database,
    clock: StandingClock,
    log: StoredLog,
    open_browser: OpenBrowser,
    monkeypatch: pytest.MonkeyPatch,
    end: End,
) -> None:
    monkeypatch.setattr(conversation, "LOOK_S", 0.01)
    vera, one = await hire(sqlite, clock, "vera", "Вера"), await calls(log)
    browser = await open_browser()
    await browser.signs_in("vera")
    streams = [await browser.get("stream"), await browser.get(f"c/{one}/stream")]
    for stream in streams:
        await _hears(stream, b"data:")

    await end(SqlStaffBook(sqlite, clock), clock, vera.staff_id)
    await calls(log, "Ещё вопрос")

    async with asyncio.timeout(SOON_S):
        rest = b"".join([await stream.content.read() for stream in streams])
    assert b"event:" not in rest


async def test_a_stream_goes_on_when_another_session_of_the_same_person_ends(
    sqlite: Database, clock: StandingClock, log: StoredLog, open_browser: OpenBrowser
) -> None:
    await hire(sqlite, clock)
    here, elsewhere = await open_browser(), await open_browser()
    await here.signs_in()
    await elsewhere.signs_in()
    stream = await here.get("stream")
    await _hears(stream, b'"waiting":0')

    await elsewhere.post("logout", {})
    await calls(log)

    await _hears(stream, b'"waiting":1')
    stream.close()


async def test_an_open_page_that_nobody_touches_does_not_keep_its_session(
    sqlite: Database, clock: StandingClock, log: StoredLog, open_browser: OpenBrowser, browser: Browser
) -> None:
    vera = await hire(sqlite, clock, "vera", "Вера")
    await browser.signs_in("vera")
    stream = await browser.get("stream")
    await _hears(stream, b'"waiting":0')
    clock.turn(timedelta(hours=1))
    await calls(log)
    await _hears(stream, b'"waiting":1')

    (session,) = await SqlStaffBook(sqlite, clock).sessions(vera.staff_id)
    assert session.seen_at == clock.now() - timedelta(hours=1)
    stream.close()


async def _hears(stream: ClientResponse, words: bytes) -> None:
    """The stream says this, soon."""
    async with asyncio.timeout(SOON_S):
        while words not in (line := await stream.content.readline()):
            assert line, "the stream ended"
