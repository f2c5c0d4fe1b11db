"""MARC21 records of holdings: copies of a book that another record describes.

Evergreen and Voyager write them behind the book they belong to, Aleph and Alma into a part of the file of their own;
004 names the book's 001. Source: MARC 21 Format for Holdings Data, leader/06 and 004, read 2026-11-27.
"""

import re
from collections.abc import Iterator

from bot.library.records import ItemData, RecordData, Rejection
from catalogue.importers import marc21, marc21_items
from catalogue.importers.chunks import BadRecord
from catalogue.importers.fields import Fields

_KINDS = "uvxy"
"""Leader/06: of unknown kind, of several parts, of one part, of a serial."""
_XML_LEADER = re.compile(rb"leader>.{6}[uvxy]")
_DELETED = "d"
_NO_BOOK = (
    "a holdings record of a book ({}) that this file does not have: "
    "export the books and their holdings into one file and import that"
)
_GONE = "marked as deleted in your system (leader/05 is d)"


def are_met(fields: Fields) -> bool:
    """Whether a record that was read is one of holdings."""
    return fields.at(6) in _KINDS


def is_binary(data: bytes) -> bool:
    """Whether a record of ISO 2709 is one of holdings."""
    return data[6:7].decode("ascii", "replace") in _KINDS and len(data) > 24


def is_xml(data: bytes) -> bool:
    """Whether a record of MARCXML is one of holdings."""
    return _XML_LEADER.search(data) is not None


class Held:
    """The copies that records of holdings tell of, until their book comes."""

    def __init__(self, branch_in: str) -> None:
        self._branch_in = branch_in
        self._copies: dict[str, list[ItemData]] = {}
        self._places: dict[str, list[tuple[int, int, str]]] = {}

    def learn(self, fields: Fields, ordinal: int, offset: int) -> None:
        """Keep what one record of holdings says."""
        book = fields.control("004").strip()
        if fields.at(5) != _DELETED:
            self._copies.setdefault(book, []).extend(marc21_items.items(fields, self._branch_in))
        self._places.setdefault(book, []).append((ordinal, offset, fields.control("001").strip()))

    def to_record(self, fields: Fields) -> RecordData | None:
        """A book with all its copies; None for a record of holdings.

        Raises:
            BadRecord: The record says that it is deleted.
        """
        if are_met(fields):
            return None
        source_id = fields.control("001").strip()
        self._places.pop(source_id, None)
        if fields.at(5) == _DELETED:
            raise BadRecord(Rejection.DELETED, _GONE, source_id)
        return marc21.to_record(fields, self._branch_in, self._copies.pop(source_id, ()))

    def completed(self, fields: Fields) -> RecordData | None:
        """A book that was given out before its copies were learnt of; None for every other record.

        Raises:
            BadRecord: As ``to_record``.
        """
        source_id = fields.control("001").strip()
        if source_id not in self._places:
            return None
        copies = self._copies.get(source_id)
        record = self.to_record(fields)
        return record if copies else None

    def left(self) -> Iterator[tuple[int, int, BadRecord]]:
        """Records of holdings whose book never came: ordinal, offset, why."""
        for book, places in self._places.items():
            for ordinal, offset, source_id in places:
                yield (
                    ordinal,
                    offset,
                    BadRecord(Rejection.NO_SUCH_BOOK, _NO_BOOK.format(book or "004 is empty"), source_id),
                )
