"""What the staff say of branches and days, in SQL."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
from sqlalchemy import func, insert, select, update

from bot.branch_desk import DaysEntry, Place
from bot.clock import Clock
from bot.errors import InputError
from bot.library.model import Branch, SpecialDays
from db.branches import FROM_FILES, NAME, SqlBranches, details_of
from db.catalogue_sql import lock
from db.connect import Database, store_errors
from db.models import BranchRow
from db.models_places import SpecialDaysRow
from db.special_days import days_in_force, entry_of
from db.versions import raise_version


class SqlBranchDesk:
    """Fills the port ``bot.branch_desk.BranchDesk``.

    Args:
        database: The store.
        branches: What answers readers from memory: it hears of every change at once.
        clock: Where moments come from.
    """

    def __init__(self, database: Database, branches: SqlBranches, clock: Clock) -> None:
        self._database, self._branches, self._clock = database, branches, clock

    async def places(self) -> Sequence[Place]:
        await self._branches.look()
        table = BranchRow
        wanted = select(table.code, table.edited_by, table.edited_at, table.of_file, table.file_differs)
        with store_errors():
            async with self._database.engine.connect() as connection:
                rows = {row.code: row for row in await connection.execute(wanted)}
        return [
            Place(
                branch=branch,
                edited_by=row.edited_by,
                edited_at=row.edited_at,
                in_file=row.of_file is not None,
                file_differs=row.file_differs,
            )
            for branch in await self._branches.all()
            if (row := rows.get(branch.code)) is not None
        ]

    async def put(self, branch: Branch, *, login: str, new: bool = False) -> None:
        table = BranchRow
        values = {
            "name": branch.name,
            "details": details_of(branch),
            "configured": True,
            "file_differs": False,
            "edited_by": login,
            "edited_at": self._clock.now(),
        }
        async with self._database.writing() as connection:
            await lock(connection)  # an import resolves branches under the same lock
            await raise_version(connection, NAME)
            last = await connection.scalar(select(func.max(table.position)).where(table.position < FROM_FILES))
            known = await connection.scalar(select(table.position).where(table.code == branch.code))
            if (known is not None) is new:
                raise InputError(f"branch {branch.code!r}: {'there already' if new else 'not there'}")
            if known is None or known == FROM_FILES:
                values["position"] = 0 if last is None else last + 1
            if new:
                await connection.execute(insert(table).values(code=branch.code, **values))
            else:
                await connection.execute(update(table).where(table.code == branch.code).values(values))
        await self._branches.refresh()

    async def back_to_file(self, code: str) -> bool:
        table = BranchRow
        async with self._database.writing() as connection:
            await raise_version(connection, NAME)
            told = await connection.scalar(select(table.of_file).where(table.code == code))
            if told is None:
                return False
            values = {**told, "edited_by": "", "edited_at": None, "file_differs": False}
            await connection.execute(update(table).where(table.code == code).values(values))
        await self._branches.refresh()
        return True

    async def entries(self, since: date) -> Sequence[DaysEntry]:
        with store_errors():
            async with self._database.engine.connect() as connection:
                known = await days_in_force(connection)
        coming = [entry for entry in known if entry.days.yearly or entry.days.last is None or entry.days.last >= since]
        return sorted(coming, key=lambda entry: (not entry.is_urgent, entry.days.first, entry.entry_id))

    async def entry(self, entry_id: int) -> DaysEntry | None:
        table = SpecialDaysRow
        wanted = select(table.__table__).where(table.id == entry_id, ~table.void)
        with store_errors():
            async with self._database.engine.connect() as connection:
                row = (await connection.execute(wanted)).first()
        return entry_of(row) if row is not None else None

    async def say(self, days: SpecialDays, branches: frozenset[str], *, login: str) -> int:
        row = {
            "kind": days.kind.value,
            "first_on": days.first,
            "last_on": days.last,
            "yearly": days.yearly,
            "intervals": msgspec.to_builtins(days.intervals),
            "note": days.note,
            "branches": sorted(branches),
            "made_by": login,
            "made_at": self._clock.now(),
        }
        async with self._database.writing() as connection:
            await raise_version(connection, NAME)
            added = await connection.execute(insert(SpecialDaysRow).values(row).returning(SpecialDaysRow.id))
            number: int = added.scalar_one()
        await self._branches.refresh()
        return number

    async def end(self, entry_id: int, today: date, *, login: str) -> bool:
        table, yesterday = SpecialDaysRow, today - timedelta(days=1)
        async with self._database.writing() as connection:
            await raise_version(connection, NAME)
            wanted = select(table.first_on, table.last_on, table.yearly).where(table.id == entry_id, ~table.void)
            row = (await connection.execute(wanted)).first()
            if row is None:
                return False
            keeps = row.first_on <= yesterday and not row.yearly
            ended = {"last_on": min(row.last_on or yesterday, yesterday)} if keeps else {"void": True}
            await connection.execute(update(table).where(table.id == entry_id).values(ended_by=login, **ended))
        await self._branches.refresh()
        return True
