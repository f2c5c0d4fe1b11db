"""The HTTP side: routes of the channels, webhooks, health."""

from collections.abc import Iterable
from typing import cast

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.errors import StoreUnavailable

log = structlog.get_logger(__name__)

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes of a request's body that are read at all; each webhook and page has a limit of its own below."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


def _guarded(handler: Handler) -> Handler:
    """The handler, its faults turned into answers; a middleware would cost a third of a small request."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except (web.HTTPException, ConnectionResetError):
            raise
        except StoreUnavailable:
            return web.json_response(
                {"error": {"code": "unavailable", "message": "Try again in a few seconds."}},
                status=503,
                headers={"Retry-After": "5"},
            )
        except Exception:
            log.exception("request failed", route=str(request.match_info.route.resource))
            return web.json_response({"error": {"code": "fault", "message": "Something broke here."}}, status=500)

    return guarded


def _with_faults_answered(route: web.AbstractRouteDef) -> web.AbstractRouteDef:
    if not isinstance(route, web.RouteDef):
        return route
    return web.RouteDef(route.method, route.path, _guarded(cast("Handler", route.handler)), route.kwargs)


def application(routes: Iterable[web.AbstractRouteDef]) -> web.Application:
    """The aiohttp application with these routes."""
    app = web.Application(client_max_size=LARGEST_BODY)
    app.add_routes([_with_faults_answered(route) for route in routes])
    app.on_response_prepare.append(_add_headers)
    return app
