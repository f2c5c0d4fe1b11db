"""A reader in VK and a library: through the real webhook, store, dispatcher and outbox, and through long polling."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from adapters.vk.channel import Vk, VkCallback, VkLongPoll
from bot.clock import Clock, SystemClock
from bot.engine.dispatcher import Dispatcher, routes
from bot.engine.intake import Webhooks, poll
from bot.engine.metrics import Metrics
from bot.engine.outbox import Outbox, RetryPolicy
from bot.engine.server import application
from db.connect import Database
from db.messages import StoredLog, open_log
from tests.adapters.house import LIBRARY, Script, router
from tests.adapters.vk.support import RECORDED, callback, long_poll
from tests.emulators.base import Fault
from tests.emulators.vk import VkEmulator
from tests.support.mutations import mutated
from tests.support.patience import SOON_S


@asynccontextmanager
async def library(vk: VkEmulator, channel: Vk, database: Database, clock: Clock) -> AsyncIterator[StoredLog]:
    """The service around one channel, and its log."""
    metrics, stopping = Metrics(), asyncio.Event()
    log = await open_log(database, clock)
    dispatcher = Dispatcher(log, Script(), routes([router]), LIBRARY, clock, metrics)
    retry = RetryPolicy(first_pause_s=0.01)
    outbox = Outbox("vk", channel, log, clock, metrics, retry=retry)
    loops = [asyncio.create_task(dispatcher.run()), asyncio.create_task(outbox.run())]
    runner = web.AppRunner(application(Webhooks({"vk": channel}, log, metrics).routes()), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    if isinstance(channel, VkCallback):
        vk.callback.address = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/vk"
    elif isinstance(channel, VkLongPoll):
        loops.append(asyncio.create_task(poll("vk", channel, log, stopping)))
    try:
        yield log
    finally:
        for task in loops:
            task.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await channel.aclose()
        await runner.cleanup()
        await log.aclose()


async def until(holds: Callable[[], bool], meanwhile: Callable[[], Awaitable[object]] | None = None) -> None:
    async with asyncio.timeout(SOON_S):
        while not holds():
            if meanwhile is not None:
                await meanwhile()
            await asyncio.sleep(0.02)


@pytest.fixture
def now() -> Clock:
    return SystemClock()


async def test_by_callback(vk: VkEmulator, database: Database, now: Clock) -> None:
    async with library(vk, callback(now, vk.url), database, now):
        vk.callback.twice = True
        vk.says("Начать", payload='{"command":"start"}', ref="branch-03")
        assert await vk.callback.deliver() == 0
        await until(lambda: len(vk.reader().heard) == 1, vk.callback.deliver)

        vk.presses("Часы работы")
        await vk.callback.deliver()
        await until(lambda: len(vk.reader().heard) == 2, vk.callback.deliver)

        vk.says("Есть ли Обломов?")
        await vk.callback.deliver()
        await until(lambda: len(vk.reader().heard) == 3, vk.callback.deliver)

        assert vk.reader().words[0].startswith("Здравствуйте!")
        assert vk.reader().words[1] == "Нажато: часы."
        assert "запись в каталоге (https://library.example/works/1)" in vk.reader().words[2]
        assert vk.callback.refused == []


async def test_by_long_poll(vk: VkEmulator, database: Database, now: Clock) -> None:
    vk.says("долго ждал")
    async with library(vk, long_poll(now, vk.url), database, now):
        await until(lambda: len(vk.reader().heard) == 1)
        for number in range(5):
            vk.says(f"вопрос {number}")
        vk.queue.expire()
        await until(lambda: len(vk.reader().heard) == 6)

    assert vk.reader().words[1:] == [f"Вы написали: вопрос {number}" for number in range(5)]


async def test_an_answer_survives_faults_of_vk_and_comes_once(vk: VkEmulator, database: Database, now: Clock) -> None:
    async with library(vk, callback(now, vk.url), database, now) as log:

        async def looks() -> None:
            log.wake()  # what is due is looked for at once, not at the next heartbeat

        server = {"error": {"error_code": 10, "error_msg": "Internal server error"}}
        vk.faults += [
            Fault(status=200, body=server, path="messages.send"),
            Fault(drop="after", path="messages.send"),
            Fault(status=502, body=b"", path="messages.send"),
        ]
        vk.says("вопрос")
        await vk.callback.deliver()
        await until(lambda: vk.repeats == 1, looks)

    assert vk.reader().words == ["Вы написали: вопрос"]


async def test_a_librarian_who_answers_in_vk_silences_the_bot(vk: VkEmulator, database: Database, now: Clock) -> None:
    async with library(vk, callback(now, vk.url), database, now):
        vk.says("вопрос")
        await vk.callback.deliver()
        await until(lambda: len(vk.reader().heard) == 1, vk.callback.deliver)
        said = vk.reader().put("Я библиотекарь, отвечу сама.", out=True, from_id=-1, admin_author_id=77)
        vk.happens("message_reply", said)
        await vk.callback.deliver()
        vk.says("спасибо")
        vk.says("и ещё вопрос", user_id=2)
        await vk.callback.deliver()
        await until(lambda: len(vk.reader(2).heard) == 1, vk.callback.deliver)

    assert vk.reader().words == ["Вы написали: вопрос", "Я библиотекарь, отвечу сама."]


async def test_a_pressed_callback_button_is_let_go_and_answered(vk: VkEmulator, sqlite: Database, now: Clock) -> None:
    pressed = {"user_id": 100001, "peer_id": 100001, "event_id": "e1", "payload": {"b": "hours"}}
    async with library(vk, callback(now, vk.url), sqlite, now):
        vk.happens("message_event", pressed)
        await vk.callback.deliver()
        await until(lambda: bool(vk.answered and vk.reader().heard))

    assert vk.answered == ["e1"]
    assert vk.reader().words == ["Нажато: часы."]


async def test_no_mutated_webhook_is_answered_with_a_5xx(vk: VkEmulator, sqlite: Database, now: Clock) -> None:
    bodies = [file.read_bytes() for file in sorted(RECORDED.glob("*.json")) if file.name not in NO_EVENTS]
    async with library(vk, callback(now, vk.url), sqlite, now):
        statuses = [(await vk.callback.post(body))[0] for body in mutated(bodies, 500, seed=11)]

    assert set(statuses) == {200, 403}
    assert statuses.count(200) > 100
    vk.wrong.clear()


NO_EVENTS = ("index.json", "api-responses.json", "malformed_bodies.json")
