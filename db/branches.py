"""The buildings: as ``config.yaml`` or the staff tell of them, and those that only imported files know."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, delete, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.language.folding import fold
from bot.library.model import HIDDEN_STATUSES, Branch, Hours, SpecialDays
from bot.quick import replace
from db.branch_book import in_order, known_branches
from db.catalogue_sql import lock
from db.connect import Database, store_errors
from db.models import BranchRow, ItemRow, PatronRow, RecordRow
from db.models_circulation import CirculationTotalsRow, HoldRow, LoanRow, LoanSourceRow, RenewalRequestRow
from db.special_days import days_in_force, of_branch
from db.versions import keep_up, version_of

BRANCHES_OF = (
    ItemRow.branch_id,
    PatronRow.branch_id,
    LoanRow.branch_id,
    RenewalRequestRow.branch_id,
    HoldRow.pickup_branch_id,
)
"""Whatever belongs to a branch, and moves with it when it turns out to be another."""
FROM_FILES = 1000
"""Position of branches that only files know: after the configured ones."""
NAME = "branches"
"""Of the number that every change of branches or days raises."""
LOOKS_UNTIL_A_READING = 60
"""So often it is looked at before everything is read again: an import raises no number of ours."""


class _Details(msgspec.Struct, omit_defaults=True):
    """A branch as ``branches.details`` keeps it."""

    zone: str
    address: str = ""
    phone: str = ""
    email: str = ""
    how_to_get: str = ""
    latitude: float | None = None
    longitude: float | None = None
    aliases: tuple[str, ...] = ()
    hours: Hours | None = None
    children: bool = False
    main: bool = False


class SqlBranches:
    """Fills the port ``Branches`` from memory; ``put`` and ``refresh`` fill the memory.

    Args:
        database: The store.
        zone: The library's own, for branches that only files know.
    """

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._database, self._zone = database, zone
        self._branches: tuple[Branch, ...] | None = None
        self._edition, self._version = 0, -1

    @property
    def edition(self) -> int:
        """Counts the changes that this process knows of."""
        return self._edition

    @property
    def known(self) -> tuple[Branch, ...]:
        """Every branch as it was when last read; empty before that."""
        return self._branches or ()

    async def follow(self) -> None:
        """Keep the memory fresh until cancelled."""
        await keep_up(self._database, NAME, lambda: self._version, self.refresh, anew=LOOKS_UNTIL_A_READING)

    async def look(self) -> None:
        """Read the branches again if the staff changed anything, here or elsewhere. Raises StoreUnavailable."""
        with store_errors():
            async with self._database.engine.connect() as connection:
                version = await version_of(connection, NAME)
        if version != self._version:
            await self.refresh()

    async def all(self) -> Sequence[Branch]:
        if self._branches is None:
            await self.refresh()
        return self._branches or ()

    async def put(self, branches: Sequence[Branch]) -> None:
        """Keep the configured branches, the main one first, then in their order; then ``refresh``.

        A branch that the staff changed keeps what they said: what is configured waits beside it. One that is no
        longer configured and that they never changed stays, told of only as far as its copies go. A branch
        that files made and that a code, name or alias now explains gives its copies to the
        configured one and goes. Raises StoreUnavailable.
        """
        ordered = sorted(branches, key=lambda branch: not branch.main)  # sorted keeps the order of equals
        async with self._database.writing() as connection:
            await lock(connection)  # an import resolves branches under the same lock
            await _put(connection, ordered)
            await _merge(connection)
        await self.refresh()

    async def refresh(self) -> None:
        """Read the branches again, after an import or a change by another process. Raises StoreUnavailable."""
        table = BranchRow
        wanted = select(table.code, table.name, table.configured, table.position, table.details)
        with store_errors():
            async with self._database.engine.connect() as connection:
                version = await version_of(connection, NAME)  # first: a change meanwhile is read twice, never missed
                found = (await connection.execute(wanted.where(or_(table.configured, _holds_visible_items())))).all()
                days = await days_in_force(connection)
        branches = tuple(
            _with_days(
                branch_of(row.code, row.name, row.details)
                if row.configured
                else Branch(code=row.code, name=row.name, zone=self._zone),
                of_branch(days, row.code),
            )
            for row in sorted(found, key=lambda row: (not row.configured, row.position, in_order(row.name)))
        )
        self._version = version
        if branches != self._branches:
            self._branches = branches
            self._edition += 1


async def _put(connection: AsyncConnection, branches: Sequence[Branch]) -> None:
    table, codes = BranchRow, [branch.code for branch in branches]
    gone = table.code.not_in(codes)
    await connection.execute(
        update(table)
        .where(table.configured, gone, table.edited_by == "")
        .values(configured=False, position=FROM_FILES, details={})
    )
    await connection.execute(update(table).where(gone).values(of_file=None, file_differs=False))
    known = select(table.code, table.edited_by, table.of_file).where(table.code.in_(codes))
    stored = {row.code: row for row in await connection.execute(known)}
    for position, branch in enumerate(branches):
        told: dict[str, Any] = {"name": branch.name, "details": details_of(branch)}
        values = {**told, "of_file": told, "position": position, "configured": True}
        row = stored.get(branch.code)
        if row is None:
            await connection.execute(insert(table).values(code=branch.code, **values))
            continue
        if row.edited_by:
            values = {"of_file": told, "position": position}
            as_stored = msgspec.json.decode(msgspec.json.encode(told))  # lists where values have tuples
            if row.of_file not in (None, as_stored):
                values["file_differs"] = True
        await connection.execute(update(table).where(table.code == branch.code).values(values))


def _with_days(branch: Branch, days: tuple[SpecialDays, ...]) -> Branch:
    if not days:
        return branch
    hours = replace(branch.hours, days=days) if branch.hours is not None else None
    return replace(branch, hours=hours, days=days)


async def _merge(connection: AsyncConnection) -> None:
    """Give the copies of branches that files made to the configured branches that they turn out to be."""
    known = await known_branches(connection)
    names: dict[str, int] = {}
    for branch in known:
        if branch.configured:
            for name in (branch.code, branch.name, *branch.aliases):
                names.setdefault(fold(name), branch.id)
    for branch in known:
        meant = names.get(fold(branch.code)) or names.get(fold(branch.name))
        if branch.configured or meant is None:
            continue
        for column in BRANCHES_OF:
            await connection.execute(update(column.table).where(column == branch.id).values({column.key: meant}))
        # The figures of days before stay with the branch that the library has told of; a file's age it learns anew.
        await connection.execute(delete(LoanSourceRow).where(LoanSourceRow.branch_id == branch.id))
        await connection.execute(delete(CirculationTotalsRow).where(CirculationTotalsRow.branch_id == branch.id))
        await connection.execute(delete(BranchRow).where(BranchRow.id == branch.id))


def _holds_visible_items() -> ColumnElement[bool]:
    return exists(
        select(ItemRow.id)
        .join(RecordRow, RecordRow.id == ItemRow.record_id)
        .where(
            ItemRow.branch_id == BranchRow.id,
            ItemRow.missing_since.is_(None),
            ~ItemRow.suppressed,
            ItemRow.status.not_in(sorted(HIDDEN_STATUSES)),
            RecordRow.missing_since.is_(None),
            ~RecordRow.suppressed,
        )
    )


def details_of(branch: Branch) -> dict[str, Any]:
    """What ``branches.details`` keeps of a branch; days are kept elsewhere."""
    values = {name: getattr(branch, name) for name in _Details.__struct_fields__ if name != "zone"}
    if branch.hours is not None:
        values["hours"] = replace(branch.hours, days=())
    kept: dict[str, Any] = msgspec.to_builtins(_Details(zone=branch.zone.key, **values), str_keys=True)
    return kept


def branch_of(code: str, name: str, details: dict[str, Any]) -> Branch:
    """The branch that ``branches.details`` keeps."""
    kept = msgspec.convert(details, _Details, str_keys=True)
    values = {field: getattr(kept, field) for field in _Details.__struct_fields__ if field != "zone"}
    return Branch(code=code, name=name, zone=ZoneInfo(kept.zone), **values)
