"""The whole way of a message, against a bare aiohttp endpoint that stores nothing.

``python -m bench whole_path [--seconds 8] [--rounds 3] [--works 100000] [--on sqlite] [--without-search]``

Arrived by webhook, stored, understood, answered by the real handlers, the answer durable, handed to
a channel that takes everything and marked as sent. A rate counts what was received and sent in the
time from the first arrival to the last mark; a second of set phrases goes before and does not count. So many
seconds that a service at work is measured, which has met most wordings before, and not its first moments.
Questions without search are of hours, places, rules and thanks. The bar is on "phrases", set phrases alone: the way
itself, as the prototype was measured on which it was set, with four patterns for understanding. What hearing adds is
told beside, without a bar: "plain", half set phrases and half one of 1,460 wordings, each as likely as any other
(``bench._plain``), "zipf", where some are asked much more often than others, and "fresh", where no two are alike.
With search they are titles of the works, one in five misspelt.

A machine that others use as well changes its speed by half within minutes, so each load stands between two of the bare
endpoint, is compared with both, and what is told is the median of such comparisons.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any

from bench._catalogue import works
from bench._load import Load, load
from bench._plain import SET_PHRASES, fresh_texts, plain_texts, zipf_texts
from bench._process import cpu_s
from bench._questions import ask
from bench._store import fill
from bench.ingest import BenchChannel, measure
from bot.channels import Accepted, Webhook
from bot.messages import Outbound, Sent

BARS = {"phrases": 0.30, "search": 0.10}
TEXTS: dict[str, Callable[[], list[str]]] = {
    "phrases": lambda: [*SET_PHRASES],
    "plain": plain_texts,
    "zipf": zipf_texts,
    "fresh": fresh_texts,
}
SETTLE_S = 120.0
WARM_UP_S = 1.0
SECONDS = 8.0
"""Of load: a wording that is met for the first time costs some four times as much as another, and in two seconds a
quarter of the messages are such, in eight one in twenty."""
BEGIN = "begin\n"
LOOK_S, LOOKS = 0.05, 10
"""When the server is asked first whether it is done, and how often in the time that it has taken by then: a question
costs it as much as some messages, where much waits as hundreds. When it was done it says itself."""
_HOURS = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "9:00-18:00")
CONFIG = {
    "library": {
        "name": "Библиотека",
        "branches": [
            {
                "code": "central",
                "name": "Центральная библиотека",
                "address": "ул. Ленина, 1",
                "phone": "+7 000 000-00-00",
                "main": True,
                "hours": _HOURS,
            },
            {"code": "children", "name": "Детская библиотека", "children": True, "hours": _HOURS},
            {"code": "07", "name": "Сосновская сельская библиотека", "address": "с. Сосновка", "hours": _HOURS},
        ],
    },
    "faq": [
        {"topic": "join", "answer": "Приходите с паспортом."},
        {"topic": "rules", "answer": "Пять книг на пятнадцать дней."},
    ],
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One round: messages through the whole way a second, the server's CPU µs a message, acknowledgements."""

    per_s: float
    cpu_us: float
    load: Load


@dataclass(frozen=True, slots=True)
class Compared:
    """One round between two of the bare endpoint: how it did, and its share of theirs, by rate and by CPU."""

    seen: Seen
    ratio: float
    by_cpu: float


class CountingChannel(BenchChannel):
    """Takes everything, and remembers when the first message came and the last answer went."""

    first = last = 0.0

    def accept(self, webhook: Webhook) -> Accepted:
        """Read one update."""
        self.first = self.first or perf_counter()
        return super().accept(webhook)

    async def send(self, message: Outbound) -> Sent:
        """Take it and forget it."""
        self.last = perf_counter()
        return await super().send(message)


async def _serve(url: str, folder: Path) -> None:
    """The server's process: says its port; for each line read it says how far it is."""
    from bot.app.service import dispatcher_of
    from bot.app.store import opened
    from bot.engine import logs
    from bot.engine.health import Health
    from bot.engine.intake import Webhooks
    from bot.engine.metrics import Metrics
    from bot.engine.outbox import Outbox
    from bot.engine.server import application
    from bot.engine.service import Role, Service
    from bot.settings import Settings

    logs.configure("warning", "json")
    values: dict[str, Any] = CONFIG | {"database": {"url": url}, "search": {"folder": str(folder)}}
    async with opened(Settings(**values), folder, serves=True) as what:
        channel, metrics = CountingChannel(), Metrics()
        service = Service(
            role=Role.ALL,
            store=what.log,
            dispatcher=dispatcher_of(what, metrics),
            channels={"bench": channel},
            outboxes={"bench": Outbox("bench", channel, what.log, what.clock, metrics)},
            health=Health(store=what.log, metrics=metrics, checks={}),
            app=application(Webhooks({"bench": channel}, what.log, metrics).routes()),
            host="127.0.0.1",
            port=0,
        )
        await what.catalogue.start()
        print(await service.start(), flush=True)
        while asked := await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline):
            if asked == BEGIN:
                channel.first = 0.0
            figures = await what.log.figures()
            state = {
                "received": figures.received,
                "left": figures.waiting + sum(figures.queued.values()),
                "first": channel.first,
                "last": channel.last,
                "cpu_s": cpu_s(),
            }
            print(json.dumps(state), flush=True)
        await service.stop()


def _asked(server: subprocess.Popen[str], line: str = "\n") -> dict[str, float]:
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(line)
    server.stdin.flush()
    answer: dict[str, float] = json.loads(server.stdout.readline())
    return answer


def _warm_up(server: subprocess.Popen[str], port: int, texts: Path, connections: int) -> None:
    """What a process does once (memory, calendars, dictionaries) is measured elsewhere (``bench startup``)."""
    texts.write_text(json.dumps(SET_PHRASES, ensure_ascii=False), "utf-8")
    load(port, "/hooks/bench", connections=connections, seconds=WARM_UP_S, texts=texts)
    while _asked(server)["left"]:
        sleep(LOOK_S)


def through(url: str, folder: Path, texts: Path, *, connections: int, seconds: float) -> Seen:
    """One server, one load, then wait until the last answer is sent."""
    command = [sys.executable, "-m", "bench.whole_path", "--serve", url, "--folder", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        port = int(server.stdout.readline())
        _warm_up(server, port, texts.with_name("warm.json"), connections)
        before, began = _asked(server, BEGIN), perf_counter()
        seen = load(port, "/hooks/bench", connections=connections, seconds=seconds, texts=texts)
        loaded = perf_counter()
        while (after := _asked(server))["left"] and perf_counter() - began < SETTLE_S + seconds:
            sleep(max(LOOK_S, (perf_counter() - loaded) / LOOKS))
        server.stdin.close()
        server.wait(60)
    done = after["received"] - before["received"] - after["left"]
    return Seen(done / (after["last"] - after["first"]), (after["cpu_s"] - before["cpu_s"]) * 1e6 / max(done, 1), seen)


def main(argv: Sequence[str]) -> int:
    """Run the measurement; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench whole_path", description=__doc__)
    parser.add_argument("--on", choices=["sqlite", "postgresql"], action="append", help="only this database")
    parser.add_argument("--only", choices=[*TEXTS, "search"], action="append", help="only this kind of message")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--works", type=int, default=100_000)
    parser.add_argument("--without-search", action="store_true")
    parser.add_argument("--serve", metavar="URL", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.serve is not None:
        import uvloop

        uvloop.run(_serve(options.serve, options.folder))
        return 0
    return _compare(options)


def _compare(options: argparse.Namespace) -> int:
    from tests.support.databases import Databases, PostgresServer

    kinds = options.only or ([*TEXTS] if options.without_search else [*TEXTS, "search"])
    rounds: dict[str, list[Compared]] = {}
    bare: list[tuple[Load, float]] = []
    as_asked = {"connections": options.connections, "seconds": options.seconds}
    with tempfile.TemporaryDirectory(prefix="bb-bench-") as made:
        folder = Path(made)
        databases = Databases(folder, server=lambda: PostgresServer(durable=True))
        try:
            stores = {}
            for dialect in options.on or ("sqlite", "postgresql"):
                for kind in kinds:
                    stores[f"{dialect} {kind}"] = asyncio.run(
                        _prepared(databases, dialect, kind, folder, options.works)
                    )
            bare.append(measure("", **as_asked))
            for _ in range(options.rounds):
                for name, (url, work, texts) in stores.items():
                    one = through(url, work, texts, **as_asked)
                    bare.append(measure("", **as_asked))
                    rounds.setdefault(name, []).append(_compared(one, *bare[-2:]))
        finally:
            databases.close()
    return _told(bare, rounds)


def _compared(seen: Seen, before: tuple[Load, float], after: tuple[Load, float]) -> Compared:
    rate, cpu_us = (before[0].per_s + after[0].per_s) / 2, (before[1] + after[1]) / 2
    return Compared(seen, seen.per_s / rate, cpu_us / seen.cpu_us)


async def _prepared(databases: Any, dialect: str, kind: str, folder: Path, count: int) -> tuple[str, Path, Path]:
    """A store for one case, a folder for its index, and what its readers ask."""
    from db.connect import connect

    url = await databases.url(dialect)
    work = folder / f"{dialect}-{kind}"
    work.mkdir()
    texts = TEXTS[kind]() if kind in TEXTS else []
    if kind == "search":
        database = await connect(url)
        await fill(database, works(count))
        await database.aclose()
        chance = random.Random(7)
        some = [entry for entry in islice(works(count), 4_000) if chance.random() < 0.25]
        texts = [ask("1 edit" if place % 5 == 4 else "exact", entry, chance) for place, entry in enumerate(some)]
    path = work / "texts.json"
    path.write_text(json.dumps([text for text in texts if text], ensure_ascii=False), "utf-8")
    return url, work, path


def _told(bare: list[tuple[Load, float]], rounds: dict[str, list[Compared]]) -> int:
    missed = False
    print(f"{'':20}{'per s':>8}{'ratio':>7}{'bar':>6}{'CPU µs':>8}{'by CPU':>8}{'ack p50':>9}{'p99 ms':>8}")
    print(f"{'bare':20}{median(load.per_s for load, _ in bare):8.0f}{'':13}{median(cpu for _, cpu in bare):8.0f}")
    for name, compared in rounds.items():
        seen, bar = [one.seen for one in compared], BARS.get(name.split()[1])
        ratio, by_cpu = median(one.ratio for one in compared), median(one.by_cpu for one in compared)
        missed = missed or (bar is not None and ratio < bar)
        print(
            f"{name:20}{median(one.per_s for one in seen):8.0f}{ratio:7.2f}{bar or '':>6}"
            f"{median(one.cpu_us for one in seen):8.0f}{by_cpu:8.2f}"
            f"{median(one.load.p50_ms for one in seen):9.1f}{median(one.load.p99_ms for one in seen):8.1f}"
        )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
