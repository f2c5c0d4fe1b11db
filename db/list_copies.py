"""Copies of the catalogue that a list of loans means, found by the numbers that stand in it."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import TextClause, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from bot.library.lists import LoanData
from db.catalogue_sql import NUMBERED, WITH_A_BARCODE
from db.list_common import Seen, other_zeros
from db.list_rows import Copy
from db.models import ItemRow, RecordRow
from db.models_circulation import LoanRow

ALIKE = "0="
LONGEST_NUMBER = 10
"""Figures up to which zeros are put before a number."""


class ListedCopies:
    """Looks copies up, some hundred at a time.

    Args:
        connection: The list's own.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def find(
        self, rows: Collection[LoanData], closing: Seen, given: Mapping[int, set[int]]
    ) -> dict[str, list[Copy]]:
        """The catalogue's copies by inventory number and by barcode, with what of them is out.

        Behind ``ALIKE`` stand copies of a number that differs in its first zeros alone: Excel drops them.

        Args:
            rows: Of the list.
            closing: Loans that are as good as back.
            given: Slots of items that this list has given out.
        """
        by: dict[str, list[Copy]] = {}
        if numbers := _said(row.inventory_number for row in rows):
            await self._add(by, ItemRow.inventory_number, numbers, NUMBERED)
            await self._add_alike(by, [number for number in numbers if number not in by])
        if barcodes := _said(row.barcode for row in rows):
            await self._add(by, ItemRow.barcode, barcodes, WITH_A_BARCODE)
        copies = {copy.item_id: copy for some in by.values() for copy in some}
        if copies:
            await self._note_what_is_out(copies, closing)
        for item_id, copy in copies.items():
            copy.taken |= given.get(item_id, set())
        return {number: [copies[copy.item_id] for copy in some] for number, some in by.items()}

    async def _add(
        self,
        by: dict[str, list[Copy]],
        number: InstrumentedAttribute[str],
        said: Sequence[str],
        known: TextClause,
    ) -> None:
        wanted = (
            select(ItemRow.id, ItemRow.branch_id, ItemRow.copies, RecordRow.work_id, number.label("number"))
            .join(RecordRow, RecordRow.id == ItemRow.record_id)
            .where(number.in_(said), ItemRow.missing_since.is_(None), known)
            .order_by(ItemRow.id)
        )
        for row in await self._connection.execute(wanted):
            by.setdefault(row.number, []).append(Copy(row.id, row.branch_id, row.copies, row.work_id))

    async def _add_alike(self, by: dict[str, list[Copy]], numbers: Sequence[str]) -> None:
        found: dict[str, list[Copy]] = {}
        lengths = range(1, LONGEST_NUMBER + 1)
        spelt = {number: other_zeros(number, lengths) for number in numbers if number.isdecimal()}
        if spellings := sorted(set().union(*spelt.values())):
            await self._add(found, ItemRow.inventory_number, spellings, NUMBERED)
        for number, others in spelt.items():
            if alike := [copy for other in others for copy in found.get(other, ())]:
                by[ALIKE + number] = alike

    async def _note_what_is_out(self, copies: Mapping[int, Copy], closing: Seen) -> None:
        out = select(LoanRow.id, LoanRow.item_id, LoanRow.slot)
        out = out.where(LoanRow.item_id.in_(sorted(copies)), LoanRow.returned_at.is_(None))
        for lent in await self._connection.execute(out):
            if not closing.has(lent.id):
                copies[lent.item_id].taken.add(lent.slot)


def _said(numbers: Iterable[str]) -> list[str]:
    return sorted(set(numbers) - {""})
