"""What a messenger is to the core."""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import field
from decimal import Decimal
from typing import Any, Protocol, runtime_checkable

from aiohttp import web
from pydantic import BaseModel

from bot.clock import Clock
from bot.messages import Event, Inbound, Outbound, Reply, Sent
from bot.ports.files import Files
from bot.ports.letters import ChatLog
from bot.quick import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can carry.

    Attributes:
        max_text: Characters in one message, counted as UTF-16 units.
        max_buttons: Buttons under one message, 0 where there are none.
        max_label: Characters of a button's label.
        formatting: Whether bold, italics and links are shown.
        locations: Whether a map point can be sent as such.
        rate_per_s: Messages a second for the whole account, 0 for no limit.
        rate_per_chat_per_s: Messages a second to one contact, 0 for no limit.
        paces: The channel itself keeps ``rate_per_s``, call by call, since more than our messages counts for it; the
            core only bounds how much is under way.
        max_text_beside_buttons: Characters of a message with buttons, 0 where it is ``max_text``.
        max_rows: Rows of buttons under one message, 0 for no limit.
        max_row: Buttons in one row, 0 for no limit.
        max_list: Choices of a list that opens, offered where there are more than ``max_buttons``; 0 for none.
        link_buttons: Whether a button can open an address.
        phone_button: Whether a button can hand over the reader's number.
        pictures / documents: Whether such files can be sent.
        window_h: Hours after the reader's last word in which anything may be written; later only
            templates. 0 for no such rule.
        confirms: It tells later that a message has reached the reader's device; else being taken is all that is known.
        max_webhook: Bytes of one webhook's body; a larger one is refused unread. At most 4 MB.
    """

    max_text: int
    max_buttons: int
    max_label: int
    formatting: bool
    locations: bool
    rate_per_s: float = 0
    rate_per_chat_per_s: float = 0
    paces: bool = False
    max_text_beside_buttons: int = 0
    max_rows: int = 0
    max_row: int = 0
    max_list: int = 0
    link_buttons: bool = False
    phone_button: bool = False
    pictures: bool = False
    documents: bool = False
    window_h: float = 0
    confirms: bool = False
    max_webhook: int = 1024 * 1024


class Channel(Protocol):
    """One account in one messenger."""

    capabilities: Capabilities

    async def send(self, message: Outbound) -> Sent:
        """Hand one message to the messenger.

        Raises:
            DeliveryRefused: This contact cannot be reached; do not retry.
            RateLimited: Retry after ``error.retry_after_s``.
            ChannelUnavailable: Retry later.
            ChannelAuthError: Stop sending; the operator must act.
        """
        ...

    async def ping(self) -> str:
        """Ask the messenger who we are; returns a short name for the operator. Raises ChannelError."""
        ...

    async def aclose(self) -> None:
        """Give back sockets and threads."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One HTTP request from a messenger, unread."""

    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    remote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What a webhook or a poll held, and what the messenger wants to hear once it is stored.

    Attributes:
        courtesies: Calls to make to the messenger once everything is stored (a pressed button's
            spinner, a read mark): values that only the channel itself reads (:class:`Courteous`).
            At most once, at best: they may get lost.
        set_aside: Kinds of items that were not understood, for the operator's figures.
        unread: Items that should have been understood and were not, as they came: kept for the operator.
    """

    messages: tuple[Inbound, ...] = ()
    events: tuple[Event, ...] = ()
    courtesies: tuple[object, ...] = ()
    set_aside: tuple[str, ...] = ()
    unread: tuple[bytes, ...] = ()
    answer: bytes = b""
    content_type: str = "text/plain"
    status: int = 200


def together(parts: Iterable[Accepted]) -> Accepted:
    """What several updates of one batch held, as one; the messenger hears nothing of it."""
    read = list(parts)
    return Accepted(
        messages=tuple(message for one in read for message in one.messages),
        events=tuple(event for one in read for event in one.events),
        courtesies=tuple(what for one in read for what in one.courtesies),
        set_aside=tuple(kind for one in read for kind in one.set_aside),
        unread=tuple(body for one in read for body in one.unread),
    )


@runtime_checkable
class Pushed(Channel, Protocol):
    """A channel whose messenger calls us."""

    def accept(self, webhook: Webhook) -> Accepted:
        """Check the signature, then read the messages. No I/O.

        Raises:
            BadSignature: Not to be believed: answered 403, nothing is stored.
            BadWebhook: It is the messenger's own, and no part of it can be read.
        """
        ...


@runtime_checkable
class Polled(Channel, Protocol):
    """A channel whose messenger we ask."""

    def updates(self) -> AsyncIterator[Accepted]:
        """What comes, a batch at a time; it is acknowledged to the messenger when the next is asked for.

        Raises:
            ChannelUnavailable: Ask again with growing pauses (RateLimited: after ``retry_after_s``).
            ChannelAuthError: The operator must act.
        """
        ...


@runtime_checkable
class Courteous(Channel, Protocol):
    """A channel whose messenger likes to hear at once that something has arrived."""

    async def courtesy(self, what: object) -> Accepted | None:
        """Make one call of ``Accepted.courtesies``; what it brings to light is stored as a webhook's contents are.

        Raises ChannelError; nobody repeats it.
        """
        ...


@runtime_checkable
class Fetching(Channel, Protocol):
    """A channel whose readers send pictures."""

    async def fetch(self, handle: str, limit: int) -> bytes:
        """The bytes behind ``Photo.handle``.

        Raises:
            InputError: Longer than ``limit`` bytes, or gone.
            ChannelError: As in ``send``.
        """
        ...


@runtime_checkable
class Tended(Channel, Protocol):
    """A channel that has something to look after beside messages (a webhook's registration)."""

    async def tend(self) -> None:
        """Runs as long as the service in the role that receives; ends by cancellation. Raises ChannelError."""
        ...


@runtime_checkable
class Linked(Channel, Protocol):
    """A channel that people can be invited to by a link."""

    async def join_link(self, parameter: str = "") -> str:
        """The address that opens the dialogue; ``parameter`` comes back in ``Started``. Raises ChannelError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one message costs: ``parts`` are counted by the carrier, ``total`` is in ``currency`` (ISO 4217)."""

    parts: int
    total: Decimal
    currency: str = "RUB"


@runtime_checkable
class Priced(Channel, Protocol):
    """A channel whose every message is paid for, and whose price is known beforehand."""

    def price(self, reply: Reply) -> Price:
        """What sending this reply to one contact will cost. Pure."""
        ...

    def text(self, reply: Reply) -> str:
        """The words that are sent for this reply. Pure."""
        ...


class Desk(Protocol):
    """What a channel with pages of its own may do with the core."""

    @property
    def log(self) -> ChatLog:
        """The conversations as their readers see them."""
        ...

    async def see(self, picture: bytes) -> str:
        """Look at a reader's picture; returns the handle of its ``Photo``. Nothing of the picture is kept."""
        ...

    async def take(self, message: Inbound) -> int:
        """Store one message durably, then return its id in the log; a repeat returns the first id.

        Raises:
            StoreUnavailable: Nothing was kept: tell the reader's page to try again.
        """
        ...


@runtime_checkable
class Served(Channel, Protocol):
    """A channel that lives on pages of our own."""

    def routes(self, desk: Desk) -> Sequence[web.AbstractRouteDef]:
        """The pages and the API."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What every channel is built with.

    Attributes:
        hooks_url: Where messengers post to, "" where that is below ``public_url`` too.
        files: Where the bytes of pictures and documents are; None where nothing is sent (the checks).
        personal: Whether the channel may carry something of a person (its data class is ``full``): for channels
            whose readers look into the log themselves, past the outbox.
    """

    name: str
    library_name: str
    language: str
    public_url: str
    clock: Clock
    files: Files | None = None
    personal: bool = True
    extra: Mapping[str, str] = field(default_factory=dict)
    hooks_url: str = ""

    @property
    def hook(self) -> str:
        """The address that the messenger posts this channel's webhooks to, "" while nobody knows it."""
        public = (self.hooks_url or self.public_url).rstrip("/")
        return f"{public}/hooks/{self.name}" if public else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSpec:
    """A kind of messenger: the whole ``__init__`` of its package.

    Attributes:
        kind: Folder in ``adapters/`` and ``kind`` in ``config.yaml``.
        title: What people call it, in Russian.
        settings: The options of one account; unknown keys are refused.
        build: Makes the channel; no I/O here.
        foreign: The messenger's owner is abroad: some countries forbid a library to send personal data through it.
    """

    kind: str
    title: str
    settings: type[BaseModel]
    build: Callable[[Any, Setting], Channel]
    foreign: bool = False
