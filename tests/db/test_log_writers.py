"""The process that writes the log on SQLite: what it may do to those who wait for it, and they to it."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil
import pytest

from bot.desk_actions import Take
from bot.errors import StoreUnavailable
from db.connect import Database
from db.log_sheets import error_of, packed_error
from db.log_sqlite import SqliteLog
from db.log_writers import WriterProcess
from tests.support.clock import StandingClock
from tests.support.logs import arrival, says, turn
from tests.support.patience import SOON_S, TICK_S

LONG = "Есть ли у вас «Идиот»? " * 5_000


@pytest.fixture
async def writer(sqlite: Database) -> AsyncIterator[WriterProcess]:
    """A writer of a store, in a process."""
    writer = WriterProcess(sqlite.path)
    yield writer
    await writer.aclose()


@pytest.fixture
async def log(sqlite: Database, clock: StandingClock, writer: WriterProcess) -> AsyncIterator[SqliteLog]:
    """A log that has it."""
    log = SqliteLog(sqlite.path, clock, writer)
    await log.open()
    yield log
    await log.aclose()


def of(writer: WriterProcess) -> psutil.Process:
    """The process itself."""
    assert writer._process is not None
    return psutil.Process(writer._process.pid)


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Another program writes: whoever wants to write as well waits."""
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def until(seen: Callable[[], bool]) -> None:
    """Return once it is so."""
    async with asyncio.timeout(SOON_S):
        while not seen():  # noqa: ASYNC110 - another process does it, and tells nobody
            await asyncio.sleep(TICK_S)


def has_the_file(process: psutil.Process, path: Path) -> bool:
    """Whether it has begun to write: it opens the file with the first sheet."""
    return any(Path(opened.path) == path for opened in process.open_files())


def stored(database: Database) -> list[str]:
    """What readers have said, as the store has it."""
    with closing(sqlite3.connect(database.path)) as store:
        return [text for (text,) in store.execute("SELECT text FROM messages WHERE author = 'reader' ORDER BY id")]


async def test_it_ends_with_the_log(sqlite: Database, clock: StandingClock) -> None:
    writer = WriterProcess(sqlite.path)
    log = SqliteLog(sqlite.path, clock, writer)
    await log.open()
    await says(log, "Здравствуйте")
    process = of(writer)
    await log.aclose()

    assert not process.is_running()


async def test_it_ends_though_it_was_given_nothing(sqlite: Database, clock: StandingClock) -> None:
    writer = WriterProcess(sqlite.path)
    log = SqliteLog(sqlite.path, clock, writer)
    await log.open()
    process = of(writer)
    await log.aclose()

    assert not process.is_running()


async def test_more_than_a_line_holds_at_once_goes_there_and_back(log: SqliteLog, sqlite: Database) -> None:
    came = [arrival(f"{number} {LONG}", key=f"k{number}") for number in range(40)]
    recorded = await asyncio.gather(*[log.record(message) for message in came])
    claimed = await log.claim(20)
    await log.complete_many([turn(waiting, LONG) for waiting in claimed])

    assert [one.message_id for one in recorded] == list(range(1, 41))
    assert len(stored(sqlite)) == 40
    assert len(await log.claim_outbound("chat", 1)) == 1


async def test_a_writer_that_died_is_replaced(log: SqliteLog, writer: WriterProcess, sqlite: Database) -> None:
    await says(log, "Раз")
    first = of(writer)
    first.kill()
    await until(lambda: writer._line is not None and writer._line.is_over)
    await says(log, "Два")

    assert stored(sqlite) == ["Раз", "Два"]
    assert of(writer).pid != first.pid


async def test_what_it_had_in_hand_when_it_died_is_refused_and_kept_when_it_comes_again(
    log: SqliteLog, writer: WriterProcess, sqlite: Database
) -> None:
    with locked(sqlite):
        recording = asyncio.create_task(says(log, "Два"))
        await until(lambda: writer._process is not None and has_the_file(of(writer), sqlite.path))
        of(writer).kill()
        with pytest.raises(StoreUnavailable, match="has ended"):
            await recording
    await says(log, "Два")

    assert stored(sqlite) == ["Два"]


async def test_signals_for_the_whole_service_are_not_for_it(
    log: SqliteLog, writer: WriterProcess, sqlite: Database
) -> None:
    await says(log, "Раз")
    process = of(writer)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        process.send_signal(number)
    await says(log, "Два")

    assert stored(sqlite) == ["Раз", "Два"]
    assert of(writer).pid == process.pid


async def test_it_does_not_outlive_a_service_that_is_killed(sqlite: Database) -> None:
    """Nobody is left to close anything."""
    service = f"""
import asyncio, sys
from pathlib import Path
from bot.clock import SystemClock
from db.log_sheets import error_of, packed_error
from db.log_sqlite import SqliteLog
from db.log_writers import WriterProcess
from tests.support.logs import says
async def main():
    log = SqliteLog(Path({str(sqlite.path)!r}), SystemClock(), WriterProcess(Path({str(sqlite.path)!r})))
    await log.open()
    await says(log, "Здравствуйте")
    print("kept", flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", service], stdout=subprocess.PIPE) as process:  # noqa: ASYNC220 - nothing else runs here
        assert process.stdout is not None
        assert await asyncio.to_thread(process.stdout.readline) == b"kept\n"
        (writing,) = psutil.Process(process.pid).children()
        process.kill()

    gone, _ = await asyncio.to_thread(psutil.wait_procs, [writing], SOON_S)
    assert gone == [writing]
    assert stored(sqlite) == ["Здравствуйте"]


async def test_faults_of_the_store_are_told_as_if_there_were_no_process_between(
    tmp_path: Path, clock: StandingClock
) -> None:
    empty = tmp_path / "empty.sqlite3"
    log = SqliteLog(empty, clock, WriterProcess(empty))
    with pytest.raises(StoreUnavailable, match="run bibliobot db upgrade"):
        await says(log, "Здравствуйте")
    await log.aclose()


async def test_what_the_store_can_never_keep_is_told_as_such(log: SqliteLog, sqlite: Database) -> None:
    with pytest.raises(OverflowError):
        await log.act(Take(conversation_id=1 << 63, staff_id=1))
    await says(log, "Здравствуйте")

    assert stored(sqlite) == ["Здравствуйте"]


def test_a_fault_that_cannot_travel_is_told_in_its_words() -> None:
    class Odd(Exception):
        def __init__(self) -> None:
            super().__init__("the third row")

    told = error_of(packed_error(Odd()))

    assert (type(told), str(told)) == (RuntimeError, "Odd: the third row")


async def test_an_answer_is_not_taken_for_the_next_ones(
    log: SqliteLog, writer: WriterProcess, sqlite: Database
) -> None:
    """Whoever gives up waiting leaves an answer on its way."""
    with locked(sqlite):
        recording = asyncio.create_task(says(log, "Раз"))
        await until(lambda: writer._process is not None and has_the_file(of(writer), sqlite.path))
        assert log._commits._pump is not None
        log._commits._pump.cancel()
        await asyncio.wait([log._commits._pump])
        recording.cancel()
    log._commits._pump = None
    (second,) = await says(log, "Два")

    assert second == stored(sqlite).index("Два") + 1


async def test_a_process_that_cannot_be_started_is_told(
    sqlite: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(sqlite.path.with_name("no-such-python")))
    log = SqliteLog(sqlite.path, clock, WriterProcess(sqlite.path))
    with pytest.raises(StoreUnavailable, match=r"cannot be started: .*no-such-python"):
        await log.open()
    await log.aclose()


async def test_files_in_the_folder_in_which_we_were_started_are_not_taken_for_ours(
    sqlite: Database, clock: StandingClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "db.py").write_text("raise SystemExit('not ours')", "utf-8")
    monkeypatch.chdir(tmp_path)
    log = SqliteLog(sqlite.path, clock, WriterProcess(sqlite.path))
    await says(log, "Здравствуйте")
    await log.aclose()

    assert stored(sqlite) == ["Здравствуйте"]
