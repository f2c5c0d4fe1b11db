"""IRBIS: text exports of two universities, ISO 2709 with IRBIS's tags, and what hands do to such files."""

from collections import Counter
from pathlib import Path

import pytest

from bot.library.model import ItemStatus, Kind
from bot.library.records import ItemData, Rejection
from catalogue.importers import recognise
from tests.catalogue.importers.support import DATA, bad_of, read, record_of, rows, written
from tests.support.iso2709 import build_record

IRBIS = DATA / "irbis"


@pytest.fixture
def exported(tmp_path: Path) -> "Exported":
    return Exported(tmp_path)


class Exported:
    """Reads a text export of one record, made of the lines that matter to a test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def file(self, *lines: str, end: str = "\r\n*****\r\n", charset: str = "utf-8") -> Path:
        return written(self._folder / "export.txt", ("\r\n".join(lines) + end).encode(charset))

    def copies(self, *fields: str) -> tuple[ItemData, ...]:
        lines = [f"#910: {field}" for field in fields]
        return read(self.file("#920: PAZK", "#200: ^AКаштанка", "#102: RU", *lines))[0].items


def test_a_universitys_book_in_full() -> None:
    record = read(IRBIS / "istu_17_utf8.txt")[0]

    assert (record.source_id, record.kind) == ("551.21(571.66)-658726400", Kind.BOOK)
    assert (record.title, record.subtitle) == ("Голоценовый вулканизм Срединного хребта Камчатки", "монография")
    assert (record.author, record.year, record.place, record.publisher) == ("Певзнер М. М.", 2015, "Москва", "Геос")
    assert record.isbns == ("9785891186828",)
    assert record.series == (("Труды Геологического института", "Вып. 608"),)
    assert record.items == (ItemData(branch="КХ", inventory_number="666468", barcode="6642906664685"),)
    assert record.subjects == ("Вулканизм — Камчатка",)
    assert "тефрохронологические методы" in record.keywords


def test_every_record_of_the_exports_is_read() -> None:
    assert [len(read(IRBIS / name)) for name in ("istu_17_utf8.txt", "leti_34_cp1251.txt", "mironov_3_utf8.txt")] == [
        17, 34, 3,
    ]  # fmt: skip
    assert recognise(IRBIS / "leti_34_cp1251.txt").charset == "cp1251"


def test_subfield_codes_mean_the_same_in_either_case(exported: Exported) -> None:
    (record,) = read(exported.file("#920: PAZK", "#200: ^aКаштанка^Eрассказ", "#102: RU", "#700: ^aЧехов^BА. П."))

    assert (record.title, record.subtitle, record.author) == ("Каштанка", "рассказ", "Чехов А. П.")


@pytest.mark.parametrize(
    ("told", "title"),
    [
        ("#454: ^aThe shining^dKing S.^gNew York", "The shining"),
        ("#510: ^DThe shining^Zeng^U1", "The shining"),
        ("#510: ^DКаштанка", ""),
        ("#510: ^E[Album]", ""),
    ],
)
def test_what_a_book_is_called_in_another_language_is_kept(exported: Exported, told: str, title: str) -> None:
    (record,) = read(exported.file("#920: PAZK", "#200: ^AКаштанка", told))

    assert (record.title, record.original_title) == ("Каштанка", title)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("0", ItemStatus.AVAILABLE),
        ("1", ItemStatus.ON_LOAN),
        ("2", ItemStatus.ON_ORDER),
        ("3", ItemStatus.UNAVAILABLE),
        ("4", ItemStatus.LOST),
        ("5", ItemStatus.UNAVAILABLE),
        ("6", ItemStatus.WITHDRAWN),
        ("8", ItemStatus.IN_TRANSIT),
        ("9", ItemStatus.ON_HOLD),
        ("p", ItemStatus.WITHDRAWN),
        ("R", ItemStatus.WITHDRAWN),
        ("7", ItemStatus.UNKNOWN),
        ("", ItemStatus.UNKNOWN),
    ],
)
def test_the_status_of_a_copy(exported: Exported, code: str, status: ItemStatus) -> None:
    assert exported.copies(f"^A{code}^B15^DХР")[0].status is status


@pytest.mark.parametrize(
    ("field", "copies", "issued", "status"),
    [
        ("^AU^B556^DХР^112^25", 12, 5, ItemStatus.AVAILABLE),
        ("^ac^B1/111^DХР^13", 3, 0, ItemStatus.AVAILABLE),
        ("^AU^B1^14^24", 4, 4, ItemStatus.ON_LOAN),
        ("^AU^B1^12^29", 2, 2, ItemStatus.ON_LOAN),
        ("^AU^B1", 1, 0, ItemStatus.AVAILABLE),
        ("^AU^B1^1много", 1, 0, ItemStatus.AVAILABLE),
        ("^A0^B1^112", 1, 0, ItemStatus.AVAILABLE),
    ],
)
def test_copies_counted_in_a_lump(exported: Exported, field: str, copies: int, issued: int, status: ItemStatus) -> None:
    (lump,) = exported.copies(field)

    assert (lump.copies, lump.issued, lump.status) == (copies, issued, status)


@pytest.mark.parametrize(
    ("worksheet", "sort", "kind"),
    [
        ("PAZK", "a", Kind.BOOK),
        ("pazk", "L", Kind.ELECTRONIC),
        ("PAZK", "j", Kind.AUDIO),
        ("PAZK", "g3", Kind.VIDEO),
        ("PAZK", "b", Kind.BOOK),
        ("NJ", "a", Kind.SERIAL),
        ("asp", "a", Kind.ARTICLE),
        ("MUSP", "r", Kind.OTHER),
        ("", "", Kind.BOOK),
    ],
)
def test_the_worksheet_and_the_sort_tell_the_kind(exported: Exported, worksheet: str, sort: str, kind: Kind) -> None:
    (record,) = read(exported.file(f"#920: {worksheet}", f"#900: ^T{sort}", "#200: ^AКаштанка", "#102: RU"))

    assert record.kind is kind


def test_an_unknown_status_is_told(exported: Exported) -> None:
    (record,) = read(exported.file("#920: PAZK", "#200: ^AКаштанка", "#910: ^AZ^B1", "#910: ^AX^B2"))

    assert record.warnings == ("unknown_status",)


def test_a_volume_is_called_by_its_set() -> None:
    volume = next(record for record in read(IRBIS / "leti_34_cp1251.txt") if record.source_id == "336/У66-622285")

    assert (volume.title, volume.part_number, volume.parent_title) == ("Ч.2,4", "Ч.2,4", "Управление банком")
    assert volume.author == "Акулова З.М."
    assert Counter(copy.status for copy in volume.items)[ItemStatus.ON_ORDER] == 1


def test_an_issue_learns_its_journals_title_from_the_journals_record() -> None:
    issues = {record.source_id: record for record in read(IRBIS / "leti_34_cp1251.txt")}

    issue = issues["У1415/1989/2"]
    assert (issue.kind, issue.title, issue.parent_title) == (Kind.SERIAL, "1989, № 2", "Компьютер-Пресс")
    assert issue.year == 1989
    assert issues["У1415"].title == "Компьютер-Пресс"


def test_an_article_has_a_journal_and_no_copies() -> None:
    article = next(record for record in read(IRBIS / "mironov_3_utf8.txt") if record.kind is Kind.ARTICLE)

    assert (article.title, article.author, article.year) == ("Передовые охотники", "Ведерников И.", 1942)
    assert article.parent_title == "Восточно-Сибирская правда. № 14 (17 янв.)"
    assert article.items == ()


def test_lines_without_their_signs_are_understood_and_bad_ones_told(exported: Exported) -> None:
    path = exported.file(
        "920: PAZK", "#200 ^AКаштанка", "что-то совсем иное", "#700: ^AЧехов^BА. П.", "102: RU", "#101:rus"
    )
    (record,) = read(path)

    assert (record.title, record.author, record.languages) == ("Каштанка", "Чехов А. П.", ("rus",))
    assert record.warnings == ("bad_line",)


def test_a_line_cut_at_the_end_is_left_out_and_told(exported: Exported) -> None:
    path = exported.file("#920: PAZK", "#200: ^AКаштанка", "#910: ^A0^B1234^DХР", "#910: ^A0^B12", end="")
    (record,) = read(path)

    assert [copy.inventory_number for copy in record.items] == ["1234"]
    assert record.warnings == ("line_cut",)


def test_a_last_record_without_asterisks_is_read(exported: Exported) -> None:
    (record,) = read(exported.file("#920: PAZK", "#200: ^AКаштанка", "#102: RU", end="\r\n"))

    assert (record.title, record.warnings) == ("Каштанка", ())


def test_a_record_without_a_title_loses_itself_only(exported: Exported) -> None:
    path = exported.file("#920: PAZK", "#102: RU", "*****", "#920: PAZK", "#200: ^AКаштанка", "#102: RU")
    bad, good = rows(path)

    assert (bad_of(bad).reason, bad_of(bad).ordinal, bad_of(bad).offset) == (Rejection.NO_TITLE, 1, 0)
    assert record_of(good).title == "Каштанка"
    assert path.read_bytes()[good.offset :].startswith(b"#920")


def test_a_record_without_an_end_is_too_long_and_the_next_one_is_read(exported: Exported) -> None:
    endless = ["#300: " + "слово " * 1000] * 300
    good = ["#920: PAZK", "#200: ^AКаштанка", "#102: RU"]
    path = exported.file(*good, "*****", "#920: PAZK", *endless, "*****", *good)

    found = rows(path)

    assert [record_of(found[at]).title for at in (0, 2)] == ["Каштанка", "Каштанка"]
    assert (bad_of(found[1]).reason, bad_of(found[1]).ordinal) == (Rejection.TOO_LONG, 2)
    assert path.read_bytes()[found[2].offset :].startswith(b"#920: PAZK")


def test_many_records_are_read_across_the_blocks_of_a_file(exported: Exported) -> None:
    lines = ["#920: PAZK", "#200: ^AКаштанка", "#331: " + "Собака " * 40, "*****"] * 3000
    path = exported.file(*lines, end="\r\n")

    assert sum(record_of(row).title == "Каштанка" for row in rows(path)) == 3000
    assert path.stat().st_size > 1 << 20


def test_text_and_iso2709_of_one_catalogue_read_alike(tmp_path: Path) -> None:
    text = (IRBIS / "istu_17_utf8.txt").read_text("utf-8-sig")
    records = b""
    for lines in text.split("*****\n"):
        fields = [line[1:].split(": ", 1) for line in lines.splitlines()]
        short = [(tag.zfill(3), value) for tag, value in fields if len(tag) <= 3]
        records += build_record([(tag, as_iso(value)) for tag, value in short], "cp1251") if short else b""
    source = recognise(written(tmp_path / "istu.iso", records))

    assert (source.format, source.charset) == ("irbis_iso", "cp1251")
    assert [record_of(row) for row in source.records()] == read(IRBIS / "istu_17_utf8.txt")


def as_iso(value: str) -> str:
    """A text export's value as ISO 2709 has it: a value without subfields stands in $a."""
    subfields = value.replace("^", "\x1f")
    return "  " + (subfields if subfields.startswith("\x1f") else "\x1fa" + subfields)
