"""Days that the staff told of: rows to values, and which of them are in force for a branch."""

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.branch_desk import DaysEntry
from bot.library.model import DayKind, Interval, SpecialDays
from db.models_places import SpecialDaysRow

_FIRST = frozenset({DayKind.URGENT, DayKind.GONE})
"""What wins over every other word about a day, also a newer one."""


async def days_in_force(connection: AsyncConnection) -> Sequence[DaysEntry]:
    """All that were not taken back, in order of precedence: emergencies, then the newest first.

    Those that have passed count as well: whether a book was late depends on them.
    """
    table = SpecialDaysRow
    found = (await connection.execute(select(table.__table__).where(~table.void).order_by(table.id.desc()))).all()
    return sorted((entry_of(row) for row in found), key=lambda entry: entry.days.kind not in _FIRST)


def of_branch(entries: Iterable[DaysEntry], code: str) -> tuple[SpecialDays, ...]:
    """What is said of one branch."""
    return tuple(entry.days for entry in entries if not entry.branches or code in entry.branches)


def entry_of(row: "object") -> DaysEntry:
    """One row as a value."""
    kept: SpecialDaysRow = row  # type: ignore[assignment]  # a row of this table's columns
    return DaysEntry(
        entry_id=kept.id,
        days=SpecialDays(
            kind=DayKind(kept.kind),
            first=kept.first_on,
            last=kept.last_on,
            intervals=msgspec.convert(kept.intervals, tuple[Interval, ...]),
            note=kept.note,
            yearly=kept.yearly,
        ),
        branches=frozenset(kept.branches),
        made_by=kept.made_by,
        made_at=kept.made_at,
    )
