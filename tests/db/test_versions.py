"""Followers of what other processes change: they hear of it within a second, and look together."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import pytest

from db import versions
from db.branches import SqlBranches
from db.connect import Database
from db.own_words import SqlOwnWords
from db.reading import SqliteReader
from db.reading_postgres import PostgresReader
from db.synonyms import SqlSynonyms
from db.versions import keep_up, raise_version, version_of
from tests.support.clock import StandingClock
from tests.support.patience import SOON_S

LOOKS = 4


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch, database: Database) -> Iterator[list[str]]:
    """What the store is asked through readers, and through SQLAlchemy's connections."""
    asked: list[str] = []
    kind = SqliteReader if database.dialect == "sqlite" else PostgresReader
    ask, connect = kind.ask, type(database.engine).connect

    async def noted(self: object, statement: str, *rest: object) -> object:
        asked.append(statement)
        return await ask(self, statement, *rest)  # type: ignore[arg-type]

    def connected(self: object) -> object:
        asked.append("a connection")
        return connect(self)  # type: ignore[arg-type]

    with monkeypatch.context() as patching:
        patching.setattr(kind, "ask", noted)
        patching.setattr(type(database.engine), "connect", connected)
        yield asked


async def test_whoever_follows_looks_together_and_where_nothing_changed_nobody_connects(
    database: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of them used to open a transaction twice a second: most of what an idle service did."""
    monkeypatch.setattr(versions, "LOOK_EVERY_S", 0.2)
    branches = SqlBranches(database, ZoneInfo("Europe/Moscow"))
    followers = (branches, SqlSynonyms(database, clock), SqlOwnWords(database, clock))
    for each in followers:
        await each.refresh()
    looks, enough = 0, asyncio.Event()
    look = versions._Watch.versions

    async def looked(self: versions._Watch) -> Mapping[str, int]:
        nonlocal looks
        found = await look(self)
        looks += 1
        if looks == LOOKS * len(followers):
            enough.set()
        return found

    monkeypatch.setattr(versions._Watch, "versions", looked)
    with counted(monkeypatch, database) as asked:
        following = [asyncio.create_task(each.follow()) for each in followers]
        async with asyncio.timeout(SOON_S):
            await enough.wait()
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)

    assert "a connection" not in asked
    assert len(asked) <= looks / 2, "three who look ask once, or now and then, late, twice"


async def test_a_change_by_another_process_reaches_everybody_who_follows(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "LOOK_EVERY_S", 0.02)
    monkeypatch.setattr(versions, "TOGETHER_S", 0.01)
    heard: dict[str, asyncio.Queue[int]] = {"one": asyncio.Queue(), "two": asyncio.Queue()}
    known = {"one": 0, "two": 0}

    async def refresh(name: str) -> None:
        async with database.engine.connect() as connection:
            known[name] = await version_of(connection, name)
        heard[name].put_nowait(known[name])

    async with asyncio.timeout(SOON_S), asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(keep_up(database, name, lambda name=name: known[name], lambda name=name: refresh(name)))  # type: ignore[misc]
            for name in heard
        ]
        for version in (1, 2):
            for name, told in heard.items():
                async with database.writing() as connection:
                    await raise_version(connection, name)
                assert await told.get() == version
        for task in tasks:
            task.cancel()

    assert database.engine not in versions._watches, "the last who follows closes the connection"


async def test_what_raises_no_version_is_read_again_after_some_looks(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "LOOK_EVERY_S", 0.01)
    read = asyncio.Event()

    async def refresh() -> None:
        read.set()

    following = asyncio.create_task(keep_up(database, "files", lambda: 0, refresh, anew=3))
    async with asyncio.timeout(SOON_S):
        await read.wait()
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


def test_a_change_is_heard_within_a_second() -> None:
    assert versions.LOOK_EVERY_S + versions.TOGETHER_S < 1.0
