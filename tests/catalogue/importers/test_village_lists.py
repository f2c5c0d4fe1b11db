"""Lists of books as small libraries really keep them: nothing swallowed, nothing invented, what is odd is told."""

from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from bot.library.model import Branch, ItemStatus
from bot.library.records import Read, RecordData, Rejected, Rejection
from bot.shelving import Fault
from catalogue.importers import ForeignFile, recognise
from catalogue.importers.tables.authors import are_opened_by_people, author_and_title
from catalogue.importers.tables.columns import Column, column_of
from catalogue.importers.tables.records import people
from catalogue.importers.tables.values import count, inventory_numbers
from tests.catalogue.importers.support import all_of, bad_of, csv, numbers


def books(folder: Path, *lines: str) -> list[RecordData]:
    return [row.record for row in all_of(csv(folder, *lines)) if isinstance(row, Read)]


def titles(folder: Path, *lines: str) -> list[str]:
    return [record.title for record in books(folder, *lines)]


def told(folder: Path, *lines: str) -> list[tuple[int, Rejection]]:
    return [(row.ordinal, row.reason) for row in all_of(csv(folder, *lines)) if isinstance(row, Rejected)]


# --- numbers and copies ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "copies", "expected"),
    [
        ("1242-44", 3, ("1242", "1243", "1244")),
        ("1250/1-3", 3, ("1250/1", "1250/2", "1250/3")),
        ("506 507 508", 3, ("506", "507", "508")),
        ("1242-44", 1, ("1242-44",)),
        ("1242-44", None, ("1242-44",)),
        ("1250/1-3", 2, ("1250/1-3",)),
        ("12 345", 1, ("12 345",)),
        ("44-1242", 3, ("44-1242",)),
        ("1299-01", 3, ("1299-01",)),
    ],
)
def test_short_ranges_are_numbers_where_the_count_says_so(
    text: str, copies: int | None, expected: Sequence[str]
) -> None:
    assert inventory_numbers(text, copies) == (tuple(expected), "")


@pytest.mark.parametrize("heading", ["кол.", "К-во", "Кол-во, шт", "КОЛ", "Количество штук"])
def test_copies_are_counted_under_short_headings(tmp_path: Path, heading: str) -> None:
    (record,) = books(tmp_path, f"Автор;Название;{heading}", "Лесков Н. С.;Левша;2 шт")

    assert [item.copies for item in record.items] == [2]


def test_a_table_of_an_old_program_is_known_by_its_short_headings(tmp_path: Path) -> None:
    (record,) = books(tmp_path, "ИНВ_N;АВТ;ЗАГЛ;ГОД;ЦЕНА;КОЛ", "77;БИАНКИ В.В.;ЛЕСНАЯ ГАЗЕТА;1988;1,50;1")

    assert (record.author, record.title, numbers(record)) == ("БИАНКИ В.В.", "ЛЕСНАЯ ГАЗЕТА", ["77"])


# --- authors and titles ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "author", "title"),
    [
        ("Пикуль В. «Фаворит»", "Пикуль В.", "Фаворит"),
        ("А.С. Пушкин - Сказки", "А.С. Пушкин", "Сказки"),
        ("ПРИШВИН М.М. КЛАДОВАЯ СОЛНЦА", "ПРИШВИН М.М.", "КЛАДОВАЯ СОЛНЦА"),
        ("Ильф И., Петров Е. Двенадцать стульев: роман. - М.: АСТ, 2008. - 380 с.", "Ильф И., Петров Е.",
         "Двенадцать стульев: роман"),
        ("Война и мир / Л. Н. Толстой. - М. : АСТ, 2008. - 380 с.", "Л. Н. Толстой", "Война и мир"),
        ("Сергей Есенин. Стихи", "Сергей Есенин", "Стихи"),
        ("Букварь, Горецкий В.Г.", "Горецкий В.Г.", "Букварь"),
        ("Достоевский Ф.М., Идиот", "Достоевский Ф.М.", "Идиот"),
        ("А. С. Пушкин в воспоминаниях современников", "", "А. С. Пушкин в воспоминаниях современников"),
        ("Анна Каренина. Роман", "", "Анна Каренина. Роман"),
        ("Обломов. Роман", "", "Обломов. Роман"),
        ("Война. - Мир", "", "Война. - Мир"),
        ("Русский художник Репин И.Е.", "", "Русский художник Репин И.Е."),
    ],
)  # fmt: skip
def test_author_and_title_share_a_cell_in_many_ways(cell: str, author: str, title: str) -> None:
    assert author_and_title(cell) == (author, title)


def test_the_year_in_a_description_is_the_books(tmp_path: Path) -> None:
    lines = "Инв. №;Библиографическое описание", "1;Носов Н. Фантазёры: рассказы. - М.: АСТ, 2008. - 380 с."
    (record,) = books(tmp_path, *lines)

    assert (record.title, record.year) == ("Фантазёры: рассказы", 2008)


def test_a_column_of_titles_that_holds_authors_is_parted(tmp_path: Path) -> None:
    lines = "№;Наименование литературы;Кол-во", "1;Пикуль В. Фаворит;1", "2;Носов Н.Н. Незнайка;2", "3;Лем С. Солярис;1"
    found = books(tmp_path, *lines, "4;Энциклопедия;1")

    assert [(record.author, record.title) for record in found] == [
        ("Пикуль В.", "Фаворит"), ("Носов Н.Н.", "Незнайка"), ("Лем С.", "Солярис"), ("", "Энциклопедия"),
    ]  # fmt: skip


def test_titles_that_name_a_person_now_and_then_stay_titles() -> None:
    assert not are_opened_by_people(["Пушкин А. С. Сказки", "Лем С. Солярис"])
    assert not are_opened_by_people(["Пушкин А. С. Сказки", *["Энциклопедия"] * 5])


def test_half_a_quotation_is_no_part_of_a_title(tmp_path: Path) -> None:
    rows = ['103;Гончаров И.А.;"Обломов;1985', "104;Грин А.С.;Алые паруса;1990"]

    assert titles(tmp_path, "Инв. №;Автор;Заглавие;Год", *rows) == ["Обломов", "Алые паруса"]


def test_the_same_author_may_be_written_in_words(tmp_path: Path) -> None:
    rows = ["1;Маршак С. Я.;Кошкин дом", "2;он же;Багаж", "3;Его же;Почта"]
    found = books(tmp_path, "Инв. №;Автор;Заглавие", *rows)

    assert [record.author for record in found] == ["Маршак С. Я."] * 3


# --- rows that are no books -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        "Комиссия:;;Сидорова С. С.;", "Исполнитель: библиотекарь Иванова И. И.;;;", "Проверил;;Петрова;",
        "Перенос с предыдущей страницы;;;6,00", "12.03.2024 г.;;;", "Детская литература 0+;;;", "Для 1-4 классов;;;",
    ],
)  # fmt: skip
def test_what_stands_around_the_books_is_neither_a_book_nor_a_fault(tmp_path: Path, row: str) -> None:
    lines = "Инв. №;Автор;Заглавие;Цена", "1;Лем С.;Солярис;5,00", row, "2;Лем С.;Эдем;4,00"

    assert (titles(tmp_path, *lines), told(tmp_path, *lines)) == (["Солярис", "Эдем"], [])


@pytest.mark.parametrize(
    "row", ["б/н;;Комиссия;1990", "7;;Директор;", ";Комиссия по делам;Отчёт;1990", "3;;Утверждаю;"]
)
def test_a_book_that_is_called_like_those_who_sign_stays_a_book(tmp_path: Path, row: str) -> None:
    assert len(titles(tmp_path, "Инв. №;Автор;Заглавие;Год", row)) == 1


def test_the_rest_of_a_title_in_a_row_of_its_own_is_put_behind_it(tmp_path: Path) -> None:
    rows = "1;Гоголь Н. В.;Повесть о том, как поссорился", ";;с Иваном Никифоровичем", "2;Гоголь Н. В.;Вий"

    assert titles(tmp_path, "Инв. №;Автор;Заглавие", *rows) == [
        "Повесть о том, как поссорился с Иваном Никифоровичем", "Вий",
    ]  # fmt: skip


@pytest.mark.parametrize("heading", ["Инв. №;Автор;Заглавие", "№ п/п;Автор;Заглавие", "№;Автор;Заглавие"])
def test_a_title_without_the_number_that_all_have_is_asked_about_and_no_book(tmp_path: Path, heading: str) -> None:
    lines = heading, "1;Лем С.;Солярис", ";;Краеведение", "2;Лем С.;Эдем"

    assert (titles(tmp_path, *lines), told(tmp_path, *lines)) == (["Солярис", "Эдем"], [(3, Rejection.BAD_ROW)])


def test_a_title_alone_is_a_book_where_nothing_is_numbered(tmp_path: Path) -> None:
    assert titles(tmp_path, "Автор;Заглавие;Год", "Лем С.;Солярис;1990", ";Сказки;") == ["Солярис", "Сказки"]


def test_two_lists_side_by_side_are_both_read(tmp_path: Path) -> None:
    rows = "Лем С.;Солярис;1990;;Чарушин Е.;Волчишко;1999", "Есенин С.;Берёза;2010;;;;"
    found = books(tmp_path, "Автор;Название;Год;;Автор;Название;Год", *rows)

    assert [(record.author, record.title, record.year) for record in found] == [
        ("Лем С.", "Солярис", 1990), ("Чарушин Е.", "Волчишко", 1999), ("Есенин С.", "Берёза", 2010),
    ]  # fmt: skip


# --- whole files ----------------------------------------------------------------------------------


def test_a_sheet_without_headings_is_told_of(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["Автор", "Название", "Инв. №"], ["Лем С.", "Солярис", 1]):
        book.active.append(row)
    more = book.create_sheet("В")
    more.append(["Васильев Б.", "А зори здесь тихие", 4])
    more.append(["Войнович В.", "Чонкин", 5])
    book.create_sheet("Итоги").append(["Всего книг", 3])
    book.save(tmp_path / "a.xlsx")

    found = all_of(tmp_path / "a.xlsx")

    assert [row.record.title for row in found if isinstance(row, Read)] == ["Солярис"]
    assert [(row.reason, row.ordinal) for row in found if isinstance(row, Rejected)] == [(Rejection.NO_HEADER, 3)]
    assert "«В»" in bad_of(found[1]).detail


def test_a_table_without_headings_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(ForeignFile, match="write a row above the list that says which column is which") as caught:
        recognise(csv(tmp_path, "1;Астафьев В. П.;Царь-рыба;1980", "2;Белов В. И.;Привычное дело;1978"))

    assert caught.value.fault is Fault.NO_HEADER


def cut_table(folder: Path, last: str) -> list[Read | Rejected]:
    rows = [f"{at};Лем С.;Книга {at};1990" for at in range(1, 9)]
    path = folder / "cut.csv"
    path.write_bytes("\n".join(["Инв. №;Автор;Название;Год", *rows, last]).encode())
    return all_of(path)


def test_a_table_that_is_cut_within_a_row_does_not_change_that_book(tmp_path: Path) -> None:
    found = cut_table(tmp_path, "9;Лем С.;Кни")

    assert len(found) == 9
    assert (bad_of(found[-1]).reason, bad_of(found[-1]).ordinal) == (Rejection.TRUNCATED, 10)


@pytest.mark.parametrize("last", ["9;Лем С.;Книга 9;1990", "Итого: 8", "9;Лем С.;Книга 9;\n"])
def test_a_last_row_without_an_end_is_whole_if_it_has_all_its_cells(tmp_path: Path, last: str) -> None:
    assert not [row for row in cut_table(tmp_path, last) if isinstance(row, Rejected)]


@pytest.mark.parametrize(
    ("name", "data", "said", "fault"),
    [
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1", "picture", Fault.PICTURE),
        ("a.tif", b"II*\0\x08\0\0\0", "picture", Fault.PICTURE),
        ("a.webp", b"RIFF\x24\0\0\0WEBPVP8 ", "picture", Fault.PICTURE),
        ("a.bmp", b"BM\x36\x10\0\0\0\0\0\0\x36\0\0\0", "picture", Fault.PICTURE),
        ("a.djvu", b"AT&TFORM\0\0\1\0DJVU", "DjVu", Fault.PICTURE),
        ("a.mdb", b"\0\1\0\0Standard Jet DB\0", "Access", Fault.UNKNOWN_KIND),
        ("a.dbf", b"\x03\x7c\x05\x01\x02\0\0\0\x61\0\x30\0" + b"\0" * 20 + b"AUTHOR\0\0", "dBase", Fault.UNKNOWN_KIND),
        ("~$a.xlsx", b"\5user" + b"\0" * 160, "without «~\\$»", Fault.UNKNOWN_KIND),
    ],
)
def test_what_lies_beside_the_list_is_told_by_its_name(
    tmp_path: Path, name: str, data: bytes, said: str, fault: Fault
) -> None:
    path = tmp_path / name
    path.write_bytes(data + b"\0" * 300)

    with pytest.raises(ForeignFile, match=said) as caught:
        recognise(path)

    assert caught.value.fault is fault


# --- headings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Наименов. книги", Column.TITLE), ("Ф.И.О. автора", Column.AUTHOR), ("ФИО автора книги", Column.AUTHOR),
        ("Год изд-я", Column.YEAR), ("Кол-во экз-ров", Column.COPIES), ("Изд-во", Column.PUBLISHER),
        ("Автор. Заглавие. Год издания", Column.AUTHOR_TITLE), ("Название книги, автор", Column.AUTHOR_TITLE),
        ("Инв. №№", Column.INVENTORY), ("Учебник", Column.TITLE), ("Кому выдана", Column.HOLDER),
        ("Отметка о выдаче", Column.STATUS), ("Всего", Column.COPIES),
        ("Авторский знак, название", None), ("Наимен. орг.", None), ("Стоим.", None), ("Авт. знак", None),
        ("Филиал №1", None), ("Назв. файла", None),
    ],
)  # fmt: skip
def test_a_heading_is_known_however_it_is_shortened(heading: str, column: Column | None) -> None:
    assert column_of(heading) == column


def test_numbers_under_the_name_of_a_branch_are_no_branch(tmp_path: Path) -> None:
    (record,) = books(tmp_path, "Автор;Название;Детская;Филиал №1;Всего", "Барто А.;Стихи;5;2;7")

    assert [(item.branch, item.copies) for item in record.items] == [("", 7)]


@pytest.mark.parametrize("holder", ["Иванова А. П.", "сестра Петровой"])
def test_a_book_that_somebody_has_is_out_and_nothing_is_kept_of_who(tmp_path: Path, holder: str) -> None:
    found = books(tmp_path, "Инв. №;Название;Кому выдана", f"1;Нос;{holder}", "2;Вий;", "3;Шинель;-")

    assert [item.status for record in found for item in record.items] == [
        ItemStatus.ON_LOAN, ItemStatus.AVAILABLE, ItemStatus.AVAILABLE,
    ]  # fmt: skip
    assert holder not in repr(found)


def test_volumes_below_the_first_are_called_like_it(tmp_path: Path) -> None:
    rows = ["1;Толстой Л. Н.;Война и мир. Т. 1", "2;-//-;-//- Т. 2", "3;он же;То же. Т. 3", "4;Лем С.;То же самое утро"]
    found = books(tmp_path, "Инв. №;Автор;Заглавие", *rows)

    assert [record.title for record in found] == [
        "Война и мир. Т. 1", "Война и мир. Т. 2", "Война и мир. Т. 3", "То же самое утро",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "author", "title", "subtitle", "year"),
    [
        ("Яхина Г. Зулейха открывает глаза : роман. М.: АСТ, 2015. 508 с.", "Яхина Г.", "Зулейха открывает глаза",
         "роман", 2015),
        ("Русские сказки / сост. В. П. Аникин. — М. : Дет. лит., 1990. — 400 с.", "", "Русские сказки", "", 1990),
        ("Акунин Б. Азазель. 2005", "Акунин Б.", "Азазель", "", 2005),
        ("Оруэлл Дж. 1984", "Оруэлл Дж.", "1984", "", None),
        ("Лагин Л. Старик Хоттабыч : [повесть]", "Лагин Л.", "Старик Хоттабыч", "повесть", None),
    ],
)  # fmt: skip
def test_a_description_is_taken_apart(
    tmp_path: Path, cell: str, author: str, title: str, subtitle: str, year: int | None
) -> None:
    (record,) = books(tmp_path, "Инв. №;Библиографическое описание", f"1;{cell}")

    assert (record.author, record.title, record.subtitle, record.year) == (author, title, subtitle, year)


def test_lines_of_authors_are_several_people_and_a_broken_line_is_one() -> None:
    assert people("Пришвин М.\nСоколов-Микитов И.") == "Пришвин М.; Соколов-Микитов И."
    assert people("Пушкин\nАлександр Сергеевич") == "Пушкин Александр Сергеевич"


@pytest.mark.parametrize(("cell", "copies"), [("2+1", 3), ("3 (1 списан)", 3), ("1 + 1 + 1", 3), ("2+", 2)])
def test_copies_that_were_added_later_count(cell: str, copies: int) -> None:
    assert count(cell) == copies


def test_a_mark_that_stands_twice_makes_a_range() -> None:
    assert inventory_numbers("У-4 – У-6") == (("У-4", "У-5", "У-6"), "")
    assert inventory_numbers("4-6") == (("4-6",), "")


def test_a_text_without_columns_is_told_what_to_make_of_it(tmp_path: Path) -> None:
    path = tmp_path / "список.txt"
    path.write_text("Список книг\n1. Пушкин А.С. Евгений Онегин. 1985\n2. Лермонтов М.Ю. Мцыри. 1990\n", "utf-8")

    with pytest.raises(ForeignFile, match="in Excel: one book a row, author, title and number in columns") as caught:
        recognise(path)

    assert caught.value.fault is Fault.NO_HEADER


def test_in_a_library_of_one_house_the_place_of_a_copy_is_a_room(tmp_path: Path) -> None:
    path = csv(tmp_path, "Инв. №;Название;Место хранения", "1;Нос;аб.", "2;Вий;ч/з")
    house = [Branch(code="01", name="Сосновская библиотека")]

    def places(branches: Sequence[Branch]) -> list[tuple[str, str, bool]]:
        found = [row.record for row in recognise(path, "", branches).records() if isinstance(row, Read)]
        return [(item.branch, item.location, item.lendable) for record in found for item in record.items]

    assert places(house) == [("", "аб.", True), ("", "ч/з", False)]
    assert places([*house, Branch(code="02", name="Детская")]) == [("аб.", "", True), ("ч/з", "", False)]


def test_in_a_library_of_one_house_a_heading_over_the_rows_may_be_a_room(tmp_path: Path) -> None:
    path = csv(
        tmp_path, "Инв. №;Название;Год", "Читальный зал;;", "1;Нос;1990", "Библиотека с. Сосновка;;", "2;Вий;1990"
    )
    house = [Branch(code="01", name="Сосновская библиотека")]
    found = [row.record.items[0] for row in recognise(path, "", house).records() if isinstance(row, Read)]

    assert [(item.branch, item.location, item.lendable) for item in found] == [
        ("", "Читальный зал", False), ("Библиотека с. Сосновка", "", True),
    ]  # fmt: skip
