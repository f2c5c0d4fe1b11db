"""Groups of missed questions, a page at a time: the store counts and sorts, not the process."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update

from bot.clock import Clock
from bot.language.folding import fold
from bot.lessons import MissesAsked, MissPage
from bot.teaching import Miss
from db.connect import Database, store_errors
from db.misses import miss_of
from db.models import MissRow

RECALLED_WITHIN = timedelta(days=30)
"""So long what was forgotten can be brought back."""


class SqlMissDesk:
    """Fills the port ``MissDesk``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def page(self, asked: MissesAsked) -> MissPage:
        groups = self._groups(asked).subquery()
        wanted = (
            select(groups.c.alike)
            .order_by(groups.c.times.desc(), groups.c.last_at.desc(), groups.c.first_id)
            .offset(asked.skip)
            .limit(asked.limit)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                total = await connection.scalar(select(func.count()).select_from(groups)) or 0
                order = list(await connection.scalars(wanted))
                rows = (await connection.execute(_rows(MissRow.alike.in_(order)))).all()
        return MissPage(misses=tuple(_grouped(order, rows)), total=total)

    def _groups(self, asked: MissesAsked) -> Any:
        """Group → how often, when last: of all wordings of a group, one of which is wanted."""
        wanted = select(MissRow.alike).where(MissRow.gone_at.is_(None))
        if asked.lack is not None:
            wanted = wanted.where(MissRow.lack == asked.lack.value)
        for word in fold(asked.words).split():
            wanted = wanted.where(MissRow.text.contains(word, autoescape=True))
        return (
            select(
                MissRow.alike,
                func.sum(MissRow.times).label("times"),
                func.max(MissRow.last_at).label("last_at"),
                func.min(MissRow.id).label("first_id"),
            )
            .where(MissRow.gone_at.is_(None), MissRow.alike.in_(wanted))
            .group_by(MissRow.alike)
        )

    async def one(self, miss_id: int) -> Miss | None:
        same = select(MissRow.alike).where(MissRow.id == miss_id).scalar_subquery()
        with store_errors():
            async with self._database.engine.connect() as connection:
                rows = (await connection.execute(_rows(MissRow.alike == same))).all()
        return miss_of(rows) if rows else None

    async def forget(self, miss_id: int) -> int:
        same = select(MissRow.alike).where(MissRow.id == miss_id).scalar_subquery()
        now = self._clock.now()
        going = update(MissRow).where(MissRow.alike == same, MissRow.gone_at.is_(None)).values(gone_at=now)
        async with self._database.writing() as connection:
            await connection.execute(delete(MissRow).where(MissRow.gone_at < now - RECALLED_WITHIN))
            return len((await connection.scalars(going.returning(MissRow.id))).all())

    async def recall(self, miss_id: int) -> int:
        same = select(MissRow.alike).where(MissRow.id == miss_id).scalar_subquery()
        coming = update(MissRow).where(MissRow.alike == same, MissRow.gone_at.is_not(None)).values(gone_at=None)
        async with self._database.writing() as connection:
            return len((await connection.scalars(coming.returning(MissRow.id))).all())

    async def frequent(self, limit: int) -> Sequence[tuple[str, str]]:
        table = MissRow
        wanted = (
            select(table.text, table.language)
            .where(table.gone_at.is_(None))
            .group_by(table.text, table.language)
            .order_by(func.sum(table.times).desc(), table.text)
            .limit(limit)
        )
        with store_errors():
            async with self._database.engine.connect() as connection:
                return [(text, language) for text, language in await connection.execute(wanted)]


def _rows(where: ColumnElement[bool]) -> Any:
    order = (MissRow.times.desc(), MissRow.id)
    return select(MissRow).where(where, MissRow.gone_at.is_(None)).order_by(*order)


def _grouped(order: Sequence[str], rows: Sequence[Any]) -> list[Miss]:
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        groups[row.alike].append(row)
    return [miss_of(groups[alike]) for alike in order if alike in groups]
