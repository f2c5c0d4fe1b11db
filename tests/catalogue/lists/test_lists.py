"""Lists of readers and of loans, as programs and people write them."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot.errors import InputError
from bot.library.lists import Listed, LoanData, PatronData
from bot.library.records import Rejected
from catalogue.lists import recognise_list

RDR = """#10: Иванова
#11: Анна
#12: Сергеевна
#21: 19800315
#30: 000123
#50: взрослые
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


def test_a_file_without_card_numbers_says_what_was_found(tmp_path: Path) -> None:
    with pytest.raises(InputError) as fault:
        recognise_list(written(tmp_path, "Автор;Заглавие\nГоголь;Вий\n"), "loans")

    assert "Автор;Заглавие" in str(fault.value)
    assert "№ билета" in str(fault.value)
    with pytest.raises(InputError):
        recognise_list(tmp_path / "nowhere.csv", "loans")
    picture = tmp_path / "p.csv"
    picture.write_bytes(b"\x89PNG\0\0\0\0")
    with pytest.raises(InputError):
        recognise_list(picture, "loans")
