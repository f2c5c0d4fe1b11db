"""Readers whom no channel reached: the librarians' list."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.notices import UnreachedReader
from db.connect import Database, store_errors
from db.models import BranchRow, PatronRow
from db.models_notices import NoticeLetterRow, NoticeRow
from db.notice_reading import items_of


class SqlUnreached:
    """Fills the port ``UnreachedReaders``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def unreached(self, branches: Collection[str] = (), limit: int = 100) -> Sequence[UnreachedReader]:
        wanted = _stored().order_by(NoticeRow.ended_at, NoticeRow.id).limit(limit)
        if branches:
            wanted = wanted.where(or_(PatronRow.branch_id.is_(None), BranchRow.code.in_(sorted(branches))))
        return await self._read(wanted)

    async def find(self, notice_id: int) -> UnreachedReader | None:
        found = await self._read(_stored().where(NoticeRow.id == notice_id))
        return found[0] if found else None

    async def _read(self, wanted: Any) -> Sequence[UnreachedReader]:
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = (await connection.execute(wanted)).all()
                items = await items_of(connection, [row.id for row in found])
                tried = await _tried(connection, [row.id for row in found])
        return [
            UnreachedReader(
                notice_id=row.id,
                patron_id=row.patron_id,
                card_number=row.card_number,
                name=" ".join(part for part in (row.surname, row.given_name) if part),
                phone=row.phone,
                branch_code=row.branch_code or "",
                email=row.email,
                since=row.planned_at,
                items=items.get(row.id, ()),
                tried=tuple(tried.get(row.id, ())),
                why=row.why,
            )
            for row in found
        ]

    async def settle(self, notice_id: int, by: str) -> bool:
        settling = update(NoticeRow).where(NoticeRow.id == notice_id, NoticeRow.state == "unreached")
        values = {"state": "settled", "ended_at": self._clock.now(), "why": f"told by {by}"}
        async with self._database.writing() as connection:
            done = await connection.scalars(settling.values(values).returning(NoticeRow.id))
            return done.first() is not None


def _stored() -> Any:
    return (
        select(
            NoticeRow,
            PatronRow.card_number,
            PatronRow.surname,
            PatronRow.given_name,
            PatronRow.phone,
            PatronRow.email,
            BranchRow.code.label("branch_code"),
        )
        .join(PatronRow, PatronRow.id == NoticeRow.patron_id)
        .outerjoin(BranchRow, BranchRow.id == PatronRow.branch_id)
        .where(NoticeRow.state == "unreached")
    )


async def _tried(connection: AsyncConnection, notices: Collection[int]) -> dict[int, list[tuple[str, str]]]:
    letter = NoticeLetterRow
    wanted = select(letter.notice_id, letter.channel, letter.why).where(letter.notice_id.in_(notices))
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in await connection.execute(wanted.order_by(letter.at, letter.message_id)):
        found[row.notice_id].append((row.channel, row.why))
    return found
