"""Inventories in CSV and Excel, with what hands and Excel do to them."""

import gzip
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.library.model import ItemStatus, Kind
from bot.library.records import ItemData, Read, RecordData, Rejected, Rejection
from catalogue.importers.tables import recognise_table
from catalogue.importers.tables.authors import author_and_title
from catalogue.importers.tables.values import inventory_numbers, read_isbns, status, year
from tests.catalogue.importers.support import all_of, csv, numbers

HEADER = "Инв. №;Автор;Заглавие;Год;Цена, руб.;ББК;Филиал;№ акта выбытия;Примечание"


def records(folder: Path, *lines: str, encoding: str = "utf-8") -> list[RecordData]:
    read = all_of(csv(folder, *lines, encoding=encoding))
    assert not [row for row in read if isinstance(row, Rejected)]
    return [row.record for row in read if isinstance(row, Read)]


# --- what a row says -----------------------------------------------------------------------------


def test_a_row_of_an_inventory_book_is_a_copy_of_an_edition(tmp_path: Path) -> None:
    (record,) = records(tmp_path, HEADER, '12345;Толстой Л. Н.;"Война и мир; роман";1987;2,50;84(2Рос)1;Филиал 3;;')

    assert (record.title, record.author, record.authors) == ("Война и мир; роман", "Толстой Л. Н.", ("Толстой Л. Н.",))
    assert (record.year, record.bbk, record.items_unknown) == (1987, "84(2Рос)1", False)
    assert record.items == (ItemData(branch="Филиал 3", inventory_number="12345", call_number="84(2Рос)1"),)


def test_neighbouring_rows_of_one_edition_are_one_record(tmp_path: Path) -> None:
    found = records(
        tmp_path,
        HEADER,
        "1;Чехов А. П.;Чайка;1985;;;Ф1;;",
        "2;Чехов А. П.;Чайка;1985;;;Ф2;;",
        "3;Чехов А. П.;Чайка;1990;;;Ф1;;",
    )

    assert [(record.year, numbers(record)) for record in found] == [(1985, ["1", "2"]), (1990, ["3"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "cp866", "koi8-r", "utf-16"])
def test_the_charset_is_found_by_the_letters(tmp_path: Path, encoding: str) -> None:
    rows = [f"{at};Достоевский Ф. М.;Преступление и наказание, издание {at};1987;;;Филиал;;" for at in range(40)]

    found = records(tmp_path, HEADER.replace("№", "N"), *rows, encoding=encoding)

    assert (found[0].title, len(found)) == ("Преступление и наказание, издание 0", 40)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found_by_the_header(tmp_path: Path, delimiter: str) -> None:
    lines = [line.replace(";", delimiter) for line in ("Автор;Название;Год", "Чехов А. П.;Чайка;1985")]

    (record,) = records(tmp_path, *lines)

    assert (record.author, record.title, record.year) == ("Чехов А. П.", "Чайка", 1985)


def test_a_packed_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "inventory.csv.gz"
    path.write_bytes(gzip.compress("title,author\nЧайка,Чехов\n".encode()))

    (read,) = all_of(path)

    assert isinstance(read, Read)
    assert read.record.title == "Чайка"


def test_a_list_without_copies_says_nothing_of_copies(tmp_path: Path) -> None:
    (record,) = records(
        tmp_path,
        "id,title,author,year,isbn,genre,series,grade,source",
        'd00029,Белый пудель,Александр Куприн,2022,9785080065644,"рассказ, драма",Школьная библиотека,3,classics',
    )

    assert record.items_unknown
    assert record.items == ()
    assert (record.source_id, record.isbns, record.grade) == ("d00029", ("9785080065644",), "3")
    assert (record.genres, record.series) == (("рассказ", "драма"), (("Школьная библиотека", ""),))


@pytest.mark.parametrize(
    ("row", "title", "author"),
    [
        ("Толстой Л. Н. Война и мир", "Война и мир", "Толстой Л. Н."),
        ("Толстой Л.Н.Война и мир", "Война и мир", "Толстой Л.Н."),
        ("Л. Н. Толстой. Война и мир", "Война и мир", "Л. Н. Толстой"),
        ("Толстой, Лев Николаевич. Война и мир", "Война и мир", "Толстой, Лев Николаевич"),
        ("Ильф И., Петров Е. Двенадцать стульев", "Двенадцать стульев", "Ильф И., Петров Е."),
        ("Война и мир / Л. Н. Толстой", "Война и мир", "Л. Н. Толстой"),
        ("Русские народные сказки. Т. 1", "Русские народные сказки. Т. 1", ""),
        ("Сказки. Повести", "Сказки. Повести", ""),
        ("Достоевский. Идиот", "Идиот", "Достоевский"),
        ("ЧЕХОВ. Каштанка", "Каштанка", "ЧЕХОВ"),
        ("Обломов. Роман", "Обломов. Роман", ""),
        ("Лондон. Путеводитель", "Лондон. Путеводитель", ""),
    ],
)
def test_author_and_title_in_one_column_are_parted(row: str, title: str, author: str) -> None:
    assert author_and_title(row) == (author, title)


def test_editors_of_nothing_are_no_authors(tmp_path: Path) -> None:
    found = records(tmp_path, "Автор;Название", "Автор не указан;Сказки", "Коллектив авторов;Химия")

    assert [record.authors for record in found] == [(), ()]


# --- copies --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "copies", "expected"),
    [
        ("12345.0", None, ["12345"]),
        ("12345,00", None, ["12345"]),
        ("1234-1240", None, [str(number) for number in range(1234, 1241)]),
        ("0012 – 0014", None, ["0012", "0013", "0014"]),
        ("Б123-Б125", None, ["Б123", "Б124", "Б125"]),
        ("1234, 1236", None, ["1234", "1236"]),
        ("1234,1236", None, ["1234", "1236"]),
        ("1234; 1240-1242", None, ["1234", "1240", "1241", "1242"]),
        ("5-7", 3, ["5", "6", "7"]),
        ("5-7", None, ["5-7"]),
        ("1234-1240", 1, ["1234-1240"]),
        ("1000-9999", None, ["1000-9999"]),
        ("12-05", None, ["12-05"]),
        ("№ 77", None, ["77"]),
        ("б/н", None, []),
        ("", None, []),
    ],
)
def test_inventory_numbers_of_a_cell(cell: str, copies: int | None, expected: list[str]) -> None:
    assert list(inventory_numbers(cell, copies)[0]) == expected


@pytest.mark.parametrize("cell", ["12.05.2024", "12.май", "май.12", "2024-05-12"])
def test_a_number_that_excel_made_a_date_is_kept_and_told(cell: str) -> None:
    assert inventory_numbers(cell) == ((cell,), "inventory_date")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("в наличии", ItemStatus.AVAILABLE),
        ("На полке", ItemStatus.AVAILABLE),
        ("читальный зал", ItemStatus.AVAILABLE),
        ("Выдана", ItemStatus.ON_LOAN),
        ("на руках", ItemStatus.ON_LOAN),
        ("нет в наличии", ItemStatus.UNAVAILABLE),
        ("Нет на полке", ItemStatus.UNAVAILABLE),
        ("не доступна", ItemStatus.UNAVAILABLE),
        ("выдача запрещена", ItemStatus.UNAVAILABLE),
        ("доступна для выдачи", ItemStatus.AVAILABLE),
        ("К выдаче", ItemStatus.AVAILABLE),
        ("не выдана", ItemStatus.AVAILABLE),
        ("не на руках", ItemStatus.AVAILABLE),
        ("можно взять", ItemStatus.AVAILABLE),
        ("не выдаётся", ItemStatus.AVAILABLE),
        ("на выдаче", ItemStatus.ON_LOAN),
        ("выд.", ItemStatus.ON_LOAN),
        ("списана", ItemStatus.WITHDRAWN),
        ("утеряна", ItemStatus.LOST),
        ("в переплёте", ItemStatus.UNAVAILABLE),
        ("забронирована", ItemStatus.ON_HOLD),
        ("0", ItemStatus.AVAILABLE),
        ("1", ItemStatus.ON_LOAN),
        ("6", ItemStatus.WITHDRAWN),
        ("что-то", ItemStatus.UNKNOWN),
    ],
)
def test_a_status_in_words_or_codes(said: str, expected: ItemStatus) -> None:
    assert status(said) is expected


def test_what_is_written_off_by_an_act_or_a_remark_is_not_offered(tmp_path: Path) -> None:
    found = records(
        tmp_path,
        HEADER,
        "1;А;Первая;1985;;;Ф1;акт № 5;",
        "2;А;Вторая;1985;;;Ф1;;списана в 2019 г.",
        "3;А;Третья;1985;;;Ф1;-;взамен утерянной",
        "4;А;Четвёртая;1985;;;Ф1;;утеряна",
    )

    assert [record.items[0].status for record in found] == [
        ItemStatus.WITHDRAWN,
        ItemStatus.WITHDRAWN,
        ItemStatus.AVAILABLE,
        ItemStatus.LOST,
    ]


def test_a_due_date_means_that_the_copy_is_out(tmp_path: Path) -> None:
    found = records(
        tmp_path, "Название;Статус;Срок возврата", "Чайка;выдана;05.12.2026", "Мать;;5.12.26", "Дом;в наличии;"
    )

    assert [(record.items[0].status, record.items[0].due_on) for record in found] == [
        (ItemStatus.ON_LOAN, date(2026, 12, 5)),
        (ItemStatus.ON_LOAN, date(2026, 12, 5)),
        (ItemStatus.AVAILABLE, None),
    ]


def test_copies_of_the_reading_room_stay_there(tmp_path: Path) -> None:
    found = records(
        tmp_path, "Название;Филиал;Место хранения;Статус", "А;Ф1;Чит. зал;", "Б;Ф1;ЧЗ;", "В;Ф1;Абонемент;читальный зал",
        "Г;Ф1;Абонемент;", "Д;Ф1;Абонемент;не подлежит выдаче", "Е;Ф1;Абонемент;не выдаётся",
    )  # fmt: skip

    assert [record.items[0].lendable for record in found] == [False, False, False, True, False, False]
    assert {record.items[0].status for record in found} == {ItemStatus.AVAILABLE}


def test_counts_of_copies_become_lumps(tmp_path: Path) -> None:
    found = records(
        tmp_path,
        "Название;Кол-во экз.;В наличии",
        "А;5;3",
        "Б;2,0;2",
        "В;0;0",
        "Г;;",
        "Д;1 экз.;",
    )

    assert [[(item.copies, item.issued) for item in record.items] for record in found] == [
        [(5, 2)], [(2, 0)], [], [], [(1, 0)]
    ]  # fmt: skip
    assert [record.items_unknown for record in found] == [False, False, False, True, False]


def test_more_copies_than_numbers_are_kept_as_well(tmp_path: Path) -> None:
    (record,) = records(tmp_path, "Название;Инв. №;Кол-во", "А;101, 102;5")

    assert [(item.inventory_number, item.copies) for item in record.items] == [("101", 1), ("102", 1), ("", 3)]


def test_a_branch_named_between_the_rows_holds_what_follows(tmp_path: Path) -> None:
    found = records(
        tmp_path,
        "Инв. №;Автор;Название",
        "Филиал № 3",
        "1;Чехов А. П.;Чайка",
        "Художественная литература",
        "2;Горький М.;Мать",
        "Библиотека с. Красное",
        "3;Горький М.;Детство",
    )

    assert [record.items[0].branch for record in found] == ["Филиал № 3", "Филиал № 3", "Библиотека с. Красное"]


# --- damage --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "isbns", "lost"),
    [
        ("9785080065644.0", ("9785080065644",), False),
        ("978-5-08-006564-4 (в пер.)", ("9785080065644",), False),
        ("594371183X", ("9785943711831",), False),
        ("9,78E+12", (), True),
        ("9.78508E+12", (), True),
        ("9780000000000", (), True),
        ("9785080065645", (), False),
        ("-", (), False),
    ],
)
def test_isbns_of_a_cell(cell: str, isbns: tuple[str, ...], lost: bool) -> None:
    found, raw, was_lost = read_isbns(cell)

    assert (found, was_lost) == (isbns, lost)
    assert bool(raw) == (not isbns and cell != "-")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("1987", 1987), ("1987.0", 1987), ("1987 г.", 1987), ("87", 1987), ("05", 2005), ("[1987]", 1987),
     ("01.01.1987", 1987), ("М., 1987", 1987), ("б. г.", None), ("", None), ("12345", None)],
)  # fmt: skip
def test_years_of_a_cell(cell: str, expected: int | None) -> None:
    assert year(cell)[0] == expected


def test_no_book_is_of_a_year_to_come() -> None:
    this_year = date.today().year  # noqa: DTZ011

    assert year(f"{this_year % 100:02d}") == (this_year, "two_digit_year")
    assert year(f"{(this_year + 2) % 100:02d}") == (this_year - 98, "two_digit_year")


@pytest.mark.parametrize("ditto", ["-//-", '"', '-"-', "- // -", "то же", "—»—", "〃"])
def test_the_same_as_above_is_filled_in(tmp_path: Path, ditto: str) -> None:
    found = records(
        tmp_path,
        "Инв. №;Автор;Название;Год",
        "1;Чехов А. П.;Чайка;1985",
        f"2;{ditto};Дом;{ditto}",
        f"3;{ditto};Сад;1990",
    )

    assert [(record.author, record.year) for record in found] == [("Чехов А. П.", y) for y in (1985, 1985, 1990)]


def test_a_header_under_a_heading_and_over_numbers_of_columns_is_found(tmp_path: Path) -> None:
    (record,) = records(
        tmp_path,
        "МБУК «ЦБС»;;;",
        "Инвентарная книга № 5;;;",
        "",
        "№ п/п;Сведения о документе;;Инвентарный номер",
        ";Автор;Заглавие;",
        "1;2;3;4",
        "1;Чехов А. П.;Чайка;77",
    )

    assert (record.author, record.title, numbers(record)) == ("Чехов А. П.", "Чайка", ["77"])


def test_totals_and_headers_printed_again_are_no_books(tmp_path: Path) -> None:
    found = records(
        tmp_path,
        "Инв. №;Автор;Название",
        "1;Чехов А. П.;Чайка",
        ";;",
        "Инв. №;Автор;Название",
        "2;Лем С.;Сумма технологии",
        "3;;Всего лишь сон",
        "Итого: 3;;",
        "Всего;;3",
    )

    assert [record.title for record in found] == ["Чайка", "Сумма технологии", "Всего лишь сон"]


@pytest.mark.parametrize(
    ("said", "is_a_book"),
    [
        ("Итого: 5 экз.", False),
        ("ИТОГО: 5 (пять) книг на сумму 946-00", False),
        ("Всего записано: 5", False),
        ("Общее количество: 12", False),
        ("Общий итог", False),
        ("Библиотекарь ____________ Иванова", False),
        ("Всего 13 зарплат", True),
        ("Всего лишь любовь", True),
        ("Итог жизни", True),
    ],
)
def test_what_closes_a_page_of_an_inventory_book_is_no_book(tmp_path: Path, said: str, is_a_book: bool) -> None:
    found = records(tmp_path, "Автор, заглавие;Инв. №;Год", "Чехов А. П. Чайка;1;1985", f"{said};;")

    assert len(found) == 1 + is_a_book


def test_a_book_with_a_line_in_its_title_is_one(tmp_path: Path) -> None:
    found = records(tmp_path, "Автор;Название;Инв. №", "Лем С.;Сумма ___ технологии;5")

    assert [record.title for record in found] == ["Сумма ___ технологии"]


def test_a_row_without_a_title_or_with_shifted_cells_is_told_and_costs_no_other(tmp_path: Path) -> None:
    path = csv(tmp_path, "id,title,author", "1,Чайка,Чехов", "2,,Чехов", "3,Война, и мир,Толстой", "4,Мать,Горький")

    read = all_of(path)

    assert [row.record.title for row in read if isinstance(row, Read)] == ["Чайка", "Мать"]
    bad = [row for row in read if isinstance(row, Rejected)]
    assert [(row.reason, row.ordinal, row.source_id) for row in bad] == [
        (Rejection.NO_TITLE, 3, "2"),
        (Rejection.BAD_ROW, 4, ""),
    ]
    assert path.read_bytes()[bad[1].offset :].decode().startswith("3,Война")
    assert bytes.fromhex(bad[1].head).decode().startswith("3;Война")


def test_a_quote_that_never_closes_costs_one_row(tmp_path: Path) -> None:
    found = records(
        tmp_path, "title;author", 'Роман "Мать;Горький', *[f"Книга {at};Автор" for at in range(100)], "Последняя;Автор"
    )

    assert (found[0].title, found[-1].title, len(found)) == ('Роман "Мать', "Последняя", 102)


def test_a_quoted_cell_may_hold_several_lines(tmp_path: Path) -> None:
    found = records(tmp_path, "title;author", '"Дом\r\nс мезонином";Чехов', "Мать;Горький")

    assert [record.title for record in found] == ["Дом с мезонином", "Мать"]


def test_lines_that_end_as_on_an_old_mac_are_read(tmp_path: Path) -> None:
    path = tmp_path / "mac.csv"
    path.write_bytes("title;author\rЧайка;Чехов\rМать;Горький\r".encode())

    assert len(all_of(path)) == 2


def test_a_kind_a_language_and_an_age_mark_are_read(tmp_path: Path) -> None:
    found = records(
        tmp_path,
        "Название;Вид документа;Язык;12+;Класс",
        "Чайка;аудиокнига;русский;12;7 класс",
        "Шурале;Книга;татарский;0+;5-6",
        "Юность [16+];журнал;;;",
    )

    assert [(record.kind, record.languages, record.age_mark, record.grade) for record in found] == [
        (Kind.AUDIO, ("rus",), 12, "7"),
        (Kind.BOOK, ("tat",), 0, ""),
        (Kind.SERIAL, (), 16, ""),
    ]


@given(st.binary(max_size=300))
def test_rubbish_is_read_or_told(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("rubbish") / "inventory.csv"
    path.write_bytes("Инв. №;Заглавие;Автор\n".encode() + data)

    file = recognise_table(path, "utf-8")
    assert file is not None
    for row in file.records():
        assert isinstance(row, Read | Rejected)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_wide_letters_are_read_with_their_mark_or_without(tmp_path: Path, encoding: str) -> None:
    found = records(tmp_path, "Title,Author,Barcode", "Emma,Austen,1", "Война и мир,Толстой,2", encoding=encoding)

    assert [record.title for record in found] == ["Emma", "Война и мир"]


def test_single_letters_with_accents_are_western(tmp_path: Path) -> None:
    found = records(tmp_path, "Title;Author", "Les Misérables;Hugo", "Don’t Look Now;Du Maurier", encoding="cp1252")

    assert [record.title for record in found] == ["Les Misérables", "Don’t Look Now"]


def test_of_two_columns_under_one_heading_the_one_that_speaks_is_heard(tmp_path: Path) -> None:
    found = records(tmp_path, "Title,Title,Author,Author", ",Emma,Jane Austen,", "Persuasion,Anne,,J. Austen")

    assert [(record.title, record.author) for record in found] == [
        ("Emma", "Jane Austen"),
        ("Persuasion", "J. Austen"),
    ]


def test_a_date_of_return_is_no_due_date_beside_one(tmp_path: Path) -> None:
    (record,) = records(tmp_path, "Заглавие;Инв. №;Срок возврата;Дата возврата", "Вий;1;;05.03.2026")

    assert record.items[0].status is ItemStatus.AVAILABLE


def test_three_hundred_columns_are_read(tmp_path: Path) -> None:
    columns, cells = ",".join(f"c{at}" for at in range(300)), ",".join(map(str, range(300)))
    (record,) = records(tmp_path, f"{columns},Title", f"{cells},Emma")

    assert record.title == "Emma"
