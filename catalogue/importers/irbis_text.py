"""The text export of IRBIS: a line a field, ``#TAG: value^aSub^bSub``, a record ends with ``*****``.

Programs and hands have damaged real exports: lines without ``#`` or without ``:``, the last line cut.
"""

import re
from collections.abc import Iterator

from bot.library.records import Rejection
from catalogue.importers.charsets import BAD_CHARACTERS, HOLE, RecordDecoder
from catalogue.importers.chunks import LIMIT, Chunk
from catalogue.importers.fields import MARK, Field, Fields
from catalogue.importers.source import Stream

BAD_LINE = "bad_line"
LINE_CUT = "line_cut"

_BORDER = re.compile(rb"^\*{5}[ \t\r]*(?:\n|\Z)", re.MULTILINE)
_LINE = re.compile(r"#(\d{1,5})\s*:?\s?(.*)|(\d{1,5})\s*:\s?(.*)", re.DOTALL)
_BOM = b"\xef\xbb\xbf"


def chunks(stream: Stream) -> Iterator[Chunk]:
    """The records of a stream, in constant memory; the last one may lack its ``*****``. Raises OSError."""
    offset = 0
    rest = b""
    too_long = False
    while block := stream.read(LIMIT):
        rest += block
        begin = 0
        for border in _BORDER.finditer(rest):
            if border.end() == len(rest):  # the next block may go on with this line
                break
            if too_long:
                too_long = False
            else:
                yield from _chunk(rest[begin : border.start()], offset + begin)
            begin = border.end()
        offset, rest = offset + begin, rest[begin:]
        if len(rest) > 2 * LIMIT:
            if not too_long:
                yield Chunk(offset, rest[:80], Rejection.TOO_LONG)
            too_long = True
            offset, rest = offset + len(rest) - 16, rest[-16:]
    if not too_long:
        end = _BORDER.search(rest)
        yield from _chunk(rest[: end.start()] if end else rest, offset)


def parse(data: bytes, decoder: RecordDecoder, wanted: frozenset[str]) -> Fields:
    """One record's wanted fields; a line that is none is left out with a warning. Never raises."""
    decoding = decoder(data)
    text = decoding.whole or decoding.decode(data)
    fields = Fields({}, warnings=decoding.warnings)
    if HOLE in text:
        fields.warn(BAD_CHARACTERS)
    lines = text.split("\n")
    if lines[-1].strip():
        fields.warn(LINE_CUT)  # an inventory number cut short would be another copy's
    for line in lines[:-1]:
        if not line.strip():
            continue
        found = _LINE.match(line.rstrip("\r"))
        if found is None:
            fields.warn(BAD_LINE)
            continue
        tag = str(int(found[1] or found[3]))
        if tag in wanted:
            value = found[2] if found[1] else found[4]
            fields.add(tag, Field(value.replace("^", MARK), any_case=True))
    return fields


def _chunk(part: bytes, offset: int) -> Iterator[Chunk]:
    data = part.removeprefix(_BOM).lstrip(b"\r\n\0\x1a ")
    if data.strip(b"\r\n\0\x1a "):
        yield Chunk(offset + len(part) - len(data), data)
