"""Copies in MARC21 as the systems of libraries export them, and records of holdings."""

import gzip
from collections.abc import Sequence
from importlib import import_module as module
from pathlib import Path

import pytest

from bot.library.model import Branch, ItemStatus
from bot.library.records import ItemData, Read, Rejected, Rejection
from catalogue.importers import reading, recognise
from catalogue.importers.source import Stream
from tests.catalogue.importers import support
from tests.catalogue.importers.support import bad_of, read, record_of, rows
from tests.support.iso2709 import MARC21_LEADER, Subfields, build_record, control, field

MARCXML = '<collection xmlns="http://www.loc.gov/MARC21/slim">{}</collection>'
HOLDINGS_LEADER = "     nx  a22     1n 4500"

Fields = Sequence[tuple[str, str]]


def book(number: str, *fields: tuple[str, str], leader: str = MARC21_LEADER) -> bytes:
    title = field("245", [("a", f"Book {number} /"), ("c", "A. Author.")], "10")
    return build_record([control("001", number), title, *fields], leader=leader)


def written(path: Path, *records: bytes) -> Path:
    return support.written(path, b"".join(records))


def place(**subfields: str) -> tuple[str, str]:
    return field("852", list(subfields.items()))


def items_of(path: Path, records: Sequence[bytes], branches: Sequence[Branch] = ()) -> list[ItemData]:
    source = recognise(written(path, *records), "", branches)
    return [item for row in source.records() for item in record_of(row).items]


def branches_of(path: Path, records: Sequence[bytes], branches: Sequence[Branch] = ()) -> list[tuple[str, str]]:
    return [(item.branch, item.location) for item in items_of(path, records, branches)]


RIVER = [
    book("1", place(a="RVR", b="MAIN", h="813", p="1001")),
    book("2", place(a="RVR", b="EAST", h="813", p="1002")),
]


def test_parts_of_one_organisation_without_shelves_are_its_collections(tmp_path: Path) -> None:
    """As in records of the Russian State Library: «РГБ», «FB» for the main stock, «IZO» for pictures."""
    assert branches_of(tmp_path / "a.mrc", RIVER) == [("RVR", "MAIN"), ("RVR", "EAST")]


def test_every_record_of_the_russian_state_library_is_placed_alike(tmp_path: Path) -> None:
    one = [book("1", place(a="РГБ", b="FB", j="FB 1"), place(a="РГБ", b="OMF1", j="MF 1"))]
    other = [book("2", place(a="РГБ", b="IZO", j="IZO 2"))]

    assert {name for name, _ in branches_of(tmp_path / "a.mrc", one)} == {"РГБ"}
    assert {name for name, _ in branches_of(tmp_path / "b.mrc", other)} == {"РГБ"}


def test_what_may_be_the_branches_as_well_is_told_where_no_name_decides(tmp_path: Path) -> None:
    town = [Branch(code="01", name="Riverside"), Branch(code="02", name="Lakeside")]
    guessed = recognise(written(tmp_path / "a.mrc", *RIVER), "", town)
    shelved = book("1", place(a="RVR", b="MAIN", c="Fiction", p="1"))

    assert (guessed.branch_in, guessed.branches_otherwise) == ("a", ("MAIN", "EAST"))
    assert recognise(written(tmp_path / "b.mrc", shelved), "", town).branches_otherwise == ("RVR",)
    known = recognise(written(tmp_path / "a.mrc", *RIVER), "", [*town, Branch(code="03", name="M", aliases=("MAIN",))])
    assert (known.branch_in, known.branches_otherwise) == ("b", ())


def test_several_organisations_are_the_branches_themselves(tmp_path: Path) -> None:
    records = [book("1", place(a="MAIN", b="Fiction", p="1")), book("2", place(a="EAST", b="Juvenile", p="2"))]

    assert branches_of(tmp_path / "a.mrc", records) == [("MAIN", "Fiction"), ("EAST", "Juvenile")]


def test_what_the_library_calls_its_branches_decides(tmp_path: Path) -> None:
    rooms = [book("1", place(a="RVR", b="Fiction", p="1")), book("2", place(a="RVR", b="Juvenile", p="2"))]
    town = [Branch(code="01", name="Riverside", aliases=("RVR",)), Branch(code="02", name="Eastside")]

    assert branches_of(tmp_path / "a.mrc", rooms, town) == [("RVR", "Fiction"), ("RVR", "Juvenile")]

    mixed = [book("1", place(a="X", b="MAIN", p="1")), book("2", place(a="Y", b="east branch", p="2"))]
    known = [Branch(code="MAIN", name="Main"), Branch(code="E", name="East Branch")]
    assert branches_of(tmp_path / "b.mrc", mixed, known) == [("MAIN", ""), ("east branch", "")]


def test_where_there_is_one_building_its_parts_are_rooms(tmp_path: Path) -> None:
    assert branches_of(tmp_path / "a.mrc", RIVER, [Branch(code="M", name="Town Library")]) == [
        ("RVR", "MAIN"),
        ("RVR", "EAST"),
    ]


def test_no_organisation_leaves_the_part(tmp_path: Path) -> None:
    assert branches_of(tmp_path / "a.mrc", [book("1", place(b="main", c="stacks", h="QA76"))]) == [("main", "stacks")]


def test_a_shelf_within_the_part_makes_the_part_a_branch(tmp_path: Path) -> None:
    assert branches_of(tmp_path / "a.mrc", [book("1", place(a="RVR", b="MAIN", c="Fiction", p="1"))]) == [
        ("MAIN", "Fiction")
    ]


@pytest.mark.parametrize("form", ["binary", "xml"])
def test_evergreens_copies_are_where_they_circulate(tmp_path: Path, form: str) -> None:
    copy = [
        ("a", "CONS"), ("b", "BR1"), ("b", "BR2"), ("c", "Adult Fiction"), ("k", "FIC"), ("j", "ADAMS"), ("m", "v.2"),
        ("g", "book"), ("p", "33001"), ("s", "Checked out"), ("y", "9.99"), ("x", "noncirculating"),
    ]  # fmt: skip
    if form == "binary":
        (item,) = items_of(tmp_path / "a.mrc", [book("1", field("852", copy))])
    else:
        subfields = "".join(f'<subfield code="{code}">{text}</subfield>' for code, text in copy)
        record = (
            f"<record><leader>{MARC21_LEADER}</leader>"
            '<datafield tag="245" ind1="1" ind2="0"><subfield code="a">Book</subfield></datafield>'
            f'<datafield tag="852" ind1="4" ind2=" ">{subfields}</datafield></record>'
        )
        (item,) = items_of(tmp_path / "a.xml", [MARCXML.format(record).encode()])

    assert item == ItemData(
        branch="BR2",
        location="Adult Fiction",
        inventory_number="33001",
        barcode="33001",
        call_number="FIC ADAMS v.2",
        status=ItemStatus.ON_LOAN,
        lendable=False,
    )


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("Available", ItemStatus.AVAILABLE),
        ("Reshelving", ItemStatus.AVAILABLE),
        ("Not Charged", ItemStatus.AVAILABLE),
        ("Not available", ItemStatus.UNAVAILABLE),
        ("Checked out", ItemStatus.ON_LOAN),
        ("Charged", ItemStatus.ON_LOAN),
        ("On holds shelf", ItemStatus.ON_HOLD),
        ("In transit", ItemStatus.IN_TRANSIT),
        ("In process", ItemStatus.ON_ORDER),
        ("On order", ItemStatus.ON_ORDER),
        ("Missing", ItemStatus.LOST),
        ("Lost and Paid", ItemStatus.LOST),
        ("Discard/Weed", ItemStatus.WITHDRAWN),
        ("Bindery", ItemStatus.UNAVAILABLE),
        ("Damaged", ItemStatus.UNAVAILABLE),
        ("Wibble", ItemStatus.UNKNOWN),
    ],
)
def test_a_status_in_english_words(tmp_path: Path, said: str, status: ItemStatus) -> None:
    (item,) = items_of(tmp_path / "a.mrc", [book("1", place(b="BR1", p="1", s=said))])
    assert item.status is status


def test_a_copy_that_the_system_hides_is_not_told_of(tmp_path: Path) -> None:
    (item,) = items_of(tmp_path / "a.mrc", [book("1", place(b="BR1", p="1", x="hidden"))])
    assert item.status is ItemStatus.WITHDRAWN


def test_pieces_are_at_the_place_they_are_linked_with(tmp_path: Path) -> None:
    record = book(
        "1",
        field("852", [("8", "1"), ("a", "RVR"), ("b", "MAIN"), ("c", "Fic"), ("h", "813"), ("i", "ADA")]),
        field("852", [("8", "2"), ("a", "RVR"), ("b", "EAST"), ("c", "Kids"), ("h", "J 813")]),
        field("876", [("8", "1.1"), ("p", "101"), ("j", "Not Charged")]),
        field("876", [("8", "2.1"), ("p", "201"), ("j", "Charged"), ("h", "In library use only")]),
    )
    first, second = items_of(tmp_path / "a.mrc", [record])

    assert (first.branch, first.location, first.call_number, first.barcode) == ("MAIN", "Fic", "813 ADA", "101")
    assert (second.branch, second.location, second.call_number, second.barcode) == ("EAST", "Kids", "J 813", "201")
    assert (first.status, first.lendable) == (ItemStatus.AVAILABLE, True)
    assert (second.status, second.lendable) == (ItemStatus.ON_LOAN, False)


SIERRA: Subfields = [("a", "813.54"), ("b", "ADA"), ("i", "31000"), ("l", "mainf"), ("p", "$9.00"), ("y", ".i1234567")]


@pytest.mark.parametrize(
    ("code", "due", "status", "day"),
    [
        ("-", "  -  -  ", ItemStatus.AVAILABLE, "None"),
        ("-", "12-25-26", ItemStatus.ON_LOAN, "2026-12-25"),
        ("-", "25-12-2026", ItemStatus.ON_LOAN, "2026-12-25"),
        ("-", "03-05-26", ItemStatus.ON_LOAN, "None"),
        ("t", "  -  -  ", ItemStatus.IN_TRANSIT, "None"),
        ("!", "", ItemStatus.ON_HOLD, "None"),
        ("m", "", ItemStatus.LOST, "None"),
        ("q", "", ItemStatus.UNKNOWN, "None"),
    ],
)
def test_sierras_item(tmp_path: Path, code: str, due: str, status: ItemStatus, day: str) -> None:
    (item,) = items_of(tmp_path / "a.mrc", [book("1", field("945", [*SIERRA, ("s", code), ("h", due)]))])

    assert (item.branch, item.barcode, item.inventory_number) == ("mainf", "31000", ".i1234567")
    assert (item.call_number, item.status, str(item.due_on)) == ("813.54 ADA", status, day)


def test_another_use_of_945_is_no_copy(tmp_path: Path) -> None:
    assert items_of(tmp_path / "a.mrc", [book("1", field("945", [("l", "main")]))]) == []


@pytest.mark.parametrize("tag", ["999", "949"])
def test_symphonys_item(tmp_path: Path, tag: str) -> None:
    copy = [("a", "813 ADA"), ("w", "DEWEY"), ("i", "3100"), ("l", "STACKS"), ("m", "MAIN"), ("t", "BOOK")]
    at_home, lent, lost = items_of(
        tmp_path / "a.mrc",
        [
            book(
                "1", field(tag, copy), field(tag, [*copy, ("k", "CHECKEDOUT")]), field(tag, [*copy, ("k", "LOST-PAID")])
            )
        ],
    )

    assert (at_home.branch, at_home.location, at_home.call_number) == ("MAIN", "STACKS", "813 ADA")
    assert [one.status for one in (at_home, lent, lost)] == [ItemStatus.AVAILABLE, ItemStatus.ON_LOAN, ItemStatus.LOST]


def test_almas_shelf_is_a_lump_of_copies(tmp_path: Path) -> None:
    shelf = [("b", "MAIN"), ("c", "Stacks"), ("d", "PR6051"), ("e", "available"), ("f", "3"), ("g", "1"), ("q", "Main")]
    (item,) = items_of(tmp_path / "a.mrc", [book("1", field("AVA", shelf))])

    assert (item.branch, item.location, item.call_number) == ("MAIN", "Stacks", "PR6051")
    assert (item.status, item.copies, item.issued) == (ItemStatus.AVAILABLE, 3, 1)


# --- records of holdings -------------------------------------------------------------------------


def holdings(number: str, of: str, *fields: tuple[str, str], leader: str = HOLDINGS_LEADER) -> bytes:
    return build_record([control("001", number), control("004", of), *fields], leader=leader)


def test_a_record_of_holdings_is_copies_of_its_book_wherever_it_stands(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.mrc",
        holdings("h0", "2", place(b="EAST", h="200", p="22")),
        book("1"),
        holdings("h1", "1", place(b="MAIN", h="100", p="11")),
        book("2"),
        holdings("h2", "2", place(b="MAIN", h="200", p="21")),
    )

    assert [(record.source_id, [copy.branch for copy in record.items]) for record in read(path)] == [
        ("1", ["MAIN"]),
        ("2", ["EAST", "MAIN"]),
    ]


def test_holdings_without_their_book_are_told_with_what_to_do(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mrc", book("1"), holdings("h1", "77", place(b="MAIN", p="11")))
    found = rows(path)

    assert [type(row) for row in found] == [Read, Rejected]
    bad = bad_of(found[1])
    assert (bad.reason, bad.ordinal, bad.source_id) == (Rejection.NO_SUCH_BOOK, 2, "h1")
    assert "77" in bad.detail
    assert "one file" in bad.detail


def test_holdings_in_marcxml(tmp_path: Path) -> None:
    records = (
        f"<record><leader>{MARC21_LEADER}</leader><controlfield tag='001'>1</controlfield>"
        "<datafield tag='245' ind1=' ' ind2=' '><subfield code='a'>Book</subfield></datafield></record>"
        f"<record><leader>{HOLDINGS_LEADER}</leader><controlfield tag='004'>1</controlfield>"
        "<datafield tag='852' ind1=' ' ind2=' '><subfield code='b'>MAIN</subfield><subfield code='p'>11</subfield>"
        "</datafield></record>"
    )
    (record,) = read(written(tmp_path / "a.xml", MARCXML.format(records).encode()))

    assert [(copy.branch, copy.barcode) for copy in record.items] == [("MAIN", "11")]


def test_a_file_without_records_of_holdings_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.mrc", *(book(str(number)) for number in range(30)))
    source = recognise(path)
    opened: list[Path] = []

    class Counted(Stream):
        def __init__(self, path: Path) -> None:
            opened.append(path)
            super().__init__(path)

    monkeypatch.setattr(reading, "Stream", Counted)

    assert len(list(source.records())) == 30
    assert opened == [path]


def late_holdings(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Read | Rejected]:
    """Books, then their holdings, then a book again, of which the first and the last records tell nothing."""
    monkeypatch.setattr(module("catalogue.importers.recognise"), "PLACE_RECORDS", 1)
    monkeypatch.setattr(module("catalogue.importers.recognise"), "LIMIT", 10)
    gone = MARC21_LEADER.replace("nam", "dam")
    written(
        path,
        book("1"), book("2"), book("3", leader=gone), book("4"),
        holdings("h1", "1", place(b="MAIN", p="11")), holdings("h3", "3", place(b="MAIN", p="31")),
        holdings("h5", "5", place(b="EAST", p="51")), holdings("h4", "4"),
        book("5"), holdings("h9", "9", place(b="MAIN", p="91")), book("6"),
    )  # fmt: skip
    assert not recognise(path).holdings_apart
    return rows(path)


def test_holdings_that_nobody_expected_still_reach_their_books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = late_holdings(tmp_path / "a.mrc", monkeypatch)
    last = {record.source_id: [copy.barcode for copy in record.items] for record in map(record_of, good(found))}

    assert last == {"1": ["11"], "2": [], "4": [], "5": ["51"], "6": []}
    assert [(bad.reason, bad.source_id) for bad in found if isinstance(bad, Rejected)] == [
        (Rejection.DELETED, "3"),
        (Rejection.NO_SUCH_BOOK, "h9"),
    ]


def test_only_books_that_have_copies_are_given_out_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = late_holdings(tmp_path / "a.mrc", monkeypatch)

    assert [(read.ordinal, read.record.source_id) for read in good(found)] == [
        (1, "1"), (2, "2"), (4, "4"), (9, "5"), (11, "6"), (1, "1"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a.mrc", "a.mrc.gz"])
def test_holdings_at_the_end_of_a_long_file_are_expected(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(module("catalogue.importers.recognise"), "PLACE_RECORDS", 1)
    records = [book("1"), book("2"), holdings("h1", "1", place(b="MAIN", p="11"))]
    data = b"".join(records)
    path = support.written(tmp_path / name, gzip.compress(data) if name.endswith("gz") else data)

    assert [(record.source_id, len(record.items)) for record in read(path)] == [("1", 1), ("2", 0)]


def good(found: Sequence[Read | Rejected]) -> list[Read]:
    return [row for row in found if isinstance(row, Read)]


def test_a_record_that_its_system_deleted_is_left_out(tmp_path: Path) -> None:
    deleted = MARC21_LEADER.replace("nam", "dam")
    gone, kept = rows(written(tmp_path / "a.mrc", book("1", leader=deleted), book("2")))

    assert bad_of(gone).reason is Rejection.DELETED
    assert record_of(kept).source_id == "2"
