"""What a page asks for comes late: by a slow line, or a house that has much to do."""

import asyncio

from playwright.async_api import Page, Route

from tests.support.patience import SOON_S


class Held:
    """Requests of a page that are let through when a test says so: ``async with Held(page, "**/list?*") as list:``."""

    def __init__(self, page: Page, addresses: str) -> None:
        self._page, self._addresses = page, addresses
        self._asked, self._let = asyncio.Event(), asyncio.Event()

    async def asked(self) -> None:
        """One is on its way."""
        await asyncio.wait_for(self._asked.wait(), SOON_S)

    def let(self) -> None:
        """All may go, and those that come."""
        self._let.set()

    async def __aenter__(self) -> "Held":
        await self._page.route(self._addresses, self._hold)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.let()

    async def _hold(self, route: Route) -> None:
        self._asked.set()
        await self._let.wait()
        await route.continue_()
