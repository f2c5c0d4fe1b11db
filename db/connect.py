"""Connections to the store."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import field
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import URL, Connection, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from bot.errors import ConfigError, StoreUnavailable
from bot.quick import dataclass
from db.base import Base
from db.faults import sqlite_errors, unavailable
from db.sqlite_file import sqlite_connection
from db.sqlite_trips import one_trip

OWNER_ONLY = 0o600
"""Who may read a store and its copies: they hold names, telephones, dates of birth."""

GIVEN_BACK_S = 5.0
"""How long the end waits for connections that somebody still has."""

SSL_MODES = ("prefer", "require", "verify-ca", "verify-full", "allow", "disable")


@dataclass(frozen=True, slots=True)
class Database:
    """One store.

    Attributes:
        engine: For reading; on SQLite its transactions begin deferred.
        writer: The same pool, for writing: on SQLite its transactions begin by taking the write
            lock, so that they wait for one another instead of failing half-way. For :meth:`writing`, and for what
            runs alone (migrations, a restore).
        url: Where it is; holds the password, never log it.
    """

    engine: AsyncEngine
    writer: AsyncEngine
    url: URL
    _turnstile: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False, compare=False)
    _ended: asyncio.Event = field(default_factory=asyncio.Event, repr=False, compare=False)

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name

    @property
    def path(self) -> Path:
        """The file of an SQLite store."""
        return Path(self.url.database or "")

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes, with faults as StoreUnavailable.

        Writers of this process stand in line for SQLite's one lock: left to itself each of them would sleep and
        try again, in growing steps and in no order.
        """
        with store_errors():
            if self.dialect != "sqlite":
                async with self.writer.begin() as connection:
                    yield connection
                return
            async with self._turnstile, self.writer.begin() as connection:
                yield connection

    @asynccontextmanager
    async def writing_on(self, connection: AsyncConnection) -> AsyncIterator[None]:
        """The same on a connection on which something was prepared; it is in no transaction."""
        with store_errors():
            connection = await connection.execution_options(writes=True)
            if self.dialect != "sqlite":
                async with connection.begin():
                    yield
                return
            async with self._turnstile, connection.begin():
                yield

    async def count_anew(self, *tables: type[Base]) -> None:
        """Have PostgreSQL look at tables that were just filled; SQLite's plans do not go by such figures.

        Until it looks by itself, minutes later, it takes them for as small as they were: after a first import a batch
        of notices sorted all loans instead of reading 200 from an index.
        """
        if self.dialect == "sqlite":
            return
        names = ", ".join(table.__tablename__ for table in tables)
        async with self.writing() as connection:
            await connection.execute(text(f"ANALYZE {names}"))

    async def aclose(self) -> None:
        """Close every connection; from then on none is made (StoreUnavailable) and none is kept.

        Those that somebody has are waited for, up to ``GIVEN_BACK_S``. Having ended all who read and write is not
        enough: who is cancelled while giving one back leaves that to a task of SQLAlchemy's own, and a task that
        nobody waits for may ask for one later still. Such a connection would stay open until it is collected.
        """
        pool = self.engine.pool
        assert isinstance(pool, QueuePool)
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(GIVEN_BACK_S):
                    while pool.checkedout():  # noqa: ASYNC110 - SQLAlchemy tells nobody after it has taken one back
                        await asyncio.sleep(0.002)
        finally:
            self._ended.set()
            await asyncio.shield(self.engine.dispose())


def parse_url(url: str, folder: Path | None = None) -> URL:
    """The address of a store; a relative SQLite path starts from ``folder``.

    Raises:
        ConfigError: Neither SQLite nor PostgreSQL, or no address at all.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise ConfigError("database.url: expected sqlite:///path or postgresql://user:password@host/name") from None
    backend = parsed.get_backend_name()
    if backend in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+asyncpg", query=_server_options(parsed))
    if backend != "sqlite":
        raise ConfigError(f"database.url: expected sqlite:// or postgresql://, got {backend}://")
    if parsed.host:
        raise ConfigError("database.url: three slashes stand before the path of an SQLite file: sqlite:///data/name")
    if parsed.query:
        raise ConfigError("database.url: after the path of an SQLite file nothing may stand, but there is a ?")
    if not parsed.database or parsed.database == ":memory:":
        raise ConfigError("database.url: expected the path of a file after sqlite:///, memory keeps nothing")
    path = Path(parsed.database)
    return parsed.set(
        drivername="sqlite+aiosqlite", database=str(path if path.is_absolute() else (folder or Path()) / path)
    )


def _server_options(parsed: URL) -> dict[str, str | tuple[str, ...]]:
    """What stands after the ? of a PostgreSQL address, by asyncpg's names; ``sslmode`` is how everybody else says it.

    Raises:
        ConfigError: An option that would not be obeyed.
    """
    options = {"ssl" if name == "sslmode" else name: said for name, said in parsed.query.items()}
    if unknown := options.keys() - {"host", "port", "ssl"}:
        raise ConfigError(f"database.url: unknown option {min(unknown)!r}; known after the ?: host, port, sslmode")
    if options.get("ssl", SSL_MODES[0]) not in SSL_MODES:
        raise ConfigError(f"database.url: sslmode: expected {', '.join(SSL_MODES)}")
    if not str(options.get("port", "0")).isdecimal():
        raise ConfigError("database.url: port: expected a number")
    return options


async def connect(url: str, folder: Path | None = None) -> Database:
    """Open a store. No connection is made yet; the folder of an SQLite file is.

    Raises:
        ConfigError: The address is wrong, or the folder cannot be made.
    """
    parsed, ended = parse_url(url, folder), asyncio.Event()
    if parsed.get_backend_name() == "sqlite":
        try:
            Path(parsed.database or "").parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigError(f"database.url: the folder cannot be made: {error.strerror}") from None
        opens = partial(_open_sqlite, ended, Path(parsed.database or ""))
        engine = create_async_engine(parsed, hide_parameters=True, async_creator=opens)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    else:
        engine = create_async_engine(
            parsed,
            hide_parameters=True,  # a fault must not carry a reader's words into the log
            pool_size=5,
            max_overflow=10,
            pool_pre_ping=True,
            pool_timeout=10,
            connect_args={
                "timeout": 10,
                "server_settings": {"application_name": "bibliobot"},
                "async_creator_fn": partial(_open_postgres, ended),
            },
        )
    event.listen(engine.sync_engine, "checkin", partial(_close_what_is_late, ended))
    return Database(engine, engine.execution_options(writes=True), parsed, _ended=ended)


def _refuse_after(ended: asyncio.Event) -> None:
    if ended.is_set():
        raise StoreUnavailable("the store is closed")


def _close_what_is_late(ended: asyncio.Event, _: Any, given_back: ConnectionPoolEntry) -> None:
    """A pool that is closed keeps what comes back to it open for ever."""
    if ended.is_set():
        given_back.invalidate()


async def _open_postgres(ended: asyncio.Event, *where: Any, **how: Any) -> Any:
    _refuse_after(ended)
    import asyncpg  # loaded where there is a server

    return await asyncpg.connect(*where, **how)


async def _open_sqlite(ended: asyncio.Event, path: Path) -> aiosqlite.Connection:
    _refuse_after(ended)
    with suppress(OSError):  # what is there keeps its permissions; what cannot be made SQLite says better
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY))
    connection = one_trip(partial(sqlite_connection, path))
    thread = connection._thread
    thread.daemon = True  # the end of the process does not wait for it
    try:
        return await connection
    except BaseException:
        # It still tells the loop that it ends: a loop that is closed before makes a traceback of a wrong path.
        await asyncio.to_thread(thread.join, 1.0)
        raise


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


@contextmanager
def store_errors() -> Iterator[None]:
    """Turn the faults of drivers into StoreUnavailable; a broken rule (a constraint) stays what it is."""
    try:
        with sqlite_errors():
            yield
    except (DBAPIError, PoolTimeout) as error:
        if isinstance(error, DBAPIError) and type(error).__name__ in {"IntegrityError", "DataError"}:
            raise
        raise unavailable(error) from error
