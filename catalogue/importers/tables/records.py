"""Rows of an inventory → records: one row is one copy, or several, of an edition."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import field

from bot.language.folding import fold
from bot.library.model import ItemStatus, Kind
from bot.library.records import ItemData, Read, RecordData, Rejected, Rejection
from bot.quick import dataclass, replace
from catalogue.importers import cleaning
from catalogue.importers.tables import values
from catalogue.importers.tables.authors import taken_apart
from catalogue.importers.tables.columns import Column, Header
from catalogue.importers.tables.days import day
from catalogue.importers.tables.rows import Row
from catalogue.names import NO_AUTHOR, split_authors

MOST_COPIES_TOGETHER = 1000
"""Copies of one record that are gathered before it is given out: memory stays the same whatever the file."""
_HEAD = 80
_BRANCH_HEADING = re.compile(
    r"(?:филиал|библиотека|отдел обслуживания|абонемент|читальный зал|пункт выдачи|ф\.?\s?№)\b.{0,60}"
    r"|.{0,60}\b(?:филиал|библиотека)"
)
_WORDS = re.compile(r"[^\W\d_].*[^\W\d_]{4}|[^\W\d_]{4}")
"""What a heading between the rows has: it begins with a letter and has a word in it, «Детская литература 0+»."""
_ROOM = re.compile(r"абонемент|чит\w*\.?\s*зал|отдел|хранилищ|кафедр")
_INITIAL = re.compile(r"\b[А-ЯЁA-Z]\.")
_LONE_TITLE = "nothing but a title: is it a heading, or the rest of the title above it?"
_SHEET_OF_A_BRANCH = re.compile(r"фил|библиот|б-ка|абонемент|отдел|читальн", re.IGNORECASE)
_SAME_AS_ABOVE = frozenset(Column) - {
    Column.ID, Column.INVENTORY, Column.BARCODE, Column.COPIES, Column.AVAILABLE, Column.ISSUED, Column.DUE,
}  # fmt: skip
_OF_THE_COPY = frozenset({
    Column.INVENTORY, Column.BARCODE, Column.COPIES, Column.AVAILABLE, Column.ISSUED, Column.DUE, Column.STATUS,
    Column.HOLDER, Column.BRANCH, Column.LOCATION, Column.NOTE, Column.ACT,
})  # fmt: skip
"""What :func:`described` does not look at."""
_Described = tuple[RecordData, tuple[str, ...]]


@dataclass(slots=True)
class _Gathering:
    """Consecutive rows of one edition."""

    first: Row
    record: RecordData
    items: list[ItemData]
    warnings: dict[str, None]

    def takes(self, record: RecordData) -> bool:
        """Whether a row describes the same edition; where on the shelf a copy stands is the copy's own."""
        if record.call_number != self.record.call_number:
            record = replace(record, call_number=self.record.call_number)
        return record == self.record and len(self.items) <= MOST_COPIES_TOGETHER

    def read(self) -> Read:
        record = replace(self.record, items=tuple(self.items), warnings=tuple(self.warnings))
        return Read(ordinal=self.first.number, offset=self.first.offset, record=record)


@dataclass(slots=True)
class TableReader:
    """Turns the rows of one table into records, in order; keeps what «the same as above» refers to.

    Attributes:
        header: What the columns mean.
        is_text: Whether a row with more cells than the header has is a damaged one: in a text its cells have shifted.
        month_first: Whether «3/5/2026» is the fifth of March.
        one_house: Whether the library has one branch only: «Абонемент» over rows or a sheet is a room of it.
        branch: The branch that a heading between the rows, or the sheet's name, has named.
    """

    header: Header
    is_text: bool
    month_first: bool = False
    one_house: bool = False
    branch: str = ""
    _above: dict[int, str] = field(default_factory=dict)
    _gathering: _Gathering | None = None
    _headings: list[str] = field(init=False)
    _numbered: bool = field(init=False)
    _before: tuple[dict[Column, str], _Described] | None = None

    def __post_init__(self) -> None:
        self._headings = [fold(text) for text in self.header.headings if text]
        self._numbered = self.header.numbers_rows

    def take(self, row: Row) -> Iterator[Read | Rejected]:
        """One more row; gives out what is finished by it."""
        if not row.cells or self._is_no_record(row):
            return
        if row.cut:
            yield from self.finish()
            yield rejected(row, Rejection.TRUNCATED, "the file ends in the middle of this row")
            return
        if self._is_lone_title(row):
            if not self._goes_on(row):
                yield from self.finish()
                yield rejected(row, Rejection.BAD_ROW, _LONE_TITLE)
            return
        if self.is_text and len(row.cells) > self.header.width:
            yield from self.finish()
            yield rejected(row, Rejection.BAD_ROW, f"{len(row.cells)} cells under {self.header.width} headings")
            return
        for columns in (self.header.columns, *self.header.beside):
            if not self.header.beside or self._has_a_title(row, columns):
                yield from self._take(row, columns)

    def _take(self, row: Row, columns: dict[Column, int]) -> Iterator[Read | Rejected]:
        cells = self._filled(row, columns)
        record, warnings = self._described(cells)
        if not record.title:
            yield from self.finish()
            yield rejected(row, Rejection.NO_TITLE, "the column of titles is empty", record.source_id)
            return
        items, of_copies = self._copies(cells)
        if items is None:
            record = replace(record, items_unknown=True)
        warnings += (
            of_copies
            + (("hidden_row",) if row.hidden else ())
            + (("bad_characters",) if "\ufffd" in record.title else ())
        )
        gathered = self._gathering
        if gathered is None or not gathered.takes(record):
            yield from self.finish()
            self._gathering = gathered = _Gathering(first=row, record=record, items=[], warnings={})
        gathered.items += items or ()
        gathered.warnings |= dict.fromkeys(warnings)

    def finish(self) -> Iterator[Read]:
        """Give out the last record."""
        if self._gathering is not None:
            yield self._gathering.read()
            self._gathering = None

    def _described(self, cells: dict[Column, str]) -> _Described:
        """The description, of copies that are known; half of all rows are a further copy of the same edition."""
        told = {column: text for column, text in cells.items() if column not in _OF_THE_COPY}
        if self._before is None or self._before[0] != told:
            record, mended = described(cells)
            self._before = told, (replace(record, items_unknown=False), mended)
        return self._before[1]

    def _is_no_record(self, row: Row) -> bool:
        """Totals, lines to sign, the numbers of columns, the header printed again, headings between the rows."""
        filled = [text for text in row.cells if text]
        if values.is_total(row.cells) or self._is_to_sign(row):
            return True
        if len(filled) == 1 and self.header.width >= 3 and values.is_day(filled[0]):
            return True
        if len(filled) >= 3 and all(values.whole(text) == str(at + 1) for at, text in enumerate(filled)):
            return True
        if len(filled) == len(self._headings) and all(map(str.__eq__, map(fold, filled), self._headings)):
            return True
        return len(filled) == 1 and self.header.width >= 3 and bool(row.cells[0]) and self._is_heading(filled[0])

    def _is_to_sign(self, row: Row) -> bool:
        """Whether a row closes a page or a list: who signs, or a line for it, and nothing that a book has."""
        place, first = next((place, text) for place, text in enumerate(row.cells) if text)
        signs = first[0].isalpha() and values.is_signer(first)
        if signs and not first.endswith(":"):
            columns = (Column.TITLE, Column.AUTHOR_TITLE, Column.AUTHOR)
            signs = place not in {self.header.columns.get(column) for column in columns}
        if not (signs or any(map(values.is_to_sign, row.cells))):
            return False
        of_a_book = (self._cell(row, column) for column in (Column.INVENTORY, Column.YEAR, Column.ISBN))
        return not any(char.isdigit() for text in of_a_book for char in text)

    def _cell(self, row: Row, column: Column) -> str:
        place = self.header.columns.get(column, len(row.cells))
        return row.cells[place] if place < len(row.cells) else ""

    def _is_lone_title(self, row: Row) -> bool:
        """A title and nothing else, where every book has a number before it: a heading, or the rest of a title."""
        if row.cells[0] or not self._numbered:
            return False
        title = self._cell(row, Column.TITLE) or self._cell(row, Column.AUTHOR_TITLE)
        return bool(title) and sum(map(bool, row.cells)) == 1

    def _goes_on(self, row: Row) -> bool:
        """Take the rest of a title that went on in a row of its own; False where that is not for certain."""
        text = next(filter(None, row.cells))
        if _BRANCH_HEADING.fullmatch(text.lower()):
            self.branch = text
            return True
        if self._gathering is None or not (text[0].islower() or text[0] in "(["):
            return False
        record = self._gathering.record
        self._gathering.record = replace(record, title=f"{record.title} {_title(text)}")
        return True

    def _has_a_title(self, row: Row, columns: dict[Column, int]) -> bool:
        return columns[Column.TITLE] < len(row.cells) and bool(row.cells[columns[Column.TITLE]])

    def _is_heading(self, text: str) -> bool:
        """Whether the one cell of a row heads the rows below it: a branch, or a kind of literature."""
        if _BRANCH_HEADING.fullmatch(text.lower()):
            self.branch = text
            return True
        of_titles = {self.header.columns.get(Column.TITLE), self.header.columns.get(Column.AUTHOR_TITLE)}
        return 0 not in of_titles and (not any(map(str.isdigit, text)) or _WORDS.match(text) is not None)

    def _filled(self, row: Row, columns: dict[Column, int]) -> dict[Column, str]:
        """The cells by column, «the same as above» filled in."""
        cells: dict[Column, str] = {}
        for column, place in columns.items():
            text = row.cells[place] if place < len(row.cells) else ""
            if not text and column in self.header.again:
                more = (row.cells[other] for other in self.header.again[column] if other < len(row.cells))
                text = next(filter(None, more), "")
            if column in _SAME_AS_ABOVE:
                text = values.with_what_is_above(text, self._above.get(place, ""))
                self._above[place] = text
            cells[column] = text
        return cells

    def _copies(self, cells: dict[Column, str]) -> tuple[list[ItemData] | None, tuple[str, ...]]:
        """The copies of a row, None where the table says nothing of copies; and what was mended."""
        if not self.header.knows_copies:
            return None, ()
        counted = values.count(cells.get(Column.COPIES, ""))
        numbers, mended = values.inventory_numbers(cells.get(Column.INVENTORY, ""), counted)
        warnings: tuple[str, ...] = (mended,) if mended else ()
        available = values.count(cells.get(Column.AVAILABLE, ""))
        issued = values.count(cells.get(Column.ISSUED, ""))
        total = counted
        if total is None and available is not None:
            total = available + (issued or 0)
        if total is None:
            if not numbers and self._only_counts():
                return None, warnings
            total = max(1, len(numbers))
        copy, unknown = self._copy(cells)
        if unknown:
            warnings += ("unknown_status",)
        if issued is None and available is not None:
            issued = max(0, total - available)
        return _spread(copy, numbers, total, issued or 0), warnings

    def _only_counts(self) -> bool:
        """Whether nothing but a number says that there are copies: an empty one then says nothing."""
        return Column.COPIES in self.header.columns and Column.INVENTORY not in self.header.columns

    def _copy(self, cells: dict[Column, str]) -> tuple[ItemData, bool]:
        """What all copies of a row have in common, and whether its status is a word that nobody knows."""
        text = cells.get(Column.STATUS, "")
        if not text and Column.AVAILABLE in cells and values.count(cells[Column.AVAILABLE]) is None:
            text = cells[Column.AVAILABLE]  # «В наличии: да»
        note, location = cells.get(Column.NOTE, ""), values.said(cells.get(Column.LOCATION, ""))
        until = values.said(cells.get(Column.DUE, ""))
        due = day(until, month_first=self.month_first)
        # A date that nobody can read is one all the same; who has the book is not kept.
        lent = due is not None or any(map(str.isdigit, until)) or bool(values.said(cells.get(Column.HOLDER, "")))
        status = values.status(text) if text else ItemStatus.AVAILABLE
        unknown = bool(text) and status is ItemStatus.UNKNOWN
        if values.said(cells.get(Column.ACT, "")):
            status = ItemStatus.WITHDRAWN
        elif (found := values.gone(note)) is not None and (not text or status is ItemStatus.AVAILABLE):
            status = found
        elif lent and status in {ItemStatus.AVAILABLE, ItemStatus.UNKNOWN}:
            status = ItemStatus.ON_LOAN
        branch = values.said(cells.get(Column.BRANCH, ""))
        if self.one_house and _ROOM.search(self.branch.lower()):
            location = location or self.branch
        else:
            branch = branch or self.branch
        return (
            ItemData(
                branch=branch,
                location=location,
                barcode=values.said(values.whole(cells.get(Column.BARCODE, ""))),
                call_number=_call_number(cells),
                status=status,
                lendable=not values.in_reading_room(text, note, location, branch),
                due_on=due if status is ItemStatus.ON_LOAN else None,
            ),
            unknown,
        )


def sheet_branch(name: str) -> str:
    """The branch that a sheet of a workbook is named after, "" where its name says none."""
    return name.strip() if _SHEET_OF_A_BRANCH.search(name) else ""


def rejected(row: Row, reason: Rejection, detail: str, source_id: str = "") -> Rejected:
    """One row of the report."""
    return Rejected(
        ordinal=row.number,
        offset=row.offset,
        reason=reason,
        detail=detail,
        source_id=source_id,
        head=";".join(row.cells).encode()[:_HEAD].hex(),
    )


def described(cells: dict[Column, str]) -> _Described:
    """The description of an edition, without its copies, and what was mended."""

    def said(column: Column) -> str:
        return values.said(cells.get(column, "")).replace("\n", " ")

    title, author, imprint = cells.get(Column.TITLE, "").replace("\n", " "), people(cells.get(Column.AUTHOR, "")), ""
    more = ""
    if Column.AUTHOR_TITLE in cells and not title:
        found, title, imprint = taken_apart(cells[Column.AUTHOR_TITLE].replace("\n", " "))
        author = author or found
        title, _, more = title.partition(" : ")
    authors = () if fold(author) in NO_AUTHOR else split_authors(author)
    year, mended = values.year(said(Column.YEAR) or str(cleaning.year(imprint) or ""))
    isbns, isbn_raw, isbn_lost = values.read_isbns(cells.get(Column.ISBN, "").replace("\n", "; "))
    record = RecordData(
        source_id=values.whole(said(Column.ID)),
        kind=values.kind(said(Column.KIND)) if Column.KIND in cells else Kind.BOOK,
        title=_title(title),
        subtitle=said(Column.SUBTITLE) or more.strip(" []"),
        original_title=cleaning.original(title, [said(Column.ORIGINAL)]),
        part_number=values.whole(said(Column.PART)),
        author=authors[0] if authors else "",
        authors=authors,
        place=said(Column.PLACE),
        publisher=cleaning.phrase(said(Column.PUBLISHER)),
        year=year,
        extent=values.whole(said(Column.PAGES)),
        isbns=isbns,
        isbn_raw=isbn_raw,
        isbn_lost=isbn_lost,
        issn=said(Column.ISSN),
        series=values.series(said(Column.SERIES)),
        languages=values.language(said(Column.LANGUAGE)) if said(Column.LANGUAGE) else (),
        subjects=values.several(cells.get(Column.SUBJECT, "")),
        genres=values.several(cells.get(Column.GENRE, "")),
        keywords=values.several(cells.get(Column.KEYWORDS, "")),
        udc=said(Column.UDC),
        bbk=said(Column.BBK),
        call_number=_call_number(cells),
        annotation=said(Column.ANNOTATION),
        url=_url(said(Column.URL)),
        age_mark=_age(cells, title),
        grade=values.grade(cells.get(Column.GRADE, "")) or cleaning.grade(title),
    )
    return record, cleaning.distinct((mended, "isbn_lost" if isbn_lost else ""))


def people(text: str) -> str:
    """Who wrote it; of several lines with initials in each every one is a person."""
    lines = text.split("\n")
    each = len(lines) > 1 and all(map(_INITIAL.search, lines))
    return values.said(("; " if each else " ").join(lines))


def _title(text: str) -> str:
    """A title in words; a number alone is one («1984»), a dash alone is none."""
    if text.count('"') == 1:  # half a quotation is left over where the file was damaged
        text = text.strip('" ')
    return values.whole(cleaning.phrase(text)) if fold(text) else ""


def _age(cells: dict[Column, str], title: str) -> int | None:
    marked = values.age_mark(cells[Column.AGE]) if cells.get(Column.AGE) else None
    return marked if marked is not None else cleaning.age_mark(title)


def _url(text: str) -> str:
    return text if text.lower().startswith(("http://", "https://")) else ""


def _call_number(cells: dict[Column, str]) -> str:
    return values.said(cells.get(Column.CALL_NUMBER, "")) or values.said(cells.get(Column.BBK, ""))


def _spread(copy: ItemData, numbers: Sequence[str], total: int, issued: int) -> list[ItemData]:
    """A copy for every number, and a lump for those that have none."""
    issued = min(issued, total)
    if len(numbers) <= 1:
        number = numbers[0] if numbers else ""
        return [replace(copy, inventory_number=number, copies=total, issued=issued)] if total else []
    single = [
        replace(copy, inventory_number=number, barcode="", issued=int(at < issued)) for at, number in enumerate(numbers)
    ]
    rest = total - len(numbers)
    lump = [replace(copy, barcode="", copies=rest, issued=max(0, issued - len(numbers)))] if rest > 0 else []
    return single + lump
