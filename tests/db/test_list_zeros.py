"""Numbers of cards whose first zeros a list has lost, or has again, on both databases."""

from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy import select

from bot.library.lists import PatronData
from db.connect import Database
from db.models import PatronRow
from tests.support.clock import StandingClock
from tests.support.office import Office, open_office, out


@pytest.fixture
async def office(database: Database, clock: StandingClock) -> Office:
    return await open_office(database, clock)


async def readers(office: Office) -> dict[str, str]:
    """Surnames by card, of whom the last list has."""
    here = select(PatronRow.card_number, PatronRow.surname).where(PatronRow.missing_since.is_(None))
    async with office.library.database.engine.connect() as connection:
        return {row.card_number: row.surname for row in await connection.execute(here)}


def anna(card: str, surname: str = "Иванова", born: date | None = None) -> PatronData:
    return PatronData(card_number=card, surname=surname, birth_date=born, branch="01")


async def test_a_reader_whose_zeros_excel_dropped_is_the_same_reader(office: Office) -> None:
    await office.patrons(anna("0012"), anna("0340", "Петрова"))
    before = await office.card("0012")

    bare = await office.patrons(anna("12"), anna("340", "ПЕТРОВА"))
    mixed = await office.patrons(anna("12"), anna("0340", "ПЕТРОВА"))

    assert (bare.added, bare.updated, bare.unchanged, bare.gone) == (0, 1, 1, 0)
    assert (mixed.added, mixed.unchanged) == (0, 2)
    assert await office.card("0012") == before
    assert office.refused == []


async def test_zeros_that_come_back_are_kept_and_the_reader_is_not_doubled(office: Office) -> None:
    await office.patrons(anna("12"))
    before = await office.card("12")

    first = await office.patrons(anna("0012"))
    again = await office.patrons(anna("0012"))
    bare = await office.patrons(anna("12"))

    assert (first.added, first.updated, first.gone) == (0, 1, 0)
    assert (again.unchanged, bare.unchanged) == (1, 1)
    assert await office.card("0012") == before
    assert await readers(office) == {"0012": "Иванова"}


@pytest.mark.parametrize("order", [("12", "0012"), ("0012", "12")])
@pytest.mark.parametrize("branches", [("01", "01"), ("01", "02"), ("02", "01")])
async def test_two_cards_of_one_list_that_differ_in_zeros_alone_are_two_readers(
    office: Office, order: Sequence[str], branches: Sequence[str]
) -> None:
    rows = [PatronData(card_number=card, branch=branch) for card, branch in zip(order, branches, strict=True)]

    first, again = await office.patrons(*rows), await office.patrons(*rows)

    assert (first.added, again.unchanged, office.refused) == (2, 2, [])
    assert set(await readers(office)) == {"12", "0012"}


async def test_a_card_that_may_be_of_two_readers_is_refused_and_neither_is_gone(office: Office) -> None:
    await office.patrons(anna("013", ""), anna("0013", ""))

    unclear = await office.patrons(anna("13", ""))

    assert (unclear.added, unclear.updated, unclear.gone) == (0, 0, 0)
    assert office.refused == ["the card 13 may be 0013 or 013 without its first zeros: write it in full"]
    assert set(await readers(office)) == {"013", "0013"}


async def test_two_spellings_of_a_list_that_may_both_be_one_reader_are_refused(office: Office) -> None:
    await office.patrons(anna("0012"))

    unclear = await office.patrons(anna("12"), anna("012"))

    assert (unclear.added, unclear.gone, len(office.refused)) == (0, 0, 2)


async def test_of_two_readers_the_name_or_the_day_of_birth_tells_which(office: Office) -> None:
    born, other = date(1980, 1, 2), date(1990, 3, 4)
    await office.patrons(anna("013", "Иванова", born), anna("0013", "Петрова", other))

    found = await office.patrons(anna("13", "Смирнова", other), accept_disappeared=True)

    assert (found.added, found.updated, found.gone) == (0, 1, 1)
    assert await readers(office) == {"0013": "Смирнова"}


@pytest.mark.parametrize("row", [anna("12", born=date(2014, 5, 6)), anna("12", "Петрова")])
async def test_another_day_of_birth_or_without_it_another_surname_is_another_reader(
    office: Office, row: PatronData
) -> None:
    await office.patrons(anna("0012", born=date(1980, 1, 2)))

    found = await office.patrons(row, accept_disappeared=True)

    assert (found.added, found.updated, found.gone) == (1, 0, 1)


async def test_letters_are_no_number_that_excel_shortens(office: Office) -> None:
    await office.patrons(anna("0А12"))

    assert (await office.patrons(anna("А12"), accept_disappeared=True)).added == 1


async def test_loans_are_found_by_the_same_rule(office: Office) -> None:
    await office.patrons(anna("0012"), anna("000000000000345"), anna("13"), anna("0А14"))

    lent = await office.loans(
        out("12", "", title="Мороз"), out("345", "", title="Длинный"), out("0013", "", title="Полный"), out("А14", "")
    )

    assert lent.added == 3
    titles = [await office.library.loans(await office.card(card)) for card in ("0012", "000000000000345", "13")]
    assert [loan.title for (loan,) in titles] == ["Мороз", "Длинный", "Полный"]
    assert office.refused == ["no reader has the card А14: import readers first (--kind patrons)"]
