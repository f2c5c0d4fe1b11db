"""The tables' version: brings a store up to date, and tells whether it is."""

import re
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

import migrations
from bot.errors import StoreUnavailable
from db.base import with_postgresql
from db.connect import Database, store_errors
from db.faults import advice, first_line
from db.tables import METADATA, is_derived

if TYPE_CHECKING:
    from alembic.config import Config

Result = TypeVar("Result")

VERSION_TABLE = "alembic_version"
_REVISION = re.compile(r"""^(revision|down_revision)\b[^=\n]*= *["'](\w+)["']""", re.MULTILINE)


class Tables(StrEnum):
    """How the tables of a store stand to this program."""

    CURRENT = "current"
    EMPTY = "empty"
    BEHIND = "behind"
    NEWER = "newer"


def _config(connection: Connection | None = None) -> "Config":
    from alembic.config import Config  # Alembic is slow to load, and a start only asks for the version

    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@cache
def _revisions() -> dict[str, str]:
    """Every revision of the migrations, and the one before it ("" for the first)."""
    found: dict[str, str] = {}
    for file in sorted((Path(migrations.__file__).parent / "versions").glob("[0-9]*.py")):
        said = dict(_REVISION.findall(file.read_text("utf-8")))
        found[said["revision"]] = said.get("down_revision", "")
    return found


def head() -> str:
    """The revision that this program's models need."""
    (last,) = _revisions().keys() - _revisions().values()
    return last


async def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the tables to ``revision``, all steps in one transaction.

    Raises:
        StoreUnavailable: The store does not answer, its tables are newer than this program, or they are not
            what their version says; then they stay as they were.
    """
    if await state(database) is Tables.NEWER:
        raise StoreUnavailable("the tables are newer than this program: start the newer version, or restore a backup")
    from alembic import command

    def step(connection: Connection) -> None:
        before = revision_of(connection)
        try:
            command.upgrade(_config(connection), revision)
        except DBAPIError as error:
            if error.connection_invalidated or advice(error):
                raise
            raise StoreUnavailable(
                f"the tables cannot be brought from version {before or 'none'} to {head()}: {first_line(error)}. "
                "They are as they were: go on with the version that you had, and report this"
            ) from error

    await _run(database, step)


def known(revision: str) -> bool:
    """Whether this program has ever had tables of this revision."""
    return revision in _revisions()


def make_anew(connection: Connection, revision: str) -> None:
    """Drop all tables, and make them as they were at ``revision``."""
    from alembic import command

    command.downgrade(_config(connection), "base")
    command.upgrade(_config(connection), revision)


def bring(connection: Connection, revision: str) -> None:
    """Bring the tables, and what is in them, to ``revision``."""
    from alembic import command

    command.upgrade(_config(connection), revision)


async def downgrade(database: Database, revision: str) -> None:
    """Take the tables back to ``revision`` ("base" for none)."""
    from alembic import command

    await _run(database, lambda connection: command.downgrade(_config(connection), revision))


async def state(database: Database) -> Tables:
    """How the tables stand. Raises StoreUnavailable where the store does not answer."""
    with store_errors():  # only read: who asks whether the service is ready must not wait for who writes
        async with database.engine.connect() as connection:
            current = await connection.run_sync(revision_of)
    if current is None:
        return Tables.EMPTY
    if current == head():
        return Tables.CURRENT
    return Tables.BEHIND if current in _revisions() else Tables.NEWER


def revision_of(connection: Connection) -> str | None:
    """The revision of the tables, None where there are none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 - our own name
    return found


async def try_writing(database: Database) -> None:
    """Write what is there already: a lock alone tells neither of a full disk nor of a file that may only be read.

    Raises:
        StoreUnavailable: Nothing can be kept: says why.
    """
    async with database.writing() as connection:  # waits for another program that has the file, and tells of it
        await connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = version_num"))  # noqa: S608 - our own name


async def differences(database: Database) -> list[str]:
    """What the models have and the tables have not, or the other way round; empty when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    def compare(connection: Connection) -> list[str]:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "render_as_batch": True,
                "include_name": lambda name, kind, _: not (kind == "table" and is_derived(name or "")),
            },
        )
        return [str(step) for step in compare_metadata(context, with_postgresql(METADATA))]

    return await _run(database, compare)


async def _run(database: Database, step: Callable[[Connection], Result]) -> Result:
    with store_errors():
        async with database.writer.begin() as connection:
            return await connection.run_sync(step)
