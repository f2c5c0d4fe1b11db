"""More waits than is remembered (after an outage, in a flood): page by page, each message once, each in its order."""

import asyncio
import random
import sqlite3
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from bot.messages import Contact
from bot.ports.log import Recorded, Waiting
from bot.quick import replace
from db import backlog, log_sqlite
from db.connect import Database
from db.log_sheets import Kept, ToKeep
from db.log_sqlite import SqliteLog
from db.messages import Log
from tests.support.clock import StandingClock
from tests.support.logs import BORIS, SAID_AT, arrival, opened_log, says, silent, turn, words
from tests.support.patience import TICK_S


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three messages are a page, eight fill the memory."""
    monkeypatch.setattr(backlog, "MOST_WAITING", 8)
    for module in (backlog, log_sqlite):
        monkeypatch.setattr(module, "PAGE", 3)


def reader(number: int) -> Contact:
    return Contact(channel="chat", address=f"reader {number}")


async def foreign_commit(database: Database) -> None:
    """Somebody else writes to the store, whatever it be."""
    async with database.writer.begin() as connection:
        await connection.execute(text("UPDATE message_totals SET slot = slot"))


async def finished(log: Log, limit: int = 4) -> list[Waiting]:
    """Claim and complete until nothing waits."""
    done: list[Waiting] = []
    while claimed := await log.claim(limit):
        for waiting in claimed:
            assert await log.complete(silent(waiting))
        done += claimed
    return done


async def test_what_fills_the_memory_is_answered_in_order_and_once(sqlite: Database, clock: StandingClock) -> None:
    async with opened_log(sqlite, clock) as log:
        assert isinstance(log, SqliteLog)
        for number in range(30):
            await says(log, f"{number:02}", contact=reader(number % 5))

        done = await finished(log)

        assert sorted(words(done)) == [f"{number:02}" for number in range(30)]
        for key in range(5):
            own = [waiting.inbound.content for waiting in done if waiting.inbound.contact == reader(key)]
            assert own == sorted(own, key=str)
        assert log._backlog.is_whole


async def test_what_waits_at_the_start_is_read_page_by_page(sqlite: Database, clock: StandingClock) -> None:
    async with opened_log(sqlite, clock) as before:
        for number in range(20):
            await says(before, f"{number:02}", contact=reader(number))

    async with opened_log(sqlite, clock) as log:
        first = await log.claim(100)
        await says(log, "20", contact=reader(0))
        rest = [waiting for _ in range(7) for waiting in await log.claim(100)]

        assert words(first) == ["00", "01", "02"]
        assert words(rest) == [f"{number:02}" for number in range(3, 20)]  # reader 0 is in hand


async def test_who_fills_the_memory_alone_holds_up_nobody_else(sqlite: Database, clock: StandingClock) -> None:
    async with opened_log(sqlite, clock) as log:
        await log.claim(1)
        await says(log, "поток")
        (flood,) = await log.claim(1)
        await says(log, *[f"{number:02}" for number in range(12)])
        await says(log, "тихий вопрос", contact=BORIS)

        assert words(await log.claim(100)) == ["тихий вопрос"]
        assert await log.claim(100) == []
        assert await log.complete(silent(flood))
        assert words(await finished(log)) == [f"{number:02}" for number in range(12)]


async def test_what_was_in_hand_when_everything_was_forgotten_is_taken_once(
    sqlite: Database, clock: StandingClock
) -> None:
    async with opened_log(sqlite, clock) as log:
        await says(log, "00", "01", "02", "03")
        first, second = await log.claim(2)
        await foreign_commit(sqlite)
        await says(log, "04")  # from here on the store is doubted

        assert await log.claim(10) == []
        for waiting in (first, second):
            assert await log.complete(silent(waiting))

        assert words(await finished(log)) == ["02", "03", "04"]


async def test_a_page_of_conversations_in_hand_hides_nobody_behind_it(sqlite: Database, clock: StandingClock) -> None:
    async with opened_log(sqlite, clock) as log:
        await says(log, *[f"{number:02}" for number in range(7)])
        await log.claim(2)
        await foreign_commit(sqlite)
        await says(log, "тихий вопрос", contact=BORIS)

        assert words(await log.claim(10)) == ["тихий вопрос"]


def then(log: SqliteLog, monkeypatch: pytest.MonkeyPatch, do: Callable[[], Awaitable[object]]) -> None:
    """Something happens after each reading of the store, before it is heard of."""
    read = log._read

    async def read_and_then(question: Callable[[sqlite3.Connection], Any]) -> Any:
        answer = await read(question)
        await do()
        return answer

    monkeypatch.setattr(log, "_read", read_and_then)


async def test_a_doubt_during_a_look_leaves_nothing_behind(
    sqlite: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was read is as it was read, but no longer all there is."""
    async with opened_log(sqlite, clock) as log:
        assert isinstance(log, SqliteLog)
        doubt = log._doubt

        async def doubts() -> None:
            doubt()

        await says(log, "00")
        await says(log, "01", contact=BORIS)
        log._doubt()
        with monkeypatch.context() as patch:
            then(log, patch, doubts)
            (claimed,) = await log.claim(1)

        assert words([claimed]) == ["00"]
        assert not log._backlog.is_whole
        assert log._backlog.stand(claimed.conversation_id) is None
        assert words(await finished(log)) == ["01"]


async def test_a_turn_that_fails_during_a_look_is_the_next_of_its_conversation(
    sqlite: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_log(sqlite, clock) as log:
        assert isinstance(log, SqliteLog)
        await says(log, "00", "01")
        (first,) = await log.claim(1)
        log._doubt()
        with monkeypatch.context() as patch:
            then(log, patch, lambda: log.put_back(first, "once"))
            assert await log.claim(10) == []

        assert words(await finished(log)) == ["00", "01"]


async def test_a_conversation_that_somebody_takes_meanwhile_is_not_taken_alone(
    sqlite: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_log(sqlite, clock) as log:
        assert isinstance(log, SqliteLog)
        await says(log, "00")
        (own,) = await finished(log)
        await says(log, "01")
        with monkeypatch.context() as patch:
            then(log, patch, lambda: log.claim(10))

            assert await log.claim(10, own.conversation_id) == []


async def test_a_conversation_that_is_taken_alone_is_not_taken_again(sqlite: Database, clock: StandingClock) -> None:
    async with opened_log(sqlite, clock) as log:
        assert isinstance(log, SqliteLog)
        await log.claim(1)
        await says(log, "00", "01")
        await says(log, "02", contact=BORIS)
        (own,) = await log.claim(1)
        await log.put_back(own, "another time")

        claimed = await log.claim(10, own.conversation_id)
        assert words(claimed) == ["00", "01"]
        assert [waiting.tries for waiting in claimed] == [1, 0]
        assert await log.claim(10, own.conversation_id) == []
        for waiting in claimed:
            assert await log.complete(silent(waiting))

        assert words(await finished(log)) == ["02"]


async def test_nor_is_one_that_was_known_before_it_was_taken_alone(sqlite: Database, clock: StandingClock) -> None:
    async with opened_log(sqlite, clock) as log:
        await says(log, "00")
        (own,) = await finished(log)
        await says(log, "01")

        (claimed,) = await log.claim(10, own.conversation_id)
        assert await log.complete(silent(claimed))

        assert await log.claim(10) == []


async def test_a_reply_knows_when_the_reader_last_wrote(sqlite: Database, clock: StandingClock) -> None:
    """Not when the message was written that is answered: what was remembered longest is answered first."""
    later = SAID_AT + timedelta(minutes=5)
    async with opened_log(sqlite, clock) as log:
        await says(log, "00")
        await finished(log)
        await log.claim_outbound("chat", 10)  # from here on replies leave from memory
        await says(log, "01")
        await log.record(replace(arrival("02", key="02"), sent_at=later))
        (first,) = await log.claim(1)
        await log.complete(turn(first, "ответ"))

        (said,) = await log.claim_outbound("chat", 10)

    assert said.heard_at == later


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_happens_each_message_is_taken_once_and_in_order(
    sqlite: Database, clock: StandingClock, seed: int
) -> None:
    chance = random.Random(seed)
    said: defaultdict[str, list[str]] = defaultdict(list)
    done: defaultdict[str, list[str]] = defaultdict(list)
    async with opened_log(sqlite, clock) as log:

        async def speaks() -> None:
            for _ in range(chance.randrange(1, 6)):
                who = reader(min(chance.randrange(6), chance.randrange(6)))
                said[who.address].append(f"{len(said[who.address]):03}")
                await says(log, said[who.address][-1], contact=who)

        async def turns() -> None:
            claimed = await log.claim(chance.randrange(1, 12))
            failed: set[int] = set()
            for waiting in claimed:
                if waiting.conversation_id in failed:
                    continue
                if chance.random() < 0.1 and waiting.tries == 0:
                    await log.put_back(waiting, "once")
                    failed.add(waiting.conversation_id)
                else:
                    assert await log.complete(silent(waiting))
                    done[waiting.inbound.contact.address] += words([waiting])

        for _ in range(25):
            some = [chance.choice([speaks, speaks, turns, turns, turns]) for _ in range(chance.randrange(1, 5))]
            if chance.random() < 0.2:
                await foreign_commit(sqlite)
            await asyncio.gather(*[one() for one in some])
        while sum(map(len, done.values())) < sum(map(len, said.values())):
            await turns()

        assert done == said
        assert await log.claim(10) == []
        assert (await log.figures()).waiting == 0


async def test_no_look_reads_words_that_are_being_replaced(
    sqlite: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_log(sqlite, clock) as log:
        assert isinstance(log, SqliteLog)
        keep, looking = log._writer.keep, list[asyncio.Task[list[Waiting]]]()

        async def looked_at_meanwhile(asked: ToKeep) -> Kept:
            looking.append(asyncio.create_task(log.claim(10)))
            await asyncio.wait(looking, timeout=TICK_S)
            return await keep(asked)

        await log.record(replace(arrival("есть идиод?", key="k1"), external_id="m1"))
        monkeypatch.setattr(log._writer, "keep", looked_at_meanwhile)
        corrected = await log.record(replace(arrival("есть Идиот?", key="k2"), corrects="m1"))

        assert not corrected.fresh
        assert words(await looking[0]) == ["есть Идиот?"]


async def test_words_that_a_look_has_read_are_not_replaced(
    sqlite: Database, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_log(sqlite, clock) as log:
        assert isinstance(log, SqliteLog)
        recording: list[asyncio.Task[Recorded]] = []

        async def corrects() -> None:
            if recording:
                return
            message = replace(arrival("есть Идиот?", key="k2"), corrects="m1")
            recording.append(asyncio.create_task(log.record(message)))
            await asyncio.wait(recording, timeout=TICK_S)

        await log.record(replace(arrival("есть идиод?", key="k1"), external_id="m1"))
        log._doubt()
        with monkeypatch.context() as patch:
            then(log, patch, corrects)
            claimed = await log.claim(10)

        assert words(claimed) == ["есть идиод?"]
        assert (await recording[0]).fresh
