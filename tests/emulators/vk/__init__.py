"""VK on loopback: API, Callback API, Bots Long Poll."""

from tests.emulators.vk.server import GROUP, SECRET, TOKEN, VkEmulator

__all__ = ["GROUP", "SECRET", "TOKEN", "VkEmulator"]
