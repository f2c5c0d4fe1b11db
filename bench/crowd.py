"""Fifty librarians, five hundred waiting readers and a busy bot: is a promise broken, and how long does a deed take?

``python -m bench crowd [--librarians 50] [--waiting 500] [--seconds 600] [--on sqlite,postgresql]``

Real HTTP clients, the web chat and the console of one process (``tests.console.crowd``). Afterwards the store is
compared with what the clients were told: nobody had what a colleague had, every answer is there and was heard exactly
once, the drafts are those that were kept last, the bot said nothing in a conversation that somebody held. Clients and
server share the process here, so times are upper limits.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path

from argon2 import PasswordHasher

from bot.clock import SystemClock
from console import passwords
from db.connect import connect
from db.migrate import upgrade
from tests.console.crowd import Crowd, Told, play
from tests.support.databases import PostgresServer


def main(argv: Sequence[str]) -> int:
    """Play, compare, print; 1 where a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m bench crowd", description=__doc__)
    parser.add_argument("--librarians", type=int, default=50)
    parser.add_argument("--waiting", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--pace", type=float, default=20.0, help="longest rest between two deeds, s")
    parser.add_argument("--questions", type=float, default=20.0, help="of other readers, a second")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--on", default="sqlite,postgresql")
    options = parser.parse_args(argv)
    crowd = Crowd(
        librarians=options.librarians,
        waiting=options.waiting,
        seconds=options.seconds,
        answers=1,
        pace_s=options.pace,
        questions_a_second=options.questions,
        seed=options.seed,
    )
    # Fifty sign in at once, on one process's two threads: that is measured nowhere here.
    passwords.hash_with(lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    broken = 0
    names = options.on.split(",")
    if "sqlite" in names:
        with tempfile.TemporaryDirectory(prefix="bb-crowd-") as folder:
            broken += asyncio.run(_played("sqlite", f"sqlite:///{Path(folder) / 'crowd.sqlite3'}", crowd))
    if "postgresql" in names:
        server = PostgresServer(durable=True)
        try:
            broken += asyncio.run(_played("postgresql", server.url(), crowd))
        finally:
            server.close()
    return 1 if broken else 0


async def _played(name: str, url: str, crowd: Crowd) -> int:
    database = await connect(url)
    try:
        await upgrade(database)
        told, found = await play(database, SystemClock(), crowd)
    finally:
        await database.aclose()
    _print(name, told, found)
    return len(found)


def _print(name: str, told: Told, found: Sequence[str]) -> None:
    print(f"\n{name}: {len(told.answers)} answers, {dict(told.done)}, a colleague was first {told.refused} times")
    print(f"  promises broken: {len(found)}")
    for fault in found[:20]:
        print(f"    {fault}")
    print("  ms: p50 / p95 / most")
    for what, times in sorted(told.times_ms.items()):
        ordered = sorted(times)
        p50, p95 = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        print(f"  {what:24}{p50:9.0f}{p95:9.0f}{ordered[-1]:9.0f}  of {len(ordered)}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main([]))
