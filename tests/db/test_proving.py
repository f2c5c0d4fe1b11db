"""Proofs other than a code: PIN, birth date and phone open their own card and tell nothing of any other."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import update

from bot.accounts import LinkState
from bot.library.customs import live_in
from db.connect import Database
from db.models import PatronRow
from tests.support.accounts import CARD, CHILD_CARD, OTHER_CARD, Desk, opened_desk
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS


@pytest.fixture
async def desk(sqlite: Database, clock: StandingClock) -> AsyncIterator[Desk]:
    """A library with two readers who have agreed to the text."""
    async with opened_desk(sqlite, clock) as opened:
        await opened.comes(ANNA)
        await opened.comes(BORIS)
        yield opened


# --- card and secret -----------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["1000001", "№ 1000 001", "１０００００１", "001000001"])
async def test_a_card_is_linked_by_number_and_pin_however_it_is_typed(desk: Desk, typed: str) -> None:
    await desk.store.desk.set_pin(CARD, "4815", "staff:olga")

    linking = await desk.accounts.link_by_card(ANNA, typed, " 4815 ", desk.key())

    assert linking.state is LinkState.LINKED


async def test_whatever_is_wrong_the_answer_is_the_same(desk: Desk) -> None:
    await desk.store.desk.set_pin(CARD, "4815", "staff:olga")
    wrong = [(CARD, "0000"), (CARD, ""), ("9999999", "4815"), (OTHER_CARD, "4815"), ("не знаю", "?")]
    answers = []
    for card, secret in wrong:
        answers.append(await desk.accounts.link_by_card(ANNA, card, secret, desk.key()))
        desk.clock.turn(timedelta(days=1))

    assert {answer.state for answer in answers} == {LinkState.WRONG}
    assert len(set(answers)) == 1


async def test_a_card_that_does_not_exist_costs_the_same_work(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.store.desk.set_pin(CARD, "4815", "staff:olga")
    work: list[str] = []
    verified = type(desk.store.linking.proving)._verified

    def counted(self: object, pin: str | None, secret: str) -> bool:
        work.append("verified")
        return verified(self, pin, secret)  # type: ignore[arg-type]

    monkeypatch.setattr(type(desk.store.linking.proving), "_verified", counted)
    for card in (CARD, OTHER_CARD, "9999999"):
        await desk.accounts.link_by_card(ANNA, card, "0000", desk.key())

    assert work == ["verified"] * 3  # a PIN, none, no card


@pytest.mark.parametrize(("born", "state"), [("12 марта 1985", LinkState.LINKED), ("13.03.1985", LinkState.WRONG)])
async def test_a_card_is_linked_by_number_and_birth_date(desk: Desk, born: str, state: LinkState) -> None:
    assert (await desk.accounts.link_by_card(ANNA, CARD, born, desk.key())).state is state


async def test_a_birth_date_never_opens_a_child_s_card(desk: Desk) -> None:
    assert (await desk.accounts.link_by_card(ANNA, CHILD_CARD, "01.05.2016", desk.key())).state is LinkState.WRONG


async def test_fourteen_comes_with_the_librarys_midnight_not_with_greenwichs(desk: Desk) -> None:
    today = desk.clock.now().date()
    async with desk.database.writer.begin() as connection:
        born = date(today.year - 14, today.month, today.day) + timedelta(days=1)
        await connection.execute(update(PatronRow).where(PatronRow.card_number == CHILD_CARD).values(birth_date=born))
    typed = born.strftime("%d.%m.%Y")
    assert (await desk.accounts.link_by_card(ANNA, CHILD_CARD, typed, desk.key())).state is LinkState.WRONG
    desk.clock.turn(datetime.combine(today, time(21, 5), UTC) - desk.clock.now())  # five past midnight in Moscow

    assert (await desk.accounts.link_by_card(ANNA, CHILD_CARD, typed, desk.key())).state is LinkState.LINKED


async def test_a_pin_that_was_taken_away_opens_nothing(desk: Desk) -> None:
    await desk.store.desk.set_pin(CARD, "4815", "staff:olga")
    await desk.store.desk.set_pin(CARD, "", "staff:olga")

    assert (await desk.accounts.link_by_card(ANNA, CARD, "4815", desk.key())).state is LinkState.WRONG


# --- phone ---------------------------------------------------------------------------------------


async def test_a_card_is_linked_by_the_one_number_that_the_messenger_vouches_for(desk: Desk) -> None:
    linking = await desk.accounts.link_by_phone(BORIS, "+79123456789", desk.key())

    assert linking.state is LinkState.LINKED
    assert linking.holder is not None
    assert linking.holder.card_number == OTHER_CARD


async def test_a_number_of_two_cards_or_of_none_links_nothing(desk: Desk) -> None:
    async with desk.database.writer.begin() as connection:
        await connection.execute(update(PatronRow).where(PatronRow.card_number == CARD).values(phone="89990000000"))

    assert (await desk.accounts.link_by_phone(ANNA, "+79990000000", desk.key())).state is LinkState.WRONG
    assert (await desk.accounts.link_by_phone(ANNA, "+70000000000", desk.key())).state is LinkState.WRONG
    assert (await desk.accounts.link_by_phone(ANNA, "", desk.key())).state is LinkState.WRONG


@pytest.mark.parametrize(
    ("country", "written", "shared"),
    [
        ("US", "(555) 010-0123", "15550100123"),
        ("US", "555.010.0123", "+15550100123"),
        ("GB", "07700 900123", "447700900123"),
        ("DE", "030/123 45 67", "+49301234567"),
        ("PL", "501 234 567", "48501234567"),
    ],
)
async def test_a_number_written_as_the_country_writes_it_is_the_readers(
    desk: Desk, country: str, written: str, shared: str
) -> None:
    live_in(country)
    async with desk.database.writer.begin() as connection:
        await connection.execute(update(PatronRow).where(PatronRow.card_number == CARD).values(phone=written))

    assert (await desk.accounts.link_by_phone(ANNA, shared, desk.key())).state is LinkState.LINKED
