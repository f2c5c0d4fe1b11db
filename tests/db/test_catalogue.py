"""The catalogue in SQL, where the contract cannot look: rows, statements, several writers at once."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

import db.cards
from bot.bibliography import Kept
from bot.errors import StoreUnavailable
from db import catalogue_sql
from db.cards import SqlCards
from db.catalogue import SqlCatalogueWriter
from db.connect import Database, connect
from db.index_source import SqlIndexSource
from db.migrate import upgrade
from db.models import ImportRunRow, ItemRow, RecordRow, WorkRow
from tests.support.books import book, copy, lent
from tests.support.catalogues import CatalogueStore, opened_catalogue
from tests.support.clock import StandingClock
from tests.support.databases import Databases
from tests.support.fake_library import CENTRAL
from tests.support.patience import SOON_S


@pytest.fixture
async def store(databases: Databases, dialect: str, clock: StandingClock) -> AsyncIterator[CatalogueStore]:
    """A catalogue on each database in turn."""
    async with opened_catalogue(dialect, databases, clock) as opened:
        yield opened


@pytest.fixture
def database(store: CatalogueStore) -> Database:
    """Where the catalogue is."""
    assert store.database is not None
    return store.database


async def rows(database: Database, *columns: Any) -> list[tuple[Any, ...]]:
    """The columns of every row, by the first of them."""
    async with database.engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(select(*columns).order_by(columns[0]))]


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that go through SQLAlchemy meanwhile."""
    said: list[str] = []

    def note(*args: Any) -> None:
        said.append(args[2])

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def test_a_copy_that_disappears_keeps_its_row(
    store: CatalogueStore, database: Database, clock: StandingClock
) -> None:
    both = book("Идиот", "Достоевский", copy("01", "1"), copy("01", "2"), source_id="a")
    await store.imports(both)
    before = await rows(database, ItemRow.id, ItemRow.inventory_number)
    clock.turn(timedelta(hours=1))

    await store.imports(book("Идиот", "Достоевский", copy("01", "2", call_number="84"), source_id="a"))

    lost = await rows(database, ItemRow.inventory_number, ItemRow.missing_since, ItemRow.call_number)
    assert lost == [("1", clock.now(), ""), ("2", None, "84")]
    await store.imports(both)
    assert await rows(database, ItemRow.id, ItemRow.inventory_number) == before


async def test_a_record_that_disappears_keeps_its_row(
    store: CatalogueStore, database: Database, clock: StandingClock
) -> None:
    await store.imports(book("Идиот", source_id="a"), book("Бесы", source_id="b"))
    await store.imports(book("Бесы", source_id="b"))

    assert await rows(database, RecordRow.title, RecordRow.missing_since) == [("Бесы", None), ("Идиот", clock.now())]


async def test_a_row_tells_where_it_came_from(store: CatalogueStore, database: Database, clock: StandingClock) -> None:
    await store.imports(book("Идиот", source_id="a", ordinal=17))

    (row,) = await rows(
        database, RecordRow.source, RecordRow.source_id, RecordRow.source_file, RecordRow.ordinal, RecordRow.imported_at
    )
    assert row == ("catalogue", "a", "books.mrc", 17, clock.now())


async def test_a_run_keeps_its_counts(store: CatalogueStore, database: Database, clock: StandingClock) -> None:
    await store.imports(book("Идиот", source_id="a"))

    (run,) = await rows(
        database, ImportRunRow.source, ImportRunRow.files, ImportRunRow.counts, ImportRunRow.finished_at
    )
    assert run == ("catalogue", ["books.mrc"], {"before": 0, "read": 1}, clock.now())


async def test_the_same_record_twice_in_a_file_is_one(store: CatalogueStore, database: Database) -> None:
    twice = [book("Идиот", "Достоевский", copy("01", "1"), source_id="a")] * 2

    assert await store.imports(*twice) == Kept(added=1, unchanged=1)
    assert await store.imports(*twice, batch_size=1) == Kept(unchanged=2)
    assert len(await rows(database, RecordRow.id)) == 1


async def test_of_two_versions_of_a_record_in_one_file_the_later_holds(store: CatalogueStore) -> None:
    older = book("Идиот", "Достоевский", copy("01", "1"), source_id="a")
    newer = book("Идиот", "Достоевский", copy("01", "1"), copy("01", "2"), source_id="a")

    assert await store.imports(older, newer) == Kept(added=1, updated=1)
    assert (await store.work("Идиот")).total == 2


async def test_a_damaged_record_is_kept_without_its_damage(store: CatalogueStore) -> None:
    wild = book(
        "Иди\x00от",
        "Достоевский\ud800",
        copy("\x00Филиал " + "длинный " * 40, "9" * 500, barcode="8" * 500, copies=10**12),
        source_id="я" * 900,
        year=99_999_999_999,
        grade="одиннадцатый",
        annotation="до\x00сих",
    )

    assert await store.imports(wild, book("Бесы", source_id="b")) == Kept(added=2)
    assert await store.imports(wild, book("Бесы", source_id="b")) == Kept(unchanged=2)

    idiot = await store.work("Идиот")
    assert (idiot.author, idiot.annotation, idiot.editions[0].year) == ("Достоевский", "досих", None)
    assert idiot.total == 1_000_000
    assert len(idiot.holdings[0].branch_code) <= 64


async def test_a_batch_takes_a_handful_of_statements_however_large(store: CatalogueStore, database: Database) -> None:
    async def statements(size: int, source: str) -> int:
        batch = [book(f"Книга {n}", "А.", copy("01", f"{n}"), source_id=f"{n}") for n in range(size)]
        with counted(database) as said:
            await store.imports(*batch, source=source)
        return len(said)

    await statements(1, "warm")
    small, large = await statements(5, "small"), await statements(400, "large")

    assert large == small < 30


async def test_all_works_of_all_questions_are_read_in_one_statement(sqlite: Database, clock: StandingClock) -> None:
    writer = SqlCatalogueWriter(sqlite, clock)
    run = await writer.begin("s", [])
    await writer.keep(run, "s", [book(f"Книга {n}", "А.", copy("01"), source_id=f"{n}") for n in range(60)])
    cards = SqlCards(sqlite, clock, CENTRAL.zone)
    await cards.cards([1])
    said: list[str] = []
    cards._reader._connection.set_trace_callback(said.append)  # type: ignore[union-attr]

    await asyncio.gather(*(cards.cards([n, n + 1, n + 2]) for n in range(1, 59)))

    assert len(said) <= 2  # the first to come, then all the others together
    await cards.aclose()


async def test_a_card_is_the_very_same_one_until_the_store_says_otherwise_or_the_day_is_over(
    store: CatalogueStore, clock: StandingClock
) -> None:
    """What is worded of it is remembered by it."""
    out = (lent("01", "1", due_on=date(2026, 3, 4)), lent("01", "2", due_on=date(2026, 3, 20)))
    await store.imports(book("Книга", "А.", *out), book("Другая", "А.", copy("01", "3")))
    (number, first), (another, other) = (
        (card.work_id, card) for card in [await store.work(title) for title in ("Книга", "Другая")]
    )

    again = await store.cards.cards([number, another])
    assert again[number] is first
    assert again[another] is other
    assert first.holdings[0].next_due == date(2026, 3, 4)

    await store.imports(book("Книга", "А.", *out, copy("01", "4")), book("Другая", "А.", copy("01", "3")))
    changed = (await store.cards.cards([number]))[number]
    assert (first.available, changed.available) == (0, 1)

    clock.turn(timedelta(days=3))
    assert (await store.cards.cards([number]))[number].holdings[0].next_due == date(2026, 3, 20)


async def test_no_more_cards_are_remembered_than_was_said(
    sqlite: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db.cards, "REMEMBERED", 2)
    writer, cards = SqlCatalogueWriter(sqlite, clock), SqlCards(sqlite, clock, CENTRAL.zone)
    run = await writer.begin("s", [])
    await writer.keep(run, "s", [book(f"Книга {n}", "А.", copy("01"), source_id=f"{n}") for n in range(5)])

    for number in range(1, 6):
        assert (await cards.cards([number]))[number].available == 1
        assert len(cards._made) <= 2
    await cards.aclose()


async def test_two_imports_at_once_wait_for_one_another(
    store: CatalogueStore, database: Database, clock: StandingClock
) -> None:
    other = SqlCatalogueWriter(database, clock)

    async def imports(writer: SqlCatalogueWriter, source: str, order: int) -> None:
        books = [book(f"Книга {n}", "А.", copy(f"Филиал {n % 5}", f"{n}"), source_id=f"{n}") for n in range(60)]
        run = await writer.begin(source, [])
        for start in range(0, 60, 10):
            await writer.keep(run, source, books[::order][start : start + 10])
        await writer.finish(run, source, {}, mark_missing=True)

    mine = SqlCatalogueWriter(database, clock)
    await asyncio.gather(imports(mine, "north", 1), imports(other, "south", -1), imports(mine, "north", -1))

    works = await store.works()
    assert len(works) == 60
    assert {(work.total, len(work.editions)) for work in works} == {(2, 2)}


async def test_the_index_misses_nothing_that_is_written_while_it_reads(
    store: CatalogueStore, database: Database, clock: StandingClock
) -> None:
    writers = [SqlCatalogueWriter(database, clock) for _ in range(3)]
    met: set[int] = set()

    async def imports(writer: SqlCatalogueWriter, source: str) -> None:
        run = await writer.begin(source, [])
        for start in range(0, 40, 4):
            batch = [book(f"{source} {n}", "А.", source_id=f"{n}") for n in range(start, start + 4)]
            await writer.keep(run, source, batch)

    async def follows(last: asyncio.Future[Any]) -> None:
        after, over = (0, 0), False
        while not over:
            over = last.done()
            for entry in await store.source.entries(after, 1000):
                met.add(entry.work_id)
                after = (entry.version, entry.work_id)

    writing = asyncio.gather(*(imports(writer, f"s{n}") for n, writer in enumerate(writers)))
    await follows(writing)
    await writing

    assert met == {row[0] for row in await rows(database, WorkRow.id)}
    assert len(met) == 120


async def test_a_batch_that_fails_at_its_end_leaves_nothing_behind(
    store: CatalogueStore, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise StoreUnavailable("no room: the disk is full")

    await store.imports(book("Бесы", source_id="b"))
    version = await store.source.version()
    monkeypatch.setattr(catalogue_sql, "raise_version", fails)

    with pytest.raises(StoreUnavailable, match="no room"):
        await store.imports(book("Идиот", "Достоевский", copy("Новый филиал"), source_id="a"))

    monkeypatch.undo()
    assert await store.source.version() == version
    assert await rows(database, WorkRow.title) == [("Бесы",)]
    assert await rows(database, ItemRow.id) == []
    assert await store.imports(book("Идиот", "Достоевский", copy("Новый филиал"), source_id="a")) == Kept(added=1)


async def test_a_lost_connection_is_made_anew(databases: Databases, clock: StandingClock) -> None:
    async with opened_catalogue("postgresql", databases, clock) as store:
        await store.imports(book("Идиот", source_id="a"))
        await store.work("Идиот")
        await databases.server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name IN "
            "('bibliobot cards', 'bibliobot index')"
        )

        async with asyncio.timeout(SOON_S):
            while True:
                try:
                    assert (await store.work("Идиот")).title == "Идиот"
                    break
                except StoreUnavailable:
                    continue


async def test_a_store_has_an_identity_of_its_own(databases: Databases) -> None:
    identities = set()
    for _ in range(2):
        database = await connect(await databases.url("sqlite", empty=True))
        await upgrade(database)
        source = SqlIndexSource(database)
        identities.add(await source.identity())
        await source.aclose()
        await databases.drop(database)

    assert len(identities) == 2


async def test_where_no_class_is_told_the_shelf_mark_begins_with_one(store: CatalogueStore, database: Database) -> None:
    await store.imports(
        book("Роман", source_id="a", call_number="84(2Рос=Рус)6 Д98"),
        book("Novel", source_id="b", call_number="821.161.1-31 Т53"),
        book("Закон", source_id="c", call_number="84 З19", bbk="67.405"),
        book("Старая", source_id="d", call_number="Ст-17"),
    )
    source = SqlIndexSource(database)
    found = await source.entries((0, 0), 10)
    await source.aclose()

    assert {entry.variants[0][0]: (entry.udc, entry.bbk) for entry in found} == {
        "Роман": ((), ("84(2Рос=Рус)6",)),
        "Novel": (("821.161.1-31",), ()),
        "Закон": ((), ("67.405",)),
        "Старая": ((), ()),
    }


async def test_the_languages_of_all_editions_are_told(store: CatalogueStore, database: Database) -> None:
    await store.imports(
        book("Шурале", source_id="a", languages=("tat",)),
        book("Шурале", source_id="b", languages=("rus", "tat"), year=2001),
        book("Идиот", source_id="c"),
    )
    source = SqlIndexSource(database)
    found = await source.entries((0, 0), 10)
    await source.aclose()

    told = {entry.variants[0][0]: set(entry.languages) for entry in found}
    assert told == {"Шурале": {"tat", "rus"}, "Идиот": set()}
