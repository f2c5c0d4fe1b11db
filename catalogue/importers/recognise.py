"""What a file is, by what stands in it: neither its name nor its labels are believed."""

import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path

from bot.errors import InputError
from bot.library.model import Branch
from bot.quick import replace
from bot.shelving import Fault
from catalogue.importers import charsets, holdings, irbis_text, iso2709, marc21_items, marcxml, reading
from catalogue.importers.charsets import Guess
from catalogue.importers.chunks import LIMIT, BadRecord
from catalogue.importers.fields import Field
from catalogue.importers.foreign import Foreign, ForeignFile, foreign
from catalogue.importers.source import Format, Reader, SourceFile, Stream, is_gzip, unpacked_size
from catalogue.importers.tables import recognise_table
from catalogue.places import names

SAMPLE_RECORDS = 200
PLACE_RECORDS = 2000

_HEAD = 1 << 17
_LINES = 200
_LEADER = re.compile(rb"[\s\x00\x1a\xef\xbb\xbf]{0,64}[\dA-Za-z ]{5}[ -~]{19}(?:[0-9A-Za-z]{3}\d{9}|[^\n]{0,4000}\x1e)")
_IRBIS_LINE = re.compile(rb"#\d{1,5}\s*:?\s?\S|\d{1,5}\s*:\s\S|\*{5}\s*$")
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|(?:[\w.-]+:)?(?:collection|record)\b)")
_ROOT = re.compile(rb"<([A-Za-z_][\w.:-]*)")
_DECLARED = re.compile(rb"<\?xml[^>]*encoding=[\"']([\w.-]+)[\"']")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
_EXPORT_OF = "export the catalogue as MARC21, UNIMARC/RUSMARC (ISO 2709), MARCXML, IRBIS text, CSV or XLSX"
_NO_COLUMNS = (
    "no catalogue that this program knows: a text without columns; in Excel: one book a row, author, title and number "
    "in columns of their own, with their names above"
)
_ZIP = b"PK\x03\x04"


def recognise(
    path: Path, encoding: str = "", branches: Sequence[Branch] = (), *, month_first: bool = False
) -> SourceFile:
    """What a file is and how it is read.

    Args:
        path: ISO 2709 (MARC21, UNIMARC/RUSMARC, IRBIS), MARCXML, IRBIS text, CSV or XLSX; gzip is unpacked.
        encoding: Overrules what the charset looks like; "" is to find out.
        branches: The library's: where a file may name them in one of two places, their names decide.
        month_first: Whether «3/5/2026» is the fifth of March, where no date of a table tells.

    Raises:
        InputError: It is none of these, empty, or cannot be read; the text says what it is and what to do.
    """
    forced = charsets.named(encoding) if encoding else ""
    head = _head(path)
    other = foreign(path, head)
    if other is None:
        # A first record that is damaged hides what the file is: the next one tells.
        if _LEADER.match(head) or iso2709.begins_in(head):
            return _iso2709(path, forced, branches)
        if _XML.match(head) or marcxml.begins_in(head):
            return _marcxml(path, head, forced, branches)
        if _is_irbis_text(head):
            return _irbis_text(path, forced)
        other = None if _is_text(head) else Foreign("no text")
    one_house = len({branch.code for branch in branches}) == 1
    table = None if other else recognise_table(path, encoding, month_first=month_first, one_house=one_house)
    if table is None:
        if other is None and head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            other = Foreign("text in UTF-16 that is no table; save it as UTF-8")
        other = other or Foreign(_NO_COLUMNS, Fault.NO_HEADER)
        raise ForeignFile(f"{path}: is {other.said}; {'or ' if ';' in other.said else ''}{_EXPORT_OF}", other.fault)
    return table


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name the files in it, as in {path / '*.mrc'}")
    try:
        with Stream(path) as stream:
            head = b""
            while len(head) < _HEAD and (more := stream.read(_HEAD)):
                head += more
    except FileNotFoundError as error:
        raise InputError(f"{path}: there is no such file") from error
    except PermissionError as error:
        raise InputError(f"{path}: this user may not read it; allow that (chmod a+r), or copy the file") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}); copy it to this machine") from error
    if not head.strip(b"\0\r\n\t \x1a"):
        raise ForeignFile(f"{path}: is empty; {_EXPORT_OF}", Fault.EMPTY)
    return head


def _is_irbis_text(head: bytes) -> bool:
    """Most lines are fields or ends of records: a table may have a «#» somewhere too."""
    lines = [line.strip(b"\r\xef\xbb\xbf\x1a ") for line in head.split(b"\n", _LINES)][:_LINES]
    said = [line for line in lines if line]
    fits = sum(_IRBIS_LINE.match(line) is not None for line in said)
    return fits * 4 > len(said) * 3


def _is_text(head: bytes) -> bool:
    """Whether it can be a table: in «Unicode text» of Excel every second byte is a zero, a workbook is packed."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE, _ZIP)):
        return True
    if charsets.without_mark(head):
        return True
    return len(_CONTROL.findall(head)) * 20 <= len(head)


def _iso2709(path: Path, forced: str, branches: Sequence[Branch]) -> SourceFile:
    sample = _sample(path, iso2709.chunks)
    format_ = _marc_format([iso2709.tags(data) for data in sample])
    latin = {"marc21": "marc8", "unimarc": "iso5426"}.get(format_, "cp1251")
    label = _unimarc_label(sample) if format_ == "unimarc" else ""
    source = _source(path, format_, reading.read_iso2709, forced, sample, label=label, latin=latin)
    if format_ != "marc21":
        return source
    parse = partial(iso2709.parse, decoder=charsets.record_decoder(source.charset), wanted={b"852": "852"})
    return _placed(source, iso2709.chunks, parse, branches, holdings.is_binary)


def _irbis_text(path: Path, forced: str) -> SourceFile:
    sample = _sample(path, irbis_text.chunks)
    return _source(path, "irbis_text", reading.read_irbis_text, forced, sample)


def _marcxml(path: Path, head: bytes, forced: str, branches: Sequence[Branch]) -> SourceFile:
    if b"<!ENTITY" in head:
        raise InputError(
            f"{path}: is XML that declares entities, which is never needed here; remove them from its head"
        )
    sample = _sample(path, marcxml.chunks)
    if not sample:
        root = _ROOT.search(head)
        raise InputError(
            f"{path}: is XML, but no MARCXML (its root is {root[1].decode() if root else 'unknown'}); {_EXPORT_OF}"
        )
    declared = _DECLARED.search(head)
    label = declared[1].decode().lower().replace("windows-1251", "cp1251") if declared else ""
    bytewise = charsets.record_decoder("latin-1")
    found: list[list[str]] = []
    for data in sample:
        with suppress(BadRecord):
            found.append(marcxml.parse(data, bytewise, None).tags())
    if _marc_format(found) == "unimarc":
        return _source(path, "marcxml", reading.read_unimarcxml, forced, sample, label=label)
    source = _source(path, "marcxml", reading.read_marcxml, forced, sample, label=label)
    parse = partial(marcxml.parse, decoder=charsets.record_decoder(source.charset), wanted=frozenset({"852"}))
    return _placed(source, marcxml.chunks, parse, branches, holdings.is_xml)


def _placed(
    source: SourceFile,
    chunks: reading.Chunks,
    parse: reading.Parse,
    branches: Sequence[Branch],
    is_holdings: Callable[[bytes], bool],
) -> SourceFile:
    """The file, with the subfield of 852 that names its branches, and whether records of holdings stand in it.

    More records are asked than for the charset. Holdings stand behind their books or in a part of their own: they are
    among the first records or among the last, which nobody can look at in a packed file.
    """
    places: list[Field] = []
    sample = _sample(source.path, chunks, PLACE_RECORDS)
    for data in sample:
        if b"852" in data:
            with suppress(BadRecord):
                places += parse(data).fields("852")
    placing = marc21_items.placing(places, names(branches))
    return replace(
        source,
        branch_in=placing.subfield,
        branches_otherwise=placing.otherwise,
        holdings_apart=is_gzip(source.path)
        or any(map(is_holdings, sample))
        or any(map(is_holdings, _last(source.path, chunks))),
    )


def _last(path: Path, chunks: reading.Chunks) -> Iterator[bytes]:
    """The last records of a file, without the one that the look begins in the middle of."""
    with Stream(path, last=LIMIT) as stream:
        for chunk in islice(chunks(stream), 1, None):
            yield chunk.data


def _sample(path: Path, chunks: reading.Chunks, count: int = SAMPLE_RECORDS) -> list[bytes]:
    with Stream(path) as stream:
        return [chunk.data for chunk in islice(chunks(stream), count)]


def _source(
    path: Path,
    format_: Format,
    reader: Reader,
    forced: str,
    sample: list[bytes],
    *,
    label: str = "",
    latin: str = "cp1251",
) -> SourceFile:
    found = Guess(forced, "named by the operator") if forced else charsets.guess(sample, label=label, latin=latin)
    return SourceFile(
        path=path,
        format=format_,
        charset=found.charset,
        size=unpacked_size(path),
        evidence=found.evidence,
        reader=reader,
    )


def _marc_format(records: Iterable[list[str]]) -> Format:
    """Which MARC the records are in, by the tags that occur: each record has a vote."""
    votes: Counter[Format] = Counter()
    for tags in records:
        present = set(tags)
        if "200" in present and present & {"920", "910", "903"} and not present & {"001", "801"}:
            votes["irbis_iso"] += 1
        elif "245" in present and not ("200" in present and "801" in present):
            votes["marc21"] += 1
        elif present & {"200", "210", "700", "801"} and "245" not in present:
            votes["unimarc"] += 1
    return max(votes, key=lambda name: votes[name]) if votes else "marc21"


def _unimarc_label(sample: list[bytes]) -> str:
    """What most records of a UNIMARC file say of their charset in 100 $a/26-29."""
    said: Counter[str] = Counter()
    bytewise = charsets.record_decoder("latin-1")
    for data in sample:
        try:
            fields = iso2709.parse(data, bytewise, {b"100": "100"})
        except BadRecord:
            continue
        for text in fields.all("100", "a"):
            codes = text[26:30]
            said.update(label for code in (codes[:2], codes[2:]) if (label := charsets.UNIMARC_LABELS.get(code, "")))
    return said.most_common(1)[0][0] if said else ""
