"""How a screen answers with a stream that stays open."""

from collections.abc import AsyncIterator

from aiohttp import web

from bot.streams import Full, Streams
from bot.wording import gettext as _
from console.room import HEADERS, Stop

MOST = 400
"""Open streams: fifty librarians with a list, a conversation and a tab too many each."""


async def answer(streams: Streams, request: web.Request, pieces: AsyncIterator[bytes]) -> web.StreamResponse:
    """Send pieces until the browser goes. Raises Stop where too many are open."""
    response = web.StreamResponse(
        headers=HEADERS | {"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
    )
    try:
        with streams.seat():
            await streams.tell(request, response, pieces)
    except Full:
        raise Stop(503, _("Слишком много открытых окон. Обновите страницу через минуту.")) from None
    return response
