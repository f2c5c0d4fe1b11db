"""The service as a whole: its loops run, are started again when they fall, and end in order."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import aiohttp
import pytest

from bot.channels import Channel
from bot.engine import service as engine
from bot.engine.health import Health
from bot.engine.outbox import Outbox
from bot.engine.server import application
from bot.engine.service import Role, Service
from bot.messages import Reply
from bot.ports.library import Library
from bot.routing import Turn
from tests.engine.test_intake import Polling
from tests.support.clock import StandingClock
from tests.support.logs import arrival
from tests.support.machine import FakeChannel, Machine, answers
from tests.support.patience import SOON_S


@dataclass
class House:
    """A service over a log in memory."""

    machine: Machine
    channel: FakeChannel = field(default_factory=FakeChannel)
    role: Role = Role.ALL
    background: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    later: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    everywhere: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    prepare: Callable[[], Awaitable[None]] | None = None

    def service(self) -> Service:
        machine = self.machine
        health = Health(store=machine.log, metrics=machine.metrics, checks={})
        channels: dict[str, Channel] = {"chat": self.channel}
        return Service(
            role=self.role,
            store=machine.log,
            dispatcher=machine.dispatcher,
            channels=channels,
            outboxes={"chat": Outbox("chat", self.channel, machine.log, machine.clock, machine.metrics)},
            health=health,
            app=application(health.routes()),
            host="127.0.0.1",
            port=0,
            background=self.background,
            later=self.later,
            everywhere=self.everywhere,
            prepare=self.prepare,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[tuple[Service, str]]:
        """The service is up, and stopped at the end."""
        service = self.service()
        port = await service.start()
        try:
            yield service, f"http://127.0.0.1:{port}"
        finally:
            async with asyncio.timeout(SOON_S):
                await service.stop()


@pytest.fixture
def machine(clock: StandingClock) -> Machine:
    return Machine(clock)


async def until(seen: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON_S):
        while not seen():  # noqa: ASYNC110 - any step may be the one
            await asyncio.sleep(0)


async def test_a_message_is_answered_and_sent(machine: Machine) -> None:
    house = House(machine)
    async with house.running():
        await machine.says("вопрос")
        await until(lambda: house.channel.sent == ["эхо: вопрос"])


async def test_what_began_last_ends_first(machine: Machine) -> None:
    ended: list[str] = []

    async def ends(what: str) -> None:
        ended.append(what)

    async with House(machine).running() as (service, _):
        service.closing = [partial(ends, "desk"), partial(ends, "console, which asks the desk")]

    assert ended == ["console, which asks the desk", "desk"]


async def test_a_messenger_that_we_ask_brings_messages(machine: Machine) -> None:
    house = House(machine, channel=Polling(arrival("вопрос", key="1")))
    async with house.running():
        await until(lambda: house.channel.sent == ["эхо: вопрос"])


@pytest.mark.parametrize(
    ("role", "loops"),
    [
        (Role.ALL, {"loop lag", "poll chat", "dispatcher", "index", "outbox chat"}),
        (Role.WEB, {"loop lag", "poll chat"}),
        (Role.WORKER, {"loop lag", "dispatcher", "index"}),
        (Role.SENDER, {"loop lag", "outbox chat"}),
    ],
)
async def test_each_role_does_its_part(machine: Machine, role: Role, loops: set[str]) -> None:
    house = House(machine, channel=Polling(), role=role, background={"index": asyncio.Event().wait})  # type: ignore[dict-item]
    async with house.running() as (service, _):
        assert set(service.health.loops) == loops


async def test_a_loop_that_falls_makes_the_service_unready_and_is_started_again(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "RESTART_S", 0.0)
    lives: list[int] = []

    async def index() -> None:
        lives.append(1)
        if len(lives) < 3:
            raise ZeroDivisionError
        await asyncio.Event().wait()

    async with House(machine, background={"index": index}).running() as (service, address):
        await until(lambda: len(lives) == 3)
        assert service.health.loops["index"] == ""
        service.health.loops["index"] = "fell: ZeroDivisionError"
        async with aiohttp.ClientSession() as client, client.get(f"{address}/readyz") as answer:
            assert answer.status == 503


async def test_messages_are_stored_while_the_index_is_still_being_built_and_answered_after(machine: Machine) -> None:
    built = asyncio.Event()

    async def prepare() -> None:
        await built.wait()

    house = House(machine, prepare=prepare)
    async with house.running():
        await machine.says("вопрос")
        for _ in range(20):
            await asyncio.sleep(0)
        assert house.channel.sent == []
        built.set()
        await until(lambda: house.channel.sent == ["эхо: вопрос"])


async def test_it_can_be_stopped_while_the_index_is_being_built(machine: Machine) -> None:
    cut: list[bool] = []

    async def prepare() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cut.append(True)

    async with House(machine, prepare=prepare).running():
        for _ in range(5):
            await asyncio.sleep(0)

    assert cut == [True]


async def test_sigterm_finishes_the_turns_in_hand_and_their_sendings(clock: StandingClock) -> None:
    gate, began = asyncio.Event(), asyncio.Event()

    async def slow(turn: Turn, _: Library) -> Reply:
        began.set()
        await gate.wait()
        return Reply(text="ответ")

    machine = Machine(clock, answers(("медленно", slow)))
    house = House(machine)
    service = house.service()
    await service.start()
    running = asyncio.create_task(service.run())
    await machine.says("медленно")
    await began.wait()

    os.kill(os.getpid(), signal.SIGTERM)
    await service.stopping.wait()
    await machine.says("потом")
    gate.set()
    async with asyncio.timeout(SOON_S):
        await running

    assert house.channel.sent == ["ответ"]
    assert house.channel.closed
    assert [message.state for message in machine.log.messages.values()] == ["handled", "waiting", "sent"]


async def test_a_second_signal_ends_at_once_with_no_turn_half_done(clock: StandingClock) -> None:
    began = asyncio.Event()

    async def endless(turn: Turn, _: Library) -> Reply:
        began.set()
        await asyncio.Event().wait()
        return Reply(text="ответ")

    machine = Machine(clock, answers(("вопрос", endless)))
    service = House(machine).service()
    await service.start()
    running = asyncio.create_task(service.run())
    await machine.says("вопрос")
    await began.wait()

    os.kill(os.getpid(), signal.SIGTERM)
    await service.stopping.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(SOON_S):
        await running

    assert [message.state for message in machine.log.messages.values()] == ["waiting"]
    assert len(asyncio.all_tasks()) == 1


async def test_turns_that_do_not_end_in_time_are_dropped_whole(
    clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "STOP_S", 0.01)
    began = asyncio.Event()

    async def endless(turn: Turn, _: Library) -> Reply:
        began.set()
        await asyncio.Event().wait()
        return Reply(text="ответ")

    machine = Machine(clock, answers(("вопрос", endless)))
    async with House(machine).running():
        await machine.says("вопрос")
        await began.wait()

    assert [message.state for message in machine.log.messages.values()] == ["waiting"]


async def test_what_no_answer_needs_begins_when_turns_can_be_taken(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "A_MOMENT_S", 0.0)
    built, begun = asyncio.Event(), list[str]()

    async def prepare() -> None:
        await built.wait()

    async def loop(name: str) -> None:
        begun.append(name)
        await asyncio.Event().wait()

    house = House(
        machine,
        prepare=prepare,
        background={"index": lambda: loop("index")},
        later={"notices": lambda: loop("notices")},
        everywhere={"standings": lambda: loop("standings")},
    )
    async with house.running() as (service, _):
        await until(lambda: begun == ["index"])
        for _ in range(20):
            await asyncio.sleep(0)
        assert begun == ["index"]
        assert {"notices", "standings"} <= set(service.health.loops)
        built.set()
        await until(lambda: set(begun) == {"index", "notices", "standings"})


async def test_where_no_turns_are_taken_nothing_waits_for_them(machine: Machine) -> None:
    begun = asyncio.Event()

    async def standings() -> None:
        begun.set()
        await asyncio.Event().wait()

    async with House(machine, role=Role.SENDER, everywhere={"standings": standings}).running():
        await until(begun.is_set)
