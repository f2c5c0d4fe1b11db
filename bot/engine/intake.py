"""Whatever brings messages in: webhooks, polls, and pages of our own. Stored first, acknowledged then."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

import structlog
from aiohttp import web

from bot.channels import Accepted, Channel, Polled, Pushed, Webhook
from bot.engine.metrics import Metrics
from bot.engine.pictures import PictureDesk, handle_of
from bot.errors import BadSignature, BadWebhook, ChannelError, StoreUnavailable
from bot.messages import Inbound
from bot.ports import ChatLog, MessageLog, Seen, Unseen

log = structlog.get_logger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0


@dataclass(frozen=True, slots=True)
class FrontDesk:
    """What a channel with pages of its own may do with the core (``bot.channels.Desk``)."""

    store: MessageLog
    log: ChatLog
    pictures: PictureDesk | None = None

    async def see(self, picture: bytes) -> str:
        """What stands on a picture, as the handle of a ``Photo``; the picture itself is not kept."""
        return handle_of(await self.pictures.read(picture) if self.pictures else Seen(unseen=Unseen.AWAY))

    async def take(self, message: Inbound) -> int:
        """Store one message durably; returns its id, for a repeat the first one."""
        return (await self.store.record(message)).message_id


class Webhooks:
    """``/hooks/{channel}`` for every messenger that calls us."""

    def __init__(self, channels: Mapping[str, Channel], store: MessageLog, metrics: Metrics) -> None:
        self._channels = {name: channel for name, channel in channels.items() if isinstance(channel, Pushed)}
        self._store = store
        self._metrics = metrics

    def routes(self) -> list[web.RouteDef]:
        """A route a messenger: one that is named whole is found quicker than one with a hole in it."""
        return [
            web.route("*", f"/hooks/{name}", partial(self._receive, name, channel))
            for name, channel in self._channels.items()
        ]

    async def _receive(self, name: str, channel: Pushed, request: web.Request) -> web.Response:
        """Verify, parse, store everything, and only then answer what the messenger wants to hear."""
        webhook = Webhook(
            method=request.method,
            path=request.path,
            headers=request.headers,
            query=dict(request.query) if request.query_string else {},
            body=await request.read(),
            remote=request.remote or "",
        )
        try:
            accepted = channel.accept(webhook)
        except BadSignature:
            self._metrics.webhook(name, "refused")
            log.warning("webhook refused", channel=name)
            raise web.HTTPForbidden from None
        except BadWebhook as error:
            self._metrics.webhook(name, "bad")
            log.warning("webhook not read", channel=name, why=str(error))
            raise web.HTTPBadRequest from None
        try:
            await keep(accepted, self._store)
        except StoreUnavailable:
            self._metrics.webhook(name, "unavailable")
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "5"}) from None
        self._metrics.webhook(name, "stored")
        return web.Response(body=accepted.answer, headers={"Content-Type": accepted.content_type})


async def keep(accepted: Accepted, store: MessageLog) -> None:
    """Store everything of one webhook or poll, sharing the commit."""
    if len(accepted.messages) == 1 and not accepted.events:  # nearly always: no task is made for it
        await store.record(accepted.messages[0])
        return
    await asyncio.gather(
        *[store.record(message) for message in accepted.messages],
        *[store.note(event) for event in accepted.events],
    )


async def poll(name: str, channel: Polled, store: MessageLog, stopping: asyncio.Event) -> None:
    """Take messages from a messenger that we ask, until told to stop; growing pauses when it is away."""
    pause_s, lost = FIRST_PAUSE_S, False
    while not stopping.is_set():
        try:
            async with aclosing(channel.updates()) as updates:  # type: ignore[type-var]
                async for accepted in updates:
                    await keep(accepted, store)
                    if lost:
                        log.info("channel back", channel=name)
                    pause_s, lost = FIRST_PAUSE_S, False
                    if stopping.is_set():
                        return
        except (ChannelError, StoreUnavailable) as error:
            if not lost:
                log.warning("channel lost", channel=name, why=str(error))
            lost = True
        try:
            async with asyncio.timeout(pause_s):
                await stopping.wait()
        except TimeoutError:
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
