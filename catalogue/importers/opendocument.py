"""Rows out of spreadsheets of LibreOffice and its kin (.ods), sheet by sheet, row by row."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element, iterparse

from bot.errors import InputError

MOST_COLUMNS = 500
_MOST_ROWS_AGAIN = 1_000
"""An empty row stands for all below it, a full one for no more than somebody would copy."""
_HEAD = 4096
_CONTENT = "content.xml"
_KIND = b"opendocument.spreadsheet"
_MOST_UNPACKED = 4 << 30
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, SyntaxError, ValueError, OSError, EOFError, KeyError, NotImplementedError,
    RuntimeError,
)  # fmt: skip
_NOTES = frozenset({f"{_OFFICE}annotation"})


def is_open_document(path: Path) -> bool:
    """Whether a file is a spreadsheet of LibreOffice."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _CONTENT in archive.namelist() and _KIND in archive.read("mimetype")[:200]
    except (zipfile.BadZipFile, OSError, KeyError):
        return False


class OpenDocument:
    """A spreadsheet that is read row by row; every look goes through the file anew.

    Attributes:
        sheets: Name and count of rows of each sheet that is shown.
        hidden: Names of the others.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.sheets: list[tuple[str, int]] = []
        self.hidden: list[str] = []
        try:
            for name, is_shown, rows in self._tables():
                count = sum(1 for _ in rows)
                if is_shown:
                    self.sheets.append((name, count))
                else:
                    self.hidden.append(name)
        except _DAMAGE as error:
            raise self._damaged(error) from error

    def rows_of(self, name: str) -> Iterator[tuple[list[str], bool]]:
        """The rows of one sheet, and whether each is hidden; what is merged over rows is repeated in each."""
        try:
            for found, is_shown, rows in self._tables():
                if found == name and is_shown:
                    yield from _with_merged(rows)
                    return
        except _DAMAGE as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> InputError:
        name = type(error).__name__
        return InputError(f"{self._path}: is a damaged workbook ({name}); open it and save it again")

    def _tables(self) -> Iterator[tuple[str, bool, Iterator[Element]]]:
        """Each sheet with its rows, to be taken before the next one is asked for; what is left over is skipped."""
        with zipfile.ZipFile(self._path) as archive:
            entry = archive.getinfo(_CONTENT)
            if entry.file_size > _MOST_UNPACKED:
                raise InputError(f"{self._path}: unpacks to more than 4 GB; save the sheets as CSV")
            with archive.open(entry) as stream:
                if b"<!DOCTYPE" in stream.read(_HEAD):
                    raise InputError(f"{self._path}: declares a document type, which is never needed here")
            with archive.open(entry) as stream:
                yield from _parsed(iterparse(stream, ("start", "end")))  # noqa: S314 - without a document type


def _parsed(events: Iterator[tuple[str, Element]]) -> Iterator[tuple[str, bool, Iterator[Element]]]:
    unseen: set[str] = set()
    for event, element in events:
        if event == "end" and element.tag == f"{_STYLE}style":
            shown = element.find(f"{_STYLE}table-properties")
            if shown is not None and shown.get(f"{_TABLE}display") == "false":
                unseen.add(element.get(f"{_STYLE}name", ""))
        elif event == "start" and element.tag == f"{_TABLE}table":
            name, style = element.get(f"{_TABLE}name", ""), element.get(f"{_TABLE}style-name", "-")
            rows = _rows(events, element)
            yield name, style not in unseen, rows
            for _ in rows:
                pass


def _rows(events: Iterator[tuple[str, Element]], table: Element) -> Iterator[Element]:
    for event, element in events:
        if event != "end":
            continue
        if element.tag == f"{_TABLE}table":
            return
        if element.tag == f"{_TABLE}table-row":
            for _ in range(_again(element, "rows") if _is_filled(element) else 1):
                yield element
            element.clear()
            table.clear()  # else the empty rows would stay in it, and memory grow with them


def _is_filled(row: Element) -> bool:
    return any(_said(cell) for cell in row)


def _with_merged(rows: Iterator[Element]) -> Iterator[tuple[list[str], bool]]:
    held: dict[int, tuple[int, str]] = {}  # column → rows that are still to come, what stands in them
    for row in rows:
        cells: list[str] = []
        for cell in row:
            if len(cells) >= MOST_COLUMNS:
                break
            if cell.tag == f"{_TABLE}covered-table-cell":
                cells += _covered(held, len(cells), _again(cell, "columns"))
            elif cell.tag == f"{_TABLE}table-cell":
                text = _said(cell)
                if (span := int(cell.get(f"{_TABLE}number-rows-spanned", "1"))) > 1:
                    held[len(cells)] = (span - 1, text)
                cells += [text] * _again(cell, "columns")
        yield cells[:MOST_COLUMNS], row.get(f"{_TABLE}visibility", "visible") != "visible"


def _covered(held: dict[int, tuple[int, str]], first: int, count: int) -> list[str]:
    texts: list[str] = []
    for place in range(first, first + count):
        left, text = held.pop(place, (0, ""))
        texts.append(text if left else "")
        if left > 1:
            held[place] = (left - 1, text)
    return texts


def _again(element: Element, what: str) -> int:
    """How often a row or a cell stands there; empty ones are repeated to the end of the sheet."""
    most = _MOST_ROWS_AGAIN if what == "rows" else MOST_COLUMNS
    return max(1, min(most, int(element.get(f"{_TABLE}number-{what}-repeated", "1"))))


def _said(cell: Element) -> str:
    """What a cell shows; a number and a date as they are, not as they are formatted («1 234,00 ₽» is 1234)."""
    kind = cell.get(f"{_OFFICE}value-type", "")
    if kind in {"float", "currency"}:
        return cell.get(f"{_OFFICE}value", "")
    if kind == "date":
        year, *rest = cell.get(f"{_OFFICE}date-value", "")[:10].split("-")
        return ".".join((*reversed(rest), year))
    return "\n".join("".join(_texts(part)) for part in cell if part.tag == f"{_TEXT}p")


def _texts(part: Element) -> Iterator[str]:
    """The text of a paragraph: several spaces are an element of their own, a remark beside the cell is none of it."""
    yield part.text or ""
    for inner in part:
        if inner.tag == f"{_TEXT}s":
            yield " "
        elif inner.tag in {f"{_TEXT}line-break", f"{_TEXT}tab"}:
            yield "\n"
        elif inner.tag not in _NOTES:
            yield from _texts(inner)
        yield inner.tail or ""
