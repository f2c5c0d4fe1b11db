"""What librarians decide about works: put together, taken apart, hidden, taken back; and what an import makes of it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.errors import InputError
from bot.library.model import WorkCard
from bot.shelving import DecisionKind
from db.catalogue import SqlCatalogueWriter
from db.connect import Database
from db.models import RecordRow
from db.shelving import SqlCatalogueDesk
from tests.support.books import book, copy
from tests.support.catalogues import CatalogueStore, opened_catalogue
from tests.support.clock import StandingClock
from tests.support.databases import Databases
from tests.support.lending import LendingLibrary

OLD = book("Каштанка", "Чехов А. П.", copy("01", "1"), source_id="1", year=1980)
NEW = book("Каштанка. Рассказ", "Чехов Антон", copy("02", "2"), source_id="2", year=2020)
OTHER = book("Ванька", "Чехов А. П.", copy("01", "3"), source_id="3", year=1999)


@pytest.fixture
async def store(databases: Databases, dialect: str, clock: StandingClock) -> AsyncIterator[CatalogueStore]:
    """A catalogue of three works on each database in turn."""
    async with opened_catalogue(dialect, databases, clock) as opened:
        await opened.imports(OLD, NEW, OTHER)
        yield opened


@pytest.fixture
def desk(store: CatalogueStore, clock: StandingClock) -> SqlCatalogueDesk:
    """The librarians' side of it."""
    return SqlCatalogueDesk(_database(store), clock)


def _database(store: CatalogueStore) -> Database:
    assert store.database is not None
    return store.database


async def work_of(store: CatalogueStore, source_id: str) -> int:
    """The work that an edition belongs to."""
    async with _database(store).engine.connect() as connection:
        found = await connection.scalar(select(RecordRow.work_id).where(RecordRow.source_id == source_id))
    assert found
    return int(found)


async def works(store: CatalogueStore, *source_ids: str) -> list[int]:
    """The works of several editions."""
    return [await work_of(store, source_id) for source_id in source_ids]


async def card(store: CatalogueStore, work_id: int) -> WorkCard | None:
    """What readers are told of a work."""
    return (await store.cards.cards([work_id])).get(work_id)


async def changed(store: CatalogueStore, version: int) -> set[int]:
    """Works that the search index looks at anew."""
    return {entry.work_id for entry in await store.entries((version, 1 << 40))}


async def test_two_works_become_one_for_readers_and_for_the_index(
    store: CatalogueStore, desk: SqlCatalogueDesk
) -> None:
    into, other = await works(store, "2", "1")
    before = await store.source.version()

    await desk.merge(into, other, login="anna", reason="одна книга")

    told = await card(store, into)
    assert told is not None
    assert (told.total, len(told.editions)) == (2, 2)
    assert await card(store, other) is None
    assert await changed(store, before) == {into, other}
    shelf = await desk.work(into)
    assert shelf is not None
    (decision,) = shelf.decisions
    assert (decision.kind, decision.login, decision.reason, decision.about) == (
        DecisionKind.MERGE,
        "anna",
        "одна книга",
        ("Каштанка",),
    )


async def test_a_later_import_keeps_works_together_and_brings_new_editions_there(
    store: CatalogueStore, desk: SqlCatalogueDesk
) -> None:
    into, other = await works(store, "2", "1")
    await desk.merge(into, other, login="anna")
    corrected = book("Каштанка", "Чехов А. П.", copy("01", "1"), copy("01", "7"), source_id="1", year=1980)
    third = book("Каштанка", "Чехов А. П.", copy("02", "8"), source_id="4", year=2001)

    await store.imports(corrected, NEW, OTHER, third)

    assert await works(store, "1", "2", "4") == [into, into, into]
    told = await card(store, into)
    assert told is not None
    assert told.total == 4


async def test_putting_together_is_taken_back_with_all_that_came_meanwhile(
    store: CatalogueStore, desk: SqlCatalogueDesk
) -> None:
    into, other = await works(store, "2", "1")
    decision = await desk.merge(into, other, login="anna")
    third = book("Каштанка", "Чехов А. П.", copy("02", "8"), source_id="4", year=2001)
    await store.imports(OLD, NEW, OTHER, third)

    assert await desk.undo(decision, login="vera") == into

    assert await works(store, "1", "2", "4") == [other, into, other]
    await store.imports(OLD, NEW, OTHER, third)
    assert await works(store, "1", "2", "4") == [other, into, other]
    shelf = await desk.work(into)
    assert shelf is not None
    assert shelf.decisions[0].undone_by == "vera"
    with pytest.raises(InputError):
        await desk.undo(decision, login="vera")


async def test_a_chain_of_works_ends_in_the_last_and_each_link_is_taken_back_alone(
    store: CatalogueStore, desk: SqlCatalogueDesk
) -> None:
    old, new, last = await works(store, "1", "2", "3")
    first = await desk.merge(new, old, login="anna")
    second = await desk.merge(last, new, login="anna")
    await store.imports(OLD, NEW, OTHER, book("Каштанка", "Чехов А. П.", source_id="4", year=1950))
    assert set(await works(store, "1", "2", "3", "4")) == {last}

    await desk.undo(first, login="anna")
    assert await works(store, "1", "2", "3", "4") == [old, last, last, old]
    await desk.undo(second, login="anna")
    assert await works(store, "1", "2", "3", "4") == [old, new, last, old]


async def test_the_later_link_first(store: CatalogueStore, desk: SqlCatalogueDesk) -> None:
    old, new, last = await works(store, "1", "2", "3")
    first = await desk.merge(new, old, login="anna")
    second = await desk.merge(last, new, login="anna")

    await desk.undo(second, login="anna")
    assert await works(store, "1", "2", "3") == [new, new, last]
    await desk.undo(first, login="anna")
    assert await works(store, "1", "2", "3") == [old, new, last]


RENAMED = book("Каштанка. Повесть", "Чехов А. П.", copy("01", "1"), source_id="1", year=1980)


@pytest.mark.parametrize("into", ["2", "1"])
async def test_works_stay_together_when_the_title_of_one_is_corrected(
    store: CatalogueStore, desk: SqlCatalogueDesk, into: str
) -> None:
    """The one that was put into the other, or that other one."""
    one, other = await works(store, into, {"1": "2", "2": "1"}[into])
    decision = await desk.merge(one, other, login="anna")
    later = book("Каштанка. Повесть", "Чехов А. П.", copy("02", "8"), source_id="4", year=2001)

    await store.imports(RENAMED, NEW, OTHER)
    await store.imports(RENAMED, NEW, OTHER, later)

    assert await works(store, "1", "2", "4") == [one, one, one]
    await desk.undo(decision, login="anna")
    apart = await works(store, "1", "2", "4")
    assert apart == ([other, one, other] if into == "2" else [one, other, one]), "what is called so goes along"
    await store.imports(RENAMED, NEW, OTHER, later)
    assert await works(store, "1", "2", "4") == apart


async def test_a_chain_of_works_keeps_a_corrected_title_to_its_last_and_to_each_link_taken_back(
    store: CatalogueStore, desk: SqlCatalogueDesk
) -> None:
    old, new, last = await works(store, "1", "2", "3")
    first = await desk.merge(new, old, login="anna")
    second = await desk.merge(last, new, login="anna")
    await store.imports(RENAMED, NEW, OTHER)
    assert await works(store, "1", "2", "3") == [last, last, last]

    await desk.undo(second, login="anna")
    assert await works(store, "1", "2", "3") == [new, new, last]
    await desk.undo(first, login="anna")
    assert await works(store, "1", "2", "3") == [old, new, last]


@pytest.mark.parametrize("title", ["Ванька", "Степь", "Каштанка. Часть 2"])
async def test_what_has_become_another_book_leaves_those_it_was_put_to(
    store: CatalogueStore, desk: SqlCatalogueDesk, title: str
) -> None:
    """One that is there already, another title, another part: the staff said nothing of these."""
    into, other, third = await works(store, "2", "1", "3")
    await desk.merge(into, other, login="anna")
    await store.imports(book(title, "Чехов А. П.", copy("01", "1"), source_id="1", year=1980), NEW, OTHER)

    stands = await work_of(store, "1")
    assert stands not in (into, other)
    assert (stands == third) is (title == "Ванька")


async def test_a_corrected_title_that_the_rules_join_to_a_known_book_goes_there(
    store: CatalogueStore, desk: SqlCatalogueDesk
) -> None:
    known = book("Каштанка. Повесть", "Чехов А. П.", copy("02", "9"), source_id="9", year=1990)
    await store.imports(OLD, NEW, OTHER, known)
    await desk.merge(*await works(store, "2", "1"), login="anna")

    await store.imports(RENAMED, NEW, OTHER, known)
    assert await work_of(store, "1") == await work_of(store, "9")


async def test_an_edition_taken_out_is_a_work_of_its_own_and_stays_one(
    store: CatalogueStore, desk: SqlCatalogueDesk
) -> None:
    wrong = book("Каштанка", "Чехов А. П.", copy("02", "9"), source_id="9", year=1970)
    await store.imports(OLD, NEW, OTHER, wrong)
    old = await work_of(store, "1")
    assert await work_of(store, "9") == old
    shelf = await desk.work(old)
    assert shelf is not None
    record = next(each.record_id for each in shelf.records if each.year == 1970)

    number = await desk.split(old, [record], login="anna")

    assert await works(store, "1", "9") == [old, number]
    again = book("Каштанка", "Чехов А. П.", copy("02", "9"), copy("02", "10"), source_id="9", year=1970)
    await store.imports(OLD, NEW, OTHER, again)
    assert await works(store, "1", "9") == [old, number]
    told = await card(store, number)
    assert told is not None
    assert (told.title, told.total) == ("Каштанка", 2)

    shelf = await desk.work(old)
    assert shelf is not None
    await desk.undo(shelf.decisions[0].decision_id, login="anna")
    assert await works(store, "1", "9") == [old, old]
    await store.imports(OLD, NEW, OTHER, wrong)
    assert await works(store, "1", "9") == [old, old]


async def test_an_edition_taken_out_of_a_merged_work_returns_to_where_it_was(
    store: CatalogueStore, desk: SqlCatalogueDesk
) -> None:
    into, other = await works(store, "2", "1")
    merged = await desk.merge(into, other, login="anna")
    shelf = await desk.work(into)
    assert shelf is not None
    old = next(each.record_id for each in shelf.records if each.year == 1980)
    alone = await desk.split(into, [old], login="anna")
    assert await works(store, "1", "2") == [alone, into]

    shelf = await desk.work(into)
    assert shelf is not None
    await desk.undo(shelf.decisions[0].decision_id, login="anna")
    assert await works(store, "1", "2") == [into, into]
    await desk.undo(merged, login="anna")
    assert await works(store, "1", "2") == [other, into]


async def test_what_cannot_be_put_together_or_taken_apart_is_refused(
    store: CatalogueStore, desk: SqlCatalogueDesk
) -> None:
    old, new = await works(store, "1", "2")
    shelf = await desk.work(old)
    assert shelf is not None
    all_of_it = [each.record_id for each in shelf.records]
    for refused in (
        desk.merge(old, old, login="anna"),
        desk.merge(old, 999_999, login="anna"),
        desk.merge(999_999, old, login="anna"),
        desk.split(old, all_of_it, login="anna"),
        desk.split(old, [], login="anna"),
        desk.split(new, all_of_it, login="anna"),
        desk.hide(new, records=all_of_it, login="anna"),
        desk.show(old, records=all_of_it, login="anna"),
        desk.undo(999_999, login="anna"),
    ):
        with pytest.raises(InputError):
            await refused
    assert await desk.work(999_999) is None
    assert await works(store, "1", "2") == [old, new]


async def test_hidden_editions_and_copies_are_told_to_nobody_also_after_an_import(
    store: CatalogueStore, desk: SqlCatalogueDesk
) -> None:
    both = book("Каштанка", "Чехов А. П.", copy("01", "1"), copy("01", "5"), source_id="1", year=1980)
    await store.imports(both, NEW, OTHER)
    old, new = await works(store, "1", "2")
    shelf = await desk.work(old)
    assert shelf is not None
    item = next(each for each in shelf.records[0].items if each.inventory_number == "5")

    hiding = await desk.hide(old, items=[item.item_id], login="anna", reason="порвана")
    told = await card(store, old)
    assert told is not None
    assert told.total == 1

    await store.imports(
        book("Каштанка", "Чехов А. П.", copy("01", "1"), copy("01", "5", location="зал"), source_id="1", year=1980),
        NEW,
        OTHER,
    )
    told = await card(store, old)
    assert told is not None
    assert told.total == 1
    assert [(each.work_id, each.records, each.items) for each in await desk.hidden()] == [(old, 0, 1)]

    shelf = await desk.work(new)
    assert shelf is not None
    await desk.hide(new, records=[shelf.records[0].record_id], login="anna")
    assert await card(store, new) is None
    assert len(await desk.hidden()) == 2

    assert await desk.undo(hiding, login="anna") == old
    await desk.show(new, records=[shelf.records[0].record_id], login="anna")
    told, shown = await card(store, old), await card(store, new)
    assert told is not None
    assert shown is not None
    assert told.total == 2
    assert not await desk.hidden()


async def test_readers_who_wait_for_either_wait_for_both_and_nobody_twice(
    database: Database, clock: StandingClock
) -> None:
    library = LendingLibrary(database, clock)
    await library.opens()
    one, items = await library.book("Каштанка")
    two, more = await library.book("Каштанка. Рассказ")
    reader, both, late = [await library.patron(card) for card in ("1", "2", "3")]
    await library.lend(reader, items[0])
    await library.lend(reader, more[0])
    await library.hold(both, one)
    clock.turn(timedelta(minutes=1))
    await library.hold(late, two)
    clock.turn(timedelta(minutes=1))
    await library.hold(both, two)

    await SqlCatalogueDesk(database, clock).merge(two, one, login="anna")

    ours, theirs = await library.holds(both), await library.holds(late)
    assert [hold.work_id for hold in (*ours, *theirs)] == [two, two]
    assert [hold.place for hold in (*ours, *theirs)] == [1, 2]


@pytest.mark.parametrize(("title", "moves"), [("Каштанка: повесть", True), ("Степь", False)])
async def test_readers_wait_on_for_a_book_that_an_import_calls_otherwise(
    database: Database, clock: StandingClock, title: str, moves: bool
) -> None:
    library = LendingLibrary(database, clock)
    await library.opens()
    old, (item,) = await library.book("Каштанка", source_id="1")
    reader, first, second = [await library.patron(card) for card in ("1", "2", "3")]
    await library.lend(reader, item)
    for waiting in (first, second):
        await library.hold(waiting, old)
        clock.turn(timedelta(minutes=1))

    writer = SqlCatalogueWriter(database, clock)
    run = await writer.begin("s", ["books.mrc"])
    await writer.keep(run, "s", [book(title, "Автор", copy("01", "Каштанка-0"), source_id="1")])

    async with database.engine.connect() as connection:
        now = await connection.scalar(select(RecordRow.work_id))
    assert now != old
    holds = [hold for waiting in (first, second) for hold in await library.holds(waiting)]
    kept = now if moves else old  # a number that went to another book takes nobody with it
    assert [(hold.work_id, hold.place) for hold in holds] == [(kept, 1), (kept, 2)]
