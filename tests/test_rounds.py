"""Loops that look after something: what ends them and what does not."""

import asyncio

import pytest

from bot.errors import StoreUnavailable
from bot.rounds import again_and_again


async def test_a_store_that_is_away_is_looked_into_the_next_time() -> None:
    looks, twice = [0], asyncio.Event()

    async def look() -> None:
        looks[0] += 1
        if looks[0] == 1:
            raise StoreUnavailable("away")
        twice.set()

    loop = asyncio.create_task(again_and_again(look, 0))
    await twice.wait()
    loop.cancel()

    with pytest.raises(asyncio.CancelledError):
        await loop


async def test_a_fault_of_ours_is_not_hidden() -> None:
    async def look() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await again_and_again(look, 0)
