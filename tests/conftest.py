"""Rules and fixtures of every test: no network but this machine, real databases."""

from collections.abc import AsyncIterator, Iterator

import pytest
from argon2 import PasswordHasher
from pytest_socket import socket_allow_hosts

from console import passwords
from db.connect import Database, connect
from tests.support.clock import StandingClock
from tests.support.databases import Databases

DIALECTS = ("sqlite", "postgresql")


@pytest.hookimpl(trylast=True)
def pytest_runtest_setup() -> None:
    """Tests reach this machine and nothing else."""
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> None:
    """Passwords of the staff are hashed with little effort here: hundreds of tests sign in."""
    passwords.hash_with(lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Makes stores; holds the one PostgreSQL of this test process."""
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    """Each database in turn."""
    return str(request.param)


@pytest.fixture
async def database(databases: Databases, dialect: str) -> AsyncIterator[Database]:
    """A fresh store with all tables, on each database in turn."""
    opened = await connect(await databases.url(dialect))
    yield opened
    await databases.drop(opened)


@pytest.fixture
async def sqlite(databases: Databases) -> AsyncIterator[Database]:
    """A fresh SQLite store, where the database does not matter to the test."""
    opened = await connect(await databases.url("sqlite"))
    yield opened
    await databases.drop(opened)


@pytest.fixture
def clock() -> StandingClock:
    """Stands until the test turns it."""
    return StandingClock()
