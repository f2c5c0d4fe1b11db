"""The fixed API of the web chat: post a message, read the conversation, follow it as a stream."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from math import ceil
from typing import Any

import msgspec
from aiohttp import web

from adapters.webchat import files, parse, render
from adapters.webchat.parse import Posted, Refused
from adapters.webchat.settings import WebChatSettings
from bot.allowance import Allowance, address_of
from bot.channels import Desk, Setting
from bot.endings import ended
from bot.messages import Contact, Photo
from bot.ports.files import is_picture
from bot.ports.letters import Logged
from bot.streams import Full, Streams

AT_ONCE = 1_000
"""Messages in one answer; ``more`` says that there are further ones."""
STREAM_BATCH = 100
OVERLAP = 20
"""So many of the newest messages are looked at again; less than a batch."""
READINGS_A_MESSAGE = 10
FULL_S = 30
PICTURES_A_MINUTE = 20
"""Of one session: looking at one costs as much as a hundred messages."""
SESSIONS_AN_ADDRESS = 10
UPLOAD_S = 60.0
"""How long a picture may take to arrive: a village's line is slow."""

_encode = msgspec.json.Encoder().encode
Endpoint = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Api:
    """The endpoints over the core's desk.

    Args:
        options: The channel's limits.
        setting: Its name and data class, where moments come from and where files are.
        desk: Where messages are kept and read.
    """

    def __init__(self, options: WebChatSettings, setting: Setting, desk: Desk) -> None:
        clock = setting.clock
        self._store = setting.files
        self._personal = setting.personal
        self._channel = setting.name
        self._options = options
        self._desk = desk
        self._clock = clock
        self._by_session = Allowance(clock, options.per_session_per_minute)
        self._by_address = Allowance(clock, options.per_address_per_minute)
        self._pictures_by_session = Allowance(clock, PICTURES_A_MINUTE)
        self._pictures_by_address = Allowance(clock, PICTURES_A_MINUTE * SESSIONS_AN_ADDRESS)
        self._readings = Allowance(clock, options.per_address_per_minute * READINGS_A_MESSAGE)
        self._streams = Streams(options.streams_at_once)

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """The endpoints."""
        return [
            web.post("/chat/messages", _refusals_as_json(self.post)),
            web.post("/chat/pictures", _refusals_as_json(self.picture)),
            web.get("/chat/messages", _refusals_as_json(self.read)),
            web.get(r"/chat/files/{message:[0-9]{1,18}}/{number:[0-9]{1,3}}", _refusals_as_json(self.file)),
            web.get("/chat/stream", _refusals_as_json(self.stream), allow_head=False),  # it has no end
        ]

    async def aclose(self) -> None:
        """End every stream and open no other; pages connect again."""
        await self._streams.aclose()

    async def post(self, request: web.Request) -> web.Response:
        """Keep one message; 202 only after it is durable."""
        address = address_of(request, self._options.client_address_header)
        _allow(self._by_address.wait_s(address))
        message = parse.posted(await _body(request))
        contact = parse.contact_of(self._channel, message.session)
        _allow(self._by_session.wait_s(contact.address))
        number = await self._desk.take(parse.inbound(message, contact, self._clock.now()))
        return web.Response(status=202, body=b'{"id":%d}' % number, content_type="application/json")

    async def picture(self, request: web.Request) -> web.Response:
        """Look at a photograph, keep what stands on it, and never the photograph itself."""
        address = address_of(request, self._options.client_address_header)
        _allow(self._by_address.wait_s(address))
        _allow(self._pictures_by_address.wait_s(address))
        query = request.query
        contact = parse.contact_of(self._channel, query.get("session"))
        own_id, language = parse.own_id(query.get("id")), parse.language(query.get("language"))
        _allow(self._by_session.wait_s(contact.address))
        _allow(self._pictures_by_session.wait_s(contact.address))
        picture = await _picture(request)
        message = Posted(session="", content=Photo(await self._desk.see(picture)), own_id=own_id, language=language)
        number = await self._desk.take(parse.inbound(message, contact, self._clock.now()))
        return web.Response(status=202, body=b'{"id":%d}' % number, content_type="application/json")

    async def read(self, request: web.Request) -> web.Response:
        """The conversation so far, or what came after a message."""
        contact = self._reader(request)
        after = parse.message_number(request.query.get("after"), "after")
        found = await self._desk.log.said(contact, after, AT_ONCE + 1)
        now = self._clock.now()
        answer: dict[str, Any] = {
            "messages": [render.message(logged, contact, now) for logged in found[:AT_ONCE] if self._may_show(logged)]
        }
        if len(found) > AT_ONCE:
            answer["more"] = True
        headers = {"Cache-Control": "no-store"}
        return web.Response(body=_encode(answer), content_type="application/json", headers=headers)

    async def file(self, request: web.Request) -> web.Response:
        """A picture or a document of a conversation, to whoever has the address that the conversation told."""
        _allow(self._readings.wait_s(address_of(request, self._options.client_address_header)))
        message_id, number = int(request.match_info["message"]), int(request.match_info["number"])
        until, now = files.parsed_until(request.query.get("until")), self._clock.now()
        found = await self._desk.log.one(self._channel, message_id)
        contact, logged = found or (None, None)
        if not files.opens(contact, message_id, number, until, request.query.get("key", ""), now) or logged is None:
            raise _no_file()
        carried = files.files_of(logged.reply) if self._may_show(logged) else ()
        if number >= len(carried) or self._store is None:
            raise _no_file()
        data = await self._store.read(carried[number].file.file_id)
        if data is None:
            raise _no_file()
        return web.Response(body=data, headers=files.headers(carried[number], until, now))

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """The same as server-sent events, without an end; a reconnect resumes after ``Last-Event-ID``."""
        contact = self._reader(request)
        seen = request.headers.get("Last-Event-ID") or request.query.get("after")
        after = parse.message_number(seen, "after")
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream; charset=utf-8",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
            }
        )
        try:
            with self._streams.seat():
                # Read once before the answer begins: a store that is away is an honest 503.
                await self._desk.log.said(contact, after, 1)
                await self._streams.tell(request, response, self._events(contact, after))
        except Full:
            message = "Too many open streams: ask GET /chat/messages."
            raise Refused(503, "full", message, retry_after_s=FULL_S) from None
        return response

    async def _events(self, contact: Contact, after: int) -> AsyncIterator[bytes]:
        """Messages as they come; a comment when nothing did, so that the line is known to live."""
        told = Told(after)
        async with ended(self._desk.log.changed(contact)) as changes:
            async for _ in changes:
                quiet, more = True, True
                while more:
                    batch = await self._desk.log.said(contact, told.floor, STREAM_BATCH)
                    more = len(batch) == STREAM_BATCH
                    fresh = [logged for logged in told.fresh(batch) if self._may_show(logged)]
                    if fresh:
                        quiet = False
                        yield b"".join([render.event(logged, contact, self._clock.now()) for logged in fresh])
                if quiet:
                    yield b": quiet\n\n"

    def _may_show(self, logged: Logged) -> bool:
        """Nothing of a person where the channel's data class forbids it: the page reads past the outbox."""
        return self._personal or not logged.reply.personal

    def _reader(self, request: web.Request) -> Contact:
        _allow(self._readings.wait_s(address_of(request, self._options.client_address_header)))
        return parse.contact_of(self._channel, request.query.get("session"))


class Told:
    """What a stream has told already, so that each message is told once.

    Several processes write on PostgreSQL, and a message may become visible after one with a higher
    id. So the newest messages are read again each time, and what is new among them is told late
    instead of never.

    Attributes:
        floor: Read what comes after this message.
    """

    def __init__(self, after: int) -> None:
        self.floor = after
        self._recent: deque[int] = deque()

    def fresh(self, batch: Sequence[Logged]) -> list[Logged]:
        """The messages of a batch that were not told yet; from now on they are."""
        found = [logged for logged in batch if logged.message_id not in self._recent]
        for logged in found:
            self._recent.append(logged.message_id)
            if len(self._recent) > OVERLAP:
                self.floor = max(self.floor, self._recent.popleft())
        return found


def _no_file() -> Refused:
    """The same for whatever is wrong: nobody learns what there is."""
    return Refused(404, "no_file", "No such file, or its address is over: read the conversation again.")


def _allow(wait_s: float) -> None:
    if wait_s:
        pause = max(1, ceil(wait_s))
        raise Refused(429, "too_many", f"Too many requests: try again in {pause} s.", retry_after_s=pause)


async def _body(request: web.Request) -> bytes:
    if request.content_type != "application/json":
        raise Refused(415, "not_json", "Send Content-Type: application/json.")
    if (request.content_length or 0) > parse.LARGEST_BODY:
        raise parse.too_large()
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise parse.too_large() from None


async def _picture(request: web.Request) -> bytes:
    """The body, as far as a picture may be long; what begins as none is refused before it has arrived."""
    if not request.content_type.startswith("image/"):
        raise Refused(415, "not_picture", "Send Content-Type: image/jpeg, image/png or image/webp.")
    if (request.content_length or 0) > parse.LARGEST_PICTURE:
        raise parse.picture_too_large()
    kept = bytearray()
    try:
        async with asyncio.timeout(UPLOAD_S):
            async for piece in request.content.iter_chunked(64 * 1024):
                kept += piece
                if len(kept) > parse.LARGEST_PICTURE:
                    raise parse.picture_too_large()
    except TimeoutError:
        raise Refused(408, "too_slow", "The picture takes too long to arrive: send a smaller one.") from None
    if not is_picture(kept):
        raise Refused(415, "not_picture", "This is no JPEG, PNG, WebP or GIF.")
    return bytes(kept)


def _refusals_as_json(endpoint: Endpoint) -> Endpoint:
    """Every refusal is JSON that says what to do."""

    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            return await endpoint(request)
        except Refused as refused:
            headers = {"Retry-After": str(refused.retry_after_s)} if refused.retry_after_s else {}
            return web.Response(
                status=refused.status, body=_encode(refused.body()), content_type="application/json", headers=headers
            )

    return answered
