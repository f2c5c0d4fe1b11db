"""Telegram's Bot API on loopback.

``methods.json`` is derived from the machine-readable description of Bot API 10.1: PaulSonOfLars/telegram-bot-api-spec
at 160fd99507e1c7c77e92dc90f5993d724735b51c, MIT licence. It holds the methods that a library's bot calls and the types
that they reach: names and types, without the descriptions.
"""

from tests.emulators.telegram.server import TelegramServer

__all__ = ["TelegramServer"]
