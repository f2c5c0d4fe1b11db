"""All phones together, beside a service of this process."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from typing import Any, Self

from bot.app.channels import kind_of
from bot.errors import StoreUnavailable
from bot.messages import Contact
from bot.ports.letters import Deliveries
from bot.settings import Settings
from demo.phones.max import Max
from demo.phones.ok import Ok
from demo.phones.page import Page
from demo.phones.phone import Phone
from demo.phones.sms import Sms
from demo.phones.telegram import Telegram
from demo.phones.vk import Vk
from demo.phones.whatsapp import WhatsApp

KINDS = (Telegram, Vk, WhatsApp, Max, Ok, Sms)
HOOKS_URL = "https://bot.zarechny.example"
"""What the messengers are told: they call none but https; their webhooks reach this machine all the same.
Pages are not there: the console's login works at this machine's own address, by http."""
LOOK_S, BREATH_S = 0.5, 0.05
EPOCH_S = 1_700_000_000


def first_number() -> int:
    """Greater than any that an earlier demonstration gave out: the log knows messages by their numbers for ever."""
    return 10 * (int(time.time()) - EPOCH_S)


class Stand:
    """Emulators, phones and their page, for as long as the context lasts.

    Args:
        settings: Of the service that the phones talk with.
        port: Of the page; 0 for any.
    """

    def __init__(self, settings: Settings, port: int = 0) -> None:
        self._settings = settings
        self._port = port
        self._changed = asyncio.Event()
        first = first_number()
        self.phones: dict[str, Phone] = {kind.kind: kind(first) for kind in KINDS}
        self.page = Page(self.phones, settings.library.language, settings.library.name)
        self._stack = AsyncExitStack()
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        for phone in self.phones.values():
            phone.changed = self._changed.set
            await self._stack.enter_async_context(phone)
        await self.page.open(self._port)
        return self

    async def __aexit__(self, *error: object) -> None:
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        await self.page.close()
        await self._stack.aclose()

    def settings(self) -> Settings:
        """The service's, with the emulators for messengers; other accounts stand still meanwhile."""
        chats = {
            name: {**options, "embed_on": [*options.get("embed_on", ()), self.page.url]}
            for name, options in self._settings.channels.items()
            if kind_of(name, self._settings) == "webchat"
        }
        channels: dict[str, dict[str, Any]] = {name: dict(phone.channel()) for name, phone in self.phones.items()}
        server = self._settings.server.model_copy(update={"hooks_url": HOOKS_URL})
        return self._settings.model_copy(update={"channels": chats | channels, "server": server})

    async def begins(self, address: str, deliveries: Deliveries) -> None:
        """The service listens at ``address`` from now on."""
        for phone in self.phones.values():
            await phone.begins(address)
        self.page.chat = address
        self._watching = asyncio.create_task(self._watch(deliveries))

    async def _watch(self, deliveries: Deliveries) -> None:
        while True:
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._changed.wait()
            except TimeoutError:
                pass
            self._changed.clear()
            with suppress(StoreUnavailable):
                await self._look(list(self.phones.values()), deliveries)
            await asyncio.sleep(BREATH_S)

    async def _look(self, phones: Sequence[Phone], deliveries: Deliveries) -> None:
        for phone in phones:
            phone.look()
            phone.learn(await deliveries.to(Contact(channel=phone.kind, address=phone.address)))
            self.page.show(phone)
