"""Each log and each catalogue in turn: in memory, on SQLite, on PostgreSQL."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from db.connect import Database, connect
from db.messages import Log
from tests.support.catalogues import CatalogueStore, opened_catalogue
from tests.support.clock import StandingClock
from tests.support.databases import Databases
from tests.support.fake_log import FakeLog
from tests.support.lending import LendingLibrary
from tests.support.logs import FakeStaff, SqlStaff, Staff, WriterAtALine, opened_log


@pytest.fixture(autouse=True)
def _wakes(only_woken: None) -> None:
    """Logs wake who waits, on each store."""


@dataclass(frozen=True)
class Store:
    """A log, and the staff who work beside the engine."""

    log: Log
    staff: Staff


@pytest.fixture(params=["fake", "sqlite", "sqlite apart", "postgresql"])
async def store(request: pytest.FixtureRequest, databases: Databases, clock: StandingClock) -> AsyncIterator[Store]:
    """A fresh log of each kind in turn."""
    if request.param == "fake":
        fake = FakeLog(clock)
        yield Store(fake, FakeStaff(fake))
        await fake.aclose()
        return
    dialect, _, apart = request.param.partition(" ")
    database = await connect(await databases.url(dialect))
    async with opened_log(database, clock, writer=WriterAtALine(database.path) if apart else None) as log:
        yield Store(log, SqlStaff(database, clock))
    await databases.drop(database)


@pytest.fixture
def log(store: Store) -> Log:
    """The log."""
    return store.log


@pytest.fixture
def staff(store: Store) -> Staff:
    """Librarians and notices."""
    return store.staff


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def catalogue(
    request: pytest.FixtureRequest, databases: Databases, clock: StandingClock
) -> AsyncIterator[CatalogueStore]:
    """A fresh catalogue of each kind in turn."""
    async with opened_catalogue(request.param, databases, clock) as opened:
        yield opened


@pytest.fixture
async def library(database: Database, clock: StandingClock) -> LendingLibrary:
    """A library that keeps its loans live."""
    opened = LendingLibrary(database, clock)
    await opened.opens()
    return opened
