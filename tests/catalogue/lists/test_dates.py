"""Dates of lists and tables as the library's country writes them."""

from datetime import date
from pathlib import Path

import pytest

from bot.library.lists import Listed, LoanData, PatronData
from bot.library.records import Read
from catalogue.importers import recognise
from catalogue.importers.tables.days import day, is_month_first
from catalogue.lists import recognise_list

MARCH = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("text", "month_first", "told"),
    [
        ("05.03.2026", False, MARCH),
        ("05.03.2026", True, MARCH),  # between full stops the day is first everywhere
        ("5/3/2026", False, MARCH),
        ("3/5/2026", True, MARCH),
        ("03-05-26", True, MARCH),
        ("3/5/2026 11:59 PM", True, MARCH),
        ("2026-03-05", True, MARCH),
        ("2026-03-05 23:59:00", False, MARCH),
        ("Mar 5, 2026", False, MARCH),
        ("5 March 2026", True, MARCH),
        ("05-Mar-2026", False, MARCH),
        ("25/3/2026", True, None),
        ("3/25/2026", False, None),
        ("31.02.2026", False, None),
        ("Foo 5, 2026", False, None),
    ],
)
def test_a_date_as_a_table_writes_it(text: str, month_first: bool, told: date | None) -> None:
    assert day(text, month_first=month_first) == told


@pytest.mark.parametrize(
    ("texts", "otherwise", "told"),
    [
        (["3/5/2026", "3/25/2026"], False, True),
        (["3/5/2026", "25/3/2026"], True, False),
        (["3/5/2026", "25.3.2026", ""], True, True),
        (["3/5/2026"], False, False),
        (["3/25/2026", "25/3/2026", "3/26/2026"], False, True),
    ],
)
def test_dates_that_can_be_read_in_one_way_decide_for_all(texts: list[str], otherwise: bool, told: bool) -> None:
    assert is_month_first(texts, otherwise=otherwise) is told


def written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_a_list_of_readers_of_an_american_system(tmp_path: Path) -> None:
    path = written(
        tmp_path / "patrons.csv",
        "Patron Barcode,Last Name,First Name,Date of Birth,Phone Number,Email Address,Expiration Date,Home Library\n"
        "1000001,Smith,Ann,03/25/1980,(555) 010-0111,ann@example.org,12/31/2027,MAIN\n"
        "1000002,Brown,Tom,04/07/2015,,,1/5/2027,EAST\n",
    )
    listed = [row.row for row in recognise_list(path, "patrons").rows() if isinstance(row, Listed)]
    readers = [one for one in listed if isinstance(one, PatronData)]

    assert [(one.card_number, one.surname, one.birth_date, one.valid_until, one.branch) for one in readers] == [
        ("1000001", "Smith", date(1980, 3, 25), date(2027, 12, 31), "MAIN"),
        ("1000002", "Brown", date(2015, 4, 7), date(2027, 1, 5), "EAST"),
    ]


LOANS = (
    "Card Number,Item Barcode,Title,Date Checked Out,Date Due,Checkout Location\n1,31,Emma,11/05/2026,12/03/2026,MAIN\n"
)


@pytest.mark.parametrize(("month_first", "due"), [(True, date(2026, 12, 3)), (False, date(2026, 3, 12))])
def test_dates_that_could_be_either_are_as_the_country_writes_them(
    tmp_path: Path, month_first: bool, due: date
) -> None:
    text = LOANS if month_first else LOANS.replace("11/05", "11/02")
    (row,) = recognise_list(written(tmp_path / "loans.csv", text), "loans", month_first=month_first).rows()

    assert isinstance(row, Listed)
    assert isinstance(row.row, LoanData)
    assert (row.row.barcode, row.row.due_on, row.row.branch) == ("31", due, "MAIN")


@pytest.mark.parametrize(("month_first", "due"), [(True, date(2026, 12, 3)), (False, date(2026, 3, 12))])
def test_due_dates_of_an_inventory(tmp_path: Path, month_first: bool, due: date) -> None:
    path = written(tmp_path / "b.csv", "Title,Home Branch,Item Barcode,Item Status,Date Due\nEmma,M,1,Out,12/03/2026\n")
    (row,) = recognise(path, month_first=month_first).records()

    assert isinstance(row, Read)
    assert [(copy.branch, copy.barcode, copy.due_on) for copy in row.record.items] == [("M", "1", due)]


def test_an_inventory_whose_dates_tell_their_order(tmp_path: Path) -> None:
    path = written(tmp_path / "b.csv", "Title,Barcode,Due Date\nEmma,1,12/03/2026\nPersuasion,2,12/25/2026\n")
    due = [row.record.items[0].due_on for row in recognise(path).records() if isinstance(row, Read)]

    assert due == [date(2026, 12, 3), date(2026, 12, 25)]
