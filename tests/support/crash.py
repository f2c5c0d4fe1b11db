"""Readers of the web chat who go on writing while the service is killed again and again; what they lost.

Everything goes through the real ``bibliobot run`` and its HTTP API. A reader sends a message with an
id of its own until it is acknowledged, then the next one, as the page of the web chat does.
"""

import asyncio
import os
import random
import re
import secrets
import signal
import socket
import sys
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import aiohttp
import psutil
import yaml

START_S = 240.0
"""On a machine busy with other work, where a start may take a minute; it counts only where something is wrong."""
ANSWERED_S = 90.0
PUBLIC_URL = "https://bot.library.example"
AGAIN_S = 0.1
REQUEST_S = 5.0
GAP_S = 0.02
"""A reader's longest pause between two messages: the readers are still writing when the last kill comes."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How much is sent, and how often the service dies: the whole of it, or on SQLite what writes to the store only."""

    messages: int = 2_000
    sessions: int = 50
    kills: int = 10
    seed: int = 0
    only_the_writer: bool = False

    @property
    def each(self) -> int:
        """Messages of one session."""
        return self.messages // self.sessions


@dataclass(kw_only=True)
class Outcome:
    """What came of it; ``faults`` empty is what we promise.

    Attributes:
        repeats: Requests that had to be sent again.
        restart_s: From each kill to the next acknowledged message.
    """

    acknowledged: int = 0
    answered: int = 0
    kills: int = 0
    repeats: int = 0
    seconds: float = 0.0
    restart_s: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


class Service:
    """The service in a process of its own, on one port through all its lives."""

    def __init__(self, folder: Path, database_url: str, channels: Mapping[str, object] | None = None) -> None:
        self.port = _free_port()
        self._config = folder / "config.yaml"
        self._log = folder / "log"
        self._process: asyncio.subprocess.Process | None = None
        limits = {"per_session_per_minute": 0, "per_address_per_minute": 0}
        settings = {
            "library": {"name": "Библиотека"},
            "database": {"url": database_url},
            "server": {"host": "127.0.0.1", "port": self.port, "public_url": PUBLIC_URL},
            "channels": channels or {"webchat": limits},
            "logging": {"level": "warning", "format": "json"},
        }
        self._config.write_text(yaml.safe_dump(settings, allow_unicode=True), "utf-8")

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """Everything that all its lives wrote down."""
        return self._log.read_text("utf-8") if self._log.exists() else ""

    async def start(self) -> None:
        """Begin a life; returns at once."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", "--config", str(self._config), stdout=log, stderr=log
            )

    async def ready(self, client: aiohttp.ClientSession) -> None:
        """Return once readers are served."""
        async with asyncio.timeout(START_S):
            while True:
                if self._process is not None and self._process.returncode is not None:
                    raise RuntimeError(f"the service ended by itself:\n{self.log}")
                try:
                    async with client.get(f"{self.address}/readyz") as answer:
                        if answer.status == 200:
                            return
                except (aiohttp.ClientError, TimeoutError):
                    pass
                await asyncio.sleep(AGAIN_S)

    def loses_its_writer(self) -> None:
        """End the process that writes to the store; whether another one has been started already or not."""
        assert self._process is not None
        for writer in psutil.Process(self._process.pid).children():
            writer.kill()

    async def ends(self, how: signal.Signals) -> int:
        """Tell it to end, or end it; returns its exit code."""
        assert self._process is not None
        if self._process.returncode is None:
            os.kill(self._process.pid, how)
        async with asyncio.timeout(START_S):
            return await self._process.wait()


@asynccontextmanager
async def serving(
    folder: Path, database_url: str, channels: Mapping[str, object] | None = None
) -> AsyncIterator[tuple[Service, aiohttp.ClientSession]]:
    """A service that is up, and a client; it is killed at the end if it still lives. With the web chat by default."""
    service = Service(folder, database_url, channels)
    timeout = aiohttp.ClientTimeout(total=REQUEST_S)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as client:
        await service.start()
        try:
            await service.ready(client)
            yield service, client
        finally:
            await service.ends(signal.SIGKILL)


class Readers:
    """The sessions, and what they were promised."""

    def __init__(self, service: Service, client: aiohttp.ClientSession, plan: Plan) -> None:
        self._service, self._client, self._plan = service, client, plan
        self.random = random.Random(plan.seed)
        self.sessions = [secrets.token_urlsafe(24) for _ in range(plan.sessions)]
        self.acknowledged: dict[str, dict[str, int]] = defaultdict(dict)
        """By session: text and the id that the service gave it."""
        self.count = 0
        self.repeats = 0
        self.heard = asyncio.Event()
        """Set with each acknowledgement."""

    async def write_all(self) -> None:
        """Every reader writes all messages, each until it is acknowledged."""
        async with asyncio.TaskGroup() as group:
            for session in self.sessions:
                group.create_task(self._write(session))

    async def _write(self, session: str) -> None:
        for number in range(self._plan.each):
            await asyncio.sleep(self.random.random() * GAP_S)
            text = f"спасибо, это вопрос номер {number}"
            message = {"session": session, "text": text, "id": f"m{number}"}
            self.acknowledged[session][text] = await self.post(message)
            self.count += 1
            self.heard.set()

    async def post(self, message: dict[str, str]) -> int:
        """Send one message until it is acknowledged; returns its id in the log."""
        while True:
            try:
                async with self._client.post(f"{self._service.address}/chat/messages", json=message) as answer:
                    if answer.status == 202:
                        return int((await answer.json())["id"])
                    if answer.status < 500:
                        raise RuntimeError(f"{answer.status}: {await answer.text()}")
            except (aiohttp.ClientError, TimeoutError):
                pass
            self.repeats += 1
            await asyncio.sleep(AGAIN_S)

    async def until_acknowledged(self, count: int) -> None:
        """Return when so many messages are acknowledged."""
        while self.count < count:
            self.heard.clear()
            await self.heard.wait()

    async def said(self, session: str) -> list[dict[str, object]]:
        """A session's conversation so far."""
        query = {"session": session, "after": "0"}
        async with self._client.get(f"{self._service.address}/chat/messages", params=query) as answer:
            answer.raise_for_status()
            messages: list[dict[str, object]] = (await answer.json())["messages"]
            return messages

    async def until_answered(self) -> dict[str, list[dict[str, object]]]:
        """The conversations, once every acknowledged message has an answer, or the time is over."""
        conversations: dict[str, list[dict[str, object]]] = {}
        deadline = monotonic() + ANSWERED_S
        for session in self.sessions:
            while True:
                conversations[session] = await self.said(session)
                if monotonic() > deadline or not self._unanswered(session, conversations[session]):
                    break
                await asyncio.sleep(AGAIN_S)
        return conversations

    def _unanswered(self, session: str, messages: list[dict[str, object]]) -> set[int]:
        return set(self.acknowledged[session].values()) - {
            int(str(message["in_reply_to"])) for message in messages if message.get("in_reply_to")
        }

    def faults(self, conversations: dict[str, list[dict[str, object]]]) -> list[str]:
        """Everything that is not as promised: lost, doubled, or out of order."""
        found = []
        for number, session in enumerate(self.sessions):
            promised, messages = self.acknowledged[session], conversations[session]
            written = [(message["text"], message["id"]) for message in messages if message["author"] == "reader"]
            if written != list(promised.items()):
                found.append(
                    f"session {number}: {len(promised)} acknowledged, the log has {len(written)} or another order"
                )
            answered = [message["in_reply_to"] for message in messages if message["author"] == "bot"]
            times = Counter(answered)
            if lost := [text for text, message_id in promised.items() if not times[message_id]]:
                found.append(f"session {number}: {len(lost)} not answered, first: {lost[0]}")
            if doubled := [message_id for message_id, count in times.items() if count > 1]:
                found.append(f"session {number}: {len(doubled)} answered twice, first: {doubled[0]}")
            if answered != sorted(answered, key=lambda message_id: int(str(message_id))):
                found.append(f"session {number}: answered out of order")
        return found


async def totals(service: Service, client: aiohttp.ClientSession) -> dict[str, float]:
    """The service's own figures on messages."""
    async with client.get(f"{service.address}/metrics") as answer:
        page = await answer.text()
    return {name: float(value) for name, value in re.findall(r"^bibliobot_messages_(\w+) (\S+)$", page, re.MULTILINE)}


async def crash(folder: Path, database_url: str, plan: Plan) -> Outcome:
    """Let readers write while the service is killed ``plan.kills`` times; tell what they lost."""
    outcome, began = Outcome(), monotonic()
    async with serving(folder, database_url) as (service, client):
        readers = Readers(service, client, plan)
        writing = asyncio.create_task(readers.write_all())
        for point in sorted(readers.random.sample(range(1, plan.messages * 9 // 10), plan.kills)):
            await readers.until_acknowledged(point)
            await asyncio.sleep(readers.random.random() * GAP_S)
            if plan.only_the_writer:
                service.loses_its_writer()
                killed, before = monotonic(), readers.count
            else:
                await service.ends(signal.SIGKILL)
                killed, before = monotonic(), readers.count
                await service.start()
            await readers.until_acknowledged(before + 1)
            outcome.restart_s.append(monotonic() - killed)
            outcome.kills += 1
        await writing
        conversations = await readers.until_answered()
        outcome.acknowledged = readers.count
        outcome.repeats = readers.repeats
        outcome.faults = readers.faults(conversations)
        outcome.answered = sum(message["author"] == "bot" for said in conversations.values() for message in said)
        figures = await totals(service, client)
        if figures["received"] != plan.messages or figures["handled"] != plan.messages or figures["waiting"]:
            outcome.faults.append(f"the service counts otherwise: {figures}")
        if await service.ends(signal.SIGTERM) != 0:
            outcome.faults.append("the service did not end well")
    outcome.seconds = monotonic() - began
    return outcome


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
