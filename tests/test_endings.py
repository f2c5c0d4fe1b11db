"""What is taken one after another ends when its taker does."""

from collections.abc import AsyncIterator

import pytest

from bot.endings import ended


async def numbers(closed: list[str]) -> AsyncIterator[int]:
    try:
        for number in range(10):
            yield number
    finally:
        closed.append("closed")


async def test_who_leaves_early_ends_what_was_begun() -> None:
    closed: list[str] = []

    async with ended(numbers(closed)) as told:
        assert await anext(told) == 0
        assert closed == []

    assert closed == ["closed"]


async def test_a_fault_of_the_taker_ends_it_too_and_is_told() -> None:
    closed: list[str] = []

    async def takes() -> None:
        async with ended(numbers(closed)) as told:
            async for number in told:
                if number % 2:
                    raise ValueError("odd")

    with pytest.raises(ValueError, match="odd"):
        await takes()

    assert closed == ["closed"]


async def test_what_holds_nothing_needs_no_end() -> None:
    class Twice:
        def __init__(self) -> None:
            self.left = 2

        def __aiter__(self) -> AsyncIterator[int]:
            return self

        async def __anext__(self) -> int:
            if not self.left:
                raise StopAsyncIteration
            self.left -= 1
            return self.left

    async with ended(Twice()) as told:
        assert [number async for number in told] == [1, 0]
