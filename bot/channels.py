"""What a messenger is to the core."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from aiohttp import web
from pydantic import BaseModel

from bot.clock import Clock
from bot.messages import DeliveryReceipt, Inbound, Outbound, Sent
from bot.ports import ChatLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a channel can carry.

    Attributes:
        max_text: Characters in one message.
        max_buttons: Buttons under one message, 0 where there are none.
        max_label: Characters of a button's label.
        formatting: Whether bold, italics and links are shown.
        locations: Whether a map point can be sent as such.
        rate_per_s: Messages a second for the whole account, 0 for no limit.
    """

    max_text: int
    max_buttons: int
    max_label: int
    formatting: bool
    locations: bool
    rate_per_s: float = 0


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
    """What a webhook held, and what the messenger wants to hear once it is stored."""

    messages: tuple[Inbound, ...] = ()
    receipts: tuple[DeliveryReceipt, ...] = ()
    answer: bytes = b""
    content_type: str = "text/plain"


@runtime_checkable
class Pushed(Channel, Protocol):
    """A channel whose messenger calls us."""

    def accept(self, webhook: Webhook) -> Accepted:
        """Check the signature, then read the messages. No I/O. Raises BadSignature, BadWebhook."""
        ...


@runtime_checkable
class Polled(Channel, Protocol):
    """A channel whose messenger we ask."""

    def updates(self) -> AsyncIterator[Inbound]:
        """Messages as they come; an item is acknowledged to the messenger when the next is asked for."""
        ...


class Desk(Protocol):
    """What a channel with pages of its own may do with the core."""

    @property
    def log(self) -> ChatLog:
        """The conversations as their readers see them."""
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
    """What every channel is built with."""

    name: str
    library_name: str
    language: str
    public_url: str
    clock: Clock
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSpec:
    """A kind of messenger: the whole ``__init__`` of its package.

    Attributes:
        kind: Folder in ``adapters/`` and ``kind`` in ``config.yaml``.
        title: What people call it, in Russian.
        settings: The options of one account; unknown keys are refused.
        build: Makes the channel; no I/O here.
    """

    kind: str
    title: str
    settings: type[BaseModel]
    build: Callable[[Any, Setting], Channel]
