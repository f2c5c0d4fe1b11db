"""What all tables share: names of constraints, moments, keys, JSON."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    TIMESTAMP,
    BigInteger,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    TextClause,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeEngine

BigKey = BigInteger().with_variant(Integer, "sqlite")
"""SQLite gives row ids by itself only to INTEGER."""


class Json(TypeDecorator[Any]):
    """Any value of JSON; nothing is NULL, in a restored copy as in the original, and never the JSON value ``null``."""

    impl = JSON
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(none_as_null=True)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import JSONB  # loaded where there is a server

            return dialect.type_descriptor(JSONB(none_as_null=True))
        return dialect.type_descriptor(JSON(none_as_null=True))


class Moment(TypeDecorator[datetime]):
    """A timezone-aware moment in UTC.

    PostgreSQL keeps ``timestamptz``; SQLite keeps ``YYYY-MM-DD HH:MM:SS.ffffff`` in UTC, which
    sorts as text.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the store: moments are aware UTC")
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Names every constraint, so that Alembic can drop what it made."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def partial_index(name: str, *columns: str | TextClause, where: TextClause, unique: bool = False) -> Index:
    """An index of those rows only for which ``where`` holds.

    PostgreSQL is told of ``where`` by :func:`with_postgresql`: an argument would load its dialect at every start.
    """
    return Index(name, *columns, unique=unique, sqlite_where=where, info={"where": where})


def with_postgresql(metadata: MetaData) -> MetaData:
    """The tables with all that PostgreSQL is to know of them; whoever makes or compares tables asks for it."""
    for table in metadata.tables.values():
        for index in table.indexes:
            if (where := index.info.get("where")) is not None:
                index.dialect_kwargs["postgresql_where"] = where
    return metadata
