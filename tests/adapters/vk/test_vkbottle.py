"""The emulator as a second, independent client meets it (vkbottle): it is VK's protocol, not only our reading of it.

vkbottle is imported where it is used: that takes seconds, and every process of a test run reads this file.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.emulators.vk import GROUP, TOKEN, VkEmulator
from tests.support.patience import SOON_S

if TYPE_CHECKING:
    from vkbottle import API


@pytest.fixture(autouse=True)
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It logs every event, and writes its state into the current folder."""
    monkeypatch.chdir(tmp_path)
    logging.getLogger("vkbottle").setLevel(logging.CRITICAL)


@pytest.fixture
async def api(vk: VkEmulator) -> "AsyncIterator[API]":
    from vkbottle import API

    class Local(API):
        API_URL = vk.url + "/method/"

    client = Local(TOKEN)
    yield client
    await client.http_client.close()


async def test_it_sends_with_a_keyboard_and_is_answered_with_a_number(vk: VkEmulator, api: "API") -> None:
    from vkbottle import Keyboard, KeyboardButtonColor, Text

    keyboard = Keyboard(inline=True).add(Text("Да", {"b": "yes"}), color=KeyboardButtonColor.PRIMARY).get_json()

    number = await api.messages.send(peer_id=100001, message="Забронировать?", random_id=5, keyboard=keyboard)
    again = await api.messages.send(peer_id=100001, message="Забронировать?", random_id=5, keyboard=keyboard)

    (heard,) = vk.reader().heard
    assert number == again == heard["id"]
    assert heard["keyboard"]["buttons"][0][0]["action"]["label"] == "Да"


async def test_it_reads_our_errors_as_vks(vk: VkEmulator, api: "API") -> None:
    from vkbottle import VKAPIError

    vk.reader(2).allows = False

    with pytest.raises(VKAPIError[901]):
        await api.messages.send(peer_id=2, message="Да.", random_id=6)
    with pytest.raises(VKAPIError[914]):
        await api.messages.send(peer_id=100001, message="ы" * 4_097, random_id=7)
    with pytest.raises(VKAPIError[911]):
        await api.messages.send(
            peer_id=100001, message="Да.", random_id=8, keyboard='{"buttons": [[]], "inline": true}'
        )
    assert len(vk.wrong) == 2
    vk.wrong.clear()


async def test_it_reads_several_recipients_and_the_community(vk: VkEmulator, api: "API") -> None:
    vk.reader(2).allows = False

    answers: Any = await api.messages.send(peer_ids=[100001, 2], message="Да.", random_id=9)
    group = (await api.groups.get_by_id(group_id=GROUP)).groups[0]

    assert [bool(answer.error) for answer in answers] == [False, True]
    assert group.screen_name == "rayon_library"


async def test_its_bot_talks_by_long_poll_also_when_the_key_grows_old(vk: VkEmulator, api: "API") -> None:
    from vkbottle import BotPolling
    from vkbottle.bot import Bot, Message

    bot = Bot(api=api, polling=BotPolling(api, group_id=GROUP, wait=1))
    done = asyncio.Event()

    @bot.on.message()
    async def echo(message: Message) -> None:
        await message.answer(f"эхо: {message.text}")
        match message.text:
            case "раз":
                vk.queue.expire()
                vk.says("два")
            case "два":
                vk.queue.cut()
                vk.says("три")
            case _:
                done.set()

    polling = asyncio.create_task(bot.run_polling())
    async with asyncio.timeout(SOON_S):
        await vk.queue.asked_once.wait()
        vk.says("раз")
        await done.wait()
    bot.polling.stop()
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)

    assert vk.reader().words == ["эхо: раз", "эхо: два", "эхо: три"]
