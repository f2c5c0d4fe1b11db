"""A messenger in a service of its own: real webhooks, log, dispatcher and outbox; the library answers by script."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Self

from aiohttp import web

from bot.channels import Channel, Polled
from bot.engine.courtesies import Courtesies
from bot.engine.dispatcher import Dispatcher, routes
from bot.engine.intake import Arrivals, Webhooks, poll
from bot.engine.metrics import Metrics
from bot.engine.outbox import Outbox
from bot.engine.server import application
from bot.messages import Contact
from db.connect import Database
from db.messages import StoredLog, open_log
from tests.adapters.house import Script, router
from tests.support.clock import StandingClock
from tests.support.fake_library import empty_library
from tests.support.patience import SOON_S


class MessengerService:
    """Runs as long as the context lasts; the store stays, so that another can go on with it.

    Args:
        channel: Built already; closed at the end.
        clock: Stands; pass ``turning`` to ``until`` where something is due later.
    """

    def __init__(self, database: Database, clock: StandingClock, channel: Channel, name: str) -> None:
        self._database = database
        self._clock = clock
        self._channel = channel
        self._name = name
        self._loops: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()
        self.metrics = Metrics()
        self._courtesies = Courtesies(self.metrics)
        self.hook = ""
        self.log: StoredLog
        self._runner: web.AppRunner

    async def __aenter__(self) -> Self:
        self.log = await open_log(self._database, self._clock)
        dispatcher = Dispatcher(self.log, Script(), routes([router]), empty_library(), self._clock, self.metrics)
        outbox = Outbox(self._name, self._channel, self.log, self._clock, self.metrics)
        arrivals = Arrivals(self.log, self.metrics, self._courtesies)
        hooks = Webhooks({self._name: self._channel}, self.log, self.metrics, arrivals)
        self._runner = web.AppRunner(application(hooks.routes()), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.hook = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hooks/{self._name}"
        loops: list[Any] = [dispatcher.run(), outbox.run()]
        if isinstance(self._channel, Polled):
            loops.append(poll(self._name, self._channel, self.log, self._stopping, arrivals))
        self._loops = [asyncio.create_task(loop) for loop in loops]
        return self

    async def __aexit__(self, *error: object) -> None:
        for task in self._loops:
            task.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await self._courtesies.aclose()
        await self._channel.aclose()
        await self._runner.cleanup()
        await self.log.aclose()

    async def until(self, seen: Callable[[], bool | Awaitable[bool]], *, turning: timedelta = timedelta(0)) -> None:
        """Let the service run until something is seen; the clock turns a little at every look."""
        async with asyncio.timeout(SOON_S):
            while not (found if isinstance(found := seen(), bool) else await found):
                self._clock.turn(turning)
                self.log.wake()
                await asyncio.sleep(0.005)

    async def heard(self, address: str) -> list[str]:
        """What the conversation holds, in its order: ``reader: words``."""
        contact = Contact(channel=self._name, address=address)
        return [f"{said.author}: {said.reply.text}" for said in await self.log.said(contact, limit=10_000)]
