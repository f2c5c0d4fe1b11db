"""From a recognised file to ``Read`` and ``Rejected``: every record gets a number, a place and a reason."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from bot.errors import InputError
from bot.library.records import Read, RecordData, Rejected, Rejection
from catalogue.importers import irbis, iso2709, marc21, unimarc
from catalogue.importers.charsets import record_decoder
from catalogue.importers.fields import Fields
from catalogue.importers.iso2709 import BadRecord
from catalogue.importers.source import Format, SourceFile, Stream

HEAD = 80
PACKED_DAMAGE = BadRecord(
    Rejection.TRUNCATED, "the packed file is damaged from here on: nothing behind it could be read"
)


class Mapping(NamedTuple):
    """How one format's fields become a record.

    Attributes:
        tags: The tags that the mapping looks at.
        any_case: Subfield codes mean the same in either case.
    """

    tags: Sequence[str]
    to_record: Callable[[Fields], RecordData]
    any_case: bool = False

    def wanted(self) -> dict[bytes, str]:
        """The tags as ISO 2709 writes them, always three characters: 010 is IRBIS's 10."""
        return {tag.zfill(3).encode(): tag for tag in self.tags}


MAPPINGS: dict[Format, Mapping] = {
    "marc21": Mapping(marc21.TAGS, marc21.to_record),
    "unimarc": Mapping(unimarc.TAGS, unimarc.to_record),
    "irbis_iso": Mapping(irbis.TAGS, irbis.to_record, any_case=True),
    "irbis_text": Mapping(irbis.TAGS, irbis.to_record, any_case=True),
}


def read_iso2709(source: SourceFile) -> Iterator[Read | Rejected]:
    """The records of an ISO 2709 file, whatever its fields mean.

    Raises:
        InputError: The file cannot be opened or read.
    """
    mapping = MAPPINGS[source.format]
    decoder, wanted = record_decoder(source.charset), mapping.wanted()
    ordinal = offset = 0
    try:
        with Stream(source.path) as stream:
            for chunk in iso2709.chunks(stream):
                ordinal, offset = ordinal + 1, chunk.offset
                try:
                    if chunk.fault:
                        raise BadRecord(chunk.fault, _FAULTS[chunk.fault])
                    fields = iso2709.parse(chunk.data, decoder, wanted, any_case=mapping.any_case)
                    yield Read(ordinal=ordinal, offset=offset, record=titled(mapping.to_record(fields)))
                except BadRecord as bad:
                    yield rejected(bad, ordinal, offset, chunk.data, iso2709.record_id(chunk.data))
            if stream.damaged:
                yield rejected(PACKED_DAMAGE, ordinal + 1, offset)
    except OSError as error:
        raise unreadable(source, error) from error


def rejected(bad: BadRecord, ordinal: int, offset: int, data: bytes = b"", source_id: str = "") -> Rejected:
    """One row of the report."""
    return Rejected(
        ordinal=ordinal,
        offset=offset,
        reason=bad.reason,
        detail=bad.detail,
        source_id=source_id,
        head=data[:HEAD].hex(),
    )


def titled(record: RecordData) -> RecordData:
    """The record, if it can be told to a reader.

    Raises:
        BadRecord: It has no title, no parent and no number.
    """
    if not record.title:
        raise BadRecord(Rejection.NO_TITLE, "neither a title nor a title of the whole")
    return record


def unreadable(source: SourceFile, error: OSError) -> InputError:
    """What the operator is told where the disk or the network fails."""
    return InputError(f"{source.path}: cannot be read ({error.strerror or error}); copy it to this machine and repeat")


_FAULTS = {
    Rejection.TRUNCATED: "the file ends in the middle of this record",
    Rejection.TOO_LONG: f"no end of the record within {iso2709.LIMIT} bytes",
}
