"""Bytes for readers are kept once; bodies that nobody could read are kept for a while."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from db import files as store
from db.connect import Database, connect
from db.files import SqlFiles, SqlUnread
from db.models import UnreadRow
from tests.support.clock import StandingClock
from tests.support.databases import Databases

PNG = b"\x89PNG\r\n\x00\xff"


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, databases: Databases) -> AsyncIterator[Database]:
    """A store of each kind."""
    opened = await connect(await databases.url(request.param))
    yield opened
    await databases.drop(opened)


async def test_the_same_bytes_are_kept_once_under_whatever_name(database: Database, clock: StandingClock) -> None:
    files = SqlFiles(database, clock)

    first = await files.keep("план.png", "image/png", PNG)
    again = await files.keep("карта.png", "image/png", PNG)
    other = await files.keep("план.png", "image/png", PNG + b"!")

    assert (first.file_id, first.name, first.size) == (again.file_id, "план.png", len(PNG))
    assert again.name == "карта.png"
    assert other.file_id != first.file_id
    assert await files.read(first.file_id) == PNG
    assert await files.read(999) is None


async def bodies(database: Database) -> list[str]:
    async with database.engine.connect() as connection:
        return list(await connection.scalars(select(UnreadRow.body).order_by(UnreadRow.id)))


async def test_what_nobody_could_read_is_kept_cut_and_without_what_no_store_keeps(
    database: Database, clock: StandingClock
) -> None:
    unread = SqlUnread(database, clock)

    await unread.keep("chat", "body", b"{\x00\xff" + b"x" * 100_000)

    [kept] = await bodies(database)
    assert kept.startswith("{\ufffdxxx")
    assert len(kept) == store.UNREAD_LETTERS
    assert await unread.count() == 1


async def test_only_the_newest_bodies_are_kept_and_not_for_ever(
    database: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "UNREAD_KEPT", 2)
    unread = SqlUnread(database, clock)
    for number in range(3):
        await unread.keep("chat", "body", b"%d" % number)
    assert await bodies(database) == ["1", "2"]

    clock.turn(timedelta(days=15))
    await unread.keep("chat", "body", b"3")

    assert await bodies(database) == ["3"]
