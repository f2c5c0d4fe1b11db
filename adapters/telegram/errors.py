"""What Telegram's refusals mean for us. Pure.

There is no finer code than the HTTP status: descriptions are compared as text, in lower case.
Source: core.telegram.org/bots/api and the texts of tdlib/telegram-bot-api.
"""

from typing import Any

from bot.errors import (
    ChannelAuthError,
    ChannelError,
    ChannelUnavailable,
    DeliveryRefused,
    MessageRefused,
    RateLimited,
)

LEAST_WAIT_S = 1.0
SWALLOWED = ("message is not modified", "query is too old", "message to edit not found", "query_id_invalid")
"""Refusals of courtesies that come too late: nothing is wrong."""
NO_SUCH_CHAT = ("chat not found", "group chat was deleted", "user not found", "peer_id_invalid", "chat_id is empty")
BLOCKED = ("blocked by the user", "user is deactivated")
PARSING = "can't parse entities"
GONE_FILE = ("wrong file", "file_reference", "wrong remote file")


class MarkupRefused(MessageRefused):
    """Telegram does not like our formatting: the words go out plain."""


class FileForgotten(MessageRefused):
    """Telegram does not know the file any more: it goes up again."""


class ChatMoved(DeliveryRefused):
    """The group has become another chat: what was meant for it goes there."""

    def __init__(self, why: str, address: str) -> None:
        super().__init__(why)
        self.address = address


class TooLate(ChannelError):
    """What we asked for makes no difference any more."""


def refusal(status: int, answer: Any) -> ChannelError:
    """The error of an answer that is not ``ok``.

    Args:
        status: HTTP's.
        answer: The body as JSON, whatever it is.
    """
    said = answer if isinstance(answer, dict) else {}
    description = str(said.get("description") or "")[:200]
    parameters = said.get("parameters")
    parameters = parameters if isinstance(parameters, dict) else {}
    why = f"{status}: {description}" if description else str(status)
    if status == 429:
        wait = parameters.get("retry_after")
        return RateLimited(max(float(wait) if isinstance(wait, int | float) else 0.0, LEAST_WAIT_S))
    if status in (401, 404):
        return ChannelAuthError(why)
    if status == 409:
        return ChannelUnavailable(f"{why}; somebody else asks with this token, or a webhook is set: only one may")
    if status == 403:
        return DeliveryRefused(why, blocked=any(words in description.lower() for words in BLOCKED))
    if status != 400:
        return MessageRefused(why) if status == 413 else ChannelUnavailable(why)
    moved = parameters.get("migrate_to_chat_id")
    is_move = isinstance(moved, int) and not isinstance(moved, bool)
    return ChatMoved(why, str(moved)) if is_move else _bad_request(why, description.lower())


def _bad_request(why: str, description: str) -> ChannelError:
    if any(words in description for words in SWALLOWED):
        return TooLate(why)
    if any(words in description for words in NO_SUCH_CHAT) or "upgraded to a supergroup" in description:
        return DeliveryRefused(why)
    if PARSING in description:
        return MarkupRefused(why)
    return FileForgotten(why) if any(words in description for words in GONE_FILE) else MessageRefused(why)
