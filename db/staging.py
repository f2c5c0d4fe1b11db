"""Rows that wait beside the store until all of them go in at once.

They stand in a temporary table of one connection. Filling that takes nobody's lock, on SQLite neither; what is left for
the transaction that writes is one statement, however many rows there are.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Table,
    and_,
    cast,
    column,
    exists,
    func,
    insert,
    select,
    table,
    text,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.library.lists import Listed
from bot.quick import dataclass
from db.base import Base
from db.list_parts import Parts

NEW = "new"
A_PART = 10_000
"""Rows that SQLite moves in one transaction where it need not be one for all: a third of a second."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the rows that wait: which, and how many."""

    rows: ColumnElement[bool]
    count: int


class Staged:
    """New rows of a table, by the ordinal of the list's row each was made of.

    Args:
        of: The rows' own table.
        key: The columns by which a row is known to be there already.
    """

    def __init__(self, connection: AsyncConnection, of: type[Base], *key: str) -> None:
        assert isinstance(of.__table__, Table)
        self._connection, self._table, self._key = connection, of.__table__, key
        columns = [one for one in self._table.columns if not one.primary_key]
        self._names = [one.name for one in columns]
        self._blank = {one.name: _default(one) for one in columns}
        place = column("ordinal", Integer)
        self.rows = table(f"staged_{self._table.name}", place, *(column(one.name, one.type) for one in columns))
        self._listed: Parts[Any] = Parts()
        self.count = 0

    async def open(self) -> None:
        """Make the table; one that a fault left behind goes."""
        await self.drop()
        names = ", ".join(self._names)
        making = (
            f"CREATE TEMPORARY TABLE {self.rows.name} AS SELECT 0 AS ordinal, {names} FROM {self._table.name} LIMIT 0"  # noqa: S608 - our own names
        )
        await self._connection.execute(text(making))

    async def add(self, rows: Sequence[tuple[Listed[Any], Mapping[str, Any]]]) -> None:
        """Some more; columns that are not given are as the table has them by default."""
        if not rows:
            return
        for listed, _ in rows:
            self._listed.add(NEW, listed)
        values = [{"ordinal": listed.ordinal, **self._blank, **given} for listed, given in rows]
        await self._connection.execute(insert(self.rows), values)
        self.count += len(rows)

    async def parts(self, by: str) -> list[Part]:
        """On SQLite the rows in parts of ``A_PART`` or a little more; rows with the same ``by`` are in one.

        One transaction for all of them would hold that store's one writer too long. Elsewhere there is one part.
        """
        if self._connection.dialect.name != "sqlite":
            return [Part(true(), self.count)]
        of = self.rows.c[by]
        each = select(of, func.count().label("count")).group_by(of).subquery()
        upto = cast(func.sum(each.c.count).over(order_by=each.c[by]), BigInteger).label("upto")
        counted = select(each.c[by].label("value"), each.c.count, upto).subquery()
        ends = select(counted.c.value, counted.c.upto).order_by(counted.c.value)
        ends = ends.where(counted.c.upto // A_PART > (counted.c.upto - counted.c.count) // A_PART)
        parts, value, count = [], None, 0
        for end, upto_it in await self._connection.execute(ends):
            parts.append(Part(_between(of, value, end), upto_it - count))
            value, count = end, upto_it
        return [*parts, Part(_between(of, value, None), self.count - count)]

    async def move(
        self, *may: ColumnElement[bool], still: ColumnElement[bool] | None = None, part: Part | None = None
    ) -> list[list[Listed[Any]]]:
        """All of them into their table, but for those that are there or that nothing allows any more.

        Args:
            may: What has to be true of a row, besides that it is not there.
            still: What a row of the table has to be to count as there.
            part: Only these.

        Returns:
            What was left out, a few rows at a time.
        """
        part = part or Part(true(), self.count)
        if not part.count:
            return []
        may = (part.rows, *may)
        there = [self._table.c[name] == self.rows.c[name] for name in self._key]
        known = exists().where(*there, *([] if still is None else [still]))
        wanted = select(*(self.rows.c[name] for name in self._names)).where(~known, *may).order_by(self.rows.c.ordinal)
        newest = await self._connection.scalar(select(func.max(self._table.c.id))) or 0
        moved = await self._connection.execute(
            insert(self._table).from_select(self._names, wanted, include_defaults=False)
        )
        if moved.rowcount == part.count:
            return []
        ours = exists().where(*there, self._table.c.id > newest)
        left = select(self.rows.c.ordinal).where(part.rows, ~ours)
        return list(self._late(set(await self._connection.scalars(left))))

    def _late(self, ordinals: set[int]) -> Iterator[list[Listed[Any]]]:
        for batch in self._listed.rows(NEW):
            if some := [listed for listed in batch if listed.ordinal in ordinals]:
                yield some

    async def drop(self) -> None:
        """Nothing of it is left on the connection."""
        await self._connection.execute(text(f"DROP TABLE IF EXISTS {self.rows.name}"))

    def close(self) -> None:
        """Nothing of it is left on the disk."""
        self._listed.close()


def _between(of: ColumnElement[Any], begin: object, end: object) -> ColumnElement[bool]:
    """Behind ``begin`` and up to ``end``; None bounds nothing."""
    after = true() if begin is None else of > begin
    return after if end is None else and_(after, of <= end)


def _default(of: Any) -> Any:
    """What a column holds where nothing is said."""
    if of.default is None:
        return None
    return of.default.arg(None) if of.default.is_callable else of.default.arg
