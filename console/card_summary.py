"""The reader's card beside a conversation, where it is linked, and their name where the messenger tells none."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from aiohttp import web

from bot.clock import local_day
from bot.desk import Asked, InboxEntry, Talk
from bot.reader_desk import CardBehind, ReaderContact
from console.reader_loans import Lending
from console.reader_ports import ReaderPorts, sees
from console.room import Room, Visit

MOST_FOUND = 200
"""Conversations that a search finds by their cards: who finds more says more."""


class CardSummary:
    """Asked for by the page once it stands, so that the page itself waits for nothing."""

    def __init__(self, room: Room, ports: ReaderPorts, lending: Lending) -> None:
        self._room, self._ports, self._lending = room, ports, lending
        self._named: tuple[date, set[tuple[str, int]]] = date.min, set()

    async def show(self, visit: Visit, talk: Talk) -> web.Response:
        """Cards with loans and holds; nothing where none is linked. What is seen is written down.

        The staff see the card whatever the channel carries: what may be sent there is the engine's to watch.
        """
        cards = await self._ports.book.behind(talk.conversation_id)
        mine = [card for card in cards if sees(visit.me, card.places)]
        chats = await self._ports.book.chats([card.patron_id for card in mine])
        told = [
            (
                card,
                await self._lending.values(card.patron_id, in_hand=False),
                _elsewhere(chats.get(card.patron_id, ()), talk),
            )
            for card in mine
        ]
        await self._note(visit, talk, mine)
        return self._room.page(visit, "_card.html", cards=told, others=len(cards) - len(mine))

    async def names(self, visit: Visit, talks: Iterable[InboxEntry | Talk]) -> Mapping[int, str]:
        """What the cards call those readers whom their messenger does not name, by conversation.

        Only cards that this librarian may see. That a name was seen is written down once a day: lists are made anew
        with every message.
        """
        owners = await self._ports.book.owners([talk.conversation_id for talk in talks if not talk.name])
        return await self._seen(visit, owners)

    async def sought(self, visit: Visit, asked: Asked) -> Mapping[int, CardBehind]:
        """Cards that bear the words of a search, by conversation; none in channels that may carry nothing of a person.

        They belong to readers of this librarian's branches, or of none.
        """
        if not asked.words:
            return {}
        return await self._ports.book.talks(asked.words, visit.me.branches, self._room.setting.public_only, MOST_FOUND)

    async def found(
        self, visit: Visit, cards: Mapping[int, CardBehind], entries: Iterable[InboxEntry]
    ) -> Mapping[int, str]:
        """The names on the cards of those conversations that were found; that they are seen is written down."""
        listed = {entry.conversation_id for entry in entries}
        return await self._seen(visit, {number: card for number, card in cards.items() if number in listed})

    async def _seen(self, visit: Visit, cards: Mapping[int, CardBehind]) -> Mapping[int, str]:
        seen = {number: card for number, card in cards.items() if card.name and sees(visit.me, card.places)}
        for number, card in seen.items():
            if self._is_new(visit, card.patron_id):
                whom = f"patron:{card.patron_id}"
                await self._room.audit.note(visit.me.login, "view.name", whom, f"conversation:{number}")
        return {number: card.name for number, card in seen.items()}

    def _is_new(self, visit: Visit, patron_id: int) -> bool:
        today, who = local_day(visit.now, self._room.setting.zone), (visit.me.login, patron_id)
        if self._named[0] != today:
            self._named = today, set()
        known = who in self._named[1]
        self._named[1].add(who)
        return not known

    async def _note(self, visit: Visit, talk: Talk, cards: Sequence[CardBehind]) -> None:
        for card in cards:
            of = f"conversation:{talk.conversation_id}"
            await self._room.audit.note(visit.me.login, "view.card", f"patron:{card.patron_id}", of)


def _elsewhere(chats: Sequence[ReaderContact], talk: Talk) -> Sequence[ReaderContact]:
    """The reader's other chats: where one may still write when this messenger's window is over."""
    return [chat for chat in chats if chat.conversation_id not in (None, talk.conversation_id)]
