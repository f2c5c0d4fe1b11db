"""Tables of books in spreadsheets of LibreOffice (.ods)."""

import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from bot.errors import InputError
from bot.library.lists import Listed, LoanData
from bot.library.records import Read
from catalogue.importers import recognise
from catalogue.lists import recognise_list
from tests.catalogue.importers.support import all_of, numbers

_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text", "style")
)
_HIDDEN = (
    '<office:automatic-styles><style:style style:name="ta2" style:family="table">'
    '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
)


def cell(text: str, attributes: str = 'office:value-type="string"') -> str:
    return f"<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>"


def row(*cells: str, attributes: str = "") -> str:
    made = (one if one.startswith("<") else cell(one) for one in cells)
    return f"<table:table-row {attributes}>{''.join(made)}</table:table-row>"


def sheet(*rows: str, name: str = "Лист1", style: str = "ta1") -> str:
    return f'<table:table table:name="{name}" table:style-name="{style}">{"".join(rows)}</table:table>'


def document(path: Path, *sheets: str, head: str = "") -> Path:
    body = f"<office:body><office:spreadsheet>{''.join(sheets)}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        content = (
            f'<?xml version="1.0"?>{head}<office:document-content {_NAMES}>{_HIDDEN}{body}</office:document-content>'
        )
        archive.writestr("content.xml", content)
    return path


def read(path: Path) -> Sequence[Read]:
    return [one for one in all_of(path) if isinstance(one, Read)]


HEADER = row("Инв. №", "Автор", "Название", "Год")


def test_a_spreadsheet_of_libreoffice_is_read_like_one_of_excel(tmp_path: Path) -> None:
    number = cell("1 234,00", 'office:value-type="float" office:value="1234"')
    year = cell("01.05.1990", 'office:value-type="date" office:date-value="1990-05-01"')
    path = document(tmp_path / "книги.ods", sheet(row("Опись"), HEADER, row(number, "Лем С.", "Солярис", year)))

    (found,) = read(path)

    assert recognise(path).charset == "ods"
    assert (found.record.author, found.record.title, found.record.year) == ("Лем С.", "Солярис", 1990)
    assert (numbers(found.record), found.ordinal) == (["1234"], 3)


def test_what_is_merged_over_rows_counts_for_each_and_repeated_cells_are_several(tmp_path: Path) -> None:
    author = cell("Лем С.", 'table:number-rows-spanned="2" office:value-type="string"')
    covered = "<table:covered-table-cell/>"
    alone = '<table:table-cell table:number-columns-repeated="1"/>'
    rows = row("1", author, "Солярис"), row("2", covered, "Эдем"), row("3", alone, "Нос")
    path = document(tmp_path / "a.ods", sheet(HEADER, *rows))

    assert [(one.record.author, one.record.title) for one in read(path)] == [
        ("Лем С.", "Солярис"), ("Лем С.", "Эдем"), ("", "Нос"),
    ]  # fmt: skip


def test_empty_rows_to_the_end_of_a_sheet_take_no_time(tmp_path: Path) -> None:
    empty = row('<table:table-cell table:number-columns-repeated="16384"/>',
                attributes='table:number-rows-repeated="1048570"')  # fmt: skip
    path = document(tmp_path / "a.ods", sheet(HEADER, row("1", "Лем С.", "Солярис"), empty))

    assert [one.record.title for one in read(path)] == ["Солярис"]
    assert recognise(path).size == 3


def test_hidden_sheets_are_left_out_and_hidden_rows_are_told(tmp_path: Path) -> None:
    old = sheet(HEADER, row("9", "Лем С.", "Списанная"), name="старое", style="ta2")
    shown = sheet(HEADER, row("1", "Лем С.", "Эдем", attributes='table:visibility="filter"'))
    (found,) = read(document(tmp_path / "a.ods", old, shown))

    assert (found.record.title, found.record.warnings) == ("Эдем", ("hidden_row",))


def test_a_remark_beside_a_cell_is_none_of_its_text_and_lines_are_kept(tmp_path: Path) -> None:
    note = "<office:annotation><text:p>спросить</text:p></office:annotation>"
    title = f"<table:table-cell>{note}<text:p>Малыш<text:s/>и</text:p><text:p>Карлсон</text:p></table:table-cell>"
    (found,) = read(document(tmp_path / "a.ods", sheet(HEADER, row("1", "Линдгрен А.", title))))

    assert found.record.title == "Малыш и Карлсон"


@pytest.mark.parametrize("damage", ["<table:table>", '<table:table-cell table:number-columns-repeated="x"/>'])
def test_a_damaged_spreadsheet_says_what_to_do(tmp_path: Path, damage: str) -> None:
    path = document(tmp_path / "a.ods", sheet(HEADER, row("1", "Лем С.", damage)))

    with pytest.raises(InputError, match=r"damaged workbook.*open it and save it again"):
        list(recognise(path).records())


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    path = document(tmp_path / "a.ods", sheet(HEADER), head='<!DOCTYPE a [<!ENTITY b "c">]>')

    with pytest.raises(InputError, match="declares a document type"):
        recognise(path)


def test_lists_of_loans_come_from_libreoffice_as_well(tmp_path: Path) -> None:
    due = cell("07.03.2026", 'office:value-type="date" office:date-value="2026-03-07"')
    path = document(tmp_path / "a.ods", sheet(row("Билет", "Инв. номер", "Вернуть до"), row("0123", "10245", due)))

    (found,) = [one.row for one in recognise_list(path, "loans").rows() if isinstance(one, Listed)]

    assert isinstance(found, LoanData)
    assert (found.card_number, found.inventory_number, found.due_on) == ("0123", "10245", date(2026, 3, 7))
