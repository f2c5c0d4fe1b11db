"""Reading on the hot path: a connection of its own, one statement a question, JSON back in one piece.

The database puts rows together as JSON arrays, so that a whole answer crosses threads and wires once
and is decoded by msgspec; a row at a time through a facade would cost ten times as much.
"""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL

from db.connect import Database, sqlite_connection, store_errors
from db.postgres import PASSING, ended_if_confused, open_session, passing_faults

Answer = TypeVar("Answer")
Decode = Callable[[str], Answer]

LONG_ANSWER = 100_000
"""Letters of JSON that are decoded in a thread: shorter ones take less than a millisecond."""

FEW_ROWS = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}
"""All questions are for a few rows by their keys; a plan made while the tables were empty must know it too."""

SQLITE_WORDS = {
    "ids": "(SELECT value FROM json_each(?1))",
    "one": "?1",
    "two": "?2",
    "three": "?3",
    "array": "json_array",
    "rows": "json_group_array",
    "json": "json",
}
POSTGRES_WORDS = {
    "ids": "(SELECT unnest($1::bigint[]))",
    "one": "$1::bigint",
    "two": "$2::bigint",
    "three": "$3::bigint",
    "array": "json_build_array",
    "rows": "json_agg",
    "json": "to_json",
}


class SqliteReader:
    """Asks an SQLite store from a thread of its own."""

    words = SQLITE_WORDS

    def __init__(self, path: Path, purpose: str) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=purpose)
        self._connection: sqlite3.Connection | None = None

    @staticmethod
    def fields(column: str, *names: str) -> str:
        """An array of the named fields of a JSON column, null where one is missing."""
        paths = ", ".join(f"'$.{name}'" for name in names)
        return f"json(json_extract({column}, {paths}))"

    @staticmethod
    def ids(numbers: Sequence[int]) -> object:
        """The value for ``{ids}``."""
        return json.dumps(numbers)

    async def ask(self, statement: str, values: Sequence[object], decode: Decode[Answer]) -> Answer:
        """The decoded first column of the first row. Raises StoreUnavailable."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._ask, statement, values, decode)

    def _ask(self, statement: str, values: Sequence[Any], decode: Decode[Answer]) -> Answer:
        with store_errors():
            if self._connection is None:
                self._connection = sqlite_connection(self._path)
            return decode(self._connection.execute(statement, values).fetchone()[0])

    async def aclose(self) -> None:
        """Close the connection and end the thread."""
        if self._connection is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._connection.close)
        self._thread.shutdown(wait=True)


class PostgresReader:
    """Asks a PostgreSQL store over one connection, made anew after a loss."""

    words = POSTGRES_WORDS

    def __init__(self, url: URL, purpose: str) -> None:
        self._url, self._purpose = url, purpose
        self._connection: Any = None
        self._turn = asyncio.Lock()

    @staticmethod
    def fields(column: str, *names: str) -> str:
        """An array of the named fields of a JSON column, null where one is missing."""
        values = ", ".join(f"{column}->'{name}'" for name in names)
        return f"json_build_array({values})"

    @staticmethod
    def ids(numbers: Sequence[int]) -> object:
        """The value for ``{ids}``."""
        return numbers

    async def ask(self, statement: str, values: Sequence[object], decode: Decode[Answer]) -> Answer:
        """The decoded first column of the first row. Raises StoreUnavailable."""
        with passing_faults():
            async with self._turn:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await open_session(self._url, self._purpose, **FEW_ROWS)
                with ended_if_confused(self._connection):
                    raw: str = await self._connection.fetchval(statement, *values)
        return await asyncio.to_thread(decode, raw) if len(raw) > LONG_ANSWER else decode(raw)

    async def aclose(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            with suppress(*PASSING):
                await self._connection.close(timeout=5)


Reader = SqliteReader | PostgresReader


def reader_of(database: Database, purpose: str) -> Reader:
    """A reader of this store; it connects with its first question.

    Args:
        database: The store.
        purpose: Names the thread or the session, for whoever looks at them.
    """
    if database.dialect == "sqlite":
        return SqliteReader(database.path, purpose)
    return PostgresReader(database.url, purpose)
