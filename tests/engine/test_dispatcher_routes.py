"""Which handler hears what a message says: words, buttons, choices, wishes handed on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.engine.dispatcher import routes
from bot.messages import Button, ButtonPress, Reply, Unsupported
from bot.ports.library import Library
from bot.ports.log import Completed
from bot.ports.understanding import Request
from bot.routing import Answer, Expects, Router, Turn, expects, intent, pressed
from tests.support.clock import StandingClock
from tests.support.machine import Machine, answers, echo

# --- what reaches which handler ------------------------------------------------------------------


async def test_a_global_word_is_heard_before_any_dialogue(clock: StandingClock) -> None:
    router = Router("card")

    @router.on(intent("карта"))
    async def asks(turn: Turn, _: Library) -> Answer:
        return Answer(replies=(Reply(text="Номер?"),), expects=Expects(key="card"))

    @router.on(expects("card"))
    async def reads(turn: Turn, _: Library) -> Reply:
        return Reply(text="проглочено")

    machine = Machine(clock, router)
    await machine.says("карта", "стоп")
    async with machine.running():
        await machine.settles()

    assert await machine.heard() == ["Номер?", "эхо: стоп"]


async def test_a_message_with_two_wishes_hears_two_answers(clock: StandingClock) -> None:
    machine = Machine(clock)
    await machine.says("часы и адрес")
    async with machine.running():
        await machine.settles()

    assert len(await machine.heard()) == 2


async def test_a_button_of_yesterday_says_that_it_is_old(clock: StandingClock) -> None:
    machine = Machine(clock)
    await machine.says(ButtonPress("unheard-of:12345", "Моя фамилия Петрова"))
    async with machine.running():
        await machine.settles()

    assert "уже не действует" in (await machine.heard())[0]
    assert machine.log.messages[1].intent == "press:unknown"
    assert b"unheard-of" not in machine.metrics.page(None)


async def test_a_choice_is_made_by_number_by_word_and_by_label(clock: StandingClock) -> None:
    router = Router("list")

    @router.on(intent("список"))
    async def offers(turn: Turn, _: Library) -> Reply:
        rows = ((Button("Идиот", "take:1"),), (Button("Бесы", "take:2"),))
        return Reply(text="Какую?", buttons=rows)

    @router.on(pressed("take"))
    async def takes(turn: Turn, _: Library) -> Reply:
        return Reply(text=f"взято {turn.argument}")

    machine = Machine(clock, router)
    await machine.says("список", "2", "первая", "бесы", ButtonPress("take:1"), "3")
    async with machine.running():
        await machine.settles()

    assert await machine.heard() == ["Какую?", "взято 2", "взято 1", "взято 2", "взято 1", "эхо: 3"]


async def test_a_list_of_last_week_is_not_chosen_from(clock: StandingClock) -> None:
    async def offers(turn: Turn, _: Library) -> Reply:
        return Reply(text="Какую?", buttons=((Button("Идиот", "take:1"),),))

    machine = Machine(clock, answers(("список", offers)))
    await machine.says("список")
    async with machine.running():
        await machine.settles()
        clock.turn(timedelta(days=7))
        await machine.says("1")
        await machine.settles()

    assert await machine.heard() == ["Какую?", "эхо: 1"]


async def test_a_sticker_is_told_kindly_that_text_is_needed(clock: StandingClock) -> None:
    machine = Machine(clock)
    await machine.says(Unsupported("sticker"))
    async with machine.running():
        await machine.settles()

    assert "только слова" in (await machine.heard())[0]


async def test_a_policy_sees_every_turn_before_it_is_kept(clock: StandingClock) -> None:
    def hushed(turn: Completed) -> Completed:
        return replace(turn, replies=(Reply(text="об этом здесь не говорим"),))

    machine = Machine(clock, policy=hushed)
    await machine.says("мои книги", Unsupported("voice"))
    async with machine.running():
        await machine.settles()

    assert await machine.heard() == ["об этом здесь не говорим"] * 2


def test_a_bot_without_a_fallback_does_not_start() -> None:
    with pytest.raises(ValueError, match="fallback"):
        routes([answers(("часы", echo))])


def test_the_earlier_module_wins_a_trigger() -> None:
    async def first(turn: Turn, _: Library) -> Reply:
        return await echo(turn, _)

    table = routes([answers(("часы", first)), answers(("часы", echo), ("fallback", echo))])

    assert [handler for trigger, handler in table.items() if trigger.key == "часы"] == [first]


# --- what a turn turns out to ask for ------------------------------------------------------------


async def test_a_missed_answer_to_a_personal_question_tells_nobody_what_was_asked(clock: StandingClock) -> None:
    cards = Router("cards", personal=True)

    @cards.on(intent("фамилия"))
    async def unknown(turn: Turn, _: Library) -> Answer:
        return Answer(replies=(Reply(text=f"Не нашли: {turn.text}"),), missed=True)

    machine = Machine(clock, cards)
    async with machine.running():
        await machine.says("фамилия котова")
        await machine.settles()

    (message,) = [message for message in machine.log.messages.values() if message.inbound is not None]
    assert (message.outcome, message.intent) == ("missed", "personal")


async def test_a_handler_hands_on_what_the_message_turned_out_to_ask_for(clock: StandingClock) -> None:
    router = Router("riddle")

    @router.on(intent("загадка"))
    async def solves(turn: Turn, _: Library) -> Answer:
        wishes = tuple(Request(intent=word, confidence=1.0, rest=f"{word}!") for word in ("стул", "стол"))
        return Answer(replies=(Reply(text="Отгадал:"),), go_on=wishes)

    @router.on(intent("стул"))
    async def chair(turn: Turn, _: Library) -> Answer:
        return Answer(replies=(Reply(text=turn.text),), missed=True)

    machine = Machine(clock, router)
    async with machine.running():
        await machine.says("загадка")
        await machine.settles()

    assert await machine.heard() == ["Отгадал:", "стул!", "эхо: стол!"]
    (message,) = [message for message in machine.log.messages.values() if message.inbound is not None]
    assert message.outcome == "missed"
