"""Pictures and documents of a conversation: for whoever has their address, and for nobody else."""

from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from adapters.webchat.files import address, opens
from bot.messages import Contact
from db.connect import Database
from tests.adapters.house import House
from tests.adapters.webchat.conftest import Program
from tests.support.clock import StandingClock

PNG = b"\x89PNG\r\n\x1a\nplan"
PDF = b"%PDF-1.7 rules"
OTHER = "a-session-of-somebody-else-0"
READER = Contact(channel="webchat", address="ab" * 32)


async def files_shown(program: Program) -> list[dict[str, Any]]:
    """What the library shows: a plan, the rules, and a drawing that could hold a script."""
    await program.house.shows(
        ("план.png", "image/png", PNG, "План зала"),
        ('пра"вила\r\n.pdf', "application/pdf", PDF, None),
        ("знак.svg", "image/svg+xml", b"<svg onload='alert(1)'/>", "Знак"),
    )
    async with program.stream() as stream:
        await program.post("покажи")
        await stream.next()
        found: list[dict[str, Any]] = (await stream.next())["files"]
    return found


async def fetched(program: Program, url: str) -> tuple[int, bytes, dict[str, str]]:
    async with program.http.get(program.url(url)) as answer:
        return answer.status, await answer.read(), dict(answer.headers)


async def test_a_picture_is_shown_and_a_document_is_handed_over(program_on_both: Program) -> None:
    picture, document, drawing = await files_shown(program_on_both)

    status, data, headers = await fetched(program_on_both, picture["url"])
    assert (status, data, headers["Content-Type"]) == (200, PNG, "image/png")
    assert headers["Content-Disposition"].startswith("inline;")
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"].startswith("private,")

    status, data, headers = await fetched(program_on_both, document["url"])
    assert (status, data, headers["Content-Type"]) == (200, PDF, "application/pdf")
    assert headers["Content-Disposition"].startswith('attachment; filename="________.pdf";')
    assert headers["Content-Disposition"].endswith("%D0%BF%D1%80%D0%B0%22%D0%B2%D0%B8%D0%BB%D0%B0.pdf")

    _, _, headers = await fetched(program_on_both, drawing["url"])
    assert headers["Content-Disposition"].startswith("attachment;")


async def test_no_other_file_is_opened_by_a_changed_address(program: Program) -> None:
    picture, _, _ = await files_shown(program)
    url = picture["url"]
    await program.post("покажи", session=OTHER)
    other = (await program.said(session=OTHER))[0]["id"]

    for changed in (
        url.replace("/0?", "/1?"),
        url.replace("/0?", "/9?"),
        url.replace("/files/2/", f"/files/{other + 1}/"),
        url.replace("/files/2/", "/files/999999999999999999/"),
        url[:-1] + ("0" if url[-1] != "0" else "1"),
        url.replace("until=", "until=9"),
        url.partition("?")[0],
        url.partition("&key=")[0] + "&key=%D0%B6",
    ):
        assert changed != url
        status, data, _ = await fetched(program, changed)
        assert (status, b"no_file" in data) == (404, True), changed


async def test_an_address_holds_for_a_day_and_not_for_two(program: Program, clock: StandingClock) -> None:
    picture, _, _ = await files_shown(program)
    clock.turn(timedelta(hours=24))
    assert (await fetched(program, picture["url"]))[0] == 200

    clock.turn(timedelta(hours=24))
    assert (await fetched(program, picture["url"]))[0] == 404


@pytest.mark.parametrize("other", [None, Contact(channel="webchat", address="cd" * 32)])
def test_a_key_is_of_one_conversation(other: Contact | None, clock: StandingClock) -> None:
    key = address(READER, 5, 0, clock.now()).rpartition("key=")[2]
    until = int(address(READER, 5, 0, clock.now()).partition("until=")[2].partition("&")[0])

    assert opens(READER, 5, 0, until, key, clock.now())
    assert not opens(other, 5, 0, until, key, clock.now())


async def test_nothing_of_a_person_is_told_where_the_data_class_forbids_it(
    sqlite: Database, clock: StandingClock
) -> None:
    house = await House(sqlite, clock, personal=False).open()
    try:
        async with aiohttp.ClientSession() as http:
            program = Program(http, house)
            await house.shows(("долг.pdf", "application/pdf", PDF, None), personal=True)
            await program.post("покажи")
            async with program.stream() as stream:
                await stream.next()
                await program.post("где вы")
                await stream.next()
                assert (await stream.next())["text"].startswith("Мы здесь:")
            assert [said["author"] for said in await program.said()] == ["reader", "reader", "bot"]
            hidden = await house.log.one("webchat", 2)
            assert hidden is not None
            url = address(hidden[0], 2, 0, clock.now())
            assert (await fetched(program, url))[0] == 404
    finally:
        await house.close()
