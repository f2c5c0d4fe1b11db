"""The buildings: as ``config.yaml`` tells of them, and those that only imported files know."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, delete, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.language.folding import fold
from bot.library.model import HIDDEN_STATUSES, Branch, Hours
from db.branch_book import in_order, known_branches
from db.catalogue_sql import lock
from db.connect import Database, store_errors
from db.models import BranchRow, ItemRow, PatronRow, RecordRow
from db.models_circulation import CirculationTotalsRow, HoldRow, LoanRow, LoanSourceRow, RenewalRequestRow

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
        self._edition = 0

    @property
    def edition(self) -> int:
        """Counts the changes that this process knows of."""
        return self._edition

    async def all(self) -> Sequence[Branch]:
        if self._branches is None:
            await self.refresh()
        return self._branches or ()

    async def put(self, branches: Sequence[Branch]) -> None:
        """Keep the configured branches, the main one first, then in their order; then ``refresh``.

        A branch that is no longer configured stays, told of only as far as its copies go. A branch
        that files made and that a code, name or alias now explains gives its copies to the
        configured one and goes. Raises StoreUnavailable.
        """
        ordered = sorted(branches, key=lambda branch: not branch.main)  # sorted keeps the order of equals
        with store_errors():
            async with self._database.writer.begin() as connection:
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
                found = (await connection.execute(wanted.where(or_(table.configured, _holds_visible_items())))).all()
        branches = tuple(
            _branch(row.code, row.name, row.details)
            if row.configured
            else Branch(code=row.code, name=row.name, zone=self._zone)
            for row in sorted(found, key=lambda row: (not row.configured, row.position, in_order(row.name)))
        )
        if branches != self._branches:
            self._branches = branches
            self._edition += 1


async def _put(connection: AsyncConnection, branches: Sequence[Branch]) -> None:
    codes = [branch.code for branch in branches]
    await connection.execute(
        update(BranchRow)
        .where(BranchRow.configured, BranchRow.code.not_in(codes))
        .values(configured=False, position=FROM_FILES, details={})
    )
    stored = set(await connection.scalars(select(BranchRow.code).where(BranchRow.code.in_(codes))))
    for position, branch in enumerate(branches):
        values = {"name": branch.name, "details": _details(branch), "position": position, "configured": True}
        if branch.code in stored:
            await connection.execute(update(BranchRow).where(BranchRow.code == branch.code).values(values))
        else:
            await connection.execute(insert(BranchRow).values(code=branch.code, **values))


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
            await connection.execute(update(column.class_).where(column == branch.id).values({column.key: meant}))
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


def _details(branch: Branch) -> dict[str, Any]:
    values = {name: getattr(branch, name) for name in _Details.__struct_fields__ if name != "zone"}
    kept: dict[str, Any] = msgspec.to_builtins(_Details(zone=branch.zone.key, **values), str_keys=True)
    return kept


def _branch(code: str, name: str, details: dict[str, Any]) -> Branch:
    kept = msgspec.convert(details, _Details, str_keys=True)
    values = {field: getattr(kept, field) for field in _Details.__struct_fields__ if field != "zone"}
    return Branch(code=code, name=name, zone=ZoneInfo(kept.zone), **values)
