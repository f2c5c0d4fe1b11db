"""What every emulator has: calls that are remembered, faults on order, an address on loopback."""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, Self

from aiohttp import web
from aiohttp.typedefs import Handler


@dataclass(frozen=True, slots=True)
class Fault:
    """One call that goes wrong.

    Attributes:
        status: Answered instead of the emulator's own answer; 0 for none.
        body: JSON (or bytes as they are) that is answered with ``status``.
        drop: "before": the connection breaks before the call is looked at; "after": once the call has had its
            effect, so that the caller cannot know; "" for neither.
        slow_s: The answer waits so long.
        path: Only calls whose path ends so.
    """

    status: int = 0
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: str = ""
    slow_s: float = 0.0
    path: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One request that arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


async def uploaded(request: web.Request) -> dict[str, tuple[str, bytes]]:
    """The files of a multipart form: name of the field → name of the file and its bytes."""
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    form = BytesParser(policy=HTTP).parsebytes(head + await request.read())
    found = {}
    for part in form.iter_parts():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found[str(name)] = (part.get_filename() or "", content)
    return found


class Emulator:
    """A messenger on loopback; subclasses add routes to ``app`` and their own truth.

    Attributes:
        calls: Every request, in the order of arrival.
        faults: What goes wrong with the next calls, one each.
        standing: What goes wrong with a call where ``faults`` has nothing for it, until it is taken away.
        wrong: Calls that broke the messenger's contract, in words: a test ends with none.
    """

    def __init__(self) -> None:
        self.app = web.Application(middlewares=[self._faulty], client_max_size=64 * 1024**2)
        self.calls: list[Call] = []
        self.faults: deque[Fault] = deque()
        self.standing: Callable[[web.Request], Fault] | None = None
        self.wrong: list[str] = []
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    @web.middleware
    async def _faulty(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        body = await request.read()
        self.calls.append(Call(request.method, request.path, dict(request.query), dict(request.headers), body))
        fault = Fault()
        if self.faults and request.path.endswith(self.faults[0].path):
            fault = self.faults.popleft()
        elif self.standing is not None:
            fault = self.standing(request)
        if fault.slow_s:
            await asyncio.sleep(fault.slow_s)
        if fault.drop == "before":
            return self._broken(request)
        if fault.status:
            raw = fault.body if isinstance(fault.body, bytes) else json.dumps(fault.body).encode()
            return web.Response(status=fault.status, body=raw, headers=fault.headers, content_type="application/json")
        answer = await handler(request)
        return self._broken(request) if fault.drop == "after" else answer

    @staticmethod
    def _broken(request: web.Request) -> web.Response:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)
