"""100,000 loans due tomorrow over 50,000 patrons: how fast notices are planned, and what readers feel of it.

``python -m bench notices [--patrons 50000] [--loans 100000] [--on sqlite]``

The whole service in one process: while the planner runs, readers ask plain questions (``bench._plain``) at 20 a second
and are answered by the real handlers through the real outbox into a channel that takes everything. Told are the
planning's time, the process's largest memory, and the replies' times from the arrival to the sending, without and
with planning; then how many letters a second are worded, checked against the loans and put into the outbox.
"""

import argparse
import asyncio
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count, cycle, islice
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any

from sqlalchemy import func, insert, select

from bench._plain import plain_texts
from bench.ingest import BenchChannel
from bench.whole_path import CONFIG
from bot.app.store import Opened
from bot.messages import Contact, Inbound, Outbound, Sent, Text
from db.connect import Database
from db.models import BranchRow, ContactRow, ConversationRow, MessageRow, PatronRow
from db.models_accounts import ContactCardRow
from db.models_circulation import LoanRow
from db.models_notices import NoticeItemRow, NoticeRow
from tests.support.databases import Databases, PostgresServer

DIALECTS = ("sqlite", "postgresql")
BATCH = 2_000
READERS_PER_S = 20
QUIET_S = 5.0
BARS = {"seconds": 60.0, "megabytes": 500.0, "p99_ms": 1000.0}
LETTERS = 500
FIRST = 1_000_000
"""Number of the first patron and contact: out of the way of those that write meanwhile."""


class Taking(BenchChannel):
    """Takes everything; remembers when each reader was answered."""

    def __init__(self) -> None:
        super().__init__()
        self.answered: dict[str, float] = {}

    async def send(self, message: Outbound) -> Sent:
        """Take it."""
        self.answered.setdefault(message.contact.address, perf_counter())
        return await super().send(message)


def main(argv: Sequence[str]) -> int:
    """Run the measurement; 1 where a bar is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench notices", description=__doc__)
    parser.add_argument("--on", choices=DIALECTS, action="append", help="only this database")
    parser.add_argument("--patrons", type=int, default=50_000)
    parser.add_argument("--loans", type=int, default=100_000)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.url:
        return asyncio.run(_measured(options.url, options.patrons, options.loans))
    failed = 0
    with tempfile.TemporaryDirectory(prefix="bb-notices-") as folder:
        databases = Databases(Path(folder), server=lambda: PostgresServer(durable=True))
        try:
            for dialect in options.on or DIALECTS:
                print(f"{dialect}:", flush=True)
                url = asyncio.run(databases.url(dialect))
                sizes = ["--patrons", str(options.patrons), "--loans", str(options.loans)]
                own = [sys.executable, "-m", "bench", "notices", "--url", url, *sizes]  # a process: its own memory
                failed |= subprocess.run(own, check=False).returncode
        finally:
            databases.close()
    return failed


async def _measured(url: str, patrons: int, loans: int) -> int:
    from bot.app.channels import privacy_of
    from bot.app.service import dispatcher_of
    from bot.app.store import opened
    from bot.app.unasked import notices_of
    from bot.engine import logs
    from bot.engine.metrics import Metrics
    from bot.engine.outbox import Outbox
    from bot.settings import Settings

    logs.configure("warning", "json")
    with tempfile.TemporaryDirectory(prefix="bb-index-") as folder:
        stands_for = {"bench": {"kind": "max"}}  # never built: what it takes goes nowhere
        values: dict[str, Any] = CONFIG | {
            "database": {"url": url},
            "search": {"folder": folder},
            "channels": stands_for,
            "notices": {"quiet_from": "0:00", "quiet_until": "0:00"},  # the measurement may run at night
        }
        async with opened(Settings(**values), Path(folder)) as what:
            await _fill(what.database, patrons, loans, what.clock.now())
            await what.catalogue.start()
            channel, metrics = Taking(), Metrics()
            notices = notices_of(what, {"bench": channel}, privacy_of(what.settings))
            outbox = Outbox("bench", channel, what.log, what.clock, metrics, still_true=notices.still_true)
            dispatcher = dispatcher_of(what, metrics)
            loops = [asyncio.create_task(dispatcher.run()), asyncio.create_task(outbox.run())]
            readers = Readers(what, channel)
            await readers.ask_for(QUIET_S)
            quiet = readers.times()
            asking = asyncio.create_task(readers.ask_for(3600))
            began = perf_counter()
            await notices.plan()
            seconds = perf_counter() - began
            asking.cancel()
            await asyncio.sleep(1)
            busy, memory = readers.times(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            planned, items = await _planned(what.database)
            per_s = await _sent(notices)
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
    return _told(seconds, memory, quiet, busy, planned, items, per_s, loans)


def _told(
    seconds: float,
    memory: float,
    quiet: Sequence[float],
    busy: Sequence[float],
    planned: int,
    items: int,
    per_s: float,
    loans: int,
) -> int:
    p99, p99_quiet = quantiles(busy, n=100)[98], quantiles(quiet, n=100)[98]
    print(f"  {planned} notices of {items} loans planned in {seconds:.1f} s, {memory:.0f} MB at most")
    print(f"  replies without planning: p50 {quantiles(quiet, n=2)[0]:.0f} ms, p99 {p99_quiet:.0f} ms")
    print(f"  replies meanwhile ({len(busy)}): p50 {quantiles(busy, n=2)[0]:.0f} ms, p99 {p99:.0f} ms")
    print(f"  letters put into the outbox: {per_s:.0f}/s")
    seen = {"seconds": seconds, "megabytes": memory, "p99_ms": p99}
    missed = [name for name, bar in BARS.items() if seen[name] > bar] + (["items"] if items != loans else [])
    print(f"  {'missed: ' + ', '.join(missed) if missed else 'within the bars'}")
    return int(bool(missed))


class Readers:
    """Readers who ask plain questions, each in a conversation of their own."""

    def __init__(self, what: Opened, channel: Taking) -> None:
        self._what, self._channel = what, channel
        self._texts, self._numbers = cycle(plain_texts()), count(1)
        self._asked: dict[str, float] = {}

    async def ask_for(self, seconds: float) -> None:
        """A question every twentieth of a second."""
        began = perf_counter()
        for number in count(1):
            if perf_counter() - began > seconds:
                return
            await self._ask()
            await asyncio.sleep(max(0.0, began + number / READERS_PER_S - perf_counter()))

    async def _ask(self) -> None:
        name = f"reader-{next(self._numbers)}"
        contact = Contact(channel="bench", address=name)
        said = Inbound(
            contact=contact, content=Text(next(self._texts)), idempotency_key=name, sent_at=self._what.clock.now()
        )
        self._asked[name] = perf_counter()
        await self._what.log.record(said)

    def times(self) -> list[float]:
        """Milliseconds from arrivals to answers since the last look; one that is not answered yet counts up to now."""
        now, asked = perf_counter(), self._asked
        self._asked = {}
        return [(self._channel.answered.get(name, now) - at) * 1000 for name, at in asked.items()]


async def _sent(notices: Any) -> float:
    """Letters a second: chosen, checked against the loans, worded, written."""
    from collections import defaultdict

    began, written = perf_counter(), 0
    while written < LETTERS and (due := await notices._store.due(50)):
        written += await notices._send(due, defaultdict(int))
    return written / (perf_counter() - began)


async def _planned(database: Database) -> tuple[int, int]:
    async with database.engine.connect() as connection:
        planned = await connection.scalar(select(func.count()).select_from(NoticeRow))
        items = await connection.scalar(select(func.count()).select_from(NoticeItemRow))
    return planned or 0, items or 0


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        yield batch


async def _fill(database: Database, patrons: int, loans: int, now: datetime) -> None:
    tomorrow, numbers = now.date() + timedelta(days=1), range(FIRST, FIRST + patrons)
    async with database.writer.begin() as connection:
        branch = await connection.scalar(select(BranchRow.id).order_by(BranchRow.id).limit(1))
        people = ({"id": one, "card_number": f"{one:07}", "branch_id": branch} for one in numbers)
        contacts = ({"id": one, "channel": "bench", "address": str(one), "created_at": now} for one in numbers)
        talks = ({"id": one, "contact_id": one, "dialogue": {}} for one in numbers)
        said = {"channel": "bench", "author": "reader", "state": "handled", "created_at": now, "said_at": now}
        messages = ({"conversation_id": one, "idempotency_key": f"m{one}", **said} for one in numbers)
        cards = ({"contact_id": one, "patron_id": one, "way": "code", "linked_at": now} for one in numbers)
        lent = (
            {
                "patron_id": one % patrons + FIRST,
                "branch_id": branch,
                "title": f"Книга {one}",
                "author": "Автор",
                "issued_on": tomorrow - timedelta(days=15),
                "due_on": tomorrow,
                "as_of": now,
            }
            for one in range(loans)
        )
        for table, rows in (
            (PatronRow, people),
            (ContactRow, contacts),
            (ConversationRow, talks),
            (MessageRow, messages),
            (ContactCardRow, cards),
            (LoanRow, lent),
        ):
            for batch in _batches(rows):
                await connection.execute(insert(table), batch)
    everything = PatronRow, ContactRow, ConversationRow, MessageRow, ContactCardRow, LoanRow
    await database.count_anew(*everything)  # an import does so, and the others have grown for months
