"""Stored and acknowledged messages a second, against a bare aiohttp endpoint that stores nothing.

``python -m bench ingest [--seconds 4] [--rounds 3] [--connections 64] [--on sqlite] [--words]``

The service is the real way in: webhook route, parsing, ``record``, 200 only after the commit.
With ``--words`` the index of words follows the log in the same process, in rows of their own, as the service does it.
Clients have a core, and so has the bare endpoint; the service, which is several threads and processes, runs where the
system lets it. Rounds alternate, medians count.
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import msgspec
from aiohttp import web

from bench._load import Load, core, load
from bench._process import cpu_s
from bot.channels import Accepted, Capabilities, Webhook
from bot.clock import SystemClock
from bot.errors import BadWebhook
from bot.messages import Contact, Inbound, Outbound, Sent, Text

BARS = {"sqlite": 0.5, "postgresql": 0.3}
P99_MS = 25.0


class _Person(msgspec.Struct):
    id: int
    first_name: str = ""
    language_code: str = ""


class _Message(msgspec.Struct):
    message_id: int
    chat: _Person
    date: int
    text: str = ""


class _Update(msgspec.Struct):
    update_id: int
    message: _Message


class BenchChannel:
    """A messenger that calls us with Telegram-like updates, and takes everything."""

    capabilities = Capabilities(max_text=4096, max_buttons=100, max_label=64, formatting=True, locations=True)

    def __init__(self) -> None:
        self._decode = msgspec.json.Decoder(_Update).decode
        self.taken = 0

    def accept(self, webhook: Webhook) -> Accepted:
        """Read one update."""
        try:
            update = self._decode(webhook.body)
        except msgspec.MsgspecError as error:
            raise BadWebhook(str(error)) from None
        message = update.message
        inbound = Inbound(
            contact=Contact(channel="bench", address=str(message.chat.id)),
            content=Text(message.text),
            idempotency_key=str(update.update_id),
            sent_at=datetime.fromtimestamp(message.date, UTC),
            name=message.chat.first_name,
            language=message.chat.language_code,
        )
        return Accepted(messages=(inbound,), answer=b"ok")

    async def send(self, message: Outbound) -> Sent:
        """Take it and forget it."""
        self.taken += 1
        return Sent(external_ids=(str(message.message_id),))

    async def ping(self) -> str:
        """A name."""
        return "bench"

    async def aclose(self) -> None:
        """Nothing is open."""


async def _serve(url: str, *, words: bool) -> None:
    """The server's process: says its port, serves until its input closes, then says what it used."""
    import uvloop

    assert isinstance(asyncio.get_running_loop(), uvloop.Loop)
    close: Callable[[], Awaitable[object]] | None = None
    if url:
        from bot.engine.front import serving
        from bot.memory import settle_memory

        app, close = await _storing(url, words=words)
        settle_memory()
        runner = await serving(app)
    else:
        core(0)
        app = web.Application()
        app.router.add_post("/hooks/bench", _bare)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    read = asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await read
    print(json.dumps({"cpu_s": cpu_s()}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()
    if close is not None:
        await close()


async def _bare(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(body=b"ok")


async def _storing(url: str, *, words: bool) -> tuple[web.Application, Callable[[], Awaitable[object]]]:
    from bot.engine.intake import Webhooks
    from bot.engine.metrics import Metrics
    from bot.engine.server import application
    from db.connect import connect
    from db.messages import open_log
    from db.words import SqlWords

    database = await connect(url)
    log = await open_log(database, SystemClock(), apart=True)
    index = SqlWords(database, SystemClock())
    following = asyncio.create_task(index.follow(log.desk_changes())) if words else None
    app = application(Webhooks({"bench": BenchChannel()}, log, Metrics()).routes())

    async def close() -> None:
        if following is not None:
            following.cancel()
        await log.aclose()
        await database.aclose()

    return app, close


def measure(url: str, *, connections: int, seconds: float, words: bool = False) -> tuple[Load, float]:
    """One server, one load: what the clients saw, and the server's CPU µs a message."""
    command = [sys.executable, "-m", "bench.ingest", "--serve", url, *(["--words"] if words else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        port = int(server.stdout.readline())
        before = cpu_s(server.pid)
        seen = load(port, "/hooks/bench", connections=connections, seconds=seconds)
        server.stdin.write("enough\n")
        server.stdin.flush()
        used = json.loads(server.stdout.readline())["cpu_s"] - before
        server.stdin.close()
        server.wait(30)
    # The warm-up is served as well, at the same pace.
    return seen, used * 1e6 / max(seen.done * (seconds + 0.5) / seconds, 1)


def main(argv: Sequence[str]) -> int:
    """Run the measurement; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench ingest", description=__doc__)
    parser.add_argument("--on", choices=list(BARS), action="append", help="only this database")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--words", action="store_true", help="also with the index of words beside it")
    parser.add_argument("--serve", metavar="URL", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.serve is not None:
        import uvloop

        uvloop.run(_serve(options.serve, words=options.words))
        return 0

    from tests.support.databases import Databases, PostgresServer

    missed = False
    with tempfile.TemporaryDirectory(prefix="bb-bench-") as folder:
        databases = Databases(Path(folder), server=lambda: PostgresServer(durable=True))
        try:
            stores = [*(options.on or BARS)]
            names = ["bare", *stores, *(f"{name}, words" for name in stores if options.words)]
            rounds: dict[str, list[tuple[Load, float]]] = {name: [] for name in names}
            for _ in range(options.rounds):
                for name, seen in rounds.items():
                    store, _, words = name.partition(", ")
                    url = "" if name == "bare" else asyncio.run(databases.url(store))
                    wanted = {"connections": options.connections, "seconds": options.seconds, "words": bool(words)}
                    seen.append(measure(url, **wanted))
        finally:
            databases.close()
    bare = median(load.per_s for load, _ in rounds["bare"])
    print(f"{'':18}{'per s':>8}{'ratio':>7}{'bar':>6}{'p50 ms':>8}{'p99 ms':>8}{'CPU µs':>8}{'refused':>9}")
    for name, seen in rounds.items():
        per_s, p99 = median(load.per_s for load, _ in seen), median(load.p99_ms for load, _ in seen)
        bar = BARS.get(name)
        missed = missed or (bar is not None and (per_s / bare < bar or p99 > P99_MS))
        print(
            f"{name:18}{per_s:8.0f}{per_s / bare:7.2f}{bar or '':>6}{median(load.p50_ms for load, _ in seen):8.1f}"
            f"{p99:8.1f}{median(cpu for _, cpu in seen):8.0f}{sum(load.refused for load, _ in seen):9}"
        )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
