"""The short way of a webhook through aiohttp.

Webhooks are nearly all of the requests, have fixed addresses and are answered with a few bytes. So they are looked up
in a dict before anybody resolves a route, and head and body of the answer are written at once. Whatever is unusual
about a request or an answer goes the usual way.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from http import HTTPStatus
from time import time
from typing import cast
from wsgiref.handlers import format_date_time

from aiohttp import HttpVersion11, hdrs, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.web_request import BaseRequest

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
AT_HAND: web.AppKey[Mapping[str, Answering]] = web.AppKey("at_hand", Mapping)
"""Of an application: handlers by address, whatever the method."""
_WITHOUT_BODY = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.RESET_CONTENT, HTTPStatus.NOT_MODIFIED})


class ShortAnswer(web.StreamResponse):
    """A few bytes, written at once where the client keeps its connection.

    Args:
        status: Of the answer, 200 to 599.
        content_type: As it stands in the header.
    """

    def __init__(self, body: bytes, *, status: int = 200, content_type: str = "text/plain") -> None:
        # Nothing of the response that we are is set up: where one is needed, another one is made.
        self._told = status, content_type, body
        self._usual: web.Response | None = None

    @property
    def status(self) -> int:
        return self._told[0]

    @property
    def keep_alive(self) -> bool | None:
        return True if self._usual is None else self._usual.keep_alive

    async def prepare(self, request: BaseRequest) -> AbstractStreamWriter | None:
        """Write all of it, or begin as any response does."""
        status, content_type, body = self._told
        transport = request.transport
        if transport is not None and not transport.is_closing() and _is_usual(request) and status not in _WITHOUT_BODY:
            transport.write(_head(status, content_type, len(body), int(time())) + body)
            return None
        self._usual = web.Response(status=status, body=body, headers=HEADERS | {hdrs.CONTENT_TYPE: content_type})
        return await self._usual.prepare(request)

    async def write_eof(self, data: bytes = b"") -> None:
        """End what was begun."""
        if self._usual is not None:
            await self._usual.write_eof(data)


def _is_usual(request: BaseRequest) -> bool:
    return request.version == HttpVersion11 and request.keep_alive and request.method != hdrs.METH_HEAD


@lru_cache(maxsize=256)
def _head(status: int, content_type: str, length: int, second: int) -> bytes:
    """The head of an answer, good for one second."""
    headers = HEADERS | {
        hdrs.CONTENT_TYPE: content_type,
        hdrs.CONTENT_LENGTH: str(length),
        hdrs.DATE: format_date_time(second),
    }
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


async def serving(app: web.Application, *, shutdown_s: float = 2.0) -> web.AppRunner:
    """A runner for the application, set up, by which what it has at hand is found without its router."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=shutdown_s, handle_signals=False)
    await runner.setup()
    server = runner.server
    assert server is not None
    at_hand, usual = app.get(AT_HAND, {}), server.request_handler

    async def found(request: BaseRequest) -> web.StreamResponse:
        handler = at_hand.get(request.raw_path)
        if handler is None or hdrs.EXPECT in request.headers:
            return await usual(cast("web.Request", request))
        try:
            response = await handler(cast("web.Request", request))
        except web.HTTPException as refusal:
            refusal.headers.merge(HEADERS)
            raise
        if not isinstance(response, ShortAnswer):
            response.headers.merge(HEADERS)
        return response

    server.request_handler = found
    return runner
