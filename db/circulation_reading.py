"""What circulation decides from, read in a fixed number of queries whatever the number of loans."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import count, groupby
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.library.holds import HoldState, QueuedHold
from bot.library.lending import Loan, Patron
from bot.library.model import ItemStatus
from bot.quick import dataclass
from bot.renewal_requests import RequestState
from db.base import aliased
from db.models import BranchRow, ItemRow, PatronRow, RecordRow, WorkRow
from db.models_circulation import HoldRow, LoanRow, LoanSourceRow, RenewalRequestRow

NO_ITEM = 0
"""``Loan.item_id`` of a copy that the catalogue does not know: no hold waits for it."""
HIDDEN: Sequence[str] = (ItemStatus.LOST.value, ItemStatus.WITHDRAWN.value)
"""Copies that readers are not told of."""
PATRON_LOCKS, WORK_LOCKS = 0x42494250, 0x42494257
"""First keys of our advisory locks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPatron:
    """A patron with what the rules do not ask for.

    Attributes:
        as_of: When the loans of the home branch were last read from a file, None where never.
        served_at / not_served_at: Points of issue as a file names them (``bot.library.holds.serving``).
    """

    patron: Patron
    branch_code: str
    birth_date: date | None
    as_of: datetime | None
    served_at: Sequence[str]
    not_served_at: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredLoan:
    """An open loan with what surrounds it."""

    loan: Loan
    branch_id: int
    title: str
    author: str
    work_id: int | None
    recalled: bool
    requested: bool
    as_of: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """One item of a work: a copy, or several counted together.

    Attributes:
        free: How many are on the shelf for whoever comes: neither lent nor kept for somebody.
    """

    item_id: int
    branch_code: str
    lendable: bool
    free: int
    age_mark: int | None


async def lock_patron(connection: AsyncConnection, patron_id: int) -> None:
    """Whoever writes for this patron waits for the one before; SQLite has one writer anyway.

    Locks are taken in one order everywhere: patron, loans by id, works by id.
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:space, :key)"), _key(PATRON_LOCKS, patron_id))


async def lock_loans(connection: AsyncConnection, *wanted: ColumnElement[bool]) -> None:
    """Nobody changes these loans until the transaction ends."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(LoanRow.id).where(*wanted).order_by(LoanRow.id).with_for_update())


async def lock_works(connection: AsyncConnection, work_ids: Collection[int]) -> None:
    """Nobody queues for these works, or is given a copy, until the transaction ends."""
    if connection.dialect.name == "postgresql" and work_ids:
        keys = sorted({number & 0x7FFFFFFF for number in work_ids})
        taking = text(
            "SELECT pg_advisory_xact_lock(:space, key) FROM (SELECT unnest(CAST(:keys AS int[])) AS key) AS k"
        )
        await connection.execute(taking, {"space": WORK_LOCKS, "keys": keys})


def open_of(patron_id: int) -> ColumnElement[bool]:
    """The loans that a patron has at home."""
    return and_(LoanRow.patron_id == patron_id, LoanRow.returned_at.is_(None))


def _key(space: int, number: int) -> dict[str, int]:
    return {"space": space, "key": number & 0x7FFFFFFF}


async def patrons_with_loans(
    connection: AsyncConnection, patron_ids: Collection[int]
) -> dict[int, tuple[StoredPatron, list[StoredLoan]]]:
    """Patrons and all that is out, the earliest due first, in one query; only those who are there."""
    home, home_source = aliased(BranchRow), aliased(LoanSourceRow)
    rows = (
        await connection.execute(
            select(
                PatronRow.id.label("of_patron"),
                PatronRow.category,
                PatronRow.valid_until,
                PatronRow.blocked,
                PatronRow.debt,
                PatronRow.birth_date,
                PatronRow.served_at,
                PatronRow.not_served_at,
                home.code.label("home"),
                home_source.as_of.label("home_as_of"),
                LoanRow,
                BranchRow.code.label("branch_code"),
                LoanSourceRow.as_of.label("source_as_of"),
                RecordRow.work_id,
                RecordRow.kind,
                WorkRow.title.label("work_title"),
                WorkRow.author.label("work_author"),
                RenewalRequestRow.id.label("request_id"),
            )
            .select_from(PatronRow)
            .outerjoin(home, home.id == PatronRow.branch_id)
            .outerjoin(home_source, home_source.branch_id == PatronRow.branch_id)
            .outerjoin(LoanRow, and_(LoanRow.patron_id == PatronRow.id, LoanRow.returned_at.is_(None)))
            .outerjoin(BranchRow, BranchRow.id == LoanRow.branch_id)
            .outerjoin(LoanSourceRow, LoanSourceRow.branch_id == LoanRow.branch_id)
            .outerjoin(ItemRow, ItemRow.id == LoanRow.item_id)
            .outerjoin(RecordRow, RecordRow.id == ItemRow.record_id)
            .outerjoin(WorkRow, WorkRow.id == RecordRow.work_id)
            .outerjoin(
                RenewalRequestRow,
                and_(RenewalRequestRow.loan_id == LoanRow.id, RenewalRequestRow.state == RequestState.WAITING.value),
            )
            .where(PatronRow.id.in_(sorted(patron_ids)))
            .order_by(PatronRow.id, LoanRow.due_on, LoanRow.id)
        )
    ).all()
    return {patron_id: _with_loans(patron_id, list(of_one)) for patron_id, of_one in groupby(rows, _of_patron)}


def _of_patron(row: Any) -> int:
    return int(row.of_patron)


def _with_loans(patron_id: int, rows: Sequence[Any]) -> tuple[StoredPatron, list[StoredLoan]]:
    first = rows[0]
    patron = Patron(
        patron_id=patron_id,
        category=first.category,
        expires_on=first.valid_until,
        blocked=first.blocked,
        debt=Decimal(first.debt) / 100,
    )
    stored = StoredPatron(
        patron=patron,
        branch_code=first.home or "",
        birth_date=first.birth_date,
        as_of=first.home_as_of,
        served_at=first.served_at,
        not_served_at=first.not_served_at,
    )
    return stored, [_loan(row) for row in rows if row.id is not None]


def _loan(row: object) -> StoredLoan:
    of = row._mapping  # type: ignore[attr-defined]
    loan = Loan(
        loan_id=of["id"],
        patron_id=of["patron_id"],
        item_id=of["item_id"] or NO_ITEM,
        branch_code=of["branch_code"],
        item_type=of["item_type"] or of["kind"] or "",
        issued_on=of["issued_on"],
        due_on=of["due_on"],
        renewals=of["renewals"],
        remote_renewals=of["remote_renewals"],
        reading_room=of["reading_room"],
        missing=of["missing"],
        high_demand=of["high_demand"],
    )
    known = of["work_title"] is not None
    return StoredLoan(
        loan=loan,
        branch_id=of["branch_id"],
        title=of["work_title"] if known else of["title"],
        author=of["work_author"] if known else of["author"],
        work_id=of["work_id"],
        recalled=of["recalled"],
        requested=of["request_id"] is not None,
        as_of=of["source_as_of"],
    )


async def queues(connection: AsyncConnection, work_ids: Collection[int]) -> dict[int, list[QueuedHold]]:
    """The live holds of each work, in one query."""
    found: defaultdict[int, list[QueuedHold]] = defaultdict(list)
    if not work_ids:
        return found
    wanted = (
        select(HoldRow, BranchRow.code.label("pickup"))
        .join(BranchRow, BranchRow.id == HoldRow.pickup_branch_id)
        .where(HoldRow.work_id.in_(sorted(work_ids)), HoldRow.ended_at.is_(None))
        .order_by(HoldRow.placed_at, HoldRow.id)
    )
    for row in await connection.execute(wanted):
        found[row.work_id].append(
            QueuedHold(
                hold_id=row.id,
                patron_id=row.patron_id,
                state=HoldState(row.state),
                placed_at=row.placed_at,
                pickup=row.pickup,
                item_id=row.item_id,
                suspended_until=row.suspended_until,
                needed_until=row.needed_until,
            )
        )
    return found


async def copies(connection: AsyncConnection, work_ids: Collection[int]) -> dict[int, list[Copies]]:
    """The copies of each work that readers are told of, in one query."""
    found: defaultdict[int, list[Copies]] = defaultdict(list)
    if work_ids:
        for row in await connection.execute(_copies_of(work_ids)):
            found[row.work_id].append(_copies(row))
    return found


def _copies_of(work_ids: Collection[int]) -> Select[Any]:
    lent = (
        select(func.count())
        .select_from(LoanRow)
        .where(LoanRow.item_id == ItemRow.id, LoanRow.returned_at.is_(None))
        .scalar_subquery()
    )
    held = (
        select(func.count())
        .select_from(HoldRow)
        .where(HoldRow.assigned_item_id == ItemRow.id, HoldRow.ended_at.is_(None))
        .scalar_subquery()
    )
    return (
        select(
            RecordRow.work_id,
            RecordRow.age_mark,
            ItemRow.id,
            ItemRow.lendable,
            ItemRow.status,
            ItemRow.copies,
            ItemRow.issued,
            func.coalesce(BranchRow.code, "").label("branch_code"),
            lent.label("lent"),
            held.label("held"),
        )
        .join(RecordRow, RecordRow.id == ItemRow.record_id)
        .outerjoin(BranchRow, BranchRow.id == ItemRow.branch_id)
        .where(
            RecordRow.work_id.in_(sorted(work_ids)),
            RecordRow.missing_since.is_(None),
            ~RecordRow.suppressed,
            ItemRow.missing_since.is_(None),
            ~ItemRow.suppressed,
            ItemRow.status.not_in(HIDDEN),
        )
        .order_by(func.coalesce(BranchRow.position, 1 << 30), ItemRow.id)
    )


def _copies(row: Row[Any]) -> Copies:
    shelved = row.status == ItemStatus.AVAILABLE.value and row.lendable
    # A file counts the loans of a lump that we know of as well: the larger figure is the truth.
    free = max(row.copies - max(row.issued, row.lent) - row.held, 0) if shelved else 0
    return Copies(item_id=row.id, branch_code=row.branch_code, lendable=row.lendable, free=free, age_mark=row.age_mark)


async def works_of_holds(connection: AsyncConnection, patron_id: int, hold_ids: Collection[int]) -> set[int]:
    """What the patron's holds of these numbers are for."""
    wanted = select(HoldRow.work_id).where(HoldRow.patron_id == patron_id, HoldRow.id.in_(hold_ids))
    return set(await connection.scalars(wanted))


async def where_served(connection: AsyncConnection, patron_id: int) -> tuple[str, Sequence[str], Sequence[str]]:
    """Code of the patron's own branch, "" where none is known; points of issue where they are served, and are not."""
    wanted = (
        select(BranchRow.code, PatronRow.served_at, PatronRow.not_served_at)
        .select_from(PatronRow)
        .outerjoin(BranchRow, BranchRow.id == PatronRow.branch_id)
    )
    row = (await connection.execute(wanted.where(PatronRow.id == patron_id))).first()
    return ("", (), ()) if row is None else (row.code or "", row.served_at, row.not_served_at)


async def free_slot(connection: AsyncConnection, item_id: int) -> int:
    """The number of a copy of the item that nobody has, the smallest from 0: a single copy is 0."""
    out = select(LoanRow.slot.label("slot")).where(LoanRow.item_id == item_id, LoanRow.returned_at.is_(None))
    kept = select(HoldRow.assigned_slot.label("slot")).where(
        HoldRow.assigned_item_id == item_id, HoldRow.ended_at.is_(None)
    )
    taken = set(await connection.scalars(out.union_all(kept)))
    return next(slot for slot in count() if slot not in taken)
