"""MARCXML with and without namespaces, sound and damaged."""

import gzip
from pathlib import Path

import pytest

from bot.library.model import Kind
from bot.library.records import Rejection
from catalogue.importers import recognise
from tests.catalogue.importers.support import DATA, bad_of, read, record_of, rows, written

NAMESPACE = 'xmlns="http://www.loc.gov/MARC21/slim"'


def record(number: int, title: str, prefix: str = "", attributes: str = "") -> str:
    """One record of MARC21 in XML."""
    p = prefix
    return (
        f"<{p}record{attributes}><{p}leader>01592nam a2200265 i 4500</{p}leader>"
        f'<{p}controlfield tag="001">{number}</{p}controlfield>'
        f'<{p}datafield tag="245" ind1="1" ind2="0"><{p}subfield code="a">{title}</{p}subfield></{p}datafield>'
        f'<{p}datafield tag="852" ind1=" " ind2=" "><{p}subfield code="a">РГБ</{p}subfield>'
        f'<{p}subfield code="j">FB {number}</{p}subfield></{p}datafield></{p}record>\n'
    )


def collection(*records: str, prefix: str = "", attributes: str = "", encoding: str = "UTF-8") -> bytes:
    head = f'<?xml version="1.0" encoding="{encoding}"?>\n<{prefix}collection{attributes}>\n'
    return (head + "".join(records) + f"</{prefix}collection>\n").encode(encoding)


@pytest.mark.parametrize(
    ("prefix", "attributes"),
    [("", ""), ("", f" {NAMESPACE}"), ("marc:", ' xmlns:marc="http://www.loc.gov/MARC21/slim"'), ("m:", "")],
)
def test_records_are_read_with_any_namespace_or_none(tmp_path: Path, prefix: str, attributes: str) -> None:
    made = [record(number, f"Книга {number}", prefix) for number in (1, 2)]
    found = read(written(tmp_path / "file.xml", collection(*made, prefix=prefix, attributes=attributes)))

    assert [(one.source_id, one.title, one.items[0].call_number) for one in found] == [
        ("1", "Книга 1", "FB 1"),
        ("2", "Книга 2", "FB 2"),
    ]


def test_a_lone_record_is_a_file(tmp_path: Path) -> None:
    (one,) = read(written(tmp_path / "file.xml", record(7, "Война &amp; мир", attributes=f" {NAMESPACE}").encode()))

    assert (one.source_id, one.title) == ("7", "Война & мир")


def test_a_packed_file_in_cp1251_is_read(tmp_path: Path) -> None:
    data = collection(record(1, "Мастер и Маргарита"), encoding="windows-1251")
    source = recognise(written(tmp_path / "file.xml.gz", gzip.compress(data)))

    assert (source.format, source.charset, source.size) == ("marcxml", "cp1251", len(data))
    assert [record_of(row).title for row in source.records()] == ["Мастер и Маргарита"]


def test_unimarc_in_xml_is_understood_as_unimarc(tmp_path: Path) -> None:
    text = record(1, "Каштанка").replace('tag="245"', 'tag="200"').replace('tag="852"', 'tag="899"')

    (one,) = read(written(tmp_path / "file.xml", collection(text)))

    assert (one.title, one.items[0].branch) == ("Каштанка", "РГБ")


@pytest.mark.parametrize(
    "broken",
    [
        record(2, "Книга").replace("</subfield>", "", 1),
        record(2, "Книга & ко"),
        record(2, "Книга &laugh;"),
        record(2, "Книга").replace("</record>", ""),
        record(2, "<!DOCTYPE x>"),
        record(2, "<b").replace("tag=", "tag"),
    ],
)
def test_a_broken_record_loses_only_itself(tmp_path: Path, broken: str) -> None:
    before = collection(record(1, "Первая"))[: -len("</collection>\n")]
    data = before + (broken + record(3, "Третья") + "</collection>\n").encode()
    found = rows(written(tmp_path / "file.xml", data))

    assert record_of(found[0]).title == "Первая"
    bad = bad_of(found[1])
    assert (bad.reason, bad.ordinal, bad.offset) == (Rejection.NOT_A_RECORD, 2, len(before))
    assert (record_of(found[2]).title, len(found)) == ("Третья", 3)


def test_a_file_cut_off_keeps_what_was_whole(tmp_path: Path) -> None:
    data = collection(record(1, "Первая"), record(2, "Вторая"))
    found = rows(written(tmp_path / "file.xml", data[: data.index("Вторая".encode()) + 4]))

    assert record_of(found[0]).title == "Первая"
    assert bad_of(found[1]).reason is Rejection.TRUNCATED


def test_a_lone_end_tag_costs_no_record(tmp_path: Path) -> None:
    (one,) = read(written(tmp_path / "file.xml", collection("</record>", record(1, "Первая"))))

    assert one.title == "Первая"


def test_a_record_without_an_end_is_too_long_and_the_next_one_is_read(tmp_path: Path) -> None:
    endless = record(2, "слово " * 400_000)
    found = rows(written(tmp_path / "file.xml", collection(record(1, "Первая"), endless, record(3, "Третья"))))

    assert bad_of(found[1]).reason is Rejection.TOO_LONG
    assert [record_of(found[at]).title for at in (0, 2)] == ["Первая", "Третья"]


def test_signs_that_xml_forbids_are_dropped(tmp_path: Path) -> None:
    (one,) = read(written(tmp_path / "file.xml", collection(record(1, "Кни\x1eга"))))

    assert one.title == "Книга"


def test_the_library_of_congress_sample() -> None:
    ray, house = read(DATA / "marc" / "pymarc_batch.xml")

    assert (ray.title, ray.year, ray.kind) == ("The Great Ray Charles", 1957, Kind.AUDIO)
    assert (house.source_id, house.title, house.kind) == ("12149120", "The White House", Kind.ELECTRONIC)
