"""aiogram's client, with answers read as leniently as updates.

A message that Telegram took is taken, whatever a newer version of the API says about it: aiogram's models would refuse
a field that they do not know, and the message would be sent once more. So answers stay JSON, and refusals become our
errors here. Importing this module imports aiogram.
"""

from types import SimpleNamespace
from typing import Any, cast

import msgspec

from adapters.telegram.aiogram_parts import (
    METHODS,
    AiogramError,
    AiohttpSession,
    Bot,
    BufferedInputFile,
    TelegramAPIServer,
    TelegramMethod,
)
from adapters.telegram.errors import refusal
from bot.errors import ChannelUnavailable

TIMEOUT_S = 30


class _Session(AiohttpSession):
    """Answers as they are."""

    def check_response(self, bot: Bot, method: TelegramMethod[Any], status_code: int, content: str) -> Any:
        try:
            answer = msgspec.json.decode(content)
        except (msgspec.DecodeError, RecursionError):
            if status_code in (401, 404):
                raise refusal(status_code, None) from None
            raise ChannelUnavailable(f"{status_code}, and no JSON: is api_url right?") from None
        if 200 <= status_code < 300 and isinstance(answer, dict) and answer.get("ok") is True:
            return SimpleNamespace(result=answer.get("result"))
        raise refusal(status_code, answer)

    async def close(self) -> None:
        """At once: aiohttp waits for its connections itself, aiogram a quarter of a second more for those of TLS."""
        if self._session is not None:
            await self._session.close()


class Client:
    """Calls the Bot API.

    Args:
        token: The bot's; it stands in every address, so it is taken out of every error.
        api_url: Where the API is.
    """

    def __init__(self, token: str, api_url: str) -> None:
        self._token = token
        server = TelegramAPIServer.from_base(api_url)
        self._bot = Bot(token, session=_Session(api=server, timeout=TIMEOUT_S))

    async def call(self, method: str, *, timeout_s: float | None = None, **what: Any) -> Any:
        """The result as JSON.

        Raises:
            ChannelUnavailable: No answer came: the call may have had its effect or not.
            ChannelError: Telegram refuses.
        """
        request = METHODS[method](**{key: value for key, value in what.items() if value is not None})
        try:
            return await self._bot(request, request_timeout=None if timeout_s is None else cast("int", timeout_s))
        except (AiogramError, OSError, TimeoutError) as error:
            said = f"{type(error).__name__}: {error}".replace(self._token, "…")[:200]
            raise ChannelUnavailable(said) from None

    @staticmethod
    def upload(name: str, data: bytes) -> Any:
        """A file as an argument of :meth:`call`."""
        return BufferedInputFile(data, filename=name)

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._bot.session.close()
