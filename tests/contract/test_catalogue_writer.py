"""What an import keeps: in memory, on SQLite and on PostgreSQL alike."""

from datetime import timedelta

from bot.bibliography import Kept
from bot.library.model import ItemStatus
from tests.support.books import book, copy, lent
from tests.support.catalogues import CatalogueStore
from tests.support.clock import StandingClock

MASTER = book("Мастер и Маргарита", "Булгаков М. А.", copy("01", "1"), copy("02", "2"), source_id="a", year=1988)
IDIOT = book("Идиот", "Достоевский Ф. М.", copy("01", "3"), source_id="b", year=1990)


async def test_a_file_read_again_changes_nothing(catalogue: CatalogueStore) -> None:
    assert await catalogue.imports(MASTER, IDIOT) == Kept(added=2)
    version, before = await catalogue.source.version(), await catalogue.works()

    assert await catalogue.imports(MASTER, IDIOT) == Kept(unchanged=2)

    assert await catalogue.source.version() == version
    assert await catalogue.works() == before


async def test_a_changed_record_is_the_same_record(catalogue: CatalogueStore) -> None:
    await catalogue.imports(MASTER, IDIOT)
    mended = book("Идиот", "Достоевский Ф. М.", copy("01", "3"), source_id="b", year=1991, annotation="Роман.")

    assert await catalogue.imports(MASTER, mended) == Kept(updated=1, unchanged=1)

    idiot = await catalogue.work("Идиот")
    assert [edition.year for edition in idiot.editions] == [1991]
    assert idiot.annotation == "Роман."


async def test_a_record_without_an_id_is_found_by_the_number_of_its_copy(catalogue: CatalogueStore) -> None:
    await catalogue.imports(book("Чайка", "Чехов А. П.", copy("01", "77"), year=1980))

    kept = await catalogue.imports(book("Чайка: пьесы", "Чехов А. П.", copy("01", "77"), year=1981))

    assert kept == Kept(updated=1)
    assert [card.title for card in await catalogue.works()] == ["Чайка: пьесы"]


async def test_the_same_number_at_another_branch_is_another_copy(catalogue: CatalogueStore) -> None:
    await catalogue.imports(book("Чайка", "Чехов А. П.", copy("01", "77")))

    kept = await catalogue.imports(book("Гроза", "Островский А. Н.", copy("02", "77")), mark_missing=False)

    assert kept == Kept(added=1)
    assert [card.title for card in await catalogue.works()] == ["Гроза", "Чайка"]


async def test_a_record_without_id_and_number_is_found_by_what_it_describes(catalogue: CatalogueStore) -> None:
    await catalogue.imports(book("Чайка", "Чехов А. П.", copy("01"), year=1980, publisher="АСТ"))

    kept = await catalogue.imports(book("ЧАЙКА", "Чехов А.П.", copy("01"), year=1980, publisher="ЭКСМО"))

    assert kept == Kept(updated=1)
    assert (await catalogue.work("ЧАЙКА")).editions[0].publisher == "ЭКСМО"


async def test_a_record_that_gets_an_id_stays_the_same_record(catalogue: CatalogueStore) -> None:
    await catalogue.imports(book("Чайка", "Чехов А. П.", copy("01"), year=1980))
    with_id = book("Чайка", "Чехов А. П.", copy("01"), year=1980, source_id="RU-1")

    assert await catalogue.imports(with_id) == Kept(updated=1)
    assert await catalogue.imports(with_id) == Kept(unchanged=1)


async def test_two_records_with_ids_of_their_own_are_two_however_alike(catalogue: CatalogueStore) -> None:
    one = book("Чайка", "Чехов А. П.", copy("01", "б/н"), source_id="1", year=1980)
    other = book("Чайка", "Чехов А. П.", copy("02", "б/н"), source_id="2", year=1980)

    assert await catalogue.imports(one) == Kept(added=1)
    assert await catalogue.imports(one, other) == Kept(added=1, unchanged=1)
    assert await catalogue.imports(one, other) == Kept(unchanged=2)
    assert (await catalogue.work("Чайка")).total == 2


async def test_a_number_that_stands_for_no_number_makes_no_two_records_one(catalogue: CatalogueStore) -> None:
    books = [book(f"Книга {n}", "Автор А.", copy("01", "б/н"), source_id=str(n)) for n in range(5)]
    await catalogue.imports(*books)

    new = book("Новая книга", "Автор А.", copy("01", "б/н"), source_id="99")

    assert await catalogue.imports(new, *books) == Kept(added=1, unchanged=5)


async def test_branches_that_number_their_records_alike_lose_none(catalogue: CatalogueStore) -> None:
    here = [book(f"Взрослая {n}", "А. А.", copy("01"), source_id=str(n)) for n in range(4)]
    there = [book(f"Детская {n}", "Б. Б.", copy("02"), source_id=str(n)) for n in range(4)]

    assert await catalogue.imports(*here, *there, batch_size=3) == Kept(added=8)
    assert await catalogue.imports(*here, *there, batch_size=3) == Kept(unchanged=8)
    assert len(await catalogue.works()) == 8


async def test_copies_of_one_book_on_lines_of_their_own_stay_apart(catalogue: CatalogueStore) -> None:
    rows = [book("Сказки", "Пушкин А. С.", copy("01", str(number)), year=1985) for number in range(3)]

    assert await catalogue.imports(*rows, batch_size=1) == Kept(added=3)
    assert await catalogue.imports(*rows, batch_size=2) == Kept(unchanged=3)
    assert (await catalogue.work("Сказки")).total == 3


async def test_lines_that_say_the_same_are_as_many_copies(catalogue: CatalogueStore) -> None:
    rows = [book("Сказки", "Пушкин А. С.", copy("01", "б/н"), year=1985)] * 3

    assert await catalogue.imports(*rows, batch_size=2) == Kept(added=3)
    assert await catalogue.imports(*rows, batch_size=2) == Kept(unchanged=3)
    assert (await catalogue.work("Сказки")).total == 3


async def test_sources_do_not_meet(catalogue: CatalogueStore) -> None:
    await catalogue.imports(MASTER, source="north")

    assert await catalogue.imports(MASTER, source="south") == Kept(added=1)
    assert (await catalogue.work("Мастер и Маргарита")).total == 4


async def test_a_copy_that_disappears_is_no_longer_told_of_and_comes_back(catalogue: CatalogueStore) -> None:
    await catalogue.imports(MASTER)
    without = book("Мастер и Маргарита", "Булгаков М. А.", copy("01", "1"), source_id="a", year=1988)

    await catalogue.imports(without)
    assert (await catalogue.work("Мастер и Маргарита")).total == 1

    await catalogue.imports(MASTER)
    assert (await catalogue.work("Мастер и Маргарита")).total == 2


async def test_a_loan_in_the_file_is_a_loan_in_the_answer(catalogue: CatalogueStore) -> None:
    await catalogue.imports(IDIOT)
    await catalogue.imports(book("Идиот", "Достоевский Ф. М.", lent("01", "3"), source_id="b", year=1990))

    idiot = await catalogue.work("Идиот")
    assert (idiot.available, idiot.total) == (0, 1)


async def test_what_the_source_no_longer_has_is_not_offered_and_comes_back(catalogue: CatalogueStore) -> None:
    await catalogue.imports(MASTER, IDIOT)

    await catalogue.imports(MASTER)
    assert [card.title for card in await catalogue.works()] == ["Мастер и Маргарита"]
    assert [entry.gone for entry in await catalogue.entries()] == [False, True]

    assert await catalogue.imports(MASTER, IDIOT) == Kept(updated=1, unchanged=1)
    assert len(await catalogue.works()) == 2


async def test_disappeared_counts_against_what_was_there_before(catalogue: CatalogueStore) -> None:
    old = [book(f"Книга {n}", source_id=str(n)) for n in range(10)]
    await catalogue.imports(*old)
    run = await catalogue.writer.begin("catalogue", ["other.mrc"])

    await catalogue.writer.keep(run, "catalogue", [book(f"Иная {n}", source_id=f"x{n}") for n in range(90)])
    await catalogue.writer.keep(run, "catalogue", old[:3])

    assert await catalogue.writer.disappeared(run, "catalogue") == (7, 10)


async def test_a_run_without_consent_marks_nothing(catalogue: CatalogueStore) -> None:
    await catalogue.imports(MASTER, IDIOT)

    await catalogue.imports(MASTER, mark_missing=False)

    assert len(await catalogue.works()) == 2


async def test_a_preview_counts_and_writes_nothing(catalogue: CatalogueStore) -> None:
    await catalogue.imports(MASTER)
    version = await catalogue.source.version()
    changed = book("Мастер и Маргарита", "Булгаков М. А.", source_id="a", year=1999)

    assert await catalogue.writer.preview("catalogue", [MASTER, IDIOT]) == Kept(added=1, unchanged=1)
    assert await catalogue.writer.preview("catalogue", [changed, IDIOT]) == Kept(added=1, updated=1)

    assert await catalogue.source.version() == version
    assert [card.total for card in await catalogue.works()] == [2]
    assert await catalogue.writer.disappeared(0, "catalogue") == (0, 1)


async def test_what_a_librarian_hid_stays_hidden(catalogue: CatalogueStore) -> None:
    await catalogue.imports(MASTER, IDIOT)
    await catalogue.hides("b")

    await catalogue.imports(MASTER, book("Идиот", "Достоевский Ф. М.", copy("01", "3"), source_id="b", year=2001))

    assert [card.title for card in await catalogue.works()] == ["Мастер и Маргарита"]


async def test_editions_of_one_work_are_told_of_together(catalogue: CatalogueStore) -> None:
    second = book("Мастер и Маргарита", "Булгаков М. А.", copy("02", "9"), source_id="c", year=2015)

    await catalogue.imports(MASTER, second, IDIOT)

    master = await catalogue.work("Мастер и Маргарита")
    assert [edition.year for edition in master.editions] == [2015, 1988]
    assert (master.available, master.total) == (3, 3)


async def test_a_record_that_belongs_elsewhere_now_leaves_its_work(catalogue: CatalogueStore) -> None:
    wrong = book("Мастер и Маргарита", "Булгаков М. А.", copy("02", "9"), source_id="c", year=2015)
    await catalogue.imports(MASTER, wrong)
    before = await catalogue.source.version()

    await catalogue.imports(MASTER, book("Собачье сердце", "Булгаков М. А.", copy("02", "9"), source_id="c", year=2015))

    assert [(card.title, card.total) for card in await catalogue.works()] == [
        ("Мастер и Маргарита", 2),
        ("Собачье сердце", 1),
    ]
    changed = await catalogue.entries((before, 10**9))
    assert [(entry.variants[0][0], entry.copies) for entry in changed] == [
        ("Мастер и Маргарита", 2),
        ("Собачье сердце", 1),
    ]


async def test_a_work_without_records_is_gone(catalogue: CatalogueStore) -> None:
    await catalogue.imports(IDIOT)

    await catalogue.imports(book("Бесы", "Достоевский Ф. М.", copy("01", "3"), source_id="b", year=1990))

    assert [card.title for card in await catalogue.works()] == ["Бесы"]
    assert sorted(entry.gone for entry in await catalogue.entries()) == [False, True]


async def test_the_time_of_the_last_run_is_told(catalogue: CatalogueStore, clock: StandingClock) -> None:
    await catalogue.imports(IDIOT)
    clock.turn(timedelta(days=1))
    await catalogue.imports(IDIOT)

    assert (await catalogue.work("Идиот")).holdings[0].as_of == clock.now()


async def test_a_lost_copy_is_no_copy(catalogue: CatalogueStore) -> None:
    lost = copy("01", "3", status=ItemStatus.LOST)
    written_off = copy("01", "4", status=ItemStatus.WITHDRAWN)

    await catalogue.imports(book("Идиот", "Достоевский Ф. М.", lost, written_off, copy("01", "5"), source_id="b"))

    assert (await catalogue.work("Идиот")).total == 1
    assert (await catalogue.entries())[0].copies == 1
