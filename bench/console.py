"""What the librarians' pages cost in a large store: lists, one conversation, search.

``python -m bench console [--conversations 100000] [--messages 2000000] [--rounds 30] [--on sqlite,postgresql]``.
A store is filled by plain statements; then each page is asked for again and again by HTTP, from the console as it is,
with the bot and the web chat beside it. Last: how long after a reader's message was posted an open console shows it.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

from aiohttp import ClientSession, CookieJar
from sqlalchemy import text

from bot.clock import SystemClock
from console import passwords
from console.room import SESSION
from db.connect import Database, connect
from db.migrate import upgrade
from db.staff import SqlStaffBook
from tests.console.crowd import appears
from tests.console.house import ConsoleHouse
from tests.support.databases import PostgresServer
from tests.support.staff import hire

NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most})",
    "postgresql": "WITH n AS (SELECT generate_series(CAST(1 AS bigint), {most}) AS i)",
}
MOMENT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', '2026-03-02', '-' || ({ago}) || ' seconds') || '000'",
    "postgresql": "timestamptz '2026-03-02 00:00:00+00' - ({ago}) * interval '1 second'",
}
EVENING = datetime(2026, 3, 1, 18, tzinfo=UTC)
"""When all this is asked, hours before the last message: the day so far counts many."""
WAITING, HELD, CLOSED = 200, 400, 30_000
"""The first so many conversations wait, are held, were closed; the rest is the bot's."""
LONG = 20
"""The conversation with 5,000 messages more; of the first branch, as every twentieth."""


class ThatEvening(SystemClock):
    """The machine's clock, put back to the filled time."""

    def __init__(self) -> None:
        self._back = super().now() - EVENING

    def now(self) -> datetime:
        return super().now() - self._back


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
    database, clock = await connect(url), ThatEvening()
    try:
        await upgrade(database)
        began = perf_counter()
        await _fill(database, name, options.conversations, options.messages)
        print(
            f"\n{name}: filled in {perf_counter() - began:.0f} s; ms: p50 / p95 / most, CPU of this process", flush=True
        )
        house = ConsoleHouse(database, clock)
        await house.open()
        try:
            began = perf_counter()
            put_in = await house.desk.words.rebuild()
            print(f"  words of {put_in} messages put into the index in {perf_counter() - began:.0f} s", flush=True)
            await _pages(house, database, options)
        finally:
            await house.close()
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


PAGES = {
    "waiting": "",
    "waiting, the list alone": "list?tab=waiting",
    "mine": "?tab=mine",
    "all": "?tab=all",
    "all, far down": "?tab=all&before={half}",
    "closed": "?tab=closed",
    "closed, far down": "?tab=closed&before=20000",
    "search, a usual word": "?tab=all&words=гарри",
    "search, far down": "?tab=all&words=гарри&before={late}",
    "search, two words": "?tab=all&words=поттер+книга+гарри",
    "search, a rare word": "?tab=all&words={half}",
    "search, a usual name": "?tab=all&words=читатель",
    "search, nothing": "?tab=all&words=нетакогослова",
    "a conversation": "c/{one}",
    "a conversation of 5,000": f"c/{LONG}",
    "its earlier messages": f"c/{LONG}/earlier?before={{half}}",
    "overview": "overview",
}


async def _pages(house: ConsoleHouse, database: Database, options: argparse.Namespace) -> None:
    """Whole pages, for a librarian of all branches and one of a single branch; then the way of a reader's words."""
    clock = house.clock
    book = SqlStaffBook(database, clock)
    for login, branches in (("all", ()), ("one", ("01",))):
        who, token = await hire(database, clock, login, branches=branches), login[0] * 43
        await book.open_session(who.staff_id, passwords.digest(token), clock.now() + timedelta(hours=9), "", "bench")
        print(f"  pages for a librarian of {login} branch(es)", flush=True)
        async with ClientSession(cookies={SESSION: token}, cookie_jar=CookieJar(unsafe=True)) as client:
            for title, path in PAGES.items():
                await _asked(title, _page(client, house.address, path, options), options.rounds)
    async with ClientSession(cookies={SESSION: "a" * 43}, cookie_jar=CookieJar(unsafe=True)) as client:
        times = [await appears(client, house.address) for _ in range(options.rounds)]
    times.sort()
    p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
    print(
        f"  a reader's words in an open console, ms after they were posted: p50 {times[len(times) // 2]:.0f}, ", end=""
    )
    print(f"p95 {p95:.0f}, most {times[-1]:.0f}", flush=True)


def _page(
    client: ClientSession, address: str, path: str, options: argparse.Namespace
) -> Callable[[int], Awaitable[object]]:
    half, late = options.messages // 2, options.messages - options.messages // 100

    async def asked(turn: int) -> None:
        one = (turn * 7919 % options.conversations // 20 * 20) or LONG  # of the first branch: both may see it
        where = path.format(half=half, late=late, one=one)
        async with client.get(f"{address}/console/{where}", headers={"Accept": "text/html"}) as answer:
            assert answer.status == 200, (where, answer.status)
            await answer.read()

    return asked


async def _fill(database: Database, name: str, conversations: int, messages: int) -> None:
    """Readers, conversations and what was said, most of it long ago."""
    at = MOMENT[name].format(ago=f"({messages} - n.i) * 20")
    since = MOMENT[name].format(ago="n.i * 60")
    numbers = NUMBERS[name]
    statements: tuple[str, ...] = (
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
        f"""INSERT INTO messages (conversation_id, channel, author, state, text, lane, attempts, created_at, said_at)
{numbers.format(most=5_000)} SELECT {LONG}, 'chat', CASE n.i % 2 WHEN 0 THEN 'reader' ELSE 'bot' END,
CASE n.i % 2 WHEN 0 THEN 'handled' ELSE 'read' END, 'Длинный разговор, реплика ' || n.i, 0, 1, {since}, {since}
FROM n""",
    )
    if name == "postgresql":
        tables = ("contacts", "conversations", "messages")
        moved = [f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}" for table in tables]
        statements = (*statements[:-1], *moved, statements[-1])
    async with database.writer.begin() as connection:
        for statement in statements:
            await connection.execute(text(statement))
    async with database.writer.begin() as connection:
        await connection.execute(text("ANALYZE"))


if __name__ == "__main__":
    raise SystemExit(main([]))
