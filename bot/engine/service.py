"""The service as a whole: its loops run, are started again when they fall, and end in order."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from functools import partial
from time import monotonic

import structlog
from aiohttp import web

from bot.channels import Channel, Polled, Tended
from bot.engine.courtesies import Courtesies
from bot.engine.dispatcher import Dispatcher
from bot.engine.front import serving
from bot.engine.health import Health
from bot.engine.intake import Arrivals, poll, tend
from bot.engine.line import Line
from bot.engine.logs import loose_end
from bot.engine.outbox import Outbox
from bot.memory import settle_memory
from bot.overview import Way
from bot.ports.log import MessageLog
from bot.quick import dataclass

log = structlog.get_logger(__name__)

STOP_S = 20.0
"""How long the turns in hand may take once we are told to stop."""
RESTART_S = 1.0
LONGEST_RESTART_S = 30.0
STEADY_S = 60.0
"""A loop that ran so long is not falling again and again."""
LAG_EVERY_S = 1.0
A_MOMENT_S = 0.1
"""Between the first rounds of the loops that no answer needs: each of them has statements to compile."""


class Role(StrEnum):
    """What a process does; several processes need PostgreSQL."""

    ALL = "all"
    WEB = "web"
    WORKER = "worker"
    SENDER = "sender"


@dataclass(slots=True)
class Service:
    """Everything that runs in one process.

    Attributes:
        background: Further loops that run where turns are taken (the index follows the store).
        later: The same for loops that no answer needs: they begin when turns can be taken, one after another, so that
            neither readiness nor the first reader waits for what they do first.
        everywhere: Further loops that run in every role; they begin as late.
        prepare: What must be done before the first turn; messages are stored meanwhile.
        closing: What else ends before the server does.
    """

    role: Role
    store: MessageLog
    dispatcher: Dispatcher
    channels: Mapping[str, Channel]
    outboxes: Mapping[str, Outbox]
    health: Health
    app: web.Application
    host: str
    port: int
    background: Mapping[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    later: Mapping[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    everywhere: Mapping[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    prepare: Callable[[], Awaitable[None]] | None = None
    courtesies: Courtesies | None = None
    arrivals: Arrivals | None = None
    closing: Sequence[Callable[[], Awaitable[None]]] = ()
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _loops: list[asyncio.Task[None]] = field(default_factory=list)
    _prepared: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None

    async def start(self) -> int:
        """Begin to listen and to work; returns the port. Raises OSError where the port is taken."""
        self._runner = await serving(self.app)
        asyncio.get_running_loop().set_exception_handler(loose_end)
        site = web.TCPSite(self._runner, self.host, self.port, backlog=1024)
        await site.start()
        for name, loop in self._wanted().items():
            self.health.loops[name] = ""
            self._loops.append(asyncio.create_task(self._kept_running(name, loop), name=name))
        addresses = self._runner.addresses
        return int(addresses[0][1]) if addresses else self.port

    def _wanted(self) -> dict[str, Callable[[], Awaitable[None]]]:
        loops: dict[str, Callable[[], Awaitable[None]]] = {"loop lag": self._watch_lag}
        later = dict(self.everywhere)
        if self.role in (Role.ALL, Role.WEB):
            for name, channel in self.channels.items():
                if isinstance(channel, Polled):
                    loops[f"poll {name}"] = self._polling(name, channel)
                if isinstance(channel, Tended):
                    loops[f"tend {name}"] = self._tending(name, channel)
        if self.role in (Role.ALL, Role.WORKER):
            loops["dispatcher"] = self._take_turns
            loops.update(self.background)
            later |= self.later
        else:
            self._prepared.set()
        if self.role in (Role.ALL, Role.SENDER):
            for name, outbox in self.outboxes.items():
                loops[f"outbox {name}"] = outbox.run
                self.health.channels[name] = partial(getattr, outbox, "fault")
                self.health.lines[name, Way.OUT] = partial(getattr, outbox, "standing")
        return loops | {name: partial(self._later, place, loop) for place, (name, loop) in enumerate(later.items())}

    async def _later(self, place: int, loop: Callable[[], Awaitable[None]]) -> None:
        await self._prepared.wait()
        await asyncio.sleep(place * A_MOMENT_S)
        await loop()

    async def _take_turns(self) -> None:
        if self.prepare is not None:
            preparing = asyncio.ensure_future(self.prepare())
            told = asyncio.ensure_future(self.stopping.wait())
            try:
                await asyncio.wait({preparing, told}, return_when=asyncio.FIRST_COMPLETED)
                if not preparing.done():
                    return
                await preparing
            finally:
                preparing.cancel()
                told.cancel()
                await asyncio.gather(preparing, told, return_exceptions=True)
        self._prepared.set()
        await self.dispatcher.run()

    def _polling(self, name: str, channel: Polled) -> Callable[[], Awaitable[None]]:
        line = Line(name, self.health.metrics, hears=True)
        self.health.channels[f"{name} in"] = lambda: line.fault
        self.health.lines[name, Way.IN] = lambda: line.standing
        return lambda: poll(name, channel, self.store, self.stopping, self.arrivals, line)

    def _tending(self, name: str, channel: Tended) -> Callable[[], Awaitable[None]]:
        line = Line(name, self.health.metrics, hears=True)
        self.health.channels[f"{name} webhook"] = lambda: line.fault
        self.health.lines[name, Way.WEBHOOK] = lambda: line.standing
        return lambda: tend(channel, self.stopping, line)

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT, then finish what is in hand; a second signal ends at once."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._told_to_stop)
        try:
            await self.stopping.wait()
            await self.stop()
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    def _told_to_stop(self) -> None:
        if self.stopping.is_set():
            for task in self._loops:
                task.cancel()
        self.stopping.set()

    async def stop(self) -> None:
        """Take nothing new, finish the turns in hand and their sendings, close."""
        self.stopping.set()
        log.info("stopping")
        self.dispatcher.stop()
        await self._ended("dispatcher")
        for outbox in self.outboxes.values():
            outbox.stop()
        await self._ended("outbox")
        for task in self._loops:
            task.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        if self.courtesies is not None:
            await self.courtesies.aclose()
        for channel in self.channels.values():
            await channel.aclose()  # open streams end here, so the server need not wait for them
        for close in reversed(self.closing):  # what came last may still ask what came before
            await close()
        if self._runner is not None:
            await self._runner.cleanup()
        log.info("stopped")

    async def _ended(self, prefix: str) -> None:
        """Wait for loops to end by themselves; those that sleep are cancelled after a moment."""
        tasks = [task for task in self._loops if task.get_name().startswith(prefix)]
        if not tasks:
            return
        self.store.wake()
        _, late = await asyncio.wait(tasks, timeout=STOP_S)
        for task in late:
            log.warning("did not end in time", loop=task.get_name())
            task.cancel()

    async def _kept_running(self, name: str, loop: Callable[[], Awaitable[None]]) -> None:
        """Run a loop; when it falls say why, be unready, and start it again after growing pauses."""
        pause_s = RESTART_S
        while not self.stopping.is_set():
            began = monotonic()
            try:
                await loop()
                if self.stopping.is_set():
                    return
                fault = "ended by itself"
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.exception("loop fell", loop=name)
                fault = f"fell: {type(error).__name__}"
            self.health.loops[name] = fault
            pause_s = RESTART_S if monotonic() - began > STEADY_S else min(pause_s * 2, LONGEST_RESTART_S)
            await asyncio.sleep(pause_s)
            self.health.loops[name] = ""

    async def _watch_lag(self) -> None:
        await asyncio.sleep(LAG_EVERY_S)
        settle_memory()  # once the start is over
        while True:
            before = monotonic()
            await asyncio.sleep(LAG_EVERY_S)
            self.health.metrics.lag.set(max(0.0, monotonic() - before - LAG_EVERY_S))
