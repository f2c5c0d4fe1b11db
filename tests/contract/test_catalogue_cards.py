"""What readers are told of a work: in memory, on SQLite and on PostgreSQL alike."""

import asyncio
from datetime import date, timedelta

from bot.library.model import Holding, ItemStatus, Kind
from tests.support.books import book, copy, lent
from tests.support.catalogues import CatalogueStore
from tests.support.clock import StandingClock
from tests.support.fake_library import CENTRAL, CHILDREN

TITLE, AUTHOR = "Анна Каренина", "Толстой Л. Н."


async def test_a_work_tells_its_copies_by_branch_the_main_one_first(
    catalogue: CatalogueStore, clock: StandingClock
) -> None:
    await catalogue.imports(
        book(
            TITLE,
            AUTHOR,
            copy("02", "1", call_number="84(2) Т53"),
            copy("01", "2", call_number="84 Т53"),
            lent("01", "3", due_on=date(2026, 3, 20)),
            copy("Сельский филиал № 7", "4"),
        )
    )

    anna = await catalogue.work(TITLE)

    assert (anna.title, anna.author, anna.kind, anna.items_unknown) == (TITLE, AUTHOR, Kind.BOOK, False)
    assert (anna.available, anna.total) == (3, 4)
    assert anna.holdings == (
        Holding(
            branch_code=CENTRAL.code,
            branch_name=CENTRAL.name,
            available=1,
            total=2,
            shelf_marks=("84 Т53",),
            next_due=date(2026, 3, 20),
            as_of=clock.now(),
        ),
        Holding(
            branch_code=CHILDREN.code,
            branch_name=CHILDREN.name,
            available=1,
            total=1,
            shelf_marks=("84(2) Т53",),
            as_of=clock.now(),
        ),
        Holding(
            branch_code="Сельский филиал № 7",
            branch_name="Сельский филиал № 7",
            available=1,
            total=1,
            as_of=clock.now(),
        ),
    )


async def test_a_branch_is_known_by_its_name_in_any_spelling(catalogue: CatalogueStore) -> None:
    await catalogue.imports(book(TITLE, AUTHOR, copy("ЦЕНТРАЛЬНАЯ  библиотека"), copy("01"), copy(" 01 ")))

    assert [(at.branch_code, at.total) for at in (await catalogue.work(TITLE)).holdings] == [("01", 3)]


async def test_branches_that_only_files_know_come_in_the_order_of_their_numbers(catalogue: CatalogueStore) -> None:
    await catalogue.imports(book(TITLE, AUTHOR, *(copy(f"ЦБС, {number} фил") for number in (14, 2, 101))))

    names = [at.branch_name for at in (await catalogue.work(TITLE)).holdings]
    assert names == ["ЦБС, 2 фил", "ЦБС, 14 фил", "ЦБС, 101 фил"]


async def test_copies_without_a_branch_come_last_and_name_none(catalogue: CatalogueStore) -> None:
    await catalogue.imports(book(TITLE, AUTHOR, copy(""), copy("01")))

    assert [at.branch_name for at in (await catalogue.work(TITLE)).holdings] == [CENTRAL.name, ""]


async def test_only_what_can_be_taken_home_is_available(catalogue: CatalogueStore) -> None:
    statuses = [status for status in ItemStatus if status not in (ItemStatus.LOST, ItemStatus.WITHDRAWN)]
    copies = [copy("01", f"{number}", status=status) for number, status in enumerate(ItemStatus)]
    await catalogue.imports(book(TITLE, AUTHOR, *copies, copy("01", "r", lendable=False)))

    (here,) = (await catalogue.work(TITLE)).holdings

    assert (here.available, here.total, here.reading_room) == (1, len(statuses) + 1, 1)


async def test_a_lump_of_copies_is_counted_by_what_is_not_issued(catalogue: CatalogueStore) -> None:
    await catalogue.imports(book(TITLE, AUTHOR, copy("01", copies=25, issued=22, due_on=date(2026, 5, 25))))

    anna = await catalogue.work(TITLE)

    assert (anna.available, anna.total) == (3, 25)
    assert anna.holdings[0].next_due == date(2026, 5, 25)


async def test_the_next_due_date_is_the_earliest_still_ahead(catalogue: CatalogueStore) -> None:
    overdue, soon, late = date(2026, 1, 10), date(2026, 3, 9), date(2026, 4, 1)
    copies = [lent("01", str(day), due_on=day) for day in (late, overdue, soon)]
    await catalogue.imports(book(TITLE, AUTHOR, *copies, lent("02", "x"), copy("02", "y", due_on=soon)))

    assert [at.next_due for at in (await catalogue.work(TITLE)).holdings] == [soon, None]


async def test_a_due_day_is_over_at_midnight_of_the_library(catalogue: CatalogueStore, clock: StandingClock) -> None:
    yesterday, later = date(2026, 3, 2), date(2026, 3, 9)
    copies = [lent("01", str(day), due_on=day) for day in (yesterday, later)]
    await catalogue.imports(book(TITLE, AUTHOR, *copies))
    assert (await catalogue.work(TITLE)).holdings[0].next_due == yesterday

    clock.turn(timedelta(hours=14, minutes=30))  # 21:30 of 2 March in UTC, 00:30 of 3 March in Moscow

    assert (await catalogue.work(TITLE)).holdings[0].next_due == later


async def test_an_overdue_date_is_told_where_no_other_is_known(catalogue: CatalogueStore) -> None:
    await catalogue.imports(book(TITLE, AUTHOR, lent("01", "1", due_on=date(2026, 1, 10))))

    assert (await catalogue.work(TITLE)).holdings[0].next_due == date(2026, 1, 10)


async def test_three_shelf_marks_are_enough(catalogue: CatalogueStore) -> None:
    marks = ("84", "84", "84.1", "84.2", "84.3")
    await catalogue.imports(book(TITLE, AUTHOR, *(copy("01", str(n), call_number=m) for n, m in enumerate(marks))))

    assert (await catalogue.work(TITLE)).holdings[0].shelf_marks == ("84", "84.1", "84.2")


async def test_the_shelf_mark_may_stand_in_the_record_or_be_a_place(catalogue: CatalogueStore) -> None:
    await catalogue.imports(
        book(TITLE, AUTHOR, copy("01", location="зал 2"), call_number="Т53", source_id="1"),
        book("Война и мир", AUTHOR, copy("01", location="зал 2"), source_id="2"),
    )

    assert (await catalogue.work(TITLE)).holdings[0].shelf_marks == ("Т53",)
    assert (await catalogue.work("Война и мир")).holdings[0].shelf_marks == ("зал 2",)


async def test_where_the_file_says_nothing_of_copies_nothing_is_claimed(catalogue: CatalogueStore) -> None:
    await catalogue.imports(book(TITLE, AUTHOR, source_id="1", year=1980))

    anna = await catalogue.work(TITLE)

    assert anna.items_unknown
    assert anna.editions[0].items_unknown
    assert anna.holdings == ()


async def test_one_edition_with_copies_is_enough_to_know(catalogue: CatalogueStore) -> None:
    await catalogue.imports(
        book(TITLE, AUTHOR, source_id="1", year=1980), book(TITLE, AUTHOR, copy("01"), source_id="2", year=1990)
    )

    anna = await catalogue.work(TITLE)

    assert not anna.items_unknown
    assert [edition.items_unknown for edition in anna.editions] == [False, True]


async def test_editions_come_newest_first_with_their_own_copies(catalogue: CatalogueStore) -> None:
    await catalogue.imports(
        book(TITLE, AUTHOR, copy("01", "1"), source_id="1", year=1980, publisher="Правда"),
        book(TITLE, AUTHOR, source_id="2"),
        book(
            TITLE, AUTHOR, lent("01", "2"), source_id="3", year=2019, isbns=("9785170987654",), url="https://x.example"
        ),
    )

    editions = (await catalogue.work(TITLE)).editions

    assert [(edition.year, edition.available, edition.total) for edition in editions] == [
        (2019, 0, 1),
        (1980, 1, 1),
        (None, 0, 0),
    ]
    assert (editions[0].isbns, editions[0].url) == (("9785170987654",), "https://x.example")
    assert editions[1].publisher == "Правда"


async def test_the_strictest_age_mark_counts_and_none_is_not_zero(catalogue: CatalogueStore) -> None:
    await catalogue.imports(
        book(TITLE, AUTHOR, source_id="1", age_mark=0, year=2001),
        book(TITLE, AUTHOR, source_id="2", age_mark=16, year=2000),
        book("Война и мир", AUTHOR, source_id="3"),
        book("Филипок", AUTHOR, source_id="4", age_mark=0),
    )

    assert (await catalogue.work(TITLE)).age_mark == 16
    assert (await catalogue.work("Война и мир")).age_mark is None
    assert (await catalogue.work("Филипок")).age_mark == 0


async def test_annotation_and_series_are_those_of_the_newest_edition_that_has_them(catalogue: CatalogueStore) -> None:
    await catalogue.imports(
        book(TITLE, AUTHOR, source_id="1", year=1990, annotation="Старая.", series=(("Классика", "12"),)),
        book(TITLE, AUTHOR, source_id="2", year=2020),
    )

    anna = await catalogue.work(TITLE)

    assert (anna.annotation, anna.series) == ("Старая.", "Классика, 12")


async def test_works_that_nobody_may_see_have_no_card(catalogue: CatalogueStore) -> None:
    await catalogue.imports(book(TITLE, AUTHOR, source_id="1"), book("Война и мир", AUTHOR, source_id="2"))
    numbers = [entry.work_id for entry in await catalogue.entries()]
    await catalogue.hides("1")

    cards = await catalogue.cards.cards([*numbers, 4_000_000_000])

    assert [card.title for card in cards.values()] == ["Война и мир"]
    assert await catalogue.cards.cards([]) == {}


async def test_who_asks_at_the_same_time_gets_each_their_own(catalogue: CatalogueStore) -> None:
    await catalogue.imports(*(book(f"Книга {n}", source_id=str(n)) for n in range(40)))
    numbers = [entry.work_id for entry in await catalogue.entries()]
    questions = [numbers[start : start + 5] for start in range(0, 40, 3)]

    answers = await asyncio.gather(*(catalogue.cards.cards(question) for question in questions))

    for question, answer in zip(questions, answers, strict=True):
        assert set(answer) == set(question)
        assert all(card.work_id == number for number, card in answer.items())
