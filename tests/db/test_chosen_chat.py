"""Which of a reader's chats is written to first: their latest choice; «стоп» in one of them is heard in all."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.accounts import NoticeWishes, OtherChats
from db.account_store import account_store
from db.connect import Database
from tests.support.accounts import CHILD_CARD, Desk, opened_desk, setup_of
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS
from tests.support.notified import Notified, notified

HERE = NoticeWishes(here=True)


@pytest.fixture
async def desk(database: Database, clock: StandingClock) -> AsyncIterator[Desk]:
    """Анна's card is linked in two chats (the second one is called BORIS here)."""
    async with opened_desk(database, clock) as opened:
        await opened.comes(ANNA)
        await opened.comes(BORIS)
        await opened.linked(ANNA)
        assert (await opened.accounts.behind(ANNA)).other_chats == OtherChats()
        await opened.linked(BORIS)
        yield opened


async def here(desk: Desk) -> tuple[bool, bool]:
    """Whether each of the two is the chosen one."""
    first, second = [await desk.accounts.behind(contact) for contact in (ANNA, BORIS)]
    return first.wishes.here, second.wishes.here


async def test_a_wish_from_a_chat_that_may_carry_nothing_of_a_person_is_not_kept(desk: Desk) -> None:
    setup = setup_of(abroad=[ANNA.channel])
    abroad = account_store(desk.database, desk.clock, desk.log, setup).accounts

    await abroad.wish(ANNA, NoticeWishes(hide_titles=True, here=True))

    assert (await desk.accounts.behind(ANNA)).wishes == NoticeWishes()
    assert await here(desk) == (False, False)


async def test_the_latest_choice_counts(desk: Desk) -> None:
    assert await here(desk) == (False, False)
    await desk.accounts.wish(ANNA, HERE)
    assert await here(desk) == (True, False)
    desk.clock.turn(timedelta(seconds=1))
    await desk.accounts.wish(BORIS, HERE)
    assert await here(desk) == (False, True)

    await desk.accounts.wish(BORIS, NoticeWishes())

    assert await here(desk) == (True, False)


async def test_stop_in_one_chat_is_known_in_the_other_until_it_is_chosen(desk: Desk) -> None:
    await desk.accounts.wish(ANNA, HERE)
    desk.clock.turn(timedelta(seconds=1))
    await desk.accounts.wish(BORIS, NoticeWishes(muted=True))
    assert (await desk.accounts.behind(ANNA)).other_chats == OtherChats(linked=True, stopped=True)
    assert (await desk.accounts.behind(BORIS)).other_chats == OtherChats(linked=True)
    desk.clock.turn(timedelta(seconds=1))

    await desk.accounts.wish(ANNA, HERE)

    assert (await desk.accounts.behind(ANNA)).other_chats == OtherChats(linked=True)


async def test_a_guardian_s_chat_is_no_chat_of_the_child_s_own(desk: Desk) -> None:
    await desk.accounts.unlink(BORIS, None, desk.key())
    await desk.linked(ANNA, CHILD_CARD, child=True)
    await desk.linked(BORIS, CHILD_CARD)
    await desk.accounts.wish(BORIS, NoticeWishes(muted=True))

    assert (await desk.accounts.behind(ANNA)).other_chats == OtherChats()
    assert (await desk.accounts.behind(BORIS)).other_chats == OtherChats()


# --- the notices themselves ----------------------------------------------------------------------


@pytest.fixture
async def writing(database: Database, clock: StandingClock) -> AsyncIterator[Notified]:
    """A library that writes to its readers."""
    async with notified(database, clock) as opened:
        yield opened


async def test_the_chosen_chat_is_written_to_although_another_was_used_last(
    writing: Notified, database: Database, clock: StandingClock
) -> None:
    anna = await writing.reader("1", "vk")
    chosen = await writing.links(anna, "max", "1")
    await writing.wishes(chosen, chosen_at=clock.now())
    await writing.links(anna, "whatsapp", "1")  # used last
    await writing.borrows(anna, "Идиот")
    await writing.engine.tick()
    assert await writing.leaves("max", fails="blocked", unreachable=True) == []
    assert await writing.texts("whatsapp") == []

    await writing.engine.tick()

    assert len(await writing.texts("whatsapp")) == 1
    assert await writing.texts("vk") == []


async def test_a_chat_chosen_after_stop_is_written_to_alone(writing: Notified, clock: StandingClock) -> None:
    anna = await writing.reader("1")
    stopped, chosen = await writing.links(anna, "vk", "1"), await writing.links(anna, "max", "1")
    await writing.links(anna, "whatsapp", "1")
    await writing.wishes(stopped, muted=True)
    await writing.borrows(anna, "Идиот")
    await writing.engine.tick()
    assert [await writing.texts(channel) for channel in ("vk", "max", "whatsapp")] == [[], [], []]
    clock.turn(timedelta(seconds=1))
    await writing.wishes(chosen, chosen_at=clock.now())

    await writing.started().tick()

    assert [len(await writing.texts(channel)) for channel in ("vk", "max", "whatsapp")] == [0, 1, 0]
