"""What a bad day brings to the console: two tabs, a session that ends, files and forms without end."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import AddrInfoType, ClientSession, TCPConnector
from sqlalchemy import select

from bot.desk_actions import Release
from bot.staff import StaffRole
from console import uploads
from console.room import LONGEST_FORM
from db.connect import Database
from db.messages import StoredLog
from db.models import MessageRow
from db.models_staff import CannedRow
from tests.console.conftest import Browser, OpenBrowser
from tests.console.test_desk_screens import calls, says
from tests.support.clock import StandingClock
from tests.support.staff import hire

HX = {"HX-Request": "true"}


async def answers(database: Database) -> list[str]:
    """What librarians have said to readers."""
    wanted = select(MessageRow.text).where(MessageRow.author == "librarian").order_by(MessageRow.id)
    async with database.engine.connect() as connection:
        return list(await connection.scalars(wanted))


async def test_a_sign_that_no_store_keeps_is_left_out_of_a_form(
    sqlite: Database, clock: StandingClock, open_browser: OpenBrowser
) -> None:
    await hire(sqlite, clock, "olga", role=StaffRole.EDITOR)
    olga = await open_browser()
    await olga.signs_in("olga")

    await olga.post("canned", {"title": "При\x00вет", "text": "Здрав\x00ствуйте!"})

    async with sqlite.engine.connect() as connection:
        kept = (await connection.execute(select(CannedRow.title, CannedRow.text))).all()
    assert [tuple(row) for row in kept] == [("Привет", "Здравствуйте!")]


async def test_two_tabs_of_one_librarian_are_one_librarian(
    masha: Browser, log: StoredLog, sqlite: Database, clock: StandingClock
) -> None:
    one = await calls(log)

    taken = await asyncio.gather(*(masha.post(f"c/{one}/take", {}, **HX) for _ in range(2)))
    assert [answer.status for answer in taken] == [200, 200]
    await masha.post(f"c/{one}/draft", {"text": "В первой"})
    await masha.post(f"c/{one}/draft", {"text": "Во второй"})
    assert ">Во второй</textarea>" in await (await masha.get(f"c/{one}")).text(), "the later words stand in both"
    said = await asyncio.gather(says(masha, one, "Первая", "a" * 16), says(masha, one, "Вторая", "b" * 16))
    assert [status for status, _ in said] == [200, 200]
    clock.turn(timedelta(seconds=6))
    await log.act(Release())
    assert sorted(await answers(sqlite)) == ["Вторая", "Первая"]

    await masha.post(f"c/{one}/close", {})
    assert (await says(masha, one, "И ещё", "c" * 16))[0] == 200, "closed in one tab, answered in the other"
    assert "Диалог у вас" in await (await masha.get(f"c/{one}/thread")).text()


async def test_nothing_typed_is_lost_when_the_session_ends(
    masha: Browser, log: StoredLog, sqlite: Database, clock: StandingClock
) -> None:
    one = await calls(log)
    await masha.post(f"c/{one}/draft", {"text": "Здравствуйте, Анна, я нашла"})
    word = await masha.word()
    clock.turn(timedelta(hours=4))

    late = await masha.client.post(
        f"/console/c/{one}/say", data={"key": "d" * 16, "text": "Да"}, headers={"X-CSRF": word}
    )

    assert late.status == 401
    page = await masha.get(f"c/{one}")
    onward = page.headers["Location"]
    assert onward == f"/console/login?next=%2Fconsole%2Fc%2F{one}"
    assert (await masha.signs_in(onward=f"/console/c/{one}")).headers["Location"] == f"/console/c/{one}"
    assert ">Здравствуйте, Анна, я нашла</textarea>" in await (await masha.get(f"c/{one}")).text()
    assert (await says(masha, one, "Да", "d" * 16))[0] == 200, "the same press counts after signing in"


def _little_buffered(address: AddrInfoType) -> socket.socket:
    """A sender in whose half of the kernel little lies: what is counted as sent is on its way to the server."""
    made = socket.socket(family=address[0], type=address[1], proto=address[2])
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 64 * 1024)
    return made


async def test_a_file_without_end_is_refused_while_it_arrives(masha: Browser, log: StoredLog) -> None:
    one = await calls(log)
    piece, sent = b"0" * 65_536, 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
        while sent < 100 * 1024 * 1024:
            sent += len(piece)
            yield piece

    headers = {"X-CSRF": await masha.word(), "Content-Type": "multipart/form-data; boundary=x"}
    address, cookies = masha.client.make_url(f"/console/c/{one}/say"), masha.client.session.cookie_jar
    async with ClientSession(connector=TCPConnector(socket_factory=_little_buffered), cookie_jar=cookies) as sender:
        try:
            answer = await sender.post(address, data=body(), headers=headers)
            assert answer.status == 413
        except ConnectionError:
            pass  # the server hangs up on who goes on sending
    assert sent < uploads.LARGEST_FILE + 8 * 1024 * 1024
    assert (await masha.get(f"c/{one}")).status == 200, "the next page comes as ever"


@pytest.mark.parametrize("what", ["draft", "note", "say", "take", "hand"])
async def test_a_huge_form_is_refused_whatever_it_is_for(
    masha: Browser, log: StoredLog, sqlite: Database, what: str
) -> None:
    one = await calls(log)

    answer = await masha.post(f"c/{one}/{what}", {"text": "а" * LONGEST_FORM, "key": "e" * 16, "to": "staff:1"})

    assert answer.status == 413
    assert "Слишком длинно" in await answer.text()
    assert "а" * 100 not in await (await masha.get(f"c/{one}")).text()


async def test_the_door_takes_no_huge_form_either(browser: Browser) -> None:
    assert (await browser.post("login", {"login": "a" * LONGEST_FORM, "password": "b"})).status == 413


async def test_odd_characters_and_long_words_stay_words(masha: Browser, log: StoredLog) -> None:
    one = await calls(log, "\u202eтекст\x00 " + "х" * 3_000, name="\u0000\u202e" + "Щ" * 300)

    for path in ("", "list?tab=all", f"c/{one}", "?words=%00%ff%u202e", "?before=99999999999999999999&tab=all"):
        assert (await masha.get(path)).status == 200, path
