"""What the search index follows: in memory, on SQLite and on PostgreSQL alike."""

from dataclasses import replace

from bot.library.model import Kind
from tests.support.books import book, copy
from tests.support.catalogues import CatalogueStore


async def test_works_come_by_version_then_number_page_after_page(catalogue: CatalogueStore) -> None:
    await catalogue.imports(*(book(f"Книга {n}", source_id=str(n)) for n in range(7)), batch_size=4)

    entries = await catalogue.entries()

    places = [(entry.version, entry.work_id) for entry in entries]
    assert places == sorted(places)
    assert len(set(places)) == 7
    assert max(version for version, _ in places) == await catalogue.source.version()


async def test_only_what_changed_comes_after_a_point(catalogue: CatalogueStore) -> None:
    await catalogue.imports(book("Идиот", source_id="1"), book("Бесы", source_id="2"))
    last = (await catalogue.entries())[-1]

    await catalogue.imports(book("Идиот", source_id="1"), book("Бесы", source_id="2", annotation="Роман."))

    changed = await catalogue.entries((last.version, last.work_id))
    assert [entry.variants[0][0] for entry in changed] == ["Бесы"]


async def test_a_new_store_has_nothing_and_a_name_of_its_own(catalogue: CatalogueStore) -> None:
    assert await catalogue.source.version() == 0
    assert await catalogue.entries() == []
    assert await catalogue.source.identity() == await catalogue.source.identity() != ""


async def test_an_entry_holds_what_all_editions_are_found_by(catalogue: CatalogueStore) -> None:
    first = book(
        "Двенадцать стульев",
        "Ильф И.",
        copy("01", copies=3),
        source_id="1",
        year=1980,
        isbns=("9785170987654",),
        series=(("Классика", ""),),
        subjects=("Сатира",),
        genres=("роман",),
        age_mark=12,
        grade="9",
    )
    second = book("12 стульев", "Ильф И.", copy("02"), source_id="2", year=2000, isbns=("9785170987661",), age_mark=16)
    second = replace(second, work_key=first.work_key)

    await catalogue.imports(first, second)

    (entry,) = await catalogue.entries()
    assert entry.variants == (("12 стульев", "Ильф И."), ("Двенадцать стульев", "Ильф И."))
    assert entry.isbns == ("9785170987654", "9785170987661")
    assert (entry.series, entry.subjects, entry.genres) == ((("Классика", ""),), ("Сатира",), ("роман",))
    assert (entry.kind, entry.age_mark, entry.grade, entry.copies) == (Kind.BOOK, 16, "9", 4)
    assert not entry.gone


async def test_a_work_is_found_by_each_of_its_authors(catalogue: CatalogueStore) -> None:
    both = book("Золотой телёнок", "Ильф И.", source_id="1")
    await catalogue.imports(replace(both, record=replace(both.record, authors=("Ильф И.", "Петров Е."))))

    (entry,) = await catalogue.entries()
    assert entry.variants == (("Золотой телёнок", "Ильф И."), ("Золотой телёнок", "Петров Е."))


async def test_a_volume_tells_which_one_it_is(catalogue: CatalogueStore) -> None:
    await catalogue.imports(book("Война и мир", "Толстой Л. Н.", source_id="1", part_number="2"))

    assert (await catalogue.entries())[0].part == "2"


async def test_a_hidden_work_is_gone(catalogue: CatalogueStore) -> None:
    await catalogue.imports(book("Идиот", source_id="1"))
    await catalogue.hides("1")

    (entry,) = await catalogue.entries()
    assert entry.gone
