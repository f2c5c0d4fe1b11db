"""A console in a browser: whoever sits at it, and the clock by which answers leave."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from http import HTTPStatus

from playwright.async_api import BrowserContext, Locator

from bot.clock import SystemClock
from bot.desk_actions import Release
from tests.browser.visitor import Visitor
from tests.console.house import ConsoleHouse
from tests.support.staff import PASSWORD

UNDO = timedelta(minutes=1)
"""So long that no busy machine is too slow to take an answer back."""

Enter = Callable[..., Awaitable[Visitor]]


class Ahead(SystemClock):
    """The machine's clock, which a test may put forward."""

    by = timedelta()

    def now(self) -> datetime:
        return super().now() + self.by


async def has_signed_in(browser: BrowserContext, address: str, login: str) -> None:
    """Through the door, of which this browser shows nothing: filling it in takes two pages, and is tried by itself."""
    door = f"{address.partition('/console/')[0]}/console/login"
    word = re.search(r'name="csrf" value="(\w+)"', await (await browser.request.get(door)).text())
    assert word is not None
    form: dict[str, str | float | bool] = {"csrf": word[1], "login": login, "password": PASSWORD, "next": ""}
    entered = await browser.request.post(door, form=form, max_redirects=0)
    assert entered.status == HTTPStatus.SEE_OTHER, await entered.text()


async def the_answer_leaves(house: ConsoleHouse) -> None:
    """The time in which it could be taken back is over."""
    assert isinstance(house.clock, Ahead)
    house.clock.by += UNDO
    await house.log.act(Release())


def last_line(librarian: Visitor) -> Locator:
    """The last message on the screen."""
    return librarian.page.locator("article.message").last
