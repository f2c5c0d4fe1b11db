"""One Telegram bot: polling, or a webhook."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import quote

import structlog

from adapters.http import HttpClient
from adapters.parts import PartsUnderWay
from adapters.pictures import download
from adapters.signatures import same
from adapters.telegram import parse
from adapters.telegram.errors import ChatMoved, FileForgotten, MarkupRefused, TooLate
from adapters.telegram.render import MAX_BUTTONS, MAX_LABEL, MAX_ROW, MAX_TEXT, Piece, render
from adapters.telegram.settings import TelegramSettings
from bot.channels import Accepted, Capabilities, Setting, Webhook, together
from bot.errors import (
    BadSignature,
    ChannelError,
    ChannelUnavailable,
    DeliveryRefused,
    InputError,
    MessageRefused,
)
from bot.messages import Contact, Moved, Outbound, Sent, StoredFile
from bot.newest import Newest
from bot.quick import replace
from bot.wording import gettext as _
from bot.wording import in_language

log = structlog.get_logger(__name__)

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
"""What we ask to be told."""
CONNECTIONS = 40
POLL_S = 25
KEPT = 1_000
"""Uploaded files, and groups that have moved, that are remembered."""
BARE_KEPT = 20_000
_ADDRESS = re.compile(r"-?[0-9]{1,19}")
_FILE_PATH = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+)*")
_START = re.compile(r"[A-Za-z0-9_-]{0,64}")


class Telegram:
    """What both modes share (fills ``Courteous``, ``Fetching`` and ``Linked`` of ``bot.channels``)."""

    def __init__(self, options: TelegramSettings, setting: Setting) -> None:
        from adapters.telegram.client import Client  # aiogram: only where it is configured

        self.capabilities = Capabilities(
            max_text=MAX_TEXT,
            max_buttons=MAX_BUTTONS,
            max_label=MAX_LABEL,
            formatting=True,
            locations=True,
            rate_per_s=options.rate_per_s,
            rate_per_chat_per_s=options.rate_per_chat_per_s,
            max_row=MAX_ROW,
            link_buttons=True,
            phone_button=True,
            pictures=True,
            documents=True,
        )
        self._token = options.token.get_secret_value()
        self._options = options
        self._setting = setting
        self._client: Client = Client(self._token, options.api_url)
        self._plain = HttpClient(options.api_url, secrets=(self._token,))
        self._under_way = PartsUnderWay(options.rate_per_chat_per_s)
        self._uploaded: Newest[tuple[str, int], str] = Newest(KEPT)
        self._bare: Newest[str, None] = Newest(BARE_KEPT)
        """Chats that surely show no keyboard of ours; whoever is not here may still show one from before a restart."""
        self._moved_to: Newest[str, str] = Newest(KEPT)
        self._moves: list[Moved] = []
        self._username = ""

    # --- out -------------------------------------------------------------------------------------

    async def send(self, message: Outbound) -> Sent:
        address = message.contact.address
        if moved_to := self._moved_to.get(address):  # where the log's word of it was lost it is told again
            self._tell_move(address, moved_to)
            address = moved_to
        if not _ADDRESS.fullmatch(address):
            raise DeliveryRefused("no chat of Telegram")
        pieces = render(message.reply, self.capabilities)
        return await self._under_way.send(message.message_id, pieces, partial(self._send_one, address))

    async def _send_one(self, address: str, piece: Piece) -> str:
        try:
            sent = await self._call(address, piece)
        except MarkupRefused as error:
            # Rather without bold letters than not at all.
            log.warning("Telegram took no formatting", channel=self._setting.name, why=str(error))
            sent = await self._call(address, piece, plain=True)
        except FileForgotten:
            if piece.file is None or self._uploaded.pop((piece.method, piece.file.file.file_id), None) is None:
                raise
            sent = await self._call(address, piece)
        except ChatMoved as error:
            self._remember_move(address, error.address)
            address = error.address
            sent = await self._call(address, piece)
        self._remember_keyboard(address, piece)
        self._remember_file(piece, sent)
        number = sent.get("message_id") if isinstance(sent, dict) else None
        return f"{address}:{number}" if isinstance(number, int) else ""

    async def _call(self, address: str, piece: Piece, *, plain: bool = False) -> Any:
        what: dict[str, Any] = {"chat_id": int(address), "reply_markup": self._keyboard(address, piece)}
        words = piece.plain if plain else piece.text
        mode = "HTML" if piece.html and not plain else None
        if piece.place is not None:
            place = piece.place
            what |= {"latitude": place.latitude, "longitude": place.longitude}
            what |= {"title": place.title or place.address, "address": place.address or place.title}
        elif piece.file is not None:
            field = "photo" if piece.method == "sendPhoto" else "document"
            what |= {field: await self._file(piece.method, piece.file.file)}
            what |= {"caption": words, "parse_mode": mode} if words else {}
        else:
            what |= {"text": words, "parse_mode": mode, "link_preview_options": {"is_disabled": True}}
        return await self._client.call(piece.method, **what)

    def _keyboard(self, address: str, piece: Piece) -> Mapping[str, Any] | None:
        """The piece's own keyboard; or one that asked for a number, perhaps before a restart, is taken away."""
        private = not address.startswith("-")
        if piece.markup is None and private and address not in self._bare:
            return {"remove_keyboard": True}  # no harm where there is none
        return piece.markup

    def _remember_keyboard(self, address: str, piece: Piece) -> None:
        if piece.asks_phone:
            self._bare.pop(address, None)
        elif piece.markup is None:
            self._bare[address] = None

    def _remember_move(self, old: str, new: str) -> None:
        """The contact has another address from now on; the log hears of it with what comes in next."""
        log.info("a group has moved", channel=self._setting.name)
        self._moved_to[old] = new
        self._tell_move(old, new)

    def _tell_move(self, old: str, new: str) -> None:
        contact = Contact(channel=self._setting.name, address=old)
        if all(move.contact != contact for move in self._moves):
            self._moves.append(Moved(contact=contact, address=new, at=self._setting.clock.now()))

    def _with_moves(self, accepted: Accepted) -> Accepted:
        moves, self._moves = self._moves, []
        return replace(accepted, events=(*accepted.events, *moves)) if moves else accepted

    async def _file(self, method: str, file: StoredFile) -> Any:
        """What a file is called at Telegram, or its bytes where it does not have them yet."""
        if known := self._uploaded.get((method, file.file_id)):
            return known
        data = await self._setting.files.read(file.file_id) if self._setting.files else None
        if data is None:
            raise MessageRefused(f"the file {file.file_id} is gone")
        return self._client.upload(file.name, data)

    def _remember_file(self, piece: Piece, sent: Any) -> None:
        if piece.file is None or not isinstance(sent, dict):
            return
        found = sent.get("photo") if piece.method == "sendPhoto" else sent.get("document")
        largest = found[-1] if isinstance(found, list) and found else found
        name = largest.get("file_id") if isinstance(largest, dict) else None
        if isinstance(name, str):
            self._uploaded[piece.method, piece.file.file.file_id] = name

    # --- beside messages -------------------------------------------------------------------------

    async def courtesy(self, what: object) -> None:
        """End the waiting of a pressed button."""
        if isinstance(what, parse.Pressed):
            with suppress(TooLate):
                await self._client.call("answerCallbackQuery", callback_query_id=what.query_id)

    async def fetch(self, handle: str, limit: int) -> bytes:
        try:
            found = await self._client.call("getFile", file_id=handle)
        except MessageRefused:
            raise InputError("the picture is gone") from None
        path = found.get("file_path") if isinstance(found, dict) else None
        if not isinstance(path, str) or not _FILE_PATH.fullmatch(path) or ".." in path:
            raise InputError("the picture cannot be fetched")
        size = found.get("file_size")
        if isinstance(size, int) and size > limit:
            raise InputError(f"the picture has more than {limit} bytes")
        return await download(self._plain, f"/file/bot{self._token}/{path}", limit)

    async def ping(self) -> str:
        return f"@{await self._own_name()}; {await self._way_in()}"

    async def _way_in(self) -> str:
        """How updates come, for the operator."""
        raise NotImplementedError

    async def join_link(self, parameter: str = "") -> str:
        if not _START.fullmatch(parameter):
            raise ChannelError("a start parameter has at most 64 of A-Za-z0-9_-")
        name = await self._own_name()
        return f"https://t.me/{quote(name, safe='')}" + (f"?start={parameter}" if parameter else "")

    async def aclose(self) -> None:
        await self._client.aclose()
        await self._plain.aclose()

    async def _own_name(self) -> str:
        if not self._username:
            me = await self._client.call("getMe")
            self._username = str(me.get("username") or "") if isinstance(me, dict) else ""
        if not self._username:
            raise ChannelUnavailable("Telegram does not tell the bot's name")
        return self._username

    async def _introduce(self) -> None:
        """Learn our name, and tell the commands that Telegram offers readers."""
        await self._own_name()
        with in_language(self._setting.language):
            told = {"help": _("Что ты умеешь?"), "human": _("Позвать библиотекаря"), "stop": _("Не писать мне")}
        commands = [{"command": name, "description": words} for name, words in told.items()]
        with suppress(MessageRefused):
            await self._client.call("setMyCommands", commands=commands)

    async def _webhook_info(self) -> Mapping[str, Any]:
        found = await self._client.call("getWebhookInfo")
        return found if isinstance(found, dict) else {}

    def _reading(self) -> parse.Reading:
        staff_chat = self._options.staff_chat
        moved_to = self._moved_to.get(str(staff_chat))
        return parse.Reading(
            channel=self._setting.name,
            now=self._setting.clock.now(),
            staff_chat=int(moved_to) if moved_to else staff_chat,
            username=self._username,
        )


class TelegramWebhook(Telegram):
    """Telegram calls us (fills ``Pushed`` and ``Tended``)."""

    def __init__(self, options: TelegramSettings, setting: Setting) -> None:
        super().__init__(options, setting)
        self._secret = options.secret.get_secret_value()
        self._hook = setting.hook

    def accept(self, webhook: Webhook) -> Accepted:
        given = webhook.headers.get(SECRET_HEADER, "")
        if not same(given, self._secret):
            raise BadSignature("the secret is not ours")
        return self._with_moves(parse.read(webhook.body, self._reading()))

    async def _way_in(self) -> str:
        info = await self._webhook_info()
        if info.get("url") != self._hook:
            return "webhook: not registered yet, bibliobot run does it"
        told = f"webhook: registered, {info.get('pending_update_count', 0)} waiting"
        fault = str(info.get("last_error_message") or "")[:100]
        return f"{told}; Telegram last complained: {fault}" if fault else told

    async def tend(self) -> None:
        """Register the webhook, and again when somebody takes it away."""
        await self._introduce()
        await self._register()
        while True:
            await asyncio.sleep(self._options.watch_every_s)
            if (await self._webhook_info()).get("url") != self._hook:
                log.warning("webhook was taken away", channel=self._setting.name)
                await self._register()

    async def _register(self) -> None:
        if not self._hook.startswith("https://"):
            raise ChannelError("server.public_url must be an https:// address: Telegram calls no other")
        await self._client.call(
            "setWebhook",
            url=self._hook,
            secret_token=self._secret,
            allowed_updates=list(UPDATES),
            max_connections=CONNECTIONS,
        )
        log.info("webhook registered", channel=self._setting.name)


class TelegramPolling(Telegram):
    """We ask Telegram (fills ``Polled``)."""

    def __init__(self, options: TelegramSettings, setting: Setting) -> None:
        super().__init__(options, setting)
        self._offset: int | None = None

    async def _way_in(self) -> str:
        told = "asks Telegram itself"
        url = (await self._webhook_info()).get("url")
        return f"{told}; a webhook is set and will be taken away: {url}" if url else told

    async def updates(self) -> AsyncIterator[Accepted]:
        await self._introduce()
        if url := (await self._webhook_info()).get("url"):
            log.warning("webhook taken away, the bot polls", channel=self._setting.name, url=url)
            await self._client.call("deleteWebhook")
        while True:
            found = await self._client.call(
                "getUpdates",
                offset=self._offset,
                timeout=POLL_S,
                allowed_updates=list(UPDATES),
                timeout_s=POLL_S + 15,
            )
            batch = [update for update in found if isinstance(update, dict)] if isinstance(found, list) else []
            yield self._with_moves(self._together(batch))
            numbers = [number for update in batch if (number := parse.number_of(update)) is not None]
            if numbers:
                self._offset = max(numbers) + 1

    def _together(self, batch: list[dict[str, Any]]) -> Accepted:
        reading = self._reading()
        return together(parse.understood(update, reading, json.dumps(update).encode()) for update in batch)


def build(options: TelegramSettings, setting: Setting) -> TelegramWebhook | TelegramPolling:
    """The bot in the mode that the configuration names."""
    return TelegramWebhook(options, setting) if options.mode == "webhook" else TelegramPolling(options, setting)
