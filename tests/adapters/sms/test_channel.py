"""Sending, refusals, reports and answers: against the three gateways' emulators."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import pytest

from adapters.sms.channel import Sms, SmsByCallback, SmsByPolling
from adapters.sms.parse import AskFor
from bot.channels import Webhook
from bot.endings import ended
from bot.errors import (
    BadSignature,
    ChannelAuthError,
    ChannelError,
    ChannelUnavailable,
    DeliveryRefused,
    MessageRefused,
    RateLimited,
)
from bot.messages import Contact, Delivery, DeliveryReceipt, Lane, Outbound, Reply, Text, reply
from tests.adapters.sms.support import CALLBACK, NAME, SECRET, sms
from tests.emulators.base import Fault
from tests.emulators.sms.gateway import SmsAeroEmulator, SmscEmulator, SmsEmulator, SmsRuEmulator
from tests.support.clock import StandingClock

EMULATORS: dict[str, type[SmsEmulator]] = {"smsru": SmsRuEmulator, "smsc": SmscEmulator, "smsaero": SmsAeroEmulator}
ANNA = "79991230001"
RECORDED = Path(__file__).parent / "recorded"


@pytest.fixture(params=EMULATORS)
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def gateway(provider: str) -> AsyncIterator[SmsEmulator]:
    async with EMULATORS[provider]() as gateway:
        yield gateway
        assert gateway.wrong == []


@pytest.fixture
async def channel(provider: str, gateway: SmsEmulator, clock: StandingClock) -> AsyncIterator[Sms]:
    built = sms(clock, provider, gateway.url, poll_s=0.001)
    yield built
    await built.aclose()


@pytest.fixture
async def called(provider: str, gateway: SmsEmulator, clock: StandingClock) -> AsyncIterator[SmsByCallback]:
    built = sms(clock, provider, gateway.url, **CALLBACK)
    assert isinstance(built, SmsByCallback)
    yield built
    await built.aclose()


def outbound(said: Reply, *, number: int = 7, attempt: int = 1, to: str = "+" + ANNA) -> Outbound:
    contact = Contact(channel=NAME, address=to)
    return Outbound(message_id=number, contact=contact, reply=said, lane=Lane.NOTICE, attempt=attempt)


def posted(form: dict[str, str], secret: str = SECRET, encoding: str = "utf-8") -> Webhook:
    body = urlencode(form, encoding=encoding).encode()
    return Webhook(method="POST", path="/hooks/sms", headers={}, query={"secret": secret}, body=body, remote="::1")


# --- sending -------------------------------------------------------------------------------------


async def test_a_notice_arrives_as_one_text(gateway: SmsEmulator, channel: Sms) -> None:
    sent = await channel.send(outbound(reply("Книга «Обломов» ждёт вас.")))

    (taken,) = gateway.taken
    assert sent.external_ids == (taken.name,)
    assert (taken.phone, taken.text, taken.sender) == (ANNA, "Книга «Обломов» ждёт вас.", "Library")


async def test_what_is_no_number_is_never_sent_to(gateway: SmsEmulator, channel: Sms) -> None:
    for address in ("100001", "+7999", "anna", "bsuid:US.1"):
        with pytest.raises(DeliveryRefused):
            await channel.send(outbound(reply("Да."), to=address))
    with pytest.raises(MessageRefused):
        await channel.send(outbound(reply(" \n ")))
    assert gateway.calls == []


async def test_the_operator_sees_the_money_left(channel: Sms, provider: str) -> None:
    assert await channel.ping() == f"{provider} Library, balance 100.0 RUB"


async def test_without_money_or_with_a_wrong_key_the_channel_stops(
    gateway: SmsEmulator, provider: str, clock: StandingClock
) -> None:
    gateway.money = 0
    channel = sms(clock, provider, gateway.url)
    with pytest.raises(ChannelAuthError, match="no money left"):
        await channel.ping()
    with pytest.raises(ChannelAuthError, match="money"):
        await channel.send(outbound(reply("Да.")))
    with pytest.raises(ChannelAuthError, match="money"):
        await channel.ping()
    for word in ("key", "password"):
        setattr(gateway, word, "another")
    with pytest.raises(ChannelAuthError):
        await channel.ping()
    await channel.aclose()


async def test_an_account_with_money_again_is_well_once_a_message_was_taken(gateway: SmsEmulator, channel: Sms) -> None:
    there, gateway.money = gateway.money, 0
    with pytest.raises(ChannelAuthError, match="money"):
        await channel.send(outbound(reply("Да.")))
    gateway.money = there
    with pytest.raises(ChannelAuthError, match="money"):
        await channel.ping()

    await channel.send(outbound(reply("Да."), number=8))

    assert "balance" in await channel.ping()


@pytest.mark.parametrize(("status", "means"), [(500, ChannelUnavailable), (429, RateLimited), (401, ChannelAuthError)])
async def test_a_gateway_out_of_order(
    gateway: SmsEmulator, channel: Sms, status: int, means: type[ChannelError]
) -> None:
    gateway.faults.append(Fault(status=status, body=b"<html>"))
    with pytest.raises(means):
        await channel.send(outbound(reply("Да.")))
    gateway.faults.append(Fault(status=200, body=b"<html>"))
    with pytest.raises(ChannelUnavailable):
        await channel.send(outbound(reply("Да.")))
    assert gateway.taken == []


@pytest.mark.parametrize("provider", ["smsru", "smsc"], indirect=True)
async def test_a_lost_answer_makes_no_second_message(gateway: SmsEmulator, channel: Sms, provider: str) -> None:
    gateway.faults.append(Fault(drop="after"))
    with pytest.raises(ChannelUnavailable):
        await channel.send(outbound(reply("Книга ждёт.")))

    sent = await channel.send(outbound(reply("Книга ждёт."), attempt=2))

    assert len(gateway.taken) == 1
    assert sent.external_ids == (("7-" + ANNA,) if provider == "smsc" else ())


@pytest.mark.parametrize("provider", ["smsru", "smsc"], indirect=True)
async def test_the_same_words_to_the_same_number_wait_a_minute(gateway: SmsEmulator, channel: Sms) -> None:
    await channel.send(outbound(reply("Книга ждёт.")))
    with pytest.raises(RateLimited) as asked:
        await channel.send(outbound(reply("Книга ждёт."), number=8))
    assert (asked.value.retry_after_s, asked.value.whole_channel) == (60, False)


REFUSALS: list[tuple[str, int, type[ChannelError]]] = [
    ("smsru", 202, DeliveryRefused), ("smsru", 207, DeliveryRefused), ("smsru", 209, DeliveryRefused),
    ("smsru", 204, ChannelAuthError), ("smsru", 205, MessageRefused), ("smsru", 206, RateLimited),
    ("smsru", 220, ChannelUnavailable), ("smsru", 230, MessageRefused), ("smsru", 232, MessageRefused),
    ("smsc", 1, MessageRefused), ("smsc", 4, RateLimited), ("smsc", 6, MessageRefused),
    ("smsc", 7, DeliveryRefused), ("smsc", 8, DeliveryRefused), ("smsaero", 1, MessageRefused),
]  # fmt: skip


@pytest.mark.parametrize(("provider", "code", "means"), REFUSALS, indirect=["provider"])
async def test_each_refusal_means_one_thing_to_do(
    gateway: SmsEmulator, channel: Sms, code: int, means: type[ChannelError]
) -> None:
    gateway.refused[ANNA] = code
    with pytest.raises(means) as refused:
        await channel.send(outbound(reply("Да.")))
    assert type(refused.value) is means
    assert ANNA not in str(refused.value)


def test_the_recorded_answers_are_read(clock: StandingClock) -> None:
    """What the gateways really answer has the shape that the emulators have."""
    sent = json.loads((RECORDED / "smsru_send_response.json").read_text("utf-8"))
    assert sent["sms"]["74993221627"]["status_code"] == 207
    index = json.loads((RECORDED / "index.json").read_text("utf-8"))["samples"]
    assert {sample["file"] for sample in index} == {file.name for file in RECORDED.glob("*.json")} - {"index.json"}


@pytest.mark.parametrize(
    ("provider", "body", "outcome"),
    [
        ("smsaero", "smsaero_send_response.json", "12345"),
        ("smsaero", "smsaero_errors.json#0", ChannelAuthError),
        ("smsaero", "smsaero_errors.json#1", ChannelAuthError),
        ("smsaero", "smsaero_errors.json#2", MessageRefused),
        ("smsc", "smsc_responses.json#0", "1-" + ANNA),
        ("smsc", "smsc_responses.json#1", ChannelAuthError),
        ("smsc", "smsc_responses.json#2", RateLimited),
    ],
    indirect=["provider"],
)
async def test_a_recorded_answer_to_a_sending(gateway: SmsEmulator, channel: Sms, body: str, outcome: Any) -> None:
    name, _, place = body.partition("#")
    answer = json.loads((RECORDED / name).read_text("utf-8"))
    gateway.faults.append(Fault(status=200, body=answer[int(place)] if place else answer))

    if isinstance(outcome, str):
        assert (await channel.send(outbound(reply("Да.")))).external_ids == (outcome,)
    else:
        with pytest.raises(outcome):
            await channel.send(outbound(reply("Да.")))


@pytest.mark.parametrize("provider", ["smsru"], indirect=True)
async def test_recorded_answers_a_number(gateway: SmsEmulator, channel: Sms) -> None:
    answer = json.loads((RECORDED / "smsru_send_response.json").read_text("utf-8"))
    gateway.faults.extend([Fault(status=200, body=answer)] * 2)

    sent = await channel.send(outbound(reply("Да."), to="+79990000000"))
    assert sent.external_ids == ("000000-10000000",)
    with pytest.raises(DeliveryRefused):
        await channel.send(outbound(reply("Да."), to="+74993221627"))


# --- what became of it ---------------------------------------------------------------------------


async def test_a_callback_is_believed_once_the_gateway_confirms_it(
    gateway: SmsEmulator, called: SmsByCallback, clock: StandingClock, provider: str
) -> None:
    await called.send(outbound(reply("Книга ждёт.")))
    (taken,) = gateway.taken
    forms = {
        "smsru": {"data[0]": f"sms_status\n{taken.name}\n103", "data[1]": "test\n1"},
        "smsc": {"id": "7", "phone": ANNA, "status": "1", "md5": "x"},
        "smsaero": {"id": taken.name, "status": "1"},
    }
    got = called.accept(posted(forms[provider]))
    assert (got.messages, got.events) == ((), ())
    assert got.answer == (b"100" if provider == "smsru" else b"OK")

    (courtesy,) = got.courtesies
    early = await called.courtesy(courtesy)  # the callback lied: it is on its way
    assert early is not None
    assert [cast("DeliveryReceipt", event).delivery for event in early.events] == [Delivery.SENT]

    taken.status = gateway.arrived
    later = await called.courtesy(courtesy)
    assert later is not None
    assert later.events == (
        DeliveryReceipt(channel=NAME, external_id=taken.name, delivery=Delivery.DELIVERED, at=clock.now()),
    )


async def test_an_unknown_courtesy_is_left_alone(called: SmsByCallback) -> None:
    assert await called.courtesy("something else") is None
    nothing = await called.courtesy(AskFor(("not an id at all",)))
    assert nothing is not None
    assert nothing.events == ()


def test_a_wrong_secret_is_refused(called: SmsByCallback) -> None:
    for secret in ("", "another", SECRET + "x"):
        with pytest.raises(BadSignature):
            called.accept(posted({"id": "1"}, secret))
    webhook = replace(posted({"id": "1"}, ""), path=f"/hooks/sms/{SECRET}")
    assert called.accept(webhook).messages == ()


async def test_callbacks_that_come_while_we_ask_are_asked_for_along(
    gateway: SmsEmulator, called: SmsByCallback
) -> None:
    for number in range(3):
        await called.send(outbound(reply(f"Слово {number}"), number=number + 7))
    names = [taken.name for taken in gateway.taken]

    told = await asyncio.gather(*[called.courtesy(AskFor((name,))) for name in names])

    events = [event for found in told if found for event in found.events]
    assert sorted(cast("DeliveryReceipt", event).external_id for event in events) == sorted(names)
    assert told[1:] == [None, None]


async def test_a_question_that_failed_is_asked_again(gateway: SmsEmulator, called: SmsByCallback) -> None:
    await called.send(outbound(reply("Раз.")))
    await called.send(outbound(reply("Два."), number=8))
    first, second = (taken.name for taken in gateway.taken)
    gateway.faults.append(Fault(status=500))
    with pytest.raises(ChannelUnavailable):
        await called.courtesy(AskFor((first,)))

    told = await called.courtesy(AskFor((second,)))
    assert told is not None
    assert len(told.events) == 2


async def test_reports_are_asked_for_and_told_once(gateway: SmsEmulator, channel: Sms) -> None:
    assert isinstance(channel, SmsByPolling)
    await channel.send(outbound(reply("Раз.")))
    await channel.send(outbound(reply("Два."), number=8))
    first, second = gateway.taken
    async with ended(channel.updates()) as updates:
        told = await anext(updates)
        assert [cast("DeliveryReceipt", event).delivery for event in told.events] == [Delivery.SENT] * 2
        assert (await anext(updates)).events == ()
        first.status = gateway.arrived
        second.status = {"SmsRuEmulator": 104, "SmscEmulator": 20, "SmsAeroEmulator": 2}[type(gateway).__name__]
        told = await anext(updates)
        assert {
            (cast("DeliveryReceipt", event).external_id, cast("DeliveryReceipt", event).delivery)
            for event in told.events
        } == {(first.name, Delivery.DELIVERED), (second.name, Delivery.FAILED)}
        calls = len(gateway.calls)
        assert (await anext(updates)).events == ()
        assert len(gateway.calls) == calls  # nothing is open: nobody is asked


@pytest.mark.parametrize("provider", ["smsc"], indirect=True)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1251"])
async def test_a_reader_answers(called: SmsByCallback, encoding: str) -> None:
    form = {"phone": ANNA, "mes": "СТОП", "to": "79990000000", "sms_id": "7", "ts": "1741200000"}

    (message,) = called.accept(posted(form, encoding=encoding)).messages
    (again,) = called.accept(posted(form, encoding=encoding)).messages
    (other,) = called.accept(posted(form | {"ts": "1741200060"}, encoding=encoding)).messages

    assert (message.content, message.contact.address) == (Text("СТОП"), "+" + ANNA)
    assert message.idempotency_key == again.idempotency_key != other.idempotency_key


async def test_mutated_callbacks_never_make_us_fall(called: SmsByCallback) -> None:
    dice = random.Random(6)
    names = ("data[0]", "data[]", "id", "phone", "status", "mes", "ts", "", "secret")
    values = (
        "sms_status\n000000-1\n103",
        "sms_status",
        "7",
        ANNA,
        "СТОП",
        "",
        "\x00",
        "9" * 400,
        "-1",
        "ы" * 2_000,
        "1e9",
    )
    for _ in range(500):
        form = {dice.choice(names): dice.choice(values) for _ in range(dice.randint(0, 5))}
        webhook = posted(form, encoding=dice.choice(("utf-8", "cp1251")))
        if dice.random() < 0.3:
            raw = bytes(dice.choice((webhook.body, dice.randbytes(60))))[: dice.randrange(200)]
            webhook = replace(webhook, body=raw)
        got = called.accept(webhook)
        for message in got.messages:
            assert 0 < len(message.idempotency_key) <= 200
            repr(message.content).encode()
