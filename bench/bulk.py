"""An announcement to thousands while readers go on asking: how quickly it drains, how long an answer takes meanwhile.

``python -m bench bulk [--on vk] [--sends 5000] [--rate 20] [--asking 2]``

The real store, dispatcher and outbox send to a messenger's emulator, which enforces the messenger's limits. Wanted:
at least 95 % of the channel's rate, not one flood error, 99 of 100 answers within 2 s. A messenger joins with a
class in ``MESSENGERS``.
"""

import argparse
import asyncio
import contextlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol, Self

from bot.app.channels import channel_spec
from bot.channels import Channel, Pushed, Setting, Webhook
from bot.clock import SystemClock
from bot.engine.dispatcher import Dispatcher, routes
from bot.engine.metrics import Metrics
from bot.engine.outbox import Outbox
from bot.messages import Contact, Inbound, Lane, Text
from db.connect import Database, connect
from db.messages import Log, open_log
from tests.adapters.house import LIBRARY, Script, router
from tests.adapters.vk.support import options as vk_options
from tests.emulators.base import Emulator
from tests.emulators.max import MaxServer
from tests.emulators.ok import OkServer
from tests.emulators.telegram import TelegramServer
from tests.emulators.vk import VkEmulator
from tests.emulators.whatsapp.emulator import WhatsAppEmulator
from tests.support.databases import Databases
from tests.support.logs import SqlStaff

ANNOUNCED = "В субботу в 12:00 встреча с писателем. Вход свободный."
FIRST = 500_001
SECRET = "bench-secret-0123456789"  # noqa: S105 - of the emulators
AGO = timedelta(hours=1)
"""When those who are written to were heard last: within every messenger's window, and no matter of the last minute."""
SHARE, ANSWER_S = 0.95, 2.0
"""What is wanted: of the allowed rate, and for 99 answers of 100."""


class Messenger(Protocol):
    """An emulator with its channel.

    Attributes:
        rate_per_s: Messages a second that the messenger allows.
        counts_heard: What readers write uses up the rate as well.
    """

    rate_per_s: float
    counts_heard: bool

    async def __aenter__(self) -> Self: ...

    async def __aexit__(self, *error: object) -> None: ...

    def channel(self, rate_per_s: float) -> Channel:
        """The channel that talks to it; 0: the rate that it has by default."""
        ...

    def address(self, reader: int) -> str:
        """A reader's address; from now on he may be written to."""
        ...

    def heard(self, reader: int) -> list[str]:
        """What a reader got."""
        ...

    def floods(self) -> int:
        """How often a limit was broken."""
        ...


class Enter:
    """What the emulators share."""

    counts_heard = False

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    async def __aenter__(self) -> Self:
        await self._emulator.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._emulator.__aexit__(*error)
        for fault in self._emulator.wrong[:5]:
            print(f"  {fault}")


class VkBulk(Enter):
    """VK: 20 calls a second, whatever the rate of messages."""

    rate_per_s = 20.0

    def __init__(self) -> None:
        self._vk = VkEmulator()
        super().__init__(self._vk)

    async def __aexit__(self, *error: object) -> None:
        print(f"vk: {len(self._vk.calls)} calls, {len(self._vk.scripts)} batches of {sum(self._vk.scripts)} messages")
        await super().__aexit__(*error)

    def channel(self, rate_per_s: float) -> Channel:
        return _built("vk", vk_options("callback", self._vk.url, **_rate(rate_per_s)))

    def address(self, reader: int) -> str:
        self._vk.reader(reader)
        return str(reader)

    def heard(self, reader: int) -> list[str]:
        return self._vk.reader(reader).words

    def floods(self) -> int:
        return self._vk.rate_faults


class TelegramBulk(Enter):
    """Telegram: some 30 messages a second of the whole bot."""

    rate_per_s = 30.0

    def __init__(self) -> None:
        self._telegram = TelegramServer("123456:bench-token")
        super().__init__(self._telegram)

    def channel(self, rate_per_s: float) -> Channel:
        where = {"token": self._telegram.token, "mode": "webhook", "secret": SECRET, "api_url": self._telegram.url}
        return _built("telegram", {**where, **_rate(rate_per_s)})

    def address(self, reader: int) -> str:
        self._telegram.chats.add(reader)
        return str(reader)

    def heard(self, reader: int) -> list[str]:
        return self._telegram.texts(reader)

    def floods(self) -> int:
        return self._telegram.flood.refused


class MaxBulk(Enter):
    """MAX: 30 messages a second."""

    rate_per_s = 30.0

    def __init__(self) -> None:
        self._max = MaxServer("bench-token")
        super().__init__(self._max)

    def channel(self, rate_per_s: float) -> Channel:
        where = {"token": self._max.token, "secret": SECRET, "api_url": self._max.url}
        return _built("max", {**where, **_rate(rate_per_s)})

    def address(self, reader: int) -> str:
        return str(reader)

    def heard(self, reader: int) -> list[str]:
        return self._max.texts(reader)

    def floods(self) -> int:
        return self._max.floods.total()


class OkBulk(Enter):
    """Odnoklassniki publishes no rate: ours is held to be the limit."""

    rate_per_s = 5.0

    def __init__(self) -> None:
        self._ok = OkServer("bench-token")
        super().__init__(self._ok)

    def channel(self, rate_per_s: float) -> Channel:
        self._ok.rate_per_s = (rate_per_s or self.rate_per_s) + 1
        where = {"token": self._ok.token, "secret": SECRET, "api_url": self._ok.api_url}
        return _built("ok", {**where, **_rate(rate_per_s)})

    def address(self, reader: int) -> str:
        return f"user:{reader}"

    def heard(self, reader: int) -> list[str]:
        return self._ok.texts(f"user:{reader}")

    def floods(self) -> int:
        return self._ok.floods


class WhatsAppBulk(Enter):
    """WhatsApp: 80 messages a second of a number; everybody wrote within the day."""

    rate_per_s = 80.0
    counts_heard = True

    def __init__(self) -> None:
        self._meta = WhatsAppEmulator(SystemClock())
        super().__init__(self._meta)
        self._channel: Pushed | None = None
        self._texts: dict[str, list[str]] = {}
        self._seen = 0

    def channel(self, rate_per_s: float) -> Channel:
        proof = {"token": self._meta.token, "app_secret": self._meta.secret, "verify_token": self._meta.word}
        where = {"phone_number_id": self._meta.number, "api_url": self._meta.api_url}
        built = _built("whatsapp", {**where, **proof, **_rate(rate_per_s)})
        assert isinstance(built, Pushed)
        self._channel = built
        return built

    def address(self, reader: int) -> str:
        self._deliver(self._meta.body([self._meta.hears(f"7999{reader:07}", "?")]))
        return f"7999{reader:07}"

    def _deliver(self, body: bytes) -> None:
        """What readers write counts for the number's rate: the channel must see it."""
        if self._channel is None:
            return
        headers = self._meta.signed(body)
        self._channel.accept(Webhook(method="POST", path="", headers=headers, query={}, body=body, remote=""))

    def heard(self, reader: int) -> list[str]:
        for taken in self._meta.taken[self._seen :]:
            self._texts.setdefault(taken.to, []).append(taken.text)
        self._seen = len(self._meta.taken)
        return self._texts.get(f"7999{reader:07}", [])

    def floods(self) -> int:
        return self._meta.floods


MESSENGERS: Mapping[str, Callable[[], Messenger]] = {
    "max": MaxBulk,
    "ok": OkBulk,
    "telegram": TelegramBulk,
    "vk": VkBulk,
    "whatsapp": WhatsAppBulk,
}


def _rate(rate_per_s: float) -> dict[str, float]:
    return {"rate_per_s": rate_per_s} if rate_per_s else {}


def _built(name: str, options: Any) -> Channel:
    spec = channel_spec(name)
    setting = Setting(
        name=name, library_name="Библиотека", language="ru", public_url="https://bot.example", clock=SystemClock()
    )
    return spec.build(spec.settings(**options) if isinstance(options, dict) else options, setting)


def main(argv: Sequence[str]) -> int:
    """Run it; 1 where a limit was broken or something is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench bulk", description=__doc__)
    parser.add_argument("--on", choices=sorted(MESSENGERS), action="append", help="only this messenger")
    parser.add_argument("--sends", type=int, default=5_000)
    parser.add_argument("--rate", type=float, default=0, help="messages a second, instead of the messenger's own")
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
        messenger = MESSENGERS[name]()
        rate = asked.rate or messenger.rate_per_s
        used = (sent + len(waits) if messenger.counts_heard else sent) / seconds
        p50, p99 = (waits[int(len(waits) * share)] for share in (0.5, 0.99))
        print(
            f"{name}: {asked.sends} announcements and {len(waits)} answers in {seconds:.1f} s: "
            f"{used:.1f} a second of {rate:g} allowed ({used / rate:.1%}), "
            f"{floods} flood errors; an answer took {p50 * 1000:.0f} ms p50, {p99 * 1000:.0f} ms p99",
            flush=True,
        )
        failed = failed or floods > 0 or p99 > ANSWER_S or used < SHARE * rate
    return int(failed)


async def _drained(
    name: str, databases: Databases, sends: int, rate: float, asking: float
) -> tuple[float, int, int, list[float]]:
    clock, database = SystemClock(), await connect(await databases.url("sqlite"))
    readers = list(range(FIRST, FIRST + sends))
    async with MESSENGERS[name]() as messenger:
        await _prepare(name, database, messenger, readers)
        log = await open_log(database, clock)
        channel, metrics = messenger.channel(rate), Metrics()
        dispatcher = Dispatcher(log, Script(), routes([router]), LIBRARY, clock, metrics)
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


async def _prepare(name: str, database: Database, messenger: Messenger, readers: Sequence[int]) -> None:
    """Everybody has written once and was answered long ago; the announcement waits for everybody."""
    log = await open_log(database, SystemClock())
    addresses = [messenger.address(reader) for reader in readers]
    for at in range(0, len(addresses), 500):
        await asyncio.gather(*[log.record(_said(name, one, 0, AGO)) for one in addresses[at : at + 500]])
    await log.aclose()
    async with database.writer.begin() as connection:
        await connection.exec_driver_sql("UPDATE messages SET state = 'handled'")
    staff = SqlStaff(database, SystemClock())
    for address in addresses:
        await staff.queues(Contact(channel=name, address=address), ANNOUNCED, Lane.ANNOUNCEMENT)


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
    await log.record(_said(name, messenger.address(reader), number + 1))
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(60):
            while wanted not in messenger.heard(reader):
                await asyncio.sleep(0.005)
    return perf_counter() - began


def _said(name: str, address: str, number: int, ago: timedelta = timedelta()) -> Inbound:
    return Inbound(
        contact=Contact(channel=name, address=address),
        content=Text(f"вопрос {number - 1}"),
        idempotency_key=f"{address}:{number}",
        sent_at=SystemClock().now() - ago,
    )
