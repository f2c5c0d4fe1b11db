"""WhatsApp in the chaos run."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any, Self

from aiohttp import ClientError, web

from bot.clock import Clock, SystemClock
from tests.emulators.base import Fault
from tests.emulators.whatsapp.emulator import GraphError, Taken, WhatsAppEmulator

TWICE = 0.05
AGAIN_S = 0.2
BATCH = 50
KEPT_WITHIN_S = 1.5
"""A service that is killed so soon after a sending may not have kept that it was taken."""
SERVER_ERROR = {"error": {"code": 131000, "type": "OAuthException", "message": "(#131000) Something went wrong"}}
TROUBLES: Mapping[str, Fault] = {
    "5xx": Fault(status=502, body=b"<html>"),
    "errors 131000": Fault(status=500, body=SERVER_ERROR),
    "dropped before a call": Fault(drop="before"),
    "slow": Fault(slow_s=1.0),
}
FLOODS = (
    GraphError(429, 130429, "Rate limit hit", **{"Retry-After": "1"}),
    GraphError(429, 130429, "Rate limit hit"),
    GraphError(400, 131056, "(Business Account, Consumer Account) pair rate limit hit"),
)


class _Meta(WhatsAppEmulator):
    """Counts sendings whose answer may not have arrived, and drops some on purpose."""

    drop_next = False
    killed = 0

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.dropped: set[asyncio.Transport] = set()

    async def _messages(self, request: web.Request) -> dict[str, Any]:
        before = len(self.taken)
        answer = await super()._messages(request)
        if len(self.taken) > before and request.transport is not None:
            transport = request.transport
            asyncio.get_running_loop().call_later(KEPT_WITHIN_S, self._look, transport)
            if self.drop_next:
                self.drop_next = False
                self.dropped.add(transport)
                transport.abort()
        return answer

    def _look(self, transport: asyncio.Transport) -> None:
        self.killed += transport.is_closing() and transport not in self.dropped


class WhatsAppDriver:
    """Fills ``bench._chaos.Driver``: batches over several entries, statuses in any order."""

    has_key = False

    def __init__(self, way: str) -> None:
        self.figures: Counter[str] = Counter({"dropped after a sending": 0})
        self._meta = _Meta(SystemClock())
        self._hook = ""
        self._waiting: list[tuple[dict[str, Any], asyncio.Future[None]]] = []
        self._told = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self._meta.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._meta.__aexit__(*error)

    def channels(self) -> Mapping[str, Any]:
        meta = self._meta
        proof = {"token": meta.token, "app_secret": meta.secret, "verify_token": meta.word}
        return {"whatsapp": {"phone_number_id": meta.number, "api_url": meta.api_url, **proof}}

    def begins(self, address: str) -> None:
        self._hook = f"{address}/hooks/whatsapp"
        self._later(self._deliver_batches(random.Random(4)))

    async def write(self, reader: int, text: str, dice: random.Random) -> None:
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((self._meta.hears(_phone(reader), text), stored))
        await stored

    async def trouble(self, dice: random.Random) -> None:
        while True:
            await asyncio.sleep(dice.random())
            if dice.random() < 0.15:
                self._meta.drop_next = True
            elif dice.random() < 0.1:
                flood = dice.choice(FLOODS)
                self._meta.faults.append(Fault(status=flood.status, body=flood.body, headers=flood.headers))
                self.figures["floods"] += 1
            elif not self._meta.faults:
                name = dice.choice(list(TROUBLES))
                self._meta.faults.append(TROUBLES[name])
                self.figures[name] += 1

    def heard(self, reader: int) -> list[str]:
        self.figures["of these by a kill"] = self._meta.killed
        self.figures["dropped after a sending"] = self._meta.killed + len(self._meta.dropped)
        return [taken.text for taken in self._meta.taken if taken.to == _phone(reader)]

    def wrong(self) -> list[str]:
        flooded = [f"{self._meta.floods} sendings over the limits"] if self._meta.floods else []
        return [*self._meta.wrong, *flooded]

    async def _deliver_batches(self, dice: random.Random) -> None:
        """What has come meanwhile, up to fifty messages a body, with statuses; again until it is acknowledged."""
        while True:
            await asyncio.sleep(dice.random() * 0.1)
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            statuses = self._statuses(dice)
            if not batch and not statuses:
                continue
            self.figures["bodies"] += 1
            entries = dice.randint(1, 3)
            body = self._meta.body([message for message, _ in batch], statuses, entries)
            if dice.random() < TWICE:
                self.figures["delivered twice"] += 1
                self._later(self._post(body, after_s=dice.random() * 5))
            await self._post(body)
            for _, stored in batch:
                if not stored.done():
                    stored.set_result(None)

    def _statuses(self, dice: random.Random) -> list[dict[str, Any]]:
        new: list[Taken] = self._meta.taken[self._told :]
        self._told += len(new)
        told = [self._meta.status(taken, word) for taken in new for word in ("sent", "delivered", "read")]
        dice.shuffle(told)
        self.figures["statuses"] += len(told)
        return told

    async def _post(self, body: bytes, after_s: float = 0.0) -> None:
        await asyncio.sleep(after_s)
        while True:
            try:
                if await self._meta.deliver(self._hook, body) == 200:
                    return
            except (ClientError, OSError):
                pass
            self.figures["deliveries repeated"] += 1
            await asyncio.sleep(AGAIN_S)

    def _later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _phone(reader: int) -> str:
    return f"7999{reader:07}"
