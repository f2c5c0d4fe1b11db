"""The lists of conversations, and the stream that keeps them fresh."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from aiohttp import web

from bot.desk import MOST_COUNTED, Asked, Counts, Desk, Tab, Talk
from bot.endings import ended
from bot.errors import StoreUnavailable
from bot.quick import replace
from bot.streams import Streams
from bot.wording import gettext as _
from console.card_summary import CardSummary
from console.room import ROOT, Room, Visit, one_line
from console.streams import answer

A_PAGE = 30
TOGETHER_S = 0.25
"""What changes within this time is told once."""


def tabs() -> dict[Tab, str]:
    """What the lists are called."""
    return {Tab.WAITING: _("Ждут"), Tab.MINE: _("Мои"), Tab.ALL: _("Все"), Tab.CLOSED: _("Закрытые")}


def asked_by(room: Room, visit: Visit) -> Asked:
    """What the address of a page asks for, within what this librarian may see."""
    query, setting = visit.request.query, room.setting
    channel, branch = query.get("channel", ""), query.get("branch", "")
    words = one_line(query.get("words", ""), 100)
    # Words that are typed are looked for in all lists; a list that is pressed then says which of them are there.
    tab = query.get("tab", "") or (Tab.ALL.value if words else query.get("at", ""))
    return Asked(
        staff_id=visit.me.staff_id,
        tab=Tab(tab) if tab in set(Tab) else Tab.ALL if words else Tab.WAITING,
        branches=visit.me.branches,
        sources=setting.sources,
        channel=channel if channel in setting.channels else "",
        branch=branch if branch in setting.branches else "",
        words=words,
        before=visit.number("before"),
        limit=A_PAGE,
    )


def sought(asked: Asked) -> str:
    """What a list is narrowed to, as it goes on in the addresses of its tabs and rows."""
    narrowed = {"channel": asked.channel, "branch": asked.branch, "words": asked.words}
    return "".join(f"&{urlencode({name: said})}" for name, said in narrowed.items() if said)


class InboxScreen:
    """The first screen of the day."""

    def __init__(self, room: Room, desk: Desk, streams: Streams, card: CardSummary | None = None) -> None:
        self._room, self._desk, self._streams, self._card = room, desk, streams, card

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The addresses."""
        screen = self._room.screen
        return [
            web.get(ROOT, screen(self.show)),
            web.get(ROOT + "list", screen(self.piece)),
            web.get(ROOT + "list/count", screen(self.count)),
            web.get(ROOT + "stream", screen(self.stream), allow_head=False),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """A list, and a place for a conversation beside it."""
        return self._room.page(visit, "inbox.html", now_on="inbox", **await self._values(visit))

    async def piece(self, visit: Visit) -> web.Response:
        """The list alone, as it is now."""
        return self._room.page(visit, "_list.html", **await self._values(visit, visit.number("open")))

    async def count(self, visit: Visit) -> web.Response:
        """How many wait, for the navigation; an empty answer where nobody does."""
        counts = await self._desk.counts(asked_by(self._room, visit))
        return self._room.page(visit, "_count.html", count=counts.waiting)

    async def stream(self, visit: Visit) -> web.StreamResponse:
        """The counts, whenever they may have changed."""
        return await answer(self._streams, self._room, visit, self._changes(asked_by(self._room, visit)))

    async def _values(self, visit: Visit, open_id: int = 0) -> dict[str, Any]:
        return await listed(self._room, self._desk, self._card, visit, open_id)

    async def _changes(self, asked: Asked) -> AsyncIterator[bytes]:
        async with ended(self._desk.desk_changes()) as changes:
            async for _tick in changes:
                try:
                    counts = await self._desk.counts(asked)
                except StoreUnavailable:
                    continue
                yield b"event: counts\ndata: " + _encode(_told(counts)) + b"\n\n"
                await asyncio.sleep(TOGETHER_S)


_encode = msgspec.json.Encoder().encode


def _told(counts: Counts) -> dict[str, object]:
    return {
        "waiting": counts.waiting,
        "mine": counts.mine,
        "all": counts.all,
        "closed": counts.closed,
        "most": MOST_COUNTED,
        "oldest": counts.oldest.isoformat() if counts.oldest else None,
    }


async def listed(
    room: Room, desk: Desk, card: CardSummary | None, visit: Visit, open_id: int = 0, talk: Talk | None = None
) -> dict[str, Any]:
    """What the list's templates need, and the name of ``talk``, which is open beside it.

    ``names``: of readers whom their messenger does not name, by conversation; ``cards``: the names on the cards by
    which a search found them.
    """
    asked = asked_by(room, visit)
    bearing = await card.sought(visit, asked) if card else {}
    inbox = await desk.inbox(replace(asked, named=tuple(bearing)))
    entries = inbox.entries
    names = await card.names(visit, [*entries, *([talk] if talk else [])]) if card else {}
    cards = await card.found(visit, bearing, entries) if card else {}
    return {
        "names": names,
        "cards": cards,
        "asked": asked,
        "sought": sought(asked),
        "inbox": inbox,
        "tabs": tabs(),
        "most": MOST_COUNTED,
        "open_id": open_id,
        "channels": room.setting.channels,
        "branches": {
            code: name for code, name in room.setting.branches.items() if not asked.branches or code in asked.branches
        },
        "kinds": kinds(),
        "reasons": reasons(),
    }


def kinds() -> dict[str, str]:
    """What a message without words was."""
    return {
        "photo": _("фотография"),
        "voice": _("голосовое сообщение"),
        "sticker": _("стикер"),
        "phone": _("номер телефона"),
        "start": _("открыл чат"),
        "press": _("нажал кнопку"),
        "removed": _("сообщение удалено читателем"),
        "file": _("файл"),
    }


def reasons() -> dict[str, str]:
    """Why a person was called."""
    return {
        "asked": _("просит человека"),
        "silence": _("ответа не дождался"),
        "failed": _("бот не справился"),
        "rule": _("по правилу библиотеки"),
    }
