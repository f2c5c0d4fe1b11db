"""What the tests of VK share: the channel with the emulator behind it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from adapters.vk import CHANNEL
from adapters.vk.channel import Vk, VkCallback, VkLongPoll
from adapters.vk.settings import VkSettings
from bot.channels import Setting, Webhook
from bot.clock import Clock
from bot.messages import Contact, Lane, Outbound, Reply
from bot.ports.files import Files
from tests.emulators.vk import GROUP, SECRET, TOKEN

RECORDED = Path(__file__).parent / "recorded"
CONFIRMATION = "a1b2c3d4"


def recorded(name: str) -> Any:
    """One file of the recordings."""
    return json.loads((RECORDED / name).read_text("utf-8"))


def setting(clock: Clock, files: Files | None = None) -> Setting:
    return Setting(
        name="vk",
        library_name="Районная библиотека",
        language="ru",
        public_url="https://bot.library.example",
        clock=clock,
        files=files,
    )


def options(mode: str = "callback", api_url: str = "http://127.0.0.1:9", **more: Any) -> VkSettings:
    proof = {"secret": SECRET, "confirmation": CONFIRMATION} if mode == "callback" else {}
    return VkSettings(**{"token": TOKEN, "group_id": GROUP, "mode": mode, "api_url": api_url, **proof, **more})


def callback(clock: Clock, api_url: str = "http://127.0.0.1:9", files: Files | None = None, **more: Any) -> VkCallback:
    built = cast("Vk", CHANNEL.build(options("callback", api_url, **more), setting(clock, files)))
    assert isinstance(built, VkCallback)
    return built


def long_poll(clock: Clock, api_url: str, **more: Any) -> VkLongPoll:
    built = cast("Vk", CHANNEL.build(options("longpoll", api_url, **more), setting(clock)))
    assert isinstance(built, VkLongPoll)
    return built


def webhook(body: bytes | Mapping[str, Any]) -> Webhook:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Webhook(method="POST", path="/hooks/vk", headers={}, query={}, body=raw, remote="127.0.0.1")


def outbound(reply: Reply, message_id: int = 7, address: str = "100001", attempt: int = 1) -> Outbound:
    contact = Contact(channel="vk", address=address)
    return Outbound(message_id=message_id, contact=contact, reply=reply, lane=Lane.REPLY, attempt=attempt)
