"""One VK community as a channel: the Callback API or Bots Long Poll in, ``messages.send`` out."""

from collections import deque
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from adapters.http import HttpClient
from adapters.parts import PartsUnderWay
from adapters.pictures import OwnHosts, download
from adapters.signatures import same
from adapters.vk import parse, render, tending
from adapters.vk.batches import Batches
from adapters.vk.client import VkClient
from adapters.vk.longpoll import LongPoll
from adapters.vk.settings import VkSettings
from bot.channels import Accepted, Channel, Setting, Webhook, together
from bot.errors import BadSignature, ChannelUnavailable, DeliveryRefused, InputError, MessageRefused
from bot.messages import Document, Outbound, Picture, Sent, StaffReply
from bot.quick import replace

FILE_HOSTS = ("userapi.com", "vkuserphoto.ru", "vkuser.net", "vk-cdn.net", "vk.com", "vk.ru")
"""VK's own, where readers' pictures lie; nothing else is ever fetched."""
REMEMBERED = 10_000


def build(options: VkSettings, setting: Setting) -> Channel:
    """The channel for the configured way in."""
    return (VkCallback if options.mode == "callback" else VkLongPoll)(options, setting)


class Vk:
    """What both ways in share (fills ``Channel``, ``Courteous``, ``Fetching``, ``Tended``, ``Linked``)."""

    def __init__(self, options: VkSettings, setting: Setting) -> None:
        self._options = options
        self._setting = setting
        self._client = VkClient(options.token.get_secret_value(), options.api_url, setting.name)
        self._batches = Batches(self._client)
        self._http = HttpClient("")
        self._hosts = OwnHosts(options.api_url, FILE_HOSTS)
        self._parts = PartsUnderWay()
        self._ours: deque[int] = deque(maxlen=REMEMBERED)
        self.capabilities = render.capabilities(options.rate_per_s)

    async def send(self, message: Outbound) -> Sent:
        peer_id = _peer(message.contact.address, self._options.staff_chat)
        parts = render.messages(message.reply, peer_id, message.message_id, self.capabilities)
        send_one = partial(self._send_part, peer_id=peer_id, first_try=message.attempt == 1)
        return await self._parts.send(message.message_id, parts, send_one)

    async def courtesy(self, what: object) -> None:
        if isinstance(what, parse.PressAnswer):
            await self._client.call(
                "messages.sendMessageEventAnswer", event_id=what.event_id, user_id=what.user_id, peer_id=what.peer_id
            )

    async def fetch(self, handle: str, limit: int) -> bytes:
        if handle not in self._hosts:
            raise InputError("the picture does not lie with VK")
        return await download(self._http, handle, limit)

    async def tend(self) -> None:
        await tending.tend(self._client, self._options, self._setting)

    async def ping(self) -> str:
        group = await self._group()
        if found := await tending.fault(self._client, self._options, self._setting):
            raise ChannelUnavailable(found)
        return f"{group.get('name', '')} (vk.ru/{_screen_name(group, self._options.group_id)})"[:200]

    async def join_link(self, parameter: str = "") -> str:
        name = _screen_name(await self._group(), self._options.group_id)
        return f"https://vk.me/{name}" + (f"?ref={quote(parameter, safe='')}&ref_source=link" if parameter else "")

    async def aclose(self) -> None:
        await self._batches.aclose()
        await self._client.aclose()
        await self._http.aclose()

    def read(self, event: Mapping[str, Any]) -> Accepted:
        """One event, its proof checked: without what is only an echo of ours."""
        accepted = parse.read(event, self._setting.name, self._setting.clock.now())
        if any(isinstance(one, StaffReply) for one in accepted.events) and self._is_echo(event):
            return Accepted()
        return accepted

    def _is_echo(self, event: Mapping[str, Any]) -> bool:
        """VK names no author for what we send; should it ever, we are not taken for a librarian."""
        what = event.get("object")
        return isinstance(what, Mapping) and what.get("random_id") in self._ours

    async def _send_part(self, part: render.Message, *, peer_id: int, first_try: bool) -> str:
        values, known = dict(part.values), [file for file in part.files if self._known(file)]
        if part.files:
            values["attachment"] = ",".join([await self._uploaded(file, peer_id) for file in part.files])
        self._ours.append(int(str(values["random_id"])))
        try:
            answer = await self._batches.send(values)
        except MessageRefused:
            if not known or not first_try:
                raise
            for file in known:  # perhaps VK has lost a file: once more, with new ones
                self._client.forget(file.file.file_id)
            raise ChannelUnavailable("VK refused a message with files that it had") from None
        if isinstance(answer, bool) or not isinstance(answer, int):
            raise ChannelUnavailable("VK answered messages.send with something else")
        return str(answer)

    def _known(self, file: Picture | Document) -> bool:
        return bool(self._client.has(file.file.file_id, picture=isinstance(file, Picture)))

    async def _uploaded(self, file: Picture | Document, peer_id: int) -> str:
        stored, picture = file.file, isinstance(file, Picture)
        if known := self._client.has(stored.file_id, picture=picture):
            return known
        data = await self._setting.files.read(stored.file_id) if self._setting.files else None
        if data is None:
            raise MessageRefused("the file is not in the store any more")
        return await self._client.uploaded(stored.file_id, data, stored.name, picture=picture, peer_id=peer_id)

    async def _group(self) -> Mapping[str, Any]:
        answer = await self._client.call("groups.getById", group_id=self._options.group_id)
        groups = answer.get("groups") if isinstance(answer, dict) else answer
        if not isinstance(groups, list) or not groups or not isinstance(groups[0], dict):
            raise ChannelUnavailable("VK answered groups.getById with something else")
        return groups[0]


class VkCallback(Vk):
    """VK calls us (fills ``bot.channels.Pushed``)."""

    def accept(self, webhook: Webhook) -> Accepted:
        """Prove, then read; whatever is proven is answered with "ok", or VK would repeat it.

        Never put anything of the event into the answer: VK obeys some words there.
        """
        event = parse.event_of(webhook.body)
        proof, kind = event.pop("secret", None), event.get("type")
        confirmation = kind == "confirmation"
        if not (confirmation and proof is None) and not self._is_secret(proof):
            raise BadSignature("wrong secret")
        if event.get("group_id") != self._options.group_id:
            raise BadSignature("another community's event")
        if confirmation:
            return Accepted(answer=self._options.confirmation.encode())
        return replace(self.read(event), answer=b"ok")

    def _is_secret(self, proof: object) -> bool:
        return isinstance(proof, str) and same(proof, self._options.secret.get_secret_value())


class VkLongPoll(Vk):
    """We ask VK (fills ``bot.channels.Polled``)."""

    def __init__(self, options: VkSettings, setting: Setting) -> None:
        super().__init__(options, setting)
        self._poll = LongPoll(self._client, options.group_id, options.catch_up_h, setting.clock)

    async def updates(self) -> AsyncIterator[Accepted]:
        while True:
            batch = await self._poll.next()
            yield together(map(self.read, batch.events))
            self._poll.took(batch)

    async def aclose(self) -> None:
        await self._poll.aclose()
        await super().aclose()


def _peer(address: str, staff_chat: int | None) -> int:
    """Whom an address means: one person, or the staff's own chat."""
    if staff_chat is not None and address == str(staff_chat):
        return staff_chat
    if not (address.isascii() and address.isdecimal()) or not 0 < int(address) < parse.CHATS_FROM:
        raise DeliveryRefused("no address of a VK reader")
    return int(address)


def _screen_name(group: Mapping[str, Any], group_id: int) -> str:
    return str(group.get("screen_name") or f"club{group_id}")
