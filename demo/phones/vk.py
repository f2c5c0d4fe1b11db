"""VK, by Bots Long Poll."""

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web

from demo.phones.phone import CannotDo, Phone, size_of
from demo.phones.shown import Item, Key, plain
from tests.emulators.base import Fault
from tests.emulators.vk import GROUP, TOKEN, VkEmulator
from tests.emulators.vk.world import begin_at

POLL_S = 20.0
STICKER = {"type": "sticker", "sticker": {"sticker_id": 1, "product_id": 1}}
VOICE = {"type": "audio_message", "audio_message": {"id": 1, "owner_id": 1, "duration": 3}}
TOO_MANY = {"error": {"error_code": 6, "error_msg": "Too many requests per second", "request_params": []}}


class Vk(Phone):
    """Messages to a community."""

    kind, title = "vk", "ВКонтакте"
    abilities = frozenset({"start", "photo", "sticker", "voice", "edit"})

    def __init__(self, first: int) -> None:
        begin_at(first)
        self._vk = VkEmulator()
        self._vk.queue.idle_s = POLL_S
        self._user = first
        self._seen = 0
        self._own_messages: dict[str, dict[str, Any]] = {}
        super().__init__(self._vk, str(first))

    def channel(self) -> Mapping[str, Any]:
        way = {"token": TOKEN, "group_id": GROUP, "mode": "longpoll", "catch_up_h": 0}
        return {**way, "api_url": self._vk.url, "data": "full"}

    # --- the reader ------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        self._tell(self._own(text), text)

    def start(self) -> None:
        words = "Начать"
        self._tell(self._own(words), words, payload=json.dumps({"command": "start"}))

    def pressed(self, item: Item, key: Key) -> None:
        if key.act["type"] == "text":  # VK sends such a button's label as the reader's own words
            self._tell(self._own(key.label), key.label, payload=key.act["payload"])
            return
        press = {"user_id": self._user, "peer_id": self._user, "event_id": f"e{self._next()}"}
        press |= {"payload": json.loads(key.act["payload"]), "conversation_message_id": item.number}
        self._event("message_event", press)

    def send_photo(self, data: bytes, caption: str) -> None:
        width, height = size_of(data)
        item = self._own(caption)
        item.picture = self._keep(f"own{item.number}", data)
        self._vk.pictures[item.picture] = data
        size = {"type": "w", "url": f"{self._vk.url}/photo/{item.picture}", "width": width, "height": height}
        self._tell(item, caption, attachments=[{"type": "photo", "photo": {"id": item.number, "sizes": [size]}}])

    def send_sticker(self) -> None:
        self._tell(self._own("", piece="sticker"), "", attachments=[STICKER])

    def send_voice(self) -> None:
        self._tell(self._own("", piece="voice"), "", attachments=[VOICE])

    def edit(self, text: str) -> None:
        item = self._last_own()
        message = self._own_messages.get(item.name)
        if message is None or not message["text"]:
            raise CannotDo
        item.words, item.edited = plain(text), True
        message |= {"text": text, "update_time": int(time.time()), "version": message["version"] + 1_000_000}
        self._event("message_edit", dict(message))

    def has_read(self) -> None:
        unread = [int(item.name) for item in self.items if item.author == "bot" and item.state == "sent"]
        if unread:
            read = {"from_id": self._user, "peer_id": self._user, "read_message_id": max(unread)}
            self._event("message_read", read)

    def _tell(self, item: Item, text: str, **more: Any) -> None:
        def write() -> None:
            event = self._vk.says(text, self._user, **more)
            message = event["object"]["message"]
            item.name = str(message["id"])
            self._own_messages[item.name] = message

        self._post(write)

    def _event(self, kind: str, what: Mapping[str, Any]) -> None:
        def happen() -> None:
            self._vk.happens(kind, what)

        self._post(happen)

    # --- the screen ------------------------------------------------------------------------------

    def arrived(self) -> Iterable[Item]:
        heard = self._vk.reader(self._user).heard
        fresh, self._seen = heard[self._seen :], len(heard)
        return [self._shown(message) for message in fresh]

    def _shown(self, message: Mapping[str, Any]) -> Item:
        rows = message.get("keyboard", {}).get("buttons", [])
        names = [name for name in str(message.get("attachment", "")).split(",") if name]
        files = [(name, file) for name in names if (file := self._vk.file(name))]
        pictures = [self._keep(name, file.data) for name, file in files if file.kind == "photo"]
        return self._bots(
            plain(message["text"]),
            name=str(message["id"]),
            keys=[[_key(button["action"]) for button in row] for row in rows],
            picture=pictures[0] if pictures else "",
            document=next((name for name, file in files if file.kind == "doc"), ""),
            place=(message["lat"], message["long"]) if "lat" in message else None,
        )

    def is_sending(self, request: web.Request) -> bool:
        return request.path in ("/method/execute", "/method/messages.send")

    def flood(self) -> Fault:
        return Fault(status=200, body=TOO_MANY)


def _key(action: Mapping[str, Any]) -> Key:
    if action["type"] == "open_link":
        return Key(action["label"], "link", url=action["link"])
    return Key(action["label"], act=action)
