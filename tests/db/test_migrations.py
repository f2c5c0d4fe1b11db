"""The tables that the migrations make are the tables of the models, on both databases."""

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.errors import StoreUnavailable
from db.connect import Database, connect
from db.migrate import Tables, differences, downgrade, state, upgrade
from tests.support.databases import Databases

INDEXES = """
SELECT pg_class.oid, relname, indisvalid FROM pg_class JOIN pg_index ON indexrelid = pg_class.oid
WHERE relname = ANY(:names)
"""


async def test_migrations_make_what_the_models_say(database: Database) -> None:
    assert await differences(database) == []
    assert await state(database) is Tables.CURRENT


async def test_migrations_go_down_and_up_again(database: Database) -> None:
    await downgrade(database, "base")
    assert await state(database) is Tables.EMPTY

    await upgrade(database)

    assert await state(database) is Tables.CURRENT
    assert await differences(database) == []


async def test_a_difference_is_told(database: Database) -> None:
    async with database.writer.begin() as connection:
        await connection.execute(text("ALTER TABLE faq_entries ADD COLUMN surprise TEXT"))

    assert any("surprise" in line for line in await differences(database))


async def test_tables_of_a_newer_program_are_refused(database: Database) -> None:
    async with database.writer.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    assert await state(database) is Tables.NEWER
    with pytest.raises(StoreUnavailable, match="newer"):
        await upgrade(database)


async def test_a_table_that_an_earlier_program_left_empty_stands_in_no_way(database: Database) -> None:
    await downgrade(database, "0015")
    async with database.writer.begin() as connection:
        await connection.execute(text("CREATE TABLE own_words (id INTEGER PRIMARY KEY, key VARCHAR(32))"))

    await upgrade(database)

    assert await differences(database) == []


async def test_tables_that_are_not_what_their_version_says_stay_as_they_are_and_are_told(database: Database) -> None:
    await downgrade(database, "0016")
    async with database.writer.begin() as connection:
        await connection.execute(text("ALTER TABLE patrons ADD COLUMN served_at TEXT"))

    with pytest.raises(StoreUnavailable, match=r"from version 0016 to \d+: .*served_at.* They are as they were"):
        await upgrade(database)

    async with database.engine.connect() as connection:
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == "0016"


async def test_indexes_that_were_made_before_by_the_lines_of_the_docs_are_left_and_broken_ones_made_anew(
    database: Database,
) -> None:
    """So that a very large store is not locked while its tables are upgraded."""
    if database.dialect == "sqlite":  # has no such lines, and no such stores
        return
    page = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
    lines = re.findall(r"^CREATE INDEX CONCURRENTLY IF NOT EXISTS (\w+) .*;$", page, re.MULTILINE)
    await downgrade(database, "0019")
    async with database.engine.connect() as plain:
        connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
        for line in re.findall(r"^CREATE INDEX CONCURRENTLY .*;$", page, re.MULTILINE):
            await connection.execute(text(line))
        made = {row.relname: row.oid for row in await connection.execute(text(INDEXES), {"names": lines})}
        broken = text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = :oid")
        await connection.execute(broken, {"oid": made["ix_items_barcode"]})

    await upgrade(database)

    async with database.engine.connect() as connection:
        after = {row.relname: row for row in await connection.execute(text(INDEXES), {"names": lines})}
    assert len(lines) == len(after) == 6
    assert all(row.indisvalid for row in after.values())
    assert {name for name, row in after.items() if row.oid != made[name]} == {"ix_items_barcode"}
    assert await differences(database) == []


async def test_a_new_store_is_empty(databases: Databases, dialect: str) -> None:
    store = await connect(await databases.url(dialect, empty=True))

    assert await state(store) is Tables.EMPTY

    await databases.drop(store)
