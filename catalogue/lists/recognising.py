"""What a list is, and its rows one by one in constant memory."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import chain, islice
from pathlib import Path
from typing import Literal

from bot.errors import InputError
from bot.language.folding import fold
from bot.library.lists import Listed, LoanData, PatronData, TitleData
from bot.library.records import Rejected, Rejection
from bot.quick import dataclass
from bot.shelving import Fault
from catalogue.importers import charsets, irbis_text, iso2709
from catalogue.importers.charsets import RecordDecoder, record_decoder
from catalogue.importers.chunks import BadRecord, Chunk
from catalogue.importers.fields import Fields
from catalogue.importers.foreign import ForeignFile, foreign
from catalogue.importers.source import Stream, unpacked_size
from catalogue.importers.tables import days, values
from catalogue.importers.tables import rows as tables
from catalogue.importers.tables.reading import charset_of, first_lines, head_of
from catalogue.importers.tables.rows import Row
from catalogue.lists import irbis_readers
from catalogue.lists.headings import DATES, HEADER_WITHIN, LOANS, PATRONS, TITLES, Column, Header, find_header
from catalogue.lists.rows import BadRow, Cells, loan, patron, title

Kind = Literal["patrons", "loans", "hidden"]
Read = Listed[PatronData] | Listed[LoanData] | Listed[TitleData] | Rejected
_SAMPLE = 200
_IRBIS = re.compile(r"\s*#?\d{1,5}\s*:\s?\S")
_WORDS: Mapping[Kind, Mapping[Column, str]] = {"patrons": PATRONS, "loans": LOANS, "hidden": TITLES}
_NAMES = frozenset({Column.NAME, Column.SURNAME, Column.GIVEN_NAME})
_CARDS = frozenset(map(fold, LOANS[Column.CARD].split("|")))
_OF_BOOKS = frozenset(
    fold(heading)
    for column in (Column.TITLE, Column.AUTHOR, Column.AUTHOR_TITLE, Column.ISBN)
    for heading in TITLES[column].split("|")
)
_EXPECTED: Mapping[Kind, str] = {
    "patrons": "№ билета, ФИО, Дата рождения, Телефон, Категория, Филиал "
    "or Card number, Name, Date of birth, Phone, Category, Branch",
    "loans": "№ билета, Инв. №, Название, Дата выдачи, Срок возврата "
    "or Card number, Barcode, Title, Checkout date, Due date",
    "hidden": "Автор, Название, ISBN, Инв. № or Author, Title, ISBN, Inventory number",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile:
    """A recognised list.

    Attributes:
        size: How far ``offset`` of the rows will go: unpacked bytes, rows for workbooks.
        evidence: Why this format and charset, in words for the operator.
        month_first: Whether «3/5/2026» is the fifth of March.
    """

    path: Path
    kind: Kind
    format: str
    charset: str
    size: int
    evidence: str
    month_first: bool = False
    reader: Callable[["ListFile"], Iterator[Read]] = field(repr=False, compare=False)

    def rows(self) -> Iterator[Read]:
        """Every row in order, good or rejected. Raises InputError where the file cannot be read any more."""
        try:
            yield from self.reader(self)
        except OSError as error:
            raise InputError(f"{self.path}: cannot be read ({error.strerror or error})") from error


def recognise_list(path: Path, kind: Kind, encoding: str = "", *, month_first: bool = False) -> ListFile:
    """What a file is and how it is read.

    Args:
        path: CSV, tab-separated text, gzip of these, an Excel workbook, or IRBIS's base of readers as text or ISO 2709.
        kind: What is looked for in it.
        encoding: Overrules what the charset looks like.
        month_first: Whether «3/5/2026» is the fifth of March, where no date of the list tells.

    Raises:
        InputError: It is none of these, or no column tells of card numbers; the text says what was found.
    """
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name the files in it")
    if not path.is_file():
        raise InputError(f"{path}: there is no such file")
    try:
        if tables.is_workbook(path):
            return _workbook(path, kind, month_first=month_first)
        head = head_of(path)
        charset, evidence = charset_of(head, encoding)
        lines = first_lines(head, charset)
        size = unpacked_size(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    if other := foreign(path, head):
        raise ForeignFile(f"{path}: is {other.said}; or save the list as CSV or as an Excel workbook", other.fault)
    if kind != "hidden" and iso2709.begins_in(head):
        return _iso(path, kind, head, encoding, size)
    if b"\0" in head and not charset.startswith("utf-16"):
        raise InputError(f"{path}: is no text; save it as CSV or as an Excel workbook (.xlsx)")
    if kind != "hidden" and sum(_IRBIS.match(line) is not None or line.startswith("*****") for line in lines) * 2 > len(
        lines
    ):
        reader = _irbis_patrons if kind == "patrons" else _irbis_loans
        return ListFile(
            path=path, kind=kind, format="irbis_text", charset=charset, size=size, evidence=evidence, reader=reader
        )
    delimiter, header = _layout(path, kind, lines)
    return ListFile(
        path=path,
        kind=kind,
        format="table",
        charset=charset,
        size=size,
        evidence=f"{evidence}; columns: {', '.join(header.headings)}",
        month_first=_month_first(tables.text_rows(path, charset, delimiter), header, otherwise=month_first),
        reader=lambda source: _text(source, delimiter, header),
    )


# --- tables --------------------------------------------------------------------------------------


def _layout(path: Path, kind: Kind, lines: Sequence[str]) -> tuple[str, Header]:
    """The delimiter under which most headings are known."""
    best: tuple[str, Header] | None = None
    for delimiter in tables.DELIMITERS:
        header = find_header(tables.split_sample(lines, delimiter), _WORDS[kind])
        if header is not None and (best is None or len(header.columns) > len(best[1].columns)):
            best = delimiter, header
    if best is None:
        raise _no_header(path, kind, [line for line in lines if line.strip()][:1])
    _check(path, kind, best[1])
    return best


def _check(path: Path, kind: Kind, header: Header) -> None:
    """Raises ForeignFile where the only cards are barcodes of books: each book would become a reader."""
    headings = {fold(heading) for heading in header.headings}
    of_books = headings & _OF_BOOKS and not headings & _CARDS
    if kind == "patrons" and of_books and header.columns.keys().isdisjoint(_NAMES):
        raise ForeignFile(
            f"{path}: is a list of books, not of readers: {', '.join(header.headings)}; import it without --kind",
            Fault.OF_BOOKS,
        )


def _text(source: ListFile, delimiter: str, header: Header) -> Iterator[Read]:
    for row in tables.text_rows(source.path, source.charset, delimiter):
        if row.number > header.rows:
            yield from _taken(source, row, header)


def _month_first(rows: Iterator[Row], header: Header, *, otherwise: bool) -> bool:
    places = [place for column, place in header.columns.items() if column in DATES]
    texts = (row.cells[place] for row in islice(rows, days.ASKED_ROWS) for place in places if place < len(row.cells))
    return days.is_month_first(texts, otherwise=otherwise)


def _workbook(path: Path, kind: Kind, *, month_first: bool) -> ListFile:
    seen: list[str] = []
    for _, sheet in tables.workbook_sheets(path):
        rows = list(islice(sheet, HEADER_WITHIN + 1))
        first = [row.cells for row in rows]
        header = find_header(first, _WORDS[kind])
        if header is not None:
            _check(path, kind, header)
            return ListFile(
                path=path,
                kind=kind,
                format="table",
                charset="xlsx",
                size=tables.workbook_size(path),
                evidence=f"columns: {', '.join(header.headings)}",
                month_first=_month_first(chain(rows, sheet), header, otherwise=month_first),
                reader=_sheets,
            )
        seen += [", ".join(cells) for cells in first[:1]]
    raise _no_header(path, kind, seen)


def _sheets(source: ListFile) -> Iterator[Read]:
    for _, sheet in tables.workbook_sheets(source.path):
        first = list(islice(sheet, HEADER_WITHIN + 1))
        header = find_header([row.cells for row in first], _WORDS[source.kind])
        if header is None:
            continue
        for row in first[header.rows :]:
            yield from _taken(source, row, header)
        for row in sheet:
            yield from _taken(source, row, header)


def _taken(source: ListFile, row: Row, header: Header) -> Iterator[Read]:
    if not any(row.cells) or values.is_total(row.cells):
        return
    cells = Cells(row.cells, header.columns, month_first=source.month_first)
    try:
        if source.kind == "patrons":
            yield Listed(row.number, row.offset, patron(cells))
        elif source.kind == "loans":
            yield Listed(row.number, row.offset, loan(cells))
        else:
            yield Listed(row.number, row.offset, title(cells))
    except BadRow as bad:
        yield Rejected(ordinal=row.number, offset=row.offset, reason=Rejection.BAD_ROW, detail=str(bad))


def _no_header(path: Path, kind: Kind, found: Sequence[str]) -> InputError:
    what = "; ".join(text[:200] for text in found) or "nothing"
    wanted = "titles, ISBNs or inventory numbers" if kind == "hidden" else "card numbers beside another known one"
    return InputError(
        f"{path}: no heading of a column of {wanted} in the first {HEADER_WITHIN} rows; "
        f"found: {what}; expected: {_EXPECTED[kind]}"
    )


# --- IRBIS ---------------------------------------------------------------------------------------


def _irbis_patrons(source: ListFile) -> Iterator[Read]:
    for place, fields in _records(source):
        if isinstance(fields, BadRow):
            yield _rejected(place, fields)
            continue
        try:
            yield Listed(*place, irbis_readers.patron(fields))
        except BadRow as bad:
            yield _rejected(place, bad)


def _irbis_loans(source: ListFile) -> Iterator[Read]:
    for place, fields in _records(source):
        for row in [fields] if isinstance(fields, BadRow) else irbis_readers.loans(fields):
            yield _rejected(place, row) if isinstance(row, BadRow) else Listed(*place, row)


def _iso(path: Path, kind: Kind, head: bytes, encoding: str, size: int) -> ListFile:
    """The base of readers as ISO 2709. Raises InputError where the records tell of no readers."""
    sample = head.split(b"\x1d")[:_SAMPLE]
    known = {tag.zfill(3) for tag in irbis_readers.MOST_SURELY_READERS}
    if not any(len(known.intersection(iso2709.tags(data))) > 1 for data in sample):
        raise InputError(f"{path}: is ISO 2709, but no base of readers (no fields 10, 30 and 40); is it the catalogue?")
    named = charsets.named(encoding) if encoding else ""
    found = charsets.guess(sample[:-1] or sample)
    return ListFile(
        path=path,
        kind=kind,
        format="irbis_iso",
        charset=named or found.charset,
        size=size,
        evidence="named by the operator" if named else found.evidence,
        reader=_irbis_patrons if kind == "patrons" else _irbis_loans,
    )


def _records(source: ListFile) -> Iterator[tuple[tuple[int, int], Fields | BadRow]]:
    decoder = record_decoder(source.charset)
    wanted = {tag.zfill(3).encode(): tag for tag in irbis_readers.TAGS}
    iso = source.format == "irbis_iso"
    with Stream(source.path) as stream:
        for ordinal, chunk in enumerate((iso2709 if iso else irbis_text).chunks(stream), 1):
            yield (ordinal, chunk.offset), _parsed(chunk, decoder, wanted if iso else None)


def _parsed(chunk: Chunk, decoder: RecordDecoder, wanted: Mapping[bytes, str] | None) -> Fields | BadRow:
    """A record's fields; a cut or broken one is no reader."""
    if chunk.fault is not None:
        return BadRow(f"a broken record: {chunk.fault.value}")
    if wanted is None:
        return irbis_text.parse(chunk.data, decoder, irbis_readers.TAGS)
    try:
        return iso2709.parse(chunk.data, decoder, wanted, any_case=True)
    except BadRecord as bad:
        return BadRow(f"a broken record: {bad}")


def _rejected(place: tuple[int, int], bad: BadRow) -> Rejected:
    """Where and why, without the record: a reader's must not go into a report."""
    return Rejected(ordinal=place[0], offset=place[1], reason=Rejection.BAD_ROW, detail=str(bad))
