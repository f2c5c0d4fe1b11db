"""The audit log in SQL: lines are added in the transaction of what they tell of, and never changed."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.audit import ALL, READER, Act, Entry, Which
from bot.clock import Clock
from bot.messages import Contact
from db.connect import Database, store_errors
from db.digests import Digests
from db.models_accounts import AuditRow

PAGE = 1_000
REPEATED_WITHIN = timedelta(days=1)
"""How long after its first try a turn may be repeated, and finds in the log what it did."""


async def note(connection: AsyncConnection, now: datetime, *entries: Entry) -> None:
    """Add lines, in the caller's transaction."""
    if entries:
        values = [
            {
                "at": entry.at or now,
                "actor": entry.actor[:80],
                "action": str(entry.action),
                "patron_id": entry.patron_id,
                "subject": entry.subject,
                "channel": entry.channel,
                "details": dict(entry.details),
            }
            for entry in entries
        ]
        await connection.execute(insert(AuditRow), values)


def by_reader(
    act: Act,
    contact: Contact,
    digests: Digests,
    *,
    patron_id: int | None = None,
    details: Mapping[str, str | int] | None = None,
) -> Entry:
    """The line of what a reader did in a chat, which is named by its digest."""
    subject = digests.contact(contact)
    return Entry(
        action=act,
        actor=READER,
        patron_id=patron_id,
        subject=subject,
        channel=contact.channel,
        details=details or {},
    )


class SqlAudit:
    """Fills the port ``AuditLog``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def add(self, entry: Entry) -> None:
        async with self._database.writing() as connection:
            await note(connection, self._clock.now(), entry)

    async def entries(self, which: Which = ALL) -> AsyncIterator[Entry]:
        wanted = select(AuditRow).where(*_conditions(which))
        after = 0
        while True:
            page = await self._read(wanted.where(AuditRow.id > after).order_by(AuditRow.id).limit(PAGE))
            for entry in page:
                yield entry
            if len(page) < PAGE:
                return
            after = page[-1].entry_id

    async def last(self, limit: int, which: Which = ALL, *, before: int | None = None) -> list[Entry]:
        wanted = select(AuditRow).where(*_conditions(which)).order_by(AuditRow.id.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(AuditRow.id < before)
        return await self._read(wanted)

    async def _read(self, wanted: Select[Any]) -> list[Entry]:
        with store_errors():
            async with self._database.engine.connect() as connection:
                return [_entry(row) for row in await connection.execute(wanted)]


OF_SOMETHING = text("subject <> ''")
"""The very words of the index on them: with a parameter in it no database sees that it fits."""


def _conditions(which: Which) -> list[Any]:
    """What is said of the lines, as far as something is."""
    found: list[Any] = []
    if which.since is not None:
        found.append(AuditRow.at >= which.since)
    if which.until is not None:
        found.append(AuditRow.at < which.until)
    if which.patron_id is not None:
        found.append(AuditRow.patron_id == which.patron_id)
    if which.actor:
        found.append(AuditRow.actor == which.actor)
    if which.actions:
        found.append(AuditRow.action.in_(sorted(which.actions)))
    if which.subject:
        found += (AuditRow.subject == which.subject, OF_SOMETHING)
    return found


def _entry(row: Any) -> Entry:
    return Entry(
        action=row.action,
        actor=row.actor,
        patron_id=row.patron_id,
        subject=row.subject,
        channel=row.channel,
        details=row.details,
        at=row.at,
        entry_id=row.id,
    )
