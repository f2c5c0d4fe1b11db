"""Conversations from Odnoklassniki and back, through the real engine and store."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.ok.channel import Odnoklassniki
from adapters.ok.settings import OkSettings
from bot.channels import Setting
from db.connect import Database
from tests.adapters.service import MessengerService
from tests.emulators.base import Fault
from tests.emulators.ok import OkServer
from tests.support.clock import StandingClock
from tests.support.mutations import mutated

TOKEN, SECRET = "test-ok-token", "test-ok-secret-0123456789"
ANNA, BORIS = "user:100001", "user:100002"
RECORDED = Path(__file__).parent / "recorded"


@pytest.fixture
async def server() -> AsyncIterator[OkServer]:
    async with OkServer(TOKEN) as running:
        yield running
        assert running.wrong == []


@pytest.fixture
async def service(sqlite: Database, clock: StandingClock, server: OkServer) -> AsyncIterator[MessengerService]:
    setting = Setting(name="ok", library_name="Б", language="ru", public_url="https://bot.example", clock=clock)
    options = OkSettings(
        token=TOKEN, secret=SECRET, api_url=server.api_url, addresses=["127.0.0.1"], rate_per_s=0, rate_per_chat_per_s=0
    )
    async with MessengerService(sqlite, clock, Odnoklassniki(options, setting), "ok") as service:
        yield service


async def deliver(service: MessengerService, *events: Any, key: str = SECRET) -> list[int]:
    """Events are posted one after another; the statuses that were heard."""
    heard = []
    async with aiohttp.ClientSession() as client:
        for event in events:
            raw = event if isinstance(event, bytes) else json.dumps(event).encode()
            async with client.post(f"{service.hook}?key={key}", data=raw) as answer:
                heard.append(answer.status)
    return heard


async def test_a_reader_asks_presses_and_the_press_is_answered(service: MessengerService, server: OkServer) -> None:
    await deliver(service, server.wrote(ANNA, "Что есть из классики?"))
    await service.until(lambda: ANNA in server.said)
    rows = server.said[ANNA][0]["attachments"][0]["payload"]["keyboard"]["buttons"]
    press = server.pressed(ANNA, rows[1][0]["payload"])

    await deliver(service, press)
    await service.until(lambda: len(server.said[ANNA]) == 2)

    assert server.texts(ANNA)[1] == "Нажато: 1."
    assert server.answered == [press["callbackId"]]
    assert len(await service.heard(ANNA)) == 4


async def test_events_that_come_again_are_answered_once_and_in_order(
    service: MessengerService, server: OkServer
) -> None:
    events = [server.wrote((ANNA, BORIS)[number % 2], f"слово {number}") for number in range(20)]
    assert set(await deliver(service, *events, *events)) == {200}
    await service.until(lambda: sum(map(len, server.said.values())) == 20)
    for reader, first in ((ANNA, 0), (BORIS, 1)):
        assert server.texts(reader) == [f"Вы написали: слово {number}" for number in range(first, 20, 2)]


async def test_nothing_is_lost_when_it_stumbles(service: MessengerService, server: OkServer) -> None:
    server.faults += [
        Fault(status=200, body={"error_code": 2, "error_msg": "SERVICE"}, path="/messages"),
        Fault(status=502, path="/messages"),
        Fault(drop="before", path="/messages"),
    ]
    await deliver(service, *[server.wrote(ANNA, f"слово {number}") for number in range(5)])
    await service.until(lambda: len(server.said.get(ANNA, [])) == 5, turning=timedelta(seconds=5))
    assert server.texts(ANNA) == [f"Вы написали: слово {number}" for number in range(5)]


async def test_a_stranger_stores_nothing_and_bad_bodies_never_fail(service: MessengerService, server: OkServer) -> None:
    assert await deliver(service, server.wrote(ANNA, "Привет"), key="wrong") == [403]
    bodies = [file.read_bytes() for file in RECORDED.glob("*.json")]
    assert set(await deliver(service, *mutated(bodies, 200, seed=7))) == {200}
    assert await service.heard(ANNA) == []
