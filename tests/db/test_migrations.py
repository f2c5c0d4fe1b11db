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


async def test_a_new_store_is_empty(databases: Databases, dialect: str) -> None:
    store = await connect(await databases.url(dialect, empty=True))

    assert await state(store) is Tables.EMPTY

    await databases.drop(store)
