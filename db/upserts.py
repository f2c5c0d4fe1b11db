"""INSERT that may say ON CONFLICT: each database has its own, and the one that is not here is not loaded."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert


def insert_of(dialect: str) -> "Callable[..., Insert]":
    """The ``insert()`` of ``sqlite`` or ``postgresql``; what both of them understand."""
    if dialect == "sqlite":
        from sqlalchemy.dialects import sqlite

        return sqlite.insert
    from sqlalchemy.dialects import postgresql

    return cast("Callable[..., Insert]", postgresql.insert)
