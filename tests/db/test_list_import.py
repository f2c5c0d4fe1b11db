"""Lists of readers and of loans in the store, on both databases."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.errors import InputError, StoreUnavailable
from bot.library.holds import HoldState
from bot.library.lists import Listed, PatronData, Stopped
from bot.library.policy import LendingRule
from bot.library.renewal import NotRenewed, RenewalBlock
from bot.renewal_requests import RequestState
from db.cards import SqlCards
from db.connect import Database
from db.loan_list import LoanList
from db.models import PatronRow
from tests.support.clock import StandingClock
from tests.support.fake_library import CENTRAL
from tests.support.lending import DECIDES
from tests.support.office import DUE, Office, listed, open_office, out


@pytest.fixture
async def office(database: Database, clock: StandingClock) -> Office:
    return await open_office(database, clock)


async def test_a_list_that_breaks_off_leaves_nothing_of_its_people(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    files: list[Any] = []
    opens = tempfile.TemporaryFile

    def opened() -> Any:
        files.append(opens())
        return files[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", opened)

    def rows() -> Iterator[Listed[Any]]:
        yield from listed([PatronData(card_number="0017", branch="01")])
        raise InputError("line 2 cannot be read")

    for read in (office.writer.patrons, office.writer.loans):
        with pytest.raises(InputError, match="line 2"):
            await read(rows, office._plan({}), office._refuse)

    assert [file.closed for file in files] == [True, True]


async def test_readers_are_added_changed_and_never_emptied(office: Office) -> None:
    anna = PatronData(card_number="0017", surname="Иванова", given_name="Анна", phone="79001112233", branch="01")
    boris = PatronData(card_number="18", surname="Петров", branch="Детская библиотека")

    first = await office.patrons(anna, boris)
    again = await office.patrons(anna, boris)
    moved = await office.patrons(
        PatronData(card_number="0017", surname="Смирнова", branch="01"), PatronData(card_number="18"), branch="02"
    )

    assert (first.added, first.updated, first.unchanged) == (2, 0, 0)
    assert (again.added, again.updated, again.unchanged) == (0, 0, 2)
    assert (moved.updated, moved.unchanged) == (1, 1)
    async with office.library.database.engine.connect() as connection:
        row = (await connection.execute(select(PatronRow).where(PatronRow.card_number == "0017"))).one()
    assert (row.surname, row.given_name, row.phone) == ("Смирнова", "Анна", "79001112233")


async def test_a_card_that_stands_in_a_list_twice_is_told_and_its_last_row_counts(office: Office) -> None:
    rows = [PatronData(card_number="1", surname=surname) for surname in ("Иванова", "Петрова", "Смирнова")]

    tried = await office.patrons(*rows, dry_run=True)
    first = await office.patrons(*rows)

    assert (tried.read, tried.added) == (first.read, first.added) == (3, 1)
    assert office.refused == ["the same card stands in the list twice: its last row counts"] * 4
    assert (await office.patrons(rows[2])).unchanged == 1


async def test_readers_who_are_gone_are_marked_and_come_back(office: Office) -> None:
    rows = [PatronData(card_number=str(number)) for number in range(10)]
    await office.patrons(*rows)

    gone = await office.patrons(*rows[:9])
    too_many = await office.patrons(*rows[:3])
    back = await office.patrons(*rows)

    assert (gone.gone, gone.unconfirmed) == (1, False)
    assert (too_many.gone, too_many.had, too_many.unconfirmed) == (6, 9, True)
    assert (back.added, back.updated, back.unchanged) == (0, 1, 9)


async def test_loans_become_those_of_the_list(office: Office) -> None:
    library = office.library
    _, items = await library.book("Идиот", copies=2)
    await office.patrons(*(PatronData(card_number=number) for number in ("1", "2")))
    anna = await office.card("1")

    first = await office.loans(out("1", "Идиот-0"), out("1", "", title="Ветхая книга", author="Некто"))
    result = await library.circulation.loans(anna)
    known = {loan.title: loan for loan in await library.loans(anna)}
    again = await office.loans(out("1", "Идиот-0"), out("1", "", title="Ветхая книга", author="Некто"))

    assert (first.read, first.added) == (2, 2)
    assert (again.added, again.updated, again.unchanged, again.gone) == (0, 0, 2, 0)
    assert (known["Идиот"].loan.item_id, known["Идиот"].loan.due_on) == (items[0], DUE)
    assert (known["Ветхая книга"].work_id, known["Ветхая книга"].author) == (None, "Некто")
    assert getattr(result, "as_of", None) == library.clock.now() - timedelta(minutes=1)


async def told(office: Office, work: int) -> tuple[int, int, date | None]:
    """What readers hear of a work: copies in, copies in all, when the next one is due."""
    cards = SqlCards(office.library.database, office.library.clock, CENTRAL.zone)
    card = (await cards.cards([work]))[work]
    await cards.aclose()
    return card.available, card.total, card.holdings[0].next_due


@pytest.mark.parametrize("lump", [False, True], ids=["two copies", "a lump of two"])
async def test_a_copy_that_the_list_has_out_is_not_told_to_be_in(office: Office, lump: bool) -> None:
    work, items = await office.library.book("Идиот", copies=1 if lump else 2, item={"copies": 2 if lump else 1})
    await office.patrons(*(PatronData(card_number=number) for number in ("1", "2")))
    assert await told(office, work) == (2, 2, None)

    await office.loans(out("1", "Идиот-0"))
    assert await told(office, work) == (1, 2, DUE)
    later = replace(out("2", f"Идиот-{len(items) - 1}"), due_on=DUE + timedelta(days=5))
    await office.loans(out("1", "Идиот-0"), later)
    assert await told(office, work) == (0, 2, DUE)
    await office.loans(later, accept_disappeared=True)
    assert await told(office, work) == (1, 2, DUE + timedelta(days=5))


async def test_a_book_that_changed_hands_between_two_lists_is_lent_once(office: Office) -> None:
    await office.library.book("Идиот")
    await office.patrons(*(PatronData(card_number=number) for number in ("1", "2")))
    await office.loans(out("1", "Идиот-0"))

    after = await office.loans(out("2", "Идиот-0"), accept_disappeared=True)
    twice = await office.loans(out("2", "Идиот-0"), out("1", "Идиот-0"))

    assert (after.added, after.gone) == (1, 1)
    assert await office.library.loans(await office.card("1")) == ()
    assert twice.added == 0
    assert office.refused == ["this copy is on loan to another card already"]


async def test_half_of_a_list_closes_nothing_until_it_is_confirmed(office: Office) -> None:
    await office.patrons(PatronData(card_number="1"))
    rows = [out("1", "", title=f"Книга {number}") for number in range(5)]
    await office.loans(*rows)
    anna = await office.card("1")

    half = await office.loans(*rows[:2])
    assert (half.unconfirmed, half.gone, half.had) == (True, 3, 5)
    assert len(await office.library.loans(anna)) == 5

    sure = await office.loans(*rows[:2], accept_disappeared=True)
    assert (sure.unconfirmed, sure.gone) == (False, 3)
    assert len(await office.library.loans(anna)) == 2


async def test_what_the_list_says_came_back_needs_no_confirmation(office: Office) -> None:
    await office.patrons(PatronData(card_number="1"))
    await office.loans(out("1", "", title="Книга"))

    back = await office.loans(out("1", "", title="Книга", returned=True))

    assert (back.returned, back.gone, back.unconfirmed) == (1, 0, False)
    assert await office.library.loans(await office.card("1")) == ()


async def test_a_book_that_came_back_before_the_store_knew_of_it_is_not_lent(office: Office) -> None:
    await office.patrons(PatronData(card_number="1"))

    come_back = await office.loans(out("1", "", title="Книга", returned=True), out("1", "", title="Другая"))

    assert (come_back.added, come_back.returned) == (1, 0)
    assert [loan.title for loan in await office.library.loans(await office.card("1"))] == ["Другая"]


async def test_a_dry_run_writes_nothing(office: Office) -> None:
    assert (await office.patrons(PatronData(card_number="1"), dry_run=True)).added == 1
    assert (await office.patrons(PatronData(card_number="1", branch="Новый филиал"))).added == 1
    assert (await office.loans(out("1", "", title="Книга"), dry_run=True)).added == 1
    assert (await office.loans(out("1", "", title="Книга"))).added == 1


async def test_a_renewal_that_the_program_knows_answers_the_request(office: Office) -> None:
    library = office.library
    await library.book("Идиот")
    await office.patrons(PatronData(card_number="1"))
    await office.loans(out("1", "Идиот-0"))
    anna = await office.card("1")
    (loan,) = await library.loans(anna)
    await library.renew(anna, loan.loan.loan_id)

    later = DUE + timedelta(days=15)
    after = await office.loans(out("1", "Идиот-0", due_on=later))

    assert after.updated == 1
    (decided,) = await library.requests.decided(library.clock.now() - timedelta(hours=1))
    assert (decided.state, decided.due_on) == (RequestState.CONFIRMED, later)
    (loan,) = await library.loans(anna)
    assert (loan.loan.renewals, loan.requested) == (1, False)


async def test_who_got_the_book_does_not_wait_any_more_and_the_next_is_served(office: Office) -> None:
    library = office.library
    work, _ = await library.book("Идиот")
    await office.patrons(*(PatronData(card_number=number, branch="01") for number in ("1", "2", "3")))
    one, two, three = [await office.card(number) for number in ("1", "2", "3")]
    await office.loans(out("1", "Идиот-0"))
    await library.hold(two, work)
    library.clock.turn(timedelta(minutes=1))
    await library.hold(three, work)

    await office.loans(out("2", "Идиот-0"), accept_disappeared=True)
    assert await library.holds(two) == ()
    assert [hold.state for hold in await library.holds(three)] == [HoldState.QUEUED]
    await office.loans(branch="01", accept_disappeared=True)
    assert [hold.state for hold in await library.holds(three)] == [HoldState.ASSIGNED]
    assert await library.loans(one) == ()


async def test_a_loan_of_nobody_is_refused_with_what_to_do(office: Office) -> None:
    assert (await office.loans(out("404", "", title="Книга"))).added == 0
    assert office.refused == ["no reader has the card 404: import readers first (--kind patrons)"]


async def test_a_card_whose_zeros_excel_dropped_is_that_card_if_it_is_one_alone(office: Office) -> None:
    cards = ("0012", "013", "0013")
    await office.patrons(*(PatronData(card_number=card) for card in cards))

    lent = await office.loans(out("12", "", title="Мороз"), out("13", "", title="Чья-то"))

    assert lent.added == 1
    assert [loan.title for loan in await office.library.loans(await office.card("0012"))] == ["Мороз"]
    assert office.refused == ["no reader has the card 13: import readers first (--kind patrons)"]


# --- branches, each for itself -------------------------------------------------------------------


async def test_a_branch_of_which_too_much_is_gone_stops_no_other(office: Office) -> None:
    await office.patrons(PatronData(card_number="1"))
    central = [out("1", "", title=f"Книга {number}", branch="01") for number in range(5)]
    children = [out("1", "", title=f"Сказка {number}", branch="02") for number in range(5)]
    await office.loans(*central, *children)

    after = await office.loans(*central[:1], *children[:4], out("1", "", title="Новая", branch="02"))

    assert after.stopped == [Stopped("Центральная библиотека", 4, 5)]
    assert (after.read, after.added, after.unchanged, after.gone, after.had) == (6, 1, 4, 5, 10)
    titles = {loan.title for loan in await office.library.loans(await office.card("1"))}
    assert titles == {
        *(f"Книга {number}" for number in range(5)),
        *(f"Сказка {number}" for number in range(4)),
        "Новая",
    }


async def test_a_fault_in_one_branch_leaves_the_others_written_and_the_next_run_does_the_rest(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.patrons(PatronData(card_number="1"))
    rows = [out("1", "", title=f"Книга {branch}", branch=branch) for branch in ("01", "02", "Третья")]
    with monkeypatch.context() as breaking:
        serve, served = LoanList._serve, []

        async def breaks(self: LoanList) -> None:
            served.append(self._code)
            if len(served) == 2:
                raise StoreUnavailable("the power is gone")
            await serve(self)

        breaking.setattr(LoanList, "_serve", breaks)
        with pytest.raises(StoreUnavailable):
            await office.loans(*rows)
    anna = await office.card("1")
    assert [loan.title for loan in await office.library.loans(anna)] == ["Книга 01"]

    again = await office.loans(*rows)

    assert (again.added, again.unchanged) == (2, 1)
    assert len(await office.library.loans(anna)) == 3


async def test_who_moves_to_another_branch_is_not_gone(office: Office) -> None:
    rows = [PatronData(card_number=str(number), branch="01") for number in range(10)]
    await office.patrons(*rows)
    moved = [PatronData(card_number=str(number), branch="02") for number in range(5)] + rows[5:]

    after = await office.patrons(*moved)
    again = await office.patrons(*moved)

    assert (after.gone, after.updated, after.unchanged, after.unconfirmed) == (0, 5, 5, False)
    assert (again.updated, again.unchanged) == (0, 10)


async def test_readers_of_a_branch_that_the_list_leaves_out_are_asked_about(office: Office) -> None:
    await office.patrons(*(PatronData(card_number=str(number), branch="01") for number in range(9)))
    await office.patrons(PatronData(card_number="9", branch="02"), accept_disappeared=True)
    everybody = [PatronData(card_number=str(number), branch="01") for number in range(9)]

    after = await office.patrons(*everybody, PatronData(card_number="10", branch="01"))

    assert after.stopped == [Stopped("Детская библиотека", 1, 1)]
    assert after.added == 1


async def test_when_a_card_ends_is_worked_out_where_the_library_says_so(office: Office) -> None:
    rows = [
        PatronData(card_number="1", registered_on=date(2024, 2, 29)),
        PatronData(card_number="2", registered_on=date(2025, 11, 30), valid_until=date(2030, 1, 1)),
        PatronData(card_number="3", registered_on=date(2025, 11, 30)),
    ]
    await office.patrons(*rows)
    assert await ends(office) == [None, date(2030, 1, 1), None]

    await office.patrons(*rows, registration_months=12)
    assert await ends(office) == [date(2025, 2, 28), date(2030, 1, 1), date(2026, 11, 30)]

    again = await office.patrons(*rows, registration_months=12)
    assert (again.updated, again.unchanged) == (0, 3)


async def ends(office: Office) -> list[date | None]:
    async with office.library.database.engine.connect() as connection:
        return list(await connection.scalars(select(PatronRow.valid_until).order_by(PatronRow.card_number)))


async def test_a_block_that_the_program_lifts_is_lifted(office: Office) -> None:
    await office.patrons(PatronData(card_number="1", blocked=True))
    after = await office.patrons(PatronData(card_number="1", blocked=False))

    assert after.updated == 1
    async with office.library.database.engine.connect() as connection:
        assert await connection.scalar(select(PatronRow.blocked)) is False


async def test_a_debt_that_the_list_tells_stands_in_the_way_until_it_is_paid(
    database: Database, clock: StandingClock
) -> None:
    owing = replace(DECIDES, block_if_debt_over=Decimal(100))
    office = await open_office(database, clock, owing)
    await office.patrons(PatronData(card_number="1", debt=10050))
    await office.loans(out("1", "", title="Идиот"))

    assert await why_not(office) == [RenewalBlock.DEBT]
    assert (await office.patrons(PatronData(card_number="1"))).unchanged == 1, "a list without sums says nothing"
    assert (await office.patrons(PatronData(card_number="1", debt=0))).updated == 1
    assert await why_not(office) == [None]


async def test_books_that_are_lent_otherwise_are_not_renewed_until_the_list_says_so(
    database: Database, clock: StandingClock
) -> None:
    textbooks = LendingRule((("renewals_allowed", 0),), item_type="учебник")
    office = await open_office(database, clock, DECIDES, [textbooks])
    await office.patrons(PatronData(card_number="1"))
    titles = ("Идиот", "Бесы", "Алгебра", "Игрок", "Подросток")
    kinds: tuple[dict[str, Any], ...] = (
        {"high_demand": True}, {"reading_room": True}, {"item_type": "учебник"}, {"recalled": True}, {},
    )  # fmt: skip
    books = [out("1", "", title=title, **kind) for title, kind in zip(titles, kinds, strict=True)]
    await office.loans(*books)

    wanted, inside = RenewalBlock.TYPE_NOT_RENEWABLE, RenewalBlock.IN_LIBRARY_ONLY
    assert await why_not(office) == [wanted, inside, wanted, RenewalBlock.RECALLED, None]
    assert (await office.loans(*(out("1", "", title=title) for title in titles))).updated == 4
    assert await why_not(office) == [None, None, None, None, None]


async def why_not(office: Office) -> list[RenewalBlock | None]:
    """Why the loans of card 1 are not renewed, in the order of their lists."""
    loans = sorted(await office.library.loans(await office.card("1")), key=lambda loan: loan.loan.loan_id)
    decided = [loan.if_renewed for loan in loans]
    return [outcome.block if isinstance(outcome, NotRenewed) else None for outcome in decided]


async def test_long_lists_keep_their_order_and_lose_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.list_parts.AT_ONCE", 3)
    rows = [PatronData(card_number=f"{number:03}", branch=f"0{number % 2 + 1}") for number in range(40)]

    assert (await office.patrons(*rows)).added == 40
    assert (await office.patrons(*rows)).unchanged == 40


async def test_the_store_knows_at_once_how_long_an_imported_list_is(office: Office) -> None:
    """PostgreSQL plans by such figures, and by itself it looks only minutes later."""
    await office.patrons(PatronData(card_number="1"), PatronData(card_number="2"))
    await office.loans(*(out(str(1 + number % 2), str(number)) for number in range(30)))

    if office.library.database.dialect == "sqlite":  # goes by its indexes alone
        return
    sizes = text("SELECT relname, reltuples FROM pg_class WHERE relname IN ('patrons', 'loans')")
    async with office.library.database.engine.connect() as connection:
        found = (await connection.execute(sizes)).all()
    assert {row.relname: row.reltuples for row in found} == {"patrons": 2, "loans": 30}
