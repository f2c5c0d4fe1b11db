"""Conversations from MAX to MAX, through the real engine and store."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.max.channel import MaxPolling, MaxWebhook
from adapters.max.settings import MaxSettings
from bot.channels import Setting
from db.connect import Database
from tests.adapters.service import MessengerService
from tests.emulators.base import Fault
from tests.emulators.max import MaxServer
from tests.support.clock import StandingClock
from tests.support.mutations import mutated

TOKEN, SECRET = "test-max-token", "test-max-secret"
ANNA, BORIS = 100001, 100002
RECORDED = Path(__file__).parent / "recorded"


@pytest.fixture
async def server() -> AsyncIterator[MaxServer]:
    async with MaxServer(TOKEN) as running:
        running.rate_per_chat_per_s = running.rate_per_s = 0
        yield running
        assert running.wrong == []


def setting(clock: StandingClock) -> Setting:
    return Setting(name="max", library_name="Б", language="ru", public_url="https://bot.example", clock=clock)


def options(server: MaxServer, **more: Any) -> MaxSettings:
    return MaxSettings(token=TOKEN, secret=SECRET, api_url=server.url, rate_per_s=0, rate_per_chat_per_s=0, **more)


@pytest.fixture
async def service(sqlite: Database, clock: StandingClock, server: MaxServer) -> AsyncIterator[MessengerService]:
    channel = MaxWebhook(options(server), setting(clock))
    async with MessengerService(sqlite, clock, channel, "max") as service:
        yield service


async def deliver(service: MessengerService, *updates: Any, secret: str = SECRET) -> list[int]:
    """MAX posts updates one after another; the statuses that it heard."""
    heard = []
    async with aiohttp.ClientSession() as client:
        for update in updates:
            raw = update if isinstance(update, bytes) else json.dumps(update).encode()
            async with client.post(service.hook, data=raw, headers={"X-Max-Bot-Api-Secret": secret}) as answer:
                heard.append(answer.status)
    return heard


async def test_a_reader_asks_chooses_and_is_answered(service: MessengerService, server: MaxServer) -> None:
    await deliver(service, server.updates.started(ANNA), server.updates.said(ANNA, "Что есть из классики?"))
    await service.until(lambda: len(server.said.get(ANNA, [])) == 2)
    rows = server.said[ANNA][1]["attachments"][0]["payload"]["buttons"]
    second = rows[1][0]
    assert second["text"] == "Война и мир. Том 2"

    await deliver(service, server.updates.pressed(ANNA, second["payload"], second["text"]))
    await service.until(lambda: len(server.said[ANNA]) == 3 and len(server.answered) == 1)

    assert server.texts(ANNA)[0].startswith("Здравствуйте! Я бот библиотеки.")
    assert server.texts(ANNA)[2] == "Нажато: 1."
    assert len(await service.heard(str(ANNA))) == 6


async def test_a_number_answers_a_question_and_a_map_point_arrives(
    service: MessengerService, server: MaxServer
) -> None:
    await deliver(service, server.updates.said(ANNA, "Что есть из классики?"))
    await service.until(lambda: ANNA in server.said)
    await deliver(service, server.updates.said(ANNA, "3"), server.updates.said(ANNA, "Где вы?"))
    await service.until(lambda: len(server.said[ANNA]) == 4)

    assert server.texts(ANNA)[1:] == [
        "Нажато: 2.",
        "Мы здесь:\nул. Ленина, 12, филиал № 1.",
        "Центральная библиотека, ул. Ленина, 12",
    ]


async def test_updates_that_come_again_are_answered_once_and_in_order(
    service: MessengerService, server: MaxServer
) -> None:
    updates = [server.updates.said((ANNA, BORIS)[number % 2], f"слово {number}") for number in range(40)]
    assert set(await deliver(service, *updates, *updates, *reversed(updates))) == {200}
    await service.until(lambda: sum(map(len, server.said.values())) == 40)
    await deliver(service, *updates[:5])

    for reader, first in ((ANNA, 0), (BORIS, 1)):
        assert server.texts(reader) == [f"Вы написали: слово {number}" for number in range(first, 40, 2)]


async def test_nothing_is_lost_when_max_stumbles(
    service: MessengerService, server: MaxServer, clock: StandingClock
) -> None:
    server.faults += [
        Fault(status=503, body={"code": "service.unavailable"}, path="/messages"),
        Fault(drop="before", path="/messages"),
        Fault(status=429, body={"code": "too.many.requests"}, headers={"Retry-After": "0"}, path="/messages"),
    ]
    await deliver(service, *[server.updates.said(ANNA, f"слово {number}") for number in range(5)])
    await service.until(lambda: len(server.said.get(ANNA, [])) == 5, turning=timedelta(seconds=5))
    assert server.texts(ANNA) == [f"Вы написали: слово {number}" for number in range(5)]


async def test_a_sending_that_was_taken_unseen_is_doubled_and_never_lost(
    service: MessengerService, server: MaxServer
) -> None:
    server.faults += [Fault(drop="after", path="/messages")] * 2
    await deliver(service, *[server.updates.said(ANNA, f"слово {number}") for number in range(4)])
    await service.until(lambda: "Вы написали: слово 3" in server.texts(ANNA), turning=timedelta(seconds=5))

    heard = server.texts(ANNA)
    assert list(dict.fromkeys(heard)) == [f"Вы написали: слово {number}" for number in range(4)]
    assert len(heard) - 4 <= 2


async def test_a_stranger_stores_nothing_and_bad_bodies_never_fail(
    service: MessengerService, server: MaxServer
) -> None:
    assert await deliver(service, server.updates.said(ANNA, "Привет"), secret="wrong") == [403]
    bodies = [file.read_bytes() for file in RECORDED.glob("*.json")]
    assert set(await deliver(service, *mutated(bodies, 200, seed=6))) == {200}
    assert await service.heard(str(ANNA)) == []


async def test_a_reader_is_answered_without_a_webhook_too(
    sqlite: Database, clock: StandingClock, server: MaxServer
) -> None:
    channel = MaxPolling(options(server, mode="polling"), setting(clock))
    server.tell(server.updates.said(ANNA, "Есть ли Обломов?"))
    async with MessengerService(sqlite, clock, channel, "max") as service:
        await service.until(lambda: ANNA in server.said)
    assert server.texts(ANNA)[0].startswith("Обломов\nИ. А. Гончаров")
