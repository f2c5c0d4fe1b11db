"""Lists of books that readers may not be shown, as small libraries keep them."""

from pathlib import Path

import openpyxl
import pytest

from bot.errors import InputError
from bot.library.lists import Listed, TitleData
from bot.library.records import Rejected
from catalogue.lists import recognise_list


def read(file: Path) -> list[tuple[int, TitleData | str]]:
    """Each row with its number: the book, or why it is none."""
    found: list[tuple[int, TitleData | str]] = []
    for row in recognise_list(file, "hidden").rows():
        if isinstance(row, Rejected):
            found.append((row.ordinal, row.detail))
        else:
            assert isinstance(row, Listed)
            assert isinstance(row.row, TitleData)
            found.append((row.ordinal, row.row))
    return found


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251"])
def test_a_table_with_a_title_page(tmp_path: Path, encoding: str) -> None:
    text = (
        "Центральная библиотека;;;;\n"
        "№ п/п;Автор;Заглавие;ISBN;Инв. №\n"
        "1;Чехов А. П.;Каштанка;978-5-17-102030-9;\n"
        "2;;;;0017, 18\n"
        "3;;;978-5-17-102030-1;\n"
        "4;;;9,78E+12;\n"
        "5;Чехов А. П.;;;\n"
        ";;;;\n"
        "6;;Ванька;9,78E+12;\n"
    )
    file = tmp_path / "список.csv"
    file.write_bytes(text.encode(encoding))

    assert read(file) == [
        (3, TitleData(title="Каштанка", author="Чехов А. П.", isbns=("9785171020309",))),
        (4, TitleData(inventory_numbers=("0017", "18"))),
        (5, "no such ISBN: 978-5-17-102030-1"),
        (6, "the digits of the ISBN are lost: 9,78E+12"),
        (7, "neither a title, an ISBN nor an inventory number"),
        (9, TitleData(title="Ванька")),
    ]


@pytest.mark.parametrize(
    ("heading", "cell", "book"),
    [
        ("ISBN", "9785171020309", TitleData(isbns=("9785171020309",))),
        ("Инвентарный номер", "1024", TitleData(inventory_numbers=("1024",))),
        ("Автор и название", "Чехов А. П. Каштанка", TitleData(title="Каштанка", author="Чехов А. П.")),
    ],
)
def test_one_column_of_a_workbook_is_enough(tmp_path: Path, heading: str, cell: str, book: TitleData) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append([heading])
    sheet.append([cell])
    workbook.save(tmp_path / "list.xlsx")

    assert read(tmp_path / "list.xlsx") == [(2, book)]


def test_a_list_that_names_no_book_is_told_so(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("№;Автор\n1;Чехов\n", "utf-8")

    with pytest.raises(InputError, match="no heading of a column of titles, ISBNs or inventory numbers"):
        recognise_list(file, "hidden")
