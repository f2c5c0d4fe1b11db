"""Commands that are killed at their worst moment leave the store of before, and given again they do the whole."""

import asyncio
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import func, select

from db.connect import connect
from db.migrate import Tables, differences, state, upgrade
from db.models import ItemRow, PatronRow, RecordRow
from db.models_circulation import LoanRow
from tests.cli.library import SmallLibrary
from tests.support.databases import Databases
from tests.support.patience import SOON_S

pytestmark = pytest.mark.crash

COMMIT = "sqlalchemy.engine.base:RootTransaction._do_commit"
HERE = Path(__file__).parents[2]
READERS = "№ билета;фамилия;имя;филиал\n" + "".join(f"{n};Иванов;Пётр;01\n" for n in range(1, 4))
LOANS = "№ билета;инв. №;срок возврата;филиал\n2;1;30.12.2099;01\n3;2;30.12.2099;01\n"
BOOKS = {"records": 3, "items": 4}


class Killed:
    """A library whose commands are killed, and what they leave."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        self.folder = folder / "library"
        self.folder.mkdir()
        self.copies = folder
        self.library = SmallLibrary.in_folder(self.folder, f'database: {{url: "{url}"}}\n')
        (self.folder / "readers.csv").write_text(READERS, "utf-8")
        (self.folder / "loans.csv").write_text(LOANS, "utf-8")

    def dies(self, place: str, times: int, *words: str) -> Path:
        """Give a command that is killed; the files as a power failure would have left them there and then."""
        copy = self.copies / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        command = [sys.executable, "-m", "tests.crash.dying", place, str(times), str(copy), *words]
        config = ["--config", str(self.folder / "config.yaml")]
        ran = subprocess.run(
            [*command, *config],
            env={"PYTHONPATH": str(HERE), "PATH": ""},
            cwd=self.folder,
            capture_output=True,
            timeout=SOON_S,
            check=False,
        )
        assert ran.returncode == -signal.SIGKILL, ran.stdout.decode() + ran.stderr.decode()
        return copy

    def copied(self, copy: Path) -> str:
        """Where the store that was copied is; of a server's there are no files, so the store itself."""
        return f"sqlite:///{copy}/store.sqlite3" if self.url.startswith("sqlite") else self.url

    def holds(self, copy: Path | None = None) -> tuple[Tables, dict[str, int]]:
        """How the tables stand, and how many rows are in some of them; here, or in a copy."""
        return asyncio.run(_held(self.url if copy is None else self.copied(copy)))


async def _held(url: str) -> tuple[Tables, dict[str, int]]:
    database = await connect(url)
    try:
        tables = await state(database)
        if tables is Tables.EMPTY:
            return tables, {}
        async with database.engine.connect() as connection:
            counted = {
                row.__tablename__: await connection.scalar(select(func.count()).select_from(row)) or 0
                for row in (RecordRow, ItemRow, PatronRow, LoanRow)
            }
        return tables, {name: rows for name, rows in counted.items() if rows}
    finally:
        await database.aclose()


@pytest.fixture
def make(databases: Databases, tmp_path: Path) -> Callable[..., Killed]:
    """Libraries without tables."""
    numbers = count(1)

    def made(dialect: str = "sqlite") -> Killed:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        sqlite = f"sqlite:///{folder}/library/store.sqlite3"
        return Killed(folder, sqlite if dialect == "sqlite" else asyncio.run(databases.url(dialect, empty=True)))

    return made


def test_an_upgrade(make: Callable[..., Killed], dialect: str) -> None:
    async def earlier() -> None:
        database = await connect(new.url)
        await upgrade(database, "0010")
        await database.aclose()

    async def as_the_models_say() -> list[str]:
        database = await connect(new.url)
        try:
            return await differences(database)
        finally:
            await database.aclose()

    new = make(dialect)
    asyncio.run(earlier())

    copy = new.dies(COMMIT, 1, "db", "upgrade")

    async def tables(url: str) -> Tables:
        database = await connect(url)
        try:
            return await state(database)
        finally:
            await database.aclose()

    assert asyncio.run(tables(new.url)) is asyncio.run(tables(new.copied(copy))) is Tables.BEHIND
    assert "run bibliobot db upgrade" in new.library.runs("check", code=1)
    new.library.runs("db", "upgrade")
    assert asyncio.run(as_the_models_say()) == []


def test_a_backup(make: Callable[..., Killed]) -> None:
    new = make()
    new.library.runs("db", "upgrade")
    new.library.runs("backup", "week.gz")
    last = (new.folder / "week.gz").read_bytes()
    new.library.imports()

    new.dies("bot.lasting:put", 1, "backup", "week.gz")

    assert (new.folder / "week.gz").read_bytes() == last
    new.library.runs("backup", "week.gz")
    assert (new.folder / "week.gz").read_bytes() != last
    assert [file.name for file in new.folder.glob("week*")] == ["week.gz"], "what was left of the other is gone"


def test_a_restore(make: Callable[..., Killed], dialect: str, tmp_path: Path) -> None:
    old, new, file = make(), make(dialect), str(tmp_path / "copy.gz")
    old.library.runs("db", "upgrade")
    old.library.imports()
    old.library.runs("backup", file)

    copy = new.dies("db.backup:_settle", 1, "restore", file)

    assert new.holds() == new.holds(copy) == (Tables.EMPTY, {}), "nobody serves an empty library for the old one"
    new.library.runs("restore", file)
    assert new.holds() == old.holds() == (Tables.CURRENT, BOOKS)


@pytest.mark.parametrize(
    ("words", "commits", "before", "after"),
    [
        (("readers.csv", "--kind", "patrons"), 4, {}, {"patrons": 3}),
        (("loans.csv", "--kind", "loans"), 4, {"patrons": 3}, {"patrons": 3, "loans": 2}),
    ],
    ids=["readers", "loans"],
)
def test_a_list(
    make: Callable[..., Killed], words: Sequence[str], commits: int, before: dict[str, int], after: dict[str, int]
) -> None:
    new = make()
    new.library.runs("db", "upgrade")
    new.library.imports()
    if before:
        new.library.runs("import", "readers.csv", "--kind", "patrons")

    copy = new.dies(COMMIT, commits, "import", *words)

    assert new.holds() == new.holds(copy) == (Tables.CURRENT, BOOKS | before)
    new.library.runs("import", *words)
    assert new.holds() == (Tables.CURRENT, BOOKS | after)


def test_a_catalogue(make: Callable[..., Killed]) -> None:
    new = make()
    new.library.runs("db", "upgrade")

    copy = new.dies("db.catalogue:SqlCatalogueWriter.finish", 1, "import", "books.csv")

    assert new.holds() == new.holds(copy) == (Tables.CURRENT, BOOKS), "batch by batch: what was read is kept"
    assert "the import of books.csv (source books)" in new.library.runs("check")
    new.library.imports()
    assert new.holds() == (Tables.CURRENT, BOOKS), "nothing is there twice"
    assert "has not ended" not in new.library.runs("check")
