"""WhatsApp, by Meta's webhooks."""

from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web

from bot.clock import SystemClock
from demo.phones.phone import CannotDo, Phone, phone_number, size_of
from demo.phones.shown import Item, Key, by_signs, plain
from tests.emulators.base import Fault
from tests.emulators.whatsapp.emulator import GraphError, Taken, WhatsAppEmulator


class WhatsApp(Phone):
    """A chat with the library's number."""

    kind, title = "whatsapp", "WhatsApp"
    abilities = frozenset({"contact", "photo", "sticker", "voice", "edit", "remove"})

    def __init__(self, first: int) -> None:
        self._meta = WhatsAppEmulator(SystemClock(), first=first)
        self._phone = phone_number(first).removeprefix("+")
        self._seen = 0
        self._taken: dict[str, Taken] = {}
        self._read: set[str] = set()
        super().__init__(self._meta, f"+{self._phone}")

    def channel(self) -> Mapping[str, Any]:
        meta = self._meta
        proof = {"token": meta.token, "app_secret": meta.secret, "verify_token": meta.word}
        return {"phone_number_id": meta.number, "api_url": meta.api_url, "data": "full", **proof}

    async def begins(self, address: str) -> None:
        """Meta asks whether the webhook is ours, once."""
        await self._meta.verify(f"{address}/hooks/whatsapp")
        await super().begins(address)

    # --- the reader ------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        self._tell(self._own(text), body=text)

    def pressed(self, item: Item, key: Key) -> None:
        kind = "list_reply" if item.opener else "button_reply"
        chosen = {"id": key.act, "title": key.label} | ({"description": key.detail} if key.detail else {})
        inner = {"type": kind, kind: chosen}
        self._tell(self._own(key.label), type="interactive", interactive=inner, context={"id": item.name})

    def share_contact(self) -> None:
        number = f"+{self._phone}"
        card = {"name": {"formatted_name": "Анна"}, "phones": [{"phone": number, "wa_id": self._phone}]}
        self._tell(self._own(number, piece="contact"), type="contacts", contacts=[card])

    def send_photo(self, data: bytes, caption: str) -> None:
        size_of(data)
        item = self._own(caption)
        item.picture = self._keep(f"own{item.number}", data)
        media = {"id": str(2_000_000 + item.number), "mime_type": "image/jpeg"}
        self._meta.media[media["id"]] = ("image/jpeg", data)
        self._tell(item, type="image", image=media | ({"caption": caption} if caption else {}))

    def send_sticker(self) -> None:
        self._tell(self._own("", piece="sticker"), type="sticker", sticker={"id": "1", "mime_type": "image/webp"})

    def send_voice(self) -> None:
        sound = {"id": "2", "mime_type": "audio/ogg; codecs=opus", "voice": True}
        self._tell(self._own("", piece="voice"), type="audio", audio=sound)

    def edit(self, text: str) -> None:
        item = self._last_own()
        if item.picture or not item.words:
            raise CannotDo
        item.words, item.edited = plain(text), True
        said = {"type": "text", "text": {"body": text}}
        self._say_to_meta(type="edit", edit={"original_message_id": item.name, "message": said})

    def remove(self) -> None:
        item = self._last_own()
        item.removed = True
        self._say_to_meta(type="revoke", revoke={"original_message_id": item.name})

    def has_read(self) -> None:
        unread = [name for name in self._taken if name not in self._read]
        self._read.update(unread)
        self._tell_statuses([self._meta.status(self._taken[name], "read") for name in unread])

    def _tell(self, item: Item, **message: Any) -> None:
        item.name = self._say_to_meta(**message)

    def _say_to_meta(self, **message: Any) -> str:
        words = message.pop("body", "")
        told = self._meta.hears(self._phone, words, **({} if words else message))
        body = self._meta.body([told])
        self._post(lambda: self._delivered(body))
        return str(told["id"])

    def _tell_statuses(self, statuses: list[dict[str, Any]]) -> None:
        if statuses:
            body = self._meta.body(statuses=statuses)
            self._post(lambda: self._delivered(body))

    async def _delivered(self, body: bytes) -> bool:
        return await self._meta.deliver(f"{self._hook}/hooks/whatsapp", body) == 200

    # --- the screen ------------------------------------------------------------------------------

    def arrived(self) -> Iterable[Item]:
        fresh, self._seen = self._meta.taken[self._seen :], len(self._meta.taken)
        for taken in fresh:
            self._taken[taken.message_id] = taken
        self._tell_statuses([self._meta.status(taken, word) for taken in fresh for word in ("sent", "delivered")])
        return [self._shown(taken) for taken in fresh]

    def _shown(self, taken: Taken) -> Item:
        inner = taken.body[taken.body["type"]]
        action = inner.get("action", {})
        if taken.body["type"] == "location":
            words = "\n".join(filter(None, (inner.get("name"), inner.get("address"))))
            place = (float(inner["latitude"]), float(inner["longitude"]))
            return self._bots(plain(words), name=taken.message_id, place=place)
        image = taken.body.get("image") or inner.get("header", {}).get("image")
        keys = [[Key(one["reply"]["title"], act=one["reply"]["id"])] for one in action.get("buttons", ())]
        rows = [row for section in action.get("sections", ()) for row in section["rows"]]
        keys += [[Key(row["title"], detail=row.get("description", ""), act=row["id"])] for row in rows]
        return self._bots(
            by_signs(taken.text),
            name=taken.message_id,
            keys=keys,
            opener=str(action["button"]) if rows else "",
            picture=self._keep(image["id"], self._meta.media[image["id"]][1]) if image else "",
            document=str(inner.get("filename", "")) if taken.body["type"] == "document" else "",
        )

    def is_sending(self, request: web.Request) -> bool:
        return request.path.endswith("/messages")

    def flood(self) -> Fault:
        error = GraphError(429, 130429, "Rate limit hit", **{"Retry-After": "5"})
        return Fault(status=429, body=error.body, headers=error.headers)
