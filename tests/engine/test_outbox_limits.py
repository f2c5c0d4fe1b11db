"""What messengers and the library allow: pace, windows, and what may not leave."""

from datetime import timedelta

import pytest

from bot.engine import outbox as engine
from bot.engine.privacy import DataClass, Privacy
from bot.errors import (
    MessageRefused,
    RateLimited,
    StoreUnavailable,
    WindowClosed,
)
from bot.messages import Lane, Outbound, Reply, Template
from bot.pacing import Pace
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS
from tests.support.post import Post


# --- two limits, windows, what may not leave -----------------------------------------------------
async def test_a_chat_is_written_to_no_oftener_than_it_may_and_the_others_do_not_wait(clock: StandingClock) -> None:
    post = Post(clock, rate_per_chat_per_s=0.01)
    await post.queues("раз", "два")
    await post.queues("Борису", contact=BORIS)

    async with post.running():
        await post.until_settled()
        assert post.channel.sent == ["раз", "Борису"]
        clock.turn(timedelta(seconds=100))
        post.log.wake()
        await post.until_settled()

    assert post.channel.sent == ["раз", "Борису", "два"]


@pytest.mark.parametrize("seconds", [1e18, float("inf"), float("nan"), -5.0])
async def test_a_pause_that_nobody_can_mean_stops_no_channel(clock: StandingClock, seconds: float) -> None:
    post = Post(clock)
    post.channel.faults = [RateLimited(seconds, whole_channel=False)]
    await post.queues("раз")
    await post.queues("Борису", contact=BORIS)

    async with post.running():
        await post.until_settled()
        clock.turn(timedelta(days=1))
        post.log.wake()
        await post.until_settled()

    assert sorted(post.channel.sent) == ["Борису", "раз"]


async def test_parts_of_a_long_reply_count_each(clock: StandingClock) -> None:
    post = Post(clock, rate_per_chat_per_s=0.01)
    post.channel.parts = 3
    await post.queues("раз", "два")

    async with post.running():
        await post.until_settled()
        for seconds, sent in ((299, ["раз"]), (1, ["раз", "два"])):
            clock.turn(timedelta(seconds=seconds))
            post.log.wake()
            await post.until_settled()
            assert post.channel.sent == sent


async def test_parts_of_a_long_reply_use_up_turns_of_the_channel_as_well(
    clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    besides: list[int] = []
    monkeypatch.setattr(Pace, "used", lambda _, turns: besides.append(turns))
    post = Post(clock, rate_per_s=1000)
    post.channel.parts = 3
    await post.queues("раз")

    async with post.running():
        await post.until_settled()

    assert besides == [2], "one turn was waited for"


async def test_a_clock_that_is_set_back_silences_no_chat(clock: StandingClock) -> None:
    chats = engine.Chats(1.0, clock)
    chats.sent("anna", 1)
    assert chats.wait_s("anna") == 1.0

    clock.turn(timedelta(hours=-1))

    assert chats.wait_s("anna") == 0.0


async def test_only_so_many_chats_are_remembered(clock: StandingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "CHATS", 2)
    chats = engine.Chats(1.0, clock)
    for name in ("anna", "boris", "vera"):
        chats.sent(name, 1)

    assert [chats.wait_s(name) for name in ("anna", "boris", "vera")] == [0.0, 1.0, 1.0]


@pytest.mark.parametrize("error", [MessageRefused("too long"), WindowClosed("24 hours")])
async def test_a_message_that_the_messenger_does_not_take_says_nothing_of_its_reader(
    post: Post, error: Exception
) -> None:
    ids = await post.queues("раз", "два")
    post.channel.faults = [error]
    async with post.running():
        await post.until_settled()

    assert post.states(ids) == ["failed", "sent"]
    assert post.log.conversation_of(ANNA).unreachable_since is None


@pytest.mark.parametrize("has_template", [True, False])
async def test_outside_the_window_only_a_template_is_handed_to_the_messenger(
    clock: StandingClock, has_template: bool
) -> None:
    post = Post(clock, window_h=24)
    await post.queues()
    template = Template(name="due_soon") if has_template else None
    message = post.log.queue(post.log.conversation_of(ANNA).id, Reply(text="пора вернуть", template=template))
    clock.turn(timedelta(hours=24, minutes=2))
    async with post.running():
        await post.until_settled()

    assert post.channel.sent == (["пора вернуть"] if has_template else [])
    assert post.states([message]) == ["sent" if has_template else "failed"]
    assert post.log.conversation_of(ANNA).unreachable_since is None


async def test_what_may_not_leave_never_reaches_the_messenger(clock: StandingClock) -> None:
    post = Post(clock, allows=Privacy({"chat": DataClass.PUBLIC_ONLY}).allows)
    await post.queues()
    talk = post.log.conversation_of(ANNA).id
    ids = [post.log.queue(talk, Reply(text="ваши книги", personal=True)), post.log.queue(talk, Reply(text="часы"))]
    async with post.running():
        await post.until_settled()

    assert post.channel.tried == ["часы"]
    assert post.states(ids) == ["failed", "sent"]


async def test_a_notice_that_is_not_true_any_more_never_leaves(clock: StandingClock) -> None:
    asked: list[str] = []

    async def still_true(message: Outbound) -> str:
        asked.append(message.reply.text)
        return "returned" if message.reply.text == "верните «Идиот»" else ""

    post = Post(clock, still_true=still_true)
    ids = await post.queues("ответ")
    ids += await post.queues("верните «Идиот»", "верните «Бесы»", lane=Lane.NOTICE)
    async with post.running():
        await post.until_settled()

    assert post.channel.sent == ["ответ", "верните «Бесы»"]
    assert post.states(ids) == ["sent", "failed", "sent"]
    assert asked == ["верните «Идиот»", "верните «Бесы»"], "replies are not held up"
    assert post.log.conversation_of(ANNA).unreachable_since is None


async def test_while_nobody_can_tell_whether_it_is_true_a_notice_waits(
    clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "STORE_PAUSE_S", 0.001)
    faults = [StoreUnavailable("away"), StoreUnavailable("away")]

    async def still_true(_: Outbound) -> str:
        if faults:
            raise faults.pop()
        return ""

    post = Post(clock, still_true=still_true)
    ids = await post.queues("верните «Идиот»", lane=Lane.NOTICE)
    async with post.running():
        await post.until_settled()

    assert post.channel.sent == ["верните «Идиот»"]
    assert post.states(ids) == ["sent"]
