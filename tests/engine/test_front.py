"""Webhooks go a short way through aiohttp, and nobody outside can tell but by the time it takes."""

import asyncio
import io
import zlib
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, web

from bot.engine.front import HEADERS, ShortAnswer, serving
from bot.engine.server import application

TAKEN_BEFORE_READ = 256 * 1024
"""Bytes of a body: from twice as many on the connection is not read from until somebody reads the body."""
LONG = "а" * 1_400_000


async def answer(request: web.Request) -> web.StreamResponse:
    """What the body asks for."""
    asked = (await request.read()).decode()
    match asked:
        case "refuse":
            raise web.HTTPForbidden
        case "break":
            raise ZeroDivisionError
        case "long":
            return web.Response(text="a usual one")
        case "nothing":
            return ShortAnswer(b"", status=204)
        case _:
            return ShortAnswer(f"{asked}!".encode(), status=202, content_type="text/x-echo")


async def later(request: web.Request) -> web.StreamResponse:
    """Reads what the body holds only once the server takes no more of it."""
    while request.content.total_bytes <= 2 * TAKEN_BEFORE_READ:  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0)
    return ShortAnswer(str(len(await request.text())).encode())


async def by_key(request: web.Request) -> web.StreamResponse:
    """An address with a hole in it."""
    return ShortAnswer(request.match_info["key"].encode())


@pytest.fixture
async def port() -> AsyncIterator[int]:
    routes = {"/hooks/chat": answer, "/hooks/later": later, "/hooks/chat/{key}": by_key}
    app = application([web.route("*", path, handler) for path, handler in routes.items()])
    runner = await serving(app)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield int(runner.addresses[0][1])
    await runner.cleanup()


async def told(port: int, *lines: str, body: bytes = b"", times: int = 1) -> list[bytes]:
    """What the server says to raw requests on one connection: an answer each, then how the connection ended."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = "\r\n".join([*lines, "Host: here", f"Content-Length: {len(body)}", "", ""]).encode()
    answers = []
    for _ in range(times):
        writer.write(head + body)
        begin = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in begin.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        answers.append(begin + (b"" if lines[0].startswith("HEAD") else await reader.readexactly(length)))
    writer.close()
    return answers


@pytest.mark.parametrize("path", ["/hooks/chat", "/hooks/chat?way=usual"])
async def test_both_ways_answer_alike(port: int, path: str) -> None:
    async with ClientSession() as client, client.post(f"http://127.0.0.1:{port}{path}", data=b"hello") as response:
        assert response.status == 202
        assert await response.text() == "hello!"
        assert response.headers["Content-Type"] == "text/x-echo"
        assert response.headers.keys() >= {"Date", *HEADERS}
        assert response.reason == "Accepted"


async def test_a_connection_is_kept_for_the_next_message(port: int) -> None:
    answers = await told(port, "POST /hooks/chat HTTP/1.1", body=b"hello", times=3)

    assert [one.endswith(b"\r\n\r\nhello!") for one in answers] == [True] * 3
    assert all(one.startswith(b"HTTP/1.1 202 Accepted\r\n") for one in answers)


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        (("POST /hooks/chat HTTP/1.0",), b"HTTP/1.0 202"),
        (("POST /hooks/chat HTTP/1.1", "Connection: close"), b"HTTP/1.1 202"),
        (("HEAD /hooks/chat HTTP/1.1",), b"HTTP/1.1 202"),
        (("POST /hooks/chat HTTP/1.1", "Expect: 100-continue"), b"HTTP/1.1 100"),
        (("POST /hooks/chat/secret HTTP/1.1",), b"HTTP/1.1 200"),
        (("POST /hooks/other HTTP/1.1",), b"HTTP/1.1 404"),
    ],
)
async def test_what_is_unusual_goes_the_usual_way(port: int, lines: tuple[str, ...], status: bytes) -> None:
    (one,) = await told(port, *lines)

    assert one.startswith(status)


async def test_who_ends_the_connection_gets_an_end(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /hooks/chat HTTP/1.1\r\nHost: here\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi")

    said = await reader.read()

    assert said.endswith(b"hi!")
    writer.close()


@pytest.mark.parametrize(("asked", "status"), [("refuse", 403), ("break", 500), ("long", 200), ("nothing", 204)])
async def test_every_answer_carries_the_headers(port: int, asked: str, status: int) -> None:
    async with ClientSession() as client:
        for _ in range(2):  # the connection is as good as before
            async with client.post(f"http://127.0.0.1:{port}/hooks/chat", data=asked) as response:
                assert response.status == status
                assert {name: response.headers[name] for name in HEADERS} == HEADERS


async def test_who_is_gone_before_the_answer_harms_nobody(port: int) -> None:
    for _ in range(3):
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /hooks/chat HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n\r\nhi")
        writer.transport.abort()

    (one,) = await told(port, "POST /hooks/chat HTTP/1.1", body=b"hello")
    assert one.endswith(b"hello!")


@pytest.mark.parametrize("path", ["/hooks/later", "/hooks/later?way=usual"])
@pytest.mark.parametrize("packed", [False, True])
async def test_a_body_that_is_stopped_on_its_way_is_read_to_its_end(port: int, path: str, packed: bool) -> None:
    body, headers = LONG.encode(), {}
    if packed:
        body, headers = zlib.compress(body), {"Content-Encoding": "deflate"}
    async with ClientSession() as client:
        for _ in range(3):  # the connection is as good as before
            async with client.post(
                f"http://127.0.0.1:{port}{path}", data=io.BytesIO(body), headers=headers
            ) as response:
                assert await response.text() == str(len(LONG))


async def test_requests_that_come_together_are_answered_in_their_order(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asked = [f"message {number:02}" for number in range(40)]
    head = "POST /hooks/chat HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\n"
    writer.write("".join(f"{head}{one}" for one in asked).encode())

    for one in asked:
        answer = await reader.readuntil(f"{one}!".encode())
        assert answer.startswith(b"HTTP/1.1 202 ")
    writer.close()
