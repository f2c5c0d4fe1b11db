"""Told to stop, the outbox sends what is due and ends."""

import asyncio

import pytest

from bot.errors import (
    RateLimited,
)
from bot.messages import Contact, Lane, Outbound
from tests.support.logs import BORIS
from tests.support.patience import SOON_S
from tests.support.post import Post


async def test_told_to_stop_it_sends_the_replies_that_are_due(post: Post) -> None:
    post.channel.gate.clear()
    post.channel.slow = {"раз"}
    ids = await post.queues("раз", "два") + await post.queues("три", contact=BORIS)
    task = asyncio.create_task(post.outbox.run())
    await post.until_tried(1)

    post.outbox.stop()
    post.channel.gate.set()
    async with asyncio.timeout(SOON_S):
        await task

    assert post.states(ids) == ["sent"] * 3


async def test_told_to_stop_it_sends_what_a_mark_made_due_while_it_looked(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.channel.gate.clear()
    post.channel.slow = {"раз"}
    ids = await post.queues("раз", "два")
    task = asyncio.create_task(post.outbox.run())
    await post.until_tried(1)
    claim = post.log.claim_outbound

    async def marked_meanwhile(name: str, limit: int) -> list[Outbound]:
        seen = await claim(name, limit)
        post.channel.gate.set()
        async with asyncio.timeout(SOON_S):
            while post.states(ids)[0] != "sent":  # noqa: ASYNC110 - any step may be the one
                await asyncio.sleep(0)
        return seen

    monkeypatch.setattr(post.log, "claim_outbound", marked_meanwhile)
    post.outbox.stop()
    async with asyncio.timeout(SOON_S):
        await task

    assert post.states(ids) == ["sent"] * 2


async def test_told_to_stop_it_leaves_a_crowd_of_announcements_for_the_next_start(post: Post) -> None:
    crowd = [Contact(channel="chat", address=f"reader-{number}") for number in range(500)]
    ids = [(await post.queues("объявление", contact=reader, lane=Lane.ANNOUNCEMENT))[0] for reader in crowd]
    async with post.running():
        await post.until_tried(1)

    assert 0 < post.states(ids).count("sent") < 500


async def test_told_to_stop_while_it_has_to_wait_it_ends(post: Post) -> None:
    ids = await post.queues("раз")
    post.channel.faults = [RateLimited(3600)]
    async with post.running():
        await post.until_tried(1)

    assert post.states(ids) == ["queued"]
