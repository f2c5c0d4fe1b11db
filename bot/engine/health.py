"""Whether the service lives, whether it is ready, and its figures: the truth, also when it is bad."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field

from aiohttp import web

from bot.engine.metrics import Metrics
from bot.errors import BibliobotError, StoreUnavailable
from bot.overview import Standing, Way
from bot.ports.log import MessageLog
from bot.quick import dataclass

CHECK_S = 3.0
STUCK_S = 120.0
"""From this age of the oldest unhandled message on, turns are not being taken, whatever the loops say."""
Check = Callable[[], Awaitable[str]]
"""Says what is wrong, "" when nothing is."""


@dataclass(slots=True)
class Health:
    """The health pages.

    Attributes:
        checks: Named questions for ``/readyz``; each answers "" when all is well.
        loops: The loops that should run, by name, each with what ended it ("" while it runs).
        channels: Named questions about messengers. Their faults are told by ``/readyz`` and do not make the
            service unready: the other channels go on.
        lines: How each direction of a messenger stands that this process serves (``bot.engine.standings``).
    """

    store: MessageLog
    metrics: Metrics
    checks: Mapping[str, Check]
    loops: dict[str, str] = field(default_factory=dict)
    channels: dict[str, Callable[[], str]] = field(default_factory=dict)
    lines: dict[tuple[str, Way], Callable[[], Standing | None]] = field(default_factory=dict)

    def routes(self) -> list[web.RouteDef]:
        """/healthz, /readyz, /metrics."""
        return [
            web.get("/healthz", self.alive),
            web.get("/readyz", self.ready),
            web.get("/metrics", self.figures),
        ]

    async def alive(self, _: web.Request) -> web.Response:
        """The process lives: nothing else is claimed."""
        return web.json_response({"status": "alive"})

    async def ready(self, _: web.Request) -> web.Response:
        """200 when readers are served, 503 with the reasons when they are not."""
        faults = await self.faults()
        answer: dict[str, object] = {"status": "not ready" if faults else "ready", "faults": faults}
        if channels := {name: fault for name, ask in self.channels.items() if (fault := ask())}:
            answer["channels"] = channels
        return web.json_response(answer, status=503 if faults else 200)

    async def faults(self) -> dict[str, str]:
        """What keeps us from serving, by name."""
        found = {name: fault for name, fault in self.loops.items() if fault}
        if refused := self.store.refused():
            found["store"] = refused
        checks = dict(self.checks)
        if "dispatcher" in self.loops:
            checks["messages"] = self._backlog
        for name, check in checks.items():
            fault = await _asked(check)
            if fault:
                found[name] = fault
        return found

    async def _backlog(self) -> str:
        oldest = (await self.store.figures()).oldest_waiting
        if oldest is None or oldest.total_seconds() < STUCK_S:
            return ""
        return f"the oldest unhandled message has waited {oldest.total_seconds():.0f} s"

    async def figures(self, _: web.Request) -> web.Response:
        """Prometheus text; the store's figures are the last known ones while it is away."""
        try:
            async with asyncio.timeout(CHECK_S):
                figures = await self.store.figures()
        except (StoreUnavailable, TimeoutError):
            figures = None
        return web.Response(
            body=self.metrics.page(figures, refuses=bool(self.store.refused())),
            headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
        )


async def _asked(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_S):
            return await check()
    except TimeoutError:
        return f"no answer within {CHECK_S:g} s"
    except BibliobotError as error:
        return str(error)
