"""Meta's Graph API for one WhatsApp number, on loopback."""

import hashlib
import hmac
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from io import BytesIO
from pathlib import Path
from time import monotonic
from typing import Any

import aiohttp
from aiohttp import web
from jsonschema import Draft202012Validator

from bot.clock import Clock
from tests.emulators.base import Emulator

_CONTRACT: dict[str, Any] = json.loads((Path(__file__).parent / "contract.json").read_text("utf-8"))
_ADDED = {
    "recipient": {"type": "string", "pattern": r"^[A-Z]{2}\.[A-Za-z0-9.]{1,140}$"},
    "biz_opaque_callback_data": {"type": "string", "maxLength": 512},
}
WINDOW = timedelta(hours=24)
_MEDIA = {"image": (("image/jpeg", "image/png"), 5 * 1024**2), "document": (None, 100 * 1024**2)}


async def _form(request: web.Request) -> dict[str, Any]:
    """The parts of a form by name; aiohttp cannot read it once the body has been looked at."""
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    parts: Any = message_from_bytes(head + await request.read()).get_payload()
    return {part.get_param("name", header="content-disposition"): part for part in parts}


def _validator(kind: str) -> Draft202012Validator:
    schema = dict(_CONTRACT[kind])
    if kind == "read":
        schema = schema | {"additionalProperties": False}
        schema["properties"] = schema["properties"] | {
            "typing_indicator": {"type": "object", "required": ["type"], "properties": {"type": {"const": "text"}}}
        }
        return Draft202012Validator(schema)
    schema["properties"] = schema["properties"] | _ADDED
    schema["required"] = [name for name in schema["required"] if name != "to"]
    schema["oneOf"] = [{"required": ["to"]}, {"required": ["recipient"]}]
    return Draft202012Validator(schema)


_VALIDATORS = {kind: _validator(kind) for kind in _CONTRACT}


def faults_of(body: dict[str, Any]) -> list[str]:
    """What Meta's schema says against a body of ``POST /messages``."""
    kind = "read" if body.get("status") == "read" else str(body.get("type"))
    validator = _VALIDATORS.get(kind)
    return [fault.message for fault in validator.iter_errors(body)] if validator else [f"type {kind}"]


class GraphError(Exception):
    """A refusal in Meta's words."""

    def __init__(self, status: int, code: int, message: str, details: str = "", **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers
        self.body = {
            "error": {
                "message": f"(#{code}) {message}",
                "type": "OAuthException",
                "code": code,
                "error_data": {"messaging_product": "whatsapp", "details": details or message},
                "fbtrace_id": f"TRACE{code}",
            }
        }


@dataclass(frozen=True, slots=True)
class Taken:
    """One message that Meta took: ``to`` is digits or a business-scoped id."""

    to: str
    message_id: str
    body: dict[str, Any]
    at: float

    @property
    def text(self) -> str:
        """Its words, wherever they stand."""
        body = self.body
        inner = body[body["type"]]
        words = inner.get("body") or inner.get("caption") or ""
        return str(words["text"] if isinstance(words, dict) else words)


@dataclass(slots=True)
class WhatsAppEmulator(Emulator):
    """The truth about one number: who wrote when, what was taken, what was read.

    Attributes:
        clock: Whose hours close the window.
        tick: Seconds that the rates are measured in.
        rate_per_s / burst / every_s: Meta's limits: of the number, and of one pair.
        templates: Approved: name → (language, how many places).
        refused: Recipients by the code that Meta answers for them.
        first: Number before the first message's; an emulator that follows another must not give out the same ones.
    """

    clock: Clock
    number: str = "106540352242922"
    token: str = "test-token"
    secret: str = "test-app-secret"
    word: str = "test-verify-token"
    tick: Callable[[], float] = monotonic
    rate_per_s: int = 80
    burst: int = 45
    every_s: float = 6.0
    templates: dict[str, tuple[str, int]] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    floods: int = 0
    pair_floods: int = 0
    first: int = 0

    def __post_init__(self) -> None:
        Emulator.__init__(self)
        self._heard: dict[str, datetime] = {}
        self._recent: list[float] = []
        self._pairs: dict[str, tuple[float, float]] = {}
        self._numbered = self.first
        self.app.add_routes(
            [
                web.post("/v23.0/{number}/messages", self._answer(self._messages)),
                web.post("/v23.0/{number}/media", self._answer(self._upload)),
                web.get("/v23.0/{id}", self._answer(self._about)),
                web.get("/files/{id}", self._download),
            ]
        )

    @property
    def api_url(self) -> str:
        """For ``channels.whatsapp.api_url``."""
        return f"{self.url}/v23.0"

    # --- the API ---------------------------------------------------------------------------------

    def _answer(self, serve: Callable[[web.Request], Any]) -> Any:
        async def answered(request: web.Request) -> web.Response:
            try:
                if request.headers.get("Authorization") != f"Bearer {self.token}":
                    raise GraphError(401, 190, "Invalid OAuth access token")
                if request.match_info.get("number", self.number) != self.number:
                    raise GraphError(400, 100, "Unsupported post request. Object does not exist")
                return web.json_response(await serve(request))
            except GraphError as error:
                return web.json_response(error.body, status=error.status, headers=error.headers)

        return answered

    async def _messages(self, request: web.Request) -> dict[str, Any]:
        body = await request.json()
        if body.get("status") == "read":
            self._check("read", body)
            self.read.append(body["message_id"])
            return {"success": True}
        self._check(str(body.get("type")), body)
        self._limits_of_the_number()
        to = str(body.get("to") or body.get("recipient"))
        self._flow(to)
        if to in self.refused:
            raise GraphError(400, self.refused[to], "Message undeliverable")
        if body["type"] == "template":
            self._template(body["template"])
        elif to not in self._heard or self.clock.now() - self._heard[to] > WINDOW:
            raise GraphError(
                400, 131047, "Re-engagement message", "More than 24 hours have passed since the recipient last replied."
            )
        self._numbered += 1
        message_id = f"wamid.OUT{self._numbered:06}"
        self.taken.append(Taken(to, message_id, body, self.tick()))
        contact = {"input": to} | ({"wa_id": to} if "to" in body else {"user_id": to})
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": message_id}]}

    def _check(self, kind: str, body: dict[str, Any]) -> None:
        """Meta's schema, and what its pages say beside it."""
        faults = faults_of(body)
        if body.get("messaging_product") != "whatsapp":
            faults.append("messaging_product")
        if not faults and kind != "read":
            faults = self._beside_the_schema(kind, body[kind])
        if faults:
            self.wrong.append(f"{kind}: {faults[0][:200]}")
            raise GraphError(400, 131009, "Parameter value is not valid", faults[0][:200])

    def _beside_the_schema(self, kind: str, inner: dict[str, Any]) -> list[str]:
        faults = []
        if kind == "text" and not 0 < len(inner.get("body", "").strip()) <= len(inner.get("body", "")) <= 4096:
            faults.append("text.body must have 1 to 4096 characters")
        if kind == "location" and not (abs(float(inner["latitude"])) <= 90 and abs(float(inner["longitude"])) <= 180):
            faults.append("location")
        if kind in _MEDIA:
            faults += self._file(kind, inner)
        if kind == "interactive":
            faults += self._pressable(inner)
        return faults

    def _file(self, kind: str, inner: dict[str, Any]) -> list[str]:
        allowed, largest = _MEDIA[kind]
        known = self.media.get(inner.get("id", ""))
        if known is None:
            return ["Media not found: upload it first"]
        faults = [] if allowed is None or known[0] in allowed else [f"{known[0]} is no {kind}"]
        if len(known[1]) > largest:
            faults.append("media too large")
        if len(inner.get("caption", "")) > 1024:
            faults.append("caption is longer than 1024")
        return faults

    def _pressable(self, inner: dict[str, Any]) -> list[str]:
        action, faults = inner["action"], []
        if inner["type"] == "button":
            items = [button["reply"] for button in action["buttons"]]
            titles = [item["title"] for item in items]
            if len(set(titles)) < len(titles):
                faults.append("titles of buttons must differ")
        else:
            items = [row for section in action["sections"] for row in section["rows"]]
            if not 1 <= len(items) <= 10 or not action["button"].strip():
                faults.append("a list has 1 to 10 rows in all")
            if "header" in inner and inner["header"]["type"] != "text":
                faults.append("a list has no picture in its header")
        ids = [item["id"] for item in items]
        if len(set(ids)) < len(ids) or any(not name or name != name.strip() for name in ids):
            faults.append("ids must differ, with no blank at their ends")
        if any(not item["title"].strip() for item in items) or not inner.get("body", {}).get("text", "").strip():
            faults.append("an empty title or body")
        header = inner.get("header", {"type": "text"})
        return faults + (self._file(header["type"], header[header["type"]]) if header["type"] in _MEDIA else [])

    def _template(self, template: dict[str, Any]) -> None:
        language, places = self.templates.get(template["name"], ("", 0))
        if template["language"]["code"] != language:
            raise GraphError(404, 132001, "Template name does not exist in the translation")
        values = [value for part in template.get("components", ()) for value in part["parameters"]]
        if len(values) != places:
            raise GraphError(400, 132000, "Number of parameters does not match the expected number of params")
        if any("\n" in value["text"] or "\t" in value["text"] or not value["text"] for value in values):
            raise GraphError(400, 132012, "Parameter format does not match format in the created template")

    def _limits_of_the_number(self) -> None:
        """Meta: throughput is inclusive of inbound and outbound messages; only a sending is refused."""
        now = self.tick()
        self._recent = [at for at in self._recent if now - at < 1.0]
        if len(self._recent) >= self.rate_per_s:
            self.floods += 1
            raise GraphError(429, 130429, "Rate limit hit", "Cloud API message throughput has been reached.")
        self._recent.append(now)

    def _flow(self, to: str) -> None:
        now = self.tick()
        spent, at = self._pairs.get(to, (0.0, now))
        spent = max(0.0, spent - (now - at) / self.every_s)
        if spent + 1 > self.burst + 0.01:
            self.floods += 1
            self.pair_floods += 1
            raise GraphError(400, 131056, "(Business Account, Consumer Account) pair rate limit hit")
        self._pairs[to] = (spent + 1, now)

    async def _upload(self, request: web.Request) -> dict[str, Any]:
        form = await _form(request)
        product, upload = form.get("messaging_product"), form.get("file")
        if product is None or product.get_payload(decode=True) != b"whatsapp" or upload is None:
            self.wrong.append("media: messaging_product and file are wanted")
            raise GraphError(400, 100, "Invalid parameter")
        media_id = str(1_000_000 + len(self.media))
        self.media[media_id] = (upload.get_content_type(), upload.get_payload(decode=True))
        return {"id": media_id}

    async def _about(self, request: web.Request) -> dict[str, Any]:
        name = request.match_info["id"]
        if name == self.number:
            about = {
                "display_phone_number": "+7 999 000-11-22",
                "verified_name": "Библиотека",
                "quality_rating": "GREEN",
            }
            return about | {"id": name}
        if name not in self.media:
            raise GraphError(400, 100, "Unsupported get request. Object does not exist")
        kind, data = self.media[name]
        url = f"{self.url}/files/{name}"
        return {"messaging_product": "whatsapp", "id": name, "url": url, "mime_type": kind, "file_size": len(data)}

    async def _download(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return web.Response(status=401)
        kind, data = self.media[request.match_info["id"]]
        return web.Response(body=data, content_type=kind)

    # --- what Meta posts -------------------------------------------------------------------------

    def hears(self, phone: str, text: str, **message: Any) -> dict[str, Any]:
        """A reader writes: one item of ``messages``, and the window is open from now on."""
        self._heard[phone] = self.clock.now()
        self._recent.append(self.tick())
        self._numbered += 1
        sender = {"from": phone} if phone.isdigit() else {"from_user_id": phone}
        item = {"id": f"wamid.IN{self._numbered:06}", "timestamp": str(int(self.clock.now().timestamp())), **sender}
        return item | (message or {"type": "text", "text": {"body": text}})

    def status(self, taken: Taken, status: str, code: int = 0) -> dict[str, Any]:
        """One item of ``statuses``."""
        item = {
            "id": taken.message_id,
            "status": status,
            "timestamp": str(int(self.clock.now().timestamp())),
            "recipient_id": taken.to,
            "biz_opaque_callback_data": taken.body.get("biz_opaque_callback_data", ""),
        }
        if code:
            item["errors"] = [{"code": code, "title": "failed", "error_data": {"details": "failed"}}]
        return item

    def body(self, messages: Sequence[Any] = (), statuses: Sequence[Any] = (), entries: int = 1) -> bytes:
        r"""One POST over some entries, other letters as ``\uXXXX``."""
        changes: list[list[Any]] = [[] for _ in range(entries)]
        items = [("messages", item) for item in messages] + [("statuses", item) for item in statuses]
        for place, (kind, item) in enumerate(items):
            value = {
                "messaging_product": "whatsapp",
                "metadata": {"display_phone_number": "79990001122", "phone_number_id": self.number},
                kind: [item],
            }
            changes[place * entries // len(items)].append({"field": "messages", "value": value})
        listed = [{"id": "1", "changes": inner} for inner in changes]
        return json.dumps({"object": "whatsapp_business_account", "entry": listed}).replace("/", "\\/").encode()

    def signed(self, body: bytes) -> dict[str, str]:
        """The header that proves a body to be Meta's."""
        return {"X-Hub-Signature-256": "sha256=" + hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()}

    async def deliver(self, hook: str, body: bytes, *, times: int = 1) -> int:
        """Post a body to us, signed over its bytes; again and again where Meta doubts. Returns the last status."""
        headers = {**self.signed(body), "Content-Type": "application/json"}
        status = 0
        async with aiohttp.ClientSession() as session:
            for _ in range(times):
                async with session.post(hook, data=BytesIO(body), headers=headers) as answer:
                    status = answer.status
        return status

    async def verify(self, hook: str, word: str = "") -> tuple[int, str]:
        """Ask as Meta does when the webhook is registered."""
        query = {
            "hub.mode": "subscribe",
            "hub.verify_token": word or self.word,
            "hub.challenge": str(random.getrandbits(31)),
        }
        async with aiohttp.ClientSession() as session, session.get(hook, params=query) as answer:
            said = await answer.text()
            return answer.status, "echoed" if said == query["hub.challenge"] else said
