"""How a screen answers with a stream that stays open."""

from collections.abc import AsyncIterator

from aiohttp import web

from bot.endings import ended
from bot.streams import Full, Streams
from bot.wording import gettext as _
from console.room import HEADERS, Room, Stop, Visit

MOST = 400
"""Open streams: fifty librarians with a list, a conversation and a tab too many each."""


async def answer(streams: Streams, room: Room, visit: Visit, pieces: AsyncIterator[bytes]) -> web.StreamResponse:
    """Send pieces until the browser goes, or the session. Raises Stop where too many are open."""
    response = web.StreamResponse(
        headers=HEADERS | {"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
    )
    try:
        with streams.seat():
            await streams.tell(visit.request, response, _while_signed_in(room, visit, pieces))
    except Full:
        raise Stop(503, _("Слишком много открытых окон. Обновите страницу через минуту.")) from None
    return response


async def _while_signed_in(room: Room, visit: Visit, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Nothing is told to whom was let go meanwhile: the page connects anew and meets the door."""
    async with ended(pieces) as told:
        async for piece in told:
            if not await room.goes_on(visit):
                return
            yield piece
