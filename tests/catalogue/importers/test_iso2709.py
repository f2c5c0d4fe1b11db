"""ISO 2709 as real programs write it, sound and damaged."""

import gzip
import zlib
from pathlib import Path

import pytest

from bot.library.records import Rejection
from catalogue.importers import recognise
from tests.catalogue.importers.support import bad_of, district, read, record_of, rows, rusmarc, written
from tests.support.iso2709 import build_record, control, field


def test_the_districts_catalogue_comes_in_whole(tmp_path: Path) -> None:
    path = written(tmp_path / "stav.mrc", b"\r\n".join(district()))

    records = read(path)

    assert [record.title for record in records][:2] == ["Цесаревич Алексей", "Миссия Акорны"]
    assert [record.author for record in records][:2] == ["Хереш Э.", "Маккефри Э."]
    assert sum(len(record.items) for record in records) == 9
    assert all(not record.warnings for record in records)


def test_a_field_terminator_inside_a_field_costs_no_copy_its_shelf_mark(tmp_path: Path) -> None:
    path = written(tmp_path / "stav.mrc", b"".join(district(4)))

    copies = read(path)[3].items

    assert [copy.branch for copy in copies] == [f"Ставропольская ЦБС, {number} фил" for number in (18, 3, 7)]
    assert [copy.inventory_number for copy in copies] == ["050145000", "050145001", "050145002"]
    assert {copy.call_number for copy in copies} == {"84(2Рос=Рус)6 В46"}


@pytest.mark.parametrize("between", [b"", b"\n", b"\r\n", b"\0\0", b"\x1a", b"  \r\n"], ids=repr)
def test_whatever_stands_between_records_every_record_is_read_at_its_place(tmp_path: Path, between: bytes) -> None:
    records = district(3)
    found = rows(written(tmp_path / "file.mrc", between.join(records) + between))

    assert [record_of(row).title for row in found] == [
        "Цесаревич Алексей",
        "Миссия Акорны",
        "Академия магии",
    ]
    assert [row.offset for row in found] == [
        0,
        len(records[0]) + len(between),
        len(records[0]) + len(records[1]) + 2 * len(between),
    ]


@pytest.mark.parametrize("length", [b"00012", b"99999", b"     ", b"12a45"])
def test_a_wrong_record_length_is_mended_and_told(tmp_path: Path, length: bytes) -> None:
    first, second, third = district(3)
    found = rows(written(tmp_path / "file.mrc", first + length + second[5:] + third))

    assert [record_of(row).warnings for row in found] == [(), ("length_mismatch",), ()]
    assert record_of(found[1]).items[0].branch == "Ставропольская ЦБС, 2 фил"


@pytest.mark.parametrize("base", [b"00000", b"99999", b"f0037"])
def test_a_wrong_base_address_is_mended_and_told(tmp_path: Path, base: bytes) -> None:
    first, second = district(2)
    found = rows(written(tmp_path / "file.mrc", first[:12] + base + first[17:] + second))

    assert record_of(found[0]).title == "Цесаревич Алексей"
    assert record_of(found[0]).warnings == ("base_mended",)


def test_fields_stored_in_another_order_than_the_directory_are_found(tmp_path: Path) -> None:
    path = written(tmp_path / "file.mrc", b"".join(district(3, shuffled=True)))

    assert [record.author for record in read(path)] == ["Хереш Э.", "Маккефри Э.", "Стивермер К."]


@pytest.mark.parametrize("shuffled", [False, True])
def test_a_directory_that_counts_characters_is_read_by_the_order_of_its_offsets(tmp_path: Path, shuffled: bool) -> None:
    fields = [pair for pair in rusmarc(1) if pair[0] != "995"]
    record = build_record(fields, "utf-8", count_characters=True, shuffled=shuffled)

    (read_record,) = read(written(tmp_path / "file.mrc", record))

    assert (read_record.title, read_record.author, read_record.year) == ("Миссия Акорны", "Маккефри Э.", 2006)
    assert read_record.warnings == ("directory_mended",)


def test_a_destroyed_directory_loses_its_record_and_no_other(tmp_path: Path) -> None:
    first, second, third = district(3)
    broken = second[:40] + b"#" * 30 + second[70:]

    found = rows(written(tmp_path / "file.mrc", first + broken + third))

    assert [record_of(found[at]).title for at in (0, 2)] == ["Цесаревич Алексей", "Академия магии"]
    bad = bad_of(found[1])
    assert (bad.ordinal, bad.offset, bad.reason) == (2, len(first), Rejection.BAD_DIRECTORY)
    assert bad.source_id == r"RU\OEL_MUBIS\liberkoi\0050094"
    assert bytes.fromhex(bad.head) == broken[:80]


def test_a_record_cut_off_at_the_end_is_told_and_not_imported(tmp_path: Path) -> None:
    first, second = district(2)
    found = rows(written(tmp_path / "file.mrc", first + second[:-40]))

    assert record_of(found[0]).title == "Цесаревич Алексей"
    bad = bad_of(found[1])
    assert (bad.reason, bad.ordinal, bad.offset) == (Rejection.TRUNCATED, 2, len(first))


def test_a_lost_record_terminator_costs_the_neighbour_nothing(tmp_path: Path) -> None:
    first, second, third = district(3)
    found = rows(written(tmp_path / "file.mrc", first[:-1] + b"?" + second[:-2] + b"??" + third))

    assert record_of(found[0]).title == "Цесаревич Алексей"
    assert bad_of(found[1]).reason is Rejection.BAD_DIRECTORY
    assert (record_of(found[2]).title, found[2].offset) == ("Академия магии", len(first) + len(second))


def test_garbage_between_records_is_told_with_its_place(tmp_path: Path) -> None:
    first, second = district(2)
    found = rows(written(tmp_path / "file.mrc", first + b"not a record at all\x1d" + second))

    bad = bad_of(found[1])
    assert (bad.reason, bad.offset) == (Rejection.NOT_A_RECORD, len(first))
    assert record_of(found[2]).title == "Миссия Акорны"


def test_a_record_without_an_end_is_too_long_and_the_next_one_is_read(tmp_path: Path) -> None:
    first, second = district(2)
    endless = b"x" * (3 << 20)

    found = rows(written(tmp_path / "file.mrc", first + endless + b"\x1d" + second))

    assert bad_of(found[1]).reason is Rejection.TOO_LONG
    assert bad_of(found[1]).offset == len(first)
    assert record_of(found[2]).title == "Миссия Акорны"
    assert found[2].offset == len(first) + len(endless) + 1


def test_a_record_longer_than_its_length_can_say_is_read(tmp_path: Path) -> None:
    last = field("215", [("a", "900 с.")])
    notes = [field("330", [("a", f"{number} " + "слово " * 300)]) for number in range(60)]
    record = build_record([control("001", "1"), field("200", [("a", "Большая запись")]), *notes, last], "cp1251")
    assert len(record) > 100_000

    (read_record,) = read(written(tmp_path / "file.mrc", record))

    assert (read_record.title, read_record.extent) == ("Большая запись", "900 с.")
    assert read_record.annotation.count("слово") == 60 * 300


def test_a_field_longer_than_its_length_can_say_is_read_by_order(tmp_path: Path) -> None:
    fields = [control("001", "1"), field("330", [("a", "я" * 12_000)]), field("200", [("a", "После длинного поля")])]

    (record,) = read(written(tmp_path / "file.mrc", build_record(fields, "cp1251")))

    assert (record.title, len(record.annotation)) == ("После длинного поля", 12_000)
    assert "directory_mended" in record.warnings


def test_a_record_without_a_title_is_told(tmp_path: Path) -> None:
    fields = [pair for pair in rusmarc(0) if pair[0] != "200"]
    found = rows(written(tmp_path / "file.mrc", build_record(fields, "cp866") + district(1)[0]))

    assert (bad_of(found[0]).reason, bad_of(found[0]).source_id) == (
        Rejection.NO_TITLE,
        r"RU\OEL_MUBIS\liberkoi\0050092",
    )


def test_a_packed_file_is_read_and_its_size_is_the_unpacked_one(tmp_path: Path) -> None:
    data = b"\r\n".join(district())
    source = recognise(written(tmp_path / "stav.mrc.gz", gzip.compress(data)))

    assert (source.size, source.charset) == (len(data), "cp866")
    assert next(record_of(row).title for row in source.records()) == "Цесаревич Алексей"


def test_a_packed_file_cut_short_gives_what_it_has_and_says_so(tmp_path: Path) -> None:
    packed = gzip.compress(b"".join(district(600)))
    found = rows(written(tmp_path / "stav.mrc.gz", packed[: len(packed) // 2]))

    assert len(found) > 10
    assert bad_of(found[-1]).reason is Rejection.TRUNCATED
    assert all(record_of(row).title for row in found[:-1])


def test_a_packed_file_cut_between_two_records_says_so_too(tmp_path: Path) -> None:
    packer = zlib.compressobj(wbits=31)
    packed = [packer.compress(record) + packer.flush(zlib.Z_SYNC_FLUSH) for record in district(4)]

    found = rows(written(tmp_path / "stav.mrc.gz", b"".join(packed[:2])))

    assert [record_of(row).title for row in found[:2]] == ["Цесаревич Алексей", "Миссия Акорны"]
    assert (bad_of(found[2]).reason, bad_of(found[2]).ordinal) == (Rejection.TRUNCATED, 3)


def test_a_large_file_is_read_in_small_memory(tmp_path: Path) -> None:
    import tracemalloc

    path = written(tmp_path / "large.mrc", b"".join(district(60)) * 250)
    source = recognise(path)
    tracemalloc.start()
    read_records = sum(1 for _ in zip(source.records(), range(200), strict=False))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert read_records == 200
    assert path.stat().st_size > 6_000_000
    assert peak < 5_000_000
