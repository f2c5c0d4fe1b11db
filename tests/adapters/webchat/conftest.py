"""A house with the web chat, and a program that talks to it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from db.connect import Database
from tests.adapters.house import House
from tests.support.clock import StandingClock

SESSION = "k3Jx9_pQ-7Rt2Lm5Vn8Wb4Zc"


class Program:
    """A caller of the API."""

    def __init__(self, http: aiohttp.ClientSession, house: House) -> None:
        self.http = http
        self.house = house

    def url(self, path: str) -> str:
        return self.house.address + path

    async def post(self, text: str | None = None, *, session: str = SESSION, **more: Any) -> tuple[int, Any]:
        """Status and JSON of one posted message."""
        fields = {"session": session} | ({} if text is None else {"text": text}) | more
        async with self.http.post(self.url("/chat/messages"), json=fields) as answer:
            return answer.status, await answer.json()

    async def said(self, after: int | str = 0, session: str = SESSION) -> list[dict[str, Any]]:
        """The conversation."""
        asked = {"session": session, "after": str(after)}
        async with self.http.get(self.url("/chat/messages"), params=asked) as answer:
            assert answer.status == 200, await answer.text()
            found: list[dict[str, Any]] = (await answer.json())["messages"]
            return found

    @asynccontextmanager
    async def stream(self, session: str = SESSION, last: int | None = None, **asked: str) -> AsyncIterator["Stream"]:
        """Follow the conversation."""
        headers = {} if last is None else {"Last-Event-ID": str(last)}
        params = {"session": session, **asked}
        async with self.http.get(self.url("/chat/stream"), params=params, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            assert answer.content_type == "text/event-stream"
            yield Stream(answer)


class Stream:
    """Server-sent events, read as the standard says."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer
        self.comments = 0

    async def next(self) -> dict[str, Any]:
        """The next message; its event id is its own id."""
        number, data = "", ""
        while True:
            line = (await self._answer.content.readline()).decode()
            assert line, "the stream ended"
            field, _, value = line.rstrip("\n").partition(":")
            if field == "id":
                number = value.strip()
            elif field == "data":
                data += value.strip()
            elif line.startswith(":"):
                self.comments += 1
            elif line == "\n" and data:
                message: dict[str, Any] = json.loads(data)
                assert str(message["id"]) == number
                return message

    async def texts(self, count: int) -> list[str]:
        """What the next messages say."""
        return [(await self.next())["text"] for _ in range(count)]

    async def rest(self) -> bytes:
        """What is left until the stream ends."""
        return await self._answer.content.read()


@asynccontextmanager
async def _program(house: House) -> AsyncIterator[Program]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as http:
        yield Program(http, await house.open())
    await house.close()


@pytest.fixture
async def program(sqlite: Database, clock: StandingClock) -> AsyncIterator[Program]:
    """On SQLite, with the options as they come."""
    async with _program(House(sqlite, clock)) as made:
        yield made


@pytest.fixture
async def program_on_both(database: Database, clock: StandingClock) -> AsyncIterator[Program]:
    """On each database in turn."""
    async with _program(House(database, clock)) as made:
        yield made


@pytest.fixture
async def strict(sqlite: Database, clock: StandingClock) -> AsyncIterator[Program]:
    """A house that lets little through, behind a proxy that names the reader's address."""
    options = {"per_session_per_minute": 3, "per_address_per_minute": 10, "client_address_header": "X-Real-IP"}
    async with _program(House(sqlite, clock, **options, streams_at_once=1)) as made:
        yield made
