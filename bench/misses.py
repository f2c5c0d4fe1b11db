"""What keeping misses costs: gathered a moment later, or counted in the turn's own transaction.

``python -m bench misses [--messages 2000]``. Turns that fail are kept by the real log; then their words are gathered.
Beside it what it would cost to count them in the transaction that keeps the turn: masking, stems and a row each.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from bot.clock import SystemClock
from bot.language.morphology import warm
from bot.messages import Contact, Inbound
from bot.ports.log import Outcome
from bot.quick import replace
from db.connect import Database, connect
from db.migrate import upgrade
from db.misses import SqlMisses
from tests.support.databases import PostgresServer
from tests.support.logs import arrival, opened_log, turn

WORDS = tuple(
    "зимняя сказка летний вечер старый дом дорога морю письмо города тихая вода последний поезд".split()  # noqa: SIM905
)
TURNS_AT_ONCE = 256


def main(argv: Sequence[str]) -> int:
    """Run the measurement and print a line a database."""
    parser = argparse.ArgumentParser(prog="python -m bench misses", description=__doc__)
    parser.add_argument("--messages", type=int, default=2_000)
    options = parser.parse_args(argv)
    warm()
    print(f"{'':12}{'turns kept':>14}{'gathered':>14}{'of it words':>14}{'empty look':>14}   µs each")
    with tempfile.TemporaryDirectory(prefix="bb-misses-") as folder:
        asyncio.run(_measure("sqlite", f"sqlite:///{Path(folder) / 'misses.sqlite3'}", options.messages))
    server = PostgresServer(durable=True)
    try:
        asyncio.run(_measure("postgresql", server.url(), options.messages))
    finally:
        server.close()
    return 0


async def _measure(name: str, url: str, messages: int) -> None:
    database = await connect(url)
    try:
        await upgrade(database)
        misses = SqlMisses(database, SystemClock(), keep=5_000, kinds={})
        kept = await _fail(database, messages)
        found = await misses._missed()
        began = perf_counter()
        misses._wordings(found)
        words = (perf_counter() - began) / len(found)
        began = perf_counter()
        counted = await misses.gather()
        gathered = (perf_counter() - began) / counted
        began = perf_counter()
        for _ in range(50):
            await misses.gather()
        empty = (perf_counter() - began) / 50
        print(f"{name:12}{kept * 1e6:14.0f}{gathered * 1e6:14.0f}{words * 1e6:14.0f}{empty * 1e6:14.0f}", flush=True)
    finally:
        await database.aclose()


async def _fail(database: Database, messages: int) -> float:
    """Keep so many turns that failed; returns seconds each, arrival and claim left out."""
    spent = 0.0
    async with opened_log(database, SystemClock()) as log:
        for first in range(0, messages, TURNS_AT_ONCE):
            numbers = range(first, min(messages, first + TURNS_AT_ONCE))
            await asyncio.gather(*[log.record(_asked(number)) for number in numbers])
            waiting = await log.claim(TURNS_AT_ONCE)
            turns = [replace(turn(each, "Не нашлось."), outcome=Outcome.MISSED, intent="search") for each in waiting]
            began = perf_counter()
            await asyncio.gather(*[log.complete(each) for each in turns])
            spent += perf_counter() - began
    return spent / messages


def _asked(number: int) -> Inbound:
    text = " ".join(WORDS[(number * step) % len(WORDS)] for step in (1, 3, 5)) + f" {number % 700}"
    return arrival(text, key=str(number), contact=Contact(channel="chat", address=str(number)))
