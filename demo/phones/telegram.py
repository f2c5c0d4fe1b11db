"""Telegram, by long polling."""

from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web

from demo.phones.phone import CannotDo, Phone, phone_number, size_of
from demo.phones.shown import Item, Key, by_entities, plain
from tests.emulators.base import Fault
from tests.emulators.telegram import TelegramServer

FLOOD_S = 5


class Telegram(Phone):
    """A private chat with the bot."""

    kind, title = "telegram", "Telegram"
    abilities = frozenset({"start", "contact", "photo", "sticker", "voice", "edit"})

    def __init__(self, first: int) -> None:
        self._server = TelegramServer("123456:demonstration", username="zarechny_library_bot", first=first)
        self._chat = first
        self._own_messages: dict[str, dict[str, Any]] = {}
        self._seen = 0
        super().__init__(self._server, str(first))

    def channel(self) -> Mapping[str, Any]:
        return {"token": self._server.token, "mode": "polling", "api_url": self._server.url, "data": "full"}

    # --- the reader ------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        self._tell(self._own(text), text=text)

    def start(self) -> None:
        self.say("/start")

    def pressed(self, item: Item, key: Key) -> None:
        shown, data = key.act

        def press() -> None:
            self._server.presses_under(shown, self._chat, data)

        self._post(press)

    def share_contact(self) -> None:
        number = phone_number(self._chat)
        card = {"phone_number": number, "first_name": "Анна", "user_id": self._chat}
        self._tell(self._own(number, piece="contact"), contact=card)

    def send_photo(self, data: bytes, caption: str) -> None:
        width, height = size_of(data)
        item = self._own(caption)
        item.picture = self._keep(f"own{item.number}", data)
        self._server.files[item.picture] = data
        size = {"file_id": item.picture, "file_unique_id": item.picture, "width": width, "height": height}
        self._tell(item, photo=[size], **({"caption": caption} if caption else {}))

    def send_sticker(self) -> None:
        file = {"file_id": "sticker", "file_unique_id": "sticker", "emoji": "🙂"}
        self._tell(self._own("", piece="sticker"), sticker=file)

    def send_voice(self) -> None:
        self._tell(self._own("", piece="voice"), voice={"file_id": "voice", "file_unique_id": "voice", "duration": 3})

    def edit(self, text: str) -> None:
        item = self._last_own()
        message = self._own_messages[item.name]
        if "text" not in message:
            raise CannotDo
        item.words, item.edited = plain(text), True
        message |= {"text": text, "edit_date": message.get("edit_date", message["date"]) + 1}
        self._update("edited_message", dict(message))

    def _tell(self, item: Item, **what: Any) -> None:
        message = self._server.message(self._chat, **what)
        item.name = str(message["message_id"])
        self._own_messages[item.name] = message
        self._update("message", dict(message))

    def _update(self, kind: str, message: dict[str, Any]) -> None:
        def add() -> None:
            self._server.updates.add(kind, message)

        self._post(add)

    # --- the screen ------------------------------------------------------------------------------

    def arrived(self) -> Iterable[Item]:
        said = self._server.said[self._chat]
        fresh, self._seen = said[self._seen :], len(said)
        return [self._shown(shown) for shown in fresh]

    def _shown(self, shown: dict[str, Any]) -> Item:
        markup = shown.get("markup") or {}
        if "keyboard" in markup:
            self.keyboard = [[_typed(key) for key in row] for row in markup["keyboard"]]
        elif "remove_keyboard" in markup:
            self.keyboard = ()
        point, picture = shown.get("location") or (shown.get("venue") or {}).get("location"), shown.get("photo", "")
        address = (shown.get("venue") or {}).get("address", "")
        words = by_entities(shown["text"], shown.get("entities", ()))
        return self._bots(
            (*words, *plain(f"\n{address}" if address else "")),
            name=f"{self._chat}:{shown['id']}",
            keys=[[_inline(shown, key) for key in row] for row in markup.get("inline_keyboard", ())],
            picture=self._keep(picture, self._server.files[picture]) if picture else "",
            document=shown.get("document", ""),
            place=(point["latitude"], point["longitude"]) if point else None,
        )

    def is_sending(self, request: web.Request) -> bool:
        return "/send" in request.path and not request.path.endswith("ChatAction")

    def flood(self) -> Fault:
        said = {"ok": False, "error_code": 429, "description": f"Too Many Requests: retry after {FLOOD_S}"}
        return Fault(status=429, body=said | {"parameters": {"retry_after": FLOOD_S}})


def _inline(shown: dict[str, Any], key: Mapping[str, Any]) -> Key:
    if "url" in key:
        return Key(key["text"], "link", url=key["url"])
    return Key(key["text"], act=(shown, key["callback_data"]))


def _typed(key: Mapping[str, Any]) -> Key:
    return Key(key["text"], "contact" if key.get("request_contact") else "press")
