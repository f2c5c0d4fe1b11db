"""A photograph posted to the web chat: what stands on it is kept, the photograph never is."""

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import pytest

from db.connect import Database
from tests.adapters.webchat.conftest import SESSION, Program
from tests.support.photographs import code, file, photograph

BOOK = "9785170978335"
COVER = file(photograph(code(BOOK)))


async def post(program: Program, picture: Any, kind: str = "image/jpeg", **query: str) -> tuple[int, Any]:
    asked = {"session": SESSION, **query}
    headers = {"Content-Type": kind}
    async with program.http.post(program.url("/chat/pictures"), params=asked, data=picture, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_a_barcode_is_seen_and_answered(program_on_both: Program) -> None:
    status, taken = await post(program_on_both, COVER, id="p1", language="ru")

    assert status == 202
    async with program_on_both.stream(after=str(taken["id"])) as stream:
        answer = await stream.next()
    assert answer["text"] == f"На снимке seen:{BOOK}."
    assert answer["in_reply_to"] == taken["id"]
    shown = (await program_on_both.said())[0]
    assert (shown["id"], shown["text"], shown["photo"]) == (taken["id"], "", True)


async def test_a_repeat_is_a_no_op(program: Program) -> None:
    first, second = [await post(program, COVER, id="same") for _ in range(2)]

    assert first == second
    assert len([message for message in await program.said() if message["author"] == "reader"]) == 1


async def test_nothing_of_the_photograph_is_stored(program: Program, sqlite: Database) -> None:
    await post(program, file(photograph(code(BOOK)), "PNG"))
    await asyncio.sleep(0)

    files = [path for path in sqlite.path.parent.glob(f"{sqlite.path.name}*") if path.is_file()]
    assert files
    assert all(b"PNG" not in path.read_bytes() for path in files)


@pytest.mark.parametrize(
    ("picture", "kind", "status", "error"),
    [
        (b"<svg onload=alert(1)>", "image/svg+xml", 415, "not_picture"),
        (b"%PDF-1.7", "image/jpeg", 415, "not_picture"),
        (b"", "image/jpeg", 415, "not_picture"),
        (COVER, "application/json", 415, "not_picture"),
        (b"\xff\xd8\xff" + bytes(8 * 1024 * 1024), "image/jpeg", 413, "too_large"),
    ],
)
async def test_what_is_no_photograph_is_refused(
    program: Program, picture: bytes, kind: str, status: int, error: str
) -> None:
    answered, told = await post(program, io.BytesIO(picture), kind)

    assert (answered, told["error"]["code"]) == (status, error)
    assert await program.said() == []


async def test_a_body_that_does_not_tell_its_length_ends_at_the_limit(program: Program) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b"\xff\xd8\xff"
        for _ in range(9):
            yield bytes(1024 * 1024)

    status, told = await post(program, endless())

    assert (status, told["error"]["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("query", "error"),
    [({"session": "short"}, "bad_session"), ({"id": "x" * 101}, "bad_id"), ({"language": "!"}, "bad_language")],
)
async def test_whose_it_is_must_be_told(program: Program, query: dict[str, str], error: str) -> None:
    status, told = await post(program, COVER, **query)

    assert (status, told["error"]["code"]) == (400, error)


async def test_who_sends_one_after_another_is_asked_to_wait(strict: Program) -> None:
    answers = [await post(strict, COVER) for _ in range(4)]

    assert [status for status, _ in answers] == [202, 202, 202, 429]
