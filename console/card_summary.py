"""The reader's card beside a conversation, where it is linked."""

from collections.abc import Sequence

from aiohttp import web

from bot.desk import Talk
from bot.reader_desk import CardBehind
from console.reader_loans import Lending
from console.reader_ports import ReaderPorts, sees
from console.room import Room, Visit


class CardSummary:
    """Asked for by the page once it stands, so that the page itself waits for nothing."""

    def __init__(self, room: Room, ports: ReaderPorts, lending: Lending) -> None:
        self._room, self._ports, self._lending = room, ports, lending

    async def show(self, visit: Visit, talk: Talk) -> web.Response:
        """Cards with loans and holds; nothing where none is linked. What is seen is written down.

        The staff see the card whatever the channel carries: what may be sent there is the engine's to watch.
        """
        cards = await self._ports.book.behind(talk.conversation_id)
        mine = [card for card in cards if sees(visit.me, card.places)]
        told = [(card, await self._lending.values(card.patron_id)) for card in mine]
        await self._note(visit, talk, mine)
        return self._room.page(visit, "_card.html", cards=told, others=len(cards) - len(mine))

    async def _note(self, visit: Visit, talk: Talk, cards: Sequence[CardBehind]) -> None:
        for card in cards:
            of = f"conversation:{talk.conversation_id}"
            await self._room.audit.note(visit.me.login, "view.card", f"patron:{card.patron_id}", of)
