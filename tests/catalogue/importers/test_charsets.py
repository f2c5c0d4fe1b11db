"""The charset of a file is found by what stands in it; what the file says of itself only breaks ties."""

import unicodedata
from pathlib import Path

import pytest

from bot.errors import InputError
from catalogue.importers import charsets, iso5426, marc8, recognise
from tests.catalogue.importers.support import district, read, rusmarc, written
from tests.support.iso2709 import build_record, control, field

RUSSIAN = "Путешествие оптимистки, или Все бабы дуры. Ростов-на-Дону: Феникс, 1998. Объём и подъезд, ёлка"


@pytest.mark.parametrize("charset", ["utf-8", "cp1251", "cp866", "koi8-r"])
@pytest.mark.parametrize("case", [str, str.upper])
def test_russian_is_told_apart_in_every_charset(charset: str, case: type[str]) -> None:
    assert charsets.guess([case(RUSSIAN).encode(charset)]).charset == charset


@pytest.mark.parametrize("charset", ["utf-8", "cp1251", "cp866", "koi8-r"])
@pytest.mark.parametrize("label", ["01", "50", "79", "89", "99"])
def test_a_stale_label_is_not_believed(tmp_path: Path, charset: str, label: str) -> None:
    fields = [pair if pair[0] != "100" else labelled(pair, label) for pair in rusmarc(3)]
    source = recognise(written(tmp_path / "file.mrc", build_record(fields, charset)))

    assert source.charset == charset


def labelled(pair: tuple[str, str], label: str) -> tuple[str, str]:
    tag, text = pair
    return tag, text.replace("y0rusy0179", f"y0rusy01{label}")


def test_a_label_decides_where_the_letters_leave_it_open() -> None:
    few = ["аб".encode("cp1251")]  # three letters prove nothing

    assert charsets.guess([b"\xc1\xc2\xc3"], label="koi8-r").charset == "koi8-r"
    assert charsets.guess([b"\xc1\xc2\xc3"], label="cp1251").charset == "cp1251"
    assert charsets.guess(few, latin="marc8").charset == "marc8"


def test_cp1251_under_a_leader_that_says_unicode_is_cp1251(tmp_path: Path) -> None:
    fields = [control("001", "1"), field("245", [("a", "Основы гидравлического расчета")], "10")]
    record = build_record(fields, "cp1251", leader="     nam a22     7a 4500")

    source = recognise(written(tmp_path / "file.mrc", record))

    assert (source.format, source.charset) == ("marc21", "cp1251")


def test_one_record_in_another_charset_is_read_in_its_own_and_told(tmp_path: Path) -> None:
    records = [*district(5, "utf-8"), *district(1, "cp1251")]
    found = read(written(tmp_path / "file.mrc", b"".join(records)))

    assert found[5].title == found[0].title == "Цесаревич Алексей"
    assert [record.warnings for record in found] == [()] * 5 + [("charset_guess",)]


def test_a_byte_that_cp1251_does_not_know_costs_a_letter_not_the_record(tmp_path: Path) -> None:
    first, second = district(2, "cp1251")
    broken = first.replace("Алексей".encode("cp1251"), "Але".encode("cp1251") + b"\x98" + "сей".encode("cp1251"))
    found = read(written(tmp_path / "file.mrc", broken + second))

    assert (found[0].title, found[0].warnings) == ("Цесаревич Але\ufffdсей", ("bad_characters",))
    assert found[1].warnings == ()


def test_the_operator_overrules_the_evidence(tmp_path: Path) -> None:
    path = written(tmp_path / "file.mrc", b"".join(district()))

    assert recognise(path, "Windows-1251").charset == "cp1251"
    assert recognise(path, "CP866").charset == "cp866"
    assert recognise(path, "mac-cyrillic").charset == "mac-cyrillic"
    assert read(path, "cp866")[0].title == "Цесаревич Алексей"


@pytest.mark.parametrize("encoding", ["klingon", "base64", "rot13", "\0", "idna", "punycode"])
def test_an_encoding_that_cannot_be_is_refused_with_a_choice(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path / "file.mrc", district(1)[0])

    with pytest.raises(InputError, match=r"unknown encoding .* expected utf-8, cp1251"):
        recognise(path, encoding)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x88L'\x89altra faccia", "L'altra faccia"),
        (b"Andr\xc2e Malraux", "André Malraux"),
        (b"\xc9Uber \xc9alles gro\xfb", "Über älles groß".replace("ä", "ä")),
        (b"Stra\xcfz\xcfi\xcft\xcfe", "Stražiťě".replace("i", "ǐ")),
        (b"\xab\xe8\xf3d\xf8\xbb", "«Łðdł»"),
        (b"plain", "plain"),
        (b"\xc2", "\u0301"),
    ],
)  # fmt: skip
def test_iso5426_puts_diacritics_on_the_letters_behind_them(data: bytes, text: str) -> None:
    assert iso5426.decode(data) == unicodedata.normalize("NFC", text)


def test_older_unimarc_in_latin_is_iso5426(tmp_path: Path) -> None:
    fields = [control("001", "1"), field("200", [("a", "Les mis@erables")], "1 "), field("700", [("a", "Hugo")], " 1")]
    record = build_record(fields, "latin-1").replace(b"@", b"\xc2")
    source = recognise(written(tmp_path / "file.mrc", record))

    assert (source.format, source.charset) == ("unimarc", "iso5426")
    assert read(source.path)[0].title == "Les misérables"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"Andr\xe2e", "André"),
        (b"\x1b(NwOR\x1b(B, 1", "Вор, 1"),
        (b"\x1b$1!0!\x1b(B x", "一 x"),
        (b"H\x1bb2\x1bsO", "H₂O"),
        (b"\x1bga\x1bs-rays", "α-rays"),
        (b"\x1b)N\xd7\xcf\xd2", "вор"),
        (b"ends within \x1b(", "ends within "),
        (b"ends within \x1b", "ends within "),
        (b"a \xff b", "a \ufffd b"),
        (b"\x1fa\x1b(Nw\x1fbLatin again", "\x1faВ\x1fbLatin again"),
    ],
)
def test_marc8_calls_up_its_code_sets(data: bytes, text: str) -> None:
    assert marc8.decode(data) == text


@pytest.mark.parametrize("charset", ["utf-8", "marc8", "iso5426", "cp1251", "gb18030", "ascii", "utf-7"])
def test_a_decoder_never_raises(charset: str) -> None:
    every_byte = bytes(range(256)) * 2

    decoding = charsets.record_decoder(charset)(every_byte)

    assert isinstance(decoding.whole or decoding.decode(every_byte), str)
