"""What a file is, by what stands in it: neither its name nor its labels are believed."""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from bot.errors import InputError
from catalogue.importers import charsets, iso2709, reading
from catalogue.importers.charsets import Guess
from catalogue.importers.source import Format, SourceFile, Stream, unpacked_size

SAMPLE_RECORDS = 200

_HEAD = 4096
_LEADER = re.compile(
    rb"[\s\x00\x1a\xef\xbb\xbf]*[\dA-Za-z ]{5}[ -~]{7}[ -~]{5}[ -~]{7}(?:[0-9A-Za-z]{3}\d{9}|[^\n]*\x1e)"
)
_IRBIS_LINE = re.compile(rb"^(?:\xef\xbb\xbf)?#?\d{1,5}\s*:[^\r\n]*\r?$|^\*{5}\r?$", re.MULTILINE)
_XML = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|(?:[\w.-]+:)?(?:collection|record)\b)")
_EXPORT_OF = "export the catalogue as MARC21, UNIMARC/RUSMARC (ISO 2709), MARCXML, IRBIS text, CSV or XLSX"
_MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (.xls or .doc); in Excel: Save as → Excel Workbook (.xlsx)"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"SQLite format 3", "an SQLite database"),
    (b"{\\rtf", "an RTF document"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
)


def recognise(path: Path, encoding: str = "") -> SourceFile:
    """What a file is and how it is read.

    Args:
        path: ISO 2709 (MARC21, UNIMARC/RUSMARC, IRBIS), MARCXML, IRBIS text, CSV or XLSX; gzip is unpacked.
        encoding: Overrules what the charset looks like; "" is to find out.

    Raises:
        InputError: It is none of these, empty, or cannot be read; the text says what it is and what to do.
    """
    forced = charsets.named(encoding) if encoding else ""
    head = _head(path)
    if _LEADER.match(head):
        return _iso2709(path, forced)
    raise InputError(f"{path}: is {_what(head)}; {_EXPORT_OF}")


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name the files in it")
    try:
        with Stream(path) as stream:
            head = stream.read(_HEAD)
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error})") from error
    if not head.strip(b"\0\r\n\t \x1a"):
        raise InputError(f"{path}: is empty; {_EXPORT_OF}")
    return head


def _what(head: bytes) -> str:
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    if re.match(rb"\s*<(?:!doctype html|html|head|body)", head, re.IGNORECASE):
        return "a web page"
    if head.startswith(b"PK"):
        return "a ZIP archive that holds no spreadsheet; unpack it first"
    return "no catalogue that this program knows"


def _iso2709(path: Path, forced: str) -> SourceFile:
    with Stream(path) as stream:
        sample = [chunk.data for chunk in islice(iso2709.chunks(stream), SAMPLE_RECORDS)]
    format_ = marc_format(iso2709.tags(data) for data in sample)
    found = Guess(forced, "named by the operator") if forced else _charset(sample, format_)
    return SourceFile(
        path=path,
        format=format_,
        charset=found.charset,
        size=unpacked_size(path),
        evidence=found.evidence,
        reader=reading.read_iso2709,
    )


def marc_format(records: Iterable[list[str]]) -> Format:
    """Which MARC the records are in, by the tags that occur: each record has a vote."""
    votes: Counter[Format] = Counter()
    for tags in records:
        present = set(tags)
        if "200" in present and present & {"920", "910", "903"} and not present & {"001", "801"}:
            votes["irbis_iso"] += 1
        elif "245" in present and not ("200" in present and "801" in present):
            votes["marc21"] += 1
        elif present & {"200", "210", "700", "801"} and "245" not in present:
            votes["unimarc"] += 1
    return max(votes, key=lambda name: votes[name]) if votes else "marc21"


def _charset(sample: list[bytes], format_: Format) -> Guess:
    latin = {"marc21": "marc8", "unimarc": "iso5426"}.get(format_, "cp1251")
    return charsets.guess(sample, label=_label(sample) if format_ == "unimarc" else "", latin=latin)


def _label(sample: list[bytes]) -> str:
    """What most records of a UNIMARC file say of their charset in 100 $a/26-29."""
    said: Counter[str] = Counter()
    bytewise = charsets.record_decoder("latin-1")
    for data in sample:
        try:
            fields = iso2709.parse(data, bytewise, {b"100": "100"})
        except iso2709.BadRecord:
            continue
        for text in fields.all("100", "a"):
            codes = text[26:30]
            said.update(label for code in (codes[:2], codes[2:]) if (label := charsets.UNIMARC_LABELS.get(code, "")))
    return said.most_common(1)[0][0] if said else ""
