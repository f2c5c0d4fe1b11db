"""The Bot API on loopback, as strict as Telegram's."""

import asyncio
import json
from collections import defaultdict
from email import message_from_bytes
from email.policy import HTTP
from itertools import count
from typing import Any

import aiohttp
from aiohttp import web

from tests.emulators.base import Emulator
from tests.emulators.telegram.contract import METHODS, CannotParse, Uploaded, faults, plain
from tests.emulators.telegram.limits import Flood
from tests.emulators.telegram.updates import Updates

MAX_TEXT, MAX_CAPTION, MAX_DATA = 4096, 1024, 64
LONGEST_POLL_S = 50
BLOCKED = "Forbidden: bot was blocked by the user"


class Refusal(Exception):
    """An answer that is not ``ok``."""

    def __init__(self, status: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


class TelegramServer(Emulator):
    """One bot and its readers.

    Args:
        first: Number of the first message; a server that follows another must not give out the same ones.

    Attributes:
        said: By chat, what its reader sees: text, entities, keyboard, files, in order.
        blocked: Chats whose readers stopped the bot.
        moved: Groups that have become other chats.
        answered: Presses that were answered.
        webhook: What ``setWebhook`` was told, empty without one.
        commands: What ``setMyCommands`` was told.
        files: Files by their id at Telegram.
    """

    def __init__(self, token: str, *, username: str = "example_library_bot", first: int = 100) -> None:
        super().__init__()
        self.token, self.username = token, username
        self.flood = Flood(lambda: asyncio.get_running_loop().time())
        self.updates = Updates()
        self.said: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self.chats: set[int] = set()
        self.blocked: set[int] = set()
        self.moved: dict[int, int] = {}
        self.pressed: set[str] = set()
        self.answered: list[str] = []
        self.webhook: dict[str, Any] = {}
        self.commands: list[dict[str, str]] = []
        self.files: dict[str, bytes] = {}
        self._numbers, self._poller = count(first), 0
        self.app.router.add_route("*", "/bot{token}/{method}", self._call)
        self.app.router.add_get("/file/bot{token}/{path:.+}", self._file)

    # --- what readers do -------------------------------------------------------------------------

    def person(self, chat: int) -> dict[str, Any]:
        """A reader."""
        return {"id": chat, "is_bot": False, "first_name": "Анна", "language_code": "ru"}

    def message(self, chat: int, **what: Any) -> dict[str, Any]:
        """A message of a reader."""
        self.chats.add(chat)
        private = {"id": chat, "type": "private", "first_name": "Анна"}
        said: dict[str, Any] = {"message_id": next(self._numbers), "date": 1_772_438_400}
        return said | {"from": self.person(chat), "chat": private} | what

    def says(self, chat: int, text: str) -> dict[str, Any]:
        """A reader writes."""
        return self.updates.add("message", self.message(chat, text=text))

    def sends(self, chat: int, **what: Any) -> dict[str, Any]:
        """A reader sends something else."""
        return self.updates.add("message", self.message(chat, **what))

    def presses(self, chat: int, label: str) -> dict[str, Any]:
        """A reader presses a button of the last message that has it."""
        shown = next(one for one in reversed(self.said[chat]) if label in self.labels(one))
        [data] = [key["callback_data"] for row in shown["keyboard"] for key in row if key["text"] == label]
        return self.presses_under(shown, chat, data)

    def presses_under(self, shown: dict[str, Any], chat: int, data: str) -> dict[str, Any]:
        """A reader presses the button with these data under a message of ``said``."""
        query_id = f"q{next(self._numbers)}"
        query = {"id": query_id, "from": self.person(chat), "chat_instance": "1", "data": data}
        self.pressed.add(query_id)
        markup = {"inline_keyboard": shown["keyboard"]}
        message = {"message_id": shown["id"], "chat": {"id": chat, "type": "private"}, "date": 1_772_438_400}
        return self.updates.add("callback_query", query | {"message": message | {"reply_markup": markup}})

    @staticmethod
    def labels(shown: dict[str, Any]) -> list[str]:
        """The buttons under a message."""
        return [key["text"] for row in shown.get("keyboard") or [] for key in row]

    def texts(self, chat: int) -> list[str]:
        """What the reader reads."""
        return [shown["text"] for shown in self.said[chat]]

    # --- webhooks --------------------------------------------------------------------------------

    async def deliver(self, base: str, *, again: bool = False) -> list[int]:
        """Call the webhook with the oldest update of each chat; returns the answers' statuses.

        Args:
            base: Where the bot listens in this test, instead of the host it registered.
            again: Keep what was acknowledged, so that it comes again.
        """
        path = "/" + self.webhook["url"].split("/", 3)[3]
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret_token"]}
        statuses = []
        async with aiohttp.ClientSession() as session:
            for update in self.updates.heads():
                async with session.post(base + path, json=update, headers=headers) as answer:
                    statuses.append(answer.status)
                if 200 <= statuses[-1] < 300 and not again:
                    self.updates.waiting.remove(update)
        return statuses

    # --- the API ---------------------------------------------------------------------------------

    async def _call(self, request: web.Request) -> web.Response:
        try:
            if request.match_info["token"] != self.token:
                raise Refusal(401, "Unauthorized")
            method = next((name for name in METHODS if name.lower() == request.match_info["method"].lower()), "")
            if not method:
                raise Refusal(404, "Not Found")
            given = await _arguments(request)
            if found := faults(method, given):
                self.wrong += found
                raise Refusal(400, f"Bad Request: {found[0]}")
            read = {key: value if key in TEXTS else _value(value) for key, value in given.items()}
            result = await getattr(self, f"_{method}")(read)
        except Refusal as refusal:
            return _refused(refusal)
        return web.json_response({"ok": True, "result": result})

    async def _getMe(self, _: dict[str, Any]) -> Any:  # noqa: N802 - the API's own names, here and below
        return {
            "id": int(self.token.split(":", 1)[0]),
            "is_bot": True,
            "first_name": "Библиотека",
            "username": self.username,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    async def _getUpdates(self, given: dict[str, Any]) -> Any:  # noqa: N802
        if self.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
        self._poller += 1
        mine = self._poller
        self.updates.came.set()  # whoever polled before is thrown out
        if given.get("offset") is not None:
            self.updates.confirm(given["offset"])
        deadline = asyncio.get_running_loop().time() + min(given.get("timeout", 0), LONGEST_POLL_S)
        while True:
            if mine != self._poller:
                raise Refusal(409, "Conflict: terminated by other getUpdates request; make sure only one runs")
            found = self.updates.take(given.get("allowed_updates"), min(given.get("limit", 100), 100))
            left = deadline - asyncio.get_running_loop().time()
            if found or left <= 0:
                return found
            self.updates.came.clear()
            try:
                async with asyncio.timeout(left):
                    await self.updates.came.wait()
            except TimeoutError:
                return []

    async def _setWebhook(self, given: dict[str, Any]) -> Any:  # noqa: N802
        if given["url"] and not given["url"].startswith("https://"):
            raise Refusal(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = given if given["url"] else {}
        self.updates.came.set()
        return True

    async def _deleteWebhook(self, given: dict[str, Any]) -> Any:  # noqa: N802
        self.webhook = {}
        if given.get("drop_pending_updates"):
            self.updates.waiting.clear()
        return True

    async def _getWebhookInfo(self, _: dict[str, Any]) -> Any:  # noqa: N802
        url = self.webhook.get("url", "")
        return {"url": url, "has_custom_certificate": False, "pending_update_count": len(self.updates.waiting)}

    async def _setMyCommands(self, given: dict[str, Any]) -> Any:  # noqa: N802
        self.commands = given["commands"]
        return True

    async def _answerCallbackQuery(self, given: dict[str, Any]) -> Any:  # noqa: N802
        query = given["callback_query_id"]
        if query not in self.pressed:
            late = "query is too old and response timeout expired or query ID is invalid"
            raise Refusal(400, f"Bad Request: {late}")
        self.pressed.discard(query)
        self.answered.append(query)
        return True

    async def _sendChatAction(self, given: dict[str, Any]) -> Any:  # noqa: N802
        self._reachable(given["chat_id"])
        return True

    async def _getFile(self, given: dict[str, Any]) -> Any:  # noqa: N802
        name = given["file_id"]
        if name not in self.files:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        size = len(self.files[name])
        return {"file_id": name, "file_unique_id": name, "file_size": size, "file_path": f"photos/{name}.jpg"}

    async def _sendMessage(self, given: dict[str, Any]) -> Any:  # noqa: N802
        text, entities = self._words(given.get("text", ""), given.get("parse_mode"), MAX_TEXT)
        if not text.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        return self._shown(given, {"text": text, "entities": entities}, {"text": text})

    async def _sendPhoto(self, given: dict[str, Any]) -> Any:  # noqa: N802
        text, entities = self._words(given.get("caption", ""), given.get("parse_mode"), MAX_CAPTION)
        name = self._kept(given["photo"])
        size = {"file_id": name, "file_unique_id": name, "width": 90, "height": 90}
        shown = {"text": text, "entities": entities, "photo": name}
        return self._shown(given, shown, {"photo": [size], "caption": text})

    async def _sendDocument(self, given: dict[str, Any]) -> Any:  # noqa: N802
        text, entities = self._words(given.get("caption", ""), given.get("parse_mode"), MAX_CAPTION)
        name = self._kept(given["document"])
        shown = {"text": text, "entities": entities, "document": name}
        return self._shown(given, shown, {"document": {"file_id": name, "file_unique_id": name}, "caption": text})

    async def _sendVenue(self, given: dict[str, Any]) -> Any:  # noqa: N802
        point = {key: given[key] for key in ("latitude", "longitude")}
        venue = {"location": point, "title": given["title"], "address": given["address"]}
        return self._shown(given, {"text": given["title"], "venue": venue}, {"venue": venue, "location": point})

    async def _sendLocation(self, given: dict[str, Any]) -> Any:  # noqa: N802
        point = {key: given[key] for key in ("latitude", "longitude")}
        return self._shown(given, {"text": "", "location": point}, {"location": point})

    # --- what all sendings share -----------------------------------------------------------------

    def _reachable(self, chat: int) -> None:
        if chat in self.moved:
            said = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, said, migrate_to_chat_id=self.moved[chat])
        if chat in self.blocked:
            raise Refusal(403, BLOCKED)
        if chat not in self.chats:
            raise Refusal(400, "Bad Request: chat not found")

    def _words(self, text: str, mode: str | None, longest: int) -> tuple[str, list[dict[str, Any]]]:
        entities: list[dict[str, Any]] = []
        if mode:
            try:
                text, entities = plain(text)
            except CannotParse as error:
                raise Refusal(400, f"Bad Request: can't parse entities: {error}") from None
        if len(text.encode("utf-16-le")) // 2 > longest:
            kind = "message" if longest == MAX_TEXT else "message caption"
            raise Refusal(400, f"Bad Request: {kind} is too long")
        return text, entities

    def _kept(self, file: Any) -> str:
        if isinstance(file, Uploaded):
            name = f"file{len(self.files)}"
            self.files[name] = file.data
            return name
        if file not in self.files:
            raise Refusal(400, "Bad Request: wrong remote file identifier specified: Wrong character in the string")
        return str(file)

    def _shown(self, given: dict[str, Any], shown: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        chat = given["chat_id"]
        self._reachable(chat)
        markup = given.get("reply_markup") or {}
        keyboard = markup.get("inline_keyboard") or markup.get("keyboard")
        for key in (key for row in markup.get("inline_keyboard") or [] for key in row):
            if "callback_data" in key and not 1 <= len(key["callback_data"].encode()) <= MAX_DATA:
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        if wait := self.flood.wait_s(chat):
            raise Refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        number = next(self._numbers)
        self.said[chat].append(shown | {"id": number, "keyboard": keyboard, "markup": markup})
        private = {"id": chat, "type": "private", "first_name": "Анна"}
        return {"message_id": number, "date": 1_772_438_400, "chat": private, **answer}

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["path"].removeprefix("photos/").removesuffix(".jpg")
        if request.match_info["token"] != self.token or name not in self.files:
            return _refused(Refusal(404, "Not Found"))
        return web.Response(body=self.files[name])


async def _arguments(request: web.Request) -> dict[str, Any]:
    """The arguments of a call, however they come."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        given |= await request.json()
        return given
    if request.content_type != "multipart/form-data":
        given |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    else:
        given |= _form(request.headers["Content-Type"], await request.read())
    for key, value in list(given.items()):  # attach://<field> names a file of the same form
        if isinstance(value, str) and value.startswith("attach://"):
            given[key] = given.pop(value.removeprefix("attach://"))
    return given


def _form(content_type: str, body: bytes) -> dict[str, Any]:
    """The fields of a form whose bytes were read already."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    given: dict[str, Any] = {}
    for part in message_from_bytes(head + body, policy=HTTP).iter_parts():
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        name, file = part.get_param("name", header="content-disposition"), part.get_filename()
        given[str(name)] = data.decode() if file is None else Uploaded(file, data)
    return given


TEXTS = frozenset({"text", "caption", "title", "address", "url", "secret_token", "callback_query_id", "file_id"})


def _value(value: Any) -> Any:
    """A value of a form, read."""
    if not isinstance(value, str):
        return value
    try:
        read = json.loads(value)
    except ValueError:
        return {"True": True, "False": False}.get(value, value)
    return read if isinstance(read, int | list | dict | float | bool) else value


def _refused(refusal: Refusal) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": refusal.status, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    wait = refusal.parameters.get("retry_after")
    headers = {"Retry-After": str(wait)} if wait else {}
    return web.json_response(body, status=refusal.status, headers=headers)
