"""From the start of ``run`` to readiness, and its memory, with the web chat only and an index on disk.

``python -m bench startup [--works 100000] [--rounds 5]``

Against the least that any such service does: an interpreter that imports aiohttp and SQLAlchemy
and listens. The index is built by a first start that is not counted.
"""

import argparse
import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

import yaml

from bench._catalogue import works
from bench._store import fill

READY_S, MEMORY_MB = 1.5, 150
FIRST_START_S = 600.0
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
        _started(ours, port, FIRST_START_S)
        seen = [(_started(least, port), _started(ours, port)) for _ in range(options.rounds)]
    print(f"{'':10}{'ready s':>9}{'CPU s':>7}{'RSS MB':>8}")
    for place, name in enumerate(("least", "run")):
        ready, cpu, memory = (median(pair[place][which] for pair in seen) for which in range(3))
        print(f"{name:10}{ready:9.2f}{cpu:7.2f}{memory:8.0f}")
    print(f"{'bar':10}{READY_S:9.2f}{'':7}{MEMORY_MB:8}")
    ready, _, memory = (median(pair[1][which] for pair in seen) for which in range(3))
    return int(ready > READY_S or memory > MEMORY_MB)


async def _prepared(folder: Path, count: int) -> None:
    from db.connect import connect
    from db.migrate import upgrade

    database = await connect("sqlite:///store.sqlite3", folder)
    await upgrade(database)
    await fill(database, works(count))
    await database.aclose()


def _started(command: list[str], port: int, patience_s: float = 60.0) -> tuple[float, float, float]:
    """Start a service; seconds to ready, CPU seconds until then, and memory in MB. Then end it."""
    began = perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        while not _ready(port):
            if process.poll() is not None or perf_counter() - began > patience_s:
                raise RuntimeError("the service did not get ready")
            sleep(0.005)
        taken = perf_counter() - began
        fields = Path(f"/proc/{process.pid}/stat").read_text("ascii").rsplit(") ", 1)[1].split()
        cpu = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        memory = int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 1e6
        return taken, cpu, memory
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


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
