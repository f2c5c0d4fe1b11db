"""The emulator, and a channel that talks to it."""

from collections.abc import AsyncIterator

import pytest

from adapters.vk import client
from adapters.vk.channel import VkCallback
from tests.adapters.vk.support import callback
from tests.emulators.vk import VkEmulator
from tests.support.clock import StandingClock


@pytest.fixture
async def vk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[VkEmulator]:
    """VK with one reader who has written; a test ends without a call that broke the contract.

    It counts no calls a second, and we keep no pace: one test of ``test_sending.py`` looks at that.
    """
    monkeypatch.setattr(client, "CALLS_PER_S", 1_000_000)
    async with VkEmulator(calls_per_s=0) as emulator:
        emulator.reader(100001)
        yield emulator
    assert emulator.wrong == []


@pytest.fixture
async def channel(vk: VkEmulator, clock: StandingClock) -> AsyncIterator[VkCallback]:
    built = callback(clock, vk.url)
    yield built
    await built.aclose()
