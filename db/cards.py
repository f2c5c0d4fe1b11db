"""Works as readers are told of them: one statement for all who ask at the same time."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import cast

import msgspec

from bot.clock import Clock
from bot.library.model import HIDDEN_STATUSES, Edition, Holding, Kind, WorkCard
from db.branch_book import in_order
from db.connect import Database
from db.group_commit import GroupCommit
from db.reading import Reader, reader_of

MOST_SHELF_MARKS = 3
REMEMBERED = 2_048
"""Cards, by all that the store says of them: it is asked each time, but what it said before need not be read anew."""
ASKED_TOGETHER, PASSES = 64, 16
"""Questions of one query, and for how many passes of the event loop it waits for more where more keep coming: under
load a query of twenty questions costs half as much a question as one of five."""

CARDS = """
SELECT coalesce({rows}({array}(
  w.id, w.title, w.author, w.kind, r.id, r.title, r.author, r.kind, r.year, r.publisher, {json}(r.isbns), r.age_mark,
  CAST(r.items_unknown AS integer), CAST(run.started_at AS text), {details},
  {json}(coalesce((SELECT {rows}({array}(
      coalesce(b.position, {last}), coalesce(b.name, ''), coalesce(b.code, ''),
      CASE WHEN i.status = 'available' AND i.lendable THEN i.copies ELSE 0 END, i.copies,
      CASE WHEN i.lendable THEN 0 ELSE i.copies END, i.issued,
      CASE WHEN i.status = 'on_loan' OR i.issued > 0 THEN CAST(i.due_on AS text) END, i.call_number, i.location,
      {json}(coalesce((SELECT {rows}(CAST(l.due_on AS text)) FROM loans l
        WHERE l.item_id = i.id AND l.returned_at IS NULL), '[]')),
      (SELECT count(*) FROM holds h WHERE h.assigned_item_id = i.id AND h.ended_at IS NULL)))
    FROM items i LEFT JOIN branches b ON b.id = i.branch_id
    WHERE i.record_id = r.id AND i.missing_since IS NULL AND NOT i.suppressed
      AND i.status NOT IN ({hidden})), '[]')))), '[]')
FROM works w JOIN records r ON r.work_id = w.id JOIN import_runs run ON run.id = r.seen_in_run
WHERE w.id IN {ids} AND r.missing_since IS NULL AND NOT r.suppressed"""
DETAILS = ("annotation", "url", "series", "call_number")
LAST = 1 << 30
"""Position of copies whose branch nobody named: after all branches."""

Item = tuple[int, str, str, int, int, int, int, str | None, str, str, list[str], int]
"""Position, name and code of the branch; copies on the shelf by the file's status, copies in all, copies for the
reading room; how many the file has issued; when that loan ends; call number; location; when the loans that we know
of end; copies that are kept for somebody. A tuple: there are more of these than of all else."""


class _Details(msgspec.Struct, array_like=True):
    annotation: str | None
    url: str | None
    series: tuple[tuple[str, str], ...] | None
    call_number: str | None


class _Record(msgspec.Struct, array_like=True):
    work_id: int
    work_title: str
    work_author: str
    work_kind: Kind
    id: int
    title: str
    author: str
    kind: Kind
    year: int | None
    publisher: str
    isbns: tuple[str, ...]
    age_mark: int | None
    items_unknown: int
    as_of: str
    details: _Details
    items: list[Item]


_pieces = msgspec.json.Decoder(list[msgspec.Raw]).decode
_record = msgspec.json.Decoder(_Record).decode


class SqlCards:
    """Fills the port ``Cards``: whoever asks while a query runs shares the next one.

    Args:
        database: The store.
        clock: Where moments come from.
        zone: The library's: a due day is over when it is over there.
    """

    def __init__(self, database: Database, clock: Clock, zone: tzinfo) -> None:
        self._clock, self._zone = clock, zone
        self._reader: Reader = reader_of(database, "cards")
        words = {
            **self._reader.words,
            "details": self._reader.fields("r.details", *DETAILS),
            "hidden": ", ".join(f"'{status}'" for status in sorted(HIDDEN_STATUSES)),
            "last": LAST,
        }
        self._statement = CARDS.format_map(words)
        self._made: dict[bytes, WorkCard] = {}
        self._made_on = ""
        self._questions: GroupCommit[Sequence[int]] = GroupCommit(self._answer, batch=ASKED_TOGETHER, passes=PASSES)

    async def cards(self, work_ids: Sequence[int]) -> dict[int, WorkCard]:
        if not work_ids:
            return {}
        return cast("dict[int, WorkCard]", await self._questions.put(work_ids))

    async def aclose(self) -> None:
        """Answer who waits, then close."""
        await self._questions.aclose()
        await self._reader.aclose()

    async def _answer(self, questions: Sequence[Sequence[int]]) -> Sequence[object]:
        wanted = sorted({number for question in questions for number in question})
        records = await self._reader.ask(self._statement, (self._reader.ids(wanted),), _pieces)
        of_work: defaultdict[int, list[bytes]] = defaultdict(list)
        for record in map(bytes, records):
            of_work[int(record[1 : record.index(b",")])].append(record)
        today = self._clock.now().astimezone(self._zone).date().isoformat()
        if today != self._made_on or len(self._made) >= REMEMBERED:
            self._made_on = today
            self._made.clear()
        cards = {number: self._card(records, today) for number, records in of_work.items()}
        return [{number: cards[number] for number in question if number in cards} for question in questions]

    def _card(self, records: list[bytes], today: str) -> WorkCard:
        """The card of these records: the very same one as long as they say the same."""
        told = b"".join(records)
        card = self._made.get(told)
        if card is None:
            card = self._made[told] = _card([_record(record) for record in records], today)
        return card


class _AtBranch:
    """The copies of a work at one branch, while they are counted."""

    __slots__ = ("as_of", "available", "due", "marks", "reading_room", "total")

    def __init__(self) -> None:
        self.available = self.total = self.reading_room = 0
        self.marks: list[str] = []
        self.due: list[str] = []
        self.as_of = ""


def _card(records: list[_Record], today: str) -> WorkCard:
    if len(records) > 1:
        records.sort(key=_newest_first)
    first = records[0]
    branches: dict[tuple[int, str, str], _AtBranch] = {}
    editions = tuple([_edition(record, branches) for record in records])
    holdings = tuple([_holding(place, branches[place], today) for place in sorted(branches, key=_place)])
    age_mark, annotation, series = None, "", ""
    for record in records:
        details = record.details
        annotation = annotation or details.annotation or ""
        series = series or (_series(details.series) if details.series else "")
        if record.age_mark is not None and (age_mark is None or record.age_mark > age_mark):
            age_mark = record.age_mark
    return WorkCard(
        work_id=first.work_id,
        title=first.work_title,
        author=first.work_author,
        kind=first.work_kind,
        available=sum([edition.available for edition in editions]),
        total=sum([edition.total for edition in editions]),
        items_unknown=all(edition.items_unknown for edition in editions),
        holdings=holdings,
        editions=editions,
        age_mark=age_mark,
        annotation=annotation,
        series=series,
    )


def _place(place: tuple[int, str, str]) -> tuple[int, tuple[str | int, ...], str]:
    """In the library's own order; branches that it has not told of come after, by name."""
    return place[0], in_order(place[1]), place[2]


def _newest_first(record: _Record) -> tuple[int, int]:
    return -(record.year or 0), record.id


def _series(series: tuple[tuple[str, str], ...]) -> str:
    name, volume = series[0]
    return f"{name}, {volume}" if volume else name


def _edition(record: _Record, branches: dict[tuple[int, str, str], _AtBranch]) -> Edition:
    """One edition; its copies are counted at their branches on the way."""
    available = total = 0
    for position, name, code, shelved, copies, reading_room, issued, due_on, *where, lent, kept in record.items:
        call_number, location = where
        # As for holds (``circulation_reading.copies``): the file counts loans that we know of as well.
        inside = max(shelved - max(issued, len(lent)) - kept, 0) if shelved else 0
        place = (position, name, code)
        at = branches.get(place)
        if at is None:
            at = branches[place] = _AtBranch()
        available += inside
        total += copies
        at.available += inside
        at.total += copies
        at.reading_room += reading_room
        mark = call_number or record.details.call_number or location
        if mark and len(at.marks) < MOST_SHELF_MARKS and mark not in at.marks:
            at.marks.append(mark)
        if lent:
            at.due += lent
        elif due_on is not None:
            at.due.append(due_on)
        at.as_of = max(at.as_of, record.as_of)
    return Edition(
        record_id=record.id,
        title=record.title,
        author=record.author,
        year=record.year,
        publisher=record.publisher,
        isbns=record.isbns,
        kind=record.kind,
        available=available,
        total=total,
        items_unknown=bool(record.items_unknown),
        url=record.details.url or "",
    )


def _holding(place: tuple[int, str, str], at: _AtBranch, today: str) -> Holding:
    return Holding(
        branch_code=place[2],
        branch_name=place[1],
        available=at.available,
        total=at.total,
        reading_room=at.reading_room,
        shelf_marks=tuple(at.marks),
        next_due=_next(at.due, today) if at.due else None,
        as_of=_moment(at.as_of),
    )


def _next(due: list[str], today: str) -> date:
    """The earliest day that is still ahead; a copy that is overdue may come any day, so it tells less."""
    return date.fromisoformat(min((day for day in due if day >= today), default=min(due)))


@lru_cache(maxsize=64)
def _moment(stored: str) -> datetime:
    moment = datetime.fromisoformat(stored)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
