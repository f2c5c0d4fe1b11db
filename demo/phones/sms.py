"""Short messages through smsc.ru, with a number that readers can answer to."""

from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web

from demo.phones.phone import SECRET, Phone, phone_number
from demo.phones.shown import Item, plain
from tests.emulators.sms.gateway import SmscEmulator, Taken

DELIVERED = 1


class Sms(Phone):
    """Nothing but words."""

    kind, title = "sms", "SMS"

    def __init__(self, first: int) -> None:
        self._gateway = SmscEmulator()
        self._gateway.money = 1_000.0
        self._first = first
        self._phone = phone_number(first).removeprefix("+")
        self._seen = 0
        super().__init__(self._gateway, f"+{self._phone}")

    def channel(self) -> Mapping[str, Any]:
        account = {"provider": "smsc", "login": self._gateway.login, "password": self._gateway.password}
        ways = {"sender": "Biblioteka", "reports": "callback", "secret": SECRET, "two_way": True}
        return {**account, **ways, "api_url": self._gateway.url, "data": "full"}

    def say(self, text: str) -> None:
        item = self._own(text)
        item.name = str(self._first + item.number)

        async def deliver() -> bool:
            status, _ = await self._gateway.hears(self._callback, self._phone, text, item.name)
            return status == 200

        self._post(deliver)

    @property
    def _callback(self) -> str:
        return f"{self._hook}/hooks/sms/{SECRET}"

    def arrived(self) -> Iterable[Item]:
        fresh, self._seen = self._gateway.taken[self._seen :], len(self._gateway.taken)
        for taken in fresh:
            self._report(taken)
        return [self._bots(plain(taken.text), name=taken.name) for taken in fresh]

    def _report(self, taken: Taken) -> None:
        """The telephone has it: the gateway says so to the bot."""
        taken.status = DELIVERED

        async def deliver() -> bool:
            status, _ = await self._gateway.tells(self._callback, taken)
            return status == 200

        self._post(deliver)

    def is_sending(self, request: web.Request) -> bool:
        return request.path == "/sys/send.php"
