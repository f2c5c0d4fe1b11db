"""Webhooks of each messenger, acknowledged after the commit: an open loop, as a messenger posts them.

``python -m bench acks [--on vk] [--rate 300] [--seconds 5] [--database sqlite]``

A post sets out when its moment has come, whatever became of those before it; its time runs from that moment. The
bodies are signed as the messenger does it, each from another reader. Wanted: 99 of 100 within 50 ms.
"""

import argparse
import asyncio
import hashlib
import hmac
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp
from aiohttp import web

from bench._load import core
from bot.channels import Channel, Setting
from bot.clock import SystemClock
from tests.emulators.max import Updates
from tests.emulators.ok import OkServer
from tests.emulators.telegram import TelegramServer
from tests.emulators.vk import GROUP, TOKEN, VkEmulator
from tests.emulators.whatsapp.emulator import WhatsAppEmulator

P99_MS = 50.0
SECRET = "bench-secret-0123456789"  # noqa: S105 - of no messenger
READERS = 1_000
WARM_UP = 150
"""Posts that are made first and not counted."""
Post = tuple[bytes, Mapping[str, str]]


@dataclass(frozen=True)
class Way:
    """One messenger's webhook.

    Attributes:
        options: Of the channel; its address of the API is never called.
        posts: So many posts, each with its headers.
        query: Of the address.
    """

    options: Mapping[str, Any]
    posts: Callable[[int], list[Post]]
    query: str = ""


def _text(number: int) -> str:
    return f"Есть ли у вас книга номер {number}?"


def _reader(number: int) -> int:
    return 500_001 + number % READERS


def _raw(what: Any) -> bytes:
    return json.dumps(what).encode()


def _telegram(count: int) -> list[Post]:
    server = TelegramServer("123456:bench-token")
    proof = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    return [(_raw(server.says(_reader(number), _text(number))), proof) for number in range(count)]


def _vk(count: int) -> list[Post]:
    vk = VkEmulator()
    return [
        (_raw({**vk.says(_text(number), _reader(number)), "secret": SECRET, "group_id": GROUP}), {})
        for number in range(count)
    ]


def _max(count: int) -> list[Post]:
    updates = Updates("bench-token")
    proof = {"X-Max-Bot-Api-Secret": SECRET}
    return [(_raw(updates.said(_reader(number), _text(number))), proof) for number in range(count)]


def _ok(count: int) -> list[Post]:
    server = OkServer("bench-token")
    return [(_raw(server.wrote(f"user:{_reader(number)}", _text(number))), {}) for number in range(count)]


def _whatsapp(count: int) -> list[Post]:
    meta = WhatsAppEmulator(SystemClock())
    posts: list[Post] = []
    for number in range(count):
        body = meta.body([meta.hears(f"7999{_reader(number):07}", _text(number))])
        signed = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        posts.append((body, {"X-Hub-Signature-256": f"sha256={signed}"}))
    return posts


NOWHERE = "http://127.0.0.1:9"
WAYS: Mapping[str, Way] = {
    "max": Way({"token": "bench-token", "secret": SECRET, "api_url": NOWHERE}, _max),
    "ok": Way(
        {"token": "bench-token", "secret": SECRET, "api_url": NOWHERE, "addresses": ["127.0.0.1"]},
        _ok,
        f"?key={SECRET}",
    ),
    "telegram": Way(
        {"token": "123456:bench-token", "mode": "webhook", "secret": SECRET, "api_url": NOWHERE}, _telegram
    ),
    "vk": Way({"token": TOKEN, "group_id": GROUP, "mode": "callback", "secret": SECRET, "confirmation": "a1b2"}, _vk),
    "whatsapp": Way(
        {"token": "t", "phone_number_id": "106540352242922", "app_secret": SECRET, "verify_token": SECRET}, _whatsapp
    ),
}


def main(argv: Sequence[str]) -> int:
    """Run it; 1 where a post was refused or the time was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench acks", description=__doc__)
    parser.add_argument("--on", choices=sorted(WAYS), action="append", help="only this messenger")
    parser.add_argument("--rate", type=float, default=300, help="posts a second")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--serve", nargs=2, metavar=("NAME", "URL"), help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.serve:
        import uvloop

        uvloop.run(_serve(*options.serve))
        return 0

    from tests.support.databases import Databases, PostgresServer

    missed = False
    with tempfile.TemporaryDirectory(prefix="bb-acks-") as folder:
        databases = Databases(Path(folder), server=lambda: PostgresServer(durable=True))
        try:
            for name in options.on or sorted(WAYS):
                url = asyncio.run(databases.url(options.database))
                refused, waits = _measured(name, url, options.rate, options.seconds)
                p50, p99 = (waits[int(len(waits) * share)] * 1e3 for share in (0.5, 0.99))
                print(
                    f"{name:9} {len(waits)} posts at {options.rate:g}/s on {options.database}: "
                    f"{p50:.1f} ms p50, {p99:.1f} ms p99, {refused} refused",
                    flush=True,
                )
                missed = missed or refused > 0 or p99 > P99_MS
        finally:
            databases.close()
    return int(missed)


def _measured(name: str, url: str, rate: float, seconds: float) -> tuple[int, list[float]]:
    posts = WAYS[name].posts(WARM_UP + int(rate * seconds))
    command = [sys.executable, "-m", "bench.acks", "--serve", name, url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        hook = f"http://127.0.0.1:{int(server.stdout.readline())}/hooks/{name}{WAYS[name].query}"
        core(1)
        refused, waits = asyncio.run(_post_all(hook, posts, rate))
        stored = server.communicate("enough\n")[0]
    if int(stored) != len(posts):
        raise RuntimeError(f"{name}: {len(posts)} posted, {stored.strip()} stored")
    return refused, sorted(waits)


async def _post_all(hook: str, posts: Sequence[Post], rate: float) -> tuple[int, list[float]]:
    refused, waits = 0, []

    async def post(client: aiohttp.ClientSession, what: Post, due: float, *, counts: bool) -> None:
        nonlocal refused
        body, headers = what
        async with client.post(hook, data=body, headers={"Content-Type": "application/json", **headers}) as answer:
            await answer.read()
        refused += answer.status != 200
        if counts:
            waits.append(perf_counter() - due)

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as client, asyncio.TaskGroup() as group:
        began = perf_counter()
        for number, what in enumerate(posts):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - perf_counter()))
            group.create_task(post(client, what, due, counts=number >= WARM_UP))
    return refused, waits


async def _serve(name: str, url: str) -> None:
    """The service's process: the real way in; says its port, at the end how many messages were kept."""
    from bot.app.channels import channel_spec
    from bot.engine.intake import Webhooks
    from bot.engine.metrics import Metrics
    from bot.engine.server import application
    from bot.memory import settle_memory
    from db.connect import connect
    from db.messages import open_log

    core(0)
    database = await connect(url)
    log = await open_log(database, SystemClock())
    spec = channel_spec(name)
    setting = Setting(
        name=name, library_name="Библиотека", language="ru", public_url="https://bot.example", clock=SystemClock()
    )
    channel: Channel = spec.build(spec.settings(**WAYS[name].options), setting)
    settle_memory()
    runner = web.AppRunner(application(Webhooks({name: channel}, log, Metrics()).routes()), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await runner.cleanup()
    async with database.writer.connect() as connection:
        kept = (await connection.exec_driver_sql("SELECT count(*) FROM messages")).scalar_one()
    await channel.aclose()
    await log.aclose()
    await database.aclose()
    print(kept, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
