"""The tables' version: brings a store up to date, and tells whether it is."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

import migrations
from bot.errors import StoreUnavailable
from db import models  # noqa: F401 - fills the metadata
from db.base import Base
from db.connect import Database, store_errors

Result = TypeVar("Result")


class Tables(StrEnum):
    """How the tables of a store stand to this program."""

    CURRENT = "current"
    EMPTY = "empty"
    BEHIND = "behind"
    NEWER = "newer"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The revision that this program's models need."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None
    return revision


async def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the tables to ``revision``, all steps in one transaction.

    Raises:
        StoreUnavailable: The store does not answer, or its tables are newer than this program.
    """
    if await state(database) is Tables.NEWER:
        raise StoreUnavailable("the tables are newer than this program: start the newer version, or restore a backup")
    await _run(database, lambda connection: command.upgrade(_config(connection), revision))


async def downgrade(database: Database, revision: str) -> None:
    """Take the tables back to ``revision`` ("base" for none)."""
    await _run(database, lambda connection: command.downgrade(_config(connection), revision))


async def state(database: Database) -> Tables:
    """How the tables stand. Raises StoreUnavailable where the store does not answer."""
    current = await _run(database, lambda connection: MigrationContext.configure(connection).get_current_revision())
    if current is None:
        return Tables.EMPTY
    if current == head():
        return Tables.CURRENT
    try:
        ScriptDirectory.from_config(_config()).get_revision(current)
    except CommandError:
        return Tables.NEWER
    return Tables.BEHIND


async def differences(database: Database) -> list[str]:
    """What the models have and the tables have not, or the other way round; empty when they agree."""

    def compare(connection: Connection) -> list[str]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "render_as_batch": True}
        )
        return [str(step) for step in compare_metadata(context, Base.metadata)]

    return await _run(database, compare)


async def _run(database: Database, step: Callable[[Connection], Result]) -> Result:
    with store_errors():
        async with database.writer.begin() as connection:
            return await connection.run_sync(step)
