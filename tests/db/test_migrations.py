"""The tables that the migrations make are the tables of the models, on both databases."""

import pytest
from sqlalchemy import text

from bot.errors import StoreUnavailable
from db.connect import Database, connect
from db.migrate import Tables, differences, downgrade, state, upgrade
from tests.support.databases import Databases


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


async def test_a_new_store_is_empty(databases: Databases, dialect: str) -> None:
    store = await connect(await databases.url(dialect, empty=True))

    assert await state(store) is Tables.EMPTY

    await databases.drop(store)
