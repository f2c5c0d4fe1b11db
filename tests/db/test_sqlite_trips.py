"""Statements on SQLite cost one trip to its thread, and everything comes that is asked for."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from db import sqlite_trips
from db.connect import Database

ALL = 3 * sqlite_trips.FETCHED_AT_ONCE + 7
NUMBERS = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :last) SELECT i FROM n")


@pytest.fixture
async def connection(sqlite: Database) -> AsyncIterator[AsyncConnection]:
    """A connection that has read something already."""
    async with sqlite.engine.connect() as opened:
        await opened.execute(text("SELECT 1"))
        yield opened


@pytest.fixture
def trips(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done on the thread of a connection."""
    made: list[str] = []
    goes = sqlite_trips._Connection._execute

    async def counted(self: sqlite_trips._Connection, what: object, *given: object, **named: object) -> object:
        made.append(getattr(what, "__name__", ""))
        return await goes(self, what, *given, **named)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(sqlite_trips._Connection, "_execute", counted)
    return made


async def test_a_statement_and_all_its_rows_are_one_trip(connection: AsyncConnection, trips: list[str]) -> None:
    assert len((await connection.execute(NUMBERS, {"last": 150})).all()) == 150
    assert trips == ["_begin"]


async def test_a_transaction_that_writes_is_a_trip_a_statement(sqlite: Database, trips: list[str]) -> None:
    async with sqlite.writing() as connection:
        await connection.execute(text("CREATE TABLE t (a INTEGER PRIMARY KEY)"))
    trips.clear()
    async with sqlite.writing() as connection:
        await connection.execute(text("INSERT INTO t VALUES (:a)"), [{"a": 1}, {"a": 2}, {"a": 3}])
        await connection.execute(text("DELETE FROM t WHERE a = 2"))

    assert trips == ["_begin", "_begin", "_begin", "commit"]


@pytest.mark.parametrize("last", [0, 1, 199, 200, 201, 400, ALL])
async def test_every_row_comes_once_and_in_order(connection: AsyncConnection, last: int) -> None:
    numbers = NUMBERS if last else text("SELECT 1 AS i WHERE 0")
    given = {"last": last} if last else {}

    assert list(await connection.scalars(numbers, given)) == list(range(1, last + 1))
    streamed = await connection.stream_scalars(numbers, given)
    assert [number async for number in streamed] == list(range(1, last + 1))


async def test_a_stream_is_read_in_pieces_and_may_be_left(connection: AsyncConnection, trips: list[str]) -> None:
    async with connection.stream(NUMBERS, {"last": 10_000_000}) as stream:
        assert await stream.fetchone() == (1,)
        assert [row.i for row in await stream.fetchmany(300)] == list(range(2, 302))
        assert await stream.fetchone() == (302,)
    assert await connection.scalar(text("SELECT 7")) == 7
    assert len(trips) < 8


async def test_what_was_not_committed_is_taken_back_and_keeps_nobody_waiting(sqlite: Database) -> None:
    async with sqlite.writing() as connection:
        await connection.execute(text("CREATE TABLE t (a INTEGER PRIMARY KEY)"))
    async with sqlite.writer.connect() as left:
        await left.execute(text("INSERT INTO t VALUES (1)"))

    async with sqlite.engine.connect() as connection:
        assert (await connection.execute(text("SELECT a FROM t"))).all() == []
    with closing(sqlite3.connect(sqlite.path, timeout=0)) as other:
        other.execute("INSERT INTO t VALUES (2)")


async def test_who_is_cancelled_while_writing_leaves_no_lock_behind(sqlite: Database, trips: list[str]) -> None:
    async with sqlite.writing() as connection:
        await connection.execute(text("CREATE TABLE t (a INTEGER PRIMARY KEY)"))
    trips.clear()
    with closing(sqlite3.connect(sqlite.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        waits = asyncio.create_task(sqlite.writer.begin().__aenter__())
        while "_begin" not in trips:  # noqa: ASYNC110 - it is on its way, and nobody tells
            await asyncio.sleep(0)
        waits.cancel()
        other.execute("ROLLBACK")
        await asyncio.gather(waits, return_exceptions=True)

    async with sqlite.writing() as connection:
        await connection.execute(text("INSERT INTO t VALUES (1)"))


async def test_numbers_of_rows_and_of_what_was_written_are_told(sqlite: Database) -> None:
    async with sqlite.writing() as connection:
        await connection.execute(text("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)"))
        assert (await connection.execute(text("INSERT INTO t (b) VALUES ('x')"))).lastrowid == 1
        many = await connection.execute(text("INSERT INTO t (b) VALUES (:b)"), [{"b": "y"}, {"b": "y"}])
        assert many.rowcount == 2
        assert (await connection.execute(text("UPDATE t SET b = 'z' WHERE b = 'y'"))).rowcount == 2
        returned = await connection.execute(text("DELETE FROM t WHERE b = 'z' RETURNING a"))
        assert sorted(returned.scalars()) == [2, 3]


async def test_a_statement_that_fails_leaves_the_connection_as_good_as_before(sqlite: Database) -> None:
    async with sqlite.writer.begin() as connection:
        await connection.execute(text("CREATE TABLE t (a INTEGER PRIMARY KEY)"))
        await connection.execute(text("INSERT INTO t VALUES (1)"))
        with pytest.raises(IntegrityError):
            await connection.execute(text("INSERT INTO t VALUES (1)"))
        with pytest.raises(OperationalError, match="no such table"):
            await connection.execute(text("SELECT * FROM nobody"))
        assert list(await connection.scalars(text("SELECT a FROM t"))) == [1]
