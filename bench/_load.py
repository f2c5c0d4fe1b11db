"""A load generator: keep-alive connections in a process of their own, each waiting for its answer.

``python -m bench._load PORT PATH CONNECTIONS SECONDS [TEXTS]`` prints one JSON line; :func:`load` calls
it. The body of each request is a Telegram update with a message of its own; TEXTS is a JSON list of
what readers say, each reader going through it in order.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import cast

import msgspec

WARM_UP_S = 0.5
USUAL = ("Есть ли у вас Преступление и наказание?",)
_LENGTH = re.compile(rb"(?is)HTTP/1\.[01] (\d{3}) .*?\r\ncontent-length: *(\d+)\r\n.*?\r\n\r\n")
"""An answer's status, and how long it is; each of those whom we ask says so."""
READERS = 1_000
"""Requests come from so many different contacts."""


@dataclass(frozen=True, slots=True)
class Load:
    """What the clients saw.

    Attributes:
        per_s: Answers with status 200 a second.
        p50_ms / p99_ms: Latency of one request.
        refused: Answers with any other status.
        done: Answers with status 200 in ``seconds``.
    """

    per_s: float
    p50_ms: float
    p99_ms: float
    refused: int
    done: int
    seconds: float


class Updates:
    """What Telegram would post: about 430 bytes each.

    On two cores whoever asks takes time from whoever answers, so what is the same in all of them is written once.

    Args:
        texts: What readers say.
    """

    def __init__(self, texts: Sequence[str] = USUAL) -> None:
        self._texts = [json.dumps(text, ensure_ascii=False).encode() for text in texts]
        written = json.dumps(
            {
                "update_id": "%d",
                "message": {
                    "message_id": "%d",
                    "from": {
                        "id": "%d",
                        "is_bot": False,
                        "first_name": "Анна",
                        "language_code": "ru",
                        "username": "reader%d",
                        "last_name": "Семёнова",
                    },
                    "chat": {"id": "%d", "first_name": "Анна", "last_name": "Семёнова", "type": "private"},
                    "date": 1_772_434_800,
                    "text": "%b",
                },
            },
            ensure_ascii=False,
        )
        self._template = written.replace('"%d"', "%d").replace('"%b"', "%b").encode()

    def body(self, number: int) -> bytes:
        """The update with this number, of one of so many readers."""
        reader = number * 7919 % READERS
        text = self._texts[(number // READERS + number % READERS * 31) % len(self._texts)]
        return self._template % (number, number, 100_000 + reader, reader, 100_000 + reader, text)


class _Client(asyncio.Protocol):
    """One connection: asks, waits for the whole answer, asks again."""

    def __init__(self, run: "_Run") -> None:
        self._run = run
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._asked = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is no subclass
        self._ask()

    def _ask(self) -> None:
        assert self._transport is not None
        self._asked = perf_counter()
        self._transport.write(self._run.next_request())

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        whole = _LENGTH.match(self._buffer)
        if whole is None or len(self._buffer) < whole.end() + int(whole[2]):
            return
        self._buffer = b""
        if self._run.answered(whole[1] == b"200", perf_counter() - self._asked):
            self._ask()
        elif self._transport is not None:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._run.closed(error)


class _Run:
    def __init__(self, path: str, connections: int, seconds: float, texts: Sequence[str]) -> None:
        self._updates = Updates(texts)
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
        self._head = head.encode() + b"%d\r\n\r\n%b"
        self._begin = perf_counter() + WARM_UP_S
        self._end = self._begin + seconds
        self._number = int(perf_counter() * 1e6)
        self._open = connections
        self._latencies: list[float] = []
        self._refused = 0
        self._seconds = seconds
        self.over = asyncio.Event()

    def next_request(self) -> bytes:
        self._number += 1
        body = self._updates.body(self._number)
        return self._head % (len(body), body)

    def answered(self, well: bool, latency: float) -> bool:
        """Keep one answer; False when the time is over."""
        now = perf_counter()
        if self._begin <= now < self._end:
            if well:
                self._latencies.append(latency)
            else:
                self._refused += 1
        return now < self._end

    def closed(self, error: Exception | None) -> None:
        if error is not None:
            self._refused += 1
        self._open -= 1
        if not self._open:
            self.over.set()

    def result(self) -> Load:
        ordered = sorted(self._latencies) or [0.0]
        return Load(
            per_s=len(self._latencies) / self._seconds,
            p50_ms=ordered[len(ordered) // 2] * 1e3,
            p99_ms=ordered[int(len(ordered) * 0.99)] * 1e3,
            refused=self._refused,
            done=len(self._latencies),
            seconds=self._seconds,
        )


async def _drive(port: int, path: str, connections: int, seconds: float, texts: Sequence[str]) -> Load:
    loop = asyncio.get_running_loop()
    run = _Run(path, connections, seconds, texts)
    await asyncio.gather(*[loop.create_connection(lambda: _Client(run), "127.0.0.1", port) for _ in range(connections)])
    async with asyncio.timeout(seconds + 30):
        await run.over.wait()
    return run.result()


def load(port: int, path: str, *, connections: int = 64, seconds: float = 4.0, texts: Path | None = None) -> Load:
    """Load a server from another process, on another core where there is one."""
    command = [sys.executable, "-m", "bench._load", str(port), path, str(connections), str(seconds)]
    if texts is not None:
        command.append(str(texts))
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return msgspec.json.decode(done.stdout, type=Load)


def core(number: int) -> None:
    """Keep this process on one core, where the system lets us choose and has more than one."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) > 1:
            os.sched_setaffinity(0, {cores[number % len(cores)]})


if __name__ == "__main__":
    import uvloop

    core(1)
    port, path, connections, seconds = sys.argv[1:5]
    said = json.loads(Path(sys.argv[5]).read_text("utf-8")) if sys.argv[5:] else USUAL
    print(json.dumps(asdict(uvloop.run(_drive(int(port), path, int(connections), float(seconds), said)))))
