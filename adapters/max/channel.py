"""One bot in MAX: webhook in production, long polling for development."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec
import structlog

from adapters import watchdog
from adapters.http import HttpAnswer, HttpClient
from adapters.max import parse
from adapters.max.answers import refusal
from adapters.max.media import Media
from adapters.max.render import MAX_BUTTONS, MAX_LABEL, MAX_ROW, MAX_ROWS, Piece, body, render
from adapters.max.settings import MaxSettings
from adapters.parts import PartsUnderWay
from adapters.signatures import same
from adapters.uploads import Uploads
from bot.channels import Accepted, Capabilities, Setting, Webhook, together
from bot.errors import BadSignature, ChannelError, ChannelUnavailable, DeliveryRefused, MessageRefused
from bot.messages import Outbound, Sent
from bot.wording import gettext as _
from bot.wording import in_language

log = structlog.get_logger(__name__)

SECRET_HEADER = "X-Max-Bot-Api-Secret"  # noqa: S105 - the header's name
UPDATES = (
    "bot_started",
    "bot_stopped",
    "dialog_removed",
    "message_callback",
    "message_created",
    "message_edited",
    "message_removed",
)
"""What we ask to be told."""
_ADDRESS = re.compile(r"-?[0-9]{1,19}")
POLL_S, POLL_LIMIT, LEAST_BETWEEN_POLLS_S = 30, 100, 0.5
"""MAX allows two polls a second, of at most 100 updates and 30 seconds."""


class Max:
    """What both modes share (fills ``Courteous``, ``Fetching`` and ``Linked`` of ``bot.channels``)."""

    def __init__(self, options: MaxSettings, setting: Setting) -> None:
        self.capabilities = Capabilities(
            max_text=options.max_text,
            max_buttons=MAX_BUTTONS,
            max_label=MAX_LABEL,
            formatting=True,
            locations=True,
            rate_per_s=options.rate_per_s,
            rate_per_chat_per_s=options.rate_per_chat_per_s,
            max_rows=MAX_ROWS,
            max_row=MAX_ROW,
            link_buttons=True,
            phone_button=True,
            pictures=True,
            documents=True,
        )
        token = options.token.get_secret_value()
        self._options = options
        self._setting = setting
        self._token = token
        self._client = HttpClient(
            options.api_url, headers={"Authorization": token}, secrets=(token,), ca_file=options.ca_file
        )
        self._media = Media(self._client, options, Uploads(setting.files, setting.clock))
        self._under_way = PartsUnderWay(options.rate_per_chat_per_s)
        self._username = ""

    async def send(self, message: Outbound) -> Sent:
        pieces = render(message.reply, self.capabilities)
        one = partial(self._send_one, message.contact.address, message.attempt)
        return await self._under_way.send(message.message_id, pieces, one)

    async def _send_one(self, address: str, attempt: int, piece: Piece) -> str:
        if not _ADDRESS.fullmatch(address):
            raise DeliveryRefused("no address in MAX")
        uploaded = await self._media.attachments(piece)
        try:
            return await self._post(address, body(piece, uploaded), attempt)
        except MessageRefused as error:
            if not piece.html:
                raise
            # Rather without bold letters than not at all.
            log.warning("MAX took no formatting", channel=self._setting.name, why=str(error))
            return await self._post(address, body(piece, uploaded, plain=True), attempt)

    async def _post(self, address: str, said: Mapping[str, Any], attempt: int) -> str:
        answer = await self._client.call("POST", "/messages", params={"user_id": address}, json=said)
        if answer.status != 200:
            raise refusal(answer, attempt)
        return _mid(answer)

    async def courtesy(self, what: object) -> None:
        """End the waiting of a pressed button; an answer needs words or a message, so it is a word."""
        if isinstance(what, parse.Pressed):
            with in_language(self._setting.language):
                word = {"notification": _("Секунду…")}
            await self._ask("POST", "/answers", params={"callback_id": what.callback_id}, json=word)

    async def fetch(self, handle: str, limit: int) -> bytes:
        return await self._media.fetch(handle, limit)

    async def join_link(self, parameter: str = "") -> str:
        if not self._username:
            self._username = str((await self._me()).get("username") or "")
        if not self._username:
            raise ChannelError("the bot has no short name in MAX yet: give it one in its settings")
        start = f"?start={quote(parameter, safe='')}" if parameter else ""
        return f"https://max.ru/{quote(self._username, safe='')}{start}"

    async def aclose(self) -> None:
        await self._client.aclose()
        await self._media.aclose()

    async def _me(self) -> Mapping[str, Any]:
        return await self._ask("GET", "/me")

    async def _name(self) -> str:
        me = await self._me()
        name = str(me.get("name") or me.get("first_name") or "MAX")[:80]
        return f"{name} (@{me['username']})" if me.get("username") else name

    async def _subscribed(self) -> tuple[Mapping[str, Any], ...]:
        found = (await self._ask("GET", "/subscriptions")).get("subscriptions")
        return tuple(item for item in found if isinstance(item, dict)) if isinstance(found, list) else ()

    async def _ask(self, method: str, path: str, **what: Any) -> Mapping[str, Any]:
        answer = await self._client.call(method, path, **what)
        found = answer.json()
        if answer.status != 200:
            raise refusal(answer)
        if not isinstance(found, dict):
            raise ChannelUnavailable("MAX did not answer in JSON: is api_url right?")
        if found.get("success") is False:
            raise ChannelUnavailable(f"MAX refused {path}: {str(found.get('message'))[:100]}")
        return found


class MaxWebhook(Max):
    """MAX calls us (fills ``Pushed`` and ``Tended``)."""

    def __init__(self, options: MaxSettings, setting: Setting) -> None:
        super().__init__(options, setting)
        self._secret = options.secret.get_secret_value()
        self._hook = setting.hook

    def accept(self, webhook: Webhook) -> Accepted:
        given = webhook.headers.get(SECRET_HEADER, "")
        if not same(given, self._secret):
            raise BadSignature("the secret is not ours")
        return parse.read(webhook.body, self._setting.name, self._token)

    async def ping(self) -> str:
        name = await self._name()
        there = bool(self._hook) and any(item.get("url") == self._hook for item in await self._subscribed())
        return f"{name}; {watchdog.told(self._hook, there=there)}"

    async def tend(self) -> None:
        """Keep the webhook registered: MAX drops one that did not answer for eight hours."""
        await watchdog.keep_registered(self._setting, self.register, self._options.watch_every_s)

    async def register(self, anew: bool = False) -> bool:
        """Look at the registration and mend it; True where that was needed.

        Args:
            anew: Register in any case: the secret, which MAX does not show, may have changed.

        Raises:
            ChannelError: As in ``send``.
        """
        there = await self._subscribed()
        ours = [item for item in there if item.get("url") == self._hook]
        good = [item for item in ours if set(item.get("update_types") or ()) == set(UPDATES)]
        if good and not anew:
            return False
        what = {"url": self._hook, "update_types": list(UPDATES), "secret": self._options.secret.get_secret_value()}
        await self._ask("POST", "/subscriptions", json=what)
        log.info("webhook registered", channel=self._setting.name, was_there=bool(ours))
        for item in there:
            url = str(item.get("url"))
            if url != self._hook and urlsplit(url).path == urlsplit(self._hook).path:  # our address of yesterday
                await self._ask("DELETE", "/subscriptions", params={"url": url})
        return True


class MaxPolling(Max):
    """We ask MAX (fills ``Polled``)."""

    def __init__(self, options: MaxSettings, setting: Setting) -> None:
        super().__init__(options, setting)
        self._marker: int | None = None

    async def ping(self) -> str:
        return f"{await self._name()}; asks MAX itself (development only)"

    async def updates(self) -> AsyncIterator[Accepted]:
        if found := await self._subscribed():
            # Not deleted: it may be the library's own service that listens there.
            raise ChannelUnavailable(f"MAX gives nothing to ask for while a webhook is set: {found[0].get('url')}")
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            batch, marker = await self._poll()
            yield batch
            self._marker = marker
            await asyncio.sleep(max(0.0, began + LEAST_BETWEEN_POLLS_S - loop.time()))

    async def _poll(self) -> tuple[Accepted, int | None]:
        asked = {"timeout": str(POLL_S), "limit": str(POLL_LIMIT), "types": ",".join(UPDATES)}
        if self._marker is not None:
            asked["marker"] = str(self._marker)
        found = await self._ask("GET", "/updates", params=asked, timeout_s=POLL_S + 15)
        updates, marker = found.get("updates"), found.get("marker")
        batch = together(
            parse.read(msgspec.json.encode(update), self._setting.name, self._token)
            for update in (updates if isinstance(updates, list) else ())
        )
        return batch, marker if isinstance(marker, int) else self._marker


def build(options: MaxSettings, setting: Setting) -> MaxWebhook | MaxPolling:
    """The channel in the mode that the configuration names."""
    return MaxWebhook(options, setting) if options.mode == "webhook" else MaxPolling(options, setting)


def _mid(answer: HttpAnswer) -> str:
    found = answer.json()
    message = found.get("message") if isinstance(found, dict) else None
    said = message.get("body") if isinstance(message, dict) else None
    mid = said.get("mid") if isinstance(said, dict) else None
    return mid if isinstance(mid, str) else ""
