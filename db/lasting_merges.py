"""What the staff put together stays together when an import calls the books otherwise.

Works are put together by their keys (``work_aliases``), and a key changes with a corrected title or with rules that
know more spellings. Then the new key is led where the old one was: unless it is that of a book that is there already,
for which the rules know better, or the title has become another one.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.language.folding import fold
from bot.shelving import DecisionKind
from db import catalogue_sql as sql
from db.models import RecordRow, WorkRow
from db.models_shelving import CatalogueDecisionRow, WorkAliasRow
from db.queues import ALIKE

_NUMBERS = re.compile(r"\d+")


def is_the_same_book(before: str, now: str) -> bool:
    """Whether two titles may be one book's: much alike, and of the same part."""
    before, now = fold(before), fold(now)
    same_part = sorted(_NUMBERS.findall(before)) == sorted(_NUMBERS.findall(now))
    return same_part and fuzz.token_set_ratio(before, now) >= ALIKE


async def keep_together(connection: AsyncConnection, renamed: Mapping[int, tuple[str, str]]) -> None:
    """Lead the new keys of records where the staff have put their works; the catalogue is locked.

    Args:
        connection: The import's transaction.
        renamed: Records of the store that an import changes and that the staff did not place one by one: by id
            the key that the rules give them now, and their title now.
    """
    if not renamed or not await connection.scalar(select(exists().where(WorkAliasRow.key.is_not(None)))):
        return
    dialect = connection.dialect.name
    own = func.coalesce(func.nullif(RecordRow.own_key, ""), WorkRow.key).label("own")
    of_records = select(RecordRow.id, RecordRow.title, own).join(WorkRow, WorkRow.id == RecordRow.work_id)
    rows = (await connection.execute(of_records.where(sql.among(RecordRow.id, list(renamed), dialect)))).all()
    moved = {
        key: row.own
        for row in rows
        for key, title in (renamed[row.id],)
        if key != row.own and is_the_same_book(row.title, title)
    }
    if not moved:
        return
    targets = await _targets(connection, moved.values())
    free = moved.keys() - await _taken(connection, moved)
    for key in sorted(free):
        former = moved[key]
        if former in targets and targets[former] != key:
            await connection.execute(insert(WorkAliasRow).values(key=key, target_key=targets[former]))
            await _remember(connection, former, key)


async def _targets(connection: AsyncConnection, keys: Collection[str]) -> dict[str, str]:
    """Where works lie that have something to do with a merge: those put into others, and those others themselves."""
    wanted = list(keys)
    among = or_(*(sql.among(of, wanted, connection.dialect.name) for of in (WorkAliasRow.key, WorkAliasRow.target_key)))
    found = (await connection.execute(select(WorkAliasRow.key, WorkAliasRow.target_key).where(among))).all()
    return {row.target_key: row.target_key for row in found} | {row.key: row.target_key for row in found}


async def _taken(connection: AsyncConnection, keys: Collection[str]) -> set[str]:
    """Keys that mean a book already: editions stand under them, or the staff have decided about them."""
    wanted, dialect = list(keys), connection.dialect.name
    stands = exists().where(RecordRow.work_id == WorkRow.id)
    taken = set(await connection.scalars(select(WorkRow.key).where(sql.among(WorkRow.key, wanted, dialect), stands)))
    for of in (WorkAliasRow.key, WorkAliasRow.target_key):
        taken |= set(await connection.scalars(select(of).where(sql.among(of, wanted, dialect))))
    return taken


async def _remember(connection: AsyncConnection, former: str, key: str) -> None:
    """Whoever takes a merge back takes the new key along with the old one."""
    row = CatalogueDecisionRow
    merges = select(row.id, row.details).where(row.kind == DecisionKind.MERGE.value, row.undone_at.is_(None))
    for merge in (await connection.execute(merges)).all():
        details: dict[str, Any] = dict(merge.details)
        if former == details["key"] or former in details["led"]:
            details["led"] = [*details["led"], key]
            await connection.execute(update(row).where(row.id == merge.id).values(details=details))
