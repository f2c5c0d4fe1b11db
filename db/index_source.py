"""The store as the search index follows it: works in the order of their last change."""

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from bot.bibliography import IndexEntry
from bot.library.model import Kind
from db.connect import Database
from db.reading import Reader, reader_of

Value = TypeVar("Value")

_SHELF_MARK = re.compile(r"\s*(?P<class>\d{1,3})(?!\d)(?:[.\d]|\([^)]*\)|-\d)*")
_UDC_FIGURES = 3
"""Before its first point a class of the UDC has three figures, one of the BBK one or two."""
MOST_AUTHORS = 4
"""Co-authors of an edition by whom the work may be found."""

VERSION = "SELECT CAST(version AS text) FROM catalogue_state"
IDENTITY = "SELECT identity FROM catalogue_state"
ENTRIES = """
WITH page AS (SELECT id, version, title, author, kind, copies FROM works
  WHERE (version, id) > ({one}, {two}) ORDER BY version, id LIMIT {three})
SELECT coalesce({rows}({array}(p.version, p.id, p.title, p.author, p.kind, p.copies,
  {json}(coalesce((SELECT {rows}({array}(
      r.id, r.title, r.author, {json}(r.isbns), r.age_mark, r.grade, r.year, {details}))
    FROM records r WHERE r.work_id = p.id AND r.missing_since IS NULL AND NOT r.suppressed), '[]')))), '[]')
FROM page p"""
DETAILS = (
    "authors", "series", "part_number", "part_name", "subjects", "genres", "keywords", "annotation", "audience", "udc",
    "bbk", "call_number", "original_title", "languages",
)  # fmt: skip


class _Details(msgspec.Struct, array_like=True):
    authors: tuple[str, ...] | None
    series: tuple[tuple[str, str], ...] | None
    part_number: str | None
    part_name: str | None
    subjects: tuple[str, ...] | None
    genres: tuple[str, ...] | None
    keywords: tuple[str, ...] | None
    annotation: str | None
    audience: str | None
    udc: str | None
    bbk: str | None
    call_number: str | None
    original_title: str | None
    languages: tuple[str, ...] | None


class _Record(msgspec.Struct, array_like=True):
    id: int
    title: str
    author: str
    isbns: tuple[str, ...]
    age_mark: int | None
    grade: str
    year: int | None
    details: _Details


class _Work(msgspec.Struct, array_like=True):
    version: int
    id: int
    title: str
    author: str
    kind: Kind
    copies: int
    records: list[_Record]


_decode = msgspec.json.Decoder(list[_Work]).decode


class SqlIndexSource:
    """Fills the port ``IndexSource``."""

    def __init__(self, database: Database) -> None:
        self._reader: Reader = reader_of(database, "index")
        self._entries = ENTRIES.format_map(
            {**self._reader.words, "details": self._reader.fields("r.details", *DETAILS)}
        )

    async def version(self) -> int:
        return await self._reader.ask(VERSION, (), int)

    async def identity(self) -> str:
        return await self._reader.ask(IDENTITY, (), str)

    async def entries(self, after: tuple[int, int], limit: int) -> list[IndexEntry]:
        return await self._reader.ask(self._entries, (*after, limit), _read)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._reader.aclose()


def _read(answer: str) -> list[IndexEntry]:
    works = _decode(answer)
    works.sort(key=lambda work: (work.version, work.id))
    return [_entry(work) for work in works]


def _entry(work: _Work) -> IndexEntry:
    records = sorted(work.records, key=lambda record: record.id)
    classes = [_classes(record.details) for record in records]
    return IndexEntry(
        work_id=work.id,
        version=work.version,
        gone=not records,
        variants=_variants(work, records),
        kind=work.kind,
        isbns=_distinct(record.isbns for record in records),
        series=_distinct(record.details.series for record in records),
        originals=_distinct((record.details.original_title,) for record in records if record.details.original_title),
        part=next((part for record in records if (part := _part(record.details))), ""),
        grade=next((record.grade for record in records if record.grade), ""),
        age_mark=max((record.age_mark for record in records if record.age_mark is not None), default=None),
        subjects=_distinct(record.details.subjects for record in records),
        genres=_distinct(record.details.genres for record in records),
        copies=work.copies,
        keywords=_distinct(record.details.keywords for record in records),
        annotation=next((told for record in records if (told := record.details.annotation)), ""),
        audience=" ".join(_distinct((record.details.audience or "",) for record in records)).strip(),
        udc=_distinct(udc for udc, _ in classes),
        bbk=_distinct(bbk for _, bbk in classes),
        year=max((record.year for record in records if record.year), default=None),
        languages=_distinct(record.details.languages for record in records),
    )


def _classes(details: _Details) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """UDC and BBK of a record; where it has neither, the class that its shelf mark begins with («84 Д98»)."""
    udc, bbk = details.udc or "", details.bbk or ""
    if not (udc or bbk) and (mark := _SHELF_MARK.match(details.call_number or "")):
        udc, bbk = (mark[0], "") if len(mark["class"]) == _UDC_FIGURES else ("", mark[0])
    return (udc,) if udc else (), (bbk,) if bbk else ()


def _variants(work: _Work, records: Sequence[_Record]) -> tuple[tuple[str, str], ...]:
    """Every title with every author under which the work may be asked for."""
    variants = {(work.title, work.author): None}
    for record in records:
        variants[record.title, record.author] = None
        for author in (record.details.authors or ())[:MOST_AUTHORS]:
            variants[record.title, author] = None
    return tuple(variants)


def _part(details: _Details) -> str:
    return details.part_number or details.part_name or ""


def _distinct(groups: Iterable[tuple[Value, ...] | None]) -> tuple[Value, ...]:
    return tuple({value: None for group in groups if group for value in group})
