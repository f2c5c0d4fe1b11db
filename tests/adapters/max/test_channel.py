"""The channel against the emulator: what is sent, what is refused, what is looked after."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Any

import pytest

from adapters.max.channel import UPDATES, Max, MaxPolling, MaxWebhook, build
from adapters.max.settings import MaxSettings
from bot.channels import Accepted, Setting, Webhook
from bot.errors import (
    BadSignature,
    ChannelAuthError,
    ChannelError,
    ChannelUnavailable,
    DeliveryRefused,
    InputError,
    MessageRefused,
    RateLimited,
)
from bot.messages import (
    Button,
    Contact,
    Document,
    Lane,
    Location,
    Outbound,
    Picture,
    Reply,
    StoredFile,
    Text,
    bold,
    link,
    reply,
)
from tests.emulators.base import Fault
from tests.emulators.max import MaxServer
from tests.support.clock import StandingClock
from tests.support.files import MemoryFiles
from tests.support.patience import SOON_S

TOKEN, SECRET = "test-max-token", "test-max-secret"
READER = 100001
HOOK = "https://bot.library.example/hooks/max"
Make = Callable[..., Max]


@pytest.fixture
async def server() -> AsyncIterator[MaxServer]:
    async with MaxServer(TOKEN) as running:
        running.rate_per_chat_per_s = running.rate_per_s = 0
        yield running
        assert running.wrong == []


@pytest.fixture
async def files() -> MemoryFiles:
    return MemoryFiles()


@pytest.fixture
async def make(server: MaxServer, clock: StandingClock, files: MemoryFiles) -> AsyncIterator[Make]:
    made: list[Max] = []

    def one(public_url: str = "https://bot.library.example", **options: Any) -> Max:
        setting = Setting(
            name="max", library_name="Библиотека", language="ru", public_url=public_url, clock=clock, files=files
        )
        options = {"token": TOKEN, "secret": SECRET, "api_url": server.url, "rate_per_chat_per_s": 0} | options
        made.append(build(MaxSettings(**options), setting))
        return made[-1]

    yield one
    for channel in made:
        await channel.aclose()


@pytest.fixture
def channel(make: Make) -> MaxWebhook:
    made = make()
    assert isinstance(made, MaxWebhook)
    return made


def to_reader(said: Reply, *, message_id: int = 1, attempt: int = 1, address: str = str(READER)) -> Outbound:
    contact = Contact(channel="max", address=address)
    return Outbound(message_id=message_id, contact=contact, reply=said, lane=Lane.REPLY, attempt=attempt)


def webhook(body: Any, **headers: str) -> Webhook:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Webhook(method="POST", path="/hooks/max", headers=headers, query={}, body=raw, remote="185.16.150.1")


# --- sending ------------------------------------------------------------------------------------------


async def test_a_reply_arrives_as_the_reader_should_see_it(channel: MaxWebhook, server: MaxServer) -> None:
    said = reply("Есть ", bold("«A<b>&B»"), buttons=[[Button("Взять", "hold:1")]])
    sent = await channel.send(to_reader(said))

    assert server.texts(READER) == ["Есть «A<b>&B»"]
    assert sent.external_ids == ("mid.out1",)


async def test_a_title_with_any_sign_arrives_whole(channel: MaxWebhook, server: MaxServer) -> None:
    title = "_*[]<>&@`~ \\ «Кот & пёс» 👨‍👩‍👧‍👦 🏳️‍🌈"
    await channel.send(to_reader(reply(bold(title), " ", link(title, "https://l.example/?a=1&b=<2>"))))
    assert server.texts(READER) == [f"{title} {title}"]


async def test_formatting_that_max_refuses_goes_out_plain(channel: MaxWebhook, server: MaxServer) -> None:
    server.faults.append(Fault(status=400, body={"code": "proto.payload", "message": "format"}, path="/messages"))
    await channel.send(to_reader(reply("Есть ", bold("«Обломов»"))))
    assert server.said[READER] == [{"text": "Есть «Обломов»", "attachments": None, "link": None}]


async def test_files_go_up_once_and_are_named_by_their_tokens(
    channel: MaxWebhook, server: MaxServer, files: MemoryFiles
) -> None:
    poster = await files.keep("афиша.png", "image/png", b"png")
    rules = await files.keep("правила.pdf", "application/pdf", b"pdf")
    said = reply("Афиша", at=[Picture(file=poster, alt="афиша"), Document(file=rules)])
    await channel.send(to_reader(said))
    await channel.send(to_reader(said, message_id=2, address="7"))

    assert server.uploads == [("афиша.png", b"png"), ("правила.pdf", b"pdf")]
    kinds = [[item["type"] for item in message["attachments"]] for message in server.said[READER]]
    assert kinds == [["image"], ["file"]]
    assert server.said[7] == server.said[READER]


async def test_a_file_that_is_not_ready_is_waited_for_and_the_words_are_not_said_twice(
    channel: MaxWebhook, server: MaxServer, files: MemoryFiles
) -> None:
    rules = await files.keep("правила.pdf", "application/pdf", b"pdf")
    server.not_ready = 3
    message = reply("Правила:", at=[Document(file=rules)])
    pauses = []
    for attempt in (1, 2, 3):
        with pytest.raises(RateLimited) as asked:
            await channel.send(to_reader(message, attempt=attempt))
        pauses.append((asked.value.retry_after_s, asked.value.whole_channel))
    sent = await channel.send(to_reader(message, attempt=4))

    assert pauses == [(1.0, False), (2.0, False), (4.0, False)]
    assert server.texts(READER) == ["Правила:", ""]
    assert len(sent.external_ids) == 2
    assert len(server.uploads) == 1


async def test_a_file_that_is_gone_stops_its_message_only(channel: MaxWebhook) -> None:
    lost = StoredFile(file_id=99, name="x", media_type="application/pdf", size=1)
    with pytest.raises(MessageRefused):
        await channel.send(to_reader(reply("Файл:", at=[Document(file=lost)])))


async def test_a_map_point_is_sent(channel: MaxWebhook, server: MaxServer) -> None:
    place = Location(latitude=45.0, longitude=41.9, title="Библиотека", address="дом 1")
    await channel.send(to_reader(reply("Мы здесь:", at=[place])))
    assert server.texts(READER) == ["Мы здесь:", "Библиотека, дом 1"]


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (401, "verify.token", ChannelAuthError),
        (403, "verify.token", ChannelAuthError),
        (403, "access.denied", DeliveryRefused),
        (404, "chat.not.found", DeliveryRefused),
        (400, "proto.payload", MessageRefused),
        (500, "internal.error", ChannelUnavailable),
        (503, "service.unavailable", ChannelUnavailable),
        (302, "", ChannelUnavailable),
        (429, "too.many.requests", RateLimited),
    ],
)
async def test_a_refusal_becomes_an_error_of_ours(
    channel: MaxWebhook, server: MaxServer, status: int, code: str, error: type[ChannelError]
) -> None:
    server.faults.append(Fault(status=status, body={"code": code, "message": "..."}))
    with pytest.raises(ChannelError) as raised:
        await channel.send(to_reader(reply("Да.")))
    assert type(raised.value) is error
    assert TOKEN not in str(raised.value)


async def test_a_reader_who_stopped_the_bot_is_told_from_one_who_is_gone(
    channel: MaxWebhook, server: MaxServer
) -> None:
    server.blocked.add(READER)
    server.gone.add(7)
    with pytest.raises(DeliveryRefused) as stopped:
        await channel.send(to_reader(reply("Да.")))
    with pytest.raises(DeliveryRefused) as gone:
        await channel.send(to_reader(reply("Да."), message_id=2, address="7"))
    assert (stopped.value.blocked, gone.value.blocked) == (True, False)


async def test_an_asked_pause_is_kept(channel: MaxWebhook, server: MaxServer) -> None:
    server.faults.append(Fault(status=429, body={"code": "too.many.requests"}, headers={"Retry-After": "7"}))
    with pytest.raises(RateLimited) as asked:
        await channel.send(to_reader(reply("Да.")))
    assert (asked.value.retry_after_s, asked.value.whole_channel) == (7.0, True)


async def test_the_emulator_counts_two_messages_a_second_in_a_chat(channel: MaxWebhook, server: MaxServer) -> None:
    server.rate_per_chat_per_s = 2
    for number in range(2):
        await channel.send(to_reader(reply("Да."), message_id=number))
    with pytest.raises(RateLimited):
        await channel.send(to_reader(reply("Да."), message_id=2))
    assert len(server.said[READER]) == 2


async def test_a_connection_that_breaks_is_tried_again_later(channel: MaxWebhook, server: MaxServer) -> None:
    server.faults.append(Fault(drop="before"))
    with pytest.raises(ChannelUnavailable):
        await channel.send(to_reader(reply("Да.")))
    await channel.send(to_reader(reply("Да."), attempt=2))
    assert server.texts(READER) == ["Да."]


async def test_an_address_of_elsewhere_is_refused_here(channel: MaxWebhook, server: MaxServer) -> None:
    with pytest.raises(DeliveryRefused):
        await channel.send(to_reader(reply("Да."), address="1&chat_id=2"))
    assert server.calls == []


# --- hearing ------------------------------------------------------------------------------------------


def test_a_webhook_with_our_secret_is_read(channel: MaxWebhook, server: MaxServer) -> None:
    got = channel.accept(webhook(server.updates.said(READER, "Привет"), **{"X-Max-Bot-Api-Secret": SECRET}))
    assert [message.content for message in got.messages] == [Text("Привет")]


@pytest.mark.parametrize("headers", [{}, {"X-Max-Bot-Api-Secret": ""}, {"X-Max-Bot-Api-Secret": SECRET + "x"}], ids=str)
def test_a_webhook_without_it_is_not(channel: MaxWebhook, server: MaxServer, headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        channel.accept(webhook(server.updates.said(READER, "Привет"), **headers))


def test_broken_json_with_our_secret_is_set_aside(channel: MaxWebhook) -> None:
    got = channel.accept(webhook(b'{"update_type":', **{"X-Max-Bot-Api-Secret": SECRET}))
    assert got == Accepted(set_aside=("unreadable",), unread=(b'{"update_type":',))


async def test_a_press_is_answered(channel: MaxWebhook, server: MaxServer) -> None:
    got = channel.accept(webhook(server.updates.pressed(READER, "hours"), **{"X-Max-Bot-Api-Secret": SECRET}))
    for what in got.courtesies:
        await channel.courtesy(what)
    assert server.answered == [got.messages[0].idempotency_key]


async def test_a_refusal_in_a_good_answer_is_a_refusal(channel: MaxWebhook, server: MaxServer) -> None:
    got = channel.accept(webhook(server.updates.pressed(READER, "hours"), **{"X-Max-Bot-Api-Secret": SECRET}))
    server.faults.append(Fault(status=200, body={"success": False, "message": "callback is over"}))
    with pytest.raises(ChannelUnavailable, match="callback is over"):
        await channel.courtesy(got.courtesies[0])


async def test_a_picture_is_fetched_from_max_only_and_without_the_token(channel: MaxWebhook, server: MaxServer) -> None:
    server.pictures["1"] = b"x" * 1_000
    assert await channel.fetch(f"{server.url}/i/1", 1_000) == b"x" * 1_000
    for address in (
        f"{server.url}/i/2",
        "http://169.254.169.254/latest/meta-data",
        "https://oneme.ru.evil.example/i",
        "https://evil.example/?.oneme.ru",
        "https://user@i.oneme.ru/i",
        "http://i.oneme.ru/i",
        "https://i.oneme.ru:8443/i",
        "file:///etc/passwd",
        "https://[/",
        "",
    ):
        with pytest.raises(InputError):
            await channel.fetch(address, 1_000)
    with pytest.raises(InputError):
        await channel.fetch(f"{server.url}/i/1", 999)


# --- looking after ------------------------------------------------------------------------------------


async def test_the_webhook_is_registered_with_our_secret_and_kinds(channel: MaxWebhook, server: MaxServer) -> None:
    assert await channel.register(anew=True)
    assert server.subscriptions == [{"url": HOOK, "time": 1, "update_types": list(UPDATES)}]
    assert server.secrets == {HOOK: SECRET}
    assert not await channel.register()


async def test_a_webhook_that_vanished_or_hears_too_little_is_registered_again(
    channel: MaxWebhook, server: MaxServer
) -> None:
    await channel.register()
    server.subscriptions.clear()
    assert await channel.register()
    server.subscriptions[0]["update_types"] = ["message_created"]
    assert await channel.register()
    server.subscriptions[0]["update_types"] = None
    assert await channel.register()
    assert len(server.subscriptions) == 1


async def test_our_address_of_yesterday_goes_and_a_stranger_stays(channel: MaxWebhook, server: MaxServer) -> None:
    for url in ("https://old.example/hooks/max", "https://crm.example/max"):
        server.subscriptions.append({"url": url, "time": 1, "update_types": list(UPDATES)})
    await channel.register()
    assert [item["url"] for item in server.subscriptions] == ["https://crm.example/max", HOOK]


async def test_looking_after_goes_on_when_max_is_away(server: MaxServer, make: Make) -> None:
    channel = make(watch_every_s=1)
    assert isinstance(channel, MaxWebhook)
    server.faults.append(Fault(status=503, body={"code": "service.unavailable"}))
    channel._options = channel._options.model_copy(update={"watch_every_s": 0.001})
    task = asyncio.create_task(channel.tend())
    async with asyncio.timeout(SOON_S):
        await server.registered.wait()
        server.registered.clear()
        server.subscriptions.clear()
        await server.registered.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_without_https_there_is_nothing_to_register(server: MaxServer, make: Make) -> None:
    channel = make(public_url="http://localhost:8080")
    assert isinstance(channel, MaxWebhook)
    await channel.tend()
    assert server.calls == []


async def test_the_operator_is_told_who_we_are_and_whether_we_hear(channel: MaxWebhook, make: Make) -> None:
    assert await channel.ping() == "Библиотека (@lib_bot); webhook: not registered yet, bibliobot run does it"
    await channel.register()
    assert await channel.ping() == "Библиотека (@lib_bot); webhook: registered"
    stranger = make(token="wrong")
    assert isinstance(stranger, MaxWebhook)
    with pytest.raises(ChannelAuthError):
        await stranger.ping()


async def test_the_join_link_carries_its_parameter(channel: MaxWebhook) -> None:
    assert await channel.join_link() == "https://max.ru/lib_bot"
    assert await channel.join_link("branch-03") == "https://max.ru/lib_bot?start=branch-03"


# --- asking -------------------------------------------------------------------------------------------


async def test_polling_goes_on_where_it_was(make: Make, server: MaxServer) -> None:
    channel = make(mode="polling", secret="")
    assert isinstance(channel, MaxPolling)
    server.tell(server.updates.said(READER, "раз"))
    heard: list[str] = []
    stream = channel.updates()
    async for batch in stream:
        heard += [message.content.text for message in batch.messages if isinstance(message.content, Text)]
        if len(heard) == 1:
            server.tell(server.updates.said(READER, "два"), server.updates.said(READER, "три"))
        if len(heard) == 3:
            break
    await stream.aclose()  # type: ignore[attr-defined]
    assert heard == ["раз", "два", "три"]


async def test_polling_says_when_a_webhook_is_in_its_way(make: Make, server: MaxServer) -> None:
    server.subscriptions.append({"url": "https://bot.example/hooks/max", "time": 1, "update_types": None})
    channel = make(mode="polling", secret="")
    assert isinstance(channel, MaxPolling)
    with pytest.raises(ChannelUnavailable, match="webhook is set"):
        await anext(aiter(channel.updates()))
    assert server.subscriptions
