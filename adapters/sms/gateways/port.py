"""What a gateway is to the channel."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from adapters.http import HttpAnswer
from bot.errors import ChannelAuthError, ChannelError, ChannelUnavailable, RateLimited
from bot.messages import Delivery
from bot.quick import dataclass

SAME_AGAIN_S = 60.0
"""Gateways refuse the same text to the same number within a minute."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the gateway says of one message; ``unreachable``: the number itself takes none."""

    external_id: str
    delivery: Delivery
    reason: str = ""
    unreachable: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """A message of a reader: ``phone`` in digits, ``key`` the same for every redelivery."""

    phone: str
    text: str
    key: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Called:
    """What a callback held: messages whose fate is to be asked for, messages of readers."""

    asked: tuple[str, ...] = ()
    heard: tuple[Heard, ...] = ()
    set_aside: tuple[str, ...] = ()
    answer: bytes = b"OK"


class Gateway(Protocol):
    """One account."""

    async def send(self, phone: str, text: str, own_id: int, attempt: int) -> str:
        """Hand over one text; returns the id by which the gateway knows it, "" where it tells none.

        Args:
            phone: Digits with the country's code.
            text: Already short: the gateway parts it as :mod:`adapters.sms.counting` does.
            own_id: Ours; where the gateway takes it, a repeat is no second message.
            attempt: 1 for the first try.

        Raises:
            ChannelError: By what is to be done, as in ``Channel.send``.
        """
        ...

    async def reports(self, external_ids: Sequence[str]) -> list[Report]:
        """What became of messages; those of which nothing is known are left out. Raises ChannelError."""
        ...

    async def balance(self) -> str:
        """Roubles left, as the gateway writes them. Raises ChannelError."""
        ...

    def called(self, form: Mapping[str, str]) -> Called:
        """Read a callback. Pure, never raises."""
        ...


def object_in(answer: HttpAnswer) -> dict[str, Any]:
    """The JSON object of an answer.

    Raises:
        ChannelUnavailable: There is none: the gateway is out of order, or ``api_url`` is not its address.
    """
    error = by_status(answer)
    if error is not None:
        raise error
    body = answer.json()
    if not isinstance(body, dict):
        raise ChannelUnavailable(f"HTTP {answer.status} without an answer of the gateway")
    return body


def by_status(answer: HttpAnswer) -> ChannelError | None:
    """What the status alone means; None where the body decides."""
    if answer.status == 429:
        return RateLimited(5.0)
    if answer.status in (401, 403):
        return ChannelAuthError(f"HTTP {answer.status}: the gateway refuses the key")
    return ChannelUnavailable(f"HTTP {answer.status}") if answer.status >= 500 else None


def whole(value: Any) -> int | None:
    """A number that may come as text; None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | str | float):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):
        return None


def told(value: Any) -> str:
    """A short text of the gateway for the operator, without telephone numbers."""
    return re.sub(r"\d{7,}", "…", str(value or ""))[:200]
