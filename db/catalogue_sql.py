"""The statements of an import, the same for both databases."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    Table,
    Text,
    and_,
    any_,
    bindparam,
    case,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import ScalarSelect
from sqlalchemy.types import TypeEngine

from bot.library.model import HIDDEN_STATUSES
from db.base import Base, Json, Moment
from db.models import CatalogueStateRow, ItemRow, RecordRow, WorkRow
from db.rows import to_sqlite

WORKS, RECORDS, ITEMS = (Base.metadata.tables[name] for name in ("works", "records", "items"))

MATCHED = (
    RecordRow.id,
    RecordRow.work_id,
    RecordRow.source_id,
    RecordRow.fingerprint,
    RecordRow.digest,
    RecordRow.seen_in_run,
    RecordRow.missing_since,
    RecordRow.placed_key,
)
"""What tells whether a stored record is an imported one."""

UPDATE_RECORDS = update(RECORDS).where(RECORDS.c.id == bindparam("row_id"))
UPDATE_ITEMS = update(ITEMS).where(ITEMS.c.id == bindparam("row_id"))


NUMBERED, WITH_A_BARCODE = text("inventory_number <> ''"), text("barcode <> ''")
"""The very words of the indexes on them: with a parameter in it no database sees that it fits."""

_json = msgspec.json.Encoder().encode


def among(column: InstrumentedAttribute[Any], values: Sequence[object], dialect: str) -> ColumnElement[bool]:
    """``column IN (values)`` with one parameter, so that one statement serves every batch."""
    if dialect == "sqlite":
        return column.in_(select(func.json_each(json.dumps(values)).table_valued("value").c.value))
    kind = Text() if values and isinstance(values[0], str) else BigInteger()
    return column == any_(literal(list(values), ARRAY(kind)))


async def lock(connection: AsyncConnection) -> int:
    """The catalogue's version; whoever writes waits here for the one before, so versions commit in order."""
    version: int = (await connection.execute(select(CatalogueStateRow.version).with_for_update())).scalar_one()
    return version


async def trust_indexes(connection: AsyncConnection) -> None:
    """PostgreSQL knows nothing of tables that are being filled, and would read all of them for each batch."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SET LOCAL enable_seqscan = off"))


async def raise_version(connection: AsyncConnection, version: int) -> None:
    """The transaction changed the catalogue: whoever follows it, looks."""
    await connection.execute(update(CatalogueStateRow).values(version=version))


async def reserve(connection: AsyncConnection, table: str, count: int) -> Sequence[int]:
    """Ids for rows that are to be inserted; the catalogue is locked."""
    if not count:
        return ()
    if connection.dialect.name == "sqlite":
        rows = Base.metadata.tables[table]
        last = (await connection.execute(select(func.coalesce(func.max(rows.c.id), 0)))).scalar_one()
        return range(last + 1, last + 1 + count)
    drawn = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
    return list((await connection.execute(drawn, {"table": table, "count": count})).scalars())


async def insert_rows(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows of the same columns."""
    if rows:
        await insert_values(connection, table, list(rows[0]), [tuple(row.values()) for row in rows])


async def insert_values(
    connection: AsyncConnection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert many rows, past SQLAlchemy: it would cost more than the databases do."""
    if not rows:
        return
    sqlite = connection.dialect.name == "sqlite"
    encoders = [
        (place, encode) for place, name in enumerate(columns) if (encode := _encoder(table.c[name].type, sqlite=sqlite))
    ]
    values = [_encoded(row, encoders) for row in rows] if encoders else list(rows)
    if sqlite:
        names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
        await connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", values)  # noqa: S608
        return
    from db.postgres import passing_faults  # its driver is loaded where there is a server

    with passing_faults():
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await driver.copy_records_to_table(table.name, columns=columns, records=values)


def _encoded(row: tuple[Any, ...], encoders: Sequence[tuple[int, Callable[[Any], object]]]) -> tuple[Any, ...]:
    values = list(row)
    for place, encode in encoders:
        if values[place] is not None:
            values[place] = encode(values[place])
    return tuple(values)


def _encoder(kind: TypeEngine[Any], *, sqlite: bool) -> Callable[[Any], object] | None:
    """What makes a value into the driver's own; None where it is that already."""
    if isinstance(kind, Json):
        return lambda value: _json(value).decode()
    if sqlite and isinstance(kind, Moment):
        return to_sqlite
    return date.isoformat if sqlite and isinstance(kind, Date) else None


def _of_visible(column: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ScalarSelect[Any]:
    """A column of the work's record that speaks for it: the newest that readers may see."""
    return (
        select(column)
        .where(RecordRow.work_id == WorkRow.id)
        .order_by(
            case((and_(RecordRow.missing_since.is_(None), ~RecordRow.suppressed), 0), else_=1),
            func.coalesce(RecordRow.year, 0).desc(),
            RecordRow.id,
        )
        .limit(1)
        .correlate(WorkRow)
        .scalar_subquery()
    )


_COPIES = (
    select(func.coalesce(func.sum(ItemRow.copies), 0))
    .join(RecordRow, RecordRow.id == ItemRow.record_id)
    .where(
        RecordRow.work_id == WorkRow.id,
        RecordRow.missing_since.is_(None),
        ~RecordRow.suppressed,
        ItemRow.missing_since.is_(None),
        ~ItemRow.suppressed,
        ItemRow.status.not_in(sorted(HIDDEN_STATUSES)),
    )
    .correlate(WorkRow)
    .scalar_subquery()
)


async def refresh_works(connection: AsyncConnection, which: ColumnElement[bool], version: int) -> None:
    """Make works tell again what their records say; a work that lost its last record keeps its name."""
    await connection.execute(
        update(WorkRow)
        .where(which)
        .values(
            version=version,
            copies=_COPIES,
            title=func.coalesce(_of_visible(RecordRow.title), WorkRow.title),
            author=func.coalesce(_of_visible(RecordRow.author), WorkRow.author),
            kind=func.coalesce(_of_visible(RecordRow.kind), WorkRow.kind),
        )
        .execution_options(synchronize_session=False)
    )
