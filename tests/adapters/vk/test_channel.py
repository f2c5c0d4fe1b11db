"""The channel's other duties: proof of the caller, invitations, pictures, a look at the settings."""

import logging
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.vk import tending
from adapters.vk.channel import VkCallback
from adapters.vk.client import VkClient
from adapters.vk.settings import VkSettings
from bot.channels import Accepted, Courteous, Fetching, Linked, Polled, Pushed, Tended
from bot.errors import BadSignature, ChannelAuthError, ChannelUnavailable, InputError
from bot.messages import Reply
from tests.adapters.vk.support import CONFIRMATION, callback, long_poll, options, outbound, recorded, setting, webhook
from tests.emulators.base import Fault
from tests.emulators.vk import GROUP, SECRET, TOKEN, VkEmulator
from tests.support.clock import StandingClock


def test_both_ways_in_fill_their_ports(clock: StandingClock) -> None:
    pushed, polled = callback(clock), long_poll(clock, "http://127.0.0.1:9")

    assert isinstance(pushed, Pushed)
    assert not isinstance(pushed, Polled)
    assert isinstance(polled, Polled)
    assert not isinstance(polled, Pushed)
    for channel in (pushed, polled):
        assert all(isinstance(channel, port) for port in (Courteous, Fetching, Tended, Linked))


# --- proof ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", None, 5, [], "\ud83d"])
def test_an_event_without_our_secret_is_not_believed(clock: StandingClock, secret: object) -> None:
    event = {**recorded("message_new_text.json"), "secret": secret}

    with pytest.raises(BadSignature):
        callback(clock).accept(webhook(event))


def test_a_confirmation_is_answered_with_our_line_also_before_a_secret_is_set(clock: StandingClock) -> None:
    event = recorded("confirmation.json")
    unsigned = {name: value for name, value in event.items() if name != "secret"}

    for body in (event, unsigned):
        assert callback(clock).accept(webhook(body)) == Accepted(answer=CONFIRMATION.encode())
    for body in ({**event, "secret": "wrong"}, {**unsigned, "group_id": 1}):
        with pytest.raises(BadSignature):
            callback(clock).accept(webhook(body))


def test_nothing_of_an_event_is_ever_echoed(clock: StandingClock) -> None:
    event = recorded("message_new_text.json")
    event["object"]["message"]["text"] = "remove"

    assert callback(clock).accept(webhook(event)).answer == b"ok"


async def test_what_we_sent_ourselves_is_never_taken_for_a_librarian(vk: VkEmulator, channel: VkCallback) -> None:
    await channel.send(outbound(Reply(text="Да.")))
    echo = recorded("message_reply_by_admin.json")
    assert len(channel.read(echo).events) == 1

    echo["object"]["random_id"] = vk.reader().heard[0]["random_id"]

    assert channel.read(echo) == Accepted()


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"mode": "callback"}, "secret and confirmation"),
        ({"mode": "callback", "secret": "s"}, "confirmation"),
        ({"confirmation": "remove"}, "confirmation"),
        ({"confirmation": "line\nwith more"}, "confirmation"),
        ({"group_id": -5}, "group_id"),
        ({"mode": "webhook"}, "mode"),
        ({"api_url": "api.vk.ru"}, "api_url"),
        ({"api_url": "https://api.vk.ru/?v=5"}, "api_url"),
        ({"token": ""}, "token"),
    ],
)
def test_a_wrong_option_is_refused_by_name_without_the_token(given: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        VkSettings(**{"token": "vk1.a.secret-word", "group_id": 5, **given})

    assert told in str(refused.value)
    assert "secret-word" not in str(refused.value)


# --- who we are ----------------------------------------------------------------------------------


async def test_the_operator_sees_the_communitys_name_or_what_is_not_set_up(vk: VkEmulator, channel: VkCallback) -> None:
    with pytest.raises(ChannelUnavailable, match="add it in its settings"):
        await channel.ping()

    vk.callback.address = "https://bot.library.example/hooks/vk"

    assert await channel.ping() == "Районная библиотека (vk.ru/rayon_library)"


async def test_a_link_invites_and_tells_from_where(vk: VkEmulator, channel: VkCallback) -> None:
    assert await channel.join_link() == "https://vk.me/rayon_library"
    assert await channel.join_link("branch-03") == "https://vk.me/rayon_library?ref=branch-03&ref_source=link"


async def test_a_refused_token_says_what_to_do(vk: VkEmulator, clock: StandingClock) -> None:
    vk.spoils.append(5)
    channel = callback(clock, vk.url)

    with pytest.raises(ChannelAuthError, match="new access key"):
        await channel.ping()
    await channel.aclose()


@pytest.mark.parametrize("body", [{"response": {}}, {"response": {"groups": []}}, {"response": {"groups": ["x"]}}])
async def test_an_answer_without_a_community_is_no_crash(
    vk: VkEmulator, channel: VkCallback, body: dict[str, Any]
) -> None:
    vk.faults.append(Fault(status=200, body=body))

    with pytest.raises(ChannelUnavailable):
        await channel.ping()


async def test_nothing_is_written_and_no_token_is_logged(
    vk: VkEmulator,
    channel: VkCallback,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    caplog.set_level(logging.DEBUG)

    await channel.send(outbound(Reply(text="личное")))

    assert list(tmp_path.iterdir()) == []
    assert TOKEN not in caplog.text
    assert "личное" not in caplog.text


# --- pictures ------------------------------------------------------------------------------------


async def test_a_readers_picture_is_fetched(vk: VkEmulator, channel: VkCallback) -> None:
    assert len(await channel.fetch(f"{vk.url}/photo/1.jpg", 2_000)) == 1_002


async def test_a_picture_that_is_too_large_or_gone_is_said_so(vk: VkEmulator, channel: VkCallback) -> None:
    for address, limit in ((f"{vk.url}/photo/1.jpg", 100), (f"{vk.url}/photo/gone.jpg", 2_000)):
        with pytest.raises(InputError):
            await channel.fetch(address, limit)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/1.jpg",
        "https://userapi.com.evil.example/1.jpg",
        "https://evil-userapi.com/1.jpg",
        "http://sun9-34.userapi.com/1.jpg",
        "https://sun9-34.userapi.com:8443/1.jpg",
        "https://sun9-34.userapi.com@127.0.0.1/1.jpg",
        "https://127.0.0.1/1.jpg",
        "http://localhost/1.jpg",
        "file:///etc/passwd",
        "https://[::1/1.jpg",
        "",
    ],
)
async def test_nothing_is_fetched_but_from_vk(vk: VkEmulator, channel: VkCallback, address: str) -> None:
    with pytest.raises(InputError, match="does not lie with VK"):
        await channel.fetch(address, 2_000)

    assert vk.calls == []


# --- the community's settings --------------------------------------------------------------------


async def fault(vk: VkEmulator, clock: StandingClock, mode: str) -> str:
    client = VkClient(TOKEN, vk.url, "vk")
    try:
        return await tending.fault(client, options(mode, vk.url), setting(clock))
    finally:
        await client.aclose()


async def test_long_poll_that_is_off_is_told_with_what_to_do(vk: VkEmulator, clock: StandingClock) -> None:
    assert await fault(vk, clock, "longpoll") == ""
    vk.is_enabled = False
    assert "switch it on" in await fault(vk, clock, "longpoll")


async def test_a_callback_server_that_is_missing_or_not_confirmed_is_told(vk: VkEmulator, clock: StandingClock) -> None:
    assert "add it" in await fault(vk, clock, "callback")
    vk.callback.address = "https://bot.library.example/hooks/vk"
    assert await fault(vk, clock, "callback") == ""
    vk.server_status = "failed"
    assert "not confirmed" in await fault(vk, clock, "callback")


async def test_a_key_that_may_not_see_settings_is_no_fault(vk: VkEmulator, clock: StandingClock) -> None:
    vk.spoils.append(15)

    assert await fault(vk, clock, "callback") == ""


async def test_tending_tells_the_service_what_is_wrong(vk: VkEmulator, channel: VkCallback) -> None:
    with pytest.raises(ChannelUnavailable, match="add it in its settings"):
        await channel.tend()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"api_version": "5.80", "events": {}}, "choose 5.199"),
        ({"api_version": "5.199", "events": {"message_new": 1}}, "message_deny"),
    ],
)
async def test_an_old_version_and_kinds_of_events_that_are_off_are_told(
    vk: VkEmulator, clock: StandingClock, settings: dict[str, Any], told: str
) -> None:
    vk.faults.append(Fault(status=200, body={"response": {"is_enabled": True, **settings}}))

    assert told in await fault(vk, clock, "longpoll")


def test_the_community_is_the_one_of_the_recordings() -> None:
    assert recorded("message_new_text.json")["group_id"] == GROUP
