"""Readers whom the rows of a list mean by their cards, as these stand or without zeros that Excel dropped."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from bot.language.folding import fold
from bot.library.lists import PatronData
from bot.quick import dataclass
from db.list_common import Seen, other_zeros
from db.list_parts import Parts
from db.models import PatronRow

SPELLINGS = 128
"""More than a card number has signs: a number and its length are one figure by it."""


class ListedReaders:
    """Looks readers up, some hundred at a time.

    Args:
        connection: The list's own.
        columns: What is told of a reader, the card's number among it.
    """

    def __init__(self, connection: AsyncConnection, *columns: InstrumentedAttribute[Any]) -> None:
        self._connection, self._columns = connection, columns
        self._lengths: Sequence[int] | None = None

    async def find(self, cards: Collection[str]) -> dict[str, list[Row[Any]]]:
        """The one who has this very number; else all whose numbers differ from it in their first zeros alone."""
        found = {card: [row] for card, row in (await self._rows(sorted(set(cards)))).items()}
        numbers = [card for card in set(cards) - found.keys() if card.isascii() and card.isdecimal()]
        if not numbers:
            return found
        if self._lengths is None:
            self._lengths = list(await self._connection.scalars(select(_LENGTH).distinct()))
        spelt = {number: other_zeros(number, self._lengths) for number in numbers}
        rows = await self._rows(sorted(set().union(*spelt.values())))
        for number, others in spelt.items():
            if alike := [rows[other] for other in sorted(others) if other in rows]:
                found[number] = alike
        return found

    async def _rows(self, cards: Sequence[str]) -> dict[str, Row[Any]]:
        if not cards:
            return {}
        rows = await self._connection.execute(select(*self._columns).where(PatronRow.card_number.in_(cards)))
        return {row.card_number: row for row in rows}


_LENGTH: ColumnElement[int] = func.length(PatronRow.card_number)


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom a row of a list of readers means.

    Attributes:
        stored: Their row, None for a new reader.
        unclear: Numbers of readers of whom nobody can tell which is meant, if any.
    """

    stored: Row[Any] | None = None
    unclear: tuple[str, ...] = ()


class KnownReaders:
    """Readers of the store whom a list has, at whatever branch: who has moved is not gone.

    A number that lost its zeros is a known reader's if nobody else in the store or in the list may be meant by it and
    neither the day of birth nor, without that, the surname says otherwise.
    """

    def __init__(self) -> None:
        self._exact, self._perhaps, self._spelt = Seen(), Seen(), Seen()

    def add(self, row: PatronData, found: Sequence[Row[Any]]) -> None:
        """A row of the list, and whom the store has by its number."""
        if [one.card_number for one in found] == [row.card_number]:
            self._exact.add([found[0].id])
            return
        perhaps = [one.id for one in found if _is_the_same(row, one) is not False]
        self._perhaps.add(perhaps)
        self._spelt.add(_spelt(number, row.card_number) for number in perhaps)

    def finish(self) -> None:
        """The list is read: from now on it can be asked."""
        for seen in (self._exact, self._perhaps, self._spelt):
            seen.finish()

    def has(self, number: int) -> bool:
        """Whether the list has this reader, or perhaps has."""
        return self._exact.has(number) or self._perhaps.has(number)

    def meant(self, row: PatronData, found: Sequence[Row[Any]]) -> Meant:
        """Which of those found is the reader of this row; those whom this list has brought are others."""
        if [one.card_number for one in found] == [row.card_number]:
            return Meant(found[0])
        before = [one for one in found if self._perhaps.has(one.id) and not self._exact.has(one.id)]
        free = [(one, _is_the_same(row, one)) for one in before]
        free = [pair for pair in free if pair[1]] or [pair for pair in free if pair[1] is None]
        if not free:
            return Meant()
        one, surely = free[0]
        if len(free) == 1 and (surely or len(found) == 1) and self._is_alone(one.id, row.card_number):
            return Meant(one)
        return Meant(unclear=tuple(one.card_number for one, _ in free))

    def _is_alone(self, number: int, card: str) -> bool:
        """Whether no other spelling in the list may mean this reader as well."""
        return self._spelt.within(_spelt(number, ""), _spelt(number + 1, "")) == {_spelt(number, card)}


async def known_readers(connection: AsyncConnection, parts: Parts[PatronData]) -> KnownReaders:
    """Whom of the store a whole list has."""
    known = KnownReaders()
    names = (PatronRow.id, PatronRow.card_number, PatronRow.surname, PatronRow.birth_date)
    readers = ListedReaders(connection, *names)
    for name in parts.names:
        for batch in parts.rows(name):
            found = await readers.find({listed.row.card_number for listed in batch})
            for listed in batch:
                known.add(listed.row, found.get(listed.row.card_number, ()))
    known.finish()
    return known


def _spelt(number: int, card: str) -> int:
    """A reader's id with how long the list spells the card: spellings of one number differ in nothing else."""
    return number * SPELLINGS + len(card)


def _is_the_same(row: PatronData, stored: Row[Any]) -> bool | None:
    """Whether the row tells of this person; None where nothing says so or otherwise."""
    if row.birth_date and stored.birth_date:
        return bool(row.birth_date == stored.birth_date)
    if row.surname and stored.surname:
        return fold(row.surname) == fold(stored.surname)
    return None
