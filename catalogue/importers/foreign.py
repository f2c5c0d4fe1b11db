"""Files that are neither a catalogue nor a list: what they are, by their first bytes, and what to save them as."""

import codecs
import re
import zipfile
from pathlib import Path
from typing import NamedTuple

from bot.errors import InputError
from bot.shelving import Fault
from catalogue.importers.opendocument import is_open_document

_ZIP = b"PK\x03\x04"
_IN_EXCEL = "in Excel: open it, then Save as → Excel Workbook (.xlsx)"
_PICTURES = re.compile(rb"(?s:....ftyp(?:heic|heix|mif1|msf1|avif|hevc)|RIFF....WEBP|BM....\0\0\0\0)")
"""What telephones and scanners make: HEIC, WebP, BMP."""
_DBF = re.compile(
    rb"(?s:[\x02\x03\x30\x83\x8b\xf5].[\x01-\x0c][\x01-\x1f]....(?:.[\x00-\x0f]){2}.{20}[A-Za-z_\x80-\xff])"
)
_WIDE_XML = re.compile(rb"<(?:\?xml|collection|record)\b")


class Foreign(NamedTuple):
    """What a file is, with what to do about it: in words for who runs the import, and as the console's own fault."""

    said: str
    fault: Fault = Fault.UNKNOWN_KIND


class ForeignFile(InputError):
    """A file of another kind; ``fault`` is what librarians are told of it."""

    def __init__(self, text: str, fault: Fault) -> None:
        super().__init__(text)
        self.fault = fault


_TEXT_DOCUMENT = "a text document of {}; copy its table into a spreadsheet and save that (.xlsx or .ods)"
_DATABASE = "; in it, or in Excel: open the table of books, then Save as → Excel Workbook (.xlsx)"
_MAGIC = (
    (b"%PDF", Foreign("a PDF document", Fault.PICTURE)),
    (b"\x89PNG", Foreign("a picture", Fault.PICTURE)),
    (b"\xff\xd8\xff", Foreign("a picture", Fault.PICTURE)),
    (b"GIF8", Foreign("a picture", Fault.PICTURE)),
    (b"\xd0\xcf\x11\xe0", Foreign(f"an old Office document (.xls or .doc); {_IN_EXCEL}", Fault.OLD_EXCEL)),
    (b"Rar!", Foreign("a RAR archive; unpack it first", Fault.ARCHIVE)),
    (b"7z\xbc\xaf", Foreign("a 7z archive; unpack it first", Fault.ARCHIVE)),
    (b"II*\0", Foreign("a picture", Fault.PICTURE)),
    (b"MM\0*", Foreign("a picture", Fault.PICTURE)),
    (b"AT&TFORM", Foreign("a scanned document (DjVu)", Fault.PICTURE)),
    (b"SQLite format 3", Foreign("an SQLite database")),
    (b"\0\1\0\0Standard ", Foreign(f"a database of Access{_DATABASE}")),
    (b"{\\rtf", Foreign("an RTF document", Fault.OTHER_OFFICE)),
    (b"MZ", Foreign("a program")),
    (b"\x7fELF", Foreign("a program")),
)
_PATTERNS = tuple(
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*" + pattern, re.IGNORECASE | re.DOTALL), foreign)
    for pattern, foreign in (
        (rb"<(?:!doctype html|html|head|body|table)", Foreign(f"a web page; {_IN_EXCEL}", Fault.WEB_PAGE)),
        (
            rb".{0,1000}<(?:\w+:)?Workbook\b[^>]*office:spreadsheet",
            Foreign(f"a spreadsheet in XML; {_IN_EXCEL}", Fault.WEB_PAGE),
        ),
        (
            rb"=(?:LDR|000)  ",
            Foreign("MARC as text (.mrk); in MarcEdit: MARC Tools, MarcMaker makes a file .mrc of it"),
        ),
        (rb"(?:\[\s*)?\{\s*\"", Foreign("JSON")),
    )
)


def foreign(path: Path, head: bytes) -> Foreign | None:
    """What a file is that can be no catalogue; None where it may be one.

    Args:
        path: The file.
        head: Its first bytes, unpacked.
    """
    if path.name.startswith("~$"):
        return Foreign("the mark that Excel leaves beside a workbook that is open; take the file without «~$»")
    found = next((known for magic, known in _MAGIC if head.startswith(magic)), None)
    if found is None and _PICTURES.match(head):
        return Foreign("a picture", Fault.PICTURE)
    if found is None and _DBF.match(head):
        return Foreign("a table of dBase or FoxPro (.dbf); open it in Excel or LibreOffice, then Save as → .xlsx")
    found = found or next((known for pattern, known in _PATTERNS if pattern.match(head[:2000])), None)
    if found is None and head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        wide = _WIDE_XML.search(head[:400].replace(b"\0", b""))
        return Foreign("XML in UTF-16; save it as UTF-8") if wide else None
    return found or (_packed(path) if head.startswith(_ZIP) else None)


def _packed(path: Path) -> Foreign | None:
    """What a ZIP archive is that is no workbook; None where it is one."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return Foreign(
            "damaged or not whole: a workbook or an archive whose end is missing; copy or save it again",
            Fault.CUT_SHORT,
        )
    if any(name.startswith("xl/") for name in names):
        return None
    if "content.xml" in names and "mimetype" in names:
        return None if is_open_document(path) else Foreign(_TEXT_DOCUMENT.format("LibreOffice"), Fault.OTHER_OFFICE)
    if any(name.startswith("word/") for name in names):
        return Foreign(_TEXT_DOCUMENT.format("Word"), Fault.OTHER_OFFICE)
    return Foreign("a ZIP archive that holds no spreadsheet; unpack it first", Fault.ARCHIVE)
