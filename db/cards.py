"""Works as readers are told of them: one statement for all who ask at the same time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import cast

import msgspec

from bot.clock import Clock
from bot.library.model import HIDDEN_STATUSES, Edition, Holding, ItemStatus, Kind, WorkCard
from db.connect import Database
from db.group_commit import GroupCommit
from db.reading import Reader, reader_of

MOST_SHELF_MARKS = 3
WORKS_A_QUERY = 64

CARDS = """
SELECT coalesce({rows}({array}(
  w.id, w.title, w.author, w.kind, r.id, r.title, r.author, r.kind, r.year, r.publisher, {json}(r.isbns), r.age_mark,
  CAST(r.items_unknown AS integer), CAST(run.started_at AS text), {details},
  {json}(coalesce((SELECT {rows}({array}(
      b.code, b.name, b.position, i.status, i.copies, i.issued, CAST(i.lendable AS integer),
      CAST(i.due_on AS text), i.call_number, i.location))
    FROM items i LEFT JOIN branches b ON b.id = i.branch_id
    WHERE i.record_id = r.id AND i.missing_since IS NULL), '[]')))), '[]')
FROM works w JOIN records r ON r.work_id = w.id JOIN import_runs run ON run.id = r.seen_in_run
WHERE w.id IN {ids} AND r.missing_since IS NULL AND NOT r.suppressed"""
DETAILS = ("annotation", "url", "series", "call_number")


class _Item(msgspec.Struct, array_like=True):
    branch_code: str | None
    branch_name: str | None
    position: int | None
    status: str
    copies: int
    issued: int
    lendable: int
    due_on: date | None
    call_number: str
    location: str


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
    items: list[_Item]


_decode = msgspec.json.Decoder(list[_Record]).decode
_HIDDEN = frozenset(status.value for status in HIDDEN_STATUSES)
_FAR = 1 << 30


class SqlCards:
    """Fills the port ``Cards``: whoever asks while a query runs shares the next one."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._clock = clock
        self._reader: Reader = reader_of(database, "cards")
        self._statement = CARDS.format_map(
            {**self._reader.words, "details": self._reader.fields("r.details", *DETAILS)}
        )
        self._questions: GroupCommit[Sequence[int]] = GroupCommit(self._answer, batch=WORKS_A_QUERY)

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
        records = await self._reader.ask(self._statement, (self._reader.ids(wanted),), _decode)
        of_work: defaultdict[int, list[_Record]] = defaultdict(list)
        for record in records:
            of_work[record.work_id].append(record)
        today = self._clock.now().date()
        cards = {number: _card(editions, today) for number, editions in of_work.items()}
        return [{number: cards[number] for number in question if number in cards} for question in questions]


def _card(records: list[_Record], today: date) -> WorkCard:
    records.sort(key=_newest_first)
    holdings = _holdings(records, today)
    first = records[0]
    return WorkCard(
        work_id=first.work_id,
        title=first.work_title,
        author=first.work_author,
        kind=first.work_kind,
        available=sum(holding.available for holding in holdings),
        total=sum(holding.total for holding in holdings),
        items_unknown=all(record.items_unknown for record in records),
        holdings=holdings,
        editions=tuple(_edition(record) for record in records),
        age_mark=max((record.age_mark for record in records if record.age_mark is not None), default=None),
        annotation=next((record.details.annotation for record in records if record.details.annotation), ""),
        series=next((_series(record.details.series) for record in records if record.details.series), ""),
    )


def _newest_first(record: _Record) -> tuple[int, int]:
    return -(record.year or 0), record.id


def _series(series: tuple[tuple[str, str], ...]) -> str:
    name, volume = series[0]
    return f"{name}, {volume}" if volume else name


def _edition(record: _Record) -> Edition:
    available = total = 0
    for item in record.items:
        inside, held = _count(item)
        available, total = available + inside, total + held
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


def _count(item: _Item) -> tuple[int, int]:
    """How many of the copies a reader can take home now, and how many there are."""
    if item.status in _HIDDEN:
        return 0, 0
    inside = item.copies - item.issued if item.status == ItemStatus.AVAILABLE and item.lendable else 0
    return inside, item.copies


def _holdings(records: Iterable[_Record], today: date) -> tuple[Holding, ...]:
    """Copies by branch: in the library's own order, branches that it has not told of after, "" last."""
    at_branch: defaultdict[tuple[int, str, str], list[tuple[_Item, _Record]]] = defaultdict(list)
    for record in records:
        for item in record.items:
            if item.status not in _HIDDEN:
                position = _FAR if item.position is None else item.position
                at_branch[position, item.branch_name or "", item.branch_code or ""].append((item, record))
    return tuple(
        _holding(code, name, at_branch[position, name, code], today) for position, name, code in sorted(at_branch)
    )


def _holding(code: str, name: str, copies: list[tuple[_Item, _Record]], today: date) -> Holding:
    available = total = reading_room = 0
    marks: dict[str, None] = {}
    due: list[date] = []
    for item, record in copies:
        inside, held = _count(item)
        available, total = available + inside, total + held
        if not item.lendable:
            reading_room += held
        if mark := item.call_number or record.details.call_number or item.location:
            marks[mark] = None
        if item.due_on is not None and (item.status == ItemStatus.ON_LOAN or item.issued):
            due.append(item.due_on)
    return Holding(
        branch_code=code,
        branch_name=name,
        available=available,
        total=total,
        reading_room=reading_room,
        shelf_marks=tuple(marks)[:MOST_SHELF_MARKS],
        next_due=_next(due, today),
        as_of=max(_moment(record.as_of) for _, record in copies),
    )


def _next(due: list[date], today: date) -> date | None:
    """The earliest day that is still ahead; a copy that is overdue may come any day, so it tells less."""
    return min((day for day in due if day >= today), default=min(due, default=None))


@lru_cache(maxsize=64)
def _moment(stored: str) -> datetime:
    moment = datetime.fromisoformat(stored)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
