"""A coroutine is put under a timeout only where it waits, and is none the worse for it."""

import asyncio

import pytest

from bot.engine.patience import InTime


async def test_what_does_not_wait_is_done_at_once_whatever_the_patience() -> None:
    waits: list[int] = []

    async def at_once() -> str:
        return "готово"

    assert await InTime(at_once(), 0, lambda: waits.append(1)) == "готово"
    assert waits == []


async def test_what_waits_says_so_once_and_goes_on() -> None:
    waits: list[int] = []

    async def thrice() -> str:
        for _ in range(2):
            await asyncio.sleep(0)
        return await asyncio.wait_for(asyncio.ensure_future(asyncio.sleep(0, "готово")), 10)

    assert await InTime(thrice(), 10, lambda: waits.append(1)) == "готово"
    assert waits == [1]


async def test_patience_ends() -> None:
    cleaned: list[int] = []

    async def never() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append(1)

    with pytest.raises(TimeoutError):
        await InTime(never(), 0, lambda: None)
    assert cleaned == [1]


async def test_a_timeout_of_its_own_ends_that_and_no_more() -> None:
    async def tries_twice() -> str:
        try:
            async with asyncio.timeout(0):
                await asyncio.Event().wait()
        except TimeoutError:
            return "иначе"
        return "никогда"

    assert await InTime(tries_twice(), 10, lambda: None) == "иначе"


async def test_cancelled_it_cleans_up() -> None:
    cleaned: list[int] = []

    async def never() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.append(1)

    async def waiting() -> None:
        await InTime(never(), 10, lambda: None)

    task = asyncio.create_task(waiting())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cleaned == [1]


async def test_a_fault_of_what_it_waits_for_reaches_it() -> None:
    async def catches() -> str:
        failing = asyncio.get_running_loop().create_future()
        failing.get_loop().call_soon(failing.set_exception, ZeroDivisionError())
        try:
            await failing
        except ZeroDivisionError:
            return "поймал"
        return "никогда"

    assert await InTime(catches(), 10, lambda: None) == "поймал"
