"""Small tables as files: CSV and Excel, read however they come and written as a Russian office opens them."""

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.errors import InputError
from bot.spreadsheet import harmless
from catalogue.importers.tables import rows as tables
from catalogue.importers.tables.reading import charset_of

LARGEST = 5_000_000
WORKBOOK = ".xlsx"

Row = Sequence[str]


def rows_of(path: Path, encoding: str = "") -> list[Row]:
    """The rows of a table, cells without blanks at their ends; empty rows are there.

    Args:
        path: A workbook, or text parted by semicolons, tabulators or commas.
        encoding: Of a text; "" finds it out.

    Raises:
        InputError: The file is no table, or too large for a small one.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: more than {LARGEST:,} bytes: this is no such list")
        return _workbook(path) if tables.is_workbook(path) else _text(path, encoding)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def _workbook(path: Path) -> list[Row]:
    return [row.cells for _, sheet in tables.workbook_sheets(path) for row in sheet]


def _text(path: Path, encoding: str) -> list[Row]:
    data = path.read_bytes()
    if b"\0" in data[:1000] and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise InputError(f"{path}: is no table: neither text nor an Excel workbook")
    charset, _ = charset_of(data, encoding)
    text = data.decode(charset, "replace").lstrip("\ufeff")
    first = text.partition("\n")[0]
    delimiter = max(";\t,", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise InputError(f"{path.name}: {error}") from None
    return [tuple(cell.strip() for cell in row) for row in rows]


def write(path: Path, header: Row, rows: Iterable[Sequence[str | int]]) -> None:
    """Write a table: a workbook where the name ends in ``.xlsx``, else CSV with semicolons and a byte order mark.

    Raises:
        InputError: The file cannot be written.
    """
    safe = [[harmless(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    try:
        if path.suffix.lower() == WORKBOOK:
            _write_workbook(path, header, safe)
            return
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file, delimiter=";")
            table.writerow(header)
            table.writerows(safe)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None


def _write_workbook(path: Path, header: Row, rows: Iterable[Sequence[str | int]]) -> None:
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(header))
    for row in rows:
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell for cell in row])
    whole = io.BytesIO()
    book.save(whole)
    path.write_bytes(whole.getvalue())  # openpyxl itself complains once more, in its own words, about a full disk
