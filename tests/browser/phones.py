"""The page of phones with the whole service behind it, and what a person does there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Locator, expect

from bot.app.service import service_of
from bot.app.store import Opened, deliveries, opened
from bot.engine.service import Role
from bot.settings import load
from demo.phones import Stand
from tests.browser.visitor import Visitor

CONFIG = """
library:
  name: Заречная библиотека <i>имени</i> Пушкина
  branches:
    - code: "01"
      name: Центральная библиотека
      main: true
      address: улица Садовая, 12
      phone: 8 (800) 000-00-01
      location: {latitude: 55.0121, longitude: 50.0304}
      hours: {mon-sun: "10:00-19:00"}
database: {url: "sqlite:///phones.sqlite3"}
search: {folder: index}
server: {port: 0}
channels: {webchat: {}}
console: {undo_seconds: 0}
"""


@dataclass(frozen=True, slots=True)
class Served:
    """Phones that talk with a service of this process.

    Attributes:
        address: Of the web chat and the console.
    """

    stand: Stand
    what: Opened
    address: str


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Served]:
    """Start it all; at the end it has kept every messenger's rules."""
    config = folder / "config.yaml"
    config.write_text(CONFIG, "utf-8")
    settings, folder = load(config, {})
    async with Stand(settings) as stand, opened(stand.settings(), folder) as what:
        await what.catalogue.start()
        service = service_of(what, Role.ALL)
        address = f"http://127.0.0.1:{await service.start()}"
        await stand.begins(address, deliveries(what))
        yield Served(stand, what, address)
        await service.stop()
        asyncio.get_running_loop().set_exception_handler(None)
    assert {kind: phone.emulator.wrong for kind, phone in stand.phones.items() if phone.emulator.wrong} == {}


def phone(visitor: Visitor, kind: str) -> Locator:
    """One phone of the page."""
    return visitor.page.locator(f"#phone-{kind}")


async def says(visitor: Visitor, kind: str, text: str) -> None:
    """Type and press Enter there."""
    field = phone(visitor, kind).locator("textarea")
    await field.fill(text)
    await field.press("Enter")


async def hears(visitor: Visitor, kind: str, text: str) -> None:
    """The words stand in an answer there."""
    await expect(phone(visitor, kind).locator(".bot").filter(has_text=text).last).to_be_visible()
