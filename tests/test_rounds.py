"""Loops that look after something: what ends them and what does not."""

import asyncio

import pytest

from bot.errors import StoreUnavailable
from bot.rounds import again_and_again


async def test_a_store_that_is_away_is_looked_into_the_next_time() -> None:
    told = iter([StoreUnavailable("away"), asyncio.CancelledError()])

    async def look() -> None:
        raise next(told)

    with pytest.raises(asyncio.CancelledError):
        await again_and_again(look, 0)


async def test_a_fault_of_ours_is_not_hidden() -> None:
    told = iter([ZeroDivisionError(), asyncio.CancelledError()])

    async def look() -> None:
        raise next(told)

    with pytest.raises(ZeroDivisionError):
        await again_and_again(look, 0)
