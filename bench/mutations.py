"""Webhooks bent in ten thousand ways: none may be answered with a 5xx.

``python -m bench mutations [--on vk] [--bodies 10000] [--seed N]``

Recorded bodies of a messenger, with values replaced, keys lost, lists doubled and bytes cut, go through the real
webhook and store. The tests send 500 of them; this is the long form. A messenger joins with a line in ``HOOKS``.
"""

import argparse
import asyncio
import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from aiohttp.test_utils import TestClient, TestServer

from adapters.telegram.channel import SECRET_HEADER
from bot.channels import Pushed
from bot.clock import SystemClock
from bot.engine.intake import Webhooks
from bot.engine.metrics import Metrics
from bot.engine.server import application
from db.connect import connect
from db.messages import open_log
from tests.adapters.telegram.conftest import SECRET as TELEGRAM_SECRET
from tests.adapters.telegram.conftest import telegram_webhook
from tests.adapters.vk.support import callback
from tests.emulators.vk import GROUP, SECRET
from tests.support.databases import Databases
from tests.support.mutations import mutated

RECORDED = Path(__file__).resolve().parent.parent / "tests" / "adapters"
Proved = Callable[[Any, int], Any]


def vk_proved(event: Any, number: int) -> Any:
    """The event with VK's proof, and a number of its own, so that none is a repeat."""
    if isinstance(event, dict):
        event |= {"secret": SECRET, "group_id": GROUP}
        what = event.get("object")
        for place in (what, what.get("message") if isinstance(what, dict) else None):
            if isinstance(place, dict) and "conversation_message_id" in place:
                place["conversation_message_id"] = number + 1
    return event


def telegram_proved(update: Any, number: int) -> Any:
    """The update with a number of its own, and its message too."""
    if isinstance(update, dict):
        update["update_id"] = number
        message = update.get("message")
        if isinstance(message, dict) and "message_id" in message:
            message["message_id"] = number + 1
    return update


HOOKS: Mapping[str, tuple[Callable[[], Pushed], Proved, Mapping[str, str]]] = {
    "telegram": (lambda: telegram_webhook(SystemClock()), telegram_proved, {SECRET_HEADER: TELEGRAM_SECRET}),
    "vk": (lambda: callback(SystemClock()), vk_proved, {}),
}
NO_BODIES = ("index.json", "api-responses.json", "malformed_bodies.json")


def main(argv: Sequence[str]) -> int:
    """Run it; 1 where a body was answered with a 5xx."""
    parser = argparse.ArgumentParser(prog="python -m bench mutations", description=__doc__)
    parser.add_argument("--on", choices=sorted(HOOKS), action="append", help="only this messenger")
    parser.add_argument("--bodies", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args(argv)
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
    recorded = [
        file.read_bytes()
        for file in sorted((RECORDED / name / "recorded").glob("*.json"))
        if file.name not in NO_BODIES
    ]
    build, proved, headers = HOOKS[name]
    database, channel, statuses = await connect(await databases.url("sqlite")), build(), Counter[int]()
    log = await open_log(database, SystemClock())
    began = perf_counter()
    async with TestClient(TestServer(application(Webhooks({name: channel}, log, Metrics()).routes()))) as client:
        for number, body in enumerate(mutated(recorded, bodies, seed)):
            data = _proved(body, proved, number)
            async with client.post(f"/hooks/{name}", data=data, headers=headers) as answer:
                statuses[answer.status] += 1
    kept = (await log.figures()).received
    await log.aclose()
    await databases.drop(database)
    await channel.aclose()
    return statuses, perf_counter() - began, kept


def _proved(body: bytes, proved: Proved, number: int) -> bytes:
    """Three of four bodies that are still JSON are made to look genuine, so that they are read at all."""
    if number % 4 == 0:
        return body
    try:
        return json.dumps(proved(json.loads(body), number)).encode()
    except (ValueError, RecursionError):
        return body
