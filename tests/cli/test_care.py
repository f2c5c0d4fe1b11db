"""``check``, ``db upgrade``, ``backup``, ``restore``."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli import care
from bot.errors import StoreUnavailable
from db import backup as copies
from db import sqlite_file
from db.connect import Database
from tests.cli.library import SmallLibrary


def test_check_says_that_all_is_well(tmp_path: Path) -> None:
    library = SmallLibrary.in_folder(tmp_path)
    library.runs("db", "upgrade")

    said = library.runs("check")

    assert "everything works" in said
    assert "channel webchat" in said
    assert "no link to join by (server.public_url is empty" in said


def test_check_closes_a_store_that_goes_away_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library, ended = SmallLibrary.in_folder(tmp_path), list[object]()
    library.runs("db", "upgrade")
    ends = Database.aclose

    async def goes_away(database: Database) -> bool:
        raise StoreUnavailable("away")

    async def closes(database: Database) -> None:
        ended.append(database)
        await ends(database)

    monkeypatch.setattr(care, "notices_rest", goes_away)
    monkeypatch.setattr(Database, "aclose", closes)

    assert "database: away" in library.runs("check", code=1)
    assert len(ended) == 1


def test_check_says_what_to_do_about_missing_tables(tmp_path: Path) -> None:
    assert "run bibliobot db upgrade" in SmallLibrary.in_folder(tmp_path).runs("check", code=1)


def test_check_tells_of_a_file_that_another_program_keeps_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = SmallLibrary.in_folder(tmp_path)
    library.runs("db", "upgrade")
    monkeypatch.setattr(sqlite_file, "PRAGMAS", (*sqlite_file.PRAGMAS, "PRAGMA busy_timeout=1"))
    other = sqlite3.connect(tmp_path / "data" / "bibliobot.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        said = library.runs("check", code=1)
    finally:
        other.close()

    assert "database: the database is locked by another program: stop it" in said


def test_check_goes_on_after_a_fault(tmp_path: Path) -> None:
    library = SmallLibrary.in_folder(tmp_path, "channels: {webchat: {}, pigeon: {}}\nintents: [search]")
    library.runs("db", "upgrade")

    said = library.runs("check", code=1)

    assert "channel pigeon: channels: unknown kind 'pigeon'" in said
    assert said.count("unknown kind 'pigeon'") == 1
    assert "handles the fallback" in said


@pytest.mark.parametrize(
    ("extra", "says"),
    [
        ("handover: {at_once: [pigeons]}", "fault  intents: handover.at_once: 'pigeons' is no topic"),
        ("notices: {sms: webchat}", "fault  notices: notices.sms: expected the name of a channel of the kind sms"),
        ("circulation: {keeping_of: {'07': manual}}", "note  circulation.keeping_of: library.branches has no '07'"),
        (
            "circulation: {rules: [{branch: '7', loan_days: 9}]}",
            "note  circulation.rules.0: library.branches has no '7'",
        ),
    ],
)
def test_check_looks_at_what_names_something_else(tmp_path: Path, extra: str, says: str) -> None:
    library = SmallLibrary.in_folder(tmp_path, extra)
    library.runs("db", "upgrade")

    assert says in library.runs("check", code=int(says.startswith("fault")))


def test_a_store_that_has_no_room_for_a_write_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = SmallLibrary.in_folder(tmp_path)
    library.runs("db", "upgrade")
    with closing(sqlite3.connect(tmp_path / "data" / "bibliobot.sqlite3")) as store:
        store.executescript(
            "CREATE TABLE filler (b); CREATE TRIGGER grows BEFORE UPDATE ON alembic_version "
            "BEGIN INSERT INTO filler VALUES (zeroblob(100000)); END"
        )
        pages = store.execute("PRAGMA page_count").fetchone()[0]
    monkeypatch.setattr(sqlite_file, "PRAGMAS", (*sqlite_file.PRAGMAS, f"PRAGMA max_page_count = {pages}"))

    assert "fault  database: no room: the disk is full; free some space" in library.runs("check", code=1)


def test_a_disk_that_is_nearly_full_is_told_before_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = SmallLibrary.in_folder(tmp_path)
    library.runs("db", "upgrade")
    assert "left on its disk" not in library.runs("check")

    monkeypatch.setattr("bot.cli.care.ENOUGH_MB", 2**40)

    assert re.search(r"note  database: \d+ MB are left on its disk", library.runs("check"))


def test_a_slash_too_few_before_the_path_of_a_store_is_no_fault_of_the_program(tmp_path: Path) -> None:
    said = SmallLibrary.in_folder(tmp_path, "database: {url: 'sqlite://data/books.sqlite3'}").runs("check", code=1)

    assert "fault  database: database.url: three slashes" in said


def test_an_address_of_no_database_is_one_fault_among_the_others(tmp_path: Path) -> None:
    said = SmallLibrary.in_folder(tmp_path, "database: {url: books}").runs("check", code=1)

    assert "fault  database: database.url: expected sqlite:///path or postgresql://" in said
    assert "channel webchat" in said


def test_tables_of_a_newer_version_are_left_alone(tmp_path: Path) -> None:
    library = SmallLibrary.in_folder(tmp_path)
    library.runs("db", "upgrade")
    with sqlite3.connect(tmp_path / "data" / "bibliobot.sqlite3") as store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")

    for words in (("run",), ("db", "upgrade"), ("ask", "вий"), ("check",), ("import", str(tmp_path / "books.csv"))):
        assert "newer than this program" in library.runs(*words, code=1)


def test_a_store_moves_by_backup_and_restore(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    old, new = SmallLibrary.in_folder(tmp_path / "old"), SmallLibrary.in_folder(tmp_path / "new")
    old.imports()
    copy = str(tmp_path / "copy.gz")

    old.runs("backup", copy)
    assert "bibliobot notices resume" in new.runs("restore", copy)

    assert "Вий" in new.runs("ask", "вий")
    assert "readers are not reminded" in new.runs("check")
    assert "readers are reminded again" in new.runs("notices", "resume")
    assert "readers are reminded as ever" in new.runs("notices", "resume")
    assert "readers are not reminded" not in new.runs("check")
    assert "not empty" in old.runs("restore", copy, code=1)
    for nowhere in (str(tmp_path), "."):
        assert f"{nowhere}: cannot be written" in old.runs("backup", nowhere, code=1)
    assert "there is no such file" in new.runs("restore", str(tmp_path / "none.gz"), code=1).lower()


def test_check_tells_of_an_import_that_has_no_end(tmp_path: Path) -> None:
    library = SmallLibrary.in_folder(tmp_path)
    library.imports()
    assert "has not ended" not in library.runs("check")
    with closing(sqlite3.connect(tmp_path / "data" / "bibliobot.sqlite3")) as store, store:
        store.execute("UPDATE import_runs SET finished_at = NULL, started_at = '2026-11-24 00:15:00.000000'")

    said = library.runs("check")

    assert "the import of books.csv (source books) that began on 2026-11-24 at 03:15 has not ended" in said
    library.imports()
    assert "has not ended" not in library.runs("check"), "the same again was read to its end"


def test_a_copy_that_cannot_be_restored_makes_no_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    old, new = SmallLibrary.in_folder(tmp_path / "old"), SmallLibrary.in_folder(tmp_path / "new")
    old.imports()
    copy = str(tmp_path / "copy.gz")
    old.runs("backup", copy)

    async def breaks_off(*_: object) -> None:
        raise StoreUnavailable("killed")

    with monkeypatch.context() as patched:
        patched.setattr(copies, "_settle", breaks_off)
        new.runs("restore", copy, code=1)

    assert "the tables are missing" in new.runs("check", code=1), "an empty library would be taken for the restored one"
    new.runs("restore", copy)
    assert "Вий" in new.runs("ask", "вий")


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    library = SmallLibrary.in_folder(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "bibliobot.sqlite3").write_bytes(b"not a database at all, but a long text " * 50)

    assert "damaged, or no SQLite file" in library.runs("run", code=1)
    assert f"restore a backup ({tmp_path / 'data' / 'bibliobot.sqlite3'})" in library.runs("check", code=1)


def test_an_unreachable_postgresql_is_told_without_its_password(tmp_path: Path) -> None:
    library = SmallLibrary.in_folder(tmp_path, "database: {url: 'postgresql://a:s3cret@127.0.0.1:1/none'}")

    said = library.runs("run", code=1)

    assert "the database does not answer" in said
    assert "s3cret" not in said


def test_check_goes_on_when_a_messenger_is_away_and_asks_for_a_decision_on_personal_data(tmp_path: Path) -> None:
    bot = '{token: "123456:test-telegram-token", api_url: "http://127.0.0.1:9"}'
    library = SmallLibrary.in_folder(tmp_path, f"channels: {{webchat: {{}}, telegram: {bot}, sms: {{data: off}}}}")
    library.runs("db", "upgrade")

    said = library.runs("check", code=1)

    assert "fault  channel telegram: " in said
    assert "test-telegram-token" not in said
    assert "note  channel telegram: a foreign messenger carries readers' personal data" in said
    assert "channel sms: off" in said
    assert "1 to mend" in said
