"""A keyed record as the columns of its rows; pure."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

import msgspec

from bot.bibliography import Keyed
from bot.library.model import ItemStatus
from bot.library.records import ItemData, RecordData

SOURCE_LENGTH, SOURCE_ID_LENGTH, NUMBER_LENGTH, GRADE_LENGTH = 64, 200, 64, 8
LARGEST_LUMP = 1_000_000
"""Copies of one lump at most: more is a price or a date in the wrong column."""
LATEST_YEAR = 9999

DETAILS = (
    "subtitle",
    "part_number",
    "part_name",
    "original_title",
    "parent_id",
    "parent_title",
    "responsibility",
    "authors",
    "contributors",
    "edition",
    "place",
    "extent",
    "isbn_raw",
    "isbn_lost",
    "issn",
    "series",
    "languages",
    "subjects",
    "genres",
    "keywords",
    "udc",
    "bbk",
    "call_number",
    "annotation",
    "url",
    "audience",
    "warnings",
)
"""What of a record is kept in ``records.details``: told or indexed, never searched by SQL."""

_STATUSES = {status: status.value for status in ItemStatus}
"""An enumeration looks its value up anew each time: too slow for a million copies."""
_encode = msgspec.json.Encoder().encode


class ItemValues(NamedTuple):
    """The columns of a copy."""

    branch_id: int | None
    inventory_number: str
    barcode: str
    call_number: str
    location: str
    status: str
    copies: int
    issued: int
    lendable: bool
    due_on: date | None


def prepared(keyed: Keyed) -> tuple[Keyed, str]:
    """The record as the store can keep it, and a digest of everything in it.

    A NUL and half a character (both come from damaged files) are taken out: no database keeps them.
    Two records of one digest say the same, wherever in whichever file they stood.
    """
    try:
        raw = _raw(keyed)
    except UnicodeEncodeError:
        raw = b"\\u0000"
    if b"\\u0000" in raw:
        keyed = msgspec.convert(_clean(msgspec.to_builtins(keyed)), Keyed)
        raw = _raw(keyed)
    return keyed, hashlib.blake2b(raw, digest_size=16).hexdigest()


def _raw(keyed: Keyed) -> bytes:
    return _encode((keyed.record, keyed.work_key, keyed.fingerprint, keyed.title, keyed.author))


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "ignore").decode()
    if isinstance(value, Mapping):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def source_id_of(record: RecordData) -> str:
    """The record's own id as the store keeps it, "" where it has none."""
    return record.source_id[:SOURCE_ID_LENGTH]


def record_values(keyed: Keyed, digest: str) -> dict[str, Any]:
    """The columns that tell what the record says (not where it belongs, nor when it came)."""
    record = keyed.record
    return {
        "source_id": source_id_of(record),
        "fingerprint": keyed.fingerprint,
        "digest": digest,
        "title": keyed.title,
        "author": keyed.author,
        "kind": record.kind.value,
        "year": record.year if record.year is not None and 0 <= record.year <= LATEST_YEAR else None,
        "publisher": record.publisher,
        "isbns": record.isbns,
        "age_mark": record.age_mark,
        "grade": record.grade[:GRADE_LENGTH],
        "details": {name: value for name in DETAILS if (value := getattr(record, name))},
        "items_unknown": record.items_unknown,
        "source_file": keyed.source_file,
        "ordinal": keyed.ordinal,
    }


def item_values(item: ItemData, branch_id: int | None) -> ItemValues:
    """A copy's columns, numbers within their bounds."""
    copies = min(max(item.copies, 1), LARGEST_LUMP)
    return ItemValues(
        branch_id=branch_id,
        inventory_number=item.inventory_number[:NUMBER_LENGTH],
        barcode=item.barcode[:NUMBER_LENGTH],
        call_number=item.call_number,
        location=item.location,
        status=_STATUSES[item.status],
        copies=copies,
        issued=min(max(item.issued, 0), copies),
        lendable=item.lendable,
        due_on=item.due_on,
    )
