"""The lists of conversations."""

from collections.abc import Sequence

from aiohttp import web

from console.room import ROOT, Room, Visit


class InboxScreen:
    """The first screen of the day."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The addresses."""
        return [web.get(ROOT, self._room.screen(self.show))]

    async def show(self, visit: Visit) -> web.Response:
        """What waits."""
        return self._room.page(visit, "inbox.html", now_on="inbox")
