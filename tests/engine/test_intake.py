"""Messages come in: stored first, acknowledged then, refused when they cannot be kept."""

import asyncio
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from structlog.testing import capture_logs

from bot.channels import Accepted, Webhook
from bot.engine import courtesies as courtesies_engine
from bot.engine import intake
from bot.engine.courtesies import Courtesies
from bot.engine.intake import Arrivals, FrontDesk, Webhooks, poll, tend
from bot.engine.line import Line
from bot.engine.metrics import Metrics
from bot.engine.server import application
from bot.errors import (
    BadSignature,
    BadWebhook,
    ChannelAuthError,
    ChannelUnavailable,
    InputError,
    RateLimited,
    StoreUnavailable,
)
from bot.messages import Delivery, DeliveryReceipt, Event, Inbound
from bot.ports.log import Recorded
from tests.support.clock import StandingClock
from tests.support.fake_log import FakeLog
from tests.support.logs import BORIS, SAID_AT, arrival, words
from tests.support.machine import FakeChannel
from tests.support.patience import SOON_S

Client = TestClient[web.Request, web.Application]


class Messenger(FakeChannel):
    """A messenger that calls us: each line of the body is a message, ``>`` before a receipt."""

    def accept(self, webhook: Webhook) -> Accepted:
        if webhook.headers.get("X-Secret") != "right":
            raise BadSignature("wrong secret")
        lines = webhook.body.decode().splitlines()
        if not lines:
            raise BadWebhook("empty", answer=b"ok")
        if lines == ["break"]:
            raise ZeroDivisionError
        if lines[0].startswith("?"):
            return Accepted(set_aside=(webhook.body.decode()[1:],))
        unread = tuple(line.encode() for line in lines if line.startswith("!"))
        receipts = [
            DeliveryReceipt(channel="chat", external_id=line[1:], delivery=Delivery.READ, at=SAID_AT)
            for line in lines
            if line.startswith(">")
        ]
        messages = [arrival(line, key=line) for line in lines if not line.startswith((">", "!"))]
        return Accepted(messages=tuple(messages), events=tuple(receipts), unread=unread, answer=b"ok")


class Picky(FakeLog):
    """A store that can never take what has a dagger in it."""

    async def record(self, message: Inbound) -> Recorded:
        if "†" in message.idempotency_key:
            raise InputError("the store cannot keep it")
        return await super().record(message)

    async def note(self, event: Event) -> None:
        if "†" in getattr(event, "external_id", ""):
            raise InputError("the store cannot keep it")
        await super().note(event)


@pytest.fixture
def log(clock: StandingClock) -> FakeLog:
    return Picky(clock)


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def kept() -> "Kept":
    return Kept()


@pytest.fixture
async def client(log: FakeLog, metrics: Metrics, kept: "Kept") -> AsyncIterator[Client]:
    arrivals = Arrivals(log, metrics, unread=kept)
    app = application(Webhooks({"chat": Messenger(), "page": FakeChannel()}, log, metrics, arrivals).routes())
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


class Kept:
    """Fills ``Unread``; ``broken`` as a full disk."""

    def __init__(self) -> None:
        self.bodies: list[tuple[str, str, bytes]] = []
        self.broken = False

    async def keep(self, channel: str, kind: str, body: bytes) -> None:
        if self.broken:
            raise StoreUnavailable("full")
        self.bodies.append((channel, kind, body))

    async def count(self) -> int:
        return len(self.bodies)


@pytest.mark.parametrize(("body", "answer"), [(b"", b"ok"), (b"break", b"")], ids=["unreadable", "a fault of ours"])
@pytest.mark.parametrize("full", [False, True])
async def test_a_webhook_of_the_messengers_own_that_cannot_be_read_is_acknowledged_and_kept_aside(
    client: Client, metrics: Metrics, kept: Kept, body: bytes, answer: bytes, full: bool
) -> None:
    kept.broken = full

    said = await client.post("/hooks/chat", data=body, headers=RIGHT)

    assert (said.status, await said.read()) == (200, answer)
    assert kept.bodies == ([] if full else [("chat", "body", body)])
    assert b'bibliobot_set_aside_total{channel="chat",kind="unread_body"} 1.0' in metrics.page(None)


async def test_items_that_nobody_knows_are_counted_by_kind_whatever_they_are_called(
    client: Client, metrics: Metrics, kept: Kept
) -> None:
    for kind in ("poll", "poll", "жуть\n"):
        assert (await client.post("/hooks/chat", data=f"?{kind}".encode(), headers=RIGHT)).status == 200

    page = metrics.page(None)
    assert b'bibliobot_set_aside_total{channel="chat",kind="poll"} 2.0' in page
    assert b'bibliobot_set_aside_total{channel="chat",kind="other"} 1.0' in page
    assert kept.bodies == []


@pytest.mark.parametrize("body", ["раз†", "раз†\nдва\nтри†\n>четыре†"], ids=["alone", "among others"])
async def test_what_the_store_can_never_take_is_acknowledged_and_kept_aside(
    client: Client, log: FakeLog, kept: "Kept", body: str
) -> None:
    """Not acknowledged it would come again for a day, and hold up its chat, or a poll, for as long."""
    with capture_logs() as lines:
        answer = await client.post("/hooks/chat", data=body.encode(), headers=RIGHT)

    assert (answer.status, await answer.read()) == (200, b"ok")
    assert words(await log.claim(10)) == (["два"] if "два" in body else [])
    aside = [next(word for word in ("раз†", "три†", "четыре†") if word.encode() in body) for *_, body in kept.bodies]
    assert aside == [line.removeprefix(">") for line in body.split() if "†" in line]
    assert "†" not in str(lines)


async def test_a_poll_goes_on_behind_what_the_store_can_never_take(log: FakeLog) -> None:
    stopping = asyncio.Event()

    class Polled(FakeChannel):
        async def updates(self) -> AsyncIterator[Accepted]:
            yield Accepted(messages=(arrival("раз", key="†"),))
            yield Accepted(messages=(arrival("два", key="2"),))
            stopping.set()
            yield Accepted()

    async with asyncio.timeout(SOON_S):
        await poll("chat", Polled(), log, stopping)
    assert words(await log.claim(10)) == ["два"]


async def test_items_that_should_have_been_read_are_kept_aside_and_the_rest_is_stored(
    client: Client, log: FakeLog, kept: Kept
) -> None:
    await client.post("/hooks/chat", data="раз\n!item".encode(), headers=RIGHT)

    assert words(await log.claim(10)) == ["раз"]
    assert kept.bodies == [("chat", "item", b"!item")]


async def test_kinds_without_end_are_one_kind() -> None:
    metrics = Metrics()
    for number in range(300):
        metrics.set_aside("chat", f"kind{number}")

    assert metrics.page(None).count(b"bibliobot_set_aside_total{") == 201


async def test_a_webhook_may_have_a_secret_at_the_end_of_its_path(client: Client, log: FakeLog) -> None:
    assert (await client.post("/hooks/chat/s3cret", data="раз".encode(), headers=RIGHT)).status == 200
    assert words(await log.claim(10)) == ["раз"]


async def test_courtesies_are_made_once_everything_is_stored_and_their_faults_are_nobodys(
    log: FakeLog, metrics: Metrics
) -> None:
    polite = Polite(log)
    courtesies = Courtesies(metrics)
    arrivals = Arrivals(log, metrics, courtesies)

    await arrivals.keep("chat", polite, Accepted(messages=(arrival("раз", key="1"),), courtesies=("a", "fail", "bug")))
    async with asyncio.timeout(SOON_S):
        while metrics.page(None).count(b"bibliobot_courtesies_total{") < 2:  # noqa: ASYNC110
            await asyncio.sleep(0)

    assert polite.made == [("a", 1), ("fail", 1), ("bug", 1)]
    assert b'result="done"} 1.0' in metrics.page(None)
    assert b'result="failed"} 2.0' in metrics.page(None)


async def test_more_courtesies_than_can_be_made_are_dropped_and_hold_up_nothing(log: FakeLog, metrics: Metrics) -> None:
    polite = Polite(log)
    courtesies = Courtesies(metrics)
    arrivals = Arrivals(log, metrics, courtesies)

    async with asyncio.timeout(SOON_S):
        await arrivals.keep("chat", polite, Accepted(courtesies=("never ends",) * 100))
        await asyncio.sleep(0)
        await courtesies.aclose()

    assert len(polite.made) == courtesies_engine.AT_ONCE
    assert b'result="dropped"} 68.0' in metrics.page(None)


async def test_what_a_courtesy_brings_to_light_is_stored(log: FakeLog, metrics: Metrics) -> None:
    courtesies = Courtesies(metrics)
    arrivals = Arrivals(log, metrics, courtesies)

    await arrivals.keep("chat", Polite(log), Accepted(courtesies=("tells",)))
    async with asyncio.timeout(SOON_S):
        while b'result="done"} 1.0' not in metrics.page(None):  # noqa: ASYNC110
            await asyncio.sleep(0)

    assert words(await log.claim(10)) == ["найдено"]


class Polite(FakeChannel):
    """A messenger with courtesies."""

    def __init__(self, log: FakeLog) -> None:
        super().__init__()
        self._log = log
        self.made: list[tuple[object, int]] = []

    async def courtesy(self, what: object) -> Accepted | None:
        self.made.append((what, len(self._log.messages)))
        if what == "tells":
            return Accepted(messages=(arrival("найдено", key="2"),))
        if what == "fail":
            raise ChannelUnavailable("no route")
        if what == "bug":
            raise ZeroDivisionError
        if what == "never ends":
            await asyncio.Event().wait()
        return None


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


async def test_a_messenger_that_asks_to_wait_is_asked_no_earlier(log: FakeLog, monkeypatch: pytest.MonkeyPatch) -> None:
    rested: list[float] = []

    async def rest(seconds: float, _: asyncio.Event) -> None:
        rested.append(seconds)

    monkeypatch.setattr(intake, "rest", rest)
    await polled(Polling(RateLimited(17), arrival("раз", key="1")), log)

    assert rested[0] == 17
    assert words(await log.claim(10)) == ["раз"]


async def test_a_messenger_that_refuses_our_token_is_hardly_asked_and_the_operator_told_once(
    log: FakeLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    rested: list[float] = []

    async def rest(seconds: float, _: asyncio.Event) -> None:
        rested.append(seconds)

    monkeypatch.setattr(intake, "rest", rest)
    line = Line("chat", Metrics(), hears=True)
    faults = [ChannelAuthError("401")] * 3
    channel = Polling(*faults)
    with capture_logs() as lines:
        task = asyncio.create_task(poll("chat", channel, log, asyncio.Event(), None, line))
        async with asyncio.timeout(SOON_S):
            await channel.empty.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    assert rested == [intake.REFUSED_PAUSE_S] * 3
    assert "mend the token under channels.chat" in line.fault
    assert [logged["event"] for logged in lines] == ["channel lost"]


async def test_tending_begins_anew_after_a_fault_and_ends_when_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "FIRST_PAUSE_S", 0.0)
    monkeypatch.setattr(intake, "LONGEST_PAUSE_S", 0.0)
    stopping, line = asyncio.Event(), Line("chat", Metrics(), hears=True)
    seen: list[str] = []

    class Tender(FakeChannel):
        async def tend(self) -> None:
            seen.append(line.fault)
            if len(seen) == 1:
                raise ChannelUnavailable("no route")
            stopping.set()

    async with asyncio.timeout(SOON_S):
        await tend(Tender(), stopping, line)

    assert seen == ["", "no route"]
