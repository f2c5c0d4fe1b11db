"""Many notices cost hardly more than one, and are as true."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from db.connect import Database
from tests.support.clock import StandingClock
from tests.support.lending import Statements
from tests.support.notified import Notified, notified
from tests.support.patience import SOON_S


@pytest.fixture
async def desk(database: Database, clock: StandingClock) -> AsyncIterator[Notified]:
    """A library that writes to its readers."""
    async with notified(database, clock) as opened:
        yield opened


async def readers_with_a_book(desk: Notified, first: int, count: int) -> list[int]:
    """So many readers, each with a book that is due tomorrow; returns the loans."""
    loans = []
    for number in range(first, first + count):
        patron = await desk.reader(str(number), "max")
        loans += await desk.borrows(patron, f"Книга {number}")
    return loans


async def test_the_number_of_queries_does_not_grow_with_the_letters(desk: Notified) -> None:
    counts = []
    for first, count in ((0, 1), (100, 5)):
        await readers_with_a_book(desk, first, count)
        await desk.engine.plan()
        with Statements(desk.database) as writing:
            assert await desk.engine.send() == count
        with Statements(desk.database) as leaving:
            assert len(await desk.texts("max")) == count
        counts.append((len(writing.asked), len([one for one in leaving.asked if "notice" in one])))

    assert counts[0] == counts[1], "a query a letter"


async def test_nobody_waits_while_it_is_looked_for_what_happened_and_no_history_is_gone_through(
    sqlite: Database, clock: StandingClock
) -> None:
    async with notified(sqlite, clock) as desk:
        with Statements(sqlite) as asked:
            async with sqlite.writing(), asyncio.timeout(SOON_S):
                assert await desk.store.plan_events() == 0

        assert [one for one in asked.asked if "FROM holds" in one]
        assert await asked.looked_through("holds") == []
        assert await asked.looked_through("renewal_requests") == []


async def test_a_book_that_comes_back_while_letters_leave_is_told_of_no_more(
    desk: Notified, clock: StandingClock
) -> None:
    loans = await readers_with_a_book(desk, 0, 3)
    await desk.engine.tick()
    first, second, third = await desk.log.claim_outbound("max", 50)
    assert await desk.engine.still_true(first) == ""
    await desk.library.desk.take_back(loans[2])
    clock.turn(timedelta(seconds=4))

    assert await desk.engine.still_true(second) == ""
    clock.turn(timedelta(seconds=4))
    assert await desk.engine.still_true(third) == "not true any more"


async def test_a_full_channel_ends_the_round_and_the_rest_waits_for_its_turn(
    desk: Notified, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.engine.notices.MOST_WAITING", 2)
    monkeypatch.setattr("bot.engine.notices.SEND_AT_ONCE", 2)
    await readers_with_a_book(desk, 0, 5)
    await desk.engine.tick()
    told = []
    for _ in range(4):
        texts = await desk.texts("max")
        assert len(texts) <= 2
        told += texts
        clock.turn(timedelta(seconds=16))
        await desk.engine.tick()

    assert len(told) == 5
