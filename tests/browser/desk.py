"""A console in a browser: whoever sits at it, and the clock by which answers leave."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from playwright.async_api import Locator

from bot.clock import SystemClock
from bot.desk_actions import Release
from tests.browser.visitor import Visitor
from tests.console.house import ConsoleHouse

UNDO = timedelta(minutes=1)
"""So long that no busy machine is too slow to take an answer back."""

Enter = Callable[..., Awaitable[Visitor]]


class Ahead(SystemClock):
    """The machine's clock, which a test may put forward."""

    by = timedelta()

    def now(self) -> datetime:
        return super().now() + self.by


async def the_answer_leaves(house: ConsoleHouse) -> None:
    """The time in which it could be taken back is over."""
    assert isinstance(house.clock, Ahead)
    house.clock.by += UNDO
    await house.log.act(Release())


def last_line(librarian: Visitor) -> Locator:
    """The last message on the screen."""
    return librarian.page.locator("article.message").last
