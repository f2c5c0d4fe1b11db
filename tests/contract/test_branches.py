"""The buildings that readers are told of: in memory, on SQLite and on PostgreSQL alike."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from bot.library.hours import parse_hours
from bot.library.model import Branch, ItemStatus
from bot.ports.library import Branches
from db.branches import SqlBranches
from tests.support.books import book, copy
from tests.support.catalogues import CatalogueStore, opened_catalogue
from tests.support.clock import StandingClock
from tests.support.databases import Databases
from tests.support.fake_library import CENTRAL, CHILDREN, VILLAGE, FakeBranches

ZONE = ZoneInfo("Asia/Yekaterinburg")


@pytest.fixture
async def store(databases: Databases, dialect: str, clock: StandingClock) -> AsyncIterator[CatalogueStore]:
    """A catalogue without configured branches, on each database in turn."""
    async with opened_catalogue(dialect, databases, clock, branches=()) as opened:
        yield opened


@pytest.fixture
def branches(store: CatalogueStore) -> SqlBranches:
    """The branches of that catalogue."""
    assert store.database is not None
    return SqlBranches(store.database, ZONE)


async def holdings(store: CatalogueStore) -> list[tuple[str, int]]:
    """Copies of the one book by branch."""
    return [(at.branch_code, at.total) for at in (await store.work("Идиот")).holdings]


@pytest.fixture(params=["fake", "sqlite", "postgresql"])
async def configured(
    request: pytest.FixtureRequest, databases: Databases, clock: StandingClock
) -> AsyncIterator[Branches]:
    """Branches of each kind with a children's library, the central one and a village, configured in this order."""
    told = (CHILDREN, CENTRAL, VILLAGE)
    if request.param == "fake":
        yield FakeBranches(*told)
        return
    async with opened_catalogue(request.param, databases, clock, branches=told) as store:
        assert store.database is not None
        yield SqlBranches(store.database, ZONE)


async def test_branches_come_whole_the_main_one_first_then_as_configured(configured: Branches) -> None:
    assert tuple(await configured.all()) == (CENTRAL, CHILDREN, VILLAGE)


async def test_everything_told_of_a_branch_comes_back(branches: SqlBranches) -> None:
    told = Branch(
        code="03",
        name="Ночная библиотека",
        address="ул. Лесная, 1",
        phone="2-12-85",
        email="n@example.org",
        how_to_get="Автобус 4",
        latitude=45.5,
        longitude=-41.25,
        aliases=("ночная", "Ф 3"),
        hours=parse_hours(
            week={"mon-sat": "20:00-24:00", "sun": "closed"},
            closed={date(2026, 12, 31): "праздник"},
            special={date(2026, 12, 30): "9:00-12:00"},
            sanitary_day="first monday",
            holidays_closed=False,
        ),
        children=True,
        zone=ZoneInfo("Asia/Kamchatka"),
    )

    await branches.put([told])

    assert await branches.all() == (told,)
    assert told.hours is not None
    assert told.hours.week[0][0].end == time.max


async def test_a_new_process_reads_what_the_last_one_kept(branches: SqlBranches, store: CatalogueStore) -> None:
    await branches.put([CENTRAL])

    assert store.database is not None
    assert await SqlBranches(store.database, ZONE).all() == (CENTRAL,)


async def test_a_changed_configuration_replaces_the_old_one(branches: SqlBranches) -> None:
    await branches.put([CENTRAL, CHILDREN])
    renamed = Branch(code="02", name="Детская библиотека имени Маршака")

    await branches.put([renamed])

    assert await branches.all() == (renamed,)


async def test_a_branch_that_only_files_know_is_told_of_without_hours(
    branches: SqlBranches, store: CatalogueStore
) -> None:
    await branches.put([CENTRAL])
    await store.imports(book("Идиот", "Достоевский", copy("с. Безопасное"), copy("01")))

    await branches.refresh()

    assert await branches.all() == (CENTRAL, Branch(code="с. Безопасное", name="с. Безопасное", zone=ZONE))


async def test_a_branch_whose_copies_nobody_may_see_is_not_told_of(
    branches: SqlBranches, store: CatalogueStore
) -> None:
    lost = copy("Сгоревший филиал", status=ItemStatus.LOST)
    await store.imports(book("Идиот", "Достоевский", lost, copy("Открытый"), source_id="1"))
    await branches.refresh()
    assert [branch.name for branch in await branches.all()] == ["Открытый"]

    await store.hides("1")
    await branches.refresh()
    assert await branches.all() == ()


async def test_a_branch_no_longer_configured_stays_as_far_as_its_copies_go(
    branches: SqlBranches, store: CatalogueStore
) -> None:
    await branches.put([CENTRAL, CHILDREN, VILLAGE])
    await store.imports(book("Идиот", "Достоевский", copy("02")))

    await branches.put([CENTRAL])

    assert await branches.all() == (CENTRAL, Branch(code="02", name=CHILDREN.name, zone=ZONE))
    assert await holdings(store) == [("02", 1)]


async def test_a_new_alias_explains_what_files_called_a_branch(branches: SqlBranches, store: CatalogueStore) -> None:
    await branches.put([CENTRAL])
    idiot = book("Идиот", "Достоевский", copy("Ф. ДОНСКОЕ", "1"), copy("01", "2"), source_id="a")
    await store.imports(idiot)
    assert await holdings(store) == [("01", 1), ("Ф. ДОНСКОЕ", 1)]

    await branches.put([Branch(code="01", name="Центральная", aliases=("ф донское",))])

    assert await holdings(store) == [("01", 2)]
    assert [branch.code for branch in await branches.all()] == ["01"]
    await store.imports(idiot)
    assert await holdings(store) == [("01", 2)]


async def test_the_code_of_the_configuration_wins_over_its_spelling_in_a_file(
    branches: SqlBranches, store: CatalogueStore
) -> None:
    await store.imports(book("Идиот", "Достоевский", copy("ф-1")))

    await branches.put([Branch(code="Ф 1", name="Первый филиал")])

    assert await holdings(store) == [("Ф 1", 1)]


async def test_a_code_counts_before_a_name_and_a_name_before_an_alias(
    branches: SqlBranches, store: CatalogueStore
) -> None:
    await branches.put(
        [
            Branch(code="1", name="Второй", aliases=("третий", "Первый")),
            Branch(code="2", name="Первый"),
            Branch(code="третий", name="Прочий"),
        ]
    )

    await store.imports(book("Идиот", "Достоевский", copy("первый"), copy("ТРЕТИЙ"), copy("второй")))

    assert sorted(await holdings(store)) == [("1", 1), ("2", 1), ("третий", 1)]


async def test_branches_and_an_import_at_once_lose_no_copy(branches: SqlBranches, store: CatalogueStore) -> None:
    plain, explained = (Branch(code="01", name="Ц", aliases=aliases) for aliases in ((), ("донское",)))

    async def imports() -> None:
        for n in range(6):
            idiot = book("Идиот", "Достоевский", copy("Донское", f"{n}"), source_id=f"{n}")
            await store.imports(idiot, mark_missing=False)

    async def configures() -> None:
        for _ in range(3):
            await branches.put([plain])
            await branches.put([explained])

    await asyncio.gather(imports(), configures())
    await branches.put([explained])

    assert await holdings(store) == [("01", 6)]
