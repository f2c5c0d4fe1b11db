"""Whether VK still tells us what readers write: looked at now and then, said once."""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from adapters.vk.client import API_VERSION, VkClient
from adapters.vk.settings import VkSettings
from bot.channels import Setting
from bot.errors import ChannelAuthError, ChannelError

log = structlog.get_logger(__name__)

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
    """Look for ever; the operator is told of a fault once, and once that it is over."""
    told = ""
    while True:
        try:
            found = await fault(client, options, setting)
        except ChannelAuthError as error:
            found = str(error)
        except ChannelError:
            found = told  # VK is away: others say so
        if found and found != told:
            log.error("messenger is not set up", channel=setting.name, why=found)
        elif told and not found:
            log.info("messenger is set up", channel=setting.name)
        told = found
        await asyncio.sleep(every_s)


async def fault(client: VkClient, options: VkSettings, setting: Setting) -> str:
    """What keeps messages away and what to do about it, "" where nothing does. Raises ChannelError."""
    if options.mode == "longpoll":
        return _long_poll(_object(await client.call("groups.getLongPollSettings", group_id=options.group_id)))
    address = f"{setting.public_url.rstrip('/')}/hooks/{setting.name}"
    answer = _object(await client.call("groups.getCallbackServers", group_id=options.group_id))
    servers = [_object(one) for one in answer.get("items", ())]
    ours = next((server for server in servers if str(server.get("url", "")).rstrip("/") == address), None)
    if ours is None:
        return f"the community has no Callback API server with the address {address}: add it in its settings"
    if ours.get("status") != "ok":
        return (
            f"the Callback API server {address} is not confirmed ({ours.get('status')}): press Confirm in the settings"
        )
    settings = await client.call("groups.getCallbackSettings", group_id=options.group_id, server_id=ours.get("id"))
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
