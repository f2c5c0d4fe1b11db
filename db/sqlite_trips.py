"""A statement on SQLite is one trip to the thread of its connection.

SQLite blocks, so ``aiosqlite`` gives each connection a thread. There each step of a statement was a trip of its own (a
cursor, the statement, its rows, the end of the cursor), and on each of them two threads wake one another.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

import aiosqlite

FETCHED_AT_ONCE = 200
"""Rows that come with the statement; what is beyond them is fetched as it is asked for."""


def one_trip(opens: Callable[[], sqlite3.Connection]) -> aiosqlite.Connection:
    """A connection as ``aiosqlite.connect`` makes it, still to be awaited; ``opens`` runs on its thread."""
    return _Connection(opens, FETCHED_AT_ONCE)


class _Connection(aiosqlite.Connection):
    """Its cursors begin with their statement.

    A trip may still be under way only where who waited for it was cancelled, and such a connection SQLAlchemy gives up.
    """

    def cursor(self) -> Any:
        return _Cursor(self)

    async def rollback(self) -> None:
        if self.in_transaction:  # the pool says it of every connection that comes back, after a commit as well
            await super().rollback()


class _Cursor(aiosqlite.Cursor):
    """What SQLAlchemy asks of a cursor of ``aiosqlite``."""

    arraysize = 1
    description: Any = None
    lastrowid: int | None = None
    rowcount = -1

    def __init__(self, connection: _Connection) -> None:
        self._conn = connection
        self.iter_chunk_size = FETCHED_AT_ONCE
        self._begun: sqlite3.Cursor | None = None
        self._rows: list[Any] = []

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> Self:
        await self._there(self._begin, sqlite3.Cursor.execute, sql, parameters or ())
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Self:
        await self._there(self._begin, sqlite3.Cursor.executemany, sql, parameters)
        return self

    async def fetchone(self) -> Any:
        return next(iter(await self.fetchmany(1)), None)

    async def fetchmany(self, size: int | None = None) -> Sequence[Any]:
        wanted = self.arraysize if size is None else size
        if self._begun is not None and wanted > len(self._rows):
            await self._there(self._fetch, wanted - len(self._rows))
        taken, self._rows = self._rows[:wanted], self._rows[wanted:]
        return taken

    async def fetchall(self) -> Sequence[Any]:
        if self._begun is not None:
            await self._there(self._fetch, None)
        taken, self._rows = self._rows, []
        return taken

    async def close(self) -> None:
        self._rows = []
        if self._begun is not None:
            await self._there(self._end)

    async def _there(self, what: Callable[..., None], *arguments: Any) -> None:
        await self._conn._execute(what, *arguments)  # type: ignore[no-untyped-call]

    # --- on the thread of the connection ---------------------------------------------------------

    def _begin(self, how: Callable[..., Any], sql: str, parameters: Any) -> None:
        self._begun = self._conn._conn.cursor()
        try:
            how(self._begun, sql, parameters)
            self.description = self._begun.description
            self._fetch(FETCHED_AT_ONCE if self.description else 0)
        except BaseException:
            self._end()
            raise

    def _fetch(self, most: int | None) -> None:
        assert self._begun is not None
        fetched = self._begun.fetchall() if most is None else self._begun.fetchmany(most) if most else []
        self._rows += fetched
        if not most or len(fetched) < most:
            self._end()

    def _end(self) -> None:
        assert self._begun is not None
        self.lastrowid, self.rowcount = self._begun.lastrowid, self._begun.rowcount
        self._begun.close()
        self._begun = None
