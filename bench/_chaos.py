"""What a messenger brings to the chaos run, and what the drivers share."""

import asyncio
import json
import random
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol, Self

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler

from tests.emulators.base import Emulator, Fault

AGAIN_S, LONGEST_AGAIN_S = 0.2, 1.6
"""A messenger's pauses before it delivers once more, each twice the one before."""
DELIVERY_S = 10.0
KEPT_WITHIN_S = 1.5
"""A service that is killed so soon after a sending may not have kept that it was taken."""
DROP, FLOOD = "told to drop after a sending", "floods"
TROUBLES: Mapping[str, Fault] = {
    "5xx": Fault(status=502, body=b"<html>"),
    "dropped before a call": Fault(drop="before"),
    "slow": Fault(slow_s=1.0),
}
"""Of any messenger; a call that breaks after its effect is the matter of :class:`Sendings`."""


@dataclass(frozen=True, kw_only=True)
class Luck:
    """How bad it gets.

    Attributes:
        twice: Share of the deliveries that come twice.
        late_s: The second one comes within so many seconds.
        pause_s: The longest pause between two spoilt calls, and
        calm_calls: so many good ones lie between: else whoever is left at the end meets nothing but trouble.
        patient: Refusals that ask for more than a second or two come as well.
        endless: Calls are spoilt until all is answered; else each kind of trouble comes once.
    """

    twice: float = 0.05
    late_s: float = 5.0
    pause_s: float = 1.0
    calm_calls: int = 8
    patient: bool = True
    endless: bool = True


class Misfortunes:
    """Which call is spoilt next, and how: each kind once, in any order, then by chance.

    Args:
        kinds: Kind → how often it comes among all.
    """

    def __init__(self, kinds: Mapping[str, float], luck: Luck) -> None:
        self._kinds, self._luck = kinds, luck
        self._first: list[str] | None = None
        self._calm_until = 0

    async def next(self, emulator: Emulator, dice: random.Random) -> str:
        """Return when it is time for the next one; never where the last one has been."""
        while self._luck.endless or self._first != []:
            await asyncio.sleep(dice.random() * self._luck.pause_s)
            if not emulator.faults and len(emulator.calls) >= self._calm_until:
                self._calm_until = len(emulator.calls) + self._luck.calm_calls
                return self._drawn(dice)
        return await asyncio.Future()

    def _drawn(self, dice: random.Random) -> str:
        if self._first is None:
            self._first = dice.sample(sorted(self._kinds), len(self._kinds))
        if self._first:
            return self._first.pop()
        return dice.choices(list(self._kinds), list(self._kinds.values()))[0]


class Driver(Protocol):
    """One messenger's emulator, as readers and bad luck use it.

    Attributes:
        has_key: Whether the messenger has a key against doubled sendings.
        kinds: What spoils the service's calls; each is counted in ``figures``.
        figures: What went wrong on purpose, and how often; "dropped after a sending" among them.
    """

    has_key: bool
    figures: Counter[str]

    @property
    def kinds(self) -> Mapping[str, float]: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *error: object) -> None: ...

    def channels(self) -> Mapping[str, Any]:
        """The block ``channels:`` of the service."""
        ...

    def begins(self, address: str) -> None:
        """The service listens there from now on."""
        ...

    async def write(self, reader: int, text: str, dice: random.Random) -> None:
        """A reader's message; returns once the messenger need not deliver it any more."""
        ...

    async def trouble(self, dice: random.Random) -> None:
        """Spoil the service's calls, for ever."""
        ...

    def died(self) -> None:
        """The service was killed just now."""
        ...

    def heard(self, reader: int) -> list[str]:
        """What the reader got, in order."""
        ...

    def wrong(self) -> list[str]:
        """Calls of the service that broke the messenger's contract."""
        ...


class Beside:
    """Work beside the readers' own, until the run ends."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Go on with it in the background."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def end(self) -> None:
        """Whatever is not done stays undone."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class Sendings:
    """Counts sendings whose answer may not have arrived, and breaks some off on purpose.

    Args:
        emulator: Not entered yet.
        taken: Whether an answer says that a message was taken.
    """

    def __init__(self, emulator: Emulator, taken: Callable[[web.Request, web.Response], bool]) -> None:
        self.drop_next = False
        self.killed = 0
        self.dropped = 0
        self._life = 0
        self._at: list[float] = []
        self._taken = taken
        emulator.app.middlewares.append(self._watch)

    def told(self) -> dict[str, int]:
        """For the driver's ``figures``."""
        return {"dropped after a sending": self.killed + self.dropped, "of these by a kill": self.killed}

    @web.middleware
    async def _watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        life, caller = self._life, request.transport
        answer = await handler(request)
        if isinstance(answer, web.Response) and self._taken(request, answer):
            if life != self._life or caller is None or caller.is_closing():
                self.killed += 1  # who sent it is dead and never hears that it was taken
            elif self.drop_next and request.transport is not None:
                self.drop_next = False
                self.dropped += 1
                request.transport.abort()
            else:
                self._at.append(monotonic())
        return answer

    def died(self) -> None:
        """The last sendings may not have been kept as sent."""
        self.killed += sum(at > monotonic() - KEPT_WITHIN_S for at in self._at)
        self._at.clear()
        self._life += 1


class HookDriver:
    """A messenger that posts one event a body, again until it hears 200, and has no key against doubled sendings.

    Fills ``Driver``; a subclass says what an event is and how it is posted.

    Attributes:
        floods: Refusals because of too many calls, as the messenger words them: the first is over in a second.
        most_floods: In one run: each may stop the whole channel for a while.
    """

    has_key = False
    kinds: Mapping[str, float] = {DROP: 0.25, FLOOD: 0.15, **dict.fromkeys(TROUBLES, 0.2)}
    floods: Sequence[Fault] = ()
    most_floods = 10

    def __init__(self, emulator: Emulator, taken: Callable[[web.Request, web.Response], bool], luck: Luck) -> None:
        self.figures: Counter[str] = Counter({"dropped after a sending": 0})
        self.luck = luck
        self.address = ""
        self.beside = Beside()
        self._emulator = emulator
        self._sendings = Sendings(emulator, taken)
        self._client: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        await self._emulator.__aenter__()
        self._client = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=DELIVERY_S))
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.beside.end()
        await self._client.close()
        await self._emulator.__aexit__(*error)

    @abstractmethod
    def channels(self) -> Mapping[str, Any]:
        """As ``Driver`` says."""

    @abstractmethod
    def event(self, reader: int, text: str) -> dict[str, Any]:
        """What the messenger tells of a message."""

    @abstractmethod
    def hook(self) -> tuple[str, dict[str, str]]:
        """The path of the webhook with its query, and the headers that prove the sender."""

    @abstractmethod
    def texts(self, reader: int) -> list[str]:
        """What the reader sees."""

    def too_much(self) -> int:
        """Calls over the messenger's limits."""
        return 0

    def begins(self, address: str) -> None:
        self.address = address

    def died(self) -> None:
        self._sendings.died()

    async def write(self, reader: int, text: str, dice: random.Random) -> None:
        event = self.event(reader, text)
        if dice.random() < self.luck.twice:
            self.figures["delivered twice"] += 1
            self.beside.begin(self._deliver(event, after_s=dice.random() * self.luck.late_s))
        await self._deliver(event)

    async def trouble(self, dice: random.Random) -> None:
        misfortunes = Misfortunes(self.kinds, self.luck)
        while True:
            kind = await misfortunes.next(self._emulator, dice)
            if kind == FLOOD and self.figures[FLOOD] >= self.most_floods:
                continue
            self.figures[kind] += 1
            if kind == DROP:
                self._sendings.drop_next = True
            elif kind == FLOOD:
                self._emulator.faults.append(dice.choice(self.floods if self.luck.patient else self.floods[:1]))
            else:
                self._emulator.faults.append(TROUBLES[kind])

    def heard(self, reader: int) -> list[str]:
        self.figures.update({what: count - self.figures[what] for what, count in self._sendings.told().items()})
        return self.texts(reader)

    def wrong(self) -> list[str]:
        over = self.too_much()
        return [*self._emulator.wrong, *([f"{over} calls over the limits"] if over else [])]

    async def _deliver(self, event: Mapping[str, Any], after_s: float = 0.0) -> None:
        await asyncio.sleep(after_s)
        path, headers = self.hook()
        sent = {"Content-Type": "application/json", **headers}
        again_s = AGAIN_S
        while True:
            try:
                async with self._client.post(self.address + path, data=json.dumps(event), headers=sent) as answer:
                    if answer.status == 200:
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass
            self.figures["deliveries repeated"] += 1
            await asyncio.sleep(again_s)
            again_s = min(again_s * 2, LONGEST_AGAIN_S)
