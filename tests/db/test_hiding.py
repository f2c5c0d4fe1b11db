"""Lists of titles that readers may not be shown: what they find, hide, leave out and take back, on both databases."""

from collections.abc import AsyncIterator

import pytest

from bot.library.lists import HidingSummary, Listed, TitleData
from bot.shelving import DecisionKind
from db.hiding import SqlTitleHider
from db.shelving import SqlCatalogueDesk
from tests.support.books import book, copy
from tests.support.catalogues import CatalogueStore, opened_catalogue
from tests.support.clock import StandingClock
from tests.support.databases import Databases

ISBN, OTHER_ISBN = "9785171020309", "9785170878888"
SHELF = (
    book("Каштанка", "Чехов А. П.", copy("01", "1"), source_id="1", year=1980, isbns=(ISBN,)),
    book("Каштанка", "Чехов А. П.", copy("02", "2"), copy("02", "3"), source_id="2", year=2020),
    book("Ванька : рассказы", "Чехов А. П.", copy("01", "4"), source_id="3"),
    book("Стихотворения", "Блок А. А.", copy("01", "5"), source_id="4"),
    book("Стихотворения", "Фет А. А.", copy("01", "6"), copy("02", "5"), source_id="5", isbns=(OTHER_ISBN,)),
)


class Hiding:
    """A catalogue, lists of titles, and what was left out of them."""

    def __init__(self, store: CatalogueStore, clock: StandingClock) -> None:
        assert store.database is not None
        self.store, self.desk = store, SqlCatalogueDesk(store.database, clock)
        self.hider = SqlTitleHider(store.database, clock)
        self.left: list[tuple[int, str]] = []

    async def hide(self, *rows: TitleData, source: str = "список", dry_run: bool = False) -> HidingSummary:
        self.left.clear()
        listed = [Listed(line, line, row) for line, row in enumerate(rows, 2)]
        return await self.hider.hide(listed, self._note, source=source, login="anna", dry_run=dry_run)

    def _note(self, line: int, _: int, why: str) -> None:
        self.left.append((line, why))

    async def hidden(self) -> list[tuple[str, str, int, int]]:
        return [(work.title, work.author, work.records, work.items) for work in await self.desk.hidden()]


@pytest.fixture
async def hiding(databases: Databases, dialect: str, clock: StandingClock) -> AsyncIterator[Hiding]:
    async with opened_catalogue(dialect, databases, clock) as store:
        await store.imports(*SHELF)
        yield Hiding(store, clock)


async def test_a_title_with_its_author_hides_every_edition_and_once(hiding: Hiding) -> None:
    version = await hiding.store.source.version()
    row = TitleData(title="КАШТАНКА", author="А. П. Чехов")

    tried = await hiding.hide(row, dry_run=True)
    assert (await hiding.hidden(), await hiding.store.source.version()) == ([], version)
    first = await hiding.hide(row)
    again = await hiding.hide(row)

    assert [(one.ordinal, one.title, one.editions, one.hidden) for one in tried.found] == [(2, "Каштанка", 2, False)]
    assert tried.found == first.found
    assert [one.hidden for one in again.found] == [True]
    ((title, _, records, items),) = await hiding.hidden()
    assert (title, records, items) == ("Каштанка", 2, 0)
    assert await hiding.hider.lists() == {"список": 1}


async def test_an_isbn_hides_its_edition_and_a_number_its_copy(hiding: Hiding) -> None:
    await hiding.hide(TitleData(isbns=(ISBN,)), TitleData(inventory_numbers=("2",)))

    ((_, _, records, items),) = await hiding.hidden()
    assert (records, items, hiding.left) == (1, 1, [])


async def test_an_edition_whose_last_copies_a_list_hides_goes_with_them(hiding: Hiding) -> None:
    await hiding.hide(TitleData(inventory_numbers=("2",)), TitleData(inventory_numbers=("3",)))

    ((_, _, records, items),) = await hiding.hidden()
    assert (records, items) == (1, 2)


async def test_a_subtitle_of_the_catalogue_is_no_other_book(hiding: Hiding) -> None:
    await hiding.hide(TitleData(title="Ванька", author="Чехов"))

    assert [title for title, *_ in await hiding.hidden()] == ["Ванька : рассказы"]


async def test_what_is_not_found_or_may_be_several_books_is_told_with_its_line_and_stays(hiding: Hiding) -> None:
    summary = await hiding.hide(
        TitleData(title="Муму", author="Тургенев И. С."),
        TitleData(title="Стихотворения"),
        TitleData(title="Каштанка", author="Толстой Л. Н."),
        TitleData(title="Степь", isbns=(OTHER_ISBN,)),
        TitleData(inventory_numbers=("5",)),
    )

    both = "«Стихотворения» (Блок А. А.); «Стихотворения» (Фет А. А.)"
    assert summary.found == []
    assert hiding.left == [
        (2, "not found in the catalogue"),
        (3, f"found more than once: {both}"),
        (4, "of another author in the catalogue: «Каштанка» (Чехов А. П.)"),
        (5, "this ISBN is another book's: «Стихотворения» (Фет А. А.)"),
        (6, f"found more than once, by the inventory number 5: {both}"),
    ]
    assert await hiding.hidden() == []


async def test_a_number_tells_which_of_two_books_of_one_title_is_meant(hiding: Hiding) -> None:
    await hiding.hide(TitleData(title="Стихотворения", inventory_numbers=("6",)))

    assert [(title, author) for title, author, *_ in await hiding.hidden()] == [("Стихотворения", "Фет А. А.")]


async def test_a_list_is_taken_back_whole_and_what_others_hid_stays(hiding: Hiding) -> None:
    await hiding.hide(TitleData(title="Ванька", author="Чехов"), source="прежний")
    await hiding.hide(TitleData(title="Каштанка", author="Чехов"), TitleData(title="Ванька", author="Чехов"))

    assert await hiding.hider.show_again("список", login="olga") == 1

    assert [title for title, *_ in await hiding.hidden()] == ["Ванька : рассказы"]
    assert await hiding.hider.lists() == {"прежний": 1}
    assert await hiding.hider.show_again("список", login="olga") == 0


async def test_an_import_keeps_to_a_list_and_one_book_of_it_is_taken_back_alone(hiding: Hiding) -> None:
    await hiding.hide(TitleData(title="Каштанка", author="Чехов"), TitleData(title="Ванька", author="Чехов"))
    await hiding.store.imports(*SHELF)
    assert len(await hiding.hidden()) == 2

    (work,) = [work for work in await hiding.desk.hidden() if work.title == "Каштанка"]
    told = await hiding.desk.work(work.work_id)
    assert told is not None
    (decision,) = told.decisions
    assert (decision.kind, decision.login, decision.reason) == (DecisionKind.HIDE, "anna", "список")
    await hiding.desk.undo(decision.decision_id, login="olga")

    assert [title for title, *_ in await hiding.hidden()] == ["Ванька : рассказы"]
    assert await hiding.hider.show_again("список", login="olga") == 1
