"""Many rows in one statement: all of them, each once, whatever their number."""

import sqlite3

import pytest

from db.many_rows import MOST_ROWS, ManyRows

NEW = ManyRows("id, word", "INSERT INTO things (id, word, at) SELECT id, word, ?1 FROM {rows}")
CHANGE = ManyRows("id, word?", "UPDATE things SET word = t.word FROM {rows} AS t WHERE things.id = t.id")


@pytest.fixture
def db() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, word TEXT, at TEXT)")
    return connection


@pytest.mark.parametrize("count", [*range(10), 33, 64, 65, MOST_ROWS - 1, MOST_ROWS, MOST_ROWS + 1, 2 * MOST_ROWS + 7])
def test_every_row_is_kept_once(db: sqlite3.Connection, count: int) -> None:
    rows = [(number, f"слово {number}") for number in range(1, count + 1)]

    assert NEW.execute(db, rows, "сегодня") == count

    assert db.execute("SELECT id, word FROM things ORDER BY id").fetchall() == rows
    assert db.execute("SELECT count(*) FROM things WHERE at = 'сегодня'").fetchone() == (count,)


def test_only_the_named_rows_are_changed(db: sqlite3.Connection) -> None:
    NEW.execute(db, [(number, "старое") for number in range(1, 9)], "")

    assert CHANGE.execute(db, [(3, "новое"), (5, ""), (100, "нет такой")]) == 2

    changed = db.execute("SELECT id, word FROM things WHERE word IS NOT 'старое' ORDER BY id").fetchall()
    assert changed == [(3, "новое"), (5, None)]
