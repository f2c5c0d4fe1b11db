"""Messages lost, doubled or out of order on a messenger that misbehaves, while the service is killed.

``python -m bench chaos [--on vk] [--way longpoll] [--questions 1000] [--readers 50] [--kills 3] [--seed N]``

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
from pathlib import Path
from time import monotonic

import aiohttp

from bench._chaos import Driver
from bench._chaos_hooks import MaxDriver, OkDriver, TelegramDriver
from bench._chaos_vk import VkDriver
from bench._chaos_whatsapp import WhatsAppDriver
from tests.support.crash import Service, serving, totals
from tests.support.databases import Databases

DRIVERS: Mapping[str, Callable[[str], Driver]] = {
    "max": MaxDriver,
    "ok": OkDriver,
    "telegram": TelegramDriver,
    "vk": VkDriver,
    "whatsapp": WhatsAppDriver,
}
ANSWERED_S = 400.0
NUMBER = re.compile(r"«Алгебра (\d+)»")


def main(argv: Sequence[str]) -> int:
    """Run it; 1 where anything was lost, doubled or out of order."""
    parser = argparse.ArgumentParser(prog="python -m bench chaos", description=__doc__)
    parser.add_argument("--on", choices=sorted(DRIVERS), action="append", help="only this messenger")
    parser.add_argument("--way", default="", help="longpoll with vk, polling with telegram: not by webhook")
    parser.add_argument("--questions", type=int, default=1_000)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args(argv)
    failed = False
    for name in options.on or sorted(DRIVERS):
        seed = random.randrange(1 << 32) if options.seed is None else options.seed
        with tempfile.TemporaryDirectory(prefix="bb-chaos-") as folder:
            databases = Databases(Path(folder))
            try:
                run = Run(DRIVERS[name](options.way), options.questions, options.readers, options.kills, seed)
                faults = asyncio.run(run.through(databases, Path(folder)))
            finally:
                databases.close()
        print(f"{name}: {run.told()}, seed {seed}")
        for fault in faults:
            print(f"  {fault}")
        failed = failed or bool(faults)
    return int(failed)


class Run:
    """One messenger's run."""

    def __init__(self, driver: Driver, questions: int, readers: int, kills: int, seed: int) -> None:
        self.driver = driver
        self.readers = [500_001 + number for number in range(readers)]
        self.each = questions // readers
        self.kills = kills
        self.dice = random.Random(seed)
        self.asked = 0
        self.seconds = 0.0

    def told(self) -> str:
        """The figures in one line."""
        heard = sum(len(set(self._numbers(reader))) for reader in self.readers)
        doubled = sum(len(self._numbers(reader)) for reader in self.readers) - heard
        figures = ", ".join(f"{count} {what}" for what, count in sorted(self.driver.figures.items()))
        asked = f"{self.asked} asked, {heard} answered, {doubled} answers doubled"
        return f"{asked}, {self.kills} kills, {self.seconds:.0f} s; {figures}"

    async def through(self, databases: Databases, folder: Path) -> list[str]:
        """Everything that is not as promised."""
        began = monotonic()
        async with self.driver as driver:
            url = await databases.url("sqlite")
            async with serving(folder, url, driver.channels()) as (service, client):
                driver.begins(service.address)
                trouble = asyncio.create_task(driver.trouble(self.dice))
                await asyncio.gather(self._kill(service, client), *[self._ask(reader) for reader in self.readers])
                await self._until_answered()
                trouble.cancel()
                await asyncio.gather(trouble, return_exceptions=True)
                figures = await totals(service, client)
                faults = self._faults()
                if figures["received"] != self.asked or figures["waiting"]:
                    faults.append(f"the service counts otherwise: {figures}")
                if await service.ends(signal.SIGTERM) != 0:
                    faults.append("the service did not end well")
            faults += driver.wrong()
        self.seconds = monotonic() - began
        return faults

    async def _ask(self, reader: int) -> None:
        for number in range(self.each):
            await asyncio.sleep(self.dice.random() * 2)
            await self.driver.write(reader, f"есть ли книга Алгебра {number}", self.dice)
            self.asked += 1

    async def _kill(self, service: Service, client: aiohttp.ClientSession) -> None:
        whole = self.each * len(self.readers)
        for point in sorted(self.dice.sample(range(whole // 10, whole * 9 // 10), self.kills)):
            while self.asked < point:
                await asyncio.sleep(0.02)
            await service.ends(signal.SIGKILL)
            self.driver.died()
            await service.start()
            await service.ready(client)

    async def _until_answered(self) -> None:
        deadline = monotonic() + ANSWERED_S
        while monotonic() < deadline and any(len(set(self._numbers(one))) < self.each for one in self.readers):
            await asyncio.sleep(0.2)
        await asyncio.sleep(3)  # what comes too often comes now

    def _numbers(self, reader: int) -> list[int]:
        return [int(found[1]) for text in self.driver.heard(reader) if (found := NUMBER.search(text))]

    def _faults(self) -> list[str]:
        found, doubled = [], 0
        for reader in self.readers:
            numbers = self._numbers(reader)
            times = Counter(numbers)
            if lost := [number for number in range(self.each) if number not in times]:
                found.append(f"reader {reader}: {len(lost)} not answered, first: {lost[0]}")
            doubled += sum(count - 1 for count in times.values())
            firsts = list(dict.fromkeys(numbers))
            if firsts != sorted(firsts):
                found.append(f"reader {reader}: answered out of order: {firsts}")
        if doubled > (0 if self.driver.has_key else self.driver.figures["dropped after a sending"]):
            found.append(f"{doubled} answered twice")
        return found
