"""A whole copy of the store in one file, the same for SQLite and PostgreSQL.

The file is a gzip of JSON lines: a head (format, schema revision), then every table in the order
of its foreign keys, row by row, and a tail with the counts and a digest of all before it. So a
library can move from one database to the other, and a damaged file is known before it is used.
"""

import base64
import gzip
import hashlib
import json
import os
import secrets
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any, cast

from sqlalchemy import (
    ColumnClause,
    Date,
    LargeBinary,
    Table,
    TableClause,
    column,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy import table as named_table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot import lasting
from bot.errors import InputError
from bot.quick import dataclass
from db import migrate
from db.base import Moment
from db.connect import OWNER_ONLY, store_errors
from db.faults import unavailable
from db.models import MessageRow, MessageTotalsRow
from db.models_notices import NoticeRow
from db.models_staff import StaffFailureRow, StaffSessionRow
from db.notice_rest import rest
from db.tables import METADATA

FORMAT = "bibliobot-backup-1"
BATCH = 1000
MADE_WITH_THE_TABLES = frozenset({"catalogue_state", "message_totals"})
"""Tables that hold a row from the start: a store is empty all the same."""
LEASES = {"lease": 0, "leased_until": None, "leased_by": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """Rows by table, and the revision of the tables they are from."""

    rows: dict[str, int]
    revision: str

    @property
    def total(self) -> int:
        """Rows of all tables."""
        return sum(self.rows.values())


def _tables() -> Sequence[Table]:
    return METADATA.sorted_tables


async def backup(engine: AsyncEngine, revision: str, file: Path) -> Copied:
    """Write every row into ``file``; it appears whole or not at all.

    Reads in one transaction, so the copy is of one moment.

    Raises:
        OSError: The disk refuses.
        StoreUnavailable: The database does.
    """
    partial = file.parent / f"{file.name}.partial"
    counts: dict[str, int] = {}
    try:
        with _made_for_the_owner(partial) as raw, gzip.open(raw, "wb", compresslevel=6) as stream:
            digest = _Digest(cast("IO[bytes]", stream))
            digest.line({"format": FORMAT, "revision": revision})
            async with engine.connect() as connection:
                if engine.dialect.name == "postgresql":
                    await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
                for table in _tables():
                    counts[table.name] = 0
                    digest.line({"table": table.name, "columns": [column.name for column in table.columns]})
                    async for row in _rows(connection, table):
                        digest.line(row)
                        counts[table.name] += 1
            digest.line({"end": counts, "sha256": digest.hexdigest()})
        lasting.put(partial, file)  # a power failure must not cost last week's copy of this name as well
    except DBAPIError as error:
        raise unavailable(error) from error
    finally:
        partial.unlink(missing_ok=True)
    return Copied(rows=counts, revision=revision)


def _made_for_the_owner(file: Path) -> IO[bytes]:
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "wb")


async def _rows(connection: AsyncConnection, table: Table) -> AsyncIterator[list[Any]]:
    result = await connection.stream(select(table).order_by(*table.primary_key.columns))
    async for row in result:
        yield [_plain(value) for value in row]


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


class _Digest:
    """Writes lines and remembers what all of them come to."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._hash = stream, hashlib.sha256()

    def line(self, value: Any) -> None:
        line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self._hash.update(line)
        self._stream.write(line)

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def verify(file: Path) -> Copied:
    """Read the whole file once; raises InputError if it is damaged, foreign or of a newer version."""
    digest, last = hashlib.sha256(), b""
    try:
        with gzip.open(file, "rb") as stream:
            head = json.loads(stream.readline(1 << 16))
            if not isinstance(head, dict) or head.get("format") != FORMAT:
                raise InputError(f"{file}: this is no backup of Bibliobot")
            revision = str(head["revision"])
            if not migrate.known(revision):
                raise InputError(
                    f"{file}: made by a newer version of this program (tables {revision}, this one has "
                    f"{migrate.head()}): restore it with that version"
                )
            stream.seek(0)
            for line in stream:
                digest.update(last)
                last = line
        end = json.loads(last)
    except FileNotFoundError:
        raise InputError(f"{file}: there is no such file") from None
    except (OSError, EOFError, ValueError, KeyError, zlib.error) as error:
        why = error.strerror if isinstance(error, OSError) else ""
        raise InputError(
            f"{file}: cannot be read as a backup ({why or 'damaged, cut short, or none'}); nothing was changed"
        ) from None
    if not isinstance(end, dict) or end.get("sha256") != digest.hexdigest():
        raise InputError(f"{file}: the backup is damaged or cut short; nothing was changed")
    return Copied(rows=end["end"], revision=revision)


async def restore(engine: AsyncEngine, file: Path) -> Copied:
    """Fill an empty store from ``file``, in one transaction; tables that it has not are made in the same.

    What an earlier version copied goes into tables as that version had them, and these are brought up to date.

    A restored store sends nothing by itself: what was still to be sent or answered is set aside,
    since another copy of the service may have done it already. Its catalogue goes by a new name,
    so that an index of a later state is not taken for its own.

    Raises:
        InputError: The file is damaged, foreign or of a newer version, or the store holds something already.
        StoreUnavailable: The database refuses; nothing was restored.
    """
    copied = verify(file)
    with store_errors():
        await _fill(engine, file, copied)
    return copied


async def _fill(engine: AsyncEngine, file: Path, copied: Copied) -> None:
    is_earlier = copied.revision != migrate.head()
    async with engine.begin() as connection:
        if await connection.run_sync(migrate.revision_of) is None:
            await connection.run_sync(migrate.bring, copied.revision)
        else:
            await _refuse_to_overwrite(connection)
            if is_earlier:
                await connection.run_sync(migrate.make_anew, copied.revision)
        for name in MADE_WITH_THE_TABLES & copied.rows.keys():
            await connection.execute(delete(METADATA.tables[name]))
        for into, batch in _batches(file):
            await connection.execute(insert(into), batch)
        if is_earlier:
            await connection.run_sync(migrate.bring, migrate.head())
        await _settle(connection)
        if engine.dialect.name == "postgresql":
            await _reset_sequences(connection)


async def _refuse_to_overwrite(connection: AsyncConnection) -> None:
    for table in _tables():
        if table.name in MADE_WITH_THE_TABLES:
            continue
        if await connection.scalar(select(func.count()).select_from(table)):
            taken = f"the database is not empty (table {table.name})"
            raise InputError(f"{taken}: restore into a new one, so that nothing is overwritten")


def _batches(file: Path) -> Iterator[tuple[TableClause, list[dict[str, Any]]]]:
    """Rows of the file by table, in batches, with moments and dates made whole again."""
    with gzip.open(file, "rb") as stream:
        stream.readline()
        into: TableClause | None = None
        batch: list[dict[str, Any]] = []
        for line in stream:
            value = json.loads(line)
            if isinstance(value, list) and into is not None:
                batch.append({each.name: _revived(each, item) for each, item in zip(into.columns, value, strict=True)})
            if into is not None and batch and (isinstance(value, dict) or len(batch) >= BATCH):
                yield into, batch
                batch = []
            if isinstance(value, dict) and "table" in value:
                into = _as_copied(value["table"], value["columns"])


def _as_copied(name: str, columns: Sequence[str]) -> TableClause:
    """A table with the columns that it had when it was copied; kinds of those that went since are not known."""
    now = METADATA.tables.get(name)
    kinds = {} if now is None else {each.name: each.type for each in now.columns}
    return named_table(name, *(column(each, kinds.get(each)) for each in columns))


def _revived(of: ColumnClause[Any], value: Any) -> Any:
    if value is None:
        return value
    if isinstance(of.type, Moment):
        return datetime.fromisoformat(value)
    if isinstance(of.type, LargeBinary):
        return base64.b64decode(value)
    return date.fromisoformat(value) if isinstance(of.type, Date) else value


async def _settle(connection: AsyncConnection) -> None:
    messages, totals = MessageRow.__table__, MessageTotalsRow.__table__
    settled = {}
    for state, becomes in (("queued", "failed"), ("waiting", "aside")):
        changed = await connection.execute(
            messages.update().where(messages.c.state == state).values(state=becomes, error="restored from a backup")  # type: ignore[attr-defined]
        )
        settled[state] = changed.rowcount
    first = select(func.min(totals.c.slot)).scalar_subquery()
    await connection.execute(
        totals.update().where(totals.c.slot == first).values(aside=totals.c.aside + settled["waiting"])  # type: ignore[attr-defined]
    )
    await connection.execute(METADATA.tables["conversations"].update().values(**LEASES))
    unsent = update(NoticeRow).where(NoticeRow.state.in_(["planned", "sent"]))
    await connection.execute(
        unsent.values(state="dropped", ended_at=datetime.now(UTC), why="restored from a backup", message_id=None)
    )
    await rest(connection)  # a copy that somebody tries out must not write to the library's readers
    for who_is_in in (StaffSessionRow, StaffFailureRow):
        await connection.execute(delete(who_is_in))  # nobody is signed in to a copy
    await connection.execute(METADATA.tables["catalogue_state"].update().values(identity=secrets.token_hex(16)))


async def _reset_sequences(connection: AsyncConnection) -> None:
    for table in _tables():
        key = next(iter(table.primary_key.columns))
        if await connection.scalar(select(func.pg_get_serial_sequence(table.name, key.name))):
            await connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{key.name}'), "  # noqa: S608 - our own names
                    f"(SELECT coalesce(max({key.name}), 0) + 1 FROM {table.name}), false)"
                )
            )
