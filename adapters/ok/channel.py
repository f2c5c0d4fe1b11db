"""The messages of one group in Odnoklassniki."""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import quote, urlsplit

import structlog

from adapters import watchdog
from adapters.http import HttpAnswer, HttpClient
from adapters.ok import parse
from adapters.ok.answers import refusal
from adapters.ok.media import Media
from adapters.ok.render import Piece, body, render
from adapters.ok.settings import OkSettings
from adapters.parts import PartsUnderWay
from adapters.signatures import same
from adapters.uploads import Uploads
from bot.channels import Accepted, Capabilities, Setting, Webhook
from bot.errors import BadSignature, ChannelError, ChannelUnavailable, DeliveryRefused
from bot.messages import Outbound, Sent
from bot.newest import Newest
from bot.quick import replace

log = structlog.get_logger(__name__)

JSON = {"Content-Type": "application/json;charset=utf-8"}
"""Asked for in so many letters."""
PRESS_LIVES = timedelta(seconds=60)
"""So long after a press its answer may still go out as one."""
KEPT_PRESSES = 1_000
_READER, _CHAT = re.compile(r"user:[0-9]{1,20}"), re.compile(r"chat:[A-Za-z0-9]{1,64}")


class Odnoklassniki:
    """One group (fills ``Pushed``, ``Tended``, ``Fetching`` and ``Linked`` of ``bot.channels``)."""

    def __init__(self, options: OkSettings, setting: Setting) -> None:
        self.capabilities = Capabilities(
            max_text=options.max_text,
            max_buttons=options.max_buttons,
            max_label=options.max_label,
            formatting=False,
            locations=False,
            rate_per_s=options.rate_per_s,
            rate_per_chat_per_s=options.rate_per_chat_per_s,
            max_row=options.max_row,
            link_buttons=options.max_buttons > 0,
            pictures=True,
            documents=True,
        )
        self._options = options
        self._setting = setting
        self._token = options.token.get_secret_value()
        self._secret = options.secret.get_secret_value()
        self._networks = tuple(ip_network(item) for item in options.addresses)
        self._proxies = tuple(ip_network(item) for item in options.proxies)
        self._client = HttpClient(options.api_url, secrets=(self._token, quote(self._token, safe=""), self._secret))
        self._media = Media(options.api_url, self._ask, Uploads(setting.files, setting.clock))
        self._under_way = PartsUnderWay(options.rate_per_chat_per_s)
        self._presses: Newest[str, tuple[parse.Pressed, datetime]] = Newest(KEPT_PRESSES)
        self._hook = f"{setting.hook}?key={self._secret}" if setting.hook else ""

    # --- hearing ---------------------------------------------------------------------------------

    def accept(self, webhook: Webhook) -> Accepted:
        given = webhook.query.get("key", "")
        if not same(given, self._secret):
            raise BadSignature("the key in the address is not ours")
        if self._networks and not self._is_theirs(webhook):
            raise BadSignature("the sender's address is not one of Odnoklassniki's")
        accepted = parse.read(webhook.body, self._setting.name, self._setting.clock.now())
        for press in accepted.courtesies:
            self._remember(press)
        return replace(accepted, courtesies=())

    def _remember(self, press: object) -> None:
        """A press wants a message for its answer: the reply will be that one."""
        if isinstance(press, parse.Pressed):
            self._presses[press.reader] = (press, self._setting.clock.now())

    def _is_theirs(self, webhook: Webhook) -> bool:
        sender = _parsed(webhook.remote)
        passed = [_parsed(part) for part in webhook.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
        # Each of our proxies adds whom it heard from at the end; what stands further left anybody may have written.
        while sender is not None and any(sender in network for network in self._proxies) and passed:
            sender = passed.pop()
        return sender is not None and any(sender in network for network in self._networks)

    # --- sending ---------------------------------------------------------------------------------

    async def send(self, message: Outbound) -> Sent:
        pieces = render(message.reply, self.capabilities)
        return await self._under_way.send(message.message_id, pieces, partial(self._send_one, message.contact.address))

    async def _send_one(self, address: str, piece: Piece) -> str:
        if _READER.fullmatch(address):
            recipient, path = {"user_id": address}, "/me/messages"
        elif _CHAT.fullmatch(address):
            recipient, path = {"chat_id": address}, f"/me/messages/{address}"
        else:
            raise DeliveryRefused("no address in Odnoklassniki")
        said = body(piece, await self._media.attachments(piece))
        return await self._answered(address, said) or _mid(
            await self._post(path, {"recipient": recipient, "message": said})
        )

    async def _answered(self, address: str, said: Mapping[str, Any]) -> str:
        """The reply as the answer to the reader's press; "" where there was none, or it is not taken any more."""
        press, at = self._presses.pop(address, (None, None))
        if press is None or at is None or self._setting.clock.now() - at > PRESS_LIVES:
            return ""
        try:
            answer = await self._post(f"/{press.chat}/answer", {"message": said}, callbackId=press.callback_id)
        except DeliveryRefused as error:
            log.info("a press is answered by a message", channel=self._setting.name, why=str(error))
            return ""
        return _mid(answer) or f"answer:{press.callback_id}"

    async def _post(self, path: str, said: Mapping[str, Any], **params: str) -> HttpAnswer:
        raw = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")
        params["access_token"] = self._token
        answer = await self._client.call("POST", path, params=params, data=raw, headers=JSON)
        error = refusal(answer, to_a_reader=True)
        if error is not None:
            raise error
        return answer

    async def fetch(self, handle: str, limit: int) -> bytes:
        return await self._media.fetch(handle, limit)

    # --- looking after ---------------------------------------------------------------------------

    async def ping(self) -> str:
        me = await self._ask("GET", "/me/info")
        name = str(me.get("name") or "Одноклассники")[:80]
        there = bool(self._hook) and self._hook in await self._subscribed()
        return f"{name}; {watchdog.told(self._hook, there=there)}"

    async def join_link(self, parameter: str = "") -> str:
        if self._options.join_url:
            return self._options.join_url.replace("{parameter}", quote(parameter, safe=""))
        group = re.search(r"[0-9]+", str((await self._ask("GET", "/me/info")).get("group_id")))
        if group is None:
            raise ChannelError("Odnoklassniki does not tell the group's id: set join_url")
        return f"https://ok.ru/messages/g{group[0]}"  # carries no parameter

    async def tend(self) -> None:
        """Keep the webhook registered: Odnoklassniki drops one that did not answer for eight hours."""
        await watchdog.keep_registered(self._setting, lambda _: self.register(), self._options.watch_every_s)

    async def register(self) -> bool:
        """Look at the registration and mend it; True where that was needed. Raises ChannelError."""
        there = await self._subscribed()
        if self._hook in there:
            return False
        await self._tell("/me/subscribe", {"url": self._hook})
        log.info("webhook registered", channel=self._setting.name)
        for url in there:
            if urlsplit(url).path == urlsplit(self._hook).path:  # ours, with the host or the key of yesterday
                await self._tell("/me/unsubscribe", {"url": url})
        return True

    async def _subscribed(self) -> tuple[str, ...]:
        found = (await self._ask("GET", "/me/subscriptions")).get("subscriptions")
        items = found if isinstance(found, list) else []
        return tuple(str(item.get("url")) for item in items if isinstance(item, dict))

    async def aclose(self) -> None:
        await self._client.aclose()
        await self._media.aclose()

    async def _ask(self, method: str, path: str, **params: str) -> Mapping[str, Any]:
        params["access_token"] = self._token
        return _good(await self._client.call(method, path, params=params))

    async def _tell(self, path: str, what: Mapping[str, Any]) -> None:
        raw = json.dumps(what).encode()
        _good(await self._client.call("POST", path, params={"access_token": self._token}, data=raw, headers=JSON))


def _good(answer: HttpAnswer) -> Mapping[str, Any]:
    error = refusal(answer, to_a_reader=False)
    found = answer.json()
    if error is None and not isinstance(found, dict):
        error = ChannelUnavailable("Odnoklassniki did not answer in JSON: is api_url right?")
    if error is not None:
        raise error
    return found  # type: ignore[no-any-return]  # a dict, seen above


def _mid(answer: HttpAnswer) -> str:
    found = answer.json()
    if not isinstance(found, dict):
        return ""
    message = found.get("message")
    places = (found, message if isinstance(message, dict) else {})
    names = [place.get(key) for place in places for key in ("message_id", "mid")]
    return next((name for name in names if isinstance(name, str) and name), "")


def _parsed(address: str) -> Any:
    """The address, None where it is none; an IPv4 one in IPv6 clothes as IPv4."""
    try:
        found = ip_address(address.strip())
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
