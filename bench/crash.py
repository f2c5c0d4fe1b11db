"""Messages lost, doubled or out of order while the service is killed again and again.

``python -m bench crash [--messages 2000] [--sessions 50] [--kills 10] [--on sqlite] [--writer] [--seed N]``

Readers write through the real HTTP API of ``bibliobot run`` while it dies by SIGKILL at random
points, or with ``--writer`` the process that writes to its SQLite store; every acknowledged message must be answered
exactly once, in order.
"""

import argparse
import asyncio
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.support.crash import Plan, crash
from tests.support.databases import Databases, PostgresServer

DIALECTS = ("sqlite", "postgresql")


def main(argv: Sequence[str]) -> int:
    """Run the measurement; 1 where anything was lost, doubled or out of order."""
    parser = argparse.ArgumentParser(prog="python -m bench crash", description=__doc__)
    parser.add_argument("--on", choices=DIALECTS, action="append", help="only this database")
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--sessions", type=int, default=50)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--writer", action="store_true", help="only the process that writes to an SQLite store dies")
    parser.add_argument("--seed", type=int, default=None, help="repeats a run; the kills' moments still vary")
    options = parser.parse_args(argv)
    seed = random.randrange(1 << 32) if options.seed is None else options.seed
    plan = Plan(
        messages=options.messages,
        sessions=options.sessions,
        kills=options.kills,
        seed=seed,
        only_the_writer=options.writer,
    )
    failed = False
    with tempfile.TemporaryDirectory(prefix="bb-crash-") as folder:
        databases = Databases(Path(folder), server=lambda: PostgresServer(durable=True))
        try:
            for dialect in ["sqlite"] if options.writer else options.on or DIALECTS:
                work = Path(folder, dialect)
                work.mkdir()
                outcome = asyncio.run(_crash(databases, dialect, work, plan))
                failed = failed or bool(outcome)
        finally:
            databases.close()
    return int(failed)


async def _crash(databases: Databases, dialect: str, folder: Path, plan: Plan) -> list[str]:
    outcome = await crash(folder, await databases.url(dialect), plan)
    print(
        f"{dialect}: {outcome.acknowledged} acknowledged, {outcome.answered} answered, {outcome.kills} kills, "
        f"{outcome.repeats} requests repeated, {median(outcome.restart_s or [0.0]):.1f} s from a kill to the next "
        f"acknowledgement, {outcome.seconds:.0f} s in all, seed {plan.seed}"
    )
    for fault in outcome.faults:
        print(f"  {fault}")
    return outcome.faults
