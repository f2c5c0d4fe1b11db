"""The emulator, and bots that talk to it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from adapters.telegram.channel import Telegram, build
from adapters.telegram.settings import TelegramSettings
from bot.channels import Setting
from tests.emulators.telegram import TelegramServer
from tests.support.clock import StandingClock
from tests.support.files import MemoryFiles

TOKEN, SECRET = "123456:test-telegram-token", "test-telegram-secret"
Make = Callable[..., Telegram]


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    """Telegram with one reader who has written; a test ends without a call that broke the contract."""
    async with TelegramServer(TOKEN) as running:
        running.chats.add(100001)
        yield running
        assert running.wrong == []


@pytest.fixture
def files() -> MemoryFiles:
    """Files for readers."""
    return MemoryFiles()


@pytest.fixture
async def make(server: TelegramServer, clock: StandingClock, files: MemoryFiles) -> AsyncIterator[Make]:
    """Builds bots; they are closed at the end."""
    made: list[Telegram] = []

    def one(**options: Any) -> Telegram:
        setting = Setting(
            name="telegram",
            library_name="Библиотека",
            language="ru",
            public_url="https://bot.library.example",
            clock=clock,
            files=files,
        )
        given = {"token": TOKEN, "secret": SECRET, "mode": "webhook", "api_url": server.url, "rate_per_chat_per_s": 0}
        made.append(build(TelegramSettings(**(given | options)), setting))
        return made[-1]

    yield one
    for channel in made:
        await channel.aclose()
