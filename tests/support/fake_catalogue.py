"""The catalogue in memory: what an import writes, what the index follows, what readers are told.

It keeps the same contract as the SQL (``tests/contract/test_catalogue_*.py``) in the plainest way:
every question walks through all records.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.bibliography import IndexEntry, Kept, Keyed
from bot.clock import Clock, local_day
from bot.errors import StoreUnavailable
from bot.language.folding import fold
from bot.library.model import HIDDEN_STATUSES, Branch, Edition, Holding, ItemStatus, Kind, WorkCard
from bot.library.records import ItemData
from tests.support.fake_library import CENTRAL


@dataclass(eq=False)
class _Record:
    """One edition as it is kept."""

    id: int
    source: str
    keyed: Keyed
    work_id: int
    run: int
    missing: bool = False
    hidden: bool = False

    @property
    def shown(self) -> bool:
        return not self.missing and not self.hidden

    @property
    def copies(self) -> list[ItemData]:
        return [item for item in self.keyed.record.items if item.status not in HIDDEN_STATUSES]


@dataclass(eq=False)
class _Work:
    id: int
    key: str
    version: int = 0


class FakeCatalogueStore:
    """Fills ``CatalogueWriter``, ``IndexSource`` and ``Cards`` at once.

    Attributes:
        branches: The configured branches; copies elsewhere stand under the file's own words.
        broken: Set it, and every call raises StoreUnavailable.
    """

    def __init__(self, clock: Clock, branches: Sequence[Branch] = ()) -> None:
        self.branches = sorted(branches, key=lambda branch: not branch.main)
        self.broken = False
        self._clock = clock
        self._records: list[_Record] = []
        self._works: dict[str, _Work] = {}
        self._runs: list[tuple[datetime, int]] = []
        self._version = 0

    # --- CatalogueWriter -------------------------------------------------------------------------

    async def begin(self, source: str, files: Sequence[str]) -> int:
        self._reach()
        del files
        self._runs.append((self._clock.now(), len(self._of(source))))
        return len(self._runs)

    async def keep(self, run: int, source: str, batch: Sequence[Keyed]) -> Kept:
        self._reach()
        kept: defaultdict[str, int] = defaultdict(int)
        touched: set[int] = set()
        for keyed, record in self._found(run, source, batch):
            if record is None:
                work = self._work(keyed.work_key)
                new = _Record(id=len(self._records) + 1, source=source, keyed=keyed, work_id=work.id, run=run)
                self._records.append(new)
                touched.add(work.id)
                kept["added"] += 1
            elif _says(record.keyed) == _says(keyed) and not record.missing:
                record.run = run
                kept["unchanged"] += 1
            else:
                touched |= {record.work_id, self._work(keyed.work_key).id}
                record.keyed, record.run, record.missing = keyed, run, False
                record.work_id = self._work(keyed.work_key).id
                kept["updated"] += 1
        self._touch(touched)
        return Kept(**kept)

    async def preview(self, source: str, batch: Sequence[Keyed]) -> Kept:
        self._reach()
        found = self._found(0, source, batch)
        new = sum(record is None for _, record in found)
        same = sum(bool(r and not r.missing and _says(r.keyed) == _says(keyed)) for keyed, r in found)
        return Kept(added=new, updated=len(found) - new - same, unchanged=same)

    async def disappeared(self, run: int, source: str) -> tuple[int, int]:
        self._reach()
        there = self._of(source)
        return sum(record.run < run for record in there), self._runs[run - 1][1] if run else len(there)

    async def finish(self, run: int, source: str, counts: Mapping[str, int], *, mark_missing: bool) -> None:
        self._reach()
        del counts
        if mark_missing:
            lost = [record for record in self._of(source) if record.run < run]
            for record in lost:
                record.missing = True
            self._touch({record.work_id for record in lost})

    def hide(self, source_id: str) -> None:
        """A librarian hides a record from readers."""
        for record in self._records:
            if record.keyed.record.source_id == source_id:
                record.hidden = True
                self._touch({record.work_id})

    # --- IndexSource -----------------------------------------------------------------------------

    async def version(self) -> int:
        self._reach()
        return self._version

    async def identity(self) -> str:
        return f"fake-{id(self)}"

    async def entries(self, after: tuple[int, int], limit: int) -> list[IndexEntry]:
        self._reach()
        works = sorted(self._works.values(), key=lambda work: (work.version, work.id))
        later = [work for work in works if (work.version, work.id) > after]
        return [self._entry(work) for work in later[:limit]]

    # --- Cards -----------------------------------------------------------------------------------

    async def cards(self, work_ids: Sequence[int]) -> dict[int, WorkCard]:
        self._reach()
        return {number: self._card(number) for number in work_ids if self._shown(number)}

    # --- inside ----------------------------------------------------------------------------------

    def _reach(self) -> None:
        if self.broken:
            raise StoreUnavailable("the database does not answer")

    def _of(self, source: str) -> list[_Record]:
        return [record for record in self._records if record.source == source and not record.missing]

    def _work(self, key: str) -> _Work:
        return self._works.setdefault(key, _Work(len(self._works) + 1, key))

    def _touch(self, works: Iterable[int]) -> None:
        touched = set(works)
        if touched:
            self._version += 1
        for work in self._works.values():
            if work.id in touched:
                work.version = self._version

    def _found(self, run: int, source: str, batch: Sequence[Keyed]) -> list[tuple[Keyed, _Record | None]]:
        """Each record with the one that it is, None where it is new. Two new ones of a batch stay two."""
        free = [record for record in self._records if record.source == source and (not run or record.run < run)]
        found: dict[int, _Record] = {}
        for is_same in (_same_id, _same_copy, _same_description):
            for place, keyed in enumerate(batch):
                if place in found:
                    continue
                fitting = [record for record in free if is_same(keyed, record.keyed)]
                fitting.sort(key=lambda record, keyed=keyed: _says(record.keyed) != _says(keyed))  # type: ignore[misc]
                if fitting:
                    found[place] = fitting[0]
                    free.remove(fitting[0])
        return [(keyed, found.get(place)) for place, keyed in enumerate(batch)]

    def _shown(self, work_id: int) -> list[_Record]:
        """The work's editions that readers may see, newest first."""
        shown = [record for record in self._records if record.work_id == work_id and record.shown]
        return sorted(shown, key=lambda record: (-(record.keyed.record.year or 0), record.id))

    def _entry(self, work: _Work) -> IndexEntry:
        shown = self._shown(work.id)
        records = [record.keyed.record for record in sorted(shown, key=lambda record: record.id)]
        marks = [record.age_mark for record in records if record.age_mark is not None]
        variants = [(shown[0].keyed.title, shown[0].keyed.author)] if shown else []
        for kept in sorted(shown, key=lambda record: record.id):
            authors = (kept.keyed.author, *kept.keyed.record.authors[:4])
            variants += [(kept.keyed.title, author) for author in authors]
        return IndexEntry(
            work_id=work.id,
            version=work.version,
            gone=not shown,
            variants=tuple(dict.fromkeys(variants)),
            kind=records[0].kind if records else Kind.BOOK,
            isbns=tuple(dict.fromkeys(isbn for record in records for isbn in record.isbns)),
            series=tuple(dict.fromkeys(name for record in records for name in record.series)),
            part=next((record.part_number or record.part_name for record in records), ""),
            grade=next((record.grade for record in records if record.grade), ""),
            age_mark=max(marks, default=None),
            subjects=tuple(dict.fromkeys(name for record in records for name in record.subjects)),
            genres=tuple(dict.fromkeys(name for record in records for name in record.genres)),
            copies=sum(item.copies for kept in shown for item in kept.copies),
            languages=tuple(dict.fromkeys(code for record in records for code in record.languages)),
        )

    def _card(self, work_id: int) -> WorkCard:
        shown = self._shown(work_id)
        records = [kept.keyed.record for kept in shown]
        marks = [record.age_mark for record in records if record.age_mark is not None]
        holdings = self._holdings(shown)
        series = next((record.series[0] for record in records if record.series), ("", ""))
        return WorkCard(
            work_id=work_id,
            title=shown[0].keyed.title,
            author=shown[0].keyed.author,
            kind=records[0].kind,
            available=sum(holding.available for holding in holdings),
            total=sum(holding.total for holding in holdings),
            items_unknown=all(record.items_unknown for record in records),
            holdings=holdings,
            editions=tuple(_edition(kept) for kept in shown),
            age_mark=max(marks, default=None),
            annotation=next((record.annotation for record in records if record.annotation), ""),
            series=", ".join(part for part in series if part),
        )

    def _holdings(self, shown: Sequence[_Record]) -> tuple[Holding, ...]:
        at: defaultdict[tuple[int, str, str], list[tuple[ItemData, _Record]]] = defaultdict(list)
        for kept in shown:
            for item in kept.copies:
                at[self._place(item.branch)].append((item, kept))
        return tuple(self._holding(place, at[place]) for place in sorted(at, key=_in_order))

    def _place(self, name: str) -> tuple[int, str, str]:
        """Position, name and code of the branch that a file means."""
        for position, branch in enumerate(self.branches):
            if fold(name) in map(fold, (branch.code, branch.name, *branch.aliases)) and fold(name):
                return position, branch.name, branch.code
        return (1000, name, name) if fold(name) else (2000, "", "")

    def _holding(self, place: tuple[int, str, str], copies: list[tuple[ItemData, _Record]]) -> Holding:
        today = local_day(self._clock.now(), CENTRAL.zone)
        due = [item.due_on for item, _ in copies if item.due_on and (item.status == ItemStatus.ON_LOAN or item.issued)]
        marks = [item.call_number or kept.keyed.record.call_number or item.location for item, kept in copies]
        return Holding(
            branch_code=place[2],
            branch_name=place[1],
            available=sum(_inside(item) for item, _ in copies),
            total=sum(item.copies for item, _ in copies),
            reading_room=sum(item.copies for item, _ in copies if not item.lendable),
            shelf_marks=tuple(dict.fromkeys(mark for mark in marks if mark))[:3],
            next_due=min(due, key=lambda day: (day < today, day), default=None),
            as_of=max(self._runs[kept.run - 1][0].astimezone(UTC) for _, kept in copies),
        )


def _in_order(place: tuple[int, str, str]) -> tuple[int, list[str], str]:
    """филиал 2 before филиал 14."""
    return place[0], [part.zfill(9) if part.isdigit() else part for part in re.split(r"(\d+)", place[1])], place[2]


def _edition(kept: _Record) -> Edition:
    record = kept.keyed.record
    return Edition(
        record_id=kept.id,
        title=kept.keyed.title,
        author=kept.keyed.author,
        year=record.year,
        publisher=record.publisher,
        isbns=record.isbns,
        kind=record.kind,
        available=sum(_inside(item) for item in kept.copies),
        total=sum(item.copies for item in kept.copies),
        items_unknown=record.items_unknown,
        url=record.url,
    )


def _inside(item: ItemData) -> int:
    return item.copies - item.issued if item.status == ItemStatus.AVAILABLE and item.lendable else 0


def _says(keyed: Keyed) -> tuple[object, ...]:
    return keyed.record, keyed.work_key, keyed.fingerprint, keyed.title, keyed.author


def _same_id(one: Keyed, other: Keyed) -> bool:
    return bool(one.record.source_id) and one.record.source_id == other.record.source_id


def _same_copy(one: Keyed, other: Keyed) -> bool:
    numbers = {(item.branch, item.inventory_number) for item in one.record.items if item.inventory_number}
    common = any((item.branch, item.inventory_number) in numbers for item in other.record.items)
    return common and (one.fingerprint == other.fingerprint or not (one.record.source_id and other.record.source_id))


def _same_description(one: Keyed, other: Keyed) -> bool:
    return one.fingerprint == other.fingerprint and not (one.record.source_id and other.record.source_id)
