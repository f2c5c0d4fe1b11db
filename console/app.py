"""The whole console: its screens, put together."""

from collections.abc import Sequence

from aiohttp import web

from bot.clock import Clock
from bot.desk import Audit, StaffBook
from console.account import OwnAccount
from console.door import Door
from console.inbox import InboxScreen
from console.people import People
from console.room import ConsoleSetting, Room


class Console:
    """The librarians' pages.

    Args:
        setting: What the library has decided.
        staff: Who may come in.
        audit: Where it is written down what they did.
        clock: Where moments come from.
    """

    def __init__(self, setting: ConsoleSetting, *, staff: StaffBook, audit: Audit, clock: Clock) -> None:
        room = Room(setting, staff, audit, clock)
        self._parts = (room, Door(room), InboxScreen(room), OwnAccount(room), People(room))

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Everything under ``/console/``."""
        return [route for part in self._parts for route in part.routes()]
