"""What the librarians' pages cost in a large store: lists, one conversation, search.

``python -m bench console [--conversations 100000] [--messages 2000000] [--rounds 30] [--on sqlite,postgresql]``.
A store is filled by plain statements; then each question of the desk is asked again and again. Times are of the
store's answer as the console gets it; rendering comes on top: the last two lines are of whole pages.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter, process_time

from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text

from bot.clock import SystemClock
from bot.desk import Asked, Tab
from bot.engine.server import application
from console import passwords
from console.app import Console
from console.room import SESSION
from db.connect import Database, connect
from db.desk import SqlConsoleDesk
from db.desk_audit import SqlStaffAudit
from db.files import SqlFiles
from db.messages import open_log
from db.migrate import upgrade
from db.staff import SqlStaffBook
from tests.console.conftest import LIBRARY, SETTING, of_the_catalogue
from tests.support.databases import PostgresServer
from tests.support.lessons import school
from tests.support.staff import hire

NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most})",
    "postgresql": "WITH n AS (SELECT generate_series(1, {most}) AS i)",
}
MOMENT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', '2026-03-02', '-' || ({ago}) || ' seconds') || '000'",
    "postgresql": "timestamptz '2026-03-02 00:00:00+00' - ({ago}) * interval '1 second'",
}
WAITING, HELD, CLOSED = 200, 400, 30_000
"""The first so many conversations wait, are held, were closed; the rest is the bot's."""


def main(argv: Sequence[str]) -> int:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(prog="python -m bench console", description=__doc__)
    parser.add_argument("--conversations", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--on", default="sqlite,postgresql")
    options = parser.parse_args(argv)
    names = options.on.split(",")
    if "sqlite" in names:
        with tempfile.TemporaryDirectory(prefix="bb-console-") as folder:
            asyncio.run(_measure("sqlite", f"sqlite:///{Path(folder) / 'desk.sqlite3'}", options))
    if "postgresql" in names:
        server = PostgresServer(durable=False)
        try:
            asyncio.run(_measure("postgresql", server.url(), options))
        finally:
            server.close()
    return 0


async def _measure(name: str, url: str, options: argparse.Namespace) -> None:
    database, clock = await connect(url), SystemClock()
    try:
        await upgrade(database)
        began = perf_counter()
        await _fill(database, name, options.conversations, options.messages)
        print(
            f"\n{name}: filled in {perf_counter() - began:.0f} s; ms: p50 / p95 / most, CPU of this process", flush=True
        )
        me = await hire(database, clock)
        log = await open_log(database, clock)
        desk = SqlConsoleDesk(database, log, clock)
        began = perf_counter()
        put_in = await desk.words.rebuild()
        print(f"  words of {put_in} messages put into the index in {perf_counter() - began:.0f} s", flush=True)
        asked = Asked(staff_id=me.staff_id, sources={"branch-01": "01", "branch-02": "02"})
        scoped = replace(asked, branches=frozenset({"01"}))
        most = options.conversations
        questions: dict[str, Callable[[int], Awaitable[object]]] = {
            "waiting": lambda _: desk.inbox(asked),
            "waiting of a branch": lambda _: desk.inbox(scoped),
            "mine": lambda _: desk.inbox(replace(asked, tab=Tab.MINE)),
            "all": lambda _: desk.inbox(replace(asked, tab=Tab.ALL)),
            "all of a branch": lambda _: desk.inbox(replace(scoped, tab=Tab.ALL)),
            "closed": lambda _: desk.inbox(replace(asked, tab=Tab.CLOSED)),
            "search, a word": lambda _: desk.inbox(replace(asked, tab=Tab.ALL, words="гарри")),
            "search, nothing": lambda _: desk.inbox(replace(asked, tab=Tab.ALL, words="нетакогослова")),
            "conversation": lambda turn: desk.talk(turn * 7919 % most + 1, asked),
            "mark": lambda turn: desk.mark(turn * 7919 % most + 1),
        }
        for title, ask in questions.items():
            await _asked(title, ask, options.rounds)
        await _pages(database, desk, options.rounds, most)
        await desk.aclose()
        await log.aclose()
    finally:
        await database.aclose()


async def _asked(title: str, ask: Callable[[int], Awaitable[object]], rounds: int) -> None:
    times, cpu = [], process_time()
    for turn in range(rounds):
        began = perf_counter()
        await ask(turn)
        times.append((perf_counter() - began) * 1000)
    cpu = (process_time() - cpu) * 1000 / rounds
    times.sort()
    p50, p95 = times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.95))]
    print(f"  {title:24}{p50:9.1f}{p95:9.1f}{times[-1]:9.1f}{cpu:9.1f}", flush=True)


async def _pages(database: Database, desk: SqlConsoleDesk, rounds: int, most: int) -> None:
    """Whole pages, by HTTP."""
    clock = SystemClock()
    book, audit = SqlStaffBook(database, clock), SqlStaffAudit(database, clock)
    files = SqlFiles(database, clock)
    catalogue = of_the_catalogue(database, clock, Path(tempfile.gettempdir()))
    console = Console(
        SETTING,
        staff=book,
        audit=audit,
        clock=clock,
        desk=desk,
        files=files,
        library=LIBRARY,
        lessons=school(database, clock).lessons,
        **catalogue,
    )
    token = "t" * 43
    await book.open_session(1, passwords.digest(token), clock.now() + SETTING.longest, "", "bench")
    async with TestClient(TestServer(application(console.routes())), cookies={SESSION: token}) as client:

        async def page(path: str) -> None:
            async with client.get(f"/console/{path}", headers={"Accept": "text/html"}) as answer:
                assert answer.status == 200, answer.status
                await answer.read()

        await _asked("page of the list", lambda _: page(""), rounds)
        await _asked("page of a conversation", lambda turn: page(f"c/{turn * 7919 % most + 1}"), rounds)


async def _fill(database: Database, name: str, conversations: int, messages: int) -> None:
    """Readers, conversations and what was said, most of it long ago."""
    at = MOMENT[name].format(ago=f"({messages} - n.i) * 20")
    since = MOMENT[name].format(ago="n.i * 60")
    numbers = NUMBERS[name]
    statements = (
        f"""INSERT INTO contacts (id, channel, address, name, language, created_at, source)
{numbers.format(most=conversations)} SELECT n.i, CASE n.i % 3 WHEN 0 THEN 'vk' ELSE 'chat' END, 'r' || n.i,
CASE n.i % 5 WHEN 0 THEN '' ELSE 'Читатель ' || n.i END, 'ru', {since},
CASE n.i % 20 WHEN 0 THEN 'branch-01' WHEN 1 THEN 'branch-02' ELSE '' END FROM n""",
        f"""INSERT INTO conversations (id, contact_id, mode, waiting_since, handover_reason, dialogue, lease, staff_id,
held_at, closed_at, branch)
{numbers.format(most=conversations)} SELECT n.i, n.i,
CASE WHEN n.i <= {WAITING} THEN 'waiting' WHEN n.i <= {HELD} THEN 'person' WHEN n.i <= {CLOSED} THEN 'closed'
ELSE 'bot' END,
CASE WHEN n.i <= {WAITING} THEN {since} END, '', '{{}}', 0, CASE WHEN n.i > {WAITING} AND n.i <= {HELD} THEN 1 END,
CASE WHEN n.i > {WAITING} AND n.i <= {HELD} THEN {since} END,
CASE WHEN n.i > {HELD} AND n.i <= {CLOSED} THEN {since} END, '' FROM n""",
        f"""INSERT INTO messages (id, conversation_id, channel, author, state, text, lane, attempts, created_at,
said_at)
{numbers.format(most=messages)} SELECT n.i, n.i * 7919 % {conversations} + 1,
CASE (n.i * 7919 % {conversations} + 1) % 3 WHEN 0 THEN 'vk' ELSE 'chat' END,
CASE n.i % 2 WHEN 0 THEN 'reader' ELSE 'bot' END, CASE n.i % 2 WHEN 0 THEN 'handled' ELSE 'read' END,
CASE n.i % 50 WHEN 0 THEN 'Есть ли у вас Гарри Поттер' ELSE 'Центральная библиотека, до 19:00: 2 из 3, № ' || n.i END,
0, 1, {at}, {at} FROM n""",
    )
    async with database.writer.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    async with database.writer.begin() as connection:
        await connection.execute(text("ANALYZE"))


if __name__ == "__main__":
    raise SystemExit(main([]))
