"""Short messages through the real engine and store: a reader answers, what became of ours is learnt."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.messages import Contact
from db.connect import Database
from db.models import MessageRow
from tests.adapters.service import MessengerService
from tests.adapters.sms.support import CALLBACK, NAME, SECRET, sms
from tests.emulators.base import Fault
from tests.emulators.sms.gateway import SmscEmulator, SmsRuEmulator
from tests.support.clock import StandingClock
from tests.support.logs import arrival

ANNA = "79991230001"


@pytest.fixture
async def gateway() -> AsyncIterator[SmscEmulator]:
    async with SmscEmulator() as gateway:
        yield gateway
        assert gateway.wrong == []


@pytest.fixture
async def service(sqlite: Database, clock: StandingClock, gateway: SmscEmulator) -> AsyncIterator[MessengerService]:
    channel = sms(clock, "smsc", gateway.url, two_way=True, **CALLBACK)
    async with MessengerService(sqlite, clock, channel, NAME) as service:
        service.hook += f"/{SECRET}"
        yield service


async def test_a_reader_asks_and_answers_with_a_number(service: MessengerService, gateway: SmscEmulator) -> None:
    assert await gateway.hears(service.hook, ANNA, "Что есть из классики?", encoding="cp1251") == (200, "OK")
    await service.until(lambda: len(gateway.taken) == 1)
    assert gateway.taken[0].text.endswith("Ответьте номером.")

    for _ in range(2):
        await gateway.hears(service.hook, ANNA, "2", sms_id="2")
    await service.until(lambda: len(gateway.taken) == 2)
    assert [taken.text for taken in gateway.taken[1:]] == ["Нажато: 1."]
    assert len(await service.heard("+" + ANNA)) == 4


async def test_a_stranger_is_refused(service: MessengerService, gateway: SmscEmulator) -> None:
    hook = service.hook.replace(SECRET, "0" * len(SECRET))
    assert (await gateway.hears(hook, ANNA, "Есть?"))[0] == 403
    assert await service.heard("+" + ANNA) == []


async def test_a_lost_answer_makes_no_second_message(service: MessengerService, gateway: SmscEmulator) -> None:
    gateway.faults.append(Fault(drop="after", path="/sys/send.php"))
    await gateway.hears(service.hook, ANNA, "слово")
    await service.until(lambda: len(gateway.calls) == 2, turning=timedelta(seconds=1))

    assert [taken.text for taken in gateway.taken] == ["Вы написали: слово"]


async def test_a_callback_makes_us_ask_and_the_answer_reaches_the_log(
    service: MessengerService, gateway: SmscEmulator, sqlite: Database
) -> None:
    await gateway.hears(service.hook, ANNA, "слово")
    await service.until(lambda: len(gateway.taken) == 1)
    (taken,) = gateway.taken
    taken.status = gateway.arrived

    assert await gateway.tells(service.hook, taken) == (200, "OK")
    await service.until(lambda: is_delivered(sqlite))


async def test_reports_by_asking_reach_the_log(sqlite: Database, clock: StandingClock) -> None:
    async with SmsRuEmulator() as gateway:
        channel = sms(clock, "smsru", gateway.url, poll_s=0.01)
        async with MessengerService(sqlite, clock, channel, NAME) as service:
            await service.log.record(arrival("слово", key="1", contact=Contact(channel=NAME, address="+" + ANNA)))
            await service.until(lambda: len(gateway.taken) == 1)
            gateway.taken[0].status = gateway.arrived

            await service.until(lambda: is_delivered(sqlite))
        assert gateway.wrong == []


async def is_delivered(database: Database) -> bool:
    """Whether our one message has arrived, by the log's word."""
    async with database.engine.connect() as connection:
        state = await connection.scalar(select(MessageRow.state).where(MessageRow.author == "bot"))
    return state == "delivered"
