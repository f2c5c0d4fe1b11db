"""A machine for tests: the real dispatcher over a log in memory, with handlers that a test writes down."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.channels import Capabilities
from bot.engine.dispatcher import Dispatcher, Policy, routes, unchanged
from bot.engine.metrics import Metrics
from bot.messages import Contact, Content, Outbound, Reply, Sent
from bot.ports.library import Library
from bot.ports.understanding import Request
from bot.routing import Answer, Router, Turn, intent
from tests.support.clock import StandingClock
from tests.support.fake_library import empty_library
from tests.support.fake_log import FakeLog
from tests.support.logs import ANNA, arrival
from tests.support.patience import SOON_S


class WordUnderstanding:
    """The first word is the intent; «стоп» is heard everywhere. Raises on «сломай понимание»."""

    def understand(self, text: str) -> tuple[Request, ...]:
        if text == "сломай понимание":
            raise ZeroDivisionError(text)
        return tuple(
            Request(intent=part.split()[0], confidence=0.5, rest=part, anywhere=part == "стоп")
            for part in text.split(" и ")
        )


async def echo(turn: Turn, _: Library) -> Reply:
    """Answers with what was said."""
    return Reply(text=f"эхо: {turn.text}")


class Machine:
    """The dispatcher with its log, its clock and what its handlers did."""

    def __init__(
        self, clock: StandingClock, *routers: Router, policy: Policy = unchanged, library: Library | None = None
    ) -> None:
        fallback = Router("fallback")
        fallback.on(intent("fallback"))(echo)
        self.clock = clock
        self.log = FakeLog(clock)
        self.metrics = Metrics()
        self.dispatcher = Dispatcher(
            self.log,
            WordUnderstanding(),
            routes([*routers, fallback]),
            library or empty_library(),
            clock,
            self.metrics,
            policy=policy,
        )
        self._keys = 0

    async def says(self, *texts: str | Content, contact: Contact = ANNA, automated: bool = False) -> None:
        """A reader's messages come in."""
        for text in texts:
            self._keys += 1
            message = arrival(text, key=str(self._keys), contact=contact)
            await self.log.record(replace(message, automated=automated))

    async def heard(self, contact: Contact = ANNA) -> list[str]:
        """Everything that the reader was answered, in order."""
        return [logged.reply.text for logged in await self.log.said(contact, limit=10_000) if logged.author == "bot"]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The dispatcher runs, and is told to stop at the end."""
        task = asyncio.create_task(self.dispatcher.run())
        try:
            yield
        finally:
            self.dispatcher.stop()
            self.log.wake()
            async with asyncio.timeout(SOON_S):
                await task

    async def until(self, seen: Callable[[], bool]) -> None:
        """Let the machine run until something is seen."""
        async with asyncio.timeout(SOON_S):
            while not seen():  # noqa: ASYNC110 - any step of the machine may be the one
                await asyncio.sleep(0)

    async def settles(self) -> None:
        """Let the machine run until nothing waits."""
        await self.until(lambda: not any(message.state == "waiting" for message in self.log.messages.values()))


def answers(*handlers: tuple[str, Callable[[Turn, Library], Awaitable[Reply | Answer]]]) -> Router:
    """A router with these handlers by intent."""
    router = Router("test")
    for name, handler in handlers:
        router.on(intent(name))(handler)
    return router


class FakeChannel:
    """A messenger that takes what it gets, or raises what a test lined up.

    Attributes:
        sent: Texts that it took, in order.
        tried: Texts of all attempts.
        faults: Raised one after another before anything is taken again.
        gate: Closed, a sending waits in it.
    """

    def __init__(self, *, rate_per_s: float = 0) -> None:
        self.capabilities = Capabilities(
            max_text=4096, max_buttons=8, max_label=40, formatting=True, locations=True, rate_per_s=rate_per_s
        )
        self.sent: list[str] = []
        self.tried: list[str] = []
        self.faults: list[Exception] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.slow: set[str] = set()
        self.closed = False
        self.parts = 1
        self.ping_faults: list[Exception] = []

    async def send(self, message: Outbound) -> Sent:
        self.tried.append(message.reply.text)
        if message.reply.text in self.slow:
            await self.gate.wait()
        if self.faults:
            raise self.faults.pop(0)
        self.sent.append(message.reply.text)
        more = [f"ext-{message.message_id}-{part}" for part in range(1, self.parts)]
        return Sent(external_ids=(*more, f"ext-{message.message_id}"))

    async def ping(self) -> str:
        if self.ping_faults:
            raise self.ping_faults.pop(0)
        return "fake"

    async def aclose(self) -> None:
        self.closed = True
