"""A webhook that a messenger forgets after eight hours without an answer: looked after, registered again."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.channels import Setting
from bot.errors import ChannelUnavailable

log = structlog.get_logger(__name__)

NO_ADDRESS = "server.public_url (or hooks_url) must be an https:// address"


async def keep_registered(setting: Setting, register: Callable[[bool], Awaitable[object]], every_s: float) -> None:
    """Look after the registration for ever; return at once where no messenger could call the address.

    Args:
        setting: Of the channel.
        register: Looks, and mends what is missing; told whether it has not succeeded yet: then what the messenger
            does not show (a secret) has to be told anew. ChannelUnavailable from it is logged once.
        every_s: Seconds between two looks.

    Raises:
        ChannelError: Any other, from ``register``.
    """
    if not setting.hook.startswith("https://"):
        log.error("no webhook", channel=setting.name, why=NO_ADDRESS)
        return
    fresh, lost = True, False
    while True:
        try:
            await register(fresh)
        except ChannelUnavailable as error:
            if not lost:
                log.warning("webhook not looked after", channel=setting.name, why=str(error))
            lost = True
        else:
            fresh = lost = False
        await asyncio.sleep(every_s)


def told(hook: str, *, there: bool) -> str:
    """The state of a webhook in words for the operator."""
    if not hook:
        return "webhook: not possible yet, server.public_url is empty"
    return f"webhook: {'registered' if there else 'not registered yet, bibliobot run does it'}"
