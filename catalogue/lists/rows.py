"""A row of a list as a reader or a loan; pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from bot.language.folding import fold
from bot.library.linking import phone_of
from bot.library.lists import LoanData, PatronData, TitleData
from catalogue.importers.tables import days, values
from catalogue.importers.tables.authors import author_and_title
from catalogue.lists.headings import Column

_YES = frozenset(fold(word) for word in ("да", "1", "x", "х", "yes", "true", "заблокирован", "есть", "лишен"))
_HAS_THE_RIGHT = frozenset(
    fold(word) for word in ("да", "1", "есть", "имеет", "имеется", "разрешено", "разрешен", "разрешена", "yes", "true")
)
_BETWEEN_NUMBERS = re.compile(r"[,;/|\n]|\s+(?:и|или)\s+|\bдоб\b\.?")
SHORTER_THAN_WHOLE = 10
"""Figures of a number without its town's."""
_SPACES = re.compile(r"\s+")


class BadRow(Exception):
    """A row that tells of nobody or of nothing: why, in words for the operator."""


class Cells:
    """The cells of one row by what they tell."""

    def __init__(self, cells: Sequence[str], columns: Mapping[Column, int], *, month_first: bool = False) -> None:
        self._cells, self._columns, self._month_first = cells, columns, month_first

    def text(self, column: Column) -> str:
        """What stands there, "" for nothing."""
        place = self._columns.get(column)
        if place is None or place >= len(self._cells):
            return ""
        return values.said(_SPACES.sub(" ", self._cells[place]).strip())

    def has(self, column: Column) -> bool:
        """Whether the list has such a column."""
        return column in self._columns

    def number(self, column: Column) -> str:
        """A number as it was written: 1024.0 is 1024."""
        return values.whole(self.text(column).replace("№", "").strip())

    def day(self, column: Column) -> date | None:
        """A date; None where there is none. Raises BadRow where what stands there is none."""
        text = self.text(column)
        if not text:
            return None
        found = days.day(text, month_first=self._month_first)
        if found is None:
            raise BadRow(f"{column.value}: no date: {text[:40]}")
        return found

    def yes(self, column: Column) -> bool | None:
        """Whether it says yes; None where there is no such column."""
        if column not in self._columns:
            return None
        # «+» folds to nothing, and so does an empty cell, which says no.
        return fold(self.text(column)) in _YES or self.text(column) == "+"


def patron(cells: Cells) -> PatronData:
    """A reader. Raises BadRow."""
    card = card_number(cells)
    surname, given, patronymic = _name(cells)
    birth = cells.text(Column.BIRTH_DATE)
    return PatronData(
        card_number=card,
        surname=surname,
        given_name=given,
        patronymic=patronymic,
        birth_date=None if re.fullmatch(r"\d{4}(?:\s?г\.?)?", birth) else past(cells.day(Column.BIRTH_DATE)),
        phone=telephone(cells.number(Column.PHONE)),
        email=cells.text(Column.EMAIL),
        category=cells.text(Column.CATEGORY)[:64],
        branch=cells.text(Column.BRANCH),
        valid_until=cells.day(Column.VALID_UNTIL),
        registered_on=cells.day(Column.REGISTERED),
        blocked=_blocked(cells),
        debt=_debt(cells),
    )


def right_taken(text: str) -> bool:
    """Whether what stands under «право пользования» takes it away: nothing there, or a yes, leaves it."""
    return bool(text) and fold(text) not in _HAS_THE_RIGHT and text != "+"


def _blocked(cells: Cells) -> bool | None:
    said = cells.yes(Column.BLOCKED)
    return right_taken(cells.text(Column.RIGHT)) if said is None and cells.has(Column.RIGHT) else said


def _debt(cells: Cells) -> int | None:
    """An empty cell owes nothing; what is no sum is not guessed."""
    if not cells.has(Column.DEBT):
        return None
    text = cells.text(Column.DEBT)
    return values.hundredths(text) if text else 0


def loan(cells: Cells) -> LoanData:
    """A loan. Raises BadRow."""
    author, title = cells.text(Column.AUTHOR), cells.text(Column.TITLE)
    if both := cells.text(Column.AUTHOR_TITLE):
        author, title = author_and_title(both)
    data = LoanData(
        card_number=card_number(cells),
        inventory_number=cells.number(Column.INVENTORY)[:64],
        barcode=cells.number(Column.BARCODE)[:64],
        title=title,
        author=author,
        branch=cells.text(Column.BRANCH),
        issued_on=cells.day(Column.ISSUED),
        due_on=cells.day(Column.DUE),
        renewals=values.count(cells.text(Column.RENEWALS)),
        returned=bool(cells.text(Column.RETURNED)) and fold(cells.text(Column.RETURNED)) not in ("нет", "no"),
        missing=bool(cells.yes(Column.MISSING)),
        high_demand=bool(cells.yes(Column.HIGH_DEMAND)),
        recalled=bool(cells.yes(Column.RECALLED)),
        reading_room=bool(cells.yes(Column.READING_ROOM)),
        item_type=cells.text(Column.ITEM_TYPE)[:64],
    )
    return checked(data)


def title(cells: Cells) -> TitleData:
    """A book that is to be hidden. Raises BadRow."""
    author, said = cells.text(Column.AUTHOR), cells.text(Column.TITLE)
    if (both := cells.text(Column.AUTHOR_TITLE)) and not said:
        author, said = author_and_title(both)
    isbns, wrong, lost = values.read_isbns(cells.text(Column.ISBN))
    numbers, _ = values.inventory_numbers(cells.text(Column.INVENTORY))
    if isbns or numbers or said:
        return TitleData(title=said, author=author, isbns=isbns, inventory_numbers=numbers)
    if lost:
        raise BadRow(f"the digits of the ISBN are lost: {wrong[:40]}")
    raise BadRow(f"no such ISBN: {wrong[:40]}" if wrong else "neither a title, an ISBN nor an inventory number")


def checked(data: LoanData) -> LoanData:
    """The loan, if it tells what was lent and when. Raises BadRow."""
    if not (data.inventory_number or data.barcode or data.title):
        raise BadRow("neither an inventory number, a barcode nor a title")
    if data.issued_on is None and data.due_on is None:
        raise BadRow("neither a day of issue nor a due date")
    if data.issued_on is not None and data.due_on is not None and data.due_on < data.issued_on:
        raise BadRow(f"due {data.due_on} before it was lent {data.issued_on}")
    return data


def card_number(cells: Cells) -> str:
    """The number of the card. Raises BadRow."""
    number = cells.number(Column.CARD)
    if not number:
        raise BadRow("no card number")
    if len(number) > 64 or not any(sign.isdigit() for sign in number):
        raise BadRow(f"no card number: {number[:20]}")
    return number


def telephone(text: str) -> str:
    """The one number of a cell that holds several: a mobile one, else a whole one, else the first."""
    numbers = [number.strip()[:32] for number in _BETWEEN_NUMBERS.split(text) if any(map(str.isdigit, number))]
    mobile = (number for number in numbers if phone_of(number).startswith("79"))
    whole = (number for number in numbers if len(phone_of(number)) > SHORTER_THAN_WHOLE)
    return next(mobile, None) or next(whole, None) or next(iter(numbers), "")


def past(day: date | None) -> date | None:
    """A day of birth: two digits of a year are read as of the 2000s, and nobody is born ahead."""
    if day is None:
        return None
    return day.replace(year=day.year - 100) if day > date.today() else day  # noqa: DTZ011 - decades matter here


def _name(cells: Cells) -> tuple[str, str, str]:
    whole = cells.text(Column.NAME).split(" ", 2)
    names = [cells.text(column) for column in (Column.SURNAME, Column.GIVEN_NAME, Column.PATRONYMIC)]
    filled = [*whole, "", "", ""]
    return tuple(name or part for name, part in zip(names, filled, strict=False))[:3]  # type: ignore[return-value]
