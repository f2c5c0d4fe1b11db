"""The health pages tell the truth, also when it is bad."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.engine import health as engine
from bot.engine.health import Health
from bot.engine.server import application
from bot.errors import StoreUnavailable
from bot.messages import Lane, Reply
from tests.support.clock import StandingClock
from tests.support.logs import ANNA, BORIS
from tests.support.machine import Machine

Client = TestClient[web.Request, web.Application]


@pytest.fixture
def machine(clock: StandingClock) -> Machine:
    return Machine(clock)


@pytest.fixture
def health(machine: Machine) -> Health:
    async def database() -> str:
        await machine.log.figures()
        return ""

    return Health(store=machine.log, metrics=machine.metrics, checks={"database": database}, loops={"dispatcher": ""})


@pytest.fixture
async def client(health: Health) -> AsyncIterator[Client]:
    async with TestClient(TestServer(application(health.routes()))) as client:
        yield client


async def figures(client: Client) -> dict[str, float]:
    page = await (await client.get("/metrics")).text()
    return {name: float(value) for name, value in re.findall(r"^bibliobot_(\S+) (\S+)$", page, re.MULTILINE)}


async def test_a_service_in_which_all_is_well_is_ready(client: Client) -> None:
    answer = await client.get("/readyz")

    assert (answer.status, await answer.json()) == (200, {"status": "ready", "faults": {}})


async def test_a_store_that_is_away_is_told_by_readyz_and_the_process_still_lives(
    client: Client, machine: Machine
) -> None:
    machine.log.broken = True

    answer = await client.get("/readyz")
    assert answer.status == 503
    told = await answer.json()
    assert told["status"] == "not ready"
    assert "disk is full" in told["faults"]["database"]
    assert await (await client.get("/healthz")).json() == {"status": "alive"}


async def test_a_store_that_can_be_read_and_keeps_nothing_is_told(client: Client, machine: Machine) -> None:
    machine.log.why_refused = "no room: the disk is full; free some space"

    answer = await client.get("/readyz")

    assert answer.status == 503
    assert (await answer.json())["faults"] == {"store": "no room: the disk is full; free some space"}
    assert (await figures(client))["store_up"] == 0


async def test_a_loop_that_fell_makes_the_service_unready(client: Client, health: Health) -> None:
    health.loops["dispatcher"] = "fell: ValueError"

    assert (await (await client.get("/readyz")).json())["faults"] == {"dispatcher": "fell: ValueError"}


async def test_a_messenger_that_fell_is_told_and_the_others_are_served(client: Client, health: Health) -> None:
    health.channels = {"vk": lambda: "token refused", "chat": lambda: ""}

    answer = await client.get("/readyz")

    told = {"status": "ready", "faults": {}, "channels": {"vk": "token refused"}}
    assert (answer.status, await answer.json()) == (200, told)


async def test_figures_are_of_the_kind_that_prometheus_reads(client: Client) -> None:
    kind = (await client.get("/metrics")).headers["Content-Type"]

    assert kind == "text/plain; version=0.0.4; charset=utf-8"


async def test_a_check_that_does_not_answer_is_a_fault(
    client: Client, health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent() -> str:
        await asyncio.Event().wait()
        return ""

    monkeypatch.setattr(engine, "CHECK_S", 0.01)
    health.checks = {"index": silent}

    assert "no answer" in (await (await client.get("/readyz")).json())["faults"]["index"]


async def test_messages_that_nobody_handles_make_the_service_unready_though_every_loop_runs(
    client: Client, machine: Machine
) -> None:
    await machine.says("вопрос")
    assert (await client.get("/readyz")).status == 200

    machine.clock.turn(timedelta(minutes=3))

    answer = await client.get("/readyz")
    assert answer.status == 503
    assert "180 s" in (await answer.json())["faults"]["messages"]


async def test_a_process_that_takes_no_turns_does_not_answer_for_those_that_should(
    client: Client, machine: Machine, health: Health
) -> None:
    health.loops.clear()
    await machine.says("вопрос")
    machine.clock.turn(timedelta(minutes=3))

    assert (await client.get("/readyz")).status == 200


async def test_received_is_handled_and_waiting_and_set_aside(client: Client, machine: Machine) -> None:
    await machine.says("раз", "два", "три")
    async with machine.running():
        await machine.settles()
    await machine.says("четыре", "пять", contact=BORIS)
    for _ in range(3):
        [poisoned] = await machine.log.claim(1)
        await machine.log.put_back(poisoned, "ValueError")

    seen = await figures(client)

    assert seen["messages_received"] == 5
    assert seen["messages_handled"] == 3
    assert seen["messages_aside"] == 1
    assert seen["messages_waiting"] == 1


async def test_the_age_of_the_oldest_message_and_the_queue_by_lane_are_told(client: Client, machine: Machine) -> None:
    await machine.says("раз")
    machine.clock.turn(timedelta(seconds=90))
    conversation = machine.log.conversation_of(ANNA).id
    for lane in (Lane.REPLY, Lane.ANNOUNCEMENT, Lane.ANNOUNCEMENT):
        machine.log.queue(conversation, Reply(text="текст"), lane=lane)

    seen = await figures(client)

    assert seen["oldest_waiting_seconds"] == 90
    assert [seen[f'messages_queued{{lane="{lane}"}}'] for lane in ("reply", "notice", "announcement")] == [1, 0, 2]


async def test_figures_that_are_old_say_so(client: Client, machine: Machine) -> None:
    await machine.says("раз")
    assert (await figures(client))["store_up"] == 1
    machine.log.broken = True

    seen = await figures(client)

    assert (seen["store_up"], seen["messages_waiting"]) == (0, 1)


async def test_turns_are_counted_by_intent_and_outcome(client: Client, machine: Machine) -> None:
    await machine.says("часы", "часы")
    async with machine.running():
        await machine.settles()

    seen = await figures(client)

    assert seen['turns_total{intent="часы",outcome="answered"}'] == 2
    assert seen["turn_seconds_count"] == 2


async def test_guessing_at_cards_is_a_figure_that_an_alarm_can_be_hung_on(client: Client, machine: Machine) -> None:
    machine.metrics.link("code", "wrong")
    machine.metrics.link("code", "wrong")
    machine.metrics.attack("chat")

    page = await (await client.get("/metrics")).text()

    assert 'bibliobot_link_attempts_total{outcome="wrong",proof="code"} 2.0' in page
    assert 'bibliobot_link_attacks_total{channel="chat"} 1.0' in page


async def test_an_unforeseen_fault_is_500_without_details(client: Client, health: Health) -> None:
    async def breaks() -> str:
        raise ZeroDivisionError("секрет")

    health.checks = {"index": breaks}

    answer = await client.get("/readyz")

    assert answer.status == 500
    assert "секрет" not in await answer.text()


async def test_a_store_that_is_away_is_503_on_every_page(client: Client, health: Health) -> None:
    async def away() -> str:
        raise StoreUnavailable("away")

    health.checks = {"database": away}

    assert (await client.get("/readyz")).status == 503
