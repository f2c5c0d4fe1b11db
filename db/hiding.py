"""A list of titles that readers may not be shown: found in the catalogue, hidden together, taken back together.

Every book that a list hides is a decision like a librarian's own (``db.shelving``), with the list's name in it: an
import keeps to it, and a single book can be taken back where it is told.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import field
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import InputError
from bot.language.folding import fold, words
from bot.library.lists import HidingSummary, Listed, OnRejected, TitleData, ToHide
from bot.quick import dataclass
from bot.shelving import DecisionKind
from db import shelving
from db.catalogue_sql import NUMBERED
from db.connect import Database, store_errors
from db.list_common import batches
from db.models import ItemRow, RecordRow
from db.models_shelving import CatalogueDecisionRow

AT_ONCE = 2_000
"""Records that are compared between two breaths of the event loop."""
NAMED = 3
"""Books that a refusal names where several may be meant."""
_LONG = 4
"""Letters of a word by which two titles may be the same book's."""


@dataclass(slots=True)
class Candidates:
    """What of the catalogue a list may mean.

    Attributes:
        titles: By the folded title without what follows a colon or a slash.
        works: All editions of works that such a title led to.
        copies: By inventory number, each with its record's row.
        left: Copies of each record that are shown still, of records that a number led to.
    """

    isbns: defaultdict[str, list[Row[Any]]] = field(default_factory=lambda: defaultdict(list))
    titles: defaultdict[str, list[Row[Any]]] = field(default_factory=lambda: defaultdict(list))
    works: defaultdict[int, list[Row[Any]]] = field(default_factory=lambda: defaultdict(list))
    copies: defaultdict[str, list[Row[Any]]] = field(default_factory=lambda: defaultdict(list))
    left: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))


@dataclass(slots=True)
class Meant:
    """What one row of a list means: editions and copies of one work."""

    records: dict[int, Row[Any]] = field(default_factory=dict)
    items: dict[int, Row[Any]] = field(default_factory=dict)


class SqlTitleHider:
    """Fills the port ``TitleHider``."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    async def hide(
        self, rows: Iterable[Listed[TitleData]], rejected: OnRejected, *, source: str, login: str, dry_run: bool
    ) -> HidingSummary:
        listed = await asyncio.to_thread(list, rows)
        summary = HidingSummary(read=len(listed))
        hiding: dict[int, Meant] = {}
        with store_errors():
            async with self._database.engine.connect() as connection:
                candidates = await _candidates(connection, [one.row for one in listed])
        for one in listed:
            try:
                meant = _meant(one.row, candidates)
            except InputError as error:
                rejected(one.ordinal, one.offset, str(error))
                continue
            summary.found.append(_told(one.ordinal, meant))
            first = next(iter((*meant.records.values(), *meant.items.values())))
            together = hiding.setdefault(first.work_id, Meant())
            together.records |= meant.records
            together.items |= meant.items
        _add_emptied(hiding, candidates)
        if not dry_run:
            await self._write(hiding, source, login)
        return summary

    async def show_again(self, source: str, *, login: str) -> int:
        row = CatalogueDecisionRow
        of_list = (row.kind == DecisionKind.HIDE.value, row.undone_at.is_(None), row.details["list"].as_string())
        async with self._database.writing() as connection:
            ids = await connection.scalars(select(row.id).where(*of_list[:2], of_list[2] == source).order_by(row.id))
            decisions = list(ids)
            for decision in decisions:
                await shelving.take_back(connection, self._clock.now(), decision, login)
        return len(decisions)

    async def lists(self) -> Mapping[str, int]:
        row = CatalogueDecisionRow
        named = row.details["list"].as_string()
        standing = (row.kind == DecisionKind.HIDE.value, row.undone_at.is_(None), named.is_not(None))
        found: defaultdict[str, int] = defaultdict(int)
        with store_errors():
            async with self._database.engine.connect() as connection:
                for source in await connection.scalars(select(named).where(*standing).order_by(row.id)):
                    found[source] += 1
        return found

    async def _write(self, hiding: Mapping[int, Meant], source: str, login: str) -> None:
        """All of it in one transaction; what somebody hid meanwhile is hidden."""
        async with self._database.writing() as connection:
            for work_id, meant in hiding.items():
                what = (work_id, list(meant.records), list(meant.items))
                with suppress(InputError):
                    await shelving.suppress(
                        connection, self._clock.now(), DecisionKind.HIDE, *what, login, source, of_list=source
                    )


# --- looking -------------------------------------------------------------------------------------


async def _candidates(connection: AsyncConnection, rows: Sequence[TitleData]) -> Candidates:
    found = Candidates()
    isbns = {isbn for row in rows for isbn in row.isbns}
    titles = {_key(row.title) for row in rows} - {""}
    columns = (RecordRow.id, RecordRow.work_id, RecordRow.title, RecordRow.author, RecordRow.isbns)
    if isbns or titles:
        every = await connection.stream(select(*columns, RecordRow.suppressed).order_by(RecordRow.id))
        async for some in every.partitions(AT_ONCE):
            await asyncio.to_thread(_compare, some, isbns, titles, found)
        named = sorted({row.work_id for rows_of in found.titles.values() for row in rows_of})
        for part in batches(iter(named)):
            of_works = select(*columns, RecordRow.suppressed).where(RecordRow.work_id.in_(part)).order_by(RecordRow.id)
            editions: Sequence[Any] = (await connection.execute(of_works)).all()
            for row in editions:
                found.works[row.work_id].append(row)
    numbers = sorted({number for row in rows for number in row.inventory_numbers})
    for part in batches(iter(numbers)):
        await _add_copies(connection, part, found)
    return found


def _compare(rows: Iterable[Any], isbns: Collection[str], titles: Collection[str], found: Candidates) -> None:
    for row in rows:
        if (key := _key(row.title)) in titles:
            found.titles[key].append(row)
        for isbn in row.isbns:
            if isbn in isbns:
                found.isbns[isbn].append(row)


async def _add_copies(connection: AsyncConnection, numbers: Sequence[str], found: Candidates) -> None:
    wanted = (
        select(
            ItemRow.id.label("item_id"),
            ItemRow.inventory_number,
            ItemRow.suppressed,
            RecordRow.id.label("record_id"),
            RecordRow.work_id,
            RecordRow.title,
            RecordRow.author,
        )
        .join(RecordRow, RecordRow.id == ItemRow.record_id)
        .where(ItemRow.inventory_number.in_(numbers), NUMBERED, ItemRow.missing_since.is_(None))
        .order_by(ItemRow.id)
    )
    copies: Sequence[Any] = (await connection.execute(wanted)).all()
    for copy in copies:
        found.copies[copy.inventory_number].append(copy)
    shown = select(ItemRow.record_id, ItemRow.id).where(
        ItemRow.record_id.in_({copy.record_id for copy in copies}),
        ItemRow.missing_since.is_(None),
        ItemRow.suppressed.is_(False),
    )
    for row in await connection.execute(shown):
        found.left[row.record_id].add(row.id)


# --- choosing ------------------------------------------------------------------------------------


def _meant(row: TitleData, candidates: Candidates) -> Meant:
    """The edition by ISBN, else the whole work by title, else copies by inventory number. Raises InputError."""
    by_isbn = [each for isbn in row.isbns for each in candidates.isbns.get(isbn, ())]
    copies = _copies(row, candidates)
    editions = _like(row, by_isbn, "this ISBN") or _titled(row, candidates)
    if copies and len({each.work_id for each in editions}) > 1:  # the number tells which of them
        works = {copy.work_id for copy in copies}
        editions = [each for each in editions if each.work_id in works]
    if editions:
        _one_book(editions)
        return Meant(records={each.id: each for each in editions})
    if copies:
        _one_book(copies)
        return Meant(items={copy.item_id: copy for copy in _like(row, copies, "this inventory number")})
    raise InputError("not found in the catalogue")


def _titled(row: TitleData, candidates: Candidates) -> list[Row[Any]]:
    """All editions of the works of this title by this author. Raises InputError where others alone wrote such."""
    found = candidates.titles.get(_key(row.title), []) if row.title else []
    by_author = [each for each in found if not row.author or _surname(row.author) in words(each.author)]
    if found and not by_author:
        raise InputError(f"of another author in the catalogue: {_names(found)}")
    return [each for work_id in dict.fromkeys(each.work_id for each in by_author) for each in candidates.works[work_id]]


def _copies(row: TitleData, candidates: Candidates) -> list[Row[Any]]:
    found: list[Row[Any]] = []
    for number in row.inventory_numbers:
        copies = candidates.copies.get(number, [])
        if len(copies) > 1 and not (row.title or row.isbns):
            raise InputError(f"found more than once, by the inventory number {number}: {_names(copies)}")
        found += copies
    return found


def _like(row: TitleData, found: list[Row[Any]], by: str) -> list[Row[Any]]:
    """Those found, whose titles say nothing else than the row. Raises InputError."""
    told = set(words(row.title))
    like = [each for each in found if not told or told & {word for word in words(each.title) if len(word) >= _LONG}]
    like = like or [each for each in found if _key(each.title) == _key(row.title)]
    if found and not like:
        raise InputError(f"{by} is another book's: {_names(found)}")
    return like


def _one_book(found: Sequence[Row[Any]]) -> None:
    if len({each.work_id for each in found}) > 1:
        raise InputError(f"found more than once: {_names(found)}")


def _add_emptied(hiding: Mapping[int, Meant], candidates: Candidates) -> None:
    """An edition of which a list hides the last copies is hidden with them."""
    for meant in hiding.values():
        for copy in meant.items.values():
            if candidates.left[copy.record_id] <= meant.items.keys():
                meant.records.setdefault(copy.record_id, copy)


def _told(ordinal: int, meant: Meant) -> ToHide:
    every = (*meant.records.values(), *meant.items.values())
    return ToHide(
        ordinal=ordinal,
        title=every[0].title,
        author=every[0].author,
        editions=len(meant.records),
        copies=len(meant.items),
        hidden=all(each.suppressed for each in every),
    )


def _names(found: Iterable[Row[Any]]) -> str:
    return "; ".join(list(_named(found))[:NAMED])


def _named(found: Iterable[Row[Any]]) -> Iterator[str]:
    for title, author in dict.fromkeys((each.title, each.author) for each in found):
        yield f"«{title[:80]}»" + (f" ({author[:60]})" if author else "")


def _key(title: str) -> str:
    """A title as two are compared: without a subtitle and what is responsible for it, folded."""
    return fold(title.partition(" / ")[0].partition(" : ")[0])


def _surname(author: str) -> str:
    """The first word of a person's name that is no initial: surnames stand first, or alone beside initials."""
    return next((word for word in words(author) if len(word) > 1), "")
