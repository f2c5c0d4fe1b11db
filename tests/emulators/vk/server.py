"""The VK API as a community's bot meets it. Strict: what breaks the contract is an error and noted in ``wrong``."""

import asyncio
import json
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from email.message import Message
from email.parser import BytesParser
from typing import Any

from aiohttp import web

from tests.emulators.base import Emulator
from tests.emulators.vk import contract
from tests.emulators.vk.contract import VkFault, checked
from tests.emulators.vk.delivery import Callback, LongPollQueue
from tests.emulators.vk.script import calls_of
from tests.emulators.vk.world import CLIENT_INFO, Reader, Upload, conversation

GROUP = 123456789
TOKEN = "vk1.a.test-token"
SECRET = "test-vk-secret"
CALLS_PER_S = 20
OUR_FAULTS = frozenset({3, 8, 12, 13, 100, 910, 911, 913, 914, 940})
SAME_WITHIN = 100
"""Messages of a conversation among which ``random_id`` is looked for."""


class VkEmulator(Emulator):
    """One community.

    Args:
        calls_per_s: More are answered with error 6; 0 for no limit.
        hook: Where the Callback API delivers; "" for Bots Long Poll.
        to_one_an_hour: More messages to one reader are answered with error 9.
    """

    def __init__(self, *, calls_per_s: float = CALLS_PER_S, hook: str = "", to_one_an_hour: int = 1_000) -> None:
        super().__init__()
        self.readers: dict[int, Reader] = {}
        self.answered: list[str] = []
        self.scripts: list[int] = []
        self.rate_faults = 0
        self.repeats = 0
        self.queue = LongPollQueue()
        self.callback = Callback(hook, self._signed)
        self.is_enabled = True
        self.server_status = "ok"
        self.registered = ""  # the Callback API's address as the settings show it, where it is not the real one
        self.spoils: deque[int] = deque()
        self._per_s = calls_per_s
        self._to_one = to_one_an_hour
        self._recent: deque[float] = deque()
        self._sent_at: dict[int, deque[float]] = {}
        self._uploads: dict[str, Upload] = {}
        self.pictures: dict[str, bytes] = {}
        self._files: dict[str, Upload] = {}
        self.app.router.add_route("*", "/method/{method}", self._method)
        self.app.router.add_route("*", "/longpoll/{group}", self._longpoll)
        self.app.router.add_post("/upload/{key}", self._upload)
        self.app.router.add_get("/photo/{name}", self._photo)

    async def __aexit__(self, *error: object) -> None:
        await self.callback.aclose()
        await super().__aexit__(*error)

    # --- what readers do -------------------------------------------------------------------------

    def reader(self, user_id: int = 100001) -> Reader:
        """The person, made at the first mention."""
        return self.readers.setdefault(user_id, Reader(user_id))

    def says(self, text: str, user_id: int = 100001, **more: Any) -> dict[str, Any]:
        """A reader writes; the event goes its way."""
        reader = self.reader(user_id)
        reader.allows = True
        message = reader.put(text, out=False, from_id=user_id, **more)
        return self.happens("message_new", {"message": message, "client_info": CLIENT_INFO})

    def presses(self, label: str, user_id: int = 100001) -> dict[str, Any]:
        """A reader presses a button under the last message that has one so called."""
        for message in reversed(self.reader(user_id).heard):
            for button in [one for row in message.get("keyboard", {}).get("buttons", []) for one in row]:
                action = button["action"]
                if action["label"] == label and action["type"] == "text":
                    return self.says(label, user_id, payload=action["payload"])
                if action["label"] == label:
                    pressed = {
                        "user_id": user_id,
                        "peer_id": user_id,
                        "event_id": secrets.token_hex(6),
                        "payload": json.loads(action["payload"]),
                        "conversation_message_id": message["conversation_message_id"],
                    }
                    return self.happens("message_event", pressed)
        raise AssertionError(f"no button {label!r}")

    def happens(self, kind: str, what: Mapping[str, Any], **envelope: Any) -> dict[str, Any]:
        """An event of the community."""
        event = {
            "type": kind,
            "object": what,
            "group_id": GROUP,
            "event_id": secrets.token_hex(20),
            "v": "5.199",
            **envelope,
        }
        if self.callback.address:
            self.callback.put(event)
        else:
            self.queue.put(event)
        return event

    def _signed(self, event: Mapping[str, Any]) -> dict[str, Any]:
        return {**event, "secret": SECRET}

    # --- the API ---------------------------------------------------------------------------------

    async def _method(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        given = {**request.query, **{name: str(value) for name, value in (await request.post()).items()}}
        try:
            self._admit(given)
            answer = self._executed(given) if method == "execute" else {"response": self._called(method, given)}
        except VkFault as fault:
            shown = [{"key": name, "value": value} for name, value in given.items() if name != "access_token"]
            answer = {"error": {"error_code": fault.code, "error_msg": str(fault), "request_params": shown}}
        return web.json_response(answer)

    def _admit(self, given: Mapping[str, str]) -> None:
        if given.get("access_token") != TOKEN:
            raise VkFault(5)
        if given.get("v") != "5.199":
            self.wrong.append(f"version {given.get('v')}")
            raise VkFault(8, "version")
        if self.spoils:
            raise VkFault(self.spoils.popleft())
        now = time.monotonic()
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()
        if self._per_s and len(self._recent) >= self._per_s:
            self.rate_faults += 1
            raise VkFault(6)
        self._recent.append(now)

    def _executed(self, given: Mapping[str, str]) -> dict[str, Any]:
        calls = calls_of(str(checked("execute", given)["code"]))
        self.scripts.append(len(calls))
        results: list[Any] = []
        errors = []
        for method, values in calls:
            try:
                results.append(self._called(method, values))
            except VkFault as fault:
                results.append(False)
                errors.append({"method": method, "error_code": fault.code, "error_msg": str(fault)})
        return {"response": results, **({"execute_errors": errors} if errors else {})}

    def _called(self, method: str, given: Mapping[str, Any]) -> Any:
        try:
            values = checked(method, given)
            answer = self._methods().get(method)
            if answer is None:
                raise VkFault(3, method)
            return answer(values)
        except VkFault as fault:
            if fault.code in OUR_FAULTS:
                self.wrong.append(f"{method}: {fault}")
            raise

    def _methods(self) -> Mapping[str, Callable[[Mapping[str, Any]], Any]]:
        return {
            "messages.send": self._send,
            "messages.sendMessageEventAnswer": self._answered,
            "messages.setActivity": lambda values: 1,
            "messages.getConversations": self._conversations,
            "messages.getHistory": self._history,
            "groups.getById": self._group,
            "groups.getLongPollServer": lambda values: self.queue.server(f"{self.url}/longpoll/{GROUP}"),
            "groups.getLongPollSettings": self._poll_settings,
            "groups.getCallbackServers": self._servers,
            "groups.getCallbackSettings": lambda values: {"api_version": "5.199", "events": self._events()},
            "photos.getMessagesUploadServer": lambda values: self._place("photo"),
            "photos.saveMessagesPhoto": self._save_photo,
            "docs.getMessagesUploadServer": lambda values: self._place("doc"),
            "docs.save": self._save_doc,
        }

    # --- messages --------------------------------------------------------------------------------

    def _send(self, values: Mapping[str, Any]) -> Any:
        if "random_id" not in values:
            raise VkFault(100, "random_id is undefined")
        if "peer_ids" in values:
            return [self._sent_to(peer_id, values) for peer_id in values["peer_ids"]]
        return self._sent(values.get("peer_id") or values.get("user_id") or 0, values)

    def _sent_to(self, peer_id: int, values: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return {"peer_id": peer_id, "message_id": self._sent(peer_id, values)}
        except VkFault as fault:
            error = {"code": fault.code, "description": str(fault)}
            return {"peer_id": peer_id, "message_id": 0, "error": error}

    def _sent(self, peer_id: int, values: Mapping[str, Any]) -> int:
        reader = self.readers.get(peer_id)
        if reader is None or not reader.allows:
            raise VkFault(901)
        if reader.refuses:
            raise VkFault(reader.refuses)
        text, key = str(values.get("message", "")), int(values["random_id"])
        self._check_message(values, text)
        if key and (before := next((one for one in reader.heard[-SAME_WITHIN:] if one["random_id"] == key), None)):
            self.repeats += 1
            return int(before["id"])
        now = time.monotonic()
        sent_at = self._sent_at.setdefault(peer_id, deque())
        while sent_at and sent_at[0] <= now - 3600:
            sent_at.popleft()
        if len(sent_at) >= self._to_one:
            raise VkFault(9)
        sent_at.append(now)
        more = {"keyboard": json.loads(values["keyboard"])} if "keyboard" in values else {}
        more |= {name: values[name] for name in ("lat", "long", "attachment") if name in values}
        message = reader.put(text, out=True, from_id=-GROUP, random_id=key, **more)
        self.happens("message_reply", {name: value for name, value in message.items() if name not in more})
        return int(message["id"])

    def _check_message(self, values: Mapping[str, Any], text: str) -> None:
        if len(text.encode("utf-16-le")) // 2 > contract.MAX_TEXT:
            raise VkFault(914)
        if not text.strip() and "attachment" not in values and "lat" not in values:
            raise VkFault(100, "message is empty or invalid")
        if ("lat" in values) != ("long" in values):
            raise VkFault(100, "lat without long")
        if not abs(values.get("lat", 0)) <= 90 or not abs(values.get("long", 0)) <= 180:
            raise VkFault(100, "lat, long")
        if "keyboard" in values:
            contract.check_keyboard(values["keyboard"])
        attached = [one for one in str(values.get("attachment", "")).split(",") if one]
        if len(attached) > contract.MAX_ATTACHMENTS or any(one not in self._files for one in attached):
            raise VkFault(100, "attachment")

    def _answered(self, values: Mapping[str, Any]) -> int:
        self.answered.append(values["event_id"])
        return 1

    def _conversations(self, values: Mapping[str, Any]) -> dict[str, Any]:
        known = [reader for reader in self.readers.values() if reader.messages]
        if values.get("filter") == "unanswered":
            known = [reader for reader in known if not reader.messages[-1]["out"]]
        known.sort(key=lambda reader: int(reader.messages[-1]["id"]), reverse=True)
        items = [conversation(reader) for reader in known][: values.get("count", 20)]
        return {"count": len(known), "items": items}

    def _history(self, values: Mapping[str, Any]) -> dict[str, Any]:
        messages = self.reader(values["peer_id"]).messages
        return {"count": len(messages), "items": messages[::-1][: values.get("count", 20)]}

    # --- the community ---------------------------------------------------------------------------

    def _group(self, values: Mapping[str, Any]) -> dict[str, Any]:
        group = {"id": GROUP, "name": "Районная библиотека", "screen_name": "rayon_library", "is_closed": 0}
        return {"groups": [{**group, "type": "group"}], "profiles": []}

    def _poll_settings(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {"is_enabled": self.is_enabled, "api_version": "5.199", "events": self._events()}

    def _servers(self, values: Mapping[str, Any]) -> dict[str, Any]:
        server = {
            "id": 1,
            "title": "bibliobot",
            "creator_id": 1,
            "url": self.registered or self.callback.address,
            "secret_key": SECRET,
            "status": self.server_status,
        }
        items = [server] if self.callback.address else []
        return {"count": len(items), "items": items}

    @staticmethod
    def _events() -> dict[str, int]:
        kinds = ("new", "event", "allow", "deny", "edit", "reply", "read")
        return {f"message_{kind}": 1 for kind in kinds} | {"wall_post_new": 0}

    # --- files -----------------------------------------------------------------------------------

    def _place(self, kind: str) -> dict[str, Any]:
        key = secrets.token_urlsafe(12)
        self._uploads[key] = Upload(kind)
        where: dict[str, Any] = {"upload_url": f"{self.url}/upload/{key}"}
        return {**where, "album_id": -64, "group_id": 0} if kind == "photo" else where

    async def _upload(self, request: web.Request) -> web.Response:
        key = request.match_info["key"]
        parts = _files(request.headers.get("Content-Type", ""), await request.read())
        if key not in self._uploads or len(parts) != 1:
            return web.json_response({"error": "ERR_UPLOAD_BAD_REQUEST"})
        self._uploads[key].data = parts[0]
        if self._uploads[key].kind == "photo":
            return web.json_response({"server": 626627, "photo": json.dumps([{"key": key}]), "hash": key})
        return web.json_response({"file": key})

    def _save_photo(self, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        upload = self._uploads.get(str(values.get("hash")))
        if upload is None or not upload.data or values.get("server") != 626627:
            raise VkFault(100, "photo")
        return [self._kept("photo", upload)]

    def _save_doc(self, values: Mapping[str, Any]) -> dict[str, Any]:
        upload = self._uploads.get(str(values["file"]))
        if upload is None or not upload.data:
            raise VkFault(105)
        return {"type": "doc", "doc": {**self._kept("doc", upload), "title": values.get("title", "")}}

    def _kept(self, kind: str, upload: Upload) -> dict[str, Any]:
        file_id, key = 457239000 + len(self._files), secrets.token_hex(9)
        self._files[f"{kind}{-GROUP}_{file_id}_{key}"] = upload
        upload.kept_as = {"id": file_id, "owner_id": -GROUP, "access_key": key}
        return dict(upload.kept_as)

    def file(self, name: str) -> Upload | None:
        """What an ``attachment`` names."""
        return self._files.get(name)

    def forget_files(self) -> None:
        """VK loses everything that was uploaded."""
        self._files.clear()

    async def _photo(self, request: web.Request) -> web.Response:
        if request.match_info["name"] == "gone.jpg":
            return web.Response(status=404)
        junk = b"\xff\xd8" + bytes(1_000)
        return web.Response(body=self.pictures.get(request.match_info["name"], junk), content_type="image/jpeg")

    # --- Bots Long Poll --------------------------------------------------------------------------

    async def _longpoll(self, request: web.Request) -> web.Response:
        query = request.query
        if query.get("act") != "a_check" or not query.get("wait", "").isdecimal() or int(query["wait"]) > 90:
            self.wrong.append(f"long poll: {dict(query)}")
            return web.json_response({"failed": 4})
        async with asyncio.timeout(100):
            return web.json_response(await self.queue.asked(query.get("key", ""), query.get("ts", "")))


def _files(content_type: str, body: bytes) -> list[bytes]:
    """The files of a form; the body was read before, so aiohttp's own reader finds nothing."""
    form = BytesParser().parsebytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    parts = form.get_payload() if form.is_multipart() else []
    assert isinstance(parts, list)
    found = [part.get_payload(decode=True) for part in parts if isinstance(part, Message) and part.get_filename()]
    return [data for data in found if isinstance(data, bytes)]
