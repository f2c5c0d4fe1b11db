"""An announcement to thousands while readers go on asking: how quickly it drains, how long an answer takes meanwhile.

``python -m bench bulk [--on vk] [--sends 5000] [--rate 20] [--asking 5]``

The real store, dispatcher and outbox send to a messenger's emulator, which enforces the messenger's limits. Wanted:
at least 95 % of the channel's rate, not one flood error, 99 of 100 answers within 2 s. A messenger joins with a
class in ``MESSENGERS``.
"""

import argparse
import asyncio
import contextlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Protocol, Self

from adapters.vk import CHANNEL as VK
from bot.channels import Channel
from bot.clock import SystemClock
from bot.engine.dispatcher import Dispatcher, routes
from bot.engine.metrics import Metrics
from bot.engine.outbox import Outbox
from bot.messages import Contact, Inbound, Lane, Text
from db.connect import Database, connect
from db.messages import Log, open_log
from tests.adapters.house import LIBRARY, Script, router
from tests.adapters.vk.support import options, setting
from tests.emulators.vk import VkEmulator
from tests.support.databases import Databases
from tests.support.logs import SqlStaff

ANNOUNCED = "В субботу в 12:00 встреча с писателем. Вход свободный."
FIRST = 500_001


class Messenger(Protocol):
    """An emulator with its channel."""

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *error: object) -> None: ...

    def channel(self, rate_per_s: float) -> Channel:
        """The channel that talks to it."""
        ...

    def heard(self, reader: int) -> list[str]:
        """What a reader got."""
        ...

    def floods(self) -> int:
        """How often a limit was broken."""
        ...


class VkBulk:
    """VK: 20 calls a second, whatever the rate of messages."""

    def __init__(self) -> None:
        self._vk = VkEmulator()

    async def __aenter__(self) -> Self:
        await self._vk.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        print(f"vk: {len(self._vk.calls)} calls, {len(self._vk.scripts)} batches of {sum(self._vk.scripts)} messages")
        await self._vk.__aexit__(*error)

    def channel(self, rate_per_s: float) -> Channel:
        return VK.build(options("callback", self._vk.url, rate_per_s=rate_per_s), setting(SystemClock()))

    def heard(self, reader: int) -> list[str]:
        return self._vk.reader(reader).words

    def floods(self) -> int:
        return self._vk.rate_faults


MESSENGERS: Mapping[str, Callable[[], Messenger]] = {"vk": VkBulk}


def main(argv: Sequence[str]) -> int:
    """Run it; 1 where a limit was broken or something is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench bulk", description=__doc__)
    parser.add_argument("--on", choices=sorted(MESSENGERS), action="append", help="only this messenger")
    parser.add_argument("--sends", type=int, default=5_000)
    parser.add_argument("--rate", type=float, default=20, help="messages a second that the channel may send")
    parser.add_argument("--asking", type=float, default=2, help="questions a second meanwhile")
    asked = parser.parse_args(argv)
    failed = False
    for name in asked.on or sorted(MESSENGERS):
        with tempfile.TemporaryDirectory(prefix="bb-bulk-") as folder:
            databases = Databases(Path(folder))
            try:
                run = _drained(name, databases, asked.sends, asked.rate, asked.asking)
                seconds, sent, floods, waits = asyncio.run(run)
            finally:
                databases.close()
        waits.sort()
        p50, p99 = (waits[int(len(waits) * share)] for share in (0.5, 0.99))
        print(
            f"{name}: {asked.sends} announcements and {len(waits)} answers in {seconds:.1f} s: "
            f"{sent / seconds:.1f} a second of {asked.rate:g} allowed ({sent / seconds / asked.rate:.0%}), "
            f"{floods} flood errors; an answer took {p50 * 1000:.0f} ms p50, {p99 * 1000:.0f} ms p99"
        )
        failed = failed or floods > 0
    return int(failed)


async def _drained(
    name: str, databases: Databases, sends: int, rate: float, asking: float
) -> tuple[float, int, int, list[float]]:
    clock, database = SystemClock(), await connect(await databases.url("sqlite"))
    readers = list(range(FIRST, FIRST + sends))
    await _prepare(name, database, readers)
    log = await open_log(database, clock)
    async with MESSENGERS[name]() as messenger:
        channel, metrics = messenger.channel(rate), Metrics()
        dispatcher = Dispatcher(log, Script(), routes([router]), LIBRARY, clock, metrics)
        for reader in readers:
            messenger.heard(reader)
        outbox = Outbox(name, channel, log, clock, metrics)
        turns = asyncio.create_task(dispatcher.run())
        began = perf_counter()
        sending = asyncio.create_task(outbox.run())
        waits = await _asked(name, log, messenger, asking, lambda: all(messenger.heard(one) for one in readers))
        seconds = perf_counter() - began
        for task in (turns, sending):
            task.cancel()
        await asyncio.gather(turns, sending, return_exceptions=True)
        await channel.aclose()
        floods = messenger.floods()
    await log.aclose()
    await databases.drop(database)
    return seconds, sends + len(waits), floods, waits


async def _prepare(name: str, database: Database, readers: Sequence[int]) -> None:
    """Everybody has written once and was answered long ago; the announcement waits for everybody."""
    log = await open_log(database, SystemClock())
    for at in range(0, len(readers), 500):
        await asyncio.gather(*[log.record(_said(name, reader, 0)) for reader in readers[at : at + 500]])
    await log.aclose()
    async with database.writer.begin() as connection:
        await connection.exec_driver_sql("UPDATE messages SET state = 'handled'")
    staff = SqlStaff(database, SystemClock())
    for reader in readers:
        await staff.queues(Contact(channel=name, address=str(reader)), ANNOUNCED, Lane.ANNOUNCEMENT)


async def _asked(name: str, log: Log, messenger: Messenger, asking: float, done: Callable[[], bool]) -> list[float]:
    """Questions of other readers, evenly, until the announcement is through; how long each answer took."""
    waits: list[asyncio.Task[float]] = []
    while not done():
        reader = FIRST - 1 - len(waits) % 200
        waits.append(asyncio.create_task(_answer_to(name, log, messenger, reader, len(waits))))
        await asyncio.sleep(1 / asking)
    return list(await asyncio.gather(*waits))


async def _answer_to(name: str, log: Log, messenger: Messenger, reader: int, number: int) -> float:
    began, wanted = perf_counter(), f"Вы написали: вопрос {number}"
    messenger.heard(reader)
    await log.record(_said(name, reader, number + 1))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(60):
            while wanted not in messenger.heard(reader):
                await asyncio.sleep(0.005)
    return perf_counter() - began


def _said(name: str, reader: int, number: int) -> Inbound:
    return Inbound(
        contact=Contact(channel=name, address=str(reader)),
        content=Text(f"вопрос {number - 1}"),
        idempotency_key=f"{reader}:{number}",
        sent_at=SystemClock().now(),
    )
