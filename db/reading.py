"""Reading on the hot path: a connection of its own, one statement a question, JSON back in one piece.

The database puts rows together as JSON arrays, so that a whole answer crosses threads and wires once
and is decoded by msgspec; a row at a time through a facade would cost ten times as much.
"""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from bot.errors import StoreUnavailable
from db.connect import Database
from db.faults import sqlite_errors
from db.sqlite_file import sqlite_connection

Answer = TypeVar("Answer")
Decode = Callable[[str], Answer]

SQLITE_WORDS = {
    "ids": "(SELECT value FROM json_each(?1))",
    "one": "?1",
    "two": "?2",
    "three": "?3",
    "array": "json_array",
    "rows": "json_group_array",
    "json": "json",
}


class SqliteReader:
    """Asks an SQLite store from a thread of its own."""

    words = SQLITE_WORDS

    def __init__(self, path: Path, purpose: str) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=purpose)
        self._connection: sqlite3.Connection | None = None
        self._is_closed = False

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
        if self._is_closed:
            raise StoreUnavailable("the store is closed")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._ask, statement, values, decode)

    def _ask(self, statement: str, values: Sequence[Any], decode: Decode[Answer]) -> Answer:
        with sqlite_errors():
            if self._connection is None:
                self._connection = sqlite_connection(self._path)
            return decode(self._connection.execute(statement, values).fetchone()[0])

    async def aclose(self) -> None:
        """Close the connection and end the thread."""
        if not self._is_closed:
            self._is_closed = True
            await end_thread(self._thread, lambda: self._connection)


class Closes(Protocol):
    """A connection, or whoever has one."""

    def close(self) -> None:
        """Close it."""
        ...


async def end_thread(thread: ThreadPoolExecutor, connection: Callable[[], Closes | None]) -> None:
    """Close a thread's connection in it, behind what it was asked last: that may be what opens the connection."""

    def close() -> None:
        if (opened := connection()) is not None:
            opened.close()

    await asyncio.shield(asyncio.get_running_loop().run_in_executor(thread, close))
    thread.shutdown(wait=False)  # it has nothing left to do


if TYPE_CHECKING:
    from db.reading_postgres import PostgresReader

Reader: TypeAlias = "SqliteReader | PostgresReader"


def reader_of(database: Database, purpose: str) -> Reader:
    """A reader of this store; it connects with its first question.

    Args:
        database: The store.
        purpose: Names the thread or the session, for whoever looks at them.
    """
    if database.dialect == "sqlite":
        return SqliteReader(database.path, purpose)
    from db.reading_postgres import PostgresReader  # its driver is loaded where there is a server

    return PostgresReader(database.url, purpose)
