"""Lists of readers and of loans, as programs and people write them."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot.errors import InputError
from bot.library.lists import Listed, LoanData, PatronData
from bot.library.records import Rejected
from bot.shelving import Fault
from catalogue.importers import ForeignFile
from catalogue.lists import recognise_list
from catalogue.lists.recognising import Kind
from tests.support.iso2709 import MARK, build_record

RDR = """#10: Иванова
#11: Анна
#12: Сергеевна
#21: 19800315
#30: 000123
#50: взрослые
#51: 20190901^CЦБ
#52: 20250110^CЦБ
#52: 20260112^CЦБ
#17: +7 900 111-22-33
#40: ^A84(2)^B10245^CДостоевский Ф. М. Идиот^GIBIS^D20260220^E20260307^F******^41^KЦБ
#40: ^A^D20260220^120260220 101500
#40: ^A84(2)^B10246^CБесы^D20260101^E20260115^F20260110
#40: ^A84(2)^B10247^CПодросток^D20260220^E20260201^F
*****
#10: Безбилетный
#40: ^A84(2)^B1^CКнига^D20260220^E20260307^F
*****
"""


def read(file: Path, kind: str) -> tuple[list[object], list[Rejected]]:
    rows = list(recognise_list(file, kind).rows())  # type: ignore[arg-type]
    return [row.row for row in rows if isinstance(row, Listed)], [row for row in rows if isinstance(row, Rejected)]


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "list.csv"
    file.write_bytes(text.encode(encoding))
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
def test_readers_of_an_excel_export(tmp_path: Path, encoding: str) -> None:
    text = (
        "Центральная библиотека;;;\n"
        "№ п/п;№ читательского билета;Ф.И.О.;Дата рождения;Телефон;Категория;Срок действия\n"
        "1;000123;Иванова Анна Сергеевна;15.03.1980;8-900-111-22-33;взрослые;31.12.2026\n"
        "2;124.0;Петров Борис;1975;;;\n"
        "3;;Безымянный;;;;\n"
        "Итого: 3;;;;;;\n"
    )
    rows, rejected = read(written(tmp_path, text, encoding), "patrons")

    assert rows == [
        PatronData(
            card_number="000123",
            surname="Иванова",
            given_name="Анна",
            patronymic="Сергеевна",
            birth_date=date(1980, 3, 15),
            phone="8-900-111-22-33",
            category="взрослые",
            valid_until=date(2026, 12, 31),
        ),
        PatronData(card_number="124", surname="Петров", given_name="Борис"),
    ]
    assert [(row.ordinal, row.detail) for row in rejected] == [(5, "no card number")]


def test_loans_of_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    table: list[list[Any]] = [
        ["Билет", "Инв. номер", "Автор и заглавие", "Дата выдачи", "Вернуть до", "Возвращено"],
        [123.0, 10245.0, "Достоевский Ф. М. Идиот", date(2026, 2, 20), date(2026, 3, 7), None],
        [123, 10246, "Бесы", date(2026, 1, 1), date(2026, 1, 15), date(2026, 1, 10)],
        [123, None, None, date(2026, 1, 1), None, None],
        [123, 7, None, "вчера", None, None],
        [123, 8, None, date(2026, 1, 15), date(2026, 1, 1), None],
    ]
    for row in table:
        sheet.append(row)
    file = tmp_path / "loans.xlsx"
    book.save(file)

    rows, rejected = read(file, "loans")

    assert rows == [
        LoanData(
            card_number="123",
            inventory_number="10245",
            title="Идиот",
            author="Достоевский Ф. М.",
            issued_on=date(2026, 2, 20),
            due_on=date(2026, 3, 7),
        ),
        LoanData(
            card_number="123",
            inventory_number="10246",
            title="Бесы",
            issued_on=date(2026, 1, 1),
            due_on=date(2026, 1, 15),
            returned=True,
        ),
    ]
    assert [row.detail for row in rejected] == [
        "neither an inventory number, a barcode nor a title",
        "issued: no date: вчера",
        "due 2026-01-01 before it was lent 2026-01-15",
    ]


@pytest.mark.parametrize(
    ("headings", "returned"),
    [
        ("Билет;Инв. №;Дата выдачи;Срок возврата;Дата возврата", [True, False]),
        ("Билет;Инв. №;Дата выдачи;Дата возврата;Возвращено", [True, False]),
        ("Билет;Инв. №;Дата выдачи;Дата возврата;Примечание", [False, False]),
    ],
)
def test_the_day_of_return_is_the_last_day_or_the_day_on_which_it_came_back(
    tmp_path: Path, headings: str, returned: list[bool]
) -> None:
    lent = "5;1235;01.10.2025;16.10.2025;10.10.2025", "6;1236;01.10.2025;16.10.2025;"
    rows, _ = read(written(tmp_path, "\n".join((headings, *lent, ""))), "loans")

    loans = [row for row in rows if isinstance(row, LoanData)]
    assert [loan.returned for loan in loans] == returned
    assert {loan.due_on for loan in loans} == {date(2025, 10, 16)}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251"])
def test_readers_and_loans_of_irbis(tmp_path: Path, encoding: str) -> None:
    file = written(tmp_path, RDR, encoding)

    readers, nobodies = read(file, "patrons")
    loans, refused = read(file, "loans")

    assert readers == [
        PatronData(
            card_number="000123",
            surname="Иванова",
            given_name="Анна",
            patronymic="Сергеевна",
            birth_date=date(1980, 3, 15),
            phone="+7 900 111-22-33",
            category="взрослые",
            registered_on=date(2026, 1, 12),
            blocked=False,
        )
    ]
    assert [row.detail for row in nobodies] == ["no card number (fields 30 and 22)"]
    assert [(loan.inventory_number, loan.returned) for loan in loans if isinstance(loan, LoanData)] == [
        ("10245", False),
        ("10246", True),
    ]
    first = loans[0]
    assert isinstance(first, LoanData)
    assert (first.renewals, first.branch, first.due_on) == (1, "ЦБ", date(2026, 3, 7))
    assert [row.detail for row in refused] == [
        "due 2026-02-01 before it was lent 2026-02-20",
        "no card number (fields 30 and 22)",
    ]
    assert all(row.head == "" for row in refused), "a reader's record must not go into a report"


@pytest.mark.parametrize(
    ("described", "author", "title"),
    [
        ("Пушкин А. С. Сказки / А. С. Пушкин. - М., 2001", "Пушкин А. С.", "Сказки"),
        ("Булгаков, М. А. Мастер и Маргарита [Текст] : роман / М. А. Булгаков, 2009", "Булгаков, М. А.",
         "Мастер и Маргарита : роман"),
        ("Физика. 7 класс / А. В. Перышкин, 2015", "А. В. Перышкин", "Физика. 7 класс"),
        ("Бесы", "", "Бесы"),
    ],
)  # fmt: skip
def test_the_short_description_of_a_loan_is_author_and_title(
    tmp_path: Path, described: str, author: str, title: str
) -> None:
    record = f"#10: Иванова\n#30: 1\n#40: ^A84^B10245^C{described}^D20260220^E20260307\n*****\n"
    ((loan,), _) = read(written(tmp_path, record), "loans")

    assert isinstance(loan, LoanData)
    assert (loan.author, loan.title) == (author, title)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
def test_the_base_of_readers_as_iso_2709_is_the_same(tmp_path: Path, encoding: str) -> None:
    text = written(tmp_path, RDR, "utf-8")
    iso = tmp_path / "rdr.iso"
    iso.write_bytes(b"".join(iso_of(record, encoding) for record in RDR.split("*****\n") if record.strip()))

    for kind in ("patrons", "loans"):
        rows, rejected = read(iso, kind)
        expected, refused = read(text, kind)
        assert rows == expected
        assert [row.detail for row in rejected] == [row.detail for row in refused]


def iso_of(record: str, encoding: str) -> bytes:
    """A record of IRBIS's text as its ISO 2709, which writes no indicators and a value before the subfields."""
    lines = [line.split(": ", 1) for line in record.splitlines()]
    return build_record([(tag[1:].zfill(3), value.replace("^", MARK)) for tag, value in lines], encoding)


def test_a_broken_record_of_readers_loses_only_itself(tmp_path: Path) -> None:
    whole = iso_of("#10: Иванова\n#30: 1\n#50: взрослые", "cp1251")
    file = tmp_path / "rdr.iso"
    file.write_bytes(whole + b"00100nam\x1d" + whole + whole[:-9])

    rows, rejected = read(file, "patrons")

    assert [row.card_number for row in rows if isinstance(row, PatronData)] == ["1", "1"]
    assert len(rejected) == 2
    assert all(row.head == "" for row in rejected)


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("8-905-123-45-67", "8-905-123-45-67"),
        ("2-15-33, 8-905-123-45-67", "8-905-123-45-67"),
        ("8 (86547) 2-15-33; +7 905 123 45 67 (мама)", "+7 905 123 45 67 (мама)"),
        ("2-15-33 / 2-44-55", "2-15-33"),
        ("2-15-33 или 8 (86547) 2-15-33", "8 (86547) 2-15-33"),
        ("", ""),
    ],
)
def test_of_several_telephones_the_mobile_one_is_kept(tmp_path: Path, cell: str, phone: str) -> None:
    ((reader,), _) = read(written(tmp_path, f"№ билета\tФИО\tТелефон\n1\tИванова А.\t{cell}\n"), "patrons")

    assert isinstance(reader, PatronData)
    assert reader.phone == phone


def test_a_catalogue_is_no_list_of_readers(tmp_path: Path) -> None:
    file = tmp_path / "books.iso"
    file.write_bytes(build_record([("001", "1"), ("200", f"1 {MARK}aКаштанка")]))

    with pytest.raises(InputError, match="no base of readers"):
        recognise_list(file, "patrons")


@pytest.mark.parametrize(
    ("right", "blocked"),
    [("", False), ("#29: \n", False), ("#29: есть\n", False), ("#29: 1\n", False), ("#29: лишен до 01.09\n", True),
     ("#29: 0\n", True), ("#29: ^aне имеет\n", True)],
)  # fmt: skip
def test_field_29_takes_the_right_away(tmp_path: Path, right: str, blocked: bool) -> None:
    rows, _ = read(written(tmp_path, f"#10: Иванова\n#30: 1\n{right}*****\n"), "patrons")

    assert [row.blocked for row in rows if isinstance(row, PatronData)] == [blocked]


def test_points_of_issue_are_read_however_often_they_are_told(tmp_path: Path) -> None:
    points = "#56: ЦБ\n#56: ДБ, Ф2\n#57: ЧЗ\n#57:\n"

    rows, _ = read(written(tmp_path, f"#10: Иванова\n#30: 1\n{points}*****\n#10: Котов\n#30: 2\n*****\n"), "patrons")

    told = [(row.served_at, row.not_served_at) for row in rows if isinstance(row, PatronData)]
    assert told == [(("ЦБ", "ДБ", "Ф2"), ("ЧЗ",)), ((), ())]


def test_the_right_to_use_the_library_in_a_table(tmp_path: Path) -> None:
    text = (
        "№ билета;ФИО;Право пользования;Дата перерегистрации\n1;Иванова;есть;12.01.2026\n2;Петров;лишен;\n3;Котова;;\n"
    )

    rows, _ = read(written(tmp_path, text), "patrons")

    told = [(row.blocked, row.registered_on) for row in rows if isinstance(row, PatronData)]
    assert told == [(False, date(2026, 1, 12)), (True, None), (False, None)]


def test_a_file_without_card_numbers_says_what_was_found(tmp_path: Path) -> None:
    with pytest.raises(InputError) as fault:
        recognise_list(written(tmp_path, "Автор;Заглавие\nГоголь;Вий\n"), "loans")

    assert "Автор;Заглавие" in str(fault.value)
    assert "№ билета" in str(fault.value)
    with pytest.raises(InputError):
        recognise_list(tmp_path / "nowhere.csv", "loans")
    with pytest.raises(InputError, match="is a folder"):
        recognise_list(tmp_path, "loans")
    with pytest.raises(InputError, match="this table cannot be in it"):
        recognise_list(written(tmp_path, "№ билета;Инв. №\n1;2\n"), "loans", "utf-16")
    picture = tmp_path / "p.csv"
    picture.write_bytes(b"\x89PNG\0\0\0\0")
    with pytest.raises(InputError):
        recognise_list(picture, "loans")


def test_what_readers_owe_and_which_books_are_lent_otherwise(tmp_path: Path) -> None:
    owing = (
        "Билет;ФИО;Задолженность\n1;Иванова Анна;1 250,5 руб.\n2;Петров Борис;\n3;Сидоров Глеб;-40\n4;Юдина Ева;есть\n"
    )
    lent = (
        "Билет;Название;Дата выдачи;Вид издания;Повышенный спрос;Читальный зал;Отозвана\n"
        "1;Идиот;01.03.2026;учебник;да;;\n"
        "1;Бесы;01.03.2026;;нет;+;нет\n"
        "1;Игрок;01.03.2026;;;;да\n"
    )

    readers, _ = read(written(tmp_path, owing), "patrons")
    assert [row.debt for row in readers if isinstance(row, PatronData)] == [125050, 0, 0, None]
    loans, _ = read(written(tmp_path, lent), "loans")

    told = [
        (row.item_type, row.high_demand, row.reading_room, row.recalled) for row in loans if isinstance(row, LoanData)
    ]
    assert told == [("учебник", True, False, False), ("", False, True, False), ("", False, False, True)]


@pytest.mark.parametrize(("said", "is_so"), [("", False), ("нет", False), ("+", True), ("Да", True), ("х", True)])
def test_an_empty_cell_says_neither_blocked_nor_lost(tmp_path: Path, said: str, is_so: bool) -> None:
    readers, _ = read(written(tmp_path, f"Билет;ФИО;Заблокирован\n1;Иванова Анна;{said}\n"), "patrons")
    loans, _ = read(written(tmp_path, f"Билет;Название;Дата выдачи;Утеряна\n1;Идиот;01.03.2026;{said}\n"), "loans")

    assert [row.blocked for row in readers if isinstance(row, PatronData)] == [is_so]
    assert [row.missing for row in loans if isinstance(row, LoanData)] == [is_so]


@pytest.mark.parametrize("heading", ["Штрихкод;Автор;Заглавие;Филиал", "Title;Author;Barcode;Branch"])
def test_a_list_of_books_makes_no_readers(tmp_path: Path, heading: str) -> None:
    with pytest.raises(ForeignFile, match="is a list of books, not of readers") as caught:
        recognise_list(written(tmp_path, f"{heading}\n1;2;3;4\n"), "patrons")
    assert caught.value.fault is Fault.OF_BOOKS


def test_readers_with_a_barcode_and_a_book_are_readers(tmp_path: Path) -> None:
    rows, _ = read(written(tmp_path, "Barcode;Name;Title\n1;Smith Ann;Emma\n"), "patrons")
    assert [row.surname for row in rows if isinstance(row, PatronData)] == ["Smith"]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Fault.OLD_EXCEL),
        (b"<html><table><tr><td>Card</td></tr></table></html>", Fault.WEB_PAGE),
        (b"Rar!\x1a\x07", Fault.ARCHIVE),
        (b"%PDF-1.7", Fault.PICTURE),
        (b"PK\x03\x04 cut", Fault.CUT_SHORT),
    ],
)
@pytest.mark.parametrize("kind", ["patrons", "loans", "hidden"])
def test_a_file_of_another_kind_is_told_as_that(tmp_path: Path, data: bytes, fault: Fault, kind: Kind) -> None:
    path = tmp_path / "list.xls"
    path.write_bytes(data)

    with pytest.raises(ForeignFile) as caught:
        recognise_list(path, kind)
    assert caught.value.fault is fault
