"""The web chat: a page of our own, an API for programs, a script tag for other sites."""

from adapters.webchat.channel import WebChat
from adapters.webchat.settings import WebChatSettings
from bot.channels import ChannelSpec

CHANNEL = ChannelSpec(kind="webchat", title="Чат на сайте", settings=WebChatSettings, build=WebChat)
