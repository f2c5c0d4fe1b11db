"""The terminal: a dialogue for people who sit at the machine itself."""

from adapters.terminal.channel import Terminal
from adapters.terminal.settings import TerminalSettings
from bot.channels import ChannelSpec

CHANNEL = ChannelSpec(kind="terminal", title="Терминал", settings=TerminalSettings, build=Terminal)
