"""Files that were uploaded at the console: which process is at work on which, seen by all of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import Row, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.shelving import BUSY, ImportJob, ImportKind, JobState, Outcome
from db.connect import Database, store_errors
from db.models_shelving import ImportJobRow

DEAD_AFTER = timedelta(seconds=60)
"""A process that said nothing for so long is not at work any more; it says so every second."""
NAME_LENGTH = 200
LOCK = 0x696D706F
"""Key of the advisory lock by which PostgreSQL lets one job begin at a time."""


class SqlImportJobs:
    """Fills the port ``ImportJobs``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def add(
        self, login: str, name: str, size: int, source: str, branch: str, kind: ImportKind = ImportKind.CATALOGUE
    ) -> ImportJob | None:
        now = self._clock.now()
        values = {
            "login": login,
            "name": name[:NAME_LENGTH],
            "size": size,
            "source": source[:64],
            "branch": branch[:64],
            "kind": kind.value,
            "state": JobState.CHECKING.value,
            "progress": 0,
            "created_at": now,
            "beat_at": now,
            "outcome": {},
        }
        async with self._database.writing() as connection:
            if await self._is_taken(connection):
                return None
            added = await connection.execute(insert(ImportJobRow).values(values).returning(*ImportJobRow.__table__.c))
            return _job(added.one())

    async def job(self, job_id: int) -> ImportJob | None:
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = (await connection.execute(select(ImportJobRow).where(ImportJobRow.id == job_id))).first()
        return None if found is None else _job(found)

    async def latest(self, limit: int = 30) -> Sequence[ImportJob]:
        with store_errors():
            async with self._database.engine.connect() as connection:
                found = await connection.execute(select(ImportJobRow).order_by(ImportJobRow.id.desc()).limit(limit))
                return [_job(row) for row in found]

    async def begin(self, job_id: int) -> bool:
        checked = (ImportJobRow.id == job_id, ImportJobRow.state == JobState.CHECKED.value)
        values = {"state": JobState.LOADING.value, "progress": 0, "beat_at": self._clock.now()}
        async with self._database.writing() as connection:
            if await self._is_taken(connection):
                return False
            begun = await connection.execute(update(ImportJobRow).where(*checked).values(values))
            return begun.rowcount == 1

    async def beat(self, job_id: int, progress: int) -> None:
        values = {"beat_at": self._clock.now(), "progress": progress}
        async with self._database.writing() as connection:
            await connection.execute(update(ImportJobRow).where(ImportJobRow.id == job_id).values(values))

    async def end(self, job_id: int, state: JobState, outcome: Outcome) -> None:
        values = {"state": state.value, "ended_at": self._clock.now(), "outcome": msgspec.to_builtins(outcome)}
        async with self._database.writing() as connection:
            await connection.execute(update(ImportJobRow).where(ImportJobRow.id == job_id).values(values))

    async def end_dead(self) -> Sequence[int]:
        async with self._database.writing() as connection:
            return await self._end_dead(connection)

    async def _is_taken(self, connection: AsyncConnection) -> bool:
        """Whether another job is at work; who asks at the same time waits for our answer."""
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        await self._end_dead(connection)
        busy = select(func.count()).select_from(ImportJobRow).where(ImportJobRow.state.in_(sorted(BUSY)))
        return bool(await connection.scalar(busy))

    async def _end_dead(self, connection: AsyncConnection) -> Sequence[int]:
        dead = (ImportJobRow.state.in_(sorted(BUSY)), ImportJobRow.beat_at < self._clock.now() - DEAD_AFTER)
        values = {
            "state": JobState.FAILED.value,
            "ended_at": self._clock.now(),
            "outcome": msgspec.to_builtins(Outcome(interrupted=True)),
        }
        ended = await connection.scalars(update(ImportJobRow).where(*dead).values(values).returning(ImportJobRow.id))
        return list(ended)


def _job(row: Row[Any]) -> ImportJob:
    return ImportJob(
        job_id=row.id,
        login=row.login,
        name=row.name,
        size=row.size,
        source=row.source,
        branch=row.branch,
        state=JobState(row.state),
        progress=row.progress,
        created_at=row.created_at,
        beat_at=row.beat_at,
        ended_at=row.ended_at,
        outcome=msgspec.convert(row.outcome, Outcome),
        kind=ImportKind(row.kind),
    )
