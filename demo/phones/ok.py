"""Odnoklassniki, by its webhook."""

from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web

from demo.phones.phone import SECRET, CannotDo, Phone, phone_number, size_of
from demo.phones.shown import Item, Key, plain
from tests.emulators.base import Fault
from tests.emulators.ok import OkServer
from tests.emulators.ok.server import Event

BLOCKED = {"error_code": 8, "error_msg": "FLOOD_BLOCKED", "error_data": None}


class Ok(Phone):
    """A dialogue with the group."""

    kind, title = "ok", "Одноклассники"
    abilities = frozenset({"contact", "photo", "sticker", "voice", "edit"})

    def __init__(self, first: int) -> None:
        self._server = OkServer("demonstration-token", first=first)
        self._user = f"user:{first}"
        self._number = first
        self._seen = 0
        super().__init__(self._server, self._user)

    def channel(self) -> Mapping[str, Any]:
        way = {"token": self._server.token, "secret": SECRET, "addresses": ["127.0.0.1"]}
        return {**way, "api_url": self._server.api_url, "data": "full"}

    # --- the reader ------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        self._tell(self._own(text), text)

    def pressed(self, item: Item, key: Key) -> None:
        self._event(self._server.pressed(self._user, key.act))

    def share_contact(self) -> None:
        number = phone_number(self._number)
        self._tell(self._own(number, piece="contact"), "", {"type": "CONTACT", "payload": {"phone": number}})

    def send_photo(self, data: bytes, caption: str) -> None:
        size_of(data)
        item = self._own(caption)
        item.picture = self._keep(f"own{item.number}", data)
        self._server.pictures[item.picture] = data
        there = {"url": f"{self._server.url}/i/{item.picture}"}
        self._tell(item, caption, {"type": "IMAGE", "payload": there})

    def send_sticker(self) -> None:
        self._tell(self._own("", piece="sticker"), "", {"type": "STICKER", "payload": {}})

    def send_voice(self) -> None:
        self._tell(self._own("", piece="voice"), "", {"type": "AUDIO", "payload": {}})

    def edit(self, text: str) -> None:
        item = self._last_own()
        if item.picture or not item.words:
            raise CannotDo
        item.words, item.edited = plain(text), True
        self._event(self._server.wrote(self._user, text, mid=item.name) | {"webhookType": "MESSAGE_EDITED"})

    def _tell(self, item: Item, text: str, *attachments: Event) -> None:
        event = self._server.wrote(self._user, text, *attachments)
        item.name = event["message"]["mid"]
        self._event(event)

    def _event(self, event: Event) -> None:
        async def deliver() -> bool:
            await self._server.registered.wait()
            return await self._hooked(self._server.subscriptions[0], event, {})

        self._post(deliver)

    # --- the screen ------------------------------------------------------------------------------

    def arrived(self) -> Iterable[Item]:
        said, mids = self._server.said.get(self._user, []), self._server.mids.get(self._user, [])
        fresh, self._seen = list(zip(said, mids, strict=True))[self._seen :], len(said)
        return [self._shown(message, mid) for message, mid in fresh]

    def _shown(self, message: Mapping[str, Any], mid: str) -> Item:
        attached = {one["type"]: one.get("payload", {}) for one in message.get("attachments", ())}
        rows = attached.get("INLINE_KEYBOARD", {}).get("keyboard", {}).get("buttons", ())
        image, file = attached.get("IMAGE", {}).get("token", ""), attached.get("FILE", {}).get("token", "")
        return self._bots(
            plain(message.get("text", "")),
            name=mid,
            keys=[[_key(button) for button in row] for row in rows],
            picture=self._keep(image, self._server.files[image][1]) if image else "",
            document=self._server.files[file][0] if file else "",
        )

    def is_sending(self, request: web.Request) -> bool:
        return request.path.startswith("/graph/me/messages") or request.path.endswith("/answer")

    def flood(self) -> Fault:
        return Fault(status=200, body=BLOCKED)


def _key(button: Mapping[str, Any]) -> Key:
    if button["type"] == "LINK":
        return Key(button["text"], "link", url=button["url"])
    return Key(button["text"], act=button["payload"])
