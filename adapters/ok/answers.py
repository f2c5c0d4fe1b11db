"""What Odnoklassniki's refusals mean to us. Pure.

Source of the codes: apiok.ru, "Error codes", read 2026-11-25. They come with any HTTP status, 200 among them.
"""

from typing import Any

from adapters.http import HttpAnswer
from bot.errors import (
    ChannelAuthError,
    ChannelError,
    ChannelUnavailable,
    DeliveryRefused,
    MessageRefused,
    RateLimited,
)

_TOKEN = frozenset({50, 101, 102, 103, 104, 105, 401})
_AWAY = frozenset({1, 2, 9, 30, 31, 9999})
_NOBODY = frozenset({22, 23, 25, 110, 300})
DENIED = 10
"""PERMISSION_DENIED: the reader does not allow messages of the group, or the key lacks a right."""
FLOOD, LIMIT, BLOCKED = 8, 11, 7
_PAUSES_S = {FLOOD: 60.0, LIMIT: 600.0, BLOCKED: 60.0}
"""Where no time comes with these refusals: careful guesses."""


def code_of(answer: HttpAnswer) -> int:
    """The code of a refusal, 0 where there is none."""
    body = answer.json()
    code = body.get("error_code") if isinstance(body, dict) else None
    return code if isinstance(code, int) else 0


def refusal(answer: HttpAnswer, *, to_a_reader: bool) -> ChannelError | None:
    """The error behind an answer, None where it is a good one.

    Args:
        answer: What came.
        to_a_reader: Whether it was a message: then a denied permission is that reader's will.
    """
    code = code_of(answer)
    said = f"{answer.status} error {code}"
    error: ChannelError | None = MessageRefused(said)
    if answer.status == 429 or code in _PAUSES_S:
        error = RateLimited(answer.retry_after_s(_PAUSES_S.get(code, _PAUSES_S[FLOOD])), whole_channel=code != BLOCKED)
    elif code in _TOKEN or answer.status == 401 or (code == DENIED and not to_a_reader):
        error = ChannelAuthError(f"Odnoklassniki refuses the key ({said}): make a new one in the group's settings")
    elif code == DENIED or (answer.status == 403 and to_a_reader):
        error = DeliveryRefused(said, blocked=True)
    elif code in _NOBODY:
        error = DeliveryRefused(said)
    elif code in _AWAY or answer.status >= 500 or 300 <= answer.status < 400:
        error = ChannelUnavailable(said)
    elif not code and answer.status == 200:
        error = DeliveryRefused("not allowed by the reader", blocked=True) if _denied(answer.json()) else None
    return error


def _denied(body: Any) -> bool:
    """A sending by user is answered with a truth value a user, in a list or alone."""
    success = body.get("success") if isinstance(body, dict) else None
    return success is False or success == [False]
