"""How an answer of the library is written: its row, its version and its history, within the caller's transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import exists, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports.library import FaqEntry
from db.models import FaqRow
from db.models_teaching import FaqRevisionRow

KEPT, PROPOSED, TAKEN, DECLINED = "kept", "proposed", "taken", "declined"
COLUMNS = (
    FaqRow.id,
    FaqRow.topic,
    FaqRow.language,
    FaqRow.questions,
    FaqRow.answer,
    FaqRow.url,
    FaqRow.source,
    FaqRow.enabled,
    FaqRow.version,
    FaqRow.updated_by,
    FaqRow.updated_at,
)


def entry_of(row: Any) -> FaqEntry:
    """The answer in a row of answers, revisions or proposals."""
    return FaqEntry(
        topic=row.topic, language=row.language, answer=row.answer, questions=tuple(row.questions), url=row.url
    )


def says_the_same(row: Any, entry: FaqEntry, source: str, *, enabled: bool) -> bool:
    """Whether writing this into the row would change nothing."""
    return entry_of(row) == entry and row.source == source and bool(row.enabled) == enabled


async def write(
    connection: AsyncConnection,
    entry: FaqEntry,
    *,
    stored: Any | None,
    source: str,
    now: datetime,
    by: str = "",
    enabled: bool = True,
) -> int:
    """Keep the answer; returns its id.

    Args:
        connection: The transaction.
        entry: What the answer is from now on.
        stored: The row (``COLUMNS``) that it changes, None for a new one.
        source: ``config``, ``import`` or ``console``.
        now: The moment.
        by: Login, "" for a file.
        enabled: Readers hear it.
    """
    values = {
        "questions": list(entry.questions),
        "answer": entry.answer,
        "url": entry.url,
        "source": source,
        "enabled": enabled,
    }
    changed = {"updated_by": by, "updated_at": now}
    if stored is None:
        version = 1
        row = {"topic": entry.topic, "language": entry.language, "version": version, **values, **changed}
        entry_id = await connection.scalar(insert(FaqRow).values(row).returning(FaqRow.id))
    else:
        entry_id, version = stored.id, stored.version + 1
        await _remember_the_first(connection, stored)
        await connection.execute(
            update(FaqRow).where(FaqRow.id == entry_id).values(version=version, **values, **changed)
        )
    kept = {"topic": entry.topic, "language": entry.language, "version": version, "state": KEPT, "by": by, "at": now}
    await connection.execute(insert(FaqRevisionRow).values(entry_id=entry_id, **kept, **values))
    assert entry_id is not None
    return int(entry_id)


async def _remember_the_first(connection: AsyncConnection, stored: Any) -> None:
    """An answer of a store that is older than histories: what it was is kept before it changes."""
    known = exists().where(FaqRevisionRow.entry_id == stored.id, FaqRevisionRow.state == KEPT)
    if await connection.scalar(select(known)):
        return
    values = {name: getattr(stored, name) for name in ("topic", "language", "answer", "url", "source", "version")}
    was = {"enabled": stored.enabled, "questions": list(stored.questions), "state": KEPT}
    by = {"by": stored.updated_by, "at": stored.updated_at}
    await connection.execute(insert(FaqRevisionRow).values(entry_id=stored.id, **values, **was, **by))
