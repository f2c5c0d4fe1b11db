"""Loops that look after something for as long as the service lives."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from bot.errors import StoreUnavailable


async def again_and_again(look: Callable[[], Awaitable[object]], pause_s: float) -> None:
    """Look, and after a pause look again, until cancelled; a store that is away is looked into the next time."""
    while True:
        with suppress(StoreUnavailable):  # /readyz tells of it
            await look()
        await asyncio.sleep(pause_s)
