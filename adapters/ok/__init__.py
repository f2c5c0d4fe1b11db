"""Odnoklassniki: messages of a group, through the Graph API's bots."""

from adapters.ok.channel import Odnoklassniki
from adapters.ok.settings import OkSettings
from bot.channels import ChannelSpec

CHANNEL = ChannelSpec(kind="ok", title="Одноклассники", settings=OkSettings, build=Odnoklassniki)
