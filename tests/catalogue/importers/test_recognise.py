"""A file is known by what stands in it; a wrong file is named for what it is, with what to do."""

import gzip
import pickle
import zipfile
from pathlib import Path

import pytest

from bot.errors import InputError
from catalogue.importers import recognise
from catalogue.importers.source import Format
from tests.catalogue.importers.support import DATA, district, written
from tests.support.iso2709 import build_record, control, field

MARC21 = [control("001", "1"), field("245", [("a", "Каштанка")], "10")]
UNIMARC = [control("001", "1"), field("200", [("a", "Каштанка")], "1 "), field("801", [("a", "RU")], " 0")]
IRBIS = [field("200", [("a", "Каштанка")]), field("903", [("a", "84")]), field("920", [("a", "PAZK")])]


@pytest.mark.parametrize(
    ("fields", "expected"), [(MARC21, "marc21"), (UNIMARC, "unimarc"), (IRBIS, "irbis_iso")], ids=str
)
@pytest.mark.parametrize("packed", [False, True])
def test_iso2709_is_known_by_the_tags_that_occur(
    tmp_path: Path, fields: list[tuple[str, str]], expected: Format, packed: bool
) -> None:
    data = build_record(fields)
    path = written(tmp_path / "файл без окончания", gzip.compress(data) if packed else data)

    source = recognise(path)

    assert (source.format, source.size) == (expected, len(data))


def test_the_name_of_a_file_is_not_believed(tmp_path: Path) -> None:
    data = (DATA / "irbis" / "mironov_3_utf8.txt").read_bytes()

    assert recognise(written(tmp_path / "catalogue.mrc", data)).format == "irbis_text"
    assert recognise(written(tmp_path / "catalogue.txt", district(1)[0])).format == "unimarc"


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\r\n", b"\0", b"\x1a  "], ids=repr)
def test_what_stands_before_the_first_record_does_no_harm(tmp_path: Path, before: bytes) -> None:
    assert recognise(written(tmp_path / "file", before + district(1)[0])).format == "unimarc"


def test_a_damaged_first_record_does_not_hide_what_the_file_is(tmp_path: Path) -> None:
    first, second = district(2)
    xml = b"<?yml?><collection><record><leader/></record></collection>"

    assert recognise(written(tmp_path / "file", first.replace(b"nam0", b"\xff\xff\0\0") + second)).format == "unimarc"
    assert recognise(written(tmp_path / "file", xml)).format == "marcxml"


def test_a_source_says_why_and_goes_to_another_process(tmp_path: Path) -> None:
    source = recognise(written(tmp_path / "stav.mrc", b"".join(district())))

    assert "Russian" in source.evidence
    there = pickle.loads(pickle.dumps(source))  # noqa: S301 our own bytes
    assert len(list(there.records())) == 6


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty"),
        (b"\0\0\r\n \x1a", "is empty"),
        (b"%PDF-1.7 ...", "is a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "is a picture"),
        (b"\xff\xd8\xff\xe0 JFIF", "is a picture"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", r"old Office document .* Save as → Excel Workbook"),
        (b"Rar!\x1a\x07", "is a RAR archive; unpack it first"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "is a web page"),
        (b"<?xml version='1.0'?><rss><channel/></rss>", r"XML, but no MARCXML \(its root is rss\)"),
        (b"<?xml version='1.0'?><!DOCTYPE c [<!ENTITY a 'b'>]><collection/>", "declares entities"),
        ("Дорогая редакция!\nПишу вам письмо.\n".encode(), r"no (catalogue|heading)"),
        (bytes(range(1, 256)), "is no text"),
        (b"PK\x03\x04 cut", "is damaged or not whole"),
        (b" " * 100_000 + b"x", r"no (catalogue|heading)"),
        (b"<table><tr><th>Title</th></tr></table>", r"is a web page; in Excel: open it, then Save as .*; or export"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
         r"is a spreadsheet in XML; in Excel: open it, then Save as"),
        (b"=LDR  00000nam a2200000 a 4500\n=245  10$aEmma", r"is MARC as text \(.mrk\); in MarcEdit"),
        (b'[{"leader": "00000nam", "fields": []}]', "is JSON; export the catalogue as"),
        ('<?xml version="1.0" encoding="UTF-16"?><collection/>'.encode("utf-16"), "is XML in UTF-16; save it as UTF-8"),
        ("#200: ^AИдиот\n*****\n".encode("utf-16"), "is text in UTF-16 that is no table; save it as UTF-8"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_named_for_what_it_is(tmp_path: Path, data: bytes, what: str) -> None:
    path = written(tmp_path / "file.mrc", data)

    with pytest.raises(InputError, match=what) as caught:
        recognise(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_zip_is_told_to_be_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("stav.mrc", district(1)[0])

    with pytest.raises(InputError, match="ZIP archive that holds no spreadsheet; unpack it first"):
        recognise(path)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("mimetype", "content.xml"), "is a text document of LibreOffice; copy its table"),
        (("word/document.xml",), "is a text document of Word; copy its table into a spreadsheet"),
    ],
)
def test_a_document_of_another_program_is_told_what_to_save_it_as(
    tmp_path: Path, names: tuple[str, ...], told: str
) -> None:
    path = tmp_path / "inventory.ods"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "")

    with pytest.raises(InputError, match=told):
        recognise(path)


def test_a_packed_wrong_file_is_told_too(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a PDF document"):
        recognise(written(tmp_path / "file.mrc.gz", gzip.compress(b"%PDF-1.7")))


def test_a_folder_and_a_missing_file_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder; name the files in it"):
        recognise(tmp_path)
    with pytest.raises(InputError, match="there is no such file"):
        recognise(tmp_path / "nowhere.mrc")


def test_a_file_that_went_away_is_told_when_it_is_read(tmp_path: Path) -> None:
    path = written(tmp_path / "stav.mrc", district(1)[0])
    source = recognise(path)
    path.unlink()

    with pytest.raises(InputError, match="cannot be read"):
        list(source.records())


def test_a_file_that_may_not_be_read_is_told_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "a.csv", b"x")

    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)

    with pytest.raises(InputError, match=r"a\.csv: this user may not read it; allow that \(chmod a\+r\), or copy"):
        recognise(path)
