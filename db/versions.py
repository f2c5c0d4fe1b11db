"""Numbers that tell other processes that something changed, and how a process keeps up with them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import StoreUnavailable
from db.connect import Database, store_errors
from db.models import VersionRow
from db.upserts import insert_of

T = TypeVar("T")

LOOK_EVERY_S = 0.5
"""How often a version is looked at: a change in another process is heard within a second."""
RETRY_S = 2.0


async def raise_version(connection: AsyncConnection, name: str) -> None:
    """Say that something of this name changes; whoever changes it too waits until this transaction ends."""
    make = insert_of(connection.dialect.name)
    first = make(VersionRow).values(name=name, version=1)
    await connection.execute(
        first.on_conflict_do_update(index_elements=[VersionRow.name], set_={"version": VersionRow.version + 1})
    )


async def version_of(connection: AsyncConnection, name: str) -> int:
    """How often it changed."""
    return await connection.scalar(select(VersionRow.version).where(VersionRow.name == name)) or 0


async def read_if_changed(
    database: Database, name: str, known: int, read: Callable[[AsyncConnection], Awaitable[T]]
) -> tuple[int, T] | None:
    """The version of something and what it is now; None where it is the known one. Raises StoreUnavailable."""
    with store_errors():
        async with database.engine.connect() as connection:
            version = await version_of(connection, name)
            return None if version == known else (version, await read(connection))


async def keep_up(refresh: Callable[[], Awaitable[object]]) -> None:
    """Look again and again until cancelled; while the store is away, what is known stays in force."""
    while True:
        pause = LOOK_EVERY_S
        try:
            await refresh()
        except StoreUnavailable:
            pause = RETRY_S
        await asyncio.sleep(pause)
