"""How updates of Telegram come in: by its webhook, which is looked after, or by polling."""

import asyncio
import json
from contextlib import suppress
from typing import Any

import pytest

from adapters.telegram.channel import SECRET_HEADER, UPDATES, TelegramPolling, TelegramWebhook
from bot.channels import Accepted, Webhook
from bot.errors import (
    BadSignature,
    ChannelError,
    ChannelUnavailable,
)
from bot.messages import (
    Text,
)
from tests.adapters.telegram.conftest import SECRET, Make
from tests.emulators.base import Fault
from tests.emulators.telegram import TelegramServer
from tests.support.patience import SOON_S

READER = 100001


HOOK = "https://bot.library.example/hooks/telegram"


@pytest.fixture
def channel(make: Make) -> TelegramWebhook:
    made = make()
    assert isinstance(made, TelegramWebhook)
    return made


# --- webhook -------------------------------------------------------------------------------------


def webhook(body: Any, **headers: str) -> Webhook:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Webhook(method="POST", path="/hooks/telegram", headers=headers, query={}, body=raw, remote="149.154.160.1")


@pytest.mark.parametrize("secret", ["", "wrong", "секрет", SECRET + "x"])
def test_a_webhook_without_our_secret_is_not_believed(channel: TelegramWebhook, secret: str) -> None:
    with pytest.raises(BadSignature):
        channel.accept(webhook({"update_id": 1}, **{SECRET_HEADER: secret}))
    with pytest.raises(BadSignature):
        channel.accept(webhook({"update_id": 1}))


async def tended(channel: TelegramWebhook, rounds: int, server: TelegramServer) -> None:
    """Let the bot look after its webhook until it has looked so often."""
    task = asyncio.create_task(channel.tend())
    async with asyncio.timeout(SOON_S):
        while sum(call.path.endswith(("/getWebhookInfo", "/setWebhook")) for call in server.calls) < rounds:
            await asyncio.sleep(0.002)
            if task.done():
                break
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_the_webhook_is_registered_with_its_secret_and_the_commands_are_told(
    channel: TelegramWebhook, server: TelegramServer
) -> None:
    await tended(channel, 1, server)

    assert (server.webhook["url"], server.webhook["secret_token"]) == (HOOK, SECRET)
    assert server.webhook["allowed_updates"] == list(UPDATES)
    assert [command["command"] for command in server.commands] == ["help", "human", "stop"]
    assert "registered, 0 waiting" in await channel.ping()


async def test_a_webhook_that_was_taken_away_is_registered_anew(make: Make, server: TelegramServer) -> None:
    channel = make(watch_every_s=1)
    assert isinstance(channel, TelegramWebhook)
    channel._options = channel._options.model_copy(update={"watch_every_s": 0.01})
    task = asyncio.create_task(channel.tend())
    async with asyncio.timeout(SOON_S):
        for _ in range(2):
            while not server.webhook:  # noqa: ASYNC110 - the emulator has no event for it
                await asyncio.sleep(0.002)
            server.webhook = {}
        while not server.webhook:  # noqa: ASYNC110
            await asyncio.sleep(0.002)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert server.webhook["url"] == HOOK


async def test_an_address_without_tls_is_told_at_once(make: Make, server: TelegramServer) -> None:
    channel = make()
    assert isinstance(channel, TelegramWebhook)
    channel._hook = "http://bot.library.example/hooks/telegram"
    with pytest.raises(ChannelError, match="https"):
        await channel.tend()


# --- polling -------------------------------------------------------------------------------------


async def test_what_is_polled_is_acknowledged_when_the_next_is_asked_for(make: Make, server: TelegramServer) -> None:
    channel = make(mode="polling")
    assert isinstance(channel, TelegramPolling)
    server.webhook = {"url": "https://elsewhere.example/"}
    first = server.says(READER, "раз")
    updates = channel.updates()

    batch = await anext(updates)
    assert [message.content for message in batch.messages] == [Text("раз")]
    assert list(server.updates.waiting) == [first]
    server.says(READER, "два")
    batch = await anext(updates)

    assert [message.content for message in batch.messages] == [Text("два")]
    assert server.webhook == {}
    await updates.aclose()  # type: ignore[attr-defined]


async def test_a_second_poller_is_told(make: Make, server: TelegramServer) -> None:
    one, other = make(mode="polling"), make(mode="polling")
    assert isinstance(one, TelegramPolling)
    assert isinstance(other, TelegramPolling)
    asking = asyncio.ensure_future(anext(one.updates()))
    while not any(call.path.endswith("/getUpdates") for call in server.calls):  # noqa: ASYNC110
        await asyncio.sleep(0.002)
    server_says = asyncio.ensure_future(anext(other.updates()))

    with pytest.raises(ChannelUnavailable, match="only one may"):
        await asking
    server.says(READER, "раз")
    assert [message.content for message in (await server_says).messages] == [Text("раз")]


async def test_strange_updates_do_not_stop_the_polling(make: Make, server: TelegramServer) -> None:
    channel = make(mode="polling")
    assert isinstance(channel, TelegramPolling)
    batch = [
        7,
        {"update_id": 5, "message": {"text": 1}},
        {"update_id": 6, "message": server.message(READER, text="да")},
    ]
    server.faults.append(Fault(status=200, body={"ok": True, "result": batch}, path="/getUpdates"))

    found: Accepted = await anext(channel.updates())

    assert [message.content for message in found.messages] == [Text("да")]
    assert json.loads(found.unread[0]) == batch[1]
