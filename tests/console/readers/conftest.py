"""A console over a library with readers, and librarians who have signed in."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import cast

import pytest
from sqlalchemy import select

from bot.circulation import Keeping
from bot.library.policy import LendingPolicy
from bot.ports.library import Library
from bot.staff import StaffRole
from console.reader_ports import ReaderPorts
from db.connect import Database
from db.messages import StoredLog
from db.models_accounts import AuditRow
from tests.console.conftest import Browser, OpenBrowser
from tests.support.clock import StandingClock
from tests.support.desk_readers import DeskReaders, desk_readers
from tests.support.lending import DECIDES
from tests.support.staff import hire

IN_PLACE = {"HX-Request": "true"}
Come = Callable[..., Awaitable[Browser]]


@pytest.fixture
def keeping() -> Keeping:
    """How the branches keep their loans."""
    return Keeping.LIVE


@pytest.fixture
def policy() -> LendingPolicy:
    """The rules of lending."""
    return DECIDES


@pytest.fixture
async def house(
    sqlite: Database, clock: StandingClock, keeping: Keeping, policy: LendingPolicy
) -> AsyncIterator[DeskReaders]:
    """Анна with two books and a chat."""
    async with desk_readers(sqlite, clock, keeping, policy) as opened:
        yield opened


@pytest.fixture
def log(house: DeskReaders) -> StoredLog:
    """The one log of the store."""
    return cast("StoredLog", house.desk.log)


@pytest.fixture
def library(house: DeskReaders) -> Library:
    """With the catalogue of the house."""
    return house.library


@pytest.fixture
def readers(house: DeskReaders) -> ReaderPorts:
    """What the screens ask."""
    return house.ports()


@pytest.fixture
def come(house: DeskReaders, open_browser: OpenBrowser) -> Come:
    """A librarian who has signed in: ``await come("vera", branches=("02",))``."""

    async def came(
        login: str = "masha", role: StaffRole = StaffRole.LIBRARIAN, branches: tuple[str, ...] = ()
    ) -> Browser:
        await hire(house.database, house.clock, login, login.title(), role, branches)
        browser = await open_browser()
        await browser.signs_in(login)
        return browser

    return came


async def audited(database: Database) -> list[str]:
    """The audit log, a line an entry, without its moments."""
    async with database.engine.connect() as connection:
        columns = (AuditRow.actor, AuditRow.action, AuditRow.subject, AuditRow.patron_id, AuditRow.details)
        return [
            " ".join(str(cell) for cell in row if cell not in ("", None, {}))
            for row in await connection.execute(select(*columns).order_by(AuditRow.id))
        ]
