"""Messages lost, doubled or out of order on a messenger that misbehaves, while the service is killed.

``python -m bench chaos [--on vk] [--way longpoll] [--store postgresql] [--together]
[--questions 1000] [--readers 50] [--kills 3] [--seed N]``

Readers ask numbered questions through a messenger's emulator: 5 % of the deliveries come twice, some much later;
calls of the service are answered with floods, server errors and slowly, or their connection breaks before or after
they had their effect. Every question must be answered, in order; twice only where the connection broke after a
sending and the messenger has no key against it. A messenger joins by a driver (``bench._chaos``) in ``DRIVERS``.
"""

import argparse
import asyncio
import random
import re
import signal
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import aiohttp

from bench._chaos import Driver, Luck
from bench._chaos_hooks import MaxDriver, OkDriver, TelegramDriver
from bench._chaos_vk import VkDriver
from bench._chaos_whatsapp import WhatsAppDriver
from tests.support.crash import Service, serving, totals
from tests.support.databases import Databases

DRIVERS: Mapping[str, Callable[[str, Luck], Driver]] = {
    "max": MaxDriver,
    "ok": OkDriver,
    "telegram": TelegramDriver,
    "vk": VkDriver,
    "whatsapp": WhatsAppDriver,
}
NUMBER = re.compile(r"«Алгебра (\d+)»")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much is asked of each messenger, and how often the service dies.

    Attributes:
        gap_s: A reader's longest pause between two questions.
        settle_s: After the last answer: what comes too often comes now.
        answered_s: So long after the last question all must be answered.
    """

    questions: int = 1_000
    readers: int = 50
    kills: int = 3
    gap_s: float = 2.0
    settle_s: float = 3.0
    answered_s: float = 400.0
    luck: Luck = field(default_factory=Luck)

    @property
    def each(self) -> int:
        """Questions of one reader."""
        return self.questions // self.readers


def main(argv: Sequence[str]) -> int:
    """Run it; 1 where anything was lost, doubled or out of order."""
    parser = argparse.ArgumentParser(prog="python -m bench chaos", description=__doc__)
    parser.add_argument("--on", choices=sorted(DRIVERS), action="append", help="only this messenger")
    parser.add_argument("--way", default="", help="longpoll with vk, polling with telegram: not by webhook")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--together", action="store_true", help="all messengers in one service at the same time")
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args(argv)
    plan = Plan(questions=options.questions, readers=options.readers, kills=options.kills)
    asked = options.on or sorted(DRIVERS)
    failed = False
    for names in [asked] if options.together else [[name] for name in asked]:
        seed = random.randrange(1 << 32) if options.seed is None else options.seed
        with tempfile.TemporaryDirectory(prefix="bb-chaos-") as folder:
            databases = Databases(Path(folder))
            try:
                run = Run({name: DRIVERS[name](options.way, plan.luck) for name in names}, plan, seed)
                faults = asyncio.run(_through(run, databases, options.store, Path(folder)))
            finally:
                databases.close()
        for line in run.told():
            print(f"{line}; {options.store}, seed {seed}", flush=True)
        for fault in faults:
            print(f"  {fault}", flush=True)
        failed = failed or bool(faults)
    return int(failed)


async def _through(run: "Run", databases: Databases, store: str, folder: Path) -> list[str]:
    return await run.through(await databases.url(store), folder)


class Run:
    """One service with one or more messengers, from its first start to its end."""

    def __init__(self, drivers: Mapping[str, Driver], plan: Plan, seed: int) -> None:
        self.drivers = drivers
        self.plan = plan
        self.readers = [500_001 + number for number in range(plan.readers)]
        self.dice = random.Random(seed)
        self.asked: Counter[str] = Counter()
        self.seconds = 0.0

    def told(self) -> list[str]:
        """The figures, a line a messenger."""
        return [self._told(name, driver) for name, driver in self.drivers.items()]

    def _told(self, name: str, driver: Driver) -> str:
        heard = sum(len(set(self._numbers(driver, reader))) for reader in self.readers)
        doubled = sum(len(self._numbers(driver, reader)) for reader in self.readers) - heard
        figures = ", ".join(f"{count} {what}" for what, count in sorted(driver.figures.items()))
        asked = f"{self.asked[name]} asked, {heard} answered, {doubled} answers doubled"
        return f"{name}: {asked}, {self.plan.kills} kills, {self.seconds:.0f} s; {figures}"

    async def through(self, database_url: str, folder: Path) -> list[str]:
        """Everything that is not as promised."""
        began = monotonic()
        async with AsyncExitStack() as stack:
            for driver in self.drivers.values():
                await stack.enter_async_context(driver)
            channels = {name: block for driver in self.drivers.values() for name, block in driver.channels().items()}
            async with serving(folder, database_url, channels) as (service, client):
                for driver in self.drivers.values():
                    driver.begins(service.address)
                trouble = [asyncio.create_task(driver.trouble(self.dice)) for driver in self.drivers.values()]
                asking = [self._ask(name, reader) for name in self.drivers for reader in self.readers]
                await asyncio.gather(self._kill(service, client), *asking)
                await self._until_answered()
                for task in trouble:
                    task.cancel()
                await asyncio.gather(*trouble, return_exceptions=True)
                faults = await self._faults(service, client)
            faults += [f"{name}: {fault}" for name, driver in self.drivers.items() for fault in driver.wrong()]
        self.seconds = monotonic() - began
        return faults

    async def _ask(self, name: str, reader: int) -> None:
        for number in range(self.plan.each):
            await asyncio.sleep(self.dice.random() * self.plan.gap_s)
            await self.drivers[name].write(reader, f"есть ли книга Алгебра {number}", self.dice)
            self.asked[name] += 1

    async def _kill(self, service: Service, client: aiohttp.ClientSession) -> None:
        whole = self.plan.each * len(self.readers) * len(self.drivers)
        for point in sorted(self.dice.sample(range(whole // 10, whole * 9 // 10), self.plan.kills)):
            while self.asked.total() < point:
                await asyncio.sleep(0.02)
            await service.ends(signal.SIGKILL)
            for driver in self.drivers.values():
                driver.died()
            await service.start()
            await service.ready(client)

    async def _until_answered(self) -> None:
        deadline = monotonic() + self.plan.answered_s
        while monotonic() < deadline and any(
            len(set(self._numbers(driver, one))) < self.plan.each
            for driver in self.drivers.values()
            for one in self.readers
        ):
            await asyncio.sleep(0.2)
        await asyncio.sleep(self.plan.settle_s)

    @staticmethod
    def _numbers(driver: Driver, reader: int) -> list[int]:
        return [int(found[1]) for text in driver.heard(reader) if (found := NUMBER.search(text))]

    async def _faults(self, service: Service, client: aiohttp.ClientSession) -> list[str]:
        faults = [f"{name}: {fault}" for name, driver in self.drivers.items() for fault in self._faults_of(driver)]
        figures = await totals(service, client)
        if figures["received"] != self.asked.total() or figures["waiting"]:
            faults.append(f"the service counts otherwise: {figures}")
        if await service.ends(signal.SIGTERM) != 0:
            faults.append("the service did not end well")
        return faults

    def _faults_of(self, driver: Driver) -> list[str]:
        found, doubled = [], 0
        for reader in self.readers:
            numbers = self._numbers(driver, reader)
            times = Counter(numbers)
            if lost := [number for number in range(self.plan.each) if number not in times]:
                found.append(f"reader {reader}: {len(lost)} not answered, first: {lost[0]}")
            doubled += sum(count - 1 for count in times.values())
            firsts = list(dict.fromkeys(numbers))
            if firsts != sorted(firsts):
                found.append(f"reader {reader}: answered out of order: {firsts}")
        if doubled > (0 if driver.has_key else driver.figures["dropped after a sending"]):
            found.append(f"{doubled} answered twice")
        return found
