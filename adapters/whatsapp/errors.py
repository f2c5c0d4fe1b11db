"""What the Graph API answers → our errors, by what is to be done. Pure.

Source: Meta's list of error codes for the Cloud API, autumn 2026; the body is that of its OpenAPI v23.0.
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
    WindowClosed,
)

WINDOW = 131047
_WHOLE_LIMITS = {130429: 2.0, 80007: 60.0, 4: 60.0, 131064: 60.0}
"""Seconds of a pause where the answer names none: throughput of the number, calls of the account, of the app."""
_PAIR = 131056
PAIR_S = 4.0
"""The first pause for one reader; it grows while Meta goes on refusing (:mod:`adapters.whatsapp.limits`)."""
_LATER = frozenset({1, 2, 131000, 131016, 131057, 133004, 133016})
_GONE = frozenset({130497, 131021, 131026, 131030, 131062})
"""Of one reader; 130497 too: Meta forbids the account to write to that country, and the others are served."""
_STOPPED = {
    131048: "Meta limits this number because readers report it; see its quality in WhatsApp Manager",
    368: "Meta has blocked the account for breaking its rules; see Account Quality",
    131031: "Meta has locked the account; see Account Quality",
    131042: "Meta wants the payment to be settled in WhatsApp Manager",
    131045: "the number is not registered: register it in WhatsApp Manager",
    133010: "the number is not registered: register it in WhatsApp Manager",
    131005: "the token has no right to this number: give the system user whatsapp_business_messaging",
}
_TOKEN = frozenset({0, 3, 10, 190, 102})


def fault(answer: HttpAnswer) -> ChannelError | None:  # noqa: PLR0911 - a table of codes
    """The error that an answer means; None where it is good."""
    if answer.status < 300:
        return None
    error = _error(answer)
    code = error.get("code")
    code = code if isinstance(code, int) else -1
    why = f"{code} {_words(error)}".strip() if code >= 0 else f"HTTP {answer.status}"
    if code == _PAIR:
        return RateLimited(PAIR_S, whole_channel=False)
    if code in _WHOLE_LIMITS or answer.status == 429:
        return RateLimited(answer.retry_after_s(_WHOLE_LIMITS.get(code, 5.0)))
    if code in _STOPPED:
        return ChannelAuthError(f"{why}: {_STOPPED[code]}")
    if code in _GONE:
        return DeliveryRefused(why)
    if code in _TOKEN or 200 <= code <= 299 or answer.status in (401, 403):
        return ChannelAuthError(f"{why}: make a new token of the system user and put it into the configuration")
    if code in _LATER or answer.status >= 500 or code < 0:
        return ChannelUnavailable(why)
    return WindowClosed(why) if code == WINDOW else MessageRefused(why)


def _error(answer: HttpAnswer) -> dict[str, Any]:
    body = answer.json()
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _words(error: dict[str, Any]) -> str:
    details = error.get("error_data")
    said = details.get("details") if isinstance(details, dict) else None
    return str(said or error.get("message") or "")[:200]
