"""What MAX's refusals mean to us. Pure.

Codes: the official Go client's recorded answers, and what public libraries tell apart (aiomax, max-bot-api-php).
"""

from adapters.http import HttpAnswer
from bot.errors import (
    ChannelAuthError,
    ChannelError,
    ChannelUnavailable,
    DeliveryRefused,
    MessageRefused,
    RateLimited,
)

NOT_READY_PAUSES_S = (1.0, 2.0, 4.0)
"""An uploaded file is looked at by MAX before it can be sent: its documentation asks for such pauses."""
FLOOD_PAUSE_S = 1.0
"""MAX names no time with its 429."""
_AWAY = frozenset({"internal.error", "service.unavailable"})
_UNWANTED = frozenset({"access.denied", "chat.denied"})
_NOBODY = frozenset({"chat.not.found", "user.not.found", "not.found", "dialog.not.found"})


def code_of(answer: HttpAnswer) -> str:
    """The code of a refusal, "" where there is none."""
    body = answer.json()
    code = body.get("code") if isinstance(body, dict) else None
    return code if isinstance(code, str) else ""


def refusal(answer: HttpAnswer, attempt: int = 1) -> ChannelError:
    """The error behind an answer that is not 200.

    Args:
        answer: What came.
        attempt: Of the message, from 1: files that are not ready yet wait longer each time.
    """
    code = code_of(answer)
    said = f"{answer.status} {code}".strip()
    error: ChannelError = MessageRefused(said)
    if answer.status == 401 or code == "verify.token":
        error = ChannelAuthError(f"MAX refuses the token ({said}): take a new one in the bot's settings")
    elif answer.status == 429 or code == "too.many.requests":
        error = RateLimited(answer.retry_after_s(FLOOD_PAUSE_S))
    elif code == "attachment.not.ready":
        error = _not_ready(said, attempt)
    elif answer.status >= 500 or answer.status == 408 or code in _AWAY:
        error = ChannelUnavailable(said)
    elif answer.status == 403 or code in _UNWANTED:
        error = DeliveryRefused(said, blocked=True)
    elif answer.status == 404 or code in _NOBODY:
        error = DeliveryRefused(said)
    elif answer.status < 400:
        error = ChannelUnavailable(f"{said}: is api_url right?")
    return error


def _not_ready(said: str, attempt: int) -> ChannelError:
    if attempt > len(NOT_READY_PAUSES_S):
        return ChannelUnavailable(said)
    return RateLimited(NOT_READY_PAUSES_S[attempt - 1], whole_channel=False)
