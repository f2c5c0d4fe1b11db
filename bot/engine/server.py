"""The HTTP side: routes of the channels, webhooks, health."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import cast

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from bot.engine.front import AT_HAND, HEADERS, Answering, ShortAnswer
from bot.errors import StoreUnavailable

log = structlog.get_logger(__name__)

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes of a request's body that are read at all; each webhook and page has a limit of its own below."""


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    if not isinstance(response, ShortAnswer):  # which has its own
        response.headers.merge(HEADERS)  # those that are not there


def _guarded(handler: Handler, path: str) -> Handler:
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
        except web.RequestPayloadError:  # cut short, or not packed as its headers say
            return web.json_response(
                {"error": {"code": "bad_body", "message": "The body is not what its headers say."}}, status=400
            )
        except Exception:
            log.exception("request failed", route=path)
            return web.json_response({"error": {"code": "fault", "message": "Something broke here."}}, status=500)

    return guarded


def _with_faults_answered(route: web.AbstractRouteDef) -> web.AbstractRouteDef:
    if not isinstance(route, web.RouteDef):
        return route
    return web.RouteDef(route.method, route.path, _guarded(cast("Handler", route.handler), route.path), route.kwargs)


class LateRoutes(web.PlainResource):
    """All addresses below one, made when the first of them is asked for.

    Args:
        path: Above all of them: ``/console``.
        made: Makes them; whoever comes meanwhile waits. Where it fails it is asked again the next time.
    """

    def __init__(self, path: str, made: Callable[[], Awaitable[Iterable[web.AbstractRouteDef]]]) -> None:
        super().__init__(path)
        self._made, self._making = made, asyncio.Lock()
        self._router: web.UrlDispatcher | None = None

    async def resolve(self, request: web.Request) -> tuple[web.UrlMappingMatchInfo | None, set[str]]:
        """As every resource does: the way to a handler, or else the methods that would have found one."""
        async with self._making:
            if self._router is None:
                router = web.UrlDispatcher()
                router.add_routes([_with_faults_answered(route) for route in await self._made()])
                self._router = router
        found = await self._router.resolve(request)
        match found.http_exception:
            case None:
                return found, set()
            case web.HTTPMethodNotAllowed() as refusal:
                return None, refusal.allowed_methods
            case _:
                return None, set()


def application(routes: Iterable[web.AbstractRouteDef], late: Iterable[LateRoutes] = ()) -> web.Application:
    """The aiohttp application with these routes."""
    app = web.Application(client_max_size=LARGEST_BODY)
    answered = [_with_faults_answered(route) for route in routes]
    app.add_routes(answered)
    app[AT_HAND] = {
        route.path: cast("Answering", route.handler)
        for route in answered
        if isinstance(route, web.RouteDef) and route.method == hdrs.METH_ANY and "{" not in route.path
    }
    for resource in late:
        app.router.register_resource(resource)
    app.on_response_prepare.append(_add_headers)
    return app
