"""ISO 2709, the record of MARC21, UNIMARC and IRBIS, as real programs write it.

Not read with pymarc's reader: it stops for ever at the first wrong length or line break (DOMAIN §1.4),
and takes four times as long. Records part at 1D; the directory is believed as far as it fits the fields.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from bot.library.records import Rejection
from catalogue.importers.charsets import RecordDecoder
from catalogue.importers.fields import Fields
from catalogue.importers.source import Stream

LIMIT = 1 << 20
"""Longest record in bytes: ten times what ISO 2709 can say."""

LENGTH_MISMATCH = "length_mismatch"
BASE_MENDED = "base_mended"
DIRECTORY_MENDED = "directory_mended"

_RECORD_END = b"\x1d"
_FIELD_END = b"\x1e"
_LEADER = 24
_ENTRY = 12
_BETWEEN = b"\r\n\0\x1a \xef\xbb\xbf"
_STARTS = re.compile(rb"\d{5}[ -~]{5}22\d{5}[ -~]{3}45[ -~]{2}(?=[0-9A-Za-z]{3}\d{9})")
_ID = re.compile(rb"^[ -~\x80-\xff]{1,60}$")


@dataclass(frozen=True, slots=True)
class Chunk:
    """What stands between two record terminators.

    Attributes:
        data: Without the terminator; the first 80 bytes where ``fault`` says why it cannot be used.
    """

    offset: int
    data: bytes
    fault: Rejection | None = None


class BadRecord(Exception):
    """A record that cannot be read; becomes a row of the report."""

    def __init__(self, reason: Rejection, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def chunks(stream: Stream) -> Iterator[Chunk]:
    """The records of a stream, in constant memory. Raises OSError."""
    offset = 0
    rest = b""
    too_long: Chunk | None = None
    while block := stream.read(LIMIT):
        *parts, rest = (rest + block).split(_RECORD_END)
        for part in parts:
            if too_long:
                yield too_long
                too_long = None
            else:
                yield from _records_of(part, offset)
            offset += len(part) + 1
        if len(rest) > LIMIT:
            too_long = too_long or Chunk(offset, rest[:80], Rejection.TOO_LONG)
            offset += len(rest)
            rest = b""
    if too_long:
        yield too_long
    elif stripped := rest.strip(_BETWEEN):
        # Cut off in the middle: what parses of it is not the whole record. Whole ones before it are kept.
        *whole, last = _records_of(rest, offset)
        yield from whole
        yield Chunk(last.offset, last.data or stripped, Rejection.TRUNCATED)


def _records_of(part: bytes, offset: int) -> Iterator[Chunk]:
    """Usually one; more where a terminator was lost: then the next leader tells where a record begins."""
    data = part.lstrip(_BETWEEN)
    offset += len(part) - len(data)
    data = data.rstrip(b"\r\n\0\x1a ")
    if not data:
        return
    if data[:5].isdigit() and int(data[:5]) == len(data) + 1:
        yield Chunk(offset, data)
        return
    starts = [match.start() for match in _STARTS.finditer(data)]
    cuts = sorted({0, *starts, len(data)})
    for begin, end in pairwise(cuts):
        if piece := data[begin:end].rstrip(_BETWEEN):
            yield Chunk(offset + begin, piece if end == len(data) else piece.rstrip(_BETWEEN))


def parse(data: bytes, decoder: RecordDecoder, wanted: frozenset[bytes], *, any_case: bool = False) -> Fields:
    """One record's wanted fields, by the directory, or by order where the directory does not fit.

    Raises:
        BadRecord: There is no telling which field is which.
    """
    warnings: list[str] = []
    if not (data[:5].isdigit() and int(data[:5]) == len(data) + 1):
        warnings.append(LENGTH_MISMATCH)
    entries = _entries(data, wanted, warnings)
    decode, noted = decoder(data)
    warnings += noted
    raw: dict[str, list[str]] = {}
    for tag, text in entries:
        raw.setdefault(tag.decode("ascii", "replace"), []).append(decode(text))
    return Fields(raw, leader=data[:_LEADER].decode("ascii", "replace"), any_case=any_case, warnings=warnings)


def tags(data: bytes) -> list[str]:
    """The tags of a record in the order of its directory; empty where there is no directory."""
    end = data.find(_FIELD_END, _LEADER)
    return [data[at : at + 3].decode("ascii", "replace") for at in range(_LEADER, end - _ENTRY + 1, _ENTRY)]


def record_id(data: bytes) -> str:
    """What is likely the id of a record that cannot be read: its first field, "" if that is no id."""
    begin = data.find(_FIELD_END, _LEADER) + 1
    first = data[begin : data.find(_FIELD_END, begin)] if begin > 0 else b""
    return first.decode("ascii", "replace") if _ID.match(first) and data[_LEADER : _LEADER + 3] == b"001" else ""


def _entries(data: bytes, wanted: frozenset[bytes], warnings: list[str]) -> list[tuple[bytes, bytes]]:
    base = data.find(_FIELD_END, _LEADER) + 1
    if base == 0:
        raise BadRecord(Rejection.NOT_A_RECORD, "no directory: there is no field terminator")
    if not (data[12:17].isdigit() and int(data[12:17]) == base):
        warnings.append(BASE_MENDED)
    if (base - 1 - _LEADER) % _ENTRY or base == _LEADER + 1:
        raise BadRecord(Rejection.BAD_DIRECTORY, f"the directory has {base - 1 - _LEADER} bytes")
    taken = _by_directory(data, base, wanted)
    if taken is None:
        warnings.append(DIRECTORY_MENDED)
        taken = _by_order(data, base, wanted)
    return taken


def _by_directory(data: bytes, base: int, wanted: frozenset[bytes]) -> list[tuple[bytes, bytes]] | None:
    """Fields where the directory says, None where one of them does not lie between two terminators.

    A terminator *inside* a field does no harm: the directory tells where the field ends.
    """
    taken: list[tuple[bytes, bytes]] = []
    size = len(data)
    try:
        for at in range(_LEADER, base - 1, _ENTRY):
            begin = base + int(data[at + 7 : at + 12])
            end = begin + int(data[at + 3 : at + 7]) - 1
            if data[begin - 1] != 0x1E or end < begin or not (end == size or data[end] == 0x1E):
                return None
            tag = data[at : at + 3]
            if tag in wanted:
                taken.append((tag, data[begin:end]))
    except (ValueError, IndexError):
        return None
    return taken


def _by_order(data: bytes, base: int, wanted: frozenset[bytes]) -> list[tuple[bytes, bytes]]:
    """Fields in their physical order, paired with the directory sorted by offset.

    Directories that count characters instead of bytes have wrong numbers in the right order; records
    over 99,999 bytes have offsets that begin again at 0.
    """
    found = data[base:].split(_FIELD_END)
    if found and not found[-1].strip():
        found.pop()
    entries = [data[at : at + _ENTRY] for at in range(_LEADER, base - 1, _ENTRY)]
    if len(entries) != len(found):
        raise BadRecord(Rejection.BAD_DIRECTORY, f"{len(entries)} entries in the directory, {len(found)} fields")
    if not all(entry[7:].isdigit() for entry in entries):
        raise BadRecord(Rejection.BAD_DIRECTORY, "offsets in the directory are no numbers")
    offsets: list[int] = []
    turned = before = 0
    for entry in entries:
        offset = int(entry[7:])
        if len(data) > 100_000 and offset < before - 50_000:
            turned += 100_000
        before = offset
        offsets.append(turned + offset)
    order = sorted(range(len(entries)), key=offsets.__getitem__)
    return [(entries[at][:3], field) for at, field in zip(order, found, strict=True) if entries[at][:3] in wanted]
