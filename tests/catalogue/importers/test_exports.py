"""Every original export with the right counts; run by ``make test-exports DATA=<folder with marc/ and irbis/>``."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pymarc
import pytest

from bot.language import isbn
from bot.library.model import Kind
from bot.library.records import Read, RecordData, Rejected, Rejection
from catalogue.importers import iso2709, recognise
from catalogue.importers.charsets import record_decoder
from catalogue.importers.cleaning import phrase, tidy, year
from catalogue.importers.source import Stream
from tests.catalogue.importers.support import read, rows

pytestmark = pytest.mark.exports

# file, format, charset, records read, ordinals of the rejected
EXPORTS: tuple[tuple[str, str, str, int, tuple[int, ...]], ...] = (
    ("irbis/istu_irbis64_a_cp1251.iso", "irbis_iso", "cp1251", 200, ()),
    ("irbis/istu_irbis64_a_utf8.txt", "irbis_text", "utf-8", 200, ()),
    ("irbis/leti_irbis32_a_cp1251.txt", "irbis_text", "cp1251", 170, ()),
    ("irbis/records_mironov_utf8.txt", "irbis_text", "utf-8", 3, ()),
    ("marc/broken/marc4j_bad_leaders_10_11.mrc", "marc21", "marc8", 1, ()),
    ("marc/broken/marc4j_bad_oversize_field_bad_directory.mrc", "marc21", "utf-8", 4, (2,)),
    ("marc/broken/marc4j_bad_too_long_plus_2.mrc", "marc21", "marc8", 3, ()),
    ("marc/broken/marc4j_chinese_mangled_multibyte.mrc", "marc21", "marc8", 4, ()),
    ("marc/broken/marc4j_cyrillic_capital_e.mrc", "marc21", "marc8", 2, ()),
    ("marc/broken/marc4j_incomplete_esc_seq.mrc", "marc21", "marc8", 1, ()),
    ("marc/broken/marc4j_unordered-directory-entries.mrc", "marc21", "utf-8", 1, ()),
    ("marc/broken/pymarc_alphatag.dat", "marc21", "utf-8", 1, ()),
    ("marc/broken/pymarc_bad_indicator.dat", "marc21", "utf-8", 1, ()),
    ("marc/broken/pymarc_bad_marc8_escape.dat", "marc21", "marc8", 1, ()),
    ("marc/broken/pymarc_bad_records.mrc", "marc21", "utf-8", 5, (4, 5, 7)),
    ("marc/broken/pymarc_bad_subfield_code.dat", "marc21", "utf-8", 1, ()),
    ("marc/broken/pymarc_regression45.dat", "marc21", "utf-8", 12, ()),
    ("marc/broken/pymarc_utf8_errors.dat", "marc21", "utf-8", 1, ()),
    ("marc/broken/pymarc_utf8_invalid.mrc", "marc21", "utf-8", 1, ()),
    ("marc/marc21/evergreen_jazz_1000.mrc", "marc21", "marc8", 1000, ()),
    ("marc/marc21/pymarc_diacritic.dat", "marc21", "utf-8", 1, ()),
    ("marc/marc21/pymarc_marc.dat", "marc21", "utf-8", 20, ()),
    ("marc/marc21/pymarc_marc8.dat", "marc21", "marc8", 1, ()),
    ("marc/marc21/pymarc_multi_isbn.dat", "marc21", "utf-8", 1, ()),
    ("marc/marc21/pymarc_utf8_with_leader_flag.dat", "marc21", "utf-8", 1, ()),
    ("marc/marc21/pymarc_utf8_without_leader_flag.dat", "marc21", "utf-8", 1, ()),
    ("marc/marc21/ru_marc21_cp1251.dat", "marc21", "cp1251", 6, ()),
    ("marc/marc21/uva_1_1200.mrc", "marc21", "marc8", 1200, ()),
    ("marc/marcxml/pymarc_batch.xml", "marcxml", "utf-8", 2, ()),
    ("marc/marcxml/rsl01003345174.xml", "marcxml", "utf-8", 1, ()),
    ("marc/marcxml/rsl01003501478.xml", "marcxml", "utf-8", 1, ()),
    ("marc/marcxml/rsl01003546177.xml", "marcxml", "utf-8", 1, ()),
    ("marc/marcxml/rsl01003579789.xml", "marcxml", "utf-8", 1, ()),
    ("marc/marcxml/rsl01003678236.xml", "marcxml", "utf-8", 1, ()),
    ("marc/marcxml/rsl01004660132.xml", "marcxml", "utf-8", 1, ()),
    ("marc/marcxml/rsl01006643618.xml", "marcxml", "utf-8", 1, ()),
    ("marc/marcxml/rsl01009845547.xml", "marcxml", "utf-8", 1, ()),
    ("marc/rusmarc/mars_articles_cp1251.mrc", "unimarc", "cp1251", 23, ()),
    ("marc/rusmarc/neb_003629471_marc21.mrc", "marc21", "utf-8", 2, ()),
    ("marc/rusmarc/neb_004095450_marc21.mrc", "marc21", "utf-8", 1, ()),
    ("marc/rusmarc/neb_005491281_marc21.mrc", "marc21", "utf-8", 1, ()),
    ("marc/rusmarc/neb_009913303_marc21.mrc", "marc21", "utf-8", 1, ()),
    ("marc/rusmarc/neb_NLR009671045.mrc", "unimarc", "utf-8", 1, ()),
    ("marc/rusmarc/neb_NLR009673669.mrc", "unimarc", "utf-8", 1, ()),
    ("marc/rusmarc/neb_NLR009673670.mrc", "unimarc", "utf-8", 1, ()),
    ("marc/rusmarc/neb_RuMoRGB.01003543129.1.marc21.mrc", "marc21", "utf-8", 1, ()),
    ("marc/rusmarc/neb_RuMoRGB.01003543129.1.rusmarc.iso", "unimarc", "utf-8", 1, ()),
    ("marc/rusmarc/neb_RuMoRGB.01003543129.2.rusmarc.iso", "unimarc", "utf-8", 1, ()),
    ("marc/rusmarc/nlr_bibl_81_cp1251.iso", "unimarc", "cp1251", 81, ()),
    ("marc/rusmarc/stavropol_cbs_a_cp866.mrc", "unimarc", "cp866", 800, ()),
    ("marc/unimarc/testunimarc_iso5426.dat", "unimarc", "utf-8", 1, ()),
)


def test_every_original_is_among_them(exports: Path) -> None:
    there = {
        path.relative_to(exports).as_posix()
        for folder in ("marc", "irbis")
        for path in (exports / folder).rglob("*")
        if path.is_file() and "expected" not in path.name
    }

    assert there == {name for name, *_ in EXPORTS}


@pytest.mark.parametrize(("name", "expected", "charset", "count", "rejected"), EXPORTS, ids=str)
def test_an_export_has_the_right_counts(
    exports: Path, name: str, expected: str, charset: str, count: int, rejected: tuple[int, ...]
) -> None:
    source = recognise(exports / name)
    found = list(source.records())

    assert (source.format, source.charset) == (expected, charset)
    assert sum(isinstance(row, Read) for row in found) == count
    bad = [row for row in found if isinstance(row, Rejected)]
    assert tuple(row.ordinal for row in bad) == rejected
    assert {row.reason for row in bad} <= {Rejection.BAD_DIRECTORY}
    assert all(0 <= row.offset < source.size for row in found)


def test_the_district_has_the_facts_that_a_tolerant_reader_got(exports: Path) -> None:
    folder = exports / "marc" / "rusmarc"
    expected = told(folder / "stavropol_cbs_a_expected.jsonl")
    records = read(folder / "stavropol_cbs_a_cp866.mrc")

    assert sum(len(record.items) for record in records) == 2399
    assert len({copy.branch for record in records for copy in record.items}) == 22
    for facts, record in zip(expected, records, strict=True):
        assert (record.source_id, record.title) == (facts["id"], facts["title"])
        assert record.subtitle == facts["subtitle"].rstrip("/")
        assert facts["author"] in {record.author, ""}
        assert facts["responsibility"] in record.responsibility
        assert str(record.year) == facts["year"] or facts["year"] == ""
        assert first_isbn(record) == isbn.isbn13(facts["isbn"])
        assert [name for name, _ in record.series][:1] == [tidy(facts["series"])][: bool(facts["series"])] or (
            record.series[0][0].startswith(facts["series"])
        )
        assert [(copy.branch, copy.inventory_number, copy.call_number) for copy in record.items] == [
            (copy["branch"], copy["inventory"], copy["shelf"]) for copy in facts["copies"]
        ]


@pytest.mark.parametrize(
    ("name", "facts_of"),
    [
        ("istu_irbis64_a_utf8.txt", "istu_irbis64_a_utf8_expected.jsonl"),
        ("istu_irbis64_a_cp1251.iso", "istu_irbis64_a_utf8_expected.jsonl"),
        ("leti_irbis32_a_cp1251.txt", "leti_irbis32_a_cp1251_expected.jsonl"),
    ],
)
def test_irbis_has_the_facts_that_a_tolerant_reader_got(exports: Path, name: str, facts_of: str) -> None:
    records = read(exports / "irbis" / name)

    for facts, record in zip(told(exports / "irbis" / facts_of), records, strict=True):
        assert record.source_id == facts["code"].strip()
        assert record.title == phrase(facts["title"]) or not facts["title"]
        assert record.part_number == tidy(facts["volume"]) or not facts["volume"]
        assert record.parent_title == phrase(facts["set_title"]) or not facts["set_title"]
        assert record.author.startswith(facts["author"])
        assert record.year == year(facts["year"]) or not facts["year"]
        assert first_isbn(record) == isbn_of(facts["isbn"])
        if record.kind is not Kind.ARTICLE:  # an article is not lent, whatever its field 910 says
            assert [(copy.inventory_number, copy.branch) for copy in record.items] == [
                (tidy(copy["inventory"]), tidy(copy["place"])) for copy in facts["copies"]
            ]


def test_the_copies_of_a_university_by_status(exports: Path) -> None:
    records = read(exports / "irbis" / "leti_irbis32_a_cp1251.txt")
    counted = Counter(copy.status.value for record in records for copy in record.items)

    assert counted == {
        "available": 829 + 68,  # free, and lumps with something left in them
        "on_loan": 508 + 4,  # lent, and lumps that are out as a whole
        "on_order": 45,
        "lost": 9,
        "withdrawn": 5 + 3,  # written off, and bound into volumes
        "in_transit": 3,
        "unavailable": 1,
        "unknown": 2,
    }


def test_the_national_library_has_every_field_that_was_printed(exports: Path) -> None:
    folder = exports / "marc" / "rusmarc"
    printed = printed_records((folder / "nlr_bibl_81_expected.txt").read_text("utf-8-sig"))
    decoder = record_decoder("cp1251")

    with Stream(folder / "nlr_bibl_81_cp1251.iso") as stream:
        found = {}
        for chunk in iso2709.chunks(stream):
            wanted = {tag.encode(): tag for tag in iso2709.tags(chunk.data)}
            fields = iso2709.parse(chunk.data, decoder, wanted)
            lines = [
                (tag, "$".join([field.head, *field.parts]).strip())
                for tag in fields.tags()
                for field in fields.fields(tag)
            ]
            found[fields.control("001")] = sorted(lines)

    assert len(found) == 81
    assert found.keys() - printed.keys() == {r"RU\NLR\bibl\342331"}  # whoever printed them missed one
    assert {source_id: found[source_id] for source_id in printed} == printed


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("uva_1_1200.mrc", {}),
        ("evergreen_jazz_1000.mrc", {}),
        ("ru_marc21_cp1251.dat", {"file_encoding": "cp1251"}),
    ],
)
def test_pymarc_reads_the_same_titles_and_ids(exports: Path, name: str, options: dict[str, Any]) -> None:
    path = exports / "marc" / "marc21" / name
    with path.open("rb") as file:
        theirs = [
            (record["001"].data.strip() if "001" in record else "", phrase(record["245"].get("a", "")))
            for record in pymarc.MARCReader(file, **options)
            if record is not None
        ]

    assert [(record.source_id, record.title) for record in read(path)] == theirs


def test_the_damage_that_could_be_mended_is_told(exports: Path) -> None:
    broken = exports / "marc" / "broken"

    assert mended(broken / "marc4j_bad_too_long_plus_2.mrc") == {1: ("length_mismatch",)}
    assert mended(broken / "pymarc_bad_records.mrc") == dict.fromkeys((2, 3, 6), ("base_mended",))
    assert mended(broken / "pymarc_utf8_invalid.mrc") == {1: ("bad_characters",)}


def mended(path: Path) -> dict[int, tuple[str, ...]]:
    return {row.ordinal: row.record.warnings for row in rows(path) if isinstance(row, Read) and row.record.warnings}


def told(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def first_isbn(record: RecordData) -> str:
    return next(iter(record.isbns), "")


def isbn_of(text: str) -> str:
    """The valid ISBN of a text: the expected files hold wrong ones too."""
    return next((found.isbn13 for found in isbn.find(text) if found.right), "")


def printed_records(text: str) -> dict[str, list[tuple[str, str]]]:
    """001 → the record's lines, of a print that has ``tag: indicators$asubfield…`` in each."""
    records = {}
    for block in re.split(r"^marker: .*$", text, flags=re.MULTILINE)[1:]:
        lines = [(line[:3], line[5:].strip()) for line in block.splitlines() if re.match(r"\d{3}: ", line)]
        records[dict(lines)["001"]] = sorted(lines)
    return records
