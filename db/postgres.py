"""Sessions of PostgreSQL by asyncpg, past SQLAlchemy: for the log and the hot reads."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
from sqlalchemy import URL

from db.faults import unavailable

PASSING = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.UndefinedTableError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    OSError,
    TimeoutError,
)
"""Faults that pass, or that an operator mends: the same question may be answered later."""

Session = Any  # asyncpg brings no types


async def open_session(url: URL, purpose: str, **settings: str) -> Session:
    """A session of its own; ``purpose`` names it for whoever looks at ``pg_stat_activity``."""
    return await asyncpg.connect(
        host=url.host or url.query.get("host"),
        port=url.port or int(str(url.query.get("port", 5432))),
        user=url.username,
        password=url.password,
        database=url.database,
        ssl=url.query.get("ssl"),
        timeout=10,
        command_timeout=30,
        server_settings={"application_name": f"bibliobot {purpose}", "jit": "off", **settings},
    )


@contextmanager
def passing_faults() -> Iterator[None]:
    """Turn faults that pass into StoreUnavailable; the others stay what they are."""
    try:
        yield
    except PASSING as error:
        raise unavailable(error) from error


@contextmanager
def ended_if_confused(session: Session) -> Iterator[None]:
    """End a session whose server went away in the middle of a question: asyncpg takes it for open still."""
    try:
        yield
    except asyncpg.InternalClientError:
        session.terminate()
        raise
