"""ISO 2709, the record of MARC21, UNIMARC and IRBIS, as real programs write it.

Not read with pymarc's reader: it stops for ever at the first wrong length or line break, and its
``Record`` takes three times as long for MARC-8. Records part at 1D; the directory is believed as far as it fits.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from bot.library.records import Rejection
from catalogue.importers.charsets import BAD_CHARACTERS, HOLE, RecordDecoder
from catalogue.importers.chunks import LIMIT, BadRecord, Chunk
from catalogue.importers.fields import Field, Fields
from catalogue.importers.source import Stream

LENGTH_MISMATCH = "length_mismatch"
BASE_MENDED = "base_mended"
DIRECTORY_MENDED = "directory_mended"

_RECORD_END = b"\x1d"
_FIELD_END = b"\x1e"
_LEADER = 24
_ENTRY = 12
_BETWEEN = b"\r\n\0\x1a \xef\xbb\xbf"
_STARTS = re.compile(rb"\d{5}[ -~]{5}22\d{5}[ -~]{3}45[ -~]{2}(?=[0-9A-Za-z]{3}\d{9})")
_BLANK_LENGTH = re.compile(rb" {5}[ -~]{5}22\d{5}")
_ID = re.compile(rb"^[ -~\x80-\xff]{1,60}$")


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
    elif rest.strip(_BETWEEN):
        # Cut off in the middle: what parses of it is not the whole record. Whole ones before it are kept.
        *whole, last = _records_of(rest, offset)
        yield from whole
        yield Chunk(last.offset, last.data, Rejection.TRUNCATED)


def _records_of(part: bytes, offset: int) -> Iterator[Chunk]:
    """Usually one; more where a terminator was lost: then the next leader tells where a record begins."""
    data = part if _BLANK_LENGTH.match(part) else part.lstrip(_BETWEEN)
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
            yield Chunk(offset + begin, piece)


def parse(data: bytes, decoder: RecordDecoder, wanted: Mapping[bytes, str], *, any_case: bool = False) -> Fields:
    """One record's wanted fields, by the directory, or by order where the directory does not fit.

    Args:
        data: The record without its terminator.
        decoder: Of the file's charset.
        wanted: Tags as bytes and as text; fields with others are not looked at.
        any_case: Subfield codes mean the same in either case.

    Raises:
        BadRecord: There is no telling which field is which.
    """
    warnings: list[str] = []
    if not (data[:5].isdigit() and int(data[:5]) == len(data) + 1):
        warnings.append(LENGTH_MISMATCH)
    spans = _spans(data, wanted, warnings)
    decoding = decoder(data)
    warnings += decoding.warnings
    whole, decode = decoding.whole, decoding.decode
    by_tag: dict[str, list[Field]] = {}
    for tag, begin, end in spans:
        text = whole[begin:end] if whole else decode(data[begin:end])
        if HOLE in text and BAD_CHARACTERS not in warnings:
            warnings.append(BAD_CHARACTERS)
        by_tag.setdefault(tag, []).append(Field(text, any_case=any_case))
    return Fields(by_tag, leader=data[:_LEADER].decode("ascii", "replace"), warnings=warnings)


def begins_in(data: bytes) -> bool:
    """Whether a record begins somewhere in the bytes: a leader and the first entry of a directory."""
    return _STARTS.search(data) is not None


def tags(data: bytes) -> list[str]:
    """The tags of a record in the order of its directory; empty where there is no directory."""
    end = data.find(_FIELD_END, _LEADER)
    return [data[at : at + 3].decode("ascii", "replace") for at in range(_LEADER, end - _ENTRY + 1, _ENTRY)]


def record_id(data: bytes) -> str:
    """What is likely the id of a record that cannot be read: its first field, "" if that is no id."""
    begin = data.find(_FIELD_END, _LEADER) + 1
    first = data[begin : data.find(_FIELD_END, begin)] if begin > 0 else b""
    is_id = data[_LEADER : _LEADER + 3] == b"001" and _ID.match(first)
    return first.decode("ascii", "replace").strip() if is_id else ""


def _spans(data: bytes, wanted: Mapping[bytes, str], warnings: list[str]) -> list[tuple[str, int, int]]:
    """(tag, begin, end) of each wanted field."""
    base = data.find(_FIELD_END, _LEADER) + 1
    if base == 0:
        raise BadRecord(Rejection.NOT_A_RECORD, "no directory: there is no field terminator")
    if not (data[12:17].isdigit() and int(data[12:17]) == base):
        warnings.append(BASE_MENDED)
    if (base - 1 - _LEADER) % _ENTRY or base == _LEADER + 1:
        raise BadRecord(Rejection.BAD_DIRECTORY, f"a directory of {base - 1 - _LEADER} bytes, expected entries of 12")
    spans = _by_directory(data, base, wanted)
    if spans is None:
        warnings.append(DIRECTORY_MENDED)
        spans = _by_order(data, base, wanted)
    return spans


def _by_directory(data: bytes, base: int, wanted: Mapping[bytes, str]) -> list[tuple[str, int, int]] | None:
    """Fields where the directory says, None where one of them does not lie between two terminators.

    A terminator *inside* a field does no harm: the directory tells where the field ends.
    """
    spans: list[tuple[str, int, int]] = []
    size = len(data)
    try:
        for at in range(_LEADER, base - 1, _ENTRY):
            tag = wanted.get(data[at : at + 3])
            if tag is None:
                continue
            length, place = divmod(int(data[at + 3 : at + 12]), 100_000)
            begin = base + place
            end = begin + length - 1
            if data[begin - 1] != 0x1E or end < begin or not (end == size or data[end] == 0x1E):
                return None
            spans.append((tag, begin, end))
    except (ValueError, IndexError):
        return None
    return spans


def _by_order(data: bytes, base: int, wanted: Mapping[bytes, str]) -> list[tuple[str, int, int]]:
    """Fields in their physical order, paired with the directory sorted by offset.

    Directories that count characters instead of bytes have wrong numbers in the right order; records
    over 99,999 bytes have offsets that begin again at 0.
    """
    entries = [data[at : at + _ENTRY] for at in range(_LEADER, base - 1, _ENTRY)]
    ends = [found.start() for found in re.finditer(_FIELD_END, data[base:])]
    if not ends or base + ends[-1] + 1 < len(data):
        ends.append(len(data) - base)  # the last terminator is lost
    if len(entries) != len(ends):
        raise BadRecord(Rejection.BAD_DIRECTORY, f"{len(entries)} entries in the directory, {len(ends)} fields")
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
    begins = [0, *(end + 1 for end in ends[:-1])]
    return [
        (tag, base + begin, base + end)
        for at, begin, end in zip(order, begins, ends, strict=True)
        if (tag := wanted.get(entries[at][:3])) is not None
    ]
