"""Linking a card: proved once, limited, told the same whatever was wrong, kept in the audit log."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.accounts import Account, LinkState, Proof
from bot.audit import Act
from bot.library.linking import Limits
from bot.messages import Contact
from db.account_store import account_store
from db.connect import Database
from db.models_accounts import LinkAttemptRow, LinkCodeRow
from tests.support.accounts import CARD, CHILD_CARD, Desk, opened_desk, setup_of
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS

HOUR = timedelta(hours=1)


@pytest.fixture
async def desk(database: Database, clock: StandingClock) -> AsyncIterator[Desk]:
    """A library with two readers who have agreed to the text."""
    async with opened_desk(database, clock) as opened:
        await opened.comes(ANNA)
        await opened.comes(BORIS)
        yield opened


async def test_a_code_from_the_desk_links_its_card_once(desk: Desk) -> None:
    code = await desk.code_for(CARD)
    spaced = f"{code[:4]} {code[4:]}"

    linking = await desk.accounts.link_by_code(ANNA, spaced, desk.key())
    stolen = await desk.accounts.link_by_code(BORIS, code, desk.key())

    assert linking.state is LinkState.LINKED
    assert linking.holder is not None
    assert (linking.holder.card_number, linking.holder.given_name, linking.holder.child) == (CARD, "Анна", False)
    assert (await desk.accounts.behind(ANNA)).holders == (linking.holder,)
    assert stolen.state is LinkState.WRONG
    assert (await desk.accounts.behind(BORIS)).holders == ()


async def test_a_turn_that_is_repeated_hears_the_first_outcome(desk: Desk) -> None:
    code = await desk.code_for(CARD)

    first = await desk.accounts.link_by_code(ANNA, code, "m77")
    again = await desk.accounts.link_by_code(ANNA, code, "m77")

    assert again == first
    assert (await desk.acts()).count("linked") == 1


async def test_a_card_that_is_linked_already_is_told_so(desk: Desk) -> None:
    await desk.linked(ANNA)

    linking = await desk.accounts.link_by_code(ANNA, await desk.code_for(CARD), desk.key())

    assert linking.state is LinkState.ALREADY
    assert len((await desk.accounts.behind(ANNA)).holders) == 1


async def test_a_code_is_good_for_fifteen_minutes_and_until_the_next_one(desk: Desk) -> None:
    first = await desk.code_for(CARD)
    second = await desk.code_for(CARD)
    assert (await desk.accounts.link_by_code(ANNA, first, desk.key())).state is LinkState.WRONG

    desk.clock.turn(timedelta(minutes=15))
    assert (await desk.accounts.link_by_code(ANNA, second, desk.key())).state is LinkState.WRONG


async def test_the_store_keeps_neither_codes_nor_what_was_typed(desk: Desk) -> None:
    await desk.store.desk.set_pin(CARD, "4815", "staff:olga")
    code = await desk.code_for(CARD)
    await desk.accounts.link_by_card(ANNA, CARD, "1623", desk.key())
    await desk.accounts.link_by_code(ANNA, code, desk.key())

    async with desk.database.engine.connect() as connection:
        kept = [
            *(await connection.execute(select(LinkCodeRow))).all(),
            *(await connection.execute(select(LinkAttemptRow))).all(),
        ]
    entries = [entry async for entry in desk.store.audit.entries()]
    everything = repr(kept) + repr(entries)
    assert not [secret for secret in (code, "4815", "1623", CARD, "anna") if secret in everything]


async def test_a_child_s_card_is_linked_by_a_guardian_s_code(desk: Desk) -> None:
    await desk.linked(ANNA, CHILD_CARD, child=True)
    await desk.linked(ANNA)

    account = await desk.accounts.behind(ANNA)

    assert [(holder.given_name, holder.child) for holder in account.holders] == [("Анна", False), ("Таня", True)]


async def test_the_other_contacts_of_a_card_hear_of_a_new_one(desk: Desk) -> None:
    await desk.linked(ANNA)
    assert await desk.letters() == []

    await desk.linked(BORIS)

    (letter,) = await desk.letters()
    assert letter[0] == ANNA.address
    assert letter[1].startswith("Ваш читательский билет привязали ещё к одному чату: chat. Если это не вы, позвоните")


async def test_a_channel_that_has_ceased_to_carry_anything_of_a_person_hears_nothing_of_a_new_one(
    database: Database, clock: StandingClock
) -> None:
    away, abroad = Contact(channel="abroad", address="1"), list[str]()
    async with opened_desk(database, clock, abroad=abroad) as desk:
        for contact in (away, ANNA, BORIS):
            await desk.comes(contact)
        for contact in (away, ANNA):
            await desk.linked(contact)
        before = await desk.letters()
        abroad.append("abroad")

        await desk.linked(BORIS)

        assert [address for address, _ in (await desk.letters())[len(before) :]] == [ANNA.address]


async def test_nothing_is_kept_before_consent(desk: Desk) -> None:
    carl = Contact(channel="chat", address="carl")
    await desk.comes(carl, agrees=False)
    code = await desk.code_for(CARD)

    assert (await desk.accounts.link_by_code(carl, code, desk.key())).state is LinkState.NO_CONSENT

    assert (await desk.accounts.behind(carl)).holders == ()
    async with desk.database.engine.connect() as connection:
        assert (await connection.execute(select(LinkAttemptRow))).all() == []


# --- what is not allowed -------------------------------------------------------------------------


async def test_a_way_that_the_library_does_not_allow_is_off(database: Database, clock: StandingClock) -> None:
    async with opened_desk(database, clock, proofs=[Proof.CODE]) as desk:
        await desk.comes(ANNA)
        await desk.store.desk.set_pin(CARD, "4815", "staff:olga")

        assert (await desk.accounts.link_by_card(ANNA, CARD, "4815", desk.key())).state is LinkState.OFF
        assert (await desk.accounts.link_by_card(ANNA, CARD, "12.03.1985", desk.key())).state is LinkState.OFF
        assert (await desk.accounts.link_by_phone(ANNA, "+79123456789", desk.key())).state is LinkState.OFF
        assert tuple(desk.accounts.proofs()) == (Proof.CODE,)


async def test_a_channel_that_carries_nothing_of_a_person_has_no_accounts(
    database: Database, clock: StandingClock
) -> None:
    abroad = Contact(channel="abroad", address="1")
    async with opened_desk(database, clock, abroad=["abroad"]) as desk:
        await desk.comes(abroad)
        await desk.comes(ANNA)
        code = await desk.code_for(CARD)

        assert not (await desk.accounts.behind(abroad)).consent
        assert (await desk.accounts.link_by_code(abroad, code, desk.key())).state is LinkState.OFF
        assert (await desk.accounts.link_by_code(ANNA, code, desk.key())).state is LinkState.LINKED


async def test_what_was_linked_is_told_no_more_where_a_channel_may_carry_nothing_of_a_person_any_longer(
    database: Database, clock: StandingClock
) -> None:
    async with opened_desk(database, clock) as desk:
        await desk.comes(ANNA)
        await desk.linked(ANNA)
        setup = setup_of(abroad=[ANNA.channel])
        abroad = account_store(database, clock, desk.log, setup).accounts

        assert (await desk.accounts.behind(ANNA)).holders
        assert await abroad.behind(ANNA) == Account()


# --- limits --------------------------------------------------------------------------------------


async def test_five_failures_lock_a_contact_for_an_hour(desk: Desk) -> None:
    for _ in range(5):
        assert (await desk.accounts.link_by_code(ANNA, "00000000", desk.key())).state is LinkState.WRONG
    code, key = await desk.code_for(CARD), desk.key()

    locked = await desk.accounts.link_by_code(ANNA, code, key)

    assert (locked.state, locked.until) == (LinkState.LOCKED, desk.clock.now() + HOUR)
    assert await desk.accounts.link_by_code(ANNA, code, key) == locked, "a turn that is repeated says until when, too"
    desk.clock.turn(HOUR)
    assert (await desk.accounts.link_by_code(ANNA, await desk.code_for(CARD), desk.key())).state is LinkState.LINKED
    acts = await desk.acts()
    assert (acts.count("link_refused"), acts.count("link_locked"), acts.count("linked")) == (5, 1, 1)


async def test_a_card_is_locked_whoever_tries_it_and_whether_it_exists(desk: Desk) -> None:
    await desk.store.desk.set_pin(CARD, "4815", "staff:olga")
    for card in (CARD, "7777777"):
        for number in range(5):
            guesser = Contact(channel="chat", address=f"guesser {card} {number}")
            await desk.comes(guesser)
            spelling = card if number % 2 else f"00{card[:3]} {card[3:]}"
            await desk.accounts.link_by_card(guesser, spelling, "0000", desk.key())

        locked = await desk.accounts.link_by_card(ANNA, card, "4815", desk.key())

        assert (locked.state, locked.until) == (LinkState.LOCKED, desk.clock.now() + HOUR)
    assert (await desk.accounts.link_by_code(ANNA, await desk.code_for(CARD), desk.key())).state is LinkState.LINKED


async def test_a_success_frees_nobody_to_guess_on(desk: Desk) -> None:
    for _ in range(4):
        await desk.accounts.link_by_code(ANNA, "00000000", desk.key())
    await desk.linked(ANNA)
    await desk.accounts.link_by_code(ANNA, "00000000", desk.key())

    assert (await desk.accounts.link_by_code(ANNA, "00000000", desk.key())).state is LinkState.LOCKED


async def test_to_be_forgotten_frees_nobody_to_guess_on(desk: Desk) -> None:
    for _ in range(5):
        await desk.accounts.link_by_code(ANNA, "00000000", desk.key())
    await desk.accounts.erase(ANNA, desk.key())
    await desk.sends()
    desk.clock.turn(timedelta(minutes=11))
    assert await desk.store.retention.finish_erasures() == 1
    await desk.comes(ANNA, "снова я")

    assert (await desk.accounts.link_by_code(ANNA, "00000000", desk.key())).state is LinkState.LOCKED


async def test_attempts_at_the_same_time_do_not_slip_past_the_limit(desk: Desk) -> None:
    states = await asyncio.gather(
        *(desk.accounts.link_by_code(ANNA, f"{number:08}", desk.key()) for number in range(20))
    )

    assert [one.state for one in states].count(LinkState.WRONG) == 5
    assert [one.state for one in states].count(LinkState.LOCKED) == 15


async def test_one_code_used_by_two_at_once_links_one(desk: Desk) -> None:
    code = await desk.code_for(CARD)

    both = await asyncio.gather(*(desk.accounts.link_by_code(who, code, desk.key()) for who in (ANNA, BORIS)))

    assert sorted(one.state for one in both) == [LinkState.LINKED, LinkState.WRONG]


async def test_ten_thousand_guesses_of_a_hundred_contacts_in_short(database: Database, clock: StandingClock) -> None:
    """The long form is ``bench guessing``; here 8 contacts guess 8 times each under a ceiling of 12 an hour."""
    limits = Limits(channel_an_hour=12, all_an_hour=24)
    async with opened_desk(database, clock, limits=limits) as desk:
        guessers = [Contact(channel="chat", address=f"guesser {number}") for number in range(8)]
        for guesser in guessers:
            await desk.comes(guesser)
        await desk.comes(ANNA)
        code = await desk.code_for(CARD)
        states = []
        for number in range(8):
            guess = code if number == 7 else f"{number:08}"  # the last guess of everybody would be right
            linkings = [await desk.accounts.link_by_code(guesser, guess, desk.key()) for guesser in guessers]
            states += [linking.state for linking in linkings]

        assert states == [LinkState.WRONG] * 12 + [LinkState.LOCKED] * 52
        assert [what for what in desk.heard if what[0] == "attack"] == [("attack", "chat")]
        acts = await desk.acts()
        assert (acts.count(Act.ATTACK.value), acts.count("link_refused"), acts.count("link_locked")) == (1, 12, 52)
        assert desk.heard.count(("link", "code", "locked")) == 52

        clock.turn(HOUR)
        assert (await desk.accounts.link_by_code(ANNA, await desk.code_for(CARD), desk.key())).state is LinkState.LINKED


async def test_an_attack_in_one_channel_closes_no_other(database: Database, clock: StandingClock) -> None:
    async with opened_desk(database, clock, limits=Limits(channel_an_hour=3, all_an_hour=24)) as desk:
        here, elsewhere = Contact(channel="chat", address="guesser"), Contact(channel="vk", address="7")
        for contact in (here, elsewhere):
            await desk.comes(contact)
        for contact in (here, here, here, elsewhere):
            await desk.accounts.link_by_code(contact, "00000000", desk.key())

        assert (await desk.accounts.link_by_code(here, "00000000", desk.key())).state is LinkState.LOCKED
        code = await desk.code_for(CARD)
        assert (await desk.accounts.link_by_code(elsewhere, code, desk.key())).state is LinkState.LINKED
