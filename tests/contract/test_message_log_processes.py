"""Several processes share one PostgreSQL: the work is divided, never doubled, and nobody's death stops it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.errors import StoreUnavailable
from bot.messages import Contact, Delivery, DeliveryReceipt
from bot.ports.log import Attempt, Waiting
from db import log_postgres
from db.connect import Database, connect
from db.messages import Log
from tests.support.clock import StandingClock
from tests.support.databases import Databases
from tests.support.logs import ANNA, BORIS, SqlStaff, arrival, opened_log, says, silent, turn, words
from tests.support.patience import SOON_S

SESSIONS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'bibliobot %'"


@pytest.fixture
async def database(databases: Databases) -> AsyncIterator[Database]:
    opened = await connect(await databases.url("postgresql"))
    yield opened
    await databases.drop(opened)


@pytest.fixture
async def first(database: Database, clock: StandingClock) -> AsyncIterator[Log]:
    async with opened_log(database, clock) as log:
        yield log


@pytest.fixture
async def second(database: Database, clock: StandingClock, first: Log) -> AsyncIterator[Log]:
    async with opened_log(database, clock) as log:
        yield log


async def sessions(database: Database) -> set[int]:
    """The logs' sessions in the server."""
    async with database.engine.connect() as connection:
        return set((await connection.scalars(text(SESSIONS))).all())


async def cut(database: Database, pids: set[int]) -> None:
    """End these sessions and wait until they are gone: what a dead process leaves behind."""
    async with database.engine.connect() as connection:
        for pid in pids:
            await connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})


async def test_two_processes_share_the_conversations(first: Log, second: Log) -> None:
    readers = [Contact(channel="chat", address=f"reader-{number}") for number in range(8)]
    for reader in readers:
        await says(first, "раз", "два", contact=reader)

    taken: list[list[Waiting]] = []
    while sum(map(len, taken)) < 16:  # a claim leaves out what another one is just taking
        taken += await asyncio.gather(first.claim(4), second.claim(4))

    claimed = [waiting for claims in taken for waiting in claims]
    assert len({waiting.message_id for waiting in claimed}) == 16
    hands = {waiting.conversation_id: number for number, claims in enumerate(taken) for waiting in claims}
    assert all(hands[waiting.conversation_id] == number for number, claims in enumerate(taken) for waiting in claims)


async def test_a_conversation_in_another_process_s_hand_is_left_alone(first: Log, second: Log) -> None:
    await says(first, "раз")
    await first.claim(10)
    await says(second, "два")
    await says(second, "другой", contact=BORIS)

    assert words(await second.claim(10)) == ["другой"]


async def test_a_redelivery_to_another_process_changes_nothing(first: Log, second: Log) -> None:
    both = await asyncio.gather(first.record(arrival("привет", key="1")), second.record(arrival("привет", key="1")))

    assert sorted(recorded.fresh for recorded in both) == [False, True]
    assert len({recorded.message_id for recorded in both}) == 1
    assert words(await first.claim(10)) == ["привет"]


async def test_redeliveries_in_another_order_do_not_lock_each_other_out(first: Log, second: Log) -> None:
    numbered = [arrival(str(number), key=str(number), contact=(ANNA, BORIS)[number % 2]) for number in range(60)]

    for _ in range(3):
        await asyncio.gather(
            *[first.record(message) for message in numbered], *[second.record(message) for message in numbered[::-1]]
        )

    assert (await first.figures()).received == 60


async def test_a_stale_lease_cannot_complete_a_turn(first: Log, second: Log, clock: StandingClock) -> None:
    await says(first, "раз")
    [stale] = await first.claim(10)
    clock.turn(timedelta(seconds=61))
    [taken] = await second.claim(10)

    assert not await first.complete(turn(stale, "опоздал"))
    await first.put_back(stale, "опоздал")

    assert await second.complete(turn(taken, "ответ"))
    assert [logged.reply.text for logged in await first.said(ANNA)] == ["раз", "ответ"]


async def test_a_claim_whose_turns_another_process_took_is_forgotten(
    first: Log, second: Log, clock: StandingClock
) -> None:
    await says(first, "раз", "два")
    await first.claim(10)
    clock.turn(timedelta(seconds=61))
    for waiting in await second.claim(10):
        await second.complete(silent(waiting))
    await says(first, "три")
    [waiting] = await first.claim(10)
    await first.complete(silent(waiting))

    await says(first, "четыре")

    assert words(await second.claim(10)) == ["четыре"]


async def test_a_message_wakes_the_other_process(first: Log, second: Log) -> None:
    changes = second.changes()
    await heard_of(first, second)
    await anext(changes)
    received = (await second.figures()).received

    for said in ("раз", "два"):  # of a stranger, and of somebody who is known
        following = asyncio.ensure_future(anext(changes))
        await says(first, said)
        async with asyncio.timeout(SOON_S):
            await following

    assert (await second.figures()).received == received + 2


async def test_a_reply_wakes_the_page_that_another_process_serves(first: Log, second: Log) -> None:
    await heard_of(first, second)
    await says(second, "вопрос")
    changed, outgoing = second.changed(ANNA), second.outgoing_changes("chat")
    await anext(changed)
    await anext(outgoing)
    following = asyncio.gather(anext(changed), anext(outgoing))
    [waiting] = await first.claim(10)

    await first.complete(turn(waiting, "ответ"))

    async with asyncio.timeout(SOON_S):
        await following


async def test_news_too_long_for_one_notice_wake_everybody(first: Log, second: Log) -> None:
    await heard_of(first, second)
    changed = second.changed(ANNA)
    await anext(changed)
    following = asyncio.ensure_future(anext(changed))
    crowd = [Contact(channel="chat", address=f"reader-{number}" * 10) for number in range(100)]

    await asyncio.gather(*[first.record(arrival("раз", key=reader.address, contact=reader)) for reader in crowd])

    async with asyncio.timeout(SOON_S):
        await following


async def alive(log: Log) -> None:
    """Return once the log has found its sessions again: a first try may only learn that they are gone."""
    probe = arrival("probe", key="probe", contact=Contact(channel="probe", address="alive"))
    async with asyncio.timeout(SOON_S):
        for ask in (log.figures, lambda: log.claim(0), lambda: log.record(probe)):
            while True:
                try:
                    await ask()
                    break
                except StoreUnavailable:
                    continue


async def heard_of(speaker: Log, listener: Log) -> None:
    """Return once the listener has its ear open: it hears what the speaker does."""
    probe = Contact(channel="probe", address="probe")
    heard = asyncio.Event()

    async def listen() -> None:
        changed = listener.changed(probe)
        await anext(changed)
        await anext(changed)
        heard.set()

    listening = asyncio.create_task(listen())
    async with asyncio.timeout(SOON_S):
        number = 0
        while not heard.is_set():
            number += 1
            await says(speaker, f"слышно? {number}", contact=probe)
    await listening
    while claimed := await speaker.claim(1000):  # of one conversation no more than some at once
        for waiting in claimed:
            await speaker.complete(silent(waiting))


async def test_a_process_that_lost_its_ear_looks_by_itself_and_hears_again(
    first: Log, second: Log, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_postgres, "RECONNECT_S", 0)
    await heard_of(first, second)
    changes = second.changes()
    await anext(changes)
    following = asyncio.ensure_future(anext(changes))

    await cut(database, await sessions(database))

    async with asyncio.timeout(SOON_S):
        await following  # notices may have been missed: everybody looks
    await alive(first)
    await heard_of(first, second)


async def test_one_process_sends_for_an_account_until_it_dies(
    first: Log, database: Database, clock: StandingClock
) -> None:
    await says(first, "вопрос")
    [waiting] = await first.claim(10)
    await first.complete(turn(waiting, "ответ"))

    async with opened_log(database, clock) as second, first.sending("chat") as held:
        async with second.sending("chat") as refused:
            assert (held, refused) == (True, False)
        await cut(database, await sessions(database))
        await alive(second)
        async with second.sending("chat") as taken:
            assert taken
            with pytest.raises(StoreUnavailable):
                await first.claim_outbound("chat", 10)
            [outbound] = await second.claim_outbound("chat", 10)
            await second.attempted(Attempt(message_id=outbound.message_id, channel="chat"))


async def test_what_a_dead_process_had_in_hand_is_taken_at_once(
    first: Log, database: Database, clock: StandingClock
) -> None:
    await says(first, "раз", "два")
    claimed = await first.claim(10)
    await cut(database, await sessions(database))

    async with opened_log(database, clock) as second, asyncio.timeout(SOON_S):
        taken: list[Waiting] = []
        async for _ in second.changes():
            if taken := await second.claim(10):
                break
        assert words(taken) == ["раз", "два"]
        await alive(first)
        assert not await first.complete(turn(claimed[0], "из прошлой жизни"))


async def test_a_receipt_that_overtakes_the_mark_of_another_process_is_kept(
    first: Log, database: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_postgres, "TIDY_S", 0)
    staff = SqlStaff(database, clock)
    await says(first, "вопрос")
    [waiting] = await first.claim(10)
    await first.complete(turn(waiting, "ответ"))
    [outbound] = await first.claim_outbound("chat", 10)
    async with opened_log(database, clock) as second, asyncio.timeout(SOON_S):
        await second.note(DeliveryReceipt(channel="chat", external_id="ext-1", delivery=Delivery.READ, at=clock.now()))
        await first.attempted(Attempt(message_id=outbound.message_id, channel="chat", external_ids=("ext-1",)))

        while await staff.state_of(outbound.message_id) != ("read", None):  # noqa: ASYNC110 - the other process works
            await asyncio.sleep(0)


async def test_every_process_tells_the_same_truth(first: Log, second: Log) -> None:
    await says(first, "раз", "два")
    await says(second, "три", contact=BORIS)
    for log in (first, second):
        for waiting in await log.claim(1):
            await log.complete(silent(waiting))

    assert await first.figures() == await second.figures()
    figures = await first.figures()
    assert (figures.received, figures.handled, figures.waiting, figures.aside) == (3, 2, 1, 0)
