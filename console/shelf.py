"""A look into the catalogue while answering: what stands where, worded so that it can be sent."""

from collections.abc import Sequence
from datetime import datetime

from aiohttp import web

from bot.clock import local_day
from bot.library.model import Branch, WorkCard
from bot.ports.catalogue import Verdict, Wanted
from bot.ports.library import Library
from bot.wording.books import byline, expected, holding_line, ranked, state
from console.room import Room, Visit, one_line

A_LOOK = 5
BRANCHES_TOLD = 4


class Shelf:
    """The catalogue at a librarian's hand."""

    def __init__(self, room: Room, library: Library) -> None:
        self._room, self._library = room, library

    async def look(self, visit: Visit) -> web.Response:
        """The works that fit, each with a text for the answer."""
        words = one_line(visit.request.query.get("book", ""), 200)
        told = []
        if words:
            found = await self._library.catalogue.find(Wanted(text=words), A_LOOK)
            branches = await self._library.branches.all()
            works = found.works if found.verdict is not Verdict.NOTHING else ()
            told = [(card, self.told(card, branches, visit.now)) for card in works]
        return self._room.page(visit, "_books.html", words=words, told=told)

    def told(self, card: WorkCard, branches: Sequence[Branch], now: datetime) -> str:
        """What a reader is told of a work."""
        today = local_day(now, self._room.setting.zone)
        card = expected(card, branches, self._library.holidays)
        where = [
            holding_line(holding, branches, now, self._library.holidays)
            for holding in ranked(card, branches)[:BRANCHES_TOLD]
        ]
        return "\n".join((f"«{card.title}»{byline(card)}", state(card, today), *where))
