"""The channel against the emulator: who is believed, what is sent, what is looked after."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.ok.channel import Odnoklassniki
from adapters.ok.settings import OkSettings
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
    ButtonPress,
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
from tests.emulators.ok import OkServer
from tests.support.clock import StandingClock
from tests.support.files import MemoryFiles
from tests.support.patience import SOON_S

TOKEN, SECRET = "tkn18YdUJZe:CQABPOJK", "test-ok-secret-0123456789"
READER = "user:100001"
THEIRS = "217.20.145.200"
Make = Callable[..., Odnoklassniki]


@pytest.fixture
async def server() -> AsyncIterator[OkServer]:
    async with OkServer(TOKEN) as running:
        yield running
        assert running.wrong == []


@pytest.fixture
def files() -> MemoryFiles:
    return MemoryFiles()


@pytest.fixture
async def make(server: OkServer, clock: StandingClock, files: MemoryFiles) -> AsyncIterator[Make]:
    made: list[Odnoklassniki] = []

    def one(public_url: str = "https://bot.library.example", **options: Any) -> Odnoklassniki:
        setting = Setting(
            name="ok", library_name="Библиотека", language="ru", public_url=public_url, clock=clock, files=files
        )
        options = {"token": TOKEN, "secret": SECRET, "api_url": server.api_url, "rate_per_chat_per_s": 0} | options
        made.append(Odnoklassniki(OkSettings(**options), setting))
        return made[-1]

    yield one
    for channel in made:
        await channel.aclose()


@pytest.fixture
def channel(make: Make) -> Odnoklassniki:
    return make()


def to_reader(said: Reply, *, message_id: int = 1, address: str = READER) -> Outbound:
    contact = Contact(channel="ok", address=address)
    return Outbound(message_id=message_id, contact=contact, reply=said, lane=Lane.REPLY, attempt=1)


def webhook(body: Any, *, key: str = SECRET, remote: str = THEIRS, **headers: str) -> Webhook:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    query = {"key": key} if key else {}
    return Webhook(method="POST", path="/hooks/ok", headers=headers, query=query, body=raw, remote=remote)


# --- hearing ------------------------------------------------------------------------------------------


def test_an_event_with_our_key_from_their_address_is_read(channel: Odnoklassniki, server: OkServer) -> None:
    got = channel.accept(webhook(server.wrote(READER, "Привет")))
    assert [message.content for message in got.messages] == [Text("Привет")]


@pytest.mark.parametrize("key", ["", "x", SECRET + "x", SECRET[:-1], "ключ"])
def test_an_event_without_our_key_is_not(channel: Odnoklassniki, server: OkServer, key: str) -> None:
    with pytest.raises(BadSignature):
        channel.accept(webhook(server.wrote(READER, "Привет"), key=key))


@pytest.mark.parametrize("remote", ["127.0.0.1", "217.20.145.208", "", "unix", "::1"])
def test_an_event_from_elsewhere_is_not(channel: Odnoklassniki, server: OkServer, remote: str) -> None:
    with pytest.raises(BadSignature):
        channel.accept(webhook(server.wrote(READER, "Привет"), remote=remote))


@pytest.mark.parametrize(
    ("remote", "passed", "believed"),
    [
        ("127.0.0.1", THEIRS, True),
        ("127.0.0.1", f"1.2.3.4, {THEIRS}", True),
        ("127.0.0.1", f"{THEIRS}, 10.0.0.1", True),
        ("127.0.0.1", f"{THEIRS}, 1.2.3.4", False),
        ("127.0.0.1", "", False),
        ("127.0.0.1", "nonsense", False),
        ("1.2.3.4", THEIRS, False),
        (f"::ffff:{THEIRS}", "", True),
    ],
)
def test_a_passed_address_is_believed_behind_our_own_proxy_only(
    make: Make, server: OkServer, remote: str, passed: str, believed: bool
) -> None:
    channel = make(proxies=["127.0.0.1", "10.0.0.0/8"])
    event = webhook(server.wrote(READER, "Привет"), remote=remote, **{"X-Forwarded-For": passed})
    if believed:
        assert channel.accept(event).messages
    else:
        with pytest.raises(BadSignature):
            channel.accept(event)


def test_the_list_of_addresses_can_be_switched_off(make: Make, server: OkServer) -> None:
    assert make(addresses=[]).accept(webhook(server.wrote(READER, "Привет"), remote="1.2.3.4")).messages


def test_broken_json_with_our_key_is_set_aside(channel: Odnoklassniki) -> None:
    assert channel.accept(webhook(b"{")) == Accepted(set_aside=("unreadable",), unread=(b"{",))


def test_a_secret_that_can_be_guessed_is_refused_and_not_shown() -> None:
    with pytest.raises(ValidationError) as refused:
        OkSettings(token="t", secret="short")
    assert "16 to 200" in str(refused.value)
    assert "short" not in str(refused.value)
    with pytest.raises(ValidationError, match="address or a network"):
        OkSettings(token="t", secret=SECRET, addresses=["не сеть"])


# --- sending ------------------------------------------------------------------------------------------


async def test_a_reply_arrives_as_words_and_buttons(channel: Odnoklassniki, server: OkServer) -> None:
    said = reply(
        "Есть ", bold("«A<b>&B»"), buttons=[[Button("Взять", "hold:1"), Button("Сайт", "", url="https://l.example")]]
    )
    sent = await channel.send(to_reader(said))

    (message,) = server.said[READER]
    assert message["text"] == "Есть «A<b>&B»"
    assert message["attachments"][0]["payload"]["keyboard"]["buttons"] == [
        [
            {"type": "CALLBACK", "text": "Взять", "intent": "DEFAULT", "payload": "hold:1"},
            {"type": "LINK", "text": "Сайт", "intent": "DEFAULT", "url": "https://l.example"},
        ]
    ]
    assert sent.external_ids == ("mid:out1",)


async def test_what_it_cannot_show_is_said_in_words(channel: Odnoklassniki, server: OkServer) -> None:
    place = Location(latitude=45.0, longitude=41.9, title="Библиотека", address="дом 1")
    many = [[Button(f"Книга {n}", f"work:{n}")] for n in range(1, 31)]
    await channel.send(to_reader(reply(link("Запись", "https://l.example/1"), at=[place], buttons=many)))
    text = "\n".join(server.texts(READER))
    for words in ("Запись (https://l.example/1)", "Библиотека, дом 1", "mlat=45.00000", "30. Книга 30"):
        assert words in text


async def test_files_go_up_once(channel: Odnoklassniki, server: OkServer, files: MemoryFiles) -> None:
    poster = await files.keep("афиша.png", "image/png", b"png")
    rules = await files.keep("правила.pdf", "application/pdf", b"pdf")
    said = reply("Афиша", at=[Picture(file=poster, alt="афиша"), Document(file=rules)])
    await channel.send(to_reader(said))
    await channel.send(to_reader(said, message_id=2, address="user:7"))

    assert server.uploads == [("афиша.png", b"png"), ("правила.pdf", b"pdf")]
    assert [[item["type"] for item in message["attachments"]] for message in server.said[READER]] == [
        ["IMAGE"],
        ["FILE"],
    ]
    assert server.said["user:7"] == server.said[READER]


async def test_six_pictures_take_no_message_over_its_five(
    channel: Odnoklassniki, server: OkServer, files: MemoryFiles
) -> None:
    pictures = [Picture(file=await files.keep(f"{n}.png", "image/png", bytes([n])), alt="") for n in range(6)]
    await channel.send(to_reader(reply("Афиши", at=pictures, buttons=[[Button("Ещё", "more")]])))
    assert [len(message["attachments"]) for message in server.said[READER]] == [1, 1, 5]


async def test_a_file_that_is_gone_stops_its_message_only(channel: Odnoklassniki) -> None:
    lost = StoredFile(file_id=99, name="x", media_type="application/pdf", size=1)
    with pytest.raises(MessageRefused):
        await channel.send(to_reader(reply("", at=[Document(file=lost)])))


@pytest.mark.parametrize(
    ("status", "code", "error"),
    [
        (200, 2, ChannelUnavailable),
        (503, 0, ChannelUnavailable),
        (200, 7, RateLimited),
        (200, 8, RateLimited),
        (429, 0, RateLimited),
        (200, 10, DeliveryRefused),
        (200, 100, MessageRefused),
        (200, 102, ChannelAuthError),
        (401, 103, ChannelAuthError),
        (200, 110, DeliveryRefused),
        (200, 777, MessageRefused),
    ],
)
async def test_a_refusal_becomes_an_error_of_ours(
    channel: Odnoklassniki, server: OkServer, status: int, code: int, error: type[ChannelError]
) -> None:
    body = {"error_code": code, "error_msg": "..."} if code else {}
    server.faults.append(Fault(status=status, body=body, path="/messages"))
    with pytest.raises(ChannelError) as raised:
        await channel.send(to_reader(reply("Да.")))
    assert type(raised.value) is error


@pytest.mark.parametrize("body", [b"<html>", ["me"]])
async def test_an_answer_that_is_none_of_theirs_is_told_as_such(
    channel: Odnoklassniki, server: OkServer, body: object
) -> None:
    server.faults.append(Fault(status=200, body=body, path="/me/info"))
    with pytest.raises(ChannelUnavailable, match="api_url"):
        await channel.ping()


@pytest.mark.parametrize("body", [{"success": [False], "chat_ids": [None]}, {"success": False}])
async def test_a_reader_who_allows_no_messages_is_told_from_a_failure(
    channel: Odnoklassniki, server: OkServer, body: object
) -> None:
    server.faults.append(Fault(status=200, body=body, path="/messages"))
    with pytest.raises(DeliveryRefused) as refused:
        await channel.send(to_reader(reply("Да.")))
    assert refused.value.blocked


async def test_a_broken_connection_never_tells_the_key(channel: Odnoklassniki, server: OkServer) -> None:
    server.faults.append(Fault(drop="after", path="/messages"))
    with pytest.raises(ChannelUnavailable) as broken:
        await channel.send(to_reader(reply("Да.")))
    assert TOKEN not in str(broken.value)
    assert "CQABPOJK" not in str(broken.value)


async def test_an_address_of_elsewhere_is_refused_here(channel: Odnoklassniki, server: OkServer) -> None:
    for address in ("7", "user:7/../8", "chat:../me", "group:7"):
        with pytest.raises(DeliveryRefused):
            await channel.send(to_reader(reply("Да."), address=address))
    await channel.send(to_reader(reply("Да."), address="chat:C7"))
    assert server.texts("user:7") == ["Да."]


# --- presses ------------------------------------------------------------------------------------------


async def test_the_reply_to_a_press_is_its_answer_once(channel: Odnoklassniki, server: OkServer) -> None:
    got = channel.accept(webhook(server.pressed(READER, "hours")))
    assert [message.content for message in got.messages] == [ButtonPress("hours")]
    await channel.send(to_reader(reply("До 19:00.")))
    await channel.send(to_reader(reply("Ещё?"), message_id=2))
    assert len(server.answered) == 1
    assert server.texts(READER) == ["До 19:00.", "Ещё?"]


async def test_a_press_that_may_not_be_answered_any_more_gets_a_message(
    channel: Odnoklassniki, server: OkServer, clock: StandingClock
) -> None:
    event = server.pressed(READER, "hours")
    server.expired.add(event["callbackId"])
    channel.accept(webhook(event))
    await channel.send(to_reader(reply("До 19:00.")))
    channel.accept(webhook(server.pressed(READER, "hours")))
    clock.turn(timedelta(minutes=2))
    await channel.send(to_reader(reply("Позже."), message_id=2))
    assert server.answered == []
    assert server.texts(READER) == ["До 19:00.", "Позже."]


# --- looking after ------------------------------------------------------------------------------------

HOOK = f"https://bot.library.example/hooks/ok?key={SECRET}"


async def test_the_webhook_is_registered_and_yesterdays_goes(channel: Odnoklassniki, server: OkServer) -> None:
    server.subscriptions += ["https://bot.library.example/hooks/ok?key=old", "https://crm.example/ok"]
    assert await channel.register()
    assert server.subscriptions == ["https://crm.example/ok", HOOK]
    assert not await channel.register()
    server.subscriptions.clear()
    assert await channel.register()


async def test_looking_after_goes_on_when_it_is_away(channel: Odnoklassniki, server: OkServer) -> None:
    server.faults.append(Fault(status=502))
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


async def test_without_https_there_is_nothing_to_register(make: Make, server: OkServer) -> None:
    await make(public_url="").tend()
    assert server.calls == []


async def test_the_operator_is_told_who_we_are_and_never_the_secret(channel: Odnoklassniki, make: Make) -> None:
    assert await channel.ping() == "Районная библиотека; webhook: not registered yet, bibliobot run does it"
    await channel.register()
    assert await channel.ping() == "Районная библиотека; webhook: registered"
    with pytest.raises(ChannelAuthError):
        await make(token="wrong").ping()


async def test_the_join_link_opens_the_dialogue(channel: Odnoklassniki, make: Make) -> None:
    assert await channel.join_link("branch-03") == "https://ok.ru/messages/g71003596062794"
    own = make(join_url="https://ok.ru/messages/g1?ref={parameter}")
    assert await own.join_link("branch-03") == "https://ok.ru/messages/g1?ref=branch-03"


async def test_a_picture_is_fetched_from_their_servers_only(channel: Odnoklassniki, server: OkServer) -> None:
    server.pictures["1"] = b"x" * 100
    assert await channel.fetch(f"{server.url}/i/1", 100) == b"x" * 100
    for address in (f"{server.url}/i/2", "http://169.254.169.254/", "https://mycdn.me.evil.example/", "https://[/", ""):
        with pytest.raises(InputError):
            await channel.fetch(address, 100)
    with pytest.raises(InputError):
        await channel.fetch(f"{server.url}/i/1", 99)
