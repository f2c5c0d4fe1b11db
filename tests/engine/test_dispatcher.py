"""One message in, one committed turn out: in order, once, whatever breaks."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.engine import dispatcher as engine
from bot.errors import StoreUnavailable
from bot.messages import Contact, Reply, Unsupported
from bot.ports.library import Library
from bot.ports.log import Mode, Waiting
from bot.routing import Answer, Expects, Router, Turn, expects, intent
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS
from tests.support.machine import Machine, answers
from tests.support.patience import SOON_S


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PAUSES_S", (0.0, 0.0, 0.0))
    monkeypatch.setattr(engine, "AWAY_S", (0.0,) * 8)


async def breaks(turn: Turn, _: Library) -> Reply:
    raise ZeroDivisionError(turn.text)


# --- order ---------------------------------------------------------------------------------------


async def test_twenty_numbered_messages_are_answered_in_order_and_once(clock: StandingClock) -> None:
    machine = Machine(clock)
    numbered = [f"сообщение {number}" for number in range(20)]
    async with machine.running():
        await machine.says(*numbered)
        await machine.settles()

    assert await machine.heard() == [f"эхо: {text}" for text in numbered]


async def test_two_quick_messages_are_two_turns_the_second_seeing_what_the_first_left(clock: StandingClock) -> None:
    router = Router("card")

    @router.on(intent("карта"))
    async def asks(turn: Turn, _: Library) -> Answer:
        return Answer(replies=(Reply(text="Номер?"),), expects=Expects(key="card", data={"asked": turn.text}))

    @router.on(expects("card"))
    async def reads(turn: Turn, _: Library) -> Reply:
        return Reply(text=f"{turn.data['asked']}: {turn.text}")

    machine = Machine(clock, router)
    await machine.says("карта", "12345")
    async with machine.running():
        await machine.settles()

    assert await machine.heard() == ["Номер?", "карта: 12345"]


async def test_one_turn_at_a_time_a_conversation_and_many_conversations_at_once(clock: StandingClock) -> None:
    together: dict[str, int] = {}
    most: dict[str, int] = {"all": 0}
    gate = asyncio.Event()

    async def slow(turn: Turn, _: Library) -> Reply:
        address = turn.contact.address
        together[address] = together.get(address, 0) + 1
        most[address] = max(most.get(address, 0), together[address])
        most["all"] = max(most["all"], sum(together.values()))
        await gate.wait()
        together[address] -= 1
        return Reply(text="ответ")

    machine = Machine(clock, answers(("вопрос", slow)))
    readers = [Contact(channel="chat", address=f"reader-{number}") for number in range(10)]
    for reader in readers:
        await machine.says("вопрос раз", "вопрос два", contact=reader)
    async with machine.running():
        await machine.until(lambda: most["all"] == 10)
        gate.set()
        await machine.settles()

    assert {most[reader.address] for reader in readers} == {1}


async def test_a_message_that_comes_during_a_turn_has_its_own_turn_after_it(clock: StandingClock) -> None:
    gate, began = asyncio.Event(), asyncio.Event()

    async def slow(turn: Turn, _: Library) -> Reply:
        began.set()
        await gate.wait()
        return Reply(text="медленный ответ")

    machine = Machine(clock, answers(("медленно", slow)))
    async with machine.running():
        await machine.says("медленно")
        await began.wait()
        await machine.says("быстро")
        gate.set()
        await machine.settles()

    assert await machine.heard() == ["медленный ответ", "эхо: быстро"]


async def test_a_flood_of_one_reader_holds_up_nobody_else(
    clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "IN_HAND", 30)
    order: list[str] = []

    async def notes(turn: Turn, _: Library) -> Reply:
        order.append(turn.contact.address)
        return Reply(text="ответ")

    machine = Machine(clock, answers(("вопрос", notes)))
    await machine.says(*[f"вопрос {number}" for number in range(200)])
    await machine.says("вопрос", contact=BORIS)
    async with machine.running():
        await machine.settles()

    assert order.index("boris") <= 40
    assert len(await machine.heard(ANNA)) == 200


# --- what breaks ---------------------------------------------------------------------------------


async def test_a_handler_that_raises_apologises_and_blocks_nothing(clock: StandingClock) -> None:
    machine = Machine(clock, answers(("сломай", breaks)))
    await machine.says("сломай это", "дальше")
    async with machine.running():
        await machine.settles()

    apology, following = await machine.heard()
    assert "сломалось" in apology
    assert following == "эхо: дальше"
    failed = machine.log.messages[1]
    assert (failed.state, failed.outcome, failed.error) == ("handled", "failed", "ZeroDivisionError: сломай это")


async def test_a_handler_that_never_ends_apologises_too(clock: StandingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "HANDLER_S", 0.0)

    async def sleeps(turn: Turn, _: Library) -> Reply:
        await asyncio.Event().wait()
        raise AssertionError

    machine = Machine(clock, answers(("спи", sleeps)))
    await machine.says("спи")
    async with machine.running():
        await machine.settles()

    assert "сломалось" in (await machine.heard())[0]


async def test_a_turn_that_fails_three_times_is_set_aside_with_its_error_and_the_reader_told(
    clock: StandingClock,
) -> None:
    machine = Machine(clock)
    await machine.says("сломай понимание", "дальше")
    async with machine.running():
        await machine.settles()

    poisoned = machine.log.messages[1]
    assert (poisoned.state, poisoned.attempts, poisoned.error) == (
        "aside",
        3,
        "ZeroDivisionError: сломай понимание",
    )
    apology, following = await machine.heard()
    assert "сломалось" in apology
    assert following == "эхо: дальше"


async def test_a_failure_that_passes_costs_the_reader_nothing(clock: StandingClock) -> None:
    tries: list[int] = []

    async def once(turn: Turn, _: Library) -> Reply:
        tries.append(1)
        if len(tries) == 1:
            raise StoreUnavailable("the catalogue is locked")
        return Reply(text="ответ")

    machine = Machine(clock, answers(("вопрос", once)))
    await machine.says("вопрос", "потом")
    async with machine.running():
        await machine.settles()

    assert await machine.heard() == ["ответ", "эхо: потом"]


async def test_a_store_that_is_away_for_a_while_loses_no_turn_and_words_none_twice(clock: StandingClock) -> None:
    worded: list[str] = []

    async def breaks_the_store(turn: Turn, _: Library) -> Reply:
        worded.append(turn.text)
        machine.log.broken = True
        return Reply(text="ответ")

    machine = Machine(clock, answers(("вопрос", breaks_the_store)))
    await machine.says("вопрос")
    async with machine.running():
        await machine.until(lambda: bool(worded))
        for _ in range(5):
            await asyncio.sleep(0)
        machine.log.broken = False
        await machine.settles()

    assert await machine.heard() == ["ответ"]
    assert worded == ["вопрос"]
    assert machine.log.messages[1].attempts == 0


async def test_the_dispatcher_outlives_a_store_that_cannot_be_asked(clock: StandingClock) -> None:
    machine = Machine(clock)
    machine.log.broken = True
    async with machine.running():
        for _ in range(20):
            await asyncio.sleep(0)
        machine.log.broken = False
        await machine.says("вопрос")
        await machine.settles()

    assert await machine.heard() == ["эхо: вопрос"]


async def test_a_claim_that_was_lost_ends_its_turns(clock: StandingClock) -> None:
    async def overslept(turn: Turn, _: Library) -> Reply:
        if turn.text == "медленно":
            clock.turn(timedelta(minutes=2))
            elsewhere.extend(await machine.log.claim(10))
        return Reply(text=turn.text)

    elsewhere: list[Waiting] = []
    machine = Machine(clock, answers(("медленно", overslept)))
    await machine.says("медленно", "второе")
    await machine.dispatcher.take(1)

    assert len(elsewhere) == 2
    assert await machine.heard() == []


# --- a person has the conversation ---------------------------------------------------------------


async def test_the_bot_is_silent_while_a_person_has_the_conversation(clock: StandingClock) -> None:
    machine = Machine(clock)
    await machine.says("первое")
    async with machine.running():
        await machine.settles()
        machine.log.conversation_of(ANNA).mode = Mode.PERSON
        await machine.says("второе")
        await machine.settles()

    assert await machine.heard() == ["эхо: первое"]
    assert machine.log.messages[3].outcome == "silent"


async def test_a_person_who_takes_over_during_a_turn_silences_it(clock: StandingClock) -> None:
    async def taken(turn: Turn, _: Library) -> Reply:
        machine.log.conversation_of(ANNA).mode = Mode.PERSON
        return Reply(text="бот говорит поверх человека")

    machine = Machine(clock, answers(("вопрос", taken)))
    await machine.says("вопрос", "ещё")
    async with machine.running():
        await machine.settles()

    assert await machine.heard() == []
    assert [message.outcome for message in machine.log.messages.values()] == ["silent", "silent"]


async def test_a_handler_calls_a_person_and_the_bot_still_answers_while_the_reader_waits(clock: StandingClock) -> None:
    async def calls(turn: Turn, _: Library) -> Answer:
        return Answer(replies=(Reply(text="Позову"),), handover="asked")

    machine = Machine(clock, answers(("человек", calls)))
    await machine.says("человек", "а пока")
    async with machine.running():
        await machine.settles()

    assert await machine.heard() == ["Позову", "эхо: а пока"]
    assert machine.log.conversation_of(ANNA).mode is Mode.WAITING
    assert machine.log.conversation_of(ANNA).handover_reason == "asked"


# --- the loop guard ------------------------------------------------------------------------------


async def test_the_same_text_again_and_again_is_answered_twenty_times_and_then_no_more(clock: StandingClock) -> None:
    machine = Machine(clock)
    await machine.says(*["привет"] * 30)
    async with machine.running():
        await machine.settles()

    heard = await machine.heard()
    assert heard[:19] == ["эхо: привет"] * 19
    assert len(heard) == 20
    assert "много раз" in heard[-1]


async def test_stickers_again_and_again_are_guarded_alike(clock: StandingClock) -> None:
    machine = Machine(clock)
    await machine.says(*[Unsupported("sticker")] * 30)
    async with machine.running():
        await machine.settles()

    assert len(await machine.heard()) == 20


async def test_the_guard_forgets_after_five_minutes_or_another_text(clock: StandingClock) -> None:
    machine = Machine(clock)
    async with machine.running():
        await machine.says(*["привет"] * 25)
        await machine.settles()
        clock.turn(timedelta(minutes=6))
        await machine.says("привет")
        await machine.settles()
        assert (await machine.heard())[-1] == "эхо: привет"
        await machine.says(*["привет"] * 25, "другое")
        await machine.settles()

    assert (await machine.heard())[-1] == "эхо: другое"


async def test_another_bot_is_not_answered_for_ever_whatever_it_says(clock: StandingClock) -> None:
    machine = Machine(clock)
    for number in range(20):
        await machine.says(f"автоответ {number}", automated=True)
    async with machine.running():
        await machine.settles()

    assert len(await machine.heard()) == 2


# --- stopping ------------------------------------------------------------------------------------


async def test_told_to_stop_it_finishes_the_turns_in_hand_and_takes_no_more(clock: StandingClock) -> None:
    gate, began = asyncio.Event(), asyncio.Event()

    async def slow(turn: Turn, _: Library) -> Reply:
        began.set()
        await gate.wait()
        return Reply(text="ответ")

    machine = Machine(clock, answers(("медленно", slow)))
    task = asyncio.create_task(machine.dispatcher.run())
    await machine.says("медленно")
    await began.wait()
    machine.dispatcher.stop()
    await machine.says("после", contact=BORIS)
    gate.set()
    async with asyncio.timeout(SOON_S):
        await task

    assert await machine.heard(ANNA) == ["ответ"]
    assert await machine.heard(BORIS) == []
    assert [message.state for message in machine.log.messages.values()].count("waiting") == 1


async def test_cut_short_it_leaves_no_turn_half_done(clock: StandingClock) -> None:
    began = asyncio.Event()

    async def endless(turn: Turn, _: Library) -> AsyncIterator[None] | Reply:
        began.set()
        await asyncio.Event().wait()
        return Reply(text="ответ")

    machine = Machine(clock, answers(("вопрос", endless)))  # type: ignore[arg-type]
    task = asyncio.create_task(machine.dispatcher.run())
    await machine.says("вопрос")
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await machine.heard() == []
    assert machine.log.messages[1].state == "waiting"
    assert len(asyncio.all_tasks()) == 1
