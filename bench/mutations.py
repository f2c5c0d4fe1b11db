"""Webhooks bent in ten thousand ways: none may be answered with a 5xx.

``python -m bench mutations [--on vk] [--bodies 10000] [--seed N]``

Recorded bodies of a messenger, with values replaced, keys lost, lists doubled and bytes cut, go through the real
webhook and store. The tests send some hundred of them; this is the long form. A messenger joins in
``tests/adapters/hooks.py``.
"""

import argparse
import asyncio
import json
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from bot.clock import SystemClock
from bot.engine import logs
from bot.engine.intake import Webhooks
from bot.engine.metrics import Metrics
from bot.engine.server import application
from db.connect import connect
from db.messages import open_log
from tests.adapters.hooks import HOOKS, Hook, pushed, recorded
from tests.support.databases import Databases
from tests.support.mutations import mutated


def main(argv: Sequence[str]) -> int:
    """Run it; 1 where a body was answered with a 5xx."""
    parser = argparse.ArgumentParser(prog="python -m bench mutations", description=__doc__)
    parser.add_argument("--on", choices=sorted(HOOKS), action="append", help="only this messenger")
    parser.add_argument("--bodies", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args(argv)
    logs.configure("error", "json")  # thousands of bodies are not read, on purpose
    failed = False
    for name in options.on or sorted(HOOKS):
        seed = random.randrange(1 << 32) if options.seed is None else options.seed
        with tempfile.TemporaryDirectory(prefix="bb-mutations-") as folder:
            databases = Databases(Path(folder))
            try:
                statuses, seconds, kept = asyncio.run(_sent(name, databases, options.bodies, seed))
            finally:
                databases.close()
        told = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
        print(f"{name}: {options.bodies} bodies in {seconds:.0f} s: {told}; {kept} messages kept; seed {seed}")
        failed = failed or any(status >= 500 for status in statuses)
    return int(failed)


async def _sent(name: str, databases: Databases, bodies: int, seed: int) -> tuple[Counter[int], float, int]:
    hook, channel, statuses = HOOKS[name], pushed(name, SystemClock()), Counter[int]()
    database = await connect(await databases.url("sqlite"))
    log = await open_log(database, SystemClock())
    began = perf_counter()
    async with TestClient(TestServer(application(Webhooks({name: channel}, log, Metrics()).routes()))) as client:
        for number, body in enumerate(mutated(recorded(name), bodies, seed)):
            post = hook.posted(_renewed(body, hook, number), hook.secret)
            path = f"/hooks/{name}{post.below}"
            async with client.post(path, data=BytesIO(post.body), headers=dict(post.headers)) as answer:
                statuses[answer.status] += 1
    kept = (await log.figures()).received
    await log.aclose()
    await databases.drop(database)
    await channel.aclose()
    return statuses, perf_counter() - began, kept


def _renewed(body: bytes, hook: Hook, number: int) -> Any:
    """Three of four bodies that are still JSON are made to look genuine and new, so that they are read at all."""
    try:
        return hook.renewed(json.loads(body), number) if number % 4 else body
    except (ValueError, RecursionError):
        return body
