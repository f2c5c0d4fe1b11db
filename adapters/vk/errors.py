"""What VK's error codes mean to us.

Source of codes and texts: VKCOM/vk-api-schema (errors.json, MIT); of what to do: dev.vk.com, "Ошибки".
"""

from collections.abc import Callable

from bot.errors import (
    ChannelAuthError,
    ChannelError,
    ChannelUnavailable,
    DeliveryRefused,
    MessageRefused,
    RateLimited,
    WindowClosed,
)

TOO_MANY_PER_SECOND, FLOOD, CAPTCHA, METHOD_LIMIT = 6, 9, 14, 29
BATCH = frozenset({12, 13})
"""``execute`` could not be compiled or broke off."""
REPLY_TIME_OVER = 950

PAUSES_S = {TOO_MANY_PER_SECOND: 1.0, CAPTCHA: 600.0, METHOD_LIMIT: 3600.0}
"""Limits of the whole account: how long it rests."""
FLOOD_PAUSE_S = 120.0
"""Flood control: of the one conversation."""
TOKEN = frozenset({5, 15, 17, 27, 28})
RIGHTS = frozenset({7, 912})
STOPPED_US = frozenset({901, 902})
UNREACHABLE = frozenset({18, 113, 900, 936})
"""Deleted, unknown, on the community's blacklist, not found: until the reader writes again."""
REFUSED = frozenset({8, 100, 910, 911, 913, 914, 917, 925, 940, 943, 944, 945, 946, 962, 969, 979, 983})
"""The message itself: its keyboard, its size, its chat."""


class BatchNotUnderstood(ChannelUnavailable):
    """Not one call of an ``execute`` was made as it should: make them one by one."""


def error_of(code: int, text: str) -> ChannelError:
    """One of our errors; an unknown code is tried again, as VK adds codes without notice."""
    said = f"VK error {code}: {text}"[:200]
    if code in PAUSES_S:
        return RateLimited(PAUSES_S[code])
    make = next((make for codes, make in _MEANT if code in codes), ChannelUnavailable)
    return make(said)


_MEANT: tuple[tuple[frozenset[int], Callable[[str], ChannelError]], ...] = (
    (frozenset({FLOOD}), lambda said: RateLimited(FLOOD_PAUSE_S, whole_channel=False)),
    (TOKEN, lambda said: ChannelAuthError(f"{said}: make a new access key in the community's settings")),
    (RIGHTS, lambda said: ChannelAuthError(f"{said}: allow messages and bot features in the community's settings")),
    (STOPPED_US, lambda said: DeliveryRefused(said, blocked=True)),
    (UNREACHABLE, DeliveryRefused),
    (frozenset({REPLY_TIME_OVER}), WindowClosed),
    (BATCH, BatchNotUnderstood),
    (REFUSED, MessageRefused),
)
