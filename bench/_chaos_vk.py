"""VK in the chaos run."""

import asyncio
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any, Self

from bench._chaos import AGAIN_S, LONGEST_AGAIN_S, TROUBLES, Beside, Luck, Misfortunes
from tests.emulators.base import Fault
from tests.emulators.vk import GROUP, SECRET, TOKEN, VkEmulator
from tests.support.crash import PUBLIC_URL

FLOOD = "errors 6 and 9 at random"
MOST_FLOODS = 3
"""In one run: error 9 silences a conversation for two minutes."""
SERVER_ERROR = {"error": {"error_code": 10, "error_msg": "Internal server error", "request_params": []}}
SPOILT = {
    **TROUBLES,
    "errors 10": Fault(status=200, body=SERVER_ERROR),
    "dropped after a call": Fault(drop="after"),
}


class VkDriver:
    """Fills ``bench._chaos.Driver``; ``way`` is "callback" or "longpoll"."""

    has_key = True
    kinds: Mapping[str, float] = {**dict.fromkeys(SPOILT, 1.0), FLOOD: 0.3}

    def __init__(self, way: str, luck: Luck) -> None:
        self._luck = luck
        self.figures: Counter[str] = Counter({"dropped after a sending": 0})
        self._way = way or "callback"
        self._vk = VkEmulator()
        self._beside = Beside()

    async def __aenter__(self) -> Self:
        await self._vk.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._beside.end()
        self.figures |= {
            "errors 6": self._vk.rate_faults,
            "repeats shown once": self._vk.repeats,
            "batches": len(self._vk.scripts),
            "messages in batches": sum(self._vk.scripts),
        }
        await self._vk.__aexit__(*error)

    def channels(self) -> Mapping[str, Any]:
        proof = {"secret": SECRET, "confirmation": "a1b2c3d4"} if self._way == "callback" else {}
        options = {"token": TOKEN, "group_id": GROUP, "mode": self._way, "api_url": self._vk.url, "rate_per_s": 200}
        return {"vk": {**options, **proof}}

    def begins(self, address: str) -> None:
        if self._way == "callback":
            self._vk.callback.address = f"{address}/hooks/vk"
            self._vk.registered = f"{PUBLIC_URL}/hooks/vk"

    def died(self) -> None:
        """Nothing to count: a repeated sending is shown once."""

    async def write(self, reader: int, text: str, dice: random.Random) -> None:
        event = self._vk.says(text, reader)
        if self._way == "longpoll":
            if dice.random() < self._luck.twice:
                self._vk.queue.put(event)
                self.figures["delivered twice"] += 1
            return
        self._vk.callback.take()
        if dice.random() < self._luck.twice:
            self._beside.begin(self._again(event, dice.random() * self._luck.late_s))
            self.figures["delivered twice"] += 1
        await self._deliver(event)

    async def trouble(self, dice: random.Random) -> None:
        self._beside.begin(self._tell(dice))
        misfortunes = Misfortunes(self.kinds, self._luck)
        while True:
            kind = await misfortunes.next(self._vk, dice)
            if kind == FLOOD and self.figures[FLOOD] >= MOST_FLOODS:
                continue
            self.figures[kind] += 1
            if kind == FLOOD:
                self._vk.spoils.append(dice.choice((6, 9)) if self._luck.patient else 6)
            else:
                self._vk.faults.append(SPOILT[kind])

    async def _tell(self, dice: random.Random) -> None:
        """VK also tells of what we sent; keys of the long poll expire."""
        while True:
            await asyncio.sleep(dice.random() * self._luck.pause_s)
            while echo := self._vk.callback.take():
                self._beside.begin(self._deliver(echo))
            if dice.random() < 0.1 and self._way == "longpoll":
                self._vk.queue.expire()
                self.figures["keys expired"] += 1

    def heard(self, reader: int) -> list[str]:
        return self._vk.reader(reader).words

    def wrong(self) -> list[str]:
        return self._vk.wrong

    async def _deliver(self, event: Mapping[str, Any]) -> None:
        attempt = 0
        while not await self._vk.callback.offer(event, attempt):
            attempt += 1
            self.figures["deliveries repeated"] += 1
            await asyncio.sleep(min(AGAIN_S * 2.0**attempt, LONGEST_AGAIN_S))

    async def _again(self, event: Mapping[str, Any], after_s: float) -> None:
        await asyncio.sleep(after_s)
        await self._deliver(event)
