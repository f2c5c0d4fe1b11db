"""Addresses whose handlers are made when somebody asks for one of them."""

import asyncio
from collections.abc import Sequence

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.engine.server import LateRoutes, application


async def name(request: web.Request) -> web.Response:
    if request.match_info["name"] == "broken":
        raise ZeroDivisionError
    return web.Response(text=request.match_info["name"])


async def to_the_door(_: web.Request) -> web.Response:
    raise web.HTTPFound("/room/door")


async def read(request: web.Request) -> web.Response:
    return web.Response(body=await request.read())


class Room:
    """Makes two addresses; counts how often it is asked to, and fails where told."""

    def __init__(self, faults: int = 0) -> None:
        self.asked, self.faults = 0, faults
        self.may = asyncio.Event()

    async def made(self) -> Sequence[web.RouteDef]:
        self.asked += 1
        await self.may.wait()
        if self.asked <= self.faults:
            raise ZeroDivisionError
        return [web.get("/room", to_the_door), web.get("/room/{name}", name)]

    def client(self) -> TestClient[web.Request, web.Application]:
        late = LateRoutes("/room", self.made)
        return TestClient(TestServer(application([web.get("/{name}", name)], [late])))


async def test_late_routes_are_made_once_by_the_first_who_comes() -> None:
    room = Room()
    async with room.client() as client:
        async with client.get("/hall") as answer:
            assert (answer.status, room.asked) == (200, 0)
        asked = [asyncio.ensure_future(client.get(f"/room/{name}")) for name in ("door", "window")]
        room.may.set()
        answers = [await (await one).text() for one in asked]

    assert (answers, room.asked) == (["door", "window"], 1)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/room/door", 200),
        ("GET", "/room", 302),
        ("POST", "/room/door", 405),
        ("GET", "/room/door/handle", 404),
        ("GET", "/roomy", 200),
        ("GET", "/room/broken", 500),
    ],
)
async def test_late_routes_answer_as_others_do(method: str, path: str, status: int) -> None:
    room = Room()
    room.may.set()
    async with room.client() as client, client.request(method, path, allow_redirects=False) as answer:
        assert answer.status == status
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        if status == 405:
            assert "GET" in answer.headers["Allow"]


async def test_late_routes_that_could_not_be_made_are_tried_again() -> None:
    room = Room(faults=1)
    room.may.set()
    async with room.client() as client:
        async with client.get("/room/door") as answer:
            assert answer.status == 500
        async with client.get("/room/door") as answer:
            assert answer.status == 200


async def test_a_body_that_is_not_packed_as_it_says_is_its_senders_fault() -> None:
    packed = {"Content-Encoding": "gzip"}
    async with (
        TestClient(TestServer(application([web.post("/", read)]))) as client,
        client.post("/", data=b"{}", headers=packed) as answer,
    ):
        assert answer.status == 400
        assert (await answer.json())["error"]["code"] == "bad_body"
