"""The server: every call is held against the contract, rates are counted, refusals have the real bodies."""

import asyncio
from collections import Counter, deque
from itertools import count
from typing import Any

from aiohttp import web

from tests.emulators.base import Emulator, uploaded
from tests.emulators.max.contract import faults, shown
from tests.emulators.max.updates import BOT, Update, Updates

KNOWN = frozenset(
    {"bot_added", "bot_started", "bot_stopped", "bot_removed", "chat_title_changed", "dialog_cleared", "dialog_muted",
     "dialog_unmuted", "dialog_removed", "message_callback", "message_created", "message_edited", "message_removed",
     "user_added", "user_removed"}
)  # fmt: skip


class MaxServer(Emulator):
    """One bot of MAX.

    Args:
        first: Number of the first message; a server that follows another must not give out the same ones.

    Attributes:
        said: What readers were sent, by user: bodies of ``POST /messages``, in order.
        mids: Their ids, in the same order.
        answered: Ids of presses that were answered.
        subscriptions: As ``GET /subscriptions`` shows them; a test takes one away.
        secrets: The secret of each subscription.
        registered: Set by every new one.
        gone / blocked: Users that nobody knows, and who stopped the bot.
        not_ready: So many sendings of a file are still too early.
        uploads: Names and bytes that were uploaded.
        rate_per_s / rate_per_chat_per_s: Above these it answers 429; 0 for never.
    """

    def __init__(self, token: str, *, first: int = 1) -> None:
        super().__init__()
        self.token = token
        self.updates = Updates(token, first)
        self.said: dict[int, list[dict[str, Any]]] = {}
        self.mids: dict[int, list[str]] = {}
        self.answered: list[str] = []
        self.subscriptions: list[dict[str, Any]] = []
        self.secrets: dict[str, str] = {}
        self.registered = asyncio.Event()
        self.gone: set[int] = set()
        self.blocked: set[int] = set()
        self.not_ready = 0
        self.uploads: list[tuple[str, bytes]] = []
        self.pictures: dict[str, bytes] = {}
        self.rate_per_s = 30.0
        self.rate_per_chat_per_s = 2.0
        self.floods: Counter[str] = Counter()
        self._recent: dict[str, deque[float]] = {}
        self._queue: list[Update] = []
        self._mids = count(first)
        self.app.add_routes(
            [
                web.get("/me", self._me),
                web.get("/subscriptions", self._subscriptions),
                web.post("/subscriptions", self._subscribe),
                web.delete("/subscriptions", self._unsubscribe),
                web.post("/messages", self._messages),
                web.post("/answers", self._answers),
                web.post("/uploads", self._uploads),
                web.post("/upload.do", self._upload),
                web.get("/updates", self._updates),
                web.get("/i/{name}", self._picture),
            ]
        )

    def texts(self, user_id: int) -> list[str]:
        """What a reader sees, one text a message."""
        return [shown(body) for body in self.said.get(user_id, [])]

    def tell(self, *updates: Update) -> None:
        """Updates that wait for the next poll."""
        self._queue += updates

    # --- refusals --------------------------------------------------------------------------------

    @staticmethod
    def _refusal(status: int, code: str, message: str = "") -> web.Response:
        return web.json_response({"code": code, "message": message}, status=status)

    def _stranger(self, request: web.Request) -> web.Response | None:
        if "access_token" in request.query:
            self.wrong.append("the token stands in the query")
        if request.headers.get("Authorization") == self.token:
            return None
        return self._refusal(401, "verify.token", "Invalid access_token")

    def _flooded(self, *limits: tuple[str, float]) -> web.Response | None:
        now = asyncio.get_running_loop().time()
        for key, rate in limits:
            recent = self._recent.setdefault(key, deque())
            while recent and recent[0] <= now - 1.0:
                recent.popleft()
            if rate and len(recent) >= rate:
                self.floods[key] += 1
                return self._refusal(429, "too.many.requests", "Too Many Request")
        for key, _ in limits:
            self._recent[key].append(now)
        return None

    def _against_contract(self, name: str, body: Any) -> web.Response | None:
        found = faults(name, body)
        self.wrong += found
        return self._refusal(400, "proto.payload", found[0]) if found else None

    # --- calls -----------------------------------------------------------------------------------

    async def _me(self, request: web.Request) -> web.Response:
        return self._stranger(request) or web.json_response({**BOT, "last_activity_time": 1})

    async def _subscriptions(self, request: web.Request) -> web.Response:
        return self._stranger(request) or web.json_response({"subscriptions": self.subscriptions})

    async def _subscribe(self, request: web.Request) -> web.Response:
        body = await request.json()
        refused = self._stranger(request) or self._against_contract("SubscriptionRequestBody", body)
        if refused:
            return refused
        if not body["url"].startswith("https://"):
            return web.json_response({"success": False, "message": "https only"})
        if unknown := set(body.get("update_types", ())) - KNOWN:
            self.wrong.append(f"unknown update types {sorted(unknown)}")
        self.subscriptions = [item for item in self.subscriptions if item["url"] != body["url"]]
        self.subscriptions.append({"url": body["url"], "time": 1, "update_types": body.get("update_types")})
        self.secrets[body["url"]] = body.get("secret", "")
        self.registered.set()
        return web.json_response({"success": True})

    async def _unsubscribe(self, request: web.Request) -> web.Response:
        if refused := self._stranger(request):
            return refused
        url = request.query["url"]
        self.subscriptions = [item for item in self.subscriptions if item["url"] != url]
        return web.json_response({"success": True})

    async def _messages(self, request: web.Request) -> web.Response:
        body = await request.json()
        if refused := self._stranger(request) or self._against_contract("NewMessageBody", body):
            return refused
        if set(request.query) != {"user_id"}:
            self.wrong.append(f"query {sorted(request.query)}")
        user = int(request.query["user_id"])
        if refused := self._flooded(("bot", self.rate_per_s), (f"chat {user}", self.rate_per_chat_per_s)):
            return refused
        if user in self.gone:
            return self._refusal(404, "chat.not.found")
        if user in self.blocked:
            return self._refusal(403, "access.denied")
        if self.not_ready and any(item["type"] in ("image", "file") for item in body["attachments"] or ()):
            self.not_ready -= 1
            return self._refusal(400, "attachment.not.ready")
        mid = f"mid.out{next(self._mids)}"
        self.said.setdefault(user, []).append(body)
        self.mids.setdefault(user, []).append(mid)
        message = {
            "recipient": {"chat_id": -user, "chat_type": "dialog", "user_id": user},
            "timestamp": 1,
            "body": {"mid": mid, "seq": 1, "text": body["text"]},
            "sender": BOT,
        }
        return web.json_response({"message": message})

    async def _answers(self, request: web.Request) -> web.Response:
        body = await request.json()
        if refused := self._stranger(request) or self._against_contract("CallbackAnswer", body):
            return refused
        if not (body.get("message") or body.get("notification")):
            self.wrong.append("an answer without message and notification")
        self.answered.append(request.query["callback_id"])
        return web.json_response({"success": True})

    async def _uploads(self, request: web.Request) -> web.Response:
        if refused := self._stranger(request):
            return refused
        kind = request.query.get("type")
        if kind not in ("image", "file"):
            self.wrong.append(f"upload of {kind}")
        return web.json_response({"url": f"{self.url}/upload.do?type={kind}"})

    async def _upload(self, request: web.Request) -> web.Response:
        if "Authorization" in request.headers:
            self.wrong.append("the token was given to the upload server")
        files = await uploaded(request)
        if "data" not in files:
            self.wrong.append("no field data in an upload")
            return web.Response(status=400)
        self.uploads.append(files["data"])
        token = f"token-{len(self.uploads)}"
        if request.query["type"] == "image":
            return web.json_response({"photos": {"1": {"token": token}}})
        return web.json_response({"token": token})

    async def _picture(self, request: web.Request) -> web.Response:
        if "Authorization" in request.headers:
            self.wrong.append("the token was given to the picture server")
        found = self.pictures.get(request.match_info["name"])
        return web.Response(body=found) if found is not None else web.Response(status=404)

    async def _updates(self, request: web.Request) -> web.Response:
        if refused := self._stranger(request) or self._flooded(("updates", 2.0)):
            return refused
        if self.subscriptions:
            return web.json_response({"updates": [], "marker": None})
        if (
            not 0 <= int(request.query.get("timeout", 30)) <= 90
            or not 1 <= int(request.query.get("limit", 100)) <= 1000
        ):
            self.wrong.append("timeout or limit out of range")
        begin = int(request.query["marker"]) if "marker" in request.query else max(len(self._queue) - 1, 0)
        batch = self._queue[begin : begin + int(request.query.get("limit", 100))]
        return web.json_response({"updates": batch, "marker": begin + len(batch)})
