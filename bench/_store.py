"""A store with many works, filled by plain statements: an import would take minutes and is measured elsewhere."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import insert, update

from bot.bibliography import IndexEntry
from db.connect import Database
from db.models import BranchRow, CatalogueStateRow, ImportRunRow, ItemRow, RecordRow, WorkRow

BATCH = 2_000
NOW = datetime(2026, 3, 2, tzinfo=UTC)


async def fill(database: Database, entries: Iterable[IndexEntry]) -> None:
    """Put these works into an empty store, each with one edition and one copy."""
    waiting = iter(entries)
    async with database.writer.begin() as connection:
        run = {"source": "bench", "files": [], "started_at": NOW, "counts": {}}
        run_id = (await connection.execute(insert(ImportRunRow).values(run).returning(ImportRunRow.id))).scalar_one()
        branch = {"code": "bench", "name": "Центральная библиотека", "details": {}}
        branch_id = (await connection.execute(insert(BranchRow).values(branch).returning(BranchRow.id))).scalar_one()
        while batch := list(islice(waiting, BATCH)):
            await connection.execute(insert(WorkRow), [_work(entry) for entry in batch])
            await connection.execute(insert(RecordRow), [_record(entry, run_id) for entry in batch])
            await connection.execute(insert(ItemRow), [_item(entry, branch_id) for entry in batch])
        await connection.execute(update(CatalogueStateRow).values(version=1))


def _work(entry: IndexEntry) -> dict[str, Any]:
    title, author = entry.variants[0]
    return {
        "id": entry.work_id,
        "key": f"bench-{entry.work_id}",
        "title": title,
        "author": author,
        "kind": entry.kind.value,
        "copies": entry.copies,
        "version": 1,
    }


def _record(entry: IndexEntry, run_id: int) -> dict[str, Any]:
    title, author = entry.variants[0]
    return {
        "id": entry.work_id,
        "work_id": entry.work_id,
        "source": "bench",
        "source_id": str(entry.work_id),
        "fingerprint": f"bench-{entry.work_id}",
        "digest": f"bench-{entry.work_id}",
        "title": title,
        "author": author,
        "kind": entry.kind.value,
        "year": 2001,
        "isbns": list(entry.isbns),
        "details": {},
        "items_unknown": False,
        "source_file": "bench",
        "ordinal": entry.work_id,
        "imported_at": NOW,
        "seen_in_run": run_id,
    }


def _item(entry: IndexEntry, branch_id: int) -> dict[str, Any]:
    return {
        "record_id": entry.work_id,
        "branch_id": branch_id,
        "inventory_number": str(entry.work_id),
        "call_number": "84(2)6",
        "status": "available",
    }
