"""What an importer makes of one bibliographic record, whatever the format it came in."""

from datetime import date
from enum import StrEnum

from bot.library.model import ItemStatus, Kind
from bot.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemData:
    """One copy, or a lump of copies counted together (IRBIS status U and C, RUSMARC 899 $t).

    Attributes:
        branch: The branch as the file names it (a code or words), "" if it names none.
        copies: Copies in the lump, at least 1.
        issued: Copies of the lump on loan, 0..copies.
        lendable: False for reading-room use only.
        due_on: Due date where the file tells it.
    """

    branch: str = ""
    location: str = ""
    inventory_number: str = ""
    barcode: str = ""
    call_number: str = ""
    status: ItemStatus = ItemStatus.AVAILABLE
    copies: int = 1
    issued: int = 0
    lendable: bool = True
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordData:
    """One bibliographic description; each importer says where its fields come from.

    Attributes:
        source_id: The record's own id in its system, "" where the file has none.
        title: Title proper, with the part's designation left out; for a volume whose own title
            says nothing ("Вып. 13") the joined title is made by ``catalogue.works.keyed``.
        author: Main author as the file gives it; "" where the record has none.
        authors: All authors, main first; editors and translators are in ``contributors``.
        year: Year of publication, None if unknown or senseless.
        isbns: Valid ISBNs as 13 digits, distinct.
        isbn_raw: What stood in the ISBN field and is no valid ISBN (kept, never rejected).
        isbn_lost: True where a spreadsheet destroyed the digits (9,78E+12).
        series: (name, volume) pairs.
        languages: ISO 639-2 codes as in the record.
        age_mark: 0, 6, 12, 16, 18 or None; absent is not 0.
        grade: School class "1".."11" where the source has it, else "".
        items_unknown: True where the record says nothing of copies: "0 copies" would be a lie.
        original_title: What a translation is called in its own language, else its title in another one, where told.
        parent_id / parent_title: The multivolume set, series or journal that this is part of.
        warnings: Codes of what was mended on the way (``length_mismatch``, ``charset_guess``, …).
    """

    source_id: str = ""
    kind: Kind = Kind.BOOK
    title: str
    subtitle: str = ""
    part_number: str = ""
    part_name: str = ""
    original_title: str = ""
    parent_id: str = ""
    parent_title: str = ""
    responsibility: str = ""
    author: str = ""
    authors: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()
    edition: str = ""
    place: str = ""
    publisher: str = ""
    year: int | None = None
    extent: str = ""
    isbns: tuple[str, ...] = ()
    isbn_raw: str = ""
    isbn_lost: bool = False
    issn: str = ""
    series: tuple[tuple[str, str], ...] = ()
    languages: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    udc: str = ""
    bbk: str = ""
    call_number: str = ""
    annotation: str = ""
    url: str = ""
    audience: str = ""
    age_mark: int | None = None
    grade: str = ""
    items: tuple[ItemData, ...] = ()
    items_unknown: bool = True
    warnings: tuple[str, ...] = ()


class Rejection(StrEnum):
    """Why a record could not be imported."""

    TRUNCATED = "truncated"
    NOT_A_RECORD = "not_a_record"
    BAD_DIRECTORY = "bad_directory"
    BAD_CHARACTERS = "bad_characters"
    NO_TITLE = "no_title"
    TOO_LONG = "too_long"
    BAD_ROW = "bad_row"
    NO_HEADER = "no_header"
    NO_SUCH_BOOK = "no_such_book"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A record that was left out: one row of the report.

    Attributes:
        ordinal: 1-based place in the file.
        offset: Byte offset of the record in the file (row number for spreadsheets).
        head: The first 80 bytes, in hex.
    """

    ordinal: int
    offset: int
    reason: Rejection
    detail: str = ""
    source_id: str = ""
    head: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A record that was read, with its place in the file and how many bytes of it are behind us."""

    ordinal: int
    offset: int
    record: RecordData
