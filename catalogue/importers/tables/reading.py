"""Recognises a table by its header, and reads it."""

import codecs
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from bot.errors import InputError
from bot.library.records import Read, Rejected, Rejection
from bot.quick import dataclass, replace
from bot.shelving import Fault
from catalogue.importers import charsets
from catalogue.importers.foreign import ForeignFile
from catalogue.importers.opendocument import is_open_document
from catalogue.importers.source import SourceFile, Stream, unpacked_size
from catalogue.importers.tables import rows as tables
from catalogue.importers.tables.columns import (
    EXPECTED,
    HEADER_WITHIN,
    Column,
    Header,
    find_header,
    headings_of,
    in_one_house,
)
from catalogue.importers.tables.days import ASKED_ROWS, is_month_first
from catalogue.importers.tables.records import TableReader, rejected, sheet_branch
from catalogue.importers.tables.rows import Row

_SAMPLE = 1 << 18
_TRIED_LINES = 40
_ROWS_OF_A_LIST = 2
_WORKBOOKS = frozenset({"xlsx", "ods"})
_TABLE_NAMES = (".csv", ".tsv", ".csv.gz", ".tsv.gz", ".xlsx", ".xlsm", ".ods")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Layout:
    """How a text is to be read: what parts its cells, and its header, if it has one."""

    delimiter: str
    header: Header | None
    sample: Sequence[Sequence[str]]
    columns: int


def recognise_table(
    path: Path, encoding: str = "", *, month_first: bool = False, one_house: bool = False
) -> SourceFile | None:
    """A table with a header that names a column of titles; None where the file is no table at all.

    Args:
        path: CSV (``;``, ``,``, ``|``), tab-separated text, gzip of these, or a workbook (.xlsx, .ods).
        encoding: Overrules what the charset looks like; workbooks have none.
        month_first: Whether «3/5/2026» is the fifth of March, where no date of the file tells.
        one_house: Whether the library has one branch only.

    Raises:
        InputError: It is a table, but its header names no titles: the text says which headings were found.
    """
    if tables.is_workbook(path):
        return replace(_recognise_workbook(path, month_first=month_first), one_house=one_house)
    head = head_of(path)
    charset, evidence = charset_of(head, encoding)
    layout = _layout(first_lines(head, charset))
    is_named_so = path.name.lower().endswith(_TABLE_NAMES)
    if layout.header is None:
        if layout.columns < 2 and not is_named_so:
            return None
        raise _no_header(path, layout.sample)
    if layout.columns < 2 and not is_named_so and not path.name.lower().endswith(".txt"):
        return None
    _check(path, layout.header)
    return SourceFile(
        path=path,
        format="table",
        charset=charset,
        size=unpacked_size(path),
        evidence=f"{evidence}; cells parted by {_named(layout.delimiter)}; columns: {_columns(layout.header)}",
        month_first=_month_first(
            tables.text_rows(path, charset, layout.delimiter), layout.header, otherwise=month_first
        ),
        one_house=one_house,
        reader=read_table,
    )


def _month_first(rows: Iterator[Row], header: Header, *, otherwise: bool) -> bool:
    place = header.columns.get(Column.DUE)
    if place is None:
        return otherwise
    texts = (row.cells[place] for row in islice(rows, ASKED_ROWS) if place < len(row.cells))
    return is_month_first(texts, otherwise=otherwise)


def read_table(source: SourceFile) -> Iterator[Read | Rejected]:
    """The records of a recognised table; rows of one edition that stand together are one record.

    Raises:
        InputError: The file cannot be read any more, or changed its header since it was recognised.
    """
    try:
        if source.charset in _WORKBOOKS:
            yield from _read_workbook(source)
        else:
            yield from _read_text(source)
    except OSError as error:
        raise InputError(
            f"{source.path}: cannot be read ({error.strerror or error}); copy it to this machine and repeat"
        ) from error


# --- text ----------------------------------------------------------------------------------------


def head_of(path: Path) -> bytes:
    """The first bytes of a file, unpacked. Raises OSError."""
    data = b""
    with Stream(path) as stream:
        while len(data) < _SAMPLE and (block := stream.read(_SAMPLE - len(data))):
            data += block
    return data


def first_lines(head: bytes, charset: str) -> list[str]:
    """The first whole lines."""
    text = codecs.getincrementaldecoder(charset)("replace").decode(head)
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")[:_TRIED_LINES]


def charset_of(data: bytes, encoding: str) -> tuple[str, str]:
    """The charset of a text and why; ``encoding`` is what the operator named. Raises InputError."""
    if encoding:
        named = charsets.named(encoding)
        try:
            codecs.getincrementaldecoder(named)("replace").decode(data)
        except (LookupError, UnicodeError) as error:  # UnicodeError: UTF-16 that does not say which
            raise InputError(
                f"--encoding {encoding}: this table cannot be in it; expected utf-8, cp1251, cp866"
            ) from error
        return named, "named by the operator"
    for mark, charset in _BOMS:
        if data.startswith(mark):
            return charset, "its byte order mark"
    if wide := charsets.without_mark(data):
        return wide, "every second byte is a zero"
    found = charsets.guess(data.split(b"\n")[:-1] or [data], latin="cp1252")
    return found.charset, found.evidence


def _layout(lines: Sequence[str]) -> _Layout:
    """The delimiter under which most headings are known; where none is, the one that makes steady columns."""
    tried = [_tried(lines, delimiter) for delimiter in tables.DELIMITERS]
    return max(tried, key=lambda layout: (len(layout.header.columns) if layout.header else 0, layout.columns))


def _tried(lines: Sequence[str], delimiter: str) -> _Layout:
    sample = tables.split_sample(lines, delimiter)
    widths = Counter(len(row) for row in sample if row)
    steady = [width for width, seen in widths.items() if width > 1 and seen * 2 >= sum(widths.values())]
    header = find_header(sample)
    columns = max(steady, default=1)
    return _Layout(delimiter=delimiter, header=header, sample=sample, columns=columns)


def _read_text(source: SourceFile) -> Iterator[Read | Rejected]:
    path, charset = source.path, source.charset
    layout = _layout(first_lines(head_of(path), charset))
    if layout.header is None:
        raise _no_header(path, layout.sample)
    header = in_one_house(layout.header) if source.one_house else layout.header
    reader = TableReader(header=header, is_text=True, month_first=source.month_first, one_house=source.one_house)
    for row in tables.text_rows(path, charset, layout.delimiter):
        if row.number > header.rows:
            yield from reader.take(row)
    yield from reader.finish()


# --- workbooks -----------------------------------------------------------------------------------


def _recognise_workbook(path: Path, *, month_first: bool) -> SourceFile:
    found: list[Header] = []
    seen: list[Sequence[str]] = []
    for _, sheet in tables.workbook_sheets(path):
        first = [row.cells for row in islice(sheet, HEADER_WITHIN + 1)]
        header = find_header(first)
        if header is not None:
            _check(path, header)
            month_first = _month_first(sheet, header, otherwise=month_first)
            found.append(header)
        seen += first
    if not found:
        raise _no_header(path, seen, hidden=tables.hidden_sheets(path))
    return SourceFile(
        path=path,
        format="table",
        charset="ods" if is_open_document(path) else "xlsx",
        size=tables.workbook_size(path),
        evidence=f"sheets with a header: {len(found)}; columns: {_columns(found[0])}",
        month_first=month_first,
        reader=read_table,
    )


def _read_workbook(source: SourceFile) -> Iterator[Read | Rejected]:
    for name, sheet in tables.workbook_sheets(source.path):
        yield from _read_sheet(source, name, sheet)


def _read_sheet(source: SourceFile, name: str, sheet: Iterator[Row]) -> Iterator[Read | Rejected]:
    first = list(islice(sheet, HEADER_WITHIN + 1))
    header = find_header([row.cells for row in first])
    if header is None:
        yield from _without_header(name, [*first, *sheet])
        return
    header = in_one_house(header) if source.one_house else header
    reader = TableReader(
        header=header,
        is_text=False,
        month_first=source.month_first,
        one_house=source.one_house,
        branch=sheet_branch(name),
    )
    for row in first[header.rows :]:
        yield from reader.take(row)
    for row in sheet:
        yield from reader.take(row)
    yield from reader.finish()


def _without_header(name: str, rows: Sequence[Row]) -> Iterator[Rejected]:
    """A sheet that is not read is told of, if it may be a list."""
    listed = [row for row in rows if sum(map(bool, row.cells)) > 1]
    if len(listed) >= _ROWS_OF_A_LIST:
        said = f"sheet «{name}» has no row of headings, its {len(listed)} rows were not read: write the headings above"
        yield rejected(listed[0], Rejection.NO_HEADER, said)


# --- words for the operator ----------------------------------------------------------------------


def _no_header(path: Path, sample: Sequence[Sequence[str]], hidden: Sequence[str] = ()) -> ForeignFile:
    found = ", ".join(f"«{heading[:40]}»" for heading in headings_of(sample)[:12]) or "nothing"
    return ForeignFile(
        f"{path}: no heading of a column of titles in the first {HEADER_WITHIN} rows: "
        f"write a row above the list that says which column is which; found: {found}; expected: {EXPECTED}"
        + (f"; hidden sheets are not read, show the one that is meant: {', '.join(hidden)[:200]}" if hidden else ""),
        Fault.NO_HEADER,
    )


def _check(path: Path, header: Header) -> None:
    if header.of_readers:
        raise InputError(f"{path}: is a list of readers or of loans, not of books: {', '.join(header.headings)}")


def _columns(header: Header) -> str:
    named = ((column.value, " ".join(header.headings[place].split())) for column, place in header.columns.items())
    return ", ".join(f"{column} «{heading}»" for column, heading in named)


def _named(delimiter: str) -> str:
    return {"\t": "tabs", ",": "commas", ";": "semicolons"}.get(delimiter, f"«{delimiter}»")
