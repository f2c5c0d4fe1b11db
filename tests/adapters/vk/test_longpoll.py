"""We ask VK: nothing is lost when keys grow old, history is cut, or we were away."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.vk.channel import VkLongPoll
from bot.channels import Accepted
from bot.endings import ended
from bot.errors import ChannelAuthError, ChannelUnavailable
from bot.messages import Inbound, Text
from tests.adapters.vk.support import long_poll
from tests.emulators.base import Fault
from tests.emulators.vk import VkEmulator
from tests.support.clock import StandingClock


@asynccontextmanager
async def asking(vk: VkEmulator, **more: Any) -> AsyncIterator[VkLongPoll]:
    clock = StandingClock(datetime.now(UTC))
    channel = long_poll(clock, vk.url, **more)
    try:
        yield channel
    finally:
        await channel.aclose()


async def heard(channel: VkLongPoll, count: int) -> list[Inbound]:
    """The next so many messages, each batch taken."""
    found: list[Inbound] = []
    async with ended(channel.updates()) as updates:
        async for accepted in updates:
            assert isinstance(accepted, Accepted)
            found += accepted.messages
            if len(found) >= count:
                await anext(updates)
                return found
    return found


def words(messages: list[Inbound]) -> list[str]:
    return [message.content.text for message in messages if isinstance(message.content, Text)]


async def test_messages_come_in_order(vk: VkEmulator) -> None:
    async with asking(vk, catch_up_h=0) as channel, ended(channel.updates()) as updates:
        await anext(updates)
        for number in range(3):
            vk.says(f"№ {number}")
        accepted = await anext(updates)

    assert words(list(accepted.messages)) == ["№ 0", "№ 1", "№ 2"]


async def test_a_batch_that_was_not_taken_is_told_again(vk: VkEmulator) -> None:
    async with asking(vk, catch_up_h=0) as channel:
        async with ended(channel.updates()) as updates:
            await anext(updates)
            vk.says("раз")
            first = await anext(updates)  # and no further: the store was away
        async with ended(channel.updates()) as updates:
            again = await anext(updates)

    assert again.messages == first.messages


@pytest.mark.parametrize("trouble", ["expire", "cut", "lose"])
async def test_nothing_is_lost_when_the_queue_is_not_what_it_was(vk: VkEmulator, trouble: str) -> None:
    async with asking(vk) as channel, ended(channel.updates()) as updates:
        await anext(updates)
        vk.says("до беды")
        assert words(await _next_words(updates)) == ["до беды"]
        await anext(updates)
        vk.reader().put("Ответ.", out=True, from_id=-1)
        vk.says("во время беды")
        getattr(vk.queue, trouble)()
        assert "во время беды" in words(await _next_words(updates))
        vk.says("после беды")
        assert "после беды" in words(await _next_words(updates))


async def _next_words(updates: AsyncIterator[Accepted]) -> list[Inbound]:
    async for accepted in updates:
        if accepted.messages:
            return list(accepted.messages)
    raise AssertionError("nothing came")


async def test_what_was_written_while_we_were_away_is_taken_at_the_start(vk: VkEmulator) -> None:
    old = int((datetime.now(UTC) - timedelta(hours=30)).timestamp())
    vk.reader(1).put("давно", out=False, from_id=1, date=old)
    vk.reader(2).put("отвечено", out=False, from_id=2)
    vk.reader(2).put("Да.", out=True, from_id=-1, admin_author_id=77)
    vk.reader(3).put("старый вопрос", out=False, from_id=3, date=old)
    for text in ("первое", "второе"):
        vk.reader(3).put(text, out=False, from_id=3)

    async with asking(vk) as channel:
        missed = await heard(channel, 2)

    assert words(missed) == ["первое", "второе"]
    assert [message.idempotency_key for message in missed] == ["3:2", "3:3"]


async def test_an_answer_of_ours_does_not_hide_what_was_written_just_before_it(vk: VkEmulator) -> None:
    long_ago = int((datetime.now(UTC) - timedelta(hours=1)).timestamp())
    vk.reader(4).put("давно", out=False, from_id=4, date=long_ago)
    vk.reader(4).put("Ответ.", out=True, from_id=-1, random_id=5, date=long_ago)
    for text in ("первое", "второе"):
        vk.reader(4).put(text, out=False, from_id=4)
    vk.reader(4).put("Ответ на первое.", out=True, from_id=-1, random_id=6)

    async with asking(vk) as channel:
        missed = await heard(channel, 2)

    assert words(missed) == ["первое", "второе"]


async def _taken(updates: AsyncIterator[Accepted]) -> None:
    """What was told is kept; the next question may fail."""
    with suppress(ChannelUnavailable):
        await anext(updates)


async def test_a_look_back_that_breaks_off_goes_on_where_it_was(vk: VkEmulator) -> None:
    for user_id in (1, 2, 3):
        vk.reader(user_id).put(f"от {user_id}", out=False, from_id=user_id)
    found: list[Inbound] = []

    async with asking(vk) as channel:
        for _ in range(3):
            vk.faults.append(Fault(status=502, body=b"", path="getHistory"))
            async with ended(channel.updates()) as updates:
                with pytest.raises(ChannelUnavailable):
                    await anext(updates)
            async with ended(channel.updates()) as updates:
                found += (await anext(updates)).messages
                vk.faults.append(Fault(status=502, body=b"", path="method/messages.getHistory"))
                await _taken(updates)
                vk.faults.clear()

    assert words(found) == ["от 1", "от 2", "от 3"]


async def test_the_look_back_can_be_switched_off(vk: VkEmulator) -> None:
    vk.reader(3).put("вопрос", out=False, from_id=3)

    async with asking(vk, catch_up_h=0) as channel, ended(channel.updates()) as updates:
        assert await anext(updates) == Accepted()

    assert [call for call in vk.calls if "getConversations" in call.path] == []


async def test_a_failure_again_and_again_is_a_channel_that_is_away(vk: VkEmulator) -> None:
    async with asking(vk, catch_up_h=0) as channel, ended(channel.updates()) as updates:
        await anext(updates)
        vk.faults += [Fault(status=200, body={"failed": 2}, path="123456789")] * 2
        await anext(updates)
        with pytest.raises(ChannelUnavailable):
            await anext(updates)


@pytest.mark.parametrize("fault", [Fault(status=502, body=b""), Fault(status=200, body=b"[]")])
async def test_after_a_fault_of_the_server_we_go_on_where_we_were(vk: VkEmulator, fault: Fault) -> None:
    async with asking(vk, catch_up_h=0) as channel:
        async with ended(channel.updates()) as updates:
            await anext(updates)
            vk.says("раз")
            vk.faults.append(fault)
            with pytest.raises(ChannelUnavailable):
                await anext(updates)
        assert words(await heard(channel, 1)) == ["раз"]


async def test_a_refused_token_is_the_operators_business(vk: VkEmulator) -> None:
    async with asking(vk, token="vk1.a.old") as channel, ended(channel.updates()) as updates:
        with pytest.raises(ChannelAuthError):
            await anext(updates)
