"""From the start of ``run`` to readiness, and its memory, with the web chat only and an index on disk.

``python -m bench startup [--works 100000] [--rounds 5]``

Against the least that any such service does: an interpreter that imports aiohttp and SQLAlchemy and listens. Both are
started in turn, as an installed program is: their bytecode is there, and our index; a first start of each that makes
them is not counted. On a busy machine believe the ratios and the least CPU of all rounds. The process that writes to
the store is counted with the service, pages that both have once. RSS counts the pages of libraries that other programs
share, private memory does not; both again a while later, when a first question is answered and everything is loaded.
How long that question took is told beside the next ones.
"""

import argparse
import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any, NamedTuple

import yaml

from bench._catalogue import works
from bench._process import cpu_s, memory
from bench._store import fill

READY_S, MEMORY_MB = 1.5, 150
FIRST_START_S = 600.0
LOOK_EVERY_S = 0.02
SETTLED_S = 4.0
QUESTIONS = ("война и мир", "капитанская дочка", "мертвые души", "герой нашего времени")
LEAST = """
import asyncio, sys
from aiohttp import web
import sqlalchemy.ext.asyncio
async def main():
    app = web.Application()
    app.router.add_get("/readyz", lambda _: web.Response())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1])).start()
    await asyncio.Event().wait()
asyncio.run(main())
"""


class Start(NamedTuple):
    """What one start took: seconds until it was ready, CPU seconds until then, its memory in MB then."""

    ready_s: float
    cpu_s: float
    rss_mb: float
    private_mb: float


def main(argv: Sequence[str]) -> int:
    """Run the measurement; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench startup", description=__doc__)
    parser.add_argument("--works", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="bb-bench-") as folder:
        port, config = _free_port(), Path(folder, "config.yaml")
        settings = {
            "database": {"url": "sqlite:///store.sqlite3"},
            "server": {"port": port},
            "logging": {"level": "warning"},
        }
        config.write_text(yaml.safe_dump(settings), "utf-8")
        asyncio.run(_prepared(Path(folder), options.works))
        ours = [sys.executable, "-m", "bot", "run", "--config", str(config)]
        least = [sys.executable, "-c", LEAST, str(port)]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = str(Path(folder, "bytecode"))
        later: list[str] = []

        def start(command: list[str], then: Callable[[int, int], list[str]] | None = None) -> Start:
            return _started(command, environment, port, then, later)

        start(least), start(ours)
        seen = [(start(least), start(ours)) for _ in range(options.rounds)]
        start(ours, _asked)
    print(f"{'':10}{'ready s':>9}{'CPU s':>7}{'least':>7}{'RSS MB':>8}{'private':>9}")
    medians = []
    for place, name in enumerate(("least", "run")):
        starts = [pair[place] for pair in seen]
        mid = Start(*map(median, zip(*starts, strict=True)))
        medians.append(mid)
        least_cpu = min(start.cpu_s for start in starts)
        print(f"{name:10}{mid.ready_s:9.2f}{mid.cpu_s:7.2f}{least_cpu:7.2f}{mid.rss_mb:8.0f}{mid.private_mb:9.0f}")
    ratio = median(run.cpu_s / bare.cpu_s for bare, run in seen)
    print(f"{'bar':10}{READY_S:9.2f}{'':14}{MEMORY_MB:8}\n{'ratio of CPU':16}{ratio:10.2f}")
    print("\n".join(later))
    return int(medians[1].ready_s > READY_S or medians[1].rss_mb > MEMORY_MB)


async def _prepared(folder: Path, count: int) -> None:
    from db.connect import connect
    from db.migrate import upgrade

    database = await connect("sqlite:///store.sqlite3", folder)
    await upgrade(database)
    await fill(database, works(count))
    await database.aclose()


def _started(
    command: list[str],
    environment: dict[str, str],
    port: int,
    then: Callable[[int, int], list[str]] | None,
    later: list[str],
) -> Start:
    """Start a service, look at it when it is ready, do something with it (its port, its process), end it."""
    began = perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environment)
    try:
        while not _ready(port):
            if process.poll() is not None or perf_counter() - began > FIRST_START_S:
                raise RuntimeError("the service did not get ready")
            sleep(LOOK_EVERY_S)
        taken = perf_counter() - began
        start = Start(taken, cpu_s(process.pid), *memory(process.pid))
        if then is not None:
            later += then(port, process.pid)
        return start
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _asked(port: int, pid: int) -> list[str]:
    """Questions right after readiness, then what memory is taken."""
    taken = [_answered(port, text) for text in QUESTIONS]
    sleep(SETTLED_S)
    rss, private = memory(pid)
    return [
        f"answers after readiness, s: {', '.join(f'{one:.2f}' for one in taken)}",
        f"{SETTLED_S:.0f} s later: RSS {rss:.0f} MB, private {private:.0f} MB",
    ]


def _answered(port: int, text: str) -> float:
    """Seconds from a question in the web chat to its answer."""
    page, session = f"http://127.0.0.1:{port}/chat/messages", os.urandom(16).hex()
    began = perf_counter()
    said = json.dumps({"session": session, "text": text}).encode()
    question = urllib.request.Request(page, said, {"Content-Type": "application/json"})
    with urllib.request.urlopen(question, timeout=30) as answer:  # noqa: S310
        answer.read()
    while not any(message["author"] == "bot" for message in _told(f"{page}?session={session}")):
        sleep(LOOK_EVERY_S / 4)
    return perf_counter() - began


def _told(page: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(page, timeout=30) as answer:  # noqa: S310
        told: list[dict[str, Any]] = json.load(answer)["messages"]
        return told


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
