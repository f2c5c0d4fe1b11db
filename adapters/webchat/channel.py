"""The web chat as a channel: its pages read the log themselves, so sending has nothing to do."""

from collections.abc import Sequence
from urllib.parse import quote

from aiohttp import web

from adapters.webchat.api import Api
from adapters.webchat.pages import Pages
from adapters.webchat.render import MAX_LABEL
from adapters.webchat.settings import WebChatSettings
from bot.channels import Capabilities, Desk, Setting
from bot.errors import ChannelError
from bot.messages import Outbound, Sent


class WebChat:
    """Pages and API of one web chat (fills ``Served`` and ``Linked`` of ``bot.channels``)."""

    capabilities = Capabilities(
        max_text=20_000,
        max_buttons=100,
        max_label=MAX_LABEL,
        formatting=True,
        locations=True,
        pictures=True,
        documents=True,
    )

    def __init__(self, options: WebChatSettings, setting: Setting) -> None:
        self._options = options
        self._setting = setting
        self._apis: list[Api] = []

    def routes(self, desk: Desk) -> Sequence[web.AbstractRouteDef]:
        api = Api(self._options, self._setting, desk)
        self._apis.append(api)
        return [*Pages(self._options, self._setting).routes(), *api.routes()]

    async def send(self, message: Outbound) -> Sent:
        """The reply is in the log already, and the log is what the page shows."""
        return Sent(external_ids=())

    async def ping(self) -> str:
        return self._setting.public_url or "/"

    async def join_link(self, parameter: str = "") -> str:
        """The page itself; it tells us the parameter when it is opened."""
        if not self._setting.public_url:
            raise ChannelError("server.public_url is empty: nobody outside can open the page")
        start = f"?start={quote(parameter, safe='')}" if parameter else ""
        return f"{self._setting.public_url.rstrip('/')}/{start}"

    async def aclose(self) -> None:
        for api in self._apis:
            await api.aclose()
