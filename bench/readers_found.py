"""How long the staff wait for a reader: the register's search and one reader's page, at 100,000 readers.

    python -m bench.readers_found [--readers 100000]

Prints the slowest 5 % of calls in milliseconds, for SQLite and PostgreSQL.
"""

import argparse
import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from time import perf_counter

from sqlalchemy import func, insert, select

from db.connect import Database, connect
from db.models import PatronRow
from db.reader_book import SqlReaderBook
from tests.support.databases import Databases

SURNAMES = ("Иванов", "Петров", "Королёв", "Римский-Корсаков", "Щербаков", "Ёлкин", "Абдуллаев", "Смирнов")
GIVEN = ("Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Зоя")
ASKED = ("1004242", "петров борис", "КОРОЛЕВ анна", "римский-корсаков", "никого такого", "8 912 000 42 42", "иванов")
TIMES, BATCH = 20, 5_000


async def measured(database: Database, readers: int) -> None:
    """Fill a store and ask it."""
    async with database.writer.begin() as connection:
        for first in range(0, readers, BATCH):
            rows = [
                {
                    "card_number": f"{1_000_000 + number}",
                    "surname": f"{SURNAMES[number % 8]}{number % 9973}",
                    "given_name": GIVEN[number // 8 % 8],
                    "phone": f"8 (912) {number // 10_000:03}-{number // 100 % 100:02}-{number % 100:02}",
                }
                for number in range(first, min(first + BATCH, readers))
            ]
            await connection.execute(insert(PatronRow), rows)
    async with database.engine.connect() as connection:
        count = await connection.scalar(select(func.count()).select_from(PatronRow))
    print(f"{database.dialect}: {count} readers")
    book = SqlReaderBook(database)
    for words in ASKED:
        found = len((await book.find(words)).entries)
        print(f"  {words:24} {await _slowest(partial(book.find, words)):7.1f} ms  found {found}")
        print(f"  {'  of a branch':24} {await _slowest(partial(book.find, words, ['01'])):7.1f} ms")
    print(f"  {'a page':24} {await _slowest(partial(book.reader, 4242)):7.1f} ms")


async def _slowest(ask: Callable[[], Awaitable[object]]) -> float:
    """The 95th percentile of some calls, in milliseconds."""
    times = []
    for _ in range(TIMES):
        began = perf_counter()
        await ask()
        times.append((perf_counter() - began) * 1000)
    return sorted(times)[int(TIMES * 0.95) - 1]


async def main() -> None:
    """Both databases."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--readers", type=int, default=100_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        databases = Databases(Path(folder))
        try:
            for dialect in ("sqlite", "postgresql"):
                database = await connect(await databases.url(dialect))
                await measured(database, asked.readers)
                await databases.drop(database)
        finally:
            databases.close()


if __name__ == "__main__":
    asyncio.run(main())
