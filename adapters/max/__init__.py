"""MAX: the messenger of Russian institutions, through its own Bot API."""

from adapters.max.channel import build
from adapters.max.settings import MaxSettings
from bot.channels import ChannelSpec

CHANNEL = ChannelSpec(kind="max", title="MAX", settings=MaxSettings, build=build)
