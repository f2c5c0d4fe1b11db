"""The page of phones: served to this machine only."""

import asyncio
import html
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from string import Template
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from demo.phones.phone import CannotDo, Phone
from demo.phones.words import LANGUAGES, for_page, for_script
from tests.support import photographs

HERE = "127.0.0.1"
STATIC = Path(__file__).parent / "static"
FILES = {"phones.js": "text/javascript", "phones.css": "text/css"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src {chat}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
LONGEST_TEXT = 4_000
LARGEST_PHOTO = 8 * 1024**2
QUIET_S = 15.0
SAMPLE = "9785080065644"
"""ISBN on the ready-made photograph: a book of the demonstration's catalogue."""


class Page:
    """Shows phones, and does with them what the person at the page wants.

    Args:
        phones: By kind.
        language: Of the page's own words.
        library: Its name.

    Attributes:
        chat: Address of the web chat; "" until the service listens.
    """

    def __init__(self, phones: Mapping[str, Phone], language: str, library: str) -> None:
        self._phones = phones
        self._language = language if language in LANGUAGES else LANGUAGES[0]
        self._library = library
        self._viewers: set[asyncio.Queue[str]] = set()
        self._shown: dict[str, str] = {}
        self._runner: web.AppRunner | None = None
        self.chat = ""
        self.url = ""

    async def open(self, port: int) -> None:
        """Listen on loopback. Raises OSError where the port is taken."""
        app = web.Application(middlewares=[self._ours_only], client_max_size=LARGEST_PHOTO + 1024)
        app.add_routes(
            [
                web.get("/", self._page),
                web.get("/static/{name}", self._file),
                web.get("/favicon.ico", self._nothing),
                web.get("/stream", self._stream),
                web.get("/phones/{kind}/files/{name}", self._picture),
                web.post("/phones/{kind}", self._act),
                web.post("/phones/{kind}/photo", self._photo),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, HERE, port).start()
        self.url = f"http://{HERE}:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        """Stop listening; open streams end."""
        for viewer in self._viewers:
            viewer.put_nowait("")
        if self._runner is not None:
            await self._runner.cleanup()

    def show(self, phone: Phone) -> None:
        """The phone's screen as it is now, to all who look, where it has changed."""
        told = json.dumps(_told(phone), ensure_ascii=False)
        if self._shown.get(phone.kind) != told:
            self._shown[phone.kind] = told
            for viewer in self._viewers:
                viewer.put_nowait(told)

    # --- requests --------------------------------------------------------------------------------

    @web.middleware
    async def _ours_only(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Nothing for pages of other sites: neither under another name of this machine nor by their scripts."""
        own = self.url.removeprefix("http://")
        if request.headers.get("Host") != own or request.headers.get("Origin", self.url) != self.url:
            raise web.HTTPForbidden
        response = await handler(request)
        if not response.prepared:
            response.headers["X-Content-Type-Options"] = "nosniff"
            response.headers["Cache-Control"] = "no-store"
        return response

    async def _page(self, request: web.Request) -> web.Response:
        if not self.chat:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "1"})
        known = {
            "phones": [
                {"kind": phone.kind, "title": phone.title, "abilities": sorted(phone.abilities)}
                for phone in self._phones.values()
            ],
            "chat": f"{self.chat}/chat/frame",
            "limit": LONGEST_TEXT,
            "largest": LARGEST_PHOTO,
            "words": for_script(self._language),
        }
        words = for_page(self._language, library=self._library)
        page = Template((STATIC / "page.html").read_text("utf-8")).substitute(
            {name: html.escape(word) for name, word in words.items()},
            language=self._language,
            known=json.dumps(known, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026"),
        )
        headers = {"Content-Security-Policy": POLICY.format(chat=self.chat)}
        return web.Response(text=page, content_type="text/html", headers=headers)

    async def _nothing(self, _: web.Request) -> web.Response:
        return web.Response(status=204)

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in FILES:
            raise web.HTTPNotFound
        return web.Response(text=(STATIC / name).read_text("utf-8"), content_type=FILES[name])

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        viewer: asyncio.Queue[str] = asyncio.Queue()
        self._viewers.add(viewer)
        try:
            for told in self._shown.values():
                await response.write(f"data: {told}\n\n".encode())
            with suppress(ConnectionResetError):
                await _told_on(viewer, response)
        finally:
            self._viewers.discard(viewer)
        return response

    def _phone(self, request: web.Request) -> Phone:
        phone = self._phones.get(request.match_info["kind"])
        if phone is None:
            raise web.HTTPNotFound
        return phone

    async def _picture(self, request: web.Request) -> web.Response:
        data = self._phone(request).files.get(request.match_info["name"])
        if data is None:
            raise web.HTTPNotFound
        return web.Response(body=data, content_type="image/png" if data[:4] == b"\x89PNG" else "image/jpeg")

    async def _act(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":  # what a form of another site cannot send unasked
            raise web.HTTPUnsupportedMediaType
        phone = self._phone(request)
        try:
            asked = await request.json()
            act = ACTS[asked["do"]]
        except (ValueError, KeyError, TypeError):
            raise web.HTTPBadRequest from None
        return await _done(phone, lambda: act(phone, asked))

    async def _photo(self, request: web.Request) -> web.Response:
        if request.content_type != "application/octet-stream":
            raise web.HTTPUnsupportedMediaType
        phone, data = self._phone(request), await request.read()
        if not data:
            data = await asyncio.to_thread(_sample)
        return await _done(phone, lambda: phone.send_photo(data, _text(request.query.get("caption", ""), least=0)))


Act = Callable[[Phone, Mapping[str, Any]], None]
ACTS: Mapping[str, Act] = {
    "say": lambda phone, asked: phone.say(_text(asked["text"])),
    "start": lambda phone, asked: phone.start(),
    "press": lambda phone, asked: phone.press(int(asked["number"]), int(asked["place"])),
    "tap": lambda phone, asked: phone.tap(int(asked["place"])),
    "contact": lambda phone, asked: phone.share_contact(),
    "sticker": lambda phone, asked: phone.send_sticker(),
    "voice": lambda phone, asked: phone.send_voice(),
    "edit": lambda phone, asked: phone.edit(_text(asked["text"])),
    "remove": lambda phone, asked: phone.remove(),
    "trouble": lambda phone, asked: phone.make_trouble(str(asked["name"])),
}


async def _done(phone: Phone, act: Callable[[], None]) -> web.Response:
    try:
        phone.has_read()
        act()
    except CannotDo:
        raise web.HTTPConflict from None
    except (KeyError, TypeError, ValueError):
        raise web.HTTPBadRequest from None
    phone.changed()
    return web.Response(status=204)


def _text(value: object, least: int = 1) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not least <= len(text) <= LONGEST_TEXT or not isinstance(value, str):
        raise ValueError("a text of another length")
    return text


def _sample() -> bytes:
    return photographs.file(photographs.photograph(photographs.code(SAMPLE), size=(900, 600)))


async def _told_on(viewer: "asyncio.Queue[str]", response: web.StreamResponse) -> None:
    while True:
        try:
            async with asyncio.timeout(QUIET_S):
                told = await viewer.get()
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        if not told:
            return
        await response.write(f"data: {told}\n\n".encode())


def _told(phone: Phone) -> dict[str, Any]:
    waiting = [
        {
            "text": one.text,
            "attempts": one.attempts,
            "due": one.due_at.isoformat() if one.due_at else "",
            "reason": one.reason if one.state == "failed" else "",
        }
        for one in phone.queue
    ]
    return {
        "kind": phone.kind,
        "trouble": phone.trouble,
        "items": [item.told() for item in phone.items],
        "keyboard": [[key.told() for key in row] for row in phone.keyboard],
        "queue": waiting,
        "faults": len(phone.emulator.wrong),
    }
