"""Sending, the window, files, and what Meta's refusals mean to us: against the emulator."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from adapters.http import HttpAnswer
from adapters.whatsapp.channel import WhatsApp
from adapters.whatsapp.errors import fault
from adapters.whatsapp.limits import PairLimit
from adapters.whatsapp.parse import ReadMark
from bot.errors import (
    ChannelAuthError,
    ChannelError,
    ChannelUnavailable,
    DeliveryRefused,
    InputError,
    MessageRefused,
    RateLimited,
    WindowClosed,
)
from bot.messages import Contact, Document, Lane, Outbound, Picture, Reply, StoredFile, Template, reply
from bot.pacing import Pace
from bot.proof import proof_of
from tests.adapters.whatsapp.support import NAME, whatsapp
from tests.emulators.base import Fault
from tests.emulators.whatsapp.emulator import WhatsAppEmulator
from tests.support.clock import StandingClock
from tests.support.files import MemoryFiles

ANNA = "79991230001"
DUE = Template(name="due_soon", values=("Анна Каренина", "16.03.2025"))
PDF = StoredFile(file_id=1, name="правила.pdf", media_type="application/pdf", size=3)
ANSWERS = json.loads((Path(__file__).parent / "api-responses.json").read_text("utf-8"))


@pytest.fixture
async def meta(clock: StandingClock) -> AsyncIterator[WhatsAppEmulator]:
    async with WhatsAppEmulator(clock) as meta:
        meta.templates["loan_due_soon"] = ("ru", 2)
        yield meta
        assert meta.wrong == []


@pytest.fixture
async def channel(meta: WhatsAppEmulator, clock: StandingClock) -> AsyncIterator[WhatsApp]:
    templates = {"due_soon": {"name": "loan_due_soon", "language": "ru"}}
    files = MemoryFiles()
    assert await files.keep(PDF.name, PDF.media_type, b"%PD") == PDF
    built = whatsapp(clock, meta.api_url, files, templates=templates)
    yield built
    await built.aclose()


def outbound(
    said: Reply, clock: StandingClock, *, hours: float | None = 0, attempt: int = 1, to: str = "+" + ANNA
) -> Outbound:
    heard = None if hours is None else clock.now() - timedelta(hours=hours)
    return Outbound(
        message_id=7,
        contact=Contact(channel=NAME, address=to),
        reply=said,
        lane=Lane.REPLY,
        attempt=attempt,
        heard_at=heard,
    )


async def test_an_answer_goes_to_the_reader_and_names_our_row(
    meta: WhatsAppEmulator, channel: WhatsApp, clock: StandingClock
) -> None:
    meta.hears(ANNA, "Есть «Обломов»?")

    sent = await channel.send(outbound(reply("Да."), clock))

    (taken,) = meta.taken
    assert sent.external_ids == (taken.message_id,)
    proof = proof_of(7, f"+{ANNA}", "Да.")
    assert (taken.to, taken.text, taken.body["biz_opaque_callback_data"]) == (ANNA, "Да.", proof)


async def test_after_a_start_answers_to_earlier_words_wait_for_metas_word(
    meta: WhatsAppEmulator, channel: WhatsApp, clock: StandingClock
) -> None:
    meta.hears(ANNA, "Есть «Обломов»?")
    earlier = outbound(reply("Да."), clock, hours=0.01)

    with pytest.raises(RateLimited) as asked:
        await channel.send(earlier)
    assert (asked.value.retry_after_s, asked.value.whole_channel) == (3.0, False)
    await channel.send(outbound(reply("Новый ответ."), clock))
    clock.turn(timedelta(seconds=3))
    await channel.send(earlier)

    assert [taken.text for taken in meta.taken] == ["Новый ответ.", "Да."]


async def test_a_reader_without_a_number_is_answered_by_id(
    meta: WhatsAppEmulator, channel: WhatsApp, clock: StandingClock
) -> None:
    meta.hears("US.13491208655302741918", "Здравствуйте")

    await channel.send(outbound(reply("Да."), clock, to="bsuid:US.13491208655302741918"))

    assert (meta.taken[0].to, "to" in meta.taken[0].body) == ("US.13491208655302741918", False)


async def test_outside_the_window_only_an_approved_template_goes(
    meta: WhatsAppEmulator, channel: WhatsApp, clock: StandingClock
) -> None:
    with pytest.raises(WindowClosed):
        await channel.send(outbound(reply("Книга ждёт."), clock, hours=25))
    assert meta.calls == []  # we know the window: Meta is not asked

    await channel.send(outbound(Reply(text="Книга ждёт.", template=DUE), clock, hours=25))
    (taken,) = meta.taken
    assert taken.body["template"]["name"] == "loan_due_soon"


async def test_a_reader_who_never_wrote_gets_the_template(
    meta: WhatsAppEmulator, channel: WhatsApp, clock: StandingClock
) -> None:
    await channel.send(outbound(Reply(text="Книга ждёт.", template=DUE), clock, hours=None))

    assert [taken.body["type"] for taken in meta.taken] == ["template"]


async def test_metas_word_on_the_window_is_the_last(
    meta: WhatsAppEmulator, channel: WhatsApp, clock: StandingClock
) -> None:
    with pytest.raises(WindowClosed):  # we think that it is open
        await channel.send(outbound(reply("Книга ждёт."), clock))
    await channel.send(outbound(Reply(text="Книга ждёт.", template=DUE), clock))

    assert [taken.body["type"] for taken in meta.taken] == ["template"]


async def test_a_template_that_the_configuration_does_not_name_is_not_sent(
    channel: WhatsApp, clock: StandingClock
) -> None:
    with pytest.raises(WindowClosed):
        await channel.send(outbound(Reply(text="…", template=Template(name="unknown")), clock, hours=30))


async def test_a_part_that_was_taken_is_not_sent_again(
    meta: WhatsAppEmulator, channel: WhatsApp, clock: StandingClock
) -> None:
    meta.hears(ANNA, "Правила?")
    long = outbound(reply("Предложение о книгах. " * 300), clock)
    meta.faults.append(Fault())
    meta.faults.append(Fault(status=500, body={"error": {"code": 131000, "message": "Something went wrong"}}))

    with pytest.raises(ChannelUnavailable):
        await channel.send(long)
    sent = await channel.send(long)

    assert len(sent.external_ids) == len(meta.taken) == 2
    assert "".join(taken.text for taken in meta.taken).count("Предложение") == 300


async def test_a_broken_connection_is_tried_again(
    meta: WhatsAppEmulator, channel: WhatsApp, clock: StandingClock
) -> None:
    meta.hears(ANNA, "Есть?")
    meta.faults.append(Fault(drop="before"))

    with pytest.raises(ChannelUnavailable):
        await channel.send(outbound(reply("Да."), clock))
    assert meta.taken == []


async def test_an_address_that_is_none_is_never_sent_to(channel: WhatsApp, clock: StandingClock) -> None:
    with pytest.raises(DeliveryRefused):
        await channel.send(outbound(reply("Да."), clock, to="bsuid:https://evil.example"))


async def test_the_mark_and_the_typing_are_one_call(meta: WhatsAppEmulator, channel: WhatsApp) -> None:
    await channel.courtesy(ReadMark("wamid.IN1"))
    await channel.courtesy("something else")

    assert meta.read == ["wamid.IN1"]
    assert meta.calls[0].json["typing_indicator"] == {"type": "text"}


# --- files ---------------------------------------------------------------------------------------


async def test_a_file_is_uploaded_once_and_again_after_a_month(
    meta: WhatsAppEmulator, channel: WhatsApp, clock: StandingClock
) -> None:
    for wait in (0, 1, 29):
        clock.turn(timedelta(days=wait))
        meta.hears(ANNA, "Правила?")
        await channel.send(outbound(reply("Вот правила", at=[Document(file=PDF)]), clock))

    assert [taken.body["document"]["filename"] for taken in meta.taken] == ["правила.pdf"] * 3
    assert [taken.body["document"]["id"] for taken in meta.taken] == ["1000000", "1000000", "1000001"]


async def test_a_file_that_is_gone_costs_only_its_message(channel: WhatsApp, clock: StandingClock) -> None:
    gone = StoredFile(file_id=100, name="а.jpg", media_type="image/jpeg", size=3)
    with pytest.raises(MessageRefused):
        await channel.send(outbound(reply("", at=[Picture(file=gone, alt="")]), clock))


async def test_a_file_that_meta_knows_no_more_is_uploaded_anew_for_the_next_reader(
    meta: WhatsAppEmulator, channel: WhatsApp, clock: StandingClock
) -> None:
    rules = reply("Вот правила", at=[Document(file=PDF)])
    meta.hears(ANNA, "Правила?")
    await channel.send(outbound(rules, clock))
    gone = {"error": {"code": 131053, "message": "Media upload error"}}
    meta.faults.append(Fault(status=400, body=gone, path="/messages"))
    with pytest.raises(MessageRefused):
        await channel.send(outbound(rules, clock))

    await channel.send(outbound(rules, clock))

    assert [taken.body["document"]["id"] for taken in meta.taken] == ["1000000", "1000001"]


async def test_a_readers_picture_is_fetched_with_our_token(meta: WhatsAppEmulator, channel: WhatsApp) -> None:
    meta.media["55"] = ("image/jpeg", b"jpeg" * 10_000)

    assert await channel.fetch("55", 100_000) == b"jpeg" * 10_000
    with pytest.raises(InputError):
        await channel.fetch("55", 39_999)
    with pytest.raises(InputError):
        await channel.fetch("56", 100)
    with pytest.raises(InputError):
        await channel.fetch("../me", 100)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/a",
        "https://evil.example/a",
        "https://evil.example/?.fbsbx.com",
        "https://fbsbx.com.evil.example/",
        "https://fbsbx.com@evil.example/",
        "https://lookaside.fbsbx.com:8443/",
        "http://lookaside.fbsbx.com/a",
        "file:///etc/passwd",
    ],
)
async def test_our_token_goes_to_meta_alone(meta: WhatsAppEmulator, channel: WhatsApp, url: str) -> None:
    meta.faults.append(Fault(status=200, body={"url": url}))

    with pytest.raises(InputError, match="host"):
        await channel.fetch("55", 100)
    assert len(meta.calls) == 1


# --- who we are ----------------------------------------------------------------------------------


async def test_the_number_introduces_itself(meta: WhatsAppEmulator, channel: WhatsApp) -> None:
    assert await channel.ping() == "Библиотека, +7 999 000-11-22, quality GREEN"

    link = await channel.join_link("branch-03")
    assert link.startswith("https://wa.me/79990001122?text=")
    assert unquote(link).endswith("Здравствуйте! #start-branch-03")
    await channel.join_link()
    assert len(meta.calls) == 2


async def test_a_wrong_token_stops_the_channel(meta: WhatsAppEmulator, channel: WhatsApp, clock: StandingClock) -> None:
    meta.token = "another"
    with pytest.raises(ChannelAuthError):
        await channel.ping()
    with pytest.raises(ChannelAuthError):
        await channel.send(outbound(reply("Да."), clock))


async def test_a_number_that_meta_blocks_is_not_taken_for_mended(
    meta: WhatsAppEmulator, channel: WhatsApp, clock: StandingClock
) -> None:
    meta.hears(ANNA, "Есть?")
    meta.faults.append(Fault(status=400, body={"error": {"code": 131048, "message": "Spam rate limit hit"}}))
    for ask in (channel.send(outbound(reply("Да."), clock)), channel.ping()):
        with pytest.raises(ChannelAuthError, match="131048"):
            await ask

    await channel.send(outbound(reply("Да."), clock))
    assert "quality" in await channel.ping()


# --- refusals ------------------------------------------------------------------------------------

MEANS: dict[int, type[ChannelError]] = {
    130429: RateLimited, 131056: RateLimited, 80007: RateLimited, 4: RateLimited,
    131047: WindowClosed,
    131026: DeliveryRefused, 131030: DeliveryRefused, 131062: DeliveryRefused,
    131049: MessageRefused, 131051: MessageRefused, 131009: MessageRefused, 132001: MessageRefused,
    131048: ChannelAuthError, 190: ChannelAuthError,
    131000: ChannelUnavailable, 131016: ChannelUnavailable,
}  # fmt: skip


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: str(answer["name"]))
def test_each_answer_of_meta_means_one_thing_to_do(answer: dict[str, Any]) -> None:
    raw = json.dumps(answer["body"]).encode()
    error = fault(HttpAnswer(answer["http_status"], answer.get("headers", {}), raw))

    code = answer["body"].get("error", {}).get("code")
    assert type(error) is (MEANS[code] if code else type(None))


@pytest.mark.parametrize(
    ("status", "code", "means"),
    [
        (400, 131050, MessageRefused),
        (400, 368, ChannelAuthError),
        (400, 131031, ChannelAuthError),
        (403, 130497, DeliveryRefused),
        (403, 10, ChannelAuthError),
        (400, 200, ChannelAuthError),
        (400, 100, MessageRefused),
        (500, 2, ChannelUnavailable),
        (400, 999999, MessageRefused),
    ],
)
def test_further_codes(status: int, code: int, means: type[ChannelError]) -> None:
    assert type(fault(HttpAnswer(status, {}, json.dumps({"error": {"code": code}}).encode()))) is means


def test_answers_that_are_not_metas() -> None:
    for body in (b"", b"<html>", b"[]", b'{"error": 7}', b'{"error": {"code": "x"}}'):
        assert type(fault(HttpAnswer(404, {}, body))) is ChannelUnavailable
        assert type(fault(HttpAnswer(502, {}, body))) is ChannelUnavailable
        assert type(fault(HttpAnswer(302, {}, body))) is ChannelUnavailable


def test_the_pause_for_one_pair_grows_while_meta_refuses_and_holds_up_nobody_else() -> None:
    body = json.dumps({"error": {"code": 131056}}).encode()
    error = fault(HttpAnswer(400, {}, body))
    assert isinstance(error, RateLimited)
    assert (error.retry_after_s, error.whole_channel) == (4, False)

    limit = PairLimit()
    errors = [limit.refused(ANNA) for _ in range(5)]
    assert [error.retry_after_s for error in errors] == [4, 16, 64, 64, 64]
    assert limit.refused("another").retry_after_s == 4
    limit.taken(ANNA)
    assert limit.refused(ANNA).retry_after_s == 4


async def test_a_refused_pair_waits_by_its_own_refusals_not_by_other_faults(
    meta: WhatsAppEmulator, channel: WhatsApp, clock: StandingClock
) -> None:
    meta.hears(ANNA, "Есть?")
    meta.faults.append(Fault(status=400, body={"error": {"code": 131056, "message": "pair rate limit hit"}}))
    with pytest.raises(RateLimited) as asked:
        await channel.send(outbound(reply("Да."), clock, attempt=9))
    assert (asked.value.retry_after_s, asked.value.whole_channel) == (4, False)


def test_metas_own_pause_is_obeyed() -> None:
    error = fault(HttpAnswer(429, {"Retry-After": "120"}, b"{}"))
    assert isinstance(error, RateLimited)
    assert (error.retry_after_s, error.whole_channel) == (120, True)


def test_one_readers_burst_is_45_and_then_one_in_six_seconds() -> None:
    now = 0.0
    limit = PairLimit(lambda: now)
    for _ in range(45):
        limit.take(ANNA)
    with pytest.raises(RateLimited) as asked:
        limit.take(ANNA)
    assert (asked.value.retry_after_s, asked.value.whole_channel) == (6.0, False)
    limit.take("another")
    now = 6.0
    limit.take(ANNA)
    with pytest.raises(RateLimited):
        limit.take(ANNA)


async def test_while_meta_wants_a_pause_nobody_else_is_sent_to(
    meta: WhatsAppEmulator, channel: WhatsApp, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.whatsapp.channel.monotonic", lambda: 100.0)
    meta.hears(ANNA, "Есть?")
    meta.faults.append(Fault(status=429, body={"error": {"code": 130429, "message": "Rate limit hit"}}))
    with pytest.raises(RateLimited):
        await channel.send(outbound(reply("Да."), clock))
    asked = len(meta.calls)

    with pytest.raises(RateLimited) as waits:
        await channel.send(outbound(reply("И вам."), clock, to="+79990000002"))

    assert waits.value.retry_after_s == 2
    assert len(meta.calls) == asked


async def test_each_part_of_a_long_reply_keeps_the_pace(
    meta: WhatsAppEmulator, channel: WhatsApp, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[int] = []

    @asynccontextmanager
    async def turn(pace: Pace) -> AsyncIterator[None]:
        turns.append(len(meta.taken))
        yield

    monkeypatch.setattr(Pace, "turn", turn)
    meta.hears(ANNA, "Правила?")
    await channel.send(outbound(reply("Предложение о книгах. " * 500), clock))

    assert turns == [0, 1, 2]
