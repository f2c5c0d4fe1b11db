"""Commands run in this process, each with a store of its own."""

from collections.abc import Awaitable, Callable

import pytest

from db import migrate
from db.connect import Database
from tests.support.databases import Databases


@pytest.fixture(autouse=True)
def _tables_are_copied(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first start copies its tables: taking every step of the migrations anew was a third of a second each time.

    The steps themselves are tried in ``tests/db``, and by the commands that are started as processes here.
    """
    monkeypatch.setattr(migrate, "upgrade", _copying(databases, migrate.upgrade))


def _copying(
    databases: Databases, steps: Callable[[Database], Awaitable[None]]
) -> Callable[[Database], Awaitable[None]]:
    async def upgrade(database: Database) -> None:
        if await migrate.state(database) is migrate.Tables.EMPTY and database.dialect == "sqlite":
            await databases.fill(database)
        else:
            await steps(database)

    return upgrade
