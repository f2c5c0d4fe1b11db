"""MARC21 records: Koha's items, holdings, Russian exports, and what pymarc makes of the same bytes."""

from pathlib import Path

import pymarc
import pytest

from bot.library.model import ItemStatus, Kind
from bot.library.records import ItemData, RecordData
from catalogue.importers import recognise
from catalogue.importers.cleaning import phrase
from tests.catalogue.importers.support import DATA, read, record_of, rows, written
from tests.support.iso2709 import MARC21_LEADER, Subfields, build_record, control, field

MARC = DATA / "marc"


@pytest.fixture
def catalogued(tmp_path: Path) -> "Catalogued":
    return Catalogued(tmp_path)


class Catalogued:
    """Reads one MARC21 record, made of the fields that matter to a test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, *fields: tuple[str, str], leader: str = MARC21_LEADER) -> RecordData:
        whole = [control("001", "m1"), *fields]
        if not any(tag == "245" for tag, _ in fields):
            whole.append(field("245", [("a", "Каштанка /"), ("c", "А. П. Чехов.")], "10"))
        return read(written(self._folder / "one.mrc", build_record(whole, leader=leader)))[0]

    def item(self, *subfields: tuple[str, str]) -> ItemData:
        return self(field("952", subfields)).items[0]


def test_a_book_in_full(catalogued: Catalogued) -> None:
    record = catalogued(
        control("008", "061002s2006    ru     d     ||| ||rus d"),
        field("020", [("a", "5-699-17877-5 (в пер.)")]),
        field("041", [("a", "rus"), ("h", "eng")], "1 "),
        field("080", [("a", "821.111")]),
        field("084", [("a", "84(7Сое)"), ("2", "rubbk")]),
        field("100", [("a", "Маккефри, Энн,"), ("d", "1926-2011")], "1 "),
        field("245", [("a", "Миссия Акорны :"), ("b", "роман 16+ /"), ("c", "Э. и Т. Маккефри.")], "10"),
        field("250", [("a", "2-е изд.")]),
        field("260", [("a", "М. :"), ("b", "ЭКСМО,"), ("c", "2006.")]),
        field("300", [("a", "576 с. ;"), ("c", "21 см.")]),
        field("490", [("a", "Хроники Перна ;"), ("v", "12")], "0 "),
        field("520", [("a", "Единорог летит на помощь.")]),
        field("521", [("a", "Для среднего возраста")]),
        field("650", [("a", "Единороги"), ("x", "Художественная литература.")], " 7"),
        field("653", [("a", "единороги"), ("a", "космос")], "0 "),
        field("655", [("a", "Фантастика")], " 7"),
        field("700", [("a", "Скарборо, Элизабет,"), ("e", "автор.")], "1 "),
        field("700", [("a", "Петров, П."), ("e", "переводчик.")], "1 "),
        field("856", [("u", "https://example.org/akorna")], "41"),
    )  # fmt: skip

    assert record == RecordData(
        source_id="m1",
        title="Миссия Акорны",
        subtitle="роман 16+",
        responsibility="Э. и Т. Маккефри",
        author="Маккефри, Энн",
        authors=("Маккефри, Энн", "Скарборо, Элизабет"),
        contributors=("Петров, П.",),
        edition="2-е изд.",
        place="М.",
        publisher="ЭКСМО",
        year=2006,
        extent="576 с.",
        isbns=("9785699178773",),
        series=(("Хроники Перна", "12"),),
        languages=("rus",),
        subjects=("Единороги — Художественная литература",),
        genres=("Фантастика",),
        keywords=("единороги", "космос"),
        udc="821.111",
        bbk="84(7Сое)",
        annotation="Единорог летит на помощь.",
        url="https://example.org/akorna",
        audience="Для среднего возраста",
        age_mark=16,
        items_unknown=True,
    )


def test_kohas_item_in_full(catalogued: Catalogued) -> None:
    copy = catalogued.item(
        ("a", "ЦГБ"),
        ("b", "Ф2"),
        ("c", "Абонемент"),
        ("i", "8871"),
        ("p", "300123"),
        ("o", "84 Ч-56"),
        ("q", "2026-04-01"),
    )

    assert (copy.branch, copy.location, copy.call_number) == ("ЦГБ", "Абонемент", "84 Ч-56")
    assert (copy.inventory_number, copy.barcode) == ("8871", "300123")
    assert (copy.status, str(copy.due_on)) == (ItemStatus.ON_LOAN, "2026-04-01")


@pytest.mark.parametrize(
    ("code", "value", "status"),
    [
        ("1", "0", ItemStatus.AVAILABLE),
        ("1", "2", ItemStatus.LOST),
        ("0", "1", ItemStatus.WITHDRAWN),
        ("4", "1", ItemStatus.UNAVAILABLE),
        ("7", "-1", ItemStatus.ON_ORDER),
        ("q", "", ItemStatus.AVAILABLE),
    ],
)
def test_kohas_item_status(catalogued: Catalogued, code: str, value: str, status: ItemStatus) -> None:
    assert catalogued.item(("a", "ЦГБ"), ("p", "1"), (code, value)).status is status


def test_a_reading_room_copy_is_not_lent(catalogued: Catalogued) -> None:
    assert catalogued.item(("a", "ЦГБ"), ("p", "1"), ("7", "1")).lendable is False
    assert catalogued.item(("a", "ЦГБ"), ("p", "1"), ("7", "0")).lendable is True


def test_holdings_in_852_are_copies_where_they_have_a_mark(catalogued: Catalogued) -> None:
    record = catalogued(field("852", [("a", "РГБ"), ("b", "FB"), ("h", "84"), ("i", "Ч-56"), ("p", "771")]))

    assert [(copy.branch, copy.call_number, copy.inventory_number) for copy in record.items] == [
        ("РГБ", "84 Ч-56", "771")
    ]
    assert catalogued(field("852", [("a", "РГБ")])).items_unknown


def test_a_volume_is_called_by_its_set(catalogued: Catalogued) -> None:
    record = catalogued(
        field("245", [("a", "Ч. 1")], "00"),
        field("773", [("g", "Ч. 1"), ("t", "Обзор происшествий / соч. А. Вейдемейера"), ("w", "(RSL)010086108")], "18"),
    )

    assert (record.title, record.part_number) == ("Ч. 1", "Ч. 1")
    assert (record.parent_title, record.parent_id) == ("Обзор происшествий", "010086108")


@pytest.mark.parametrize(
    ("codes", "kind"),
    [
        ("am", Kind.BOOK),
        ("aa", Kind.ARTICLE),
        ("as", Kind.SERIAL),
        ("jm", Kind.AUDIO),
        ("em", Kind.MAP),
        ("gm", Kind.VIDEO),
    ],
)
def test_the_leader_tells_the_kind(catalogued: Catalogued, codes: str, kind: Kind) -> None:
    assert catalogued(leader=f"     n{codes} a22     7a 4500").kind is kind


def test_a_romanised_title_gives_way_to_its_cyrillic_original(catalogued: Catalogued) -> None:
    title: Subfields = [("6", "880-01"), ("a", "Sindrom Petrushki :"), ("b", "roman")]
    record = catalogued(
        field("100", [("6", "880-02"), ("a", "Rubina, Dina.")], "1 "),
        field("245", title, "10"),
        field("880", [("6", "245-01/(N"), ("a", "Синдром Петрушки :"), ("b", "роман")], "10"),
        field("880", [("6", "100-02/(N"), ("a", "Рубина, Дина.")], "1 "),
    )

    assert (record.title, record.subtitle, record.author) == ("Синдром Петрушки", "роман", "Рубина, Дина")


def test_material_in_brackets_is_no_title(catalogued: Catalogued) -> None:
    assert (
        catalogued(field("245", [("a", "Кисловодск [Изоматериал] :"), ("h", "[Плакат]")], "10")).title == "Кисловодск"
    )


def test_a_king_keeps_his_number_and_a_body_its_parts(catalogued: Catalogued) -> None:
    king = catalogued(field("100", [("a", "Николай"), ("b", "II,"), ("c", "император")], "0 "))
    body = catalogued(field("110", [("a", "Россия."), ("b", "Министерство финансов.")], "1 "))

    assert (king.author, body.author) == ("Николай II", "Россия. Министерство финансов")


@pytest.mark.parametrize(
    ("name", "charset", "count"),
    [
        ("pymarc_marc.dat", "utf-8", 20),
        ("pymarc_music_3.dat", "utf-8", 3),
        ("pymarc_utf8_with_leader_flag.dat", "utf-8", 1),
        ("pymarc_utf8_without_leader_flag.dat", "utf-8", 1),
        ("pymarc_diacritic.dat", "utf-8", 1),
        ("pymarc_multi_isbn.dat", "utf-8", 1),
        ("pymarc_marc8.dat", "marc8", 1),
        ("solrmarc_uva_40.mrc", "marc8", 40),
    ],
)
def test_pymarc_reads_the_same_titles(name: str, charset: str, count: int) -> None:
    source = recognise(MARC / name)
    ours = [record_of(row).title for row in source.records()]
    with (MARC / name).open("rb") as file:
        theirs = [title_by_pymarc(record) for record in pymarc.MARCReader(file, force_utf8=charset == "utf-8")]

    assert (source.format, source.charset, len(ours)) == ("marc21", charset, count)
    assert ours == theirs


def title_by_pymarc(record: pymarc.Record | None) -> str:
    assert record is not None
    title = record["245"]
    return phrase(title.get("a", ""))


def test_russian_records_in_cp1251_are_not_believed_to_be_marc8() -> None:
    source = recognise(MARC / "pymarc_ru_cp1251.dat")
    records = [record_of(row) for row in source.records()]

    assert (source.format, source.charset, len(records)) == ("marc21", "cp1251", 6)
    assert records[0].title == "Основы гидравлического расчета инженерных сетей"
    assert (records[0].author, records[0].bbk) == ("Ильина, Татьяна Николаевна", "38.1я73")


@pytest.mark.parametrize(
    ("name", "read_ordinals", "rejected"),
    [
        ("pymarc_bad_records.mrc", [1, 2, 3, 6, 8], [4, 5, 7]),
        ("pymarc_alphatag.dat", [1], []),
        ("pymarc_bad_indicator.dat", [1], []),
        ("pymarc_bad_subfield_code.dat", [1], []),
        ("pymarc_bad_marc8_escape.dat", [1], []),
        ("pymarc_utf8_invalid.mrc", [1], []),
        ("pymarc_utf8_errors.dat", [1], []),
    ],
)
def test_damaged_files_lose_only_the_damaged_records(name: str, read_ordinals: list[int], rejected: list[int]) -> None:
    found = rows(MARC / name)

    assert [row.ordinal for row in found if hasattr(row, "record")] == read_ordinals
    assert [row.ordinal for row in found if not hasattr(row, "record")] == rejected


def test_a_byte_without_a_meaning_is_told_and_the_title_kept() -> None:
    (record,) = read(MARC / "pymarc_utf8_invalid.mrc")

    assert record.title == "The coming revolution in teacher licensure"
    assert record.warnings == ("bad_characters",)


def test_a_title_under_an_impossible_subfield_code_is_found() -> None:
    (record,) = read(MARC / "pymarc_bad_subfield_code.dat")

    assert (record.title, record.author) == ("ActivePerl with ASP and ADO", "Martinsson, Tobias")


@pytest.mark.parametrize(
    ("told", "title"),
    [
        (field("240", [("a", "Shining."), ("l", "Russian")], "10"), "Shining"),
        (field("765", [("a", "King, Stephen."), ("t", "The shining.")], "0 "), "The shining"),
        (field("500", [("a", "Пер. изд.: The Shining / S. King. New York, 1977")], "  "), "The Shining"),
        (field("500", [("a", "Original title: Sult")], "  "), "Sult"),
        (field("246", [("a", "War and peace")], "31"), "War and peace"),
        (field("246", [("a", "Война и мир на обложке")], "14"), ""),
        (field("240", [("a", "Works. Selections")], "10"), ""),
        (field("240", [("a", "Каштанка")], "10"), ""),
        (field("500", [("a", "Печатается по изд. 1935 г.")], "  "), ""),
    ],
)
def test_the_original_of_a_translation_is_kept(catalogued: Catalogued, told: tuple[str, str], title: str) -> None:
    assert catalogued(told).original_title == title


def test_a_title_in_another_language_behind_the_title_is_kept(catalogued: Catalogued) -> None:
    told = field("245", [("a", "Война и мир ="), ("b", "War and peace /"), ("c", "Л. Толстой.")], "10")
    assert catalogued(told).original_title == "War and peace"
