"""What all tables share: names of constraints, moments, keys, JSON."""

from datetime import UTC, datetime
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args

from sqlalchemy import (
    JSON,
    TIMESTAMP,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    FromClause,
    Index,
    Integer,
    MetaData,
    Table,
    TextClause,
    TypeDecorator,
)
from sqlalchemy.orm import MappedColumn
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


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Every constraint has a name, so that Alembic can drop what it made."""

if TYPE_CHECKING:
    from sqlalchemy.orm import DeclarativeBase
    from sqlalchemy.orm import aliased as aliased  # noqa: PLC0414 - others import it from here

    class Base(DeclarativeBase):
        """What all tables share: SQLAlchemy's declarative base for whoever reads or checks a model."""

else:

    class _Tables(type):
        """A model is its table when it runs: no session is ever used, and mapping 50 classes costs a start 0.1 s."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            made = super().__new__(cls, name, bases, body)
            if bases:
                columns = [_column(key, told, body) for key, told in body.items() if isinstance(told, MappedColumn)]
                further, options = _items(body.get("__table_args__", ()))
                made._stands_for(Table(body["__tablename__"], made.metadata, *columns, *further, **options))
            return made

        def _stands_for(cls, table: FromClause) -> None:
            cls.__table__ = table
            for key, column in table.c.items():
                setattr(cls, key, column)

        def __clause_element__(cls) -> FromClause:
            return cls.__table__

    class Base(metaclass=_Tables):
        """What all tables share; a model's attributes are the columns of its table."""

        metadata = MetaData(naming_convention=NAMES)

    def aliased(model: _Tables) -> _Tables:
        """The model's table once more, for a statement in which it stands twice."""
        made = type.__new__(_Tables, model.__name__, (Base,), {})
        made._stands_for(model.__table__.alias())
        return made


def _column(key: str, told: MappedColumn[Any], body: dict[str, Any]) -> Column[Any]:
    """The column as its annotation completes it: ``Mapped[str | None]`` may be NULL."""
    column = told.column
    column.name = column.key = key
    (annotated,) = get_args(body["__annotations__"][key])
    column.nullable = NoneType in get_args(annotated)
    return column


def _items(told: tuple[Any, ...]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Constraints and indexes, and the options that may stand behind them."""
    return (told[:-1], told[-1]) if told and isinstance(told[-1], dict) else (told, {})


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
