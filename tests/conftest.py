"""Rules and fixtures of every test: no network but this machine, real databases."""

import gc
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import structlog
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from pytest_socket import socket_allow_hosts

from console import passwords
from db import connect as connecting
from db import wakes
from db.connect import Database, connect
from tests.support.clock import StandingClock
from tests.support.databases import COMPILED, Databases, memory_disk
from tests.support.patience import SOON_S

DIALECTS = ("sqlite", "postgresql")

settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")
"""The suite tries the same examples every time and does not look at the clock: it never fails by chance. New ones are
looked for by ``pytest --hypothesis-profile=search``."""


def pytest_configure(config: pytest.Config) -> None:
    """Where no bytecode may lie beside the sources it lies with pytest's own cache.

    Without any, each of the many processes that tests start would compile hundreds of modules: a second of work.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", "") and config.pluginmanager.hasplugin("cacheprovider"):
        assert config.cache is not None
        os.environ["PYTHONPYCACHEPREFIX"] = str(config.cache.mkdir("bytecode"))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is collected stays until the end: the collector of garbage need not look at it, now or ever after.

    It took an eighth of the collecting and a twentieth of the tests.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(10_000, 10, 10)
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_runtest_setup() -> None:
    """Tests reach this machine and nothing else."""
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> None:
    """Passwords of the staff are hashed with little effort here: hundreds of tests sign in."""
    passwords.hash_with(lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture(scope="session", autouse=True)
def _plain_tracebacks() -> None:
    """Faults that tests provoke are told plainly: drawn by rich, as structlog would, each took half a second."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Makes stores; holds the one PostgreSQL of this test process."""
    with TemporaryDirectory(prefix="bb-stores-", dir=memory_disk()) as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(connecting, "create_async_engine", COMPILED.engine)
        patch.setattr(connecting, "GIVEN_BACK_S", SOON_S)  # a busy machine may be long about what is soon given back
        made = Databases(Path(folder))
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
def only_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """No heartbeat wakes who waits for changes: what a test waits for came of a wake, however long it may wait."""
    monkeypatch.setattr(wakes._Heart, "_beat", lambda _: None)


@pytest.fixture
def clock() -> StandingClock:
    """Stands until the test turns it."""
    return StandingClock()
