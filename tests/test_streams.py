"""Streams that stay open: how they end."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.errors import StoreUnavailable
from bot.streams import Full, Streams


async def test_a_store_that_goes_away_ends_a_stream_as_if_there_were_no_more() -> None:
    streams = Streams(1)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"data: one\n\n"
        raise StoreUnavailable

    async def told(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        with streams.seat():
            await streams.tell(request, response, pieces())
        return response

    app = web.Application()
    app.router.add_get("/", told)
    async with TestClient(TestServer(app)) as client:
        first, again = await client.get("/"), await client.get("/")
        assert await first.text() == await again.text() == "retry: 2000\n\ndata: one\n\n"


async def test_no_more_streams_are_open_than_may_be_and_none_once_the_service_ends() -> None:
    streams, none = Streams(1), Streams(1)
    await none.aclose()

    with streams.seat(), pytest.raises(Full), streams.seat():
        pass
    with pytest.raises(Full), none.seat():
        pass
    with streams.seat():
        pass
