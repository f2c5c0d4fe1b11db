"""From a recognised file to ``Read`` and ``Rejected``: every record gets a number, a place and a reason."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from bot.errors import InputError
from bot.library.records import Read, RecordData, Rejected, Rejection
from catalogue.importers import holdings, irbis, irbis_text, iso2709, marc21, marcxml, unimarc
from catalogue.importers.charsets import record_decoder
from catalogue.importers.chunks import LIMIT, BadRecord, Chunk
from catalogue.importers.fields import Fields
from catalogue.importers.source import SourceFile, Stream

Chunks = Callable[[Stream], Iterator[Chunk]]
Parse = Callable[[bytes], Fields]
Understand = Callable[[Fields], RecordData | None]
"""None: a record that is no book of its own and is told of with another. Raises BadRecord."""

_HEAD = 80
_FAULTS = {
    Rejection.TRUNCATED: "the file ends in the middle of this record",
    Rejection.TOO_LONG: f"no end of the record within {LIMIT} bytes",
}
_NO_TITLE = "neither a title of its own nor of what it is part of"
_PACKED_DAMAGE = BadRecord(
    Rejection.TRUNCATED, "the packed file is damaged from here on: nothing behind it could be read"
)


class Mapping(NamedTuple):
    """How one format's fields become a record, and the tags that it looks at."""

    tags: Sequence[str]
    to_record: Understand


MARC21 = Mapping(marc21.TAGS, marc21.to_record)
UNIMARC = Mapping(unimarc.TAGS, unimarc.to_record)
IRBIS = Mapping(irbis.TAGS, irbis.to_record)
_ISO2709 = {"marc21": MARC21, "unimarc": UNIMARC, "irbis_iso": IRBIS}


def read_iso2709(source: SourceFile) -> Iterator[Read | Rejected]:
    """The records of an ISO 2709 file, whatever its fields mean. Raises InputError."""
    mapping = _ISO2709[source.format]
    decoder = record_decoder(source.charset)
    wanted = {tag.zfill(3).encode(): tag for tag in mapping.tags}  # always three characters: 010 is IRBIS's 10
    any_case = mapping is IRBIS

    def parse(data: bytes) -> Fields:
        return iso2709.parse(data, decoder, wanted, any_case=any_case)

    if mapping is IRBIS:
        yield from _read_irbis(source, iso2709.chunks, parse)
    elif mapping is MARC21:
        yield from _read_marc21(source, iso2709.chunks, parse, holdings.is_binary)
    else:
        yield from _read(source, iso2709.chunks, parse, mapping.to_record)


def read_irbis_text(source: SourceFile) -> Iterator[Read | Rejected]:
    """The records of IRBIS's text export. Raises InputError."""
    decoder = record_decoder(source.charset)
    wanted = frozenset(irbis.TAGS)
    yield from _read_irbis(source, irbis_text.chunks, lambda data: irbis_text.parse(data, decoder, wanted))


def read_marcxml(source: SourceFile) -> Iterator[Read | Rejected]:
    """The records of an XML file that holds MARC21. Raises InputError."""
    decoder = record_decoder(source.charset)
    wanted = frozenset(MARC21.tags)
    parse = partial(marcxml.parse, decoder=decoder, wanted=wanted)
    yield from _read_marc21(source, marcxml.chunks, parse, holdings.is_xml)


def read_unimarcxml(source: SourceFile) -> Iterator[Read | Rejected]:
    """The records of an XML file that holds UNIMARC or RUSMARC. Raises InputError."""
    decoder = record_decoder(source.charset)
    wanted = frozenset(UNIMARC.tags)
    yield from _read(source, marcxml.chunks, lambda data: marcxml.parse(data, decoder, wanted), UNIMARC.to_record)


def _read_marc21(
    source: SourceFile, chunks: Chunks, parse: Parse, is_holdings: Callable[[bytes], bool]
) -> Iterator[Read | Rejected]:
    """Records of holdings tell where the copies of another record are.

    Where ``recognise`` saw some they are learnt before the books are read, else when the first of them is met: books
    that were given out by then and have copies are given out again with them, after the others. A file without any
    is read once.
    """
    held = holdings.Held(source.branch_in)
    learnt = source.holdings_apart
    if learnt:
        _learn(held, source, chunks, parse, is_holdings)

    def understood(fields: Fields) -> RecordData | None:
        nonlocal learnt
        if not learnt and holdings.are_met(fields):
            learnt = True
            _learn(held, source, chunks, parse, is_holdings)
        return held.to_record(fields)

    yield from _read(source, chunks, parse, understood)
    if learnt and not source.holdings_apart:
        yield from (read for read in _read(source, chunks, parse, held.completed) if isinstance(read, Read))
    for ordinal, offset, why in held.left():
        yield _rejected(why, ordinal, offset)


def _learn(
    held: holdings.Held, source: SourceFile, chunks: Chunks, parse: Parse, is_holdings: Callable[[bytes], bool]
) -> None:
    with _opened(source) as stream:
        for ordinal, chunk in enumerate(chunks(stream), 1):
            if not chunk.fault and is_holdings(chunk.data):
                try:
                    held.learn(parse(chunk.data), ordinal, chunk.offset)
                except BadRecord:
                    continue  # reported when its turn comes


def _read_irbis(source: SourceFile, chunks: Chunks, parse: Parse) -> Iterator[Read | Rejected]:
    """IRBIS keeps a journal's title in the journal's record only: it is learnt before the issues are read."""
    journals: dict[str, str] = {}
    with _opened(source) as stream:
        for chunk in chunks(stream):
            if irbis.maybe_journal(chunk.data) and not chunk.fault:
                try:
                    journals.update(irbis.journal(parse(chunk.data)))
                except BadRecord:
                    continue  # reported below, when its turn comes
    yield from _read(source, chunks, parse, lambda fields: irbis.to_record(fields, journals))


def _read(source: SourceFile, chunks: Chunks, parse: Parse, to_record: Understand) -> Iterator[Read | Rejected]:
    ordinal = offset = 0
    cut = False
    with _opened(source) as stream:
        for chunk in chunks(stream):
            ordinal, offset, cut = ordinal + 1, chunk.offset, chunk.fault is Rejection.TRUNCATED
            try:
                if chunk.fault:
                    raise BadRecord(chunk.fault, _FAULTS[chunk.fault])
                record = to_record(parse(chunk.data))
                if record is None:
                    continue
                if not record.title:
                    raise BadRecord(Rejection.NO_TITLE, _NO_TITLE, record.source_id)
                yield Read(ordinal=ordinal, offset=offset, record=record)
            except BadRecord as bad:
                yield _rejected(bad, ordinal, offset, chunk.data)
        if stream.damaged and not cut:
            yield _rejected(_PACKED_DAMAGE, ordinal + 1, offset)


def _rejected(bad: BadRecord, ordinal: int, offset: int, data: bytes = b"") -> Rejected:
    return Rejected(
        ordinal=ordinal,
        offset=offset,
        reason=bad.reason,
        detail=bad.detail,
        source_id=bad.source_id or iso2709.record_id(data),
        head=data[:_HEAD].hex(),
    )


class _opened:  # noqa: N801 a context manager that reads as a verb, like contextlib's
    """A file's bytes; what the disk or the network does wrong becomes an InputError."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source

    def __enter__(self) -> Stream:
        try:
            self._stream = Stream(self._source.path)
        except OSError as error:
            raise self._unreadable(error) from error
        return self._stream

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._stream.close()
        if isinstance(error, OSError):
            raise self._unreadable(error) from error

    def _unreadable(self, error: OSError) -> InputError:
        why = error.strerror or error
        return InputError(f"{self._source.path}: cannot be read ({why}); copy it to this machine and repeat")
