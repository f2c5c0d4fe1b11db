"""Numbers that tell other processes that something changed, and how a process keeps up with them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeVar
from weakref import WeakKeyDictionary

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StoreUnavailable
from db.connect import Database, store_errors
from db.models import VersionRow
from db.reading import reader_of
from db.upserts import insert_of

T = TypeVar("T")

LOOK_EVERY_S = 0.5
"""How often a version is looked at: a change in another process is heard within a second."""
TOGETHER_S = 0.1
"""What was read so long ago is as good as read now: for those who look in the same moment."""
RETRY_S = 2.0
_ALL = f"SELECT coalesce({{rows}}({{array}}(name, version)), '[]') FROM {VersionRow.__tablename__}"  # noqa: S608 - ours


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


async def keep_up(
    database: Database,
    name: str,
    known: Callable[[], int],
    refresh: Callable[[], Awaitable[object]],
    *,
    anew: int = 0,
) -> None:
    """Refresh whenever the version is not the known one, until cancelled; while the store is away nothing changes.

    All who follow something of this store look in the same moment, and one of them asks for all.

    Args:
        database: The store.
        name: What is followed.
        known: The version that is known here.
        refresh: Reads it.
        anew: After so many looks it is read again whatever the version; 0: never.
    """
    looks = 0
    async with _watching(database) as watch:
        while True:
            try:
                looks += 1
                if (await watch.versions()).get(name, 0) != known() or (anew and looks % anew == 0):
                    await refresh()
            except StoreUnavailable:
                await asyncio.sleep(RETRY_S)
            await asyncio.sleep(LOOK_EVERY_S - asyncio.get_running_loop().time() % LOOK_EVERY_S)


class _Watch:
    """All versions of one store, read at most once for those who ask together."""

    def __init__(self, database: Database) -> None:
        self._reader = reader_of(database, "versions")
        self._question = _ALL.format_map(self._reader.words)
        self._one = asyncio.Lock()
        self._known: Mapping[str, int] = {}
        self._read_at = -TOGETHER_S
        self.followers = 0

    async def versions(self) -> Mapping[str, int]:
        """By name. Raises StoreUnavailable."""
        loop = asyncio.get_running_loop()
        async with self._one:  # who came while it was asked has the same answer
            if loop.time() - self._read_at >= TOGETHER_S:
                self._known = await self._reader.ask(self._question, (), _by_name)
                self._read_at = loop.time()
            return self._known

    async def aclose(self) -> None:
        """Close the connection."""
        await self._reader.aclose()


_watches: "WeakKeyDictionary[AsyncEngine, _Watch]" = WeakKeyDictionary()


@asynccontextmanager
async def _watching(database: Database) -> AsyncIterator[_Watch]:
    """The one watch over a store; it ends with the last who follows something there."""
    watch = _watches.get(database.engine)
    if watch is None:
        watch = _watches[database.engine] = _Watch(database)
    watch.followers += 1
    try:
        yield watch
    finally:
        watch.followers -= 1
        if not watch.followers:
            _watches.pop(database.engine, None)
            await watch.aclose()


def _by_name(answer: str) -> Mapping[str, int]:
    return dict(msgspec.json.decode(answer, type=list[tuple[str, int]]))
