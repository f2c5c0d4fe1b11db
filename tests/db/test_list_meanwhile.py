"""What goes on while a list is loaded: what others do meanwhile, faults, and how much is one transaction."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from bot.errors import StoreUnavailable
from bot.library.lists import PatronData
from db.connect import Database
from db.loan_list import LoanList
from db.models import BranchRow, PatronRow
from db.models_circulation import LoanRow
from db.patron_list import PatronList
from tests.support.clock import StandingClock
from tests.support.office import DUE, ISSUED, Office, open_office, out
from tests.support.patience import SOON_S


class Meanwhile:
    """Does something between the look at a branch and its transaction."""

    def __init__(self, patching: pytest.MonkeyPatch, of: type[LoanList | PatronList]) -> None:
        self._acts: list[Callable[[], Awaitable[object]]] = []
        prepare, acts = of.prepare, self._acts

        async def looks(loading: Any, *about: Any) -> None:
            await prepare(loading, *about)
            while acts:
                await acts.pop()()

        patching.setattr(of, "prepare", looks)

    def happens(self, act: Callable[[], Awaitable[object]]) -> None:
        """Once, after the next look."""
        self._acts.append(act)


@pytest.fixture
async def office(database: Database, clock: StandingClock) -> Office:
    return await open_office(database, clock)


async def test_whoever_writes_meanwhile_waits_for_no_list(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []

    async def writes() -> None:
        async with asyncio.timeout(SOON_S), office.library.database.writing() as connection:
            written.append(await connection.scalar(select(func.count()).select_from(LoanRow)))

    of_patrons, of_loans = Meanwhile(monkeypatch, PatronList), Meanwhile(monkeypatch, LoanList)
    of_patrons.happens(writes)
    await office.patrons(PatronData(card_number="1"))
    for plan in ({"dry_run": True}, {}):
        of_loans.happens(writes)
        summary = await office.loans(out("1", "", title="Идиот"), out("1", "", title="Бесы"), **plan)
        assert summary.added == 2
    assert written == [0, 0, 0], "the lock is free after the look, and nothing is to be seen yet"


async def test_a_long_first_list_goes_into_sqlite_by_parts_and_no_reader_is_divided(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes meanwhile waits for one part; a reader has either all of the list's loans or none.

    PostgreSQL lets others write meanwhile: there it is one transaction.
    """
    monkeypatch.setattr("db.staging.A_PART", 4)
    cards = [f"{number:02}" for number in range(1, 8)]
    rows = [out(card, "", title=f"Книга {number}") for number in range(3) for card in cards]
    await office.patrons(*(PatronData(card_number=card) for card in cards))
    seen: list[list[int]] = []
    add = LoanList.add

    async def looks(loading: LoanList, part: Any) -> None:
        async with office.library.database.engine.connect() as connection:
            counted = select(func.count()).select_from(LoanRow).group_by(LoanRow.patron_id)
            seen.append(list(await connection.scalars(counted)))
        await add(loading, part)

    monkeypatch.setattr(LoanList, "add", looks)
    first, again = await office.loans(*rows), await office.loans(*rows)

    assert (first.added, again.unchanged, again.gone) == (21, 21, 0)
    by_parts = office.library.database.dialect == "sqlite"
    had = [0, 2, 3, 4, 6, 7] if by_parts else [0]
    assert [len(readers) for readers in seen] == [*had, 7], "the last time there was nothing to add"
    assert {loans for readers in seen for loans in readers} == {3}
    assert not office.refused


async def test_a_long_list_that_fell_in_the_middle_is_brought_to_its_end_by_the_next_run(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.staging.A_PART", 2)
    cards = [str(number) for number in range(9)]
    rows = [out(card, "", title="Идиот") for card in cards]
    await office.patrons(*(PatronData(card_number=card) for card in cards))

    async def falls(_: LoanList) -> None:
        raise StoreUnavailable("gone")

    with monkeypatch.context() as patching:
        patching.setattr(LoanList, "_note_source", falls)  # the last that a branch writes
        with pytest.raises(StoreUnavailable):
            await office.loans(*rows)
    after = await office.loans(*rows)
    kept = 8 if office.library.database.dialect == "sqlite" else 0
    assert (after.unchanged, after.added, after.gone) == (kept, 9 - kept, 0)


async def test_a_long_list_in_which_books_came_back_is_one_transaction(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy that came back and is out again never looks free."""
    monkeypatch.setattr("db.staging.A_PART", 2)
    cards = [str(number) for number in range(9)]
    await office.patrons(*(PatronData(card_number=card) for card in cards))
    await office.library.book("Идиот")
    await office.loans(out("0", "Идиот-0"))
    added: list[object] = []
    add = LoanList.add

    async def adds(loading: LoanList, part: Any) -> None:
        added.append(part)
        await add(loading, part)

    monkeypatch.setattr(LoanList, "add", adds)
    rows = [out("1", "Идиот-0"), *(out(card, "", title="Бесы") for card in cards)]
    after = await office.loans(*rows, accept_disappeared=True)
    assert (added, after.added, after.gone) == ([None], 10, 1)


async def test_a_dry_run_never_writes(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    await office.patrons(PatronData(card_number="1"))
    rows = (out("1", "", title="Идиот"), out("1", "", title="Бесы", branch="Новая библиотека"))

    def writes(*_: object) -> None:
        raise AssertionError("a dry run writes")

    with monkeypatch.context() as patching:
        patching.setattr(Database, "writing", writes)
        patching.setattr(Database, "writing_on", writes)
        tried = await office.loans(*rows, dry_run=True)
        everybody = [PatronData(card_number=number) for number in ("1", "7")]
        people = await office.patrons(replace(everybody[1], branch="Новая библиотека"), *everybody, dry_run=True)
    done = await office.loans(*rows)
    assert (tried.read, tried.added) == (done.read, done.added) == (2, 2)
    assert (people.added, people.updated, people.unchanged) == (1, 1, 1), "one reader, in two branches of the list"


async def test_what_changed_between_look_and_transaction_is_looked_at_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, meanwhile = office.library, Meanwhile(monkeypatch, LoanList)
    _, items = await library.book("Идиот")
    await office.patrons(*(PatronData(card_number=number) for number in ("1", "2", "3")))
    same = out("1", "", title="Обломов")
    await office.loans(same, out("1", "", title="Игрок"))

    async def somebody_is_quicker() -> None:
        async with library.database.writing() as connection:
            await connection.execute(delete(PatronRow).where(PatronRow.card_number == "3"))
            values = {"issued_on": ISSUED, "due_on": DUE, "as_of": library.clock.now(), "title": "Идиот"}
            patron = select(PatronRow.id).where(PatronRow.card_number == "2").scalar_subquery()
            branch = select(BranchRow.id).where(BranchRow.code == "01").scalar_subquery()
            lent = insert(LoanRow).values(patron_id=patron, branch_id=branch, item_id=items[0], **values)
            await connection.execute(lent)
            ended = update(LoanRow).where(LoanRow.title == "Обломов")
            await connection.execute(ended.values(returned_at=library.clock.now()))

    meanwhile.happens(somebody_is_quicker)
    rows = [
        out("1", "Идиот-0"),
        out("3", "", title="Бесы"),
        out("2", "", title="Подросток"),
        replace(same, due_on=DUE + timedelta(days=7)),
    ]
    after = await office.loans(*rows, accept_disappeared=True)

    assert sorted(loan.title for loan in await library.loans(await office.card("1"))) == ["Обломов"]
    assert sorted(loan.title for loan in await library.loans(await office.card("2"))) == ["Идиот", "Подросток"]
    assert (after.added, after.updated, after.gone) == (2, 0, 1)
    assert office.refused == [
        "this copy is on loan to another card already",
        "no reader has the card 3: import readers first (--kind patrons)",
    ]


async def test_a_reader_who_appears_between_look_and_transaction_is_there_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile = Meanwhile(monkeypatch, PatronList)

    async def somebody_is_quicker() -> None:
        async with office.library.database.writing() as connection:
            await connection.execute(insert(PatronRow).values(card_number="1", surname="Каренина"))

    meanwhile.happens(somebody_is_quicker)
    loaded = await office.patrons(PatronData(card_number="1", given_name="Анна"), PatronData(card_number="2"))
    assert (loaded.added, loaded.updated) == (1, 1)
    async with office.library.database.engine.connect() as connection:
        row = (await connection.execute(select(PatronRow).where(PatronRow.card_number == "1"))).one()
    assert (row.surname, row.given_name, row.source) == ("Каренина", "Анна", "program")


async def test_a_fault_leaves_nothing_of_a_list_on_the_connection(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails() -> None:
        raise StoreUnavailable("gone")

    meanwhile = Meanwhile(monkeypatch, PatronList)
    meanwhile.happens(fails)
    with pytest.raises(StoreUnavailable):
        await office.patrons(PatronData(card_number="1"))
    assert (await office.patrons(PatronData(card_number="1"))).added == 1
    async with office.library.database.engine.connect() as connection:
        with pytest.raises(DBAPIError):
            await connection.execute(text("SELECT * FROM staged_patrons"))
