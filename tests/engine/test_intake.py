"""Messages come in: stored first, acknowledged then, refused when they cannot be kept."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels import Accepted, Webhook
from bot.engine import intake
from bot.engine.intake import FrontDesk, Webhooks, poll
from bot.engine.metrics import Metrics
from bot.engine.server import application
from bot.errors import BadSignature, BadWebhook, ChannelUnavailable
from bot.messages import Delivery, DeliveryReceipt, Inbound
from tests.support.clock import StandingClock
from tests.support.fake_log import FakeLog
from tests.support.logs import BORIS, SAID_AT, arrival, words
from tests.support.machine import SOON_S, FakeChannel

Client = TestClient[web.Request, web.Application]


class Messenger(FakeChannel):
    """A messenger that calls us: each line of the body is a message, ``>`` before a receipt."""

    def accept(self, webhook: Webhook) -> Accepted:
        if webhook.headers.get("X-Secret") != "right":
            raise BadSignature("wrong secret")
        lines = webhook.body.decode().splitlines()
        if not lines:
            raise BadWebhook("empty")
        receipts = [
            DeliveryReceipt(channel="chat", external_id=line[1:], delivery=Delivery.READ, at=SAID_AT)
            for line in lines
            if line.startswith(">")
        ]
        messages = [arrival(line, key=line) for line in lines if not line.startswith(">")]
        return Accepted(messages=tuple(messages), events=tuple(receipts), answer=b"ok")


@pytest.fixture
def log(clock: StandingClock) -> FakeLog:
    return FakeLog(clock)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
async def client(log: FakeLog, metrics: Metrics) -> AsyncIterator[Client]:
    app = application(Webhooks({"chat": Messenger(), "page": FakeChannel()}, log, metrics).routes())
    async with TestClient(TestServer(app)) as client:
        yield client


RIGHT = {"X-Secret": "right"}


async def test_a_webhook_is_answered_what_the_messenger_wants_once_everything_is_stored(
    client: Client,
    log: FakeLog,
) -> None:
    answer = await client.post("/hooks/chat", data="раз\nдва\nтри".encode(), headers=RIGHT)

    assert (answer.status, await answer.read()) == (200, b"ok")
    assert words(await log.claim(10)) == ["раз", "два", "три"]


async def test_a_webhook_delivered_twice_is_stored_once(
    client: Client,
    log: FakeLog,
) -> None:
    for _ in range(2):
        answer = await client.post("/hooks/chat", data="раз".encode(), headers=RIGHT)
        assert answer.status == 200

    assert words(await log.claim(10)) == ["раз"]


async def test_a_webhook_with_a_wrong_secret_is_refused_and_stores_nothing(
    client: Client,
    log: FakeLog,
    metrics: Metrics,
) -> None:
    answer = await client.post("/hooks/chat", data="раз".encode(), headers={"X-Secret": "wrong"})

    assert answer.status == 403
    assert log.messages == {}
    assert b'bibliobot_webhooks_total{channel="chat",result="refused"} 1.0' in metrics.page(None)


async def test_a_webhook_that_cannot_be_read_is_told_so(client: Client) -> None:
    assert (await client.post("/hooks/chat", data=b"", headers=RIGHT)).status == 400


@pytest.mark.parametrize("name", ["page", "nobody"])
async def test_only_messengers_that_call_us_have_a_webhook(
    client: Client,
    name: str,
) -> None:
    assert (await client.post(f"/hooks/{name}", data=b"1", headers=RIGHT)).status == 404


async def test_with_a_full_disk_a_webhook_is_refused_rather_than_acknowledged_and_lost(
    client: Client,
    log: FakeLog,
) -> None:
    log.broken = True

    answer = await client.post("/hooks/chat", data="раз".encode(), headers=RIGHT)

    assert answer.status == 503
    assert answer.headers["Retry-After"] == "5"


async def test_a_larger_body_than_any_messenger_sends_is_refused(client: Client) -> None:
    assert (await client.post("/hooks/chat", data=BytesIO(bytes((1 << 20) + 1)), headers=RIGHT)).status == 413


async def test_every_answer_has_the_headers_that_keep_browsers_safe(client: Client) -> None:
    answer = await client.post("/hooks/chat", data="раз".encode(), headers=RIGHT)

    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_page_of_ours_gets_the_first_id_for_a_repeat(log: FakeLog) -> None:
    desk = FrontDesk(store=log, log=log)

    assert await desk.take(arrival("раз", key="1")) == await desk.take(arrival("раз", key="1"))


# --- messengers that we ask ----------------------------------------------------------------------


class Polling(FakeChannel):
    """A messenger that we ask: what it hands over one after another, an error being raised."""

    def __init__(self, *items: Inbound | Exception) -> None:
        super().__init__()
        self.items = list(items)
        self.empty = asyncio.Event()
        self.asked = 0

    async def updates(self) -> AsyncIterator[Accepted]:
        self.asked += 1
        while self.items:
            item = self.items.pop(0)
            if isinstance(item, Exception):
                raise item
            yield Accepted(messages=(item,))
        self.empty.set()
        await asyncio.Event().wait()


async def polled(channel: Polling, log: FakeLog) -> None:
    """Poll until the messenger has handed over everything."""
    task = asyncio.create_task(poll("chat", channel, log, asyncio.Event()))
    async with asyncio.timeout(SOON_S):
        await channel.empty.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_polled_messages_are_stored_before_the_next_is_asked_for(log: FakeLog) -> None:
    await polled(Polling(arrival("раз", key="1"), arrival("два", key="2", contact=BORIS)), log)

    assert words(await log.claim(10)) == ["раз", "два"]


async def test_a_messenger_that_is_away_is_asked_again(log: FakeLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "FIRST_PAUSE_S", 0.0)
    monkeypatch.setattr(intake, "LONGEST_PAUSE_S", 0.0)
    channel = Polling(ChannelUnavailable("no route"), arrival("раз", key="1"), ChannelUnavailable("no route"))

    await polled(channel, log)

    assert channel.asked == 3
    assert words(await log.claim(10)) == ["раз"]


async def test_polling_ends_when_told_to(log: FakeLog) -> None:
    stopping = asyncio.Event()
    channel = Polling(ChannelUnavailable("no route"))
    task = asyncio.create_task(poll("chat", channel, log, stopping))
    await asyncio.sleep(0)

    stopping.set()

    async with asyncio.timeout(SOON_S):
        await task
