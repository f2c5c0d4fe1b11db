"""WhatsApp in the chaos run."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any, Self

from aiohttp import ClientError, web

from bench._chaos import AGAIN_S, DROP, FLOOD, LONGEST_AGAIN_S, TROUBLES, Beside, Luck, Misfortunes, Sendings
from bot.clock import SystemClock
from tests.emulators.base import Fault
from tests.emulators.whatsapp.emulator import GraphError, Taken, WhatsAppEmulator

BATCH = 50
SERVER_ERROR = {"error": {"code": 131000, "type": "OAuthException", "message": "(#131000) Something went wrong"}}
SPOILT = {**TROUBLES, "errors 131000": Fault(status=500, body=SERVER_ERROR)}
FLOODS = (
    GraphError(429, 130429, "Rate limit hit", **{"Retry-After": "1"}),
    GraphError(429, 130429, "Rate limit hit"),
    GraphError(400, 131056, "(Business Account, Consumer Account) pair rate limit hit"),
)


class WhatsAppDriver:
    """Fills ``bench._chaos.Driver``: batches over several entries, statuses in any order."""

    has_key = False
    kinds: Mapping[str, float] = {DROP: 0.15, FLOOD: 0.1, **dict.fromkeys(SPOILT, 0.19)}

    def __init__(self, way: str, luck: Luck) -> None:
        self._luck = luck
        self.figures: Counter[str] = Counter({"dropped after a sending": 0})
        self._meta = WhatsAppEmulator(SystemClock())
        self._sendings = Sendings(self._meta, _taken)
        self._hook = ""
        self._waiting: list[tuple[dict[str, Any], asyncio.Future[None]]] = []
        self._told = 0
        self._beside = Beside()

    async def __aenter__(self) -> Self:
        await self._meta.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._beside.end()
        await self._meta.__aexit__(*error)

    def channels(self) -> Mapping[str, Any]:
        meta = self._meta
        proof = {"token": meta.token, "app_secret": meta.secret, "verify_token": meta.word}
        return {"whatsapp": {"phone_number_id": meta.number, "api_url": meta.api_url, **proof}}

    def begins(self, address: str) -> None:
        self._hook = f"{address}/hooks/whatsapp"
        self._beside.begin(self._deliver_batches(random.Random(4)))

    def died(self) -> None:
        self._sendings.died()

    async def write(self, reader: int, text: str, dice: random.Random) -> None:
        stored = asyncio.get_running_loop().create_future()
        self._waiting.append((self._meta.hears(_phone(reader), text), stored))
        await stored

    async def trouble(self, dice: random.Random) -> None:
        misfortunes = Misfortunes(self.kinds, self._luck)
        while True:
            kind = await misfortunes.next(self._meta, dice)
            self.figures[kind] += 1
            if kind == DROP:
                self._sendings.drop_next = True
            elif kind == FLOOD:
                flood = dice.choice(FLOODS if self._luck.patient else FLOODS[:1])
                self._meta.faults.append(Fault(status=flood.status, body=flood.body, headers=flood.headers))
            else:
                self._meta.faults.append(SPOILT[kind])

    def heard(self, reader: int) -> list[str]:
        self.figures |= Counter(self._sendings.told())
        return [taken.text for taken in self._meta.taken if taken.to == _phone(reader)]

    def wrong(self) -> list[str]:
        """The rate counts what readers write as well: a crowd may exceed it, and nobody foresees that."""
        self.figures["over the number's rate"] = self._meta.floods - self._meta.pair_floods
        flooded = [f"{self._meta.pair_floods} sendings too many to one reader"] if self._meta.pair_floods else []
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
            if dice.random() < self._luck.twice:
                self.figures["delivered twice"] += 1
                self._beside.begin(self._post(body, after_s=dice.random() * self._luck.late_s))
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
        again_s = AGAIN_S
        while True:
            try:
                if await self._meta.deliver(self._hook, body) == 200:
                    return
            except (ClientError, OSError):
                pass
            self.figures["deliveries repeated"] += 1
            await asyncio.sleep(again_s)
            again_s = min(again_s * 2, LONGEST_AGAIN_S)


def _taken(request: web.Request, answer: web.Response) -> bool:
    return request.path.endswith("/messages") and answer.status == 200 and '"messages"' in (answer.text or "")


def _phone(reader: int) -> str:
    return f"7999{reader:07}"
