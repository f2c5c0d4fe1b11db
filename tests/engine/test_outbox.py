"""Replies on their way: each sent once, in order, late rather than never."""

import asyncio
import logging
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.engine import outbox as engine
from bot.engine.outbox import Outbox, RetryPolicy
from bot.errors import (
    ChannelAuthError,
    ChannelUnavailable,
    DeliveryRefused,
    RateLimited,
)
from bot.messages import Contact, Lane, Outbound, Sent
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS
from tests.support.patience import SOON_S
from tests.support.post import Post


@asynccontextmanager
async def logged_lines() -> AsyncIterator[list[MutableMapping[str, Any]]]:
    """What the log says meanwhile."""
    with capture_logs() as lines:
        yield lines


async def test_replies_go_out_in_order_each_once(post: Post) -> None:
    ids = await post.queues("раз", "два", "три")
    async with post.running():
        await post.until_settled()

    assert post.channel.tried == ["раз", "два", "три"]
    assert post.states(ids) == ["sent"] * 3
    assert post.log.messages[ids[0]].external_id == f"ext-{ids[0]}"


async def test_what_is_queued_later_goes_out_too(post: Post) -> None:
    async with post.running():
        await post.queues("раз")
        await post.until_settled()
        await post.queues("два")
        await post.until_settled()

    assert post.channel.sent == ["раз", "два"]


async def test_a_slow_sending_holds_up_nobody_else(post: Post) -> None:
    post.channel.gate.clear()
    post.channel.slow = {"медленно"}
    await post.queues("медленно", "после медленного")
    async with post.running():
        await post.until_tried(1)
        await post.queues("быстро", contact=BORIS)
        await post.until_tried(2)
        assert post.channel.sent == ["быстро"]
        post.channel.gate.set()
        await post.until_settled()

    assert post.channel.sent == ["быстро", "медленно", "после медленного"]


async def test_a_messenger_that_is_away_is_asked_again_after_growing_pauses(post: Post) -> None:
    ids = await post.queues("раз", "два")
    post.channel.faults = [ChannelUnavailable("no route"), ChannelUnavailable("no route")]
    async with post.running():
        await post.until_tried(1)
        await post.until_settled()
        assert post.outbox.fault
        assert b'bibliobot_channel_up{channel="chat"} 0.0' in post.metrics.page(None)
        for pause in (10, 20):
            post.clock.turn(timedelta(seconds=pause - 1))
            tried = len(post.channel.tried)
            post.log.wake()
            await post.until_settled()
            assert len(post.channel.tried) == tried
            post.clock.turn(timedelta(seconds=1))
            post.log.wake()
            await post.until_settled()

    assert post.channel.tried == ["раз", "раз", "раз", "два"]
    assert post.states(ids) == ["sent", "sent"]
    assert not post.outbox.fault


async def test_a_message_is_given_up_after_its_attempts_and_the_next_one_goes(post: Post) -> None:
    ids = await post.queues("раз", "два")
    post.channel.faults = [ChannelUnavailable("no route")] * 3
    async with post.running():
        for _ in range(4):
            await post.until_settled()
            post.clock.turn(timedelta(minutes=2))
            post.log.wake()

        await post.until_settled()

    assert post.states(ids) == ["failed", "sent"]
    assert "given up after 3 attempts" in (post.log.messages[ids[0]].error or "")


async def test_asked_to_wait_is_no_failure_and_never_given_up(post: Post) -> None:
    ids = await post.queues("раз")
    post.channel.faults = [RateLimited(30, whole_channel=False)] * 10
    async with post.running():
        for _ in range(11):
            await post.until_settled()
            post.clock.turn(timedelta(seconds=30))
            post.log.wake()
        await post.until_settled()

    assert post.states(ids) == ["sent"]


async def test_a_flood_limit_of_the_account_pauses_everybody(post: Post) -> None:
    await post.queues("раз")
    post.channel.faults = [RateLimited(3600)]
    async with post.running():
        await post.until_tried(1)
        await post.until_settled()
        await post.queues("два", contact=BORIS)
        for _ in range(20):
            await asyncio.sleep(0)

        assert post.channel.tried == ["раз"]


async def test_a_refused_token_pauses_the_channel_and_keeps_the_message(post: Post) -> None:
    ids = await post.queues("раз")
    post.channel.faults = [ChannelAuthError("401")]
    async with post.running():
        await post.until_tried(1)
        await post.until_settled()

    assert post.outbox.fault
    assert post.states(ids) == ["queued"]


async def test_a_reader_who_blocked_us_is_stopped_rather_than_retried(post: Post) -> None:
    ids = await post.queues("раз")
    post.channel.faults = [DeliveryRefused("bot was blocked", blocked=True)]
    async with post.running():
        await post.until_settled()

    assert post.states(ids) == ["failed"]
    assert post.log.messages[ids[0]].error == "bot was blocked"
    assert post.log.conversation_of(ANNA).unreachable_since is not None


async def test_a_message_that_cannot_be_rendered_is_given_up_alone(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    ids = await post.queues("раз", "два")
    post.channel.faults = [KeyError("no such mark")]
    async with post.running():
        await post.until_settled()

    assert post.states(ids) == ["failed", "sent"]


async def test_a_mark_that_could_not_be_kept_is_kept_later_and_the_message_not_sent_twice(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "STORE_PAUSE_S", 0.0)
    ids = await post.queues("раз", "два")
    post.channel.gate.clear()
    post.channel.slow = {"раз"}
    async with post.running():
        await post.until_tried(1)
        post.log.broken = True  # the disk fills up while the messenger has the message
        post.channel.gate.set()
        for _ in range(20):
            await asyncio.sleep(0)
        assert post.channel.sent == ["раз"]
        post.log.broken = False
        await post.until_settled()

    assert post.channel.tried == ["раз", "два"]
    assert post.states(ids) == ["sent", "sent"]


async def test_the_outbox_outlives_a_store_that_cannot_be_asked(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "STORE_PAUSE_S", 0.0)
    await post.queues("раз")
    post.log.broken = True
    async with post.running():
        for _ in range(20):
            await asyncio.sleep(0)
        post.log.broken = False
        await post.until_settled()

    assert post.channel.sent == ["раз"]


async def test_a_second_sender_of_the_account_sends_nothing_until_the_first_is_gone(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SECOND_SENDER_S", 0.0)
    async with post.log.sending("chat") as ours:
        assert ours
        async with post.running():
            await post.queues("раз")
            for _ in range(20):
                await asyncio.sleep(0)
            assert post.channel.tried == []
    async with post_again(post):
        await post.until_settled()

    assert post.channel.sent == ["раз"]


@asynccontextmanager
async def post_again(post: Post) -> AsyncIterator[None]:
    """Another outbox on the same log and channel."""
    post.outbox = Outbox("chat", post.channel, post.log, post.clock, post.metrics)
    async with post.running():
        yield


async def test_a_paced_channel_is_claimed_for_a_second_at_most_so_that_a_reply_need_not_wait(
    clock: StandingClock,
) -> None:
    post = Post(clock, rate_per_s=20)
    for number in range(50):
        reader = Contact(channel="chat", address=f"reader-{number}")
        await post.queues("объявление", contact=reader, lane=Lane.ANNOUNCEMENT)
    async with post.running():
        await post.until_tried(1)
        await post.queues("ответ", contact=ANNA)
        await post.until_tried(25)

    assert "ответ" in post.channel.tried[:25]


async def test_what_was_claimed_before_a_flood_error_does_not_go_on_calling(clock: StandingClock) -> None:
    post = Post(clock, rate_per_s=100)
    for number in range(20):
        await post.queues("раз", contact=Contact(channel="chat", address=f"reader-{number}"))
    post.channel.faults = [RateLimited(3600)]
    async with post.running():
        await post.until_tried(1)
        await post.until_settled()

    assert len(post.channel.tried) == 1
    assert all(message.state == "queued" for message in post.log.messages.values() if message.state != "handled")


def test_pauses_grow_to_the_longest_and_then_it_is_given_up() -> None:
    policy = RetryPolicy(first_pause_s=1, longest_pause_s=8, attempts=6, jitter=0)

    assert [policy.pause_s(attempt) for attempt in range(1, 8)] == [1, 2, 4, 8, 8, None, None]


def test_pauses_are_spread_a_little() -> None:
    pauses = {RetryPolicy(first_pause_s=10, jitter=0.2).pause_s(1) for _ in range(50)}

    assert len(pauses) > 1
    assert all(pause is not None and 10 <= pause <= 12 for pause in pauses)


async def test_a_channel_whose_token_is_refused_stops_until_the_messenger_knows_us_again(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "AUTH_PAUSE_S", 0.001)
    monkeypatch.setattr(engine, "LONGEST_AUTH_PAUSE_S", 0.001)
    await post.queues("раз")
    await post.queues("Борису", contact=BORIS)
    post.channel.faults = [ChannelAuthError("401"), ChannelAuthError("401")]
    post.channel.ping_faults = [ChannelAuthError("401")] * 3
    async with logged_lines() as lines, post.running():
        await post.until_tried(2)
        async with asyncio.timeout(SOON_S):
            while post.channel.ping_faults:
                assert "mend the token under channels.chat" in post.outbox.fault
                await asyncio.sleep(0)
        post.clock.turn(timedelta(hours=1))
        post.log.wake()
        await post.until_tried(4)
        await post.until_settled()
        assert post.outbox.fault == ""

    assert sorted(post.channel.sent) == ["Борису", "раз"]
    assert [line["event"] for line in lines if line["event"].startswith("channel")] == ["channel lost", "channel back"]


async def test_a_refused_token_is_tried_again_after_growing_pauses(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(Outbox, "_pause", lambda _, seconds: pauses.append(seconds))
    await post.queues("раз")
    post.channel.faults = [ChannelAuthError("401")]
    post.channel.ping_faults = [ChannelAuthError("401")] * 5
    async with asyncio.timeout(SOON_S), post.running():
        while post.channel.ping_faults:  # noqa: ASYNC110 - any step may be the one
            await asyncio.sleep(0)

    assert pauses == [60, 120, 240, 480, 900, 900]


async def test_a_channel_is_back_once_the_messenger_knows_us_though_nothing_is_due(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "AUTH_PAUSE_S", 0.001)
    await post.queues("раз")
    post.channel.faults = [ChannelAuthError("401")]
    async with logged_lines() as lines, post.running(), asyncio.timeout(SOON_S):
        while "channel back" not in [line["event"] for line in lines]:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)

    assert post.channel.tried == ["раз"]
    assert post.channel.sent == []
    assert post.outbox.fault == ""


@pytest.fixture
def one_is_refused(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    """The messenger answers «дурное» as if our token were wrong; it knows us, and takes everything else."""
    monkeypatch.setattr(engine, "AUTH_PAUSE_S", 0.001)
    take = post.channel.send

    async def send(message: Outbound) -> Sent:
        if message.reply.text != "дурное":
            return await take(message)
        post.channel.tried.append("дурное")
        raise ChannelAuthError("401")

    monkeypatch.setattr(post.channel, "send", send)


async def tried_again(post: Post, times: int) -> None:
    """An hour on the message has been tried so often."""
    post.clock.turn(timedelta(hours=1))
    post.log.wake()
    async with asyncio.timeout(SOON_S):
        while post.channel.tried.count("дурное") < times:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
    await post.until_settled()


async def test_one_message_that_is_always_refused_as_by_a_wrong_token_is_set_aside(
    post: Post, one_is_refused: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    pause = Outbox._pause

    def paused(outbox: Outbox, seconds: float) -> None:
        pauses.append(seconds)
        pause(outbox, seconds)

    monkeypatch.setattr(Outbox, "_pause", paused)
    bad = await post.queues("дурное")
    async with post.running():
        await tried_again(post, 1)
        for times in range(2, 5):
            await post.queues(f"Борису {times}", contact=BORIS)
            post.log.wake()
            await post.until_settled()
            await tried_again(post, times)
        after = await post.queues("после")
        post.log.wake()
        await post.until_settled()

    assert post.states([*bad, *after]) == ["failed", "sent"]
    assert post.channel.tried.count("дурное") == 4
    assert len(pauses) == 1  # the first time nobody could know that it was this message alone
    assert post.outbox.fault == ""


async def test_while_nothing_else_is_taken_a_refused_message_is_kept(post: Post, one_is_refused: None) -> None:
    bad = await post.queues("дурное")
    async with post.running():
        for times in range(1, 8):
            await tried_again(post, times)

    assert post.states(bad) == ["queued"]
