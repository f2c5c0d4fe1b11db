"""The library's answers as their editors see them: lists, versions, proposals."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.lessons import KeptAnswer, Proposal, Revision, Saved, Saving
from bot.ports.library import FaqEntry
from db.connect import Database, store_errors
from db.faq import SqlFaq
from db.faq_writing import COLUMNS, DECLINED, KEPT, PROPOSED, TAKEN, entry_of, write
from db.models import FaqRow
from db.models_teaching import FaqRevisionRow

CONSOLE = "console"


class SqlAnswerBook:
    """Fills the port ``AnswerBook``; what it changes is told by ``faq`` from the next message on.

    Args:
        database: The store.
        clock: Where moments come from.
        faq: The answers of this process; other processes notice by themselves.
    """

    def __init__(self, database: Database, clock: Clock, faq: SqlFaq) -> None:
        self._database, self._clock, self._faq = database, clock, faq

    async def all(self) -> Sequence[KeptAnswer]:
        with store_errors():
            async with self._database.engine.connect() as connection:
                return [_kept(row) for row in await connection.execute(select(*COLUMNS).order_by(FaqRow.id))]

    async def spoken(self) -> Sequence[FaqEntry]:
        """The answers that readers hear."""
        return [kept.entry for kept in await self.all() if kept.enabled]

    async def one(self, entry_id: int) -> KeptAnswer | None:
        with store_errors():
            async with self._database.engine.connect() as connection:
                row = await _row(connection, FaqRow.id == entry_id)
        return None if row is None else _kept(row)

    async def add(self, entry: FaqEntry, by: str) -> Saved:
        async with self._database.writing() as connection:
            same = (FaqRow.topic == entry.topic) & (FaqRow.language == entry.language)
            row = await _row(connection, same)
            if row is None:
                try:
                    async with connection.begin_nested():
                        await write(connection, entry, stored=None, source=CONSOLE, now=self._clock.now(), by=by)
                    saving = Saving.SAVED
                except IntegrityError:  # somebody was quicker
                    saving = Saving.TAKEN
                row = await _row(connection, same)
            else:
                saving = Saving.TAKEN
        self._faq.look_again()
        return Saved(how=saving, kept=_kept(row))

    async def change(self, entry_id: int, entry: FaqEntry, *, version: int, enabled: bool, by: str) -> Saved | None:
        async with self._database.writing() as connection:
            row = await _row(connection, FaqRow.id == entry_id, lock=True)
            if row is None:
                return None
            if row.version != version:
                return Saved(how=Saving.NEWER, kept=_kept(row))
            now = self._clock.now()
            await write(connection, entry, stored=row, source=CONSOLE, now=now, by=by, enabled=enabled)
            row = await _row(connection, FaqRow.id == entry_id)
        self._faq.look_again()
        return Saved(how=Saving.SAVED, kept=_kept(row))

    async def history(self, entry_id: int) -> Sequence[Revision]:
        table = FaqRevisionRow
        wanted = select(table).where(table.entry_id == entry_id, table.state == KEPT).order_by(table.id.desc())
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = (await connection.execute(wanted)).all()
        return [
            Revision(
                revision_id=row.id,
                version=row.version,
                entry=entry_of(row),
                enabled=row.enabled,
                source=row.source,
                at=row.at,
                by=row.by,
            )
            for row in found
        ]

    # --- proposals -------------------------------------------------------------------------------

    async def propose(
        self, entry: FaqEntry, by: str, *, entry_id: int | None = None, version: int = 0, miss_id: int = 0
    ) -> int:
        row = {
            "entry_id": entry_id,
            "topic": entry.topic,
            "language": entry.language,
            "questions": list(entry.questions),
            "answer": entry.answer,
            "url": entry.url,
            "enabled": True,
            "source": CONSOLE,
            "version": version,
            "state": PROPOSED,
            "by": by,
            "at": self._clock.now(),
            "miss_id": miss_id,
        }
        async with self._database.writing() as connection:
            proposal_id = await connection.scalar(insert(FaqRevisionRow).values(row).returning(FaqRevisionRow.id))
        assert proposal_id is not None
        return int(proposal_id)

    async def proposals(self) -> Sequence[Proposal]:
        table = FaqRevisionRow
        wanted = select(table).where(table.state == PROPOSED).order_by(table.id)
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = (await connection.execute(wanted)).all()
        return [
            Proposal(
                proposal_id=row.id,
                entry=entry_of(row),
                entry_id=row.entry_id,
                version=row.version,
                miss_id=row.miss_id,
                at=row.at,
                by=row.by,
            )
            for row in found
        ]

    async def settle(self, proposal_id: int, *, taken: bool) -> bool:
        table = FaqRevisionRow
        settled = (
            update(table)
            .where(table.id == proposal_id, table.state == PROPOSED)
            .values(state=TAKEN if taken else DECLINED)
            .returning(table.id)
        )
        async with self._database.writing() as connection:
            return bool((await connection.scalars(settled)).all())


async def _row(connection: AsyncConnection, where: ColumnElement[bool], *, lock: bool = False) -> Any:
    wanted = select(*COLUMNS).where(where)
    return (await connection.execute(wanted.with_for_update() if lock else wanted)).one_or_none()


def _kept(row: Any) -> KeptAnswer:
    return KeptAnswer(
        entry_id=row.id,
        entry=entry_of(row),
        source=row.source,
        enabled=row.enabled,
        version=row.version,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
    )
