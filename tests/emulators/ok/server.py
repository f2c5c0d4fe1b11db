"""The Graph API of one group: no machine-readable contract exists, so the rules are those of the pages' examples.

Sources: apiok.ru, POST graph.user.messages, graph.chat.messages, graph.chat.answer, graph.user.subscribe, GET
graph.user.fileUploadUrl, "Error codes".
"""

import asyncio
import json
import re
from collections import Counter, deque
from collections.abc import Collection
from itertools import count
from typing import Any

from aiohttp import web

from tests.emulators.base import Emulator, uploaded

BUTTONS = {
    "CALLBACK": {"type", "text", "intent", "payload"},
    "LINK": {"type", "text", "intent", "url"},
    "REQUEST_CONTACT": {"type", "text", "intent"},
    "REQUEST_GEO_LOCATION": {"type", "text", "intent", "quick"},
}
Event = dict[str, Any]


class OkServer(Emulator):
    """One group.

    Args:
        first: Number of the first message; a server that follows another must not give out the same ones.

    Attributes:
        said: What readers were sent, by user: messages in order.
        mids: Their ids, in the same order.
        answered: Presses that were answered, in order.
        subscriptions: Addresses of webhooks; a test takes one away.
        registered: Set by every new one.
        strangers: Readers who do not allow messages.
        expired: Presses that may not be answered any more.
        uploads / pictures: Files that came, files that are there.
        files: Files that came, by their token.
        rate_per_s: Above it error 8 is answered; 0 for never.
    """

    def __init__(self, token: str, *, first: int = 1) -> None:
        super().__init__()
        self.token = token
        self.said: dict[str, list[dict[str, Any]]] = {}
        self.mids: dict[str, list[str]] = {}
        self.answered: list[str] = []
        self.subscriptions: list[str] = []
        self.registered = asyncio.Event()
        self.strangers: set[str] = set()
        self.expired: set[str] = set()
        self.uploads: list[tuple[str, bytes]] = []
        self.pictures: dict[str, bytes] = {}
        self.rate_per_s = 0.0
        self.floods = 0
        self._recent: deque[float] = deque()
        self.files: dict[str, tuple[str, bytes]] = {}
        self._numbers = count(first)
        self.app.add_routes(
            [
                web.get("/graph/me/info", self._info),
                web.get("/graph/me/subscriptions", self._subscriptions),
                web.post("/graph/me/subscribe", self._subscribe),
                web.post("/graph/me/unsubscribe", self._unsubscribe),
                web.post("/graph/me/messages", self._messages),
                web.post("/graph/me/messages/{chat}", self._messages),
                web.post("/graph/{chat}/answer", self._answer),
                web.get("/graph/me/fileUploadUrl", self._upload_url),
                web.post("/upload", self._upload),
                web.get("/i/{name}", self._picture),
            ]
        )

    @property
    def api_url(self) -> str:
        """What ``api_url`` must be."""
        return f"{self.url}/graph"

    def texts(self, user: str) -> list[str]:
        """What a reader sees, one text a message."""
        return [str(message.get("text", "")) for message in self.said.get(user, [])]

    # --- what readers do -------------------------------------------------------------------------

    def wrote(self, user: str, text: str, *attachments: Event, mid: str = "") -> Event:
        """A message."""
        number = next(self._numbers)
        message = {"text": text, "seq": 2**60 + number, "mid": mid or f"mid:C1.{number:x}"}
        return self._event(
            "MESSAGE_CREATED", user, message=message | ({"attachments": list(attachments)} if attachments else {})
        )

    def pressed(self, user: str, payload: str) -> Event:
        """A button was pressed."""
        return self._event("MESSAGE_CALLBACK", user, callbackId=f"cb-{next(self._numbers)}", payload=payload)

    @staticmethod
    def chat_of(user: str) -> str:
        """The dialogue with a reader."""
        return f"chat:C{user.removeprefix('user:')}"

    def _event(self, kind: str, user: str, **fields: Any) -> Event:
        return {
            "webhookType": kind,
            "sender": {"user_id": user, "name": "Мария Читатель"},
            "recipient": {"chat_id": self.chat_of(user)},
            "timestamp": 1_775_000_000_000 + next(self._numbers),
            **fields,
        }

    # --- refusals --------------------------------------------------------------------------------

    @staticmethod
    def _refusal(code: int, message: str) -> web.Response:
        return web.json_response({"error_code": code, "error_msg": message, "error_data": None})

    def _stranger(self, request: web.Request) -> web.Response | None:
        if request.query.get("access_token") == self.token:
            return None
        return self._refusal(103, "PARAM_SESSION_KEY : Invalid session key")

    def _flooded(self) -> web.Response | None:
        now = asyncio.get_running_loop().time()
        while self._recent and self._recent[0] <= now - 1.0:
            self._recent.popleft()
        if self.rate_per_s and len(self._recent) >= self.rate_per_s:
            self.floods += 1
            return self._refusal(8, "FLOOD_BLOCKED : Method execution is blocked due to flood")
        self._recent.append(now)
        return None

    async def _body(self, request: web.Request) -> dict[str, Any]:
        if request.headers.get("Content-Type") != "application/json;charset=utf-8":
            self.wrong.append(f"content type {request.headers.get('Content-Type')}")
        body = json.loads(await request.read())
        assert isinstance(body, dict)
        return body

    def _checked(self, message: Any) -> web.Response | None:
        found = list(_faults(message, self.files))
        self.wrong += found
        return self._refusal(100, f"PARAM : {found[0]}") if found else None

    # --- calls -----------------------------------------------------------------------------------

    async def _info(self, request: web.Request) -> web.Response:
        found = {"name": "Районная библиотека", "group_id": "group:71003596062794"}
        return self._stranger(request) or web.json_response(found)

    async def _subscriptions(self, request: web.Request) -> web.Response:
        items = [{"time": 1_498_577_751_487, "url": url} for url in self.subscriptions]
        return self._stranger(request) or web.json_response({"subscriptions": items})

    async def _subscribe(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        if refused := self._stranger(request):
            return refused
        self.subscriptions.append(body["url"])
        self.registered.set()
        return web.json_response({"success": True})

    async def _unsubscribe(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        if refused := self._stranger(request):
            return refused
        self.subscriptions = [url for url in self.subscriptions if url != body["url"]]
        return web.json_response({"success": True})

    async def _messages(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        if refused := self._stranger(request) or self._checked(body.get("message")) or self._flooded():
            return refused
        recipient = body.get("recipient")
        if set(body) != {"recipient", "message"} or not isinstance(recipient, dict) or len(recipient) != 1:
            self.wrong.append(f"keys {sorted(body)}, recipient {recipient}")
            return self._refusal(100, "PARAM : recipient")
        user = str(recipient.get("user_id") or recipient.get("chat_id", "").replace("chat:C", "user:"))
        if not re.fullmatch(r"user:\d+", user):
            return self._refusal(110, "PARAM_USER_ID : Invalid user identifier")
        if user in self.strangers:
            return self._refusal(10, "PERMISSION_DENIED : messages are not allowed")
        return self._taken(user, body["message"])

    async def _answer(self, request: web.Request) -> web.Response:
        body = await self._body(request)
        if refused := self._stranger(request) or self._checked(body.get("message")) or self._flooded():
            return refused
        if set(body) != {"message"}:
            self.wrong.append(f"keys {sorted(body)} of an answer")
        press = request.query["callbackId"]
        if press in self.expired:
            return self._refusal(100, "PARAM : callbackId")
        self.answered.append(press)
        return self._taken(request.match_info["chat"].replace("chat:C", "user:"), body["message"])

    def _taken(self, user: str, message: dict[str, Any]) -> web.Response:
        mid = f"mid:out{next(self._numbers)}"
        self.said.setdefault(user, []).append(message)
        self.mids.setdefault(user, []).append(mid)
        return web.json_response({"recipient": {"chat_id": self.chat_of(user)}, "message_id": mid})

    async def _upload_url(self, request: web.Request) -> web.Response:
        if refused := self._stranger(request):
            return refused
        if request.query.get("type") not in ("IMAGE", "FILE"):
            self.wrong.append(f"upload of {request.query.get('type')}")
        token = f"token-{next(self._numbers)}"
        return web.json_response({"url": f"{self.url}/upload?t={token}", "token": token})

    async def _upload(self, request: web.Request) -> web.Response:
        files = await uploaded(request)
        if list(files) != ["file"]:
            self.wrong.append(f"fields {sorted(files)} in an upload")
        self.uploads += files.values()
        for file in files.values():
            self.files[request.query["t"]] = file
        return web.json_response({})

    async def _picture(self, request: web.Request) -> web.Response:
        found = self.pictures.get(request.match_info["name"])
        return web.Response(body=found) if found is not None else web.Response(status=404)


def _faults(message: Any, tokens: Collection[str]) -> list[str]:
    if not isinstance(message, dict) or not set(message) <= {"text", "attachments"} or not message:
        return [f"a message of {message!r:.80}"]
    attachments = message.get("attachments", [])
    found = [] if len(attachments) <= 5 else [f"{len(attachments)} attachments"]
    if "text" in message and not message["text"]:
        found.append("an empty text")
    kinds = Counter(what["type"] for what in attachments)
    for what in attachments:
        if what["type"] == "INLINE_KEYBOARD":
            found += _keyboard(what["payload"])
        elif what["type"] not in ("IMAGE", "FILE"):
            found.append(f"attachment {what['type']}")
        elif what["payload"].get("token") not in tokens:
            found.append("a token that nobody gave")
    return found + (["two keyboards"] if kinds["INLINE_KEYBOARD"] > 1 else [])


def _keyboard(payload: dict[str, Any]) -> list[str]:
    found = []
    for row in payload["keyboard"]["buttons"]:
        if not row:
            found.append("an empty row")
        for button in row:
            if set(button) != BUTTONS.get(button.get("type")) or button["intent"] not in (
                "DEFAULT",
                "POSITIVE",
                "NEGATIVE",
            ):
                found.append(f"a button of {sorted(button)}")
            if not button.get("text"):
                found.append("a button without a label")
    return found
