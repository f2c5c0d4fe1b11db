"""VK: messages of a community."""

from adapters.vk.channel import build
from adapters.vk.settings import VkSettings
from bot.channels import ChannelSpec

CHANNEL = ChannelSpec(kind="vk", title="ВКонтакте", settings=VkSettings, build=build)
