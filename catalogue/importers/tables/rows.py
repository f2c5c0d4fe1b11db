"""Rows out of text tables and workbooks, one by one in constant memory."""

import codecs
import csv
import re
import warnings
import zipfile
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import field
from pathlib import Path
from typing import Literal

from bot.errors import InputError
from bot.quick import dataclass
from catalogue.importers.opendocument import OpenDocument, is_open_document
from catalogue.importers.source import Stream
from catalogue.importers.tables import values

DELIMITERS = ";\t,|"
MOST_COLUMNS = 500
LONGEST_LINE = 200_000
"""Characters of a row at most: a longer one is no row of an inventory."""
_QUOTED_LINES = 30
"""Lines that one quoted cell may take; a quote that closes later is a stray one."""
_ASKED_BEFORE = 5
"""Rows before the last one that tell how many cells it ought to have."""
_BLOCK = 1 << 16
_MOST_UNPACKED = 4 << 30
_HIDDEN = re.compile(rb'<(?:\w+:)?row\b(?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
_ROW = re.compile(rb'<(?:\w+:)?row\b(?:[^>]*?\br="(\d+)")?')
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*\bref="([A-Z]{1,3})(\d+):[A-Z]{1,3}(\d+)"')
_MOST_MERGED = 200_000
_OVERLAP = 512


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes:
        number: 1-based, counted over all sheets.
        offset: Bytes before it in a text, rows before it in a workbook.
        cells: Its texts, empty ones at the end left out.
        hidden: A filter, or a person, hid it.
        cut: The file ends within it: it has fewer cells than the rows before, and no end of its line.
    """

    number: int
    offset: int
    cells: tuple[str, ...]
    hidden: bool = False
    cut: bool = False


# --- text ----------------------------------------------------------------------------------------


def text_rows(path: Path, charset: str, delimiter: str) -> Iterator[Row]:
    """The rows of a CSV or tab-separated text. Raises OSError."""
    lines = _Ahead(_lines(path, charset))
    number = 0
    parted: deque[int] = deque(maxlen=_ASKED_BEFORE)
    while (taken := lines.take()) is not None:
        offset, text, is_whole = taken
        number += 1
        first = number
        text = _marked_dittos(text, delimiter)
        is_open = text.count('"') % 2 == 1
        more = lines.until_quotes_close() if is_open else []
        number += len(more)
        quoting: Literal[0, 3] = csv.QUOTE_NONE if is_open and not more else csv.QUOTE_MINIMAL
        text = "\n".join([text, *more])
        parts = text.count(delimiter)
        is_cut = not is_whole and len(parted) == _ASKED_BEFORE and parts < min(parted)
        parted.append(parts)
        yield Row(number=first, offset=offset, cells=_split(text, delimiter, quoting), cut=is_cut)


def split_sample(lines: Iterable[str], delimiter: str) -> list[tuple[str, ...]]:
    """The first lines of a text as rows, to try a delimiter on."""
    return [_split(_marked_dittos(line, delimiter), delimiter, csv.QUOTE_MINIMAL) for line in lines]


def _split(text: str, delimiter: str, quoting: Literal[0, 3]) -> tuple[str, ...]:
    try:
        cells = next(csv.reader([text], delimiter=delimiter, quoting=quoting, strict=False), [])
    except csv.Error:
        cells = text.split(delimiter)
    return _trimmed(map(values.cell, cells[:MOST_COLUMNS]))


def _trimmed(cells: Iterable[str]) -> tuple[str, ...]:
    made = list(cells)
    while made and not made[-1]:
        made.pop()
    return tuple(made)


def _marked_dittos(line: str, delimiter: str) -> str:
    """A quote alone in a cell is no open quotation but «the same as above»."""
    if '"' not in line:
        return line
    alone = re.compile(rf'(?:(?<=^)|(?<={re.escape(delimiter)}))\s*"\s*(?={re.escape(delimiter)}|$)')
    marked, found = alone.subn("〃", line)
    return marked if found and marked.count('"') % 2 == 0 else line


def _lines(path: Path, charset: str) -> Iterator[tuple[int, str, bool]]:
    """(byte offset, text, whether the line has an end) of each line; a longer one than a row can be is cut."""
    decoder = codecs.getincrementaldecoder(charset)("replace")
    offset, rest, end = 0, "", ""
    with Stream(path) as stream:
        while block := stream.read(_BLOCK):
            rest += decoder.decode(block)
            # Excel for the Mac ends lines with CR alone.
            end = end or ("\r" if "\r" in rest and "\n" not in rest else "\n")
            *whole, rest = rest.split(end)
            for line in whole:
                yield offset, line.strip("\r\ufeff\x1a\0"), True
                offset += len(line.encode(charset, "replace")) + 1
            if len(rest) > LONGEST_LINE:
                yield offset, rest[:LONGEST_LINE], True
                offset, rest = offset + len(rest.encode(charset, "replace")), ""
        rest += decoder.decode(b"", final=True)
        if rest.strip("\r\n\ufeff\x1a\0"):
            yield offset, rest.strip("\r\ufeff\x1a\0"), False


class _Ahead:
    """Lines with a look ahead."""

    def __init__(self, lines: Iterator[tuple[int, str, bool]]) -> None:
        self._lines = lines
        self._waiting: list[tuple[int, str, bool]] = []

    def take(self) -> tuple[int, str, bool] | None:
        return self._waiting.pop(0) if self._waiting else next(self._lines, None)

    def until_quotes_close(self) -> list[str]:
        """The lines that belong to an open quotation; none, and nothing taken, where it never closes."""
        taken: list[tuple[int, str, bool]] = []
        while len(taken) < _QUOTED_LINES and (line := self.take()) is not None:
            taken.append(line)
            if line[1].count('"') % 2:
                return [text for _, text, _ in taken]
        self._waiting[:0] = taken
        return []


# --- workbooks -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Sheet:
    """What openpyxl does not tell when it reads row by row."""

    rows: int = 0
    hidden: set[int] = field(default_factory=set)
    merged: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    """Column → (first row, last row) of cells merged over several rows."""


def is_workbook(path: Path) -> bool:
    """Whether a file is a workbook of Excel (of the zipped kind) or of LibreOffice."""
    if is_open_document(path):
        return True
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def workbook_size(path: Path) -> int:
    """Rows of all visible sheets."""
    with _opened(path) as book:
        return sum(sheet.rows for _, sheet in book.sheets)


def hidden_sheets(path: Path) -> list[str]:
    """Names of the sheets that somebody hid."""
    with _opened(path) as book:
        return book.hidden


def workbook_sheets(path: Path) -> Iterator[tuple[str, Iterator[Row]]]:
    """Name and rows of every visible sheet; what is merged over rows is repeated in each.

    Raises:
        InputError: The workbook is damaged.
    """
    with _opened(path) as book:
        before = 0
        for name, sheet in book.sheets:
            yield name, book.rows_of(name, sheet, before)
            before += sheet.rows


def _opened(path: Path) -> "_Workbook | _OpenWorkbook":
    return _OpenWorkbook(path) if is_open_document(path) else _Workbook(path)


class _OpenWorkbook:
    """An open workbook of LibreOffice."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> "_OpenWorkbook":
        self._book = OpenDocument(self._path)
        self.sheets = [(name, _Sheet(rows=count)) for name, count in self._book.sheets]
        self.hidden = self._book.hidden
        return self

    def __exit__(self, *exception: object) -> None:
        """Nothing stays open between two rows' readers."""

    def rows_of(self, name: str, _: _Sheet, before: int) -> Iterator[Row]:
        """One sheet's rows, numbered from ``before``."""
        for number, (cells, hidden) in enumerate(self._book.rows_of(name), before + 1):
            yield Row(number=number, offset=number - 1, cells=_trimmed(map(values.cell, cells)), hidden=hidden)


class _Workbook:
    """An open workbook."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> "_Workbook":
        import openpyxl

        self._file = self._path.open("rb")  # by its name openpyxl would judge what the file is
        try:
            with warnings.catch_warnings():
                # Styles and validation that openpyxl cannot keep do not matter to who only reads.
                warnings.simplefilter("ignore")
                with zipfile.ZipFile(self._path) as archive:
                    if sum(entry.file_size for entry in archive.infolist()) > _MOST_UNPACKED:
                        raise InputError(f"{self._path}: unpacks to more than 4 GB; save the sheets as CSV")
                    parts = {name: _scan(archive, name) for name in archive.namelist() if _is_sheet(name)}
                self._book = openpyxl.load_workbook(self._file, read_only=True, data_only=True, keep_links=False)
        except InputError:
            self._file.close()
            raise
        except Exception as error:  # openpyxl raises whatever its XML, zip and styles code happens to raise
            self._file.close()
            raise _damaged(self._path, error) from error
        self.sheets = [
            (sheet.title, parts.get(_part_of(sheet), _Sheet()))
            for sheet in self._book.worksheets
            if sheet.sheet_state == "visible"
        ]
        self.hidden = [sheet.title for sheet in self._book.worksheets if sheet.sheet_state != "visible"]
        return self

    def __exit__(self, *exception: object) -> None:
        self._book.close()
        self._file.close()

    def rows_of(self, name: str, sheet: _Sheet, before: int) -> Iterator[Row]:
        """One sheet's rows, numbered from ``before``."""
        worksheet = self._book[name]
        worksheet.reset_dimensions()  # some programs write a wrong one, and rows beyond it would be lost
        held: dict[int, str] = {}
        found = worksheet.iter_rows(values_only=True)
        number = 0
        while True:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    taken = next(found, None)
            except Exception as error:  # as above
                raise _damaged(self._path, error) from error
            if taken is None:
                return
            number += 1
            cells = [values.text_of(value) for value in taken[:MOST_COLUMNS]]
            _fill_merged(cells, number, sheet.merged, held)
            yield Row(
                number=before + number,
                offset=before + number - 1,
                cells=_trimmed(cells),
                hidden=number in sheet.hidden,
            )


def _damaged(path: Path, error: Exception) -> InputError:
    return InputError(f"{path}: is a damaged workbook ({type(error).__name__}); open it in Excel and save it again")


def _is_sheet(name: str) -> bool:
    return name.startswith("xl/worksheets/") and name.endswith(".xml")


def _part_of(worksheet: object) -> str:
    return str(getattr(worksheet, "_worksheet_path", ""))


def _scan(archive: zipfile.ZipFile, name: str) -> _Sheet:
    """Hidden rows and merged cells of a sheet, found in its XML as it streams by."""
    sheet = _Sheet()
    kept, merges = b"", 0
    with archive.open(name) as stream:
        while block := stream.read(1 << 20):
            text = kept + block
            cut = max(0, len(text) - _OVERLAP)
            cut = max(text.rfind(b"<", cut), cut) if len(block) == 1 << 20 else len(text)
            whole, kept = text[:cut], text[cut:]
            for number in _ROW.findall(whole):
                sheet.rows = max(sheet.rows + 1, int(number or 0))
            sheet.hidden.update(int(row) for row in _HIDDEN.findall(whole))
            for left, top, bottom in _MERGED.findall(whole):
                merges += int(bottom) > int(top)
                if int(bottom) > int(top) and merges <= _MOST_MERGED:
                    sheet.merged.setdefault(_column_number(left), []).append((int(top), int(bottom)))
    for spans in sheet.merged.values():
        spans.sort(reverse=True)
    return sheet


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _fill_merged(cells: list[str], row: int, merged: dict[int, list[tuple[int, int]]], held: dict[int, str]) -> None:
    """Repeat a cell that is merged with the ones below it; ``held`` keeps its text from its first row on."""
    for column, spans in merged.items():
        while spans and spans[-1][1] < row:
            spans.pop()
        if not spans or spans[-1][0] > row:
            continue
        if spans[-1][0] == row:
            held[column] = cells[column] if column < len(cells) else ""
        elif column < MOST_COLUMNS:
            cells.extend([""] * (column + 1 - len(cells)))
            cells[column] = cells[column] or held.get(column, "")
