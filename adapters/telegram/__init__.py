"""Telegram, through aiogram's client; the library is loaded when a bot is configured, not before."""

from adapters.telegram.channel import build
from adapters.telegram.settings import TelegramSettings
from bot.channels import ChannelSpec

CHANNEL = ChannelSpec(kind="telegram", title="Telegram", settings=TelegramSettings, build=build, foreign=True)
