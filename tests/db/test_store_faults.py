"""A store in trouble: what was not kept is refused, nothing is lost, and the operator hears what to do."""

import asyncio
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import QueuePool
from structlog.testing import capture_logs

from bot.audit import Act, Entry
from bot.errors import ConfigError, StoreUnavailable
from db import connect as connecting
from db import reading, sqlite_file
from db.audit import SqlAudit
from db.catalogue import SqlCatalogueWriter
from db.connect import Database, connect, parse_url
from db.faults import unavailable
from db.log_postgres import PostgresLog
from db.log_sqlite import SqliteLog
from db.messages import open_log
from db.migrate import Tables, state, upgrade
from db.models import MessageRow, RecordRow
from db.postgres import open_session
from db.reading import SqliteReader
from db.sqlite_file import sqlite_connection
from tests.support.books import book, copy
from tests.support.clock import StandingClock
from tests.support.databases import Databases
from tests.support.logs import arrival, opened_log, says, turn
from tests.support.patience import SOON_S

LONG = "Расскажите, пожалуйста, есть ли у вас «Идиот»? " * 20


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite waits 20 ms for another program's lock, not five seconds."""
    monkeypatch.setattr(sqlite_file, "BUSY_MS", 20)
    monkeypatch.setattr(sqlite_file, "PRAGMAS", ("PRAGMA busy_timeout = 20", *sqlite_file.PRAGMAS[1:]))


async def stored(database: Database) -> int:
    """How many messages the store holds."""
    async with database.engine.connect() as connection:
        return int(await connection.scalar(select(func.count()).select_from(MessageRow)) or 0)


# --- the end ---------------------------------------------------------------------------------------


async def test_a_connection_that_comes_back_late_is_closed_too(database: Database) -> None:
    held = await database.engine.connect()
    driver: Any = (await held.get_raw_connection()).driver_connection
    closing = asyncio.create_task(database.aclose())
    done, _ = await asyncio.wait([closing], timeout=0.01)
    assert not done, "somebody still reads"
    await held.close()
    await closing
    assert is_closed(database, driver)


async def test_the_end_does_not_wait_for_ever(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "GIVEN_BACK_S", 0.01)
    async with database.engine.connect() as held:
        driver: Any = (await held.get_raw_connection()).driver_connection
        await database.aclose()
    assert is_closed(database, driver), "what came back after the end"


async def test_after_the_end_no_connection_is_made(database: Database) -> None:
    await stored(database)
    await database.aclose()

    with pytest.raises(StoreUnavailable, match="closed"):
        await stored(database)
    with pytest.raises(StoreUnavailable, match="closed"):
        async with database.writing():
            pytest.fail("a transaction of a store that is closed")
    pool = database.engine.pool
    assert isinstance(pool, QueuePool)
    assert (pool.checkedin(), pool.checkedout()) == (0, 0)


async def test_an_end_that_is_broken_off_closes_what_there_is(database: Database) -> None:
    async with database.engine.connect() as idle:
        driver: Any = (await idle.get_raw_connection()).driver_connection
        held = await database.engine.connect()
    closing = asyncio.create_task(database.aclose())
    done, _ = await asyncio.wait([closing], timeout=0.01)
    assert not done, "somebody still reads"
    closing.cancel()
    await asyncio.gather(closing, return_exceptions=True)
    assert is_closed(database, driver)
    await held.close()


async def test_a_connection_that_is_just_being_opened_is_closed_at_the_end(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending, opened = Event(), []

    def opens_late(path: Path) -> sqlite3.Connection:
        ending.wait(1)
        opened.append(sqlite_connection(path))
        return opened[0]

    monkeypatch.setattr(reading, "sqlite_connection", opens_late)
    reader = SqliteReader(sqlite.path, "test")
    asked = asyncio.create_task(reader.ask("SELECT '7'", (), str))
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(ending.set)

    await reader.aclose()

    assert await asked == "7"
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")
    with pytest.raises(StoreUnavailable, match="closed"):
        await reader.ask("SELECT '7'", (), str)


async def test_a_log_that_cannot_begin_leaves_nothing_open(
    database: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = SqliteLog if database.dialect == "sqlite" else PostgresLog
    ended: list[object] = []

    async def fails(log: object) -> None:
        raise StoreUnavailable("away")

    async def ends(log: object) -> None:
        ended.append(log)

    monkeypatch.setattr(kind, "open", fails)
    monkeypatch.setattr(kind, "aclose", ends)

    with pytest.raises(StoreUnavailable, match="away"):
        await open_log(database, clock)

    assert len(ended) == 1


@pytest.mark.usefixtures("at_once")
async def test_who_writes_waits_for_who_writes_before(sqlite: Database, clock: StandingClock) -> None:
    audit = SqlAudit(sqlite, clock)
    async with sqlite.writing():
        writing = asyncio.create_task(audit.add(Entry(action=Act.EXPORTED, actor="staff:1")))
        done, _ = await asyncio.wait([writing], timeout=0.2)
        assert not done, "left to SQLite it fails after 20 ms here"

    await writing

    assert [entry.actor async for entry in audit.entries()] == ["staff:1"]


async def test_a_new_store_is_for_its_owners_eyes(tmp_path: Path, clock: StandingClock) -> None:
    database = await connect(f"sqlite:///{tmp_path}/data/store.sqlite3")
    await upgrade(database)
    async with opened_log(database, clock) as log:
        await says(log, "Здравствуйте")
        modes = {file.name: file.stat().st_mode & 0o777 for file in database.path.parent.iterdir()}
    await database.aclose()

    assert {"store.sqlite3", "store.sqlite3-wal"} <= modes.keys()
    assert set(modes.values()) == {0o600}


async def test_who_asks_how_the_tables_stand_waits_for_no_writer(sqlite: Database) -> None:
    async with sqlite.writing(), asyncio.timeout(SOON_S):
        assert await state(sqlite) is Tables.CURRENT


def is_closed(database: Database, driver: Any) -> bool:
    """Whether a driver's connection is."""
    return bool(driver.is_closed() if database.dialect == "postgresql" else driver._connection is None)


# --- a full disk -----------------------------------------------------------------------------------


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """The system refuses to let any file of this process grow above ``size`` bytes, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_refuses_new_messages_and_loses_none(sqlite: Database, clock: StandingClock) -> None:
    async with opened_log(sqlite, clock) as log:
        await says(log, "Здравствуйте")
        largest = max(file.stat().st_size for file in sqlite.path.parent.glob(f"{sqlite.path.name}*"))
        acknowledged, refused, said = 1, 0, ""
        with no_file_above(largest + 100_000):
            for number in range(400):
                try:
                    await log.record(arrival(LONG, key=f"{number}"))
                    acknowledged += 1
                except StoreUnavailable as error:
                    refused += 1
                    said = str(error)
                    if refused == 5:
                        break
            assert refused == 5
            assert "disk" in said
            assert await stored(sqlite) == acknowledged
            assert len(await log.claim(1)) == 1  # what is there can still be read
            assert log.refused() == said
            clock.turn(timedelta(minutes=1))
            assert log.refused() == ""  # nobody has been refused since
            with pytest.raises(StoreUnavailable):
                await log.record(arrival(LONG, key="once more"))
            assert log.refused() == said

        again = await log.record(arrival(LONG, key="399"))
        assert again.fresh
        assert log.refused() == ""
        assert await stored(sqlite) == acknowledged + 1
        figures = await log.figures()
        assert figures.received == figures.waiting == acknowledged + 1


async def test_that_nothing_is_kept_is_logged_once_and_once_that_all_is_well_again(
    sqlite: Database, clock: StandingClock
) -> None:
    async with opened_log(sqlite, clock) as log:
        await says(log, "Здравствуйте")
        wal = sqlite.path.with_name(f"{sqlite.path.name}-wal")
        with capture_logs() as lines:
            with no_file_above(wal.stat().st_size):
                for number in range(3):
                    with pytest.raises(StoreUnavailable):
                        await log.record(arrival(LONG, key=f"{number}"))
            await says(log, "Есть кто?", "Алло?")

    assert [line["event"] for line in lines] == ["nothing is kept", "messages are kept again"]
    assert "disk" in lines[0]["why"]


async def test_a_full_disk_keeps_no_half_of_a_turn(sqlite: Database, clock: StandingClock) -> None:
    async with opened_log(sqlite, clock) as log:
        await says(log, "Здравствуйте")
        (waiting,) = await log.claim(1)
        wal = sqlite.path.with_name(f"{sqlite.path.name}-wal")
        with no_file_above(wal.stat().st_size), pytest.raises(StoreUnavailable, match="disk"):
            await log.complete(turn(waiting, LONG, LONG))
        assert await stored(sqlite) == 1

        assert await log.complete(turn(waiting, LONG, LONG))

        assert await stored(sqlite) == 3
        assert len(await log.claim_outbound("chat", 10)) == 1


async def test_a_database_at_its_size_limit_says_that_there_is_no_room(
    sqlite: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with sqlite.engine.connect() as connection:
        pages = await connection.scalar(text("PRAGMA page_count"))
    monkeypatch.setattr(sqlite_file, "PRAGMAS", (*sqlite_file.PRAGMAS, f"PRAGMA max_page_count = {pages}"))
    async with opened_log(sqlite, clock) as log:
        with pytest.raises(StoreUnavailable, match="no room: the disk is full; free some space"):
            await asyncio.gather(*(log.record(arrival(LONG, key=f"{number}")) for number in range(200)))
        assert await stored(sqlite) == 0


async def test_an_import_on_a_full_disk_keeps_whole_batches_and_goes_on(sqlite: Database, clock: StandingClock) -> None:
    writer = SqlCatalogueWriter(sqlite, clock)
    books = [book(f"Книга {n}", "А.", copy("01", f"{n}"), source_id=f"{n}", annotation=LONG) for n in range(500)]
    batches = [books[start : start + 50] for start in range(0, 500, 50)]
    run = await writer.begin("s", [])
    await writer.keep(run, "s", batches[0])
    largest = max(file.stat().st_size for file in sqlite.path.parent.glob(f"{sqlite.path.name}*"))
    kept = 1

    async def goes_on() -> None:
        nonlocal kept
        for batch in batches[1:]:
            await writer.keep(run, "s", batch)
            kept += 1

    with no_file_above(largest + 400_000), pytest.raises(StoreUnavailable, match="disk"):
        await goes_on()

    async with sqlite.engine.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(RecordRow)) == 50 * kept

    again = [await writer.keep(run, "s", batch) for batch in batches]

    assert sum(each.added for each in again) == 500 - 50 * kept
    assert sum(each.unchanged for each in again) == 50 * kept


# --- locked, read-only, missing, newer -------------------------------------------------------------


async def test_a_locked_store_refuses_and_works_again(sqlite: Database, clock: StandingClock, at_once: None) -> None:
    other = sqlite3.connect(sqlite.path, isolation_level=None)
    async with opened_log(sqlite, clock) as log:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked by another program"):
            await says(log, "Здравствуйте")
        other.execute("ROLLBACK")

        await says(log, "Здравствуйте")

        assert await stored(sqlite) == 1
    other.close()


async def test_a_read_only_file_is_said_so(
    sqlite: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "PRAGMAS", (*sqlite_file.PRAGMAS, "PRAGMA query_only = ON"))
    async with opened_log(sqlite, clock) as log:
        with pytest.raises(StoreUnavailable, match="cannot be written: mend its owner"):
            await says(log, "Здравствуйте")


async def test_a_standby_takes_no_messages(databases: Databases, clock: StandingClock) -> None:
    database = await connect(await databases.url("postgresql"))
    name = database.url.database
    await databases.server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    async with opened_log(database, clock) as log:
        with pytest.raises(StoreUnavailable, match="takes no writes"):
            await says(log, "Здравствуйте")
    await databases.drop(database)


async def test_a_store_without_tables_says_how_to_make_them(
    databases: Databases, dialect: str, clock: StandingClock
) -> None:
    database = await connect(await databases.url(dialect, empty=True))

    with pytest.raises(StoreUnavailable, match="run bibliobot db upgrade"):
        await open_log(database, clock)

    await databases.drop(database)


async def test_a_database_that_is_not_there_is_said_so(databases: Databases) -> None:
    database = await connect(databases.server.url("nowhere"))

    with pytest.raises(StoreUnavailable, match="there is no such database: make it"):
        await state(database)

    await database.aclose()


async def test_a_user_who_may_make_no_tables_is_said_so(databases: Databases) -> None:
    url = await databases.url("postgresql", empty=True)
    await databases.server.execute("CREATE ROLE guest LOGIN")
    database = await connect(url.replace("postgres@", "guest@"))

    with pytest.raises(StoreUnavailable, match="too few rights: let it own the database"):
        await upgrade(database)

    await databases.drop(database)
    await databases.server.execute("DROP ROLE guest")


async def test_a_server_that_does_not_answer_is_said_so(tmp_path: Path) -> None:
    database = await connect(f"postgresql://postgres@/x?host={tmp_path}")

    with pytest.raises(StoreUnavailable, match=r"does not answer .*is it running"):
        await state(database)

    await database.aclose()


async def test_a_server_that_comes_back_is_used_again(databases: Databases, clock: StandingClock) -> None:
    database = await connect(await databases.url("postgresql"))
    async with opened_log(database, clock) as log:
        await says(log, "Здравствуйте")
        databases.server.stop()
        with pytest.raises(StoreUnavailable):
            await says(log, "Есть ли «Идиот»?")
        databases.server.start()

        await says(log, "Есть ли «Идиот»?")

        assert await stored(database) == 2
    await databases.drop(database)


async def test_a_file_of_something_else_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    file.write_bytes(b"Dear diary, " * 1000)
    database = await connect(f"sqlite:///{file}")

    with pytest.raises(StoreUnavailable, match="damaged, or no SQLite file"):
        await state(database)

    await database.aclose()


async def test_a_folder_in_place_of_the_file_is_said_so(tmp_path: Path) -> None:
    database = await connect(f"sqlite:///{tmp_path}")

    with pytest.raises(StoreUnavailable, match="mend the path and its permissions"):
        await state(database)

    await database.aclose()


async def test_a_folder_that_cannot_be_made_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("here")

    with pytest.raises(ConfigError, match=r"database\.url: the folder cannot be made"):
        await connect(f"sqlite:///{tmp_path}/file/store.sqlite3")


async def test_tables_of_a_newer_program_are_left_alone(sqlite: Database) -> None:
    async with sqlite.writer.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreUnavailable, match="newer than this program: start the newer version"):
        await upgrade(sqlite)


# --- what the operator hears -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "expected sqlite"),
        ("mysql://root@/books", r"expected sqlite:// or postgresql://, got mysql://"),
        ("sqlite://", "expected the path of a file"),
        ("sqlite:///:memory:", "memory keeps nothing"),
        ("sqlite:///store.sqlite3?mode=ro", "nothing may stand, but there is a [?]"),
        ("postgresql://a:s3cret@host:port/books", "expected sqlite:///path or postgresql"),
        ("postgresql://a:s3cret@host/books?channel_binding=require", "unknown option 'channel_binding'; known"),
        ("postgresql://a:s3cret@host/books?sslmode=on", "sslmode: expected prefer, require, "),
        ("postgresql://a:s3cret@/books?host=/run/postgresql&port=x", "port: expected a number"),
    ],
)
def test_a_wrong_address_says_what_was_expected(url: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why) as told:
        parse_url(url)
    assert "s3cret" not in str(told.value)


async def test_encryption_that_the_address_asks_for_is_asked_for_by_every_connection(tmp_path: Path) -> None:
    """The log's own sessions, too: they carry what readers say."""
    url = parse_url(f"postgresql://a@/books?host={tmp_path}&sslmode=require")
    with patch("asyncpg.connect") as asked:
        await open_session(url, "test")

    assert asked.call_args.kwargs["ssl"] == "require"
    assert create_async_engine(url).dialect.create_connect_args(url)[1]["ssl"] == "require"


def test_a_relative_file_lies_beside_the_configuration(tmp_path: Path) -> None:
    assert parse_url("sqlite:///data/store.sqlite3", tmp_path).database == str(tmp_path / "data" / "store.sqlite3")


def test_a_fault_never_tells_what_the_reader_said() -> None:
    secret = sqlite3.OperationalError('near "Я, Иванова Мария, билет 1234": syntax error')

    assert "Иванова" not in str(unavailable(secret))


@pytest.mark.parametrize(
    ("fault", "advice"),
    [
        ("database or disk is full", "free some space"),
        ("could not extend file: No space left on device", "free some space"),
        ("disk I/O error", "full, over its quota, or failing"),
        ("attempt to write a readonly database", "owner and permissions"),
        ("cannot execute INSERT in a read-only transaction", "standby"),
        ("database is locked", "stop it, or use PostgreSQL"),
        ("no such table: works", "bibliobot db upgrade"),
        ('relation "works" does not exist', "bibliobot db upgrade"),
        ("database disk image is malformed", "restore a backup"),
        ('role "vasya" does not exist', "mend database.url"),
        ('database "books" does not exist', "make it (createdb)"),
        ("permission denied for schema public", "let it own the database"),
        ('no pg_hba.conf entry for host "10.0.0.5", user "x", database "y", no encryption', "pg_hba.conf"),
        ("[Errno -2] Name or service not known", "the host in database.url"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate", "PGSSLROOTCERT"),
        ('password authentication failed for user "x"', "mend database.url"),
        ("sorry, too many clients already", "raise max_connections"),
    ],
)
def test_each_fault_comes_with_advice(fault: str, advice: str) -> None:
    assert advice in str(unavailable(sqlite3.OperationalError(fault)))
