"""MARCXML, cut into its records before any parser sees it.

So one broken record costs no other, memory stays constant, and no document type reaches the parser:
there is nothing to expand. Namespaces and prefixes are not asked for; a lone ``record`` will do.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from xml.parsers import expat

from bot.library.records import Rejection
from catalogue.importers.charsets import BAD_CHARACTERS, HOLE, RecordDecoder
from catalogue.importers.chunks import LIMIT, BadRecord, Chunk
from catalogue.importers.fields import MARK, Field, Fields
from catalogue.importers.source import Stream

_BEGIN = re.compile(rb"<(?:[\w.-]+:)?record(?=[\s>/])")
_END = re.compile(rb"</(?:[\w.-]+:)?record\s*>")
_INSIDE = re.compile(rb"<(?:[\w.-]+:)?(?:leader|controlfield|datafield)[\s>/]")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Signs of MARC that XML 1.0 forbids and careless converters leave in."""


def begins_in(data: bytes) -> bool:
    """Whether a record of MARCXML begins somewhere in the bytes."""
    found = _BEGIN.search(data)
    return found is not None and _INSIDE.search(data, found.end()) is not None


def chunks(stream: Stream) -> Iterator[Chunk]:
    """The ``record`` elements of a stream as bytes, in constant memory. Raises OSError."""
    offset = 0
    rest = b""
    too_long = False
    while block := stream.read(LIMIT):
        rest += block
        begin = 0
        while end := _END.search(rest, begin):
            if too_long:
                too_long = False
            else:
                yield from _records_of(rest, begin, end.end(), offset)
            begin = end.end()
        offset, rest = offset + begin, rest[begin:]
        if len(rest) > 2 * LIMIT:
            if not too_long and (first := _BEGIN.search(rest)):
                yield Chunk(offset + first.start(), rest[first.start() : first.start() + 80], Rejection.TOO_LONG)
                too_long = True
            offset, rest = offset + len(rest) - 64, rest[-64:]
    if not too_long and (first := _BEGIN.search(rest)):
        yield Chunk(offset + first.start(), rest[first.start() :], Rejection.TRUNCATED)


def _records_of(data: bytes, begin: int, end: int, offset: int) -> Iterator[Chunk]:
    """Usually one; where an end tag was lost, each piece from one start tag to the next; none before a lone end tag."""
    starts = [found.start() for found in _BEGIN.finditer(data, begin, end)]
    for start, stop in pairwise([*starts, end]):
        yield Chunk(offset + start, data[start:stop])


def parse(data: bytes, decoder: RecordDecoder, wanted: frozenset[str] | None) -> Fields:
    """One record's wanted fields (all where ``wanted`` is None).

    Raises:
        BadRecord: It is not well-formed.
    """
    decoding = decoder(data)
    text = decoding.whole or decoding.decode(data)
    builder = _Builder(wanted)
    builder.fields.warnings += decoding.warnings
    if HOLE in text:
        builder.fields.warn(BAD_CHARACTERS)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(_FORBIDDEN.sub("", text) if not text.isprintable() else text, True)
    except expat.ExpatError as error:
        raise BadRecord(Rejection.NOT_A_RECORD, f"not well-formed: {error}") from error
    return builder.fields


class _Builder:
    """Hears the parser and makes fields."""

    def __init__(self, wanted: frozenset[str] | None) -> None:
        self.fields = Fields({})
        self._wanted = wanted
        self._tag = ""
        self._content = ""
        self._heard: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        element = name.rpartition(":")[2]
        self._heard = []
        if element in {"controlfield", "datafield"}:
            self._tag = attributes.get("tag", "")
            ind1, ind2 = attributes.get("ind1", " "), attributes.get("ind2", " ")
            self._content = "" if element == "controlfield" else (ind1 or " ") + (ind2 or " ")
        elif element == "subfield":
            self._content += MARK + (attributes.get("code", "")[:1] or " ")

    def text(self, heard: str) -> None:
        self._heard.append(heard)

    def end(self, name: str) -> None:
        element = name.rpartition(":")[2]
        heard = "".join(self._heard)
        self._heard = []
        if element == "leader":
            self.fields.leader = heard
        elif element == "subfield":
            self._content += heard
        elif element == "controlfield":
            self._keep(heard)
        elif element == "datafield":
            self._keep(self._content)

    def _keep(self, content: str) -> None:
        if self._wanted is None or self._tag in self._wanted:
            self.fields.add(self._tag, Field(content))
