"""MAX, by its webhook."""

from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web

from demo.phones.phone import SECRET, CannotDo, Phone, phone_number, size_of
from demo.phones.shown import Item, Key, by_tags, plain
from tests.emulators.base import Fault
from tests.emulators.max import MaxServer
from tests.emulators.max.updates import Update

STICKER = {"type": "sticker", "payload": {"code": "1", "url": ""}}
VOICE = {"type": "audio", "payload": {"url": "", "token": "1"}}
TOO_MANY = {"code": "too.many.requests", "message": "Too Many Request"}


class Max(Phone):
    """A dialogue with the bot."""

    kind, title = "max", "MAX"
    abilities = frozenset({"start", "contact", "photo", "sticker", "voice", "edit", "remove"})

    def __init__(self, first: int) -> None:
        self._server = MaxServer("demonstration-token", first=first)
        self._user = first
        self._seen = 0
        super().__init__(self._server, str(first))

    def channel(self) -> Mapping[str, Any]:
        way = {"token": self._server.token, "mode": "webhook", "secret": SECRET}
        return {**way, "api_url": self._server.url, "data": "full"}

    # --- the reader ------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        self._tell(self._own(text), text)

    def start(self) -> None:
        self._event(self._server.updates.started(self._user))

    def pressed(self, item: Item, key: Key) -> None:
        self._event(self._server.updates.pressed(self._user, key.act, key.label))

    def share_contact(self) -> None:
        number = phone_number(self._user)
        card = self._server.updates.contact(number.removeprefix("+"), self._user)
        self._tell(self._own(number, piece="contact"), "", card)

    def send_photo(self, data: bytes, caption: str) -> None:
        size_of(data)
        item = self._own(caption)
        item.picture = self._keep(f"own{item.number}", data)
        self._server.pictures[item.picture] = data
        there = {"url": f"{self._server.url}/i/{item.picture}", "photo_id": item.number, "token": "1"}
        self._tell(item, caption, {"type": "image", "payload": there})

    def send_sticker(self) -> None:
        self._tell(self._own("", piece="sticker"), "", STICKER)

    def send_voice(self) -> None:
        self._tell(self._own("", piece="voice"), "", VOICE)

    def edit(self, text: str) -> None:
        item = self._last_own()
        if item.picture or not item.words:
            raise CannotDo
        item.words, item.edited = plain(text), True
        self._event(self._server.updates.edited(self._user, item.name, text))

    def remove(self) -> None:
        item = self._last_own()
        item.removed = True
        self._event(self._server.updates.removed(self._user, item.name))

    def _tell(self, item: Item, text: str, *attachments: Update) -> None:
        update = self._server.updates.said(self._user, text, *attachments)
        item.name = update["message"]["body"]["mid"]
        self._event(update)

    def _event(self, update: Update) -> None:
        async def deliver() -> bool:
            await self._server.registered.wait()
            hook = self._server.subscriptions[0]["url"]
            return await self._hooked(hook, update, {"X-Max-Bot-Api-Secret": self._server.secrets[hook]})

        self._post(deliver)

    # --- the screen ------------------------------------------------------------------------------

    def arrived(self) -> Iterable[Item]:
        said, mids = self._server.said.get(self._user, []), self._server.mids.get(self._user, [])
        fresh, self._seen = list(zip(said, mids, strict=True))[self._seen :], len(said)
        return [self._shown(body, mid) for body, mid in fresh]

    def _shown(self, body: Mapping[str, Any], mid: str) -> Item:
        attached = {one["type"]: one for one in body.get("attachments") or ()}
        text = str(body.get("text") or "")
        point, image = attached.get("location"), attached.get("image", {}).get("payload", {})
        rows = attached.get("inline_keyboard", {}).get("payload", {}).get("buttons", ())
        return self._bots(
            by_tags(text) if body.get("format") == "html" else plain(text),
            name=mid,
            keys=[[_key(button) for button in row] for row in rows],
            picture=self._picture(image),
            document="…" if "file" in attached else "",
            place=(point["latitude"], point["longitude"]) if point else None,
        )

    def _picture(self, payload: Mapping[str, Any]) -> str:
        several: list[dict[str, str]] = list((payload.get("photos") or {}).values())
        token = str(payload.get("token") or (several[0].get("token") if several else "") or "")
        if not token:
            return ""
        return self._keep(token, self._server.uploads[int(token.removeprefix("token-")) - 1][1])

    def is_sending(self, request: web.Request) -> bool:
        return request.path == "/messages"

    def flood(self) -> Fault:
        return Fault(status=429, body=TOO_MANY)


def _key(button: Mapping[str, Any]) -> Key:
    match button["type"]:
        case "link":
            return Key(button["text"], "link", url=button["url"])
        case "request_contact":
            return Key(button["text"], "contact")
        case _:
            return Key(button["text"], act=button["payload"])
