"""What every log promises about turns: kept once, whole or not at all, and taken again where they failed."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.messages import Button, Contact, Reply, Text, bold, reply
from bot.ports.log import Dialogue, Mode
from db.messages import Log
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS, Staff, arrival, says, silent, turn, words
from tests.support.patience import SOON_S

CLARA = Contact(channel="chat", address="clara")
MINUTE = timedelta(seconds=60)
DIALOGUE = Dialogue(
    expects="card",
    data={"works": [1, 2], "title": "Ёж «\\u0000»"},
    offered=(Button("Первая", "work:1"), Button("Вторая", "work:2")),
    offered_at=datetime(2026, 3, 2, 7, 0, tzinfo=UTC),
    misses=1,
    repeats=2,
    repeating_since=datetime(2026, 3, 2, 6, 59, tzinfo=UTC),
    last_text="0f",
    language="en",
)


# --- completed turns -----------------------------------------------------------------------------


async def test_a_turn_keeps_replies_dialogue_and_handled_mark_together(log: Log) -> None:
    await says(log, "раз")
    [waiting] = await log.claim(10)

    assert await log.complete(turn(waiting, "первый ответ", "второй ответ", dialogue=DIALOGUE))

    assert [logged.reply.text for logged in await log.said(ANNA)] == ["раз", "первый ответ", "второй ответ"]
    figures = await log.figures()
    assert (figures.handled, figures.waiting) == (1, 0)
    await says(log, "два")
    [following] = await log.claim(10)
    assert following.dialogue == DIALOGUE


async def test_a_new_conversation_has_an_empty_dialogue(log: Log) -> None:
    await says(log, "раз")

    [waiting] = await log.claim(10)

    assert waiting.dialogue == Dialogue()
    assert waiting.mode is Mode.BOT


async def test_a_reply_comes_out_as_it_went_in(log: Log) -> None:
    said = reply("Есть ", bold("«Война и мир»"), " \\ \" ' {}\n", buttons=[[Button("Где?", "where:1")]])
    await says(log, "раз")
    [waiting] = await log.claim(10)

    await log.complete(turn(waiting, said))

    [outbound] = await log.claim_outbound("chat", 10)
    assert outbound.reply == said


async def test_a_turn_is_kept_once(log: Log) -> None:
    await says(log, "раз")
    [waiting] = await log.claim(10)

    assert await log.complete(turn(waiting, "ответ"))
    assert not await log.complete(turn(waiting, "ответ ещё раз"))

    assert [logged.reply.text for logged in await log.said(ANNA)] == ["раз", "ответ"]


async def test_a_turn_completed_twice_at_once_is_kept_once(log: Log) -> None:
    await says(log, "раз")
    [waiting] = await log.claim(10)

    kept = await asyncio.gather(log.complete(turn(waiting, "ответ")), log.complete(turn(waiting, "ответ")))

    assert sorted(kept) == [False, True]
    assert [logged.reply.text for logged in await log.said(ANNA)] == ["раз", "ответ"]
    assert (await log.figures()).handled == 1


async def test_a_lost_claim_completes_nothing(log: Log, clock: StandingClock) -> None:
    await says(log, "раз")
    [stale] = await log.claim(10)
    clock.turn(2 * MINUTE)
    [taken] = await log.claim(10)

    assert not await log.complete(turn(stale, "опоздал", dialogue=DIALOGUE))

    assert [logged.reply.text for logged in await log.said(ANNA)] == ["раз"]
    assert await log.complete(turn(taken, "ответ"))
    assert [logged.reply.text for logged in await log.said(ANNA)] == ["раз", "ответ"]


async def test_the_bot_is_silent_once_a_librarian_has_the_conversation(log: Log, staff: Staff) -> None:
    await says(log, "раз")
    [waiting] = await log.claim(10)
    await staff.sets_mode(ANNA, Mode.PERSON)

    assert not await log.complete(turn(waiting, "ответ", dialogue=DIALOGUE, mode=Mode.BOT))

    assert [logged.reply.text for logged in await log.said(ANNA)] == ["раз"]
    assert (await staff.mode_of(ANNA))[0] is Mode.PERSON


async def test_a_silent_turn_is_kept_after_a_librarian_took_over(log: Log, staff: Staff) -> None:
    await says(log, "раз", "два")
    first, second = await log.claim(10)
    await staff.sets_mode(ANNA, Mode.PERSON)
    await log.complete(turn(first, "ответ"))

    assert await log.claim(10) == []  # the claim stands
    assert await log.complete(silent(first))
    assert await log.complete(silent(second))

    assert (await log.figures()).waiting == 0


async def test_a_turn_can_call_a_person_and_send_them_away(log: Log, staff: Staff) -> None:
    await says(log, "человек!", "уже не надо")
    first, second = await log.claim(10)

    await log.complete(turn(first, "Позову", mode=Mode.WAITING, handover_reason="asked"))
    assert await staff.mode_of(ANNA) == (Mode.WAITING, "asked")
    await log.complete(turn(second, "Хорошо", mode=Mode.BOT))

    assert (await staff.mode_of(ANNA))[0] is Mode.BOT


async def test_a_turn_without_a_mode_leaves_it(log: Log, staff: Staff) -> None:
    await says(log, "раз")
    [waiting] = await log.claim(10)
    await log.complete(turn(waiting, "Позову", mode=Mode.WAITING, handover_reason="asked"))
    await says(log, "два")
    [following] = await log.claim(10)
    assert following.mode is Mode.WAITING

    await log.complete(turn(following, "ответ"))

    assert await staff.mode_of(ANNA) == (Mode.WAITING, "asked")


async def test_turns_of_many_conversations_are_kept_together(log: Log) -> None:
    for number in range(30):
        await says(log, f"вопрос {number}", contact=ANNA if number % 2 else BORIS)
    claimed = await log.claim(100)
    anna = [waiting for waiting in claimed if waiting.inbound.contact == ANNA]
    boris = [waiting for waiting in claimed if waiting.inbound.contact == BORIS]

    kept = await asyncio.gather(*[log.complete(turn(waiting, "ответ")) for waiting in (anna[0], boris[0])])

    assert kept == [True, True]
    assert (await log.figures()).handled == 2


# --- failed turns --------------------------------------------------------------------------------


async def test_a_turn_that_failed_is_taken_again_before_the_later_ones(log: Log) -> None:
    await says(log, "раз", "два")
    first, _ = await log.claim(10)

    await log.put_back(first, "ValueError")

    again = await log.claim(10)
    assert words(again) == ["раз", "два"]
    assert [waiting.tries for waiting in again] == [1, 0]


async def test_a_message_that_fails_three_times_is_set_aside_and_its_conversation_goes_on(
    log: Log, staff: Staff
) -> None:
    ids = await says(log, "отрава", "следующее")
    for _ in range(3):
        poisoned, *_ = await log.claim(10)
        await log.put_back(poisoned, "ValueError: отрава")

    assert words(await log.claim(10)) == ["следующее"]
    assert await staff.state_of(ids[0]) == ("aside", "ValueError: отрава")
    figures = await log.figures()
    assert (figures.aside, figures.waiting) == (1, 1)


async def test_the_reader_is_told_once_when_a_message_is_set_aside(log: Log) -> None:
    [message_id] = await says(log, "отрава")
    for _ in range(3):
        assert [logged.reply.text for logged in await log.said(ANNA)] == ["отрава"]
        [poisoned] = await log.claim(10)
        await log.put_back(poisoned, "ValueError", Reply(text="Простите"))

    _, farewell = await log.said(ANNA)
    assert (farewell.reply.text, farewell.in_reply_to) == ("Простите", message_id)
    assert [outbound.reply.text for outbound in await log.claim_outbound("chat", 10)] == ["Простите"]


async def test_nothing_is_said_of_a_failure_while_a_librarian_has_the_conversation(log: Log, staff: Staff) -> None:
    await says(log, "отрава")
    await staff.sets_mode(ANNA, Mode.PERSON)
    for _ in range(3):
        [poisoned] = await log.claim(10)
        await log.put_back(poisoned, "ValueError", Reply(text="Простите"))

    assert [logged.reply.text for logged in await log.said(ANNA)] == ["отрава"]
    assert (await log.figures()).aside == 1


async def test_a_lost_claim_puts_nothing_back(log: Log, clock: StandingClock) -> None:
    await says(log, "раз")
    [stale] = await log.claim(10)
    clock.turn(2 * MINUTE)
    [taken] = await log.claim(10)

    await log.put_back(stale, "опоздал")

    assert await log.claim(10) == []  # still in the second one's hand
    assert await log.complete(turn(taken, "ответ"))


# --- figures and wake-ups ------------------------------------------------------------------------


async def test_every_message_is_handled_waiting_or_set_aside(log: Log) -> None:
    await says(log, "отрава", "раз", "два", "три")
    await log.record((await log.claim(1))[0].inbound)  # a redelivery counts for nothing
    await says(log, "четыре", contact=BORIS)
    [waiting] = await log.claim(10)
    await log.complete(turn(waiting, "ответ"))

    figures = await log.figures()

    assert (figures.received, figures.handled, figures.waiting, figures.aside) == (5, 1, 4, 0)


async def test_the_age_of_the_oldest_unhandled_message_is_known(log: Log, clock: StandingClock) -> None:
    assert (await log.figures()).oldest_waiting is None
    await says(log, "раз")
    clock.turn(timedelta(minutes=3))
    await says(log, "два")

    assert (await log.figures()).oldest_waiting == timedelta(minutes=3)


async def test_who_waits_for_messages_looks_at_once_and_at_each_arrival(log: Log) -> None:
    changes = log.changes()
    await anext(changes)
    following = asyncio.ensure_future(anext(changes))

    await says(log, "раз")

    async with asyncio.timeout(SOON_S):
        await following


async def test_a_message_that_came_during_a_turn_wakes_when_the_turn_is_over(log: Log) -> None:
    await says(log, "раз")
    [waiting] = await log.claim(10)
    await says(log, "два")
    changes = log.changes()
    await anext(changes)
    following = asyncio.ensure_future(anext(changes))

    await log.complete(turn(waiting, "ответ"))

    async with asyncio.timeout(SOON_S):
        await following
    assert words(await log.claim(10)) == ["два"]


async def test_a_turn_put_back_wakes(log: Log) -> None:
    await says(log, "раз")
    [waiting] = await log.claim(10)
    changes = log.changes()
    await anext(changes)
    following = asyncio.ensure_future(anext(changes))

    await log.put_back(waiting, "ValueError")

    async with asyncio.timeout(SOON_S):
        await following


async def test_everybody_can_be_made_to_look(log: Log) -> None:
    changes, outgoing = log.changes(), log.outgoing_changes("chat")
    await anext(changes)
    await anext(outgoing)
    following = asyncio.gather(anext(changes), anext(outgoing))

    log.wake()

    async with asyncio.timeout(SOON_S):
        await following


# --- many at once --------------------------------------------------------------------------------


async def test_turns_kept_together_are_kept_as_well_as_one_by_one(log: Log, staff: Staff) -> None:
    await says(log, "раз", contact=ANNA)
    await says(log, "два", contact=BORIS)
    hers, his = await log.claim(10)
    await staff.sets_mode(BORIS, Mode.PERSON)

    assert await log.complete_many([turn(hers, "ответ Анне"), turn(his, "ответ Борису")]) == [True, False]

    assert [logged.reply.text for logged in await log.said(ANNA)] == ["раз", "ответ Анне"]
    assert [logged.reply.text for logged in await log.said(BORIS)] == ["два"]
    assert await log.complete_many([silent(his)]) == [True]


async def test_what_is_kept_beside_a_turn_that_came_too_late_is_kept_once(log: Log, staff: Staff) -> None:
    await says(log, "раз", contact=ANNA)
    await says(log, "два", contact=BORIS)
    hers, his = await log.claim(10)
    await staff.sets_mode(BORIS, Mode.PERSON)

    recorded, *kept = await asyncio.gather(
        log.record(arrival("три", key="3", contact=CLARA)),
        log.complete(turn(hers, "ответ Анне")),
        log.complete(turn(his, "ответ Борису")),
    )

    assert kept == [True, False]
    assert [logged.reply.text for logged in await log.said(ANNA)] == ["раз", "ответ Анне"]
    assert [logged.reply.text for logged in await log.said(BORIS)] == ["два"]
    assert [waiting.message_id for waiting in await log.claim(10)] == [recorded.message_id]
    assert (await log.figures()).received == 3


async def test_no_turns_at_all_are_kept_without_a_fault(log: Log) -> None:
    assert await log.complete_many([]) == []


async def test_a_turn_kept_twice_is_told_so_whoever_is_beside_it(log: Log) -> None:
    await says(log, "раз", contact=ANNA)
    await says(log, "два", contact=BORIS)
    hers, his = await log.claim(10)
    await log.complete(turn(hers, "ответ"))

    assert await log.complete_many([turn(hers, "ещё раз"), turn(his, "ответ")]) == [False, True]


async def test_a_librarian_who_gave_a_conversation_back_is_noticed_with_the_next_message(
    log: Log, staff: Staff
) -> None:
    await says(log, "раз")
    for waiting in await log.claim(10):
        await log.complete(turn(waiting, "ответ", dialogue=DIALOGUE))
    await staff.sets_mode(ANNA, Mode.PERSON)
    await says(log, "два")
    [while_hers] = await log.claim(10)
    await log.complete(silent(while_hers))
    await staff.sets_mode(ANNA, Mode.BOT)

    await says(log, "три")

    [waiting] = await log.claim(10)
    assert (while_hers.mode, waiting.mode) == (Mode.PERSON, Mode.BOT)
    assert waiting.dialogue == DIALOGUE


async def test_a_dialogue_looks_the_same_whether_it_was_just_written_or_read_back(log: Log, staff: Staff) -> None:
    left = replace(DIALOGUE, data={"works": (1, 2)})
    seen = []
    for text in ("раз", "два", "три"):
        await says(log, text)
        [waiting] = await log.claim(10)
        seen.append((waiting.dialogue.data, waiting.first))
        await log.complete(turn(waiting, dialogue=left))
        if text == "два":
            await staff.sets_mode(ANNA, Mode.BOT)  # somebody else writes to the store

    assert seen[1:] == [({"works": [1, 2]}, False)] * 2


async def test_a_code_is_forgotten_with_its_turn_and_nothing_else_is(log: Log, staff: Staff) -> None:
    spoken = await says(log, "12345678", "спасибо")

    first, second = await log.claim(10)
    assert words([first]) == ["12345678"]  # until then it may have to be understood anew
    await log.complete_many([turn(first, "Готово", secret=True)])
    await log.complete(turn(second, "Пожалуйста"))

    assert [await staff.content_of(one) for one in spoken] == [Text("•••"), Text("спасибо")]
