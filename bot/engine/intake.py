"""Whatever brings messages in: webhooks, polls, and pages of our own. Stored first, acknowledged then."""

import asyncio
import re
from collections.abc import Mapping
from functools import partial

import structlog
from aiohttp import web

from bot.channels import Accepted, Channel, Polled, Pushed, Tended, Webhook
from bot.endings import ended
from bot.engine.courtesies import Courtesies
from bot.engine.front import ShortAnswer
from bot.engine.line import Line
from bot.engine.metrics import Metrics
from bot.engine.patience import rest
from bot.engine.pictures import PictureDesk, handle_of
from bot.errors import (
    BadSignature,
    BadWebhook,
    ChannelAuthError,
    ChannelError,
    InputError,
    RateLimited,
    StoreUnavailable,
)
from bot.messages import Event, Inbound
from bot.ports.files import Seen, Unread, Unseen
from bot.ports.letters import ChatLog
from bot.ports.log import MessageLog
from bot.quick import dataclass

log = structlog.get_logger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
REFUSED_PAUSE_S = 600.0
"""Before a messenger that refuses our token is asked again: the operator has to act first."""
STEADY_S = 30.0
_KIND = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_/-]+")


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


class Arrivals:
    """Keeps what a webhook or a poll held; what was not understood is counted, and kept aside where it can be.

    Args:
        store: The log.
        metrics: Where it is counted.
        courtesies: Calls to the messenger once everything is stored.
        unread: Where bodies that could not be read are kept for the operator; None keeps none.
    """

    def __init__(
        self, store: MessageLog, metrics: Metrics, courtesies: Courtesies | None = None, unread: Unread | None = None
    ) -> None:
        self._store = store
        self._metrics = metrics
        self._courtesies = courtesies or Courtesies(metrics)
        self._unread = unread

    async def keep(self, name: str, channel: Channel, accepted: Accepted) -> None:
        """Store everything, sharing the commit, then see to the rest. Raises StoreUnavailable: acknowledge nothing.

        What the store can never take is kept aside: not acknowledged it would come again for days, and hold up
        whatever comes behind it.
        """
        messages, events = accepted.messages, accepted.events
        if len(messages) == 1 and not events:  # nearly always: no task is made for it
            try:
                await self._store.record(messages[0])
            except InputError as error:
                await self._not_kept(name, messages[0], error)
        elif messages or events:
            keeping = [*map(self._store.record, messages), *map(self._store.note, events)]
            fates = await asyncio.gather(*keeping, return_exceptions=True)
            for fate in fates:
                if isinstance(fate, BaseException) and not isinstance(fate, InputError):
                    raise fate
            for item, fate in zip((*messages, *events), fates, strict=True):
                if isinstance(fate, InputError):
                    await self._not_kept(name, item, fate)
        if accepted.courtesies:
            self._courtesies.begin(name, channel, accepted.courtesies, self.keep)
        for kind in accepted.set_aside:
            self._metrics.set_aside(name, kind if _KIND.fullmatch(kind) else "other")
        for body in accepted.unread:
            await self.keep_unread(name, "item", body)

    async def _not_kept(self, name: str, item: Inbound | Event, error: InputError) -> None:
        """The store will never take just this one."""
        log.error("not kept", channel=name, why=str(error))
        await self.keep_unread(name, "item", repr(item).encode("utf-8", "backslashreplace"))

    async def keep_unread(self, name: str, kind: str, body: bytes) -> None:
        """Keep for the operator what could not be read; it may get lost, the messenger is never told."""
        self._metrics.set_aside(name, f"unread_{kind}")
        log.warning("not read, kept aside", channel=name, kind=kind, bytes=len(body))
        if self._unread is not None:
            try:
                await self._unread.keep(name, kind, body)
            except StoreUnavailable:
                log.warning("not kept aside", channel=name)


class Webhooks:
    """``/hooks/{channel}`` for every messenger that calls us, and ``/hooks/{channel}/{anything}``.

    Args:
        channels: All of them; those that are called get a route.
        store: The log.
        metrics: Where webhooks are counted.
        arrivals: What keeps them.
    """

    def __init__(
        self,
        channels: Mapping[str, Channel],
        store: MessageLog,
        metrics: Metrics,
        arrivals: Arrivals | None = None,
    ) -> None:
        self._channels = {name: channel for name, channel in channels.items() if isinstance(channel, Pushed)}
        self._arrivals = arrivals or Arrivals(store, metrics)
        self._metrics = metrics

    def routes(self) -> list[web.RouteDef]:
        """Two routes a messenger: one that is named whole is found quicker than one with a hole in it."""
        return [
            web.route("*", path, partial(self._receive, name, channel))
            for name, channel in self._channels.items()
            for path in (f"/hooks/{name}", f"/hooks/{name}/{{key}}")
        ]

    async def _receive(self, name: str, channel: Pushed, request: web.Request) -> web.StreamResponse:
        """Verify, parse, store everything, and only then answer what the messenger wants to hear."""
        plain = _PLAIN_PATH.fullmatch(request.raw_path)  # nearly always: nothing is taken apart
        webhook = Webhook(
            method=request.method,
            path=request.raw_path if plain else request.path,
            headers=request.headers,
            query={} if plain else dict(request.query),
            body=await self._body(name, channel, request),
            remote=request.remote or "",
        )
        try:
            accepted = channel.accept(webhook)
        except BadSignature:
            self._metrics.webhook(name, "refused")
            log.warning("webhook refused", channel=name)
            raise web.HTTPForbidden from None
        except BadWebhook as error:
            # Its sender is believed: not acknowledged it would come again and hold up what comes after it.
            return await self._not_read(name, webhook, error.answer)
        except Exception:
            log.exception("webhook not read", channel=name)
            return await self._not_read(name, webhook, b"")
        try:
            await self._arrivals.keep(name, channel, accepted)
        except StoreUnavailable:
            self._metrics.webhook(name, "unavailable")
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "5"}) from None
        self._metrics.webhook(name, "stored")
        return ShortAnswer(accepted.answer, status=accepted.status, content_type=accepted.content_type)

    async def _not_read(self, name: str, webhook: Webhook, answer: bytes) -> web.Response:
        self._metrics.webhook(name, "bad")
        await self._arrivals.keep_unread(name, "body", webhook.body)
        return web.Response(body=answer, headers={"Content-Type": "text/plain"})

    async def _body(self, name: str, channel: Pushed, request: web.Request) -> bytes:
        longest, told, content = channel.capabilities.max_webhook, request.content_length or 0, request.content
        if told > longest:
            body = b""
        elif content.is_eof():  # nearly always: all of it came with the head, and nothing is waited for
            body = content.read_nowait()
        else:
            body = await request.read()
        if max(told, len(body)) > longest:
            self._metrics.webhook(name, "too_large")
            raise web.HTTPRequestEntityTooLarge(longest, told or len(body))
        return body


async def poll(
    name: str,
    channel: Polled,
    store: MessageLog,
    stopping: asyncio.Event,
    arrivals: Arrivals | None = None,
    line: Line | None = None,
) -> None:
    """Take messages from a messenger that we ask, until told to stop; growing pauses when it is away."""
    metrics = Metrics()
    arrivals, line = arrivals or Arrivals(store, metrics), line or Line(name, metrics, hears=True)
    pause_s = FIRST_PAUSE_S
    while not stopping.is_set():
        pause = pause_s
        try:
            async with ended(channel.updates()) as updates:
                async for accepted in updates:
                    await arrivals.keep(name, channel, accepted)
                    line.back()
                    pause_s = pause = FIRST_PAUSE_S
                    if stopping.is_set():
                        return
        except RateLimited as error:
            pause = error.retry_after_s
        except (ChannelError, StoreUnavailable) as error:
            line.lost(error)
            pause = REFUSED_PAUSE_S if isinstance(error, ChannelAuthError) else pause_s
        await rest(pause, stopping)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


async def tend(channel: Tended, stopping: asyncio.Event, line: Line) -> None:
    """Let a channel look after what it has at its messenger, until told to stop."""
    pause_s = FIRST_PAUSE_S
    while not stopping.is_set():
        pause = pause_s
        try:
            await _steadily(channel, line)
            await stopping.wait()
        except RateLimited as error:
            pause = error.retry_after_s
        except ChannelError as error:
            line.lost(error)
            pause = REFUSED_PAUSE_S if isinstance(error, ChannelAuthError) else pause_s
        await rest(pause, stopping)
        pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


async def _steadily(channel: Tended, line: Line) -> None:
    """Tend; what goes on for a while is in order again."""
    tending = asyncio.ensure_future(channel.tend())
    try:
        await asyncio.wait({tending}, timeout=STEADY_S)
        if not tending.done():
            line.back()
        await tending
    finally:
        tending.cancel()
        await asyncio.gather(tending, return_exceptions=True)
