"""Whether VK still tells us what readers write."""

import asyncio
from collections.abc import Mapping
from typing import Any

from adapters.vk.client import API_VERSION, VkClient
from adapters.vk.settings import VkSettings
from bot.channels import Setting
from bot.errors import ChannelAuthError, ChannelUnavailable

LOOK_EVERY_S = 600.0
NEEDED = (
    "message_new",
    "message_event",
    "message_allow",
    "message_deny",
    "message_edit",
    "message_reply",
    "message_read",
)
"""Kinds of events that are to be switched on in the community's settings."""


async def tend(client: VkClient, options: VkSettings, setting: Setting, every_s: float = LOOK_EVERY_S) -> None:
    """Look for ever. Raises ChannelUnavailable: what keeps messages away and what to do about it."""
    while True:
        if found := await fault(client, options, setting):
            raise ChannelUnavailable(found)
        await asyncio.sleep(every_s)


async def fault(client: VkClient, options: VkSettings, setting: Setting) -> str:
    """What keeps messages away and what to do about it, "" where nothing does. Raises ChannelError."""
    try:
        if options.mode == "longpoll":
            return _long_poll(_object(await client.call("groups.getLongPollSettings", group_id=options.group_id)))
        return await _callback(client, options.group_id, setting.hook)
    except ChannelAuthError:
        return ""  # the key may write and not look at settings; one that may not write is noticed elsewhere


async def _callback(client: VkClient, group_id: int, address: str) -> str:
    answer = _object(await client.call("groups.getCallbackServers", group_id=group_id))
    servers = [_object(one) for one in answer.get("items", ())]
    ours = next((server for server in servers if str(server.get("url", "")).rstrip("/") == address), None)
    if ours is None:
        return f"the community has no Callback API server with the address {address}: add it in its settings"
    if ours.get("status") != "ok":
        return (
            f"the Callback API server {address} is not confirmed ({ours.get('status')}): start the service, "
            "then press Confirm in the community's settings"
        )
    settings = await client.call("groups.getCallbackSettings", group_id=group_id, server_id=ours.get("id"))
    return _version(_object(settings)) or _events(_object(settings))


def _long_poll(settings: Mapping[str, Any]) -> str:
    if not settings.get("is_enabled"):
        return "Long Poll API is off: switch it on in the community's settings (API, Long Poll API)"
    return _version(settings) or _events(settings)


def _version(settings: Mapping[str, Any]) -> str:
    version = str(settings.get("api_version") or API_VERSION)
    if version == API_VERSION:
        return ""
    return f"events come in version {version}: choose {API_VERSION} in the community's settings"


def _events(settings: Mapping[str, Any]) -> str:
    switched = _object(settings.get("events"))
    off = [kind for kind in NEEDED if not switched.get(kind)]
    return f"kinds of events that are off in the community's settings: {', '.join(off)}" if off else ""


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
