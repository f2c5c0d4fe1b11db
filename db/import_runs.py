"""Which catalogue files were read to their end."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from bot.quick import dataclass
from db.connect import Database, store_errors
from db.models import ImportRunRow


@dataclass(frozen=True, slots=True)
class Unended:
    """The last import of a source, where it has no end: it is at work, or it was killed."""

    source: str
    files: Sequence[str]
    started_at: datetime


async def unended(database: Database) -> list[Unended]:
    """Sources of which half a file may be in the store, the oldest import first. Raises StoreUnavailable."""
    last = select(func.max(ImportRunRow.id)).group_by(ImportRunRow.source)
    wanted = select(ImportRunRow).where(ImportRunRow.id.in_(last), ImportRunRow.finished_at.is_(None))
    with store_errors():
        async with database.engine.connect() as connection:
            found = await connection.execute(wanted.order_by(ImportRunRow.id))
            return [Unended(row.source, row.files, row.started_at) for row in found]
