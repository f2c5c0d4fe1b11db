"""What every log promises about claims: the oldest first, one conversation in one hand, never for ever."""

import asyncio
from datetime import timedelta

from db.messages import Log
from tests.support.clock import StandingClock
from tests.support.logs import BORIS, says, silent, turn, words

MINUTE = timedelta(seconds=60)


async def test_the_oldest_messages_are_claimed_first_and_no_more_than_asked_for(log: Log) -> None:
    await says(log, "раз")
    await says(log, "два", contact=BORIS)
    await says(log, "три")

    assert words(await log.claim(2)) == ["раз", "два"]


async def test_nothing_is_claimed_from_an_empty_log(log: Log) -> None:
    assert await log.claim(10) == []


async def test_a_conversation_in_hand_is_left_alone(log: Log) -> None:
    await says(log, "раз")
    await log.claim(10)

    await says(log, "два")
    await says(log, "другой", contact=BORIS)

    assert words(await log.claim(10)) == ["другой"]


async def test_two_claims_at_once_share_no_conversation(log: Log) -> None:
    await says(log, "раз", "два")
    await says(log, "три", contact=BORIS)

    first, second = await asyncio.gather(log.claim(10), log.claim(10))

    assert sorted(words(first) + words(second)) == ["два", "раз", "три"]


async def test_one_conversation_can_be_claimed_alone(log: Log) -> None:
    await says(log, "раз")
    boris = await says(log, "два", contact=BORIS)
    [wanted] = [waiting for waiting in await log.claim(10) if waiting.message_id in boris]
    await log.put_back(wanted, "another time")

    claimed = await log.claim(10, wanted.conversation_id)

    assert words(claimed) == ["два"]


async def test_a_conversations_messages_come_in_their_order(log: Log) -> None:
    await says(log, *[f"{number:02}" for number in range(12)])

    assert words(await log.claim(100)) == [f"{number:02}" for number in range(12)]


async def test_a_flood_of_one_reader_holds_up_nobody_else(log: Log) -> None:
    await says(log, *[f"{number:02}" for number in range(30)])
    await says(log, "тихий вопрос", contact=BORIS)

    claimed = words(await log.claim(100)) + words(await log.claim(100))

    assert claimed == [f"{number:02}" for number in range(20)] + ["тихий вопрос"]


async def test_a_flood_is_taken_up_where_it_was_left(log: Log) -> None:
    await says(log, *[f"{number:02}" for number in range(25)])
    for waiting in await log.claim(100):
        await log.complete(silent(waiting))

    assert words(await log.claim(100)) == [f"{number:02}" for number in range(20, 25)]


async def test_a_small_claim_leaves_no_conversation_locked_without_a_message(log: Log) -> None:
    await says(log, "раз", "два")
    await says(log, "три", contact=BORIS)
    await log.claim(1)

    assert words(await log.claim(10)) == ["три"]


async def test_a_claim_ends_with_its_last_message(log: Log) -> None:
    await says(log, "раз", "два")
    first, second = await log.claim(10)
    await says(log, "три")

    await log.complete(turn(first, "1"))
    assert await log.claim(10) == []
    await log.complete(turn(second, "2"))

    assert words(await log.claim(10)) == ["три"]


async def test_a_claim_ends_by_itself_after_a_minute(log: Log, clock: StandingClock) -> None:
    await says(log, "раз")
    [stale] = await log.claim(10)

    clock.turn(MINUTE)
    assert await log.claim(10) == []
    clock.turn(timedelta(seconds=1))
    [taken] = await log.claim(10)

    assert taken.message_id == stale.message_id
    assert taken.lease != stale.lease


async def test_a_claim_lasts_as_long_as_turns_are_completed(log: Log, clock: StandingClock) -> None:
    await says(log, "раз", "два", "три")
    first, second, third = await log.claim(10)

    for waiting in (first, second):
        clock.turn(timedelta(seconds=50))
        assert await log.complete(silent(waiting))
        assert await log.claim(10) == []
    clock.turn(timedelta(seconds=50))

    assert await log.complete(silent(third))
