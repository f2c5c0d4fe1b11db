"""The HTTP side: routes of the channels, webhooks, health."""

from collections.abc import Iterable

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.errors import StoreUnavailable

log = structlog.get_logger(__name__)

LARGEST_BODY = 1024 * 1024
"""Bytes of a request's body; messengers stay far below, a page of ours below 100 KB."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


@web.middleware
async def _faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A store that is away is 503 everywhere; an unforeseen fault is 500 without details."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except StoreUnavailable:
        return web.json_response(
            {"error": {"code": "unavailable", "message": "Try again in a few seconds."}},
            status=503,
            headers={"Retry-After": "5"},
        )
    except ConnectionResetError:
        raise
    except Exception:
        log.exception("request failed", route=str(request.match_info.route.resource))
        return web.json_response({"error": {"code": "fault", "message": "Something broke here."}}, status=500)


def application(routes: Iterable[web.AbstractRouteDef]) -> web.Application:
    """The aiohttp application with these routes."""
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_faults])
    app.add_routes(list(routes))
    app.on_response_prepare.append(_add_headers)
    return app
