"""Tables of books in files of Excel: what it does to numbers, merged cells, several sheets."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from bot.errors import InputError
from bot.library.model import ItemStatus
from bot.library.records import Read
from catalogue.importers import recognise
from tests.catalogue.importers.support import all_of, numbers


def workbook(folder: Path, *rows: Sequence[object], sheet: str = "Лист1") -> tuple[Path, openpyxl.Workbook]:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    path = folder / "inventory.xlsx"
    book.save(path)
    return path, book


def test_a_workbook_without_titles_is_refused(tmp_path: Path) -> None:
    path, _ = workbook(tmp_path, ["дата", "сумма"], [1, 2])

    with pytest.raises(InputError, match="no heading of a column of titles"):
        recognise(path)


def test_a_damaged_workbook_says_what_to_do(tmp_path: Path) -> None:
    path, _ = workbook(tmp_path, ["Название"], ["Чайка"])
    data = path.read_bytes()
    at = data.index(b"xl/worksheets/sheet1.xml") + 40
    path.write_bytes(data[:at] + b"\0" * 60 + data[at + 60 :])

    with pytest.raises(InputError, match="save it again"):
        recognise(path)


def test_excel_is_read_with_all_that_it_does_to_numbers(tmp_path: Path) -> None:
    path, book = workbook(
        tmp_path,
        ["Инвентарная книга"],
        ["Инв. №", "Автор", "Заглавие", "Год", "ISBN"],
        [12345.0, "Чехов А. П.", "Чайка", 1985.0, 9785080065644],
        [datetime(2024, 5, 12), "Горький М.", "Мать", datetime(1990, 1, 1), "9,78E+12"],  # noqa: DTZ001 - Excel knows no zones
        ["1234-1236", "Оруэлл Дж.", 1984, "#N/A", None],
        ["Итого", None, 3],
    )
    assert book.active is not None
    book.active.row_dimensions[4].hidden = True
    book.save(path)

    chaika, mat, year_1984 = (row.record for row in all_of(path) if isinstance(row, Read))

    assert (numbers(chaika), chaika.year, chaika.isbns) == (["12345"], 1985, ("9785080065644",))
    assert (numbers(mat), mat.year, mat.isbn_lost) == (["12.05.2024"], 1990, True)
    assert set(mat.warnings) == {"inventory_date", "isbn_lost", "hidden_row"}
    assert (year_1984.title, numbers(year_1984), year_1984.year) == ("1984", ["1234", "1235", "1236"], None)


def test_cells_merged_over_rows_count_for_each_of_them(tmp_path: Path) -> None:
    path, book = workbook(
        tmp_path,
        ["Автор", "Заглавие", "Инв. №"],
        ["Чехов А. П.", "Чайка", 1],
        [None, None, 2],
        ["Горький М.", "Мать", 3],
    )
    assert book.active is not None
    book.active.merge_cells("A2:A3")
    book.active.merge_cells("B2:B3")
    book.save(path)

    found = [row.record for row in all_of(path) if isinstance(row, Read)]

    assert [(record.title, numbers(record)) for record in found] == [("Чайка", ["1", "2"]), ("Мать", ["3"])]


def test_every_visible_sheet_with_a_header_is_read_and_may_name_its_branch(tmp_path: Path) -> None:
    path, book = workbook(tmp_path, ["Название", "Инв. №"], ["Чайка", 1], sheet="Филиал 1")
    for name, state, title in (("Филиал 2", "visible", "Мать"), ("Черновик", "hidden", "Никто")):
        sheet = book.create_sheet(name)
        sheet.append(["Название", "Инв. №"])
        sheet.append([title, 2])
        sheet.sheet_state = state
    book.create_sheet("Заметки").append(["купить скрепки"])
    book.save(path)

    read = [row for row in all_of(path) if isinstance(row, Read)]

    assert [(row.record.title, row.record.items[0].branch) for row in read] == [
        ("Чайка", "Филиал 1"),
        ("Мать", "Филиал 2"),
    ]
    assert [row.ordinal for row in read] == [2, 4]
    assert recognise(path).size == 5


def test_a_workbook_under_another_name_is_one(tmp_path: Path) -> None:
    path, _ = workbook(tmp_path, ["Title", "Author"], ["Emma", "Austen"])

    assert [row.record.title for row in all_of(path.rename(tmp_path / "export.csv")) if isinstance(row, Read)] == [
        "Emma"
    ]


def test_a_date_that_lost_its_format_is_one(tmp_path: Path) -> None:
    path, _ = workbook(tmp_path, ["Title", "Barcode", "Due Date"], ["Emma", 1, 46371], ["Persuasion", 2, "soon (12)"])
    copies = [row.record.items[0] for row in all_of(path) if isinstance(row, Read)]

    assert [(copy.status, copy.due_on) for copy in copies] == [
        (ItemStatus.ON_LOAN, date(2026, 12, 15)),
        (ItemStatus.ON_LOAN, None),
    ]


def test_hidden_sheets_are_named_where_no_other_has_titles(tmp_path: Path) -> None:
    path, book = workbook(tmp_path, ["Title"], ["Emma"], sheet="Books 2026")
    book.create_sheet("Notes")
    book["Books 2026"].sheet_state = "hidden"
    book.save(path)

    with pytest.raises(InputError, match="hidden sheets are not read, show the one that is meant: Books 2026"):
        recognise(path)


def test_a_column_far_to_the_right_is_found(tmp_path: Path) -> None:
    path, _ = workbook(tmp_path, [*["x"] * 300, "Title", "Author"], [*["y"] * 300, "Emma", "Austen"])

    assert [row.record.title for row in all_of(path) if isinstance(row, Read)] == ["Emma"]
