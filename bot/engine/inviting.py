"""Links that open a dialogue with the bot, for what the desk prints: asked of each messenger once."""

import asyncio
from collections.abc import Mapping

import structlog

from bot.channels import Channel, Linked
from bot.errors import ChannelError

WAIT_S = 3.0
"""Longer than that nobody stands at a desk: the sheet is printed without that link."""
log = structlog.get_logger(__name__)


class JoinLinks:
    """The links of all channels that have one.

    Args:
        channels: Those that readers may be linked in.
    """

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = {name: channel for name, channel in channels.items() if isinstance(channel, Linked)}
        self._known: dict[tuple[str, str], str] = {}

    async def links(self, parameter: str) -> Mapping[str, str]:
        """Channel → link with this start parameter; a messenger that does not answer is left out."""
        found = await asyncio.gather(*(self._link(name, parameter) for name in self._channels))
        return {name: link for name, link in zip(self._channels, found, strict=True) if link}

    async def _link(self, name: str, parameter: str) -> str:
        if (name, parameter) not in self._known:
            try:
                async with asyncio.timeout(WAIT_S):
                    self._known[name, parameter] = await self._channels[name].join_link(parameter)
            except (ChannelError, TimeoutError) as error:
                log.warning("no link to print", channel=name, error=str(error) or "no answer")
                return ""
        return self._known[name, parameter]
